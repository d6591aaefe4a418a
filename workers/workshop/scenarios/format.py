"""What a scenario file may say. The editor's schema (`tests/scenarios/schema.json`) is made from these classes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator


def _kebab(name: str) -> str:
    return name.rstrip("_").replace("_", "-")


class Part(BaseModel):
    """Base of everything in a file: names with hyphens, unknown names are mistakes."""

    model_config = ConfigDict(frozen=True, extra="forbid", alias_generator=_kebab, populate_by_name=True)


Document = Mapping[str, Any]
Words = list[str]


class WaitsFor(Part):
    """Parts that are not there yet. As soon as all are, the scenario must run: the mark is then a mistake."""

    processes: Words = []
    tasks: Words = []
    forms: Words = []
    decisions: Words = []
    topics: Words = Field(default=[], description="Topics the intake reads or our events go to.")
    messages: Words = Field(default=[], description="Messages a model catches.")
    elements: Words = Field(default=[], description="`Process.Element`.")
    routes: Words = Field(default=[], description="Paths of our API.")
    systems: Words = Field(default=[], description="Sales systems.")
    published: Words = Field(default=[], description="Events a model publishes.")
    templates: Words = Field(default=[], description="Messages a model sends.")
    why: str = ""

    @property
    def named(self) -> list[tuple[str, str]]:
        """Kind and name of each part waited for."""
        return [(kind, name) for kind in WAITED_KINDS for name in getattr(self, kind)]


WAITED_KINDS = (
    "processes",
    "tasks",
    "forms",
    "decisions",
    "topics",
    "messages",
    "elements",
    "routes",
    "systems",
    "published",
    "templates",
)


class OrderGiven(Part):
    """One sale, in a short form over a base order, or in the sales system's own words (`document`)."""

    base: str = Field(default="B", description="A name of orders.yaml.")
    number: str = Field(default="8841207", description="The id in the sales system.")
    created: str = Field(default="", description="When it was sold, local time. Default: the base order's.")
    document: Document = Field(
        default={}, description="Changes to the base order's document; lists are replaced whole."
    )
    sent: bool = Field(default=True, description="False: a step sends it.")
    copies: int = Field(default=1, ge=1, description="How often the same record is delivered.")


class Fault(Part):
    """What an outside system does wrong, the next time (or the next `times`) it is asked."""

    system: Literal["adobe-sign", "messaging", "erp", "kafka"]
    call: str = Field(default="", description="The operation, as `POST /agreements`.")
    answers: int = Field(default=503, description="The HTTP status.")
    retry_after: int | None = Field(default=None, description="Seconds in the header Retry-After.")
    lost: bool = Field(default=False, description="The system does its work, its answer gets lost.")
    times: int = Field(default=1, ge=1)


class RowChange(Part):
    """A change of reference data that has no short form."""

    table: str
    where: Document
    set_: Document


class Reference(Part):
    """Changes of the reference data before anything happens."""

    only_providers: Words = Field(
        default=[], description="All others leave the country; the beginning of a name is enough."
    )
    no_providers: bool = Field(default=False, description="Nobody serves the country.")
    providers: Mapping[str, Document] = Field(
        default={}, description="Columns of a provider, by the beginning of its name."
    )
    teams: Mapping[str, Document] = Field(default={}, description="Columns of a team, by the beginning of its name.")
    rows: list[RowChange] = []


class Given(Part):
    """How things stand at the beginning."""

    now: str = Field(
        default="", description="Local time at which the scenario begins. Default: when the order was sold."
    )
    order: OrderGiven = OrderGiven()
    more_orders: list[OrderGiven] = []
    reference: Reference = Reference()
    faults: list[Fault] = []


class MessageSeen(Part):
    """A message somebody got. `times` counts recipients' messages over all channels unless `channel` is given."""

    template: str
    to: str = ""
    channel: str = ""
    times: int | None = None
    at: str = Field(default="", description="Local time of the first one, to the minute.")


class VisitSeen(Part):
    """A visit as it stands; what is left out is not looked at."""

    kind: str = ""
    state: str = ""
    date: str = ""
    slot: str = ""
    start: str = ""
    minutes: int | None = None


class Expected(Part):
    """What must be true. Everything is optional; what is said is said completely unless it says otherwise."""

    order: str = Field(default="", description="The order's state.")
    orders: Mapping[str, str] = Field(default={}, description="States by number, when there are several.")
    moves: Words = Field(default=[], description="All states the order went through, in order.")
    path: Mapping[str, Words] = Field(
        default={}, description="By process: elements entered in this order, others in between."
    )
    avoids: Mapping[str, Words] = Field(default={}, description="By process: elements never entered.")
    times: Mapping[str, int] = Field(default={}, description="How often an element was entered.")
    entered: Mapping[str, Words] = Field(
        default={}, description="Local times at which an element was entered, all of them."
    )
    waits_at: Words = Field(default=[], description="Elements where something waits; there may be more.")
    instances: Mapping[str, int] = Field(default={}, description="How many instances of a process there were.")
    tasks: Words | None = Field(default=None, description="Exactly these human tasks are open.")
    task: Document = Field(default={}, description="The open task `element`: priority, group, due (local time), shows.")
    visits: list[VisitSeen] = Field(default=[], description="All visits, in order.")
    offers: Words | None = Field(default=None, description="States of all offers, in the order of sending.")
    offered_to: Words = Field(default=[], description="Providers (beginning of the name) in the order they were asked.")
    provider: str = Field(default="", description="Who is assigned (beginning of the name).")
    agreements: Words | None = Field(
        default=None, description="`KIND STATE` of all agreements, in the order of sending."
    )
    bookings: Words | None = Field(default=None, description="States of all bookings, in the order of making.")
    sales_told: Words = Field(default=[], description="Statuses the sales system got, in order, exactly.")
    messages: list[MessageSeen] = []
    no_messages: Words = Field(default=[], description="Templates nobody got.")
    events: Words = Field(default=[], description="Topics, in this order, others in between.")
    no_events: Words = []
    event: list[Document] = Field(default=[], description="`topic` and fields of an event that was published.")
    documents: int | None = Field(default=None, description="How many signed documents were archived.")
    variables: Mapping[str, Document] = Field(
        default={}, description="By process: variables and values; a.b reads into one."
    )
    rows: Mapping[str, list[Document]] = Field(
        default={}, description="By table: columns of its rows, in order of writing."
    )
    funnel: Document = Field(
        default={}, description="The last assignment run: ranking (name: score) and excluded (name: reasons)."
    )
    incidents: Words = Field(default=[], description="Elements with an open incident. Left out: there is none.")
    answer: int | None = Field(default=None, description="HTTP status of the answer to the last call of our API.")
    calls: Mapping[str, int] = Field(default={}, description="Requests an outside system got, by operation.")


ProviderDoes = Literal[
    "accepts",
    "rejects",
    "stays silent",
    "proposes",
    "accepts date",
    "counters",
    "refuses date",
    "withdraws",
    "signs",
    "declines",
    "contests",
    "registers",
    "uploads documents",
]
CustomerDoes = Literal[
    "signs", "declines", "lets expire", "accepts date", "counters", "refuses date", "claims", "ignores"
]


class Step(Part):
    """One thing somebody does. Without a time it is done as soon as it can be done."""

    at: str = Field(default="", description="Local time, or an anchor: `visit start - PT30M`, `offer sent + PT4H`.")
    after: str = Field(default="", description="How long after it could be done, as PT2H.")
    within: str = Field(default="P60D", description="Give up when it cannot be done for so long.")
    order: str = Field(default="", description="Which order, when there are several.")
    waits_for: WaitsFor | None = Field(
        default=None, description="Left out until these parts are there; then the mark must go."
    )

    sales: Literal["sends", "updates", "reprices", "cancels", "moves delivery", "sends record"] | None = None
    provider: ProviderDoes | None = None
    customer: CustomerDoes | None = None
    team: Literal["checks in", "checks out", "pauses", "resumes", "reports no-show"] | None = None
    payment: str | None = Field(default=None, description="The payment status sales reports.")
    delivery: str | None = Field(default=None, description="The delivery status the supply chain reports.")
    operator: str | None = Field(default=None, description="The decision in the form of an open task.")
    erp: Literal["pays", "fails"] | None = None
    worker: Literal["dies before the commit", "dies after the commit"] | None = None
    analyst: Literal["deploys"] | None = Field(
        default=None, description="`task` is the file, `form` {from, to} its change."
    )
    signing: Literal["loses webhooks", "sends webhooks again"] | None = None
    time: Literal["passes"] | None = None
    clock: Literal["jumps"] | None = None
    everybody: Literal["does the usual"] | None = None
    fault: Fault | None = None
    reference: Reference | None = Field(
        default=None, description="Reference data changes meanwhile: a provider is suspended, a team falls ill."
    )
    message: str | None = Field(
        default=None,
        description="A message somebody publishes to Camunda directly; `key` names its key, `form` its variables.",
    )
    check: Expected | None = None
    call: str | None = Field(default=None, description="A request to our API, as `POST /offers/{offerId}/answer`.")

    task: str = Field(default="", description="Element id of the human task, or the task type a worker dies at.")
    as_: str = Field(default="", description="Who decides; default somebody of the task's group.")
    form: Document = Field(default={}, description="Values of the form, without the decision.")
    status: str = ""
    report: Document = Field(default={}, description="What a team reports beside the status.")
    name: str = Field(default="", description="Which provider (beginning of its name).")
    kind: str = Field(default="", description="Which agreement: WCF, CUSTOMER_CONTRACT, PROVIDER_CONTRACT.")
    date: str = ""
    reason: str = ""
    document: Document = {}
    topic: str = ""
    key: str = Field(
        default="", description="The variable whose newest value is the message's correlation key, as `claimId`."
    )
    for_: str = Field(default="", description="How long time passes.")
    until: str = Field(default="", description="Until when time passes or where the clock jumps; what ends the usual.")
    times: int = Field(default=1, ge=1)
    answer: int | None = Field(default=None, description="The HTTP status that must come; default a success.")
    twice: bool = Field(default=False, description="The same call is made a second time at once.")

    @model_validator(mode="after")
    def _one_act(self) -> Step:
        said = [name for name in ACTORS if getattr(self, name) is not None]
        if len(said) != 1:
            raise ValueError(f"expected exactly one of {', '.join(ACTORS)}, but found {', '.join(said) or 'none'}")
        return self

    @property
    def act(self) -> tuple[str, Any]:
        """Who does what: `("provider", "accepts")`."""
        return next((name, getattr(self, name)) for name in ACTORS if getattr(self, name) is not None)


ACTORS = (
    *("sales", "provider", "customer", "team", "payment", "delivery", "operator", "erp", "analyst"),
    *("worker", "signing", "time", "clock", "everybody", "fault", "reference", "message", "check", "call"),
)


class Later(Part):
    """What must be true besides, once parts are there; then the mark must go and this belongs into `then`."""

    waits_for: WaitsFor
    then: Expected


class Scenario(Part):
    """One file: what is given, what happens when, what must be true then."""

    scenario: Annotated[str, Field(pattern=r"^[A-Z]+\d*[a-z-]*$", description="Its name, as S12.")]
    title: str
    waits_for: WaitsFor | None = Field(default=None, description="The whole scenario waits for these parts.")
    given: Given = Given()
    when: list[Step] = []
    then: Expected = Expected()
    later: list[Later] = []

    @property
    def marks(self) -> list[WaitsFor]:
        """Everything in the file that waits for a part."""
        steps = [step.waits_for for step in self.when if step.waits_for]
        return [*([self.waits_for] if self.waits_for else []), *steps, *(later.waits_for for later in self.later)]

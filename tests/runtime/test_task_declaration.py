"""What `@task` reads from a handler, and what it refuses at import."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from workers.domain.errors import DomainError
from workers.runtime import Context, RetryPolicy, TaskHeaders, TaskInput, TaskOutput
from workers.runtime.binding import bind, check_providers
from workers.runtime.errors import InvalidTask, MissingProvider
from workers.runtime.registry import Registry


class In(TaskInput):
    service_order_id: UUID
    wcf_id: UUID | None = None


class Out(TaskOutput):
    agreement_id: str


class Sender(TaskHeaders):
    template: str


class Port:
    """Something to inject."""


class Declined(DomainError):
    """The customer said no."""

    code = "DECLINED"


def plain(data: In, ctx: Context, *, unit: Any, port: Port) -> Out:
    """Creates an agreement.

    More text.
    """
    return Out(agreement_id="1")


async def flowing(data: In, ctx: Context, *, headers: Sender, port: Port | None = None) -> Out | None:
    return None


async def wants_unit(data: In, ctx: Context, *, unit: Any) -> None: ...


def not_annotated(data: In, ctx: Context, *, port) -> None: ...  # type: ignore[no-untyped-def]


def wrong_first(data: dict[str, Any], ctx: Context) -> None: ...


def wrong_result(data: In, ctx: Context) -> dict[str, Any]: ...


def no_context(data: In) -> None: ...


def unknown_name(data: In, ctx: Context, *, port: Nowhere) -> None: ...  # type: ignore[name-defined]  # noqa: F821


def test_a_declaration_is_read_from_the_signature() -> None:
    """Variables, outputs, errors, resources and documentation come from the code; nothing is said twice."""
    registry = Registry()
    registry.task("create-agreement", raises=(Declined,))(plain)
    found = registry["create-agreement"]

    assert found.fetch_variables == ("serviceOrderId", "wcfId")
    assert found.output_variables == ("agreementId",)
    assert found.error_codes == ("DECLINED",)
    assert (dict(found.resources), found.needs_unit, found.is_async) == ({"port": Port}, True, False)
    assert found.summary == "Creates an agreement."
    assert found.longest == timedelta(minutes=5)


def test_typed_headers_are_a_parameter_of_their_own() -> None:
    """A parameter with a TaskHeaders model gets the task headers, not a resource."""
    registry = Registry()
    registry.task("notify-send", effect="none")(flowing)
    found = registry["notify-send"]

    assert found.headers == ("headers", Sender)
    assert found.optional == {"port"}
    assert found.is_async


@pytest.mark.parametrize(
    ("name", "options", "handler", "hint"),
    [
        ("Create Agreement", {}, plain, "lower-case words"),
        ("a-b", {"retires": 3}, plain, "unknown option retires"),
        ("a-b", {"timeout": timedelta(0)}, plain, "timeout > 0"),
        ("a-b", {"max_active": 0}, plain, "max_active >= 1"),
        ("a-b", {"effect": "once"}, plain, "effect 'element', 'none' or a function"),
        ("a-b", {"raises": (ValueError,)}, plain, "subclasses of DomainError"),
        ("a-b", {"effect": "none"}, plain, "opens no transaction"),
        ("a-b", {}, wants_unit, "plain 'def'"),
        ("a-b", {}, not_annotated, "has no annotation"),
        ("a-b", {}, wrong_first, "expected a handler"),
        ("a-b", {}, no_context, "expected a handler"),
        ("a-b", {}, wrong_result, "to return a TaskOutput"),
        ("a-b", {}, unknown_name, "TYPE_CHECKING"),
    ],
)
def test_a_declaration_that_cannot_work_is_refused_at_import(
    name: str, options: dict[str, Any], handler: Any, hint: str
) -> None:
    """The message names the task and hints at the cause."""
    with pytest.raises(InvalidTask, match=hint) as refused:
        Registry().task(name, **options)(handler)

    assert name in str(refused.value)


def test_one_type_has_one_handler() -> None:
    """A second declaration of a type would silently shadow the first."""
    registry = Registry()
    registry.task("a-b")(plain)

    with pytest.raises(InvalidTask, match="declared twice"):
        registry.task("a-b")(plain)


def test_unknown_types_cannot_be_selected() -> None:
    """`--only` with a typo would serve nothing and look well."""
    registry = Registry()
    registry.task("a-b")(plain)
    registry.task("c-d", effect="none")(flowing)

    assert [d.type for d in registry.select(only=["c-d"])] == ["c-d"]
    assert [d.type for d in registry.select(without=["c-d"])] == ["a-b"]
    with pytest.raises(InvalidTask, match="Unknown task type x-y; known are a-b, c-d"):
        registry.select(only=["x-y"])


def test_missing_providers_stop_the_start_and_are_all_named() -> None:
    """A parameter nobody provides fails at start-up, not at the first job; optional ones may be absent."""
    registry = Registry()
    registry.task("a-b")(plain)
    registry.task("c-d", effect="none")(flowing)

    with pytest.raises(MissingProvider, match=r"a-b asks for port: Port \(provided: none\)"):
        check_providers(registry.values(), {})
    check_providers(registry.values(), {Port: Port()})


def test_functions_make_a_resource_per_job_and_objects_are_shared() -> None:
    """Factories get the job's context; an object that is callable itself is handed over as it is."""

    class Callable(Port):
        def __call__(self) -> None: ...

    registry = Registry()
    registry.task("a-b")(plain)
    shared = Callable()

    assert bind(registry["a-b"], {Port: shared})(None, "{}") == {"port": shared}  # type: ignore[arg-type]
    assert bind(registry["a-b"], {Port: lambda context: context})("ctx", "{}") == {"port": "ctx"}  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("policy", "retries", "seconds", "left"),
    [
        (RetryPolicy(attempts=3, jitter=0), 3, 10, 2),
        (RetryPolicy(attempts=3, jitter=0), 2, 30, 1),
        (RetryPolicy(attempts=3, jitter=0), 1, 90, 0),
        (RetryPolicy(attempts=3, jitter=0), 9, 10, 2),  # the model's nine attempts are lowered to three
        (RetryPolicy(attempts=9, jitter=0, cap=timedelta(seconds=60)), 2, 60, 1),
        (RetryPolicy(attempts=200, jitter=0, factor=10), 1, 300, 0),  # no overflow
    ],
)
def test_pauses_grow_and_attempts_are_bounded(policy: RetryPolicy, retries: int, seconds: float, left: int) -> None:
    """first x factor^(attempt-1) up to the cap; the policy lowers the model's retries, never raises them."""
    assert policy.delay(retries) == timedelta(seconds=seconds)
    assert policy.left(retries) == left


def test_jitter_spreads_pauses_around_the_plain_one() -> None:
    """Failures of the same moment do not come back at the same moment."""
    policy = RetryPolicy(jitter=0.2)

    assert policy.delay(3, chance=lambda: 0.0) == timedelta(seconds=8)
    assert policy.delay(3, chance=lambda: 1.0) == timedelta(seconds=12)


@pytest.mark.parametrize("wrong", [{"attempts": 0}, {"factor": 0.5}, {"jitter": 1.0}, {"first": timedelta(hours=1)}])
def test_policies_that_would_hammer_the_engine_are_refused(wrong: dict[str, Any]) -> None:
    """Shrinking pauses, no attempts, a first pause above the cap."""
    with pytest.raises(ValueError, match="Expected attempts"):
        RetryPolicy(**wrong)

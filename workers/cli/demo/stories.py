"""The orders of the demonstration: what is sold, and how customer, provider and operator behave.

A story says how people act, never what the system answers: paths and figures come from the models, the database and the engine.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from workers.cli.demo.pyxis import Pyxis
from workers.cli.demo.shops import Shop, Sold
from workers.cli.demo.tempo import Tempo


@dataclass(frozen=True, slots=True)
class Story:
    """How the people around one order behave, and in which sales system it is sold.

    `silent_offers` are the first offers nobody answers; `other_date` makes the first provider propose a week later;
    `cancel_when` is the order state in which the customer changes her mind; `operator` is the decision of the operator for a
    wrong order; `tv_outcome` what the team finds at the technical visit; `blocked_by` is what stops the visit until it is made
    good at the last moment (`payment`, `delivery`), `overridden` a block that two people lift; `contests` whether the provider
    wants more than the pro forma says.
    `closing` is how the customer meets the closing form: signs it, signs it with a reservation (`RESERVED`), or never (`FORCE`:
    two people close it without a signature). `given_up` is a block that ends the order; `moved` lets the goods come two weeks
    later; `contract` is what the operator
    decides when the customer declines it.
    """

    name: str
    title: str
    system: str = "pyxis"
    technical_visit: bool = False
    tv_outcome: str = "YES"
    reprice: bool = False
    sales_approves: bool = True
    wrong_contact: bool = False
    operator: str = "RETRY"
    silent_offers: int = 0
    other_date: bool = False
    cancel_when: str = ""
    deliveries: int = 1
    blocked_by: str = ""
    overridden: bool = False
    given_up: bool = False
    moved: bool = False
    contract: str = ""
    closing: str = ""
    contests: bool = False


STORIES: tuple[Story, ...] = (
    Story("clean", "clean installation"),
    Story("yes-but", "technical visit YES_BUT, repriced", technical_visit=True, tv_outcome="YES_BUT", reprice=True),
    Story("repair", "repair in Spain, sold by Tempo; silence is a yes there", system="tempo", silent_offers=1),
    Story("corrected", "order corrected by an operator; pro forma contested", wrong_contact=True, contests=True),
    Story("silent", "provider silent, then the next one", silent_offers=1),
    Story("cancelled", "cancelled after assignment, compensated", cancel_when="ASSIGNED"),
    Story("rejected", "order rejected by an operator", wrong_contact=True, operator="REJECT"),
    Story("thrice", "the same document delivered three times", deliveries=3),
    Story("tv-yes", "technical visit YES", technical_visit=True),
    Story("other-date", "provider and customer agree on another date", other_date=True),
    Story("late-goods", "goods arrive only when the visit is blocked", blocked_by="delivery"),
    Story("overridden", "goods never arrive, a supervisor lets the team come", overridden=True),
    Story("tv-no", "technical visit NO, cancelled", technical_visit=True, tv_outcome="NO"),
    Story("waived", "contract declined, a supervisor waives the signature", contract="WAIVE"),
    Story("amended", "contract declined, a changed version is signed", contract="AMEND"),
    Story("refused", "contract refused, the order is cancelled", contract="CANCEL"),
    Story("moved", "delivery moves by two weeks, the visit with it", moved=True),
    Story("given-up", "goods never arrive, the order is cancelled at the go check", given_up=True),
    Story("reserved", "signed with a reservation, accepted as it is after a call", closing="RESERVED"),
    Story("forced", "closing form never signed, closed without a signature by two people", closing="FORCE"),
    Story("tv-longer", "technical visit YES_BUT, only longer", technical_visit=True, tv_outcome="YES_BUT"),
    Story("solved", "Tempo's customer solves it herself", system="tempo", cancel_when="SCHEDULED"),
)
SHOPS: dict[str, Shop] = {shop.name: shop for shop in (Pyxis(), Tempo())}
FIRST_ORDER = 8_841_200


@dataclass(frozen=True, slots=True)
class Sale:
    """One sale: its story, where it was made, and what was sold."""

    story: Story
    shop: Shop
    sold: Sold = field(repr=False)

    @property
    def number(self) -> str:
        """Its number in the sales system."""
        return self.sold.number

    @property
    def order_key(self) -> str:
        """The correlation key: `pyxis:8841207`."""
        return f"{self.shop.name}:{self.number}"

    @property
    def topic_key(self) -> str:
        """The key of its records: country and number."""
        return f"{self.shop.country(self.sold)}_{self.number}"


def sales(count: int, *, now: datetime) -> Iterator[Sale]:
    """`count` sales, the stories in turn; each created a minute after the other, shortly before `now`."""
    for index in range(count):
        story = STORIES[index % len(STORIES)]
        created, turn = now - timedelta(minutes=count - index), index // len(STORIES)
        shop = SHOPS[story.system]
        sold = Sold(
            shop.number(FIRST_ORDER + index),
            created,
            turn,
            technical_visit=story.technical_visit,
            wrong_contact=story.wrong_contact,
        )
        yield Sale(story, shop, sold)

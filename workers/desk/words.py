"""Where an order stands in plain words: for the colleague who looks, and for the customer who calls."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from workers.domain.states import OrderState

S = OrderState


class Words(NamedTuple):
    """`stands` tells a colleague, `answer` is what the customer may be told."""

    stands: str
    answer: str


ORDER: Mapping[OrderState, Words] = {
    S.RECEIVED: Words("The sale has come in and is being checked.", "Your order has reached us; we are checking it."),
    S.REJECTED: Words(
        "The sale was refused: it cannot be carried out as it was sold.", "We could not accept the order."
    ),
    S.CREATED: Words(
        "The order is accepted; a date is being looked for.", "Your order is accepted; we are choosing a date."
    ),
    S.SCHEDULED: Words(
        "A date is held; contract and provider come next.", "A date is reserved for you; we are arranging the team."
    ),
    S.ASSIGNED: Words("A provider has taken the visit; it is being prepared.", "Your date is confirmed."),
    S.DISPATCHED: Words("Everything is ready; the team has the visit.", "Everything is ready for your visit."),
    S.IN_PROGRESS: Words("The team is at work, or a further visit follows.", "The work has begun."),
    S.ON_HOLD: Words(
        "The team has interrupted its work.", "The work is interrupted; the team goes on as soon as it can."
    ),
    S.COMPLETED: Words(
        "The work is done; the work closing form comes next.", "The work is done; we ask you to sign for it."
    ),
    S.VERIFIED: Words(
        "The work closing form is settled; the provider is being paid.", "Thank you, your signature is with us."
    ),
    S.CLOSED: Words("Everything is done.", "Your order is complete."),
    S.CANCELLED: Words("The order was cancelled.", "Your order was cancelled."),
}
# State of a visit -> how it reads in a list.
VISIT: Mapping[str, str] = {
    "PLANNED": "to be planned",
    "HELD": "date held",
    "ASSIGNED": "provider found",
    "READY": "ready",
    "ON_SITE": "team on site",
    "DONE": "done",
    "INCOMPLETE": "not finished",
    "NO_SHOW_CUSTOMER": "customer was absent",
    "NO_SHOW_PROVIDER": "team did not come",
    "RELEASED": "date given back",
    "CANCELLED": "cancelled",
}
KIND: Mapping[str, str] = {"TECHNICAL_VISIT": "Technical visit", "MAIN": "Main visit", "RETURN": "Return visit"}


class Awaited(NamedTuple):
    """Who does what next."""

    who: str
    does: str


# Message a journey waits for -> who sends it by doing what. A message that is not here is listened to all the time
# (a cancellation, a change of the sale) and holds nothing up.
AWAITED: Mapping[str, Awaited] = {
    "offer-accepted": Awaited("the provider", "answers the offer"),
    "offer-rejected": Awaited("the provider", "answers the offer"),
    "broadcast-accepted": Awaited("one of the providers asked", "accepts the offer"),
    "date-answered": Awaited("customer or provider", "answers the proposed date"),
    "agreement-closed": Awaited("the signer", "signs or declines"),
    "visit-checked-in": Awaited("the team", "arrives and checks in"),
    "visit-checked-out": Awaited("the team", "finishes and checks out"),
    "visit-resumed": Awaited("the team", "goes on with its work"),
    "scope-change-answered": Awaited("sales", "answers the change of scope"),
    "proforma-answered": Awaited("the provider", "signs or contests the pro forma"),
    "provider-payment-completed": Awaited("the finance system", "pays the provider"),
    "payment-authorized": Awaited("the journey", "lets the provider be paid"),
    "payment-resumed": Awaited("quality", "settles the claim that holds the payment"),
    "rework-settled": Awaited("the rework order", "is carried out"),
    "visit-closed": Awaited("the visit", "ends"),
}

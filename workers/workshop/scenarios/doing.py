"""How acts are done: through our API, the sales topics, the signing service and the task list, as people and systems do them."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from fpdf import FPDF

from adapters.emulator import answers
from workers.ports.processes import Processes, ProcessMessage, Resource
from workers.workshop.scenarios.finding import last_visit, open_offer
from workers.workshop.scenarios.format import Step
from workers.workshop.scenarios.forms import filled
from workers.workshop.scenarios.hands import Death
from workers.workshop.scenarios.moments import duration, local
from workers.workshop.scenarios.reference import change
from workers.workshop.scenarios.sales import SELLERS, delivery_news, payment_news
from workers.workshop.scenarios.scene import Row, Scene, post
from workers.workshop.scenarios.watch import OpenTask
from zeebelet.records import Record, RecordType

Do = Callable[[Scene, Step, Any], None]
DONE, CONFLICT = 204, 409


def answer_offer(*, accepted: bool) -> Do:
    """Yes or no to an offer."""

    def do(scene: Scene, step: Step, offer: Row) -> None:
        body: dict[str, Any] = {"accepted": accepted} | ({"reason": step.reason} if step.reason else {})
        post(scene, f"/offers/{offer['id']}/answer", body, expect=step.answer)

    return do


def stays_silent(scene: Scene, step: Step, offer: Row) -> None:
    """The provider never answers this offer."""
    scene.silent.add(str(offer["id"]))


def withdraws(scene: Scene, step: Step, visit: Row) -> None:
    """The provider gives a visit back."""
    post(scene, f"/visits/{visit['id']}/withdrawal", {"reason": step.reason or "van broke down"}, expect=step.answer)


def checks_in(scene: Scene, step: Step, visit: Row) -> None:
    """The team stands at the door."""
    body = {"at": scene.now.isoformat(), **step.report}
    post(scene, f"/visits/{visit['id']}/check-in", body, expect=step.answer)


def checks_out(scene: Scene, step: Step, visit: Row) -> None:
    """The team leaves."""
    body = {"at": scene.now.isoformat(), "completionStatus": step.status or "COMPLETED", **step.report}
    if step.reason:
        body["reason"] = step.reason
    post(scene, f"/visits/{visit['id']}/check-out", body, expect=step.answer)


def pauses(scene: Scene, step: Step, visit: Row) -> None:
    """The team interrupts its work."""
    body = {"at": scene.now.isoformat(), "reason": step.reason or "waits for the electrician"}
    post(scene, f"/visits/{visit['id']}/pause", body, expect=step.answer)


def resumes(scene: Scene, step: Step, visit: Row) -> None:
    """The team goes on."""
    post(scene, f"/visits/{visit['id']}/resume", {"at": scene.now.isoformat()}, expect=step.answer)


def signs(scene: Scene, step: Step, agreement: Row) -> None:
    """The customer fills in the document's fields and signs."""
    scene.outside.adobe.sign(str(agreement["id"]), {name: str(value) for name, value in step.form.items()})
    scene.settle()


def answers_pro_forma(*, accepted: bool) -> Do:
    """The provider signs or contests a pro forma."""

    def do(scene: Scene, step: Step, invoice: Row) -> None:
        body = {"accepted": accepted, "revision": invoice["revision"], **step.report}
        post(scene, f"/pro-formas/{invoice['id']}/answer", body, expect=step.answer)

    return do


def pays_provider(scene: Scene, step: Step, invoice: Row) -> None:
    """The payment run of the ERP pays the provider, or fails to."""
    if step.erp == "pays":
        scene.outside.fusion.pay(str(invoice["number"]), scene.now.date())
    result = {"pays": "COMPLETED", "fails": "FAILED"}[str(step.erp)]
    body = {"status": result, "paidAt": scene.now.isoformat(), **step.report}
    post(scene, f"/pro-formas/{invoice['id']}/payment", body, expect=step.answer)


def declines(scene: Scene, step: Step, agreement: Row) -> None:
    """The customer says no on the signing page."""
    scene.outside.adobe.decline(str(agreement["id"]), step.reason)
    scene.settle()


def lets_expire(scene: Scene, step: Step, agreement: Row) -> None:
    """The signing page closes."""
    scene.outside.adobe.expire(str(agreement["id"]))
    scene.settle()


def decides(scene: Scene, step: Step, task: OpenTask) -> None:
    """Somebody fills in the form of a human task."""
    form = scene.kit.engine.state.definitions.forms.get(task.value.form_key)
    shown = scene.watch.document(task.value.element_instance_key)
    decision = str(step.operator)
    typed = {name: _stands_for(scene, step, value) for name, value in step.form.items()}
    values = filled(form.value.resource, shown, decision, typed) if form else typed
    group = next(iter(task.value.candidate_groups), "somebody")
    taken = task.value._replace(assignee=step.as_ or f"somebody of {group}", action="claim")
    _ask(scene, "ASSIGN", taken, task.key)
    _ask(scene, "COMPLETE", taken._replace(variables=values, action="complete"), task.key, expect=step.answer)


def _ask(scene: Scene, intent: str, value: Any, key: int, *, expect: int | None = None) -> None:
    """A person's command; listeners may say no: 409. `AssertionError` when the answer is not the expected one."""
    answers: list[Record] = []
    scene.kit.engine.submit("USER_TASK", intent, value, key=key, respond=answers.append)
    scene.settle()
    refused = bool(answers) and answers[0].record_type is RecordType.REJECTION
    if refused:
        scene.tell("task list", str(answers[0].rejection_reason))
    scene.last_status = CONFLICT if refused else DONE
    assert scene.last_status == (expect or DONE), f"Expected {intent} to be answered {expect or DONE}, but: {answers}"


def _stands_for(scene: Scene, step: Step, value: Any) -> Any:
    """What a form value stands for: `id of provider X`, `id of team X`, `uploaded scan`."""
    if not isinstance(value, str):
        return value
    if value == "uploaded scan":
        return uploaded_scan(scene, step)
    table, _, name = value.removeprefix("id of ").partition(" ")
    if value.startswith("id of "):
        rows = scene.rows({"provider": "providers", "team": "work_teams"}[table])
        return next(str(row["id"]) for row in rows if str(row["name"]).startswith(name))
    return value


def uploaded_scan(scene: Scene, step: Step) -> str:
    """The back office uploads a scan of two pages; its code."""
    order = scene.order_row(scene.sale(step.order))
    assert order is not None, "a scan belongs to an order"
    document = FPDF()
    document.set_creation_date(scene.now)
    for _ in range(2):
        document.add_page()
    path, kind = f"/orders/{order['id']}/scans", {"Content-Type": "application/pdf"}
    answer = scene.outside.api.post(path, content=bytes(document.output()), headers=kind)
    return str(answer.raise_for_status().json()["scanRef"])


def deploys(scene: Scene, step: Step, _: Any) -> None:
    """An analyst changes one file and deploys everything anew."""
    old, new = str(step.form["from"]), str(step.form["to"])
    resources = []
    for path in scene.models:
        text = path.read_text(encoding="utf-8")
        if path.stem == step.task:
            assert old in text, f"Expected {old} in {path.name}, but it is not there"
            text = text.replace(old, new)
        resources.append(Resource(path.name, text.encode()))
    scene.outside.platform.get(Processes).deploy(resources)


def sends(scene: Scene, step: Step, _: Any) -> None:
    """Sales sends the order, as often as it is delivered."""
    sale = scene.sale(step.order)
    first = next((r for r in sale.sent if r.topic == SELLERS[sale.system].created(sale)[0]), None)
    topic, document = SELLERS[sale.system].created(sale)
    copies = max(step.times, sale.copies)
    known = first.headers["event-id"] if first else f"created-{sale.number}"
    scene.records.put([sale.record(topic, document, event_id=known) for _ in range(copies)])
    scene.settle()


def updates(scene: Scene, step: Step, _: Any) -> None:
    """Sales sends the order again with changes."""
    sale = scene.sale(step.order)
    topic, document = SELLERS[sale.system].updated(sale, step.document)
    scene.records.put([sale.record(topic, document)])
    scene.settle()


def reprices(scene: Scene, step: Step, outcome: str) -> None:
    """Sales answers a technical visit."""
    scene.done.add(outcome)
    sale = scene.sale(step.order)
    topic, document = SELLERS[sale.system].repriced(sale, outcome, step.document)
    scene.records.put([sale.record(topic, document)])
    scene.settle()


def cancels(scene: Scene, step: Step, _: Any) -> None:
    """Sales wishes to cancel."""
    sale = scene.sale(step.order)
    topic, document = SELLERS[sale.system].cancelled(sale, step.reason or "CUSTOMER_CHANGED_MIND", scene.now)
    scene.records.put([sale.record(topic, document)] * (2 if step.twice else 1))
    scene.settle()


def sends_record(scene: Scene, step: Step, _: Any) -> None:
    """Any document on any topic sales writes to."""
    sale = scene.sale(step.order)
    scene.records.put([sale.record(step.topic, json.dumps(dict(step.document)).encode())])
    scene.settle()


def pays(scene: Scene, step: Step, _: Any) -> None:
    """Sales reports a payment status."""
    _news(scene, step, "sales.payment.status_updated", payment_news(str(step.payment), scene.now, step.document))


def delivers(scene: Scene, step: Step, _: Any) -> None:
    """The supply chain reports a delivery status."""
    dated = {"deliveryDate": step.date} if step.date else {}
    document = delivery_news(str(step.delivery), scene.now, {**dated, **step.document})
    _news(scene, step, "supply_chain.delivery.status_updated", document)


def _news(scene: Scene, step: Step, topic: str, document: bytes) -> None:
    sale = scene.sale(step.order)
    scene.records.put([sale.record(topic, document, key=f"{sale.system}_{sale.number}")])
    scene.settle()


def proposes(scene: Scene, step: Step, offer: Row) -> None:
    """The provider proposes another date for an open offer."""
    body = {"date": step.date, **step.report}
    post(scene, f"/offers/{offer['id']}/date-proposals", body, expect=step.answer)


def answers_date(side: str, answer: str) -> Do:
    """A side answers the date the other one proposed."""

    def do(scene: Scene, step: Step, negotiation: Row) -> None:
        body = {"answer": answer} | ({"date": step.date} if step.date else {}) | dict(step.report)
        number = len(negotiation["rounds"])
        path = f"/date-negotiations/{negotiation['id']}/rounds/{number}/{side.lower()}-answer"
        post(scene, path, body, expect=step.answer)

    return do


def dies(scene: Scene, step: Step, _: Any) -> None:
    """The worker dies at the next job of a type."""
    scene.hands.deaths.extend(Death(step.task, "after" in str(step.worker)) for _ in range(step.times))


def webhooks(scene: Scene, step: Step, _: Any) -> None:
    """Notifications of the signing service are held back, or sent after all."""
    hooks = scene.outside.adobe.webhooks
    hooks.held = step.signing == "loses webhooks"
    if not hooks.held:
        hooks.flush()
        scene.settle()


def passes(scene: Scene, step: Step, _: Any) -> None:
    """Time passes."""
    if step.for_:
        scene.until(scene.now + duration(step.for_))
    elif step.until:
        scene.until(local(step.until, scene.sale(step.order).country))


def jumps(scene: Scene, step: Step, _: Any) -> None:
    """The clock jumps, as after a machine that slept."""
    target = scene.now + duration(step.for_) if step.for_ else local(step.until, scene.sale(step.order).country)
    scene.jump(target)


def plan_fault(scene: Scene, step: Step, _: Any) -> None:
    """An outside system will fail."""
    assert step.fault is not None
    fault = step.fault
    if fault.system == "kafka":
        scene.bus.failures += fault.times
        return
    outside = scene.outside
    faults = {"adobe-sign": outside.adobe.faults, "messaging": outside.messaging.faults, "erp": outside.fusion.faults}[
        fault.system
    ]
    headers = {"Retry_After": str(fault.retry_after)} if fault.retry_after is not None else {}
    shown = answers(fault.answers, {"code": "FAULT", "message": "planned"}, **headers)
    faults.plan(fault.call, *([shown] * fault.times), after=fault.lost)


def changes_reference(scene: Scene, step: Step, _: Any) -> None:
    """Reference data changes while the journey goes on."""
    assert step.reference is not None
    change(scene.outside.url, step.reference, scene.sale(step.order))
    scene.outside.tables.forget()


def publishes(scene: Scene, step: Step, _: Any) -> None:
    """A message goes to Camunda directly; `=name` stands for the newest value of a variable."""
    key = str(_newest(scene, step, step.key))
    variables = {name: _read(scene, step, value) for name, value in step.form.items()}
    told = ProcessMessage(str(step.message), key, f"{step.message}:{scene.now}", variables=variables)
    scene.outside.platform.get(Processes).publish(told)
    scene.settle()


def _read(scene: Scene, step: Step, value: Any) -> Any:
    return _newest(scene, step, value[1:]) if isinstance(value, str) and value.startswith("=") else value


def _newest(scene: Scene, step: Step, variable: str) -> Any:
    """A variable's newest value; ids of the order are those of the order the step names."""
    sale = scene.sale(step.order)
    order = scene.order_row(sale)
    mine = {"orderKey": sale.order_key, "serviceOrderId": str(order["id"]) if order else None}
    values = [value for _, name, value in scene.watch.variables if name == variable and value]
    assert values, f"Expected a variable {variable}, but none was ever set"
    return mine.get(variable) or values[-1]


def calls(scene: Scene, step: Step, _: Any) -> None:
    """Any request to our API; `{offerId}` and the like stand for what is there now."""
    method, _, path = str(step.call).partition(" ")
    assert method == "POST", f"Expected a POST, but found {step.call!r}"
    for name, value in ids(scene, step).items():
        path = path.replace("{" + name + "}", value)
    for _ in range(2 if step.twice else 1):
        post(scene, path, step.document, expect=step.answer)


def ids(scene: Scene, step: Step) -> dict[str, str]:
    """Ids a path may name."""
    sale = scene.sale(step.order)
    order, visit, offer = scene.order_row(sale), last_visit(scene, step), open_offer(scene, step)
    invoice = next(iter(scene.of_order("pro_formas", sale)), None)
    tasks = [row for row in scene.of_order("operator_tasks", sale, order_by="opened_at") if row["closed_at"] is None]
    known = {
        "orderId": order,
        "visitId": visit,
        "offerId": offer,
        "invoiceId": invoice,
        "taskId": next(iter(tasks), None),
    }
    return {name: str(row["id"]) for name, row in known.items() if row}

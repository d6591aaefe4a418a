"""What a provider does before it has an order: it applies, hands in documents, signs its contract."""

from __future__ import annotations

import hashlib
from typing import Any

from fpdf import FPDF

from workers.workshop.scenarios.finding import pro_forma
from workers.workshop.scenarios.format import Step
from workers.workshop.scenarios.scene import Row, Scene, post

CONTRACT = "PROVIDER_CONTRACT"
APPLICATION: dict[str, Any] = {
    "name": "Nouvel Atelier",
    "countryCode": "FR",
    "buCode": "FR-HOME",
    "email": "bureau@nouvel-atelier.example.com",
    "phone": "+33639980099",
    "trades": {"KITCHEN": "P1"},
    "zones": {"59": "PRIMARY"},
    "teams": [{"name": "Nouvel Atelier 1", "lat": 50.63, "lng": 3.05, "size": 2}],
}


def registers(scene: Scene, step: Step, _: Any) -> None:
    """It applies on the portal, once or again."""
    body = {**APPLICATION, **step.report}
    post(scene, "/providers", {"reference": str(body["name"]), **body}, expect=step.answer)


def newest(scene: Scene, step: Step) -> Row | None:
    """The provider the step names, or the one that applied last."""
    rows = scene.rows("providers")
    if step.name:
        return next((row for row in rows if str(row["name"]).startswith(step.name)), None)
    applied = scene.rows("provider_applications", order_by="opened_at")
    return next((row for row in rows if applied and row["id"] == applied[-1]["provider_id"]), None)


def uploads(scene: Scene, step: Step, provider: Row) -> None:
    """It hands in one PDF per document; `report` names them, with or without their end."""
    named = step.report.get("documents", {})
    ends = named if isinstance(named, dict) else dict.fromkeys(named)
    for kind, until in ends.items():
        content = _pdf(scene, f"{kind} of {provider['name']} until {until}")
        query = {"kind": kind, **({"validUntil": until} if until else {})}
        answer = scene.outside.api.post(
            f"/providers/{provider['id']}/documents",
            params=query,
            content=content,
            headers={"Content-Type": "application/pdf"},
        )
        scene.last_status = answer.status_code
        wanted = step.answer or 201
        assert answer.status_code == wanted, f"Expected {wanted}, but {answer.status_code} came: {answer.text[:300]}"
    scene.settle()


def _pdf(scene: Scene, text: str) -> bytes:
    document = FPDF()
    document.set_creation_date(scene.now)
    document.set_title(hashlib.sha256(text.encode()).hexdigest())
    document.add_page()
    document.set_font("Helvetica")
    document.cell(text=text)
    return bytes(document.output())


def to_sign(scene: Scene, step: Step) -> Row | None:
    """A pro forma; with `kind`, the contract that is out for signature."""
    if step.kind != CONTRACT:
        invoice: Row | None = pro_forma("SENT")(scene, step)
        return invoice
    found = scene.rows("agreements", order_by="sent_at", kind=CONTRACT, state="PENDING_SIGNATURE")
    return found[-1] if found else None


def signs(scene: Scene, step: Step, found: Row) -> None:
    """It signs its pro forma; or both sides sign its contract."""
    if step.kind == CONTRACT:
        scene.outside.adobe.sign(str(found["id"]), {})
        scene.settle()
        return
    body = {"accepted": True, "revision": found["revision"], **step.report}
    post(scene, f"/pro-formas/{found['id']}/answer", body, expect=step.answer)


def declines(scene: Scene, step: Step, found: Row) -> None:
    """It refuses its contract."""
    scene.outside.adobe.decline(str(found["id"]), step.reason)
    scene.settle()

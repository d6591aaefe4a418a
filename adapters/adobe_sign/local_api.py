"""The REST v6 operations of the local Acrobat Sign: one function each, and the table of their addresses."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from email import message_from_bytes
from typing import Any
from urllib.parse import parse_qs

from fpdf import FPDF
from starlette.responses import JSONResponse, Response

from adapters.adobe_sign.local_account import OPEN, Account, Stored
from adapters.adobe_sign.local_webhooks import IntentRefusedError, Webhooks
from adapters.emulator import Call, Handler

API = "/api/rest/v6"
ONE = API + "/agreements/{id}"
CREDENTIALS = {"client_id": "local-application", "client_secret": "local", "refresh_token": "local-refresh"}
EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")
TOKEN_SECONDS = 3600


@dataclass(slots=True)
class Service:
    """What the operations share. `not_yet_exposed`: how often signing addresses are still "not available yet"."""

    account: Account
    webhooks: Webhooks
    address: str = ""
    tokens: set[str] = field(default_factory=set, repr=False)
    not_yet_exposed: int = 0


def new_token(service: Service, call: Call) -> Response:
    """`POST /oauth/v2/refresh`."""
    form = {name: values[0] for name, values in parse_qs(call.body.decode()).items()}
    if {name: form.get(name) for name in CREDENTIALS} != CREDENTIALS:
        return refusal(401, "INVALID_TOKEN")
    token = uuid.uuid4().hex
    service.tokens.add(token)
    return JSONResponse({"access_token": token, "token_type": "Bearer", "expires_in": TOKEN_SECONDS})


def base_uris(service: Service, call: Call) -> Response:
    """`GET /baseUris`."""
    return JSONResponse({"apiAccessPoint": service.address + "/", "webAccessPoint": service.address + "/"})


def upload(service: Service, call: Call) -> Response:
    """`POST /transientDocuments`."""
    content = _multipart(call).get("File", b"")
    if not content:
        return refusal(400, "EMPTY_FILE")
    return JSONResponse({"transientDocumentId": service.account.keep(content)}, status_code=201)


def create(service: Service, call: Call) -> Response:
    """`POST /agreements`."""
    body = call.json()
    document = service.account.document(body["fileInfos"][0].get("transientDocumentId", ""))
    if document is None:
        return refusal(400, "INVALID_TRANSIENTDOCUMENT_ID")
    members = [member["email"] for group in body["participantSetsInfo"] for member in group["memberInfos"]]
    if not members or not all(EMAIL.fullmatch(email) for email in members):
        return refusal(400, "INVALID_EMAIL")
    return JSONResponse({"id": service.account.open(body, document).id}, status_code=201)


def search(service: Service, call: Call) -> Response:
    """`GET /agreements?externalId=`."""
    found = service.account.all(external_id=call.query.get("externalId"))
    size, start = int(call.query.get("pageSize", "100")), int(call.query.get("cursor", "0"))
    page = {"nextCursor": str(start + size)} if len(found) > start + size else {}
    rows = [_row(agreement) for agreement in found[start : start + size]]
    return JSONResponse({"userAgreementList": rows, "page": page})


def register(service: Service, call: Call) -> Response:
    """`POST /webhooks`."""
    try:
        webhook_id = service.webhooks.register(call.json()["webhookUrlInfo"]["url"])
    except IntentRefusedError as error:
        return refusal(400, "INVALID_WEBHOOK_URL", str(error))
    return JSONResponse({"id": webhook_id}, status_code=201)


def overview(service: Service, call: Call) -> Response:
    """`GET /control/agreements`: what the account holds, for whoever plays the signers."""
    return JSONResponse([_row(agreement) for agreement in service.account.all()])


def read(service: Service, agreement: Stored, call: Call) -> Response:
    """`GET /agreements/{id}`."""
    tag = {"ETag": agreement.etag}
    if call.headers.get("if-none-match") == agreement.etag:
        return Response(status_code=304, headers=tag)
    return JSONResponse(agreement.told(), headers=tag)


def put_state(service: Service, agreement: Stored, call: Call) -> Response:
    """`PUT /agreements/{id}/state`, needs the ETag."""
    told = call.headers.get("if-match")
    if told is None:
        return refusal(400, "MISSING_IF_MATCH_HEADER")
    if told != agreement.etag:
        return refusal(412, "RESOURCE_MODIFIED")
    if not service.account.close(agreement.id, status="CANCELLED", event="RECALLED", subEvent="RECALLED"):
        return refusal(400, "AGREEMENT_NOT_CANCELLABLE")
    return Response(status_code=204)


def signing_urls(service: Service, agreement: Stored, call: Call) -> Response:
    """`GET /agreements/{id}/signingUrls`."""
    if service.not_yet_exposed > 0:
        service.not_yet_exposed -= 1
        return refusal(404, "DOCUMENT_NOT_YET_AVAILABLE")
    if agreement.status != OPEN:
        return refusal(400, "AGREEMENT_NOT_SIGNABLE")
    urls = [{"email": email, "esignUrl": f"{service.address}/sign/{agreement.id}"} for email in agreement.signers]
    return JSONResponse({"signingUrlSetInfos": [{"signingUrls": urls}]})


def form_data(service: Service, agreement: Stored, call: Call) -> Response:
    """`GET /agreements/{id}/formData`, CSV with a byte order mark."""
    return Response("\ufeff" + agreement.form_data(), media_type="text/csv")


def combined_document(service: Service, agreement: Stored, call: Call) -> Response:
    """`GET /agreements/{id}/combinedDocument`: once signed, with a line behind its end, so that its bytes differ."""
    content = agreement.document
    if agreement.status == "SIGNED":
        who = ", ".join(agreement.signers)
        content += f"\n% signed by {who} at {agreement.events[-1]['date']}\n%%EOF\n".encode()
    return Response(content, media_type="application/pdf")


def audit_trail(service: Service, agreement: Stored, call: Call) -> Response:
    """`GET /agreements/{id}/auditTrail`: a PDF that tells the events."""
    pdf = FPDF()
    pdf.add_page()
    pdf.set_font("helvetica", size=10)
    for event in agreement.events:
        pdf.cell(text=f"{event['date']} {event['type']}", new_x="LMARGIN", new_y="NEXT")
    return Response(bytes(pdf.output()), media_type="application/pdf")


def events(service: Service, agreement: Stored, call: Call) -> Response:
    """`GET /agreements/{id}/events`."""
    return JSONResponse({"events": agreement.events})


def sign(service: Service, agreement: Stored, call: Call) -> Response:
    """`POST /control/agreements/{id}/sign`: the signers fill in `{"formData": {...}}` and sign."""
    fields = call.json().get("formData", {}) if call.body else {}
    return _changed(service.account.close(agreement.id, status="SIGNED", event="WORKFLOW_COMPLETED", fields=fields))


def decline(service: Service, agreement: Stored, call: Call) -> Response:
    """`POST /control/agreements/{id}/decline`: a signer says no, `{"reason": ...}`."""
    info = {"comment": call.json().get("reason", "") if call.body else "", "notifyOthers": True}
    return _changed(
        service.account.close(agreement.id, status="CANCELLED", event="REJECTED", agreementCancellationInfo=info)
    )


def expire(service: Service, agreement: Stored, call: Call) -> Response:
    """`POST /control/agreements/{id}/expire`: the term is over."""
    return _changed(
        service.account.close(agreement.id, status="EXPIRED", event="EXPIRED", subEvent="EXPIRED_AUTOMATICALLY")
    )


Operation = Callable[[Service, Call], Response]
AgreementOperation = Callable[[Service, Stored, Call], Response]

OPERATIONS: dict[str, Operation] = {
    "POST /oauth/v2/refresh": new_token,
    f"GET {API}/baseUris": base_uris,
    f"POST {API}/transientDocuments": upload,
    f"POST {API}/agreements": create,
    f"GET {API}/agreements": search,
    f"POST {API}/webhooks": register,
    "GET /control/agreements": overview,
}
AGREEMENT_OPERATIONS: dict[str, AgreementOperation] = {
    f"GET {ONE}": read,
    f"PUT {ONE}/state": put_state,
    f"GET {ONE}/signingUrls": signing_urls,
    f"GET {ONE}/formData": form_data,
    f"GET {ONE}/combinedDocument": combined_document,
    f"GET {ONE}/auditTrail": audit_trail,
    f"GET {ONE}/events": events,
    "POST /control/agreements/{id}/sign": sign,
    "POST /control/agreements/{id}/decline": decline,
    "POST /control/agreements/{id}/expire": expire,
}


def operations(service: Service) -> dict[str, Handler]:
    """Every operation, bound to the service."""
    plain = {key: _bound(service, operation) for key, operation in OPERATIONS.items()}
    return plain | {key: _of_agreement(service, operation) for key, operation in AGREEMENT_OPERATIONS.items()}


def unknown_caller(service: Service, call: Call) -> Response | None:
    """Refuses a call of the API without a live token, or at a shard the account does not live on."""
    if API not in call.operation:
        return None
    if call.headers.get("authorization", "").removeprefix("Bearer ") not in service.tokens:
        return refusal(401, "INVALID_ACCESS_TOKEN")
    at_home = service.address.endswith(call.headers["host"]) or call.operation.endswith("/baseUris")
    return None if at_home else refusal(401, "INVALID_API_ACCESS_POINT")


def refusal(status: int, code: str, message: str = "") -> Response:
    """An error body as Acrobat Sign writes it."""
    return JSONResponse({"code": code, "message": message or code.replace("_", " ").lower()}, status_code=status)


def _bound(service: Service, operation: Operation) -> Handler:
    return lambda call: operation(service, call)


def _of_agreement(service: Service, operation: AgreementOperation) -> Handler:
    def handler(call: Call) -> Response:
        agreement = service.account.find(call.parameters["id"])
        return operation(service, agreement, call) if agreement else refusal(404, "INVALID_AGREEMENT_ID")

    return handler


def _changed(changed: bool) -> Response:
    return JSONResponse({"changed": changed})


def _row(agreement: Stored) -> dict[str, str]:
    name, external_id = agreement.body["name"], agreement.external_id
    return {"id": agreement.id, "externalId": external_id, "status": agreement.status, "name": name}


def _multipart(call: Call) -> dict[str, bytes]:
    """The parts of a multipart body by name."""
    head = f"Content-Type: {call.headers['content-type']}\r\n\r\n".encode()
    parts: Any = message_from_bytes(head + call.body).get_payload()
    return {part.get_param("name", header="content-disposition"): part.get_payload(decode=True) for part in parts}

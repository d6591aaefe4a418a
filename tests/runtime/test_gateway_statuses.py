"""Every gRPC status as the worker meets it, over the real protocol."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import grpc
import httpx
import pytest
from broker import Broker
from grpc_gateway import Servicer, serve
from pydantic import ValidationError

from adapters.camunda.errors import from_http
from adapters.camunda.jobs import ZeebeJobs
from adapters.camunda.session import RestSession
from adapters.camunda.settings import CamundaSettings
from workers.ports.errors import Conflict, Misconfigured, NotFound, Refused, Unavailable
from workers.ports.jobs import BackPressure, JobRequest, Unsupported
from workers.runtime import Context, TaskInput
from workers.runtime.options import WorkerOptions
from workers.runtime.registry import Registry
from workers.runtime.testing import MemoryBus, MemoryLedger
from workers.runtime.worker import Needs, Worker

S = grpc.StatusCode
STATUSES = {
    S.RESOURCE_EXHAUSTED: BackPressure,
    S.UNAVAILABLE: Unavailable,
    S.DEADLINE_EXCEEDED: Unavailable,
    S.ABORTED: Unavailable,
    S.CANCELLED: Unavailable,
    S.INTERNAL: Unavailable,
    S.DATA_LOSS: Unavailable,
    S.UNKNOWN: Unavailable,
    S.NOT_FOUND: NotFound,
    S.FAILED_PRECONDITION: Conflict,
    S.ALREADY_EXISTS: Conflict,
    S.INVALID_ARGUMENT: Refused,
    S.OUT_OF_RANGE: Refused,
    S.UNAUTHENTICATED: Misconfigured,
    S.PERMISSION_DENIED: Misconfigured,
    S.UNIMPLEMENTED: Unsupported,
}
REQUEST = JobRequest(type="visit", worker="w", timeout=30_000)


@asynccontextmanager
async def gateway() -> AsyncIterator[tuple[Broker, Servicer, CamundaSettings]]:
    broker = Broker()
    server, servicer, port = await serve(broker)
    try:
        yield broker, servicer, CamundaSettings(grpc_address=f"127.0.0.1:{port}")
    finally:
        await server.stop(0)


def test_every_status_has_a_translation() -> None:
    """A status gRPC gains one day must not become an exception nobody expects."""
    assert set(STATUSES) == set(S) - {S.OK}


async def test_statuses_leave_as_port_errors() -> None:
    """For polls, streams and commands alike, exactly the class of the table."""
    async with gateway() as (_, servicer, settings):
        jobs = ZeebeJobs(settings)
        for status, kind in STATUSES.items():
            servicer.refuse = lambda call, about, status=status: status
            raised = [await _error(jobs.complete(1, variables="{}", within=5))]
            raised += [
                await _error(_all(jobs.activate(REQUEST, limit=1, wait=-1))),
                await _error(_all(jobs.stream(REQUEST))),
            ]
            assert [type(error) for error in raised] == [kind] * 3, status
        await jobs.close()


async def test_a_message_that_is_too_large_is_refused_not_repeated() -> None:
    """RESOURCE_EXHAUSTED also means "too large": sending that again until the deadline would never help."""
    async with gateway() as (_, servicer, settings):
        servicer.refuse = lambda call, about: None
        jobs = ZeebeJobs(settings)
        error = await _error(jobs.complete(1, variables='{"x":"' + "y" * 5_000_000 + '"}', within=5))
        await jobs.close()

    assert type(error) is Refused


async def _error(work: Any) -> BaseException | None:
    try:
        await work
    except Exception as error:
        return error
    return None


async def _all(items: AsyncIterator[Any]) -> None:
    async for _ in items:
        pass


class Nothing(TaskInput):
    """No variables."""


async def handler(data: Nothing, ctx: Context) -> None:
    return None


@pytest.mark.parametrize(
    "status", [S.UNAUTHENTICATED, S.PERMISSION_DENIED, S.UNKNOWN, S.ABORTED, S.UNAVAILABLE], ids=lambda s: s.name
)
async def test_row_12_a_bad_status_on_one_type_stops_no_other(status: grpc.StatusCode) -> None:
    """Over the real protocol: one type's intake is refused with each status, the other one is served."""
    registry = Registry()
    registry.task("bad", effect="none")(handler)
    registry.task("good", effect="none")(handler)
    async with gateway() as (broker, servicer, settings):
        servicer.refuse = lambda call, about: status if about == "bad" else None
        needs = Needs(gateway=lambda: ZeebeJobs(settings), ledger=MemoryLedger(), bus=MemoryBus())
        worker = Worker(list(registry.values()), needs, WorkerOptions())
        run = asyncio.create_task(worker.run())
        await asyncio.sleep(0.3)
        broker.create("good", 20)
        async with asyncio.timeout(10):
            while broker.open:
                await asyncio.sleep(0.01)
        worker.stop()
        await run

    assert {job.state for job in broker.jobs.values()} == {"COMPLETED"}


async def test_a_gateway_without_streaming_is_polled() -> None:
    """UNIMPLEMENTED ends the stream loop for good; long polls bring the jobs."""
    registry = Registry()
    registry.task("good", effect="none")(handler)
    async with gateway() as (broker, servicer, settings):
        servicer.refuse = lambda call, about: S.UNIMPLEMENTED if call == "stream" else None
        needs = Needs(gateway=lambda: ZeebeJobs(settings), ledger=MemoryLedger(), bus=MemoryBus())
        worker = Worker(list(registry.values()), needs, WorkerOptions())
        run = asyncio.create_task(worker.run())
        await asyncio.sleep(1.5)
        broker.create("good", 3)
        async with asyncio.timeout(10):
            while broker.open:
                await asyncio.sleep(0.01)
        stats = worker.lanes[0].stats
        worker.stop()
        await run

    assert (stats.stream_opens, stats.restarts) == (1, 0)


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, Refused),
        (401, Misconfigured),
        (403, Misconfigured),
        (404, NotFound),
        (409, Conflict),
        (429, BackPressure),
        (500, Unavailable),
        (503, Unavailable),
    ],
)
def test_http_statuses_leave_as_port_errors(status: int, kind: type[Exception]) -> None:
    """The REST table; the problem's own words are kept."""
    transport = httpx.MockTransport(lambda request: httpx.Response(status, json={"title": "x", "detail": "why"}))
    session = RestSession(CamundaSettings(), transport=transport)

    with pytest.raises(kind, match=f"HTTP {status}: why") as raised:
        session.request("POST", "/v2/x", {})
    assert type(raised.value) is kind
    assert type(from_http(status, "")) is kind


def test_tokens_are_fetched_once_and_again_when_refused() -> None:
    """Client credentials: one token for many calls; a 401 (revoked, rotated) makes it fetch a new one, once per call."""
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/token":
            asked.append(request.content.decode())
            return httpx.Response(200, json={"access_token": f"t{len(asked)}", "expires_in": 300})
        stale = request.headers["Authorization"] == "Bearer t1" and request.url.path == "/revoked"
        return httpx.Response(401 if stale else 200, json={"token": request.headers["Authorization"]})

    settings = CamundaSettings(
        tls=True, client_id="me", client_secret="s3", token_url="http://idp/token", audience="a", scope="s"
    )
    session = RestSession(settings, transport=httpx.MockTransport(answer))
    first, second = session.request("GET", "/x"), session.request("GET", "/x")
    third = session.request("GET", "/revoked")

    assert (first, second, third) == ({"token": "Bearer t1"}, {"token": "Bearer t1"}, {"token": "Bearer t2"})
    assert len(asked) == 2
    assert "grant_type=client_credentials" in asked[0]
    assert "scope=s" in asked[0]


def test_an_identity_provider_that_is_away_is_no_misconfiguration() -> None:
    """5xx from the token endpoint: try again later; 4xx: an operator must act."""
    for status, kind in ((503, Unavailable), (401, Misconfigured)):
        settings = CamundaSettings(tls=True, client_id="me", client_secret="s", token_url="http://idp/token")
        session = RestSession(
            settings, transport=httpx.MockTransport(lambda request, status=status: httpx.Response(status))
        )
        with pytest.raises(kind, match="no token"):
            session.request("GET", "/x")


@pytest.mark.parametrize(
    "wrong", [{"client_id": "me"}, {"client_id": "me", "client_secret": "s", "token_url": "http://idp", "tls": False}]
)
def test_settings_that_could_not_work_are_refused(wrong: dict[str, Any]) -> None:
    """Half a credential, or a token over plain text, would fail at the first call with a text nobody understands."""
    with pytest.raises(ValidationError, match="Expected"):
        CamundaSettings(**wrong)

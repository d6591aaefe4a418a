"""`zeebelet engine`: the embedded Zeebe-compatible engine alone."""

from __future__ import annotations

import asyncio
import json
import re
import signal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from zeebelet.server import Addresses, ServerOptions


_TIME = re.compile(r"(\d+(?:\.\d+)?)(ms|s)?")


def _announce(addresses: Addresses, *, as_json: bool, console: bool) -> None:
    if as_json:
        print(json.dumps({"grpc": addresses.grpc, "http": addresses.http}), flush=True)
        return
    page = f"  Open  {addresses.http}/console\n" if console else ""
    print(
        f"The engine is ready.\n{page}  gRPC  {addresses.grpc}\n  REST  {addresses.http}/v2\nStop it with Ctrl+C.",
        flush=True,
    )


def seconds(text: str) -> float:
    """A time such as `500ms`, `2s` or `2` in seconds."""
    found = _TIME.fullmatch(text.strip())
    if found is None:
        raise typer.BadParameter(f"Expected a time such as 500ms or 2s, but it is '{text}'", param_hint="--search-lag")
    return float(found[1]) / (1000 if found[2] == "ms" else 1)


async def _run(options: ServerOptions, *, as_json: bool) -> None:
    from zeebelet.server import running

    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stop.set)
    async with running(options) as addresses:
        _announce(addresses, as_json=as_json, console=options.console)
        await stop.wait()


def engine(
    *,
    grpc_port: Annotated[
        int, typer.Option(min=0, max=65535, help="Port of Zeebe's gRPC API; 0 takes a free one.")
    ] = 26500,
    http_port: Annotated[
        int, typer.Option(min=0, max=65535, help="Port of the REST API v2; 0 takes a free one.")
    ] = 8080,
    host: Annotated[
        str, typer.Option(help="Address to listen on. Beyond this machine an --issuer is needed.")
    ] = "127.0.0.1",
    data_dir: Annotated[Path | None, typer.Option(help="Keep everything in this directory; else in memory.")] = None,
    clock_control: Annotated[bool, typer.Option(help="Let clients move the engine's clock.")] = True,
    issuer: Annotated[str, typer.Option(help="OIDC issuer whose bearer tokens callers must show.")] = "",
    audience: Annotated[str, typer.Option(help="Audience those tokens must have.")] = "",
    console: Annotated[bool, typer.Option(help="Serve the console's pages under /console of the REST port.")] = True,
    search_lag: Annotated[
        str,
        typer.Option(metavar="TIME", help="Searches lag behind as at a cluster, e.g. 500ms or 2s: tests must wait."),
    ] = "0",
    as_json: Annotated[bool, typer.Option("--json", help="Print one line of JSON with the addresses.")] = False,
) -> None:
    """Run the embedded engine alone: Zeebe's gRPC API and Camunda's REST API v2, in this process, until stopped.

    Point any Camunda 8 client at the addresses it prints, e.g. zbctl with `--address`.
    """
    from zeebelet.server import ServerOptions

    verify = None
    if issuer and not audience:
        raise typer.BadParameter(
            "Expected --audience beside --issuer: without it, tokens for any other system would open this one."
        )
    if issuer:
        from zeebelet.tokens import issuer_verifier

        verify = issuer_verifier(issuer, audience=audience)
    options = ServerOptions(
        host=host,
        grpc_port=grpc_port,
        http_port=http_port,
        data_dir=data_dir,
        clock_control=clock_control,
        verify=verify,
        console=console,
        search_lag=seconds(search_lag),
    )
    asyncio.run(_run(options, as_json=as_json))

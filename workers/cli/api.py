"""`fsm api`: serves our own HTTP API."""

from __future__ import annotations

from typing import Annotated

import typer

from workers.bootstrap import Process, build
from workers.cli.logs import set_up_logs
from workers.settings import read


def api(
    host: Annotated[str, typer.Option(help="Address to listen on; default: the settings'.")] = "",
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port to listen on; default: the settings'.")] = 0,
) -> None:
    """Serves webhooks of Acrobat Sign and the answers of providers and teams, until SIGTERM or Ctrl-C.

    With `FSM_API__DOCS=true`, `/docs` shows the operations. Callers show a token of the identity provider (`FSM_OIDC__...`,
    `fsm token`); without one,
    `FSM_API__TOKEN` is the one key.
    """
    import uvicorn

    from workers.api.app import make_app

    settings = read()
    set_up_logs(settings)
    with build(settings, process=Process.API) as platform:
        uvicorn.run(
            make_app(platform), host=host or settings.api.host, port=port or settings.api.port, log_level="warning"
        )

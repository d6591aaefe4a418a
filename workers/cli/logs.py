"""Log records of the platform's processes: lines for people, or one JSON object each for Datadog and its like."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from workers.settings import Settings

_LINE = "%(asctime)s %(levelname)s %(name)s %(message)s"
# Libraries that tell every request at INFO, some with ids of customers in the address.
_CHATTY = ("httpx", "httpcore", "hvac", "ddtrace")


def set_up_logs(settings: Settings) -> None:
    """Sends records to standard error as `log_format` and `log_level` say."""
    handler = logging.StreamHandler()
    handler.setFormatter(_json() if settings.log_format == "json" else logging.Formatter(_LINE))
    logging.basicConfig(level=settings.log_level, handlers=[handler], force=True)
    for name in _CHATTY:
        logging.getLogger(name).setLevel(logging.WARNING)


def _json() -> logging.Formatter:
    from structlog import processors, stdlib

    return stdlib.ProcessorFormatter(
        foreign_pre_chain=[
            stdlib.add_log_level,
            stdlib.add_logger_name,
            stdlib.ExtraAdder(),
            processors.TimeStamper(fmt="iso", utc=True),
        ],
        processors=[
            stdlib.ProcessorFormatter.remove_processors_meta,
            processors.format_exc_info,
            processors.EventRenamer("message"),
            processors.JSONRenderer(default=str),
        ],
    )

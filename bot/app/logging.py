"""Structured logs that cannot give a debtor away.

Nothing in the product logs personal data on purpose. What is here is the last defence, for the
library that puts a request into an exception and for the line that somebody adds in a hurry.
"""

import logging
import re
import sys
from typing import Any, Literal, TextIO

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

# Values of these keys never appear, whatever they look like.
WITHHELD = {
    "address",
    "body",
    "debtor",
    "debtor_name",
    "email",
    "number",
    "password",
    "phone",
    "text",
    "token",
}

_MASKED = re.compile(
    r"""
    (?P<keep>                                   # digits that are no number of a person
        \b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b
      | \b\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?\b
      | \d\.\d{6,}                              # a long fraction
    )
  | (?P<mail>[\w.+-]+@[\w-]+(?:\.[\w-]+)+)
  | (?P<phone>(?<![0-9A-Za-z_])(?:[+＋]|00)?[(（]?\d(?:[ ()（）-]{0,2}\d){7,15}(?![0-9A-Za-z_]))
    """,
    re.VERBOSE | re.IGNORECASE,
)
# PostgreSQL and SQLAlchemy quote a row's values in these lines of an error.
_QUOTED_ROWS = re.compile(r"^\s*(DETAIL|CONTEXT|\[parameters:).*$", re.MULTILINE)


def configure(
    level: str, style: Literal["auto", "json", "console"], stream: TextIO | None = None
) -> None:
    """Send all logs, the libraries' too, through one pipe to `stream` (default stderr).

    Args:
        style: `auto` is `console` on a terminal and `json` elsewhere.
    """
    stream = stream or sys.stderr
    console = style == "console" or (style == "auto" and stream.isatty())
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        mask_event,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(stream)
    handler.setFormatter(_formatter(shared, console=console))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for talkative in ("apscheduler", "procrastinate", "urllib3", "twilio", "alembic"):
        logging.getLogger(talkative).setLevel(max(logging.WARNING, root.level))


def get_logger(name: str) -> structlog.stdlib.BoundLogger:
    """A logger for events: a constant name first, then facts as keyword arguments."""
    logger: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger(name)
    return logger


def mask_event(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Mask what looks like a phone number or an e-mail address in every value of an event."""
    return {key: _mask_entry(key, value) for key, value in event.items()}


def mask(text: str) -> str:
    """Replace phone numbers and e-mail addresses; dates, UUIDs and carriers' ids stay."""
    return _MASKED.sub(_replacement, _QUOTED_ROWS.sub(r"\1 [withheld]", text))


def _formatter(shared: list[Processor], *, console: bool) -> structlog.stdlib.ProcessorFormatter:
    render: Processor = (
        structlog.dev.ConsoleRenderer()
        if console
        else structlog.processors.JSONRenderer(ensure_ascii=False, default=lambda v: mask(str(v)))
    )
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, render],
    )


def _mask_entry(key: str, value: Any) -> Any:
    if key in WITHHELD and value is not None:
        return "[withheld]"
    return value if key in {"timestamp", "_record"} else _mask_value(value)


def _mask_value(value: Any) -> Any:
    if isinstance(value, str):
        return mask(value)
    if isinstance(value, dict):
        return {key: _mask_entry(str(key), inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [_mask_value(inner) for inner in value]
    return mask(str(value)) if isinstance(value, BaseException) else value


def _replacement(found: re.Match[str]) -> str:
    if found["keep"]:
        return found["keep"]
    return "[e-mail]" if found["mail"] else "[phone]"

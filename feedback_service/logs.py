"""
What the service says of itself: one JSON object a line, to standard error.

Nothing personal gets in, whoever calls: only fields of a list pass, each a short value, and of an error its kind and its place in the
code, never its message, which may quote what somebody wrote.
"""

from __future__ import annotations

import logging
import sys
import traceback
from collections.abc import MutableMapping
from typing import Any, TextIO

import structlog

# What a line may hold besides event, level, logger and time.
FIELDS = frozenset(
    {
        "agent",
        "case",
        "error",
        "fate",
        "job",
        "kind",
        "left",
        "method",
        "ms",
        "reason",
        "request",
        "route",
        "status",
        "times",
        "tries",
        "where",
        "why",
    }
)
LONGEST = 200  # characters of a value
FRAMES = 4  # places of an error, the innermost last


def set_up(stream: TextIO | None = None, level: int = logging.INFO) -> None:
    """Let structlog and the standard library's loggers write to a stream, standard error by default."""
    shared: list[Any] = [structlog.stdlib.add_log_level, structlog.processors.TimeStamper(fmt="iso", utc=True), _told, _listed]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    written = structlog.processors.JSONRenderer(ensure_ascii=False)
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[_plain, *shared], processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, written]
    )
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers, root.level = [handler], level
    for noisy in ("alembic", "sqlalchemy", "uvicorn", "httpx2"):
        logging.getLogger(noisy).setLevel(logging.WARNING)


def _plain(_logger: Any, _name: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Keep of a record of the standard library the sentence as it stands in the code: what was filled into it may be personal."""
    record: logging.LogRecord = line["_record"]
    line["event"] = str(record.msg).split("%", 1)[0].rstrip(" :;,") or record.name
    if record.exc_info:
        line["exc_info"] = record.exc_info
    return line


def _told(_logger: Any, _name: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Turn an error into its kind and place."""
    found = line.pop("exc_info", None)
    if found is True:
        found = sys.exc_info()
    error = found[1] if isinstance(found, tuple) else found
    if isinstance(error, BaseException):
        frames = traceback.extract_tb(error.__traceback__)[-FRAMES:]
        line["error"] = type(error).__name__
        line["where"] = " > ".join(f"{frame.filename.rpartition('/')[2]}:{frame.lineno}" for frame in frames)
    return line


def _listed(_logger: Any, _name: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Take out what is on no list."""
    for name in [*line]:
        if name in {"event", "level", "timestamp"} or name.startswith("_"):
            continue
        if name not in FIELDS:
            del line[name]
        elif not isinstance(line[name], int | float | None):
            line[name] = str(line[name])[:LONGEST]
    return line

"""The supervisor's own log: one JSON object a line, rotated by size, readable by its owner only, without secrets.

What agents do stands in the audit; here stands what the supervisor did.
"""

from __future__ import annotations

import json
import logging
import sys
import threading
import time
import traceback
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import TracebackType
from typing import Any

from leashd_hooks.redact import redact
from leashd_hooks.report.text import log_line

#: Bytes after which a file is full, and how many full ones are kept.
LIMIT, KEPT = 5 * 1024 * 1024, 4
LEVELS = ("debug", "info", "warning", "error")
_LOGGER = logging.getLogger("leashd")


def open_log(path: Path, level: str = "info", foreground: bool = False, limit: int = LIMIT, kept: int = KEPT) -> None:
    """Writes everything that is noted from now on to `path`, in the `foreground` to standard error as well.

    Raises OSError when the file cannot be written.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    # A full disk later on must not end the supervisor, which has better things to do.
    logging.raiseExceptions = False
    handlers: list[logging.Handler] = [_File(path, maxBytes=limit, backupCount=kept, encoding="utf-8")]
    if foreground:
        handlers.append(logging.StreamHandler(sys.stderr))
    root = logging.getLogger()
    for old in list(root.handlers):
        root.removeHandler(old)
        old.close()
    for handler in handlers:
        handler.setFormatter(_Line())
        root.addHandler(handler)
    if foreground and sys.stderr.isatty():
        handlers[-1].setFormatter(_Plain())
    root.setLevel(logging.WARNING)
    _LOGGER.setLevel(level.upper())
    sys.excepthook = _crashed
    threading.excepthook = lambda hooked: _crashed(hooked.exc_type, hooked.exc_value, hooked.exc_traceback)


def note(event: str, level: str = "info", **fields: Any) -> None:
    """Notes that something happened: a few words, and what belongs to it."""
    _LOGGER.log(logging.getLevelName(level.upper()), event, extra={"fields": fields})


def files(path: Path) -> list[Path]:
    """The files of a log, oldest first."""
    rotated = [path.with_name(f"{path.name}.{number}") for number in range(KEPT, 0, -1)]
    return [one for one in [*rotated, path] if one.exists()]


class _File(RotatingFileHandler):
    def _open(self) -> Any:
        Path(self.baseFilename).touch(mode=0o600)
        return super()._open()


class _Line(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        return json.dumps(self.fields(record), ensure_ascii=False, default=str)

    def fields(self, record: logging.LogRecord) -> dict[str, Any]:
        """The line as data, secrets taken out."""
        moment = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created)) + f".{int(record.msecs):03d}Z"
        line: dict[str, Any] = {"time": moment, "level": record.levelname.lower(), "event": record.getMessage()}
        if record.name != _LOGGER.name:
            line["from"] = record.name
        line.update(getattr(record, "fields", {}))
        if record.exc_info and record.exc_info[1] is not None:
            line["error"] = f"{type(record.exc_info[1]).__name__}: {record.exc_info[1]}"
            line["trace"] = _trace(record.exc_info[2])
        cleaned: dict[str, Any] = redact(line)
        return cleaned


class _Plain(_Line):
    """For a person at the terminal, as `leashd logs` shows it."""

    def format(self, record: logging.LogRecord) -> str:
        return log_line(self.fields(record))


def _trace(frames: TracebackType | None) -> list[str]:
    """Where it happened, without the source lines, which may hold values."""
    return [f"{Path(one.filename).name}:{one.lineno} {one.name}" for one in traceback.extract_tb(frames)]


def _crashed(kind: type[BaseException], error: BaseException | None, frames: TracebackType | None) -> None:
    if error is not None:
        _LOGGER.error("crashed", exc_info=(kind, error, frames))
        print(f"error: {kind.__name__}: {error}", file=sys.stderr)

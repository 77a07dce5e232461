"""Text from an agent or a log, made safe to show."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

#: What stands in front of a line of the log; everything else follows as name=value.
_FRONT = ("time", "level", "event")


def visible(text: str, limit: int = 0) -> str:
    """Text on one line, control characters made visible, cut to `limit` characters."""
    shown = "".join([char if char.isprintable() else _escaped(char) for char in text])
    return shown if not limit or len(shown) <= limit else shown[: limit - 1] + "…"


def _escaped(char: str) -> str:
    return {"\n": "⏎", "\t": " "}.get(char) or char.encode("unicode_escape").decode("ascii")


def log_line(record: Mapping[str, Any]) -> str:
    """A record of the supervisor's log, as a person reads it."""
    moment = str(record.get("time", ""))[:19].replace("T", " ")
    front = f"{moment}  {record.get('level', '')!s:<7}  {visible(str(record.get('event', '')))}"
    return "  ".join([front, *(f"{name}={_value(value)}" for name, value in record.items() if name not in _FRONT)])


def _value(value: Any) -> str:
    return visible(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str))

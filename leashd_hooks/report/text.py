"""Text from an agent, made safe to show."""

from __future__ import annotations


def visible(text: str, limit: int = 0) -> str:
    """Text on one line, control characters made visible, cut to `limit` characters."""
    shown = "".join([char if char.isprintable() else _escaped(char) for char in text])
    return shown if not limit or len(shown) <= limit else shown[: limit - 1] + "…"


def _escaped(char: str) -> str:
    return {"\n": "⏎", "\t": " "}.get(char) or char.encode("unicode_escape").decode("ascii")

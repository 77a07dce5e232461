"""An approval on the terminal, in the order in which a person needs to know."""

from __future__ import annotations

import re
import time
from collections.abc import Iterable
from html import unescape
from typing import Any

from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

RISKS = {"low": "green", "check": "yellow", "danger": "bold red"}
MARKS = {"danger": "bold red", "target": "bold cyan"}
#: Lines of a diff, and characters of a line in a table.
LINES, LINE = 60, 100


def card(view: dict[str, Any]) -> Panel:
    """Everything about one approval."""
    parts: list[RenderableType] = [_text(view)]
    for diff in view.get("diff") or []:
        parts.append(Text(f"\n{diff['path']}  +{diff['added']} -{diff['removed']}", style="bold"))
        parts += _lines(diff["html"])
    if view.get("plan"):
        parts = [Text(_plain(view["plan"]))]
    where = view.get("where") or {}
    place = " · ".join(filter(None, (where.get("machine"), where.get("cwd"), where.get("branch"))))
    history = view.get("history") or {}
    facts = [
        ("why asked", " · ".join(filter(None, (view.get("rule"), view.get("reason"))))),
        ("where", place),
        ("agent says", view.get("claim", "")),
        ("undo", view.get("undo", "")),
        ("before", f"{history.get('allowed', 0)} allowed, {history.get('denied', 0)} denied"),
        ("left", _left(view.get("seconds_left"))),
    ]
    grid = Table.grid(padding=(0, 2))
    grid.add_column(style="dim", no_wrap=True)
    grid.add_column(overflow="fold")
    for name, value in facts:
        if value:
            grid.add_row(Text(name), Text(str(value)))
    risk = str(view.get("risk", ""))
    title = Text.assemble((str(view.get("verb", "")), "bold"), "  ", (risk, RISKS.get(risk, "")))
    why = Text(str(view.get("risk_why", "")), style="dim")
    return Panel(Group(*parts, Text(""), grid), title=title, title_align="left", subtitle=why, subtitle_align="left")


def _text(view: dict[str, Any]) -> Text:
    text = Text(str(view.get("text", "")), overflow="fold")
    for start, end, kind in view.get("highlights") or []:
        text.stylize(MARKS.get(kind, "bold"), start, end)
    return text


#: A line of a diff as the page gets it.
_LINE = re.compile(r'<span class="line (\w+)">(.*?)</span>', re.DOTALL)
_SIGNS = {"add": ("+", "green"), "del": ("-", "red"), "same": (" ", "dim"), "skip": ("…", "dim")}


def _lines(html: str) -> list[RenderableType]:
    rows = _LINE.findall(html)
    shown: list[RenderableType] = []
    for kind, inner in rows[:LINES]:
        sign, style = _SIGNS.get(kind, (" ", ""))
        shown.append(Text(sign + _plain(inner), style=style))
    if len(rows) > LINES:
        shown.append(Text(f"… {len(rows) - LINES} more lines; the page shows them", style="dim"))
    return shown


def _plain(html: str) -> str:
    return unescape(re.sub(r"<[^<>]*>", "", html))


def _left(seconds: float | None) -> str:
    return "" if seconds is None else f"{seconds:.0f} s, then it counts as no"


def waiting(views: Iterable[dict[str, Any]], chosen: str = "", most: int = 0) -> Table:
    """What waits, one a line; only what it is about is cut.  With `most`, as many lines, those near the chosen one."""
    table = Table(box=None, pad_edge=False, header_style="dim", padding=(0, 2, 0, 0), expand=True)
    for column in ("", "id", "age", "risk"):
        table.add_column(column, no_wrap=True)
    table.add_column("what", no_wrap=True, overflow="ellipsis", ratio=1)
    numbered = list(enumerate(views, start=1))
    if 0 < most < len(numbered):
        at = next((at for at, (_, view) in enumerate(numbered) if view["id"] == chosen), 0)
        first = max(0, min(at - most // 2, len(numbered) - most))
        numbered = numbered[first : first + most]
    for number, view in numbered:
        risk = str(view.get("risk", ""))
        about = " ".join(str(view.get("text", "")).split())[:LINE]
        table.add_row(
            f"{'>' if view['id'] == chosen else ' '}{number}",
            short(view),
            age(view["created"]),
            Text(risk, style=RISKS.get(risk, "")),
            Text.assemble(str(view.get("verb", "")), ": ", (about, "dim")),
        )
    return table


def short(view: dict[str, Any]) -> str:
    """As much of an approval's id as tells it from the others; every command takes that much of it."""
    return str(view["id"])[:8]


def age(created: float) -> str:
    """How long ago, in a few characters."""
    seconds = max(0, int(time.time() - created))
    for size, unit in ((86400, "d"), (3600, "h"), (60, "min")):
        if seconds >= size:
            return f"{seconds // size} {unit}"
    return f"{seconds} s"

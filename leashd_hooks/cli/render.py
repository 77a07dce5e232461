"""Everything that is drawn on the terminal: the only module that knows rich."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence
from typing import Any

from rich.cells import cell_len
from rich.console import Console, JustifyMethod
from rich.markup import escape
from rich.table import Column, Table
from rich.text import Text

from leashd_hooks.report.text import visible as visible

STYLES = {
    "allow": "green",
    "deny": "bold red",
    "require_approval": "yellow",
    "ask": "yellow",
    "ok": "green",
    "warn": "yellow",
    "fail": "bold red",
}


#: Columns between two cells, and what a column that is cut has at least.
GAP, LEAST = 2, 16


def console(err: bool = False) -> Console:
    """Standard output, or error; without a terminal lines are wide and plain.  NO_COLOR holds."""
    out = sys.stderr if err else sys.stdout
    return Console(stderr=err, width=None if out.isatty() else 200, highlight=False, soft_wrap=False)


def say(text: str, style: str = "", err: bool = False) -> None:
    """One line of text, taken literally."""
    console(err).print(Text(text, style=style), soft_wrap=True)


def heading(text: str) -> None:
    """A line above what follows."""
    say(text, "bold")


def data(value: Any) -> None:
    """JSON for programs."""
    sys.stdout.write(json.dumps(value, indent=2, ensure_ascii=False, default=list) + "\n")


def facts(pairs: Iterable[tuple[str, str]]) -> None:
    """Names and values in two columns."""
    grid = Table.grid(padding=(0, 2))
    grid.add_column(style="dim", no_wrap=True)
    grid.add_column(overflow="fold")
    for name, value in pairs:
        grid.add_row(Text(name), Text(value))
    _draw(grid)


def table(columns: Sequence[str], rows: Iterable[Sequence[str]], right: Sequence[str] = ()) -> None:
    """Rows under headings; a cell that is a verdict or a state gets its colour."""
    _draw(_filled([Column(column, justify=_side(column, right), overflow="fold") for column in columns], rows))


def lines(columns: Sequence[str], rows: Sequence[Sequence[str]], wide: str, right: Sequence[str] = ()) -> None:
    """Rows of one line each, in which the column `wide` alone is cut; where it had no room, the terminal wraps them."""
    out = console()
    others = [column for column in columns if column != wide]
    at = {column: columns.index(column) for column in others}
    room = out.width - sum(max(cell_len(row[at[column]]) for row in [columns, *rows]) + GAP for column in others)
    if room < LEAST:
        for row in rows:
            say("  ".join(row))
        return
    cut = [Column(column, justify=_side(column, right), no_wrap=True, overflow="ellipsis") for column in columns]
    cut[columns.index(wide)].max_width = room
    _draw(_filled(cut, rows))


def _side(column: str, right: Sequence[str]) -> JustifyMethod:
    return "right" if column in right else "left"


def _filled(columns: Iterable[Column], rows: Iterable[Sequence[str]]) -> Table:
    drawn = Table(*columns, box=None, pad_edge=False, header_style="dim", padding=(0, GAP, 0, 0))
    for row in rows:
        drawn.add_row(*[Text(cell, style=STYLES.get(cell, "")) for cell in row])
    return drawn


def _draw(drawn: Table) -> None:
    """A table; in a file or a pipe no line ends in blanks."""
    out = console()
    if sys.stdout.isatty():
        out.print(drawn)
        return
    with out.capture() as captured:
        out.print(drawn)
    sys.stdout.writelines(line.rstrip() + "\n" for line in captured.get().splitlines())


def verdict(word: str, rule: str, reason: str, instead: str = "") -> None:
    """A decision: what, by which rule, why, and what to do instead."""
    out = console()
    out.print(f"[{STYLES.get(word, '')}]{escape(word)}[/] by [bold]{escape(rule)}[/]", soft_wrap=True)
    if reason:
        out.print("  " + escape(reason), soft_wrap=True)
    if instead:
        out.print("  instead: " + escape(instead), soft_wrap=True)

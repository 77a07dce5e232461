"""What an edit changes, line by line, as HTML of our own.  Pure.

The HTML is a run of `<span class="line add|del|same|skip">` with the words that differ in `<ins>` and `<del>`; every
character of the agent's is escaped.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html import escape
from itertools import pairwise
from typing import Any

from leashd_supervisor.approvals.model import Request
from leashd_supervisor.approvals.shown import MASK, Shown, safe

#: Lines of a diff that are shown, lines around a change, and lines of a side above which they are not aligned.
SHOWN, AROUND, ALIGNED = 2000, 3, 600
#: Characters of a line above which its words are not compared, and lines of which they are: comparing is quadratic.
WORDS, COMPARED = 200, 200

#: What is said of a file that is replaced, and of one that goes.
HIDDEN, SAME, END = "replaces a file that is not shown", "stays as it is", "only how its last line ends changes"
GONE = "is deleted"
_HEADS = {"*** Update File: ": "", "*** Add File: ": "", "*** Delete File: ": GONE}
_WORD = re.compile(r"\w+|\s+|.", re.DOTALL)

EDITORS = ("Edit", "MultiEdit", "Write", "NotebookEdit", "apply_patch")


@dataclass
class Diff:
    """The changes of one file: `rows` are (class, text of the line), `more` the lines that come and go besides."""

    path: str
    rows: list[tuple[str, str]] = field(default_factory=list)
    more: tuple[int, int] = (0, 0)
    note: str = ""

    def counts(self) -> tuple[int, int]:
        """How many lines come and go."""
        kinds = [kind for kind, _ in self.rows]
        return kinds.count("add") + self.more[0], kinds.count("del") + self.more[1]

    def to_json(self) -> dict[str, Any]:
        """The diff as the page shows it."""
        added, removed = self.counts()
        html = _html(self.rows, sum(self.more))
        return {"path": safe(self.path), "added": added, "removed": removed, "note": self.note, "html": html}


def diffs(request: Request) -> list[Diff]:
    """What a call of an editing tool changes, a file each; nothing for other tools, and for input that is not its."""
    tool, input = request.tool, request.input
    path = _text(input, "file_path") or _text(input, "notebook_path")
    if tool == "Write":
        return [_written(request, path, _text(input, "content"))]
    if tool == "Edit":
        return [_changed(path, [(_text(input, "old_string"), _text(input, "new_string"))])]
    if tool == "MultiEdit":
        edits = input.get("edits")
        pairs = [edit for edit in edits if isinstance(edit, Mapping)] if isinstance(edits, list) else []
        return [_changed(path, [(_text(edit, "old_string"), _text(edit, "new_string")) for edit in pairs])]
    if tool == "NotebookEdit":
        return [_new(path, _text(input, "new_source"))]
    if tool == "apply_patch":
        return list(_patch(_text(input, "input") or _text(input, "patch") or _text(input, "command")))
    return []


def _text(input: Mapping[str, Any], name: str) -> str:
    value = input.get(name)
    return value if isinstance(value, str) else ""


def _lines(text: str) -> list[str]:
    return text.removesuffix("\n").split("\n") if text else []


def _written(request: Request, path: str, text: str) -> Diff:
    """A whole file, against the one that it replaces where that is known."""
    if request.before is None:
        made = _new(path, text)
        made.note = HIDDEN if request.replaces else ""
        return made
    if request.before == text:
        return Diff(path, note=SAME)
    before, after = request.before.split("\n"), text.split("\n")
    head = _alike(before, after)
    tail = _alike(before[head:][::-1], after[head:][::-1])
    first, last = max(0, head - AROUND), max(0, tail - AROUND)
    parts = ["\n".join(lines[first : len(lines) - last]) for lines in (before, after)]
    found = _changed(path, [(parts[0], parts[1])])
    found.note = "" if found.rows else END
    return found


def _alike(one: list[str], other: list[str]) -> int:
    """How many lines are the same from the beginning."""
    return next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


def _new(path: str, text: str) -> Diff:
    shown = text.split("\n", SHOWN)[:SHOWN] if text.count("\n") > SHOWN else _lines(text)
    return Diff(path, [("add", line) for line in shown], (_count(text) - len(shown), 0))


def _count(text: str) -> int:
    return text.count("\n") + (not text.endswith("\n")) if text else 0


def _changed(path: str, pairs: list[tuple[str, str]]) -> Diff:
    """Pairs of what goes and what comes, one after the other; behind so many lines they are only counted."""
    found = Diff(path)
    for old, new in pairs:
        if len(found.rows) > SHOWN:
            found.more = (found.more[0] + _count(new), found.more[1] + _count(old))
        elif max(old.count("\n"), new.count("\n")) > ALIGNED:
            found.rows += [("skip", "")] if found.rows else []
            before, after = old.split("\n", ALIGNED)[:ALIGNED], new.split("\n", ALIGNED)[:ALIGNED]
            found.rows += [*(("del", line) for line in before), *(("add", line) for line in after)]
            left = _count(new) - len(after), _count(old) - len(before)
            found.more = (found.more[0] + max(0, left[0]), found.more[1] + max(0, left[1]))
        else:
            found.rows += [("skip", "")] if found.rows else []
            found.rows += _compared(_lines(old), _lines(new))
    return found


def _compared(before: list[str], after: list[str]) -> list[tuple[str, str]]:
    rows: list[tuple[str, str]] = []
    for group in difflib.SequenceMatcher(None, before, after).get_grouped_opcodes(AROUND):
        rows += [("skip", "")] if rows else []
        for tag, first, last, start, end in group:
            if tag == "equal":
                rows += [("same", line) for line in before[first:last]]
                continue
            rows += [("del", line) for line in before[first:last]]
            rows += [("add", line) for line in after[start:end]]
    return rows


def _patch(text: str) -> Iterator[Diff]:
    """The files of a patch, in the agents' form (`*** Update File:`) or a unified one (`+++ b/...`)."""
    found: Diff | None = None
    before = ""
    unified = not text.lstrip().startswith("*** Begin Patch")
    for line, after in pairwise([*_lines(text), ""]):
        made = _headed(line, before if unified else "")
        framed = unified and line.startswith("--- ") and after.startswith("+++ ")
        before = line if framed else ""
        if made is not None:
            if found is not None:
                yield found
            found = made
        elif found is not None and not framed and line[:1] in ("+", "-", " "):
            found.rows.append(({"+": "add", "-": "del", " ": "same"}[line[0]], line[1:]))
        elif found is not None and line and not framed and not line.startswith("*** End"):
            found.rows.append(("skip", line))
    if found is not None:
        yield found


def _headed(line: str, before: str) -> Diff | None:
    """The file that a line of a patch begins, or none.  `before` is the line above where that names the old file."""
    for head, note in _HEADS.items():
        if line.startswith(head):
            return Diff(line[len(head) :].strip(), note=note)
    if not (before and line.startswith("+++ ")):
        return None
    old, new = before[4:].strip(), line[4:].strip()
    return Diff(old.removeprefix("a/"), note=GONE) if new == "/dev/null" else Diff(new.removeprefix("b/"))


def _html(rows: list[tuple[str, str]], more: int) -> str:
    shown = _masked(rows[:SHOWN])
    out = [f'<span class="line {kind}">{inner}</span>' for kind, inner in _marked(shown)]
    more += max(0, len(rows) - SHOWN)
    if more:
        out.append(f'<span class="line skip">{more} more lines</span>')
    return "".join(out)


def _masked(rows: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """The rows as they are shown; of a private key only its frame."""
    out = []
    secret: set[str] = set()
    for kind, line in rows:
        if "-----END " in line:
            secret.discard(kind)
        out.append((kind, MASK if kind in secret else Shown(line).text))
        if "-----BEGIN " in line and "PRIVATE KEY" in line and "-----END " not in line:
            secret.add(kind)
    return out


def _marked(rows: list[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """The rows with their words marked, as HTML."""
    compared = 0
    for at, (kind, line) in enumerate(rows):
        other = _other(rows, at)
        if other is None or compared >= COMPARED or max(len(line), len(other)) > WORDS:
            yield kind, escape(line)
        else:
            compared += 1
            yield kind, _words(line, other, "ins" if kind == "add" else "del")


def _other(rows: list[tuple[str, str]], at: int) -> str | None:
    """The same line on the other side: where one removed line stands right before one added line."""

    def kind(index: int) -> str:
        return rows[index][0] if 0 <= index < len(rows) else ""

    own = kind(at)
    if own not in ("add", "del"):
        return None
    other, step = ("add", 1) if own == "del" else ("del", -1)
    single = kind(at + step) == other and kind(at - step) != own and kind(at + 2 * step) != other
    return rows[at + step][1] if single else None


def _words(line: str, other: str, mark: str) -> str:
    out = []
    words = _WORD.findall(line)
    for tag, first, last, _, _ in difflib.SequenceMatcher(None, words, _WORD.findall(other)).get_opcodes():
        piece = escape("".join(words[first:last]))
        out.append(piece if tag == "equal" or not piece else f"<{mark}>{piece}</{mark}>")
    return "".join(out)

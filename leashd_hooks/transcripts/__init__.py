"""Recorded sessions, read back: the tool calls in the files that agents keep of their conversations."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import leashd_hooks
from leashd_hooks.model import Call

#: What became of a call, as its transcript tells it: it ran, the guard denied it, a person said no, the client refused
#: it before any hook was asked (so that it did not run either), or the transcript does not say.
RAN, DENIED, DECLINED, REFUSED, UNTOLD = "ran", "denied", "declined", "refused", ""

#: The agents whose transcripts can be read, each by the module here that does it.
FORMATS = ("claude", "codex")


_RULE = re.compile(r"(?:denied by|approval under) `([^`]+)`")


class Unreadable(Exception):
    """A file that is no transcript; the text says why."""

    help = "give the `.jsonl` file of a Claude Code or Codex session, or a directory of them"


@dataclass(frozen=True)
class Recorded:
    """One tool call of a transcript, named and shaped as the agent's hook would have announced it.

    `input` is None where the transcript tells that a call was made, but not all that it was made with.  `alias` is
    another name under which a hook may have been told the tool.
    """

    agent: str
    session: str
    call_id: str
    tool: str
    input: dict[str, Any] | None
    cwd: str
    where: str
    subagent: str = ""
    mode: str = "default"
    time: str = ""
    outcome: str = UNTOLD
    rule: str = ""
    alias: str = ""

    def event(self) -> dict[str, Any]:
        """The hook event that announces this call."""
        return {
            "hook_event_name": "PreToolUse",
            "session_id": self.session,
            "cwd": self.cwd,
            "permission_mode": self.mode,
            "tool_name": self.tool,
            "tool_input": self.input,
            "tool_use_id": self.call_id,
            "agent_id": self.subagent,
        }

    def call(self) -> Call:
        """The call as the agent's adapter reads it.  Raises ValueError where it cannot."""
        adapter = leashd_hooks.load("adapters." + self.agent)
        found: Call = adapter.read_call(self.event())
        return found


@dataclass(frozen=True)
class Transcript:
    """One file: the session it belongs to, whose conversation it is ("" the agent's own), and its calls in order."""

    path: Path
    agent: str
    session: str
    subagent: str
    calls: tuple[Recorded, ...]


def read(paths: Iterable[Path]) -> list[Transcript]:
    """Every transcript named: files with those of their subagents beside them, and directories with all below.

    Raises Unreadable for a file that is named and is none; those of a directory that are none are passed over.
    """
    found: dict[Path, Transcript] = {}
    for path in paths:
        for file, named in _files(path):
            if file.resolve() in found:
                continue
            try:
                found[file.resolve()] = read_one(file)
            except Unreadable:
                if named:
                    raise
    return list(found.values())


def _files(path: Path) -> Iterator[tuple[Path, bool]]:
    """The files that a path stands for, and whether it names them itself."""
    if path.is_dir():
        yield from ((file, False) for file in sorted(path.rglob("*.jsonl")))
        return
    yield path, True
    yield from ((file, False) for file in sorted((path.parent / path.stem / "subagents").glob("*.jsonl")))


def read_one(path: Path) -> Transcript:
    """The transcript in a file, whichever agent wrote it.  Raises Unreadable, or OSError."""
    with path.open("rb") as lines:
        head = [record for _, record in _records(lines, 200)]
    for agent in FORMATS:
        reader = import_module(f"leashd_hooks.transcripts.{agent}")
        if any(reader.is_own(record) for record in head):
            with path.open("rb") as lines:
                transcript: Transcript = reader.read(path, _records(line for line in lines))
            return transcript
    raise Unreadable(f"`{path}` is not a transcript that leashd knows")


def _records(lines: Iterable[bytes], limit: int = 0) -> Iterator[tuple[int, dict[str, Any]]]:
    """The JSON objects of a file with their line numbers; a line that is none, as a half-written last, is left out."""
    for number, line in enumerate(lines, 1):
        if limit and number > limit:
            return
        try:
            record = json.loads(line)
        except (ValueError, RecursionError):
            continue
        if isinstance(record, dict):
            yield number, record


def rule_in(text: str) -> str:
    """The rule that a denial names in what the agent was told, "" where it names none."""
    found = _RULE.search(text)
    return found[1] if found else ""


def text(value: Any) -> str:
    """A field that should be text; what is none is taken for an empty one."""
    return value if isinstance(value, str) else ""

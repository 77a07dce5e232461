"""Claude Code's session files: `~/.claude/projects/<project>/<session>.jsonl` and the subagents' files beside it.

Calls are the `tool_use` blocks of `assistant` lines, results the `tool_result` blocks of `user` lines, measured on
2.1.197 and 2.1.330.  Other lines repeat both (`api-request-blob`) and are left alone.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from leashd_hooks.transcripts import DECLINED, DENIED, RAN, REFUSED, UNTOLD, Recorded, Transcript, rule_in, text

_OURS = re.compile(r"^(?:PreToolUse:\S+ hook error: |Permission to use .{0,200}? has been denied\W+)?leashd: ")
_DECLINED = ("The user doesn't want to proceed", "The user doesn't want to take this action", "[Request interrupted")
#: Tools of one file, and the field that names it.
_FILES = {"Read": "file_path", "Write": "file_path", "Edit": "file_path", "NotebookEdit": "notebook_path"}
#: What the client says instead of asking a hook: the input does not fit, there is no such tool, the file was not read.
_REFUSED = "<tool_use_error>"


def is_own(record: dict[str, Any]) -> bool:
    """Whether a line is from a session file of Claude Code."""
    return "sessionId" in record and isinstance(record.get("type"), str)


def read(path: Path, records: Iterable[tuple[int, dict[str, Any]]]) -> Transcript:
    """The calls of a session file, each with what became of it."""
    calls: dict[str, Recorded] = {}
    session = subagent = ""
    mode = "default"
    for number, record in records:
        session = session or text(record.get("sessionId"))
        subagent = subagent or text(record.get("agentId"))
        mode = text(record.get("permissionMode")) or mode
        for block in _blocks(record):
            if block.get("type") == "tool_use" and record["type"] == "assistant":
                found = _call(block, record, mode, f"{path}:{number}")
                same = calls.get(found.call_id)
                if same is None or (same.tool, same.input) == (found.tool, found.input):
                    calls.setdefault(found.call_id, found)
                else:  # another call under a number that was taken: it is one more to account for
                    calls[found.where + found.call_id] = found
            elif block.get("type") == "tool_result" and text(block.get("tool_use_id")) in calls:
                one = calls[block["tool_use_id"]]
                outcome, rule = _outcome(block, one.tool)
                calls[one.call_id] = replace(one, outcome=outcome, rule=rule)
    return Transcript(path, "claude", session, subagent, tuple(calls.values()))


def _blocks(record: dict[str, Any]) -> Iterator[dict[str, Any]]:
    message = record.get("message") if record.get("type") in ("assistant", "user") else None
    content = message.get("content") if isinstance(message, dict) else None
    for block in content if isinstance(content, list) else ():
        if isinstance(block, dict):
            yield block


def _call(block: dict[str, Any], record: dict[str, Any], mode: str, where: str) -> Recorded:
    given = block.get("input")
    cwd = text(record.get("cwd"))
    return Recorded(
        agent="claude",
        session=text(record.get("sessionId")),
        call_id=text(block.get("id")),
        tool=text(block.get("name")),
        input=_expanded(text(block.get("name")), given, cwd) if isinstance(given, dict) else None,
        cwd=cwd,
        where=where,
        subagent=text(record.get("agentId")),
        mode=mode,
        time=text(record.get("timestamp")),
    )


def _expanded(tool: str, given: dict[str, Any], cwd: str) -> dict[str, Any]:
    """The input as the client tells it to hooks, which is as the model wrote it but for the path of a file tool."""
    name = _FILES.get(tool, "")
    path = given.get(name)
    if not isinstance(path, str) or not path.strip():
        return given
    return {**given, name: os.path.normpath(os.path.join(cwd, os.path.expanduser(path.strip())))}


def _outcome(block: dict[str, Any], tool: str) -> tuple[str, str]:
    """What became of a call, and the rule that denied it.

    The result of an MCP tool is the text of its server, which could say that it never ran: that is not believed.
    """
    told = _told(block.get("content"))
    if not block.get("is_error"):
        return RAN, ""
    if _OURS.match(told):
        return DENIED, rule_in(told)
    if tool.startswith("mcp__"):
        return UNTOLD, ""
    if told.startswith(_REFUSED):
        return REFUSED, ""
    return (DECLINED if told.startswith(_DECLINED) else RAN), ""


def _told(content: Any) -> str:
    if isinstance(content, str):
        return content
    parts = content if isinstance(content, list) else ()
    return "\n".join(text(block.get("text")) for block in parts if isinstance(block, dict))

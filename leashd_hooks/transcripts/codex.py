"""Codex's rollouts: `$CODEX_HOME/sessions/<date>/rollout-<time>-<thread>.jsonl`, measured on 0.169.0.

A call is a `function_call` or `custom_tool_call` item.  What a script of code mode calls is told only by the
`item_completed` line of a command, patch or MCP call that ran; the script itself and the wait for it are no calls.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from leashd_hooks.transcripts import DENIED, RAN, REFUSED, UNTOLD, Recorded, Transcript, rule_in, text

#: What runs the scripts of code mode: their calls are seen one by one.
_WRAPPERS = ("exec", "wait")
_BLOCKED = ("Command blocked by PreToolUse hook: ", "Tool call blocked by PreToolUse hook: ")
#: What the client says of a call that it does not know, cannot read or does not carry out, and shows to no hook.
_REFUSED = ("unsupported call: ", "failed to parse function arguments: ", "write_stdin failed: stdin is closed")
#: Calls that are made at the provider.
_HOSTED = ("web_search_call", "image_generation_call", "local_shell_call")


def is_own(record: dict[str, Any]) -> bool:
    """Whether a line is from a rollout of Codex."""
    return record.get("type") == "session_meta" and isinstance(record.get("payload"), dict)


class _Reader:
    """What is known while the lines go by."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.session = self.thread = self.cwd = ""
        self.mode = "default"
        self.begin = 0
        self.calls: dict[str, Recorded] = {}
        self.ran: set[str] = set()

    def line(self, number: int, record: dict[str, Any]) -> None:
        payload = record.get("payload")
        if not isinstance(payload, dict):
            return
        kind = text(payload.get("type"))
        if record.get("type") == "session_meta":
            self._meta(payload)
        elif record.get("type") == "turn_context":
            self.cwd = text(payload.get("cwd")) or self.cwd
            self.mode = "bypassPermissions" if payload.get("approval_policy") == "never" else "default"
        elif _number(record.get("ordinal"), self.begin) < self.begin:
            return
        elif record.get("type") == "response_item" and kind.endswith("_output"):
            self._output(payload)
        elif record.get("type") == "response_item" and (kind in ("function_call", "custom_tool_call", *_HOSTED)):
            self._item(kind, payload, f"{self.path}:{number}", text(record.get("timestamp")))
        elif kind == "item_completed" and isinstance(payload.get("item"), dict):
            self._completed(payload["item"], f"{self.path}:{number}", text(record.get("timestamp")))

    def _meta(self, payload: dict[str, Any]) -> None:
        """The first one is the thread's own; a thread that was split off carries those of its parents, too."""
        if self.thread:
            return
        self.thread = text(payload.get("id"))
        self.session = text(payload.get("session_id")) or self.thread
        self.cwd = text(payload.get("cwd"))
        self.begin = _number(payload.get("subagent_history_start_ordinal"), 0)

    def _item(self, kind: str, payload: dict[str, Any], where: str, time: str) -> None:
        name = text(payload.get("name")) or kind
        if kind in _HOSTED:
            self._add(
                kind,
                text(payload.get("call_id")) or text(payload.get("id")) or where,
                payload.get("action"),
                where,
                time,
            )
            return
        if kind == "custom_tool_call":
            given: Any = {"command": payload.get("input")}
        else:
            given = _arguments(payload.get("arguments"))
        call_id = text(payload.get("call_id"))
        if name in _WRAPPERS or (name == "write_stdin" and isinstance(given, dict) and not given.get("chars")):
            return
        cwd = ""
        if name == "exec_command" and isinstance(given, dict):
            cwd = text(given.get("workdir"))
            name, given = "Bash", {"command": given.get("cmd")}
        space = text(payload.get("namespace"))
        alias = name if space and not space.startswith("mcp__") else ""
        self._add(_full(space, name), call_id, given, where, time, cwd, alias)

    def _completed(self, item: dict[str, Any], where: str, time: str) -> None:
        """A command, patch or MCP call that ran; those of a script are told by nothing else."""
        call_id = text(item.get("id"))
        self.ran.add(call_id)
        if call_id in self.calls:
            return
        if item.get("type") == "CommandExecution":
            command = item.get("command")
            line = command[-1] if isinstance(command, list) and command else None
            cwd = unquote(text(item.get("cwd")).removeprefix("file://"))
            self._add("Bash", call_id, {"command": line}, where, time, cwd)
        elif item.get("type") == "FileChange":
            self._add("apply_patch", call_id, None, where, time)
        elif item.get("type") == "McpToolCall":
            server, tool = text(item.get("server")), text(item.get("tool"))
            name = tool if server == "codex" else f"mcp__{server}__{tool}"
            self._add(name, call_id, item.get("arguments"), where, time)

    def _add(self, tool: str, call_id: str, given: Any, where: str, time: str, cwd: str = "", alias: str = "") -> None:
        self.calls.setdefault(
            call_id,
            Recorded(
                agent="codex",
                session=self.session,
                call_id=call_id,
                tool=tool,
                input=given if isinstance(given, dict) else None,
                cwd=str(Path(self.cwd, cwd)),
                where=where,
                subagent="" if self.thread == self.session else self.thread,
                mode=self.mode,
                time=time,
                outcome=RAN if call_id in self.ran else UNTOLD,
                alias=alias,
            ),
        )

    def _output(self, payload: dict[str, Any]) -> None:
        call_id = text(payload.get("call_id"))
        one = self.calls.get(call_id)
        if one is None:
            return
        told = payload.get("output")
        outcome, rule = RAN, ""
        if isinstance(told, str) and told.startswith(_BLOCKED):
            outcome, rule = DENIED, rule_in(told)
        elif isinstance(told, str) and told.startswith(_REFUSED) and call_id not in self.ran:
            outcome = REFUSED
        self.calls[call_id] = replace(one, outcome=outcome, rule=rule)


def read(path: Path, records: Iterable[tuple[int, dict[str, Any]]]) -> Transcript:
    """The calls of a rollout, each with what became of it."""
    reader = _Reader(path)
    for number, record in records:
        reader.line(number, record)
    subagent = "" if reader.thread == reader.session else reader.thread
    return Transcript(path, "codex", reader.session, subagent, tuple(reader.calls.values()))


def _number(value: Any, otherwise: int) -> int:
    return value if isinstance(value, int) else otherwise


def _arguments(written: Any) -> Any:
    try:
        return json.loads(written)
    except (ValueError, TypeError, RecursionError):
        return None


def _full(namespace: str, name: str) -> str:
    """A tool's name as hooks are told it: that of an MCP server's tool with underscores, most others glued together."""
    return f"{namespace}__{name}" if namespace.startswith("mcp__") else namespace + name

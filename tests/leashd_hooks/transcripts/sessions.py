"""Writes session files as the clients write them, a line for each thing that happens."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any


class ClaudeSession:
    """A session file of Claude Code, and those of its subagents beside it."""

    def __init__(self, folder: Path, session: str = "s1", cwd: str = "/work/app") -> None:
        self.session, self.cwd = session, cwd
        self.path = folder / f"{session}.jsonl"
        self.line("user", permissionMode="default", message={"role": "user", "content": "go"})

    def line(self, kind: str, subagent: str = "", **fields: Any) -> None:
        path = self.path
        record = {"type": kind, "sessionId": self.session, "cwd": self.cwd, "timestamp": "2026-01-01T00:00:00.000Z"}
        if subagent:
            path = self.path.parent / self.session / "subagents" / f"agent-{subagent}.jsonl"
            record.update(agentId=subagent, isSidechain=True)
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a") as file:
            file.write(json.dumps({**record, **fields}) + "\n")

    def calls(self, call_id: str, tool: str, given: dict[str, Any], subagent: str = "") -> None:
        """The agent makes a call."""
        block = {"type": "tool_use", "id": call_id, "name": tool, "input": given}
        self.line("assistant", subagent, message={"role": "assistant", "content": [block]})

    def told(self, call_id: str, text: str, is_error: bool = False, subagent: str = "") -> None:
        """The agent is told the result."""
        block = {"type": "tool_result", "tool_use_id": call_id, "content": text, "is_error": is_error}
        self.line("user", subagent, message={"role": "user", "content": [block]})


class CodexSession:
    """A rollout of Codex."""

    def __init__(self, folder: Path, thread: str = "t1", parent: str = "", begin: int = 0) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.path = folder / f"rollout-2026-01-01T00-00-00-{thread}.jsonl"
        self.ordinal = 0
        meta = {"id": thread, "session_id": parent or thread, "cwd": "/work/app"}
        self.line("session_meta", **meta, **({"subagent_history_start_ordinal": begin} if begin else {}))
        self.line("turn_context", cwd="/work/app", approval_policy="never")

    def line(self, kind: str, **payload: Any) -> None:
        record = {"timestamp": "2026-01-01T00:00:00.000Z", "ordinal": self.ordinal, "type": kind, "payload": payload}
        self.ordinal += 1
        with self.path.open("a") as file:
            file.write(json.dumps(record) + "\n")

    def calls(self, call_id: str, name: str, given: dict[str, Any] | str, **more: Any) -> None:
        """The model makes a call; text is the input of a custom tool."""
        if isinstance(given, str):
            self.line("response_item", type="custom_tool_call", name=name, input=given, call_id=call_id, **more)
        else:
            self.line(
                "response_item", type="function_call", name=name, arguments=json.dumps(given), call_id=call_id, **more
            )

    def told(self, call_id: str, text: str, custom: bool = False) -> None:
        """The model is told the result."""
        kind = "custom_tool_call_output" if custom else "function_call_output"
        self.line("response_item", type=kind, call_id=call_id, output=text)

    def ran(self, kind: str, call_id: str, **fields: Any) -> None:
        """The client notes what it has carried out."""
        self.line("event_msg", type="item_completed", item={"type": kind, "id": call_id, **fields})

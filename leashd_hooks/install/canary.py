"""Starts the hook the way its host does, and reads its answer the way the host does."""

from __future__ import annotations

import json
import os
import subprocess
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

#: Seconds after which a hook that is only being tried is given up.
PATIENCE = 20.0


@dataclass(frozen=True)
class Outcome:
    """What the host would make of one run: `deny`, `allow`, `ask`, or `nothing`, which lets the call run."""

    told: str
    reason: str
    code: int
    ms: float
    stderr: str = ""


def argv(entry: Mapping[str, Any]) -> list[str]:
    """What the host starts for a hook entry: the exec form as it stands, the other one through a shell."""
    args = entry.get("args")
    command = str(entry.get("command", ""))
    return [command, *(str(arg) for arg in args)] if isinstance(args, list) else ["/bin/sh", "-c", command]


def environment(
    project: Path, more: Mapping[str, str] | None = None, own: Mapping[str, str] = os.environ
) -> dict[str, str]:
    """The environment the host gives to a hook: its own, what settings add, and its marks."""
    marks = {"CLAUDECODE": "1", "CLAUDE_PROJECT_DIR": str(project), "CLAUDE_CODE_ENTRYPOINT": "cli"}
    return {**own, **(more or {}), **marks}


def run(
    entry: Mapping[str, Any],
    event: Mapping[str, Any],
    project: Path,
    env: Mapping[str, str],
    reads: Callable[[bytes, bytes, int], tuple[str, str]] | None = None,
) -> Outcome:
    """One event through the hook process as it is installed; `reads` is how another host than Claude Code reads it."""
    started = time.perf_counter()
    try:
        done = subprocess.run(
            argv(entry), input=json.dumps(event).encode(), capture_output=True, cwd=project, env=env, timeout=PATIENCE
        )
    except subprocess.TimeoutExpired:
        return Outcome("nothing", f"no answer within {PATIENCE:.0f} seconds", -1, PATIENCE * 1000)
    except OSError as error:
        return Outcome("nothing", f"`{error.filename}` cannot be started: {error.strerror}", -1, 0.0)
    spent = (time.perf_counter() - started) * 1000
    stderr = done.stderr.decode("utf-8", "replace")
    if reads is None:
        told, reason = as_the_host_reads(done.stdout, done.returncode)
    else:
        told, reason = reads(done.stdout, done.stderr, done.returncode)
    return Outcome(told, reason or stderr.strip(), done.returncode, spent, stderr)


def as_the_host_reads(stdout: bytes, code: int) -> tuple[str, str]:
    """Answer and reason: exit code 2 or a valid JSON answer count, anything else is no opinion."""
    told, reason = "nothing", ""
    try:
        answer = json.loads(stdout) if stdout.strip() else {}
        output = answer.get("hookSpecificOutput", {})
        if output.get("hookEventName") == "PreToolUse" and output.get("permissionDecision") in ("allow", "deny", "ask"):
            told, reason = output["permissionDecision"], str(output.get("permissionDecisionReason", ""))
    except (ValueError, AttributeError):
        reason = "standard output is not one JSON object"
    return ("deny" if code == 2 else told), reason


def event(tool: str, given: Mapping[str, Any], cwd: Path, session: str, mode: str = "default") -> dict[str, Any]:
    """A PreToolUse event in the shape the host sends."""
    return {
        "session_id": session,
        "transcript_path": "",
        "cwd": str(cwd),
        "permission_mode": mode,
        "hook_event_name": "PreToolUse",
        "tool_name": tool,
        "tool_input": dict(given),
        "tool_use_id": "toolu_" + session,
    }

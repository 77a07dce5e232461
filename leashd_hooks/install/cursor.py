"""Registers the hook with Cursor."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from leashd_hooks.adapters.cursor import CALLS, PASSES
from leashd_hooks.install import hooks_member
from leashd_hooks.install.canary import Outcome
from leashd_hooks.install.finding import Finding, Findings
from leashd_hooks.install.hook_process import hook_argv
from leashd_hooks.install.host import SCOPES, TIMEOUT, Host, hostile_environment, read_settings, started
from leashd_hooks.install.host_line import host_line, is_ours
from leashd_hooks.install.place import Change, Place

#: The file of the machine's administrator.
SYSTEM = Path("/etc/cursor/hooks.json")


def file(place: Place, scope: str) -> Path:
    """The hook file of a scope."""
    return (place.home if scope == "user" else place.project) / ".cursor" / "hooks.json"


def entry(place: Place, unattended: bool) -> dict[str, Any]:
    """Every tool; what fails blocks, and no person takes as long as the time-out."""
    line = host_line(hook_argv("cursor", place, unattended), PASSES)
    return {"command": line, "timeout": TIMEOUT, "failClosed": True}


def strip(hook: Any) -> Any:
    """None for our entry, others as they are."""
    return None if isinstance(hook, dict) and is_ours(hook.get("command")) else hook


def install(place: Place, scope: str, unattended: bool) -> Change:
    """Registers the hook for every event that announces a call."""
    items = dict.fromkeys(CALLS, entry(place, unattended))
    return hooks_member.put(file(place, scope), scope, items, strip, version=1)


def uninstall(place: Place, scope: str) -> Change:
    """Takes our entries out."""
    return hooks_member.take_out(file(place, scope), scope, strip)


def installed(place: Place, scope: str) -> bool:
    """Whether the hook file of a scope calls leashd."""
    return bool(_mine(place, scope))


def _mine(place: Place, scope: str) -> dict[str, list[Any]]:
    return hooks_member.found(file(place, scope), strip)


def canary(place: Place, scope: str, kind: str, subject: str, folder: Path) -> Outcome:
    """One call through the hook as it is registered."""
    tool, given = "Shell", {"command": subject}
    if kind == "write":
        tool, given = "Write", {"file_path": subject, "content": "{}"}
    event = {
        "hook_event_name": CALLS[0],
        "conversation_id": "leashd-doctor",
        "workspace_roots": [str(folder)],
        "cwd": "",
        "tool_name": tool,
        "tool_input": given,
    }
    hook = next(iter(_mine(place, scope).values()))[0]
    return started(str(hook["command"]), event, folder, reads)


def reads(stdout: bytes, code: int) -> str:
    """What the client makes of an answer to a hook that fails closed: only a clear yes is one."""
    try:
        return "allow" if code == 0 and json.loads(stdout)["permission"] == "allow" else "deny"
    except (ValueError, KeyError, TypeError):
        return "deny"


def doubts(place: Place, scope: str) -> Findings:
    """What would let a call run unseen."""
    mine = _mine(place, scope)
    entries = [hook for event in CALLS for hook in mine.get(event, [{}])]
    whole = (
        {"failClosed": True, "timeout": TIMEOUT}.items() <= hook.items() and "matcher" not in hook for hook in entries
    )
    if not all(whole):
        text = f"Cursor: `{file(place, scope)}` leaves calls out, or lets them run when the hook fails"
        yield Finding("entry", "fail", text, f"leashd install cursor --{scope}")
    for path in (SYSTEM, *(file(place, each) for each in SCOPES)):
        hooks = read_settings(path).get("hooks")
        listed = hooks.get(CALLS[0]) if isinstance(hooks, dict) else None
        others = [hook for hook in listed if strip(hook) is not None] if isinstance(listed, list) else []
        if others:
            text = f"Cursor: `{path}` has {len(others)} other hooks before tools, which may change what leashd allowed"
            yield Finding("hooks", "warn", text, "read them")
    yield from hostile_environment("Cursor", [])
    text = "Cursor: checked against its published protocol, not against the client"
    yield Finding("protocol", "warn", text, "try a call that must be denied in a session of your own")


HOST = Host("cursor", "Cursor", file, install, uninstall, installed, canary, doubts)

"""Registers the hook with Gemini CLI."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from leashd_hooks.adapters.gemini import PASSES
from leashd_hooks.install import hooks_member
from leashd_hooks.install.canary import Outcome
from leashd_hooks.install.finding import Finding, Findings
from leashd_hooks.install.hook_process import hook_argv
from leashd_hooks.install.host import SCOPES, TIMEOUT, Host, hostile_environment, read_settings, started
from leashd_hooks.install.host_line import host_line, is_ours
from leashd_hooks.install.place import Change, Place
from leashd_hooks.install.settings_file import SettingsError

NAME = "leashd"
#: Settings that a machine's administrator makes; they win over all others.
SYSTEM = Path("/etc/gemini-cli/settings.json")


def file(place: Place, scope: str) -> Path:
    """The settings file of a scope."""
    return (place.home if scope == "user" else place.project) / ".gemini" / "settings.json"


def entry(place: Place, unattended: bool) -> dict[str, Any]:
    """The group for the client's `hooks.BeforeTool`: every tool, and a time-out longer than any person takes."""
    line = host_line(hook_argv("gemini", place, unattended), PASSES)
    return {"matcher": "*", "hooks": [{"type": "command", "name": NAME, "command": line, "timeout": TIMEOUT * 1000}]}


def strip(group: Any) -> Any:
    """A group without our hook, None when nothing is left of it."""
    hooks = group.get("hooks") if isinstance(group, dict) else None
    if not isinstance(hooks, list) or not any(_is_ours(hook) for hook in hooks):
        return group
    left = [hook for hook in hooks if not _is_ours(hook)]
    return {**group, "hooks": left} if left else None


def _is_ours(hook: Any) -> bool:
    return isinstance(hook, dict) and is_ours(hook.get("command"))


def install(place: Place, scope: str, unattended: bool) -> Change:
    """Registers the hook.  Raises SettingsError when it could not take effect."""
    for path, why in switched_off(place):
        raise SettingsError(f"`{path}` says {why}, so the hook would not run", "take the line out and try again")
    return hooks_member.put(file(place, scope), scope, {"BeforeTool": entry(place, unattended)}, strip)


def uninstall(place: Place, scope: str) -> Change:
    """Takes our hook out of the settings of a scope."""
    return hooks_member.take_out(file(place, scope), scope, strip)


def installed(place: Place, scope: str) -> bool:
    """Whether the settings of a scope call leashd before a tool."""
    return bool(_mine(place, scope))


def _mine(place: Place, scope: str) -> list[Any]:
    return hooks_member.found(file(place, scope), strip).get("BeforeTool", [])


def switched_off(place: Place) -> list[tuple[Path, str]]:
    """Settings that keep the hook from running, with what they say."""
    out = []
    for path in (SYSTEM, *(file(place, scope) for scope in SCOPES)):
        config = read_settings(path).get("hooksConfig")
        config = config if isinstance(config, dict) else {}
        if config.get("enabled") is False:
            out.append((path, "`hooksConfig.enabled: false`"))
        disabled = config.get("disabled")
        for name in disabled if isinstance(disabled, list) else []:
            if name == NAME or is_ours(name):
                out.append((path, f"`{NAME}` in `hooksConfig.disabled`"))
    return out


def canary(place: Place, scope: str, kind: str, subject: str, folder: Path) -> Outcome:
    """One call through the hook as it is registered, in the shell that the client uses."""
    hook = next(hook for hook in _mine(place, scope)[0]["hooks"] if _is_ours(hook))
    tool, given = "run_shell_command", {"command": subject}
    if kind == "write":
        tool, given = "write_file", {"file_path": subject, "content": "{}"}
    event = {
        "session_id": "leashd-doctor",
        "transcript_path": "",
        "cwd": str(folder),
        "hook_event_name": "BeforeTool",
        "tool_name": tool,
        "tool_input": given,
    }
    return started(str(hook["command"]), event, folder, reads)


def reads(stdout: bytes, code: int) -> str:
    """What the client makes of an answer: anything but a clear no lets the tool run."""
    if code not in (0, 1):
        return "deny"
    try:
        decision = json.loads(stdout).get("decision", "allow")
    except (ValueError, AttributeError):
        return "nothing"
    return {"block": "deny"}.get(decision, str(decision))


def doubts(place: Place, scope: str) -> Findings:
    """What keeps the hook from running, or gets in between."""
    for path, why in switched_off(place):
        yield Finding("disabled", "fail", f"Gemini CLI: `{path}` says {why}: no hook runs", "take the line out")
    hook = next(hook for hook in _mine(place, scope)[0]["hooks"] if _is_ours(hook))
    if _mine(place, scope)[0].get("matcher") not in ("*", "", None) or hook.get("timeout") != TIMEOUT * 1000:
        text = f"Gemini CLI: `{file(place, scope)}` leaves tools out, or lets a call run when the hook takes too long"
        yield Finding("entry", "fail", text, f"leashd install gemini --{scope}")
    for path in (SYSTEM, *(file(place, one) for one in SCOPES)):
        hooks = read_settings(path).get("hooks")
        groups = hooks.get("BeforeTool") if isinstance(hooks, dict) else None
        others = [group for group in groups if strip(group) == group] if isinstance(groups, list) else []
        if others:
            text = (
                f"Gemini CLI: `{path}` has {len(others)} other hooks before tools, which may change what leashd allowed"
            )
            yield Finding("hooks", "warn", text, "read them")
    homes = (place.project, place.home)
    files = [folder / name for folder in homes for name in (".gemini/.env", ".env")]
    yield from hostile_environment("Gemini CLI", files)
    if scope == "project":
        text = "Gemini CLI: only this project's settings call leashd, and only where the directory is trusted"
        yield Finding("scope", "warn", text, "leashd install gemini --user")
    else:
        text = (
            "Gemini CLI: a project's settings win over yours: `hooksConfig` in a trusted project switches the hook off"
        )
        yield Finding("scope", "warn", text, "`leashd doctor` in the project names it")


HOST = Host("gemini", "Gemini CLI", file, install, uninstall, installed, canary, doubts)

"""Registers the hook with GitHub Copilot CLI, by a file of its own among the client's hook files."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from leashd_hooks.adapters.copilot import DENIES, PASSES
from leashd_hooks.install import hooks_member
from leashd_hooks.install.canary import Outcome
from leashd_hooks.install.finding import Finding, Findings
from leashd_hooks.install.hook_process import hook_argv
from leashd_hooks.install.host import TIMEOUT, Host, hostile_environment, read_settings, started
from leashd_hooks.install.host_line import host_line, is_ours
from leashd_hooks.install.place import Change, Place
from leashd_hooks.install.settings_file import SettingsError

EVENT = "preToolUse"


def file(place: Place, scope: str) -> Path:
    """Our hook file of a scope."""
    return (place.home / ".copilot" if scope == "user" else place.project / ".github") / "hooks" / "leashd.json"


def entry(place: Place, unattended: bool) -> dict[str, Any]:
    """Every tool, and a time-out longer than any person takes: after it the client lets the call run."""
    line = host_line(hook_argv("copilot", place, unattended), PASSES, DENIES)
    return {"type": "command", "bash": line, "timeoutSec": TIMEOUT}


def strip(hook: Any) -> Any:
    """None for our entry, others as they are."""
    return None if isinstance(hook, dict) and is_ours(hook.get("bash")) else hook


def install(place: Place, scope: str, unattended: bool) -> Change:
    """Writes the hook file.  Raises SettingsError when it could not take effect."""
    for path in switched_off(place):
        raise SettingsError(f"`{path}` says `disableAllHooks: true`, so no hook would run", "take the line out first")
    return hooks_member.put(file(place, scope), scope, {EVENT: entry(place, unattended)}, strip, version=1)


def uninstall(place: Place, scope: str) -> Change:
    """Takes our entry out, and the file when it holds nothing else."""
    return hooks_member.take_out(file(place, scope), scope, strip)


def installed(place: Place, scope: str) -> bool:
    """Whether our entry is in the hook file of a scope."""
    return bool(_mine(place, scope))


def _mine(place: Place, scope: str) -> list[Any]:
    return hooks_member.found(file(place, scope), strip).get(EVENT, [])


def switched_off(place: Place) -> list[Path]:
    """The files that switch every hook off here, or ours."""
    repository = [place.project / folder / name for folder in (".github/copilot", ".claude")
                  for name in ("settings.json", "settings.local.json")]  # fmt: skip
    files = [*repository, place.home / ".copilot" / "settings.json", file(place, "user"), file(place, "project")]
    return [path for path in files if read_settings(path).get("disableAllHooks") is True]


def canary(place: Place, scope: str, kind: str, subject: str, folder: Path) -> Outcome:
    """One call through the hook as it is registered."""
    tool, given = "bash", {"command": subject}
    if kind == "write":
        tool, given = "create", {"path": subject, "file_text": "{}"}
    event = {"sessionId": "leashd-doctor", "timestamp": 0, "cwd": str(folder), "toolName": tool, "toolArgs": given}
    return started(str(_mine(place, scope)[0]["bash"]), event, folder, reads)


def reads(stdout: bytes, code: int) -> str:
    """What the client makes of an answer: it denies whatever does not end well, else an answer decides."""
    if code:
        return "deny"
    try:
        return str(json.loads(stdout)["permissionDecision"])
    except (ValueError, KeyError, TypeError):
        return "nothing"


def doubts(place: Place, scope: str) -> Findings:
    """What keeps the hook from running."""
    for path in switched_off(place):
        text = f"Copilot CLI: `{path}` says `disableAllHooks: true`: no hook runs"
        yield Finding("disabled", "fail", text, "take the line out")
    mine = _mine(place, scope)[0]
    if mine.get("timeoutSec") != TIMEOUT or "matcher" in mine:
        text = f"Copilot CLI: `{file(place, scope)}` leaves tools out, or lets a call run when the hook takes too long"
        yield Finding("entry", "fail", text, f"leashd install copilot --{scope}")
    if os.environ.get("COPILOT_HOME"):
        text = "Copilot CLI: `COPILOT_HOME` is set here: sessions started from this shell have other hooks"
        yield Finding("environment", "warn", text, "unset COPILOT_HOME")
    yield from hostile_environment("Copilot CLI", [])
    text = "Copilot CLI: checked against its published protocol, not against the client"
    yield Finding("protocol", "warn", text, "try a call that must be denied in a session of your own")


HOST = Host("copilot", "Copilot CLI", file, install, uninstall, installed, canary, doubts)

"""What may be wrong with one hook entry, with a settings file around it, and with sessions that run already."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from leashd_hooks import audit_log, places
from leashd_hooks.install import claude
from leashd_hooks.install.finding import Finding, Findings
from leashd_hooks.install.hook_process import boot
from leashd_hooks.install.survey import Layer, Survey
from leashd_hooks.start import DEADLINE

#: Above this many seconds older clients give up at once, and the call runs.
LONGEST_TIMEOUT = 2_147_483

#: Hook types of the client; a settings file with another one is dropped whole.
KNOWN_TYPES = ("command", "http", "prompt", "agent", "mcp_tool")


def entries(survey: Survey) -> Findings:
    """Each entry starts this installation, by absolute paths, without a shell, and blocks when it fails."""
    for layer in survey.wired:
        for matcher, entry in layer.hooks("PreToolUse"):
            if not claude.is_ours(entry):
                continue
            fix = f"leashd install claude --{layer.scope}"
            wrong = list(entry_faults(matcher, entry))
            if wrong:
                yield Finding("entry", "fail", f"`{layer.path}`: {'; '.join(wrong)}", fix)
            else:
                yield Finding("entry", "ok", "no shell, absolute paths, every tool, a failure blocks")
            for doubt in _doubts(survey, layer, entry):
                yield Finding("entry", "warn", f"`{layer.path}`: {doubt}", fix)


def entry_faults(matcher: Any, entry: claude.Hook) -> Iterator[str]:
    """Why an entry would let calls through."""
    args = entry.get("args")
    timeout = entry.get("timeout")
    command = str(entry.get("command"))
    if matcher not in ("*", "", None):
        yield f"the matcher `{matcher}` leaves tools out"
    if not isinstance(args, list):
        yield "it goes through a shell, which settings can replace (`args` is missing)"
    if not os.access(command, os.X_OK) or not os.path.isabs(command):
        yield f"the interpreter `{command}` is not there"
    boot = _boot(entry)
    if boot and not os.path.isfile(boot):
        yield f"`{boot}` is not there"
    if entry.get("onFailure") != "block":
        yield "a crash or time-out lets the call run (`onFailure` is not `block`)"
    if isinstance(timeout, bool) or not isinstance(timeout, (int, float)) or not DEADLINE < timeout <= LONGEST_TIMEOUT:
        yield f"the time-out `{timeout}` is not between {DEADLINE:.0f} and {LONGEST_TIMEOUT} seconds"
    for word in ("async", "if", "once"):
        if entry.get(word):
            yield f"`{word}` keeps it from blocking every call"


def _boot(entry: claude.Hook) -> str:
    args = entry.get("args")
    words = [str(arg) for arg in args] if isinstance(args, list) else []
    return next((word for word in words if word.endswith("boot.py")), "")


def _doubts(survey: Survey, layer: Layer, entry: claude.Hook) -> Iterator[str]:
    started, args = _boot(entry), entry.get("args")
    if started and os.path.realpath(started) != boot():
        yield f"it starts another installation, `{started}`"
    if isinstance(args, list) and "--state" in args[:-1]:
        state = str(args[args.index("--state") + 1])
        if os.path.realpath(state) != os.path.realpath(survey.place.state):
            yield f"it keeps its state in `{state}`, not in `{survey.place.state}`"
    for path in (started, str(entry.get("command"))) if layer.scope == "managed" else ():
        if os.path.exists(path) and os.stat(path).st_uid != 0:
            yield f"`{path}` belongs to a user, who can replace it; install leashd as root"


def schema_faults(layer: Layer) -> Iterator[str]:
    """Why the client would drop a settings file, silently and whole."""
    for event in layer.events():
        for _, entry in layer.hooks(event):
            timeout = entry.get("timeout")
            if timeout is not None and (
                isinstance(timeout, bool) or not isinstance(timeout, (int, float)) or timeout <= 0
            ):
                yield f"the time-out `{timeout}` of a hook on {event} is not a positive number"
            if entry.get("type") not in KNOWN_TYPES:
                yield f"the type `{entry.get('type')}` of a hook on {event} is unknown"


def sessions(survey: Survey) -> Findings:
    """Every session that runs now has called leashd at least when it started."""
    folder = Path(places.audit(str(survey.place.state)))
    running = list(_running(survey.place.home / ".claude" / "sessions"))
    seen = {record.get("session") for record in audit_log.records(folder)} if running else set()
    for pid, session in running:
        if session not in seen:
            text = f"the session of process {pid} has not called leashd: it was started before, or without it"
            yield Finding("sessions", "warn", text, "end it and start it again")


def _running(folder: Path) -> Iterator[tuple[int, str]]:
    for path in sorted(folder.glob("*.json")):
        try:
            told = json.loads(path.read_text())
            pid, session = int(told["pid"]), str(told["sessionId"])
            os.kill(pid, 0)
        except (OSError, ValueError, KeyError, TypeError):
            continue
        yield pid, session

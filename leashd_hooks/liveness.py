"""Events that are not tool calls: a session starts or ends, or the client's settings change under it.

The client re-reads its settings while it runs.  A change that would take the guard away is vetoed: the session goes on
with the settings it had (measured on 2.1.197 and 2.1.330).  The next start reads the file anew, which is for `doctor`.
"""

import posix
import sys

from leashd_hooks import bundle, places
from leashd_hooks.adapters import claude
from leashd_hooks.audit import append
from leashd_hooks.jsondoor import loads
from leashd_hooks.recompile import BundleError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from leashd_hooks.model import Answer

GUARDED = (
    "leashd decides every tool call of this session before it runs. A denied call says by which rule and what to do"
    " instead; do that, or ask the user. Trying the same thing in another form will be denied too."
)
#: Environment that a settings file must not give to the client: each of them has turned hooks off or run code in them.
_HOSTILE_ENVIRONMENT = ("CLAUDE_CODE_", "LD_", "DYLD_", "PYTHON", "NODE_OPTIONS", "BASH_ENV", "ANTHROPIC_BASE_URL")
_MANAGED = "/etc/claude-code"
#: Seconds after which `start` ends a hook that does not come to an answer; a client must wait longer.
DEADLINE = 30
#: Seconds that the end of a session waits for the supervisor; the client may not wait for longer than one.
REPORT = 1.0


def answer(event: "dict[str, Any]", state: str, home: str) -> "Answer":
    """The answer to a SessionStart, SessionEnd or ConfigChange event, with its line in the audit."""
    name = event["hook_event_name"]
    if name == "SessionStart":
        answered = _session_start(state, home)
    else:
        answered = _session_end(event, state) if name == "SessionEnd" else _config_change(event, home)
    told = answered[3]
    record = {
        "event": name,
        "agent": "claude",
        "session": event.get("session_id", ""),
        "cwd": event.get("cwd", ""),
        "tool": "",
        "verdict": "deny" if told == "deny" else "allow",
        "answered": told,
        "rule": "guard-removed" if told == "deny" else "liveness",
        "reason": str(event.get("file_path") or event.get("source") or ""),
        "input": {},
    }
    append(places.audit(state), record)
    return answered


def _session_start(state: str, home: str) -> "Answer":
    try:
        bundle.load(state, home)
    except BundleError as error:
        return claude.context("SessionStart", f"leashd denies every tool call, because its policy is broken: {error}")
    return claude.context("SessionStart", GUARDED)


def _session_end(event: "dict[str, Any]", state: str) -> "Answer":
    """Tells the supervisor, if one runs, that nobody comes back for what this session has asked; and has it looked up
    whether every call of the session was decided.
    """
    from leashd_hooks import client

    _reconcile(event.get("transcript_path"), state)
    try:
        client.ask(places.hook_socket(state), "/report", {"event": "end", "session": event.get("session_id")}, REPORT)
    except (client.Gone, OSError, ValueError):
        return "", "", 0, "allow"  # whoever is not there needs not be told
    return "", "", 0, "allow"


def _reconcile(transcript: object, state: str) -> None:
    """Starts `leashd_hooks.reconcile` in a process of its own: the client does not wait for long when it ends."""
    if not isinstance(transcript, str) or not transcript.startswith("/"):
        return
    argv = [sys.executable, "-I", "-m", "leashd_hooks.reconcile", state, transcript]
    nowhere = [(posix.POSIX_SPAWN_OPEN, file, "/dev/null", posix.O_RDWR, 0) for file in (0, 1, 2)]
    environment = {b"PATH": b"/usr/bin:/bin", b"HOME": posix.environ.get(b"HOME", b"/")}
    try:
        posix.posix_spawn(sys.executable, argv, environment, file_actions=nowhere, setsid=True)
    except (OSError, NotImplementedError) as error:
        raise OSError(f"the session could not be reconciled: {error}") from error


def _config_change(event: "dict[str, Any]", home: str) -> "Answer":
    try:
        objection = removes_guard(event, home)
    except (OSError, ValueError) as error:
        objection = str(error)
    if objection:
        return claude.block(f"leashd keeps the settings of this session: {objection}")
    return "", "", 0, "allow"


def removes_guard(event: "dict[str, Any]", home: str) -> str:
    """Why the settings as they now stand on disk would weaken the guard, "" when they do not."""
    files = _settings_files(event, home)
    wired = False
    for path in files:
        settings = _read(path)
        objection = _weakens(settings)
        if objection:
            return f"`{path}` {objection}"
        wired = wired or is_wired(settings)
    return "" if wired else "no settings file calls leashd for every tool any more"


def _settings_files(event: "dict[str, Any]", home: str) -> "list[str]":
    folders = [home + "/.claude"]
    changed = event.get("file_path")
    for path in (changed.rpartition("/")[0] if isinstance(changed, str) else "", f"{event.get('cwd', '')}/.claude"):
        if path.endswith("/.claude") and path not in folders:
            folders.append(path)
    files = [folder + name for folder in folders for name in ("/settings.json", "/settings.local.json")]
    files.append(_MANAGED + "/managed-settings.json")
    try:
        files += [f"{_MANAGED}/managed-settings.d/{name}" for name in posix.listdir(_MANAGED + "/managed-settings.d")]
    except OSError:
        return files
    return files


def _read(path: str) -> "dict[str, Any]":
    try:
        with open(path, encoding="utf-8") as file:
            settings = loads(file.read())
    except FileNotFoundError:
        return {}
    if not isinstance(settings, dict):
        raise ValueError(f"`{path}` is not a JSON object")
    return settings


def _weakens(settings: "dict[str, Any]") -> str:
    if settings.get("disableAllHooks"):
        return "disables all hooks"
    environment = settings.get("env")
    for name in environment if isinstance(environment, dict) else ():
        if name == "PATH" or str(name).startswith(_HOSTILE_ENVIRONMENT):
            return f"sets `{name}` for the client"
    for entry in entries(settings, "PermissionRequest"):
        if not is_ours(entry):
            return "lets another program answer permission requests"
    return ""


def entries(settings: "dict[str, Any]", event: str, matcher: "str | None" = None) -> "list[dict[str, Any]]":
    """The hook entries of an event in a settings object; only those whose matcher takes every tool when asked so."""
    hooks = settings.get("hooks")
    groups = hooks.get(event) if isinstance(hooks, dict) else None
    found = []
    for group in groups if isinstance(groups, list) else ():
        if isinstance(group, dict) and (matcher is None or group.get("matcher", "*") in ("*", "")):
            inner = group.get("hooks")
            found += [entry for entry in inner if isinstance(entry, dict)] if isinstance(inner, list) else []
    return found


def is_ours(entry: "dict[str, Any]") -> bool:
    """Whether a hook entry starts what this very process was started with: interpreter, flags, file, state and home.

    `--unattended` may come or go: it only tightens, and the question what the user wants with it is not ours.
    """
    arguments = entry.get("args")
    if entry.get("type") != "command" or not isinstance(arguments, list):
        return False
    return _plain([entry.get("command"), *arguments]) == _plain(sys.orig_argv)


def _plain(words: "list[Any]") -> "list[Any]":
    return [word for word in words if word != "--unattended"]


def blocks(entry: "dict[str, Any]") -> bool:
    """Whether the client waits for an entry's answer, and takes its failure for a no."""
    timeout = entry.get("timeout")
    patient = isinstance(timeout, (int, float)) and timeout is not True and timeout > DEADLINE
    return patient and entry.get("onFailure") == "block" and not entry.get("async") and "if" not in entry


def is_wired(settings: "dict[str, Any]") -> bool:
    """Whether a settings object sends every tool call here, and waits for the answer."""
    return any(is_ours(entry) and blocks(entry) for entry in entries(settings, "PreToolUse", matcher="*"))

"""GitHub Copilot CLI: its preToolUse events to calls, decisions to its answers.

Protocol as published for 1.0; no run of the real client stands behind it.  An event does not say what it is: `install`
registers the hook for `preToolUse` alone.  A question of the client's own is not relied on, for `--allow-all-tools` may
answer it: a call that needs a person is held for the supervisor, or denied.
"""

from leashd_hooks.adapters import plain
from leashd_hooks.jsondoor import dumps, loads

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from leashd_hooks.model import Answer, Call, Decision

CALLS = (None,)
#: How the answers begin: what lets a call run, and what denies it with a reason.
PASSES = ('{"permissionDecision":"allow"',)
DENIES = ('{"permissionDecision":"deny"',)

_FILE = {"file_path": ("path", "file_path")}
_TOOLS: "plain.Tools" = {
    "bash": ("Bash", {}),
    "view": ("Read", _FILE),
    "create": ("Write", _FILE),
    "edit": ("Edit", _FILE),
    "str_replace_editor": ("Edit", _FILE),
    "apply_patch": ("apply_patch", {}),
    "grep": ("Grep", {"glob": ("glob", "include")}),
    "rg": ("Grep", {"glob": ("glob", "include")}),
    "glob": ("Glob", {}),
    "web_fetch": ("WebFetch", {}),
    "web_search": ("WebSearch", {}),
    "task": ("Agent", {"subagent_type": ("agent_type",)}),
    "skill": ("Skill", {"skill": ("skill", "name")}),
    "ask_user": ("ask_user", {}),
    "update_todo": ("TodoWrite", {}),
    "report_intent": ("TodoWrite", {}),
    "read_bash": ("BashOutput", {}),
    "stop_bash": ("KillShell", {}),
    "list_bash": ("TaskList", {}),
}


def read_call(event: "dict[str, Any]") -> "Call":
    """The call that a preToolUse event announces.  Raises ValueError saying what is wrong."""
    given = event.get("toolArgs")
    if isinstance(given, str):
        given = loads(given)
    call = plain.made("copilot", _TOOLS, event.get("toolName"), given, event.get("cwd"))
    call.session = plain.text(event, "sessionId")
    if call.tool == "Grep":
        call.input = {**call.input, "output_mode": "content"}
    return call


def answer(call: "Call", decision: "Decision", unattended: bool) -> "Answer":
    """The answer to a preToolUse event; `require_approval` is a denial, for nobody can be asked here."""
    told, reason = plain.settled(decision, asks=False)
    return deny(reason) if told == "deny" else (dumps({"permissionDecision": "allow"}), "", 0, "allow")


def decided(
    call: "Call", allow: bool, text: str, input: "dict[str, Any] | None" = None, stop: bool = False
) -> "Answer":
    """What a person decided.  `input` replaces the call's; that the turn is to end can only be said."""
    if not allow:
        return deny(text + "; the person wants you to stop here" if stop else text)
    if input is None:
        return dumps({"permissionDecision": "allow"}), "", 0, "allow"
    if call.tool != "Bash":
        return deny("leashd: denied: the person changed the call, and this client cannot be told of the change")
    return dumps({"permissionDecision": "allow", "modifiedArgs": input}), "", 0, "allow"


def deny(reason: str) -> "Answer":
    """A denial with its reason; the command line of the hook adds the exit code that denies by itself."""
    return dumps({"permissionDecision": "deny", "permissionDecisionReason": reason}), "", 0, "deny"

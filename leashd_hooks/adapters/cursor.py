"""Cursor: its events before a tool to calls, decisions to its answers.

Protocol as published, and as others have recorded it on 3.9; no run of the real client stands behind it.  Every call is
announced by preToolUse, and some once more by an event of their own kind, where nobody is asked a second time.  The
client's own question is not relied on, for some versions do not ask it: a call that needs a person is held for the
supervisor, or denied.
"""

from leashd_hooks.adapters import plain
from leashd_hooks.jsondoor import dumps, loads
from leashd_hooks.model import Call
from leashd_hooks.shell.invocation import resolve

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from leashd_hooks.model import Answer, Decision

CALLS = ("preToolUse", "beforeShellExecution", "beforeMCPExecution", "beforeReadFile")
#: How the answers begin; both end well, for the client takes a reason from an answer that did.
PASSES = ('{"permission":"allow"', '{"permission":"deny"')

_FILE = {"file_path": ("file_path", "path", "target_file")}
_TOOLS: "plain.Tools" = {
    "Shell": ("Bash", {}),
    "Read": ("Read", _FILE),
    "Write": ("Write", _FILE),
    "Edit": ("Edit", _FILE),
    "StrReplace": ("Edit", _FILE),
    "Delete": ("apply_patch", _FILE),
    "Grep": ("Grep", {"path": ("file_path", "path"), "glob": ("glob", "include")}),
    "Task": ("Agent", {}),
    "WebFetch": ("WebFetch", {}),
    "WebSearch": ("WebSearch", {}),
    "TodoWrite": ("TodoWrite", {}),
}


def read_call(event: "dict[str, Any]") -> Call:
    """The call that an event announces.  Raises ValueError saying what is wrong."""
    name = plain.text(event, "hook_event_name")
    tool, given = event.get("tool_name"), event.get("tool_input")
    if name == "beforeShellExecution":
        tool, given = "Shell", {"command": event.get("command")}
    elif name == "beforeReadFile":
        tool, given = "Read", {"file_path": event.get("file_path")}
    elif name == "beforeMCPExecution":
        tool, given = f"MCP:{tool}", loads(given) if isinstance(given, str) else given
    call = plain.made("cursor", _TOOLS, tool, given, _directory(event, given))
    call.event = "PreToolUse" if name == "preToolUse" else "PermissionRequest"
    call.session, call.call_id = plain.text(event, "conversation_id"), plain.text(event, "tool_use_id")
    if isinstance(tool, str) and tool.startswith("MCP:") and len(tool) > 4:
        call.tool = "mcp____" + tool[4:]  # which server it is of, the client does not say
    elif tool == "Shell":
        call.input = {"command": call.input.get("command")}
    elif tool == "Read":
        call.input = {"file_path": call.input.get("file_path")}
    elif tool == "Delete":
        call.input = {"input": "*** Delete File: " + plain.text(call.input, "file_path")}
    elif tool == "Grep":
        call.input = {**call.input, "output_mode": "content"}
    return call


def _directory(event: "dict[str, Any]", given: "Any") -> "Any":
    """Where the call runs: what it says itself, or the event, or the first directory that is open."""
    roots = event.get("workspace_roots")
    root = roots[0] if isinstance(roots, list) and roots and isinstance(roots[0], str) else ""
    at = plain.text(event, "cwd") or root
    own = plain.text(given, "cwd") if isinstance(given, dict) and event.get("tool_name") == "Shell" else ""
    return resolve(own, at, at) if own else at


def answer(call: Call, decision: "Decision", unattended: bool) -> "Answer":
    """The answer to an event; `require_approval` is a denial, for nobody can be asked here."""
    told, reason = plain.settled(decision, asks=False)
    return deny(reason) if told == "deny" else (dumps({"permission": "allow"}), "", 0, "allow")


def decided(call: Call, allow: bool, text: str, input: "dict[str, Any] | None" = None, stop: bool = False) -> "Answer":
    """What a person decided.  `input` replaces the call's; that the turn is to end can only be said."""
    if not allow:
        return deny(text + "; the person wants you to stop here" if stop else text)
    if input is None:
        return dumps({"permission": "allow"}), "", 0, "allow"
    if call.tool != "Bash" or call.event != "PreToolUse":
        return deny("leashd: denied: the person changed the call, and this client cannot be told of the change")
    return dumps({"permission": "allow", "updated_input": {"cwd": call.cwd, **input}}), "", 0, "allow"


def deny(reason: str) -> "Answer":
    """A denial with its reason, for the person and for the agent."""
    return dumps({"permission": "deny", "user_message": reason, "agent_message": reason}), "", 0, "deny"

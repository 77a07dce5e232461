"""Codex: its hook events to calls, decisions to its answers.

Protocol as measured on 0.169.0.  What blocks there is exit code 2 with words on standard error; everything else that is
not understood lets the tool run, so an allow has a form of its own too, `{}`, which the guard around the hook looks for
(`install/codex.py`).  Codex cannot ask in PreToolUse: a call that needs a person is held for the supervisor, or denied.
"""

from leashd_hooks.adapters import claude
from leashd_hooks.jsondoor import dumps
from leashd_hooks.model import ALLOW, ASK

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from leashd_hooks.model import Answer, Call, Decision

#: The events that announce a call.
CALLS = ("PreToolUse", "PermissionRequest")

#: An answer that blocks nothing and decides nothing.
NOTHING = "{}"
#: Tools whose input is one text, `command`.
_TEXTS = ("Bash", "apply_patch")


def read_call(event: "dict[str, Any]") -> "Call":
    """The call that a PreToolUse or PermissionRequest event announces.  Raises ValueError saying what is wrong.

    A command's `cwd` is its own.  The model's justification, which only a PermissionRequest has, is not part of the
    call.
    """
    call = claude.read_call(event)
    call.agent = "codex"
    if call.event == "PermissionRequest" and call.tool in _TEXTS:
        call.input = {key: value for key, value in call.input.items() if key != "description"}
    if call.tool != "Bash" and call.tool[0].isupper():
        # One with a capital would be taken for another agent's tool of that name.
        call.tool = "codex:" + call.tool
    return call


def answer(call: "Call", decision: "Decision", unattended: bool) -> "Answer":
    """The answer with nobody to ask but Codex itself, whose dialog only a PermissionRequest can leave the call to."""
    if decision.verdict == ALLOW:
        return _allow(call)
    if decision.verdict == ASK and call.event == "PermissionRequest" and not unattended:
        return NOTHING, "", 0, "silent"
    return deny(claude.explain(decision, "deny"))


def deny(reason: str) -> "Answer":
    """A denial on either event: one line, which must not be empty."""
    return "", " ".join(reason.split()) or "leashd: denied", 2, "deny"


def decided(
    call: "Call", allow: bool, text: str, input: "dict[str, Any] | None" = None, stop: bool = False
) -> "Answer":
    """What a person decided.  `input` replaces the call's; that the turn is to end can only be said."""
    if not allow:
        return deny(text + "; the person wants you to stop here" if stop else text)
    if input is None or input == call.input or call.event != "PreToolUse":
        return _allow(call)
    if call.tool in _TEXTS and isinstance(input.get("command"), str):
        input = {"command": input["command"]}
    elif not call.tool.startswith("mcp__"):
        return deny("leashd: denied: Codex lets nobody change the input of this tool")
    output = {"hookEventName": "PreToolUse", "permissionDecision": "allow", "updatedInput": input}
    return dumps({"hookSpecificOutput": output}), "", 0, "allow"


def _allow(call: "Call") -> "Answer":
    """Nothing speaks against the call.

    To a PermissionRequest an allow would run a command outside of the sandbox, so that is left to the person; a tool of
    an MCP server has no sandbox to lose.
    """
    if call.event != "PermissionRequest":
        return NOTHING, "", 0, "allow"
    if not call.tool.startswith("mcp__"):
        return NOTHING, "", 0, "silent"
    output = {"hookEventName": "PermissionRequest", "decision": {"behavior": "allow"}}
    return dumps({"hookSpecificOutput": output}), "", 0, "allow"

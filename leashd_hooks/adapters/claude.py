"""Claude Code: its hook events to calls, decisions to its answers.

Protocol as measured on 2.1.197 and 2.1.330.  What blocks there is exit code 2, or one JSON object on standard output
with `hookSpecificOutput.permissionDecision` "deny"; everything else lets the tool run.  A denial sends both.
"""

from leashd_hooks.jsondoor import dumps
from leashd_hooks.model import ALLOW, ASK, Call

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, NoReturn

    from leashd_hooks.model import Answer, Decision, Verdict

#: The events that announce a call.
CALLS = ("PreToolUse", "PermissionRequest")

#: Modes in which a person expects to be asked, and is (docs/clients.md).  In the others the user has said that nobody
#: wants to be, some versions of the client skip the question, or the mode is one that leashd does not know.
_ASKING_MODES = frozenset({"default", "acceptEdits", "plan", "auto"})

_PLANNING = "leashd: the policy allows it, but it may change something and the session is in plan mode"
#: The rule that lets the agent write its plan, which it keeps in a file (docs/clients.md).
_PLAN_RULE = "plan-file-write"
#: Effects that plan mode has nothing against.  For others a hook's `allow`, and on 2.1.197 its silence under a rule
#: of the user, would lift the client's own ban.
_HARMLESS_IN_PLAN = frozenset(
    {"read", "run", "tool", "agent", "network", "mcp", "browser", "control", "git", "package"}
)


def read_call(event: "dict[str, Any]") -> Call:
    """The call that a PreToolUse or PermissionRequest event announces.  Raises ValueError saying what is wrong."""
    tool = event.get("tool_name")
    arguments = event.get("tool_input")
    cwd = event.get("cwd")
    if not isinstance(tool, str) or not tool:
        _wrong("tool_name", "a tool's name")
    if not isinstance(arguments, dict):
        _wrong("tool_input", "an object")
    if not isinstance(cwd, str) or not cwd.startswith("/"):
        _wrong("cwd", "an absolute path")
    return Call(
        tool=tool,
        input=arguments,
        cwd=cwd,
        agent="claude",
        event=_text(event, "hook_event_name") or "PreToolUse",
        session=_text(event, "session_id"),
        call_id=_text(event, "tool_use_id"),
        mode=_text(event, "permission_mode") or "default",
        subagent=_text(event, "agent_id"),
    )


def _text(event: "dict[str, Any]", name: str) -> str:
    value = event.get(name, "")
    return value if isinstance(value, str) else ""


def _wrong(name: str, expected: str) -> "NoReturn":
    raise ValueError(f"the event's `{name}` is not {expected}")


def answer(call: Call, decision: "Decision", unattended: bool) -> "Answer":
    """The answer to a PreToolUse or PermissionRequest event.

    `require_approval` becomes the client's own prompt where a person sees it, and a denial elsewhere.
    """
    verdict = settle(call, decision.verdict, unattended)
    text = explain(decision, verdict)
    if call.event == "PermissionRequest":
        return _permission_request(verdict, text)
    if verdict == "deny":
        return deny(text)
    if verdict == "ask":
        return _pre_tool_use("ask", text)
    if call.mode == "plan" and not _plans(call, decision):
        return deny(_PLANNING) if unattended else _pre_tool_use("ask", _PLANNING)
    return _pre_tool_use("allow", text)


def settle(call: Call, verdict: "Verdict", unattended: bool) -> str:
    """allow, ask or deny: what a verdict comes to with nobody but the client to ask."""
    if verdict == ALLOW:
        return "allow"
    if verdict == ASK and not unattended and call.mode in _ASKING_MODES:
        return "ask"
    return "deny"


def explain(decision: "Decision", told: str) -> str:
    """The reason as the agent reads it: what, by which rule, what to do instead."""
    if told == "allow":
        return f"allowed by `{decision.rule}`"
    head = "denied by" if decision.verdict != ASK else "needs a person's approval under"
    if decision.verdict == ASK and told == "deny":
        head = "denied: nobody can approve it here; it needs approval under"
    text = f"leashd: {head} `{decision.rule}`: {decision.reason}"
    return f"{text}; instead: {decision.instead}" if decision.instead else text


def deny(reason: str) -> "Answer":
    """A denial that holds even if standard output is lost: the JSON says why, the exit code blocks."""
    return _pre_tool_use("deny", reason)[0], "", 2, "deny"


def decided(call: Call, allow: bool, text: str, input: "dict[str, Any] | None" = None, stop: bool = False) -> "Answer":
    """What a person decided.  `input` replaces the call's, `stop` ends the turn as well: measured on 2.1.330, where
    `continue: false` alone would let the call run.
    """
    verdict = "allow" if allow else "deny"
    if call.event == "PermissionRequest":
        decision: dict[str, Any] = {"behavior": verdict}
        # A dialog that wants a person takes an `allow` only together with the input: measured with ExitPlanMode.
        decision.update({"updatedInput": call.input if input is None else input} if allow else {"message": text})
        return dumps({"hookSpecificOutput": {"hookEventName": call.event, "decision": decision}}), "", 0, verdict
    output = {"hookEventName": "PreToolUse", "permissionDecision": verdict, "permissionDecisionReason": text}
    if input is not None:
        output["updatedInput"] = input  # type: ignore[assignment]
    whole: dict[str, Any] = {"hookSpecificOutput": output}
    if stop:
        whole.update({"continue": False, "stopReason": text})
    return dumps(whole), "", 0 if allow or stop else 2, verdict


def context(event: str, text: str) -> "Answer":
    """Text for the agent, on events that take it."""
    return dumps({"hookSpecificOutput": {"hookEventName": event, "additionalContext": text}}), "", 0, "allow"


def block(reason: str) -> "Answer":
    """A veto of a ConfigChange event."""
    return dumps({"decision": "block", "reason": reason}), "", 2, "deny"


def _pre_tool_use(decision: str, reason: str) -> "Answer":
    output = {
        "hookEventName": "PreToolUse",
        "permissionDecision": decision,
        "permissionDecisionReason": reason,
    }
    return dumps({"hookSpecificOutput": output}), "", 0, decision


def _permission_request(verdict: str, text: str) -> "Answer":
    """Exit code 2 does not deny here, the JSON does.

    An allow stays silent too: the dialog is there because the client or one of its own rules wants a person, and for a
    question or a plan because the person's answer is the point.
    """
    if verdict != "deny":
        return "", "", 0, "silent"
    output = {"hookEventName": "PermissionRequest", "decision": {"behavior": "deny", "message": text}}
    return dumps({"hookSpecificOutput": output}), "", 0, verdict


def _plans(call: Call, decision: "Decision") -> bool:
    """Whether a call does what plan mode is for: it changes nothing, or nothing but the plan."""
    if decision.rule == _PLAN_RULE and call.tool in ("Write", "Edit"):
        return True
    return all(_harmless(effect.kind, effect.fields) for effect in decision.effects)


def _harmless(kind: str, fields: "dict[str, Any]") -> bool:
    changes = fields.get("changes")
    return kind in _HARMLESS_IN_PLAN and changes in (None, False, "nothing") and fields.get("modelled") is not False

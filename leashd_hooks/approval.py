"""What a person says of a call that the policy leaves to one: asked through the supervisor, where it runs."""

import posix
from _signal import ITIMER_REAL, setitimer  # type: ignore[import-not-found]

from leashd_hooks import client, places
from leashd_hooks.branches import current
from leashd_hooks.decide.paths import under
from leashd_hooks.decide.rule import NAME, entry
from leashd_hooks.jsondoor import dumps
from leashd_hooks.model import ALLOW, DENY, DIALOGUES, Call, Decision
from leashd_hooks.redact import sha256

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from leashd_hooks.bundle import Bundle

    #: What a person said: whether it may run, the text for the agent, the input in place of the call's, and whether the
    #: turn ends; the decision that comes of it; what the audit notes.
    Consulted = tuple[tuple[bool, str, dict[str, Any] | None, bool], Decision, dict[str, Any]]

#: Seconds that a person may take; a minute less than what `install` registers with the host.
PATIENCE = 7 * 24 * 3600 - 60.0
#: Seconds that the hook gives the supervisor to say itself that nobody answered in time.
GRACE = 15.0
#: Bytes of a file that is replaced; of a larger one a person is not shown what changes.
REPLACED = 256 * 1024
_KIND, _REGULAR = 0o170000, 0o100000


def consult(
    call: Call,
    decision: Decision,
    policy: "Bundle",
    state: str,
    patience: float,
    judge: "Callable[[Call, Bundle], Decision]",
) -> "Consulted | None":
    """A person's answer to a call: what its adapter's `decided` tells the host, the decision it comes to, and what the
    audit notes of it.

    None when nobody can be asked, so that the host's own prompt is next.  `patience` are the seconds that the host
    waits for a hook, 0 when it waits for as long as people take.  `judge` decides an input that the person has
    edited; a denial of that holds.
    """
    path = places.hook_socket(state)
    bound = digest(call)
    paused = setitimer(ITIMER_REAL, 0)  # the watchdog is for us, not for people
    try:
        if call.event == "PermissionRequest":
            told = client.ask(path, "/dialog", {"session": call.session, "digest": bound}, 5.0)
        else:
            limit = policy["timeout"]
            seconds = min(patience or PATIENCE, PATIENCE if limit is None else limit + GRACE)
            question = {**_question(call, decision, policy), "digest": bound, **_replaced(call, policy, judge)}
            told = client.ask(path, "/ask", question, seconds)
    except client.Gone:
        return None
    except (OSError, ValueError) as error:
        return _denied(decision, f"no person could be asked: {error}", {})
    finally:
        setitimer(ITIMER_REAL, *paused)
    if told is None or told["state"] == "not_asked":
        return None
    if told.get("digest") != bound:
        return _denied(decision, "the supervisor answered another call", {})
    note = {"approval": told.get("id"), "approval_state": told["state"], "surface": told.get("surface")}
    if told["state"] != "allowed":
        return _denied(decision, _why(told), note, bool(told.get("stop")))
    return _allowed(call, decision, told.get("input"), note, policy, judge)


def digest(call: Call) -> str:
    """What an approval is bound to: tool and input, byte for byte."""
    return str(sha256(dumps([call.tool, call.input]).encode("ascii")).hexdigest())


def _question(call: Call, decision: Decision, policy: "Bundle") -> "dict[str, Any]":
    roots = [root for root in policy["roots"] if under(call.cwd, root)]
    return {
        "kind": DIALOGUES.get(call.tool, "tool"),
        "agent": call.agent,
        "session": call.session or "unknown",
        # A call without an id of its own is another one each time.
        "call_id": call.call_id or posix.urandom(8).hex(),
        "tool": call.tool,
        "input": call.input,
        "cwd": call.cwd,
        "project": max(roots, key=len, default=""),
        "branch": current(call.cwd),
        "mode": call.mode,
        "subagent": call.subagent,
        "rule": decision.rule,
        "reason": decision.reason,
        "instead": decision.instead,
        "risk_level": _risks(policy).get(decision.rule, ""),
        "effects": [effect.to_json() for effect in decision.effects],
        "decisive": decision.decisive,
        "floor": any(
            rule[NAME] == decision.rule for effect in decision.effects for rule in entry(policy["floor"], effect.kind)
        ),
        "timeout": policy["timeout"],
    }


def _risks(policy: "Bundle") -> "dict[str, str]":
    found: "Any" = entry(policy, "risks")
    return found or {}


def _replaced(call: Call, policy: "Bundle", judge: "Callable[[Call, Bundle], Decision]") -> "dict[str, Any]":
    """What a call that writes a whole file replaces: whether there is one, and its text.

    The text is only sent where the agent may read the file unasked, so that no credential gets onto the page.
    """
    if call.tool != "Write":
        return {}
    try:
        decision = judge(Call("Read", {"file_path": call.input["file_path"]}, call.cwd), policy)
        path = decision.effects[0].fields["path"]
        file = posix.open(path, posix.O_RDONLY | posix.O_NOFOLLOW | posix.O_NONBLOCK | posix.O_CLOEXEC)
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, LookupError, TypeError):
        return {"replaces": True}
    try:
        found = posix.fstat(file)
        if decision.verdict != ALLOW or found.st_mode & _KIND != _REGULAR or found.st_size > REPLACED:
            return {"replaces": True}
        before = posix.read(file, REPLACED).decode("utf-8")
        return {"replaces": True, "before": None if "PRIVATE KEY-----" in before else before}
    except (OSError, ValueError):
        return {"replaces": True}
    finally:
        posix.close(file)


def _allowed(
    call: Call,
    decision: Decision,
    input: "dict[str, Any] | None",
    note: "dict[str, Any]",
    policy: "Bundle",
    judge: "Callable[[Call, Bundle], Decision]",
) -> "Consulted":
    if input is not None and call.tool not in DIALOGUES:
        edited = Call(call.tool, input, call.cwd, call.agent, call.event, call.session, call.call_id, call.mode)
        again = judge(edited, policy)
        note["edited"] = input
        if again.verdict == DENY:
            return _denied(again, f"what the person made of it is denied: {again.reason}", note)
        decision = again
    text = f"allowed by a person ({note['surface']})"
    return (True, text, input, False), _with(decision, "allow", text), note


def _denied(decision: Decision, why: str, note: "dict[str, Any]", stop: bool = False) -> "Consulted":
    return (False, f"leashd: denied: {why}", None, stop), _with(decision, DENY, why), note


def _with(decision: Decision, verdict: "Any", reason: str) -> Decision:
    return Decision(verdict, decision.rule, reason, "", decision.effects, decision.trace, decision.decisive)


def _why(told: "dict[str, Any]") -> str:
    said = str(told.get("message") or "")
    if told["state"] == "pending":
        return f"it waits for a person as approval {told.get('id')}; once that is allowed, make this same call again"
    if told["state"] == "denied":
        return f"a person said no: {said}" if said else "a person said no"
    return said or "nobody said yes"

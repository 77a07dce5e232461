"""From the bytes of an event to the answer: the only place where the hot pieces meet."""

import time

import leashd_hooks
from leashd_hooks import bundle, places
from leashd_hooks.adapters import claude
from leashd_hooks.audit import append
from leashd_hooks.decide import decide
from leashd_hooks.jsondoor import loads
from leashd_hooks.model import ASK, DENY, DIALOGUES, Decision
from leashd_hooks.observe import observe
from leashd_hooks.tools import lower

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from leashd_hooks.bundle import Bundle
    from leashd_hooks.model import Answer, Call

#: A larger event is denied.  The largest that the client sends is the content of one Write.
LIMIT = 16 * 1024 * 1024
#: Deeper nesting than any client sends, and less than would exhaust the interpreter's stack.
DEPTH = 200


def judge(data: bytes, agent: str, state: str, home: str, unattended: bool, patience: float = 0) -> "Answer":
    """The answer to one event.  Whatever goes wrong in here is a denial that says what went wrong.

    `agent` is the adapter's name, `state` leashd's directory, `home` that of the user who is guarded, `unattended` that
    nobody can be asked, `patience` the seconds that the host waits, 0 when it waits for as long as people take.
    """
    started = time.perf_counter()
    adapter: Any = claude if agent == "claude" else leashd_hooks.load("adapters." + agent)
    try:
        event = _event(data)
        name = event.get("hook_event_name")
        if name in adapter.CALLS:
            return _tool_call(event, adapter, state, home, unattended, patience, started)
        if agent == "claude" and name in ("ConfigChange", "SessionStart", "SessionEnd"):
            from leashd_hooks import liveness

            return liveness.answer(event, state, home)
        raise ValueError(f"`{name}` is not an event that leashd knows")
    except RecursionError:
        return _broken("the event is nested too deeply", agent, adapter, state)
    except (ValueError, OSError) as error:
        return _broken(str(error), agent, adapter, state)
    except Exception as error:
        return _broken(f"leashd itself failed ({type(error).__name__}: {error}); this is a bug", agent, adapter, state)


def judge_call(call: "Call", policy: "Bundle") -> Decision:
    """The decision for a call under a compiled policy: the one function behind the hook, `check`, `explain` and tests.

    Raises ValueError when the call's input is not what its tool takes, OSError when a path cannot be resolved.
    """
    effects = lower(call, policy["home"], policy["shfmt"])
    return decide(call, effects, observe(effects), policy)


def _tool_call(
    event: "dict[str, Any]",
    adapter: "Any",
    state: str,
    home: str,
    unattended: bool,
    patience: float,
    started: float,
) -> "Answer":
    call = adapter.read_call(event)
    policy = bundle.load(state, home)
    try:
        decision = judge_call(call, policy)
    except (ValueError, OSError) as error:
        decision = Decision(DENY, "unreadable-call", str(error), "call the tool with plain input")
    answer: Answer = adapter.answer(call, decision, unattended)
    note: dict[str, Any] = decision.trial()
    asks = decision.verdict == ASK or (call.tool in DIALOGUES and decision.verdict != DENY)
    if asks and not unattended and places.exists(places.hook_socket(state)):
        from leashd_hooks.approval import consult

        consulted = consult(call, decision, policy, state, patience, judge_call)
        if consulted is not None:
            said, decision, told = consulted
            note = {**note, **told}
            answer = adapter.decided(call, *said)
    try:
        append(places.audit(state), {**_record(call, decision, answer[3], policy["digest"], started), **note})
    except OSError as error:
        answer = adapter.deny(f"leashd: denied, because {error}")
    return answer


def _record(call: "Call", decision: Decision, told: str, digest: str, started: float) -> "dict[str, Any]":
    """The audit's account of a decision; `audit.append` redacts it and adds sequence, time and hash."""
    return {
        "event": call.event,
        "agent": call.agent,
        "session": call.session,
        "call_id": call.call_id,
        "subagent": call.subagent,
        "tool": call.tool,
        "mode": call.mode,
        "cwd": call.cwd,
        "verdict": decision.verdict,
        "answered": told,
        "rule": decision.rule,
        "reason": decision.reason,
        "instead": decision.instead,
        "violation": decision.violation,
        "policy": digest,
        "effects": [effect.to_json() for effect in decision.effects],
        "input": call.input,
        "ms": round((time.perf_counter() - started) * 1000, 2),
    }


def _event(data: bytes) -> "dict[str, Any]":
    if len(data) > LIMIT:
        raise ValueError(f"the event is over {LIMIT} bytes")
    if not data.strip():
        raise ValueError("the event is empty")
    if _too_deep(data):
        raise ValueError("the event is nested too deeply")
    event = loads(data.decode("utf-8"))
    if not isinstance(event, dict):
        raise ValueError("the event is not a JSON object")
    return event


def _too_deep(data: bytes) -> bool:
    """Whether brackets could nest deeper than `DEPTH`; counts those inside texts too, so only long ones are scanned."""
    if data.count(b"[") + data.count(b"{") <= DEPTH:
        return False
    depth = deepest = 0
    inside = escaped = False
    for byte in data:
        if inside:
            if escaped:
                escaped = False
            elif byte == 0x5C:
                escaped = True
            elif byte == 0x22:
                inside = False
        elif byte == 0x22:
            inside = True
        elif byte in (0x5B, 0x7B):
            depth += 1
            deepest = max(deepest, depth)
        elif byte in (0x5D, 0x7D):
            depth -= 1
    return deepest > DEPTH


def _broken(reason: str, agent: str, adapter: "Any", state: str) -> "Answer":
    """A denial of an event that could not be judged; its audit line is tried, but the denial does not hang on it."""
    record = {
        "event": "failure",
        "agent": agent,
        "verdict": DENY,
        "answered": "deny",
        "rule": "failure",
        "reason": reason,
    }
    try:
        append(places.audit(state), {**record, "reason": reason, "input": {}})
    except Exception:
        reason += "; the audit could not be written either"
    answer: Answer = adapter.deny(f"leashd: denied, because {reason}")
    return answer

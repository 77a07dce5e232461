"""An approval and its states.  Pure: data in, data out."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

PENDING, ALLOWED, DENIED = "pending", "allowed", "denied"
EXPIRED, CANCELLED = "expired", "cancelled"
#: Every state but `pending` is final.
STATES = (PENDING, ALLOWED, DENIED, EXPIRED, CANCELLED)

KINDS = ("tool", "question", "plan")
SCOPES = ("call", "session", "project")
#: What a hook says where its host names no session.
NO_SESSION = "unknown"
#: Seconds that a call waits for a person after its agent was told to come back, and seconds after the answer within
#: which the agent must come.
LEFT, RETRY = 3600.0, 600.0
#: Seconds within which an allowed question or plan also answers the dialog that the client raises for it.
DIALOG = 120.0
LOW, CHECK, DANGER = "low", "check", "danger"


@dataclass(frozen=True)
class Request:
    """What a hook asks: the call, what it would do, and what the policy said of it.

    digest    SHA-256 of tool and input as the hook computed it; what is allowed is exactly that
    project   the approved directory around `cwd`; `decisive` is the index of the effect that decided
    floor     the rule is one of the floor, which no grant lifts
    risk_level  what the rule says of the risk: low, medium, high, critical, or ""
    replaces  a whole file is written over another; `before` is the text of that one, None where it is not shown
    timeout   seconds until it counts as no; None waits for ever
    """

    kind: str
    agent: str
    session: str
    call_id: str
    digest: str
    tool: str
    input: dict[str, Any]
    cwd: str
    project: str = ""
    branch: str = ""
    mode: str = ""
    subagent: str = ""
    rule: str = ""
    reason: str = ""
    instead: str = ""
    effects: tuple[dict[str, Any], ...] = ()
    decisive: int = -1
    floor: bool = False
    timeout: float | None = None
    risk_level: str = ""
    replaces: bool = False
    before: str | None = None

    def to_json(self) -> dict[str, Any]:
        """The request as plain data."""
        return {**vars(self), "effects": list(self.effects)}


@dataclass(frozen=True)
class Answer:
    """What a person said.

    message   for the agent, on a denial; the reason on a cancellation
    stop      end the agent's turn as well
    input     another input for the tool, which the hook judges again; for a question it holds the answers
    scope     call, or for how long the same effects need not be asked again
    """

    allow: bool
    message: str = ""
    stop: bool = False
    input: dict[str, Any] | None = None
    scope: str = "call"


@dataclass(frozen=True)
class Approval:
    """A request, and what became of it.  `surface` and `device` say where it was answered.

    expires is the date for people; what counts is `deadline`, in ticks, which no change of the date moves: until when
    it waits for an answer, and once it is answered, for the call or the dialog that the answer is for
    left    when the agent was told to come back; until it does, the request belongs to none of its calls
    again   the approval that was given after this one had ended
    """

    id: str
    created: float
    request: Request
    risk: str
    risk_why: str
    state: str = PENDING
    expires: float | None = None
    settled: float | None = None
    surface: str = ""
    device: str = ""
    answer: Answer = field(default_factory=lambda: Answer(False))
    delivered: float | None = None
    left: float | None = None
    deadline: float | None = None
    again: str | None = None

    def to_json(self) -> dict[str, Any]:
        """The approval as plain data; what was typed as a tool's new input stays out, and a file's whole old text."""
        request = self.request.to_json()
        del request["before"]
        return {
            "id": self.id,
            "created": self.created,
            **request,
            "risk": self.risk,
            "risk_why": self.risk_why,
            "state": self.state,
            "expires": self.expires,
            "settled": self.settled,
            "surface": self.surface,
            "device": self.device,
            "message": self.answer.message,
            "stop": self.answer.stop,
            "scope": self.answer.scope,
            "edited": self.answer.input is not None,
            "delivered": self.delivered,
            "left": self.left,
            "again": self.again,
        }


def comes_back(approval: Approval) -> bool:
    """Whether the next call that is the same may be allowed now that this approval has ended without an answer."""
    request = approval.request
    ended = approval.state in (EXPIRED, CANCELLED) and approval.again is None
    return ended and request.kind == "tool" and request.session != NO_SESSION


#: What a call may be asked again about only by its effects; where they stand in the line does not matter.
_NOT_IN_FINGERPRINT = ("span", "command")


def fingerprint(request: Request) -> str:
    """What "the same again" means: agent, tool, and every effect in its order, with the words that cause it."""
    effects = [
        {name: value for name, value in effect.items() if name not in _NOT_IN_FINGERPRINT} for effect in request.effects
    ]
    same: Mapping[str, Any] = {"agent": request.agent, "tool": request.tool, "cwd": request.cwd, "effects": effects}
    return hashlib.sha256(json.dumps(same, sort_keys=True).encode()).hexdigest()

"""Which agents there are on this machine, told from what they ask and from what the audit says of them."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from leashd_hooks.audit_log import is_trial
from leashd_supervisor.approvals.model import PENDING, Approval
from leashd_supervisor.approvals.service import title
from leashd_supervisor.approvals.shown import Shown, safe

#: Seconds without a call after which an agent counts as done; sessions that are remembered.
QUIET, REMEMBERED = 120.0, 200
#: Events that are calls of a tool.
CALLS = ("PreToolUse", "PermissionRequest")


@dataclass
class Agent:
    """A session of an agent: `last` is what it did last, `since` when, `first` when it was first seen."""

    session: str
    agent: str
    project: str
    cwd: str
    last: str
    since: float


class Agents:
    """The sessions that were heard of, the most recent last."""

    def __init__(self) -> None:
        self._known: OrderedDict[str, Agent] = OrderedDict()

    def heard(self, decision: dict[str, Any]) -> None:
        """Notes a decision, as the stream tells it; leashd's own trials are no agent's."""
        session = _text(decision, "session")
        if session and decision.get("event") in CALLS and not is_trial(decision):
            last = f"{_text(decision, 'tool')} {_text(decision, 'text')}".strip()
            moment = _moment(_text(decision, "time"))
            self._note(Agent(session, _text(decision, "agent"), "", _text(decision, "cwd"), line(last), moment))

    def _note(self, agent: Agent) -> None:
        known = self._known.pop(agent.session, None)
        if known is not None:
            agent.project = agent.project or known.project
            if known.since > agent.since:
                agent.last, agent.since = known.last, known.since
        self._known[agent.session] = agent
        if len(self._known) > REMEMBERED:
            self._known.popitem(last=False)

    def shown(self, approvals: Iterable[Approval], now: float) -> list[dict[str, Any]]:
        """Every agent and its state, those who wait first."""
        waiting: dict[str, float] = {}
        for approval in approvals:
            request = approval.request
            if approval.state == PENDING:
                since = min(approval.created, waiting.get(request.session, approval.created))
                waiting[request.session] = since
            last = line(title(request))
            self._note(Agent(request.session, request.agent, request.project, request.cwd, last, approval.created))
        found = [_told(agent, waiting, now) for agent in self._known.values()]
        order = ("waiting", "working", "done")
        return sorted(found, key=lambda one: (order.index(one["state"]), -one["since"]))


def _told(agent: Agent, waiting: Mapping[str, float], now: float) -> dict[str, Any]:
    if agent.session in waiting:
        state, since = "waiting", waiting[agent.session]
    else:
        state, since = ("working" if now - agent.since < QUIET else "done"), agent.since
    return {
        "session": safe(agent.session),
        "agent": safe(agent.agent),
        "project": safe(agent.project),
        "cwd": safe(agent.cwd),
        "state": state,
        "last": agent.last,
        "since": since,
    }


def line(text: str) -> str:
    """The first line of a text, safe to show."""
    return Shown(text.partition("\n")[0][:300]).text


def _text(record: Mapping[str, Any], name: str) -> str:
    value = record.get(name)
    return value if isinstance(value, str) else ""


def _moment(value: str) -> float:
    try:
        return datetime.fromisoformat(value.replace("Z", "+00:00")).timestamp()
    except ValueError:
        return 0.0

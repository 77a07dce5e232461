"""The queue of approvals: asks once, waits, and lets exactly one answer decide."""

from __future__ import annotations

import asyncio
import secrets
from contextlib import suppress
from dataclasses import replace

from leashd_supervisor.approvals.model import (
    ALLOWED,
    CANCELLED,
    DANGER,
    DENIED,
    EXPIRED,
    LEFT,
    NO_SESSION,
    PENDING,
    RETRY,
    SCOPES,
    Answer,
    Approval,
    Request,
    comes_back,
    fingerprint,
)
from leashd_supervisor.approvals.risk import assessed
from leashd_supervisor.approvals.store import Grant, Store
from leashd_supervisor.kernel.bus import Bus
from leashd_supervisor.kernel.clock import Clock
from leashd_supervisor.kernel.errors import Busy, SupervisorError

#: Seconds between two looks for expired approvals.
TICK = 1.0
#: Seconds that a question waits for its hook to come back; the hook itself tries for no longer.
ALONE = 60.0
#: Why an approval ended that no hook waits for.
GONE = "the agent no longer waits for it"


class Late(SupervisorError):
    """An answer to an approval that is settled already, or another call than the one that was shown."""

    def __init__(self, approval: Approval, what: str) -> None:
        super().__init__(what)
        self.approval = approval


class Unknown(SupervisorError):
    """There is no such approval."""


class Approvals:
    """The service: every state of every approval goes through here."""

    def __init__(self, store: Store, bus: Bus, clock: Clock) -> None:
        self.store = store
        self._bus = bus
        self._clock = clock
        self._waiting: dict[str, set[asyncio.Event]] = {}
        self._deadlines: dict[str, float] = {}
        #: Questions that no hook waits for, and until when one may come back.
        self._alone: dict[str, float] = {}
        #: Whether the supervisor ends.
        self.closing = False
        for approval in store.pending():
            self._arm(approval)
            if approval.left is None:
                self._alone[approval.id] = clock.ticks() + ALONE

    def ask(self, request: Request) -> Approval:
        """The approval of a request: a new one, the one that was asked before, the one that its agent was told to come
        back for, or one that a grant has answered.
        """
        # Nothing is written for who comes back: their answer reaches them even from a disk that is full.
        known = self.store.asked(request)
        if known is not None:
            return known
        level, why = assessed(request)
        expires, deadline = self._end_of(request.timeout)
        id, now = secrets.token_hex(8), self._clock.now()
        fresh = Approval(id, now, request, level, why, expires=expires, deadline=deadline)
        with self.store.db.transaction():
            left = self._left(request)
            if left is not None:
                return left
            self.store.add(fresh)
            grant = self._granted(request)
            if grant is not None:
                return self._settle(fresh, ALLOWED, Answer(True), "grant", grant.id)
            self._bus.publish("approval.requested", {"id": fresh.id})
        self._arm(fresh)
        return fresh

    def _end_of(self, seconds: float | None) -> tuple[float | None, float | None]:
        """When so many seconds are over, as a date and in ticks."""
        return (None, None) if seconds is None else (self._clock.now() + seconds, self._clock.ticks() + seconds)

    def _left(self, request: Request) -> Approval | None:
        """What the agent comes back for: exactly this call, in this session, and nobody else's from now on."""
        same, ticks = fingerprint(request), self._clock.ticks()
        end = self._end_of(request.timeout)
        for one in self.store.left(request) if request.session != NO_SESSION else ():
            if fingerprint(one.request) == same and self.store.take(one.id, request.call_id, ticks, *end):
                taken = self.get(one.id)
                self._bus.publish("approval.taken", {"id": one.id})
                self._arm(taken)
                return taken
        return None

    def leave(self, id: str, call_id: str) -> Approval | None:
        """Nobody has answered, and the host waits no longer: the agent is told to come back with the same call.

        None when it was answered meanwhile, or belongs to another call.
        """
        approval = self.get(id)
        if approval.request.session == NO_SESSION:
            self._end(id, EXPIRED, "nobody answered while the agent waited")
            return None
        seconds = self.seconds_left(approval)
        end = self._end_of(LEFT if seconds is None else min(LEFT, seconds))
        with self.store.db.transaction():
            if not self.store.leave(id, call_id, self._clock.now(), *end):
                return None
            self._bus.publish("approval.left", {"id": id})
        left = self.get(id)
        self._arm(left)
        return left

    def _granted(self, request: Request) -> Grant | None:
        if request.kind != "tool" or request.floor:
            return None
        grant = self.store.granted(request, fingerprint(request))
        if grant is not None:
            self.store.use(grant.id, self._clock.now())
        return grant

    async def wait(self, id: str) -> Approval:
        """The approval once it is settled, or as it is when the supervisor ends.

        Whoever stops waiting for the last time leaves it to `abandon`.
        """
        event = asyncio.Event()
        self._waiting.setdefault(id, set()).add(event)
        self._alone.pop(id, None)
        try:
            while (approval := self.get(id)).state == PENDING and not self.closing:
                event.clear()
                await event.wait()
            return approval
        finally:
            waiting = self._waiting.get(id, set())
            waiting.discard(event)
            if not waiting:
                self._waiting.pop(id, None)

    def answer(self, id: str, answer: Answer, surface: str, device: str = "", digest: str | None = None) -> Approval:
        """A person's answer, bound to the digest of what was shown.

        Raises Unknown, Late when it is too late, SupervisorError when such an answer may not be given.
        """
        approval = self.get(id)
        if answer.scope not in SCOPES:
            raise SupervisorError(f"`{answer.scope}` is not a scope", f"one of {', '.join(SCOPES)}")
        if answer.allow and answer.scope != "call" and (refusal := self.refuses_grant(approval)):
            raise SupervisorError(refusal, "allow it once")
        settled = self._settle(approval, ALLOWED if answer.allow else DENIED, answer, surface, device, digest)
        if answer.allow and answer.scope != "call":
            self._grant(settled)
        return settled

    def again(self, id: str, surface: str, device: str = "", digest: str | None = None) -> Approval:
        """A yes after the end: allows the next call that is the same, in the same session, once.

        The approval that ended stays as it is; this is another.  Raises Unknown, Late.
        """
        ended = self.get(id)
        new = secrets.token_hex(8)
        now = self._clock.now()
        fresh = Approval(new, now, replace(ended.request, call_id=new), ended.risk, ended.risk_why)
        with self.store.db.transaction():
            if not comes_back(ended) or not self.store.repeat(id, new, digest):
                raise Late(self.get(id), "it cannot be allowed again, or has been already")
            self.store.add(fresh)
            self.store.leave(new, new, now, *self._end_of(RETRY))
            self._bus.publish("approval.repeated", {"id": id})
            return self._settle(fresh, ALLOWED, Answer(True), surface, device)

    def refuses_grant(self, approval: Approval) -> str:
        """Why "don't ask again" is not offered for an approval, "" when it is."""
        request = approval.request
        if request.kind != "tool":
            return "a question or a plan is answered once"
        if approval.risk == DANGER:
            return "a dangerous call is allowed once at a time"
        if request.floor:
            return f"`{request.rule}` is a rule of the floor"
        if any(effect.get("kind") == "opaque" or effect.get("path", "") is None for effect in request.effects):
            return "it is not known beforehand what it does"
        return ""

    def _grant(self, approval: Approval) -> None:
        grant = self.store.grant(
            approval, approval.answer.scope, fingerprint(approval.request), title(approval.request), self._clock.now()
        )
        self._bus.publish("grant.made", grant.to_json())

    def covered(self, approval: Approval) -> list[Approval]:
        """The last calls that a grant for this one would have answered, itself left out."""
        same = fingerprint(approval.request)
        return [one for one in self.store.newest() if one.id != approval.id and fingerprint(one.request) == same]

    def revoke(self, id: str) -> bool:
        """Takes a grant back."""
        done = self.store.revoke(id, self._clock.now())
        if done:
            self._bus.publish("grant.revoked", {"id": id})
        return done

    def deliver(self, id: str, call_id: str) -> Approval | None:
        """Hands a settled approval to the call that waits for it; None when it belongs to another call by now."""
        if self.get(id).request.call_id != call_id:
            return None
        # When it was delivered is a note that may fail; the answer is what counts.
        with suppress(Busy), self.store.db.transaction():
            if self.store.deliver(id, self._clock.now()):
                self._bus.publish("approval.delivered", {"id": id})
        return self.get(id)

    def close(self) -> None:
        """Lets go of everyone who waits: they come back to the next supervisor."""
        self.closing = True
        for events in self._waiting.values():
            for event in events:
                event.set()

    def abandon(self, id: str) -> None:
        """The hook that waited is gone while we were here to see it: nobody would hear an answer any more."""
        if not self.closing and not self._waiting.get(id):
            self._alone[id] = self._clock.ticks()
            self._end(id, CANCELLED, GONE)

    def end_session(self, session: str) -> None:
        """The session is over: nobody comes back for what it asked."""
        for approval in self.store.pending():
            if approval.request.session == session:
                self._end(approval.id, CANCELLED, "the agent's session ended")

    def answered_dialog(self, session: str, digest: str) -> Approval | None:
        """The allowed approval that also answers the dialog which the client raises for the same call."""
        return self.store.answered(session, digest, self._clock.ticks())

    def get(self, id: str) -> Approval:
        """One approval.  Raises Unknown."""
        approval = self.store.get(id)
        if approval is None:
            raise Unknown(f"there is no approval `{id}`", "`leashd approvals list` shows what waits")
        return approval

    def expire(self) -> None:
        """Ends what has waited long enough, and what no hook comes back for.

        Time is measured, not read off the date, which may jump.
        """
        now = self._clock.ticks()
        for id in [id for id, end in self._deadlines.items() if end <= now]:
            self._end(id, EXPIRED, "nobody answered in time")
        for id in [id for id, end in self._alone.items() if end <= now]:
            self._end(id, CANCELLED, GONE)

    def seconds_left(self, approval: Approval) -> float | None:
        """Seconds until an approval expires; None when it waits for ever, or no more."""
        end = self._deadlines.get(approval.id) if approval.state == PENDING else None
        return None if end is None else max(0.0, end - self._clock.ticks())

    async def watch(self) -> None:
        """Expires approvals for as long as the supervisor runs."""
        while True:
            await asyncio.sleep(TICK)
            try:
                self.expire()
            except Busy:
                continue  # the next look finds them again

    def _end(self, id: str, state: str, why: str) -> None:
        approval = self.store.get(id)
        if approval is not None and approval.state == PENDING:
            with suppress(Late):
                self._settle(approval, state, Answer(False, why), "supervisor", "")
        self._forget(id)

    def _settle(
        self, approval: Approval, state: str, answer: Answer, surface: str, device: str, digest: str | None = None
    ) -> Approval:
        now, ticks = self._clock.now(), self._clock.ticks()
        with self.store.db.transaction():
            won = self.store.settle(approval.id, state, now, answer, surface, device, digest, ticks)
            if won:
                # Before anybody else hears of it: whatever fails there, the hook has its answer.
                self.store.db.after_commit(lambda: self._wake(approval.id))
                self._bus.publish("approval.settled", {"id": approval.id, "state": state, "surface": surface})
        found = self.get(approval.id)
        if not won:
            pending = found.state == PENDING
            raise Late(found, "the call is not the one that was shown" if pending else f"it is {found.state} already")
        return found

    def _wake(self, id: str) -> None:
        self._forget(id)
        for event in self._waiting.get(id, ()):
            event.set()

    def _forget(self, id: str) -> None:
        self._deadlines.pop(id, None)
        self._alone.pop(id, None)

    def _arm(self, approval: Approval) -> None:
        if approval.deadline is None or approval.state != PENDING:
            self._deadlines.pop(approval.id, None)
        else:
            # Ticks go on while the supervisor is away.  They begin anew with the machine, where no hook is left.
            longest = max(approval.request.timeout or 0.0, LEFT)
            self._deadlines[approval.id] = min(approval.deadline, self._clock.ticks() + longest)


def title(request: Request) -> str:
    """A request in one line."""
    for name in ("command", "file_path", "url", "pattern", "notebook_path"):
        if isinstance(request.input.get(name), str):
            return f"{request.tool} {request.input[name]}"
    return request.tool

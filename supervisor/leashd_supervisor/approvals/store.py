"""Approvals and grants in the database.  The tests' memory backend is the same code on SQLite's `:memory:`."""

from __future__ import annotations

import json
import secrets
import sqlite3
from dataclasses import dataclass
from typing import Any

from leashd_supervisor.approvals.model import DIALOG, PENDING, RETRY, Answer, Approval, Request
from leashd_supervisor.kernel.db import Database

#: Approvals that are kept; what was decided stands in the audit, too.  Counted, because dates can be set.
KEPT = 10_000
#: Approvals from one clearing to the next.
PORTION = 100


@dataclass(frozen=True)
class Grant:
    """A standing yes to the same effects, in a session or a project."""

    id: str
    created: float
    approval: str
    scope: str
    agent: str
    session: str
    project: str
    fingerprint: str
    title: str
    uses: int = 0
    used: float | None = None
    revoked: float | None = None

    def to_json(self) -> dict[str, Any]:
        """The grant as plain data."""
        return dict(vars(self))


class Store:
    """What the service asks of a database."""

    def __init__(self, db: Database) -> None:
        self.db = db

    def asked(self, request: Request) -> Approval | None:
        """The approval of a call that was asked before."""
        row = self.db.row(
            "select * from approval where session = ? and call_id = ? and digest = ?",
            (request.session, request.call_id, request.digest),
        )
        return _approval(row) if row else None

    def add(self, approval: Approval) -> None:
        """Writes a new approval down."""
        request = approval.request
        self.db.execute(
            "insert into approval (id, created, kind, state, agent, session, call_id, digest, tool, risk, rule,"
            " project, request, expires, deadline) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                *(approval.id, approval.created, request.kind, PENDING, request.agent, request.session),
                *(request.call_id, request.digest, request.tool, f"{approval.risk}:{approval.risk_why}", request.rule),
                *(request.project, json.dumps(request.to_json()), approval.expires, approval.deadline),
            ),
        )
        row = self.db.row("select last_insert_rowid() as number")
        if row and row["number"] % PORTION == 0:
            self.db.execute("delete from approval where rowid <= ? and state <> 'pending'", (row["number"] - KEPT,))

    def leave(self, id: str, call_id: str, now: float, expires: float | None, deadline: float | None) -> bool:
        """Notes that the agent was told to come back; False when it is settled, or another call's by now.

        From now on it is no call's: its own id stands where the call's stood.
        """
        return (
            self.db.execute(
                "update approval set left = ?, call_id = id, expires = ?, deadline = ?"
                " where id = ? and call_id = ? and state = 'pending'",
                (now, expires, deadline, id, call_id),
            )
            == 1
        )

    def left(self, request: Request) -> list[Approval]:
        """What an agent was told to come back for with this very call, the oldest first."""
        return [
            _approval(row)
            for row in self.db.rows(
                "select * from approval where session = ? and digest = ? and left is not null order by created",
                (request.session, request.digest),
            )
        ]

    def take(self, id: str, call_id: str, ticks: float, expires: float | None, deadline: float | None) -> bool:
        """Gives to a call what its agent was told to come back for; False when another call was quicker, or the answer
        no longer holds.  The one statement that decides.
        """
        return (
            self.db.execute(
                "update approval set left = null, call_id = ?, expires = ?,"
                " deadline = case state when 'pending' then ? else ? end where id = ? and left is not null"
                " and (state = 'pending' or (state in ('allowed', 'denied') and deadline between ? and ?))",
                (call_id, expires, deadline, ticks + DIALOG, id, ticks, ticks + RETRY),
            )
            == 1
        )

    def settle(
        self,
        id: str,
        state: str,
        now: float,
        answer: Answer,
        surface: str,
        device: str,
        digest: str | None,
        ticks: float,
    ) -> bool:
        """Ends a pending approval; False when somebody else was quicker.  The one statement that decides.

        From now on its deadline says how long the answer holds: for the client's dialog, or an agent that comes back.
        """
        return (
            self.db.execute(
                "update approval set state = ?, settled = ?, answer = ?, surface = ?, device = ?,"
                " deadline = case when left is null then ? else ? end"
                " where id = ? and state = 'pending' and (? is null or digest = ?)",
                (
                    state,
                    now,
                    json.dumps(vars(answer)),
                    surface,
                    device,
                    ticks + DIALOG,
                    ticks + RETRY,
                    id,
                    digest,
                    digest,
                ),
            )
            == 1
        )

    def repeat(self, id: str, new: str, digest: str | None) -> bool:
        """Notes which approval came after one that ended unanswered; False when one did already."""
        return (
            self.db.execute(
                "update approval set again = ? where id = ? and again is null and (? is null or digest = ?)"
                " and state in ('expired', 'cancelled')",
                (new, id, digest, digest),
            )
            == 1
        )

    def deliver(self, id: str, now: float) -> bool:
        """Notes that the call has its answer; False when that was noted before."""
        return self.db.execute("update approval set delivered = ? where id = ? and delivered is null", (now, id)) == 1

    def get(self, id: str) -> Approval | None:
        """One approval."""
        row = self.db.row("select * from approval where id = ?", (id,))
        return _approval(row) if row else None

    def pending(self) -> list[Approval]:
        """Everything that waits, oldest first."""
        return [
            _approval(row) for row in self.db.rows("select * from approval where state = 'pending' order by created")
        ]

    def recent(self, limit: int = 50, before: float | None = None, state: str | None = None) -> list[Approval]:
        """Settled approvals, newest first; those in one state, if one is given."""
        return [
            _approval(row)
            for row in self.db.rows(
                "select * from approval where state <> 'pending' and (? is null or settled < ?)"
                " and (? is null or state = ?) order by settled desc limit ?",
                (before, before, state, state, limit),
            )
        ]

    def answered(self, session: str, digest: str, ticks: float) -> Approval | None:
        """The newest allowed approval of this very call in a session that holds for its dialog, too."""
        row = self.db.row(
            "select * from approval where session = ? and digest = ? and state = 'allowed' and left is null"
            " and deadline between ? and ? order by settled desc",
            (session, digest, ticks, ticks + DIALOG),
        )
        return _approval(row) if row else None

    def history(self, rule: str, tool: str, project: str) -> tuple[int, int]:
        """How often calls under this rule with this tool in this project were allowed and denied by a person."""
        rows = self.db.rows(
            "select state, count(*) as number from approval where rule = ? and tool = ? and project = ?"
            " and state in ('allowed', 'denied') group by state",
            (rule, tool, project),
        )
        counts = {row["state"]: row["number"] for row in rows}
        return counts.get("allowed", 0), counts.get("denied", 0)

    def grant(self, approval: Approval, scope: str, fingerprint: str, title: str, now: float) -> Grant:
        """Writes a standing yes down."""
        request = approval.request
        grant = Grant(
            secrets.token_hex(8), now, approval.id, scope, request.agent, request.session, request.project, fingerprint,
            title,
        )  # fmt: skip
        self.db.execute(
            "insert into grant_ (id, created, approval, scope, agent, session, project, fingerprint, title)"
            " values (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            tuple(vars(grant).values())[:9],
        )
        return grant

    def granted(self, request: Request, fingerprint: str) -> Grant | None:
        """The standing yes that covers a request."""
        row = self.db.row(
            "select * from grant_ where fingerprint = ? and agent = ? and revoked is null"
            " and ((scope = 'session' and session = ?) or (scope = 'project' and project = ? and project <> ''))",
            (fingerprint, request.agent, request.session, request.project),
        )
        return Grant(**dict(row)) if row else None

    def use(self, id: str, now: float) -> None:
        """Counts a use of a grant."""
        self.db.execute("update grant_ set uses = uses + 1, used = ? where id = ?", (now, id))

    def revoke(self, id: str, now: float) -> bool:
        """Takes a grant back; False when there is none to take back."""
        return self.db.execute("update grant_ set revoked = ? where id = ? and revoked is null", (now, id)) == 1

    def grants(self) -> list[Grant]:
        """All grants in force, newest first."""
        return [
            Grant(**dict(row))
            for row in self.db.rows("select * from grant_ where revoked is null order by created desc")
        ]

    def newest(self, limit: int = 200) -> list[Approval]:
        """The newest approvals in any state, for the preview of what a grant would have covered."""
        return [
            _approval(row) for row in self.db.rows("select * from approval order by created desc limit ?", (limit,))
        ]


def _approval(row: sqlite3.Row) -> Approval:
    request = json.loads(row["request"])
    risk, _, why = row["risk"].partition(":")
    return Approval(
        id=row["id"],
        created=row["created"],
        request=Request(**{**request, "call_id": row["call_id"], "effects": tuple(request["effects"])}),
        risk=risk,
        risk_why=why,
        state=row["state"],
        expires=row["expires"],
        settled=row["settled"],
        surface=row["surface"],
        device=row["device"],
        answer=Answer(**{"allow": False, **json.loads(row["answer"])}),
        delivered=row["delivered"],
        left=row["left"],
        again=row["again"],
        deadline=row["deadline"],
    )

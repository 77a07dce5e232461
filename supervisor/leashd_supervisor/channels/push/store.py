"""Subscriptions in the database."""

from __future__ import annotations

from leashd_supervisor.channels.push.model import Subscription
from leashd_supervisor.kernel.db import Database

#: More subscriptions than a person has devices; the oldest goes.
MOST = 50


class Subscriptions:
    """Which devices get messages, and where."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def add(self, new: Subscription) -> Subscription:
        """Adds a subscription; the same address again belongs to whoever came with it last."""
        with self._db.transaction():
            self._db.execute(
                "insert into push_subscription (id, device, name, endpoint, p256dh, auth, created)"
                " values (?, ?, ?, ?, ?, ?, ?) on conflict (endpoint) do update set device = excluded.device,"
                " name = excluded.name, p256dh = excluded.p256dh, auth = excluded.auth",
                (new.id, new.device, new.name, new.endpoint, new.p256dh, new.auth, new.created),
            )
            self._db.execute(
                "delete from push_subscription where id in"
                " (select id from push_subscription order by created desc limit -1 offset ?)",
                (MOST,),
            )
            row = self._db.row("select * from push_subscription where endpoint = ?", (new.endpoint,))
        return Subscription(**dict(row)) if row else new

    def all(self) -> list[Subscription]:
        """Every subscription, oldest first."""
        return [Subscription(**dict(row)) for row in self._db.rows("select * from push_subscription order by created")]

    def get(self, id: str) -> Subscription | None:
        """One subscription."""
        row = self._db.row("select * from push_subscription where id = ?", (id,))
        return Subscription(**dict(row)) if row else None

    def remove(self, id: str) -> bool:
        """Takes a subscription away; False when there is none."""
        return self._db.execute("delete from push_subscription where id = ?", (id,)) == 1

    def forget_device(self, device: str) -> None:
        """Takes away what belongs to a device that is no longer let in."""
        self._db.execute("delete from push_subscription where device = ?", (device,))

    def succeeded(self, id: str, now: float) -> None:
        """Notes that a service took a message."""
        self._db.execute("update push_subscription set success = ?, error = '' where id = ?", (now, id))

    def failed(self, id: str, now: float, error: str) -> None:
        """Notes that it did not, and why."""
        self._db.execute("update push_subscription set failure = ?, error = ? where id = ?", (now, error, id))

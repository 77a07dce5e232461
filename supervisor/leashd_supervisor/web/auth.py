"""Who may come in at people's door: one key, one-time pairing codes, and the sessions of devices.

The database holds hashes only: whoever reads it cannot come in.  A right key or code is let in whatever strangers have
tried before; wrong ones are counted for each credential and in all, never by address, which a tunnel makes the same for
everybody and a header can say anything about.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import secrets
import time
from collections import OrderedDict, deque
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from leashd_supervisor.kernel.clock import Clock
from leashd_supervisor.kernel.db import Database
from leashd_supervisor.kernel.errors import Busy

#: Bytes of chance in a key, a session and a pairing code.
KEY_BYTES, SESSION_BYTES = 32, 32
#: What a code is made of: no letter that looks like another.  Twelve of them are 59 bits, which live for a minute.
ALPHABET, CODE_LENGTH = "ABCDEFGHJKMNPQRSTVWXYZ23456789", 12
CODE_SECONDS = 60.0
#: A device that was away for longer pairs again; seconds.
IDLE = 30 * 24 * 3600.0
#: More devices than a person has; the one that was not seen for longest goes.
DEVICES = 100
#: Seconds between two notes of when a device was seen.
SEEN = 60.0
_SCRYPT: dict[str, Any] = {"n": 2**14, "r": 8, "p": 1, "dklen": 32}


def ensure_key(db: Database) -> str | None:
    """Makes the key when there is none: the key, to be shown this once; None when there is one already."""
    if db.row("select 1 from owner_key"):
        return None
    return reset_key(db)


def reset_key(db: Database) -> str:
    """Makes a new key, to be shown this once.  The old one, every device and every code hold no longer, and nobody is
    notified who was.
    """
    key = "leashd-" + secrets.token_urlsafe(KEY_BYTES)
    salt = secrets.token_bytes(16)
    with db.transaction():
        for table in ("owner_key", "device", "pairing", "push_subscription"):
            db.execute(f"delete from {table}")  # noqa: S608 - names of ours
        db.execute(
            "insert into owner_key (id, made, tag, salt, hash) values (1, ?, ?, ?, ?)",
            (time.time(), _tag(key), salt, _stretched(key, salt)),
        )
    return key


async def is_key(db: Database, given: str) -> bool:
    """Whether this is the key.

    Four bytes of its digest are looked at first, so that strangers cannot keep the machine busy with scrypt: 224 of
    its 256 bits are left to guess.
    """
    row = db.row("select tag, salt, hash from owner_key")
    if row is None or not hmac.compare_digest(_tag(given), row["tag"]):
        return False
    found = await asyncio.to_thread(_stretched, given, row["salt"])
    return hmac.compare_digest(found, row["hash"])


def _tag(key: str) -> bytes:
    return _digest("key:" + key)[:4]


def _stretched(key: str, salt: bytes) -> bytes:
    return hashlib.scrypt(key.encode(), salt=salt, **_SCRYPT)


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()


@dataclass(frozen=True)
class Device:
    """Somebody who is in: a browser or a terminal."""

    id: str
    name: str
    how: str
    created: float
    seen: float

    def to_json(self) -> dict[str, Any]:
        """The device as plain data."""
        return dict(vars(self))


class Devices:
    """Sessions and pairing codes."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db = db
        self._clock = clock

    def enter(self, name: str, how: str) -> str:
        """Lets a device in, under a name of its own; its session, which is stored nowhere."""
        session = secrets.token_urlsafe(SESSION_BYTES)
        now = self._clock.now()
        with self._db.transaction():
            self._db.execute("delete from device where seen < ?", (now - IDLE,))
            self._db.execute(
                "delete from device where id in (select id from device order by seen desc limit -1 offset ?)",
                (DEVICES - 1,),
            )
            self._db.execute(
                "insert into device (id, session, name, how, created, seen) values (?, ?, ?, ?, ?, ?)",
                (secrets.token_hex(6), _digest(session), self._free(name), how, now, now),
            )
        return session

    def _free(self, name: str) -> str:
        taken = {row["name"] for row in self._db.rows("select name from device")}
        return next(one for at in range(1, DEVICES + 2) if (one := name if at == 1 else f"{name} {at}") not in taken)

    def of_session(self, session: str) -> Device | None:
        """The device of a session; notes that it was seen."""
        now = self._clock.now()
        row = self._db.row(
            "select id, name, how, created, seen from device where session = ? and seen >= ?",
            (_digest(session), now - IDLE),
        )
        if row is None:
            return None
        if now - row["seen"] > SEEN:
            with suppress(Busy):  # a full disk keeps nobody out
                self._db.execute("update device set seen = ? where id = ?", (now, row["id"]))
        return Device(**dict(row))

    def holds(self, id: str) -> bool:
        """Whether a device is still let in."""
        return self._db.row("select 1 from device where id = ?", (id,)) is not None

    def all(self) -> list[Device]:
        """Every device, the one that was seen last first."""
        rows = self._db.rows(
            "select id, name, how, created, seen from device where seen >= ? order by seen desc, created desc",
            (self._clock.now() - IDLE,),
        )
        return [Device(**dict(row)) for row in rows]

    def end(self, id: str) -> bool:
        """Lets a device in no longer; False when there is none such."""
        return self._db.execute("delete from device where id = ?", (id,)) == 1

    def code(self) -> tuple[str, float]:
        """A one-time code for another device, and when it expires."""
        code = "".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH))
        now = self._clock.now()
        with self._db.transaction():
            self._db.execute("delete from pairing where expires <= ?", (now,))
            self._db.execute(
                "insert into pairing (code, expires) values (?, ?)", (_digest("code:" + code), now + CODE_SECONDS)
            )
        return code, now + CODE_SECONDS

    def redeem(self, code: str) -> bool:
        """Whether this is a code that nobody has used; from now on it is used.  Dashes and blanks do not matter."""
        plain = code.upper().replace("-", "").replace(" ", "")
        return (
            self._db.execute(
                "delete from pairing where code = ? and expires > ?", (_digest("code:" + plain), self._clock.now())
            )
            == 1
        )


class Attempts:
    """Counts wrong credentials, in a table that does not grow: what strangers are told to wait."""

    #: Wrong tries of one credential, and of all within a minute, before one is told to wait.
    EACH, ALL = 5, 30
    #: Seconds: the longest wait, and how far back is counted.
    LONGEST, WINDOW = 300.0, 60.0
    #: Credentials that are remembered.
    REMEMBERED = 1000

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._each: OrderedDict[bytes, int] = OrderedDict()
        self._all: deque[float] = deque(maxlen=10 * self.ALL)

    def wrong(self, credential: str) -> float:
        """Notes a wrong credential; how many seconds to wait before the next, 0 for none."""
        now = self._clock.ticks()
        known = _digest(credential)[:8]
        count = self._each[known] = self._each.pop(known, 0) + 1
        if len(self._each) > self.REMEMBERED:
            self._each.popitem(last=False)
        while self._all and self._all[0] < now - self.WINDOW:
            self._all.popleft()
        self._all.append(now)
        over = max(count - self.EACH, len(self._all) - self.ALL)
        return 0.0 if over <= 0 else min(self.LONGEST, 2.0 ** min(over, 10))

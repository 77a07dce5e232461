"""The SQLite database: one connection, WAL, migrations by number.

All statements run on the event loop's thread: each takes microseconds, and one writer can never deadlock with itself.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from leashd_supervisor.kernel.errors import STATE, Busy, SupervisorError
from leashd_supervisor.kernel.migrations import MIGRATIONS

MEMORY = ":memory:"
#: Seconds that a statement waits for another process that holds the database.
PATIENCE = 1.0


class Database:
    """An open database that has the newest schema.  `path` is a file, or `MEMORY`."""

    def __init__(self, path: str) -> None:
        self.path = path
        self._after: list[Callable[[], None]] = []
        if path != MEMORY:
            # Before SQLite makes it: what it makes itself, anyone may read.
            os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
        with _explained(path):
            self._connection = sqlite3.connect(path, timeout=PATIENCE, isolation_level=None)
            self._connection.row_factory = sqlite3.Row
            if path != MEMORY:
                self._connection.execute("pragma journal_mode = wal")
            # An answer that was given survives a power cut.
            self._connection.execute("pragma synchronous = full")
            self._connection.execute("pragma foreign_keys = on")
            self._migrate()

    def _migrate(self) -> None:
        known = int(self._connection.execute("pragma user_version").fetchone()[0])
        if known > len(MIGRATIONS):
            raise SupervisorError(
                f"the database `{self.path}` was made by a newer leashd (schema {known})",
                "update leashd, or move the file away",
                STATE,
            )
        if known < len(MIGRATIONS):
            # All in one: what waits for the disk is the end of a transaction.
            steps = ";".join(MIGRATIONS[known:])
            self._connection.executescript(f"begin; {steps}; pragma user_version = {len(MIGRATIONS)}; commit;")

    def execute(self, statement: str, values: Sequence[Any] | dict[str, Any] = ()) -> int:
        """Runs one statement; the number of rows it changed.  Raises Busy when the database is locked or full."""
        with _explained(self.path):
            return self._connection.execute(statement, values).rowcount

    def rows(self, query: str, values: Sequence[Any] | dict[str, Any] = ()) -> list[sqlite3.Row]:
        """All rows of a query."""
        with _explained(self.path):
            return self._connection.execute(query, values).fetchall()

    def row(self, query: str, values: Sequence[Any] | dict[str, Any] = ()) -> sqlite3.Row | None:
        """The first row of a query."""
        found = self.rows(query, values)
        return found[0] if found else None

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Everything inside happens, or nothing does; one inside another is part of it."""
        if self._connection.in_transaction:
            yield
            return
        with _explained(self.path):
            self._connection.execute("begin immediate")
        try:
            yield
            with _explained(self.path):
                self._connection.execute("commit")
        except BaseException:
            if self._connection.in_transaction:
                self._connection.execute("rollback")
            self._after.clear()
            raise
        after, self._after = self._after, []
        for call in after:
            call()

    def after_commit(self, call: Callable[[], None]) -> None:
        """Calls once what has been written is there to stay; never, when it is taken back."""
        if self._connection.in_transaction:
            self._after.append(call)
        else:
            call()

    def close(self) -> None:
        """Closes the file."""
        self._connection.close()


@contextmanager
def _explained(path: str) -> Iterator[None]:
    try:
        yield
    except sqlite3.OperationalError as error:
        raise Busy(
            f"the database `{path}` cannot be used: {error}", "is the disk full, or another program in it?", STATE
        ) from error
    except sqlite3.DatabaseError as error:
        if isinstance(error, sqlite3.IntegrityError):
            raise
        raise SupervisorError(
            f"the database `{path}` is damaged: {error}", "move it away and start again", STATE
        ) from error

"""The index of the audit in the database.  The audit itself stays what it is: the files that the hooks write."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from leashd_supervisor.audit_log.model import Entry, Query
from leashd_supervisor.kernel.db import Database

#: Entries that are kept; older ones are in the files.
KEPT = 200_000
#: Characters that the index of words needs at least.
TRIGRAM = 3
_COLUMNS = (
    "seq", "time", "session", "agent", "event", "tool", "verdict", "answered", "rule", "reason", "cwd", "text", "words",
    "approval", "surface", "hash",
)  # fmt: skip


@dataclass(frozen=True)
class Place:
    """Up to where the audit was read: a file by its inode, a byte in it, and the hash that stands before that byte."""

    inode: int = 0
    offset: int = 0
    hash: str = ""


class Index:
    """Entries, newest last."""

    def __init__(self, db: Database, words: bool | None = None) -> None:
        self.db = db
        found = db.row("select 1 from pragma_module_list where name = 'fts5'") is not None
        #: Whether there is an index of words; without it a search reads every entry.
        self.words = found if words is None else words
        if self.words:
            db.execute(
                "create virtual table if not exists audit_words using fts5"
                "(words, content = 'audit_entry', content_rowid = 'id', tokenize = 'trigram')"
            )

    def add(self, entries: Sequence[Entry], place: Place) -> list[tuple[int, Entry]]:
        """Adds what is not there yet and notes the place, both or neither; what was added, with its number."""
        added = []
        with self.db.transaction():
            for entry in entries:
                number = self._add(entry)
                if number:
                    added.append((number, entry))
            self.db.execute(
                "insert into audit_place (id, inode, offset, hash) values (1, ?, ?, ?) on conflict (id) do update"
                " set inode = excluded.inode, offset = excluded.offset, hash = excluded.hash",
                (place.inode, place.offset, place.hash),
            )
            if added and added[-1][0] % 1000 < len(added):
                self._forget(added[-1][0] - KEPT)
        return added

    def _add(self, entry: Entry) -> int:
        values = tuple(getattr(entry, name) for name in _COLUMNS)
        marks = ", ".join("?" * len(_COLUMNS))
        insert = f"insert into audit_entry ({', '.join(_COLUMNS)}) values ({marks}) on conflict (hash) do nothing"  # noqa: S608 - names of ours
        if not self.db.execute(insert, values):
            return 0
        row = self.db.row("select last_insert_rowid() as id")
        number = int(row["id"]) if row else 0
        if self.words:
            self.db.execute("insert into audit_words (rowid, words) values (?, ?)", (number, entry.words))
        return number

    def _forget(self, upto: int) -> None:
        if self.words:
            self.db.execute(
                "insert into audit_words (audit_words, rowid, words)"
                " select 'delete', id, words from audit_entry where id <= ?",
                (upto,),
            )
        self.db.execute("delete from audit_entry where id <= ?", (upto,))

    def place(self) -> Place:
        """Up to where the audit was read."""
        row = self.db.row("select inode, offset, hash from audit_place")
        return Place(**dict(row)) if row else Place()

    def search(self, query: Query, before: int | None = None, limit: int = 100) -> list[dict[str, Any]]:
        """Entries that match, newest first, with their number as `id`."""
        conditions, values = self._conditions(query)
        if before is not None:
            conditions.append("id < ?")
            values.append(before)
        where = " and ".join(conditions) or "true"
        rows = self.db.rows(
            f"select * from audit_entry where {where} order by id desc limit ?",  # noqa: S608 - conditions of ours
            [*values, limit],
        )
        return [{name: row[name] for name in row.keys() if name not in ("words", "hash")} for row in rows]  # noqa: SIM118

    def _conditions(self, query: Query) -> tuple[list[str], list[Any]]:
        conditions: list[str] = []
        values: list[Any] = []
        for name in ("rule", "tool"):
            if value := getattr(query, name):
                conditions.append(f"{name} = ?")
                values.append(value)
        if query.verdict:
            # What was decided, or what the agent was told in the end.
            conditions.append("(verdict = ? or answered = ?)")
            values += [query.verdict, query.verdict]
        if query.session:
            conditions.append("substr(session, 1, ?) = ?")
            values += [len(query.session), query.session]
        if self.words and len(query.q) >= TRIGRAM and "\0" not in query.q:
            conditions.append("id in (select rowid from audit_words where audit_words match ?)")
            values.append('"' + query.q.replace('"', '""') + '"')
        elif query.q:
            conditions.append("words like ? escape '\\'")
            values.append("%" + query.q.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%")
        return conditions, values

    def count(self) -> int:
        """How many entries there are."""
        row = self.db.row("select count(*) as number from audit_entry")
        return int(row["number"]) if row else 0

"""The audit for people: every line once, found again, verified, exported."""

import asyncio
import csv
import io
import json
from pathlib import Path

import pytest
from leashd_supervisor.audit_log.model import Query, entry
from leashd_supervisor.audit_log.service import Audit
from leashd_supervisor.audit_log.store import Index
from leashd_supervisor.kernel.bus import Bus
from leashd_supervisor.kernel.clock import SystemClock
from leashd_supervisor.kernel.db import MEMORY, Database
from leashd_supervisor.kernel.metrics import Metrics

from leashd_hooks.audit import FILE, append

BASE = {"event": "PreToolUse", "agent": "claude", "session": "s1", "tool": "Bash", "cwd": "/p", "reason": ""}
DECISIONS = [
    {"verdict": "allow", "answered": "allow", "rule": "git-look", "input": {"command": "git status"}},
    {"verdict": "deny", "answered": "deny", "rule": "force-push", "input": {"command": "git push --force"}},
    {"verdict": "require_approval", "answered": "allow", "rule": "push", "input": {"command": "git push"},
     "approval": "a1", "surface": "page"},
    {"verdict": "allow", "answered": "allow", "rule": "edit", "tool": "Edit", "session": "s2",
     "input": {"file_path": "/p/100%_done.py", "new_string": "naïve Überschrift"}},
    {"verdict": "deny", "answered": "deny", "rule": "credential-read", "session": "s2",
     "input": {"command": "cat .env"}},
]  # fmt: skip


def _write(folder: Path, decisions=DECISIONS, **options) -> None:
    for decision in decisions:
        append(str(folder), {**BASE, **decision}, **options)


class Seen:
    """An audit, its index, and everything that was told of it."""

    def __init__(self, folder: Path, database: str = MEMORY, words: bool | None = None) -> None:
        self.db = Database(database)
        self.bus = Bus(self.db, SystemClock())
        self.told: list = []
        self.bus.watch(self.told.append)
        self.metrics = Metrics()
        self.audit = Audit(folder, Index(self.db, words), self.bus, SystemClock(), self.metrics)

    def catch_up(self) -> int:
        return asyncio.run(self.audit.catch_up())

    def found(self, **query: str) -> list[str]:
        return [one["text"] for one in self.audit.search(Query(**query), None, 100)[0]]


@pytest.fixture(params=[True, False], ids=["with an index of words", "without"])
def seen(request, tmp_path):
    _write(tmp_path / "audit")
    made = Seen(tmp_path / "audit", words=request.param)
    made.catch_up()
    return made


def test_every_line_is_there_once_newest_first(seen):
    assert seen.found() == ["cat .env", "/p/100%_done.py", "git push", "git push --force", "git status"]
    assert seen.catch_up() == 0


SEARCHES = {
    "a word": ({"q": "push"}, ["git push", "git push --force"]),
    "part of a word": ({"q": "stat"}, ["git status"]),
    "any case": ({"q": "PUSH --F"}, ["git push --force"]),
    "a phrase across blanks": ({"q": "git push --force"}, ["git push --force"]),
    "two letters": ({"q": "at"}, ["cat .env", "git status"]),
    "a name of a rule": ({"q": "credential-read"}, ["cat .env"]),
    "what stands in the content": ({"q": "Überschrift"}, ["/p/100%_done.py"]),
    "a percent sign is a percent sign": ({"q": "0%_d"}, ["/p/100%_done.py"]),
    "a percent sign alone": ({"q": "%"}, ["/p/100%_done.py"]),
    "quotes and stars are text": ({"q": '"push*" OR'}, []),
    "one rule": ({"rule": "push"}, ["git push"]),
    "one tool": ({"tool": "Edit"}, ["/p/100%_done.py"]),
    "one verdict": ({"verdict": "deny"}, ["cat .env", "git push --force"]),
    "what a person was asked": ({"verdict": "require_approval"}, ["git push"]),
    "a session by its beginning": ({"session": "s2"}, ["cat .env", "/p/100%_done.py"]),
    "everything at once": ({"q": "env", "verdict": "deny", "session": "s", "tool": "Bash"}, ["cat .env"]),
    "a session is no pattern": ({"session": "%"}, []),
}


@pytest.mark.parametrize("name", SEARCHES)
def test_search_finds(seen, name):
    query, found = SEARCHES[name]
    assert seen.found(**query) == found


def test_pages_follow_each_other_without_a_gap(seen):
    first, following = seen.audit.search(Query(), None, 2)
    second, then = seen.audit.search(Query(), following, 2)
    third, end = seen.audit.search(Query(), then, 2)
    assert [one["seq"] for one in first + second + third] == [5, 4, 3, 2, 1]
    assert end is None


def test_an_entry_tells_who_answered(seen):
    found = seen.audit.search(Query(rule="push"), None, 1)[0][0]
    assert (found["approval"], found["surface"], found["answered"]) == ("a1", "page", "allow")
    assert "words" not in found
    assert "hash" not in found


def test_rotation_loses_and_doubles_nothing(tmp_path):
    folder = tmp_path / "audit"
    seen = Seen(folder)
    for number in range(60):
        _write(folder, [{**DECISIONS[0], "input": {"command": f"echo {number}"}}], limit=2000)
        if number % 7 == 0:
            seen.catch_up()
    seen.catch_up()
    assert len(list(folder.glob("audit-*.jsonl"))) > 5
    assert [int(text.split()[1]) for text in seen.found()] == list(range(59, -1, -1))


def test_a_restart_goes_on_where_it_stopped(tmp_path):
    folder, database = tmp_path / "audit", str(tmp_path / "x.db")
    _write(folder)
    first = Seen(folder, database)
    assert first.catch_up() == 5
    first.db.close()
    _write(folder, DECISIONS[:2])
    second = Seen(folder, database)
    assert second.catch_up() == 2
    assert len(second.found()) == 7


def test_another_file_with_the_same_inode_is_read_from_its_start(tmp_path):
    folder = tmp_path / "audit"
    _write(folder)
    seen = Seen(folder)
    seen.catch_up()
    inode = (folder / FILE).stat().st_ino
    other = tmp_path / "other"
    _write(other, [{**DECISIONS[0], "input": {"command": f"made {number}"}} for number in range(20)])
    (folder / FILE).write_bytes((other / FILE).read_bytes())
    assert (folder / FILE).stat().st_ino == inode
    assert seen.catch_up() == 20


def test_a_line_is_taken_once_it_is_whole(tmp_path):
    folder = tmp_path / "audit"
    _write(folder)
    whole = (folder / FILE).read_bytes()
    (folder / FILE).write_bytes(whole[:-20])
    seen = Seen(folder)
    assert seen.catch_up() == 4
    (folder / FILE).write_bytes(whole)
    assert seen.catch_up() == 1


def test_lines_that_are_no_record_are_passed_over(tmp_path):
    folder = tmp_path / "audit"
    _write(folder, DECISIONS[:1])
    with (folder / FILE).open("ab") as out:
        out.write(b'half a line\n\xff\xfe\n[]\n{"seq": "x"}\n{"seq": 9}\n')
    _write(folder, DECISIONS[1:2])
    seen = Seen(folder)
    assert seen.catch_up() == 2


def test_without_an_audit_there_is_nothing(tmp_path):
    seen = Seen(tmp_path / "nowhere")
    assert seen.catch_up() == 0
    assert asyncio.run(seen.audit.verify())["lines"] == 0


def test_news_are_told_as_they_come_and_old_decisions_are_not(tmp_path, monkeypatch):
    folder = tmp_path / "audit"
    with monkeypatch.context() as patched:
        patched.setattr("leashd_hooks.audit._now", lambda: "2020-01-01T00:00:00.000Z")
        _write(folder)
    seen = Seen(folder)
    seen.catch_up()
    assert seen.told == []
    _write(folder, DECISIONS[1:2])
    seen.catch_up()
    assert [(event.name, event.data["text"], event.data["verdict"]) for event in seen.told] == [
        ("decision", "git push --force", "deny")
    ]


def test_decisions_are_counted_by_rule_and_what_was_told(seen):
    text = seen.metrics.text()
    assert 'leashd_decisions_total{rule="push",verdict="allow"} 1\n' in text
    assert 'leashd_decisions_total{rule="force-push",verdict="deny"} 1\n' in text
    assert "# TYPE leashd_decisions_total counter\n" in text


def test_the_index_forgets_what_is_too_old_and_still_searches(tmp_path, monkeypatch):
    monkeypatch.setattr("leashd_supervisor.audit_log.store.KEPT", 500)
    index = Index(Database(MEMORY))
    place = index.place()
    for portion in range(25):
        numbers = range(portion * 100, portion * 100 + 100)
        index.add([entry({"seq": n, "hash": f"{n:064}", "input": {"command": f"word{n:05}"}}) for n in numbers], place)
    assert index.count() <= 1500
    assert index.search(Query(q="word02499"))[0]["seq"] == 2499
    assert index.search(Query(q="word00001")) == []
    index.db.execute("insert into audit_words (audit_words, rank) values ('integrity-check', 1)")


def test_verify_names_what_was_changed(tmp_path):
    folder = tmp_path / "audit"
    _write(folder)
    seen = Seen(folder)
    good = asyncio.run(seen.audit.verify())
    assert (good["ok"], good["lines"], good["problems"]) == (True, 5, [])
    data = (folder / FILE).read_bytes()
    (folder / FILE).write_bytes(data.replace(b"git status", b"git xxxxxx"))
    bad = asyncio.run(seen.audit.verify())
    assert bad["ok"] is False
    assert bad["problems"] == ["audit.jsonl:1: the line was changed"]


def test_export_as_json_lines_is_what_stands_in_the_files(seen, tmp_path):
    lines = "".join(seen.audit.export("jsonl", Query(verdict="deny"))).splitlines()
    assert [json.loads(line)["rule"] for line in lines] == ["force-push", "credential-read"]
    everything = "".join(seen.audit.export("jsonl", Query())).splitlines()
    files = (tmp_path / "audit" / FILE).read_text().splitlines()
    assert [json.loads(line) for line in everything] == [json.loads(line) for line in files]


def test_export_as_csv_has_one_head_and_no_formula(tmp_path):
    folder = tmp_path / "audit"
    evil = ["=cmd|' /C calc'!A0", "+1", "-1", "@SUM(1)", "\t=1", "\r=1"]
    _write(folder, [{**DECISIONS[0], "rule": rule} for rule in evil] * 40)
    rows = list(csv.reader(io.StringIO("".join(Seen(folder).audit.export("csv", Query())), newline="")))
    assert rows[0][:2] == ["seq", "time"]
    assert len(rows) == 1 + 240
    cells = {row[rows[0].index("rule")] for row in rows[1:]}
    assert cells == {"'" + rule for rule in evil}


def test_an_export_of_nothing_is_a_head_line_alone(tmp_path):
    assert "".join(Seen(tmp_path).audit.export("csv", Query())).startswith("seq,time,")
    assert "".join(Seen(tmp_path).audit.export("jsonl", Query())) == ""


def test_a_search_may_hold_anything(seen):
    for text in ["'", '"', "\\", "%", "_", "*", "^", "a\x00b", "(", "NEAR(", "-", "x" * 400, "🙂🙂🙂", "words:push"]:
        assert seen.found(q=text) is not None


def test_a_call_with_half_a_character_does_not_hold_up_those_behind_it(tmp_path):
    folder = tmp_path / "audit"
    _write(folder, [{**DECISIONS[0], "input": {"command": "echo \ud800 \0 end"}}, DECISIONS[1]])
    seen = Seen(folder)
    assert seen.catch_up() == 2
    assert seen.found(q="end") == ["echo ? ␀ end"]


def test_entries_are_bounded_whatever_a_call_holds():
    huge = {"seq": 1, "hash": "h", "input": {"command": "x" * 10**6, "list": [1] * 10**5}}
    assert len(entry(huge).text) == 500
    assert len(entry(huge).words) == 4000
    assert entry({"seq": 1, "input": None, "rule": 7}).rule == ""


def test_what_cannot_be_added_leaves_no_trace(tmp_path):
    folder = tmp_path / "audit"
    _write(folder)
    seen = Seen(folder)
    seen.db.execute("drop table audit_words")
    with pytest.raises(Exception, match="audit_words"):
        seen.catch_up()
    assert (seen.audit.index.count(), seen.audit.index.place().offset) == (0, 0)


def test_mended_audits_are_read_on(tmp_path):
    folder = tmp_path / "audit"
    _write(folder, DECISIONS[:2])
    with (folder / FILE).open("ab") as out:
        out.write(b'{"seq":3,"time":"half')
    seen = Seen(folder)
    assert seen.catch_up() == 2
    _write(folder, DECISIONS[2:3])
    assert seen.catch_up() == 1

"""The process that reads SQL: what it answers, and that nothing is known whenever it does not."""

import subprocess
import sys
from pathlib import Path

import pytest

from leashd_hooks.shell import sqldoor
from leashd_hooks.shell.command_line import lower
from leashd_hooks.sql import __main__ as process

SHFMT = str(Path(__file__).parents[3] / ".venv" / "bin" / "shfmt")


def test_a_text_is_read_in_a_process_of_its_own() -> None:
    assert sqldoor.read("psql", "explain analyze delete from t", {}) == [{"whole": True, "statement": "delete"}]


def test_the_same_text_is_read_once() -> None:
    known: dict[tuple[str, str], list[dict[str, object]]] = {}
    first = sqldoor.read("psql", "select f(1)", known)
    assert sqldoor.read("psql", "select f(1)", known) is first


def test_only_so_many_texts_of_a_command_line_are_read() -> None:
    known: dict[tuple[str, str], list[dict[str, object]]] = {("psql", str(at)): [] for at in range(sqldoor.MAX_TEXTS)}
    assert "why" in sqldoor.read("psql", "select f(1)", known)[0]


@pytest.mark.parametrize("text", ["select \udce9", "select " + "1" * sqldoor.MAX_BYTES])
def test_a_text_that_is_no_text_or_too_long_is_not_known(text: str) -> None:
    assert "why" in sqldoor.read("psql", text, {})[0]


def test_a_text_with_many_statements_is_cut_off_or_told_whole() -> None:
    found = sqldoor.read("psql", "select f(1);" * 5000, {})
    assert len(found) == 5000 or "why" in found[0]


@pytest.mark.parametrize(
    "interpreter",
    {
        "is missing": "/nonexistent/python",
        "ends with an error": "/bin/false",
        "says nothing": "/bin/true",
    }.items(),
    ids=str,
)
def test_nothing_is_known_when_the_interpreter(interpreter: "tuple[str, str]", monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", interpreter[1])
    assert "why" in sqldoor.read("psql", "select f(1)", {})[0]


@pytest.mark.parametrize("said", ["[]", "{}", "[1]", "not JSON", "x" * (sqldoor.MAX_OUTPUT + 1)])
def test_nothing_is_known_when_the_answer_has_another_shape(
    said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = tmp_path / "python"
    (tmp_path / "said").write_text(said)
    script.write_text(f"#!/bin/sh\ncat >/dev/null\ncat {tmp_path}/said\n")
    script.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(script))
    assert "why" in sqldoor.read("psql", "select f(1)", {})[0]


def test_the_process_ends_itself_when_reading_takes_too_long() -> None:
    code = (
        "import sys; from leashd_hooks.sql import __main__ as process, reader;"
        "process.SECONDS = 1; reader.read = lambda *_: [None for _ in iter(int, 1)]; process.main()"
    )
    ended = subprocess.run([sys.executable, "-I", "-c", code, "psql"], input=b"select 1", capture_output=True)
    assert ended.returncode < 0 or b"MemoryError" in ended.stderr
    assert ended.stdout == b""


def test_the_process_may_take_less_time_than_a_decision() -> None:
    from leashd_hooks import start

    assert process.SECONDS * 2 < start.DEADLINE


def test_without_the_library_the_process_fails(tmp_path: Path) -> None:
    code = "import sys; sys.modules['sqlglot'] = None; from leashd_hooks.sql import __main__ as p; p.main()"
    ended = subprocess.run([sys.executable, "-I", "-c", code, "psql"], input=b"select 1", capture_output=True)
    assert ended.returncode != 0
    assert ended.stdout == b""


@pytest.mark.parametrize(
    "line",
    [
        "psql -c 'select 1'",
        "sqlite3 a.db .tables",
        "mysql -e 'show tables'",
        "psql -c 'drop table t'",
        "psql -c '\\dt'",
    ],
)
def test_everyday_statements_start_no_process(line: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/nonexistent/python")
    effects = lower(line, "/w", "/home/u", SHFMT)
    assert any(effect.kind == "database" and "statement" in effect.fields for effect in effects)
    assert not any(effect.kind == "opaque" for effect in effects)


def test_unread_sql_that_plainly_drops_is_still_a_drop(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/nonexistent/python")
    effects = lower("psql -c 'select f(1); DROP/**/TABLE t'", "/w", "/home/u", SHFMT)
    assert [one.fields.get("statement") for one in effects if one.kind == "database"] == [None, "drop"]
    assert any(effect.kind == "opaque" for effect in effects)

"""`leashd audit`: what the installed hook wrote, read back."""

import csv
import json
import subprocess
import threading

import pytest

from tests.leashd_hooks.terminal import LEASHD


@pytest.fixture
def used(terminal):
    """An installation that decided three calls."""
    terminal.run("install", "claude")
    terminal.hook("Bash", {"command": "git status"})
    terminal.hook("Bash", {"command": "cat .env"}, session_id="s2")
    terminal.hook("Read", {"file_path": f"{terminal.project}/README.md"})
    return terminal


def found(terminal, *args: str) -> list[dict]:
    return [json.loads(line) for line in terminal.run("audit", "tail", "--json", *args).stdout.splitlines()]


def test_the_last_decisions_are_shown(used):
    out = used.run("audit", "tail").stdout
    assert "git status" in out
    assert "credential-read" in out
    assert [record["tool"] for record in found(used, "-n", "2")] == ["Bash", "Read"]


FILTERS = [
    (["--verdict", "deny"], [2]),
    (["--tool", "Read"], [3]),
    (["--rule", "credential-read"], [2]),
    (["--session", "s2"], [2]),
    (["--session", "s"], [1, 2, 3]),
    (["--since", "1h"], [1, 2, 3]),
    (["--since", "2999-01-01"], []),
    (["--verdict", "allow", "--tool", "Bash"], [1]),
]


@pytest.mark.parametrize(("args", "numbers"), FILTERS)
def test_records_can_be_chosen(used, args, numbers):
    assert [record["seq"] for record in found(used, *args)] == numbers
    exported = used.run("audit", "export", *args).stdout.splitlines()
    assert [json.loads(line)["seq"] for line in exported] == numbers


def test_one_record_is_shown_in_full(used):
    record = used.json("audit", "show", "2")
    assert record["verdict"] == "deny"
    assert record["effects"]
    assert record["policy"]
    assert record["ms"] > 0
    assert "credential-read" in used.run("audit", "show", "2").stdout


def test_verifying_says_whether_and_where(used):
    assert used.run("audit", "verify").returncode == 0
    assert used.json("audit", "verify") == {"ok": True, "records": 3, "files": 1, "breaks": [], "notes": []}
    file = used.home / ".leashd" / "audit" / "audit.jsonl"
    file.write_text(file.read_text().replace("credential-read", "credential-reed"))
    done = used.run("audit", "verify")
    assert done.returncode == 1
    assert "audit.jsonl:2: the line was changed" in done.stdout


def test_export_writes_csv_for_spreadsheets(used, tmp_path):
    out = tmp_path / "audit.csv"
    assert used.run("audit", "export", "--format", "csv", "-o", str(out)).returncode == 0
    rows = list(csv.DictReader(out.read_text().splitlines()))
    assert [row["verdict"] for row in rows] == ["allow", "deny", "allow"]
    assert json.loads(rows[0]["input"]) == {"command": "git status"}


def test_a_cell_that_looks_like_a_formula_is_made_text(used, tmp_path):
    used.hook("Bash", {"command": "ls"}, session_id="=cmd|'/c calc'!A1")
    out = used.run("audit", "export", "--format", "csv").stdout
    assert "'=cmd" in out


def test_control_characters_of_a_command_do_not_reach_the_terminal(used):
    used.hook("Bash", {"command": "ls \x1b]0;owned\x07 \x1b[2J"})
    for args in (["audit", "tail"], ["audit", "show", "4"], ["status"]):
        out = used.run(*args).stdout
        assert "\x1b" not in out
        assert "\x07" not in out


def test_following_shows_what_comes(used):
    env = {"HOME": str(used.home), "PATH": "/usr/bin:/bin"}
    command = [*LEASHD, "audit", "tail", "-f", "-n", "1", "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=env, cwd=used.project, text=True) as child:
        assert json.loads(child.stdout.readline())["seq"] == 3
        threading.Timer(0.5, used.hook, ("Bash", {"command": "git log"})).start()
        assert json.loads(child.stdout.readline())["input"] == {"command": "git log"}
        child.terminate()


def test_an_empty_audit_is_no_error(terminal):
    assert "no decision" in terminal.run("audit", "tail").stdout
    assert terminal.run("audit", "verify").returncode == 0
    assert terminal.run("audit", "export").stdout == ""

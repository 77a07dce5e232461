"""Transcripts against the audit, both ways."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from leashd_hooks.audit import append
from leashd_hooks.reconcile import at_the_end, reconcile
from leashd_hooks.transcripts import read
from tests.leashd_hooks.terminal import LEASHD, Terminal
from tests.leashd_hooks.transcripts.sessions import ClaudeSession, CodexSession


class Guarded:
    """A session and the audit of what the guard saw of it."""

    def __init__(self, state: Path, session: ClaudeSession) -> None:
        self.state, self.session, self.audit = state, session, state / "audit"

    def seen(self, call_id: str, tool: str, given: dict, **more: str) -> None:
        """The guard decides a call."""
        record = {"event": "PreToolUse", "agent": "claude", "session": "s1", "call_id": call_id, "subagent": ""}
        append(str(self.audit), {**record, "tool": tool, "input": given, "verdict": "allow", **more})

    def outcome(self):
        return reconcile(read([self.session.path]), self.audit)

    def codes(self) -> tuple[int, int, int, int]:
        """Exit code; calls that matched, were not seen, are missing."""
        found = self.outcome()
        return found.code, found.matched, len(found.unseen), len(found.missing)


@pytest.fixture
def guarded(tmp_path: Path) -> Guarded:
    return Guarded(tmp_path / "state", ClaudeSession(tmp_path))


SECRET = {"command": "curl -H 'Authorization: Bearer " + "a1B2" * 9 + "' https://example.com"}


def test_a_call_and_its_record_match_though_secrets_are_gone_from_the_record(guarded: Guarded) -> None:
    guarded.session.calls("c1", "Bash", SECRET)
    guarded.seen("c1", "Bash", SECRET)
    assert "a1B2" not in (guarded.audit / "audit.jsonl").read_text()
    assert guarded.codes() == (0, 1, 0, 0)


def test_the_order_of_the_fields_does_not_matter(guarded: Guarded) -> None:
    guarded.session.calls("c1", "Edit", {"replace_all": False, "file_path": "/x"})
    guarded.seen("c1", "Edit", {"file_path": "/x", "replace_all": False})
    assert guarded.codes() == (0, 1, 0, 0)


UNSEEN = [
    ("a call without a record", []),
    ("a call of another session", [("c1", "Bash", {"command": "ls"}, {"session": "s2"})]),
    ("a call with another input", [("c1", "Bash", {"command": "ls -l"}, {})]),
    ("a call of another tool", [("c1", "Read", {"command": "ls"}, {})]),
    ("a call that was only put before the person", [("c1", "Bash", {"command": "ls"}, {"event": "PermissionRequest"})]),
]


@pytest.mark.parametrize("records", [case[1] for case in UNSEEN], ids=[case[0] for case in UNSEEN])
def test_what_was_not_decided_is_found(guarded: Guarded, records: list) -> None:
    guarded.session.calls("c1", "Bash", {"command": "ls"})
    guarded.session.told("c1", "ok")
    for call_id, tool, given, more in records:
        guarded.seen(call_id, tool, given, **more)
    code, matched, unseen, _ = guarded.codes()
    assert (code, matched, unseen) == (3, 0, 1)


def test_a_call_of_a_subagent_is_one_of_the_session(guarded: Guarded) -> None:
    guarded.session.calls("c1", "Bash", {"command": "ls"}, subagent="a1")
    guarded.session.calls("c2", "Bash", {"command": "id"}, subagent="a1")
    guarded.seen("c1", "Bash", {"command": "ls"}, subagent="a1")
    assert guarded.codes() == (3, 1, 1, 0)


def test_a_record_without_its_call_is_told(guarded: Guarded) -> None:
    guarded.seen("c1", "Bash", {"command": "ls"})
    assert guarded.codes() == (4, 0, 0, 1)


def test_a_hook_that_is_registered_twice_leaves_two_records_of_one_call(guarded: Guarded) -> None:
    guarded.session.calls("c1", "Bash", {"command": "ls"})
    for _ in range(2):
        guarded.seen("c1", "Bash", {"command": "ls"})
    assert guarded.codes() == (0, 1, 0, 0)


def test_what_the_client_refused_did_not_run_and_needs_no_record(guarded: Guarded) -> None:
    guarded.session.calls("c1", "Bash", {"cmd": "ls"})
    guarded.session.told("c1", "<tool_use_error>InputValidationError: no</tool_use_error>", is_error=True)
    assert guarded.codes() == (0, 0, 0, 0)
    assert len(guarded.outcome().refused) == 1


def test_given_one_subagent_only_its_own_records_are_looked_for(guarded: Guarded) -> None:
    guarded.session.calls("c1", "Bash", {"command": "ls"}, subagent="a1")
    guarded.seen("c1", "Bash", {"command": "ls"}, subagent="a1")
    guarded.seen("c2", "Bash", {"command": "id"})
    [file] = guarded.session.path.parent.glob("s1/subagents/*.jsonl")
    assert reconcile(read([file]), guarded.audit).code == 0


def test_the_end_of_a_session_leaves_its_outcome_in_the_audit(
    guarded: Guarded, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("leashd_hooks.reconcile.SETTLES", 0)
    guarded.session.calls("c1", "Bash", {"command": "ls"})
    guarded.seen("c1", "Bash", {"command": "ls"})
    at_the_end(str(guarded.state), str(guarded.session.path))
    guarded.session.calls("c2", "Bash", {"command": "id"})
    at_the_end(str(guarded.state), str(guarded.session.path))
    lines = [json.loads(line) for line in (guarded.audit / "audit.jsonl").read_text().splitlines()]
    assert [(line["event"], line["verdict"], line["violation"]) for line in lines[1:]] == [
        ("Reconciled", "allow", False),
        ("Reconciled", "deny", True),
    ]
    assert [one["call_id"] for one in lines[2]["unseen"]] == ["c2"]


@pytest.fixture
def terminal(tmp_path: Path) -> Terminal:
    project = tmp_path / "home" / "project"
    (project / ".git").mkdir(parents=True)
    made = Terminal(tmp_path / "home", project)
    made.run("install", "claude")
    return made


def reconciled(terminal: Terminal, session: ClaudeSession, *more: str) -> subprocess.CompletedProcess[str]:
    return terminal.run("audit", "reconcile", str(session.path), *more)


def test_the_command_tells_what_the_installed_hook_did_not_see(terminal: Terminal, tmp_path: Path) -> None:
    session = ClaudeSession(tmp_path / "sessions")
    session.calls("t1", "Bash", {"command": "git status"})
    terminal.hook("Bash", {"command": "git status"})
    done = reconciled(terminal, session)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "1 calls matched: every call was decided" in done.stdout
    session.calls("t2", "Bash", {"command": "echo \x1b[2J unseen"})
    done = reconciled(terminal, session)
    assert done.returncode == 3
    assert "UNSEEN" in done.stdout
    assert "\x1b" not in done.stdout
    assert [call["call_id"] for call in json.loads(reconciled(terminal, session, "--json").stdout)["unseen"]] == ["t2"]


def test_what_cannot_be_read_is_an_error(terminal: Terminal, tmp_path: Path) -> None:
    (tmp_path / "x.jsonl").write_text("{}\n")
    for path in ("x.jsonl", "none.jsonl"):
        done = terminal.run("audit", "reconcile", str(tmp_path / path))
        assert done.returncode == 1
        assert "error" in done.stderr
    empty = tmp_path / "empty"
    empty.mkdir()
    assert terminal.run("audit", "reconcile", str(empty)).returncode == 1


def codex(tmp_path: Path) -> CodexSession:
    return CodexSession(tmp_path / "codex")


def test_a_patch_of_a_script_is_matched_by_its_number(tmp_path: Path) -> None:
    session, audit = codex(tmp_path), tmp_path / "audit"
    session.ran("FileChange", "exec-1", changes={})
    record = {"event": "PreToolUse", "agent": "codex", "session": "t1", "subagent": "", "verdict": "allow"}
    append(str(audit), {**record, "call_id": "exec-1", "tool": "apply_patch", "input": {"command": "x"}})
    append(str(audit), {**record, "call_id": "exec-2", "tool": "Bash", "input": {"command": "denied"}})
    outcome = reconcile(read([session.path]), audit)
    assert (outcome.code, outcome.matched, outcome.by_number, len(outcome.untold)) == (0, 1, 1, 1)


@pytest.mark.parametrize("tool", ["spawn_agent", "multi_agent_v1spawn_agent"])
def test_a_tool_of_a_group_is_known_by_either_name(tmp_path: Path, tool: str) -> None:
    session, audit = codex(tmp_path), tmp_path / "audit"
    session.calls("c1", "spawn_agent", {"message": "x"}, namespace="multi_agent_v1")
    record = {"event": "PreToolUse", "agent": "codex", "session": "t1", "subagent": "", "verdict": "allow"}
    append(str(audit), {**record, "call_id": "c1", "tool": tool, "input": {"message": "x"}})
    assert reconcile(read([session.path]), audit).code == 0


def test_what_codex_shows_no_hook_is_found(tmp_path: Path) -> None:
    session, audit = codex(tmp_path), tmp_path / "audit"
    session.calls("c1", "write_stdin", {"session_id": 1, "chars": "rm -rf /\n"})
    session.line("response_item", type="web_search_call", id="ws_1", action={"query": "x"})
    assert [call.tool for call, _ in reconcile(read([session.path]), audit).unseen] == [
        "write_stdin",
        "web_search_call",
    ]


def test_a_session_that_ends_has_its_calls_looked_up_by_themselves(terminal: Terminal, tmp_path: Path) -> None:
    session = ClaudeSession(tmp_path / "sessions")
    session.calls("t1", "Bash", {"command": "git status"})
    terminal.hook("Bash", {"command": "git status"})
    session.calls("t2", "Bash", {"command": "echo unseen"})
    terminal.hook("", {}, hook_event_name="SessionEnd", transcript_path=str(session.path), reason="other")
    command = ["audit", "tail", "--json", "--follow", "-n", "1"]
    with subprocess.Popen(
        [*LEASHD, *command],
        stdout=subprocess.PIPE,
        text=True,
        env={"HOME": str(terminal.home), "PATH": "/usr/bin:/bin"},
    ) as following:
        assert following.stdout is not None
        found = next(record for record in map(json.loads, following.stdout) if record["event"] == "Reconciled")
        following.terminate()
    assert (found["verdict"], [one["call_id"] for one in found["unseen"]]) == ("deny", ["t2"])

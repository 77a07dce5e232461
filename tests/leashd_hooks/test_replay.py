"""Recorded calls through a policy: what would change, and what cannot be said."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from leashd_hooks.audit import append
from leashd_hooks.cli.replay import judged
from leashd_hooks.policy.compile import compile_policies
from leashd_hooks.replay import CLEANED, CLIENT, INPUT, UNREADABLE, Case, Filter, Outcome, cases, replay
from tests.leashd_hooks.terminal import Terminal
from tests.leashd_hooks.transcripts.sessions import ClaudeSession, CodexSession

ROOT = "/home/me/app"
STRICT = "rules: [{name: ls-deny, action: deny, reason: r, instead: i, when: {effect: run, program: ls}}]"


def found(*paths: Path, **wanted: str) -> tuple[list[Case], Outcome]:
    outcome = Outcome()
    return cases(paths, Filter(**wanted), outcome), outcome


def ran(tmp_path: Path, *cases: Case, policy: str = STRICT) -> Outcome:
    path = tmp_path / "tried.yaml"
    path.write_text(policy)
    bundle = compile_policies([str(path), "default"], [ROOT], "/home/me")
    return replay(list(cases), lambda call: judged(call, bundle), [ROOT], Outcome())


def session(tmp_path: Path) -> ClaudeSession:
    """One call that ran, one that was denied, one that the client refused."""
    made = ClaudeSession(tmp_path / "sessions", cwd=ROOT)
    made.calls("c1", "Bash", {"command": "ls"})
    made.told("c1", "README.md")
    made.calls("c2", "Bash", {"command": "cat .env"})
    made.told("c2", "leashd: denied by `credential-read`: no", is_error=True)
    made.calls("c3", "Bash", {"cmd": "ls"})
    made.told("c3", "<tool_use_error>InputValidationError</tool_use_error>", is_error=True)
    return made


def record(folder: Path, call_id: str, command: str, verdict: str, **more: object) -> None:
    plain = {
        "event": "PreToolUse",
        "agent": "claude",
        "session": "s1",
        "call_id": call_id,
        "cwd": ROOT,
        "mode": "default",
    }
    call = {"tool": "Bash", "input": {"command": command}, "subagent": ""}
    append(str(folder), {**plain, **call, "verdict": verdict, "rule": "then", **more})


def test_a_transcript_tells_what_ran_and_what_was_denied(tmp_path: Path) -> None:
    calls, outcome = found(session(tmp_path).path)
    assert [(case.call.input["command"], case.verdict, case.rule) for case in calls] == [
        ("ls", "allow", ""),
        ("cat .env", "deny", "credential-read"),
    ]
    assert outcome.skipped == {CLIENT: 1}


def test_with_the_audit_a_call_has_the_verdict_that_was_recorded(tmp_path: Path) -> None:
    audit = tmp_path / "audit"
    record(audit, "c1", "ls", "require_approval")
    calls, _ = found(session(tmp_path).path, audit)
    assert [(case.call.call_id, case.verdict, case.rule) for case in calls] == [
        ("c1", "require_approval", "then"),
        ("c2", "deny", "credential-read"),
    ]


def test_a_persons_answer_is_not_what_the_policy_decided(tmp_path: Path) -> None:
    audit = tmp_path / "audit"
    record(audit, "c1", "git push", "allow", approval="a1", approval_state="allowed")
    [case], _ = found(audit)
    assert case.verdict == "require_approval"


def test_a_redacted_call_is_not_judged_by_what_is_left_of_it(tmp_path: Path) -> None:
    audit, secret = tmp_path / "audit", "curl -H 'Authorization: Bearer " + "a1B2" * 9 + "' https://example.com"
    record(audit, "c1", secret, "deny")
    calls, outcome = found(audit)
    assert (calls, outcome.skipped) == ([], {CLEANED: 1})
    made = ClaudeSession(tmp_path / "sessions", cwd=ROOT)
    made.calls("c1", "Bash", {"command": secret})
    [case], outcome = found(audit, made.path)
    assert (case.call.input["command"], case.verdict, outcome.skipped) == (secret, "deny", {})


def test_a_patch_whose_text_is_not_told_is_not_judged(tmp_path: Path) -> None:
    made = CodexSession(tmp_path / "codex")
    made.ran("FileChange", "exec-1", changes={})
    assert found(made.path)[1].skipped == {INPUT: 1}


def test_a_call_that_was_made_nowhere_is_not_judged(tmp_path: Path) -> None:
    made = ClaudeSession(tmp_path / "sessions", cwd="")
    made.calls("c1", "Bash", {"command": "ls"})
    assert found(made.path)[1].skipped == {UNREADABLE: 1}


def test_the_session_and_the_time_can_be_chosen(tmp_path: Path) -> None:
    path = session(tmp_path).path
    assert len(found(path, session="s")[0]) == 2
    assert found(path, session="other")[0] == []


def test_what_would_change_is_counted_by_rule_with_examples(tmp_path: Path) -> None:
    calls, _ = found(session(tmp_path).path)
    outcome = ran(tmp_path, *calls, *calls[:1])
    assert (outcome.judged, outcome.same, dict(outcome.now)) == (3, 1, {"deny": 3})
    [change] = outcome.changes
    assert (change.before, change.after, change.rule_after, change.count, change.stricter) == (
        *("allow", "deny", "ls-deny"),
        *(2, True),
    )
    assert change.examples[0]["about"] == "ls"
    assert change.examples[0]["instead"] == "i"
    assert change.examples[0]["where"].endswith("s1.jsonl:2")


def test_what_nobody_knows_the_outcome_of_is_told_as_such(tmp_path: Path) -> None:
    made = ClaudeSession(tmp_path / "sessions", cwd=ROOT)
    made.calls("c1", "Bash", {"command": "ls"})
    outcome = ran(tmp_path, *found(made.path)[0])
    assert (outcome.untold, outcome.changes) == (1, [])


def test_a_call_in_no_approved_directory_is_counted(tmp_path: Path) -> None:
    made = ClaudeSession(tmp_path / "sessions", cwd="/somewhere/else")
    made.calls("c1", "Bash", {"command": "ls"})
    assert ran(tmp_path, *found(made.path)[0]).outside == 1


def test_rules_in_shadow_tell_what_they_would_make_of_it(tmp_path: Path) -> None:
    trial = STRICT.replace("action: deny", "action: deny, mode: shadow")
    outcome = ran(tmp_path, *found(session(tmp_path).path)[0], policy=trial)
    assert (outcome.changes, outcome.trials) == ([], {"ls-deny": {"deny": 1}})


def test_a_call_that_cannot_be_judged_is_denied(tmp_path: Path) -> None:
    made = ClaudeSession(tmp_path / "sessions", cwd=ROOT)
    made.calls("c1", "Bash", {"command": 7})
    made.told("c1", "ok")
    outcome = ran(tmp_path, *found(made.path)[0])
    assert [(change.after, change.rule_after) for change in outcome.changes] == [("deny", "unreadable-call")]


@pytest.fixture
def terminal(tmp_path: Path) -> Terminal:
    """An installation that has decided two calls."""
    project = tmp_path / "home" / "project"
    (project / ".git").mkdir(parents=True)
    made = Terminal(tmp_path / "home", project)
    made.run("install", "claude")
    made.hook("Bash", {"command": "git status"}, tool_use_id="t1")
    made.hook("Bash", {"command": "ls"}, tool_use_id="t2")
    return made


def test_the_command_tells_that_nothing_changes_under_the_policy_in_force(terminal: Terminal) -> None:
    done = terminal.run("replay")
    assert (done.returncode, done.stdout) == (0, "2 calls judged, 0 would change\n")


def test_the_command_tells_what_would_change_and_its_exit_code_says_so(terminal: Terminal, tmp_path: Path) -> None:
    path = tmp_path / "tried.yaml"
    path.write_text(STRICT)
    done = terminal.run("replay", "--policy", str(path), "--policy", "default")
    assert done.returncode == 2
    assert "2 calls judged, 1 would change: 1 stricter, 0 looser" in done.stdout
    found = json.loads(terminal.run("replay", "--policy", str(path), "--policy", "default", "--json").stdout)
    assert [(change["rule_after"], change["count"]) for change in found["changes"]] == [("ls-deny", 1)]


def test_what_is_no_recording_is_an_error(terminal: Terminal, tmp_path: Path) -> None:
    (tmp_path / "x.jsonl").write_text("{}\n")
    assert terminal.run("replay", str(tmp_path / "x.jsonl")).returncode == 1
    assert terminal.run("replay", str(tmp_path / "none.jsonl")).returncode == 1

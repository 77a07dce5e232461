"""`leashd doctor`: green on a good installation, and red for each way around it."""

import json
import os
import sys
from pathlib import Path

import pytest

from leashd_hooks.install.canary import as_the_host_reads
from leashd_hooks.install.doctor import examine
from leashd_hooks.install.entries import entry_faults, schema_faults
from leashd_hooks.install.place import Place
from leashd_hooks.install.setup import set_up
from leashd_hooks.install.survey import Layer, survey


@pytest.fixture
def here(terminal, monkeypatch):
    """The terminal, and this process in its project."""
    monkeypatch.chdir(terminal.project)
    return terminal


@pytest.fixture
def installed(here, tmp_path, monkeypatch):
    """An installation with a client on PATH that is new enough."""
    set_up(place(here), "user")
    client = tmp_path / "bin" / "claude"
    client.parent.mkdir()
    client.write_text("#!/bin/sh\necho '2.1.330 (Claude Code)'\n")
    client.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}/bin:{os.environ['PATH']}")
    return here


def place(terminal) -> Place:
    return Place(terminal.home, terminal.home / ".leashd", terminal.project, terminal.home / "managed-settings.d")


def doctor(terminal) -> tuple[bool, dict[str, dict]]:
    """Whether all is well, and the worst finding of each check."""
    order = {"ok": 0, "warn": 1, "fail": 2}
    worst: dict[str, dict] = {}
    for finding in examine(survey(place(terminal))):
        if order[finding.state] >= order[worst.get(finding.check, {"state": "ok"})["state"]]:
            worst[finding.check] = finding.to_json()
    return all(finding["state"] != "fail" for finding in worst.values()), worst


def change(terminal, **members) -> None:
    data = json.loads(terminal.settings.read_text())
    terminal.settings.write_text(json.dumps({**data, **members}))


def change_entry(terminal, **members) -> None:
    data = json.loads(terminal.settings.read_text())
    data["hooks"]["PreToolUse"][0]["hooks"][0].update(members)
    terminal.settings.write_text(json.dumps(data))


def test_a_good_installation_is_proved(installed):
    ok, found = doctor(installed)
    assert ok
    for check in ("installed", "entry", "policy", "canary", "audit", "client"):
        assert found[check]["state"] == "ok", found[check]
    assert "deny in" in found["canary"]["found"] or "allow in" in found["canary"]["found"]
    done = installed.run("doctor")
    assert done.returncode == 0
    assert "0 failed" in done.stdout


def test_nothing_installed_is_a_failure_with_the_command_that_mends_it(here):
    ok, found = doctor(here)
    assert not ok
    assert found["installed"]["fix"] == "leashd install claude"
    assert here.run("doctor").returncode == 1


BROKEN = {
    "a shell": (lambda t: change_entry(t, args=None, command="true # leashd-hook"), "canary", "fail"),
    "hook without interpreter": (lambda t: change_entry(t, command="/nowhere/python"), "entry", "fail"),
    "hook without its code": (lambda t: change_entry(t, args=["/x/leashd_hooks/boot.py", "claude"]), "canary", "fail"),
    "a failure that allows": (lambda t: change_entry(t, onFailure="allow"), "entry", "fail"),
    "a short time-out": (lambda t: change_entry(t, timeout=5), "entry", "fail"),
    "a huge time-out": (lambda t: change_entry(t, timeout=3_000_000), "entry", "fail"),
    "an asynchronous hook": (lambda t: change_entry(t, **{"async": True}), "entry", "fail"),
    "a filter": (lambda t: change_entry(t, **{"if": "Bash(ls)"}), "entry", "fail"),
    "a time-out in words": (lambda t: change_entry(t, timeout="60"), "settings", "fail"),
    "an unknown type": (lambda t: change_entry(t, type="exec"), "settings", "fail"),
    "hooks off": (lambda t: change(t, disableAllHooks=True), "disabled", "fail"),
    "simple mode": (lambda t: change(t, env={"CLAUDE_CODE_SIMPLE": "1"}), "environment", "fail"),
    "a shell prefix": (lambda t: change(t, env={"CLAUDE_CODE_SHELL_PREFIX": "/bin/true"}), "environment", "warn"),
    "a preload": (lambda t: change(t, env={"LD_PRELOAD": "/x.so"}), "environment", "warn"),
    "a plugin off": (lambda t: change(t, enabledPlugins={"leashd@market": False}), "plugin", "warn"),
    "bypass by default": (lambda t: change(t, permissions={"defaultMode": "bypassPermissions"}), "bypass", "warn"),
    "broken settings": (lambda t: t.settings.write_text("{"), "settings", "fail"),
    "others may write": (lambda t: t.settings.chmod(0o666), "settings", "warn"),
    "an open state": (lambda t: (t.home / ".leashd").chmod(0o755), "state", "fail"),
    "a broken policy": (lambda t: (t.home / ".leashd" / "policy.yaml").write_text("rulez: []\n"), "policy", "fail"),
    "the audit gone": (lambda t: (t.home / ".leashd" / "audit").symlink_to("/nowhere"), "canary", "fail"),
}


@pytest.mark.parametrize(("harm", "check", "state"), BROKEN.values(), ids=BROKEN.keys())
def test_a_way_around_is_found(installed, harm, check, state):
    harm(installed)
    ok, found = doctor(installed)
    assert found[check]["state"] == state, found
    assert found[check]["fix"]
    assert ok is (state != "fail")


def test_a_tampered_audit_is_found(installed):
    doctor(installed)
    file = installed.home / ".leashd" / "audit" / "audit.jsonl"
    file.write_text(file.read_text().replace("allow", "alloy", 1))
    assert doctor(installed)[1]["audit"]["state"] == "fail"


def test_an_unlocked_floor_rule_is_shown(installed):
    config = installed.home / ".leashd" / "config.yaml"
    config.write_text(config.read_text() + "unlock:\n  - git-force-push\n")
    assert "git-force-push" in doctor(installed)[1]["floor"]["found"]


def test_a_reader_of_sql_that_is_missing_is_named(installed, monkeypatch):
    assert "sqlglot" not in doctor(installed)[1]
    monkeypatch.setitem(sys.modules, "sqlglot", None)
    ok, found = doctor(installed)
    assert ok
    assert found["sqlglot"]["state"] == "warn"
    assert "pip install sqlglot" in found["sqlglot"]["fix"]


def test_an_old_client_is_named(installed, tmp_path):
    (tmp_path / "bin" / "claude").write_text("#!/bin/sh\necho '2.1.197 (Claude Code)'\n")
    found = doctor(installed)[1]["client"]
    assert found["state"] == "warn"
    assert "2.1.197" in found["found"]


def test_another_answerer_of_permission_requests_is_found(installed):
    data = json.loads(installed.settings.read_text())
    data["hooks"]["PermissionRequest"].append({"hooks": [{"type": "command", "command": "/bin/yes-man"}]})
    installed.settings.write_text(json.dumps(data))
    assert "/bin/yes-man" in doctor(installed)[1]["permission-requests"]["found"]


def test_hooks_of_the_project_are_found(installed):
    local = installed.project / ".claude" / "settings.json"
    local.parent.mkdir()
    local.write_text(json.dumps({"hooks": {"Stop": [{"hooks": [{"type": "command", "command": "x"}]}]}}))
    assert doctor(installed)[1]["project-hooks"]["state"] == "warn"


def test_a_skill_that_runs_shell_commands_is_found(installed):
    skill = installed.project / ".claude" / "skills" / "x" / "SKILL.md"
    skill.parent.mkdir(parents=True)
    skill.write_text("Now: !`id`\n")
    assert str(skill) in doctor(installed)[1]["skills"]["found"]
    change(installed, disableSkillShellExecution=True)
    assert doctor(installed)[1]["skills"]["state"] == "ok"


def test_project_settings_alone_are_warned_about(here):
    set_up(place(here), "project")
    assert doctor(here)[1]["subdirectory"]["state"] == "warn"


def test_an_environment_without_hooks_is_found(installed, monkeypatch):
    monkeypatch.setenv("CLAUDE_CODE_SIMPLE", "1")
    assert doctor(installed)[1]["environment"]["state"] == "fail"


READ = [
    (b"", 0, "nothing"),
    (b"", 2, "deny"),
    (b"", 1, "nothing"),
    (b"hello", 0, "nothing"),
    (b"[1]", 0, "nothing"),
    (b"null", 0, "nothing"),
    (b'{"permissionDecision":"deny"}', 0, "nothing"),
    (b'{"hookSpecificOutput":{"permissionDecision":"deny"}}', 0, "nothing"),
    (b'{"hookSpecificOutput":{"hookEventName":"PreToolUse","permissionDecision":"deny"}}', 1, "deny"),
    (b'{"hookSpecificOutput":{"hookEventName":"PreToolUse","permissionDecision":"no"}}', 0, "nothing"),
    (b'{"hookSpecificOutput":{"hookEventName":"PreToolUse","permissionDecision":"ask"}}', 0, "ask"),
    (b'{"hookSpecificOutput":{"hookEventName":"PreToolUse","permissionDecision":"allow"}}', 2, "deny"),
    (b'{"hookSpecificOutput":{"hookEventName":"PreToolUse","permissionDecision":"allow"}} x', 0, "nothing"),
]


@pytest.mark.parametrize(("stdout", "code", "expected"), READ)
def test_an_answer_is_read_as_the_host_reads_it(stdout, code, expected):
    assert as_the_host_reads(stdout, code)[0] == expected


@pytest.mark.parametrize("timeout", [0, -1, "30", True, 2_147_484, 29, None])
def test_time_outs_that_let_calls_through_are_faults(timeout):
    entry = {"command": "/bin/sh", "args": [], "onFailure": "block", "timeout": timeout}
    assert any("time-out" in fault for fault in entry_faults("*", entry))


def test_a_narrow_matcher_is_a_fault():
    entry = {"command": "/bin/sh", "args": [], "onFailure": "block", "timeout": 60}
    assert list(entry_faults("Bash", entry)) == ["the matcher `Bash` leaves tools out"]


def test_hooks_in_odd_shapes_are_no_crash():
    for hooks in ([], {"Stop": {}}, {"Stop": ["x"]}, {"Stop": [{"hooks": "x"}]}, {"Stop": [{"hooks": ["x"]}]}):
        layer = Layer("user", Path("x"), {"hooks": hooks})
        assert list(schema_faults(layer)) == []
        assert layer.ours == {}


def test_a_session_that_never_called_is_found(installed):
    folder = installed.home / ".claude" / "sessions"
    folder.mkdir()
    (folder / "1.json").write_text(json.dumps({"pid": os.getpid(), "sessionId": "s1", "status": "idle"}))
    (folder / "2.json").write_text(json.dumps({"pid": 2**22 + 1, "sessionId": "gone"}))
    (folder / "3.json").write_text("{")
    assert str(os.getpid()) in doctor(installed)[1]["sessions"]["found"]
    installed.hook("Bash", {"command": "git status"}, session_id="s1")
    assert "sessions" not in doctor(installed)[1]


def test_another_installation_or_state_is_doubted(installed, tmp_path):
    other = tmp_path / "leashd_hooks" / "boot.py"
    other.parent.mkdir()
    other.write_text("")
    args = installed.entry()["args"]
    change_entry(installed, args=[*args[:6], "--state", str(tmp_path / "x"), "--home", str(installed.home)])
    assert "keeps its state in" in doctor(installed)[1]["entry"]["found"]
    change_entry(installed, args=[*args[:4], str(other), *args[5:]])
    assert "another installation" in doctor(installed)[1]["entry"]["found"]


def test_managed_settings_close_what_user_settings_leave_open(here):
    set_up(place(here), "user")
    set_up(place(here), "managed")
    here.settings.write_text('{"disableAllHooks": true}')
    found = doctor(here)[1]
    assert found["installed"]["state"] == "ok"
    assert "managed" not in found
    assert "disabled" not in found

"""`leashd install` and `leashd uninstall` for agents other than Claude Code, with the real command."""

import json
from pathlib import Path

import pytest

from tests.leashd_hooks.terminal import Terminal


@pytest.fixture
def terminal(tmp_path: Path) -> Terminal:
    project = tmp_path / "home" / "project"
    (project / ".git").mkdir(parents=True)
    return Terminal(tmp_path / "home", project)


def test_one_command_installs_approves_and_compiles(terminal: Terminal) -> None:
    done = terminal.run("install", "gemini", "--json")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["path"] == f"{terminal.home}/.gemini/settings.json"
    assert told["approved"] == str(terminal.project)
    assert (terminal.home / ".leashd" / "cache" / "policy.bundle").exists()


def test_uninstall_finds_every_place_by_itself(terminal: Terminal) -> None:
    for scope in ("--user", "--project"):
        assert terminal.run("install", "gemini", scope).returncode == 0
    removed = json.loads(terminal.run("uninstall", "gemini", "--json").stdout)
    assert [change["scope"] for change in removed] == ["user", "project"]
    assert "not installed in Gemini CLI here" in terminal.run("uninstall", "gemini").stdout


def test_the_doctor_needs_no_claude_code_where_another_agent_is_guarded(terminal: Terminal) -> None:
    terminal.run("install", "gemini")
    findings = json.loads(terminal.run("doctor", "--json").stdout)["findings"]
    assert not [finding for finding in findings if finding["check"] == "installed" and finding["state"] != "ok"]
    assert [finding["state"] for finding in findings if finding["check"] == "canary"] == ["ok"] * 3

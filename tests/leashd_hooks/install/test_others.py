"""`leashd install AGENT` for the agents beside Claude Code and Codex: what is written, what stays, what is proven."""

import json
from pathlib import Path
from typing import Any

import pytest

from leashd_hooks.install import host as hosts
from leashd_hooks.install.host import SCOPES, Host
from leashd_hooks.install.others import HOSTS
from leashd_hooks.install.place import Place
from leashd_hooks.install.settings_file import SettingsError
from leashd_hooks.install.setup import prepare

GEMINI = next(host for host in HOSTS if host.name == "gemini")
everyone = pytest.mark.parametrize("host", HOSTS, ids=lambda host: host.name)
each_scope = pytest.mark.parametrize("scope", SCOPES)

#: What an agent's file may hold before.
THEIRS: "dict[str, Any]" = {
    "gemini": {
        "theme": "GitHub",
        "hooks": {
            "BeforeTool": [{"matcher": "write_.*", "hooks": [{"type": "command", "command": "true", "name": "mine"}]}],
            "AfterTool": [],
        },
    },
    "copilot": {"version": 1, "hooks": {"preToolUse": [{"type": "command", "bash": "true"}], "sessionStart": []}},
    "cursor": {"version": 1, "hooks": {"preToolUse": [{"command": "./mine.sh", "matcher": "Shell"}], "stop": []}},
}
with_settings = pytest.mark.parametrize("host", [host for host in HOSTS if host.name in THEIRS], ids=lambda h: h.name)


@pytest.fixture
def place(tmp_path: Path) -> Place:
    project = tmp_path / "home" / "project"
    (project / ".git").mkdir(parents=True)
    (project / ".git" / "HEAD").write_text("ref: refs/heads/feature\n")
    return Place(tmp_path / "home", tmp_path / "home" / ".leashd", project)


def _everything(place: Place) -> "dict[str, str]":
    files = [path for path in place.home.rglob("*") if path.is_file() and place.state not in path.parents]
    return {str(path): path.read_text() for path in files if "leashd-backup" not in path.name}


@everyone
@each_scope
def test_taking_it_out_again_leaves_nothing_behind(host: Host, scope: str, place: Place) -> None:
    before = _everything(place)
    assert host.install(place, scope, False).changed
    assert host.installed(place, scope)
    assert not host.installed(place, next(other for other in SCOPES if other != scope))
    assert host.uninstall(place, scope).changed
    assert not host.installed(place, scope)
    assert _everything(place) == before


@everyone
def test_a_second_time_changes_nothing(host: Host, place: Place) -> None:
    host.install(place, "user", False)
    once = _everything(place)
    assert not host.install(place, "user", False).changed
    assert _everything(place) == once
    host.uninstall(place, "user")
    assert not host.uninstall(place, "user").changed


@everyone
def test_nobody_to_ask_is_another_entry_in_the_same_place(host: Host, place: Place) -> None:
    host.install(place, "user", False)
    assert host.install(place, "user", True).changed
    written = host.file(place, "user").read_text()
    assert written.count("boot.py") == written.count("--unattended") > 0


@with_settings
def test_what_else_the_file_says_stays(host: Host, place: Place) -> None:
    path = host.file(place, "user")
    path.parent.mkdir(parents=True)
    path.write_text(before := json.dumps(THEIRS[host.name]) + "\n")
    assert host.install(place, "user", False).backup
    data = json.loads(path.read_text())
    for event, items in THEIRS[host.name]["hooks"].items():
        assert [item for item in data["hooks"][event] if item in items] == items
    host.uninstall(place, "user")
    assert path.read_text() == before


@with_settings
def test_a_file_that_cannot_be_read_is_left_alone(host: Host, place: Place) -> None:
    path = host.file(place, "user")
    path.parent.mkdir(parents=True)
    path.write_text("{")
    with pytest.raises(SettingsError):
        host.install(place, "user", False)
    assert path.read_text() == "{"


@everyone
def test_the_doctor_proves_that_it_decides(host: Host, place: Place) -> None:
    prepare(place, lambda: host.install(place, "user", False))
    findings = list(hosts.examine(host, place, "user", place.project))
    assert [finding.state for finding in findings if finding.check == "canary"] == ["ok"] * 3, findings
    assert not [finding for finding in findings if finding.state == "fail"]


@everyone
def test_the_doctor_says_when_it_does_not_decide(host: Host, place: Place) -> None:
    prepare(place, lambda: host.install(place, "user", False))
    path = host.file(place, "user")
    path.write_text(path.read_text().replace("/leashd_hooks/boot.py", "/gone/leashd_hooks/boot.py"))
    findings = [each for each in hosts.examine(host, place, "user", place.project) if each.check == "canary"]
    assert [finding.state for finding in findings] == ["ok", "ok", "fail"], "a hook that is gone denies, and is named"


@pytest.mark.parametrize("host", [host for host in HOSTS if host.name in ("copilot", "cursor")], ids=lambda h: h.name)
def test_an_entry_that_would_let_calls_run_is_named(host: Host, place: Place) -> None:
    host.install(place, "user", False)
    path = host.file(place, "user")
    path.write_text(path.read_text().replace(str(hosts.TIMEOUT), "30"))
    assert [each.state for each in host.doubts(place, "user") if each.check == "entry"] == ["fail"]


def test_copilot_settings_that_switch_hooks_off_are_named(place: Place) -> None:
    copilot = next(host for host in HOSTS if host.name == "copilot")
    copilot.install(place, "user", False)
    (place.project / ".claude").mkdir()
    (place.project / ".claude" / "settings.json").write_text('{"disableAllHooks": true}')
    assert any(each.check == "disabled" for each in copilot.doubts(place, "user"))
    with pytest.raises(SettingsError, match="disableAllHooks"):
        copilot.install(place, "user", False)


SWITCHED_OFF = [{"hooksConfig": {"enabled": False}}, {"hooksConfig": {"disabled": ["leashd"]}}]


@pytest.mark.parametrize("settings", SWITCHED_OFF, ids=str)
@each_scope
def test_gemini_settings_that_switch_hooks_off_are_named(settings: "dict[str, Any]", scope: str, place: Place) -> None:
    GEMINI.install(place, "user", False)
    path = GEMINI.file(place, scope)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({**hosts.read_settings(path), **settings}))
    assert any(finding.check == "disabled" for finding in GEMINI.doubts(place, "user"))
    with pytest.raises(SettingsError, match="hooksConfig"):
        GEMINI.install(place, "user", False)


def test_gemini_environment_that_runs_code_in_the_shell_of_the_hook_is_named(place: Place) -> None:
    GEMINI.install(place, "user", False)
    (place.project / ".env").write_text("A=1\nexport BASH_ENV=/tmp/x\n")
    assert [each.state for each in GEMINI.doubts(place, "user") if each.check == "environment"] == ["fail"]

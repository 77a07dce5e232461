"""`leashd install claude`: the entry, what stays, what is refused; with the real command and the real hook."""

import json
import os
import stat

import pytest

from leashd_hooks.install import claude
from leashd_hooks.install.claude import is_ours
from leashd_hooks.install.place import Place, git_root
from leashd_hooks.install.settings_file import SettingsError
from leashd_hooks.install.setup import set_up

THEIRS = {
    "model": "opus",
    "permissions": {"allow": ["Bash(ls)"], "deny": []},
    "hooks": {
        "PreToolUse": [{"matcher": "Bash", "hooks": [{"type": "command", "command": "/usr/bin/true"}]}],
        "Stop": [{"hooks": [{"type": "command", "command": "say done"}]}],
    },
    "unknownKey": {"ü": [1, 2.5]},
}


def test_one_command_installs_approves_and_compiles(terminal):
    done = terminal.run("install", "claude")
    assert done.returncode == 0, done.stderr
    assert str(terminal.settings) in done.stdout
    assert f"approved `{terminal.project}`" in done.stdout
    assert (terminal.home / ".leashd" / "cache" / "policy.bundle").exists()
    assert stat.S_IMODE((terminal.home / ".leashd").stat().st_mode) == 0o700


def test_the_entry_is_in_exec_form_with_absolute_paths_and_blocks_on_failure(terminal):
    terminal.run("install", "claude")
    hooks = json.loads(terminal.settings.read_text())["hooks"]
    assert set(hooks) == {"PreToolUse", "PermissionRequest", "ConfigChange", "SessionStart", "SessionEnd"}
    for event, groups in hooks.items():
        (group,) = groups
        assert group.get("matcher") == ("*" if event in ("PreToolUse", "PermissionRequest") else None)
        (entry,) = group["hooks"]
        assert entry["type"] == "command"
        assert os.path.isabs(entry["command"])
        assert entry["args"][:4] == ["-I", "-S", "-X", "utf8"]
        assert entry["args"][4].endswith("/leashd_hooks/boot.py")
        assert entry["args"][5:] == ["claude", "--state", f"{terminal.home}/.leashd", "--home", str(terminal.home)]
        assert entry["timeout"] == 7 * 24 * 3600
        assert entry["onFailure"] == "block"


def test_the_installed_hook_decides(terminal):
    terminal.run("install", "claude")
    allowed = terminal.hook("Bash", {"command": "git status"})
    assert json.loads(allowed.stdout)["hookSpecificOutput"]["permissionDecision"] == "allow"
    denied = terminal.hook("Bash", {"command": "cat .env"})
    assert json.loads(denied.stdout)["hookSpecificOutput"]["permissionDecision"] == "deny"
    assert denied.returncode == 2


def test_the_installed_hook_needs_no_path_and_no_environment(terminal):
    import subprocess

    terminal.run("install", "claude")
    entry = terminal.entry()
    event = {"hook_event_name": "PreToolUse", "cwd": str(terminal.project), "tool_name": "Bash"}
    event["tool_input"] = {"command": "cat .env"}
    hostile = {"PATH": "/nowhere", "HOME": "/nowhere", "PYTHONPATH": str(terminal.project), "PYTHONSTARTUP": "/x"}
    done = subprocess.run(
        [entry["command"], *entry["args"]], input=json.dumps(event), capture_output=True, text=True, env=hostile
    )
    assert done.returncode == 2
    assert '"deny"' in done.stdout


def test_unattended_is_baked_in(terminal):
    terminal.run("install", "claude", "--unattended")
    assert terminal.entry()["args"][-1] == "--unattended"


@pytest.mark.parametrize("scope", ["user", "project", "local"])
def test_a_second_run_changes_nothing(terminal, scope):
    place = Place(terminal.home, terminal.home / ".leashd", terminal.project)
    path = place.settings(scope)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(THEIRS, indent=4))
    assert terminal.json("install", "claude", f"--{scope}")["changed"] is True
    before = path.read_bytes()
    assert terminal.json("install", "claude", f"--{scope}")["changed"] is False
    assert path.read_bytes() == before
    assert len(list(path.parent.glob("*.leashd-backup-*"))) == 1


def test_everything_else_in_the_settings_stays(terminal):
    terminal.settings.parent.mkdir()
    terminal.settings.write_text(json.dumps(THEIRS, indent=4, ensure_ascii=False))
    terminal.run("install", "claude")
    data = json.loads(terminal.settings.read_text())
    assert list(data) == list(THEIRS)
    assert data["hooks"]["PreToolUse"][0] == THEIRS["hooks"]["PreToolUse"][0]
    assert data["hooks"]["Stop"] == THEIRS["hooks"]["Stop"]
    assert {key: value for key, value in data.items() if key != "hooks"} == {
        key: value for key, value in THEIRS.items() if key != "hooks"
    }
    assert "ü" in terminal.settings.read_text()


BEFORE = {
    "no file": None,
    "other settings": json.dumps({"model": "opus"}, indent=2),
    "other hooks, formatted by hand": '{"hooks": {"Stop": [{"hooks": [{"type":"command", "command":"x"}]}]},\n"a":1}\n',
    "an empty object": "{}",
    "empty hooks": '{"hooks": {}}',
}


@pytest.mark.parametrize("text", BEFORE.values(), ids=BEFORE.keys())
def test_uninstalling_leaves_the_file_as_it_was(terminal, text):
    if text is not None:
        terminal.settings.parent.mkdir()
        terminal.settings.write_text(text)
    terminal.run("install", "claude")
    assert terminal.run("uninstall", "claude").returncode == 0
    assert (terminal.settings.read_text() if terminal.settings.exists() else None) == text


def test_uninstalling_keeps_what_others_added_since(terminal):
    terminal.run("install", "claude")
    data = json.loads(terminal.settings.read_text())
    theirs = {"type": "command", "command": "/usr/bin/true"}
    data["hooks"]["PreToolUse"][0]["hooks"].append(theirs)
    data["model"] = "opus"
    terminal.settings.write_text(json.dumps(data))
    terminal.run("uninstall", "claude")
    left = json.loads(terminal.settings.read_text())
    assert left == {"hooks": {"PreToolUse": [{"matcher": "*", "hooks": [theirs]}]}, "model": "opus"}


def test_uninstalling_takes_it_out_of_every_scope_or_of_one(terminal):
    for scope in ("--user", "--project", "--local"):
        terminal.run("install", "claude", scope)
    assert [change["scope"] for change in terminal.json("uninstall", "claude", "--local")] == ["local"]
    assert [change["scope"] for change in terminal.json("uninstall", "claude")] == ["user", "project"]
    assert terminal.json("uninstall", "claude") == []


def test_an_old_entry_is_replaced(terminal):
    old = {"type": "command", "command": "/old/python", "args": ["/old/leashd_hooks/boot.py", "claude"]}
    terminal.settings.parent.mkdir()
    terminal.settings.write_text(json.dumps({"hooks": {"PreToolUse": [{"matcher": "Bash", "hooks": [old]}]}}))
    terminal.run("install", "claude")
    groups = json.loads(terminal.settings.read_text())["hooks"]["PreToolUse"]
    assert [group["matcher"] for group in groups] == ["*"]
    assert "/old/python" not in terminal.settings.read_text().replace(str(terminal.home), "")


REFUSED = {
    "broken JSON": ('{"a": 1,\n nope}', "not valid JSON"),
    "hooks is a list": ('{"hooks": []}', "is no object"),
    "an event is an object": ('{"hooks": {"PreToolUse": {}}}', "is no list"),
    "hooks switched off": ('{"disableAllHooks": true}', "disableAllHooks"),
}


@pytest.mark.parametrize(("text", "told"), REFUSED.values(), ids=REFUSED.keys())
def test_what_would_not_take_effect_is_refused_and_nothing_changes(terminal, text, told):
    terminal.settings.parent.mkdir()
    terminal.settings.write_text(text)
    done = terminal.run("install", "claude")
    assert done.returncode == 1
    assert done.stderr.startswith("error: ")
    assert told in done.stderr
    assert "\nhelp: " in done.stderr
    assert terminal.settings.read_text() == text
    assert terminal.json("dirs") == []


def test_hooks_switched_off_in_another_layer_are_refused_too(terminal):
    local = terminal.project / ".claude" / "settings.local.json"
    local.parent.mkdir()
    local.write_text('{"disableAllHooks": true, "a": 1}')
    assert str(local) in terminal.run("install", "claude").stderr
    fixed = terminal.run("install", "claude", "--fix")
    assert fixed.returncode == 0
    assert json.loads(local.read_text()) == {"a": 1}


def test_a_policy_can_be_chosen(terminal):
    assert terminal.json("install", "claude", "--policy", "default")["policies"] == ["default"]


def test_a_mistyped_policy_is_refused_and_leaves_no_trace(terminal):
    done = terminal.run("install", "claude", "--policy", "defalt")
    assert done.returncode == 1
    assert "defalt" in done.stderr
    assert "help:" in done.stderr
    assert not terminal.settings.exists()
    assert terminal.json("dirs") == []


def test_the_top_of_the_repository_is_approved_from_a_subdirectory(terminal):
    (terminal.project / "src" / "deep").mkdir(parents=True)
    report = terminal.json("install", "claude", cwd=terminal.project / "src" / "deep")
    assert report["approved"] == str(terminal.project)
    assert git_root(terminal.project / "src") == terminal.project


def test_the_home_directory_is_not_approved(terminal):
    report = terminal.json("install", "claude", cwd=terminal.home)
    assert report["changed"] is True
    assert report["approved"] is None
    assert "it holds the whole home directory" in report["notes"][0]


def test_managed_settings_need_root_and_admit_no_other_hooks(tmp_path, monkeypatch):
    place = Place(tmp_path, tmp_path / ".leashd", tmp_path / "p", tmp_path / "managed-settings.d")
    report = set_up(place, "managed")
    data = json.loads((tmp_path / "managed-settings.d" / "leashd.json").read_text())
    assert data["allowManagedHooksOnly"] is True
    assert data["disableSkillShellExecution"] is True
    assert set(data["env"].values()) == {""}
    assert set(data["hooks"]) == set(claude.EVENTS)
    assert stat.S_IMODE(report.change.path.stat().st_mode) == 0o644
    assert claude.uninstall(place, "managed").changed
    assert not report.change.path.exists()
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(SettingsError, match="only root"):
        claude.install(Place(tmp_path, tmp_path / ".leashd", tmp_path / "p"), "managed")


OURS = [
    ({"type": "command", "command": "/x/python", "args": ["-I", "/a/leashd_hooks/boot.py", "claude"]}, True),
    ({"type": "command", "command": "/x/bin/leashd-hook", "args": ["claude"]}, True),
    ({"type": "command", "command": "leashd-hook claude"}, True),
    ({"type": "command", "command": "/x/python", "args": ["/a/boot.py"]}, False),
    ({"type": "command", "command": "echo leashd"}, False),
    ({"type": "http", "url": "http://x"}, False),
    ({"type": "command", "args": "leashd_hooks/boot.py"}, False),
    ("text", False),
]


@pytest.mark.parametrize(("entry", "expected"), OURS)
def test_our_entries_are_told_from_others(entry, expected):
    assert is_ours(entry) is expected


def test_two_installations_at_once_leave_one_entry(terminal):
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(4) as pool:
        done = list(pool.map(lambda _: terminal.run("install", "claude"), range(4)))
    assert [one.returncode for one in done] == [0] * 4, [one.stderr for one in done]
    assert len(json.loads(terminal.settings.read_text())["hooks"]["PreToolUse"]) == 1

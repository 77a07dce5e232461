"""`leashd claude`: what the client is given, what is refused, and that nothing starts when something is wrong."""

from __future__ import annotations

import json
import signal
import subprocess
from pathlib import Path

import pytest

from leashd_hooks.install.place import Place
from leashd_hooks.launch import claude
from leashd_hooks.launch.refusal import Refusal
from tests.leashd_hooks.launch.conftest import Client
from tests.leashd_hooks.terminal import LEASHD

WHY = {
    "hooks": "an argument that starts without hooks is refused",
    "settings": "settings other than leashd's are refused",
    "plugin": "a plugin's hooks are refused",
    "elsewhere": "a session in another process or on another machine is refused",
    "manages": "a command that starts no session is left to the client itself",
}

TAKES_THE_GUARD_AWAY = (
    (["--bare"], WHY["hooks"]),
    (["-p", "go", "--bare"], WHY["hooks"]),
    (["--safe-mode"], WHY["hooks"]),
    (["--settings", "{}"], WHY["settings"]),
    (["--settings={}"], WHY["settings"]),
    (["--setting-sources", "project"], WHY["settings"]),
    (["--setting-sources=user,project,local"], WHY["settings"]),
    (["--plugin-dir", "x"], WHY["plugin"]),
    (["--plugin-url=https://example.com/x.zip"], WHY["plugin"]),
    (["--bg", "go"], WHY["elsewhere"]),
    (["--background"], WHY["elsewhere"]),
    (["--worktree", "--tmux=classic"], WHY["elsewhere"]),
    (["--cloud"], WHY["elsewhere"]),
    (["--desktop"], WHY["elsewhere"]),
    (["agents"], WHY["elsewhere"]),
    (["attach", "1"], WHY["elsewhere"]),
    (["--verbose", "respawn", "--all"], WHY["elsewhere"]),
    (["mcp", "add", "x"], WHY["manages"]),
    (["plugin", "disable", "x"], WHY["manages"]),
    (["update"], WHY["manages"]),
)

PASSES = (
    [],
    ["-p", "go"],
    ["--model", "opus", "--permission-mode", "bypassPermissions", "go on"],
    ["--resume", "--fork-session"],
    ["--mcp-config", "servers.json"],
    ["-p", "say which --settings you have"],
    ["-p", "update the documentation"],
    ["-p", "update"],
)


@pytest.mark.parametrize(("arguments", "why"), TAKES_THE_GUARD_AWAY, ids=lambda value: "-".join(value)[:40])
def test_an_argument_that_takes_the_guard_away_is_refused(arguments: list[str], why: str) -> None:
    with pytest.raises(Refusal) as refused:
        claude.refuse(arguments)
    assert str(refused.value), why
    assert refused.value.help


@pytest.mark.parametrize("arguments", PASSES, ids=" ".join)
def test_other_arguments_pass(arguments: list[str]) -> None:
    claude.refuse(arguments)


def test_the_client_gets_our_settings_first_and_then_its_own_words(client: Client) -> None:
    done = client.start("-p", "--verbose", "--", "--help")
    assert done.returncode == 7, done.stderr
    option, given, *rest = client.arguments
    assert option == "--settings"
    assert rest == ["--setting-sources", "", "--strict-mcp-config", "-p", "--verbose", "--", "--help"]
    settings = json.loads(given)
    assert settings["disableAllHooks"] is False
    assert settings["env"]["CLAUDE_CODE_SHELL_PREFIX"] == ""
    assert {"PreToolUse", "PermissionRequest", "ConfigChange"} <= settings["hooks"].keys()
    assert not client.terminal.settings.exists()


def test_the_hook_that_is_given_decides(client: Client) -> None:
    client.start("-p", "go")
    entry = json.loads(client.arguments[1])["hooks"]["PreToolUse"][0]["hooks"][0]
    event = {"hook_event_name": "PreToolUse", "cwd": str(client.terminal.project), "tool_name": "Bash"}
    event |= {"tool_input": {"command": "cat .env"}, "session_id": "s", "tool_use_id": "t"}  # type: ignore[dict-item]
    done = subprocess.run([entry["command"], *entry["args"]], input=json.dumps(event), capture_output=True, text=True)
    assert done.returncode == 2
    assert "credential-read" in done.stdout


def test_unattended_is_ours_and_reaches_the_hook(client: Client) -> None:
    client.start("--unattended", "-p", "go")
    assert "--unattended" in json.loads(client.arguments[1])["hooks"]["PreToolUse"][0]["hooks"][0]["args"]
    assert client.arguments[-2:] == ["-p", "go"]


def test_help_is_ours_unless_it_stands_behind_a_word_of_the_client(client: Client) -> None:
    assert "leashd claude" in client.start("--help").stdout
    assert not client.started
    client.start("-p", "--help")
    assert client.arguments[-2:] == ["-p", "--help"]


HOSTILE = {
    "CLAUDE_CODE_SIMPLE": "1",
    "CLAUDE_CODE_SAFE_MODE": "1",
    "CLAUDE_CODE_SHELL_PREFIX": "/bin/true",
    "CLAUDE_CODE_MANAGED_SETTINGS_PATH": "/nowhere",
    "CLAUDE_CODE_REMOTE_SETTINGS_PATH": "/nowhere",
    "CLAUDE_ENV_FILE": "/nowhere",
    "CLAUDE_CONFIG_DIR": "/nowhere",
    "CLAUDE_CODE_SOMETHING_NEW": "1",
    "LD_LIBRARY_PATH": "/nowhere",
    "LD_AUDIT": "",
    "PYTHONWARNINGS": "ignore",
    "NODE_OPTIONS": "--max-old-space-size=512",
    "BUN_OPTIONS": "--preload x",
    "BASH_ENV": "/nowhere",
    "BASH_FUNC_ls%%": "() { true; }",
    "ENV": "/nowhere",
}
STAYS = {
    "ANTHROPIC_API_KEY": "sk-fake",
    "ANTHROPIC_BASE_URL": "http://127.0.0.1:9",
    "CLAUDE_CODE_USE_BEDROCK": "1",
    "NODE_EXTRA_CA_CERTS": "/nowhere",
    "HTTPS_PROXY": "http://127.0.0.1:9",
}


def test_what_runs_code_or_switches_hooks_off_stays_behind_and_is_named(client: Client) -> None:
    done = client.start("-p", "go", **HOSTILE, **STAYS)
    assert done.returncode == 7, done.stderr
    assert HOSTILE.keys() & client.environment.keys() == set()
    assert {name: client.environment.get(name) for name in STAYS} == STAYS
    assert [name for name in HOSTILE if name not in done.stderr] == []
    assert done.stdout == ""


def test_the_exit_code_and_the_signals_are_the_clients(client: Client) -> None:
    assert client.start("-p", "go").returncode == 7
    assert client.start("-p", "end-by-signal").returncode == -signal.SIGTERM
    command = [*LEASHD, "claude", "-p", "lots-of-output"]
    where = {"cwd": client.terminal.project, "env": client.variables}
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **where) as process:  # type: ignore[call-overload]
        assert process.stdout.readline() == b"y\n"
        process.stdout.close()
        assert b"roken pipe" not in process.stderr.read()  # `yes` is ended by SIGPIPE, and does not complain


def test_a_version_that_leaves_a_way_around_is_named_and_needs_a_word(client: Client) -> None:
    for version in ("2.1.197", "2.1.294", "not a version"):
        client.version(version)
        refused = client.start("-p", "go")
        assert refused.returncode == 125
        assert "2.1.295" in refused.stderr
        assert "--unsafe-version" in refused.stderr
        assert not client.started
    told = client.start("--unsafe-version", "-p", "go")
    assert told.returncode == 7
    assert "2.1.295" in told.stderr


def test_a_directory_that_is_not_approved_is_said_before_the_start(client: Client) -> None:
    client.terminal.run("remove-dir")
    (client.terminal.home / ".leashd" / "config.yaml").write_text("scratch_directories: []\n")
    done = client.start("-p", "go")
    assert done.returncode == 125
    assert "leashd add-dir" in done.stderr
    assert not client.started


@pytest.mark.parametrize(
    ("file", "text"),
    [("policy.yaml", "version: 1\nrules: ["), ("config.yaml", "no_such: 1\n")],
    ids=["the policy does not load", "the configuration does not load"],
)
def test_a_guard_that_is_broken_starts_no_client(client: Client, file: str, text: str) -> None:
    (client.terminal.home / ".leashd" / file).write_text(text)
    assert client.start("-p", "go").returncode not in (0, 7)
    assert not client.started


def test_a_client_within_the_agents_reach_is_refused(client: Client) -> None:
    inside = client.terminal.project / "bin"
    inside.mkdir()
    (inside / "claude").write_text("#!/bin/sh\n")
    (inside / "claude").chmod(0o755)
    done = client.start("-p", "go", PATH=f"bin::{inside}:{client.variables['PATH']}")
    assert done.returncode == 125
    assert f"`{inside}/claude`" in done.stderr
    link = client.terminal.home / "links" / "claude"
    link.parent.mkdir()
    link.symlink_to(inside / "claude")
    assert client.start("-p", "go", PATH=f"{link.parent}:{client.variables['PATH']}").returncode == 125


def test_without_a_client_on_path_nothing_starts(client: Client) -> None:
    client.program.unlink()
    done = client.start("-p", "go", PATH="/usr/bin:/bin")
    assert done.returncode == 125
    assert "not on PATH" in done.stderr


USER_SETTINGS = (
    ({"model": "opus"}, ""),
    ({"hooks": {"PostToolUse": [{"hooks": [{"type": "command", "command": "true"}]}]}}, ""),
    ({"env": {"EDITOR": "vi"}}, ""),
    ({"env": {"CLAUDE_CODE_SIMPLE": "1"}}, "CLAUDE_CODE_SIMPLE"),
    ({"env": {"LD_PRELOAD": "x.so"}}, "LD_PRELOAD"),
    ({"env": {"PATH": "/nowhere"}}, "PATH"),
    ({"hooks": {"PermissionRequest": [{"hooks": [{"type": "command", "command": "true"}]}]}}, "permission requests"),
)


@pytest.mark.parametrize(("given", "named"), USER_SETTINGS, ids=lambda value: str(value)[:60])
def test_the_users_settings_come_in_when_nothing_in_them_works_against_the_guard(
    tmp_path: Path, given: dict[str, object], named: str
) -> None:
    path = tmp_path / "settings.json"
    path.write_text(json.dumps(given))
    if not named:
        claude.check_user_settings(path)
        return
    with pytest.raises(Refusal, match=named):
        claude.check_user_settings(path)


def test_the_users_settings_come_in_only_when_asked_for(client: Client) -> None:
    client.start("--user-settings", "-p", "go")
    assert client.arguments[2:4] == ["--setting-sources", "user"]


@pytest.mark.parametrize("key", ["allowManagedHooksOnly", "disableAllHooks"])
def test_root_settings_that_let_no_hook_of_ours_run_are_a_reason_not_to_start(tmp_path: Path, key: str) -> None:
    place = Place(tmp_path, tmp_path / ".leashd", tmp_path, tmp_path / "etc" / "managed-settings.d")
    place.managed.mkdir(parents=True)
    (place.managed.parent / "managed-settings.json").write_text(json.dumps({key: True}))
    with pytest.raises(Refusal, match=key):
        claude.check_managed(place)
    ours = claude.claude.with_hooks({}, claude.claude.command(place))
    (place.managed / "leashd.json").write_text(json.dumps({"hooks": ours}))
    claude.check_managed(place)

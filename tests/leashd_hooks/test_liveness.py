"""A change of the client's settings is vetoed when it would take the guard away, and only then."""

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from leashd_hooks import image, liveness, start
from leashd_hooks.liveness import answer, is_wired, removes_guard

OURS: "dict[str, Any]" = {
    "type": "command",
    "command": "/usr/bin/python3",
    "args": ["-I", "-S", "-X", "utf8", str(image.PACKAGE / "boot.py"), "claude", "--state", "/home/me/.leashd"],
    "timeout": 60,
    "onFailure": "block",
}


def _other(**changes: "Any") -> "dict[str, Any]":
    return {"hooks": {"PreToolUse": [{"matcher": "*", "hooks": [{**OURS, **changes}]}]}}


GONE = "no settings file calls leashd"
THEIRS = {"type": "command", "command": "true"}


def _wired(**more: "Any") -> "dict[str, Any]":
    return {"hooks": {"PreToolUse": [{"matcher": "*", "hooks": [OURS]}], **more.pop("hooks", {})}, **more}


KEPT: "dict[str, dict[str, Any]]" = {
    "nothing changed": _wired(),
    "a permission was added": _wired(permissions={"allow": ["Bash(ls)"]}),
    "another hook was added": _wired(hooks={"Stop": [{"hooks": [THEIRS]}]}),
    "a harmless variable was set": _wired(env={"EDITOR": "vi"}),
    "hooks are explicitly not disabled": _wired(disableAllHooks=False),
    "nobody shall be asked": _other(args=[*OURS["args"], "--unattended"]),
}
VETOED: "dict[str, tuple[dict[str, Any], str]]" = {
    "the hook is gone": ({}, "no settings file calls leashd"),
    "another hook took its place": ({"hooks": {"PreToolUse": [{"hooks": [THEIRS]}]}}, "no settings file calls leashd"),
    "the matcher is narrow": (
        {"hooks": {"PreToolUse": [{"matcher": "Read", "hooks": [OURS]}]}},
        "no settings file calls leashd",
    ),
    "nobody waits for the hook": (
        {"hooks": {"PreToolUse": [{"hooks": [{**OURS, "async": True}]}]}},
        "no settings file calls leashd",
    ),
    "the hook is filtered": (
        {"hooks": {"PreToolUse": [{"hooks": [{**OURS, "if": "Bash(x)"}]}]}},
        "no settings file calls leashd",
    ),
    "another program is started with our words": (_other(command="/bin/true"), GONE),
    "Python is told to run something else": (_other(args=["-c", "pass", *OURS["args"]]), GONE),
    "the flags that isolate it are gone": (_other(args=OURS["args"][4:]), GONE),
    "the state is another": (_other(args=[*OURS["args"][:-1], "/tmp/mine"]), GONE),
    "the home is another": (_other(args=[*OURS["args"], "--home", "/tmp/mine"]), GONE),
    "a crash lets the call run": (_other(onFailure="allow"), GONE),
    "the client does not wait": (_other(timeout=1), GONE),
    "all hooks are disabled": (_wired(disableAllHooks=True), "disables all hooks"),
    "a shell prefix is set": (_wired(env={"CLAUDE_CODE_SHELL_PREFIX": "/bin/true"}), "sets `CLAUDE_CODE_SHELL_PREFIX`"),
    "a library is injected": (_wired(env={"LD_PRELOAD": "x.so"}), "sets `LD_PRELOAD`"),
    "the path is changed": (_wired(env={"PATH": "/w"}), "sets `PATH`"),
    "another program answers requests": (
        _wired(hooks={"PermissionRequest": [{"hooks": [THEIRS]}]}),
        "lets another program answer",
    ),
}


@pytest.fixture(autouse=True)
def _started_as_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "orig_argv", [OURS["command"], *OURS["args"]])


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "home" / ".claude").mkdir(parents=True)
    (tmp_path / "project" / ".claude").mkdir(parents=True)
    return tmp_path / "home"


def _event(home: Path, content: "str | None", file: str = "settings.json") -> "dict[str, Any]":
    path = home.parent / "project" / ".claude" / file
    if content is not None:
        path.write_text(content)
    return {
        "hook_event_name": "ConfigChange",
        "source": "project_settings",
        "file_path": str(path),
        "cwd": str(home.parent / "project"),
        "session_id": "s",
    }


@pytest.mark.parametrize("name", KEPT)
def test_a_change_that_keeps_the_guard_passes(name: str, home: Path) -> None:
    assert removes_guard(_event(home, json.dumps(KEPT[name])), str(home)) == ""


@pytest.mark.parametrize("name", VETOED)
def test_a_change_that_weakens_the_guard_is_named(name: str, home: Path) -> None:
    settings, why = VETOED[name]
    assert why in removes_guard(_event(home, json.dumps(settings)), str(home))


def test_a_hook_in_the_users_settings_is_enough(home: Path) -> None:
    (home / ".claude" / "settings.json").write_text(json.dumps(_wired()))
    assert removes_guard(_event(home, "{}"), str(home)) == ""
    assert removes_guard(_event(home, None), str(home)) == ""


def test_the_local_file_can_disable_what_the_other_wires(home: Path) -> None:
    (home / ".claude" / "settings.json").write_text(json.dumps(_wired()))
    event = _event(home, json.dumps({"disableAllHooks": True}), "settings.local.json")
    assert "disables all hooks" in removes_guard(event, str(home))


@pytest.mark.parametrize("content", ["", "{", "[]", "null", '{"hooks": ['])
def test_a_file_that_cannot_be_read_is_vetoed(content: str, home: Path) -> None:
    answered = answer(_event(home, content), str(home / ".leashd"), str(home))
    assert answered[2] == 2
    assert json.loads(answered[0])["decision"] == "block"


def test_a_veto_stands_in_the_audit(home: Path) -> None:
    answer(_event(home, "{}"), str(home / ".leashd"), str(home))
    record = json.loads((home / ".leashd" / "audit" / "audit.jsonl").read_text())
    assert (record["event"], record["verdict"], record["rule"]) == ("ConfigChange", "deny", "guard-removed")


def test_a_session_that_starts_is_told_and_recorded(home: Path) -> None:
    (home / ".leashd").mkdir()
    answered = answer(
        {"hook_event_name": "SessionStart", "source": "startup", "cwd": "/w"}, str(home / ".leashd"), str(home)
    )
    assert "leashd decides every tool call" in json.loads(answered[0])["hookSpecificOutput"]["additionalContext"]
    assert json.loads((home / ".leashd" / "audit" / "audit.jsonl").read_text())["event"] == "SessionStart"


def test_a_session_under_a_broken_policy_is_told_so(home: Path) -> None:
    (home / ".leashd").mkdir()
    (home / ".leashd" / "policy.yaml").write_text("rules: 7\n")
    answered = answer(
        {"hook_event_name": "SessionStart", "source": "startup", "cwd": "/w"}, str(home / ".leashd"), str(home)
    )
    assert "denies every tool call, because its policy is broken" in answered[0]


@pytest.mark.parametrize(
    "settings",
    [{"hooks": 7}, {"hooks": {"PreToolUse": 7}}, {"hooks": {"PreToolUse": [7, {"hooks": 7}, {"hooks": [7]}]}}],
    ids=str,
)
def test_settings_of_another_shape_are_not_wired(settings: "dict[str, Any]") -> None:
    assert not is_wired(settings)


def test_the_client_must_wait_longer_than_the_hook_may_take() -> None:
    assert liveness.DEADLINE == start.DEADLINE


def test_the_end_of_a_session_needs_no_supervisor(home: Path) -> None:
    event = {"hook_event_name": "SessionEnd", "session_id": "s", "reason": "exit", "cwd": "/w"}
    assert answer(event, str(home / ".leashd"), str(home)) == ("", "", 0, "allow")
    assert json.loads((home / ".leashd" / "audit" / "audit.jsonl").read_text())["event"] == "SessionEnd"

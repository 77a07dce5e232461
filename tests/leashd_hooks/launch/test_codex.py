"""The recipe for Codex: what is refused, what stands on the command line, which hooks a session may have."""

from pathlib import Path

import pytest

from leashd_hooks.install import codex as codex_files
from leashd_hooks.install.codex_client import Hook
from leashd_hooks.launch import codex
from leashd_hooks.launch.refusal import Refusal

LINE = "/bin/sh -c '...' leashd /py /x/leashd_hooks/boot.py codex"

REFUSED = [
    (["--search"], "`--search` is refused"),
    (["exec", "--approve-for-me", "go"], "`--approve-for-me` is refused"),
    (["exec", "--dangerously-bypass-hook-trust"], "`--dangerously-bypass-hook-trust` is refused"),
    (["--remote=ws://127.0.0.1:1"], "`--remote` is refused"),
    (["app-server"], "`app-server` is refused"),
    (["-m", "gpt-5.5", "cloud"], "`cloud` is refused"),
    (["login"], "`login` starts no session"),
    (["-m", "gpt-5.5", "exec", "go"], "`exec` stands behind options"),
    (["-c", "features.hooks=false"], "`features.hooks` is refused"),
    (["-cfeatures.hooks=false"], "`features.hooks` is refused"),
    (["-c=features.hooks=false"], "`features.hooks` is refused"),
    (["--config", "features = {hooks = false}"], "`features` is refused"),
    (["--config=features.'hooks'=false"], "`features.hooks` is refused"),
    (["-c", '"features".hooks=false'], "`features.hooks` is refused"),
    (["exec", "--disable", "hooks"], "`features.hooks` is refused"),
    (["exec", "--disable=codex_hooks"], "`features.codex_hooks` is refused"),
    (["exec", "--enable", "unified_exec_tty"], "`features.unified_exec_tty` is refused"),
    (["-c", "hooks.PreToolUse=[]"], "`hooks.PreToolUse` is refused"),
    (["-c", "hooks.state={}"], "`hooks.state` is refused"),
    (["-c", 'web_search="live"'], "`web_search` is refused"),
    (["-c", 'projects={"/w"={trust_level="trusted"}}'], "`projects` is refused"),
    (["-c", 'approvals_reviewer="auto_review"'], "`approvals_reviewer` is refused"),
]


@pytest.mark.parametrize(("arguments", "message"), REFUSED, ids=[" ".join(case[0]) for case in REFUSED])
def test_what_would_take_the_guard_away_is_refused(arguments: "list[str]", message: str) -> None:
    with pytest.raises(Refusal, match=message):
        codex.refuse(arguments)


PASSED = [
    [],
    ["fix the tests"],
    ["exec", "--json", "-m", "gpt-5.5", "-c", 'model_provider="mine"', "go"],
    ["exec", "-c", "features.goals=false", "--enable", "goals"],
    ["exec", "--", "--search"],
    ["resume", "--last"],
]


@pytest.mark.parametrize("arguments", PASSED, ids=" ".join)
def test_everything_else_is_the_user_s(arguments: "list[str]") -> None:
    codex.refuse(arguments)


COMMAND_LINES = [
    ("a terminal", [], ["--no-daemon", "-s", "workspace-write", "-a", "on-request"]),
    ("a prompt", ["-m", "x", "go"], ["--no-daemon", "-s", "workspace-write", "-a", "on-request", "-m", "x", "go"]),
    (
        "a terminal that goes on",
        ["resume", "--last"],
        ["--no-daemon", "-s", "workspace-write", "-a", "on-request", "resume", "--last"],
    ),
    ("a terminal that never asks", ["-a", "never"], ["--no-daemon", "-s", "workspace-write", "-a", "never"]),
    ("a terminal without a sandbox", ["--yolo"], ["--no-daemon", "--yolo"]),
    ("a job", ["exec", "--json", "go"], ["exec", "--ignore-rules", "-s", "workspace-write", "--json", "go"]),
    (
        "a job in a sandbox of the user's",
        ["exec", "-sread-only", "go"],
        ["exec", "--ignore-rules", "-sread-only", "go"],
    ),
    (
        "a job without a sandbox",
        ["e", "--dangerously-bypass-approvals-and-sandbox", "go"],
        ["e", "--ignore-rules", "--dangerously-bypass-approvals-and-sandbox", "go"],
    ),
    ("a review", ["review", "--uncommitted"], ["review", "--uncommitted"]),
]


@pytest.mark.parametrize(("name", "arguments", "expected"), COMMAND_LINES, ids=[case[0] for case in COMMAND_LINES])
def test_ours_stands_before_the_command_of_the_user(name: str, arguments: "list[str]", expected: "list[str]") -> None:
    assert codex.command_line(["-c", "ours"], arguments) == ["-c", "ours", *expected]


def test_settings_of_the_project_stay_out_whoever_trusts_them() -> None:
    assert codex.flags(LINE, ['/w "x"'])[-2:] == ["-c", r'projects={"/w \"x\""={"trust_level"="untrusted"}}']


def test_a_hook_that_is_installed_besides_does_not_ask_again() -> None:
    (state,) = [
        word for word in codex.flags(LINE, (), ["/h/.codex/hooks.json:pre_tool_use:0:0"]) if "hooks.state" in word
    ]
    assert '"/h/.codex/hooks.json:pre_tool_use:0:0"={"enabled"=false}' in state


ENVIRONMENTS = [
    ("OPENAI_API_KEY=x\n# BASH_ENV=/x\n", ""),
    ("A=1\nBASH_ENV=/x\n", "BASH_ENV"),
    ("export LD_PRELOAD=/x\n", "LD_PRELOAD"),
    (" PATH = /x\n", "PATH"),
]


@pytest.mark.parametrize(("text", "name"), ENVIRONMENTS, ids=[case[1] or "nothing" for case in ENVIRONMENTS])
def test_an_environment_file_that_runs_code_is_refused(tmp_path: Path, text: str, name: str) -> None:
    codex.check_environment(tmp_path)
    (tmp_path / ".env").write_text(text)
    if not name:
        codex.check_environment(tmp_path)
        return
    with pytest.raises(Refusal, match=f"sets `{name}`"):
        codex.check_environment(tmp_path)


def test_the_environment_keeps_what_says_who_the_user_is() -> None:
    given = {"PATH": "/bin", "CODEX_HOME": "/h", "CODEX_EXEC_SERVER_URL": "x", "BASH_ENV": "/x", "LD_PRELOAD": "/y"}
    kept, removed = codex.environ(given)
    assert kept == {"PATH": "/bin", "CODEX_HOME": "/h"}
    assert removed == ["BASH_ENV", "CODEX_EXEC_SERVER_URL", "LD_PRELOAD"]


DIRECTORIES = [
    (["exec", "go"], "/w"),
    (["-C", "sub", "go"], "/w/sub"),
    (["--cd=/x"], "/x"),
    (["-C/x"], "/x"),
]


@pytest.mark.parametrize(("arguments", "expected"), DIRECTORIES, ids=[case[1] for case in DIRECTORIES])
def test_the_session_s_directory_is_the_one_that_is_named(arguments: "list[str]", expected: str) -> None:
    assert codex.directory(arguments, Path("/w")) == Path(expected)


def _listed(event: str, **more: object) -> Hook:
    """A hook as `hooks/list` of codex-cli 0.169.0 tells it."""
    hook = {
        "key": f"{codex.FLAGS}:{event}:0:0",
        "eventName": event,
        "handlerType": "command",
        "command": LINE,
        "async": False,
        "matcher": "*",
        "timeoutSec": codex_files.TIMEOUT,
        "sourcePath": codex.FLAGS,
        "source": "sessionFlags",
        "enabled": True,
        "isManaged": False,
        "trustStatus": "trusted",
    }
    return {**hook, **more}


OURS = [_listed("preToolUse"), _listed("permissionRequest")]
OTHER = {"command": "audit", "sourcePath": "/h/.codex/hooks.json"}
MANAGED = {"isManaged": True, "trustStatus": "managed", "command": "/y/leashd_hooks/boot.py codex"}
HOOKS: "list[tuple[str, list[Hook], list[str], str]]" = [
    ("ours, trusted", OURS, [], ""),
    ("ours, and one that nobody trusts", [*OURS, _listed("preToolUse", **OTHER, trustStatus="untrusted")], [], ""),
    ("ours, and one on another event", [*OURS, _listed("stop", **OTHER)], [], ""),
    ("root's alone", [_listed("preToolUse", **MANAGED), _listed("permissionRequest", **MANAGED)], [], ""),
    ("none", [], [], "no hook of leashd on PreToolUse; no hook of leashd on PermissionRequest"),
    ("ours on one event", OURS[:1], [], "no hook of leashd on PermissionRequest"),
    (
        "ours, not trusted",
        [_listed("preToolUse", trustStatus="untrusted"), OURS[1]],
        [],
        "leashd's hook on PreToolUse is untrusted",
    ),
    ("ours, changed", [_listed("preToolUse", trustStatus="modified"), OURS[1]], [], "PreToolUse is modified"),
    ("ours, disabled", [_listed("preToolUse", enabled=False), OURS[1]], [], "PreToolUse is disabled"),
    ("ours for some tools", [_listed("preToolUse", matcher="Bash"), OURS[1]], [], "leashd's hook on PreToolUse"),
    ("ours with another command line", [_listed("preToolUse", command=LINE + " x"), OURS[1]], [], "leashd's hook"),
    ("ours, and another that may change a call", [*OURS, _listed("preToolUse", **OTHER)], [], "can change a call"),
    ("ours, and a complaint", OURS, ["no such event"], "Codex finds fault with its hooks: no such event"),
]


@pytest.mark.parametrize(("name", "listed", "wrong", "message"), HOOKS, ids=[case[0] for case in HOOKS])
def test_a_session_starts_only_with_our_hooks(
    name: str, listed: "list[Hook]", wrong: "list[str]", message: str
) -> None:
    if not message:
        assert codex.check_hooks(listed, wrong, LINE) == []
        return
    with pytest.raises(Refusal, match=message):
        codex.check_hooks(listed, wrong, LINE)


def test_another_that_answers_permission_requests_is_named() -> None:
    told = codex.check_hooks([*OURS, _listed("permissionRequest", **OTHER)], [], LINE)
    assert told == ["`/h/.codex/hooks.json` lets another program answer permission requests"]


@pytest.mark.parametrize(("version", "told"), [((0, 169, 0), ""), ((0, 170, 1), "")])
def test_a_version_that_was_measured_or_later_is_started(version: "tuple[int, ...]", told: str) -> None:
    assert codex.check_version(version, "/codex", False) == told


@pytest.mark.parametrize("version", [(0, 168, 9), ()])
def test_an_older_or_unknown_version_is_named_and_refused(version: "tuple[int, ...]") -> None:
    with pytest.raises(Refusal, match="was not measured"):
        codex.check_version(version, "/codex", False)
    assert "was not measured" in codex.check_version(version, "/codex", True)

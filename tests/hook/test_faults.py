"""Whatever goes wrong, the answer is no, in Claude Code's own terms: a deny on standard output and exit code 2."""

import json
import os
import resource
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from leashd_hooks import image
from tests.hook.guard import Answered, Guard


def denied(answered: Answered, why: str) -> None:
    """Asserts a denial that says `why`."""
    assert answered.code == 2, answered
    assert answered.decision == "deny", answered
    assert why in answered.reason, answered.reason


def _event(guard: Guard, **changes: object) -> bytes:
    event = {**guard.event("Bash", command="ls"), **changes}
    return json.dumps({name: value for name, value in event.items() if value is not ...}).encode()


def test_the_event_that_the_faults_start_from_is_allowed(guard: Guard) -> None:
    answered = guard.send(_event(guard))
    assert (answered.code, answered.decision) == (0, "allow"), answered


INPUT: "dict[str, tuple[Callable[[Guard], bytes], str]]" = {
    "nothing": (lambda guard: b"", "the event is empty"),
    "white space": (lambda guard: b" \n\t ", "the event is empty"),
    "garbage": (lambda guard: b"garbage", "no JSON value"),
    "half an event": (lambda guard: _event(guard)[:-20], "denied, because"),
    "two events": (lambda guard: _event(guard) * 2, "more than one JSON value"),
    "an event and more": (lambda guard: _event(guard) + b"x", "more than one JSON value"),
    "a list": (lambda guard: b"[" + _event(guard) + b"]", "not a JSON object"),
    "null": (lambda guard: b"null", "not a JSON object"),
    "a text": (lambda guard: b'"Bash"', "not a JSON object"),
    "bytes that are not UTF-8": (lambda guard: b"\xff\xfe" + _event(guard), "utf-8"),
    "a byte order mark": (lambda guard: b"\xef\xbb\xbf" + _event(guard), "no JSON value"),
    "NUL bytes": (lambda guard: b"\x00" * 100, "no JSON value"),
    "17 MB": (lambda guard: b'{"x": "' + b"a" * (17 << 20) + b'"}', "is over"),
    "100,000 open brackets": (lambda guard: b"[" * 100_000, "nested too deeply"),
    "5,000 objects in each other": (lambda guard: b'{"a":' * 5_000 + b"1" + b"}" * 5_000, "nested too deeply"),
    "NaN": (lambda guard: b'{"hook_event_name": NaN}', "`NaN` is not JSON"),
    "no event name": (lambda guard: _event(guard, hook_event_name=...), "`None` is not an event"),
    "an unknown event": (lambda guard: _event(guard, hook_event_name="Invented"), "`Invented` is not an event"),
    "an event name that is a list": (lambda guard: _event(guard, hook_event_name=["PreToolUse"]), "is not an event"),
    "no tool": (lambda guard: _event(guard, tool_name=...), "`tool_name` is not"),
    "a tool that is a number": (lambda guard: _event(guard, tool_name=7), "`tool_name` is not"),
    "no tool input": (lambda guard: _event(guard, tool_input=...), "`tool_input` is not"),
    "tool input that is a list": (lambda guard: _event(guard, tool_input=["ls"]), "`tool_input` is not"),
    "no directory": (lambda guard: _event(guard, cwd=...), "`cwd` is not"),
    "a relative directory": (lambda guard: _event(guard, cwd="sub"), "`cwd` is not"),
    "a command that is null": (lambda guard: _event(guard, tool_input={"command": None}), "without a `command`"),
    "a command that is a list": (lambda guard: _event(guard, tool_input={"command": ["ls"]}), "without a `command`"),
    "a path that is an object": (
        lambda guard: _event(guard, tool_name="Read", tool_input={"file_path": {}}),
        "without a `file_path`",
    ),
    "a path that goes round in a circle": (
        lambda guard: _event(guard, tool_name="Read", tool_input={"file_path": _loop(guard)}),
        "circle",
    ),
    "a command of a million words": (
        lambda guard: _event(guard, tool_input={"command": "ls " * 1_000_000}),
        "denied by `too-complex`",
    ),
}


def _loop(guard: Guard) -> str:
    (guard.project / "loop").symlink_to("loop")
    return str(guard.project / "loop" / "x")


@pytest.mark.parametrize("name", INPUT)
def test_input_that_cannot_be_judged_is_denied(name: str, guard: Guard) -> None:
    make, why = INPUT[name]
    denied(guard.send(make(guard)), why)


def _no_policy(guard: Guard) -> None:
    shutil.rmtree(guard.state)


def _broken_policy(guard: Guard) -> None:
    (guard.state / "policy.yaml").write_text("rules:\n  - nmae: x\n")


def _broken_config(guard: Guard) -> None:
    (guard.state / "config.yaml").write_text("approved_directories: [\n")


def _policy_is_a_directory(guard: Guard) -> None:
    (guard.state / "policy.yaml").mkdir()


def _bundle_of_another_shape(guard: Guard) -> None:
    import marshal

    from leashd_hooks import places

    path = Path(places.bundle(str(guard.state)))
    content = marshal.loads(path.read_bytes())
    rule = ("x", "allow", (("how", "invented", ""),), (), None, None, "", "", "")
    content["rules"] = {"read": marshal.dumps((rule,))}
    path.write_bytes(marshal.dumps(content))


def _audit_is_a_file(guard: Guard) -> None:
    (guard.state / "audit").write_text("")


def _audit_file_is_a_directory(guard: Guard) -> None:
    (guard.state / "audit" / "audit.jsonl").mkdir(parents=True)


def _audit_file_is_a_link(guard: Guard) -> None:
    (guard.state / "audit").mkdir(mode=0o700)
    (guard.state / "audit" / "audit.jsonl").symlink_to(guard.project / "elsewhere")


def _slow_pattern(guard: Guard) -> None:
    (guard.state / "policy.yaml").write_text(
        "rules:\n  - {name: slow, tool: Bash, command_patterns: ['(l+)+$'], action: deny, reason: slow}\n"
    )


MACHINE: "dict[str, tuple[Callable[[Guard], None], str]]" = {
    "no state at all": (_no_policy, "outside-approved-directories"),
    "a policy with a mistake": (_broken_policy, "help: did you mean `name`?"),
    "a configuration with a mistake": (_broken_config, "config.yaml"),
    "a policy that is a directory": (_policy_is_a_directory, "policy.yaml"),
    "a compiled policy of another shape": (_bundle_of_another_shape, "unknown test `invented`"),
    "an audit that is a file": (_audit_is_a_file, "audit"),
    "an audit file that is a directory": (_audit_file_is_a_directory, "audit"),
    "an audit file that is a link": (_audit_file_is_a_link, "audit"),
}


@pytest.mark.parametrize("name", MACHINE)
def test_a_state_that_cannot_be_used_is_a_denial(name: str, guard: Guard) -> None:
    spoil, why = MACHINE[name]
    spoil(guard)
    denied(guard.send(guard.event("Read", file_path=str(guard.project / "README.md"))), why)


def test_a_damaged_compiled_policy_is_made_anew(guard: Guard) -> None:
    (guard.state / "cache" / "policy.bundle").write_bytes(b"damaged")
    assert guard.send(_event(guard)).decision == "allow"


def test_an_edited_policy_counts_at_once(guard: Guard) -> None:
    assert guard.send(_event(guard)).decision == "allow"
    rule = "{name: no-ls, when: {effect: run, program: ls}, action: deny, reason: none}"
    (guard.state / "policy.yaml").write_text(f"version: 1\nname: mine\nrules:\n  - {rule}\n")
    denied(guard.send(_event(guard)), "denied by `no-ls`")


def test_a_full_disk_is_a_denial(guard: Guard) -> None:
    def full() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))

    denied(guard.send(_event(guard), preexec_fn=full), "audit")


def test_too_little_memory_is_a_denial(guard: Guard) -> None:
    def small() -> None:
        resource.setrlimit(resource.RLIMIT_AS, (64 << 20, 64 << 20))

    answered = guard.send(b'{"x": "' + b"a" * (15 << 20) + b'"}', preexec_fn=small)
    assert answered.code == 2, answered


def _copy(tmp_path: Path, **broken: str) -> Path:
    package = tmp_path / "copy" / "leashd_hooks"
    shutil.copytree(image.PACKAGE, package, ignore=shutil.ignore_patterns("__pycache__"))
    for module, content in broken.items():
        (package / f"{module}.py").write_text(content)
    return package / "boot.py"


CODE = {
    "a syntax error": ({"hook": "def judge(:\n"}, "SyntaxError"),
    "a missing module": ({"model": "import invented\n"}, "ModuleNotFoundError"),
    "an exception of our own": (
        {"observe": "def observe(effects):\n    raise KeyError('x')\n"},
        "leashd itself failed (KeyError",
    ),
    "an exit of our own": ({"observe": "def observe(effects):\n    raise SystemExit(0)\n"}, "SystemExit"),
    "an answer that is none": ({"observe": "def observe(effects):\n    return None\n"}, "leashd itself failed"),
    "an endless loop": ({"observe": "def observe(effects):\n    while True: pass\n"}, "no decision within"),
}


@pytest.mark.parametrize("name", CODE)
def test_a_fault_in_our_own_code_is_a_denial(name: str, guard: Guard, tmp_path: Path) -> None:
    broken, why = CODE[name]
    guard.boot = _copy(tmp_path, **broken)
    start = guard.boot.with_name("start.py")
    start.write_text(start.read_text().replace("DEADLINE = 30.0", "DEADLINE = 1.0"))
    denied(guard.send(_event(guard)), why)


def test_a_missing_package_blocks_and_says_why(guard: Guard, tmp_path: Path) -> None:
    guard.boot = tmp_path / "leashd_hooks" / "boot.py"
    guard.boot.parent.mkdir()
    for name in ("boot.py", "rescue.py"):
        shutil.copy(image.PACKAGE / name, guard.boot.with_name(name))
    answered = guard.send(_event(guard))
    assert (answered.code, answered.stdout) == (2, "")
    assert "could not start: ModuleNotFoundError" in answered.stderr


def test_a_boot_file_alone_blocks(guard: Guard, tmp_path: Path) -> None:
    guard.boot = Path(shutil.copy(image.PACKAGE / "boot.py", tmp_path / "boot.py"))
    answered = guard.send(_event(guard))
    assert (answered.code, answered.stdout) == (2, "")


def test_a_missing_boot_file_blocks(guard: Guard, tmp_path: Path) -> None:
    guard.boot = tmp_path / "gone.py"
    assert guard.send(_event(guard)).code == 2


def test_without_an_image_the_sources_serve(guard: Guard, tmp_path: Path) -> None:
    guard.boot = _copy(tmp_path)
    assert guard.send(_event(guard)).decision == "allow"


@pytest.mark.parametrize("content", [b"", b"damaged", b"\xe9\x00\x00\x00\x00"], ids=repr)
def test_with_a_damaged_image_the_sources_serve(content: bytes, guard: Guard, tmp_path: Path) -> None:
    guard.boot = _copy(tmp_path)
    damaged = guard.boot.parent / "__pycache__" / image.path().name
    damaged.parent.mkdir()
    damaged.write_bytes(content)
    assert guard.send(_event(guard)).decision == "allow"


ARGUMENTS: "dict[str, tuple[list[str], str]]" = {
    "no agent": ([], "is not an agent"),
    "an unknown agent": (["invented"], "`invented` is not an agent"),
    "an unknown option": (["claude", "--invented"], "`--invented` is not an option"),
    "a state that is relative": (["claude", "--state", "here"], "is not an option"),
    "a state without a directory": (["claude", "--state"], "is not an option"),
    "neither state nor home": (["claude"], "neither `--state` nor HOME"),
}


@pytest.mark.parametrize("name", ARGUMENTS)
def test_arguments_that_make_no_sense_are_a_denial(name: str, guard: Guard) -> None:
    arguments, why = ARGUMENTS[name]
    argv = [*guard.argv[: guard.argv.index(str(guard.boot)) + 1], *arguments]
    answered = guard.send(_event(guard), argv=argv)
    denied(answered, why.replace("`", "`"))


def test_a_closed_standard_output_still_blocks(guard: Guard) -> None:
    script = 'exec "$@" >&-'
    ended = subprocess.run(["sh", "-c", script, "sh", *guard.argv], input=_event(guard), env={}, stderr=subprocess.PIPE)
    assert ended.returncode == 2, ended.stderr


def test_a_closed_standard_input_blocks(guard: Guard) -> None:
    script = 'exec "$@" <&-'
    ended = subprocess.run(["sh", "-c", script, "sh", *guard.argv], env={}, capture_output=True)
    assert ended.returncode == 2, ended.stderr


HOSTILE = ["json.py", "_json.py", "posix.py", "marshal.py", "re.py", "leashd_hooks.py", "sitecustomize.py"]


def test_files_and_variables_of_a_project_put_no_code_into_the_guard(guard: Guard) -> None:
    for name in HOSTILE:
        (guard.project / name).write_text("print('{}'); import sys; sys.exit(0)\n")
    environment = {
        "PYTHONPATH": str(guard.project),
        "PYTHONSTARTUP": str(guard.project / "json.py"),
        "PYTHONHOME": str(guard.project),
        "PYTHONINSPECT": "1",
        "LEASHD_HOME": str(guard.project),
        "HOME": str(guard.project),
    }
    answered = guard.send(_event(guard, tool_input={"command": "cat .env"}), env=environment, cwd=guard.project)
    denied(answered, "credential")


def test_a_denial_is_written_down_before_it_is_given(guard: Guard) -> None:
    denied(guard.send(_event(guard, tool_input={"command": "cat .env"})), "credential")
    record = guard.audit()[-1]
    assert (record["verdict"], record["answered"], record["tool"], record["call_id"]) == (
        "deny",
        "deny",
        "Bash",
        "toolu_1",
    )


def test_a_failure_is_written_down_too(guard: Guard) -> None:
    guard.send(b"garbage")
    record = guard.audit()[-1]
    assert (record["event"], record["verdict"], record["rule"]) == ("failure", "deny", "failure")


def test_every_answer_is_one_json_object_and_nothing_else(guard: Guard) -> None:
    for data in (_event(guard), b"garbage", _event(guard, tool_input={"command": "cat .env"})):
        answered = guard.send(data)
        parsed: Any = json.loads(answered.stdout)
        assert list(parsed) == ["hookSpecificOutput"]


def test_the_interpreter_is_the_one_that_runs_the_tests(guard: Guard) -> None:
    assert guard.argv[0] == sys.executable
    assert os.path.isabs(guard.argv[0])

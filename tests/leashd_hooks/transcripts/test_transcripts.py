"""Session files of both clients: which calls they tell, and what became of each."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leashd_hooks import transcripts
from leashd_hooks.transcripts import DECLINED, DENIED, RAN, REFUSED, UNTOLD
from tests.leashd_hooks.transcripts.sessions import ClaudeSession, CodexSession

DENIAL = "leashd: denied by `credential-read`: the file holds credentials; instead: ask the user"

#: What the model was told, with which tool, whether it is an error, and what became of the call.
OUTCOMES = [
    ("a call that worked ran", "Bash", "hi", False, (RAN, "")),
    ("a command that failed ran", "Bash", "Exit code 3", True, (RAN, "")),
    ("a denial of 2.1.197 names its rule", "Bash", DENIAL, True, (DENIED, "credential-read")),
    (
        "a denial of 2.1.330 names its rule",
        "mcp__a__b",
        f"PreToolUse:mcp__a__b hook error: {DENIAL}",
        True,
        (DENIED, "credential-read"),
    ),
    ("a denial in the output of a command is only its output", "Bash", f"Exit code 1\n{DENIAL}", True, (RAN, "")),
    ("a person's no is told", "Write", "The user doesn't want to proceed with this tool use.", True, (DECLINED, "")),
    (
        "what the client refuses did not run",
        "Bash",
        "<tool_use_error>InputValidationError: no</tool_use_error>",
        True,
        (REFUSED, ""),
    ),
    (
        "an MCP server cannot say that its tool was refused",
        "mcp__a__b",
        "<tool_use_error>Error: No such tool</tool_use_error>",
        True,
        (UNTOLD, ""),
    ),
]


@pytest.mark.parametrize(
    ("tool", "text", "is_error", "expected"), [case[1:] for case in OUTCOMES], ids=[case[0] for case in OUTCOMES]
)
def test_the_result_tells_what_became_of_a_call_of_claude(
    tmp_path: Path, tool: str, text: str, is_error: bool, expected: tuple[str, str]
) -> None:
    session = ClaudeSession(tmp_path)
    session.calls("c1", tool, {"a": 1})
    session.told("c1", text, is_error)
    [call] = transcripts.read([session.path])[0].calls
    assert (call.outcome, call.rule) == expected
    assert (call.session, call.call_id, call.tool, call.input, call.cwd) == ("s1", "c1", tool, {"a": 1}, "/work/app")


def test_a_file_is_read_with_those_of_its_subagents(tmp_path: Path) -> None:
    session = ClaudeSession(tmp_path)
    session.calls("c1", "Agent", {"prompt": "x"})
    session.calls("c2", "Bash", {"command": "ls"}, subagent="a7")
    found = transcripts.read([session.path])
    assert [(one.session, one.subagent) for one in found] == [("s1", ""), ("s1", "a7")]
    assert [(call.call_id, call.subagent) for one in found for call in one.calls] == [("c1", ""), ("c2", "a7")]


PATHS = [
    ("a path is told in full", "Read", "file_path", "src/../x.py", "/work/app/x.py"),
    ("a path below the home, too", "Write", "file_path", "~/x", "/home/me/x"),
    ("spaces around it are none of it", "Edit", "file_path", " x.py ", "/work/app/x.py"),
    ("letters stay as they are", "NotebookEdit", "notebook_path", "e\u0301.ipynb", "/work/app/e\u0301.ipynb"),
    ("a path of another tool is left as it is", "Grep", "path", "src", "src"),
]


@pytest.mark.parametrize(
    ("tool", "name", "path", "expected"), [case[1:] for case in PATHS], ids=[case[0] for case in PATHS]
)
def test_a_path_is_told_as_hooks_are_told_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tool: str, name: str, path: str, expected: str
) -> None:
    monkeypatch.setenv("HOME", "/home/me")
    session = ClaudeSession(tmp_path)
    session.calls("c1", tool, {name: path})
    assert transcripts.read([session.path])[0].calls[0].input == {name: expected}


def test_a_copy_of_the_conversation_in_other_lines_is_no_second_call(tmp_path: Path) -> None:
    session = ClaudeSession(tmp_path)
    session.calls("c1", "Bash", {"command": "ls"})
    block = {"type": "tool_use", "id": "c1", "name": "Bash", "input": {"command": "ls"}}
    session.line("api-request-blob", message={"role": "assistant", "content": [block]})
    assert len(transcripts.read([session.path])[0].calls) == 1


def test_another_call_under_a_number_that_is_taken_is_told_too(tmp_path: Path) -> None:
    session = ClaudeSession(tmp_path)
    session.calls("c1", "Bash", {"command": "ls"})
    session.calls("c1", "Bash", {"command": "rm -rf /"})
    assert [call.input for call in transcripts.read([session.path])[0].calls] == [
        {"command": "ls"},
        {"command": "rm -rf /"},
    ]


def test_a_half_written_line_is_left_out(tmp_path: Path) -> None:
    session = ClaudeSession(tmp_path)
    session.calls("c1", "Bash", {"command": "ls"})
    with session.path.open("a") as file:
        file.write('{"type": "assistant", "sess')
    assert len(transcripts.read([session.path])[0].calls) == 1


CALLS = [
    (
        "a command is a call of Bash in its own directory",
        ("exec_command", {"cmd": "ls", "workdir": "src", "tty": True}),
        {},
        ("Bash", {"command": "ls"}, "/work/app/src"),
    ),
    (
        "a patch is its text",
        ("apply_patch", "*** Begin Patch"),
        {},
        ("apply_patch", {"command": "*** Begin Patch"}, "/work/app"),
    ),
    (
        "an MCP tool keeps its server",
        ("leave_mark", {"path": "x"}),
        {"namespace": "mcp__lab"},
        ("mcp__lab__leave_mark", {"path": "x"}, "/work/app"),
    ),
    (
        "other tools are glued to their group, as hooks see them",
        ("spawn_agent", {"message": "x"}),
        {"namespace": "collaboration"},
        ("collaborationspawn_agent", {"message": "x"}, "/work/app"),
    ),
    (
        "text typed into a running program is a call",
        ("write_stdin", {"session_id": 1, "chars": "y"}),
        {},
        ("write_stdin", {"session_id": 1, "chars": "y"}, "/work/app"),
    ),
]


@pytest.mark.parametrize(("made", "more", "expected"), [case[1:] for case in CALLS], ids=[case[0] for case in CALLS])
def test_a_call_of_codex_is_told_as_its_hook_is_told_it(
    tmp_path: Path, made: tuple, more: dict, expected: tuple
) -> None:
    session = CodexSession(tmp_path)
    session.calls("c1", *made, **more)
    [call] = transcripts.read([session.path])[0].calls
    assert (call.tool, call.input, call.cwd) == expected
    assert (call.agent, call.session, call.call_id, call.mode) == ("codex", "t1", "c1", "bypassPermissions")


NO_CALLS = [
    ("a script of code mode is none: its calls are", "exec", "text(1)"),
    ("waiting for a script is none", "wait", {"cell_id": 1}),
    ("looking whether a program said something is none", "write_stdin", {"session_id": 1, "chars": ""}),
]


@pytest.mark.parametrize(("name", "given"), [case[1:] for case in NO_CALLS], ids=[case[0] for case in NO_CALLS])
def test_what_is_no_call_of_codex(tmp_path: Path, name: str, given: dict | str) -> None:
    session = CodexSession(tmp_path)
    session.calls("c1", name, given)
    assert transcripts.read([session.path])[0].calls == ()


def test_the_calls_of_a_script_are_known_by_what_ran(tmp_path: Path) -> None:
    session = CodexSession(tmp_path)
    session.calls("c1", "exec", "await tools.exec_command({cmd: 'ls'})")
    session.ran("CommandExecution", "exec-1", command=["/bin/bash", "-lc", "ls"], cwd="file:///work/a%20b")
    session.ran("FileChange", "exec-2", changes={"/work/app/x": {"type": "add"}})
    session.ran("McpToolCall", "exec-3", server="lab", tool="echo", arguments={"text": "x"})
    session.ran("AgentMessage", "m1", content=[])
    found = [(call.tool, call.input, call.cwd, call.outcome) for call in transcripts.read([session.path])[0].calls]
    assert found == [
        ("Bash", {"command": "ls"}, "/work/a b", RAN),
        ("apply_patch", None, "/work/app", RAN),
        ("mcp__lab__echo", {"text": "x"}, "/work/app", RAN),
    ]


SAID = [
    (
        "text for a program that takes none did not reach it",
        "write_stdin failed: stdin is closed for this session; rerun",
        False,
        (REFUSED, ""),
    ),
    (
        "a denial names its rule",
        f"Command blocked by PreToolUse hook: {DENIAL}. Command: x",
        False,
        (DENIED, "credential-read"),
    ),
    ("an unknown tool did not run", "unsupported call: x", False, (REFUSED, "")),
    (
        "arguments that cannot be read did not run",
        "failed to parse function arguments: missing field `cmd`",
        False,
        (REFUSED, ""),
    ),
    ("what ran cannot say that it did not", "unsupported call: x", True, (RAN, "")),
]


@pytest.mark.parametrize(("text", "ran", "expected"), [case[1:] for case in SAID], ids=[case[0] for case in SAID])
def test_the_result_tells_what_became_of_a_call_of_codex(
    tmp_path: Path, text: str, ran: bool, expected: tuple[str, str]
) -> None:
    session = CodexSession(tmp_path)
    session.calls("c1", "exec_command", {"cmd": "x"})
    if ran:
        session.ran("CommandExecution", "c1", command=["bash", "-lc", "x"], cwd="file:///work/app")
    session.told("c1", text)
    [call] = transcripts.read([session.path])[0].calls
    assert (call.outcome, call.rule) == expected


def test_a_thread_that_was_split_off_leaves_out_what_its_parent_did(tmp_path: Path) -> None:
    session = CodexSession(tmp_path, thread="t2", parent="t1", begin=4)
    session.calls("c1", "exec_command", {"cmd": "the parent's"})
    session.line("session_meta", id="t1", session_id="t1", cwd="/elsewhere")
    session.calls("c2", "exec_command", {"cmd": "its own"})
    [transcript] = transcripts.read([session.path])
    assert (transcript.session, transcript.subagent) == ("t1", "t2")
    assert [(call.call_id, call.session, call.subagent) for call in transcript.calls] == [("c2", "t1", "t2")]


def test_a_folder_is_read_with_everything_below_and_what_is_no_transcript_is_passed_over(tmp_path: Path) -> None:
    claude, codex = ClaudeSession(tmp_path / "a"), CodexSession(tmp_path / "b" / "c")
    (tmp_path / "other.jsonl").write_text('{"x": 1}\n')
    assert {one.path for one in transcripts.read([tmp_path])} == {claude.path, codex.path}


def test_a_file_that_is_named_and_is_none_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "other.jsonl"
    path.write_text('{"x": 1}\nnot json\n')
    with pytest.raises(transcripts.Unreadable, match="is not a transcript"):
        transcripts.read([path])


ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-3, 3)
    | st.sampled_from(["", "x", "user", "exec", "tool_use", "tool_result"]),
    lambda inner: (
        st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["type", "name", "id"]), inner, max_size=2)
    ),
    max_leaves=4,
)


def places(value: Any, path: tuple = ()) -> list[tuple]:
    """The way to every value within a value."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(found for name, one in inner for found in places(one, (*path, name)))] if path or inner else [path]


def replaced(value: Any, path: tuple, other: Any) -> Any:
    """The value with another in one place."""
    if not path:
        return other
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[path[0]] = replaced(value[path[0]], path[1:], other)
    return copy


@pytest.fixture(scope="module", params=["claude", "codex"])
def lines(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> list[Any]:
    """A session file of either client that has all that a reader looks for."""
    folder = tmp_path_factory.mktemp("sessions")
    if request.param == "claude":
        claude = ClaudeSession(folder)
        claude.calls("c1", "Read", {"file_path": "x"})
        claude.told("c1", DENIAL, is_error=True)
        claude.line(
            "user", message={"content": [{"type": "tool_result", "tool_use_id": "c1", "content": [{"text": "x"}]}]}
        )
        return [json.loads(line) for line in claude.path.read_text().splitlines()]
    codex = CodexSession(folder, parent="t0", begin=1)
    codex.calls("c1", "exec_command", {"cmd": "x", "workdir": "y"}, namespace="z")
    codex.told("c1", "unsupported call: x")
    codex.line("response_item", type="web_search_call", id="w1", action={"query": "x"})
    codex.ran("CommandExecution", "exec-1", command=["bash", "-lc", "ls"], cwd="file:///work")
    codex.ran("McpToolCall", "exec-2", server="lab", tool="echo", arguments={})
    return [json.loads(line) for line in codex.path.read_text().splitlines()]


@settings(max_examples=400, deadline=None)
@given(data=st.data(), other=ANYTHING)
def test_whatever_stands_in_a_file_it_is_read_or_said_to_be_none(
    lines: list[Any], tmp_path_factory: pytest.TempPathFactory, data: st.DataObject, other: Any
) -> None:
    changed = replaced(lines, data.draw(st.sampled_from([place for place in places(lines) if place])), other)
    path = tmp_path_factory.getbasetemp() / "changed.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in changed))
    try:
        calls = transcripts.read_one(path).calls
    except transcripts.Unreadable:
        calls = ()
    for call in calls:
        assert isinstance(call.event()["tool_name"], str)
        assert call.input is None or isinstance(call.input, dict)

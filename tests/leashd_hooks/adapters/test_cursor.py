"""Cursor's events, as its hooks reference gives them and others have recorded them, and the answers it documents."""

import json
from typing import Any

import pytest

from leashd_hooks.adapters import cursor
from leashd_hooks.approval import digest
from leashd_hooks.model import ALLOW, ASK, DENY, Decision
from leashd_hooks.tools import lower

COMMON = {
    "conversation_id": "c1",
    "generation_id": "g1",
    "model": "default",
    "cursor_version": "3.9.16",
    "workspace_roots": ["/w"],
    "user_email": None,
    "transcript_path": None,
}
EVENT = {
    **COMMON,
    "hook_event_name": "preToolUse",
    "tool_name": "Shell",
    "tool_input": {"command": "ls", "cwd": "/w/src", "timeout": 30000},
    "tool_use_id": "d024a132-85b4-4c79-80f0-6b2e2fffc1fe",
    "cwd": "",
}
SHELL = {**COMMON, "hook_event_name": "beforeShellExecution", "command": "ls", "cwd": "/w/src", "sandbox": False}
READ_FILE = {**COMMON, "hook_event_name": "beforeReadFile", "file_path": "/w/a", "content": "x", "attachments": []}
MCP = {**COMMON, "hook_event_name": "beforeMCPExecution", "tool_name": "get", "tool_input": '{"id": 1}', "command": "x"}


def _event(tool: str, given: "dict[str, Any]", **more: object) -> "dict[str, Any]":
    return {**EVENT, "tool_name": tool, "tool_input": given, **more}


def test_an_event_becomes_a_call() -> None:
    call = cursor.read_call(EVENT)
    seen = {name: getattr(call, name) for name in ("agent", "tool", "input", "cwd", "session", "call_id", "event")}
    assert seen == {
        "agent": "cursor",
        "tool": "Bash",
        "input": {"command": "ls"},
        "cwd": "/w/src",
        "session": "c1",
        "call_id": "d024a132-85b4-4c79-80f0-6b2e2fffc1fe",
        "event": "PreToolUse",
    }


#: The event that announces every tool, and the one that announces the same call by its kind.
TWICE = [
    (EVENT, SHELL),
    (_event("Read", {"file_path": "/w/a", "offset": 1}), READ_FILE),
    (_event("MCP:get", {"id": 1}), MCP),
]


@pytest.mark.parametrize(("first", "second"), TWICE, ids=["Shell", "Read", "MCP"])
def test_what_a_person_said_of_a_call_holds_when_it_is_announced_again(first: Any, second: Any) -> None:
    one, other = cursor.read_call(first), cursor.read_call(second)
    assert digest(one) == digest(other)
    assert one.session == other.session
    assert (one.event, other.event) == ("PreToolUse", "PermissionRequest")


READ, SEARCH = {"how": "content"}, {"how": "search"}
#: What the client calls and with what, and what that does.
EFFECTS: "list[tuple[str, dict[str, Any], list[tuple[str, dict[str, Any]]]]]" = [
    ("Read", {"file_path": "a"}, [("read", {"path": "/w/a", **READ})]),
    ("Write", {"file_path": "/w/a", "content": "x"}, [("write", {"path": "/w/a", "how": "create"})]),
    ("StrReplace", {"path": "/w/a"}, [("write", {"path": "/w/a", "how": "edit"})]),
    ("Delete", {"path": "a"}, [("delete", {"path": "/w/a", "recursive": False, "force": False})]),
    ("Grep", {"pattern": "TODO", "file_path": "src"}, [("read", {"path": "/w/src", **SEARCH})]),
    ("Task", {"subagent_type": "explore", "prompt": "x"}, [("agent", {"operation": "task", "name": "explore"})]),
    ("TodoWrite", {"todos": []}, [("tool", {"name": "TodoWrite"})]),
    ("MCP:get", {"id": 1}, [("mcp", {"server": "", "tool": "get"})]),
]


@pytest.mark.parametrize(("tool", "given", "effects"), EFFECTS, ids=str)
def test_its_tools_have_the_effects_of_everybody_elses(
    tool: str, given: "dict[str, Any]", effects: "list[tuple[str, dict[str, Any]]]"
) -> None:
    found = lower(cursor.read_call(_event(tool, given)), "/h", "")
    assert [(effect.kind, effect.fields) for effect in found] == effects


@pytest.mark.parametrize("tool", ["ReadLints", "mcp__a__b", "MCP:", "Bash"])
def test_what_is_not_known_is_opaque(tool: str) -> None:
    assert [effect.kind for effect in lower(cursor.read_call(_event(tool, {})), "/h", "")] == ["opaque"]


#: Where a call runs: the event's `cwd`, the input's, the open directories.
DIRECTORIES = [
    ("/e", "/i", ["/w"], "/i"),
    ("/e", "i", ["/w"], "/e/i"),
    ("/e", "", ["/w"], "/e"),
    ("", "", ["/w", "/v"], "/w"),
]


@pytest.mark.parametrize(("cwd", "own", "roots", "where"), DIRECTORIES)
def test_a_call_runs_where_it_says(cwd: str, own: str, roots: "list[str]", where: str) -> None:
    event = _event("Shell", {"command": "ls", "cwd": own}, cwd=cwd, workspace_roots=roots)
    assert cursor.read_call(event).cwd == where


WRONG = [
    ({"tool_name": None}, "does not name a tool"),
    ({"tool_input": "x"}, "not an object"),
    ({"workspace_roots": [], "tool_input": {"command": "ls"}}, "`cwd`"),
    ({"tool_name": "Read", "tool_input": {"file_path": "a", "path": "b"}}, "two things"),
    ({**MCP, "tool_input": "[]"}, "not an object"),
]


@pytest.mark.parametrize(("change", "why"), WRONG, ids=str)
def test_an_event_of_another_shape_is_refused(change: "dict[str, Any]", why: str) -> None:
    with pytest.raises(ValueError, match=why):
        cursor.read_call({**EVENT, **change})


REASON = "`some-rule`: it is so; instead: do that"
ANSWERS = [
    (ALLOW, {"permission": "allow"}),
    (ASK, f"leashd: denied: nobody can approve it here; it needs approval under {REASON}"),
    (DENY, f"leashd: denied by {REASON}"),
]


@pytest.mark.parametrize("event", [EVENT, SHELL, READ_FILE, MCP], ids=lambda event: event["hook_event_name"])
@pytest.mark.parametrize(("verdict", "said"), ANSWERS, ids=str)
def test_each_verdict_has_its_answer(event: "dict[str, Any]", verdict: Any, said: Any) -> None:
    assert event["hook_event_name"] in cursor.CALLS
    decision = Decision(verdict, "some-rule", "it is so", "do that")
    stdout, stderr, code, _ = cursor.answer(cursor.read_call(event), decision, unattended=False)
    if isinstance(said, str):
        said = {"permission": "deny", "user_message": said, "agent_message": said}
    assert (json.loads(stdout), stderr, code) == (said, "", 0)
    assert stdout.startswith(cursor.PASSES)


def test_a_person_may_allow_deny_and_change() -> None:
    call = cursor.read_call(EVENT)
    assert cursor.decided(call, True, "yes")[0] == '{"permission":"allow"}'
    assert json.loads(cursor.decided(call, False, "no")[0])["user_message"] == "no"
    assert "stop here" in cursor.decided(call, False, "no", stop=True)[0]
    changed = json.loads(cursor.decided(call, True, "yes", {"command": "pwd"})[0])
    assert changed == {"permission": "allow", "updated_input": {"cwd": "/w/src", "command": "pwd"}}
    for other in (cursor.read_call(SHELL), cursor.read_call(_event("Read", {"file_path": "a"}))):
        assert cursor.decided(other, True, "yes", {"command": "pwd"})[3] == "deny"

"""Codex's events, as codex-cli 0.169.0 sends them, and the exact answers it understands."""

import json

import pytest

from leashd_hooks.adapters import codex
from leashd_hooks.model import ALLOW, ASK, DENY, Call, Decision

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from leashd_hooks.model import Answer

#: What every recorded event has; the places are those of the person who recorded them, shortened.
COMMON = {
    "session_id": "01a2041e-6be6-7b52-8bf2-777063274cdb",
    "turn_id": "01a2041e-6c6d-7a31-8a5c-1f2ef3a3b9c1",
    "transcript_path": "/h/.codex/sessions/2026/11/22/rollout-2026-11-22T16-37-09-01a2041e.jsonl",
    "cwd": "/w",
    "hook_event_name": "PreToolUse",
    "model": "gpt-5.5",
    "permission_mode": "bypassPermissions",
}
PATCH = "*** Begin Patch\n*** Add File: new.txt\n+hello\n*** End Patch\n"
IN_CODE_MODE = "exec-7aecf998-e5c0-46ba-a60e-739e19512fc9"
IN_A_SUBAGENT = {"agent_id": "01a2041e-6f73-7522-9961-cfe47d187f06", "agent_type": "default"}

#: Recorded from the client: what is special about the event, and the call it announces.
RECORDED: "list[tuple[str, dict[str, Any], dict[str, Any]]]" = [
    (
        "a command",
        {"tool_name": "Bash", "tool_input": {"command": "touch ran"}, "tool_use_id": "c1"},
        {"tool": "Bash", "input": {"command": "touch ran"}, "call_id": "c1", "subagent": ""},
    ),
    (
        "a command in a directory of its own",
        {"tool_name": "Bash", "tool_input": {"command": "pwd"}, "tool_use_id": "c2", "cwd": "/etc"},
        {"tool": "Bash", "cwd": "/etc"},
    ),
    (
        "a command of a script in code mode",
        {"tool_name": "Bash", "tool_input": {"command": "ls"}, "tool_use_id": IN_CODE_MODE, "model": "gpt-6-sol"},
        {"tool": "Bash", "input": {"command": "ls"}, "call_id": IN_CODE_MODE},
    ),
    (
        "a command of a subagent",
        {"tool_name": "Bash", "tool_input": {"command": "ls"}, "tool_use_id": "s1", **IN_A_SUBAGENT},
        {"tool": "Bash", "subagent": "01a2041e-6f73-7522-9961-cfe47d187f06"},
    ),
    (
        "a patch",
        {"tool_name": "apply_patch", "tool_input": {"command": PATCH}, "tool_use_id": "c3"},
        {"tool": "apply_patch", "input": {"command": PATCH}},
    ),
    (
        "a tool of an MCP server",
        {"tool_name": "mcp__lab__leave_mark", "tool_input": {"path": "/w/mark"}, "tool_use_id": "c3"},
        {"tool": "mcp__lab__leave_mark", "input": {"path": "/w/mark"}},
    ),
    (
        "an image",
        {"tool_name": "view_image", "tool_input": {"path": "a.png"}, "tool_use_id": "c2"},
        {"tool": "view_image", "input": {"path": "a.png"}},
    ),
    (
        "a tool with its namespace before it",
        {
            "tool_name": "collaborationspawn_agent",
            "tool_input": {"message": "SUBTASK", "task_name": "one"},
            "tool_use_id": "c9",
        },
        {"tool": "collaborationspawn_agent", "input": {"message": "SUBTASK", "task_name": "one"}},
    ),
    (
        "a tool that a client of the app server made up, by the name of one of another agent",
        {"tool_name": "Task", "tool_input": {}},
        {"tool": "codex:Task"},
    ),
    (
        "a tool of an MCP server with capitals in its name",
        {"tool_name": "mcp__Lab__leaveMark", "tool_input": {}},
        {"tool": "mcp__Lab__leaveMark"},
    ),
    (
        "a request for permission, without the model's justification",
        {
            "hook_event_name": "PermissionRequest",
            "permission_mode": "default",
            "tool_name": "Bash",
            "tool_input": {"command": "touch x", "description": "May I touch x?"},
        },
        {
            "tool": "Bash",
            "input": {"command": "touch x"},
            "event": "PermissionRequest",
            "call_id": "",
            "mode": "default",
        },
    ),
    (
        "a request for permission of an MCP server's tool, with its own description",
        {
            "hook_event_name": "PermissionRequest",
            "tool_name": "mcp__lab__note",
            "tool_input": {"description": "of the tool"},
        },
        {"input": {"description": "of the tool"}, "event": "PermissionRequest"},
    ),
]


@pytest.mark.parametrize(("name", "event", "expected"), RECORDED, ids=[case[0] for case in RECORDED])
def test_an_event_becomes_a_call(name: str, event: "dict[str, Any]", expected: "dict[str, Any]") -> None:
    call = codex.read_call({**COMMON, **event})
    standing = {"agent": "codex", "session": COMMON["session_id"], "event": "PreToolUse", "mode": "bypassPermissions"}
    expected = {**standing, "cwd": "/w", **expected}
    assert {field: getattr(call, field) for field in expected} == expected


WRONG = [
    ({"tool_name": ""}, "the event's `tool_name` is not a tool's name"),
    ({"tool_name": "Bash", "tool_input": "ls"}, "the event's `tool_input` is not an object"),
    ({"tool_name": "Bash", "tool_input": {}, "cwd": "w"}, "the event's `cwd` is not an absolute path"),
]


@pytest.mark.parametrize(("event", "message"), WRONG, ids=[message for _, message in WRONG])
def test_an_event_that_is_none_says_what_is_wrong(event: "dict[str, Any]", message: str) -> None:
    with pytest.raises(ValueError, match=message):
        codex.read_call({**COMMON, **event})


def _call(event: str = "PreToolUse", tool: str = "Bash") -> Call:
    return Call(tool, {"command": "ls"}, "/w", "codex", event)


def _permission(behavior: str) -> str:
    output = {"hookEventName": "PermissionRequest", "decision": {"behavior": behavior}}
    return json.dumps({"hookSpecificOutput": output})


DENIED = "leashd: denied by `some-rule`: it is so; instead: do that"
UNASKED = "leashd: denied: nobody can approve it here; it needs approval under `some-rule`: it is so; instead: do that"
PERMITTED = _permission("allow")
#: Event, tool, verdict, whether nobody can be asked -> standard output, standard error, exit code, word.
ANSWERS: "list[tuple[str, str, str, bool, tuple[str, str, int, str]]]" = [
    ("PreToolUse", "Bash", ALLOW, False, ("{}", "", 0, "allow")),
    ("PreToolUse", "Bash", DENY, False, ("", DENIED, 2, "deny")),
    ("PreToolUse", "Bash", ASK, False, ("", UNASKED, 2, "deny")),
    ("PreToolUse", "Bash", ASK, True, ("", UNASKED, 2, "deny")),
    ("PreToolUse", "mcp__x__y", ALLOW, False, ("{}", "", 0, "allow")),
    ("PermissionRequest", "Bash", ALLOW, False, ("{}", "", 0, "silent")),
    ("PermissionRequest", "apply_patch", ALLOW, False, ("{}", "", 0, "silent")),
    ("PermissionRequest", "mcp__x__y", ALLOW, False, (PERMITTED, "", 0, "allow")),
    ("PermissionRequest", "Bash", ASK, False, ("{}", "", 0, "silent")),
    ("PermissionRequest", "Bash", ASK, True, ("", UNASKED, 2, "deny")),
    ("PermissionRequest", "mcp__x__y", ASK, False, ("{}", "", 0, "silent")),
    ("PermissionRequest", "Bash", DENY, False, ("", DENIED, 2, "deny")),
    ("PermissionRequest", "mcp__x__y", DENY, True, ("", DENIED, 2, "deny")),
]


def _same(told: "Answer", expected: "tuple[str, str, int, str]") -> bool:
    """Standard output is JSON where it is anything, whatever its blanks."""
    parsed = [json.loads(text) if text else None for text in (told[0], expected[0])]
    return parsed[0] == parsed[1] and told[1:] == expected[1:]


@pytest.mark.parametrize(("event", "tool", "verdict", "unattended", "expected"), ANSWERS, ids=str)
def test_a_verdict_has_its_answer(
    event: str, tool: str, verdict: str, unattended: bool, expected: "tuple[str, str, int, str]"
) -> None:
    decision = Decision(verdict, "some-rule", "it is so", "do that")  # type: ignore[arg-type]
    assert _same(codex.answer(_call(event, tool), decision, unattended), expected)


def _rewritten(given: "dict[str, Any]") -> str:
    output = {"hookEventName": "PreToolUse", "permissionDecision": "allow", "updatedInput": given}
    return json.dumps({"hookSpecificOutput": output})


UNCHANGEABLE = "leashd: denied: Codex lets nobody change the input of this tool"
#: What a person decided of a call, and what Codex is told.
DECIDED: "list[tuple[str, Call, tuple[Any, ...], tuple[str, str, int, str]]]" = [
    ("allowed", _call(), (True, "ok"), ("{}", "", 0, "allow")),
    ("allowed with the input it has", _call(), (True, "ok", {"command": "ls"}), ("{}", "", 0, "allow")),
    (
        "allowed with another command",
        _call(),
        (True, "ok", {"command": "ls -l", "timeout": 1}),
        (_rewritten({"command": "ls -l"}), "", 0, "allow"),
    ),
    (
        "allowed with other arguments of an MCP server's tool",
        _call(tool="mcp__x__y"),
        (True, "ok", {"a": 1}),
        (_rewritten({"a": 1}), "", 0, "allow"),
    ),
    (
        "allowed with a command that is no text",
        _call(),
        (True, "ok", {"command": ["ls"]}),
        ("", UNCHANGEABLE, 2, "deny"),
    ),
    (
        "allowed with another path of an image",
        _call(tool="view_image"),
        (True, "ok", {"path": "b.png"}),
        ("", UNCHANGEABLE, 2, "deny"),
    ),
    ("denied in two lines", _call(), (False, "leashd:\nno"), ("", "leashd: no", 2, "deny")),
    ("denied without a word", _call(), (False, " "), ("", "leashd: denied", 2, "deny")),
    (
        "denied, and the turn is to end",
        _call(),
        (False, "no", None, True),
        ("", "no; the person wants you to stop here", 2, "deny"),
    ),
    (
        "allowed before, now asked again because the sandbox is in the way",
        _call("PermissionRequest"),
        (True, "ok"),
        ("{}", "", 0, "silent"),
    ),
    (
        "allowed before, now asked again by an MCP server's tool",
        _call("PermissionRequest", "mcp__x__y"),
        (True, "ok"),
        (PERMITTED, "", 0, "allow"),
    ),
]


@pytest.mark.parametrize(("name", "call", "said", "expected"), DECIDED, ids=[case[0] for case in DECIDED])
def test_what_a_person_decided_has_its_answer(
    name: str, call: Call, said: "tuple[Any, ...]", expected: "tuple[str, str, int, str]"
) -> None:
    assert _same(codex.decided(call, *said), expected)

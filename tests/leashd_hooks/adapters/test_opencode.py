"""The events of leashd's plugin for opencode, as recorded from 1.18.33, and what the plugin waits for."""

from typing import Any

import pytest

from leashd_hooks.adapters import opencode
from leashd_hooks.model import ALLOW, ASK, DENY, Decision
from leashd_hooks.tools import lower

EVENT = {
    "hook_event_name": "tool.execute.before",
    "cwd": "/w",
    "sessionID": "ses_dfbc412c6ffesJiO4OXLupMc4N",
    "callID": "c1",
    "tool": "bash",
    "args": {"command": "ls", "description": "d"},
    "servers": [],
}


def _event(tool: str, args: "dict[str, Any]", **more: object) -> "dict[str, Any]":
    return {**EVENT, "tool": tool, "args": args, **more}


def test_an_event_becomes_a_call() -> None:
    call = opencode.read_call(EVENT)
    seen = {name: getattr(call, name) for name in ("agent", "tool", "input", "cwd", "session", "call_id", "event")}
    assert seen == {
        "agent": "opencode",
        "tool": "Bash",
        "input": {"command": "ls", "description": "d"},
        "cwd": "/w",
        "session": "ses_dfbc412c6ffesJiO4OXLupMc4N",
        "call_id": "c1",
        "event": "PreToolUse",
    }


READ, LIST, SEARCH = {"how": "content"}, {"how": "list"}, {"how": "search"}
PATCH = "*** Begin Patch\n*** Add File: a\n+x\n*** End Patch\n"
#: What the client calls and with what, and what that does.
EFFECTS: "list[tuple[str, dict[str, Any], list[tuple[str, dict[str, Any]]]]]" = [
    ("read", {"filePath": "a", "offset": 1}, [("read", {"path": "/w/a", **READ})]),
    ("write", {"filePath": "/w/a", "content": "x"}, [("write", {"path": "/w/a", "how": "create"})]),
    ("edit", {"filePath": "a", "oldString": "x", "newString": "y"}, [("write", {"path": "/w/a", "how": "edit"})]),
    ("multiedit", {"filePath": "a", "edits": []}, [("write", {"path": "/w/a", "how": "edit"})]),
    ("patch", {"patchText": PATCH}, [("write", {"path": "/w/a", "how": "create"})]),
    ("glob", {"pattern": "*.py", "path": "src"}, [("read", {"path": "/w/src", **LIST})]),
    ("grep", {"pattern": "TODO"}, [("read", {"path": "/w", **SEARCH})]),
    ("grep", {"pattern": ".*"}, [("read", {"path": "/w", **READ, "deep": []})]),
    ("grep", {"pattern": "x", "include": ".env*"},
     [("read", {"path": "/w", **SEARCH}), ("read", {"path": "/w/**/.env*", **SEARCH, "glob": "filter"})]),
    ("list", {"path": "/etc"}, [("read", {"path": "/etc", **LIST})]),
    ("task", {"subagent_type": "explore", "prompt": "x"}, [("agent", {"operation": "task", "name": "explore"})]),
    ("skill", {"name": "deploy"}, [("agent", {"operation": "skill", "name": "deploy"})]),
    ("todowrite", {"todos": []}, [("tool", {"name": "TodoWrite"})]),
    ("websearch", {"query": "x"}, [("tool", {"name": "WebSearch"})]),
    ("question", {}, [("agent", {"operation": "question", "name": "ask_user"})]),
]  # fmt: skip


@pytest.mark.parametrize(("tool", "args", "effects"), EFFECTS, ids=str)
def test_its_tools_have_the_effects_of_everybody_elses(
    tool: str, args: "dict[str, Any]", effects: "list[tuple[str, dict[str, Any]]]"
) -> None:
    found = lower(opencode.read_call(_event(tool, args)), "/h", "")
    assert [(effect.kind, effect.fields) for effect in found] == effects


def test_a_page_is_its_host() -> None:
    call = opencode.read_call(_event("webfetch", {"url": "http://169.254.169.254/", "format": "text"}))
    assert lower(call, "/h", "")[0].fields["reach"] == "metadata"


def test_a_command_runs_in_the_directory_that_it_names() -> None:
    assert opencode.read_call(_event("bash", {"command": "ls", "workdir": "/b"})).cwd == "/b"


#: Tool, the servers that the client has, and our name for it: two readings of a name are none.
SERVERS = [
    ("tracker_get", ["tracker", "other"], "mcp__tracker__get"),
    ("my_tracker_get", ["my.tracker"], "mcp__my.tracker__get"),
    ("a_b_get", ["a", "a_b"], "opencode:a_b_get"),
    ("a__get", ["a"], "mcp__a___get"),
    ("a__b_get", ["a__b"], "opencode:a__b/get"),
    ("tracker_get", [], "opencode:tracker_get"),
    ("tracker_get", None, "opencode:tracker_get"),
    ("Read", [], "opencode:Read"),
    ("execute", [], "opencode:execute"),
]


@pytest.mark.parametrize(("tool", "servers", "name"), SERVERS, ids=str)
def test_a_tool_of_a_server_is_known_by_the_servers_name(tool: str, servers: Any, name: str) -> None:
    assert opencode.read_call(_event(tool, {}, servers=servers)).tool == name


WRONG = [({"tool": None}, "does not name a tool"), ({"args": None}, "not an object"), ({"cwd": "w"}, "`cwd`")]


@pytest.mark.parametrize(("change", "why"), WRONG, ids=str)
def test_an_event_of_another_shape_is_refused(change: "dict[str, Any]", why: str) -> None:
    with pytest.raises(ValueError, match=why):
        opencode.read_call({**EVENT, **change})


REASON = "`some-rule`: it is so; instead: do that"
ANSWERS = [
    (ALLOW, '{"decision":"allow"}', "", 0),
    (ASK, "", f"leashd: denied: nobody can approve it here; it needs approval under {REASON}", 2),
    (DENY, "", f"leashd: denied by {REASON}", 2),
]


@pytest.mark.parametrize(("verdict", "stdout", "stderr", "code"), ANSWERS, ids=str)
def test_each_verdict_has_its_answer(verdict: Any, stdout: str, stderr: str, code: int) -> None:
    decision = Decision(verdict, "some-rule", "it is so", "do that")
    assert opencode.answer(opencode.read_call(EVENT), decision, unattended=False)[:3] == (stdout, stderr, code)


def test_a_person_may_allow_deny_and_change() -> None:
    call = opencode.read_call(EVENT)
    assert opencode.decided(call, True, "yes") == ('{"decision":"allow"}', "", 0, "allow")
    assert opencode.decided(call, False, "no") == ("", "no", 2, "deny")
    assert "stop here" in opencode.decided(call, False, "no", stop=True)[1]
    assert opencode.decided(call, True, "yes", {"command": "pwd"})[0] == '{"decision":"allow","args":{"command":"pwd"}}'
    other = opencode.read_call(_event("read", {"filePath": "a"}))
    assert opencode.decided(other, True, "yes", {"file_path": "b"})[2] == 2

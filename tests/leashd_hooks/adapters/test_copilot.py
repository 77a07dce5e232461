"""Copilot CLI's preToolUse events, as its hooks reference gives them, and the answers that it documents."""

import json
from typing import Any

import pytest

from leashd_hooks.adapters import copilot
from leashd_hooks.model import ALLOW, ASK, DENY, Decision
from leashd_hooks.tools import lower

EVENT = {
    "sessionId": "s1",
    "timestamp": 1767225600000,
    "cwd": "/w",
    "toolName": "bash",
    "toolArgs": {"command": "ls", "description": "d"},
}


def _event(tool: str, given: Any) -> "dict[str, Any]":
    return {**EVENT, "toolName": tool, "toolArgs": given}


@pytest.mark.parametrize("given", [{"command": "ls"}, '{"command": "ls"}'], ids=str)
def test_an_event_becomes_a_call(given: Any) -> None:
    call = copilot.read_call(_event("bash", given))
    seen = {name: getattr(call, name) for name in ("agent", "tool", "input", "cwd", "session", "event")}
    assert seen == {
        "agent": "copilot",
        "tool": "Bash",
        "input": {"command": "ls"},
        "cwd": "/w",
        "session": "s1",
        "event": "PreToolUse",
    }


def test_an_event_does_not_say_what_it_is() -> None:
    assert EVENT.get("hook_event_name") in copilot.CALLS


READ, LIST, SEARCH = {"how": "content"}, {"how": "list"}, {"how": "search"}
PATCH = "*** Begin Patch\n*** Delete File: a\n*** End Patch\n"
#: What the client calls and with what, and what that does.
EFFECTS: "list[tuple[str, Any, list[tuple[str, dict[str, Any]]]]]" = [
    ("view", {"path": "/w/a", "view_range": [1, 2]}, [("read", {"path": "/w/a", **READ})]),
    ("create", {"path": "/w/a", "file_text": "x"}, [("write", {"path": "/w/a", "how": "create"})]),
    ("edit", {"path": "/w/a", "old_str": "x", "new_str": "y"}, [("write", {"path": "/w/a", "how": "edit"})]),
    ("str_replace_editor", {"command": "insert", "path": "/w/a"}, [("write", {"path": "/w/a", "how": "edit"})]),
    ("apply_patch", {"input": PATCH}, [("delete", {"path": "/w/a", "recursive": False, "force": False})]),
    ("grep", {"pattern": "TODO", "path": "src"}, [("read", {"path": "/w/src", **SEARCH})]),
    ("rg", {"pattern": ".*"}, [("read", {"path": "/w", **READ, "deep": []})]),
    ("glob", {"pattern": "**/*.py"}, [("read", {"path": "/w", **LIST})]),
    ("task", {"agent_type": "explore", "prompt": "x"}, [("agent", {"operation": "task", "name": "explore"})]),
    ("ask_user", {"question": "x"}, [("agent", {"operation": "question", "name": "ask_user"})]),
    ("report_intent", {"intent": "x"}, [("tool", {"name": "TodoWrite"})]),
]


@pytest.mark.parametrize(("tool", "given", "effects"), EFFECTS, ids=str)
def test_its_tools_have_the_effects_of_everybody_elses(
    tool: str, given: Any, effects: "list[tuple[str, dict[str, Any]]]"
) -> None:
    found = lower(copilot.read_call(_event(tool, given)), "/h", "")
    assert [(effect.kind, effect.fields) for effect in found] == effects


@pytest.mark.parametrize("tool", ["write_bash", "powershell", "github-mcp-server-list_issues", "Read", "mcp__a__b"])
def test_what_is_not_known_is_opaque(tool: str) -> None:
    assert [effect.kind for effect in lower(copilot.read_call(_event(tool, {})), "/h", "")] == ["opaque"]


WRONG = [
    ({"toolName": None}, "does not name a tool"),
    ({"toolArgs": "ls"}, "JSON"),
    ({"toolArgs": "[]"}, "not an object"),
    ({"toolArgs": None}, "not an object"),
    ({"cwd": None}, "`cwd`"),
    ({"toolName": "edit", "toolArgs": {"path": "a", "file_path": "b"}}, "two things"),
]


@pytest.mark.parametrize(("change", "why"), WRONG, ids=str)
def test_an_event_of_another_shape_is_refused(change: "dict[str, Any]", why: str) -> None:
    with pytest.raises(ValueError, match=why):
        copilot.read_call({**EVENT, **change})


REASON = "`some-rule`: it is so; instead: do that"
ANSWERS = [
    (ALLOW, {"permissionDecision": "allow"}),
    (ASK, f"leashd: denied: nobody can approve it here; it needs approval under {REASON}"),
    (DENY, f"leashd: denied by {REASON}"),
]


@pytest.mark.parametrize(("verdict", "said"), ANSWERS, ids=str)
def test_each_verdict_has_its_answer(verdict: Any, said: Any) -> None:
    decision = Decision(verdict, "some-rule", "it is so", "do that")
    stdout, stderr, code, _ = copilot.answer(copilot.read_call(EVENT), decision, unattended=False)
    if isinstance(said, str):
        said = {"permissionDecision": "deny", "permissionDecisionReason": said}
    assert (json.loads(stdout), stderr, code) == (said, "", 0)
    assert stdout.startswith(copilot.PASSES if verdict == ALLOW else copilot.DENIES)


def test_a_person_may_allow_deny_and_change() -> None:
    call = copilot.read_call(EVENT)
    assert copilot.decided(call, True, "yes")[0] == '{"permissionDecision":"allow"}'
    assert json.loads(copilot.decided(call, False, "no")[0])["permissionDecisionReason"] == "no"
    assert "stop here" in copilot.decided(call, False, "no", stop=True)[0]
    changed = json.loads(copilot.decided(call, True, "yes", {"command": "pwd"})[0])
    assert changed == {"permissionDecision": "allow", "modifiedArgs": {"command": "pwd"}}
    other = copilot.read_call(_event("view", {"path": "a"}))
    assert copilot.decided(other, True, "yes", {"file_path": "b"})[3] == "deny"

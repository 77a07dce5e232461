"""Gemini CLI's events, as recorded from 0.61.0, and the exact answers it understands."""

import json
from typing import Any

import pytest

from leashd_hooks.adapters import gemini
from leashd_hooks.model import ALLOW, ASK, DENY, Decision
from leashd_hooks.tools import lower

EVENT = {
    "session_id": "dba65a08-83b1-4389-906d-02cd65596bfb",
    "transcript_path": "/h/.gemini/tmp/w/chats/session-2026-11-22T16-40-dba65a08.jsonl",
    "cwd": "/w",
    "hook_event_name": "BeforeTool",
    "timestamp": "2026-11-22T16:40:07.376Z",
    "tool_name": "run_shell_command",
    "tool_input": {"command": "ls"},
}


def _event(tool: str, given: "dict[str, Any]", **more: object) -> "dict[str, Any]":
    return {**EVENT, "tool_name": tool, "tool_input": given, **more}


def test_an_event_becomes_a_call() -> None:
    call = gemini.read_call(EVENT)
    seen = {name: getattr(call, name) for name in ("agent", "tool", "input", "cwd", "session", "event", "mode")}
    assert seen == {
        "agent": "gemini",
        "tool": "Bash",
        "input": {"command": "ls"},
        "cwd": "/w",
        "session": "dba65a08-83b1-4389-906d-02cd65596bfb",
        "event": "PreToolUse",
        "mode": "default",
    }


READ, LIST, SEARCH = {"how": "content"}, {"how": "list"}, {"how": "search"}
#: What the client calls and with what, and what that does.
EFFECTS: "list[tuple[str, dict[str, Any], list[tuple[str, dict[str, Any]]]]]" = [
    ("read_file", {"file_path": "a", "start_line": 1}, [("read", {"path": "/w/a", **READ})]),
    ("read_file", {"absolute_path": "/etc/passwd"}, [("read", {"path": "/etc/passwd", **READ})]),
    ("read_many_files", {"include": ["a", "*.md"]},
     [("read", {"path": "/w/a", **READ, "deep": []}), ("read", {"path": "/w/*.md", **READ, "glob": True})]),
    ("write_file", {"file_path": "a", "content": "x"}, [("write", {"path": "/w/a", "how": "create"})]),
    ("replace", {"file_path": "a", "instruction": "", "old_string": "x", "new_string": "y"},
     [("write", {"path": "/w/a", "how": "edit"})]),
    ("list_directory", {"dir_path": "/etc"}, [("read", {"path": "/etc", **LIST})]),
    ("list_directory", {}, [("read", {"path": "/w", **LIST})]),
    ("glob", {"pattern": "**/*.py", "dir_path": "src"}, [("read", {"path": "/w/src", **LIST})]),
    ("grep_search", {"pattern": "TODO", "dir_path": "src"}, [("read", {"path": "/w/src", **SEARCH})]),
    ("grep_search", {"pattern": ".*", "dir_path": "src"}, [("read", {"path": "/w/src", **READ, "deep": []})]),
    ("grep_search", {"pattern": ".*", "names_only": True}, [("read", {"path": "/w", **SEARCH})]),
    ("grep_search", {"pattern": "x", "no_ignore": True}, [("read", {"path": "/w", **READ, "deep": []})]),
    ("search_file_content", {"pattern": "x", "include": ".env*"},
     [("read", {"path": "/w", **SEARCH}), ("read", {"path": "/w/**/.env*", **SEARCH, "glob": "filter"})]),
    ("google_web_search", {"query": "x"}, [("tool", {"name": "WebSearch"})]),
    ("save_memory", {"fact": "x"}, [("write", {"path": "/h/.gemini/GEMINI.md", "how": "create"})]),
    ("invoke_agent", {"agent_name": "reviewer", "prompt": "x"}, [("agent", {"operation": "task", "name": "reviewer"})]),
    ("activate_skill", {"name": "deploy"}, [("agent", {"operation": "skill", "name": "deploy"})]),
    ("ask_user", {"questions": []}, [("agent", {"operation": "question", "name": "ask_user"})]),
    ("write_todos", {"todos": []}, [("tool", {"name": "TodoWrite"})]),
    ("update_topic", {"strategic_intent": "x"}, [("tool", {"name": "update_topic"})]),
]  # fmt: skip


@pytest.mark.parametrize(("tool", "given", "effects"), EFFECTS, ids=str)
def test_its_tools_have_the_effects_of_everybody_elses(
    tool: str, given: "dict[str, Any]", effects: "list[tuple[str, dict[str, Any]]]"
) -> None:
    found = lower(gemini.read_call(_event(tool, given)), "/h", "")
    assert [(effect.kind, effect.fields) for effect in found] == effects


#: What nobody can know in advance is opaque, under whatever name it comes.
OPAQUE = [
    ("codebase_investigator", {}),
    ("Read", {"file_path": "/w/a"}),
    ("TodoWrite", {}),
    ("mcp__tracker__get", {}),
    ("mcp_tracker_get", {}),
    ("web_fetch", {"prompt": "compare http://a.example with http://b.example"}),
    ("web_fetch", {"prompt": "the page"}),
]


@pytest.mark.parametrize(("tool", "given"), OPAQUE, ids=str)
def test_what_is_not_known_is_opaque(tool: str, given: "dict[str, Any]") -> None:
    assert [effect.kind for effect in lower(gemini.read_call(_event(tool, given)), "/h", "")] == ["opaque"]


def test_the_page_is_looked_for_where_the_client_looks() -> None:
    call = gemini.read_call(_event("web_fetch", {"prompt": "sum up http://169.254.169.254/latest please"}))
    assert lower(call, "/h", "")[0].fields["reach"] == "metadata"


def test_a_command_runs_in_the_directory_that_it_names() -> None:
    assert gemini.read_call(_event("run_shell_command", {"command": "ls", "dir_path": "../b"})).cwd == "/w/../b"


def test_asking_for_more_than_the_sandbox_gives_is_opaque() -> None:
    given = {"command": "ls", "additional_permissions": {"network": True}}
    effects = lower(gemini.read_call(_event("run_shell_command", given)), "/h", "")
    assert effects[-1].kind == "opaque"


SERVERS = [
    ("tracker", "get_ticket", "mcp__tracker__get_ticket"),
    ("my_server", "a__b", "mcp__my_server__a__b"),
    ("tracker__evil", "get_ticket", "gemini:tracker__evil/get_ticket"),
    ("", "get_ticket", "gemini:/get_ticket"),
]


@pytest.mark.parametrize(("server", "tool", "name"), SERVERS)
def test_a_server_is_known_by_its_own_name(server: str, tool: str, name: str) -> None:
    context = {"server_name": server, "tool_name": tool, "command": "node"}
    assert gemini.read_call(_event(f"mcp_{server}_{tool}", {"id": 1}, mcp_context=context)).tool == name


WRONG = [
    ({"tool_name": None}, "does not name a tool"),
    ({"tool_input": "ls"}, "not an object"),
    ({"cwd": "w"}, "`cwd`"),
    ({"tool_name": "read_file", "tool_input": {"file_path": "a", "absolute_path": "/etc/passwd"}}, "two things"),
]


@pytest.mark.parametrize(("change", "why"), WRONG, ids=str)
def test_an_event_of_another_shape_is_refused(change: "dict[str, Any]", why: str) -> None:
    with pytest.raises(ValueError, match=why):
        gemini.read_call({**EVENT, **change})


REASON = "`some-rule`: it is so; instead: do that"
ANSWERS = [
    (ALLOW, False, {"decision": "allow"}, "", 0),
    (ASK, False, "ask", "", 0),
    (ASK, True, None, f"leashd: denied: nobody can approve it here; it needs approval under {REASON}", 2),
    (DENY, False, None, f"leashd: denied by {REASON}", 2),
]


@pytest.mark.parametrize(("verdict", "unattended", "stdout", "stderr", "code"), ANSWERS, ids=str)
def test_each_verdict_has_its_answer(verdict: Any, unattended: bool, stdout: Any, stderr: str, code: int) -> None:
    decision = Decision(verdict, "some-rule", "it is so", "do that")
    said = gemini.answer(gemini.read_call(EVENT), decision, unattended)
    if stdout == "ask":
        reason = f"leashd: needs a person's approval under {REASON}"
        stdout = {"decision": "ask", "reason": reason, "systemMessage": reason}
    assert (json.loads(said[0]) if said[0] else None, said[1], said[2]) == (stdout, stderr, code)
    assert code or said[0].startswith(gemini.PASSES)


def test_a_person_may_allow_deny_stop_and_change() -> None:
    call = gemini.read_call(EVENT)
    assert gemini.decided(call, True, "yes") == ('{"decision":"allow"}', "", 0, "allow")
    assert gemini.decided(call, False, "no") == ("", "no", 2, "deny")
    stopped = {"continue": False, "stopReason": "no", "decision": "deny", "reason": "no"}
    assert json.loads(gemini.decided(call, False, "no", stop=True)[0]) == stopped
    changed = json.loads(gemini.decided(call, True, "yes", {"command": "ls -l"})[0])
    assert changed["hookSpecificOutput"] == {"hookEventName": "BeforeTool", "tool_input": {"command": "ls -l"}}


def test_a_change_that_the_client_would_not_understand_is_a_denial() -> None:
    call = gemini.read_call(_event("list_directory", {"dir_path": "a"}))
    assert gemini.decided(call, True, "yes", {"path": "b"})[2] == 2

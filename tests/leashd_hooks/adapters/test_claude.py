"""Claude Code's events and the exact answers it understands."""

import json

import pytest

from leashd_hooks.adapters import claude
from leashd_hooks.model import ALLOW, ASK, DENY, Decision, Effect

TYPE_CHECKING = False
if TYPE_CHECKING:
    from leashd_hooks.model import Answer

EVENT = {
    "session_id": "s1",
    "transcript_path": "/h/t.jsonl",
    "cwd": "/w",
    "prompt_id": "p",
    "permission_mode": "acceptEdits",
    "effort": {"level": "high"},
    "hook_event_name": "PreToolUse",
    "tool_name": "Bash",
    "tool_input": {"command": "ls"},
    "tool_use_id": "toolu_1",
    "agent_id": "a1",
    "agent_type": "general-purpose",
}


def test_an_event_becomes_a_call() -> None:
    call = claude.read_call(EVENT)
    seen = {name: getattr(call, name) for name in call.__slots__}
    assert seen == {
        "agent": "claude",
        "call_id": "toolu_1",
        "cwd": "/w",
        "event": "PreToolUse",
        "input": {"command": "ls"},
        "mode": "acceptEdits",
        "session": "s1",
        "subagent": "a1",
        "tool": "Bash",
    }


def test_a_bare_event_is_enough_for_a_call() -> None:
    call = claude.read_call({"tool_name": "Read", "tool_input": {"file_path": "/w/a"}, "cwd": "/w"})
    assert (call.event, call.mode, call.session, call.call_id) == ("PreToolUse", "default", "", "")


ASKED = ("default", "acceptEdits", "plan", "auto")
REFUSED = ("dontAsk", "bypassPermissions", "invented")
SETTLED = [
    *(
        (mode, verdict, unattended, told)
        for mode in (*ASKED, *REFUSED)
        for unattended in (False, True)
        for verdict, told in ((ALLOW, "allow"), (DENY, "deny"))
    ),
    *((mode, ASK, False, "ask") for mode in ASKED),
    *((mode, ASK, False, "deny") for mode in REFUSED),
    *((mode, ASK, True, "deny") for mode in (*ASKED, *REFUSED)),
]


@pytest.mark.parametrize(("mode", "verdict", "unattended", "told"), SETTLED, ids=str)
def test_a_verdict_is_settled_by_mode(mode: str, verdict: str, unattended: bool, told: str) -> None:
    call = claude.read_call({**EVENT, "permission_mode": mode})
    assert claude.settle(call, verdict, unattended) == told  # type: ignore[arg-type]


def _answer(verdict: str, mode: str = "default", event: str = "PreToolUse", effect: "Effect | None" = None) -> "Answer":
    call = claude.read_call({**EVENT, "permission_mode": mode, "hook_event_name": event})
    effects = [effect or Effect("read", {"path": "/w/a"})]
    decision = Decision(verdict, "some-rule", "it is so", "do that", effects)  # type: ignore[arg-type]
    return claude.answer(call, decision, unattended=False)


def test_a_denial_is_json_and_an_exit_code() -> None:
    stdout, _, code, _ = _answer(DENY)
    assert code == 2
    assert json.loads(stdout) == {
        "hookSpecificOutput": {
            "hookEventName": "PreToolUse",
            "permissionDecision": "deny",
            "permissionDecisionReason": "leashd: denied by `some-rule`: it is so; instead: do that",
        }
    }


@pytest.mark.parametrize(("verdict", "decision"), [(ALLOW, "allow"), (ASK, "ask")])
def test_allow_and_ask_are_json_alone(verdict: str, decision: str) -> None:
    stdout, _, code, _ = _answer(verdict)
    assert code == 0
    assert json.loads(stdout)["hookSpecificOutput"]["permissionDecision"] == decision


def test_where_nobody_can_approve_the_denial_says_so() -> None:
    reason = json.loads(_answer(ASK, mode="bypassPermissions")[0])["hookSpecificOutput"]["permissionDecisionReason"]
    assert reason.startswith("leashd: denied: nobody can approve it here; it needs approval under `some-rule`")


PLANNED = [
    (Effect("read", {"path": "/w/a"}), "allow"),
    (Effect("run", {"program": "ls", "modelled": True}), "allow"),
    (Effect("run", {"program": "make", "modelled": False}), "ask"),
    (Effect("write", {"path": "/w/a"}), "ask"),
    (Effect("delete", {"path": "/w/a"}), "ask"),
    (Effect("code", {"language": "python"}), "ask"),
    (Effect("git", {"verb": "status", "changes": "nothing"}), "allow"),
    (Effect("git", {"verb": "commit", "changes": "history"}), "ask"),
    (Effect("control", {"system": "docker", "changes": False}), "allow"),
    (Effect("control", {"system": "docker", "changes": True}), "ask"),
    (Effect("agent", {"operation": "plan"}), "allow"),
]


@pytest.mark.parametrize(("effect", "told"), PLANNED, ids=str)
def test_in_plan_mode_a_change_is_asked_about(effect: Effect, told: str) -> None:
    stdout, _, _, said = _answer(ALLOW, mode="plan", effect=effect)
    assert said == told
    assert json.loads(stdout)["hookSpecificOutput"]["permissionDecision"] == told


PLAN = Effect("write", {"path": "/h/.claude/plans/next.md"})


@pytest.mark.parametrize(
    ("tool", "rule", "told"),
    [
        ("Write", "plan-file-write", "allow"),
        ("Edit", "plan-file-write", "allow"),
        ("Write", "some-rule", "ask"),
        ("Bash", "plan-file-write", "ask"),
    ],
)
def test_in_plan_mode_the_plan_itself_may_be_written(tool: str, rule: str, told: str) -> None:
    call = claude.read_call({**EVENT, "permission_mode": "plan", "tool_name": tool})
    assert claude.answer(call, Decision(ALLOW, rule, "", "", [PLAN]), unattended=False)[3] == told


def test_a_permission_request_is_denied_in_its_own_form() -> None:
    output = json.loads(_answer(DENY, event="PermissionRequest")[0])["hookSpecificOutput"]
    assert output["hookEventName"] == "PermissionRequest"
    assert output["decision"]["behavior"] == "deny"
    assert "some-rule" in output["decision"]["message"]


@pytest.mark.parametrize("verdict", [ALLOW, ASK])
def test_a_permission_request_is_otherwise_left_to_the_person(verdict: str) -> None:
    assert _answer(verdict, event="PermissionRequest") == ("", "", 0, "silent")

"""A hook asks, a person answers: every answer arrives as it was meant, and only one counts."""

import json
import sqlite3
from collections.abc import Iterator
from typing import Any

import pytest

from tests.hook.guard import Guard, furnish
from tests.leashd_supervisor.conftest import Hook, Supervisor


@pytest.fixture(scope="module")
def guard(tmp_path_factory: pytest.TempPathFactory) -> Guard:
    return furnish(tmp_path_factory.mktemp("guarded"))


@pytest.fixture(scope="module")
def supervisor(guard: Guard) -> Iterator[Supervisor]:
    running = Supervisor(guard.state)
    yield running
    running.stop()


PUSH = {"command": "git push origin main"}


def asked(guard: Guard, id: str) -> "dict[str, Any]":
    """The request as the hook sent it."""
    database = sqlite3.connect(guard.state / "supervisor.db")
    ((request,),) = database.execute("select request from approval where id = ?", (id,))
    database.close()
    found: dict[str, Any] = json.loads(request)
    return found


def test_a_call_that_a_person_allows_is_allowed(guard: Guard, supervisor: Supervisor) -> None:
    hook = Hook(guard)
    (id,) = supervisor.pending()
    assert supervisor.tell(do="answer", id=id, allow=True) == {"state": "allowed"}
    assert hook.answer()[:2] == ("allow", "allowed by a person (test)")
    record = guard.audit()[-1]
    assert (record["verdict"], record["rule"], record["approval"], record["surface"]) == (
        "allow",
        "git-push",
        id,
        "test",
    )


def test_the_person_is_told_which_branch_it_is(guard: Guard, supervisor: Supervisor) -> None:
    (guard.project / ".git").mkdir()
    (guard.project / ".git" / "HEAD").write_text("ref: refs/heads/fix/cart\n")
    hook = Hook(guard)
    (id,) = supervisor.pending()
    assert asked(guard, id)["branch"] == "fix/cart"
    supervisor.tell(do="answer", id=id, allow=False)
    hook.answer()


def test_a_message_reaches_the_agent(guard: Guard, supervisor: Supervisor) -> None:
    hook = Hook(guard)
    (id,) = supervisor.pending()
    supervisor.tell(do="answer", id=id, allow=False, message="wrong branch")
    decision, reason, _ = hook.answer()
    assert (decision, reason) == ("deny", "leashd: denied: a person said no: wrong branch")
    assert hook.process.returncode == 2


def test_a_denial_can_stop_the_turn(guard: Guard, supervisor: Supervisor) -> None:
    hook = Hook(guard)
    (id,) = supervisor.pending()
    supervisor.tell(do="answer", id=id, allow=False, stop=True, message="enough")
    decision, _, said = hook.answer()
    assert decision == "deny"
    assert said["continue"] is False


def test_an_edited_call_is_judged_again_and_handed_on(guard: Guard, supervisor: Supervisor) -> None:
    hook = Hook(guard)
    (id,) = supervisor.pending()
    supervisor.tell(do="answer", id=id, allow=True, input={"command": "git push origin feature"})
    decision, _, said = hook.answer()
    assert decision == "allow"
    assert said["hookSpecificOutput"]["updatedInput"] == {"command": "git push origin feature"}


def test_an_edit_that_the_policy_denies_is_denied(guard: Guard, supervisor: Supervisor) -> None:
    hook = Hook(guard)
    (id,) = supervisor.pending()
    supervisor.tell(do="answer", id=id, allow=True, input={"command": "git push --force origin main"})
    decision, reason, _ = hook.answer()
    assert decision == "deny"
    assert "what the person made of it is denied" in reason


def test_an_answer_to_another_call_than_the_one_shown_does_not_count(guard: Guard, supervisor: Supervisor) -> None:
    hook = Hook(guard)
    (id,) = supervisor.pending()
    assert supervisor.tell(do="answer", id=id, allow=True, digest="0" * 64) == {"late": "pending"}
    supervisor.tell(do="answer", id=id, allow=False)
    assert hook.answer()[0] == "deny"


def test_only_the_first_of_two_answers_counts(guard: Guard, supervisor: Supervisor) -> None:
    hook = Hook(guard)
    (id,) = supervisor.pending()
    assert supervisor.tell(do="answer", id=id, allow=False) == {"state": "denied"}
    assert supervisor.tell(do="answer", id=id, allow=True) == {"late": "denied"}
    assert hook.answer()[0] == "deny"


def test_a_grant_answers_the_same_again_and_nothing_else(guard: Guard, supervisor: Supervisor) -> None:
    fetch = {"command": "curl -s https://example.org/a"}
    hook = Hook(guard, call="a", **fetch)
    (id,) = supervisor.pending()
    assert supervisor.tell(do="answer", id=id, allow=True, scope="session") == {"state": "allowed"}
    assert hook.answer()[0] == "allow"
    assert Hook(guard, call="b", **fetch).answer()[1] == "allowed by a person (grant)"
    other = Hook(guard, call="c", command="curl -s https://example.org/b")
    (id,) = supervisor.pending()
    supervisor.tell(do="answer", id=id, allow=False)
    assert other.answer()[0] == "deny"


def test_a_question_of_the_agent_is_answered(guard: Guard, supervisor: Supervisor) -> None:
    questions = [
        {"question": "Which?", "header": "Name", "options": [{"label": "A"}, {"label": "B"}], "multiSelect": False}
    ]
    hook = Hook(guard, tool="AskUserQuestion", questions=questions)
    (id,) = supervisor.pending()
    given = {"questions": questions, "answers": {"Which?": "B"}}
    supervisor.tell(do="answer", id=id, allow=True, input=given)
    assert hook.answer()[2]["hookSpecificOutput"]["updatedInput"] == given


def test_a_plan_that_was_allowed_answers_the_dialog_too(guard: Guard, supervisor: Supervisor) -> None:
    hook = Hook(guard, tool="ExitPlanMode", plan="1. do it")
    (id,) = supervisor.pending()
    supervisor.tell(do="answer", id=id, allow=True)
    assert hook.answer()[0] == "allow"
    dialog = {**guard.event("ExitPlanMode", plan="1. do it"), "hook_event_name": "PermissionRequest"}
    said = json.loads(guard.send(dialog).stdout)
    assert said["hookSpecificOutput"]["decision"]["behavior"] == "allow"
    other = {**guard.event("ExitPlanMode", plan="2. another"), "hook_event_name": "PermissionRequest"}
    assert guard.send(other).stdout == ""


@pytest.mark.parametrize(
    "command", ["curl -s http://127.0.0.1:{}/api/state", "nc -l {}", "nc -lk -p {}", "telnet localhost {}"]
)
def test_an_agent_is_kept_from_the_port_that_the_page_was_given(
    guard: Guard, supervisor: Supervisor, command: str
) -> None:
    port = (guard.state / "port").read_text().strip()
    for known in (port, "8180"):
        answered = guard.send(guard.event("Bash", command=command.format(known)))
        assert (answered.decision, "`guard-page`" in answered.reason) == ("deny", True), answered.reason
        browsed = guard.send(guard.event("mcp__browser__open", url=f"http://localhost:{known}/"))
        assert (browsed.decision, "`guard-page`" in browsed.reason) == ("deny", True), browsed.reason
    other = guard.send(
        {**guard.event("Bash", command="curl -s http://127.0.0.1:1/")}, argv=[*guard.argv, "--unattended"]
    )
    assert "`guard-page`" not in other.reason


@pytest.mark.parametrize("command", ["rm -rf /", "cat .env"])
def test_what_is_denied_is_not_asked(command: str, guard: Guard, supervisor: Supervisor) -> None:
    assert guard.send(guard.event("Bash", command=command)).decision == "deny"
    assert supervisor.tell(do="pending") == {"pending": []}


def test_nobody_is_asked_where_nobody_attends(guard: Guard, supervisor: Supervisor) -> None:
    guard.options = ["--unattended"]
    assert guard.send(guard.event("Bash", **PUSH)).decision == "deny"
    assert supervisor.tell(do="pending") == {"pending": []}


KEY = "-----BEGIN PRIVATE KEY-----\nabc\n"


@pytest.mark.parametrize(
    ("name", "content", "sent"),
    [
        ("cart.py", "total = 1\n", {"replaces": True, "before": "total = 1\n"}),
        ("new.py", None, {"replaces": False, "before": None}),
        ("large.py", "#" * (256 * 1024 + 1), {"replaces": True, "before": None}),
        ("picture.png", "\udc89PNG", {"replaces": True, "before": None}),
        ("notes.md", KEY, {"replaces": True, "before": None}),
        ("link.py", "-> cart.py", {"replaces": True, "before": None}),
    ],
)
def test_the_person_is_sent_what_a_write_replaces(
    guard: Guard, supervisor: Supervisor, name: str, content: "str | None", sent: "dict[str, object]"
) -> None:
    guard.options = []
    path = guard.project / name
    if content and content.startswith("-> "):
        path.symlink_to(content[3:])
    elif content is not None:
        path.write_bytes(content.encode("utf-8", "surrogateescape"))
    hook = Hook(guard, tool="Write", file_path=str(path), content="total = 2\n")
    (id,) = supervisor.pending()
    request = asked(guard, id)
    assert {field: request[field] for field in sent} == sent
    supervisor.tell(do="answer", id=id, allow=False)
    hook.answer()


def test_the_person_is_told_the_risk_level_of_the_rule(guard: Guard, supervisor: Supervisor) -> None:
    hook = Hook(guard, command="curl http://localhost:3000/")
    (id,) = supervisor.pending()
    assert (asked(guard, id)["rule"], asked(guard, id)["risk_level"]) == ("network-inside", "high")
    supervisor.tell(do="answer", id=id, allow=False)
    hook.answer()


def test_what_the_agent_may_not_read_unasked_is_not_sent(guard: Guard, supervisor: Supervisor) -> None:
    (guard.state / "policy.yaml").write_text(
        """
version: 1
name: secretive
rules:
  - name: minutes-are-private
    action: require_approval
    reason: they are
    when: {effect: read, path: "**/minutes.md"}
"""
    )
    (guard.project / "minutes.md").write_text("who said what\n")
    hook = Hook(guard, tool="Write", file_path=str(guard.project / "minutes.md"), content="nothing\n")
    (id,) = supervisor.pending()
    assert (asked(guard, id)["replaces"], asked(guard, id)["before"]) == (True, None)
    supervisor.tell(do="answer", id=id, allow=False)
    hook.answer()
    (guard.state / "policy.yaml").unlink()


def test_the_end_of_a_session_withdraws_what_it_asked_and_nothing_else(guard: Guard, supervisor: Supervisor) -> None:
    guard.options = ["--patience", "5"]
    assert Hook(guard, **PUSH).answer()[0] == "deny"
    (id,) = supervisor.pending()
    for session, pending in (("another", [id]), ("s", [])):
        ended = guard.send({"hook_event_name": "SessionEnd", "session_id": session, "cwd": "/", "reason": "exit"})
        assert (ended.code, ended.stdout) == (0, "")
        assert supervisor.tell(do="pending")["pending"] == pending
    assert supervisor.tell(do="answer", id=id, allow=True) == {"late": "cancelled"}
    assert guard.audit()[-1]["event"] == "SessionEnd"


def test_a_host_with_little_patience_is_told_to_come_back_and_then_hears_the_answer_once(
    guard: Guard, supervisor: Supervisor
) -> None:
    guard.options = ["--patience", "5"]
    try:
        decision, reason, _ = Hook(guard, call="t1", **PUSH).answer()
        (id,) = supervisor.pending()
        assert decision == "deny"
        assert f"approval {id}" in reason
        assert (guard.audit()[-1]["approval"], guard.audit()[-1]["approval_state"]) == (id, "pending")
        supervisor.tell(do="answer", id=id, allow=True)
        assert Hook(guard, call="t2", **PUSH).answer()[:2] == ("allow", "allowed by a person (test)")
        third = Hook(guard, call="t3", **PUSH)
        (other,) = supervisor.pending()
        assert other != id
        supervisor.tell(do="answer", id=other, allow=False)
        assert third.answer()[0] == "deny"
    finally:
        guard.options = []

"""An agent that cannot wait is told to come back: one answer, for one call, and that exactly the one that was shown."""

from dataclasses import replace
from typing import Any

import pytest
from leashd_supervisor.approvals.model import LEFT, NO_SESSION, RETRY, Answer, Approval, Request
from leashd_supervisor.approvals.service import Approvals, Late

from tests.leashd_supervisor.approvals.conftest import call
from tests.leashd_supervisor.conftest import Hands


def left(approvals: Approvals, asked: "Request | None" = None) -> Approval:
    """A question whose agent was told to come back."""
    request = asked or call()
    found = approvals.leave(approvals.ask(request).id, request.call_id)
    assert found is not None
    return found


def told(approvals: Approvals, request: Request) -> str:
    """What the hook of a call hears at once; `pending` when it has to wait."""
    approval = approvals.ask(request)
    if approval.state == "pending":
        return "pending"
    handed = approvals.deliver(approval.id, request.call_id)
    return handed.state if handed else "another's"


@pytest.mark.parametrize(("allow", "state"), [(True, "allowed"), (False, "denied")])
def test_the_answer_that_came_later_is_told_to_the_next_try_and_to_no_other(
    approvals: Approvals, allow: bool, state: str
) -> None:
    waits = left(approvals)
    approvals.answer(waits.id, Answer(allow, "on a branch"), "page", digest=waits.request.digest)
    assert told(approvals, call("2")) == state
    assert told(approvals, call("3")) == "pending"
    assert approvals.get(waits.id).request.call_id == "2"


def test_a_hook_whose_answer_was_lost_on_the_way_hears_it_again(approvals: Approvals) -> None:
    approvals.answer(left(approvals).id, Answer(True), "page")
    assert [told(approvals, call("2")) for _ in range(2)] == ["allowed", "allowed"]


def test_a_try_before_the_answer_waits_for_it_and_brings_no_second_question(approvals: Approvals) -> None:
    waits = left(approvals)
    again = approvals.ask(call("2"))
    assert (again.id, again.left) == (waits.id, None)
    assert [one.id for one in approvals.store.pending()] == [waits.id]
    approvals.answer(waits.id, Answer(True), "page")
    assert told(approvals, call("2")) == "allowed"
    assert told(approvals, call("3")) == "pending"


def test_of_two_tries_at_once_one_waits_for_the_answer_and_the_other_asks_anew(approvals: Approvals) -> None:
    waits = left(approvals)
    first, second = approvals.ask(call("2")), approvals.ask(call("3"))
    assert first.id == waits.id != second.id
    approvals.answer(waits.id, Answer(True), "page")
    assert (told(approvals, call("2")), told(approvals, call("3"))) == ("allowed", "pending")


def test_a_call_that_lost_its_question_to_another_is_not_answered_by_it(approvals: Approvals) -> None:
    waits = left(approvals)
    approvals.answer(waits.id, Answer(True), "page")
    assert told(approvals, call("2")) == "allowed"
    assert approvals.deliver(waits.id, "1") is None
    assert approvals.deliver(waits.id, "3") is None


@pytest.mark.parametrize(
    "changes",
    [
        {"digest": "another"},
        {"session": "another"},
        {"agent": "another"},
        {"tool": "another"},
        {"cwd": "/home/me/other"},
        {"effects": [{"kind": "git", "verb": "push", "changes": "remote", "branch": "main", "remote": "evil"}]},
    ],
)
def test_another_call_is_asked_about_anew(approvals: Approvals, changes: "dict[str, Any]") -> None:
    approvals.answer(left(approvals).id, Answer(True), "page")
    assert told(approvals, call("2", **changes)) == "pending"
    assert told(approvals, call("3")) == "allowed"


@pytest.mark.parametrize("seconds", [RETRY + 1, -60])
def test_an_answer_holds_for_a_while_and_not_on_a_clock_that_was_set_back(
    approvals: Approvals, clock: Hands, seconds: float
) -> None:
    approvals.answer(left(approvals).id, Answer(True), "page")
    clock.time += seconds
    assert told(approvals, call("2")) == "pending"


def test_what_nobody_answers_expires_though_no_hook_waits(approvals: Approvals, clock: Hands) -> None:
    waits = left(approvals)
    clock.time += LEFT + 1
    approvals.expire()
    assert approvals.get(waits.id).state == "expired"
    assert approvals.ask(call("2")).id != waits.id


def test_a_limit_of_the_policy_holds_for_what_was_left_too(approvals: Approvals, clock: Hands) -> None:
    waits = left(approvals, call(timeout=30))
    assert waits.expires == clock.time + 30


def test_an_answer_that_came_first_is_not_left(approvals: Approvals) -> None:
    asked = approvals.ask(call())
    approvals.answer(asked.id, Answer(True), "page")
    assert approvals.leave(asked.id, "1") is None
    assert told(approvals, call()) == "allowed"
    assert told(approvals, call("2")) == "pending"


def test_where_the_host_names_no_session_nobody_can_come_back(approvals: Approvals) -> None:
    asked = approvals.ask(call(session=NO_SESSION))
    assert approvals.leave(asked.id, "1") is None
    assert approvals.get(asked.id).state == "expired"
    assert told(approvals, call("2", session=NO_SESSION)) == "pending"


def test_the_answer_to_one_who_comes_back_answers_no_dialog_before(approvals: Approvals) -> None:
    approvals.answer(left(approvals).id, Answer(True), "page")
    assert approvals.answered_dialog("s1", call().digest) is None
    told(approvals, call("2"))
    assert approvals.answered_dialog("s1", call().digest) is not None


class TestAfterTheEnd:
    @pytest.fixture
    def ended(self, approvals: Approvals, clock: Hands) -> Approval:
        asked = approvals.ask(call(timeout=30))
        clock.time += 31
        approvals.expire()
        return approvals.get(asked.id)

    def test_the_next_call_that_is_the_same_is_allowed_once(self, approvals: Approvals, ended: Approval) -> None:
        made = approvals.again(ended.id, "page", "phone", ended.request.digest)
        assert (made.state, made.device, approvals.get(ended.id).state) == ("allowed", "phone", "expired")
        assert approvals.get(ended.id).again == made.id
        assert told(approvals, call("2", timeout=30)) == "allowed"
        assert told(approvals, call("3", timeout=30)) == "pending"

    def test_the_call_that_ended_stays_denied(self, approvals: Approvals, ended: Approval) -> None:
        approvals.again(ended.id, "page")
        assert told(approvals, call(timeout=30)) == "expired"

    def test_two_who_tap_give_one_yes(self, approvals: Approvals, ended: Approval) -> None:
        approvals.again(ended.id, "page")
        with pytest.raises(Late):
            approvals.again(ended.id, "page")

    def test_it_holds_for_the_call_that_was_shown(self, approvals: Approvals, ended: Approval) -> None:
        with pytest.raises(Late):
            approvals.again(ended.id, "page", digest="another")
        assert told(approvals, call("2", timeout=30)) == "pending"

    @pytest.mark.parametrize("kind", ["question", "plan"])
    def test_a_question_or_a_plan_is_asked_anew(self, approvals: Approvals, clock: Hands, kind: str) -> None:
        asked = approvals.ask(replace(call(timeout=30), kind=kind))
        clock.time += 31
        approvals.expire()
        with pytest.raises(Late):
            approvals.again(asked.id, "page")

    @pytest.mark.parametrize("allow", [True, False])
    def test_an_answer_stays_the_answer(self, approvals: Approvals, allow: bool) -> None:
        asked = approvals.ask(call())
        approvals.answer(asked.id, Answer(allow), "page")
        with pytest.raises(Late):
            approvals.again(asked.id, "page")

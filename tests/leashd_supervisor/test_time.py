"""Whatever somebody does to the date: nothing expires early, nothing waits for ever, nothing is allowed unanswered."""

import json
import sqlite3

import pytest

from tests.hook.guard import Guard
from tests.leashd_supervisor.conftest import Hook, Supervisor, until

HOUR, DAY = 3600, 86400
JUMPS = [-DAY, -3 * HOUR, 3 * HOUR, DAY]


def limited(guard: Guard, seconds: int) -> None:
    with (guard.state / "config.yaml").open("a") as file:
        file.write(f"approval_timeout_seconds: {seconds}\n")
    guard.compile()


def left(supervisor: Supervisor, id: str) -> float:
    return float(supervisor.tell(do="left", id=id)["left"])


@pytest.mark.parametrize("restarted", [False, True], ids=["running", "restarted"])
def test_no_date_makes_a_question_expire_early_or_late(guard: Guard, supervisor: Supervisor, restarted: bool) -> None:
    limited(guard, 600)
    hook = Hook(guard)
    (id,) = supervisor.pending()
    for jump in JUMPS:
        supervisor.tell(do="date", by=jump)
        if restarted:
            # As if the date had been set while it was away: the database holds the dates of before.
            supervisor.kill()
            _shift(guard, -jump)
            supervisor.start()
        assert 500 < left(supervisor, id) <= 600, jump
        assert supervisor.tell(do="pending") == {"pending": [id]}, jump
    supervisor.tell(do="pass", seconds=601)
    assert hook.answer()[0] == "deny"
    assert supervisor.tell(do="answer", id=id, allow=True) == {"late": "expired"}


def _shift(guard: Guard, by: int) -> None:
    with sqlite3.connect(guard.state / "supervisor.db") as database:
        database.execute("update approval set created = created + ?, expires = expires + ?", (by, by))
    database.close()


def test_an_answer_counts_whatever_the_date(guard: Guard, supervisor: Supervisor) -> None:
    limited(guard, 600)
    for jump in JUMPS:
        hook = Hook(guard)
        (id,) = supervisor.pending()
        supervisor.tell(do="date", by=jump)
        assert supervisor.tell(do="answer", id=id, allow=jump > 0) == {"state": "allowed" if jump > 0 else "denied"}
        assert hook.answer()[0] == ("allow" if jump > 0 else "deny")


@pytest.mark.parametrize(("jump", "passed", "allowed"), [(-DAY, 60, True), (-DAY, 130, False)])
def test_a_plan_that_was_allowed_answers_its_dialog_for_two_minutes_by_any_date(
    guard: Guard, supervisor: Supervisor, jump: int, passed: int, allowed: bool
) -> None:
    hook = Hook(guard, tool="ExitPlanMode", plan="1. do it")
    (id,) = supervisor.pending()
    supervisor.tell(do="answer", id=id, allow=True)
    assert hook.answer()[0] == "allow"
    supervisor.tell(do="date", by=jump)
    supervisor.tell(do="pass", seconds=passed)
    dialog = {**guard.event("ExitPlanMode", plan="1. do it"), "hook_event_name": "PermissionRequest"}
    said = guard.send(dialog).stdout
    assert bool(said) == allowed
    assert not said or json.loads(said)["hookSpecificOutput"]["decision"]["behavior"] == "allow"


def test_a_yes_for_an_agent_that_is_to_come_back_holds_ten_minutes_by_any_date(
    guard: Guard, supervisor: Supervisor
) -> None:
    guard.options = ["--patience", "5"]
    assert Hook(guard).answer()[0] == "deny"
    (id,) = supervisor.pending()
    supervisor.tell(do="answer", id=id, allow=True)
    supervisor.tell(do="date", by=-DAY)
    supervisor.tell(do="pass", seconds=700)
    late = Hook(guard)
    (other,) = supervisor.pending()
    assert other != id
    supervisor.tell(do="answer", id=other, allow=False, message="asked anew")
    assert "asked anew" in late.answer()[1]


def test_a_question_whose_hook_died_while_the_supervisor_was_away_does_not_wait_for_ever(
    guard: Guard, supervisor: Supervisor
) -> None:
    gone, waits = Hook(guard, call="gone"), Hook(guard, call="waits", command="git push origin b")
    ids = supervisor.pending(2)
    supervisor.kill()
    gone.kill()
    supervisor.start()
    assert sorted(supervisor.pending(2)) == sorted(ids)
    # The other one comes back within a second; nobody takes it for gone.
    until(lambda: supervisor.tell(do="waiting") == {"hooks": 1})
    supervisor.tell(do="pass", seconds=61)
    until(lambda: len(supervisor.tell(do="pending")["pending"]) == 1)
    (id,) = supervisor.pending()
    supervisor.tell(do="answer", id=id, allow=True)
    assert waits.answer()[0] == "allow"


def test_a_question_that_expires_while_the_database_is_locked_expires_afterwards(
    guard: Guard, supervisor: Supervisor
) -> None:
    limited(guard, 600)
    hook = Hook(guard)
    (id,) = supervisor.pending()
    database = sqlite3.connect(guard.state / "supervisor.db", isolation_level=None)
    database.execute("begin immediate")
    supervisor.tell(do="pass", seconds=601)
    with pytest.raises(Exception, match="timed out"):
        hook.process.wait(3)
    database.execute("rollback")
    database.close()
    assert hook.answer()[0] == "deny"
    assert supervisor.tell(do="answer", id=id, allow=True) == {"late": "expired"}


def test_a_hook_that_was_killed_while_the_database_was_locked_leaves_nothing_to_answer(
    guard: Guard, supervisor: Supervisor
) -> None:
    hook = Hook(guard)
    (id,) = supervisor.pending()
    database = sqlite3.connect(guard.state / "supervisor.db", isolation_level=None)
    database.execute("begin immediate")
    hook.kill()
    until(lambda: supervisor.tell(do="waiting") == {"hooks": 0})
    assert supervisor.tell(do="pending") == {"pending": [id]}
    database.execute("rollback")
    database.close()
    until(lambda: supervisor.tell(do="pending") == {"pending": []})
    assert supervisor.tell(do="answer", id=id, allow=True) == {"late": "cancelled"}

"""A disk that is full, and a power cut: what cannot be written down does not count, what was is never lost."""

import sqlite3

import pytest

from tests.hook.guard import Guard
from tests.leashd_supervisor.conftest import Hook, Supervisor


def test_a_full_disk_counts_no_answer_and_loses_no_question(guard: Guard, supervisor: Supervisor) -> None:
    before = Hook(guard, call="before")
    (id,) = supervisor.pending()
    supervisor.tell(do="full", room=0)
    after = Hook(guard, call="after", command="git push origin later")
    assert "busy" in supervisor.tell(do="answer", id=id, allow=True)
    with pytest.raises(Exception, match="timed out"):
        after.process.wait(2)
    assert before.process.poll() is None
    assert supervisor.tell(do="pending") == {"pending": [id]}
    supervisor.tell(do="full", room=None)
    ids = supervisor.pending(2)
    assert [supervisor.tell(do="answer", id=one, allow=one == id) for one in ids] == [
        {"state": "allowed" if one == id else "denied"} for one in ids
    ]
    assert (before.answer()[0], after.answer()[0]) == ("allow", "deny")
    assert len(guard.audit()) == 2


def test_a_disk_that_fills_up_little_by_little_takes_an_answer_whole_or_not_at_all(
    guard: Guard, supervisor: Supervisor
) -> None:
    hook = Hook(guard)
    (id,) = supervisor.pending()
    log = guard.state / "supervisor.db-wal"
    size = log.stat().st_size
    for room in range(size, size + 40 * 4096, 1500):
        supervisor.tell(do="full", room=room)
        told = supervisor.tell(do="answer", id=id, allow=False)
        if "busy" not in told:
            break
        assert hook.process.poll() is None
        assert supervisor.tell(do="pending") == {"pending": [id]}
    else:
        raise AssertionError("there was never room enough")
    assert told == {"state": "denied"}
    assert hook.answer()[0] == "deny"


def test_a_supervisor_without_room_to_start_says_so_and_the_question_waits(
    guard: Guard, supervisor: Supervisor
) -> None:
    import resource
    import subprocess
    import sys

    hook = Hook(guard)
    (id,) = supervisor.pending()
    supervisor.kill()
    second = subprocess.run(
        [sys.executable, "-m", "leashd_supervisor", "--state", str(guard.state), "--port", "0"],
        capture_output=True, text=True, timeout=60,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0)),
    )  # fmt: skip
    assert second.returncode == 7
    assert "room" in second.stderr or "disk" in second.stderr
    supervisor.start()
    assert supervisor.pending() == [id]
    supervisor.tell(do="answer", id=id, allow=True)
    assert hook.answer()[0] == "allow"


@pytest.mark.parametrize("allow", [True, False])
def test_an_answer_that_was_given_as_the_power_failed_arrives_though_nothing_can_be_written(
    guard: Guard, supervisor: Supervisor, allow: bool
) -> None:
    hook = Hook(guard)
    (id,) = supervisor.pending()
    assert "state" in supervisor.tell(do="answer", id=id, allow=allow, then="die")
    supervisor.close()
    database = sqlite3.connect(guard.state / "supervisor.db", isolation_level=None)
    database.execute("begin immediate")
    supervisor.start()
    assert hook.answer()[0] == ("allow" if allow else "deny")
    database.execute("rollback")
    database.close()
    assert supervisor.tell(do="answer", id=id, allow=not allow) == {"late": "allowed" if allow else "denied"}
    assert len(guard.audit()) == 1


def test_a_locked_database_loses_none_of_many_questions(guard: Guard, supervisor: Supervisor) -> None:
    database = sqlite3.connect(guard.state / "supervisor.db", isolation_level=None)
    database.execute("begin immediate")
    hooks = [Hook(guard, call=str(number), command=f"git push origin b{number}") for number in range(8)]
    with pytest.raises(Exception, match="timed out"):
        hooks[0].process.wait(2)
    database.execute("rollback")
    database.close()
    for id in supervisor.pending(8):
        supervisor.tell(do="answer", id=id, allow=True)
    assert [hook.answer()[0] for hook in hooks] == ["allow"] * 8

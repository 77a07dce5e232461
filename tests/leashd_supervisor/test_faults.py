"""Whatever breaks between a question and its answer: nothing is lost, nothing counts twice, nothing runs unanswered."""

import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest

from leashd_hooks import client
from tests.hook.guard import Guard
from tests.leashd_supervisor.conftest import Hook, Supervisor, until


def test_without_a_supervisor_the_host_asks(guard: Guard) -> None:
    assert guard.send(guard.event("Bash", command="git push")).decision == "ask"


def test_fifty_hooks_survive_the_kill_of_the_supervisor(guard: Guard, supervisor: Supervisor) -> None:
    hooks = {str(number): Hook(guard, call=str(number), command=f"git push origin b{number}") for number in range(50)}
    ids = supervisor.pending(50)
    supervisor.kill()
    supervisor.start()
    assert sorted(supervisor.pending(50)) == sorted(ids)
    database = sqlite3.connect(guard.state / "supervisor.db")
    calls = dict(database.execute("select id, call_id from approval"))
    for id in ids:
        allowed = int(calls[id]) % 2 == 0
        assert supervisor.tell(do="answer", id=id, allow=allowed) == {"state": "allowed" if allowed else "denied"}
    for number, hook in hooks.items():
        assert hook.answer()[0] == ("allow" if int(number) % 2 == 0 else "deny"), number
    assert len(guard.audit()) == 50


def test_a_restart_in_good_order_loses_nothing(guard: Guard, supervisor: Supervisor) -> None:
    hook = Hook(guard)
    (id,) = supervisor.pending()
    supervisor.stop()
    supervisor.start()
    assert supervisor.pending() == [id]
    supervisor.tell(do="answer", id=id, allow=True)
    assert hook.answer()[0] == "allow"


def test_a_hook_that_was_killed_leaves_nothing_to_answer(guard: Guard, supervisor: Supervisor) -> None:
    hook = Hook(guard)
    (id,) = supervisor.pending()
    hook.kill()
    until(lambda: supervisor.tell(do="pending") == {"pending": []})
    assert supervisor.tell(do="answer", id=id, allow=True) == {"late": "cancelled"}


def test_a_wait_that_the_policy_limits_ends_in_a_denial(guard: Guard, supervisor: Supervisor) -> None:
    with (guard.state / "config.yaml").open("a") as file:
        file.write("approval_timeout_seconds: 1\n")
    hook = Hook(guard)
    (id,) = supervisor.pending()
    decision, reason, _ = hook.answer()
    assert decision == "deny"
    assert "in time" in reason
    assert supervisor.tell(do="answer", id=id, allow=True) == {"late": "expired"}


def test_an_answer_racing_the_expiry_counts_once(guard: Guard, supervisor: Supervisor) -> None:
    with (guard.state / "config.yaml").open("a") as file:
        file.write("approval_timeout_seconds: 1\n")
    guard.compile()
    hooks = [Hook(guard, call=str(number), command=f"git push origin b{number}") for number in range(8)]
    ids = supervisor.pending(8)
    told: dict[str, object] = {}
    while len(told) < 8:
        for id in ids:
            if id not in told and (len(told) < 4 or supervisor.tell(do="pending") == {"pending": []}):
                told[id] = supervisor.tell(do="answer", id=id, allow=True)
    allowed = sum(answer == {"state": "allowed"} for answer in told.values())
    assert sum(hook.answer()[0] == "allow" for hook in hooks) == allowed


def test_a_socket_that_is_deleted_changes_no_answer(guard: Guard, supervisor: Supervisor) -> None:
    waiting = Hook(guard, call="a")
    (id,) = supervisor.pending()
    (guard.state / "run" / "hook.sock").unlink()
    assert guard.send(guard.event("Bash", command="git push origin x")).decision == "ask"
    supervisor.tell(do="answer", id=id, allow=True)
    assert waiting.answer()[0] == "allow"


@pytest.mark.parametrize("gone", ["hook.sock", ""])
def test_a_socket_that_is_deleted_is_bound_anew(gone: str, guard: Guard, supervisor: Supervisor) -> None:
    waiting = Hook(guard, call="a")
    supervisor.pending()
    folder = guard.state / "run"
    if gone:
        (folder / gone).unlink()
    else:
        shutil.rmtree(folder)
    until(supervisor.listens)
    assert folder.stat().st_mode & 0o777 == 0o700
    assert (folder / "hook.sock").stat().st_mode & 0o777 == 0o600
    until((folder / "supervisor.json").exists)
    later = Hook(guard, call="b")
    for id in supervisor.pending(2):
        supervisor.tell(do="answer", id=id, allow=True)
    assert (waiting.answer()[0], later.answer()[0]) == ("allow", "allow")
    supervisor.stop()
    assert not (folder / "hook.sock").exists()


@pytest.mark.parametrize(
    "said", [b"", b"HTTP/1.1 200 OK\r\n\r\n", b"allow", b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"]
)
def test_another_listener_on_the_socket_allows_nothing(said: bytes, guard: Guard) -> None:
    folder = guard.state / "run"
    folder.mkdir(mode=0o700)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(folder / "hook.sock"))
        listener.listen()

        def speak() -> None:
            connection, _ = listener.accept()
            connection.recv(65536)
            connection.sendall(said)
            connection.close()
            listener.close()

        thread = threading.Thread(target=speak)
        thread.start()
        (folder / "hook.sock").chmod(0o600)
        hook = Hook(guard)
        thread.join(30)
        (folder / "hook.sock").unlink()
        try:
            hook.process.wait(2)
        except subprocess.TimeoutExpired:
            return  # it waits for a supervisor to come back
        assert hook.answer()[0] in ("deny", "ask")


def test_a_locked_database_delays_the_question_and_loses_nothing(guard: Guard, supervisor: Supervisor) -> None:
    database = sqlite3.connect(guard.state / "supervisor.db", isolation_level=None)
    database.execute("begin exclusive")
    hook = Hook(guard)
    with pytest.raises(Exception, match="timed out"):
        hook.process.wait(2.5)
    database.execute("rollback")
    (id,) = supervisor.pending()
    supervisor.tell(do="answer", id=id, allow=True)
    assert hook.answer()[0] == "allow"


def test_an_answer_that_cannot_be_written_down_does_not_count(guard: Guard, supervisor: Supervisor) -> None:
    hook = Hook(guard)
    (id,) = supervisor.pending()
    database = sqlite3.connect(guard.state / "supervisor.db", isolation_level=None)
    database.execute("begin exclusive")
    assert "busy" in supervisor.tell(do="answer", id=id, allow=True)
    assert hook.process.poll() is None
    database.execute("rollback")
    assert supervisor.tell(do="answer", id=id, allow=False) == {"state": "denied"}
    assert hook.answer()[0] == "deny"


def test_two_people_who_answer_at_once_do_not_both_count(guard: Guard, supervisor: Supervisor) -> None:
    """Two processes on one database, which is more than one supervisor will ever be."""
    hook = Hook(guard)
    (id,) = supervisor.pending()
    statement = "update approval set state = ? where id = ? and state = 'pending'"

    def race(state: str) -> int:
        with sqlite3.connect(guard.state / "supervisor.db", timeout=10) as connection:
            return connection.execute(statement, (state, id)).rowcount

    with ThreadPoolExecutor(8) as pool:
        won = list(pool.map(race, ["denied"] * 8))
    assert sum(won) == 1
    assert supervisor.tell(do="answer", id=id, allow=True) == {"late": "denied"}
    hook.kill()


def test_a_second_supervisor_does_not_start(guard: Guard, supervisor: Supervisor) -> None:
    import sys

    second = subprocess.run(
        [sys.executable, "-m", "leashd_supervisor", "--state", str(guard.state), "--port", "0"],
        capture_output=True, text=True, timeout=30, env={**os.environ},
    )  # fmt: skip
    assert second.returncode != 0
    assert "help:" in second.stderr
    assert supervisor.listens()


def test_the_sockets_folder_is_closed_to_others(guard: Guard, supervisor: Supervisor) -> None:
    assert (guard.state / "run").stat().st_mode & 0o777 == 0o700
    assert (guard.state / "run" / "hook.sock").stat().st_mode & 0o777 == 0o600
    assert (guard.state / "supervisor.db").stat().st_mode & 0o777 == 0o600


def test_a_stopped_supervisor_is_waited_for(guard: Guard, supervisor: Supervisor) -> None:
    hook = Hook(guard)
    (id,) = supervisor.pending()
    os.kill(supervisor.process.pid, signal.SIGSTOP)
    with pytest.raises(Exception, match="timed out"):
        hook.process.wait(1)
    os.kill(supervisor.process.pid, signal.SIGCONT)
    supervisor.tell(do="answer", id=id, allow=True)
    assert hook.answer()[0] == "allow"


def test_a_hook_that_waits_for_long_survives_any_number_of_restarts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What counts is how long the supervisor is away at a time; here that may be half a second."""
    monkeypatch.setattr(client, "AWAY", 0.5)
    monkeypatch.setattr(client, "HELD", 0.2)
    body = b'{"state": "denied"}'
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(tmp_path / "s"))
        listener.listen()

        def restart_and_restart() -> None:
            for _ in range(3):
                connection, _ = listener.accept()
                time.sleep(0.4)
                connection.close()
            connection, _ = listener.accept()
            connection.recv(65536)
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
            connection.close()

        thread = threading.Thread(target=restart_and_restart)
        thread.start()
        assert client.ask(str(tmp_path / "s"), "/ask", {}, 30) == {"state": "denied"}
        thread.join()


def test_a_supervisor_that_fails_again_and_again_is_not_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "AWAY", 0.5)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(tmp_path / "s"))
        listener.listen()

        def fail() -> None:
            with suppress(OSError):
                while True:
                    listener.accept()[0].close()

        thread = threading.Thread(target=fail)
        thread.start()
        with pytest.raises(client.Gone):
            client.ask(str(tmp_path / "s"), "/ask", {}, 30)
        listener.shutdown(socket.SHUT_RDWR)
        thread.join()

"""Whoever tries keys gets nowhere, and keeps nobody else out."""

import asyncio
import contextlib
import itertools
import json
import socket
import sqlite3
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest
from leashd_supervisor.kernel.db import MEMORY, Database
from leashd_supervisor.web.auth import (
    CODE_SECONDS,
    DEVICES,
    IDLE,
    Attempts,
    Devices,
    _tag,
    ensure_key,
    is_key,
    reset_key,
)
from leashd_supervisor.web.guard import STRANGERS_LIMIT

from tests.leashd_supervisor.conftest import Hands
from tests.leashd_supervisor.web.door import Door
from tests.leashd_supervisor.web.test_sse import read, settle


@pytest.fixture
def clock() -> Hands:
    return Hands(1_000_000.0)


@pytest.fixture
def db() -> Database:
    return Database(MEMORY)


@pytest.fixture
def devices(db: Database, clock: Hands) -> Devices:
    return Devices(db, clock)


class TestKey:
    def test_is_told_once(self, db: Database) -> None:
        assert ensure_key(db)
        assert ensure_key(db) is None

    def test_a_new_one_ends_everything_before(self, db: Database, devices: Devices) -> None:
        old = ensure_key(db) or ""
        session = devices.enter("phone", "key")
        code, _ = devices.code()
        new = reset_key(db)
        assert asyncio.run(is_key(db, new))
        assert not asyncio.run(is_key(db, old))
        assert devices.of_session(session) is None
        assert not devices.redeem(code)

    @pytest.mark.parametrize("given", ["", "leashd-", "x" * 500, "\ud800", "leashd-\x00", "🔑"])
    def test_nothing_else_is_it(self, db: Database, given: str) -> None:
        ensure_key(db)
        assert not asyncio.run(is_key(db, given))

    def test_one_that_only_begins_with_the_same_digest_is_not_it(self, db: Database) -> None:
        ensure_key(db)
        db.execute("update owner_key set tag = ?", (_tag("leashd-other"),))
        assert not asyncio.run(is_key(db, "leashd-other"))

    def test_nothing_is_it_before_there_is_one(self, db: Database) -> None:
        assert not asyncio.run(is_key(db, ""))

    def test_a_part_or_a_longer_one_is_not_it(self, db: Database) -> None:
        key = ensure_key(db) or ""
        for near in (key[:-1], key + "a", key.upper(), " " + key):
            assert not asyncio.run(is_key(db, near))


class TestCodes:
    def test_a_code_is_used_up(self, devices: Devices) -> None:
        code, _ = devices.code()
        assert devices.redeem(code)
        assert not devices.redeem(code)

    def test_a_code_lives_a_minute(self, devices: Devices, clock: Hands) -> None:
        code, expires = devices.code()
        assert expires == clock.time + 60 == clock.time + CODE_SECONDS
        clock.time += 60
        assert not devices.redeem(code)

    def test_codes_that_nobody_used_do_not_pile_up(self, db: Database, devices: Devices, clock: Hands) -> None:
        for _ in range(50):
            devices.code()
            clock.time += 30
        row = db.row("select count(*) as number from pairing")
        assert row is not None
        assert row["number"] <= 3


class TestDevices:
    def test_a_device_that_was_away_for_long_pairs_again(self, devices: Devices, clock: Hands) -> None:
        session = devices.enter("phone", "key")
        clock.time += IDLE - 1
        assert devices.of_session(session)
        clock.time += IDLE - 1
        assert devices.of_session(session)
        clock.time += IDLE + 1
        assert devices.of_session(session) is None

    def test_one_that_is_logged_out_is_out(self, devices: Devices) -> None:
        session = devices.enter("phone", "key")
        (device,) = devices.all()
        assert devices.end(device.id)
        assert not devices.end(device.id)
        assert not devices.holds(device.id)
        assert devices.of_session(session) is None

    def test_a_database_that_cannot_be_written_keeps_nobody_out(self, tmp_path: Path, clock: Hands) -> None:
        devices = Devices(Database(str(tmp_path / "db")), clock)
        session = devices.enter("phone", "key")
        other = sqlite3.connect(tmp_path / "db", isolation_level=None)
        other.execute("begin immediate")
        clock.time += 3600
        assert devices.of_session(session)
        other.close()

    def test_devices_are_told_apart(self, devices: Devices) -> None:
        for _ in range(3):
            devices.enter("Chrome on Android", "key")
        assert {device.name for device in devices.all()} == {
            "Chrome on Android",
            "Chrome on Android 2",
            "Chrome on Android 3",
        }

    def test_there_are_not_more_than_a_person_has(self, devices: Devices, clock: Hands) -> None:
        first = devices.enter("first", "key")
        for _ in range(DEVICES + 20):
            clock.time += 61
            assert devices.of_session(first)
            devices.enter("other", "key")
        assert len(devices.all()) == DEVICES


class TestAttempts:
    def test_the_same_wrong_key_waits_longer_each_time(self, clock: Hands) -> None:
        attempts = Attempts(clock)
        waits = [attempts.wrong("guess") for _ in range(14)]
        assert waits[: Attempts.EACH] == [0.0] * Attempts.EACH
        assert waits[Attempts.EACH :] == sorted(waits[Attempts.EACH :])
        assert waits[-1] == Attempts.LONGEST

    def test_many_wrong_keys_count_together(self, clock: Hands) -> None:
        attempts = Attempts(clock)
        waits = [attempts.wrong(f"guess {number}") for number in range(Attempts.ALL + 1)]
        assert waits == [0.0] * Attempts.ALL + [2.0]

    def test_a_minute_later_they_do_not(self, clock: Hands) -> None:
        attempts = Attempts(clock)
        for number in range(500):
            attempts.wrong(f"guess {number}")
        clock.time += 61
        assert attempts.wrong("another") == 0.0

    def test_what_is_remembered_does_not_grow(self, clock: Hands) -> None:
        attempts = Attempts(clock)
        sizes = set()
        for number in range(5000):
            attempts.wrong(f"guess {number}")
            if number > 2000:
                sizes.add(sum(sys.getsizeof(one) for one in vars(attempts).values()))
        assert len(attempts._each) == Attempts.REMEMBERED
        assert len(attempts._all) <= 10 * Attempts.ALL
        assert len(sizes) < 5


class TestHammering:
    """Lockout by credential and in all, never by address; the owner always comes in."""

    def test_an_address_that_a_header_claims_changes_nothing(self, stranger: httpx.Client) -> None:
        answers = [
            stranger.post(
                "/api/login",
                json={"key": "leashd-guess"},
                headers={"X-Forwarded-For": f"1.2.3.{number}", "Forwarded": f"for=1.2.3.{number}"},
            )
            for number in range(12)
        ]
        assert [answer.status_code for answer in answers][-1] == 429
        assert answers[-1].json()["retry_after"] > 0
        assert int(answers[-1].headers["retry-after"]) > 0

    def test_the_owner_comes_in_while_strangers_try(self, door: Door, owner: httpx.Client) -> None:
        numbers = itertools.count()

        def tries() -> "set[int]":
            with door.stranger() as client:
                keys = [f"leashd-{next(numbers)}" for _ in range(60)]
                codes = [f"AAAA{next(numbers):08}" for _ in range(20)]
                return {
                    *(client.post("/api/login", json={"key": key}).status_code for key in keys),
                    *(client.post("/api/login", json={"code": code}).status_code for code in codes),
                }

        code = owner.post("/api/pair").json()["code"]
        with ThreadPoolExecutor(8) as threads:
            trying = [threads.submit(tries) for _ in range(8)]
            for _ in range(3):
                with door.stranger() as fresh:
                    assert fresh.post("/api/login", json={"key": door.key}).status_code == 204
                    assert fresh.get("/api/me").status_code == 200
            with door.stranger() as phone:
                assert phone.post("/api/login", json={"code": code}).status_code == 204
            assert owner.get("/api/state").status_code == 200
            assert set().union(*(one.result() for one in trying)) <= {401, 429}

    def test_a_wrong_key_beside_a_session_does_not_end_it(self, owner: httpx.Client) -> None:
        assert owner.post("/api/login", json={"key": "wrong"}).status_code in (401, 429)
        assert owner.get("/api/me").status_code == 200


#: What a connection holds on with: nothing, half a head, half a body, a whole request.
HOLDING = (
    b"",
    b"GET / HTTP/1.1\r\nX: ",
    b"POST /api/login HTTP/1.1\r\nHost: %s\r\nOrigin: http://%s\r\nContent-Type: application/json\r\n"
    b"Content-Length: 900\r\n\r\n{",
    b"GET /healthz HTTP/1.1\r\nHost: %s\r\n\r\n",
)


def test_strangers_who_hold_connections_keep_nobody_out(tmp_path: Path) -> None:
    door = Door(tmp_path / "s", files=256)
    try:
        with door.owner() as owner, owner.stream("GET", "/api/events") as answer, contextlib.ExitStack() as crowd:
            lines = answer.iter_lines()
            assert read(lines)[0] == "resume"
            for number, sent in enumerate(HOLDING * 80):
                if number % 40 == 0:  # not all at once: the kernel would hand over more than there is room for
                    assert owner.get("/api/me").status_code == 200
                one = crowd.enter_context(socket.create_connection(("127.0.0.1", door.port)))
                with contextlib.suppress(OSError):  # hung up already
                    one.sendall(sent.replace(b"%s", b"127.0.0.1:%d" % door.port))
            assert door.hook("GET", "/health").status_code == 200
            with door.owner() as fresh:
                assert fresh.get("/api/me").status_code == 200
            settle(door, owner, "crowd")
            assert read(lines)[0] == "approval"
            door.raw(b"nonsense\r\n\r\n")
            log = (door.state / "logs" / "supervisor.jsonl").read_text()
            assert [json.loads(line)["event"] for line in log.splitlines()] == ["started"]
    finally:
        door.close()


def test_a_stranger_says_no_more_than_a_key_takes(stranger: httpx.Client) -> None:
    answer = stranger.post("/api/login", json={"key": "x", "more": "a" * STRANGERS_LIMIT})
    assert answer.status_code == 413

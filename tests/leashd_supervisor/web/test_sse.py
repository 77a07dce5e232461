"""The stream: a verdict, what was missed, what happens; nothing twice, nothing lost, nobody waited for."""

import asyncio
import contextlib
import json
import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from leashd_supervisor.kernel.bus import BACKLOG, Bus, Event
from leashd_supervisor.kernel.clock import SystemClock
from leashd_supervisor.kernel.db import MEMORY, Database
from leashd_supervisor.web import sse

from tests.leashd_supervisor.web.door import Door, low

Told = "tuple[str, dict[str, Any], int | None]"


def read(lines: "Iterator[str]") -> "tuple[str, dict[str, Any], int | None]":
    """The next event: name, data, number."""
    name, data, number = "", {}, None
    for line in lines:
        field, _, value = line.partition(": ")
        if field == "event":
            name = value
        elif field == "id":
            number = int(value)
        elif field == "data":
            data = json.loads(value)
        elif not line and name:
            return name, data, number
    return "end", {}, None


def settle(door: Door, owner: httpx.Client, name: str) -> None:
    """A question and its answer: three events."""
    shown, waiting = door.asked(owner, session=name, call_id=name)
    owner.post(f"/api/approvals/{shown['id']}/answer", json={"allow": True, "digest": shown["digest"]})
    waiting.result(10)


class TestCursor:
    def test_one_that_is_known_gets_what_came_after(self, door: Door, owner: httpx.Client) -> None:
        cursor = owner.get("/api/state").json()["cursor"]
        settle(door, owner, "missed")
        with owner.stream("GET", f"/api/events?after={cursor}") as answer:
            lines = answer.iter_lines()
            assert read(lines) == ("resume", {"state": "ok", "cursor": cursor + 3}, None)
            found = [read(lines) for _ in range(3)]
        assert [(name, number) for name, _, number in found] == [("approval", cursor + one) for one in (1, 2, 3)]
        assert found[0][1]["verb"] == "Push to origin/main"

    @pytest.mark.parametrize("after", ["", "?after=", "?after=999999"])
    def test_one_that_is_not_known_starts_anew(self, owner: httpx.Client, after: str) -> None:
        with owner.stream("GET", f"/api/events{after}") as answer:
            name, data, _ = read(answer.iter_lines())
        assert (name, data["state"]) == ("resume", "reset")

    def test_the_header_of_the_browser_wins(self, door: Door, owner: httpx.Client) -> None:
        cursor = owner.get("/api/state").json()["cursor"]
        with owner.stream("GET", "/api/events?after=999999", headers={"Last-Event-ID": str(cursor)}) as answer:
            assert read(answer.iter_lines())[1] == {"state": "ok", "cursor": cursor}

    @pytest.mark.parametrize("after", ["x", "-1", "1.5", "9" * 30, "%D9%A1"])
    def test_one_that_is_no_number_is_refused(self, owner: httpx.Client, after: str) -> None:
        assert owner.get(f"/api/events?after={after}").status_code == 400

    def test_what_happens_next_comes_once(self, door: Door, owner: httpx.Client) -> None:
        cursor = owner.get("/api/state").json()["cursor"]
        with owner.stream("GET", f"/api/events?after={cursor}") as answer:
            lines = answer.iter_lines()
            assert read(lines)[0] == "resume"
            settle(door, owner, "live")
            found = [read(lines) for _ in range(3)]
        assert [number for _, _, number in found] == [cursor + 1, cursor + 2, cursor + 3]
        assert found[-1][1]["delivered"]

    def test_a_standing_answer_is_told(self, door: Door, owner: httpx.Client) -> None:
        shown, waiting = door.asked(owner, session="g", call_id="g", **low())
        cursor = owner.get("/api/state").json()["cursor"]
        given = {"allow": True, "digest": shown["digest"], "scope": "session"}
        assert owner.post(f"/api/approvals/{shown['id']}/answer", json=given).status_code == 200
        waiting.result(10)
        (grant,) = owner.get("/api/grants").json()["grants"]
        assert owner.delete(f"/api/grants/{grant['id']}").status_code == 204
        with owner.stream("GET", f"/api/events?after={cursor}") as answer:
            lines = answer.iter_lines()
            found = [read(lines) for _ in range(5)]
        told = [(data["change"], data["id"]) for name, data, _ in found if name == "grant"]
        assert told == [("made", grant["id"]), ("revoked", grant["id"])]


class TestStream:
    def test_it_is_not_kept_and_not_buffered(self, owner: httpx.Client) -> None:
        with owner.stream("GET", "/api/events") as answer:
            assert answer.headers["content-type"].startswith("text/event-stream")
            assert answer.headers["cache-control"] == "no-store"
            assert answer.headers["x-accel-buffering"] == "no"
            assert next(answer.iter_lines()) == "retry: 2000"

    def test_it_ends_for_a_device_that_is_logged_out(self, door: Door, owner: httpx.Client) -> None:
        with door.owner() as phone:
            mine = next(one["id"] for one in phone.get("/api/me").json()["devices"] if one["current"])
            with phone.stream("GET", "/api/events") as answer:
                lines = answer.iter_lines()
                assert read(lines)[0] == "resume"
                assert owner.delete(f"/api/devices/{mine}").status_code == 204
                assert read(lines)[0] == "end"
            assert phone.get("/api/state").status_code == 401
            assert owner.delete(f"/api/devices/{mine}").status_code == 404


def test_a_supervisor_that_ends_says_so_and_is_gone(tmp_path: Path) -> None:
    door = Door(tmp_path / "s")
    try:
        with door.owner() as owner, owner.stream("GET", "/api/events") as answer:
            lines = answer.iter_lines()
            assert read(lines)[0] == "resume"
            os.kill(door.process.pid, signal.SIGTERM)
            assert read(lines)[0] == "restarting"
            # On a busy machine the server may cut off what has not ended after two seconds.
            with contextlib.suppress(httpx.RemoteProtocolError):
                assert read(lines)[0] == "end"
        assert door.process.wait(10) == 0
    finally:
        door.close()


class TestMany:
    """In the same process, where it can be seen what is made how often."""

    @staticmethod
    def made() -> "tuple[Bus, sse.Streams, list[int]]":
        told: list[int] = []

        def tell(event: Event) -> "tuple[str, dict[str, Any]] | None":
            told.append(event.id)
            return (event.name, event.data) if event.name != "quiet" else None

        bus = Bus(Database(MEMORY), SystemClock())
        return bus, sse.Streams(bus, tell, lambda device: device != "gone"), told

    def test_an_event_is_put_into_bytes_once_for_all(self) -> None:
        async def run() -> "tuple[list[list[bytes]], list[int]]":
            bus, streams, told = self.made()
            pages = [streams._events(0, "d") for _ in range(5)]
            for page in pages:
                await anext(page)
            bus.publish("decision", {"n": 1})
            bus.publish("quiet", {})
            got = [[await anext(page), await anext(page)] for page in pages]
            for page in pages:
                await page.aclose()  # type: ignore[attr-defined]
            assert bus.listeners() == 0
            return got, told

        got, told = asyncio.run(run())
        assert told == [1, 2]
        assert got == [[b'id: 1\nevent: decision\ndata: {"n": 1}\n\n', b"id: 2\n\n"]] * 5

    def test_a_page_that_is_too_slow_is_dropped(self) -> None:
        async def run() -> "list[bytes]":
            bus, streams, _ = self.made()
            page = streams._events(0, "d")
            await anext(page)
            for number in range(BACKLOG + 5):
                bus.publish("decision", {"n": number})
            return [piece async for piece in page]

        assert len(asyncio.run(run())) <= BACKLOG

    def test_nothing_is_told_to_a_device_that_is_gone(self) -> None:
        async def run() -> "list[bytes]":
            bus, streams, _ = self.made()
            page = streams._events(0, "gone")
            await anext(page)
            bus.publish("decision", {"n": 1})
            return [piece async for piece in page]

        assert asyncio.run(run()) == []

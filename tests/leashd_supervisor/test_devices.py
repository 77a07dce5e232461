"""People who answer over the network: two at once, one who is gone before the response, one who says half of it."""

import asyncio
import json
import socket
import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest
from leashd_supervisor.server import bind_people
from leashd_supervisor.settings import Settings

from tests.hook.guard import Guard, furnish
from tests.leashd_supervisor.conftest import Hook, until
from tests.leashd_supervisor.web.door import Door


@pytest.fixture(scope="module")
def guard(tmp_path_factory: pytest.TempPathFactory) -> Guard:
    return furnish(tmp_path_factory.mktemp("guarded"))


@pytest.fixture(scope="module")
def door(guard: Guard) -> Iterator[Door]:
    running = Door(guard.state)
    yield running
    running.close()


@pytest.fixture
def devices(door: Door) -> Iterator["list[httpx.Client]"]:
    with door.owner() as one, door.owner() as two:
        yield [one, two]


def shown(device: httpx.Client, number: int) -> "list[dict[str, Any]]":
    """What waits, once there is so much."""
    found: list[dict[str, Any]] = []

    def enough() -> bool:
        found[:] = device.get("/api/state").json()["pending"]
        return len(found) >= number

    until(enough)
    return found


def raw(door: Door, device: httpx.Client, view: "dict[str, Any]", allow: bool) -> bytes:
    """An answer as bytes."""
    body = json.dumps({"allow": allow, "digest": view["digest"]})
    return (
        f"POST /api/approvals/{view['id']}/answer HTTP/1.1\r\nHost: 127.0.0.1:{door.port}\r\nOrigin: {door.url}\r\n"
        f"Cookie: sid={device.cookies['sid']}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n"
        f"\r\n{body}"
    ).encode()


def test_of_two_devices_that_answer_at_once_one_counts_and_the_other_hears_which(
    guard: Guard, devices: "list[httpx.Client]"
) -> None:
    hooks = {f"race-{at}": Hook(guard, call=f"race-{at}", command=f"git push origin b{at}") for at in range(16)}
    views = shown(devices[0], 16)

    def answer(device: httpx.Client, view: "dict[str, Any]", allow: bool) -> httpx.Response:
        return device.post(f"/api/approvals/{view['id']}/answer", json={"allow": allow, "digest": view["digest"]})

    with ThreadPoolExecutor(2) as pool:
        for view in views:
            said = list(pool.map(answer, devices, [view, view], [True, False]))
            assert sorted(response.status_code for response in said) == [200, 409]
            state = "allowed" if said[0].status_code == 200 else "denied"
            loser = next(response for response in said if response.status_code == 409).json()
            assert loser["approval"]["state"] == state
            told = hooks[view["call_id"]].answer()[0]
            assert told == {"allowed": "allow", "denied": "deny"}[state]


def test_an_answer_whose_sender_is_gone_at_once_counts_once(
    door: Door, guard: Guard, devices: "list[httpx.Client]"
) -> None:
    hook = Hook(guard)
    (view,) = shown(devices[0], 1)
    for _ in range(3):
        with socket.create_connection(("127.0.0.1", door.port)) as connection:
            connection.sendall(raw(door, devices[0], view, allow=True))
    assert hook.answer()[0] == "allow"
    again = devices[0].post(f"/api/approvals/{view['id']}/answer", json={"allow": False, "digest": view["digest"]})
    assert (again.status_code, again.json()["approval"]["state"]) == (409, "allowed")


def test_half_an_answer_is_none(door: Door, guard: Guard, devices: "list[httpx.Client]") -> None:
    hook = Hook(guard)
    (view,) = shown(devices[0], 1)
    whole = raw(door, devices[0], view, allow=True)
    for length in (len(whole) - 1, len(whole) - 20, whole.index(b"\r\n\r\n") + 4):
        with socket.create_connection(("127.0.0.1", door.port)) as connection:
            connection.sendall(whole[:length])
    assert [one["id"] for one in shown(devices[0], 1)] == [view["id"]]
    assert hook.process.poll() is None
    devices[1].post(f"/api/approvals/{view['id']}/answer", json={"allow": False, "digest": view["digest"]})
    assert hook.answer()[0] == "deny"


def test_what_is_sent_to_a_page_goes_out_at_once(tmp_path: Path) -> None:
    """Without this, every answer on a connection that is kept waits for the other side's acknowledgement."""

    async def option() -> int:
        found: asyncio.Future[int] = asyncio.get_running_loop().create_future()

        def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            accepted = writer.get_extra_info("socket")
            found.set_result(accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
            writer.close()

        bound = bind_people(Settings(tmp_path, port=0))
        async with await asyncio.start_server(connected, sock=bound):
            _, writer = await asyncio.open_connection(*bound.getsockname())
            value = await asyncio.wait_for(found, 10)
            writer.close()
            return value

    assert asyncio.run(option()) != 0


def test_pages_that_are_gone_are_not_listened_for(door: Door, devices: "list[httpx.Client]") -> None:
    def listening() -> int:
        lines = devices[1].get("/metrics").text.splitlines()
        return int(next(line for line in lines if line.startswith("leashd_stream_clients")).split()[1])

    before = listening()
    streams = []
    for _ in range(8):
        connection = socket.create_connection(("127.0.0.1", door.port))
        head = f"GET /api/events HTTP/1.1\r\nHost: 127.0.0.1:{door.port}\r\nOrigin: {door.url}\r\n"
        connection.sendall(f"{head}Cookie: sid={devices[0].cookies['sid']}\r\n\r\n".encode())
        connection.recv(1)
        streams.append(connection)
    until(lambda: listening() == before + 8)
    for connection in streams:
        connection.close()
    until(lambda: listening() == before)


def test_a_supervisor_that_is_killed_between_two_devices_keeps_the_first_answer(tmp_path: Path) -> None:
    guard = furnish(tmp_path)
    door = Door(guard.state)
    hook = Hook(guard)
    with door.owner() as phone:
        (view,) = shown(phone, 1)
        phone.post(f"/api/approvals/{view['id']}/answer", json={"allow": False, "digest": view["digest"]})
        door.process.kill()
        door.process.wait(10)
    again = Door(guard.state)
    assert hook.answer()[0] == "deny"
    with sqlite3.connect(guard.state / "supervisor.db") as database:
        assert database.execute("select state from approval").fetchall() == [("denied",)]
    database.close()
    again.close()
    door.close()

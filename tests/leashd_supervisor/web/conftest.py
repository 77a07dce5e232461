"""One supervisor for the tests of a module."""

from collections.abc import Iterator

import httpx
import pytest

from tests.leashd_supervisor.web.door import Door


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    running = Door(tmp_path_factory.mktemp("door") / "s")
    yield running
    running.close()


@pytest.fixture(scope="module")
def session(door: Door) -> str:
    """A session of somebody who came in with the key."""
    with door.stranger() as client:
        client.post("/api/login", json={"key": door.key})
        return str(client.cookies["sid"])


@pytest.fixture
def stranger(door: Door) -> Iterator[httpx.Client]:
    with door.stranger() as client:
        yield client


@pytest.fixture
def owner(door: Door, session: str) -> Iterator[httpx.Client]:
    with door.stranger(Cookie=f"sid={session}") as client:
        yield client

"""Approvals in memory."""

from collections.abc import Iterator
from typing import Any

import pytest
from leashd_supervisor.approvals.model import Request
from leashd_supervisor.approvals.service import Approvals
from leashd_supervisor.approvals.store import Store
from leashd_supervisor.kernel.bus import Bus
from leashd_supervisor.kernel.db import MEMORY, Database

from tests.leashd_supervisor.conftest import Hands
from tests.leashd_supervisor.web.door import question


@pytest.fixture
def clock() -> Hands:
    return Hands()


@pytest.fixture
def approvals(clock: Hands) -> Iterator[Approvals]:
    db = Database(MEMORY)
    yield Approvals(Store(db), Bus(db, clock), clock)
    db.close()


def call(call_id: str = "1", **changes: Any) -> Request:
    given = question(call_id=call_id, **changes)
    return Request(**{**given, "effects": tuple(given["effects"])})

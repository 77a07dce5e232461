"""What the cases of the corpus share."""

import json
from collections.abc import Iterator

import pytest

from leashd_hooks.shell import sqldoor
from leashd_hooks.sql.reader import read


def _read_here(argv: "list[str]", data: bytes) -> "tuple[int, bytes]":
    return 0, json.dumps(read(data.decode(), argv[-1])).encode()


@pytest.fixture(scope="session", autouse=True)
def _sql_is_read_in_this_process() -> Iterator[None]:
    """To start the reader for each case would take longer than everything else; the tests of `sqldoor` start it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sqldoor, "_run", _read_here)
        yield

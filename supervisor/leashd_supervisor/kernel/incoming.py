"""What comes in with a request of a page: a JSON object and its fields.  What is not as it should be is `Malformed`."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from typing import Any, NoReturn

from starlette.requests import ClientDisconnect, Request

from leashd_supervisor.kernel.errors import SupervisorError

#: Seconds that the body of a request may take.
PATIENCE = 10.0


class Malformed(SupervisorError):
    """A request that is not understood; the page shows what it says."""


async def body(http: Request) -> dict[str, Any]:
    """The JSON object of a request; an empty body is an empty object.  Raises Malformed."""
    try:
        data = await asyncio.wait_for(http.body(), PATIENCE)
    except (asyncio.TimeoutError, ClientDisconnect):
        raise Malformed("the body does not come") from None
    if not data:
        return {}
    try:
        read = json.loads(data, parse_constant=_no_number)
        # A half of a pair of surrogates is no text that a database or a page takes.
        json.dumps(read, ensure_ascii=False).encode()
    except (ValueError, RecursionError) as error:
        raise Malformed(f"the body is not JSON: {type(error).__name__}", "send a JSON object in UTF-8") from None
    if not isinstance(read, dict):
        raise Malformed("the body is not a JSON object")
    return read


def _no_number(word: str) -> NoReturn:
    raise ValueError(f"{word} is not JSON")


def text(given: Mapping[str, Any], name: str, default: str | None = None, longest: int = 10_000) -> str:
    """A text field.  Raises Malformed."""
    value = given.get(name, default)
    if not isinstance(value, str) or len(value) > longest:
        raise Malformed(f"`{name}` is not a text of at most {longest} characters")
    return value


def flag(given: Mapping[str, Any], name: str, default: bool | None = None) -> bool:
    """A yes or no.  Raises Malformed."""
    value = given.get(name, default)
    if not isinstance(value, bool):
        raise Malformed(f"`{name}` is neither true nor false")
    return value


def number(given: Mapping[str, str], name: str, default: float, least: float, most: float) -> float:
    """A number of a query, brought into its limits.  Raises Malformed."""
    if name not in given:
        return default
    try:
        value = float(given[name])
    except ValueError:
        raise Malformed(f"`{name}` is not a number") from None
    if value != value:
        raise Malformed(f"`{name}` is not a number")
    return min(max(value, least), most)

"""Over a thousand generated requests over all addresses: never a failure of ours, never in without a session."""

import json
import random
from pathlib import Path
from typing import Any

import httpx
import pytest
from leashd_supervisor import app
from leashd_supervisor.kernel.db import MEMORY
from leashd_supervisor.settings import Settings
from leashd_supervisor.web.guard import OPEN, OPEN_BELOW, Guard
from starlette.routing import Route

from tests.leashd_supervisor.web.door import Door, low, question

#: What stands in for a value, in paths, queries and bodies.
VALUES: "tuple[Any, ...]" = (
    None, True, False, 0, -1, 2**63, 2**200, 1.5, 1e308, "", "x", "a" * 3000, "\x00", "\u202e", "\U0001f511", "../..",
    "' or 1=1 --", "%s%n", "{{7*7}}", "<script>", [], {}, [[]], {"a": {"b": []}}, ["x", 1, None],
)  # fmt: skip
NAMES = (
    "key", "code", "allow", "digest", "message", "stop", "input", "scope", "approvals", "id", "command", "tool", "cwd",
    "theme", "shortcuts", "notify", "quiet", "endpoint", "keys", "p256dh", "auth", "state", "before", "limit", "after",
    "q", "verdict", "rule", "session", "format", "\x00", "__proto__",
)  # fmt: skip
METHODS = ("GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "PROPFIND")
TYPES = ("application/json", "application/json; charset=utf-8", "text/plain", "", "application/x-www-form-urlencoded")


def paths(tmp: Path) -> "list[str]":
    """Every address that the application knows."""
    supervisor = app.build(Settings(tmp / "state", port=0), MEMORY)
    guard = app.people(supervisor)
    assert isinstance(guard, Guard)
    found = {route.path for route in guard._app.routes if isinstance(route, Route)}  # type: ignore[attr-defined]
    supervisor.db.close()
    return sorted(found)


def value(chance: random.Random, depth: int = 3) -> Any:
    if depth and chance.random() < 0.4:
        names = chance.sample(NAMES, chance.randrange(4))
        return {name: value(chance, depth - 1) for name in names}
    return chance.choice(VALUES)


def body(chance: random.Random) -> bytes:
    if chance.random() < 0.15:
        return bytes(chance.randrange(256) for _ in range(chance.randrange(60)))
    made = {name: value(chance) for name in chance.sample(NAMES, chance.randrange(6))}
    data = json.dumps(made if chance.random() < 0.9 else value(chance)).encode()
    return data[: chance.randrange(len(data) + 1)] if chance.random() < 0.15 else data


def address(chance: random.Random, known: "list[str]", ids: "list[str]") -> str:
    path = chance.choice(known)
    for part in ("{id}", "{path:path}"):
        path = path.replace(
            part, chance.choice([*ids, "x", "%00", "..%2f..", "a" * 300, "%F0%9F%94%91", "%ff", "app.js"])
        )
    if chance.random() < 0.1:
        path += chance.choice(["/", "//", "/..", "%20", ";x", "/x/y"])
    names = chance.sample(NAMES[:-2], chance.randrange(4))
    query = "&".join(f"{name}={httpx.QueryParams({'x': str(chance.choice(VALUES))})}" for name in names)
    return f"{path}?{query}" if query else path


def headers(chance: random.Random, door: Door) -> "dict[str, str]":
    odd = {
        "Origin": chance.choice([door.url, "null", "https://evil.com", ""]),
        "Sec-Fetch-Site": chance.choice(["same-origin", "cross-site", "none", ""]),
        "Last-Event-ID": chance.choice(["1", "-1", "x", "9" * 40, "\u0661"]).encode().decode("latin-1"),
        "If-None-Match": '"x"',
        "Accept-Encoding": chance.choice(["gzip", "br", "*"]),
        "Authorization": chance.choice(["Bearer x", "Bearer", "Basic eDp4", "Bearer  x"]),
        "X-Forwarded-For": "127.0.0.1",
        "X-HTTP-Method-Override": "DELETE",
        "Transfer-Encoding": "chunked",
        "Upgrade": "websocket",
    }
    chosen = {name: odd[name] for name in chance.sample(sorted(odd), chance.randrange(3))}
    return {"Content-Type": chance.choice(TYPES), **chosen}


def send(client: httpx.Client, method: str, path: str, data: bytes, extra: "dict[str, str]") -> "tuple[int, bytes]":
    content = iter([data]) if extra.get("Transfer-Encoding") else data
    lines = [(name.encode(), line.encode("latin-1")) for name, line in extra.items()]
    with client.stream(method, path, content=content, headers=lines) as answer:
        if answer.headers.get("content-type", "").startswith("text/event-stream"):
            return answer.status_code, b""
        return answer.status_code, answer.read()


@pytest.mark.parametrize("seed", range(10))
def test_without_a_session_nothing_is_told_and_nothing_changes(
    door: Door, owner: httpx.Client, tmp_path: Path, seed: int
) -> None:
    secret = f"the secret project {seed}"
    shown, _ = door.asked(owner, session=f"s{seed}", call_id=f"stranger-{seed}", reason=secret)
    before = state(owner)
    chance = random.Random(f"stranger {seed}")
    known = paths(tmp_path)
    with door.stranger() as stranger:
        for _ in range(80):
            method, path = chance.choice(METHODS), address(chance, known, [shown["id"]])
            cookie = chance.choice([{}, {"Cookie": "sid=x"}, {"Cookie": "sid=" + "A" * 43}, {"Cookie": "\xff;=;sid"}])
            status, data = send(stranger, method, path, body(chance), {**headers(chance, door), **cookie})
            plain = httpx.URL(door.url + path).path
            is_open = plain in OPEN or plain.startswith(OPEN_BELOW)
            assert status < 500, (method, path)
            assert is_open or status in (400, 401, 403, 413, 415), (method, path, status)
            assert secret.encode() not in data
    assert state(owner) == before
    owner.post(f"/api/approvals/{shown['id']}/answer", json={"allow": False, "digest": shown["digest"]})


@pytest.mark.parametrize("seed", range(10))
def test_with_a_session_nothing_fails(door: Door, owner: httpx.Client, tmp_path: Path, seed: int) -> None:
    ids = [
        door.asked(owner, session=f"o{seed}", call_id=f"owner-{seed}-{number}", **kind)[0]["id"]
        for number, kind in enumerate(({}, low(), {"tool": "Edit", "input": {"file_path": "/x", "old_string": "a"}}))
    ]
    chance = random.Random(f"owner {seed}")
    known = [path for path in paths(tmp_path) if path not in ("/api/logout", "/api/policy/test")]
    for _ in range(60):
        method, path = chance.choice(METHODS), address(chance, known, ids)
        data, extra = body(chance), headers(chance, door)
        status, told = send(owner, method, path, data, extra)
        assert status < 500, (method, path, data, extra, told)
    for waiting in owner.get("/api/approvals?state=pending").json()["approvals"]:
        owner.post(f"/api/approvals/{waiting['id']}/answer", json={"allow": False, "digest": waiting["digest"]})


@pytest.mark.parametrize(
    "given", [{}, {"command": 5}, {"tool": "Bash"}, {"tool": "Bash", "input": []}, {"command": "ls", "cwd": "x"}]
)
def test_a_question_to_the_policy_that_is_none_is_refused(owner: httpx.Client, given: "dict[str, Any]") -> None:
    assert owner.post("/api/policy/test", json=given).status_code in (200, 400)


def state(owner: httpx.Client) -> Any:
    told = owner.get("/api/state").json()
    me = owner.get("/api/me").json()
    pending = [(one["id"], one["state"]) for one in told["pending"]]
    return pending, len(told["recent"]), told["grants"], me["settings"], len(me["devices"])


def test_the_question_of_these_tests_is_one(door: Door, owner: httpx.Client) -> None:
    shown, waiting = door.asked(owner, call_id="plain")
    assert shown["rule"] == question()["rule"]
    owner.post(f"/api/approvals/{shown['id']}/answer", json={"allow": True, "digest": shown["digest"]})
    assert waiting.result(10).json()["state"] == "allowed"

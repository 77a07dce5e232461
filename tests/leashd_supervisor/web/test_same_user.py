"""The agent runs as the user: what it reaches with a shell of that user, and what that does not give it."""

import itertools
import json
import sqlite3
from collections.abc import Iterator

import httpx
import pytest
from leashd_supervisor.ipc.door import Malformed, parse
from leashd_supervisor.web.auth import Devices

from tests.leashd_supervisor.web.door import Door, question

#: What an approval of these tests is bound to.
OWN = question()["digest"]
#: Everything that answers, tells a secret or changes a setting at people's door.
POWERS = (
    ("POST", "/api/login", {"key": "x"}),
    ("POST", "/api/pair", {}),
    ("GET", "/api/me", None),
    ("GET", "/api/state", None),
    ("GET", "/api/agents", None),
    ("GET", "/api/approvals", None),
    ("GET", "/api/approvals/{id}", None),
    ("POST", "/api/approvals/{id}/answer", {"allow": True, "digest": OWN}),
    ("POST", "/api/approvals/allow", {"approvals": [{"id": "{id}", "digest": OWN}]}),
    ("GET", "/api/grants", None),
    ("PUT", "/api/settings", {"quiet": {"on": True}}),
    ("GET", "/api/audit", None),
    ("GET", "/api/events", None),
    ("GET", "/metrics", None),
)
#: What else one might try on the hooks' socket.
VERBS = (
    "/answer",
    "/allow",
    "/approve",
    "/decide",
    "/settle",
    "/grant",
    "/key",
    "/login",
    "/pair",
    "/config",
    "/ask/x",
)


@pytest.fixture
def waiting(door: Door, owner: httpx.Client) -> "Iterator[dict[str, str]]":
    number = next(NUMBERS)
    shown, _ = door.asked(owner, session="agent", call_id=f"own-{number}", rule=f"r{number}")
    yield {"id": shown["id"], "call_id": shown["call_id"]}
    owner.post(f"/api/approvals/{shown['id']}/answer", json={"allow": False, "digest": OWN})


NUMBERS = itertools.count()


def state(owner: httpx.Client, id: str) -> str:
    return str(owner.get(f"/api/approvals/{id}").json()["state"])


@pytest.mark.parametrize(("method", "path", "body"), POWERS)
def test_nothing_of_peoples_door_is_on_the_hooks_socket(
    door: Door, owner: httpx.Client, waiting: "dict[str, str]", method: str, path: str, body: object
) -> None:
    sent = json.loads(json.dumps(body).replace("{id}", waiting["id"]))
    answer = door.hook(
        method, path.replace("{id}", waiting["id"]), sent, Origin=door.url, Host=f"127.0.0.1:{door.port}"
    )
    assert answer.status_code == 404
    assert state(owner, waiting["id"]) == "pending"


def test_the_hooks_socket_has_no_verb_that_answers(door: Door, owner: httpx.Client, waiting: "dict[str, str]") -> None:
    given = {"id": waiting["id"], "digest": OWN, "allow": True, "state": "allowed"}
    for verb, method in itertools.product(VERBS, ("GET", "POST", "PUT")):
        assert (verb, method, door.hook(method, verb, given).status_code) == (verb, method, 404)
    assert state(owner, waiting["id"]) == "pending"


@pytest.mark.parametrize(
    "more",
    [
        {"state": "allowed"},
        {"allow": True},
        {"answer": {"allow": True}},
        {"surface": "page", "device": "phone"},
        {"risk": "low"},
        {"id": "chosen"},
        {"settled": 1},
    ],
)
def test_a_question_cannot_bring_its_answer(door: Door, more: "dict[str, object]") -> None:
    assert door.hook("POST", "/ask", question(call_id="bring", **more)).status_code == 400


@pytest.mark.parametrize(
    "decoy",
    [
        {"input": {"command": "rm -rf build"}},
        {"tool": "Write"},
        {"input": {"command": "git push origin main", "description": "publish the fix "}},
        {"digest": OWN.upper()},
        {"digest": "d1"},
    ],
)
def test_a_question_cannot_be_shown_as_another_than_it_is_bound_to(door: Door, decoy: "dict[str, object]") -> None:
    """Who says yes to what is shown would allow the call that the digest is of."""
    asked = {**question(session="agent", call_id="decoy"), **decoy}
    assert door.hook("POST", "/ask", asked, **{"Leashd-Wait": "0.1"}).status_code == 400


def test_a_question_that_cannot_be_told_is_none() -> None:
    with pytest.raises(Malformed):
        parse({**question(), "input": {"timeout": float("inf")}})


@pytest.mark.parametrize("event", [{"event": "end"}, {"event": "allowed"}, {"event": "end", "state": "allowed"}])
def test_a_report_ends_a_question_and_never_allows_it(
    door: Door, owner: httpx.Client, waiting: "dict[str, str]", event: "dict[str, str]"
) -> None:
    door.hook("POST", "/report", {"session": "agent", "call_id": waiting["call_id"], **event})
    assert state(owner, waiting["id"]) in ("pending", "cancelled")
    told = door.hook("POST", "/dialog", {"session": "agent", "digest": OWN}).json()
    assert told == {"state": "not_asked"}


@pytest.mark.parametrize(("method", "path", "body"), POWERS)
def test_nothing_is_open_on_the_port_without_the_key(
    door: Door,
    owner: httpx.Client,
    stranger: httpx.Client,
    waiting: "dict[str, str]",
    method: str,
    path: str,
    body: object,
) -> None:
    sent = json.loads(json.dumps(body).replace("{id}", waiting["id"]))
    answer = stranger.request(method, path.replace("{id}", waiting["id"]), json=sent)
    assert answer.status_code in (401, 429)
    assert state(owner, waiting["id"]) == "pending"


def test_what_the_files_hold_lets_nobody_in(door: Door, owner: httpx.Client, stranger: httpx.Client) -> None:
    assert owner.get("/api/me").status_code == 200
    found: list[str] = []
    with sqlite3.connect(f"file:{door.state}/supervisor.db?mode=ro", uri=True) as db:
        for table in ("owner_key", "device", "pairing"):
            for row in db.execute(f"select * from {table}"):  # noqa: S608 - names of ours
                found += [cell.hex() if isinstance(cell, bytes) else str(cell) for cell in row]
    db.close()
    found += [path.read_text(errors="replace") for path in (door.state / "run").glob("*.json")]
    for cell in found:
        assert stranger.post("/api/login", json={"key": cell[:500]}).status_code in (401, 429)
        assert stranger.post("/api/login", json={"code": cell[:500]}).status_code in (401, 429)
        cookie = {"Cookie": f"sid={cell.strip()}"}
        assert (
            stranger.get(
                "/api/me", headers={name: value.replace("\n", "") for name, value in cookie.items()}
            ).status_code
            == 401
        )


def test_who_can_write_the_database_can_come_in(door: Door, stranger: httpx.Client) -> None:
    """Not enforced, and said so in the threat model: another user for the supervisor closes it."""
    from leashd_supervisor.kernel.clock import SystemClock
    from leashd_supervisor.kernel.db import Database

    db = Database(str(door.state / "supervisor.db"))
    session = Devices(db, SystemClock()).enter("made by hand", "key")
    db.close()
    assert stranger.get("/api/me", headers={"Cookie": f"sid={session}"}).status_code == 200

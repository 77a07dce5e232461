"""The routes of the audit, the figures and push messages, at the door of a real supervisor."""

import csv
import io
import json

import pytest
from leashd_supervisor.channels.push.encryption import decoded

from leashd_hooks.audit import append
from tests.leashd_supervisor.channels.browser import Browser
from tests.leashd_supervisor.conftest import until


@pytest.fixture(scope="module")
def audited(door):
    for number in range(3):
        record = {"event": "PreToolUse", "session": "s1", "tool": "Bash", "verdict": "deny", "answered": "deny"}
        append(str(door.state / "audit"), {**record, "rule": "=evil()", "input": {"command": f"needle {number}"}})
    return door


def _records(owner, **query):
    return owner.get("/api/audit", params=query).json()["records"]


def test_a_decision_is_found_soon_after_it_was_made(audited, owner):
    until(lambda: len(_records(owner, q="needle")) == 3)
    assert [one["text"] for one in _records(owner, q="needle", limit=2)] == ["needle 2", "needle 1"]
    following = owner.get("/api/audit", params={"q": "needle", "limit": 2}).json()["next"]
    assert [one["text"] for one in _records(owner, q="needle", before=following)] == ["needle 0"]


def test_the_chain_is_verified(audited, owner):
    found = owner.get("/api/audit/verify").json()
    assert (found["ok"], found["lines"], found["problems"]) == (True, 3, [])


def test_an_export_is_a_file_to_be_saved(audited, owner):
    lines = owner.get("/api/audit/export", params={"format": "jsonl"})
    assert lines.headers["content-disposition"] == 'attachment; filename="leashd-audit.jsonl"'
    assert [json.loads(line)["input"]["command"] for line in lines.text.splitlines()][-1] == "needle 2"
    table = owner.get("/api/audit/export", params={"format": "csv", "q": "needle 1"})
    rows = list(csv.DictReader(io.StringIO(table.text)))
    assert [row["rule"] for row in rows] == ["'=evil()"]


BAD = {
    "a limit that is none": ("/api/audit", {"limit": "many"}),
    "a place that is none": ("/api/audit", {"before": "x"}),
    "an endless question": ("/api/audit", {"q": "x" * 501}),
    "an unknown format": ("/api/audit/export", {"format": "exe"}),
}


@pytest.mark.parametrize("name", BAD)
def test_what_makes_no_sense_is_refused_with_a_reason(owner, name):
    path, query = BAD[name]
    response = owner.get(path, params=query)
    assert response.status_code == 400
    assert response.json()["error"]


def test_figures_are_for_the_key_or_a_session(door, stranger, owner):
    assert stranger.get("/metrics").status_code == 401
    assert stranger.get("/metrics", headers={"Authorization": "Bearer wrong"}).status_code == 401
    by_key = stranger.get("/metrics", headers={"Authorization": f"Bearer {door.key}"})
    assert by_key.status_code == 200
    assert by_key.headers["content-type"].startswith("text/plain; version=0.0.4")
    assert "# TYPE leashd_approvals_pending gauge\n" in owner.get("/metrics").text


STRANGERS = [
    ("GET", "/api/audit"), ("GET", "/api/audit/verify"), ("GET", "/api/audit/export"), ("GET", "/api/push/key"),
    ("POST", "/api/push/subscriptions"), ("POST", "/api/push/test"), ("GET", "/api/push/devices"),
    ("POST", "/api/push/presence"), ("DELETE", "/api/push/subscriptions/x"),
]  # fmt: skip


@pytest.mark.parametrize(("method", "path"), STRANGERS)
def test_strangers_get_nothing(stranger, method, path):
    assert stranger.request(method, path).status_code == 401


def test_a_public_name_is_contact_enough_and_the_key_behind_it_is_its_owners(door, owner):
    told = owner.get("/api/push/key").json()["key"]
    assert len(decoded(told)) == 65
    assert owner.get("/api/push/key").json()["key"] == told
    assert (door.state / "push-key.pem").stat().st_mode & 0o777 == 0o600


def test_a_subscription_needs_keys_and_what_is_not_there_is_not_taken_away(owner):
    given = {**Browser().subscription("https://evil.example/x"), "keys": "none"}
    assert owner.post("/api/push/subscriptions", json=given).status_code == 400
    assert owner.delete("/api/push/subscriptions/none").status_code == 404
    assert owner.get("/api/push/devices").json() == {"devices": []}


def test_a_page_says_whether_somebody_looks(owner):
    assert owner.post("/api/push/presence", json={"visible": True, "focused": True}).status_code == 204
    assert owner.post("/api/push/presence", json={"visible": "yes"}).status_code == 400

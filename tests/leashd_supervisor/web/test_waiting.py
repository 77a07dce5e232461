"""How long a hook waits at its door is the hook's to say."""

import httpx
import pytest

from tests.leashd_supervisor.web.door import Door, question


def test_a_hook_that_cannot_wait_any_longer_is_told_so_and_its_question_stays(door: Door, owner: httpx.Client) -> None:
    asked = question(session="short", call_id="short-1")
    told = door.hook("POST", "/ask", asked, **{"Leashd-Wait": "0.2"}).json()
    assert (told["state"], told["digest"]) == ("pending", asked["digest"])
    shown = owner.get(f"/api/approvals/{told['id']}").json()
    assert shown["state"] == "pending"
    assert shown["left"]
    allowed = owner.post(f"/api/approvals/{told['id']}/answer", json={"allow": True, "digest": asked["digest"]}).json()
    assert allowed["holds_until"] > allowed["settled"]
    again = door.hook("POST", "/ask", {**asked, "call_id": "short-2"}, **{"Leashd-Wait": "5"}).json()
    assert (again["state"], again["id"]) == ("allowed", told["id"])
    assert (
        door.hook("POST", "/ask", {**asked, "call_id": "short-3"}, **{"Leashd-Wait": "0.1"}).json()["id"] != told["id"]
    )


@pytest.mark.parametrize("seconds", ["soon", "-1", "nan", "inf", "1e99"])
def test_what_is_no_time_is_refused(door: Door, seconds: str) -> None:
    assert door.hook("POST", "/ask", question(call_id="odd"), **{"Leashd-Wait": seconds}).status_code == 400


def test_a_yes_after_the_end_is_given_at_the_door(door: Door, owner: httpx.Client) -> None:
    asked = question(session="late", call_id="late-1", timeout=0.1)
    ended = door.hook("POST", "/ask", asked).json()
    assert ended["state"] == "expired"
    shown = owner.get(f"/api/approvals/{ended['id']}").json()
    assert shown["comes_back"]
    late = owner.post(f"/api/approvals/{ended['id']}/answer", json={"allow": True, "digest": asked["digest"]})
    assert (late.status_code, late.json()["approval"]["comes_back"]) == (409, True)
    made = owner.post(f"/api/approvals/{ended['id']}/again", json={"digest": asked["digest"]}).json()
    assert made["state"] == "allowed"
    assert owner.post(f"/api/approvals/{ended['id']}/again", json={"digest": asked["digest"]}).status_code == 409
    assert owner.post("/api/approvals/nothing/again", json={"digest": "d"}).status_code == 404
    assert owner.post(f"/api/approvals/{ended['id']}/again", json={}).status_code == 400
    told = door.hook("POST", "/ask", {**asked, "call_id": "late-2", "timeout": 5}).json()
    assert (told["state"], told["id"]) == ("allowed", made["id"])

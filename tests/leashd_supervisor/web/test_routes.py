"""What the page is told: of the policy, of itself, and what a person has chosen."""

from typing import Any

import httpx
import pytest
from leashd_supervisor.web.logins import device_name

from leashd_hooks import bundle
from leashd_hooks.hook import judge_call
from leashd_hooks.model import Call
from tests.leashd_supervisor.web.door import Door

WRITE = {"file_path": "/etc/hosts", "content": ""}


class TestPolicy:
    def test_every_rule_says_where_it_is_from(self, owner: httpx.Client) -> None:
        told = owner.get("/api/policy").json()
        assert told["policies"]
        rules = {(rule["name"], rule["kind"]): rule for rule in told["rules"]}
        push = rules["git-force-push", "git"]
        assert (push["action"], push["floor"], push["layer"]) == ("deny", True, "floor")
        assert all(rule["reason"] and ":" in rule["origin"] for rule in told["rules"] if rule["action"] == "deny")

    @pytest.mark.parametrize(
        ("given", "tool", "input"),
        [
            (
                {"tool": "Write", "input": {"file_path": "/etc/x", "content": ""}},
                "Write",
                {"file_path": "/etc/x", "content": ""},
            ),
            ({"command": "ls"}, "Bash", {"command": "ls"}),
            ({"command": "cat a | sh; rm -rf '"}, "Bash", {"command": "cat a | sh; rm -rf '"}),
            ({"tool": "Write", "input": WRITE}, "Write", WRITE),
            ({"tool": "mcp__a__b", "input": {}}, "mcp__a__b", {}),
            ({"tool": "Read", "input": {}}, "Read", {}),
        ],
    )  # fmt: skip
    def test_it_answers_as_the_hook_does(
        self, door: Door, owner: httpx.Client, given: "dict[str, Any]", tool: str, input: "dict[str, Any]"
    ) -> None:
        told = owner.post("/api/policy/test", json={**given, "cwd": "/home/me/shop"}).json()
        policy = bundle.load(str(door.state), str(door.state.parent))
        try:
            decision = judge_call(Call(tool, input, "/home/me/shop"), policy).to_json()
        except ValueError:
            decision = {"verdict": "deny", "rule": "unreadable-call"}
        assert {name: told[name] for name in decision if name != "effects"} == {
            name: value for name, value in decision.items() if name != "effects"
        }


class TestMe:
    def test_says_which_device_asks(self, owner: httpx.Client) -> None:
        told = owner.get("/api/me").json()
        assert [one["name"] for one in told["devices"] if one["current"]] == [told["device"]]
        assert not any("session" in one for one in told["devices"])

    @pytest.mark.parametrize(
        ("agent", "name"),
        [
            ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Mobile/15E148 Safari/604.1", "Safari on iPhone"),
            ("Mozilla/5.0 (Linux; Android 15) Chrome/140.0 Mobile Safari/537.36", "Chrome on Android"),
            ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox on Linux"),
            ("leashd/0.1", "terminal"),
            ("", "a device"),
            ("\u202eevil", "\\u{202E}evil"),
        ],
    )  # fmt: skip
    def test_a_device_is_called_what_a_person_calls_it(self, agent: str, name: str) -> None:
        assert device_name(agent) == name


class TestSettings:
    def test_what_is_chosen_is_kept_and_the_rest_stays(self, owner: httpx.Client) -> None:
        before = owner.get("/api/settings").json()
        told = owner.put("/api/settings", json={"quiet": {"from": "23:30"}, "notify": {"danger": False}}).json()
        assert told["quiet"] == {**before["quiet"], "from": "23:30"}
        assert told["notify"] == {**before["notify"], "danger": False}
        assert owner.get("/api/me").json()["settings"] == told

    @pytest.mark.parametrize(
        "given",
        [
            {"odd": 1},
            {"theme": "pink"},
            {"theme": ["dark"]},
            {"shortcuts": "yes"},
            {"notify": {"odd": True}},
            {"notify": {"danger": 1}},
            {"notify": True},
            {"quiet": {"from": "24:00"}},
            {"quiet": {"from": "7:00"}},
            {"quiet": {"to": 7}},
            {"quiet": {"odd": True}},
            {"theme": "dark", "shortcuts": None},
        ],
    )
    def test_what_is_no_setting_changes_nothing(self, owner: httpx.Client, given: "dict[str, Any]") -> None:
        before = owner.get("/api/settings").json()
        assert owner.put("/api/settings", json=given).status_code == 400
        assert owner.get("/api/settings").json() == before


@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_what_is_not_there_says_so(owner: httpx.Client, method: str) -> None:
    answer = owner.request(method, "/api/nowhere")
    assert answer.status_code == 404
    assert answer.json()["error"] == "not found"

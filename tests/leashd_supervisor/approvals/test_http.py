"""The routes of approvals and grants: one answer for one call that was shown, and every mistake explained."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from leashd_supervisor import app
from leashd_supervisor.approvals.model import Request
from leashd_supervisor.kernel.db import MEMORY
from leashd_supervisor.settings import Settings
from leashd_supervisor.web.auth import Devices
from starlette.types import ASGIApp, Receive, Scope, Send

from tests.leashd_supervisor.web.door import low, question

PORT = 8180
BASE = f"http://127.0.0.1:{PORT}"


@dataclass
class Page:
    """The page's application without sockets, and somebody who is logged in."""

    supervisor: app.Supervisor
    session: str

    def ask(self, **changes: Any) -> "dict[str, Any]":
        given = question(**changes)
        approval = self.supervisor.approvals.ask(Request(**{**given, "effects": tuple(given["effects"])}))
        return self.call("GET", f"/api/approvals/{approval.id}").json()  # type: ignore[no-any-return]

    def call(self, method: str, path: str, body: Any = None) -> httpx.Response:
        people = app.people(self.supervisor)

        async def with_server(scope: Scope, receive: Receive, send: Send) -> None:
            await people({**scope, "server": ("127.0.0.1", PORT)}, receive, send)

        return asyncio.run(self._call(with_server, method, path, body))

    async def _call(self, people: ASGIApp, method: str, path: str, body: Any) -> httpx.Response:
        headers = {"Origin": BASE, "Cookie": f"sid={self.session}", "User-Agent": "leashd"}
        async with httpx.AsyncClient(transport=httpx.ASGITransport(people), base_url=BASE, headers=headers) as client:
            return await client.request(method, path, json=body)

    def answer(self, shown: "dict[str, Any]", **given: Any) -> httpx.Response:
        return self.call("POST", f"/api/approvals/{shown['id']}/answer", {"digest": shown["digest"], **given})


@pytest.fixture
def page(tmp_path: Path) -> Iterator[Page]:
    supervisor = app.build(Settings(tmp_path / "s", port=PORT, machine="laptop"), MEMORY)
    yield Page(supervisor, Devices(supervisor.db, supervisor.clock).enter("my phone", "key"))
    supervisor.db.close()


class TestAnswer:
    @pytest.mark.parametrize(("allow", "state"), [(True, "allowed"), (False, "denied")])
    def test_says_what_became_of_it_and_where(self, page: Page, allow: bool, state: str) -> None:
        told = page.answer(page.ask(), allow=allow, message="use a branch").json()
        assert (told["state"], told["surface"], told["device"]) == (state, "page", "my phone")
        assert told["message"] == "use a branch"

    def test_only_the_first_counts(self, page: Page) -> None:
        shown = page.ask()
        assert page.answer(shown, allow=False).status_code == 200
        second = page.answer(shown, allow=True)
        assert second.status_code == 409
        assert second.json()["approval"]["state"] == "denied"
        assert "denied already" in second.json()["error"]

    def test_another_call_than_the_one_that_was_shown_is_not_answered(self, page: Page) -> None:
        shown = page.ask()
        refused = page.answer({**shown, "digest": "another"}, allow=True)
        assert refused.status_code == 409, refused.text
        assert refused.json()["approval"]["state"] == "pending"

    def test_one_that_is_not_there_is_not_found(self, page: Page) -> None:
        assert page.answer({"id": "nothing", "digest": "d"}, allow=True).status_code == 404

    @pytest.mark.parametrize(
        "given",
        [
            {},
            {"allow": "yes"},
            {"allow": 1},
            {"allow": None},
            {"allow": True, "digest": None},
            {"allow": True, "digest": ["d1"]},
            {"allow": True, "message": 5},
            {"allow": True, "message": "a" * 4001},
            {"allow": True, "stop": "no"},
            {"allow": True, "scope": "for ever"},
            {"allow": True, "scope": ["call"]},
            {"allow": True, "input": "ls"},
            {"allow": True, "input": []},
            {"allow": True, "input": {}},
            {"allow": True, "input": {"command": 5}},
            {"allow": True, "input": {"command": "ls", "timeout": 5}},
            {"allow": True, "input": {"file_path": "x"}},
        ],
    )
    def test_what_is_no_answer_changes_nothing(self, page: Page, given: "dict[str, Any]") -> None:
        shown = page.ask()
        refused = page.answer(shown, **given)
        assert refused.status_code == 400
        assert refused.json()["error"]
        assert page.call("GET", f"/api/approvals/{shown['id']}").json()["state"] == "pending"


class TestEdit:
    def test_a_field_is_edited_and_the_rest_stays(self, page: Page) -> None:
        shown = page.ask()
        assert shown["editable"] == "command"
        told = page.answer(shown, allow=True, input={"command": "git push origin fix"}).json()
        assert told["edited"] is True
        kept = page.supervisor.approvals.get(shown["id"]).answer.input
        assert kept == {"command": "git push origin fix", "description": "publish the fix"}

    @pytest.mark.parametrize("changes", [{"agent": "codex"}, {"input": {"command": "TOKEN=abcdefgh make"}}])
    def test_what_is_not_shown_whole_or_not_taken_is_not(self, page: Page, changes: "dict[str, Any]") -> None:
        shown = page.ask(**changes)
        assert page.answer(shown, allow=True, input={"command": "ls"}).status_code == 400

    def test_a_question_is_answered_beside_its_questions(self, page: Page) -> None:
        asked = {"questions": [{"question": "A or B?", "options": []}]}
        shown = page.ask(kind="question", tool="AskUserQuestion", input=asked, effects=[])
        assert page.answer(shown, allow=True, input={"answers": {"A or B?": "A"}}).status_code == 200
        kept = page.supervisor.approvals.get(shown["id"]).answer.input
        assert kept == {**asked, "answers": {"A or B?": "A"}}

    @pytest.mark.parametrize(
        "input", [{"answers": []}, {"answers": {"q": 5}}, {"questions": []}, {"answers": {}, "x": 1}]
    )
    def test_of_a_question_only_the_answers(self, page: Page, input: "dict[str, Any]") -> None:
        shown = page.ask(kind="question", tool="AskUserQuestion", input={"questions": []}, effects=[])
        assert page.answer(shown, allow=True, input=input).status_code == 400

    def test_a_plan_is_not_edited(self, page: Page) -> None:
        shown = page.ask(kind="plan", tool="ExitPlanMode", input={"plan": "# x"}, effects=[])
        assert page.answer(shown, allow=True, input={"plan": "# y"}).status_code == 400


class TestBulk:
    def test_only_low_risk_is_allowed_together(self, page: Page) -> None:
        easy = page.ask(call_id="1", digest="1", **low())
        hard = page.ask(call_id="2", digest="2")
        asks = page.ask(call_id="3", digest="3", kind="question", tool="AskUserQuestion", effects=[])
        wrong = page.ask(call_id="4", digest="4", **low())
        given = [{"id": one["id"], "digest": one["digest"]} for one in (easy, hard, asks)]
        given += [{"id": wrong["id"], "digest": "other"}, {"id": "nothing", "digest": "x"}]
        told = page.call("POST", "/api/approvals/allow", {"approvals": given}).json()
        assert told["allowed"] == [easy["id"]]
        assert [one["id"] for one in told["refused"]] == [hard["id"], asks["id"], wrong["id"], "nothing"]
        assert all(one["why"] for one in told["refused"])

    @pytest.mark.parametrize("given", [None, {}, "x", [1], [{"id": 1, "digest": "d"}], [{"id": "a"}], [{}] * 51])
    def test_what_is_no_list_of_calls_is_refused(self, page: Page, given: Any) -> None:
        assert page.call("POST", "/api/approvals/allow", {"approvals": given}).status_code == 400


class TestGrants:
    def test_one_is_previewed_made_used_and_taken_back(self, page: Page) -> None:
        page.answer(page.ask(call_id="0", digest="0", **low()), allow=True)
        shown = page.ask(call_id="1", digest="1", **low())
        preview = page.call("GET", f"/api/approvals/{shown['id']}/covered").json()
        assert preview["refuses"] == ""
        assert [one["text"] for one in preview["would_have_covered"]] == ["git log"]
        assert page.answer(shown, allow=True, scope="project").status_code == 200
        again = page.ask(call_id="2", digest="2", **low())
        assert (again["state"], again["surface"]) == ("allowed", "grant")
        (grant,) = page.call("GET", "/api/grants").json()["grants"]
        assert (grant["scope"], grant["uses"], grant["title"]) == ("project", 1, "Bash git log")
        assert page.call("DELETE", f"/api/grants/{grant['id']}").status_code == 204
        assert page.call("DELETE", f"/api/grants/{grant['id']}").status_code == 404
        assert page.ask(call_id="3", digest="3", **low())["state"] == "pending"

    def test_danger_is_allowed_once_at_a_time(self, page: Page) -> None:
        shown = page.ask()
        assert "dangerous" in page.call("GET", f"/api/approvals/{shown['id']}/covered").json()["refuses"]
        assert page.answer(shown, allow=True, scope="session").status_code == 400
        assert page.call("GET", f"/api/approvals/{shown['id']}").json()["state"] == "pending"


class TestLists:
    def test_what_waits_and_what_was(self, page: Page) -> None:
        for number in range(4):
            shown = page.ask(call_id=str(number), digest=str(number))
            if number:
                page.answer(shown, allow=number > 1)

        def states(query: str) -> "list[str]":
            return [one["state"] for one in page.call("GET", f"/api/approvals{query}").json()["approvals"]]

        assert states("?state=pending") == ["pending"]
        assert states("?state=denied") == ["denied"]
        assert states("") == ["allowed", "allowed", "denied"]
        assert states("?limit=1") == ["allowed"]
        assert states("?before=1") == []

    @pytest.mark.parametrize("query", ["?state=odd", "?limit=x", "?before=x", "?before=nan"])
    def test_an_unclear_wish_is_refused(self, page: Page, query: str) -> None:
        assert page.call("GET", f"/api/approvals{query}").status_code == 400

    def test_how_often_the_same_was_answered(self, page: Page) -> None:
        for number, allow in enumerate((True, True, False)):
            page.answer(page.ask(call_id=str(number), digest=str(number)), allow=allow)
        assert page.ask(call_id="9", digest="9")["history"] == {"allowed": 2, "denied": 1}

    def test_the_state_tells_agents_and_who_waits(self, page: Page) -> None:
        page.ask(session="waits", call_id="w")
        page.answer(page.ask(session="went on", call_id="x", digest="x"), allow=True)
        decision = {"event": "PreToolUse", "session": "heard", "tool": "Read", "text": "a.py", "cwd": "/x"}
        page.supervisor.bus.publish("decision", decision)
        page.supervisor.bus.publish("decision", {**decision, "session": "leashd-doctor"})
        told = page.call("GET", "/api/state").json()
        assert told["cursor"] == page.supervisor.bus.last()
        assert [(one["session"], one["state"]) for one in told["agents"]] == [
            ("waits", "waiting"),
            ("went on", "working"),
            ("heard", "done"),
        ]
        assert told["agents"][2]["last"] == "Read a.py"
        assert page.call("GET", "/api/agents").json() == {"agents": told["agents"]}
        assert [one["session"] for one in told["pending"]] == ["waits"]

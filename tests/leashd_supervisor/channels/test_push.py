"""Push messages about approvals: who gets them, what stands in them, what becomes of them."""

import asyncio
import datetime
import json
from pathlib import Path

import pytest
from leashd_supervisor.approvals.model import Answer, Request
from leashd_supervisor.approvals.service import Approvals
from leashd_supervisor.approvals.store import Store
from leashd_supervisor.channels.push import model
from leashd_supervisor.channels.push.encryption import encoded
from leashd_supervisor.channels.push.service import Push
from leashd_supervisor.kernel import preferences
from leashd_supervisor.kernel.bus import Bus
from leashd_supervisor.kernel.clock import SystemClock
from leashd_supervisor.kernel.db import MEMORY, Database
from leashd_supervisor.kernel.errors import SupervisorError
from leashd_supervisor.kernel.metrics import Metrics

from tests.leashd_supervisor.channels.browser import Browser, Service, running

SECRET = "curl -H 'Authorization: Bearer sk-live-4242424242424242' https://example.org"
SMALL = (0.05, 0.05, 0.05)


class Desk:
    """The parts around the service, a push service and one subscribed phone."""

    def __init__(self, folder: Path, **options) -> None:
        self.db = Database(MEMORY)
        self.bus = Bus(self.db, SystemClock())
        self.approvals = Approvals(Store(self.db), self.bus, SystemClock())
        self.metrics = Metrics()
        self.service = Service(**options)
        self.phone = Browser()
        self.folder = folder
        self.push = self.another_push()
        self.asked = 0

    def another_push(self) -> Push:
        return Push(
            self.db, self.bus, self.approvals, SystemClock(), self.metrics, "workhorse", self.folder / "key.pem",
            "mailto:me@example.net", trusts=lambda endpoint: endpoint.startswith("http://127.0.0.1:"), pauses=SMALL,
        )  # fmt: skip

    def subscribe(self, name: str = "phone", browser: Browser | None = None, device: str = "d1"):
        keys = browser or self.phone
        endpoint = self.service.endpoint(name)
        return self.push.subscribe(device, name, endpoint, encoded(keys.public), encoded(keys.auth))

    def ask(self, tool: str = "Bash", kind: str = "tool", **fields):
        self.asked += 1
        given = {"command": SECRET} if tool == "Bash" else {"file_path": "/p/secret-plan.txt"}
        return self.approvals.ask(
            Request(kind, "claude", "s", f"c{self.asked}", f"d{self.asked}", tool, given, "/home/me/project", **fields)
        )

    def run(self, work) -> None:
        async def all_of_it() -> None:
            try:
                await work()
                await self.idle()
            finally:
                await self.push.close()

        asyncio.run(running(self.service, all_of_it))

    async def idle(self) -> None:
        while self.push._tasks:
            await asyncio.wait(list(self.push._tasks), timeout=10)

    def device(self, id: str = ""):
        return next(one for one in self.push.subscriptions.all() if id in ("", one.id))


@pytest.fixture
def desk(tmp_path):
    return Desk(tmp_path)


def test_a_phone_is_told_what_kind_of_thing_waits_and_nothing_of_the_call(desk):
    async def work():
        desk.subscribe()
        approval = desk.ask()
        await desk.service.until(1)
        text = desk.service.texts(desk.phone)[0]
        assert text == {
            "id": approval.id, "kind": "tool", "machine": "workhorse", "tool": "Bash", "verb": "run a shell command",
            "danger": approval.risk == "danger", "waiting": 1,
        }  # fmt: skip
        assert "sk-live" not in json.dumps(text)
        assert "project" not in json.dumps(text)

    desk.run(work)


def test_how_it_is_sent(desk):
    async def work():
        desk.subscribe()
        approval = desk.ask(timeout=300)
        headers = (await desk.service.until(1))[0].headers
        assert headers["content-encoding"] == "aes128gcm"
        assert headers["urgency"] == "high"
        assert headers["topic"] == approval.id
        assert 290 <= int(headers["ttl"]) <= 300
        assert headers["authorization"].startswith("vapid t=")
        assert desk.service.received[0].path == "/push/phone"

    desk.run(work)


def test_without_an_end_a_message_is_kept_as_long_as_services_do(desk):
    async def work():
        desk.subscribe()
        desk.ask()
        assert (await desk.service.until(1))[0].headers["ttl"] == str(28 * 24 * 3600)

    desk.run(work)


def test_answered_elsewhere_it_is_withdrawn_under_the_same_topic(desk):
    async def work():
        desk.subscribe()
        approval = desk.ask()
        await desk.service.until(1)
        desk.approvals.answer(approval.id, Answer(True), "terminal")
        await desk.service.until(2)
        assert desk.service.texts(desk.phone)[1] == {"withdraw": approval.id, "waiting": 0}
        assert {one.headers["topic"] for one in desk.service.received} == {approval.id}

    desk.run(work)


def test_a_withdrawal_does_not_overtake_a_message_that_is_slow(desk):
    desk.service.slow = 0.2

    async def work():
        desk.subscribe()
        approval = desk.ask()
        await asyncio.sleep(0.1)
        desk.approvals.answer(approval.id, Answer(True), "terminal")
        await desk.service.until(2)
        assert [sorted(text)[-1] for text in desk.service.texts(desk.phone)] == ["waiting", "withdraw"]
        assert "id" in desk.service.texts(desk.phone)[0]

    desk.run(work)


def test_what_is_answered_before_it_could_be_sent_is_not_sent(desk):
    async def work():
        desk.subscribe()
        approval = desk.ask()
        desk.approvals.answer(approval.id, Answer(True), "terminal")
        await desk.idle()
        assert desk.service.received == []

    desk.run(work)


def test_after_a_restart_what_was_told_before_is_withdrawn_too(desk):
    async def work():
        desk.subscribe()
        approval = desk.ask()
        await desk.service.until(1)
        await desk.idle()
        await desk.push.close()
        desk.bus._watchers.clear()
        desk.push = desk.another_push()
        desk.approvals.answer(approval.id, Answer(False), "terminal")
        await desk.service.until(2)
        assert desk.service.texts(desk.phone)[1]["withdraw"] == approval.id

    desk.run(work)


def test_what_a_grant_answers_reaches_nobody(desk):
    effects = ({"kind": "run", "program": "make"},)

    async def work():
        first = desk.ask(effects=effects, project="/p")
        desk.approvals.answer(first.id, Answer(True, scope="session"), "page")
        desk.subscribe()
        assert desk.ask(effects=effects, project="/p").state == "allowed"
        await desk.idle()
        assert desk.service.received == []

    desk.run(work)


@pytest.mark.parametrize("status", ["404 Not Found", "410 Gone"])
def test_a_device_that_is_gone_is_forgotten(desk, status):
    desk.service.answers = [status]

    async def work():
        desk.subscribe()
        desk.ask()
        await desk.service.until(1)
        await desk.idle()
        assert desk.push.subscriptions.all() == []
        assert len(desk.service.received) == 1

    desk.run(work)


@pytest.mark.parametrize("status", ["429 Too Many Requests", "500 Bad", "503 Busy\r\nRetry-After: 0"])
def test_a_service_with_a_bad_day_is_asked_again(desk, status):
    desk.service.answers = [status, status, "201 Created"]

    async def work():
        desk.subscribe()
        desk.ask()
        await desk.service.until(3)
        await desk.idle()
        found = desk.device()
        assert found.success is not None
        assert found.error == ""
        assert 'leashd_push_failures_total{why="' + status[:3] + '"} 2\n' in desk.metrics.text()
        assert "leashd_push_messages_total 1\n" in desk.metrics.text()

    desk.run(work)


def test_it_is_not_asked_for_ever(desk):
    desk.service.answers = ["500 Bad"]

    async def work():
        desk.subscribe()
        desk.ask()
        await desk.service.until(4)
        await desk.idle()
        assert len(desk.service.received) == 1 + len(SMALL)
        assert desk.device().error.startswith("the service says 500")

    desk.run(work)


def test_nor_for_what_was_answered_meanwhile(desk):
    desk.service.answers = ["500 Bad"]

    async def work():
        desk.subscribe()
        approval = desk.ask()
        await desk.service.until(1)
        desk.service.answers = ["201 Created"]
        desk.approvals.answer(approval.id, Answer(True), "terminal")
        await desk.idle()
        assert [("withdraw" in text) for text in desk.service.texts(desk.phone)] == [False, True]

    desk.run(work)


@pytest.mark.parametrize("status", ["400 Bad Request", "401 No", "403 BadJwtToken", "413 Too Large"])
def test_what_will_not_pass_is_noted_and_not_tried_again(desk, status):
    desk.service.answers = [status]

    async def work():
        desk.subscribe()
        desk.ask()
        await desk.service.until(1)
        await desk.idle()
        assert len(desk.service.received) == 1
        assert desk.device().error == f"the service says {status[:3]}"
        assert desk.device().failure is not None

    desk.run(work)


def test_a_redirect_is_not_followed(desk):
    desk.service.answers = ["307 Elsewhere\r\nLocation: http://127.0.0.1:1/"]

    async def work():
        desk.subscribe()
        assert (await desk.push.test())[0]["error"] == "the service says 307"

    desk.run(work)


def test_a_service_that_cannot_be_reached_is_an_error_of_the_device(desk):
    async def work():
        made = desk.push.subscribe(
            "d1", "phone", "http://127.0.0.1:1/x", encoded(desk.phone.public), encoded(b"a" * 16)
        )
        results = await desk.push.test(made.id)
        assert results == [
            {"id": made.id, "name": "phone", "ok": False, "error": "the service cannot be reached: ConnectError"}
        ]

    desk.run(work)


def test_a_test_message_takes_the_same_way_even_in_quiet_hours(desk):
    preferences.save(desk.db, {"quiet": {"on": True, "from": "00:00", "to": "23:59"}})

    async def work():
        made = desk.subscribe()
        assert await desk.push.test() == [{"id": made.id, "name": "phone", "ok": True, "error": ""}]
        assert desk.service.texts(desk.phone) == [{"test": True, "machine": "workhorse"}]
        assert desk.device().success is not None

    desk.run(work)


def test_one_device_that_hangs_does_not_hold_up_the_others(desk):
    async def work():
        desk.push.subscribe("d0", "dead", "http://127.0.0.1:1/x", encoded(desk.phone.public), encoded(b"a" * 16))
        desk.subscribe()
        desk.ask()
        await desk.service.until(1)
        assert desk.service.received[0].path == "/push/phone"

    desk.run(work)


SUPPRESSED = {
    "its own page is visible and focused": (lambda desk: desk.push.looks("d1", True, True), True),
    "its page is visible behind another window": (lambda desk: desk.push.looks("d1", True, False), False),
    "its page is in the background": (lambda desk: desk.push.looks("d1", False, False), False),
    "it looked away again": (
        lambda desk: (desk.push.looks("d1", True, True), desk.push.looks("d1", False, False)),
        False,
    ),
    "somebody looks at the page elsewhere": (lambda desk: desk.push.looks("d2", True, True), False),
    "this kind is switched off": (
        lambda desk: preferences.save(desk.db, {"notify": {"danger": False, "approval": False}}),
        True,
    ),
    "another kind is switched off": (lambda desk: preferences.save(desk.db, {"notify": {"plan": False}}), False),
    "a page listens to the stream": (lambda desk: desk.bus.join(), False),
}


@pytest.mark.parametrize("name", SUPPRESSED)
def test_a_device_is_left_alone_only_for_a_proven_reason(desk, name):
    arrange, silent = SUPPRESSED[name]

    async def work():
        desk.subscribe()
        arrange(desk)
        desk.ask()
        await desk.idle()
        assert (desk.service.received == []) is silent

    desk.run(work)


def test_a_look_is_believed_for_a_short_while(desk, monkeypatch):
    monkeypatch.setattr("leashd_supervisor.channels.push.service.LOOKS", 0.0)

    async def work():
        desk.subscribe()
        desk.push.looks("d1", True, True)
        desk.ask()
        await desk.service.until(1)

    desk.run(work)


def test_why_nothing_was_sent_stands_in_the_log(desk, caplog):
    async def work():
        desk.subscribe()
        desk.push.looks("d1", True, True)
        desk.ask()

    with caplog.at_level("INFO", "leashd"):
        desk.run(work)
    assert [record.fields["why"] for record in caplog.records] == ["its page is visible and focused"]


QUIET = {
    "within": ("22:00", "07:00", "23:30", True),
    "after midnight": ("22:00", "07:00", "06:59", True),
    "at the end": ("22:00", "07:00", "07:00", False),
    "at the start": ("22:00", "07:00", "22:00", True),
    "by day": ("22:00", "07:00", "12:00", False),
    "hours within one day": ("09:00", "17:00", "12:00", True),
    "outside of them": ("09:00", "17:00", "18:00", False),
    "no hours at all": ("09:00", "09:00", "09:00", False),
}


@pytest.mark.parametrize("name", QUIET)
def test_quiet_hours(name):
    start, end, now, quiet = QUIET[name]
    at = datetime.time.fromisoformat(now)
    assert model.is_quiet({"on": True, "from": start, "to": end}, at) is quiet
    assert model.is_quiet({"on": False, "from": start, "to": end}, at) is False


ENDPOINTS = {
    "https://fcm.googleapis.com/fcm/send/abc": True,
    "https://updates.push.services.mozilla.com/wpush/v2/abc": True,
    "https://web.push.apple.com/abc": True,
    "https://wns2-par02p.notify.windows.com/w/?token=abc": True,
    "https://fcm.googleapis.com:443/x": True,
    "http://fcm.googleapis.com/x": False,
    "https://fcm.googleapis.com:8443/x": False,
    "https://fcm.googleapis.com.evil.org/x": False,
    "https://evilpush.apple.com.evil.org/x": False,
    "https://evil-push.apple.com/x": False,
    "https://push.apple.com@evil.org/x": False,
    "https://user:pw@fcm.googleapis.com/x": False,
    "https://evil.org/fcm.googleapis.com": False,
    "https://evil.org#.push.apple.com": False,
    "https://evil.org\\.push.apple.com": False,
    "https://127.0.0.1/x": False,
    "https://[::1]/x": False,
    "https://169.254.169.254/latest": False,
    "file:///etc/passwd": False,
    "https://fcm.googleapis.com:99999/x": False,
    "": False,
}


@pytest.mark.parametrize("endpoint", ENDPOINTS)
def test_messages_go_to_services_of_browsers_only(endpoint):
    assert model.is_push_service(endpoint) is ENDPOINTS[endpoint]


CONTACTS = {
    "mailto:me@my-domain.org": True,
    "https://leash.my-domain.org": True,
    "mailto:me@localhost": False,
    "mailto:me@box.local": False,
    "https://localhost:8180": False,
    "https://127.0.0.1": False,
    "https://192.168.1.2": False,
    "http://my-domain.org": False,
    "me@my-domain.org": False,
    "mailto:": False,
    "mailto:a@b@my-domain.org": False,
}


@pytest.mark.parametrize("contact", CONTACTS)
def test_the_contact_is_one_that_can_be_reached(contact):
    if CONTACTS[contact]:
        assert model.checked_contact(contact) == contact
        return
    with pytest.raises(SupervisorError) as raised:
        model.checked_contact(contact)
    assert "LEASHD_PUSH_CONTACT" in raised.value.help


PUBLIC = {
    "what the owner chose": ("mailto:a@b-c.org", ("x.org",), "mailto:a@b-c.org"),
    "the page's public name": ("", ("leash.my-domain.org",), "https://leash.my-domain.org"),
    "not a name of the house": ("", ("box.local", "leash.my-domain.org"), "https://leash.my-domain.org"),
    "nobody": ("", (), ""),
}


@pytest.mark.parametrize("name", PUBLIC)
def test_whom_a_service_may_write_to(name):
    chosen, public, contact = PUBLIC[name]
    assert model.contact(chosen, public) == contact


def test_without_a_contact_nobody_can_subscribe_and_is_told_what_to_do(desk):
    desk.push._contact = ""
    for attempt in (desk.push.key, desk.subscribe):
        with pytest.raises(SupervisorError) as raised:
            attempt()
        assert "LEASHD_PUSH_CONTACT=mailto:" in raised.value.help


BAD_KEYS = {
    "no point": ("AAAA", "YWFhYWFhYWFhYWFhYWFhYQ"),
    "a short secret": (None, "YWFh"),
    "no Base64": ("!!!!", "????"),
    "nothing": ("", ""),
}


@pytest.mark.parametrize("name", BAD_KEYS)
def test_keys_that_are_none_are_refused(desk, name):
    point, auth = BAD_KEYS[name]
    with pytest.raises(SupervisorError, match="keys of the subscription"):
        desk.push.subscribe(
            "d", "n", desk.service.endpoint("x"), encoded(desk.phone.public) if point is None else point, auth
        )
    assert desk.push.subscriptions.all() == []


def test_the_same_browser_again_is_one_subscription_of_its_new_device(desk):
    first = desk.subscribe()
    again = desk.subscribe(device="d2")
    assert (again.id, again.device) == (first.id, "d2")
    assert len(desk.push.subscriptions.all()) == 1


def test_a_device_that_was_logged_out_gets_nothing_more(desk):
    desk.subscribe()
    desk.bus.publish("device.ended", {"id": "d1"})
    assert desk.push.subscriptions.all() == []


def test_the_number_of_subscriptions_is_bounded(desk):
    for number in range(60):
        desk.subscribe(f"phone{number}")
    kept = [one.name for one in desk.push.subscriptions.all()]
    assert len(kept) == 50
    assert kept[-1] == "phone59"


def test_the_page_is_not_told_the_address_of_a_device(desk):
    shown = desk.subscribe().to_json()
    assert "endpoint" not in shown
    assert set(shown) == {"id", "device", "name", "service", "created", "last_success", "last_failure", "error"}

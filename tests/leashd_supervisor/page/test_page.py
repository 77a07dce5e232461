"""The page as a whole: accessible, small, talks to nobody else, and installs as an app."""

import json
from collections.abc import Callable
from typing import Any, Literal
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from tests.hook.guard import Guard
from tests.leashd_supervisor.conftest import Hook, until
from tests.leashd_supervisor.page.browser import DESK, PHONE, House, Person

#: Bytes that the first look at the page may cost, all of them, as they come over the wire.
FIRST_LOAD = 100_000
SCHEMES: "tuple[Literal['light', 'dark'], ...]" = ("light", "dark")
#: Windows that nothing may run out of: a phone, a small one, and a desk that is zoomed to 200 %.
WINDOWS = (PHONE, (320, 640), (640, 400))
QUESTION = {
    "question": "A or B?",
    "header": "Name",
    "multiSelect": False,
    "options": [{"label": "A", "description": ""}],
}


def _everything(guard: Guard, one: Person) -> "list[str]":
    """One of every kind waits; the addresses of all that can be seen."""
    guard.send(guard.event("Bash", command="ls"))
    edit = {"file_path": str(guard.project / "a.py"), "old_string": "one", "new_string": "two"}
    calls: "list[tuple[str, dict[str, Any]]]" = [
        ("Bash", {"command": "frobnicate"}),
        ("Bash", {"command": "git push origin main"}),
        ("Edit", edit),
        ("AskUserQuestion", {"questions": [QUESTION]}),
        ("ExitPlanMode", {"plan": "# Plan\n\n1. one\n\n```\ncode\n```"}),
    ]
    for number, (tool, arguments) in enumerate(calls):
        Hook(guard, tool, call=f"c{number}", **arguments)
    cards = [f"/a/{one['id']}" for one in one.waiting(len(calls))]
    return ["/", *cards, *(f"/#{name}" for name in ("feed", "audit", "policy", "settings", "shortcuts"))]


def _in_both_schemes(one: Person, place: str) -> "dict[tuple[str, str], list[str]]":
    """What axe-core finds at a place, in light and in dark."""
    found = {}
    for scheme in SCHEMES:
        one.page.emulate_media(color_scheme=scheme)
        found[place, scheme] = one.axe()
    return found


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_axe_finds_nothing_serious(guard: Guard, person: Callable[..., Person], size: "tuple[int, int]") -> None:
    one = person(size).open("/")
    expect(one.page.get_by_label("Key")).to_be_visible()
    found = _in_both_schemes(one, "login")
    one.log_in()
    for path in _everything(guard, one):
        one.page.goto("about:blank")
        one.open(path)
        expect(one.find("h1").first).to_be_visible()
        expect(one.find("button[aria-disabled]:not(:disabled)").filter(has_not_text="Answer")).to_have_count(0)
        for summary in one.find(".drawer-box > summary").all():
            summary.click()
        found |= _in_both_schemes(one, path)
    assert {place: bad for place, bad in found.items() if bad} == {}


def test_the_first_load_is_small(guard: Guard, person: Callable[..., Person]) -> None:
    one = person()
    answer = one.context.request.post(
        f"{one.house.origin}/api/login", data={"key": one.house.key}, headers={"Origin": one.house.origin}
    )
    assert answer.status == 204
    counted: list[float] = []
    devtools = one.context.new_cdp_session(one.page)
    devtools.send("Network.enable")
    devtools.on("Network.loadingFinished", lambda event: counted.append(event["encodedDataLength"]))
    one.open("/")
    expect(one.find("#needs")).to_be_visible()
    one.page.wait_for_load_state("load")
    assert len(counted) > 10
    assert sum(counted) < FIRST_LOAD


def test_no_module_waits_for_another_to_be_asked_for(person: Callable[..., Person]) -> None:
    one = person().log_in()
    expect(one.find("#needs")).to_be_visible()
    one.page.evaluate("navigator.serviceWorker.ready.then(() => null)")
    asked = {urlsplit(url).path for url in one.asked if url.endswith(".js")}
    named = one.page.evaluate(
        "[...document.querySelectorAll('[rel=modulepreload], script')].map((e) => e.href || e.src)"
    )
    assert asked == {urlsplit(url).path for url in named} | {"/sw.js"}


def test_nothing_runs_out_of_the_window(guard: Guard, person: Callable[..., Person]) -> None:
    one = person().log_in()
    for path in _everything(guard, one):
        one.page.goto("about:blank")
        one.open(path)
        expect(one.find("h1").first).to_be_visible()
        for width, height in WINDOWS:
            one.page.set_viewport_size({"width": width, "height": height})
            over = one.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            assert (path, width, over) == (path, width, 0)


def test_nothing_moves_for_those_who_do_not_want_it(guard: Guard, person: Callable[..., Person]) -> None:
    one = person(reduced_motion="reduce").log_in()
    Hook(guard, command="git push origin main")
    one.card()
    lasting = "(one) => parseFloat(getComputedStyle(one).transitionDuration) > 0"
    assert one.page.evaluate(f"[...document.querySelectorAll('*')].filter({lasting}).length") == 0


def test_it_installs_as_an_app(house: House, person: Callable[..., Person]) -> None:
    one = person().log_in()
    manifest = one.context.request.get(f"{house.origin}/manifest.webmanifest")
    told = json.loads(manifest.text())
    assert (told["display"], told["start_url"]) == ("standalone", "/")
    for icon in told["icons"]:
        assert one.context.request.get(house.origin + icon["src"]).ok, icon["src"]
    assert one.page.evaluate("navigator.serviceWorker.ready.then((worker) => new URL(worker.scope).pathname)") == "/"


def _pushed(one: Person, house: House, payload: "dict[str, Any]") -> None:
    """Hands the service worker a push, as the browser's push service does."""
    devtools = one.context.new_cdp_session(one.page)
    found: list[str] = []
    devtools.on(
        "ServiceWorker.workerRegistrationUpdated",
        lambda event: found.extend(entry["registrationId"] for entry in event["registrations"]),
    )
    devtools.send("ServiceWorker.enable")
    until(lambda: one.page.evaluate("navigator.serviceWorker.controller !== null") and bool(found))
    message = {"origin": house.origin, "registrationId": found[0], "data": json.dumps(payload)}
    devtools.send("ServiceWorker.deliverPushMessage", message)


SHOWN = """navigator.serviceWorker.ready.then((worker) => worker.getNotifications())
    .then((all) => all.map((one) => [one.title, one.body, one.tag, one.data.id]))"""


def test_a_push_shows_one_notification_and_goes_when_it_is_answered(
    guard: Guard, house: House, person: Callable[..., Person]
) -> None:
    one = person(permissions=["notifications"]).log_in()
    Hook(guard, command="frobnicate")
    id = one.waiting()[0]["id"]
    _pushed(
        one,
        house,
        {"id": id, "kind": "tool", "machine": "laptop", "tool": "Bash", "verb": "run a command", "waiting": 1},
    )
    until(lambda: bool(one.page.evaluate(SHOWN)))
    assert one.page.evaluate(SHOWN) == [
        ["An agent on laptop wants to run a command", "Open it to see what, and to answer.", f"approval-{id}", id]
    ]
    one.card().press("Deny")
    one.told("Denied")
    until(lambda: one.page.evaluate(SHOWN) == [])


def test_a_push_that_takes_one_back_closes_it_on_this_device(
    guard: Guard, house: House, person: Callable[..., Person]
) -> None:
    one = person(permissions=["notifications"]).log_in()
    _pushed(one, house, {"id": "one", "kind": "plan", "machine": "laptop", "waiting": 2})
    until(lambda: len(one.page.evaluate(SHOWN)) == 1)  # a worker that is busy with one may lose the next
    _pushed(one, house, {"id": "two", "kind": "question", "machine": "laptop", "waiting": 2})
    until(lambda: len(one.page.evaluate(SHOWN)) == 2)
    _pushed(one, house, {"withdraw": "one", "waiting": 1})
    until(lambda: [shown[2] for shown in one.page.evaluate(SHOWN)] == ["approval-two"])


def test_a_push_that_is_not_understood_still_shows(house: House, person: Callable[..., Person]) -> None:
    one = person(permissions=["notifications"]).log_in()
    _pushed(one, house, {})
    until(lambda: [shown[0] for shown in one.page.evaluate(SHOWN)] == ["An agent needs you"])


def test_without_the_service_worker_the_page_works_and_says_that_it_cannot_notify(
    person: Callable[..., Person],
) -> None:
    one = person(permissions=["notifications"])
    one.context.route("**/sw.js", lambda route: route.fulfill(status=404))
    one.log_in("/#settings")
    one.page.get_by_role("switch", name="On this device").click()
    expect(one.find("body")).to_contain_text("Not changed: ")

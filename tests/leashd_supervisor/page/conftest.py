"""Chromium, a supervisor with a page, and hooks that wait for an answer."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from tests.hook.guard import Guard
from tests.leashd_supervisor.page.browser import DESK, PHONE, House, Person

expect.set_options(timeout=15_000)

#: Windows of its own that the browser makes beside every page, and what Playwright leaves out where it is not asked.
NEEDLESS = (
    *("PreloadTopChromeWebUI", "WebUIOmniboxPopup", "WebUIOmniboxAimPopup", "WebUIOmniboxFullPopup"),
    *("AvoidUnnecessaryBeforeUnloadCheckSync", "DestroyProfileOnBrowserClose", "LensOverlay", "MediaRouter"),
    *("OptimizationHints", "PaintHolding", "NetworkTimeServiceQuerying", "PreconnectToSearch", "AimEnabled"),
)
ARGUMENTS = ["--no-sandbox", "--disable-quic", "--disable-background-networking", "--disable-component-update"]
ARGUMENTS += ["--disable-features=" + ",".join(NEEDLESS)]


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium; for one module, since no test can have an event loop of its own while Playwright's runs."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def house(guard: Guard) -> Iterator[House]:
    """A supervisor for the guarded project."""
    running = House(guard.state)
    yield running
    running.stop()


@pytest.fixture
def person(chromium: Browser, house: House) -> Iterator[Callable[..., Person]]:
    """Makes people with browsers of their own, and looks at what those did at the end."""
    made: list[Person] = []

    def make(size: "tuple[int, int]" = PHONE, **options: Any) -> Person:
        made.append(Person(chromium, house, size, **options))
        return made[-1]

    yield make
    for one in made:
        one.leave()


@pytest.fixture(params=[PHONE, DESK], ids=["phone", "desk"])
def anyone(request: pytest.FixtureRequest, person: Callable[..., Person]) -> Person:
    """A person who is logged in, once with a phone and once at a desk."""
    return person(request.param).log_in()

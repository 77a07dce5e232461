"""A person with a browser, in front of a supervisor that really runs."""

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

from leashd_supervisor.kernel.db import Database
from leashd_supervisor.settings import Settings
from leashd_supervisor.web.auth import ensure_key
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from tests.leashd_supervisor.conftest import until

AXE = Path(__file__).with_name("node_modules") / "axe-core" / "axe.min.js"
#: What the browser itself says of an answer that did not come or was a refusal; the service worker's is a script.
NETWORK = re.compile("^Failed to load resource|when fetching the script\\.$")
PHONE, DESK = (390, 844), (1280, 800)


class House:
    """A supervisor's process with its port and its key."""

    def __init__(self, state: Path) -> None:
        self.settings = Settings(state)
        database = Database(str(self.settings.database))
        self.key = ensure_key(database) or ""
        database.close()
        self.port = 0
        self.start()

    def start(self) -> None:
        """Starts it; again on the port that it had."""
        command = [sys.executable, "-m", "leashd_supervisor", "--state", str(self.settings.state)]
        self.process = subprocess.Popen(
            [*command, "--port", str(self.port)], env={**os.environ, "HOME": str(self.settings.state)}
        )
        until(self._listens)

    def _listens(self) -> bool:
        assert self.process.poll() is None, "the supervisor did not start"
        with contextlib.suppress(OSError, ValueError):
            told = json.loads(self.settings.pid_file.read_text())
            self.port = told["port"]
            return bool(told["pid"] == self.process.pid)
        return False

    def kill(self) -> None:
        """Ends it as a crash does."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(10)

    def freeze(self) -> None:
        """Stops it in mid-air: connections stay, and nothing comes."""
        self.process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Lets it go on."""
        self.process.send_signal(signal.SIGCONT)

    def stop(self) -> None:
        """Ends it."""
        if self.process.poll() is None:
            self.thaw()
            self.process.terminate()
            self.process.wait(10)

    @property
    def origin(self) -> str:
        """The page's origin."""
        return f"http://127.0.0.1:{self.port}"


class Person:
    """A browser of its own, with everything it asked for and complained about."""

    def __init__(self, browser: Browser, house: House, size: "tuple[int, int]" = PHONE, **options: Any) -> None:
        self.house = house
        width, height = size
        self.context: BrowserContext = browser.new_context(viewport={"width": width, "height": height}, **options)
        self.asked: list[str] = []
        self.complaints: list[str] = []
        self.context.on("request", lambda request: self.asked.append(request.url))
        self.page: Page = self.context.new_page()
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("console", lambda message: self._console(message.type, message.text))

    def _console(self, kind: str, text: str) -> None:
        # What the network does is the subject of tests; what the page does wrong is a fault in all of them.
        if kind == "error" and not NETWORK.search(text):
            self.complaints.append(text)

    def log_in(self, path: str = "/") -> "Person":
        """Comes in with the key, and opens an address."""
        headers = {"Origin": self.house.origin}
        answer = self.context.request.post(
            f"{self.house.origin}/api/login", data={"key": self.house.key}, headers=headers
        )
        assert answer.status == 204
        return self.open(path)

    def open(self, path: str = "/") -> "Person":
        """Opens an address of the page."""
        self.page.goto(self.house.origin + path)
        return self

    def api(self, path: str) -> Any:
        """What the API says at an address."""
        return self.context.request.get(self.house.origin + path).json()

    def waiting(self, number: int = 1) -> "list[dict[str, Any]]":
        """What waits, once there is so much."""
        found: list[dict[str, Any]] = []

        def enough() -> bool:
            found[:] = self.api("/api/state")["pending"]
            return len(found) >= number

        until(enough)
        return found

    def card(self, number: int = 0) -> "Person":
        """Opens the card of what waits, the oldest first."""
        one = self.waiting(number + 1)[number]
        self.open(f"/a/{one['id']}")
        expect(self.find("h1#verb")).to_have_text(one["verb"])
        return self

    def find(self, selector: str) -> Locator:
        """Elements of the page."""
        return self.page.locator(selector)

    def button(self, name: "str | re.Pattern[str]") -> Locator:
        """A button of the card or the panel by its name."""
        return self.page.get_by_role("button", name=name, exact=isinstance(name, str))

    def press(self, name: str) -> None:
        """Taps a button once it takes taps."""
        self.button(name).click()

    def hold(self, name: str, until_shown: "str | re.Pattern[str]") -> None:
        """Holds a button down until the page says something."""
        held = self.button(name)
        expect(held).not_to_have_attribute("aria-disabled", "true")
        held.hover()
        self.page.mouse.down()
        expect(self.find("body")).to_contain_text(until_shown)
        self.page.mouse.up()

    def told(self, text: "str | re.Pattern[str]") -> None:
        """The page says what has become of it."""
        expect(self.find(".outcome").first).to_contain_text(text)

    def axe(self) -> "list[str]":
        """What axe-core finds serious or critical."""
        if not self.page.evaluate("'axe' in window"):
            self.page.evaluate(AXE.read_text())
        found = self.page.evaluate("axe.run(document, {resultTypes: ['violations']})")
        bad = [one for one in found["violations"] if one["impact"] in ("serious", "critical")]
        return [f"{one['id']}: {node['html'][:200]}" for one in bad for node in one["nodes"]]

    def leave(self) -> None:
        """Closes the browser; until then the page asked nobody else, and complained of nothing."""
        self.page.evaluate("null")  # what it has said so far has arrived after this
        asked, complaints = [*self.asked], [*self.complaints]
        self.context.close()
        assert [url for url in asked if not url.startswith((self.house.origin, "data:", "blob:"))] == []
        assert complaints == []

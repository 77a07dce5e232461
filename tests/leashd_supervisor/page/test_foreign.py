"""A page of somebody else's, open in the browser of a person who is logged in."""

import http.server
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.hook.guard import Guard
from tests.leashd_supervisor.conftest import Hook, until
from tests.leashd_supervisor.page.browser import House

#: Every way in which a page can reach another one; each tells what came of it.
TRIES = """async ({ origin, path, body }) => {
  const quietly = (made) => made.then((answer) => answer.status || answer.type, () => "refused");
  const post = { method: "POST", credentials: "include", body };
  const loads = (made) => new Promise((told) => {
    made.onload = () => told("loaded");
    made.onerror = () => told("refused");
    document.body.append(made);
  });
  const frame = Object.assign(document.createElement("iframe"), { src: origin + "/" });
  const told = {
    reads: await quietly(fetch(origin + "/api/state", { credentials: "include" })),
    posts: await quietly(fetch(origin + path, { ...post, headers: { "Content-Type": "application/json" } })),
    posts_plainly: await quietly(fetch(origin + path, { ...post, mode: "no-cors" })),
    runs: await loads(Object.assign(document.createElement("script"), { src: origin + "/sw.js" })),
    streams: await new Promise((heard) => {
      const stream = new EventSource(origin + "/api/events", { withCredentials: true });
      stream.onopen = () => heard("open");
      stream.onerror = () => heard("refused");
    }),
  };
  navigator.sendBeacon(origin + path, body);
  await new Promise((shown) => { frame.onload = shown; document.body.append(frame); });
  told.frames = frame.contentWindow.length === 0 && frame.contentDocument === null ? "refused" : "framed";
  return told;
}"""


class Elsewhere(http.server.BaseHTTPRequestHandler):
    """An empty page."""

    def do_GET(self) -> None:
        """Answers with it."""
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(b"<!doctype html><title>elsewhere</title><body>")

    def log_message(self, format: str, *args: Any) -> None:
        """Says nothing."""


@pytest.fixture
def elsewhere() -> Iterator[int]:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Elsewhere) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_address[1]
        server.shutdown()


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost"])
def test_it_reads_nothing_and_answers_nothing(
    chromium: Browser, house: House, guard: Guard, elsewhere: int, name: str
) -> None:
    """On the name of the page, too, where browsers send it the cookie."""
    Hook(guard, call="c1")
    context = chromium.new_context()
    login = context.request.post(house.origin + "/api/login", data={"key": house.key}, headers={"Origin": house.origin})
    assert login.status == 204
    waiting: list[dict[str, Any]] = []

    def asked() -> bool:
        waiting[:] = context.request.get(house.origin + "/api/state").json()["pending"]
        return bool(waiting)

    until(asked)
    (one,) = waiting
    page = context.new_page()
    page.goto(f"http://{name}:{elsewhere}/")
    body = f'{{"allow": true, "digest": "{one["digest"]}"}}'
    told = page.evaluate(TRIES, {"origin": house.origin, "path": f"/api/approvals/{one['id']}/answer", "body": body})
    assert told.pop("posts_plainly") in ("refused", "opaque")
    assert set(told.values()) == {"refused"}, told
    assert asked()
    context.close()

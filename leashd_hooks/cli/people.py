"""People's door from a terminal: the API of the page, after a person has typed the key.

The key comes from the terminal itself and from nowhere else: what a file, an argument or the environment holds, an
agent could hand over as well.  The session ends with the command.
"""

from __future__ import annotations

import json
import os
import termios
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.client import HTTPConnection, HTTPException
from typing import Any
from urllib.parse import quote, urlencode

from leashd_hooks import __version__
from leashd_hooks.cli import daemon
from leashd_hooks.cli.failure import Failure

#: What agents set in the shells that they start.
AGENTS = {"CLAUDECODE": "Claude Code", "CODEX_SANDBOX": "Codex", "CODEX_THREAD_ID": "Codex"}
#: Seconds without a sign of life from the stream; it pings every fifteen.
SILENT = 40.0
_LONGEST = 500


class Page:
    """A session at people's door."""

    def __init__(self, host: str, port: int) -> None:
        self._place = (host, port)
        self._origin = f"http://{host}:{port}"
        self._cookie = ""

    def login(self, typed: str) -> None:
        """Comes in with the key, or with the code of a link.  Raises Failure when it is neither."""
        how = "key" if typed.startswith("leashd-") else "code"
        code = typed.rpartition("#pair=")[2]
        response, _ = self._exchange("POST", "/api/login", {how: typed if how == "key" else code})
        self._cookie = response.partition(";")[0]

    def logout(self) -> None:
        """Ends the session."""
        self._exchange("POST", "/api/logout", {})

    def get(self, path: str, **query: Any) -> Any:
        """What a route tells."""
        return self._exchange("GET", path + ("?" + urlencode(query) if query else ""))[1]

    def post(self, path: str, given: dict[str, Any]) -> Any:
        """What a route answers."""
        return self._exchange("POST", path, given)[1]

    def delete(self, path: str) -> None:
        """Takes something away."""
        self._exchange("DELETE", path)

    def _exchange(self, method: str, path: str, given: dict[str, Any] | None = None) -> tuple[str, Any]:
        """The cookie that was set, and the JSON of the answer.  Raises Failure for what the supervisor refuses."""
        connection = HTTPConnection(*self._place, timeout=10)
        try:
            body = None if given is None else json.dumps(given).encode()
            connection.request(method, path, body, self._headers(body is not None))
            response = connection.getresponse()
            data = response.read()
        except (OSError, HTTPException) as error:
            raise Failure(f"the supervisor does not answer: {error}", "`leashd status`", daemon.STOPPED) from error
        finally:
            connection.close()
        told = _told(data)
        if response.status >= 400:
            raise Failure(str(told.get("error", response.reason)), str(told.get("help", "")))
        return response.getheader("Set-Cookie", ""), told

    def _headers(self, body: bool) -> dict[str, str]:
        headers = {"Origin": self._origin, "User-Agent": f"leashd/{__version__}"}
        if self._cookie:
            headers["Cookie"] = self._cookie
        return {**headers, "Content-Type": "application/json"} if body else headers

    def events(self, after: int) -> Iterator[tuple[str, int | None, dict[str, Any]]]:
        """What happens, from a number on: name, number and data; ends when the stream does."""
        connection = HTTPConnection(*self._place, timeout=SILENT)
        try:
            connection.request("GET", f"/api/events?after={after}", None, self._headers(False))
            response = connection.getresponse()
            if response.status != 200:
                raise Failure(str(_told(response.read()).get("error", response.reason)), "log in again")
            fields: dict[str, str] = {}
            for raw in response:
                line = raw.decode("utf-8", "replace").rstrip("\r\n")
                if line:
                    name, _, value = line.partition(":")
                    fields[name] = value.removeprefix(" ")
                elif "event" in fields:
                    number = fields.get("id", "")
                    yield fields["event"], int(number) if number.isdigit() else None, _told(fields.get("data", ""))
                    fields = {}
        except (OSError, HTTPException):
            return
        finally:
            connection.close()


def _told(data: bytes | str) -> dict[str, Any]:
    try:
        told = json.loads(data)
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}


def path(kind: str, id: str, *rest: str) -> str:
    """The route of one of a kind: `approvals` or `grants`."""
    return "/".join(("/api", kind, quote(id, safe=""), *rest))


@contextmanager
def session() -> Iterator[Page]:
    """People's door, opened by whoever sits at the terminal.

    Raises Failure when nobody does, when an agent has started this shell, or when no supervisor runs.
    """
    with terminal() as open_terminal:
        found = daemon.running(daemon.state())
        if not found.port:
            raise Failure("the supervisor does not tell its address", "`leashd restart`", daemon.STOPPED)
        page = Page(found.host, found.port)
        page.login(typed(open_terminal, "key, or the code of a link: "))
    try:
        yield page
    finally:
        with suppress(Failure):  # it is gone, and the session with it
            page.logout()


@contextmanager
def terminal() -> Iterator[int]:
    """The terminal that somebody sits at.  Raises Failure when nobody does, or when an agent has started this shell."""
    for name, agent in AGENTS.items():
        if os.environ.get(name):
            raise _nobody(f"this shell was started by {agent}, and an agent does not answer for people")
    opened = _terminal()
    try:
        yield opened
    finally:
        os.close(opened)


def _nobody(why: str) -> Failure:
    return Failure(why, "use the page, or a terminal of your own", daemon.NOBODY)


def _terminal() -> int:
    try:
        terminal = os.open("/dev/tty", os.O_RDWR | os.O_NOCTTY | os.O_CLOEXEC)
    except OSError:
        raise _nobody("nobody is at a terminal here, and only a person answers") from None
    if os.tcgetpgrp(terminal) != os.getpgrp():
        os.close(terminal)
        raise _nobody("this command is in the background, and only a person answers")
    return terminal


def typed(terminal: int, question: str) -> str:
    """A line from the terminal, which does not show it.  Raises Failure when it is empty."""
    before = termios.tcgetattr(terminal)
    silent = list(before)
    silent[3] &= ~termios.ECHO
    try:
        termios.tcsetattr(terminal, termios.TCSAFLUSH, silent)
        os.write(terminal, question.encode())
        line = os.read(terminal, _LONGEST)
    finally:
        termios.tcsetattr(terminal, termios.TCSAFLUSH, before)
        os.write(terminal, b"\n")
    given = line.decode("utf-8", "replace").strip()
    if not given:
        raise _nobody("nothing was typed")
    return given

"""The door to the supervisor: one question over its Unix socket, and the wait for a person.

The question is idempotent, so a connection that is lost is made again: a supervisor that was restarted, killed or
updated finds the request in its database.  Nothing that can go wrong in here is an answer.
"""

import posix
import time

from leashd_hooks.jsondoor import dumps, loads

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

#: Seconds that a supervisor which was there may be away before the hook stops waiting for it.
AWAY = 60.0
#: Seconds after which a connection counts as one that was held: what comes then is another absence.
HELD = 1.0
#: Seconds of its patience that the hook keeps for its own answer.
OWN = 2.0
#: Bytes of an answer.
LIMIT = 24 * 1024 * 1024
_FAMILY, _STREAM, _PEER = 1, 1, (1, 17)


class Gone(Exception):
    """The supervisor was there, and is not any more."""


def ask(path: str, route: str, question: "dict[str, Any]", seconds: float) -> "dict[str, Any] | None":
    """The supervisor's answer to a question; None when there is no supervisor.

    `path` is its socket, `seconds` how long it may take in all.  Raises Gone when it went away and did not come back,
    TimeoutError when it took too long, ValueError when what answers is no supervisor.
    """
    deadline = time.monotonic() + seconds
    away = 0.0
    pause = 0.05
    found = False
    body = dumps(question).encode("ascii")
    while True:
        now = time.monotonic()
        if now > deadline:
            raise TimeoutError("nobody answered in time")
        try:
            status, answer = _exchange(path, route, body, deadline - now)
        except (FileNotFoundError, ConnectionError, EOFError) as error:
            if not found and isinstance(error, (FileNotFoundError, ConnectionRefusedError)):
                return None
            found = True
            away = _since(away, now)
            if now - away > AWAY:
                raise Gone("the supervisor went away while it was asked") from None
        else:
            if status == 200:
                return _object(answer)
            if status < 500:
                raise ValueError(f"the supervisor refused the question ({status})")
            found, away = True, _since(away, now)
            if now - away > AWAY:
                raise Gone("the supervisor is in trouble")
        time.sleep(pause)
        pause = min(pause * 2, 1.0)


def _since(away: float, asked: float) -> float:
    """Since when the supervisor is away: from now on, where it held the question that was `asked` for a while."""
    now = time.monotonic()
    return now if now - asked > HELD else away or now


def _exchange(path: str, route: str, body: bytes, seconds: float) -> "tuple[int, bytes]":
    """One HTTP request and its response: status and body.  Raises OSError, or EOFError for half a response."""
    from _socket import socket

    connection = socket(_FAMILY, _STREAM)
    try:
        connection.settimeout(seconds)
        connection.connect(path)
        _same_user(connection)
        head = f"POST {route} HTTP/1.1\r\nHost: leashd\r\nConnection: close\r\nContent-Type: application/json\r\n"
        head += f"Leashd-Wait: {max(0.0, seconds - OWN):.1f}\r\n"
        connection.sendall(head.encode("ascii") + b"Content-Length: %d\r\n\r\n" % len(body) + body)
        return _response(connection)
    finally:
        connection.close()


def _same_user(connection: "Any") -> None:
    """Raises ValueError unless the listener is of this user or root, in case the folder is a shared one."""
    import sys

    if sys.platform == "linux":
        credentials = connection.getsockopt(*_PEER, 12)
        uid = int.from_bytes(credentials[4:8], sys.byteorder)
        if uid not in (posix.getuid(), 0):
            raise ValueError("the supervisor's socket belongs to another user")


def _response(connection: "Any") -> "tuple[int, bytes]":
    data = b""
    while b"\r\n\r\n" not in data:
        data = _more(connection, data)
    head, _, body = data.partition(b"\r\n\r\n")
    lines = head.decode("latin-1").split("\r\n")
    status = lines[0].split(" ")[1:2]
    lengths = [line.partition(":")[2].strip() for line in lines[1:] if line.lower().startswith("content-length:")]
    if not status or not status[0].isdigit() or len(lengths) != 1 or not lengths[0].isdigit():
        raise ValueError("what listens on the supervisor's socket is no supervisor")
    while len(body) < int(lengths[0]):
        body = _more(connection, body)
    return int(status[0]), body


def _more(connection: "Any", data: bytes) -> bytes:
    chunk = connection.recv(65536)
    if not chunk:
        raise EOFError
    if len(data) + len(chunk) > LIMIT:
        raise ValueError("the supervisor's answer is too long")
    whole: bytes = data + chunk
    return whole


def _object(body: bytes) -> "dict[str, Any]":
    answer = loads(body.decode("utf-8"))
    if not isinstance(answer, dict) or not isinstance(answer.get("state"), str):
        raise ValueError("what listens on the supervisor's socket is no supervisor")
    return answer

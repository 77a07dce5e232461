"""What the scripted model servers share: a free port of 127.0.0.1, served from a thread, and nothing printed."""

from __future__ import annotations

import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, TypeVar

Self = TypeVar("Self", bound="Loopback")


class Loopback:
    """A server that runs for a `with` block; its handler finds it as `self.server.model`."""

    def __init__(self, handler: type[Handler], path: str = "") -> None:
        self._http = _Server(("127.0.0.1", 0), handler)
        self._http.model = self
        self._path = path
        self._thread = threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._http.server_port}{self._path}"

    def __enter__(self: Self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    model: Any

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up early is no news."""


class Handler(BaseHTTPRequestHandler):
    """Reads a request whole, and sends an answer whole."""

    protocol_version = "HTTP/1.1"
    wbufsize = 65536
    server: _Server

    def setup(self) -> None:
        super().setup()
        self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, True)

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing is printed; what the server keeps is the log."""

    def body(self) -> bytes:
        return self.rfile.read(int(self.headers.get("content-length") or 0))

    def send(self, kind: str, data: bytes) -> None:
        self.send_response(200)
        self.send_header("content-type", kind)
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)
        self.wfile.flush()

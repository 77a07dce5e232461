"""A loopback stand-in for an OpenAI-compatible provider that plays a script, so that opencode needs no model.

A script is a list of turns and a turn is a list of tool calls.  As with `tests/fakes/anthropic.py`, a request is given
the first turn whose calls are not yet in the conversation, and `Done.` after the last.

    with ModelServer([[call("bash", command="ls")]]) as model:
        ...  # start a client whose provider has the base URL model.url
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from types import TracebackType
from typing import Any

Call = dict[str, Any]
_numbers = count(1)


def call(tool: str, call_id: str = "", **arguments: Any) -> Call:
    """One call of a tool, as it stands in a message."""
    function = {"name": tool, "arguments": json.dumps(arguments)}
    return {"id": call_id or f"call_{next(_numbers):04d}", "type": "function", "function": function}


class ModelServer:
    """Serves a script on a free port of 127.0.0.1 from a thread; `results` is what the model was told of each call.

    `before` names calls and what is to happen in the world before the model makes them.
    """

    def __init__(
        self, turns: Sequence[Sequence[Call]], before: Mapping[str, Callable[[], object]] | None = None
    ) -> None:
        self.turns = turns
        self.before = dict(before or {})
        self.results: dict[str, str] = {}
        self._http = _Server(("127.0.0.1", 0), _Handler)
        self._http.model = self
        self._thread = threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._http.server_port}/v1"

    def __enter__(self) -> ModelServer:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()

    def answer(self, request: dict[str, Any]) -> dict[str, Any]:
        """The message that answers a request; those beside the conversation offer no tools."""
        messages = request["messages"]
        told = {message["tool_call_id"]: message["content"] for message in messages if message["role"] == "tool"}
        self.results.update(told)
        played = {one["id"] for message in messages for one in message.get("tool_calls") or ()}
        left = [turn for turn in self.turns if not any(one["id"] in played for one in turn)]
        if not left or not request.get("tools"):
            return {"role": "assistant", "content": "Done."}
        for one in left[0]:
            self.before.pop(one["id"], lambda: None)()
        numbered = [{"index": index, **one} for index, one in enumerate(left[0])]
        return {"role": "assistant", "content": None, "tool_calls": numbered}


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    model: ModelServer

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up early is no news."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing is printed."""

    def do_POST(self) -> None:
        request = json.loads(self.rfile.read(int(self.headers.get("content-length") or 0)))
        message = self.server.model.answer(request)
        reason = "tool_calls" if message.get("tool_calls") else "stop"
        usage = {"prompt_tokens": 100, "completion_tokens": 20, "total_tokens": 120}
        head = {"id": "chat", "object": "chat.completion.chunk", "created": 1, "model": request["model"]}
        first = {**head, "choices": [{"index": 0, "delta": message, "finish_reason": None}]}
        last = {**head, "choices": [{"index": 0, "delta": {}, "finish_reason": reason}], "usage": usage}
        data = "".join(f"data: {json.dumps(chunk)}\n\n" for chunk in (first, last)) + "data: [DONE]\n\n"
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data.encode())

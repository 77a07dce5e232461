"""A loopback stand-in for the Responses API that plays a script, so that a real Codex can be driven without a model.

A script is a list of turns and a turn is a list of tool calls.  The server keeps no position: it answers every request
with the first turn whose calls are not yet in the conversation, and with `Done.` after the last.

    with ModelServer([[call("exec_command", cmd="ls")]]) as model:
        ...  # start a client whose provider has `base_url = model.url`

A subagent is a conversation of its own.  Its turns are found by a regular expression on what it was told last:

    ModelServer([[call("spawn_agent", message="SUBTASK")]], {"SUBTASK": [[call("exec_command", cmd="cat .env")]]})

An argument `found(pattern)` is the first group of a regular expression on the output of the call before.
"""

from __future__ import annotations

import json
import re
import socket
import threading
from collections.abc import Iterator, Mapping, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from types import TracebackType
from typing import Any

Item = dict[str, Any]
Turn = list[Item]

USAGE = {
    "input_tokens": 100,
    "input_tokens_details": {"cached_tokens": 0},
    "output_tokens": 10,
    "output_tokens_details": {"reasoning_tokens": 0},
    "total_tokens": 110,
}
_numbers = count(1)


def call(tool: str, call_id: str = "", namespace: str = "", **arguments: Any) -> Item:
    """One call of a tool that takes JSON."""
    item = {"type": "function_call", "call_id": call_id or _fresh(), "name": tool, "arguments": arguments}
    return {**item, "namespace": namespace} if namespace else item


def freeform(tool: str, text: str, call_id: str = "") -> Item:
    """One call of a tool that takes text: `apply_patch`, and `exec` in code mode."""
    return {"type": "custom_tool_call", "call_id": call_id or _fresh(), "name": tool, "input": text}


def found(pattern: str) -> dict[str, str]:
    """What stands in for an argument that only the output of the call before tells."""
    return {"$found": pattern}


def says(words: str) -> Item:
    """A message of the model."""
    content = [{"type": "output_text", "text": words, "annotations": []}]
    return {"type": "message", "role": "assistant", "content": content}


def _fresh() -> str:
    return f"call_{next(_numbers):04d}"


class ModelServer:
    """Serves scripts on a free port of 127.0.0.1 from a thread, and keeps every request in `requests`."""

    def __init__(self, turns: Sequence[Turn], subagents: Mapping[str, Sequence[Turn]] | None = None) -> None:
        self.streams = [*(subagents or {}).items(), ("", turns)]
        self.requests: list[dict[str, Any]] = []
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

    @property
    def outputs(self) -> dict[str, str]:
        """What the model was told about every call, by the id of the call."""
        told = {}
        for request in self.requests:
            for item in request.get("input", []):
                if str(item.get("type", "")).endswith("_output") and "call_id" in item:
                    told[item["call_id"]] = plain_text(item.get("output", ""))
        return told

    def answer(self, request: dict[str, Any]) -> Turn:
        """The items that answer one request."""
        self.requests.append(request)
        items = request.get("input", [])
        told = [plain_text(item.get("content", "")) for item in items if is_told(item)]
        turns = next(
            turns for pattern, turns in self.streams if re.search(pattern, told[-1] if told else "", re.DOTALL)
        )
        played = {item.get("call_id") for item in items} - {None}
        turn = next(
            (turn for turn in turns if not any(item.get("call_id") in played for item in turn)), [says("Done.")]
        )
        outputs = [item for item in items if str(item.get("type", "")).endswith("_output")]
        last = plain_text(outputs[-1].get("output", "")) if outputs else ""
        return [_finished(item, last) for item in turn]


def is_told(item: Item) -> bool:
    """Whether an item is what a person, or the agent above, said."""
    return item.get("role") == "user" or item.get("type") == "agent_message"


def plain_text(content: Any) -> str:
    """The text of a message or of a call's output, in whichever form it came."""
    if isinstance(content, str):
        return content
    if isinstance(content, list):
        return "\n".join(plain_text(part) for part in content)
    if isinstance(content, dict):
        return str(content.get("text") or content.get("encrypted_content") or "")
    return ""


def _finished(item: Item, last: str) -> Item:
    """An item as the API sends it: arguments are text, and what had to be found is."""
    whole = {**item, "id": f"item_{next(_numbers):04d}", "status": "completed"}
    if "arguments" in item:
        whole["arguments"] = json.dumps({name: _looked_up(value, last) for name, value in item["arguments"].items()})
    return whole


def _looked_up(value: Any, last: str) -> Any:
    if isinstance(value, list):
        return [_looked_up(each, last) for each in value]
    if not isinstance(value, dict) or "$found" not in value:
        return value
    match = re.search(value["$found"], last)
    text = match[1] if match else "0"
    return int(text) if text.isdigit() else text


def stream_events(turn: Turn) -> Iterator[dict[str, Any]]:
    """The server-sent events of one answer."""
    response = {"id": f"resp_{next(_numbers):04d}", "object": "response"}
    yield {"type": "response.created", "response": {**response, "status": "in_progress", "output": []}}
    for index, item in enumerate(turn):
        yield {"type": "response.output_item.added", "output_index": index, "item": item}
        yield {"type": "response.output_item.done", "output_index": index, "item": item}
    whole = {**response, "status": "completed", "output": turn, "usage": USAGE}
    yield {"type": "response.completed", "response": whole}


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    model: ModelServer

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up early is no news."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = 65536
    server: _Server

    def setup(self) -> None:
        super().setup()
        self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, True)

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing is printed; `ModelServer.requests` is the log."""

    def do_GET(self) -> None:
        self._send("application/json", json.dumps({"object": "list", "data": [], "models": []}).encode())

    def do_POST(self) -> None:
        request = json.loads(self.rfile.read(int(self.headers.get("content-length") or 0)))
        events = stream_events(self.server.model.answer(request))
        lines = (f"event: {event['type']}\ndata: {json.dumps(event)}\n\n" for event in events)
        self._send("text/event-stream", "".join(lines).encode())

    def _send(self, kind: str, data: bytes) -> None:
        self.send_response(200)
        self.send_header("content-type", kind)
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)
        self.wfile.flush()

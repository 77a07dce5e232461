"""A loopback stand-in for the Messages API that plays a script, so that a real client can be driven without a model.

A script is a list of turns and a turn is a list of tool calls.  The server keeps no position: it answers every request
with the first turn whose calls are not yet in the conversation, and with `Done.` after the last.  So a retry is given
the same turn again and a notice from a background agent uses none up.

    with ModelServer([[call("Bash", command="ls")]]) as model:
        ...  # start a client with ANTHROPIC_BASE_URL=model.url

`before` names calls and what is to happen in the world before the model makes them.

A subagent is a conversation of its own.  Its turns are found by a regular expression on its first prompt:

    ModelServer([[call("Agent", prompt="SUBTASK one", ...)]], {"SUBTASK one": [[call("Read", file_path=".env")]]})
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import count
from typing import Any

from tests.fakes.loopback import Handler, Loopback

Block = dict[str, Any]
Turn = list[Block]
Message = dict[str, Any]

USAGE = {"input_tokens": 100, "output_tokens": 20, "cache_creation_input_tokens": 0, "cache_read_input_tokens": 0}
DONE = "Done."
#: What the safety classifier of the `auto` permission mode is expected to answer: this call may run.
CLASSIFIER_ALLOWS = "<block>no</block>"
_numbers = count(1)


def call(tool: str, call_id: str = "", **arguments: Any) -> Block:
    """One `tool_use` block."""
    return {"type": "tool_use", "id": call_id or f"toolu_{next(_numbers):04d}", "name": tool, "input": arguments}


def text(words: str) -> Block:
    """One text block."""
    return {"type": "text", "text": words}


class ModelServer(Loopback):
    """Serves scripts on a free port of 127.0.0.1 from a thread, and keeps every request in `requests`."""

    def __init__(
        self,
        turns: Sequence[Turn],
        subagents: Mapping[str, Sequence[Turn]] | None = None,
        before: Mapping[str, Callable[[], object]] | None = None,
    ) -> None:
        self.streams = [*(subagents or {}).items(), ("", turns)]
        self.before = dict(before or {})
        self.requests: list[dict[str, Any]] = []
        super().__init__(_Handler)

    def answer(self, request: dict[str, Any]) -> Turn:
        """The blocks that answer one request to `/v1/messages`."""
        self.requests.append(request)
        if is_conversation(request):
            return self._next_turn(request.get("messages", []))
        return side_answer(request)

    def _next_turn(self, messages: Sequence[Message]) -> Turn:
        first = next((plain_text(message["content"]) for message in messages if message["role"] == "user"), "")
        turns = next(turns for pattern, turns in self.streams if re.search(pattern, first, re.DOTALL))
        played = {block.get("id") for message in messages for block in blocks(message["content"])}
        turn = next((turn for turn in turns if not any(block.get("id") in played for block in turn)), [text(DONE)])
        for block in turn:
            self.before.pop(block.get("id", ""), lambda: None)()
        return turn


def blocks(content: str | Sequence[Block]) -> Iterable[Block]:
    return [text(content)] if isinstance(content, str) else content


def plain_text(content: str | Sequence[Block]) -> str:
    return "\n".join(block.get("text", "") for block in blocks(content))


def is_conversation(request: Mapping[str, Any]) -> bool:
    """Whether a request is a turn of an agent: it offers tools, and forces neither a tool nor an output format."""
    offered = any("input_schema" in tool for tool in request.get("tools") or ())
    return offered and not output_schema(request) and not forced_tool(request)


def output_schema(request: Mapping[str, Any]) -> dict[str, Any]:
    wanted = (request.get("output_config") or {}).get("format") or request.get("output_format") or {}
    return dict(wanted.get("schema") or {})


def forced_tool(request: Mapping[str, Any]) -> str:
    choice = request.get("tool_choice") or {}
    return str(choice.get("name", "")) if choice.get("type") == "tool" else ""


def side_answer(request: Mapping[str, Any]) -> Turn:
    """Answers what a client asks beside the conversation: titles, quota probes, the classifier of `auto` mode."""
    if schema := output_schema(request):
        return [text(json.dumps(smallest(schema)))]
    if name := forced_tool(request):
        tool = next(tool for tool in request["tools"] if tool["name"] == name)
        return [call(name, **smallest(tool["input_schema"]))]
    return [text(CLASSIFIER_ALLOWS)]


def smallest(schema: Mapping[str, Any]) -> Any:
    """The smallest value that a simple JSON schema takes."""
    if "const" in schema:
        return schema["const"]
    if "enum" in schema:
        return schema["enum"][0]
    if "properties" in schema:
        return {name: smallest(inner) for name, inner in schema["properties"].items()}
    simple = {"object": {}, "array": [], "boolean": False, "integer": 0, "number": 0}
    return simple.get(str(schema.get("type")), "title")


def stream_events(turn: Turn, model: str) -> Iterator[dict[str, Any]]:
    """The server-sent events of one answer."""
    message = {"id": f"msg_{next(_numbers):04d}", "type": "message", "role": "assistant", "model": model, "content": []}
    ending = {"stop_reason": None, "stop_sequence": None}
    yield {"type": "message_start", "message": {**message, **ending, "usage": USAGE}}
    for index, block in enumerate(turn):
        yield from _block_events(index, block)
    yield {"type": "message_delta", "delta": {**ending, "stop_reason": stop_reason(turn)}, "usage": USAGE}
    yield {"type": "message_stop"}


def _block_events(index: int, block: Block) -> Iterator[dict[str, Any]]:
    if block["type"] == "text":
        empty, delta = text(""), {"type": "text_delta", "text": block["text"]}
    else:
        empty = {**block, "input": {}}
        delta = {"type": "input_json_delta", "partial_json": json.dumps(block["input"])}
    yield {"type": "content_block_start", "index": index, "content_block": empty}
    yield {"type": "content_block_delta", "index": index, "delta": delta}
    yield {"type": "content_block_stop", "index": index}


def stop_reason(turn: Turn) -> str:
    return "tool_use" if any(block["type"] == "tool_use" for block in turn) else "end_turn"


class _Handler(Handler):
    def do_HEAD(self) -> None:
        self.send("application/json", b"")

    def do_GET(self) -> None:
        self._json({"data": [], "has_more": False})

    def do_POST(self) -> None:
        body = self.body()
        if self.path.split("?")[0] != "/v1/messages":
            self._json({"input_tokens": len(body) // 4})
            return
        request = json.loads(body)
        turn, model = self.server.model.answer(request), request.get("model", "fake")
        if request.get("stream"):
            self._stream(turn, model)
        else:
            self._json(whole_message(turn, model))

    def _json(self, value: Any) -> None:
        self.send("application/json", json.dumps(value).encode())

    def _stream(self, turn: Turn, model: str) -> None:
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.send_header("transfer-encoding", "chunked")
        self.end_headers()
        for event in stream_events(turn, model):
            data = f"event: {event['type']}\ndata: {json.dumps(event)}\n\n".encode()
            self.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))
        self.wfile.write(b"0\r\n\r\n")
        self.wfile.flush()


def whole_message(turn: Turn, model: str) -> dict[str, Any]:
    """The answer to a request that does not stream."""
    start = next(stream_events(turn, model))["message"]
    return {**start, "content": turn, "stop_reason": stop_reason(turn)}

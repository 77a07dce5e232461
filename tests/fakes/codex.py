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
from collections.abc import Iterator, Mapping, Sequence
from itertools import count
from typing import Any

from tests.fakes.loopback import Handler, Loopback

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


class ModelServer(Loopback):
    """Serves scripts on a free port of 127.0.0.1 from a thread, and keeps every request in `requests`."""

    def __init__(self, turns: Sequence[Turn], subagents: Mapping[str, Sequence[Turn]] | None = None) -> None:
        self.streams = [*(subagents or {}).items(), ("", turns)]
        self.requests: list[dict[str, Any]] = []
        super().__init__(_Handler, "/v1")

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


class _Handler(Handler):
    def do_GET(self) -> None:
        self.send("application/json", json.dumps({"object": "list", "data": [], "models": []}).encode())

    def do_POST(self) -> None:
        request = json.loads(self.body())
        events = stream_events(self.server.model.answer(request))
        lines = (f"event: {event['type']}\ndata: {json.dumps(event)}\n\n" for event in events)
        self.send("text/event-stream", "".join(lines).encode())

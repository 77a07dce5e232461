"""A loopback stand-in for an OpenAI-compatible provider that plays a script, so that opencode needs no model.

A script is a list of turns and a turn is a list of tool calls.  As with `tests/fakes/anthropic.py`, a request is given
the first turn whose calls are not yet in the conversation, and `Done.` after the last.

    with ModelServer([[call("bash", command="ls")]]) as model:
        ...  # start a client whose provider has the base URL model.url
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from itertools import count
from typing import Any

from tests.fakes.loopback import Handler, Loopback

Call = dict[str, Any]
_numbers = count(1)


def call(tool: str, call_id: str = "", **arguments: Any) -> Call:
    """One call of a tool, as it stands in a message."""
    function = {"name": tool, "arguments": json.dumps(arguments)}
    return {"id": call_id or f"call_{next(_numbers):04d}", "type": "function", "function": function}


class ModelServer(Loopback):
    """Serves a script on a free port of 127.0.0.1 from a thread; `results` is what the model was told of each call.

    `before` names calls and what is to happen in the world before the model makes them.
    """

    def __init__(
        self, turns: Sequence[Sequence[Call]], before: Mapping[str, Callable[[], object]] | None = None
    ) -> None:
        self.turns = turns
        self.before = dict(before or {})
        self.results: dict[str, str] = {}
        super().__init__(_Handler, "/v1")

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


class _Handler(Handler):
    def do_POST(self) -> None:
        request = json.loads(self.body())
        message = self.server.model.answer(request)
        reason = "tool_calls" if message.get("tool_calls") else "stop"
        usage = {"prompt_tokens": 100, "completion_tokens": 20, "total_tokens": 120}
        head = {"id": "chat", "object": "chat.completion.chunk", "created": 1, "model": request["model"]}
        first = {**head, "choices": [{"index": 0, "delta": message, "finish_reason": None}]}
        last = {**head, "choices": [{"index": 0, "delta": {}, "finish_reason": reason}], "usage": usage}
        data = "".join(f"data: {json.dumps(chunk)}\n\n" for chunk in (first, last)) + "data: [DONE]\n\n"
        self.send("text/event-stream", data.encode())

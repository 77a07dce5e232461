"""A loopback stand-in for the Google GenAI API that plays a script, so that the real Gemini CLI needs no model.

A script is a list of turns and a turn is a list of tool calls.  As with `tests/fakes/anthropic.py`, a request is given
the first turn whose calls are not yet in the conversation, and `Done.` after the last.

    with ModelServer([[call("run_shell_command", command="ls")]]) as model:
        ...  # start the client with GOOGLE_GEMINI_BASE_URL=model.url
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
    """One `functionCall`."""
    return {"id": call_id or f"call_{next(_numbers):04d}", "name": tool, "args": arguments}


class ModelServer(Loopback):
    """Serves a script on a free port of 127.0.0.1 from a thread; `results` is what the model was told of each call.

    `before` names calls and what is to happen in the world before the model makes them.
    """

    def __init__(
        self, turns: Sequence[Sequence[Call]], before: Mapping[str, Callable[[], object]] | None = None
    ) -> None:
        self.turns = turns
        self.before = dict(before or {})
        self.results: dict[str, dict[str, Any]] = {}
        super().__init__(_Handler)

    def answer(self, request: dict[str, Any]) -> dict[str, Any]:
        """The response to one `generateContent`; requests beside the conversation offer no tools."""
        parts = [part for content in request.get("contents", []) for part in content.get("parts", [])]
        for part in parts:
            if told := part.get("functionResponse"):
                self.results[told["id"]] = told["response"]
        played = {part["functionCall"].get("id") for part in parts if "functionCall" in part}
        left = [turn for turn in self.turns if not any(one["id"] in played for one in turn)]
        turn = left[0] if left and request.get("tools") else []
        for one in turn:
            self.before.pop(one["id"], lambda: None)()
        said = [{"functionCall": one} for one in turn] or [{"text": "Done."}]
        usage = {"promptTokenCount": 100, "candidatesTokenCount": 20, "totalTokenCount": 120}
        candidate = {"content": {"role": "model", "parts": said}, "finishReason": "STOP", "index": 0}
        return {"candidates": [candidate], "usageMetadata": usage}


class _Handler(Handler):
    def do_POST(self) -> None:
        data = json.dumps(self.server.model.answer(json.loads(self.body()))).encode()
        streams = "streamGenerateContent" in self.path
        data = b"data: " + data + b"\r\n\r\n" if streams else data
        self.send("text/event-stream" if streams else "application/json", data)

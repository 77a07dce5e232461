"""A real supervisor with a person's hands on standard input: one JSON command a line, one JSON answer a line.

{"do": "pending"}                              the ids of what waits
{"do": "answer", "id": ..., "allow": ..., ...}  the state it came to, or why it was too late
"""

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

from leashd_supervisor import app
from leashd_supervisor.approvals.model import Answer
from leashd_supervisor.approvals.service import Late
from leashd_supervisor.kernel.errors import Busy
from leashd_supervisor.settings import Settings


def act(supervisor: app.Supervisor, command: "dict[str, Any]") -> "dict[str, Any]":
    approvals = supervisor.approvals
    if command["do"] == "pending":
        return {"pending": [approval.id for approval in approvals.store.pending()]}
    told = {name: command[name] for name in ("message", "stop", "input", "scope") if name in command}
    try:
        settled = approvals.answer(
            command["id"], Answer(command["allow"], **told), "test", digest=command.get("digest")
        )
    except Late as late:
        return {"late": late.approval.state}
    except Busy as busy:
        return {"busy": busy.what}
    return {"state": settled.state}


async def hands(supervisor: app.Supervisor) -> None:
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    while line := await reader.readline():
        print(json.dumps(act(supervisor, json.loads(line))), flush=True)


async def main(state: str) -> None:
    build = app.build
    running = []

    def built(settings: Settings) -> app.Supervisor:
        supervisor = build(settings)
        running.append(asyncio.ensure_future(hands(supervisor)))
        return supervisor

    app.build = built  # type: ignore[assignment]
    await app.serve(Settings(Path(state), port=0))


asyncio.run(main(sys.argv[1]))

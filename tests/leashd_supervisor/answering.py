"""A real supervisor with a person's hands on standard input: one JSON command a line, one JSON answer a line.

{"do": "pending"}                              the ids of what waits
{"do": "waiting"}                              for how many of them a hook is connected
{"do": "answer", "id": ..., "allow": ..., ...}  the state it came to, or why it was too late
    with "then": "die"                         and the power fails before anybody hears of it
{"do": "date", "by": seconds}                  somebody sets the machine's date
{"do": "pass", "seconds": ...}                 so much time goes by
{"do": "left", "id": ...}                      seconds that a question still waits
{"do": "full", "room": bytes or null}          no file can grow beyond this; null makes room again
"""

import asyncio
import json
import os
import resource
import sys
import time
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
    if command["do"] == "waiting":
        return {"hooks": len(approvals._waiting)}
    if command["do"] == "left":
        return {"left": approvals.seconds_left(approvals.get(command["id"]))}
    if command["do"] in MACHINE:
        MACHINE[command["do"]](command)
        return {}
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


def move(command: "dict[str, Any]") -> None:
    """Sets the date, which no deadline may follow."""
    true = time.time
    time.time = lambda: true() + command["by"]


def let_pass(command: "dict[str, Any]") -> None:
    """Lets time go by: the date moves, and so does the clock that only grows."""
    true = time.monotonic
    time.monotonic = lambda: true() + command["seconds"]
    move({"by": command["seconds"]})


def fill(command: "dict[str, Any]") -> None:
    """Takes the room away that files grow into."""
    room = command["room"]
    resource.setrlimit(
        resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY if room is None else room, resource.RLIM_INFINITY)
    )


MACHINE = {"date": move, "pass": let_pass, "full": fill}


async def hands(supervisor: app.Supervisor) -> None:
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    while line := await reader.readline():
        command = json.loads(line)
        print(json.dumps(act(supervisor, command)), flush=True)
        if command.get("then") == "die":
            os._exit(9)


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

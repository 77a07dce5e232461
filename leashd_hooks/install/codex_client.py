"""What the real Codex says of its hooks, and a hook started as Codex starts one."""

from __future__ import annotations

import json
import os
import pwd
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from threading import Timer
from typing import Any

from leashd_hooks.install import codex
from leashd_hooks.install.settings_file import SettingsError

#: The oldest version whose hooks were measured.
MEASURED = (0, 169, 0)
#: Seconds that Codex has to list its hooks.
_PATIENCE = 30.0

Hook = dict[str, Any]


def hooks(
    program: str, flags: Sequence[str], project: Path, environ: Mapping[str, str]
) -> tuple[list[Hook], list[str]]:
    """The hooks that a session in this directory would have, and what Codex says is wrong with them.

    Raises SettingsError when it does not tell.
    """
    argv = [program, *flags, "app-server"]
    asked = (
        {
            "id": 1,
            "method": "initialize",
            "params": {"clientInfo": {"name": "leashd", "title": "leashd", "version": "1"}},
        },
        {"method": "initialized"},
        {"id": 2, "method": "hooks/list", "params": {"cwds": [str(project)]}},
    )
    try:
        client = subprocess.Popen(
            argv,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=project,
            env=environ,
        )
    except OSError as error:
        raise SettingsError(f"`{program}` cannot be started: {error.strerror}") from error
    with client, _ended_after(client):
        said = _answer(client, asked)
        client.kill()
    if not isinstance(said, dict):
        raise SettingsError(f"`{program}` does not list its hooks: {said}", f"`{program} app-server` must start")
    one = said["data"][0]
    return one["hooks"], [str(each) for each in (*one["warnings"], *one["errors"])]


class _ended_after:
    """Ends a client that says nothing."""

    def __init__(self, client: subprocess.Popen[str]) -> None:
        self.timer = Timer(_PATIENCE, client.kill)

    def __enter__(self) -> None:
        self.timer.start()

    def __exit__(self, *error: object) -> None:
        self.timer.cancel()


def _answer(client: subprocess.Popen[str], asked: Sequence[Mapping[str, Any]]) -> dict[str, Any] | str:
    """The result of the last request, or why there is none."""
    if client.stdin is None or client.stdout is None or client.stderr is None:
        return "it was started without pipes"
    try:
        for message in asked:
            client.stdin.write(json.dumps(message) + "\n")
            client.stdin.flush()
        for line in client.stdout:
            told = json.loads(line)
            if told.get("id") == asked[-1]["id"] and "method" not in told:
                result = told.get("result")
                return result if isinstance(result, dict) else str(told.get("error"))
    except (OSError, ValueError) as error:
        return str(error)
    return client.stderr.read().strip()[-400:] or "it ended"


def decides(one: Hook) -> bool:
    """Whether a hook takes part in decisions, and would be run."""
    runs = one["enabled"] and one["trustStatus"] in ("trusted", "managed")
    return runs and one["eventName"] in ("preToolUse", "permissionRequest")


def silent(listed: Sequence[Hook], line: str = "") -> Iterator[str]:
    """Why our hook would not be asked, for each event for which that is so.

    `line` is the command line that has to be the hook's; without one, any line that starts leashd will do.
    """
    for event in codex.EVENTS:
        name = event[0].lower() + event[1:]
        mine = [one for one in listed if one["eventName"] == name and codex.is_ours(one)]
        if any(decides(one) and _whole(one) and line in ("", one["command"]) for one in mine):
            continue
        if any(one["isManaged"] and _whole(one) for one in mine):
            continue
        states = ", ".join(sorted({one["trustStatus"] if one["enabled"] else "disabled" for one in mine}))
        yield f"no hook of leashd on {event}" if not mine else f"leashd's hook on {event} is {states}"


def _whole(one: Hook) -> bool:
    return one["matcher"] in ("*", "", None) and not one["async"] and one["timeoutSec"] == codex.TIMEOUT


def entry(line: str) -> dict[str, Any]:
    """A command line as Codex starts it: through the user's shell."""
    return {"command": pwd.getpwuid(os.geteuid()).pw_shell or "/bin/sh", "args": ["-c", line]}


def reads(stdout: bytes, stderr: bytes, code: int) -> tuple[str, str]:
    """What Codex makes of a hook's answer to PreToolUse, and the reason."""
    if code == 2 and stderr.strip():
        return "deny", stderr.decode("utf-8", "replace").strip()
    return ("allow", "") if code == 0 and stdout.strip() == b"{}" else ("nothing", "it is no answer of leashd's")

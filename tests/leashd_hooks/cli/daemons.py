"""A terminal whose supervisor is a real process, in a state directory of its own."""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.leashd_hooks.terminal import LEASHD, Terminal


@dataclass
class DaemonTerminal(Terminal):
    """Runs `leashd` with `LEASHD_HOME`; `end` ends whatever was started."""

    folder: Path = Path()

    def run(self, *args: str, env: dict[str, str] | None = None, **options: Any) -> subprocess.CompletedProcess[str]:
        return super().run(*args, env={"LEASHD_HOME": str(self.folder), **(env or {})}, **options)

    def limited(self, limit: str, *args: str) -> subprocess.CompletedProcess[str]:
        """One command of a shell that may not do something: `ulimit -f 0` is a disk without room."""
        env = {"HOME": str(self.home), "PATH": os.environ["PATH"], "LEASHD_HOME": str(self.folder)}
        script = f'{limit} && trap "" XFSZ && exec "$@"'
        return subprocess.run(
            ["sh", "-c", script, "sh", *LEASHD, *args],
            capture_output=True,
            text=True,
            cwd=self.project,
            env=env,
            timeout=60,
        )

    def start(self, *args: str) -> dict[str, Any]:
        """A supervisor on a free port."""
        told: dict[str, Any] = self.json("start", "--port", "0", *args)
        return told

    @property
    def told(self) -> dict[str, Any]:
        """What the supervisor says of itself."""
        found: dict[str, Any] = json.loads((self.folder / "run" / "supervisor.json").read_text())
        return found

    def end(self) -> None:
        """Ends the supervisor, if one runs, without asking it."""
        self.run("stop")


#: Makes standard input the controlling terminal, as a shell does, and becomes the command.
_TAKE = "import fcntl, os, sys, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0); os.execv(sys.argv[1], sys.argv[1:])"


def at_terminal(
    daemon: DaemonTerminal,
    *args: str,
    dialog: Sequence[tuple[str, str]] = (),
    env: dict[str, str] | None = None,
    out: Path | None = None,
    cwd: Path | None = None,
) -> tuple[str, int]:
    """One command in a terminal of its own, with somebody who types each answer once its question is there.

    What stood on the screen in the end, and the exit code.  Standard output goes to the file `out` where there is one.
    """
    master, slave = os.openpty()
    variables = {"HOME": str(daemon.home), "PATH": os.environ["PATH"], "LEASHD_HOME": str(daemon.folder)}
    variables |= {"TERM": "dumb", "LANG": "C.UTF-8", "COLUMNS": "150", "NO_COLOR": "1", **(env or {})}
    redirected = None if out is None else os.open(out, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    process = subprocess.Popen(
        [sys.executable, "-c", _TAKE, *LEASHD, *args],
        stdin=slave,
        stdout=slave if redirected is None else redirected,
        stderr=slave,
        env=variables,
        cwd=cwd or daemon.project,
        start_new_session=True,
    )
    os.close(slave)
    if redirected is not None:
        os.close(redirected)
    shown, seen, left = b"", 0, list(dialog)
    deadline = time.monotonic() + 20
    try:
        while True:
            assert time.monotonic() < deadline, shown.decode()
            if left and (at := shown.find(left[0][0].encode(), seen)) >= 0:
                seen = at + len(left[0][0])
                os.write(master, left.pop(0)[1].encode())
            if not select.select([master], [], [], 0.1)[0]:
                continue
            try:
                shown += os.read(master, 65536)
            except OSError:  # the other end is closed
                break
        return shown.decode(), process.wait(10)
    finally:
        os.close(master)
        process.kill()
        process.wait()


def eventually(check: Callable[[], bool], seconds: float = 10.0) -> None:
    """Waits until `check` holds."""
    deadline = time.monotonic() + seconds
    while not check():
        assert time.monotonic() < deadline, "it never came to hold"
        time.sleep(0.02)

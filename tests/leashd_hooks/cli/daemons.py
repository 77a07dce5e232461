"""A terminal whose supervisor is a real process, in a state directory of its own."""

from __future__ import annotations

import json
import os
import subprocess
import time
from collections.abc import Callable
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


def eventually(check: Callable[[], bool], seconds: float = 10.0) -> None:
    """Waits until `check` holds."""
    deadline = time.monotonic() + seconds
    while not check():
        assert time.monotonic() < deadline, "it never came to hold"
        time.sleep(0.02)

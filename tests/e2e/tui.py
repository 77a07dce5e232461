"""Sits at a real client as a person does: keys in, screen out, in a tmux server of its own."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType

from tests.e2e.lab import Lab
from tests.fakes.anthropic import ModelServer, Turn

COLUMNS, LINES = 140, 50
#: What stands before the line in which a person types.
PROMPT = "\N{HEAVY RIGHT-POINTING ANGLE QUOTATION MARK ORNAMENT}"


class Tui:
    """A client on a screen.

    The tmux server is a private one.  Its socket lies in the temporary directory, since its path must be short.
    """

    def __init__(self, lab: Lab, turns: Sequence[Turn] | ModelServer, mode: str) -> None:
        self.lab, self.mode = lab, mode
        self.socket = Path(tempfile.mkdtemp(prefix="lab-")) / "s"
        self.model = turns if isinstance(turns, ModelServer) else ModelServer(turns)

    def __enter__(self) -> Tui:
        self.model.__enter__()
        environment = self.lab.environment(ANTHROPIC_BASE_URL=self.model.url, TERM="xterm-256color")
        command = ["env", "-i", *(f"{name}={value}" for name, value in environment.items())]
        command += [str(self.lab.program), "--permission-mode", self.mode]
        size = ["-x", str(COLUMNS), "-y", str(LINES)]
        self._tmux("new-session", "-d", *size, "-c", str(self.lab.project), shlex.join(command) + "; sleep 60")
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._tmux("kill-server")
        shutil.rmtree(self.socket.parent, ignore_errors=True)
        self.model.__exit__(kind, error, at)

    def _tmux(self, *words: str) -> str:
        command = ["tmux", "-S", str(self.socket), "-f", "/dev/null", *words]
        return subprocess.run(command, capture_output=True, text=True, check=False, timeout=20).stdout

    def screen(self) -> str:
        return self._tmux("capture-pane", "-p")

    def waits_for(self, pattern: str, seconds: float = 20) -> bool:
        """Whether the screen shows the pattern in time."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if re.search(pattern, self.screen()):
                return True
            time.sleep(0.1)
        return False

    def says(self, words: str) -> None:
        """Types a prompt and sends it."""
        self._tmux("send-keys", "-l", "--", words)
        time.sleep(0.3)
        self.types("Enter")

    def begins(self) -> None:
        """Sends the first prompt, once the client takes one."""
        assert self.waits_for(PROMPT), self.screen()
        time.sleep(0.7)
        self.says("go")

    def types(self, *keys: str) -> None:
        self._tmux("send-keys", *keys)

"""Sits at a real client as a person does: keys in, screen out, in a tmux server of its own."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import tempfile
import time
from abc import ABC, abstractmethod
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import TypeVar

from tests.e2e.codex_lab import DIRECT, UNBOXED, CodexLab
from tests.e2e.lab import Lab
from tests.fakes import anthropic, codex
from tests.fakes.loopback import Loopback

Self = TypeVar("Self", bound="Terminal")

COLUMNS, LINES = 140, 50
#: What stands before the line in which a person types: Claude Code's sign, and Codex's.
PROMPT = "[\N{HEAVY RIGHT-POINTING ANGLE QUOTATION MARK ORNAMENT}\N{SINGLE RIGHT-POINTING ANGLE QUOTATION MARK}]"


class Terminal(ABC):
    """A client on a screen, and the model that it talks to.

    The tmux server is a private one.  Its socket lies in the temporary directory, since its path must be short.
    """

    def __init__(self, model: Loopback, project: Path) -> None:
        self.model, self.project = model, project
        self.socket = Path(tempfile.mkdtemp(prefix="lab-")) / "s"

    @abstractmethod
    def command(self) -> tuple[list[str], dict[str, str]]:
        """How the client is started, and in which environment, now that the model has its address."""

    def __enter__(self: Self) -> Self:
        self.model.__enter__()
        program, environment = self.command()
        command = ["env", "-i", *(f"{name}={value}" for name, value in environment.items()), *program]
        size = ["-x", str(COLUMNS), "-y", str(LINES)]
        self._tmux("new-session", "-d", *size, "-c", str(self.project), shlex.join(command) + "; sleep 60")
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


class Tui(Terminal):
    """Claude Code in a permission mode."""

    def __init__(self, lab: Lab, turns: Sequence[anthropic.Turn] | anthropic.ModelServer, mode: str) -> None:
        super().__init__(
            turns if isinstance(turns, anthropic.ModelServer) else anthropic.ModelServer(turns), lab.project
        )
        self.lab, self.mode = lab, mode

    def command(self) -> tuple[list[str], dict[str, str]]:
        environment = self.lab.environment(ANTHROPIC_BASE_URL=self.model.url, TERM="xterm-256color")
        return [str(self.lab.program), "--permission-mode", self.mode], environment


class CodexTui(Terminal):
    """Codex in a folder that it was told to trust."""

    def __init__(self, lab: CodexLab, turns: Sequence[codex.Turn]) -> None:
        super().__init__(codex.ModelServer(turns), lab.project)
        self.lab = lab

    def command(self) -> tuple[list[str], dict[str, str]]:
        argv = [str(self.lab.programs / "codex"), *self.lab.flags(self.model.url, DIRECT), *UNBOXED, "-a", "never"]
        return argv, self.lab.environment(TERM="xterm-256color")

    def begins(self) -> None:
        """Trusts the folder, keeps the model, and sends the first prompt."""
        assert self.waits_for("Trust this folder"), self.screen()
        self.types("Enter")
        if self.waits_for("Use existing model", 3):
            self.types("2", "Enter")
        super().begins()

"""A terminal in a project with nothing installed, and a client that says how it was started."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.leashd_hooks.terminal import LEASHD, Terminal


@dataclass
class Client:
    """Starts a stand-in for Claude Code through `leashd claude`, and reads what it was given."""

    terminal: Terminal
    program: Path

    def version(self, text: str) -> None:
        """What the client says its version is."""
        self._beside("version").write_text(text)

    @property
    def variables(self) -> dict[str, str]:
        """The environment that leashd itself is started in."""
        path = f"{self.program.parent}{os.pathsep}{os.environ['PATH']}"
        return {"HOME": str(self.terminal.home), "PATH": path, "LANG": "C.UTF-8"}

    def start(self, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
        """`leashd claude` with these words and these variables besides."""
        command = [*LEASHD, "claude", *words]
        where = {"cwd": self.terminal.project, "env": {**self.variables, **more}}
        return subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=60, **where)

    @property
    def started(self) -> bool:
        """Whether the client was started."""
        return self._beside("arguments").exists()

    @property
    def arguments(self) -> list[str]:
        """What stood on the client's command line."""
        return self._beside("arguments").read_text().split("\0")[:-1]

    @property
    def environment(self) -> dict[str, str]:
        """The client's environment."""
        lines = self._beside("environment").read_text().split("\0")[:-1]
        return dict(line.split("=", 1) for line in lines)

    def _beside(self, kind: str) -> Path:
        return self.program.with_name(f"claude.{kind}")


@pytest.fixture
def terminal(tmp_path: Path) -> Terminal:
    """A home, and in it a project at the top of a repository."""
    project = tmp_path / "home" / "project"
    (project / ".git").mkdir(parents=True)
    (project / ".git" / "HEAD").write_text("ref: refs/heads/feature\n")
    (project / "README.md").write_text("# read me\n")
    (project / ".env").write_text("SECRET=1\n")
    return Terminal(tmp_path / "home", project)


#: A program that says what it was started with, and ends as it is told.
CLIENT = """#!/bin/sh
if [ "$1" = --version ]; then echo "$(cat "$0.version") (Claude Code)"; exit 0; fi
{ for word in "$@"; do printf '%s\\0' "$word"; done; } > "$0.arguments"
env -0 > "$0.environment"
case "$*" in
*end-by-signal*) kill -TERM $$ ;;
*lots-of-output*) yes ;;
esac
exit 7
"""


@pytest.fixture
def client(terminal: Terminal) -> Client:
    """A terminal whose project is approved, with a client on PATH."""
    program = terminal.home / "bin" / "claude"
    program.parent.mkdir()
    program.write_text(CLIENT)
    program.chmod(0o755)
    made = Client(terminal, program)
    made.version("2.1.330")
    assert terminal.run("add-dir").returncode == 0
    return made

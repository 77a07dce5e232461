"""A laboratory for the clients beside Claude Code: a home and a project of its own, and nothing inherited."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.e2e.lab import LEASHD, WRITES_ARE_FINE

#: What is done to the hook, and nothing may run any more: every failure that these hosts would take for a yes.
BROKEN = {
    "missing": None,
    "crashing": "raise SystemExit(1)",
    "killed": "import os; os.kill(os.getpid(), 9)",
    "silent": "",
    "printing garbage": "print('{\"decision\": ')",
    "speaking another dialect": 'print(\'{"hookSpecificOutput":{"permissionDecision":"allow"}}\')',
}
#: The first words of the line that the host is given for the hook.
BOOT = "/leashd_hooks/boot.py"


class OtherLab:
    """A fresh home and project; the guard is installed by its own command."""

    def __init__(self, directory: Path, agent: str) -> None:
        self.agent = agent
        self.home, self.project = directory / "home", directory / "project"
        for folder in (self.home, self.project):
            folder.mkdir(parents=True)
        (self.project / ".env").write_text("SECRET=hunter2\n")
        self._said(["git", "init", "-q", "."])

    def environment(self, **more: str) -> dict[str, str]:
        path = f"{os.path.dirname(shutil.which('node') or '')}:/usr/local/bin:/usr/bin:/bin"
        return {"PATH": path, "HOME": str(self.home), "TERM": "dumb", "LANG": "C.UTF-8", **more}

    def leashd(self, *words: str) -> str:
        """Runs the real `leashd` with the laboratory's home."""
        return self._said([str(LEASHD), *words])

    def install(self, *options: str) -> None:
        """Installs the guard, with a policy of the user's that lets the agent change files of the project."""
        self.leashd("install", self.agent, *options)
        policy = WRITES_ARE_FINE.replace("$P", str(self.project))
        (self.home / ".leashd" / "policy.yaml").write_text(policy)

    def hook_elsewhere(self, file: Path) -> None:
        """Makes the host start another program in the place of the hook that a file names."""
        text = file.read_text()
        found = text.index(BOOT)
        start = max(text.rfind(mark, 0, found) for mark in (" ", "'", '"'))
        self.elsewhere.parent.mkdir(parents=True)
        file.write_text(text.replace(text[start + 1 : found] + BOOT, str(self.elsewhere)))

    def break_hook(self, how: str) -> None:
        """Puts a program of `BROKEN` there, or none."""
        program = BROKEN[how]
        if program is None:
            self.elsewhere.unlink(missing_ok=True)
        else:
            self.elsewhere.write_text(program)

    @property
    def elsewhere(self) -> Path:
        """Where `hook_elsewhere` puts the hook."""
        return self.home / "other" / "leashd_hooks" / "boot.py"

    def audit(self) -> list[dict[str, Any]]:
        """Every line of the audit."""
        files = sorted((self.home / ".leashd").glob("audit/*.jsonl"))
        return [json.loads(line) for file in files for line in file.read_text().splitlines()]

    def program(self, *argv: str | Path, timeout: float = 60, **environment: str) -> subprocess.CompletedProcess[str]:
        """A client with nobody sitting at it."""
        return subprocess.run(
            [str(word) for word in argv],
            cwd=self.project,
            env=self.environment(**environment),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
        )

    def _said(self, argv: Sequence[str]) -> str:
        done = self.program(*argv)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout + done.stderr

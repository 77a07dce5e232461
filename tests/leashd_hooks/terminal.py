"""A home, a project, and the command line as a person starts it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

LEASHD = [sys.executable, "-c", "from leashd_hooks.cli import main; main()"]


@dataclass
class Terminal:
    """Runs `leashd` in a project of a home of its own."""

    home: Path
    project: Path

    def run(
        self, *args: str, stdin: str | bytes = "", cwd: Path | None = None, env: dict[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        """One command, its output and its exit code."""
        data = stdin.encode() if isinstance(stdin, str) else stdin
        variables = {"HOME": str(self.home), "PATH": os.environ["PATH"], "LANG": "C.UTF-8", **(env or {})}
        done = subprocess.run(
            [*LEASHD, *args], input=data, capture_output=True, cwd=cwd or self.project, env=variables, timeout=120
        )
        return subprocess.CompletedProcess(args, done.returncode, done.stdout.decode(), done.stderr.decode())

    def json(self, *args: str, **options: Any) -> Any:
        """What a command prints with `--json`."""
        done = self.run(*args, "--json", **options)
        assert done.stdout, done.stderr
        return json.loads(done.stdout)

    @property
    def settings(self) -> Path:
        """The user's settings of Claude Code."""
        return self.home / ".claude" / "settings.json"

    def entry(self) -> dict[str, Any]:
        """Our entry for tool calls in the user's settings."""
        groups = json.loads(self.settings.read_text())["hooks"]["PreToolUse"]
        entry: dict[str, Any] = groups[-1]["hooks"][0]
        return entry

    def hook(self, tool: str, given: dict[str, Any], **fields: Any) -> subprocess.CompletedProcess[str]:
        """One event through the hook as it is installed."""
        entry = self.entry()
        event = {
            "hook_event_name": "PreToolUse",
            "session_id": "s1",
            "cwd": str(self.project),
            "permission_mode": "default",
            "tool_name": tool,
            "tool_input": given,
            "tool_use_id": "t1",
            **fields,
        }
        return subprocess.run(
            [entry["command"], *entry["args"]],
            input=json.dumps(event),
            capture_output=True,
            text=True,
            cwd=self.project,
        )

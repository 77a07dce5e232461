"""A guarded home and project, and the hook process exactly as a host starts it."""

import json
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from leashd_hooks import image, places
from leashd_hooks.install.hook_process import INTERPRETER_FLAGS
from leashd_hooks.policy import compile as compiler

BOOT = Path(image.PACKAGE) / "boot.py"


@dataclass
class Answered:
    """What the hook process said and how it ended."""

    code: int
    stdout: str
    stderr: str

    @property
    def output(self) -> "dict[str, Any]":
        """`hookSpecificOutput` of the one JSON object on standard output."""
        found: dict[str, Any] = json.loads(self.stdout)["hookSpecificOutput"]
        return found

    @property
    def decision(self) -> str:
        """`permissionDecision`: allow, deny or ask."""
        return str(self.output["permissionDecision"])

    @property
    def reason(self) -> str:
        """`permissionDecisionReason`."""
        return str(self.output["permissionDecisionReason"])


@dataclass
class Guard:
    """A home with leashd's state in it, a project, and the command line of the hook."""

    home: Path
    project: Path
    boot: Path = BOOT
    options: "list[str]" = field(default_factory=list)

    @property
    def state(self) -> Path:
        """leashd's state directory."""
        return self.home / ".leashd"

    @property
    def argv(self) -> "list[str]":
        """The hook as `install` writes it."""
        return [sys.executable, *INTERPRETER_FLAGS, str(self.boot), "claude", "--state", str(self.state), *self.options]

    def compile(self) -> None:
        """Compiles the policy, as `install` does."""
        compiler.write(compiler.compile_state(str(self.state), str(self.home)), places.bundle(str(self.state)))

    def event(self, tool: str, **arguments: object) -> "dict[str, Any]":
        """A PreToolUse event as Claude Code sends it."""
        return {
            "session_id": "s",
            "transcript_path": str(self.home / "t.jsonl"),
            "cwd": str(self.project),
            "permission_mode": "default",
            "hook_event_name": "PreToolUse",
            "tool_name": tool,
            "tool_input": arguments,
            "tool_use_id": "toolu_1",
        }

    def send(self, data: "bytes | dict[str, Any]", **options: Any) -> Answered:
        """Runs the hook process on these bytes, or on an event."""
        raw = data if isinstance(data, bytes) else json.dumps(data).encode()
        options.setdefault("env", {})
        ended = subprocess.run(options.pop("argv", self.argv), input=raw, capture_output=True, timeout=60, **options)
        return Answered(ended.returncode, ended.stdout.decode(), ended.stderr.decode())

    def audit(self) -> "list[dict[str, Any]]":
        """The audit's records, oldest first."""
        file = self.state / "audit" / "audit.jsonl"
        return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []


def furnish(folder: Path) -> Guard:
    """A home with leashd in it, and a project."""
    made = Guard(folder / "home", folder / "home" / "project")
    made.project.mkdir(parents=True)
    made.state.mkdir()
    (made.state / "config.yaml").write_text(f"approved_directories: [{made.project}]\n")
    made.compile()
    image.build()
    return made

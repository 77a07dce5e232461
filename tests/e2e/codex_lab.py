"""A laboratory for the real Codex: a home, a project and a scripted model of its own, and nothing inherited."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from leashd_hooks.install.codex_client import hooks
from tests.e2e.lab import CLIENTS, LEASHD
from tests.e2e.other_lab import OtherLab
from tests.fakes.codex import ModelServer, Turn

#: A model that calls tools directly, and one that writes scripts which call them.
DIRECT, SCRIPTED = "gpt-5.5", "gpt-6-sol"
#: Nothing but the guard keeps a command from running.
UNBOXED = ("-s", "danger-full-access")
MCP_SERVER = Path(__file__).parents[1] / "fakes" / "mcp_server.py"


def executable() -> Path:
    """The native program of the client, which npm puts into an optional package for the platform."""
    for program in sorted(CLIENTS.glob("@openai/codex-*/vendor/*/bin/codex")):
        if os.access(program, os.X_OK):
            return program
    raise FileNotFoundError("codex is not installed\nhelp: run `make setup-tests`")


@dataclass
class Session:
    """One finished session: how the client ended, and what the model was told about each call."""

    code: int
    stdout: str
    stderr: str
    told: dict[str, str]
    tools: list[str]


class CodexLab(OtherLab):
    """The guard is there by `install`, or by `leashd codex`."""

    def __init__(self, directory: Path) -> None:
        self.programs = directory / "bin"
        self.programs.mkdir()
        (self.programs / "codex").symlink_to(executable())
        super().__init__(directory, "codex")
        self.settings = self.home / ".codex"
        self.settings.mkdir()
        #: What every program is started through, for one with a private `/etc`.
        self.wrap: Sequence[str] = ()

    def environment(self, **more: str) -> dict[str, str]:
        return super().environment(PATH=f"{self.programs}:/usr/local/bin:/usr/bin:/bin", FAKE_KEY="x", **more)

    def leashd(self, *words: str) -> str:
        """Runs the real `leashd`, in the laboratory's own `/etc` where it has one."""
        return self._said([*self.wrap, str(LEASHD), *words])

    def replace_interpreter(self, script: str) -> None:
        """Installs the hook with an interpreter of its own, and puts a shell script there; none for an empty one."""
        own = self.home / "python"
        code = f"hook_python.FOLDER = Path({str(own)!r}); from leashd_hooks.cli import main; main()"
        code = f"from pathlib import Path; from leashd_hooks.install import hook_python; {code}"
        self._said([sys.executable, "-c", code, "install", "codex"])
        program = own / "bin" / "python"
        program.unlink()
        if script:
            program.write_text(f"#!/bin/sh\n{script}\n")
            program.chmod(0o755)

    def flags(self, url: str, model: str) -> list[str]:
        """What has the client talk to the scripted model and know the MCP server `tiny`."""
        provider = {
            "name": '"fake"',
            "base_url": f'"{url}"',
            "wire_api": '"responses"',
            "env_key": '"FAKE_KEY"',
            "requires_openai_auth": "false",
            "request_max_retries": "0",
            "stream_max_retries": "0",
        }
        table = ",".join(f"{name}={value}" for name, value in provider.items())
        server = f"mcp_servers.tiny={{command={json.dumps(sys.executable)},args=[{json.dumps(str(MCP_SERVER))}]}}"
        given = (f"model_providers.fake={{{table}}}", 'model_provider="fake"', f'model="{model}"', server)
        return [word for setting in given for word in ("-c", setting)]

    def run(
        self,
        turns: Sequence[Turn],
        *arguments: str,
        start: Sequence[str] = ("codex",),
        model: str = DIRECT,
        subagents: Mapping[str, Sequence[Turn]] | None = None,
        **environment: str,
    ) -> Session:
        """Plays a script through `codex exec`, or what starts it, with nobody sitting at it."""
        program = {"leashd": str(LEASHD), "codex": str(self.programs / "codex")}
        argv = [*self.wrap, program[start[0]], *start[1:], "exec", "--json"]
        with ModelServer(turns, subagents) as server:
            done = self.program(*argv, *self.flags(server.url, model), *arguments, "go", **environment)
        offered: list[dict[str, Any]] = [tool for request in server.requests for tool in request.get("tools", [])]
        tools = sorted({str(tool.get("name") or tool["type"]) for tool in offered})
        return Session(done.returncode, done.stdout, done.stderr, server.outputs, tools)

    @contextmanager
    def started(self, turns: Sequence[Turn], *arguments: str) -> Iterator[subprocess.Popen[bytes]]:
        """`codex exec` while it plays a script; it is over after the block."""
        with ModelServer(turns) as server:
            argv = [self.programs / "codex", "exec", *self.flags(server.url, DIRECT), *arguments, "go"]
            quiet = subprocess.DEVNULL
            with subprocess.Popen(
                argv, cwd=self.project, env=self.environment(), stdin=quiet, stdout=quiet, stderr=quiet
            ) as client:
                yield client

    def trust_every_hook(self) -> None:
        """Has the user trust every hook that there is, as the client's own screen would."""
        listed, _ = hooks(str(self.programs / "codex"), [], self.project, self.environment())
        records = [f'[hooks.state.{json.dumps(one["key"])}]\ntrusted_hash = "{one["currentHash"]}"\n' for one in listed]
        (self.settings / "config.toml").write_text("".join(records))

    def judged(self) -> dict[str, dict[str, Any]]:
        """What the guard said to each call before it ran, by the id of the call."""
        return {line["call_id"]: line for line in self.audit() if line.get("event") == "PreToolUse"}

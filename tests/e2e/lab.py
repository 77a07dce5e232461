"""A laboratory for one real client: a home, a project and a scripted model of its own, and nothing inherited."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from string import Template
from typing import Any

from tests.fakes.anthropic import ModelServer, Turn, plain_text

ROOT = Path(__file__).resolve().parents[2]
CLIENTS = ROOT / "tests" / "clients" / "node_modules"
LEASHD = Path(sys.executable).with_name("leashd")
API_KEY = "sk-fake"
#: The pinned versions of the client, newest first.
VERSIONS = ("2.1.330", "2.1.197")
NEWEST, OLDER = VERSIONS
#: The shipped profile asks before it changes a file of the project, and headless nobody answers.
WRITES_ARE_FINE = """
version: 1
name: lab
rules:
  - name: write-in-the-project
    action: allow
    reason: the project is there to be changed
    when: {effect: write, path: "$P/**"}
"""
#: Runs a client that nobody sits at.
HEADLESS = ("--output-format", "stream-json", "--verbose", "--include-hook-events")


def executable(version: str) -> Path:
    """The native program of a client; npm puts it into an optional package for the platform, near the client's own."""
    alias = CLIENTS / f"claude-code-{version.rsplit('.', 1)[1]}"
    for modules in (alias / "node_modules", CLIENTS):
        for package in sorted(modules.glob("@anthropic-ai/claude-code-*-*/package.json")):
            program = package.with_name("claude")
            if json.loads(package.read_text())["version"] == version and os.access(program, os.X_OK):
                return program
    raise FileNotFoundError(f"client {version} is not installed\nhelp: run `make setup-tests`")


def _unreadable(folder: str, names: list[str]) -> set[str]:
    return {name for name in names if not os.access(os.path.join(folder, name), os.R_OK)}


def digest(file: Path) -> str:
    """What a file holds, or what else it is."""
    if file.is_symlink():
        return f"link to {file.readlink()}"
    if file.is_dir():
        return "directory"
    return f"{file.stat().st_mode:o} {sha256(file.read_bytes()).hexdigest()}"


def of_the_client(path: Path) -> bool:
    """Whether a path of the laboratory is the client's own book-keeping: all of `~/.claude` but the settings."""
    return path.is_relative_to("home/.claude") and not path.name.startswith("settings")


def changed(before: Mapping[str, str], after: Mapping[str, str]) -> set[str]:
    """The paths that came, went or changed between two snapshots."""
    return {path for path in before.keys() | after.keys() if before.get(path) != after.get(path)}


@dataclass
class Result:
    """What the model was told about one call."""

    text: str
    is_error: bool


@dataclass
class Run:
    """One finished headless session."""

    stdout: str
    stderr: str
    exit_code: int
    events: list[dict[str, Any]] = field(default_factory=list)

    @property
    def results(self) -> dict[str, Result]:
        """The result of every call, by the id of the call."""
        found = {}
        for event in self.events:
            content = event["message"]["content"] if event.get("type") == "user" else []
            for block in content if isinstance(content, list) else []:
                if block.get("type") == "tool_result":
                    text = plain_text(block.get("content") or "")
                    found[block["tool_use_id"]] = Result(text, bool(block.get("is_error")))
        return found

    @property
    def hooks(self) -> list[dict[str, Any]]:
        """What the client said about every hook that it ran."""
        return [event for event in self.events if event.get("subtype") == "hook_response"]

    @property
    def start(self) -> dict[str, Any]:
        """The client's first message: version, mode, tools."""
        return next(event for event in self.events if event.get("subtype") == "init")


def give_remote(home: Path, project: Path) -> None:
    """Gives a project something to push, and a remote in the home to push it to."""
    remote, author = str(home / "remote.git"), ("-c", "user.email=a@example.com", "-c", "user.name=A")
    subprocess.run(["git", "init", "-q", "--bare", remote], check=True)
    for words in (("remote", "add", "origin", remote), (*author, "commit", "-qm", "a", "--allow-empty")):
        subprocess.run(["git", *words], cwd=project, check=True)
    subprocess.run(["git", "branch", "-M", "main"], cwd=project, check=True)


def pushed(home: Path) -> bool:
    """Whether the project's branch has arrived in that remote."""
    branches = ["git", "-C", str(home / "remote.git"), "branch"]
    return "main" in subprocess.run(branches, capture_output=True, text=True, check=True).stdout


class Lab:
    """A fresh home and project for one client."""

    def __init__(self, directory: Path, version: str) -> None:
        self.version = version
        self.program = executable(version)
        self.home, self.project = directory / "home", directory / "project"
        #: What every program of the laboratory is started through, for one with a private `/etc`.
        self.wrap: Sequence[str] = ()
        #: How the client is started.
        self.start: Sequence[str] = (str(self.program),)
        for folder in (self.home / ".claude", self.project):
            folder.mkdir(parents=True)
        self.shell("git init -q . && git config user.email a@example.com && git config user.name A")
        self.seed_home()
        self.user_settings()

    def seed_home(self) -> None:
        """Answers the questions that the client asks a new user."""
        state = {
            "hasCompletedOnboarding": True,
            "theme": "dark",
            "customApiKeyResponses": {"approved": [API_KEY[-20:]], "rejected": []},
            "projects": {str(self.project): {"hasTrustDialogAccepted": True}},
        }
        (self.home / ".claude.json").write_text(json.dumps(state))

    def environment(self, **more: str) -> dict[str, str]:
        return {
            "PATH": f"{self.program.parent}:/usr/local/bin:/usr/bin:/bin",
            "HOME": str(self.home),
            "TERM": "dumb",
            "LANG": "C.UTF-8",
            "ANTHROPIC_API_KEY": API_KEY,
            "DISABLE_TELEMETRY": "1",
            "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1",
            "DISABLE_AUTOUPDATER": "1",
            "IS_SANDBOX": "1",
            **more,
        }

    def shell(self, command: str, check: bool = True) -> str:
        """Runs a command in the project as the user would, outside of any client."""
        return self._said(["sh", "-c", command], command, check)

    def leashd(self, *words: str, check: bool = True) -> str:
        """Runs the real `leashd` with the laboratory's home."""
        return self._said([*self.wrap, str(LEASHD), *words], f"leashd {' '.join(words)}", check)

    def inside(self, *words: str) -> str:
        """Runs a program where the laboratory's clients run."""
        return self._said([*self.wrap, *words], " ".join(words), True)

    def _said(self, argv: Sequence[str], name: str, check: bool) -> str:
        done = subprocess.run(
            argv,
            cwd=self.project,
            env=self.environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        if check and done.returncode:
            raise AssertionError(f"`{name}` failed\n{done.stdout}{done.stderr}")
        return done.stdout + done.stderr

    def install(self, *options: str) -> str:
        """Puts the guard into the project's settings, as the README says."""
        return self.leashd("install", "claude", "--project", *options)

    @property
    def settings(self) -> Path:
        """The settings file that `install` writes."""
        return self.project / ".claude" / "settings.json"

    @property
    def state(self) -> Path:
        """Where the guard keeps its own files."""
        return self.home / ".leashd"

    def audit(self) -> list[dict[str, Any]]:
        """Every line of the audit."""
        files = sorted(self.state.glob("audit/*.jsonl"))
        return [json.loads(line) for file in files for line in file.read_text().splitlines()]

    def judged(self) -> dict[str, dict[str, Any]]:
        """What the guard said to each call before it ran, by the id of the call."""
        return {line["call_id"]: line for line in self.audit() if line.get("event") == "PreToolUse"}

    def snapshot(self) -> dict[str, str]:
        """A digest of every file of the laboratory but what the client and git keep for themselves."""
        top = self.project.parent
        own = (self.home / ".claude.json", self.project / ".git" / "index", *self.home.glob(".claude.json*"))
        kept = (self.home / ".cache", self.home / ".npm", self.state / "audit", self.state / "cache", *own)
        files = [file for file in sorted(top.rglob("*")) if not any(file.is_relative_to(path) for path in kept)]
        return {str(file.relative_to(top)): digest(file) for file in files if not of_the_client(file.relative_to(top))}

    def give_private_etc(self) -> None:
        """Starts every program from now on with a copy of `/etc`, as root: the machine's own is not touched."""
        etc = self.home.parent / "etc"
        shutil.copytree("/etc", etc, symlinks=True, ignore_dangling_symlinks=True, ignore=_unreadable)
        as_root = ["unshare", "--mount"] if os.geteuid() == 0 else ["unshare", "--mount", "--map-root-user"]
        self.wrap = [*as_root, "sh", "-c", 'mount --bind "$0" /etc && exec "$@"', str(etc)]

    def install_managed(self, *options: str) -> None:
        """Puts the guard into root's settings, in a copy of `/etc`."""
        self.give_private_etc()
        self.leashd("add-dir", str(self.project))
        self.leashd("install", "claude", "--managed", *options)

    def launch(self) -> None:
        """Has every client started by `leashd claude`, with nothing installed."""
        self.leashd("add-dir", str(self.project))
        unsafe = () if self.version == NEWEST else ("--unsafe-version",)
        self.start = (str(LEASHD), "claude", *unsafe)

    def install_and_let_write(self) -> None:
        """Installs the guard with a policy of the user's that lets the agent change files of the project."""
        self.install()
        (self.state / "policy.yaml").write_text(self.fill(WRITES_ARE_FINE))

    def fill(self, value: Any) -> Any:
        """Puts the laboratory's directories for $P and $H into the texts of a call."""
        if isinstance(value, dict):
            return {name: self.fill(inner) for name, inner in value.items()}
        if isinstance(value, str):
            return Template(value).safe_substitute(P=self.project, H=self.home)
        return value

    def user_settings(self, **settings: Any) -> None:
        """The user's settings of the client, with the one that the client would write itself."""
        settings["skipDangerousModePermissionPrompt"] = True
        (self.home / ".claude" / "settings.json").write_text(json.dumps(settings))

    def run(
        self,
        turns: Sequence[Turn],
        mode: str = "default",
        subagents: Mapping[str, Sequence[Turn]] | None = None,
        before: Mapping[str, Callable[[], object]] | None = None,
        arguments: Sequence[str] = (),
        timeout: float = 120,
        prompt: str = "go",
        variables: Mapping[str, str] | None = None,
    ) -> Run:
        """Plays a script through the client with nobody sitting at it."""
        with ModelServer(turns, subagents, before) as model:
            done = subprocess.run(
                [*self.wrap, *self.start, "-p", prompt, *HEADLESS, "--permission-mode", mode, *arguments],
                cwd=self.project,
                env=self.environment(ANTHROPIC_BASE_URL=model.url, **(variables or {})),
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                timeout=timeout,
                check=False,
            )
        events = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
        return Run(done.stdout, done.stderr, done.returncode, events)

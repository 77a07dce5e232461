"""The supervisor's settings, one frozen tree."""

from __future__ import annotations

import os
import socket
from dataclasses import dataclass, field
from pathlib import Path

from leashd_supervisor.kernel.errors import SupervisorError

PORT = 8180


@dataclass(frozen=True)
class Settings:
    """Where the supervisor keeps things and where it listens.

    state        leashd's directory, `~/.leashd`
    host, port   where people reach the page: a loopback address; port 0 takes a free one
    public       names under which a tunnel shows the page, for the Host check
    contact      mailto: or https: address that push services can write to
    remote       whether questions and plans are also asked on the page
    """

    state: Path
    host: str = "127.0.0.1"
    port: int = PORT
    public: tuple[str, ...] = ()
    contact: str = ""
    remote: bool = True
    machine: str = field(default_factory=lambda: socket.gethostname().partition(".")[0])

    @property
    def run(self) -> Path:
        """The directory of what only lives while the supervisor does; 0700."""
        return self.state / "run"

    @property
    def hook_socket(self) -> Path:
        """The hooks' door."""
        return self.run / "hook.sock"

    @property
    def pid_file(self) -> Path:
        """Who runs, and where it listens: one line of JSON."""
        return self.run / "supervisor.json"

    @property
    def database(self) -> Path:
        """The database."""
        return self.state / "supervisor.db"

    @property
    def audit(self) -> Path:
        """The audit that the hooks write."""
        return self.state / "audit"

    @property
    def log(self) -> Path:
        """The supervisor's own log, JSON Lines."""
        return self.state / "logs" / "supervisor.jsonl"


def from_environment(state: str | None = None, port: int | None = None) -> Settings:
    """The settings as environment and arguments say.  Raises SupervisorError for a port that is none."""
    if port is None:
        given = os.environ.get("LEASHD_WEB_PORT") or str(PORT)
        port = int(given) if given.isdecimal() else -1
        if not 0 <= port <= 65535:
            raise SupervisorError(f"LEASHD_WEB_PORT is `{given}`, and not a port", "a number from 0 to 65535")
    home = Path(state) if state else Path(os.environ.get("LEASHD_HOME") or Path.home() / ".leashd")
    return Settings(
        state=home.absolute(),
        port=port,
        contact=os.environ.get("LEASHD_PUSH_CONTACT", ""),
        public=tuple(name for name in os.environ.get("LEASHD_PUBLIC_HOSTS", "").split(",") if name),
    )

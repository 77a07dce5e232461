"""Where an installation writes, and what it did there."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

#: The directory that only root can write and that no agent can switch off.
MANAGED = Path("/etc/claude-code/managed-settings.d")
MANAGED_FILE = "leashd.json"


@dataclass(frozen=True)
class Place:
    """Where things lie: the user's home, leashd's state, the project, the managed settings."""

    home: Path
    state: Path
    project: Path
    managed: Path = MANAGED

    def settings(self, scope: str) -> Path:
        """The settings file of a scope."""
        return {
            "user": self.home / ".claude" / "settings.json",
            "project": self.project / ".claude" / "settings.json",
            "local": self.project / ".claude" / "settings.local.json",
            "managed": self.managed / MANAGED_FILE,
        }[scope]


@dataclass(frozen=True)
class Change:
    """What was done to one settings file."""

    scope: str
    path: Path
    changed: bool
    backup: Path | None = None
    notes: list[str] = field(default_factory=list)

    def to_json(self) -> dict[str, Any]:
        """The change as plain data."""
        backup = str(self.backup) if self.backup else None
        return {
            "scope": self.scope,
            "path": str(self.path),
            "changed": self.changed,
            "backup": backup,
            "notes": self.notes,
        }


def git_root(directory: Path) -> Path:
    """The top of the git work tree around a directory, or the directory itself."""
    real = directory.resolve()
    for folder in (real, *real.parents):
        if (folder / ".git").exists():
            return folder
    return real

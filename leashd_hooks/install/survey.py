"""What is installed on this machine: settings of every layer, our entries in them, clients on PATH."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from leashd_hooks.install.claude import Hook, ours
from leashd_hooks.install.place import Place
from leashd_hooks.install.settings_file import SettingsError, load

#: From this version on `onFailure` is honoured: a hook that crashes or hangs blocks the call.
FAILS_CLOSED = (2, 1, 295)


@dataclass(frozen=True)
class Layer:
    """One settings file of the client; `error` when the client would drop it."""

    scope: str
    path: Path
    data: dict[str, Any]
    error: str = ""

    @property
    def ours(self) -> dict[str, list[Hook]]:
        """Our entries by event."""
        return ours(self.data)

    def hooks(self, event: str) -> Iterator[tuple[Any, Hook]]:
        """Matcher and entry of every hook of an event."""
        hooks = self.data.get("hooks")
        groups = hooks.get(event) if isinstance(hooks, dict) else None
        for group in groups if isinstance(groups, list) else ():
            entries = group.get("hooks") if isinstance(group, dict) else None
            for entry in entries if isinstance(entries, list) else ():
                if isinstance(entry, dict):
                    yield group.get("matcher", "*"), entry

    def events(self) -> list[str]:
        """The events that have hooks."""
        hooks = self.data.get("hooks")
        return list(hooks) if isinstance(hooks, dict) else []


@dataclass(frozen=True)
class Client:
    """A `claude` on PATH."""

    path: str
    version: tuple[int, ...]

    @property
    def text(self) -> str:
        """The version as people write it."""
        return ".".join(str(part) for part in self.version) or "unknown version"


@dataclass(frozen=True)
class Survey:
    """Everything `status` and `doctor` look at, read once."""

    place: Place
    layers: list[Layer]
    clients: list[Client]

    @property
    def wired(self) -> list[Layer]:
        """The layers that hold our entry for tool calls, the strongest first."""
        return [layer for layer in self.layers if layer.ours.get("PreToolUse")]

    @property
    def environment(self) -> dict[str, str]:
        """What the settings give to every process, weaker layers first."""
        found: dict[str, str] = {}
        for layer in reversed(self.layers):
            more = layer.data.get("env")
            found.update({str(k): str(v) for k, v in more.items()} if isinstance(more, dict) else {})
        return found


def survey(place: Place) -> Survey:
    """Reads the machine."""
    return Survey(place, [read_layer(scope, path) for scope, path in files(place)], clients())


def files(place: Place) -> list[tuple[str, Path]]:
    """Every settings file that exists, the strongest first."""
    managed = place.managed.parent / "managed-settings.json"
    found = [("managed", managed), *(("managed", path) for path in sorted(place.managed.glob("*.json")))]
    for folder in dict.fromkeys((Path.cwd(), place.project)):
        found += [
            ("local", folder / ".claude" / "settings.local.json"),
            ("project", folder / ".claude" / "settings.json"),
        ]
    found += [("user", place.home / ".claude" / "settings.json")]
    unique = {path: scope for scope, path in reversed(found)}
    return [(scope, path) for path, scope in reversed(unique.items()) if path.exists()]


def read_layer(scope: str, path: Path) -> Layer:
    """The settings of one file; a broken one is told, not raised."""
    try:
        return Layer(scope, path, load(path).data)
    except SettingsError as error:
        return Layer(scope, path, {}, str(error).partition("\n")[0])


def clients() -> list[Client]:
    """Every `claude` on PATH, the first one first."""
    found: dict[str, Client] = {}
    for folder in os.environ.get("PATH", "").split(os.pathsep):
        path = os.path.join(folder, "claude")
        if os.path.isfile(path) and os.access(path, os.X_OK):
            found.setdefault(os.path.realpath(path), Client(path, version(path)))
    return list(found.values())


def version(path: str, env: Mapping[str, str] | None = None) -> tuple[int, ...]:
    """What a client says its version is, () when it says nothing."""
    try:
        said = subprocess.run([path, "--version"], capture_output=True, text=True, timeout=20, env=env).stdout
    except (OSError, subprocess.TimeoutExpired):
        return ()
    match = re.search(r"(\d+)\.(\d+)\.(\d+)", said)
    return tuple(int(part) for part in match.groups()) if match else ()

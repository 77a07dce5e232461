"""Which agents ask leashd, and whether they may work here, as `start` and `status` tell it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TypeVar

from leashd_hooks.bundle import load
from leashd_hooks.install import codex
from leashd_hooks.install.host import SCOPES
from leashd_hooks.install.others import HOSTS
from leashd_hooks.install.place import Place
from leashd_hooks.install.settings_file import SettingsError
from leashd_hooks.install.survey import files, read_layer
from leashd_hooks.recompile import BundleError

Where = TypeVar("Where")

#: Agents that are started by a program of this name.
PROGRAMS = ("claude", "codex", "gemini", "opencode", "copilot")


def installed(place: Place) -> list[tuple[str, Path]]:
    """The agents whose settings hold the hook, by the name that `leashd install` knows them by, and those files."""
    found = [("claude", path) for scope, path in files(place) if read_layer(scope, path).ours.get("PreToolUse")]
    theirs = codex.files(place)
    found += [("codex", theirs.hooks(scope)) for scope in codex.SCOPES if _safely(codex.is_installed, theirs, scope)]
    for host in HOSTS:
        found += [(host.name, host.file(place, scope)) for scope in SCOPES if _safely(host.installed, place, scope)]
    return found


def broken(place: Place) -> str:
    """Why the policy does not load and every call is denied, "" when it does."""
    try:
        load(str(place.state), str(place.home))
    except BundleError as error:
        return str(error)
    return ""


def approved(place: Place, roots: Iterable[str]) -> bool:
    """Whether the current project lies in an approved directory."""
    resolved = [Path(root).expanduser().resolve() for root in roots]
    return any(place.project == root or root in place.project.parents for root in resolved)


def missing(agents: set[str]) -> list[str]:
    """The programs of these agents, where none of them can be started here; Cursor is started in other ways."""
    wanted = [name for name in PROGRAMS if name in agents]
    there = "cursor" in agents or any(shutil.which(name) for name in wanted)
    return [] if there else wanted


def _safely(asked: Callable[[Where, str], bool], where: Where, scope: str) -> bool:
    """What `asked` says of a file; one that cannot be read starts no hook."""
    try:
        return asked(where, scope)
    except SettingsError:
        return False

"""Where the person at the terminal is: home, state, project."""

from __future__ import annotations

import os
import pwd
from pathlib import Path

from leashd_hooks.cli.failure import Failure
from leashd_hooks.install.place import MANAGED, Place, git_root


def here(managed: Path = MANAGED) -> Place:
    """The places of the current user and directory."""
    return Place(home(), home() / ".leashd", git_root(directory()), managed)


def home() -> Path:
    """The home directory of the current user."""
    return Path(os.path.abspath(Path.home()))


def directory() -> Path:
    """The current directory.  Raises Failure when somebody has deleted it."""
    try:
        return Path.cwd()
    except FileNotFoundError:
        raise Failure("the current directory is gone", "go to one that exists") from None


def named(given: str) -> Path:
    """A directory that a person named, "" being none: most often a variable of the shell that was not set."""
    if not given:
        raise Failure("the directory has no name", "leave it out for the current project")
    return Path(given).expanduser().resolve()


def behind_sudo() -> Place:
    """The same; under sudo, of the user who called it: root installs for them, not for itself."""
    caller = os.environ.get("SUDO_UID", "")
    if os.geteuid() != 0 or not caller.isdigit():
        return here()
    theirs = Path(pwd.getpwuid(int(caller)).pw_dir)
    return Place(theirs, theirs / ".leashd", git_root(directory()))

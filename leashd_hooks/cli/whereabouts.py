"""Where the person at the terminal is: home, state, project."""

from __future__ import annotations

import os
import pwd
from pathlib import Path

from leashd_hooks.install.place import MANAGED, Place, git_root


def here(managed: Path = MANAGED) -> Place:
    """The places of the current user and directory."""
    home = Path(os.path.abspath(Path.home()))
    return Place(home, home / ".leashd", git_root(Path.cwd()), managed)


def behind_sudo() -> Place:
    """The same; under sudo, of the user who called it: root installs for them, not for itself."""
    caller = os.environ.get("SUDO_UID", "")
    if os.geteuid() != 0 or not caller.isdigit():
        return here()
    home = Path(pwd.getpwuid(int(caller)).pw_dir)
    return Place(home, home / ".leashd", git_root(Path.cwd()))

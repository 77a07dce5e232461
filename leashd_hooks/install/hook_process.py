"""How a host starts the hook: the interpreter, its flags, the file, the arguments; every path baked in."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import leashd_hooks
from leashd_hooks.install import hook_python
from leashd_hooks.install.place import Place
from leashd_hooks.install.settings_file import SettingsError

#: No environment, no site-packages, and UTF-8 whatever the locale: a path in an event must name the same file to us as
#: it does to the host.
INTERPRETER_FLAGS = ("-I", "-S", "-X", "utf8")


def interpreter() -> str:
    """The absolute path of the running interpreter: the file itself and no shim, so that it needs no PATH."""
    found = os.path.abspath(sys.executable)
    try:
        with open(found, "rb") as file:
            script = file.read(2) == b"#!"
    except OSError as error:
        raise SettingsError(f"the interpreter `{found}` cannot be read: {error.strerror}") from error
    return os.path.realpath(sys.executable) if script else found


def boot() -> str:
    """The absolute path of what the host starts."""
    return str(Path(leashd_hooks.__file__).resolve().parent / "boot.py")


def hook_argv(agent: str, place: Place, unattended: bool = False) -> list[str]:
    """The command line of the hook for an agent: no shell, no PATH, no shim; the quick start where it was made."""
    program = hook_python.program(hook_python.FOLDER, interpreter()) or interpreter()
    argv = [program, *INTERPRETER_FLAGS, boot(), agent, "--state", str(place.state), "--home", str(place.home)]
    return [*argv, "--unattended"] if unattended else argv

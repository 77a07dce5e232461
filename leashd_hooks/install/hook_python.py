"""The interpreter that hosts start for the hook: a virtual environment of its own, quick to start.

Where Python looks first, it has nothing but `encodings` in its smallest form, so that neither the standard library's
folder is listed nor its table of encodings read: a tenth of the interpreter's start (docs/adr/0009).  Everything else
is the installation's own: the program, the standard library, and for the processes that the hook starts the packages.

    bin/python                           the interpreter itself
    pyvenv.cfg                           says that it is based on `base`
    base/lib/python3.N                   the standard library
    base/lib/python3N.zip/encodings.py   `hook_encodings`; Python looks into this place before all others
    lib/python3.N/site-packages          names the folders where leashd and what it needs are installed
"""

from __future__ import annotations

import os
import shutil
import site
import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path

from filelock import FileLock

import leashd_hooks

#: Beside the code, as the hot image is: where leashd is, it is, whatever becomes of its state.
FOLDER = Path(leashd_hooks.__file__).parent / "__pycache__" / f"python.{sys.implementation.cache_tag}"

#: What must hold in it: `encodings` is ours for the hook, and what the hook starts finds leashd and its packages.
_TRIED = (
    ("-I", "-S", "-X", "utf8", "-c", "import encodings; 'zip' in encodings.__file__ or exit(str(encodings))"),
    ("-I", "-c", "import leashd_hooks.policy.compile, encodings.aliases"),
)


class HookPythonError(Exception):
    """This Python does not let itself be started that way; the text says how it failed."""


def make(folder: Path, interpreter: str) -> None:
    """Makes it, where it is not there as it should be, and tries it.

    `interpreter` is the program to start, the one of the running installation.  Raises `HookPythonError` or OSError,
    and leaves nothing then.
    """
    folder.parent.mkdir(exist_ok=True)
    with FileLock(f"{folder}.lock", mode=0o644):
        if program(folder, interpreter):
            return
        try:
            _replace(folder, _parts(folder, interpreter))
            _try(folder / "bin" / "python")
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise


def program(folder: Path, interpreter: str) -> str:
    """Its program, where this user or root made it for this interpreter and nothing has changed since, else ""."""
    if any(_content(folder / name) != content for name, content in _parts(folder, interpreter).items()):
        return ""
    return str(folder / "bin" / "python") if folder.stat().st_uid in (0, os.geteuid()) else ""


def link(state: Path, folder: Path) -> None:
    """Lets `python` in leashd's state lead there, for those who know of an installation only where its state lies."""
    new = state / f"python.{os.getpid()}"
    new.symlink_to(folder)
    new.replace(state / "python")


def _parts(folder: Path, interpreter: str) -> dict[str, str | Path]:
    """What it consists of: the text of a file, or where a link leads, by path."""
    version = "python{}.{}".format(*sys.version_info)
    libraries = f"base/{sys.platlibdir}"
    packages = [f"import site; site.addsitedir({path!r})\n" for path in _packages()]
    return {
        "bin/python": Path(os.path.realpath(interpreter)),
        "pyvenv.cfg": f"home = {folder / 'base'}\ninclude-system-site-packages = false\n",
        f"{libraries}/{version}": Path(sysconfig.get_path("stdlib")),
        f"{libraries}/{version.replace('.', '')}.zip/encodings.py": Path(__file__).with_name("hook_encodings.py"),
        f"lib/{version}/site-packages/leashd.pth": "".join(packages),
    }


def _content(path: Path) -> str | Path | None:
    try:
        return path.readlink() if path.is_symlink() else path.read_text()
    except OSError:
        return None


def _packages() -> list[str]:
    """The folders with packages of this installation."""
    folders = site.getsitepackages()
    return [*folders, site.getusersitepackages()] if site.ENABLE_USER_SITE else folders


def _replace(folder: Path, parts: dict[str, str | Path]) -> None:
    """Makes it beside the old one first: a session that is open may call the hook meanwhile."""
    made = Path(tempfile.mkdtemp(dir=folder.parent, prefix="python."))
    try:
        for name, content in parts.items():
            (made / name).parent.mkdir(parents=True, exist_ok=True)
            if isinstance(content, Path):
                (made / name).symlink_to(content)
            else:
                (made / name).write_text(content)
        old = made / "old"
        if folder.exists():
            folder.rename(old)
        made.rename(folder)
        shutil.rmtree(folder / "old", ignore_errors=True)
    except OSError:
        shutil.rmtree(made, ignore_errors=True)
        raise


def _try(program: Path) -> None:
    for arguments in _TRIED:
        done = subprocess.run([program, *arguments], capture_output=True, text=True, timeout=60, env={})
        if done.returncode != 0:
            raise HookPythonError(done.stderr.strip().rpartition("\n")[2] or f"it ended with {done.returncode}")

"""What root's installation rests on: files that nobody but root can change, and a policy above every user's."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from leashd_hooks import places
from leashd_hooks.config import write_private
from leashd_hooks.install.finding import Finding, Findings
from leashd_hooks.install.hook_process import boot
from leashd_hooks.install.settings_file import SettingsError
from leashd_hooks.install.survey import Survey
from leashd_hooks.policy import load

HELP = (
    "install leashd as root: `python3 -m venv /opt/leashd`, `/opt/leashd/bin/pip install leashd-hooks`,"
    " then `/opt/leashd/bin/leashd install claude --managed`"
)


def code() -> Iterator[Path]:
    """The files that run when the hook is started: the interpreter and leashd itself."""
    yield Path(os.path.abspath(sys.executable))
    package = Path(boot()).parent
    yield from (path for path in sorted(package.rglob("*")) if path.suffix in (".py", ".pyc", ".image"))


def changeable(paths: Iterable[Path]) -> str:
    """The first of these files, or of the directories and links that lead to them, that others than root can change."""
    seen = {"/"}
    for path in paths:
        left = [str(path)]
        while left:
            name = left.pop()
            if name in seen:
                continue
            seen.add(name)
            if _is_others(name):
                return name
            left.append(os.path.dirname(name))
            if os.path.islink(name):
                left.append(os.path.join(os.path.dirname(name), os.readlink(name)))
    return ""


def _is_others(name: str) -> bool:
    found = os.lstat(name)
    if found.st_uid != 0:
        return True
    # In a sticky directory others can add files, but not replace those of root; the mode of a link says nothing.
    shared = stat.S_ISDIR(found.st_mode) and found.st_mode & stat.S_ISVTX
    return bool(found.st_mode & 0o022) and not shared and not stat.S_ISLNK(found.st_mode)


def prepare(policies: tuple[str, ...]) -> None:
    """Puts root's policy where it counts, before root's settings.

    Raises SettingsError where somebody but root could replace what those settings start.
    """
    if os.geteuid() != 0:
        return  # the settings cannot be written either, which says more
    weak = changeable(code())
    if weak:
        raise SettingsError(f"`{weak}` can be changed by others than root, and the hook is started from it", HELP)
    if len(policies) > 1:
        raise SettingsError("root's policy is one file", "name the packs that it needs in it")
    for name in policies:
        write_policy(name)


def write_policy(name: str, path: Path = Path(places.MANAGED_POLICY)) -> None:
    """Makes a policy file, or a shipped profile, the one above every user's.  Raises PolicyError where it is none."""
    source = Path(name) if os.path.exists(name) else Path(places.shipped("policies")) / f"{name}.yaml"
    data = source.read_bytes()
    load.policy(data, str(source))
    path.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
    write_private(str(path), data)
    path.chmod(0o644)


def left_open(survey: Survey) -> Findings:
    """What an agent with the user's rights, and a program that it may run, can still do under root's settings."""
    if not any(layer.scope == "managed" for layer in survey.wired):
        return
    weak = changeable([*code(), *(layer.path for layer in survey.layers if layer.scope == "managed")])
    if weak:
        yield Finding("unprivileged", "fail", f"`{weak}` can be changed by others than root", HELP)
    state = survey.place.state
    text = (
        f"a program that the policy lets run can change `{state}`: approve directories, unlock the shipped floor,"
        " rewrite the compiled policy and the audit"
    )
    yield Finding("unprivileged", "warn", text, "isolate the agent from it, or run the agent as another user")
    if not os.path.exists(places.MANAGED_POLICY):
        text = f"no policy of root's stands above the user's: `{places.MANAGED_POLICY}` is not there"
        yield Finding("unprivileged", "warn", text, "sudo leashd install claude --managed --policy FILE")
    text = (
        "a project's settings can set PATH and other variables for what an allowed command runs, and start its servers"
    )
    yield Finding("unprivileged", "warn", text, "start sessions with `leashd claude`")
    yield Finding("unprivileged", "warn", "other agents, and clients on other machines, are not guarded by this", "")

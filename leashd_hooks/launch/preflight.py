"""What must hold before a client starts: a client out of the agent's reach, and a hook that decides."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from leashd_hooks.install import canary
from leashd_hooks.launch.refusal import Refusal

#: The session under which the canaries stand in the audit.
SESSION = "leashd-launch"


def find(program: str, environ: Mapping[str, str], out_of: Sequence[str]) -> str:
    """The client on PATH.  Raises Refusal where there is none, or where it lies in a directory the agent may write."""
    for folder in environ.get("PATH", "").split(os.pathsep):
        path = os.path.join(folder, program)
        if not os.path.isabs(path) or not os.path.isfile(path) or not os.access(path, os.X_OK):
            continue
        for root in out_of:
            if _inside(path, root) or _inside(os.path.realpath(path), root):
                text = f"`{path}` lies in `{root}`, where the agent may write, and comes first on PATH"
                raise Refusal(text, f"install `{program}` elsewhere, or take its directory out of PATH")
        return path
    raise Refusal(f"`{program}` is not on PATH", "install it, or put its directory on PATH")


def _inside(path: str, root: str) -> bool:
    return path == root or path.startswith(root.rstrip("/") + "/")


def check_directory(directory: str, approved: Sequence[str]) -> None:
    """Raises Refusal where the agent may not work in a directory: it could not read a file there."""
    if not any(_inside(os.path.realpath(directory), os.path.realpath(root)) for root in approved):
        raise Refusal(f"`{directory}` is not approved, so the agent could do nothing in it", "leashd add-dir")


def prove(
    entry: Mapping[str, Any],
    home: Path,
    project: Path,
    environ: Mapping[str, str],
    reads: Callable[[bytes, bytes, int], tuple[str, str]] | None = None,
) -> None:
    """Starts the hook as the client will.  Raises Refusal unless it denies what it must and allows a harmless call."""
    probes = (("deny", f"cat {home}/.ssh/id_rsa"), ("allow", "git status"))
    for wanted, command in probes:
        event = canary.event("Bash", {"command": command}, Path.cwd(), SESSION)
        outcome = canary.run(entry, event, project, environ, reads)
        if outcome.told != wanted:
            text = f"the hook must {wanted} `{command}`, and says {outcome.told}: {outcome.reason[:400]}"
            raise Refusal(text, "`leashd doctor` looks for what is wrong")

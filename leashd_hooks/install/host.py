"""What `install`, `uninstall` and `doctor` have to know about an agent other than Claude Code."""

from __future__ import annotations

import json
import os
import subprocess
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from leashd_hooks.install.canary import PATIENCE, Outcome
from leashd_hooks.install.finding import Finding, Findings
from leashd_hooks.install.place import Change, Place
from leashd_hooks.install.settings_file import SettingsError, load

#: Seconds after which the host stops waiting.  The hook gives up before, as it does with Claude Code.
TIMEOUT = 7 * 24 * 3600
SCOPES = ("user", "project")
#: Names in the environment that let code run inside the hook's shell, or in place of it.
HOSTILE = ("BASH_ENV", "BASH_FUNC_", "LD_PRELOAD", "LD_LIBRARY_PATH", "LD_AUDIT", "DYLD_INSERT_LIBRARIES")


@dataclass(frozen=True)
class Host:
    """One agent: its name on the command line, its name for people, and how it is wired up.

    file        the file that `install` writes, by scope
    install     registers the hook: place, scope, whether nobody can be asked
    uninstall   takes it out again
    installed   whether the file of a scope holds an entry of ours
    canary      one call through the hook as the host would: place, scope, `run` or `write`, its subject, directory
    doubts      what stays open on this machine: place, scope
    """

    name: str
    title: str
    file: Callable[[Place, str], Path]
    install: Callable[[Place, str, bool], Change]
    uninstall: Callable[[Place, str], Change]
    installed: Callable[[Place, str], bool]
    canary: Callable[[Place, str, str, str, Path], Outcome]
    doubts: Callable[[Place, str], Findings]


def examine(host: Host, place: Place, scope: str, folder: Path | None) -> Findings:
    """The hook as this host starts it denies and allows what it must; then what stays open.

    `folder` is an approved directory, None when there is none.
    """
    denied = [("run", f"cat {place.home}/.ssh/id_rsa"), ("write", str(host.file(place, scope)))]
    allowed = [("run", "git status")] if folder else []
    for wanted, kind, subject in [("deny", *one) for one in denied] + [("allow", *one) for one in allowed]:
        outcome = host.canary(place, scope, kind, subject, folder or place.project)
        text = f"{host.title}: `{'write ' if kind == 'write' else ''}{subject}`: {outcome.told}"
        if outcome.told == wanted:
            yield Finding("canary", "ok", f"{text} in {outcome.ms:.0f} ms")
        else:
            text += f" and not {wanted}: {outcome.reason[:300]}"
            yield Finding("canary", "fail", text, f"leashd install {host.name} --{scope}")
    yield from host.doubts(place, scope)


def started(line: str, event: Mapping[str, Any], folder: Path, reads: Callable[[bytes, int], str]) -> Outcome:
    """One event through a shell line, and what the host reads out of the answer."""
    begun = time.perf_counter()
    argv = ["bash", "-c", line]
    try:
        done = subprocess.run(argv, input=json.dumps(event).encode(), capture_output=True, cwd=folder, timeout=PATIENCE)
    except subprocess.TimeoutExpired:
        return Outcome("nothing", f"no answer within {PATIENCE:.0f} seconds", -1, PATIENCE * 1000)
    except OSError as error:
        return Outcome("nothing", f"`{error.filename}` cannot be started: {error.strerror}", -1, 0.0)
    spent = (time.perf_counter() - begun) * 1000
    text = (done.stderr or done.stdout).decode("utf-8", "replace").strip()
    return Outcome(reads(done.stdout, done.returncode), text, done.returncode, spent)


def read_settings(path: Path) -> dict[str, Any]:
    """What a settings file says, nothing where it is missing or cannot be read."""
    try:
        return load(path).data
    except SettingsError:
        return {}


def hostile_environment(host: str, files: list[Path]) -> Findings:
    """Files from which an agent takes environment for itself, and so for the shell of the hook."""
    for path in files:
        try:
            lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
        except OSError:
            continue
        for line in lines:
            name = line.strip().removeprefix("export ").partition("=")[0].strip()
            if name.startswith(HOSTILE):
                text = f"{host}: `{path}` sets `{name}`, which runs code in the hook's shell"
                yield Finding("environment", "fail", text, f"take `{name}` out")
    for name in os.environ:
        if name.startswith(HOSTILE):
            text = f"{host}: `{name}` is set here, which runs code in the hook's shell"
            yield Finding("environment", "warn", text, f"unset {name}")

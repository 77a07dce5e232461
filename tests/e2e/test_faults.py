"""Whatever breaks, the tool does not run: each fault against the real client, in the mode that asks nobody.

2.1.197 does not know `onFailure` and lets a call run when the hook cannot start, dies or hangs.  Those faults stand
here as `open`, so that the table tells what the guard cannot close on an old client.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.lab import OLDER, Lab
from tests.fakes.anthropic import call

BLOCKED, OPEN = "blocked", "open"


@dataclass(frozen=True)
class Fault:
    """Something that breaks, and what an old client makes of it."""

    name: str
    inflict: Callable[[Lab], AbstractContextManager[None]]
    older: str = BLOCKED


def entries(settings: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for groups in settings["hooks"].values():
        for group in groups:
            yield from group["hooks"]


def change_entries(lab: Lab, **members: Any) -> None:
    """Changes how the client starts the hook, and keeps the rest as installed."""
    settings = json.loads(lab.settings.read_text())
    for entry in entries(settings):
        entry.update(members)
    lab.settings.write_text(json.dumps(settings))


@contextmanager
def missing_interpreter(lab: Lab) -> Iterator[None]:
    change_entries(lab, command=str(lab.home / "no-such" / "python"))
    yield


@contextmanager
def missing_package(lab: Lab) -> Iterator[None]:
    settings = json.loads(lab.settings.read_text())
    arguments = next(entries(settings))["args"]
    gone = [str(lab.home / "no-such" / "boot.py") if word.endswith("boot.py") else word for word in arguments]
    change_entries(lab, args=gone)
    yield


@contextmanager
def unknown_arguments(lab: Lab) -> Iterator[None]:
    arguments = next(entries(json.loads(lab.settings.read_text())))["args"]
    change_entries(lab, args=[*arguments, "--no-such-option"])
    yield


@contextmanager
def broken_policy(lab: Lab) -> Iterator[None]:
    lab.state.mkdir(exist_ok=True)
    (lab.state / "policy.yaml").write_text("version: 1\nrules: [")
    yield


@contextmanager
def broken_configuration(lab: Lab) -> Iterator[None]:
    lab.state.mkdir(exist_ok=True)
    (lab.state / "config.yaml").write_text("no_such_setting: true\n")
    yield


@contextmanager
def state_is_no_directory(lab: Lab) -> Iterator[None]:
    """No compiled policy, and no place to put one."""
    lab.shell("rm -rf ~/.leashd && touch ~/.leashd")
    yield


@contextmanager
def audit_is_no_directory(lab: Lab) -> Iterator[None]:
    lab.shell("mkdir -p ~/.leashd && rm -rf ~/.leashd/audit && touch ~/.leashd/audit")
    yield


@contextmanager
def audit_is_locked(lab: Lab) -> Iterator[None]:
    """Somebody holds the lock of the audit and does not let go, so the hook waits."""
    folder = lab.state / "audit"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (folder / "lock").open("w") as lock:
        fcntl.lockf(lock, fcntl.LOCK_EX)
        yield


@contextmanager
def disk_is_full(lab: Lab) -> Iterator[None]:
    folder = lab.state / "audit"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    mount = ["mount", "-t", "tmpfs", "-o", "size=16k,mode=700", "tmpfs", str(folder)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.fail("a small disk takes the right to mount; run the tests as root")
    try:
        with contextlib.suppress(OSError):
            (folder / "filler").write_bytes(b"x" * 65536)
        yield
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def hooks_of(lab: Lab) -> list[int]:
    """The hook processes of a laboratory."""
    found = []
    for line in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            words = line.read_bytes().split(b"\0")
            if str(lab.state).encode() in words and any(word.endswith(b"/boot.py") for word in words):
                found.append(int(line.parent.name))
    return found


@contextmanager
def signals(lab: Lab, number: signal.Signals) -> Iterator[None]:
    """Sends a signal to every hook that starts; each is there long enough, since the audit is locked."""
    over = threading.Event()

    def hunt() -> None:
        while not over.is_set():
            for pid in hooks_of(lab):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, number)
            time.sleep(0.05)

    hunter = threading.Thread(target=hunt)
    with audit_is_locked(lab):
        hunter.start()
        try:
            yield
        finally:
            over.set()
            hunter.join()
            for pid in hooks_of(lab):
                os.kill(pid, signal.SIGKILL)


@contextmanager
def killed(lab: Lab) -> Iterator[None]:
    with signals(lab, signal.SIGKILL):
        yield


@contextmanager
def hanging(lab: Lab) -> Iterator[None]:
    """The hook stops for good, and the client waits no longer than a second."""
    change_entries(lab, timeout=1)
    with signals(lab, signal.SIGSTOP):
        yield


FAULTS = (
    Fault("the interpreter is gone", missing_interpreter, older=OPEN),
    Fault("the package is gone", missing_package, older=BLOCKED),
    Fault("the hook is given arguments that it does not know", unknown_arguments),
    Fault("the policy does not load", broken_policy),
    Fault("the configuration does not load", broken_configuration),
    Fault("there is no policy and no place for one", state_is_no_directory),
    Fault("the audit cannot be opened", audit_is_no_directory),
    Fault("the audit stays locked", audit_is_locked),
    Fault("the disk is full", disk_is_full),
    Fault("the hook is killed", killed, older=OPEN),
    Fault("the hook hangs", hanging, older=OPEN),
)


def runs(lab: Lab) -> bool:
    """Whether a harmless call runs."""
    lab.run([[call("Bash", command="echo x > marker", description="mark")]], "bypassPermissions")
    return (lab.project / "marker").exists()


def test_without_a_fault_the_call_runs(claude: Lab) -> None:
    assert runs(claude)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name.replace(" ", "-"))
def test_a_fault_blocks_the_call(newest: Lab, fault: Fault) -> None:
    with fault.inflict(newest):
        assert not runs(newest)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name.replace(" ", "-"))
def test_what_a_fault_does_to_an_older_client(bare: Callable[[str], Lab], fault: Fault) -> None:
    lab = bare(OLDER)
    lab.install_and_let_write()
    with fault.inflict(lab):
        assert runs(lab) == (fault.older == OPEN)

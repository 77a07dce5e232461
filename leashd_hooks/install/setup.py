"""Everything the hook needs besides its line in the settings: state directory, approval, compiled policy, hot image."""

from __future__ import annotations

import stat
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from filelock import FileLock

from leashd_hooks import config, image, places
from leashd_hooks.install import claude, hook_python
from leashd_hooks.install.hook_process import interpreter
from leashd_hooks.install.hook_python import HookPythonError
from leashd_hooks.install.place import Change, Place
from leashd_hooks.policy import compile as policy_compile


@dataclass
class Report:
    """What an installation came to."""

    change: Change
    approved: str = ""
    newly_approved: bool = False
    policies: tuple[str, ...] = ()
    roots: tuple[str, ...] = ()
    notes: list[str] = field(default_factory=list)

    def to_json(self) -> dict[str, Any]:
        """The report as plain data."""
        return {
            **self.change.to_json(),
            "approved": self.approved or None,
            "newly_approved": self.newly_approved,
            "policies": list(self.policies),
            "approved_directories": list(self.roots),
            "notes": [*self.change.notes, *self.notes],
        }


def set_up(
    place: Place, scope: str, *, unattended: bool = False, fix: bool = False, policies: tuple[str, ...] = ()
) -> Report:
    """Registers the hook with Claude Code, with everything that it needs."""

    def register() -> Change:
        return claude.install(place, scope, unattended, fix)

    return Report(register()) if scope == "managed" else prepare(place, register, policies)


def prepare(place: Place, register: Callable[[], Change], policies: tuple[str, ...] = ()) -> Report:
    """Makes the policy first and registers the hook last: a hook without a policy would deny everything."""
    state_directory(place.state)
    with FileLock(str(place.state / "install.lock"), mode=0o600), _undone_on_failure(place):
        notes: list[str] = []
        approved, new = _approve(place, notes)
        if policies:
            _choose(place, policies)
        bundle = compile_policy(place)
        notes += _quick_start(place.state)
        change = register()
    return Report(change, approved, new, bundle["policies"], current_roots(place), notes)


def state_directory(state: Path) -> None:
    """Makes the state directory, for its owner only."""
    state.mkdir(mode=0o700, parents=True, exist_ok=True)
    if stat.S_IMODE(state.stat().st_mode) & 0o077:
        state.chmod(0o700)


def compile_policy(place: Place) -> dict[str, Any]:
    """Compiles what is configured and puts it where the hook reads it."""
    bundle = policy_compile.compile_state(str(place.state), str(place.home))
    policy_compile.write(bundle, places.bundle(str(place.state)))
    return bundle


def current_roots(place: Place) -> tuple[str, ...]:
    """The approved directories as the user wrote them."""
    return tuple(config.load_config(places.config(str(place.state))).approved_directories)


@contextmanager
def _undone_on_failure(place: Place) -> Iterator[None]:
    """Puts the configuration back when a later step fails, so that a mistyped policy leaves no trace."""
    path = places.config(str(place.state))
    before = Path(path).read_bytes() if Path(path).exists() else None
    try:
        yield
    except BaseException:
        if before is not None:
            config.write_private(path, before)
        else:
            Path(path).unlink(missing_ok=True)
        raise


def too_wide(directory: Path, home: Path) -> str:
    """Why a directory must not be approved, or ""."""
    real, real_home = directory.resolve(), home.resolve()
    if real == Path("/"):
        return "it is the whole machine"
    if real == real_home or real in real_home.parents:
        return "it holds the whole home directory"
    if str(real) in ("/etc", "/usr", "/var", "/opt", "/bin", "/lib", "/proc", "/sys", "/dev", "/boot", "/tmp"):  # noqa: S108
        return "it is a system directory"
    return ""


def _approve(place: Place, notes: list[str]) -> tuple[str, bool]:
    why = too_wide(place.project, place.home)
    if why:
        notes.append(f"did not approve `{place.project}`: {why}; run `leashd add-dir` in your projects")
        return "", False
    directory = str(place.project.resolve())
    return directory, config.add(places.config(str(place.state)), "approved_directories", directory)


def _choose(place: Place, policies: tuple[str, ...]) -> None:
    """Puts exactly these policies into the configuration, in this order."""
    path = places.config(str(place.state))
    known = config.load_config(path).policies
    if tuple(known) == policies:
        return
    for name in known:
        config.remove(path, "policies", name)
    for name in policies:
        config.add(path, "policies", name)


def _quick_start(state: Path) -> list[str]:
    """What the hook decides as well without, but not as soon."""
    notes = []
    try:
        image.build()
    except OSError as error:
        notes.append(f"could not write the hot image ({error.strerror}); decisions take some milliseconds longer")
    try:
        hook_python.make(hook_python.FOLDER, interpreter())
        hook_python.link(state, hook_python.FOLDER)
    except (OSError, subprocess.TimeoutExpired, HookPythonError) as error:
        notes.append(f"the hook starts as any Python does, a tenth slower: {error}")
    return notes

"""Makes the compiled policy anew when one of its sources has changed, in a process of its own."""

import posix
import sys
import time

#: Seconds after which whoever has the turn is not waited for any longer.
PATIENCE = 10.0


class BundleError(ValueError):
    """The policy cannot be used; the text says why and how to mend it."""


def take_turn(path: str) -> int:
    """Waits until nobody else compiles `path`, so that many hooks at once do it once; a descriptor to close after it.

    The turn spares work and guards nothing: where it cannot be had, everybody compiles.
    """
    try:
        turn = posix.open(path + ".turn", posix.O_RDWR | posix.O_CREAT | posix.O_NOFOLLOW | posix.O_CLOEXEC, 0o600)
    except OSError:
        return posix.open("/dev/null", posix.O_RDONLY | posix.O_CLOEXEC)
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        try:
            posix.lockf(turn, posix.F_TLOCK, 0)
            break
        except OSError:
            time.sleep(0.01)
    return turn


def recompile(state: str, home: str) -> None:
    """Compiles: YAML and pydantic stay out of this one.  Its error text becomes ours."""
    reading, writing = posix.pipe()
    argv = [sys.executable, "-I", "-m", "leashd_hooks.policy.compile", state, home]
    actions = [
        (posix.POSIX_SPAWN_DUP2, writing, 2),
        (posix.POSIX_SPAWN_OPEN, 0, "/dev/null", posix.O_RDONLY, 0),
        (posix.POSIX_SPAWN_OPEN, 1, "/dev/null", posix.O_WRONLY, 0),
    ]
    environment = {b"HOME": home.encode(), b"PATH": b"/usr/bin:/bin"}
    try:
        child = posix.posix_spawn(sys.executable, argv, environment, file_actions=actions)
    finally:
        posix.close(writing)
    said = _drain(reading)
    _, status = posix.waitpid(child, 0)
    if status != 0:
        raise BundleError(said or "the policy does not compile; help: run `leashd policy lint`")


def _drain(reading: int) -> str:
    said = b""
    while len(said) < 16_384:
        more = posix.read(reading, 4096)
        if not more:
            break
        said += more
    posix.close(reading)
    return said.decode("utf-8", "replace").strip()

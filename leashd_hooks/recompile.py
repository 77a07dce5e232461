"""Makes the compiled policy anew when one of its sources has changed, in a process of its own."""

import posix
import sys


class BundleError(ValueError):
    """The policy cannot be used; the text says why and how to mend it."""


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

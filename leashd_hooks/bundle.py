"""The compiled policy: one marshal file with everything the hook needs.  Written by `policy.compile`, read here.

A bundle is a dictionary:

format      `FORMAT`; another number means: recompile
tag         `sys.implementation.cache_tag` and leashd's version
digest      SHA-256 of the contents of all sources, hex; stands in every audit line
sources     ((path, size, mtime_ns, ctime_ns, inode) or (path, None), ...): every file that was read, or looked for
home        the user's home directory
policies    names of the policy files in force, in order, as shown to people
roots       approved directories, resolved
scratch     scratch directories, resolved (`/tmp`)
system      PathSet of places that may be read anywhere (`/usr/**`, `/dev/null`)
places      {"credential": (PathSet, PathSet), ...}: what `place:` in a rule refers to, and what it leaves out
floor       {kind: (rule, ...)} evaluated first; unlocked items are left out
rules_above {kind: (rule, ...)} of the managed and the user layer, in order
rules       {kind: (rule, ...)} of the shipped profiles, in order
projects    {root: {"trusted": bool, "policies": (...), "rules": {kind: (rule, ...)}}}
default     verdict for an effect that no rule matches
timeout     seconds an approval may wait, or None
shfmt       path of the shfmt executable, "" when there is none
unlocked    names of the floor rules that the user has unlocked

The shape of a rule is in `decide/rule.py`.
"""

import marshal
import posix
import sys

from leashd_hooks import __version__, places

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    Bundle = dict[str, Any]

FORMAT = 2


#: The parts of a bundle that are packed kind by kind, because a call has few kinds of effects.
PACKED = ("floor", "rules_above", "rules")


class Rules:
    """Rules by kind of effect, each kind unpacked when it is asked for."""

    __slots__ = ("_packed", "_rules")

    def __init__(self, packed: "dict[str, bytes]") -> None:
        self._packed = packed
        self._rules: dict[str, tuple[Any, ...]] = {}

    def get(self, kind: str, default: "tuple[Any, ...]" = ()) -> "tuple[Any, ...]":
        """The rules for a kind, in order."""
        if kind not in self._rules:
            self._rules[kind] = marshal.loads(self._packed[kind]) if kind in self._packed else default
        return self._rules[kind]

    def values(self) -> "list[tuple[Any, ...]]":
        """The rules of every kind, for those who explain them."""
        return [self.get(kind) for kind in self._packed]


def pack(bundle: "Bundle") -> bytes:
    """What `policy.compile` writes for a bundle."""
    packed = {part: {kind: marshal.dumps(rules) for kind, rules in bundle[part].items()} for part in PACKED}
    return marshal.dumps({**bundle, **packed})


class BundleError(Exception):
    """The policy cannot be used; the text says why and how to mend it."""


def load(state: str, home: str) -> "Bundle":
    """The compiled policy of a state directory, recompiled first when one of its sources changed.

    Raises BundleError when there is none and none can be made.
    """
    path = places.bundle(state)
    bundle = _read(path)
    if bundle is None or not _fresh(bundle):
        _recompile(state, home)
        bundle = _read(path)
        if bundle is None:
            raise BundleError(f"the compiled policy `{path}` cannot be read; help: run `leashd policy compile`")
    return bundle


def tag() -> str:
    """What a bundle must carry to be readable by this interpreter and this version."""
    return f"{sys.implementation.cache_tag} {__version__}"


def stamp(path: str) -> "tuple[Any, ...]":
    """What identifies the content of a file without reading it; (path, None) for one that is not there.

    The change time cannot be set back by a program without root, so an edit that restores the modification time shows.
    """
    try:
        found = posix.stat(path)
    except OSError:
        return (path, None)
    return (path, found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino)


def _read(path: str) -> "Bundle | None":
    try:
        file = posix.open(path, posix.O_RDONLY | posix.O_CLOEXEC | posix.O_NOFOLLOW)
    except OSError:
        return None
    try:
        size = posix.fstat(file).st_size
        bundle: Bundle = marshal.loads(_all(file, size))
    except (EOFError, ValueError, TypeError, OSError):
        return None
    finally:
        posix.close(file)
    if not isinstance(bundle, dict) or bundle.get("format") != FORMAT or bundle.get("tag") != tag():
        return None
    for part in PACKED:
        bundle[part] = Rules(bundle[part])
    return bundle


def _all(file: int, size: int) -> bytes:
    content = posix.read(file, size)
    while len(content) < size:
        more = posix.read(file, size - len(content))
        if not more:
            break
        content += more
    return content


def _fresh(bundle: "Bundle") -> bool:
    return all(stamp(source[0]) == source for source in bundle["sources"])


def _recompile(state: str, home: str) -> None:
    """Compiles in a process of its own: YAML and pydantic stay out of this one.  Its error text becomes ours."""
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

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
shadow      only where rules are in shadow: floor, rules_above, rules, projects and default as they would be with them
default     verdict for an effect that no rule matches
timeout     seconds an approval may wait, or None
risks       marshalled {name of a rule: its risk level}, of those that ask; only a question to a person reads it
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

FORMAT = 6


#: The parts of a bundle that are packed entry by entry, because a call has few kinds of effects and asks of few places;
#: `decide.rule.entry` unpacks what is asked for.
PACKED = ("floor", "rules_above", "rules", "places")


def load(state: str, home: str) -> "Bundle":
    """The compiled policy of a state directory, recompiled first when one of its sources changed.

    Raises `recompile.BundleError` when there is none and none can be made.
    """
    path = places.bundle(state)
    bundle = _read(path)
    if bundle is None or not _fresh(bundle):
        from leashd_hooks.recompile import BundleError, recompile, take_turn

        turn = take_turn(path)
        try:
            # Whoever had the turn before may have made it.
            bundle = _read(path)
            if bundle is None or not _fresh(bundle):
                recompile(state, home)
                bundle = _read(path)
        finally:
            posix.close(turn)
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

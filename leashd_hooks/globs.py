"""What a glob pattern matches on this machine, for a guard: rather too much than too little."""

import posix

from leashd_hooks.decide.paths import like
from leashd_hooks.shell.filters import is_choosy, widened

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

#: Directory entries looked at for one pattern.
_ENTRIES = 5_000
#: Files of a tree that are judged one by one.
_JUDGED = 1_500
#: Directories that are not gone into: what lies there came from elsewhere, or is packed by git.
_FOREIGN = ("node_modules", "objects")


def matches(pattern: str, anywhere: bool = False) -> "list[str]":
    """The files that an absolute pattern matches.  Raises OSError where that takes too long to find out.

    anywhere   the pattern is a program's own: hidden names match too, in any letter case; where it takes too long, a
               pattern that ends in a name or a suffix is taken as it reads
    """
    budget = [_ENTRIES]
    found = _expand("", [widened(part) for part in pattern.split("/") if part], budget, anywhere)
    if budget[0] <= 0:
        if anywhere and _is_plain(pattern.rpartition("/")[2]):
            return [pattern]
        raise OSError(f"`{pattern}` matches too many files to look at")
    return found


def listed(pattern: str) -> "list[str] | None":
    """What a pattern matches, for names that are printed and split at blanks; None where one would not stay whole."""
    try:
        found = matches(pattern, anywhere=True)
    except OSError:
        return None
    if found == [pattern] or any(character in name for name in found for character in " \t\n'\"\\"):
        return None
    return found or [pattern]


def filtered(pattern: str) -> "list[str]":
    """What a search through a tree reads that looks only at files of this name.

    A name or a suffix tells by itself whether it aims at credentials.  A wide pattern is no more than a search through
    everything.
    """
    name = pattern.rpartition("/")[2]
    if _is_plain(name):
        return [pattern]
    if not is_choosy(name):
        return []
    try:
        return matches(pattern, anywhere=True)
    except OSError:
        return [pattern, pattern.replace("*", "")]


def below(roots: "Iterable[str]", skipped: "Iterable[str]") -> "tuple[str, ...]":
    """Files and directories below `roots`, nearest first, as far as there is time; without those named by `skipped`."""
    return tuple([path for path, _ in _walk(roots, skipped, _JUDGED)])


def links(roots: "Iterable[str]") -> "list[str]":
    """The symbolic links below `roots`, as far as there is time."""
    return [path for path, is_link in _walk(roots, (), _ENTRIES) if is_link]


def _walk(roots: "Iterable[str]", unwanted: "Iterable[str]", limit: int) -> "Iterator[tuple[str, bool]]":
    waiting = list(roots)
    seen = 0
    for directory in waiting:
        if seen > limit:
            return
        try:
            entries = list(posix.scandir(directory))
        except OSError:
            continue
        seen += len(entries)
        for entry in entries:
            if entry.name not in (*_FOREIGN, ".git") and not any(like(entry.name, pattern) for pattern in unwanted):
                path = directory.rstrip("/") + "/" + entry.name
                yield path, entry.is_symlink()
                if entry.is_dir(follow_symlinks=False):
                    waiting.append(path)


def _is_plain(name: str) -> bool:
    """Whether a name is known but for what comes before it."""
    return not any(character in name[1:] for character in "*?[") and name[:1] not in "?[" and name != "*"


def _expand(directory: str, parts: "list[str]", budget: "list[int]", anywhere: bool) -> "list[str]":
    if not parts:
        return [directory or "/"]
    first, rest = parts[0], parts[1:]
    if "*" not in first and "?" not in first and not (anywhere and not rest):
        step = directory + "/" + first
        return _expand(step, rest, budget, anywhere) if rest or _exists(step) else []
    found = _expand(directory, rest, budget, anywhere) if first == "**" and rest else []
    for name in _entries(directory, budget):
        if name.startswith(".") and not first.startswith(".") and not anywhere:
            continue
        step = directory + "/" + name
        if first == "**" and name not in _FOREIGN and not _is_link(step):
            found += _expand(step, parts, budget, anywhere)
        if like(name.lower(), first.lower()) if anywhere else like(name, first):
            found += _expand(step, rest, budget, anywhere)
    return found


def _entries(directory: str, budget: "list[int]") -> "list[str]":
    if budget[0] <= 0:
        return []
    try:
        names = posix.listdir(directory or "/")
    except OSError:
        return []
    budget[0] -= len(names)
    return sorted(names)


def _exists(path: str) -> bool:
    try:
        posix.lstat(path)
    except OSError:
        return False
    return True


def _is_link(path: str) -> bool:
    try:
        posix.readlink(path)
    except OSError:
        return False
    return True

"""What a glob pattern matches on this machine, for a guard: rather too much than too little."""

import posix

from leashd_hooks.decide.paths import like
from leashd_hooks.shell.filters import is_choosy, widened

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    #: Counts what is looked at; raises where one call makes that too much.
    Spend = Callable[[int], None]

#: Directory entries looked at for one pattern.
_ENTRIES = 5_000
#: To open a directory takes as long as so many of its entries.
_DIRECTORY = 6
#: Files of a tree that are judged one by one.
_JUDGED = 1_500
#: Directories that are not gone into: what lies there came from elsewhere, or is packed by git.
_FOREIGN = ("node_modules", "objects")


def matches(pattern: str, spend: "Spend", anywhere: bool = False) -> "list[str]":
    """The files that an absolute pattern matches.  Raises OSError where that takes too long to find out.

    anywhere   the pattern is a program's own: hidden names match too, in any letter case; where it takes too long, a
               pattern that ends in a name or a suffix is taken as it reads
    """
    budget = [_ENTRIES]
    found = _expand("", [widened(part) for part in pattern.split("/") if part], budget, spend, anywhere)
    if budget[0] <= 0:
        if anywhere and _is_plain(pattern.rpartition("/")[2]):
            return [pattern]
        raise OSError(f"`{pattern}` matches too many files to look at")
    return found


def listed(pattern: str, spend: "Spend") -> "list[str] | None":
    """What a pattern matches, for names that are printed and split at blanks; None where one would not stay whole."""
    try:
        found = matches(pattern, spend, anywhere=True)
    except OSError:
        return None
    if found == [pattern] or any(character in name for name in found for character in " \t\n'\"\\"):
        return None
    return found or [pattern]


def filtered(pattern: str, spend: "Spend") -> "list[str]":
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
        return matches(pattern, spend, anywhere=True)
    except OSError:
        return [pattern, pattern.replace("*", "")]


def below(roots: "Iterable[str]", skipped: "Iterable[str]", spend: "Spend") -> "tuple[str, ...]":
    """Files and directories below `roots`, nearest first, as far as there is time; without those named by `skipped`."""
    return tuple([path for path, _ in _walk(roots, skipped, _JUDGED, spend)])


def links(roots: "Iterable[str]", spend: "Spend") -> "list[str]":
    """The symbolic links below `roots`, as far as there is time."""
    return [path for path, is_link in _walk(roots, (), _ENTRIES, spend) if is_link]


def _walk(
    roots: "Iterable[str]", unwanted: "Iterable[str]", limit: int, spend: "Spend"
) -> "Iterator[tuple[str, bool]]":
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
        spend(len(entries) + _DIRECTORY)
        for entry in entries:
            if entry.name not in (*_FOREIGN, ".git") and not any(like(entry.name, pattern) for pattern in unwanted):
                path = directory.rstrip("/") + "/" + entry.name
                yield path, entry.is_symlink()
                if entry.is_dir(follow_symlinks=False):
                    waiting.append(path)


def _is_plain(name: str) -> bool:
    """Whether a name is known but for what comes before it."""
    return not any(character in name[1:] for character in "*?[") and name[:1] not in "?[" and name != "*"


def _expand(directory: str, parts: "list[str]", budget: "list[int]", spend: "Spend", anywhere: bool) -> "list[str]":
    if not parts:
        return [directory or "/"]
    first, rest = parts[0], parts[1:]
    if "*" not in first and "?" not in first and not (anywhere and not rest):
        step = directory + "/" + first
        return _expand(step, rest, budget, spend, anywhere) if rest or _exists(step) else []
    found = _expand(directory, rest, budget, spend, anywhere) if first == "**" and rest else []
    for name, is_folder in _entries(directory, budget, spend):
        if name.startswith(".") and not first.startswith(".") and not anywhere:
            continue
        step = directory + "/" + name
        if first == "**" and is_folder and name not in _FOREIGN and not _is_link(step):
            found += _expand(step, parts, budget, spend, anywhere)
        if (is_folder or not rest) and (like(name.lower(), first.lower()) if anywhere else like(name, first)):
            found += _expand(step, rest, budget, spend, anywhere)
    return found


def _entries(directory: str, budget: "list[int]", spend: "Spend") -> "list[tuple[str, bool]]":
    """The names in a directory, and which of them lead to a directory."""
    if budget[0] <= 0:
        return []
    try:
        found = list(posix.scandir(directory or "/"))
    except OSError:
        return []
    names = [(entry.name, _is_folder(entry)) for entry in found]
    budget[0] -= len(names) + _DIRECTORY
    spend(len(names) + _DIRECTORY)
    return sorted(names)


def _is_folder(entry: "posix.DirEntry[str]") -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link that leads round in a circle
        return False


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

"""What a glob pattern matches on this machine, for a guard: rather too much than too little."""

import posix

from leashd_hooks.decide.paths import like

#: Directory entries looked at for one pattern.
_ENTRIES = 5_000


def matches(pattern: str) -> "list[str]":
    """The files that an absolute pattern matches.  Raises OSError where that takes too long to find out."""
    budget = [_ENTRIES]
    found = _expand("", [_simple(part) for part in pattern.split("/") if part], budget)
    if budget[0] <= 0:
        raise OSError(f"`{pattern}` matches too many files to look at")
    return found


def _simple(part: str) -> str:
    """A component with every `[...]` widened to `?`: a guard may take a pattern for more than it is."""
    while "[" in part:
        before, _, after = part.partition("[")
        _, closing, rest = after[1:].partition("]")
        if not closing:
            break
        part = before + "?" + rest
    return part


def _expand(directory: str, parts: "list[str]", budget: "list[int]") -> "list[str]":
    if not parts:
        return [directory or "/"]
    first, rest = parts[0], parts[1:]
    if "*" not in first and "?" not in first:
        step = directory + "/" + first
        return _expand(step, rest, budget) if rest or _exists(step) else []
    found = _expand(directory, rest, budget) if first == "**" and rest else []
    for name in _entries(directory, budget):
        if name.startswith(".") and not first.startswith("."):
            continue
        if first == "**":
            found += _expand(directory + "/" + name, parts, budget)
        if like(name, first):
            found += _expand(directory + "/" + name, rest, budget)
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

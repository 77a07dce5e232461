"""Does a path lie in a set of paths?  A `PathSet` is what `policy.compile` makes of glob patterns.

A set is a tuple of patterns, each a tuple of path components in lower case: a plain string matches itself, `*` and `?`
match within a component, `**` matches any number of components.  `index` sorts them so that a look-up touches few.
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    PathSet = dict[str, Any]


def index(patterns: "Iterable[str]") -> "PathSet":
    """A `PathSet` of absolute glob patterns: `/etc/**`, `**/.env`, `/home/me/.ssh/**`.

    `**/x` stands for `x` at any depth, `x/**` for `x` and everything below.  Letter case is ignored: the file system
    may ignore it, and a guard must not depend on that.
    """
    names: set[str] = set()
    endings: set[str] = set()
    wild: list[str] = []
    folders: set[str] = set()
    roots: list[str] = []
    others: list[tuple[str, ...]] = []
    for pattern in patterns:
        parts = tuple(part for part in pattern.lower().split("/") if part)
        plain = [part for part in parts if "*" not in part and "?" not in part]
        if parts[:1] == ("**",) and len(parts) == 2 and parts[1] != "**":
            _index_name(parts[1], names, endings, wild)
        elif parts[:1] == ("**",) and len(parts) == 3 and parts[2] == "**" and plain:
            folders.add(parts[1])
        elif parts[-1:] == ("**",) and len(plain) == len(parts) - 1:
            roots.append("/" + "".join([part + "/" for part in plain]))
        else:
            others.append(parts)
    return {
        "names": frozenset(names),
        "endings": tuple(sorted(endings)),
        "wild": tuple(wild),
        "folders": frozenset(folders),
        "roots": tuple(roots),
        "others": tuple(others),
    }


def _index_name(name: str, names: "set[str]", endings: "set[str]", wild: "list[str]") -> None:
    if "*" not in name and "?" not in name:
        names.add(name)
    elif name[0] == "*" and "*" not in name[1:] and "?" not in name:
        endings.add(name[1:])
    else:
        wild.append(name)


def contains(paths: "PathSet", path: str) -> bool:
    """Whether `path` (absolute, normalised) matches one of the patterns."""
    lowered = path.lower()
    parts = lowered.split("/")[1:]
    name = parts[-1]
    if name in paths["names"] or name.endswith(paths["endings"]):
        return True
    if any(like(name, pattern) for pattern in paths["wild"]):
        return True
    if paths["folders"] and not paths["folders"].isdisjoint(parts):
        return True
    if (lowered + "/").startswith(paths["roots"]):
        return True
    return any(_match(pattern, 0, parts, 0) for pattern in paths["others"])


def under(path: str, root: str) -> bool:
    """Whether `path` is `root` or lies below it."""
    return path == root or path.startswith(root + "/") or root == "/"


def like(name: str, pattern: str) -> bool:
    """Whether `name` matches a pattern with `*` and `?`; linear in practice, never exponential."""
    at = mark = 0
    star = -1
    position = 0
    while position < len(name):
        if at < len(pattern) and pattern[at] == "*":
            star, mark = at, position
            at += 1
        elif at < len(pattern) and pattern[at] in ("?", name[position]):
            at += 1
            position += 1
        elif star >= 0:
            mark += 1
            at, position = star + 1, mark
        else:
            return False
    return all(rest == "*" for rest in pattern[at:])


def _match(pattern: "tuple[str, ...]", at: int, parts: "list[str]", position: int) -> bool:
    """Components against components; `**` retries from its last place only, as `like` does with `*`."""
    star = -1
    mark = 0
    while position < len(parts):
        if at < len(pattern) and pattern[at] == "**":
            star, mark = at, position
            at += 1
        elif at < len(pattern) and like(parts[position], pattern[at]):
            at += 1
            position += 1
        elif star >= 0:
            mark += 1
            at, position = star + 1, mark
        else:
            return False
    return all(rest == "**" for rest in pattern[at:])

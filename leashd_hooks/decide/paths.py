"""Does a path lie in a set of paths?  A `PathSet` is what `policy.compile` makes of glob patterns.

Patterns are in lower case: a plain component matches itself, `*` and `?` match within a component, `**` matches any
number of components.  `policy.path_index` sorts them so that a look-up walks through few:

exact    whole paths, for `/etc/shadow`                    names    last components, for `**/.env`
endings  of the path, for `**/*.pem` and `**/.ssh/config`  folders  components, for `**/.ssh/**`
roots    beginnings, for `/home/me/.aws/**`
wild     (text that the last component holds, pattern), for `**/.env.*`
others   (component that stands in the path, or "", pattern as a tuple of components)
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    PathSet = dict[str, Any]


def contains(paths: "PathSet", path: str) -> bool:
    """Whether `path` (absolute, normalised) matches one of the patterns."""
    lowered = path.lower()
    parts = lowered.split("/")[1:]
    name = parts[-1]
    if name in paths["names"] or lowered in paths["exact"] or lowered.endswith(paths["endings"]):
        return True
    for held, pattern in paths["wild"]:
        if held in name and like(name, pattern):
            return True
    if paths["folders"] and not paths["folders"].isdisjoint(parts):
        return True
    if (lowered + "/").startswith(paths["roots"]):
        return True
    return any((not held or held in parts) and _match(pattern, 0, parts, 0) for held, pattern in paths["others"])


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

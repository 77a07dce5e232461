"""The only reads of the machine during a call: symlinks, globs, the checked-out branch."""

import posix

from leashd_hooks.decide.paths import like
from leashd_hooks.model import Facts

TYPE_CHECKING = False
if TYPE_CHECKING:
    from leashd_hooks.model import Effect

#: Links in one path before it counts as a loop (Linux allows 40).
_LINKS = 40
#: A process's own streams, which are links to somewhere else in every process.
_STREAMS = ("/dev/stdin", "/dev/stdout", "/dev/stderr", "/dev/fd")
#: Directory entries looked at for one glob.
_ENTRIES = 5_000


def observe(effects: "list[Effect]") -> Facts:
    """The facts that the decision about these effects needs."""
    real: dict[str, tuple[str, ...]] = {}
    branches: dict[str, str] = {}
    links: list[tuple[str, str]] = []
    for effect in effects:
        path = effect.fields.get("path")
        if isinstance(path, str) and path not in real:
            real[path] = _glob(path) if effect.fields.get("glob") else _both(path)
        if links and isinstance(path, str):
            real[path] += _through(path, links)
        if effect.fields.get("target"):
            links.append((str(path), effect.fields["target"]))
        if effect.fields.get("branch") == "@current":
            directory = effect.fields.get("dir", "")
            branches[directory] = _branch(directory)
    return Facts(real, branches)


def _through(path: str, links: "list[tuple[str, str]]") -> "tuple[str, ...]":
    """Where `path` leads once the links exist that the same call makes; one to an unknown target leads outside."""
    found: list[str] = []
    for link, target in links:
        if path.startswith(link + "/") or path == link:
            found += _both(target + path[len(link) :]) if target.startswith("/") else ["/" + target]
    return tuple(found)


def _both(path: str) -> "tuple[str, ...]":
    """A path as its text reads, and as the kernel follows it: a shell's `cd` goes by the one, `cat` by the other."""
    written = lexical(path)
    if written.startswith("/dev/fd/") or written in _STREAMS:
        return (written,)
    resolved = realpath(path)
    return (written,) if resolved == written else (written, resolved)


def lexical(path: str) -> str:
    """`path` (absolute) with `..` taken to undo the component before it."""
    if "/.." not in path:
        return path
    parts: list[str] = []
    for part in path.split("/")[1:]:
        if part != "..":
            parts.append(part)
        elif parts:
            parts.pop()
    return "/" + "/".join(parts)


def realpath(path: str) -> str:
    """`path` (absolute) with every symlink resolved; what does not exist is kept as written.  A loop is an OSError."""
    done = ""
    rest = path.split("/")[::-1]
    links = 0
    while rest:
        part = rest.pop()
        if part in ("", "."):
            continue
        if part == "..":
            done = done.rpartition("/")[0]
            continue
        step = done + "/" + part
        try:
            target = posix.readlink(step)
        except OSError:
            done = step
            continue
        links += 1
        if links > _LINKS:
            raise OSError(f"`{path}` goes round in a circle of links")
        if target.startswith("/"):
            done = ""
        rest.extend(target.split("/")[::-1])
    return done or "/"


def _glob(pattern: str) -> "tuple[str, ...]":
    """What the shell would make of a pattern: its matches with their links resolved, else the pattern itself."""
    budget = [_ENTRIES]
    found = _expand("", [_simple(part) for part in pattern.split("/") if part], budget)
    paths = [path for match in found for path in _both(match)]
    if budget[0] <= 0:
        raise OSError(f"`{pattern}` matches too many files to look at")
    return tuple(paths) or (pattern,)


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


def _branch(directory: str) -> str:
    """The branch checked out in the repository around `directory`, "" when there is none or it is detached."""
    while directory:
        head = _read(directory + "/.git/HEAD") or _worktree_head(directory)
        if head:
            return head[16:].strip() if head.startswith("ref: refs/heads/") else ""
        directory = directory.rpartition("/")[0]
    return ""


def _worktree_head(directory: str) -> str:
    link = _read(directory + "/.git")
    if not link.startswith("gitdir: "):
        return ""
    target = link[8:].strip()
    return _read((target if target.startswith("/") else directory + "/" + target) + "/HEAD")


def _read(path: str) -> str:
    try:
        file = posix.open(path, posix.O_RDONLY | posix.O_CLOEXEC)
    except OSError:
        return ""
    try:
        return posix.read(file, 4096).decode("utf-8", "replace")
    except OSError:
        return ""
    finally:
        posix.close(file)

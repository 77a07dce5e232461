"""The only reads of the machine during a call: symlinks, globs, the checked-out branch."""

import posix

from leashd_hooks.model import Facts

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from leashd_hooks.model import Effect

#: Links in one path before it counts as a loop (Linux allows 40).
_LINKS = 40
#: No system takes a longer path; `PATH_MAX` of Linux counts what is added to the working directory.
_LONGEST = 8192
#: Directory entries and links that are looked at for one call.
_LOOKS = 10_000
#: Places to which links that the same call makes may lead a path, all paths together.
_LED = 1_000
#: A process's own streams, which are links to somewhere else in every process.
_STREAMS = ("/dev/stdin", "/dev/stdout", "/dev/stderr", "/dev/fd")


def observe(effects: "list[Effect]") -> Facts:
    """The facts that the decision about these effects needs."""
    real: dict[str, tuple[str, ...]] = {}
    branches: dict[str, str] = {}
    links: dict[tuple[str, str], None] = {}
    look = _Look()
    # What is deleted is not followed, unless something else in the same call does.
    inside: list[tuple[str, dict[str, Any]]] = []
    for effect in [*filter(_follows, effects), *(one for one in effects if not _follows(one))]:
        path = effect.fields.get("path")
        if isinstance(path, str) and len(path) > _LONGEST:
            raise OSError("a path is longer than any can be")
        if isinstance(path, str) and path not in real:
            glob = effect.fields.get("glob")
            real[path] = _glob(path, glob, _follows(effect), look) if glob else look.both(path, _follows(effect))
            if glob == "listed" and any(_makes_files(one) for one in effects):
                real[path] = ()  # names that are not there yet
        if isinstance(path, str) and ("deep" in effect.fields or "follow" in effect.fields):
            if (path, effect.fields) in inside:
                continue
            inside.append((path, effect.fields))
            real[path] += _inside(real[path], effect.fields, look)
        if links and isinstance(path, str):
            real[path] = tuple(dict.fromkeys(real[path] + _through(path, links, _follows(effect), look)))
        if effect.fields.get("target"):
            links[str(path), effect.fields["target"]] = None
        if effect.fields.get("branch") == "@current":
            from leashd_hooks.branches import current

            directory = effect.fields.get("dir", "")
            branches[directory] = current(directory)
    return Facts(real, branches)


def _makes_files(effect: "Effect") -> bool:
    """Whether it may make files of any name, other than those that `find` has printed."""
    return effect.kind == "git" or (effect.kind == "write" and effect.fields.get("glob") != "listed")


def _follows(effect: "Effect") -> bool:
    """Whether a link at the end of the path is followed: to delete it removes the link, unless a slash comes after."""
    return effect.kind != "delete" or "moved" in effect.fields or "through" in effect.fields


def _through(path: str, links: "dict[tuple[str, str], None]", follows: bool, look: "_Look") -> "tuple[str, ...]":
    """Where `path` leads once the links exist that the same call makes; one to an unknown target leads outside."""
    found: list[str] = []
    for link, target in links:
        if path.startswith(link) and (path[len(link) : len(link) + 1] == "/" or (path == link and follows)):
            look.spend(_LOOKS // _LED)
            found += look.both(target + path[len(link) :]) if target.startswith("/") else ["/" + target]
    return tuple(found)


class _Look:
    """What one call makes this process look at, counted; directories that are already resolved are not looked at."""

    __slots__ = ("folders", "left")

    def __init__(self) -> None:
        self.left = _LOOKS
        self.folders: dict[str, str] = {}

    def spend(self, looks: int) -> None:
        """Counts looks.  Raises ValueError where there are too many."""
        self.left -= looks
        if self.left < 0:
            raise ValueError("the call is about too many files to look at; split it into several calls")

    def both(self, path: str, follows: bool = True) -> "tuple[str, ...]":
        """A path as its text reads, and as the kernel follows it: a shell's `cd` goes by the one, `cat` by the other"""
        written = lexical(path)
        if written.startswith("/dev/fd/") or written in _STREAMS:
            return (written,)
        folder, _, name = path.rpartition("/")
        if name in ("", ".", "..") or not folder:
            self.spend(path.count("/"))
            resolved = realpath(path)
        else:
            above = self.folders.get(folder)
            if above is None:
                self.spend(path.count("/"))
                above = self.folders[folder] = realpath(folder)
            self.spend(1)
            resolved = above.rstrip("/") + "/" + name
            if follows:
                resolved = realpath(resolved, len(above))
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


def realpath(path: str, known: int = 0) -> str:
    """`path` (absolute) with every symlink resolved; what does not exist is kept as written.  A loop is an OSError.

    The first `known` characters of it, whole components, have none.
    """
    done = path[:known].rstrip("/")
    rest = path[known:].split("/")[::-1]
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


def _glob(pattern: str, manner: "bool | str", follows: bool, look: "_Look") -> "tuple[str, ...]":
    """What the shell would make of a pattern: its matches with their links resolved, else the pattern itself."""
    from leashd_hooks.globs import filtered, listed, matches

    if manner == "listed":
        names = listed(pattern, look.spend)
        return () if names is None else tuple([path for name in names for path in look.both(name, follows)])
    found = filtered(pattern, look.spend) if manner == "filter" else matches(pattern, look.spend, manner == "anywhere")
    return tuple([path for match in found for path in look.both(match, follows)]) or look.both(pattern, follows)


def _inside(roots: "tuple[str, ...]", fields: "dict[str, Any]", look: "_Look") -> "tuple[str, ...]":
    """What lies in the trees that an effect goes through, and where the links in them lead if it follows them."""
    from leashd_hooks.globs import below, links

    found = below(roots, fields["deep"], look.spend) if "deep" in fields else ()
    return found + (tuple(_ends(links(roots, look.spend))) if fields.get("follow") else ())


def _ends(links: "list[str]") -> "list[str]":
    """Where links lead; one that goes round in a circle leads nowhere."""
    found = []
    for link in links:
        try:
            found.append(realpath(link))
        except OSError:
            continue
    return found

"""Glob patterns to a `PathSet`, in which `decide.paths` finds a path quickly."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from leashd_hooks.decide.paths import PathSet


def index(patterns: Iterable[str]) -> PathSet:
    """A `PathSet` of absolute glob patterns: `/etc/**`, `**/.env`, `/home/me/.ssh/**`.

    `**/x` stands for `x` at any depth, `x/**` for `x` and everything below.  Letter case is ignored: the file system
    may ignore it, and a guard must not depend on that.
    """
    names: set[str] = set()
    endings: set[str] = set()
    exact: set[str] = set()
    wild: list[tuple[str, str]] = []
    folders: set[str] = set()
    roots: list[str] = []
    others: list[tuple[str, tuple[str, ...]]] = []
    for pattern in patterns:
        parts = tuple(part for part in pattern.lower().split("/") if part)
        plain = [part for part in parts if "*" not in part and "?" not in part]
        if parts[:1] == ("**",) and len(parts) == 2 and parts[1] != "**":
            _index_name(parts[1], names, endings, wild)
        elif parts[:1] == ("**",) and len(parts) == 3 and parts[2] == "**" and plain:
            folders.add(parts[1])
        elif parts[-1:] == ("**",) and len(plain) == len(parts) - 1:
            roots.append("/" + "".join([part + "/" for part in plain]))
        elif parts and len(plain) == len(parts):
            exact.add("/" + "/".join(parts))
        elif parts[:1] == ("**",) and len(plain) == len(parts) - 1 and plain:
            endings.add("/" + "/".join(plain))
        else:
            others.append((max(plain, key=len, default=""), parts))
    return {
        "exact": frozenset(exact),
        "names": frozenset(names),
        "endings": tuple(sorted(endings)),
        "wild": tuple(wild),
        "folders": frozenset(folders),
        "roots": tuple(roots),
        "others": tuple(others),
    }


def _index_name(name: str, names: set[str], endings: set[str], wild: list[tuple[str, str]]) -> None:
    if "*" not in name and "?" not in name:
        names.add(name)
    elif name[0] == "*" and "*" not in name[1:] and "?" not in name:
        endings.add(name[1:])
    else:
        wild.append((held(name), name))


def held(pattern: str) -> str:
    """The longest text that every name holds which matches the pattern."""
    return max(re.split(r"[*?]", pattern), key=len)

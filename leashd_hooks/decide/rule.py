"""A compiled rule: a tuple that `policy.compile` makes and `decide` reads through the names below.

(name, action, when, unless, tools, legacy, reason, instead, origin)

when        ((field, test, operand), ...), all must hold; () holds always
unless      ((...), ...): conditions like `when`; the rule does not match if one of them holds
tools       frozenset of tool names the call must have, or None
legacy      None, or (command patterns, path patterns): regular expressions of the first YAML dialect
origin      "file:line" for people

Tests: `is` value in frozenset · `like` value in frozenset, or matches one of (text it holds, pattern with `*`, `?`) ·
`path` PathSet · `place` one of the place names (`workspace`, `scratch`, `system`, `outside`, `credential`, ...) ·
`command` text of the simple command in frozenset ·
`words` args begin with one of (length, tuples of that length) · `flags` one of the frozenset was given.
"""

from marshal import loads

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    Rule = tuple[Any, ...]

NAME, ACTION, WHEN, UNLESS, TOOLS, LEGACY, REASON, INSTEAD, ORIGIN = range(9)


def entry(part: "dict[str, Any]", name: str) -> "tuple[Any, ...]":
    """The rules for a kind of effect, or the two path sets of a place, unpacked where nobody asked for them before."""
    found: tuple[Any, ...] | bytes = part.get(name, ())
    if found.__class__ is bytes:
        found = part[name] = loads(found)
    return found  # type: ignore[return-value]

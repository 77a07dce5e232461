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
places      {"credential": PathSet, "protected": PathSet, ...}: what `place:` in a rule refers to
floor       {kind: (rule, ...)} evaluated first; unlocked items are left out
rules       {kind: (rule, ...)} of the managed, user and shipped layers, in order
projects    {root: {"trusted": bool, "policies": (...), "rules": {kind: (rule, ...)}}}
default     verdict for an effect that no rule matches
timeout     seconds an approval may wait, or None
shfmt       path of the shfmt executable, "" when there is none
unlocked    names of the floor rules that the user has unlocked

A rule is a tuple, read through the names below: (name, action, when, unless, tools, legacy, reason, instead, origin).

when        ((field, test, operand), ...), all must hold; () holds always
unless      ((...), ...): conditions like `when`; the rule does not match if one of them holds
tools       frozenset of tool names the call must have, or None
legacy      None, or (command patterns, path patterns): regular expressions of the first YAML dialect
origin      "file:line" for people

Tests: `is` value in frozenset · `like` one of the name patterns (`*`, `?`) · `path` PathSet · `place` one of the place
names (`workspace`, `scratch`, `system`, `outside`, `credential`, `protected`, ...) · `words` args start with one of the
tuples · `flags` one of the frozenset was given.
"""

import marshal
import posix

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    Bundle = dict[str, Any]
    Rule = tuple[Any, ...]

FORMAT = 1
NAME, ACTION, WHEN, UNLESS, TOOLS, LEGACY, REASON, INSTEAD, ORIGIN = range(9)

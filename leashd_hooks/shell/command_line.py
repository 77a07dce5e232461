"""A command line to the effects of everything in it."""

from leashd_hooks.model import Effect
from leashd_hooks.shell.state import State
from leashd_hooks.shell.subset import parse as parse_everyday
from leashd_hooks.shell.tree import ShellRefused
from leashd_hooks.shell.walk import Walker

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from leashd_hooks.shell.invocation import Value
    from leashd_hooks.shell.tree import Node

MAX_BYTES = 65536
#: Each effect is looked up and judged.
MAX_EFFECTS = 640
#: So much text is read in all, `sh -c` inside `sh -c` counted each time.
MAX_NESTED = 3 * MAX_BYTES

#: Blanks, line ends and direction marks that people cannot see and shells do not agree on.
INVISIBLE = (
    "\x85\xa0\u1680\u180e\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u200b\u200c\u200d\u200e"
    "\u200f\u2028\u2029\u202a\u202b\u202c\u202d\u202e\u202f\u205f\u2060\u2061\u2062\u2063\u2064\u2066\u2067\u2068"
    "\u2069\u3000\ufeff\xad\u061c"
)
#: Those among them that take no room.
_NO_WIDTH = (
    "\u180e\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2061\u2062\u2063\u2064\u2066\u2067"
    "\u2068\u2069\ufeff\xad\u061c"
)
#: What no command line needs; tab and newline are not among them.
CONTROL = frozenset(
    "\0\1\2\3\4\5\6\a\b\v\f\r\x0e\x0f\x10\x11\x12\x13\x14\x15\x16\x17\x18\x19\x1a\x1b\x1c\x1d\x1e\x1f\x7f"
)


def lower(
    text: str, cwd: "str | None", home: str, shfmt_path: str, env: "Mapping[str, str] | None" = None
) -> "list[Effect]":
    """The effects of a command line of bash or zsh, in the order in which its commands stand.

    `cwd` is the absolute directory it starts in (None: not known), `shfmt_path` the binary that reads what
    `shell/subset.py` does not ("" makes that opaque), `env` the environment as far as it is known.  Text that is not
    understood gives an `opaque` effect; one that exceeds a bound has the field `bound`.
    """

    spent = 0

    def parse(nested: str) -> "Node":
        nonlocal spent
        spent += len(nested)
        if spent > MAX_NESTED:
            raise ShellRefused("too much text inside other text", bound=True)
        node, why = _read(nested, shfmt_path)
        if why:
            walker.refuse(why)
        return node

    known: dict[tuple[str, str], list[dict[str, Any]]] = {}

    def sql(client: str, said: str) -> "list[dict[str, Any]]":
        from leashd_hooks.shell.sqldoor import read

        return read(client, said, known)

    walker = Walker(text, parse, sql)
    variables: dict[str, Value] = dict(env or {})
    try:
        ok, fail = walker.walk(parse(text), State(cwd, home, variables))
        walker.finish(ok + fail)
    except ShellRefused as refused:
        walker.refuse(refused.why, bound=refused.bound)
    except RecursionError:
        walker.refuse("a command nested too deeply", bound=True)
    if len(walker.out) > MAX_EFFECTS:
        del walker.out[MAX_EFFECTS:]
        walker.refuse("a command that does too many things", bound=True)
    return walker.out


def _read(text: str, shfmt_path: str) -> "tuple[Node, str]":
    """The tree of a command line, and why it is asked about.

    One with characters that nobody sees is also read without them, as a person would: what that does counts as well.
    """
    try:
        return _parse(text, shfmt_path), ""
    except ShellRefused as refused:
        seen = "".join([_seen(char) for char in text]) if not refused.bound else text
        if seen == text:
            raise
        try:
            return _parse(seen, shfmt_path), refused.why
        except ShellRefused:
            raise refused from None


def _seen(char: str) -> str:
    if char in CONTROL or char in _NO_WIDTH:
        return ""
    return " " if char in INVISIBLE else char


def _parse(text: str, shfmt_path: str) -> "Node":
    if len(text) > MAX_BYTES:
        raise ShellRefused("a command of more than 64 KiB", bound=True)
    if not CONTROL.isdisjoint(text):
        raise ShellRefused("a control character")
    if not text.isascii():
        _check_unicode(text)
    node = parse_everyday(text)
    if node is not None:
        return node
    if not shfmt_path:
        raise ShellRefused("beyond everyday commands, and the shell parser is not installed")
    from leashd_hooks.shell.shfmt import parse

    return parse(text, shfmt_path)


def _check_unicode(text: str) -> None:
    """Raises unless it is text that a program can be given, and invisible characters stand in quotes only."""
    try:
        size = len(text.encode())
    except UnicodeEncodeError:
        raise ShellRefused("a character that is not Unicode text") from None
    if size > MAX_BYTES:
        raise ShellRefused("a command of more than 64 KiB", bound=True)
    if not any(char in INVISIBLE for char in text):
        return
    quote = ""
    escaped = False
    for char in text:
        if escaped:
            escaped = False
        elif char == "\\" and quote != "'":
            escaped = True
        elif char in "'\"" and quote in ("", char):
            quote = "" if quote else char
        elif char in INVISIBLE and not quote:
            raise ShellRefused("an invisible character outside quotes")

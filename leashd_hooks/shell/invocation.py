"""One simple command as a program module sees it: name, evaluated words, where its input comes from.

Words are values: `str` (known), `Pattern` (known, with unquoted glob characters) or `Unknown`.
"""

from leashd_hooks.model import Effect

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any


class Pattern(str):
    """A word whose unquoted `*`, `?` or `[` the shell expands to file names."""

    __slots__ = ()


class Anywhere(Pattern):
    """A pattern that a program looks for by itself: hidden files match too, links are not followed."""

    __slots__ = ()


class Listed(Anywhere):
    """Such a pattern where the names it matches are printed, and split at their blanks."""

    __slots__ = ()


class Whole(str):
    """A directory that stands for every file below it."""

    __slots__ = ()


class Unknown:
    """A word that is known only when the command runs.

    `prefix` is the literal text it surely starts with, `why` says what made it unknown (`$NAME`, `$(...)`), `effects`
    are those of the command substitution it comes from, `likely` the words it becomes unless something unseen decides.
    """

    __slots__ = ("effects", "likely", "prefix", "why")

    def __init__(self, why: str, prefix: str = "", effects: "Sequence[Effect]" = ()) -> None:
        self.why = why
        self.prefix = prefix
        self.effects = list(effects)
        self.likely: Sequence[Value] | None = None

    def __repr__(self) -> str:
        return f"Unknown({self.why!r}, {self.prefix!r})"


if TYPE_CHECKING:
    Value = str | Unknown


class Stdin:
    """What a command reads: `kind` is terminal, pipe, text (heredoc, here-string) or file.

    `effects` are those of the commands that feed a pipe, `programs` their names, `text` the heredoc (None: not known),
    `path` the file (None: not known), `names` what stands for the file names that a pipe brings.
    """

    __slots__ = ("effects", "kind", "names", "path", "programs", "text")

    def __init__(
        self,
        kind: str = "terminal",
        effects: "Sequence[Effect]" = (),
        programs: "Sequence[str]" = (),
        text: "str | None" = None,
        path: "str | None" = None,
    ) -> None:
        self.kind = kind
        self.names: Sequence[Value] = ()
        self.effects = list(effects)
        self.programs = list(programs)
        self.text = text
        self.path = path


class Invocation:
    """A program and its evaluated words: what `shell/programs/*.effects` is called with.

    name     the program's name without directory, `.exe` or the version of an interpreter (`python3.11` is `python3`)
    args     the words after it
    cwd      absolute directory, None when it cannot be known
    home     the user's home directory
    env      the assignments before the command and the exported ones known so far
    stdin    where its standard input comes from
    text     the command's source text; `span` its character range in the whole command line, or None
    """

    __slots__ = ("_nested", "args", "cwd", "env", "home", "name", "span", "stdin", "text")

    def __init__(
        self,
        name: str,
        args: "Sequence[Value]",
        cwd: "str | None",
        home: str,
        env: "dict[str, Value]",
        stdin: Stdin,
        text: str,
        span: "tuple[int, int] | None",
        nested: "Callable[[str, Any, Invocation], list[Effect]]",
    ) -> None:
        self.name = name
        self.args = list(args)
        self.cwd = cwd
        self.home = home
        self.env = env
        self.stdin = stdin
        self.text = text
        self.span = span
        self._nested = nested

    def effect(self, kind: str, **fields: "Any") -> Effect:
        """An effect of this command, with its text and span; fields given as None stay out unless they are `path`."""
        kept = {name: value for name, value in fields.items() if value is not None or name == "path"}
        return Effect(kind, kept, self.text, self.span)

    def on_path(self, kind: str, value: "Value", **fields: "Any") -> Effect:
        """An effect on the path that `value` names: relative to `cwd`, `~` expanded, None when it cannot be known."""
        if isinstance(value, Pattern):
            anywhere = "listed" if isinstance(value, Listed) else "anywhere"
            fields["glob"] = anywhere if isinstance(value, Anywhere) else True
        if isinstance(value, Whole) and kind == "delete":
            fields["recursive"] = True
        elif isinstance(value, Whole) and (kind == "write" or fields.get("how") == "content"):
            fields["deep"] = []
        return self.effect(kind, path=resolve(value, self.cwd, self.home), **fields)

    def command(self, argv: "Sequence[Value]") -> "list[Effect]":
        """Effects of running `argv` as a command of its own (what `env`, `xargs`, `sudo` do), its `run` included."""
        return self._nested("command", list(argv), self)

    def shell(self, text: "Value") -> "list[Effect]":
        """Effects of `text` read as a shell command line (what `sh -c` and `eval` do)."""
        return self._nested("shell", text, self)

    def sql(self, client: str, text: str) -> "list[dict[str, Any]]":
        """What SQL given to a database client does, read by the library: see `leashd_hooks.sql`."""
        read: Any = self._nested
        found: list[dict[str, Any]] = read("sql", (client, text), self)
        return found


def resolve(value: "Value", cwd: "str | None", home: str) -> "str | None":
    """The absolute path that `value` names, None when it cannot be known.

    `..` stays where it stands: after a link it leads elsewhere than the text says, and only the file system knows.
    """
    if isinstance(value, Unknown) or "\0" in value:
        return None
    text = str(value)
    if text == "~" or text.startswith("~/"):
        text = home + text[1:]
    elif text.startswith("~"):
        return None
    if not text.startswith("/"):
        if cwd is None:
            return None
        text = cwd + "/" + text
    return "/" + "/".join([part for part in text.split("/") if part and part != "."])

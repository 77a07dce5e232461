"""What a shell knows between two commands: directory, variables, functions, aliases."""

from leashd_hooks.shell.invocation import Unknown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from leashd_hooks.shell.invocation import Value
    from leashd_hooks.shell.tree import Node

#: Variables whose value the shell itself makes, or that it shares with another variable.
VOLATILE = frozenset((
    "RANDOM", "SECONDS", "LINENO", "EPOCHSECONDS", "EPOCHREALTIME", "SRANDOM", "BASHPID", "BASH_COMMAND",
    "BASH_SUBSHELL", "FUNCNAME", "UID", "EUID", "PPID", "GROUPS", "DIRSTACK", "HISTCMD", "PIPESTATUS", "SHELLOPTS",
    "BASHOPTS", "_", "OLDPWD", "path", "cdpath", "fpath", "manpath", "status", "argv", "USERNAME", "GID", "EGID",
    "TTYIDLE",
))  # fmt: skip


class State:
    """One possible state of the shell.  `copy` it for a subshell; states that may both hold stand side by side."""

    __slots__ = (
        "aliases", "cwd", "exported", "functions", "haunted", "home", "inherited", "positional",
        "variables", "volatile",
    )  # fmt: skip

    def __init__(self, cwd: "str | None", home: str, variables: "Mapping[str, Value] | None" = None) -> None:
        self.cwd = cwd
        self.home = home
        self.variables: dict[str, Value] = dict(variables or ())
        #: Names assigned in this command line that the programs in it see.
        self.exported: frozenset[str] = frozenset()
        self.functions: dict[str, Node] = {}
        self.aliases: frozenset[str] = frozenset()
        self.positional: Sequence[Value] | None = None
        self.volatile = VOLATILE
        #: Whether this is another process than the one that defined the functions.
        self.inherited = False
        #: Whether something changes variables and directory at any time (`trap ... DEBUG`).
        self.haunted = False

    def copy(self) -> "State":
        """A state of its own with the same content."""
        twin = State(self.cwd, self.home)
        twin.variables = dict(self.variables)
        twin.exported = self.exported
        twin.functions = dict(self.functions)
        twin.aliases = self.aliases
        twin.positional = self.positional
        twin.volatile = self.volatile
        twin.inherited = self.inherited
        twin.haunted = self.haunted
        return twin

    def lookup(self, name: str) -> "Value":
        """The value of a variable or positional parameter; Unknown when it is not known."""
        if self.haunted:
            return Unknown("$" + name)
        if name in self.variables:
            return self.variables[name]
        if name == "HOME":
            return self.home
        if name == "PWD" and self.cwd is not None:
            return self.cwd
        if name.isdigit() and name != "0" and self.positional is not None:
            place = int(name) - 1
            return self.positional[place] if place < len(self.positional) else ""
        return Unknown("$" + name)

    def assign(self, name: str, value: "Value") -> None:
        """Sets a variable; one that the shell transforms or protects becomes Unknown."""
        self.variables[name] = Unknown("$" + name) if name in self.volatile else value
        if name.isupper():  # in all likelihood a variable of the environment already
            self.exported |= {name}

    def forget(self) -> None:
        """Nothing is known of any variable from here on."""
        unknown = Unknown("a changed variable")
        names = [*self.variables, "HOME", "PWD"]
        self.variables = {}
        self.variables.update(dict.fromkeys(names, unknown))
        self.positional = None

    def enter(self, cwd: "str | None") -> None:
        """Changes the directory."""
        self.cwd = None if self.haunted else cwd
        self.variables.pop("PWD", None)

    def same(self, other: "State") -> bool:
        """Whether nothing tells the two apart."""
        return self is other or all(getattr(self, name) == getattr(other, name) for name in self.__slots__)


def blur(states: "Sequence[State]") -> State:
    """One state that stands for all of these: what differs is unknown."""
    merged = states[0].copy()
    for other in states[1:]:
        if other.cwd != merged.cwd:
            merged.enter(None)
        for name in {**merged.variables, **other.variables}:
            if merged.lookup(name) != other.lookup(name):
                merged.variables[name] = Unknown("$" + name)
        if merged.positional != other.positional:
            merged.positional = None
        merged.functions.update(other.functions)
        merged.exported |= other.exported
        merged.aliases |= other.aliases
        merged.volatile |= other.volatile
        merged.haunted |= other.haunted
    return merged


MAX_STATES = 6


def few(states: "Sequence[State]") -> "list[State]":
    """The states that differ, blurred into one when they are too many."""
    found: list[State] = []
    for state in states:
        if not any(state.same(other) for other in found):
            found.append(state)
    return found if len(found) <= MAX_STATES else [blur(found)]

"""Words to values.  Plain text is its own value; any other word is left to `expansion`."""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from leashd_hooks.model import Effect
    from leashd_hooks.shell.invocation import Value
    from leashd_hooks.shell.state import State
    from leashd_hooks.shell.tree import Part, Word

    #: Walks a substitution: its effects and, when it is known, what it prints.
    Substitute = Callable[[Part, State], "tuple[list[Effect], str | None]"]

#: The file name that stands for a process substitution; as a value it is an `expansion.Piped`.
PIPED = "/dev/fd/63"


def fields(word: "Word", state: "State", substitute: "Substitute") -> "list[Value]":
    """The words that `word` becomes in a command: braces expanded, unquoted values split."""
    text = _plain(word.parts)
    if text is not None:
        return [text]
    from leashd_hooks.shell.expansion import fields

    return fields(word, state, substitute)


def single(word: "Word | None", state: "State", substitute: "Substitute", assigned: bool = False) -> "Value":
    """The one value of a word that is neither split nor brace expanded: an assignment, a redirection, a subject."""
    text = "" if word is None else _plain(word.parts)
    if word is None or text is not None:
        return text or ""
    from leashd_hooks.shell.expansion import single

    return single(word, state, substitute, assigned)


def _plain(parts: "Sequence[Part]") -> "str | None":
    """The text of a word in which the shell has nothing to expand, None when it may have."""
    if len(parts) != 1 or parts[0].kind != "literal":
        return None
    text = parts[0].text
    if parts[0].quoted:
        return None if text[:1] == "~" else text
    for char in "*?[{~^":
        if char in text:
            return None
    return text


def runs_in_arithmetic(value: str) -> bool:
    """Whether the shell would run a command if it took this text for an arithmetic expression."""
    place = value.find("[")
    return place >= 0 and ("$" in value[place:] or "`" in value[place:])

"""File name patterns that programs are given as words: `--include`, `-g`, `-name`, `--exclude`."""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


def is_choosy(name: str) -> bool:
    """Whether a pattern says something of the names that it matches: `*.o` does, `*.*` does not."""
    literal = [character for character in widened(name) if character not in "*?"]
    return len(literal) > 1 and any(character.isalnum() for character in literal)


def alternatives(glob: str) -> "list[str]":
    """`*.{a,b}` as `*.a` and `*.b`; one level is what search tools are given."""
    before, opening, rest = glob.partition("{")
    inside, closing, after = rest.partition("}")
    if not opening or not closing:
        return [glob]
    return [before + choice + after for choice in inside.split(",")]


def widened(part: str) -> str:
    """A component with every `[...]` widened to `?`: a guard may take a pattern for more than it is."""
    while "[" in part:
        before, _, after = part.partition("[")
        _, closing, rest = after[1:].partition("]")
        if not closing:
            break
        part = before + "?" + rest
    return part


def left_out(excluded: "Iterable[object]", included: "Sequence[object]" = ()) -> "list[str]":
    """The names that no file of a copy has: a pattern with a directory leaves others of its name, `--include` some."""
    names = [
        pattern.removeprefix("./").removeprefix("**/").removeprefix("*/").rstrip("/")
        for pattern in excluded
        if isinstance(pattern, str)
    ]
    return [] if included else [name for name in names if "/" not in name]


def is_wide(pattern: str) -> bool:
    """Whether a regular expression asks for no more than one character: `.`, `^`, `[a-z]+`, `=`."""
    literal = ""
    place = 0
    while place < len(pattern):
        character = pattern[place]
        closing = {"[": "]", "{": "}"}.get(character, "")
        if character == "\\":
            place += 1
        elif closing and closing in pattern[place + 1 :] and (closing == "]" or pattern[place + 1].isdigit()):
            place = pattern.index(closing, place + 2 if closing == "]" else place + 1)
        elif character not in ".*+?^$|()":
            literal += character
        place += 1
    return len(literal) < 2

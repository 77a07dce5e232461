"""Words to flags and operands, in any spelling and order: the one option reader of all program modules."""

from leashd_hooks.shell.invocation import Unknown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from leashd_hooks.shell.invocation import Value


class Options:
    """`flags` in order as (name, value or None), `words` the operands; `unknown` tells of a word that may be either."""

    __slots__ = ("flags", "unknown", "words")

    def __init__(self) -> None:
        self.flags: list[tuple[str, Value | None]] = []
        self.words: list[Value] = []
        self.unknown = False

    def has(self, *names: str) -> bool:
        """Whether any of the flags was given."""
        return any(name in names for name, _ in self.flags)

    def values(self, *names: str) -> "list[Value]":
        """The values given to these flags, in order."""
        return [value for name, value in self.flags if name in names and value is not None]

    def strange(self, known: "Collection[str]") -> bool:
        """Whether a flag was given that is not among the known ones."""
        return any(name not in known for name, _ in self.flags)


def table(text: str) -> "frozenset[str]":
    """The words of `text`: how the program modules write their tables."""
    return frozenset(text.split())


def pairs(text: str) -> "dict[str, str]":
    """The `key:value` words of `text`."""
    return dict(word.rsplit(":", 1) for word in text.split())


def names(letters: str, *long: str) -> "frozenset[str]":
    """The names of single-letter flags, written as one word, and of long ones: what `Options.strange` asks for."""
    return frozenset(["-" + letter for letter in letters] + list(long))


def read(
    args: "Sequence[Value]",
    short: str = "",
    long: "Collection[str]" = (),
    stop_at_word: bool = False,
    single_dash: bool = False,
    plain: "Collection[str]" = (),
    attached: str = "",
) -> Options:
    """Reads `args` the way getopt_long does.

    short         letters that take a value (`-n 5`, `-n5`)
    long          long names with a value (`--name v`, `--name=v`), written with their dashes; a unique abbreviation is
                  taken for the full name, as GNU programs do
    stop_at_word  options end at the first operand (POSIX; wrappers such as `env` and `timeout`)
    single_dash   `-name value` are long options (find, java, terraform)
    plain         long names without a value, for programs where an abbreviation of them matters (`rm --rec`)
    attached      letters whose value is optional and then follows at once (`sed -i.bak`)
    """
    found = Options()
    rest = list(args)
    while rest:
        word = rest.pop(0)
        if isinstance(word, Unknown):
            if not word.prefix or word.prefix.startswith("-"):
                found.unknown = True
            found.words.append(word)
        elif word == "--":
            found.words.extend(rest)
            break
        elif word.startswith("--") or (single_dash and len(word) > 1 and word[0] == "-"):
            _long(word, long, plain, rest, found)
            continue
        elif len(word) > 1 and word[0] == "-":
            _short(word, short, attached, rest, found)
            continue
        else:
            found.words.append(word)
        if stop_at_word:
            found.words.extend(rest)
            break
    return found


def _long(
    word: str, with_value: "Collection[str]", plain: "Collection[str]", rest: "list[Value]", found: Options
) -> None:
    name, equals, value = word.partition("=")
    full = name if name in with_value or name in plain else _abbreviated(name, with_value, plain)
    if equals:
        found.flags.append((full, value))
    elif full in with_value and rest:
        found.flags.append((full, rest.pop(0)))
    else:
        found.flags.append((full, None))


def _abbreviated(name: str, with_value: "Collection[str]", plain: "Collection[str]") -> str:
    if len(name) <= (2 if plain else 3):
        return name
    full = {candidate for group in (with_value, plain) for candidate in group if candidate.startswith(name)}
    return full.pop() if len(full) == 1 else name


def _short(word: str, with_value: str, attached: str, rest: "list[Value]", found: Options) -> None:
    for position in range(1, len(word)):
        letter = word[position]
        if letter in with_value:
            value: Value | None = word[position + 1 :] or (rest.pop(0) if rest else None)
            found.flags.append(("-" + letter, value))
            return
        if letter in attached:
            found.flags.append(("-" + letter, word[position + 1 :] or None))
            return
        found.flags.append(("-" + letter, None))

"""awk: a program that only computes and prints is told as the reads it does, any other as code."""

from leashd_hooks.shell.argv import names, read
from leashd_hooks.shell.invocation import Unknown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from leashd_hooks.model import Effect
    from leashd_hooks.shell.invocation import Invocation

LONG = ("--field-separator", "--assign", "--file", "--source")
PLAIN = ("--posix", "--traditional", "--re-interval", "--sandbox", "--csv", "--characters-as-bytes", "--bignum")
KNOWN = names("FvfePcbMk", *LONG, *PLAIN)
#: Words of a program with which it does more than compute: run, read files of its choice, call by name.
DOUBTFUL = ("system", "getline", "ARGV", "ARGC", "@", "extension", "PROCINFO")
#: After these a `/` begins a regular expression, elsewhere it divides.
BEFORE_REGEX = "(,=!~&|{};\n?:"
#: What stands before a `/` is mostly found in so many characters.
BLANKS = 32
#: A longer program is not read.
LONGEST = 16384


def effects(call: "Invocation") -> "list[Effect] | None":
    options = read(call.args, short="Fvfe", long=LONG, stop_at_word=True)
    if options.strange(KNOWN) or options.unknown:
        return None
    words = list(options.words)
    programs = options.values("-e", "--source")
    files = options.values("-f", "--file")
    if not programs and not files:
        programs = [words.pop(0)] if words else []
    found: list[Effect] = []
    for word in words:
        assigned = isinstance(word, str) and word.partition("=")[0].isidentifier() and "=" in word
        if word != "-" and not assigned:
            found.append(call.on_path("read", word, how="content"))
    found += [call.on_path("code", path, language="awk", source="file") for path in files]
    doubtful = [text for text in programs if isinstance(text, Unknown) or not is_plain(text)]
    if doubtful:
        from leashd_hooks.shell import inline

        found.append(call.effect("code", language="awk", source="inline"))
        for text in doubtful:
            found += inline.effects(call, "awk", text)
    if any(isinstance(text, str) and "ENVIRON" in text for text in programs):
        found.append(call.effect("secret", store="environment"))
    return found


def is_plain(program: str) -> bool:
    """Whether a program surely runs nothing, writes no file and reads only its operands."""
    if len(program) > LONGEST:
        return False
    bare = _without_literals(program)
    if bare is None or any(word in bare for word in DOUBTFUL):
        return False
    if "|" in bare.replace("||", ""):
        return False
    return not _redirects(bare)


def _without_literals(program: str) -> "str | None":
    """The program without strings, regular expressions and comments; None when one of them does not end."""
    out = ""
    place = 0
    while place < len(program):
        character = program[place]
        if character == '"' or (character == "/" and _opens_regex(out)):
            place = _literal_end(program, place, character)
            if place < 0:
                return None
            out += "0"
            continue
        if character == "#":
            end = program.find("\n", place)
            place = len(program) if end < 0 else end
            continue
        out += character
        place += 1
    return out


def _opens_regex(out: str) -> bool:
    """Whether a `/` after this text begins a regular expression."""
    before = out[-BLANKS:].rstrip(" \t") or out.rstrip(" \t")[-BLANKS:]
    return (
        not before
        or before[-1] in BEFORE_REGEX
        or before.endswith((" in", "return", "print", "printf", " else", " do"))
    )


def _literal_end(program: str, place: int, mark: str) -> int:
    """The place after a string or regular expression, -1 when it cannot be told."""
    bracket = -1
    place += 1
    while place < len(program):
        character = program[place]
        if character == "\\":
            place += 1
        elif character == "\n" or (character == mark and bracket >= 0):
            return -1  # awks disagree about a `/` in brackets
        elif character == mark:
            return place + 1
        elif mark == "/" and character == "[" and bracket < 0:
            bracket = place
        elif character == "]" and bracket >= 0 and program[bracket + 1 : place] not in ("", "^"):
            bracket = -1
        place += 1
    return -1


def _redirects(bare: str) -> bool:
    """Whether a `>` follows a print in the same statement outside parentheses: then it names a file."""
    depth = 0
    printing = False
    for place, character in enumerate(bare):
        if character in "([":
            depth += 1
        elif character in ")]":
            depth -= 1
        elif character in ";{}\n":
            printing, depth = False, 0
        elif bare.startswith("print", place):
            printing, depth = True, 0
        elif character == ">" and printing and depth <= 0:
            return True
    return False

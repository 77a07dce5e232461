"""sed: its script is read, since it can write files, read them and run commands."""

from leashd_hooks.shell.argv import names, read

TYPE_CHECKING = False
if TYPE_CHECKING:
    from leashd_hooks.model import Effect
    from leashd_hooks.shell.invocation import Invocation, Value

LONG = ("--expression", "--file", "--line-length")
PLAIN = ("--in-place", "--quiet", "--silent", "--regexp-extended", "--separate", "--unbuffered", "--null-data",
         "--posix",
         "--debug", "--sandbox", "--follow-symlinks", "--zero-terminated", "--binary")  # fmt: skip
KNOWN = names("neflirEsuzabI", *LONG, *PLAIN)
SIMPLE = "{}=dDgGhHnNpPxzF"
#: A longer script is not read.
LONGEST = 16384


def effects(call: "Invocation") -> "list[Effect] | None":
    options = read(call.args, short="efl", long=LONG, plain=PLAIN, attached="iI")
    if options.strange(KNOWN) or options.unknown:
        return None
    words = list(options.words)
    in_place = options.has("-i", "-I", "--in-place")
    if in_place and words[:1] == [""]:
        words.pop(0)  # BSD: the suffix is a word of its own
    scripts = options.values("-e", "--expression")
    if not scripts and not options.has("-f", "--file"):
        scripts = [words.pop(0)] if words else []
    found = _scripted(call, scripts)
    if found is None:
        return None
    for path in options.values("-f", "--file"):
        found.append(call.on_path("code", path, language="other", source="file"))
    files = [word for word in words if word != "-"]
    found = [call.on_path("read", path, how="content") for path in files] + found
    return found + [call.on_path("write", path, how="edit") for path in files if in_place]


def _scripted(call: "Invocation", scripts: "list[Value]") -> "list[Effect] | None":
    known = [str(text) for text in scripts if isinstance(text, str)]
    if len(known) < len(scripts) or sum(map(len, known)) > LONGEST:
        return None
    doings = commands("\n".join(known))
    if doings is None:
        return None
    found: list[Effect] = []
    for doing, what in doings:
        if doing == "run":
            # A shell runs the text; without one, each line that was found.
            found.append(call.effect("code", language="shell", source="inline" if what else "unknown"))
            found += call.shell(what) if what else []
        elif what not in ("/dev/stdout", "/dev/stderr", "/dev/stdin"):
            fields = {"how": "create"} if doing == "write" else {"how": "content"}
            found.append(call.on_path(doing, what, **fields))
    return found


def commands(script: str) -> "list[tuple[str, str]] | None":
    """What a script does besides editing, as (run|read|write, argument); None when it is not understood."""
    found: list[tuple[str, str]] = []
    place = 0
    while place < len(script):
        if script[place] in " \t\n;":
            place += 1
            continue
        at = _address(script, place)
        if at is None or at >= len(script):
            return None
        after = _command(script, script[at], at + 1, found)
        if after is None:
            return None
        place = after
    return found


def _command(script: str, letter: str, place: int, found: "list[tuple[str, str]]") -> "int | None":
    """The place after the command whose letter stands before `place`; what it does goes to `found`."""
    end = _line_end(script, place)
    if letter in SIMPLE:
        return place
    if letter in "sy":
        return _substitution(script, place, letter, found)
    if letter in "aic":
        return _text_end(script, place)
    if letter in "rRwWe":
        doing = "run" if letter == "e" else "read" if letter in "rR" else "write"
        found.append((doing, script[place:end].strip()))
        return end
    if letter in "qQlLv":
        while place < end and (script[place].isalnum() or script[place] in " ."):
            place += 1
        return place
    if letter in "btT:":
        while place < end and script[place] not in ";}":
            place += 1
        return place
    return end if letter == "#" else None


def _line_end(script: str, place: int) -> int:
    end = script.find("\n", place)
    return len(script) if end < 0 else end


def _text_end(script: str, place: int) -> int:
    """The end of the text of `a`, `i` or `c`: a line that does not end in a backslash."""
    while True:
        end = _line_end(script, place)
        if end >= len(script) or script[end - 1] != "\\":
            return end
        place = end + 1


def _address(script: str, place: int) -> "int | None":
    """The place of the command letter after any addresses."""
    while place < len(script):
        character = script[place]
        if character in " \t,!$~+" or character.isdigit():
            place += 1
        elif character in "/\\":
            if character == "\\":
                place += 1
            end = _delimited(script, place)
            if end is None:
                return None
            place = end
            while place < len(script) and script[place] in "IM":
                place += 1
        else:
            return place
    return None


def _delimited(script: str, place: int, regex: bool = True) -> "int | None":
    """The place after the delimiter that closes what the one at `place` opens."""
    start = place
    if place >= len(script) or script[place] in "\n\\":
        return None
    mark = script[place]
    place += 1
    while place < len(script):
        if script[place] == "\\":
            place += 1
        elif script[place] == mark:
            # GNU ends a regular expression at a delimiter in brackets, BSD does not.
            inside = regex and script.rfind("[", start, place) > script.rfind("]", start, place)
            return None if inside else place + 1
        place += 1
    return None


def _substitution(script: str, place: int, letter: str, found: "list[tuple[str, str]]") -> "int | None":
    middle = _delimited(script, place)
    end = _delimited(script, middle - 1, regex=False) if middle else None
    if end is None:
        return None
    while letter == "s" and end < len(script):
        flag = script[end]
        if flag == "w":
            stop = _line_end(script, end)
            found.append(("write", script[end + 1 : stop].strip()))
            return stop
        if flag == "e":
            found.append(("run", ""))
        elif flag not in "gpiImM" and not flag.isdigit():
            break
        end += 1
    return end

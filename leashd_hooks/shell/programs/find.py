"""find and fd: what they list, delete, write, and run for each file."""

from leashd_hooks.shell.argv import read, table
from leashd_hooks.shell.invocation import Anywhere, Listed, Unknown, Whole

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from leashd_hooks.model import Effect
    from leashd_hooks.shell.invocation import Invocation, Value

#: Words of an expression that stand alone.
ALONE = table(
    "( ) ! , -a -and -o -or -not -true -false -print -print0 -ls -prune -quit -depth -d -mount -xdev -x -X -s -f"
    " -daystart -follow -nouser -nogroup -empty -readable -writable -executable -noleaf -warn -nowarn"
    " -ignore_readdir_race -noignore_readdir_race"
)
#: Words followed by one value.
ONE = table(
    "-name -iname -path -ipath -wholename -iwholename -regex -iregex -lname -ilname -type -xtype -size -mtime -mmin"
    " -atime -amin -ctime -cmin -used -perm -user -group -uid -gid -links -inum -maxdepth -mindepth -fstype -regextype"
    " -printf -context -flags -Bmin -Btime -depth"
)
#: Words followed by a file whose times or number are looked at.
REFERENCE = ("-newer", "-anewer", "-cnewer", "-mnewer", "-samefile")
WRITES = {"-fprint": 1, "-fprint0": 1, "-fls": 1, "-fprintf": 2}
SHELLS = ("sh", "bash", "dash", "zsh", "ksh", "ash", "fish", "busybox")
RUNS = ("-exec", "-execdir", "-ok", "-okdir")

FD_PLAIN = "HIuUsiglLap0q1FhV"
FD_VALUES = "etEdSocj"
FD_LONG = (
    "--extension", "--type", "--exclude", "--max-depth", "--min-depth", "--exact-depth", "--size", "--owner", "--color",
    "--threads", "--changed-within", "--changed-before", "--newer", "--older", "--max-results", "--ignore-file",
    "--format",
    "--path-separator", "--base-directory", "--search-path", "--batch-size", "--and", "--max-buffer-time",
)  # fmt: skip
FD_QUIET = ("--hidden", "--no-ignore", "--no-ignore-vcs", "--unrestricted", "--case-sensitive", "--ignore-case",
            "--glob",
            "--regex", "--fixed-strings", "--absolute-path", "--list-details", "--follow", "--full-path", "--print0",
            "--prune", "--quiet", "--show-errors", "--one-file-system", "--no-follow", "--strip-cwd-prefix",
            "--no-ignore-parent", "--relative-path")  # fmt: skip


def effects(call: "Invocation") -> "list[Effect] | None":
    return _fd(call) if call.name in ("fd", "fdfind") else _find(call)


def _find(call: "Invocation") -> "list[Effect] | None":
    rest = list(call.args)
    roots = _roots(rest)
    if roots is None:
        return None
    follow = "-L" in call.args or "-follow" in call.args or None
    found = [call.on_path("read", root, how="list", follow=follow) for root in roots]
    expression = list(rest)
    while rest:
        word = rest.pop(0)
        if isinstance(word, Unknown):
            return None
        tests = expression[: len(expression) - len(rest) - 1]
        more = _primary(call, str(word), rest, roots, tests)
        if more is None:
            return None
        found += more
    return found


def printed(call: "Invocation") -> "list[Value]":
    """What stands for the names that find prints, each in its own word; nothing where that cannot be told.

    Only where files of some name are asked for: anything else could be any file.
    """
    rest = list(call.args)
    roots = _roots(rest)
    if call.name != "find" or roots is None or any(word in ("-L", "-follow") for word in call.args):
        return []
    if any(word in SILENT or word in WRITES or word in RUNS for word in rest if isinstance(word, str)):
        return []
    names = _placeholder(roots, rest, False)
    if not all(isinstance(name, Anywhere) for name in names):
        return []
    return names if "-print0" in rest else [Listed(str(name)) for name in names]


#: They print something else, or nothing.
SILENT = ("-delete", "-printf", "-ls", "-quit")


#: Programs that pass on some of the lines they read, whole and in any order, with the flags that leave them so.
SIEVES = {"sort": "-u -r -n -V -z", "head": "-n", "tail": "-n", "uniq": "", "grep": "-v -i -E -F -w -z"}


def passes_on(found: "Sequence[Effect]") -> bool:
    """Whether one command did all this, and prints nothing but lines of its input."""
    if len(found) != 1 or found[0].kind != "run" or found[0].fields["program"] not in SIEVES:
        return False
    run = found[0].fields
    plain = SIEVES[run["program"]].split()
    if any(flag not in plain and not flag[1:].isdigit() for flag in run["flags"]):
        return False
    return len(run["args"]) == 1 if run["program"] == "grep" else all(word.isdigit() for word in run["args"])


def _roots(rest: "list[Value]") -> "list[Value] | None":
    """Takes the leading options and the starting points off `rest`."""
    roots: list[Value] = []
    while rest:
        word = rest[0]
        if isinstance(word, Unknown):
            if not word.prefix or word.prefix[0] in "-(!":
                return None
        elif word in ("-H", "-L", "-P", "-E") or word.startswith("-O"):
            rest.pop(0)
            continue
        elif word == "-D" or word == "-f":
            del rest[:1]
            if word == "-D":
                del rest[:1]
            continue
        elif word[:1] == "-" or word in ("(", "!"):
            break
        roots.append(rest.pop(0))
    return roots or ["."]


def _primary(
    call: "Invocation", word: str, rest: "list[Value]", roots: "list[Value]", tests: "list[Value]"
) -> "list[Effect] | None":
    if word in ONE and not (word == "-depth" and (not rest or not _number(rest[0]))):
        del rest[:1]
        return []
    if word in ALONE:
        return []
    if word.startswith("-newer") or word in REFERENCE:
        stated = call.on_path("read", rest.pop(0), how="stat") if rest else None
        # `-newermt DATE` compares with a time, not with a file.
        return [stated] if stated is not None and not word.endswith("t") else []
    if word == "-delete":
        return _delete(call, roots, tests)
    if word in WRITES and rest:
        written = call.on_path("write", rest[0], how="create")
        del rest[: WRITES[word]]
        return [written]
    if word in RUNS:
        flat = "-maxdepth" in call.args and call.args[call.args.index("-maxdepth") + 1 :][:1] in (["0"], ["1"])
        return _run(call, word, rest, _placeholder(roots, tests, flat))
    return None


def _number(value: "Value") -> bool:
    return isinstance(value, str) and value.lstrip("+-").isdigit()


def _delete(call: "Invocation", roots: "list[Value]", tests: "list[Value]") -> "list[Effect]":
    """`-delete` takes the whole tree, or what names and emptiness choose in it."""
    branches = _branches(tests)
    chosen = bool(branches) and all("-empty" in branch or _is_choosy(_names(branch)) for branch in branches)
    if not chosen:
        return [call.on_path("delete", root, recursive=True, force=True) for root in roots]
    named = all(_names(branch) for branch in branches)
    paths = _placeholder(roots, tests, False) if named else roots
    return [call.on_path("delete", path, recursive=True, force=True, chosen=True) for path in paths]


def _is_choosy(names: "list[Value]") -> bool:
    from leashd_hooks.shell.filters import is_choosy

    return any(isinstance(name, str) and is_choosy(name) for name in names)


def _names(branch: "list[Value]") -> "list[Value]":
    """The names that a branch of an expression asks for."""
    return [branch[place + 1] for place, word in enumerate(branch[:-1]) if word in ("-name", "-iname")]


def _branches(tests: "list[Value]") -> "list[list[Value]]":
    """The alternatives of the tests before an action; what is negated only narrows them, what is pruned is left out."""
    rest = list(tests)
    out: list[list[Value]] = [[]]
    while rest:
        word = rest.pop(0)
        if word in ("!", "-not"):
            _drop(rest)
        elif word in ("-o", "-or", ","):
            out.append([])
        elif isinstance(word, str) and (word in ONE or word in REFERENCE) and rest:
            out[-1] += [word, rest.pop(0)]
        elif word not in ("(", ")"):
            out[-1].append(word)
    return [branch for branch in out if "-prune" not in branch]


def _drop(rest: "list[Value]") -> None:
    """Takes off the primary or the parentheses that a negation is about."""
    depth = 0
    while rest:
        word = rest.pop(0)
        depth += {"(": 1, ")": -1}.get(word if isinstance(word, str) else "", 0)
        if isinstance(word, str) and word in ONE:
            del rest[:1]
        if depth <= 0 and word not in ("!", "-not"):
            return


def _placeholder(roots: "list[Value]", tests: "list[Value]", flat: bool) -> "list[Value]":
    """What `{}` stands for: files of a name at any depth where every alternative asks for one, else every file."""
    asked = [_names(branch)[:1] for branch in _branches(tests)]
    names = [str(one[0]) for one in asked if one and isinstance(one[0], str)]
    out: list[Value] = []
    for root in roots:
        if isinstance(root, Unknown):
            out.append(root)
        elif not names or len(names) < len(asked):
            out.append(Whole(root))
        else:
            base = root.rstrip("/")
            out += [Anywhere(base + part + name) for name in names for part in (("/",) if flat else ("/", "/**/"))]
    return out


def _run(call: "Invocation", word: str, rest: "list[Value]", placeholder: "list[Value]") -> "list[Effect] | None":
    argv: list[Value] = []
    while rest:
        part = rest.pop(0)
        if part == ";" or (part == "+" and argv and argv[-1] == "{}"):
            break
        argv.append(part)
    if not argv:
        return None
    # In the text of a shell a file is one word more, and no longer known for what it stands for.
    shell = isinstance(argv[0], str) and argv[0].rpartition("/")[2] in SHELLS
    shell = shell and any(isinstance(word, Unknown) or (word[:1] == "-" and "c" in word) for word in argv[1:])
    found = call.command(_filled(argv, "{}", [Unknown("{} of find")] if shell else placeholder))
    if word in ("-execdir", "-okdir"):
        found.append(call.effect("opaque", why=f"{word} runs in the directory of each file"))
    return found


def _filled(argv: "list[Value]", mark: str, values: "list[Value]") -> "list[Value]":
    out: list[Value] = []
    for word in argv:
        if isinstance(word, str) and word == mark:
            out += values
        elif isinstance(word, str) and mark in word:
            out.append(Unknown(f"{mark} of find", word.partition(mark)[0]))
        else:
            out.append(word)
    return out


def _fd(call: "Invocation") -> "list[Effect] | None":
    args, argv = _fd_split(call.args)
    options = read(args, short=FD_VALUES, long=FD_LONG)
    known = {"-" + letter for letter in FD_PLAIN + FD_VALUES} | {*FD_LONG, *FD_QUIET}
    if options.strange(known) or options.unknown:
        return None
    roots = [*options.words[1:], *options.values("--search-path", "--base-directory")] or ["."]
    follow = options.has("-L", "--follow") or None
    found = [call.on_path("read", root, how="list", follow=follow) for root in roots]
    found += [call.on_path("read", path, how="content") for path in options.values("--ignore-file")]
    if argv is None:
        return found
    if not argv:
        return None
    if not any(isinstance(word, str) and "{" in word for word in argv):
        argv = [*argv, "{}"]
    files = _fd_files(roots, options.values("-e", "--extension"))
    for mark in ("{/.}", "{//}", "{/}", "{.}"):
        argv = _filled(argv, mark, files)
    return found + call.command(_filled(argv, "{}", files))


def _fd_files(roots: "list[Value]", extensions: "list[Value]") -> "list[Value]":
    """What `{}` of fd stands for: files of these extensions, else every file."""
    endings = [str(value).lstrip(".") for value in extensions if isinstance(value, str)]
    out: list[Value] = []
    for root in roots:
        if isinstance(root, Unknown):
            out.append(root)
        elif endings and len(endings) == len(extensions):
            base = root.rstrip("/")
            out += [Anywhere(base + part + "*." + ending) for ending in endings for part in ("/", "/**/")]
        else:
            out.append(Whole(root))
    return out


def _fd_split(args: "list[Value]") -> "tuple[list[Value], list[Value] | None]":
    for place, word in enumerate(args):
        if not isinstance(word, str) or word == "--":
            if word == "--":
                break
            continue
        if word in ("-x", "-X", "--exec", "--exec-batch"):
            command = args[place + 1 :]
            end = next((index for index, part in enumerate(command) if part == ";"), len(command))
            return args[:place] + command[end + 1 :], command[:end]
        if word.startswith(("--exec=", "--exec-batch=")) or (word[:1] == "-" and word[:2] != "--" and word[-1] in "xX"):
            return args[:place], []
    return list(args), None

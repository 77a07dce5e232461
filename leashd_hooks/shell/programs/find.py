"""find and fd: what they list, delete, write, and run for each file."""

from leashd_hooks.shell.argv import read, table
from leashd_hooks.shell.invocation import Pattern, Unknown

TYPE_CHECKING = False
if TYPE_CHECKING:
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
RUNS = ("-exec", "-execdir", "-ok", "-okdir")
#: Words that choose among the files, so that `-delete` does not take the whole tree.
CHOOSING = ("-name", "-iname", "-path", "-ipath", "-wholename", "-regex", "-iregex", "-empty", "-type", "-mtime",
            "-mmin",
            "-newer", "-size", "-user", "-lname", "-maxdepth", "-atime", "-ctime")  # fmt: skip

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
    placeholder = _placeholder(roots, rest)
    found = [call.on_path("read", root, how="list") for root in roots]
    while rest:
        word = rest.pop(0)
        if isinstance(word, Unknown):
            return None
        more = _primary(call, str(word), rest, roots, placeholder)
        if more is None:
            return None
        found += more
    return found


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
    call: "Invocation", word: str, rest: "list[Value]", roots: "list[Value]", placeholder: "list[Value]"
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
        chosen = any(isinstance(each, str) and each in CHOOSING for each in call.args) or None
        return [call.on_path("delete", root, recursive=True, force=True, chosen=chosen) for root in roots]
    if word in WRITES and rest:
        written = call.on_path("write", rest[0], how="create")
        del rest[: WRITES[word]]
        return [written]
    if word in RUNS:
        return _run(call, word, rest, placeholder)
    return None


def _number(value: "Value") -> bool:
    return isinstance(value, str) and value.lstrip("+-").isdigit()


def _placeholder(roots: "list[Value]", expression: "list[Value]") -> "list[Value]":
    """What `{}` stands for: files of a name at any depth where the expression tells one, else the roots themselves."""
    plain = not any(isinstance(word, str) and word in ("!", "-not", "-o", "-or", ",") for word in expression)
    asked = [expression[place + 1] for place, word in enumerate(expression[:-1]) if word in ("-name", "-iname")]
    if not plain or len(asked) != 1 or not isinstance(asked[0], str):
        return list(roots)
    out: list[Value] = []
    for root in roots:
        if isinstance(root, Unknown):
            out.append(root)
        else:
            base = root.rstrip("/")
            out += [Pattern(base + "/" + asked[0]), Pattern(base + "/**/" + asked[0])]
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
    found = call.command(_filled(argv, "{}", placeholder))
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
    found = [call.on_path("read", root, how="list") for root in roots]
    found += [call.on_path("read", path, how="content") for path in options.values("--ignore-file")]
    if argv is None:
        return found
    if not argv:
        return None
    if not any(isinstance(word, str) and "{" in word for word in argv):
        argv = [*argv, "{}"]
    for mark in ("{/.}", "{//}", "{/}", "{.}"):
        argv = _filled(argv, mark, roots)
    return found + call.command(_filled(argv, "{}", roots))


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

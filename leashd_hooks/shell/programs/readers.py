"""Programs that read files, list directories or print facts, and the few flags with which they do more."""

from leashd_hooks.shell.argv import read, table
from leashd_hooks.shell.invocation import Pattern, Unknown, Whole

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from leashd_hooks.model import Effect
    from leashd_hooks.shell.invocation import Invocation, Value

#: name -> how operands are read, letters with a value, long flags with a value.  No flag of these does more than read
#: and print, but for those in WRITING, READING and REFUSED.  `.` stands for no letters; a program that is not here has
#: no flag with a value.
OPERANDS = {
    "bat": (
        "content lmrH --language --map-syntax --line-range --highlight-line --theme --style --tabs --wrap --color"
        " --paging --file-name --terminal-width --pager"
    ),
    "head": "content nc --lines --bytes",
    "tail": "content ncs --lines --bytes --sleep-interval --pid --max-unchanged-stats",
    "wc": "content . --files0-from --total",
    "nl": (
        "content bdfhilnsvw --body-numbering --section-delimiter --header-numbering --footer-numbering"
        " --line-increment --join-blank-lines --number-format --number-separator --starting-line-number --number-width"
    ),
    "tac": "content s --separator",
    "cut": "content bcdf --bytes --characters --delimiter --fields --output-delimiter",
    "paste": "content d --delimiters",
    "join": "content aejotv12",
    "comm": "content . --output-delimiter",
    "iconv": "content fto --from-code --to-code --output",
    "nm": "content tX --radix --target --format",
    "objdump": "content bmjMI --target --architecture --section --start-address --stop-address",
    "readelf": "content xpRzw --hex-dump --string-dump",
    "size": "content . --radix --target --format",
    "column": (
        "content csNnHTREOoWrip --separator --output-separator --table-columns --output-width --table-hide"
        " --table-right --table-name --table-order"
    ),
    "expand": "content t --tabs",
    "unexpand": "content t --tabs",
    "fold": "content w --width",
    "fmt": "content wg --width --prefix --goal",
    "diff": (
        "content CDFILSUWxX --context --unified --label --exclude --exclude-from --starting-file"
        " --ignore-matching-lines --ifdef --width --show-function-line --horizon-lines --tabsize --from-file --to-file"
        " --line-format --new-line-format --old-line-format"
    ),
    "cmp": "content in --ignore-initial --bytes",
    "md5": "content s",
    "shasum": "content a --algorithm",
    "b2sum": "content l --length",
    "cksum": "content al --algorithm --length",
    "od": "content AjNtS --address-radix --skip-bytes --read-bytes --format --endian",
    "hexdump": "content efns",
    "hd": "content efns",
    "strings": "content netTs --bytes --radix --encoding --output-separator --target",
    "base64": "content wob --wrap --output --input",
    "base32": "content wo --wrap --output --input",
    "zcat": "content S",
    "gzcat": "content S",
    "zstdcat": "content oD",
    "pr": "content DhlNow",
    "ls": (
        "list . --block-size --hide --ignore --indicator-style --quoting-style --sort --time --time-style --tabsize"
        " --width --format"
    ),
    "dir": "list . --ignore --hide",
    "eza": "list LIst --level --ignore-glob --sort --time --time-style",
    "exa": "list LIst --level --ignore-glob --sort --time --time-style",
    "tree": "list LPIHTo --charset --filelimit --timefmt --sort --gitfile --infofile",
    "du": "list BdtXI --block-size --max-depth --threshold --exclude --exclude-from --files0-from",
    "df": "stat Btx --block-size --type --exclude-type --output",
    "file": "stat eFfmP --exclude --separator --files-from --magic-file --parameter",
    "stat": "stat c --format --printf",
    "readlink": "stat .",
    "realpath": "stat . --relative-to --relative-base",
    "sort": (
        "content koStT --key --output --field-separator --buffer-size --temporary-directory --compress-program"
        " --files0-from --batch-size --parallel --random-source --sort"
    ),
    "shuf": "content ino --input-range --head-count --output --random-source",
    "uniq": "content fsw --skip-fields --skip-chars --check-chars",
}
#: Lists the current directory when it has no operand.
LISTING = ("ls", "dir", "eza", "exa", "tree", "du")
#: name -> flags whose value is written.
WRITING = {
    "sort": ("-o", "--output"), "shuf": ("-o", "--output"), "tree": ("-o",), "base64": ("-o", "--output"),
    "base32": ("-o", "--output"), "zstdcat": ("-o",), "iconv": ("-o", "--output"),
}  # fmt: skip
#: name -> flags whose value is a file that is read besides the operands; its names, where it is a list, are not known.
READING = {
    "wc": ("--files0-from",), "sort": ("--files0-from", "--random-source"), "du": ("-X", "--exclude-from",
        "--files0-from"),
    "diff": ("-X", "--exclude-from", "--from-file", "--to-file"), "file": ("-f", "--files-from", "-m", "--magic-file"),
    "hexdump": ("-f",), "shuf": ("--random-source",), "base64": ("--input",), "base32": ("--input",),
}  # fmt: skip
LISTS = ("--files0-from", "--files-from")
#: name -> flags that run something, or write where it cannot be told.
REFUSED = {
    "sort": ("--compress-program",), "file": ("-C", "--compile"), "tree": ("-R",), "bat": ("--pager",),
    "cloc": ("--out", "--report-file", "--config", "--extract-with", "--diff", "--sql", "--unicode"),
}  # fmt: skip

#: name -> flags with which links inside the tree are followed.
FOLLOWS = {"tree": ("-l",), "ls": ("-L", "--dereference"), "du": ("-L", "--dereference")}

#: Programs that tell a fact and touch nothing, whatever their words.
FACTS = table(
    "whoami id groups uname arch nproc free uptime who w users logname tty locale getconf seq expr sleep cal ncal"
    " basename dirname pwd which whereis true false yes factor numfmt lscpu lsblk lsusb lspci sw_vers vmstat iostat"
    " pgrep pidof pstree lsof tr last tput uuidgen"
)


def effects(call: "Invocation") -> "list[Effect] | None":
    if call.name in FACTS:
        return []
    special = SPECIAL.get(call.name)
    return special(call) if special else _operands(call)


def _operands(call: "Invocation") -> "list[Effect] | None":
    how, short, *long = OPERANDS.get(call.name, "content .").split()
    options = read(call.args, short=short, long=long)
    if options.has(*REFUSED.get(call.name, ())):
        return None
    writing = WRITING.get(call.name, ())
    if options.unknown and (writing or call.name in REFUSED):
        return None
    if call.name == "tree" and options.has("--fromfile", "--fromtabfile"):
        how = "content"
    recursive = call.name == "diff" and options.has("-r", "--recursive") and not options.has("-q", "--brief")
    found = reads(call, [_whole(word) for word in options.words] if recursive else options.words, how)
    if options.has(*FOLLOWS.get(call.name, ())):
        found = [call.on_path("read", word, how=how, follow=True) for word in options.words or ["."]]
    for flag, value in options.flags:
        if value is not None and flag in READING.get(call.name, ()):
            found += reads(call, [value], "content")
            if flag in LISTS or (flag == "-f" and call.name == "file"):
                found.append(call.on_path("read", Unknown("names in a file"), how=how))
    if not options.words and call.name in LISTING:
        found.append(call.on_path("read", ".", how=how))
    return found + [call.on_path("write", value, how="create") for value in options.values(*writing) if value != "-"]


def _whole(word: "Value") -> "Value":
    """A directory that is gone through, with everything in it."""
    return word if isinstance(word, (Unknown, Pattern)) else Whole(word)


def reads(call: "Invocation", words: "Sequence[Value]", how: str) -> "list[Effect]":
    """A read for each operand; `-` is standard input."""
    return [call.on_path("read", word, how=how) for word in words if word != "-"]


def _uniq(call: "Invocation") -> "list[Effect] | None":
    _, short, *long = OPERANDS["uniq"].split()
    options = read(call.args, short=short, long=long)
    if options.unknown and len(options.words) < 2:
        return None
    written = [call.on_path("write", word, how="create") for word in options.words[1:] if word != "-"]
    return reads(call, options.words[:1], "content") + written


def _xxd(call: "Invocation") -> "list[Effect] | None":
    long = ("-cols", "-groupsize", "-len", "-name", "-seek", "-offset", "-c", "-g", "-l", "-n", "-s", "-o", "-R")
    options = read(call.args, long=long, single_dash=True)
    written = [call.on_path("write", word, how="create") for word in options.words[1:2] if word != "-"]
    return reads(call, options.words[:1], "content") + written


def _less(call: "Invocation") -> "list[Effect] | None":
    options = read(call.args, short="bhjPpxyz#")
    known = {"-" + letter for letter in "aABcCeEfFgGiIJmMnNqQrRsSuUVwWXbhjPpxyz#"}
    plus = [word for word in options.words if isinstance(word, str) and word.startswith("+")]
    if options.strange(known) or options.unknown or any(not _position(word) for word in plus):
        return None
    return reads(call, [word for word in options.words if word not in plus], "content")


def _position(word: str) -> bool:
    return word[1:] in ("", "F", "G", "g") or word[1:2] == "/" or word[1:].isdigit()


def _more(call: "Invocation") -> "list[Effect] | None":
    plus = [word for word in call.args if isinstance(word, str) and word.startswith("+")]
    if any(not _position(word) for word in plus):
        return None
    options = read(call.args, short="n", long=("--lines",))
    return reads(call, [word for word in options.words if word not in plus], "content")


def _date(call: "Invocation") -> "list[Effect] | None":
    options = read(call.args, short="dsfrIv", long=("--date", "--set", "--file", "--reference", "--iso-8601",
                                                    "--rfc-3339"),
                   attached="I")  # fmt: skip
    found = reads(call, options.values("-f", "--file", "-r", "--reference"), "content")
    bare = [word for word in options.words if isinstance(word, Unknown) or not word.startswith("+")]
    # BSD: `date -j -f FORMAT TEXT` only converts.
    if options.has("-s", "--set") or (bare and not options.has("-j")):
        found.append(call.effect("system", operation="setting"))
    return found


def _hostname(call: "Invocation") -> "list[Effect] | None":
    options = read(call.args, short="F", long=("--file",))
    if options.words or options.has("-F", "--file", "-b", "--boot") or options.unknown:
        return [call.effect("system", operation="setting")]
    return []


def _top(call: "Invocation") -> "list[Effect] | None":
    return [] if read(call.args, short="dnpuUwoeEl").has("-b", "-l", "-n") else None


def _ps(call: "Invocation") -> "list[Effect] | None":
    dashed = ("-E",) if "-E" in call.args else ()
    # BSD letters without a dash: `e` shows the environment of every process.
    bare = [word for word in call.args if isinstance(word, str) and word.isalpha() and "e" in word]
    previous = [call.args[call.args.index(word) - 1] for word in bare if call.args.index(word)]
    named = all(isinstance(word, str) and word[:1] == "-" and word[-1:] in "CGUgopqstu" for word in previous)
    if dashed or (bare and not (previous and named)):
        return [call.effect("secret", store="environment")]
    return []


def _getent(call: "Invocation") -> "list[Effect] | None":
    options = read(call.args, short="s", long=("--service",))
    database, keys = options.words[:1], options.words[1:]
    if keys and database[0] in ("hosts", "ahosts", "ahostsv4", "ahostsv6"):
        return [_asked(call, key) for key in keys if key not in ("localhost", "127.0.0.1", "::1")]
    if keys and isinstance(database[0], str) and database[0] in ENTRIES:
        return []
    return [call.on_path("read", Unknown("?") if isinstance(word, Unknown) else "/etc/" + word, how="content")
            for word in database]  # fmt: skip


#: Databases of which one entry is a fact that `id` and others tell as well.
ENTRIES = ("passwd", "group", "services", "protocols", "networks", "rpc", "initgroups")


def _asked(call: "Invocation", name: "Value") -> "Effect":
    return call.effect("network", host=name if isinstance(name, str) else None, scheme="dns", direction="connect")


def _bc(call: "Invocation") -> "list[Effect] | None":
    options = read(call.args, short="efS", long=("--expression", "--file", "--scale"))
    return reads(call, [*options.words, *options.values("-f", "--file")], "content")


def _locate(call: "Invocation") -> "list[Effect] | None":
    return [call.on_path("read", "/", how="list")]


SPECIAL = {
    "uniq": _uniq, "xxd": _xxd, "less": _less, "more": _more, "date": _date, "hostname": _hostname, "top": _top,
    "ps": _ps,
    "getent": _getent, "bc": _bc, "locate": _locate,
}  # fmt: skip

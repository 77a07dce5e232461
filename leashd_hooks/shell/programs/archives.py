"""Programs that pack and unpack: tar, zip, unzip, 7z, gzip and its kin."""

from leashd_hooks.hosts import reach
from leashd_hooks.shell.argv import names, read, table
from leashd_hooks.shell.filters import left_out
from leashd_hooks.shell.invocation import Pattern, Unknown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from leashd_hooks.model import Effect
    from leashd_hooks.shell.argv import Options
    from leashd_hooks.shell.invocation import Invocation, Value

TAR_SHORT = "fCTXbgKNVHL"
TAR_LONG = (
    "--file", "--directory", "--files-from", "--exclude-from", "--exclude", "--strip-components", "--transform",
    "--xform",
    "--owner", "--group", "--mode", "--mtime", "--format", "--label", "--newer", "--after-date", "--blocking-factor",
    "--starting-file", "--listed-incremental", "--suffix", "--record-size", "--sort", "--checkpoint-action",
    "--to-command",
    "--use-compress-program", "--info-script", "--new-volume-script", "--rsh-command", "--rmt-command", "--add-file",
    "--exclude-tag", "--tape-length", "--level", "--pax-option", "--quoting-style", "--warning",
)  # fmt: skip
TAR_PLAIN = table(
    "--create --extract --get --list --append --update --catenate --concatenate --diff --compare --delete --verbose"
    " --gzip --gunzip --ungzip --bzip2 --xz --zstd --lzma --lzip --auto-compress --no-auto-compress"
    " --preserve-permissions --same-permissions --same-owner --no-same-owner --no-same-permissions --keep-old-files"
    " --overwrite --unlink-first --skip-old-files --keep-newer-files --remove-files --recursive-unlink"
    " --absolute-names --dereference --numeric-owner --totals --wildcards --no-wildcards --one-file-system --to-stdout"
    " --exclude-vcs --exclude-vcs-ignores --exclude-caches --touch --sparse --null --no-recursion --recursion --verify"
    " --xattrs --acls --selinux --anchored --no-anchored --ignore-case --force-local --one-top-level --overwrite-dir"
    " --no-overwrite-dir --hard-dereference --ignore-failed-read --read-full-records --interactive --full-time --utc"
    " --help --usage --checkpoint --occurrence --ignore-zeros --block-number --show-transformed-names --no-xattrs"
    " --preserve-order --same-order --seek"
)
#: Options that run a program.
TAR_RUNS = table("-I -F --checkpoint-action --to-command --use-compress-program --info-script --new-volume-script"
                 " --rsh-command --rmt-command")  # fmt: skip
TAR_KNOWN = names("cxtruAdvzjJZapPhkmOoSwWlnsUifCTXbgKNVHLBRMG") | TAR_PLAIN | frozenset(TAR_LONG)
TAR_MODES = {
    "c": ("-c", "--create"), "x": ("-x", "--extract", "--get"), "t": ("-t", "--list"), "d": ("-d", "--diff",
        "--compare"),
    "r": ("-r", "-u", "-A", "--append", "--update", "--catenate", "--concatenate", "--delete"),
}  # fmt: skip


def _tar(call: "Invocation") -> "list[Effect] | None":
    args = _dashed(call.args)
    options = read(args, short=TAR_SHORT + "IF", long=TAR_LONG, plain=TAR_PLAIN)
    modes = [mode for mode, flags in TAR_MODES.items() if options.has(*flags)]
    if options.strange(TAR_KNOWN) or options.has(*TAR_RUNS) or options.unknown or len(modes) != 1:
        return None
    # A glob may match a file that is named like an option.
    if any(isinstance(word, Pattern) and word[:1] in "*?[" for word in options.words):
        return None
    directories = options.values("-C", "--directory")
    archives = options.values("-f", "--file")
    found = [call.on_path("read", path, how="content")
             for path in options.values("-T", "--files-from", "-X", "--exclude-from") if path != "-"]  # fmt: skip
    if modes in (["x"], ["t"], ["d"]):
        found += _archive(call, archives, "read", options)
        return found + (_unpacked(call, options, directories) if modes == ["x"] else [])
    found += _packed(call, options, directories)
    return found + _archive(call, archives, "write", options)


def _dashed(args: "list[Value]") -> "list[Value]":
    """The old style without dash, `tar xzfC a.tgz dir`: values follow in the order of their letters."""
    first = args[0] if args else ""
    if not isinstance(first, str) or first[:1] == "-" or not first:
        return list(args)
    rest = list(args[1:])
    out: list[Value] = []
    for letter in first:
        out.append("-" + letter)
        if letter in TAR_SHORT + "IF" and rest:
            out.append(rest.pop(0))
    return out + rest


def _archive(call: "Invocation", archives: "list[Value]", kind: str, options: "Options") -> "list[Effect]":
    found: list[Effect] = []
    how = "content" if kind == "read" else "create"
    for archive in archives:
        if archive == "-":
            continue
        if isinstance(archive, str) and ":" in archive.partition("/")[0] and not options.has("--force-local"):
            host = archive.partition(":")[0].rpartition("@")[2]
            direction = "fetch" if kind == "read" else "upload"
            found.append(
                call.effect("network", host=host, scheme="ssh", port=22, direction=direction, reach=reach(host))
            )
        else:
            found.append(call.on_path(kind, archive, how=how))
    return found


def _unpacked(call: "Invocation", options: "Options", directories: "list[Value]") -> "list[Effect]":
    if options.has("-O", "--to-stdout"):
        return [call.on_path("read", member, how="content") for member in options.words]
    places = directories or ["."]
    named = [_below(directories[-1] if directories else None, member) for member in options.words]
    if options.has("-P", "--absolute-names"):
        places = [*places, Unknown("absolute names in the archive")]
    found = [call.on_path("write", path, how="create", recursive=True) for path in places]
    return found + [call.on_path("write", member, how="create") for member in named]


def _packed(call: "Invocation", options: "Options", directories: "list[Value]") -> "list[Effect]":
    found = [call.on_path("read", path, how="list") for path in directories]
    skipped = left_out(options.values("--exclude"))
    base = directories[-1] if directories else None
    for word in [*options.words, *options.values("--add-file")]:
        path = _below(base, word)
        follow = options.has("-h", "--dereference") or None
        found.append(call.on_path("read", path, how="content", deep=skipped, follow=follow))
        if options.has("--remove-files"):
            found.append(call.on_path("delete", path, recursive=True, force=True))
    if options.has("-T", "--files-from"):
        found.append(call.on_path("read", Unknown("names in a file"), how="content"))
    return found


def _below(base: "Value | None", word: "Value") -> "Value":
    if base is None or isinstance(word, Unknown) or word[:1] in "/~":
        return word
    return base if isinstance(base, Unknown) else type(word)(base + "/" + word)


ZIP_KNOWN = names(
    "rjq9876543210vufyXmed@oTDlSkAg", "--recurse-paths", "--quiet", "--junk-paths", "--symlinks", "--move"
)


def _zip(call: "Invocation") -> "list[Effect] | None":
    args = list(call.args)
    skipped: list[str] = []
    for place, word in enumerate(args):
        if word in ("-x", "-i", "--exclude", "--include"):
            skipped = left_out(args[place + 1 :] if word in ("-x", "--exclude") else ())
            del args[place:]
            break
    options = read(args)
    if options.strange(ZIP_KNOWN) or options.unknown or any(word in ("-TT", "-tt") for word in args):
        return None
    deep = skipped if options.has("-r", "--recurse-paths", "-R") else None
    follow = (deep is not None and not options.has("-y", "--symlinks")) or None
    found = [call.on_path("read", word, how="content", deep=deep, follow=follow)
             for word in options.words[1:] if word != "-"]  # fmt: skip
    if options.has("-@"):
        found.append(call.on_path("read", Unknown("names on standard input"), how="content"))
    if options.has("-m", "--move"):
        found += [call.on_path("delete", word, recursive=True, force=True) for word in options.words[1:]]
    return found + [call.on_path("write", word, how="create") for word in options.words[:1] if word != "-"]


def _unzip(call: "Invocation") -> "list[Effect] | None":
    options = read(call.args, short="dP")
    if options.strange(names("dPlvtzpcnouqjaLCXKMZTxfVhs1")) or options.unknown:
        return None
    found = [call.on_path("read", word, how="content") for word in options.words[:1]]
    members = options.words[1:]
    if options.has("-p", "-c"):
        return found + [call.on_path("read", member, how="content") for member in members]
    if options.has("-l", "-v", "-t", "-z", "-Z"):
        return found
    places = options.values("-d") or ["."]
    found += [call.on_path("write", path, how="create", recursive=True) for path in places]
    return found + [call.on_path("write", _below(places[-1], member), how="create") for member in members]


def _7z(call: "Invocation") -> "list[Effect] | None":
    if not call.args or any(isinstance(word, Unknown) or word[:1] == "@" for word in call.args):
        return None
    flags = [str(word) for word in call.args[1:] if isinstance(word, str) and word[:1] == "-"]
    words = [word for word in call.args[1:] if isinstance(word, str) and word[:1] != "-"]
    verb = call.args[0]
    if any(
        flag[:2] not in ("-o", "-p", "-y", "-t", "-m", "-r", "-x", "-a", "-b", "-s") or "@" in flag for flag in flags
    ):
        return None
    if verb in ("l", "t", "x", "e"):
        found = [call.on_path("read", word, how="content") for word in words[:1]]
        places = [flag[2:] for flag in flags if flag.startswith("-o")] or ["."]
        return found + [
            call.on_path("write", path, how="create", recursive=True) for path in places if verb in ("x", "e")
        ]
    if verb in ("a", "u", "d"):
        if any(flag.startswith("-sdel") for flag in flags):
            return None
        skipped = left_out([flag.rpartition("!")[2] for flag in flags if flag.startswith("-x")])
        found = [call.on_path("read", word, how="content", deep=skipped) for word in words[1:]]
        return found + [call.on_path("write", word, how="create") for word in words[:1]]
    return None


#: name -> suffix it adds; the programs that take it off are told by UNPACKS.
SUFFIX = {"gzip": ".gz", "pigz": ".gz", "bzip2": ".bz2", "xz": ".xz", "lzma": ".lzma", "zstd": ".zst", "lz4": ".lz4",
          "compress": ".Z", "brotli": ".br"}  # fmt: skip
UNPACKS = {
    "gunzip": "gzip",
    "bunzip2": "bzip2",
    "unxz": "xz",
    "unlzma": "lzma",
    "unzstd": "zstd",
    "uncompress": "compress",
}
KEEPS = ("zstd", "lz4", "brotli")
SQUEEZE_KNOWN = names("cdfkhlnNqrtvzT0123456789eSoDbmMp#jZ", "--stdout", "--to-stdout", "--decompress", "--uncompress",
                      "--force", "--keep", "--list", "--test", "--recursive", "--fast", "--best", "--quiet",
                      "--verbose",
                      "--suffix", "--threads", "--rm", "--ultra", "--compress", "--no-name", "--name", "--long",
                      "--output",
                      "--quality", "--extreme", "--rsyncable", "--processes")  # fmt: skip


def _squeeze(call: "Invocation") -> "list[Effect] | None":
    name = UNPACKS.get(call.name, call.name)
    options = read(
        call.args, short="S" if name in ("gzip", "pigz") else "oDT", long=("--suffix", "--threads", "--output")
    )
    if options.strange(SQUEEZE_KNOWN) or options.unknown:
        return None
    found = [call.on_path("read", word, how="content") for word in options.words if word != "-"]
    found += [call.on_path("read", word, how="content") for word in options.values("-D")]
    if options.has("-c", "--stdout", "--to-stdout", "-t", "--test", "-l", "--list"):
        return found
    named = options.values("-o", "--output")
    if named:
        return found + [call.on_path("write", path, how="create") for path in named if path != "-"]
    unpacks = call.name in UNPACKS or options.has("-d", "--decompress", "--uncompress")
    keeps = (options.has("-k", "--keep") or name in KEEPS) and not options.has("--rm")
    for word in options.words:
        found.append(call.on_path("write", _renamed(word, SUFFIX[name], unpacks), how="create"))
        if not keeps:
            found.append(call.on_path("delete", word, recursive=False, force=False, moved=True))
    return found


def _renamed(word: "Value", suffix: str, unpacks: bool) -> "Value":
    if isinstance(word, Unknown):
        return Unknown(word.why)
    if not unpacks:
        return type(word)(word + suffix)
    if word.endswith(".tgz"):
        return word[:-4] + ".tar"
    return type(word)(word.rpartition(".")[0]) if "." in word else word


PROGRAMS: "dict[str, Callable[[Invocation], list[Effect] | None]]" = {
    "tar": _tar, "gtar": _tar, "bsdtar": _tar, "zip": _zip, "unzip": _unzip, "7z": _7z, "7za": _7z, "7zz": _7z,
    **dict.fromkeys((*SUFFIX, *UNPACKS), _squeeze),
}  # fmt: skip


def effects(call: "Invocation") -> "list[Effect] | None":
    return PROGRAMS[call.name](call)

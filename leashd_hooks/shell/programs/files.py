"""Programs that make, copy, move, link and change files."""

from leashd_hooks.shell.argv import names, read, table
from leashd_hooks.shell.invocation import Unknown, Whole, resolve

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from leashd_hooks.model import Effect
    from leashd_hooks.shell.invocation import Invocation, Value

COPY_LONG = ("--target-directory", "--suffix", "--mode", "--owner", "--group", "--strip-program")
COPY_KNOWN = {
    "cp": names("abdfHiLlnPpRrsTtuvxSXcZ") | table(
        "--archive --backup --attributes-only --copy-contents --dereference --force --interactive --link"
        " --no-clobber --no-dereference --preserve --no-preserve --parents --recursive --reflink"
        " --remove-destination --sparse --strip-trailing-slashes --symbolic-link --suffix --target-directory"
        " --no-target-directory --update --verbose --one-file-system --context --debug"),
    "mv": names("bfinTtuvSZh") | table(
        "--backup --force --interactive --no-clobber --strip-trailing-slashes --suffix --target-directory"
        " --no-target-directory --update --verbose --context --no-copy --exchange --debug"),
    "install": names("bcCDdgmopSsTtvZ") | table(
        "--backup --compare --directory --group --mode --owner --preserve-timestamps --strip --suffix"
        " --target-directory --no-target-directory --verbose --context"),
}  # fmt: skip


def effects(call: "Invocation") -> "list[Effect] | None":
    return PROGRAMS[call.name](call)


def _copy(call: "Invocation") -> "list[Effect] | None":
    name = "cp" if call.name == "gcp" else call.name
    options = read(call.args, short="Stmgo" if name == "install" else "St", long=COPY_LONG)
    if options.strange(COPY_KNOWN[name]) or (options.unknown and len(options.words) < 2):
        return None
    if name == "install" and options.has("-d", "--directory"):
        return [call.on_path("write", word, how="create") for word in options.words]
    target = options.values("-t", "--target-directory")
    sources = list(options.words if target else options.words[:-1])
    where = target[-1] if target else options.words[-1] if options.words else "."
    recursive = name == "mv" or options.has("-r", "-R", "-a", "--recursive", "--archive") or None
    deep: list[str] | None = [] if recursive and name == "cp" else None
    follow = (deep is not None and options.has("-L", "--dereference")) or None
    found = [call.on_path("read", word, how="content", deep=deep, follow=follow) for word in sources]
    links = options.has("-s", "-l", "--symbolic-link", "--link")
    how = "link" if links else "create"
    certain = bool(target) or len(sources) > 1
    whole = options.has("-T", "--no-target-directory")
    for source in sources:
        for path in [where] if whole else landing(where, source, certain):
            linked = resolve(source, call.cwd, call.home) if links else None
            found.append(call.on_path("write", path, how=how, recursive=recursive, target=linked))
    if name == "mv":
        found += [call.on_path("delete", word, recursive=False, force=False, moved=True) for word in sources]
    if options.unknown:
        found.append(call.effect("opaque", why="a word may be an option"))
    mode = options.values("-m", "--mode")
    return found + [call.effect("privilege", program="setuid") for text in mode if _is_setuid(text)]


def landing(where: "Value", source: "Value", certain: bool) -> "list[Value]":
    """What copying `source` to `where` may write: `where` itself, the name of the source below it, or both."""
    if isinstance(where, (Unknown, Whole)):
        return [where]
    last = where.rstrip("/").rpartition("/")[2]
    is_directory = certain or where.endswith("/") or last in (".", "..", "~", "")
    if isinstance(source, Unknown):
        return [Unknown(source.why)] if is_directory else [where, Unknown(source.why)]
    name = source.rstrip("/").rpartition("/")[2]
    if name in ("", ".", ".."):
        return [where]
    below = type(source)(where.rstrip("/") + "/" + name) if where.strip("/") else type(source)("/" + name)
    if is_directory:
        return [below]
    return [where] if "." in last[1:] or last == name else [where, below]


def _ln(call: "Invocation") -> "list[Effect] | None":
    options = read(call.args, short="St", long=("--suffix", "--target-directory"))
    target = options.values("-t", "--target-directory")
    words = options.words
    if not target and len(words) == 1:
        target = ["."]
    sources = words if target else words[:-1]
    where: Value = target[-1] if target else words[-1] if words else "."
    symbolic = options.has("-s", "--symbolic") or options.unknown
    found: list[Effect] = []
    for source in sources:
        for link in landing(where, source, bool(target) or len(sources) > 1):
            pointed = _pointed(source, link) if symbolic else source
            found.append(call.on_path("read", pointed, how="content"))
            to = resolve(pointed, call.cwd, call.home)
            found.append(call.on_path("write", link, how="link", target=to or "?"))
    return found


def _pointed(source: "Value", link: "Value") -> "Value":
    """Where a symbolic link leads: a relative one starts at the directory of the link."""
    if isinstance(source, Unknown) or source[:1] in "/~":
        return source
    if isinstance(link, Unknown):
        return Unknown("directory of a link")
    return link.rpartition("/")[0] + "/" + source if "/" in link else source


#: name -> letters with a value, long flags with a value, and what it does to its operands.
PLAIN = {
    "mkdir": ("m", ("--mode",), "create"),
    "mkfifo": ("m", ("--mode",), "create"),
    "touch": ("drt", ("--date", "--reference", "--time"), "edit"),
    "truncate": ("sr", ("--size", "--reference"), "edit"),
    "chown": ("", ("--from", "--reference"), "mode"),
    "chgrp": ("", ("--from", "--reference"), "mode"),
}
OWNERS = ("chown", "chgrp")
TEMPORARY = "/tmp"  # noqa: S108 - where mktemp puts its files


def _plain(call: "Invocation") -> "list[Effect] | None":
    short, long, how = PLAIN[call.name]
    options = read(call.args, short=short, long=long)
    references = options.values("--reference") + (options.values("-r") if call.name != "mkdir" else [])
    words = options.words
    found: list[Effect] = []
    recursive = None
    if call.name in OWNERS:
        words = words if references else words[1:]
        recursive = options.has("-R", "--recursive") or None
    found += [call.on_path("read", path, how="stat") for path in references]
    return found + [call.on_path("write", word, how=how, recursive=recursive) for word in words]


def _tee(call: "Invocation") -> "list[Effect] | None":
    options = read(call.args)
    how = "append" if options.has("-a", "--append") else "create"
    return [call.on_path("write", word, how=how) for word in options.words if word != "-"]


def _dd(call: "Invocation") -> "list[Effect] | None":
    found: list[Effect] = []
    for word in call.args:
        known = word.prefix if isinstance(word, Unknown) else word
        path: Value = Unknown(word.why) if isinstance(word, Unknown) else word[3:]
        if known.startswith("if="):
            found.append(call.on_path("read", path, how="content"))
        elif known.startswith("of="):
            found.append(call.on_path("write", path, how="create"))
        elif isinstance(word, Unknown):
            return None
    return found


def _split(call: "Invocation") -> "list[Effect] | None":
    if call.name == "csplit":
        options = read(call.args, short="bfn", long=("--prefix", "--suffix-format", "--digits"))
        prefix = (options.values("-f", "--prefix") or ["xx"])[-1]
    else:
        options = read(call.args, short="abClnt", long=("--suffix-length", "--additional-suffix", "--bytes",
                                                        "--line-bytes",
                                                       "--filter", "--lines", "--number", "--separator"))  # fmt: skip
        prefix = options.words[1] if len(options.words) > 1 else "x"
    if options.unknown:
        return None
    found = [call.on_path("read", word, how="content") for word in options.words[:1] if word != "-"]
    for text in options.values("--filter"):
        found += call.shell(text)
    return [*found, call.on_path("write", prefix, how="create")]


def _mktemp(call: "Invocation") -> "list[Effect] | None":
    options = read(call.args, short="pt", long=("--suffix", "--tmpdir"))
    if options.has("-u", "--dry-run"):
        return []
    directory = (options.values("-p", "--tmpdir") or [call.env.get("TMPDIR", TEMPORARY)])[-1]
    if options.words and not options.has("-t", "-p", "--tmpdir"):
        return [call.on_path("write", options.words[0], how="create")]
    made = directory if isinstance(directory, Unknown) else directory + "/" + "tmp.XXXXXXXXXX"
    return [call.on_path("write", made, how="create")]


def _patch(call: "Invocation") -> "list[Effect] | None":
    options = read(call.args, short="pidorVzBYDFg", long=("--input", "--directory", "--output", "--reject-file",
                                                          "--strip",
                                                          "--fuzz", "--prefix", "--suffix",
                                                          "--version-control"))  # fmt: skip
    if options.unknown or options.has("-e", "--ed", "-g", "--get"):
        return None
    found = [
        call.on_path("read", path, how="content") for path in [*options.values("-i", "--input"), *options.words[1:2]]
    ]
    if options.has("--dry-run", "-C", "--check"):
        return found
    written = [*options.values("-o", "--output"), *options.values("-r", "--reject-file"), *options.words[:1]]
    if not options.words and not options.has("-o", "--output"):
        written.append(Unknown("paths in the patch"))
    return found + [call.on_path("write", path, how="edit") for path in written]


def _chmod(call: "Invocation") -> "list[Effect] | None":
    flags: list[str] = []
    words: list[Value] = []
    reference: list[Value] = []
    for word in call.args:
        if isinstance(word, str) and word.startswith("--") and not words:
            if word.startswith("--ref"):
                reference = [word.partition("=")[2]]
            flags.append(word)
        elif isinstance(word, str) and word[:1] == "-" and len(word) > 1 and not set(word[1:]) - set("RcfvhHLP"):
            flags.append(word)
        else:
            words.append(word)
    if not words:
        return []
    mode = None if reference else words.pop(0)
    recursive = any(flag.startswith("--rec") or (flag[:2] != "--" and "R" in flag) for flag in flags) or None
    text = mode if isinstance(mode, str) else None
    world = (text is None and not reference) or (text is not None and _is_for_all(text)) or None
    found = [call.on_path("read", path, how="stat") for path in reference]
    found += [call.on_path("write", word, how="mode", mode=text, world=world, recursive=recursive) for word in words]
    if mode is not None and _is_setuid(mode):
        found.append(call.effect("privilege", program="setuid"))
    return found


def _is_for_all(mode: str) -> bool:
    """Whether a mode lets everyone write."""
    if mode.isdigit():
        return int(mode[-1]) & 2 == 2
    for clause in mode.split(","):
        who = clause[: min((clause.index(sign) for sign in "+-=" if sign in clause), default=0)]
        given = clause[len(who) :]
        if given[:1] in "+=" and ("o" in who or "a" in who) and "w" in given:
            return True
    return False


def _is_setuid(mode: "Value") -> bool:
    if isinstance(mode, Unknown):
        return True
    if mode.isdigit():
        return len(mode) > 3 and int(mode[-4]) & 6 != 0
    return any("s" in clause.replace("=", "+").partition("+")[2] for clause in mode.split(","))


PROGRAMS: "dict[str, Callable[[Invocation], list[Effect] | None]]" = {
    "cp": _copy, "gcp": _copy, "mv": _copy, "install": _copy, "ln": _ln, "mkdir": _plain, "mkfifo": _plain,
    "touch": _plain,
    "truncate": _plain, "chown": _plain, "chgrp": _plain, "tee": _tee, "dd": _dd, "split": _split, "csplit": _split,
    "mktemp": _mktemp, "patch": _patch, "chmod": _chmod,
}  # fmt: skip

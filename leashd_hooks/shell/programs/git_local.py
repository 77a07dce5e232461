"""The git verbs whose flags decide what they do to this repository: commit, checkout, reset, clean, branch."""

from leashd_hooks.shell.argv import names, read
from leashd_hooks.shell.invocation import Unknown
from leashd_hooks.shell.programs.git_effects import shell_code, told

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from leashd_hooks.model import Effect
    from leashd_hooks.shell.argv import Options
    from leashd_hooks.shell.invocation import Invocation, Value

COMMIT_VALUES = ("--message", "--file", "--author", "--date", "--template", "--reuse-message", "--reedit-message",
                 "--fixup",
                 "--squash", "--cleanup", "--trailer", "--pathspec-from-file")  # fmt: skip


def commit(call: "Invocation", verb: str) -> "list[Effect]":
    options = read(call.args, short="mFcCt", long=COMMIT_VALUES, plain=("--no-verify", "--no-verbose", "--amend",
        "--all"),
                   attached="Su")  # fmt: skip
    idle = options.has("--dry-run", "--short", "--porcelain")
    skipped = options.has("-n", "--no-verify") or options.unknown or None
    found = [
        told(call, verb, "nothing" if idle else "history", no_verify=skipped, amend=options.has("--amend") or None)
    ]
    files = options.values("-F", "--file", "-t", "--template", "--pathspec-from-file")
    return found + [call.on_path("read", path, how="content") for path in files if path != "-"]


def checkout(call: "Invocation", verb: str) -> "list[Effect]":
    dashes = any(isinstance(word, str) and word == "--" for word in call.args)
    options = read(call.args, short="bB", long=("--orphan", "--conflict", "--pathspec-from-file"),
                   plain=("--force", "--ours", "--theirs", "--patch", "--merge", "--detach", "--track"))  # fmt: skip
    paths = dashes or len(options.words) > 1 or any(map(_is_path, options.words)) or options.has("--pathspec-from-file")
    made = options.values("-b", "-B", "--orphan")
    if made:
        paths = False
    branch = made[-1] if made else options.words[0] if options.words and not paths else None
    destroys = paths or options.unknown or options.has("-f", "--force", "-B", "--ours", "--theirs", "-p", "--patch")
    return [told(call, verb, "worktree", destroys, branch=branch if isinstance(branch, str) else None)]


def _is_path(word: "Value") -> bool:
    """Whether a word of `checkout` is surely or likely a path: then uncommitted work in it is lost."""
    if isinstance(word, Unknown):
        return True
    if word in (".", "..") or word[:1] in "/:" or word.startswith(("./", "../")) or word.endswith("/") or "*" in word:
        return True
    _, dot, suffix = word.rpartition("/")[2].rpartition(".")
    return bool(dot) and suffix.isalpha() and ".." not in word


def reset(call: "Invocation", verb: str) -> "list[Effect]":
    options = read(call.args, long=("--pathspec-from-file",),
                   plain=("--hard", "--soft", "--mixed", "--merge", "--keep", "--quiet", "--patch"))  # fmt: skip
    if options.has("--hard", "--merge") or options.unknown:
        return [told(call, verb, "worktree", True)]
    if options.has("--keep"):
        return [told(call, verb, "worktree")]
    moves = bool(options.words) and options.words[0] not in ("HEAD", "@") and "--" not in call.args
    return [told(call, verb, "refs" if moves or options.has("--soft") else "index")]


def clean(call: "Invocation", verb: str) -> "list[Effect]":
    options = read(
        call.args, short="e", long=("--exclude",), plain=("--dry-run", "--force", "--quiet", "--interactive")
    )
    idle = options.has("-n", "--dry-run") and not options.unknown
    return [told(call, verb, "nothing" if idle else "worktree", not idle)]


STASH = {"list": "nothing", "show": "nothing", "create": "nothing", "drop": "refs", "clear": "refs", "store": "refs",
         "push": "worktree", "save": "worktree", "apply": "worktree", "pop": "worktree",
         "branch": "worktree"}  # fmt: skip


def stash(call: "Invocation", verb: str) -> "list[Effect] | None":
    first = call.args[0] if call.args else "push"
    if isinstance(first, Unknown):
        return None
    action = "push" if first.startswith("-") else str(first)
    if action not in STASH:
        return None
    found = [told(call, verb, STASH[action], action in ("drop", "clear"), action=action)]
    if action == "show":
        paths = [word for word in read(call.args[1:], short="U").words if not _is_stash(word)]
        found += [call.on_path("read", path, how="content") for path in paths]
    return found


def _is_stash(word: "Value") -> bool:
    return isinstance(word, str) and (word.isdigit() or word.startswith(("stash", "refs/stash")))


BRANCH_LISTS = names("arvilq", "--list", "--all", "--remotes", "--verbose", "--contains", "--no-contains", "--merged",
                     "--no-merged", "--points-at", "--sort", "--format", "--column", "--no-column", "--color",
                     "--no-color",
                     "--show-current", "--abbrev", "--no-abbrev", "--ignore-case", "--quiet")  # fmt: skip
BRANCH_PLAIN = ("--delete", "--force", "--move", "--copy", "--list", "--all", "--remotes", "--edit-description",
                "--unset-upstream", "--show-current", "--track", "--no-track")  # fmt: skip


def branch(call: "Invocation", verb: str) -> "list[Effect]":
    options = read(
        call.args, short="u", long=("--set-upstream-to", "--sort", "--format", "--points-at"), plain=BRANCH_PLAIN
    )
    given = {flag for flag, _ in options.flags}
    asking = given & {"--list", "-l", "--contains", "--merged", "--no-merged", "--points-at", "--show-current", "-a",
                      "-r",
                      "--no-contains"}  # fmt: skip
    if given <= BRANCH_LISTS and (asking or not options.words):
        return [told(call, verb, "nothing")]
    if given & {"-u", "--set-upstream-to", "--unset-upstream", "--edit-description"}:
        return [told(call, verb, "config")]
    deletes = bool(given & {"-d", "-D", "--delete"})
    forced = bool(given & {"-D", "-M", "-C", "-f", "--force"}) or options.unknown
    words: list[Value] = list(options.words if deletes else options.words[:1]) or ["@current"]
    return [
        told(call, verb, "refs", forced, branch=word if isinstance(word, str) else None, dir=_dir(call, word))
        for word in words
    ]


def _dir(call: "Invocation", word: "Value") -> "str | None":
    return call.cwd if word == "@current" else None


TAG_LISTS = names("lni", "--list", "--contains", "--no-contains", "--merged", "--no-merged", "--points-at", "--sort",
                  "--format", "--column", "-v", "--verify", "--ignore-case", "--color")  # fmt: skip


def tag(call: "Invocation", verb: str) -> "list[Effect]":
    options = read(call.args, short="mFu", long=("--message", "--file", "--local-user", "--sort", "--format",
                                                 "--points-at",
                                                 "--cleanup"), attached="n", plain=("--delete", "--force"))  # fmt: skip
    given = {flag for flag, _ in options.flags}
    if given <= TAG_LISTS and (given or not options.words):
        return [told(call, verb, "nothing")]
    destroys = options.has("-d", "--delete", "-f", "--force") or options.unknown
    found = [
        told(call, verb, "refs", destroys, branch=str(word)) for word in options.words[:1] if isinstance(word, str)
    ]
    found = found or [told(call, verb, "refs", destroys)]
    return found + [call.on_path("read", path, how="content") for path in options.values("-F", "--file") if path != "-"]


def rebase(call: "Invocation", verb: str) -> "list[Effect]":
    options = read(call.args, short="xsXC", long=("--exec", "--onto", "--strategy", "--strategy-option", "--empty"),
                   plain=("--autosquash", "--autostash", "--abort", "--continue", "--skip", "--quit"))  # fmt: skip
    found = [told(call, verb, "history", options.has("--abort", "--quit", "--skip"),
                  no_verify=options.has("--no-verify") or None)]  # fmt: skip
    if options.unknown:
        found.append(call.effect("opaque", why="a word may be an option"))
    for text in options.values("-x", "--exec"):
        found += call.shell(text)
    return found


def filter_branch(call: "Invocation", verb: str) -> "list[Effect]":
    return [told(call, verb, "history", True), shell_code(call)]


def bisect(call: "Invocation", verb: str) -> "list[Effect] | None":
    first = call.args[0] if call.args else "help"
    if isinstance(first, Unknown):
        return None
    if first == "run":
        return [told(call, verb, "worktree"), *call.command(call.args[1:])] if len(call.args) > 1 else None
    return [told(call, verb, "nothing" if first in ("log", "help", "terms") else "worktree")]


def rm(call: "Invocation", verb: str) -> "list[Effect]":
    options = read(
        call.args, long=("--pathspec-from-file",), plain=("--cached", "--force", "--dry-run", "--ignore-unmatch")
    )
    if options.has("-n", "--dry-run") and not options.unknown:
        return [told(call, verb, "nothing")]
    if options.has("--cached") and not options.unknown:
        return [told(call, verb, "index")]
    forced = options.has("-f", "--force") or options.unknown
    found = [told(call, verb, "worktree", forced)]
    recursive = options.has("-r")
    return found + [call.on_path("delete", word, recursive=recursive, force=forced) for word in options.words]


def mv(call: "Invocation", verb: str) -> "list[Effect]":
    options = read(call.args)
    found = [told(call, verb, "worktree", options.has("-f", "--force"))]
    if not options.has("-n", "--dry-run"):
        found += [call.on_path("delete", word, recursive=False, force=False, moved=True) for word in options.words[:-1]]
        found += [call.on_path("write", word, how="create") for word in options.words[-1:]]
    return found


def worktree(call: "Invocation", verb: str) -> "list[Effect] | None":
    first = call.args[0] if call.args else "list"
    if isinstance(first, Unknown) or first not in (
        "add",
        "list",
        "lock",
        "move",
        "prune",
        "remove",
        "repair",
        "unlock",
    ):
        return None
    options = read(call.args[1:], short="bB", long=("--reason", "--expire"), plain=("--force", "--detach", "--lock"))
    forced = options.has("-f", "--force") or options.unknown
    if first == "list":
        return [told(call, verb, "nothing")]
    found = [told(call, verb, "worktree", first == "remove" and forced, action=str(first))]
    if first == "remove":
        return found + [call.on_path("delete", word, recursive=True, force=forced) for word in options.words]
    return found + [call.on_path("write", word, how="create", recursive=True) for word in options.words[:1]
                    if first in ("add", "move")]  # fmt: skip


def init(call: "Invocation", verb: str) -> "list[Effect]":
    options = read(
        call.args, short="b", long=("--template", "--separate-git-dir", "--initial-branch", "--object-format")
    )
    found = [told(call, verb, "config")]
    if options.has("--template"):
        found.append(shell_code(call))
    for word in (options.words or ["."]) + options.values("--separate-git-dir"):
        found.append(call.on_path("write", word, how="create"))
    return found


def credential(call: "Invocation", verb: str) -> "list[Effect]":
    return [told(call, verb, "nothing"), call.effect("secret", store="password-manager")]


CONFIG_VALUES = ("--file", "--blob", "--type", "--default", "--value", "--comment")
CONFIG_ASKS = ("--get", "--get-all", "--get-regexp", "--get-urlmatch", "--list", "-l", "--get-color", "--get-colorbool")
CONFIG_SETS = (
    "--add",
    "--unset",
    "--unset-all",
    "--replace-all",
    "--rename-section",
    "--remove-section",
    "--edit",
    "-e",
)
CONFIG_VERBS = ("list", "get", "set", "unset", "rename-section", "remove-section", "edit")


def config(call: "Invocation", runs: "Callable[[Invocation, Any], list[Effect]]") -> "list[Effect]":
    options = read(call.args, short="f", long=CONFIG_VALUES, plain=(*CONFIG_ASKS[:5], *CONFIG_SETS[:7], "--global",
                                                                    "--system",
                                                                    "--local", "--worktree"))  # fmt: skip
    words = list(options.words)
    verb = str(words.pop(0)) if words and isinstance(words[0], str) and words[0] in CONFIG_VERBS else ""
    files = options.values("-f", "--file")
    asks = options.has(*CONFIG_ASKS) or verb in ("list", "get") or (not verb and len(words) < 2)
    if asks and not options.has(*CONFIG_SETS) and verb in ("", "list", "get") and not options.unknown:
        found = [told(call, "config", "nothing")]
        if any("extraheader" in str(word).lower() for word in words):
            found.append(call.effect("secret", store="cloud"))
        blobs = [each.partition(":")[2] for each in options.values("--blob") if isinstance(each, str)]
        return found + [call.on_path("read", path, how="content") for path in [*files, *blobs]]
    key = words[0] if words and isinstance(words[0], str) else None
    found = [told(call, "config", "config", key=key)]
    found += [call.on_path("write", path, how="edit") for path in files or _shared_file(options)]
    setting = f"{key}={words[1]}" if key and len(words) > 1 and isinstance(words[1], str) else key
    sets = verb in ("", "set") and not options.has("--unset", "--unset-all", "--remove-section", "--rename-section")
    if setting is None:
        return [*found, shell_code(call)]
    return found + (runs(call, setting) if sets else [])


def _shared_file(options: "Options") -> "list[Value]":
    """The file outside the repository that is written; the repository's own is told by `changes: config`."""
    if options.has("--global"):
        return ["~/.gitconfig"]
    return ["/etc/gitconfig"] if options.has("--system") else []


VERBS: "dict[str, Any]" = {
    "commit": commit, "checkout": checkout, "reset": reset, "clean": clean, "stash": stash, "branch": branch,
    "tag": tag,
    "rebase": rebase, "filter-branch": filter_branch, "bisect": bisect, "rm": rm, "mv": mv, "worktree": worktree,
    "init": init, "credential": credential,
}  # fmt: skip

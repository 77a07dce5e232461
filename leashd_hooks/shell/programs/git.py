"""git: every verb, the options before it, and the places where git runs something that it was handed."""

from leashd_hooks.shell.argv import read, table
from leashd_hooks.shell.invocation import Invocation, Unknown, Whole, resolve
from leashd_hooks.shell.programs.git_effects import shell_code, told

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from leashd_hooks.model import Effect
    from leashd_hooks.shell.argv import Options
    from leashd_hooks.shell.invocation import Value

    Verb = Callable[[Invocation, str], "list[Effect] | None"]

BEFORE = table(
    "-p -P --paginate --no-pager --bare --no-replace-objects --literal-pathspecs --no-optional-locks --glob-pathspecs"
    " --noglob-pathspecs --icase-pathspecs --no-lazy-fetch --no-advice"
)
TELLS = table("--version -v --help -h --html-path --man-path --info-path --exec-path")

#: Settings that change how things look or which way a verb goes, never what program is run or who is spoken with.
SETTINGS = table(
    "user.name user.email core.quotepath core.autocrlf core.eol core.filemode core.ignorecase core.abbrev"
    " core.longpaths core.whitespace core.precomposeunicode core.safecrlf core.logallrefupdates core.compression"
    " core.commentchar diff.algorithm diff.renames diff.noprefix diff.context diff.mnemonicprefix diff.colormoved"
    " diff.renamelimit diff.wserrorhighlight diff.submodule merge.ff merge.conflictstyle merge.renames merge.stat"
    " pull.rebase pull.ff init.defaultbranch commit.gpgsign tag.gpgsign commit.verbose commit.cleanup gc.auto"
    " fetch.prune fetch.parallel rebase.autosquash rebase.autostash rerere.enabled log.date log.decorate"
    " log.abbrevcommit log.follow branch.sort branch.autosetuprebase branch.autosetupmerge tag.sort"
    " push.autosetupremote push.followtags feature.manyfiles safe.directory http.postbuffer http.lowspeedlimit"
    " http.lowspeedtime http.version index.threads pack.threads submodule.recurse help.autocorrect core.untrackedcache"
)
SETTING_GROUPS = ("color.", "advice.", "column.", "status.", "grep.", "blame.", "format.pretty")
PROGRAM_SETTINGS = (
    "core.pager",
    "core.editor",
    "sequence.editor",
    "credential.helper",
    "core.hookspath",
    "core.fsmonitor",
)
NO_PROGRAM = ("cat", "less", "", "true", "false", ":", "/dev/null")


def effects(call: "Invocation") -> "list[Effect] | None":
    found: list[Effect] = []
    rest = list(call.args)
    directory: Value = "."
    while rest:
        word = rest.pop(0)
        if isinstance(word, Unknown):
            return None
        if word in BEFORE:
            continue
        if word in TELLS:
            return found
        name, equals, value = word.partition("=")
        if word[:1] != "-":
            return _verb(call, str(word), rest, directory, found)
        if name == "--exec-path":
            found.append(call.on_path("code", value, language="other", source="file"))
        elif name in ("--namespace", "--attr-source", "--git-dir", "--work-tree", "-C", "-c", "--config-env"):
            if not equals and not rest:
                return None
            given: Value = value if equals and name != "-c" else rest.pop(0)
            directory = given if name == "-C" and directory == "." else directory
            if name == "-C" and directory is not given:
                directory = _below(directory, given)
            found += _before(call, name, given)
        else:
            return None
    return found


def _below(directory: "Value", given: "Value") -> "Value":
    if isinstance(directory, Unknown) or isinstance(given, Unknown):
        return Unknown("-C")
    return given if given[:1] in "/~" else directory + "/" + given


def _before(call: "Invocation", name: str, value: "Value") -> "list[Effect]":
    if name == "-c":
        return runs(call, value)
    if name == "--config-env":
        return [shell_code(call)]
    if name == "--work-tree":
        return [call.on_path("write", value, how="edit", recursive=True)]
    if name == "--git-dir":
        # The configuration in there names programs to run.
        return [call.on_path("code", value, language="other", source="file")]
    return [call.on_path("read", value, how="stat")] if name == "-C" else []


def dangerous(setting: "Value") -> bool:
    """Whether `key=value` may make git run a program or speak with another host than it says."""
    if isinstance(setting, Unknown):
        return True
    key, _, value = setting.partition("=")
    key = key.lower()
    if key in PROGRAM_SETTINGS or key.startswith("pager."):
        return value not in NO_PROGRAM
    return key not in SETTINGS and not key.startswith(SETTING_GROUPS)


#: Settings whose value is a command line, by their name or its last part.
COMMAND_SETTINGS = (
    "core.sshcommand", "core.pager", "core.editor", "core.askpass", "core.gitproxy", "core.fsmonitor",
    "sequence.editor", "diff.external", "gpg.program", "credential.helper", "uploadpack.packobjectshook",
    "interactive.difffilter",
)  # fmt: skip
COMMAND_PARTS = ("textconv", "command", "clean", "smudge", "process", "driver", "cmd", "program", "helper")


def runs(call: "Invocation", setting: "Value") -> "list[Effect]":
    """The effects of a setting with which git runs something: that it is code, and what its text says it does."""
    if not dangerous(setting):
        return []
    found = [shell_code(call)]
    if isinstance(setting, Unknown):
        return found
    key, _, value = setting.partition("=")
    key = key.lower()
    if key.startswith("remote.") and ((value.startswith("+") and key.endswith(".push")) or key.endswith(".mirror")):
        # Every push goes the way that `--force` or `--mirror` does.
        return [call.effect("git", verb="push", changes="remote", destroys=True, force="plain")]
    if key.startswith("alias."):
        return found + call.shell(value[1:] if value[:1] == "!" else "git " + value)
    if value in ("true", "false", "") or not (
        key in COMMAND_SETTINGS or key.startswith("pager.") or key.rpartition(".")[2] in COMMAND_PARTS
    ):
        return found
    if key.rpartition(".")[2] == "helper" and value[:1] != "!":
        return found  # the name of a program of git
    return found + call.shell(value.removeprefix("!"))


def _verb(
    call: "Invocation", verb: str, args: "list[Value]", directory: "Value", found: "list[Effect]"
) -> "list[Effect] | None":
    cwd = resolve(directory, call.cwd, call.home)
    inner = Invocation(call.name, args, cwd, call.home, call.env, call.stdin, call.text, call.span, call._nested)
    if any(word in ("-h", "--help") for word in args[:1]) and verb not in ("grep", "ls-remote"):
        return [*found, told(call, verb, "nothing")]
    handler: Verb | None = _remote if verb in REMOTE else _local if verb in LOCAL else None
    if handler is not None:
        more = handler(inner, verb)
    elif verb in CHANGES:
        more = _simple(inner, verb)
    elif verb in LOOKS:
        more = _look(inner, verb)
    else:
        more = None
    if more is None and found:
        more = [call.effect("opaque", why=f"a verb of git that is not known: `{verb}`")]
    return None if more is None else found + more


#: Verbs that only look.
LOOKS = table(
    "status log show diff blame annotate shortlog describe rev-parse rev-list ls-files ls-tree cat-file show-ref"
    " show-branch name-rev merge-base for-each-ref count-objects whatchanged cherry diff-tree diff-index diff-files"
    " var check-ignore check-attr check-mailmap check-ref-format verify-commit verify-tag verify-pack fsck range-diff"
    " stripspace version help patch-id grep merge-tree ls-remote difftool"
)
#: Of these, the ones that show what is in files.
SHOWS = table(
    "log show diff blame annotate cat-file whatchanged diff-tree diff-index diff-files range-diff grep difftool"
)
#: Flags that say which files have changed, and how much.
COUNTS = table("--stat --shortstat --numstat --dirstat --summary --name-only --name-status --quiet -s --no-patch")
#: Flags that choose commits and say how they are told; with these alone `log` shows no content.
CHOOSES = table(
    "--oneline --graph --decorate --no-decorate --all --branches --tags --remotes --follow -n --max-count --skip"
    " --format --pretty --abbrev-commit --no-abbrev-commit --abbrev --date --since --after --until --before --author"
    " --committer --grep -i -E -F --reverse --merges --no-merges --first-parent --topo-order --date-order"
    " --diff-filter --find-renames -M --no-renames --color --no-color --left-right --cherry-pick --cached --staged"
    " --exit-code --relative -0 -1 -2 -3 -4 -5 -6 -7 -8 -9"
)
LOOK_VALUES = (
    "--output", "--author", "--grep", "--since", "--until", "--after", "--before", "--committer", "--contents",
    "--ignore-revs-file", "--max-count", "--date", "--skip", "--path",
)  # fmt: skip
LOOK_PLAIN = ("--ext-diff", "--open-files-in-pager", "--no-index", "--textconv", "--patch", "--cached", "--stat")
REVISION_MARKS = ("..", "~", "^", "@{")


def _look(call: "Invocation", verb: str) -> "list[Effect] | None":
    args, after = _at_dashes(call.args)
    short = "ABCefm" if verb == "grep" else "xt" if verb == "difftool" else "SGLnOl" if verb in SHOWS else ""
    long = (*LOOK_VALUES, "--extcmd", "--tool") if verb == "difftool" else LOOK_VALUES
    options = read(args, short=short, long=long, plain=LOOK_PLAIN, attached="O")
    found = [told(call, verb, "nothing")]
    if options.unknown:
        found.append(call.effect("opaque", why="a word may be an option"))
    if verb == "difftool":
        found += [effect for text in options.values("-x", "--extcmd") for effect in call.shell(text)]
        found.append(shell_code(call))
    shown_by = {"grep": ("-O",), "help": ("-w", "--web")}.get(verb, ())
    if options.has("--ext-diff", "--open-files-in-pager", *shown_by):
        found.append(shell_code(call))
    found += [call.on_path("write", path, how="create") for path in options.values("--output")]
    found += [call.on_path("read", path, how="content") for path in options.values("--contents", "--ignore-revs-file")]
    if verb == "grep":
        files = options.values("-f")
        found += [call.on_path("read", path, how="content") for path in files]
        skip = 0 if options.has("-e", "-f") else 1
        found.append(_searched(call, options, options.words[:skip]))
        return found + _shown(call, options.words[skip:], after)
    if verb in SHOWS:
        if options.has("--batch", "--batch-command", "--stdin"):
            # What is shown is named in the input.
            found.append(call.on_path("read", Unknown("names in the input"), how="content"))
        lines = [
            Unknown("-L") if isinstance(each, Unknown) else each.rpartition(":")[2] for each in options.values("-L")
        ]
        found += _shown(
            call,
            options.words,
            after + (lines if verb not in ("blame", "annotate") else []),
            "stat" if _only_counts(verb, options) else "content",
        )
    return found


#: Flags with which `git grep` also looks into files that are not in the index, as they lie there.
UNTRACKED = ("--untracked", "--no-index", "--no-exclude-standard")


def _searched(call: "Invocation", options: "Options", patterns: "list[Value]") -> "Effect":
    """The search of `git grep`; for any one character in untracked files it shows all that they hold."""
    from leashd_hooks.shell.filters import is_wide

    wide = options.has("-v", "--invert-match") or any(
        isinstance(each, Unknown) or is_wide(each) for each in [*patterns, *options.values("-e")]
    )
    lists = options.has("-l", "-c", "-q", "--files-with-matches", "--name-only", "--count", "--quiet")
    if wide and options.has(*UNTRACKED) and not lists:
        return call.on_path("read", Whole("."), how="content", recursive=True)
    return call.on_path("read", ".", how="search", recursive=True)


def _only_counts(verb: str, options: "Options") -> bool:
    """Whether nothing of what is in the files is shown, only which commits changed them, or how much."""
    if options.unknown or options.strange(COUNTS | CHOOSES):
        return False
    return verb == "log" or (verb in ("diff", "show", "whatchanged") and options.has(*COUNTS))


def _at_dashes(args: "list[Value]") -> "tuple[list[Value], list[Value]]":
    for place, word in enumerate(args):
        if isinstance(word, str) and word == "--":
            return list(args[:place]), list(args[place + 1 :])
    return list(args), []


def _shown(call: "Invocation", words: "list[Value]", paths: "list[Value]", how: str = "content") -> "list[Effect]":
    """A read for each file whose content a verb shows, at whatever revision; `REVISION:PATH` is content always."""
    found = [call.on_path("read", path, how=how) for path in map(_pathspec, paths) if path]
    for word in words:
        if isinstance(word, Unknown):
            named = ":" in word.prefix
            found.append(call.on_path("read", Unknown(word.why) if named else word, how="content" if named else how))
        elif ":" in word:
            path = _pathspec(word) if word.startswith(":") else word.partition(":")[2]
            found += [call.on_path("read", path, how="content")] if path else []
        elif not _is_revision(word):
            found.append(call.on_path("read", word, how=how))
    return found


def _pathspec(word: "Value") -> "Value":
    """The path in a pathspec, "" when it only leaves out."""
    if isinstance(word, Unknown) or not word.startswith(":"):
        return word
    if word.startswith(":("):
        magic, _, path = word[2:].partition(")")
        return "" if "exclude" in magic else path
    if word[1:2] in ("!", "^"):
        return ""
    path = word[1:].lstrip("/")
    return path[2:] if path[1:2] == ":" and path[0].isdigit() else path


def _is_revision(word: str) -> bool:
    if word in ("HEAD", "main", "master", "@", "FETCH_HEAD", "ORIG_HEAD", "MERGE_HEAD", "stash") or word[:1] == "^":
        return True
    if word[:1] in "./~" and not word.startswith("..."):
        return False
    if any(mark in word for mark in REVISION_MARKS) or word.startswith(("origin/", "upstream/", "refs/")):
        return True
    return len(word) > 6 and all(character in "0123456789abcdef" for character in word)


#: verb -> what it changes, where no flag matters more than DESTROYING says.
CHANGES = {
    "add": "index", "stage": "index", "merge": "history", "cherry-pick": "history", "revert": "history",
    "am": "history",
    "apply": "worktree", "notes": "refs", "replace": "refs", "update-index": "index", "read-tree": "index",
    "write-tree": "nothing", "commit-tree": "nothing", "mktree": "nothing", "mktag": "nothing",
    "hash-object": "nothing",
    "checkout-index": "worktree", "pack-refs": "refs", "repack": "history", "gc": "history", "prune": "history",
    "prune-packed": "nothing", "pack-objects": "nothing", "unpack-objects": "history", "index-pack": "history",
    "sparse-checkout": "worktree", "rerere": "worktree", "update-ref": "refs", "symbolic-ref": "refs", "reflog": "refs",
    "filter-repo": "history", "fast-import": "history", "fast-export": "nothing", "commit-graph": "nothing",
    "switch": "worktree", "restore": "worktree", "merge-file": "worktree", "update-server-info": "nothing",
    "multi-pack-index": "nothing", "format-patch": "nothing", "bundle": "nothing", "archive": "nothing",
    "interpret-trailers": "nothing", "request-pull": "nothing",
}  # fmt: skip
#: verb -> flags or first words with which work is lost; "" means always.
DESTROYING = {
    "update-ref": "-d --delete --stdin", "reflog": "expire delete drop", "prune": "", "filter-repo": "",
    "repack": "-d -ad -Ad",
    "gc": "--prune --prune=now --prune=all --aggressive", "read-tree": "--reset -u", "checkout-index": "-f --force",
    "switch": "-f --force --discard-changes -C --force-create", "fast-import": "--force", "symbolic-ref": "-d --delete",
    "notes": "remove prune", "rerere": "clear forget gc", "replace": "-d --delete -f",
}  # fmt: skip
#: verb -> flags or first words with which nothing changes.
IDLE = {
    "reflog": "show list exists", "symbolic-ref": "--short -q", "notes": "list show", "rerere": "status diff remaining",
    "replace": "-l --list", "apply": "--check --stat --numstat --summary", "sparse-checkout": "list",
    "add": "-n --dry-run",
    "gc": "", "am": "--show-current-patch",
}  # fmt: skip
#: Flags that write a file, read one, run a program.
SIMPLE_VALUES = ("--output", "--output-directory", "--message", "--file", "--exec", "--remote", "--strategy",
                 "--gpg-sign",
                 "--strategy-option", "--directory", "--exclude", "--include", "--pathspec-from-file", "--prefix",
                 "--create",
                 "--force-create", "--orphan", "--source", "--conflict", "--format", "--onto",
                 "--add-file", "--export-marks")  # fmt: skip
SIMPLE_SHORT = {"format-patch": "o", "archive": "o", "merge": "mFsX", "cherry-pick": "msX", "revert": "msX", "am": "C",
                "reflog": "n",
                "apply": "Cp", "switch": "cC", "restore": "s", "notes": "mF", "update-ref": "m"}  # fmt: skip
RUNS_FILTERS = ("filter-repo", "fast-import")


def _simple(call: "Invocation", verb: str) -> "list[Effect] | None":
    options = read(call.args, short=SIMPLE_SHORT.get(verb, ""), long=SIMPLE_VALUES, plain=("--force", "--index"))
    given = {flag for flag, _ in options.flags} | {f"{flag}={value}" for flag, value in options.flags}
    given |= {str(word) for word in options.words[:1] if isinstance(word, str)}
    destroying = DESTROYING.get(verb)
    destroys = destroying is not None and (not destroying or not given.isdisjoint(destroying.split()))
    changes = CHANGES[verb]
    if verb in IDLE and not destroys and not given.isdisjoint(IDLE[verb].split()):
        changes = "nothing"
    if verb == "reflog" and not destroys and options.words[:1] not in (["expire"], ["delete"], ["drop"], ["write"]):
        changes = "nothing"  # `show` may be left out
    if verb == "symbolic-ref" and len(options.words) == 1 and not destroys:
        changes = "nothing"
    if verb == "restore":
        staged = options.has("-S", "--staged") and not options.has("-W", "--worktree")
        changes, destroys = ("index", False) if staged else ("worktree", True)
    found = [told(call, verb, changes, destroys, no_verify=options.has("--no-verify") or None)]
    if options.unknown:
        found.append(call.effect("opaque", why="a word may be an option"))
    if verb in ("add", "stage") and changes != "nothing":
        # What is in the index can be shown, committed and pushed from there.
        forced = options.has("-f", "--force")
        words = options.words or (["."] if forced else [])
        found += [call.on_path("read", Whole(word) if forced and type(word) is str else word, how="content")
                  for word in map(_pathspec, words) if forced or word not in ("", ".")]  # fmt: skip
    return found + _files(call, verb, options)


def _files(call: "Invocation", verb: str, options: "Options") -> "list[Effect]":
    found: list[Effect] = []
    if options.has("--exec") or verb in RUNS_FILTERS:
        found.append(shell_code(call))
        found += [effect for text in options.values("--exec") for effect in call.shell(text)]
    if verb in ("am", "apply", "hash-object", "merge-file", "interpret-trailers"):
        found += [call.on_path("read", word, how="content") for word in options.words if word != "-"]
    if verb == "apply" and options.has("--unsafe-paths"):
        found.append(call.on_path("write", Unknown("paths in the patch"), how="edit"))
    if verb == "merge-file" and not options.has("-p", "--stdout"):
        found += [call.on_path("write", word, how="edit") for word in options.words[:1]]
    if verb == "interpret-trailers" and options.has("--in-place"):
        found += [call.on_path("write", word, how="edit") for word in options.words]
    if verb == "archive":
        found += _shown(call, [], options.words[1:])
        from leashd_hooks.shell.programs.git_remote import peer

        found += [each for url in options.values("--remote") for each in peer(call, url, "fetch")]
    if verb in ("format-patch", "fast-export"):
        found += _shown(call, [], _at_dashes(call.args)[1])
    if verb == "request-pull":
        from leashd_hooks.shell.programs.git_remote import peer

        found += peer(call, options.words[1] if len(options.words) > 1 else None, "fetch")
    if verb == "fast-export":
        found += [call.on_path("write", path, how="create") for path in options.values("--export-marks")]
    if verb == "bundle" and options.words[:1] == ["create"]:
        found += [call.on_path("write", word, how="create") for word in options.words[1:2] if word != "-"]
    written = options.values("-o", "--output", "--output-directory") if verb in ("format-patch", "archive") else []
    if verb == "format-patch" and not written and not options.has("--stdout"):
        written = ["."]
    found += [call.on_path("write", path, how="create") for path in written]
    read_too = options.values("-F", "--file", "--pathspec-from-file", "--add-file")
    return found + [call.on_path("read", path, how="content") for path in read_too if path != "-"]


def _remote(call: "Invocation", verb: str) -> "list[Effect] | None":
    """A verb that speaks with another repository."""
    from leashd_hooks.shell.programs import git_remote

    if verb == "clone":
        return git_remote.clone(call, runs)
    if verb in ("fetch", "pull", "ls-remote"):
        return git_remote.fetch(call, verb)
    return {
        "push": git_remote.push,
        "send-pack": git_remote.push,
        "remote": git_remote.remote,
        "submodule": git_remote.submodule,
    }[verb](call)


def _local(call: "Invocation", verb: str) -> "list[Effect] | None":
    """A verb with more to it than its options, in this repository."""
    from leashd_hooks.shell.programs import git_local

    if verb == "config":
        return git_local.config(call, runs)
    found: list[Effect] | None = git_local.VERBS[verb](call, verb)
    return found


REMOTE = ("push", "send-pack", "fetch", "pull", "ls-remote", "clone", "remote", "submodule")
LOCAL = (
    "config", "commit", "checkout", "reset", "clean", "stash", "branch", "tag", "rebase", "filter-branch", "bisect",
    "rm", "mv", "worktree", "init", "credential",
)  # fmt: skip

"""The git verbs that speak with another repository: push, fetch, pull, clone, ls-remote, remote, submodule."""

from leashd_hooks.hosts import reach, split_url
from leashd_hooks.shell.argv import names, read
from leashd_hooks.shell.invocation import Unknown
from leashd_hooks.shell.programs.git_effects import shell_code, told

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from leashd_hooks.model import Effect
    from leashd_hooks.shell.argv import Options
    from leashd_hooks.shell.invocation import Invocation, Value


def peer(call: "Invocation", remote: "Value | None", direction: str) -> "list[Effect]":
    """What speaking with a remote means: a host, a directory of this machine, or a command; nothing for a bare name."""
    if isinstance(remote, Unknown):
        return [call.effect("network", direction=direction)]
    if remote is None:
        return []
    if "::" in remote.partition("/")[0]:
        # A helper program git-remote-NAME, of which `ext` runs the rest as a command.
        helper, _, command = remote.partition("::")
        return [shell_code(call), *(call.shell(command) if helper == "ext" else ())]
    scheme, host, port = split_url(remote)
    if scheme == "file" or (not scheme and _is_directory(remote)):
        path = remote[7:] if scheme else remote
        upload = direction == "upload"
        return [call.on_path("write", path, how="edit") if upload else call.on_path("read", path, how="content")]
    if scheme:
        return [
            call.effect("network", host=host or None, port=port, scheme=scheme, direction=direction, reach=_reach(host))
        ]
    if ":" in remote:
        return [call.effect("network", host=host, port=22, scheme="ssh", direction=direction, reach=_reach(host))]
    return []


def _reach(host: str) -> "str | None":
    return reach(host) if host else None


def _is_directory(remote: str) -> bool:
    return remote[:1] in "/~." or ("/" in remote and ":" not in remote.partition("/")[0])


def named(remote: "Value | None") -> "str | None":
    """The remote as a field: None when it cannot be known."""
    return remote if isinstance(remote, str) else None


PUSH_PLAIN = (
    "--force", "--force-with-lease", "--force-if-includes", "--delete", "--mirror", "--all", "--branches", "--tags",
    "--follow-tags", "--prune", "--dry-run", "--atomic", "--set-upstream", "--no-verify", "--verify", "--progress",
    "--quiet",
    "--verbose", "--thin", "--no-thin", "--porcelain", "--ipv4", "--ipv6", "--signed", "--no-signed", "--no-progress",
    "--no-force-with-lease", "--no-recurse-submodules", "--no-follow-tags",
)  # fmt: skip
PUSH_VALUES = ("--repo", "--push-option", "--receive-pack", "--exec")


def push(call: "Invocation") -> "list[Effect] | None":
    options = read(call.args, short="o", long=PUSH_VALUES, plain=PUSH_PLAIN)
    for flag, value in options.flags:
        if flag == "--recurse-submodules" and value is None:
            return None
        known = flag in PUSH_PLAIN or flag in PUSH_VALUES or flag in names("fnqvud46o", "--recurse-submodules")
        if not known and not flag.startswith("--fo"):
            return None
    words = list(options.words)
    chosen = options.values("--repo")
    remote: Value | None = words.pop(0) if words else (chosen[-1] if chosen else None)
    found = [_pushed(call, options, remote, refspec) for refspec in _refspecs(options, words)]
    if options.has("--receive-pack", "--exec"):
        found += _on_the_other_side(call, options.values("--receive-pack", "--exec"))
    return found + peer(call, remote, "upload")


def _refspecs(options: "Options", words: "list[Value]") -> "list[Value]":
    if options.has("--all", "--branches", "--mirror", "--prune"):
        return ["*", *words]
    if not words and options.has("--tags"):
        return ["refs/tags/*"]
    out: list[Value] = []
    for place, word in enumerate(words):
        after_tag = place > 0 and words[place - 1] == "tag"
        if word != "tag" or after_tag or place + 1 == len(words):
            out.append("refs/tags/" + word if after_tag and isinstance(word, str) else word)
    return out or ["@"]


def _pushed(call: "Invocation", options: "Options", remote: "Value | None", refspec: "Value") -> "Effect":
    fields: dict[str, Any] = {"remote": named(remote)}
    if options.has("--no-verify"):
        fields["no_verify"] = True
    changes = "nothing" if options.has("-n", "--dry-run") else "remote"
    force = _force(options)
    if isinstance(refspec, Unknown):
        # It may begin with `+` or `:`; what is not known stays out.
        known = "plain" if refspec.prefix.startswith("+") or force == "plain" else None
        gone = True if refspec.prefix.startswith(":") else None
        return call.effect("git", verb="push", changes=changes, force=known, destroys=gone, **fields)
    if refspec.startswith("+"):
        force, refspec = "plain", refspec[1:]
    source, colon, target = refspec.partition(":")
    branch = target if colon else source
    deletes = (bool(colon) and not source and bool(target)) or options.has("-d", "--delete")
    if branch in ("HEAD", "@"):
        branch = "@current"
        fields["dir"] = call.cwd
    branch = branch[11:] if branch.startswith("refs/heads/") else branch
    if not branch or ("*" in branch and not branch.startswith("refs/tags/")):
        fields["branch"] = None  # several: `:` pushes all that both sides have
    destroys = deletes or force == "plain" or options.has("--mirror", "--prune")
    fields["force"] = "plain" if options.has("--mirror") else force
    if options.unknown:
        fields.pop("force", None)
    return told(call, "push", changes, destroys, **{"branch": branch, **fields})


def _force(options: "Options") -> str:
    if options.has("-f", "--force") or any(
        flag.startswith("--fo") and flag not in PUSH_PLAIN for flag, _ in options.flags
    ):
        return "plain"
    return "lease" if options.has("--force-with-lease") else "none"


FETCH_VALUES = (
    "--upload-pack", "--depth", "--deepen", "--shallow-since", "--shallow-exclude", "--jobs", "--refmap",
    "--server-option",
    "--negotiation-tip", "--filter", "--strategy", "--strategy-option", "--cleanup",
)  # fmt: skip
#: Flags with which `fetch` does more than follow the remote: it writes branches, tags or settings of this side.
FETCH_MORE = ("--refmap", "--prune-tags", "-P", "-u", "--update-head-ok", "--set-upstream", "--stdin")


def fetch(call: "Invocation", verb: str) -> "list[Effect] | None":
    """fetch, pull and ls-remote."""
    options = read(call.args, short="josX" if verb == "pull" else "jo", long=FETCH_VALUES)
    remote = options.words[0] if options.words else None
    changes = {"fetch": "refs", "pull": "worktree"}.get(verb, "nothing")
    forced = options.has("-f", "--force") and verb != "ls-remote"
    plus = any(isinstance(word, str) and word.startswith("+") and not word.startswith("+refs/heads/*:refs/remotes/")
               for word in options.words[1:])  # fmt: skip
    forced = forced or options.has("--prune-tags", "-P")
    branch = None
    if verb == "fetch":
        targets = [_fetched_to(word) for word in options.words[1:] if not options.has("--multiple", "--all")]
        branch = "*" if options.has(*FETCH_MORE) else next((target for target in targets if target), None)
    found = [told(call, verb, changes, forced or plus, remote=named(remote), branch=branch)]
    if options.has("--upload-pack") or (verb == "ls-remote" and options.has("--exec")):
        found += _on_the_other_side(call, options.values("--upload-pack", "--exec"))
    if options.unknown:
        found.append(call.effect("opaque", why="a word may be an option"))
    for word in options.words if options.has("--multiple") else options.words[:1]:
        found += peer(call, word, "fetch")
    return found


def _fetched_to(refspec: "Value") -> "str | None":
    """What a refspec of `fetch` writes here besides the remote's own refs."""
    if isinstance(refspec, Unknown):
        return "*"
    target = refspec.partition(":")[2]
    return None if target.startswith("refs/remotes/") else target or None


CLONE_VALUES = (
    "--upload-pack", "--config", "--template", "--origin", "--branch", "--depth", "--jobs", "--reference", "--filter",
    "--reference-if-able", "--separate-git-dir", "--shallow-since", "--shallow-exclude", "--server-option",
    "--revision",
    "--bundle-uri", "--ref-format",
)  # fmt: skip


def _on_the_other_side(call: "Invocation", commands: "list[Value]") -> "list[Effect]":
    """The command that serves a repository; a repository of this machine is served here."""
    return [shell_code(call), *(effect for command in commands for effect in call.shell(command))]


def clone(call: "Invocation", runs: "Any") -> "list[Effect] | None":
    options = read(call.args, short="ucobj", long=CLONE_VALUES)
    if not options.words or options.unknown:
        return None
    url = options.words[0]
    found = [told(call, "clone", "worktree", remote=named(url))]
    if options.has("-u", "--upload-pack", "--template"):
        found += _on_the_other_side(call, options.values("-u", "--upload-pack"))
    found += [effect for setting in options.values("-c", "--config") for effect in runs(call, setting)]
    found += peer(call, url, "fetch")
    if options.has("--bundle-uri"):
        found += peer(call, options.values("--bundle-uri")[0], "fetch")
    found += [
        call.on_path("read", path, how="content") for path in options.values("--reference", "--reference-if-able")
    ]
    target = options.words[1] if len(options.words) > 1 else _humanish(url)
    written = [target, *options.values("--separate-git-dir")]
    return found + [call.on_path("write", path, how="create", recursive=True) for path in written]


def _humanish(url: "Value") -> "Value":
    if isinstance(url, Unknown):
        return url if not url.prefix else Unknown(url.why)
    name = url.rstrip("/").rpartition("/")[2].rpartition(":")[2]
    return name[:-4] if name.endswith(".git") else name


REMOTE_VERBS = {"add": "config", "set-url": "config", "rename": "config", "remove": "config", "rm": "config",
                "set-head": "refs", "set-branches": "config", "prune": "refs", "update": "refs",
                "show": "nothing", "get-url": "nothing"}  # fmt: skip


def remote(call: "Invocation") -> "list[Effect] | None":
    options = read(call.args, short="tm")
    if options.unknown:
        return None
    if not options.words:
        return [told(call, "remote", "nothing")]
    verb, *rest = options.words
    if not isinstance(verb, str) or verb not in REMOTE_VERBS:
        return None
    if verb == "update":
        return [told(call, "fetch", "refs", remote=named(rest[0] if len(rest) == 1 else None))]
    found = [told(call, "remote", REMOTE_VERBS[verb], remote=named(rest[-1] if rest else None), action=verb)]
    for url in rest[1:] if verb in ("add", "set-url") else []:
        found += [each for each in peer(call, url, "fetch") if each.kind == "code"]
    return found


SUBMODULE_VERBS = {"status": "nothing", "summary": "nothing", "init": "config", "sync": "config", "set-url": "config",
                   "set-branch": "config", "absorbgitdirs": "worktree", "deinit": "worktree", "update": "worktree",
                   "add": "worktree", "foreach": "nothing"}  # fmt: skip


def submodule(call: "Invocation") -> "list[Effect] | None":
    args = [word for word in call.args if word not in ("--quiet", "-q", "--cached")]
    verb = args[0] if args else "status"
    if not isinstance(verb, str) or verb not in SUBMODULE_VERBS:
        return None
    if verb == "foreach":
        words = [word for word in args[1:] if word not in ("--recursive",)]
        if any(isinstance(word, Unknown) for word in words):
            return None
        return [told(call, "submodule", "nothing"), *call.shell(" ".join(str(word) for word in words))]
    options = read(args[1:], short="bj", long=("--branch", "--name", "--reference", "--depth", "--jobs", "--filter"))
    found = [told(call, "submodule", SUBMODULE_VERBS[verb], options.has("-f", "--force"), action=verb)]
    if verb == "add" and options.words:
        found += peer(call, options.words[0], "fetch")
        found += [call.on_path("write", path, how="create", recursive=True) for path in options.words[1:2]]
    elif verb == "update":
        found.append(call.effect("network", direction="fetch"))
    return found

"""Code forges: gh and glab."""

from leashd_hooks.hosts import reach, split_url
from leashd_hooks.shell.argv import read, table
from leashd_hooks.shell.invocation import Unknown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from leashd_hooks.model import Effect
    from leashd_hooks.shell.argv import Options
    from leashd_hooks.shell.invocation import Invocation

GROUPS = table(
    "pr mr issue repo project release run workflow ci pipeline job cache secret variable label milestone gist auth"
    " config alias extension ssh-key gpg-key codespace org search ruleset attestation snippet user token deploy-key"
)
LOOKS = table("view list ls status diff checks show get browse watch verify verify-asset trace note-list")
DESTROYS = table("delete remove rm archive delete-asset unset purge transfer revoke")
CHANGES = table(
    "create edit close reopen merge comment review ready checkout develop lock unlock pin unpin transfer set fork"
    " clone sync rename run rerun cancel enable disable upload download add link unlink copy field-create item-add"
    " item-edit item-create mark-template update-branch set-default approve note todo update subscribe unsubscribe"
    " rebase revert retry play import"
)
ALONE = {
    "help": "help",
    "status": "status",
    "search": "search",
    "version": "version",
    "completion": "completion",
    "browse": "browse",
}
LONG = table(
    "--repo --title --body --body-file --base --head --label --assignee --reviewer --milestone --state --limit --json"
    " --jq --template --method --field --raw-field --header --input --hostname --author --search --branch --commit"
    " --env --org --app --notes --notes-file --target --discussion-category --match-head-commit --subject --ref"
    " --workflow --user --log --project --dir --pattern --output --job --event --status --visibility --description"
    " --source --remote --gitignore --license --team --homepage --name --cache --preview --group --per-page --page"
    " --form --description-file --env-file --filename"
)
SHORT = "RtbFBHlarmsLqXfpiAScnNuoDO"
#: Where the two programs speak to by themselves.
FORGES = ("github.com", "api.github.com", "gitlab.com")
FILES = ("--body-file", "--notes-file", "-F", "--input", "--env-file", "--description-file")


def effects(call: "Invocation") -> "list[Effect] | None":
    options = read(
        call.args, short=SHORT, long=LONG, plain=("--web", "--draft", "--fill", "--with-token", "--show-token")
    )
    words = [None if isinstance(word, Unknown) else str(word) for word in options.words]
    if call.args[-1:] == ["--help"] and len(options.flags) == 1 and len(words) < 3 and None not in words:
        return []  # `gh pr create --help`
    if not words or words[0] is None or options.unknown:
        return None
    if words[0] == "api":
        return _api(call, options)
    if words[0] in ALONE:
        return [_control(call, " ".join(str(word) for word in words[:2]), False, False)]
    if words[0] not in GROUPS or len(words) < 2 or words[1] is None:
        return None
    group, verb = words[0], words[1]
    if group in ("alias", "extension", "config", "codespace") and verb not in LOOKS:
        return None
    if group == "auth":
        return _auth(call, verb, options)
    if verb not in LOOKS and verb not in DESTROYS and verb not in CHANGES:
        return None
    if verb in ("clone", "fork", "checkout") and "--" in call.args:
        return None  # what follows are flags for git
    if verb == "checkout" and group in ("pr", "mr"):
        return [
            _control(call, f"{group} checkout", False, False),
            call.effect("git", verb="checkout", changes="worktree", destroys=options.has("-f", "--force")),
        ]
    if verb == "download":
        return [_control(call, f"{group} download", False, False), *_files(call, options)]
    destroys = verb in DESTROYS or (verb == "merge" and options.has("--admin"))
    destroys = destroys or (verb == "sync" and options.has("--force"))
    return [
        _control(call, f"{group} {verb}", verb not in LOOKS, destroys),
        *_secrets(call, group, verb),
        *_files(call, options),
    ]


def _control(call: "Invocation", verb: str, changes: bool, destroys: bool) -> "Effect":
    return call.effect("control", system=call.name, verb=verb, changes=changes, destroys=destroys)


def _secrets(call: "Invocation", group: str, verb: str) -> "list[Effect]":
    """What is told of a secret that a forge keeps: GitHub never shows one again, GitLab keeps them in variables."""
    shown = (group, verb) in (("secret", "get"), ("variable", "get")) and call.name == "glab"
    shown = shown or ((group, verb) == ("config", "get") and any("token" in str(word) for word in call.args))
    return [call.effect("secret", store="cloud")] if shown else []


def _auth(call: "Invocation", verb: str, options: "Options") -> "list[Effect] | None":
    if verb == "status" and not options.has("-t", "--show-token"):
        return [_control(call, "auth status", False, False)]
    if verb in ("token", "status"):
        return [_control(call, f"auth {verb}", False, False), call.effect("secret", store="cloud")]
    return [_control(call, f"auth {verb}", True, False)]


def _files(call: "Invocation", options: "Options") -> "list[Effect]":
    files = [value for flag, value in options.flags if flag in FILES and value is not None and value != "-"]
    found: list[Effect] = []
    for path in files:
        if isinstance(path, Unknown) or "=" not in path:
            found.append(call.on_path("read", path, how="content"))
        elif "=@" in path:
            found.append(call.on_path("read", path.partition("=@")[2], how="content"))
    verbs = [str(word) for word in options.words[:2]]
    sent = {"release upload": 3, "release create": 3, "gist create": 2, "ssh-key add": 2, "gpg-key add": 2}
    first = sent.get(" ".join(verbs), len(options.words))
    found += [call.on_path("read", word, how="content") for word in options.words[first:] if word != "-"]
    if verbs[0] in ("gist", "snippet", "secret", "variable"):
        named = options.values("-f", "--filename", "--env-file")
        found += [call.on_path("read", path, how="content") for path in named]
    if verbs == ["repo", "clone"]:
        target = options.words[3:4] or [str(word).rpartition("/")[2] for word in options.words[2:3]]
        found += [call.on_path("write", word, how="create", recursive=True) for word in target]
    written = (options.values("--dir", "-D", "--output", "-O") or ["."]) if verbs[1:] == ["download"] else []
    return found + [call.on_path("write", path, how="create") for path in written]


def _api(call: "Invocation", options: "Options") -> "list[Effect]":
    methods = [str(value).upper() if isinstance(value, str) else "?" for value in options.values("-X", "--method")]
    fields = options.has("-f", "-F", "--field", "--raw-field", "--input", "--form")
    method = methods[-1] if methods else "POST" if fields else "GET"
    graphql = options.words[1:2] == ["graphql"]
    text = " ".join(str(value) for value in options.values("-f", "-F", "--field", "--raw-field"))
    destroys = method in ("DELETE", "?") or (graphql and "delete" in text.lower())
    changes = method not in ("GET", "HEAD") and not (graphql and text and "mutation" not in text and "@" not in text)
    found = [_control(call, f"api {method}", changes or destroys, destroys), *_files(call, options)]
    if any("/git/refs/" in str(word) for word in options.words[1:2]) and "force=true" in text.replace(" ", ""):
        found.append(call.effect("git", verb="push", changes="remote", destroys=True, force="plain"))
    for place in [*options.words[1:2], *options.values("--hostname")]:
        known = place.prefix if isinstance(place, Unknown) else place
        host = "" if known and "://" not in known and ":" not in known[:6] else split_url(known)[1] or None
        if place in options.values("--hostname") and isinstance(place, str):
            host = place.lower()
        if host is None or (host and host not in FORGES):
            found.append(call.effect("network", host=host, scheme="https", direction="fetch",
                                     reach=reach(host) if host else None))  # fmt: skip
    return found

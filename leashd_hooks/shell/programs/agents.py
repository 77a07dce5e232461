"""Agents and their helpers: agent-browser, leashd itself, and coding agents started by a coding agent."""

from leashd_hooks.shell.argv import read, table
from leashd_hooks.shell.invocation import Unknown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from leashd_hooks.model import Effect
    from leashd_hooks.shell.invocation import Invocation

BROWSER_READS = table("snapshot get screenshot is wait find-text console errors title url text html network-list"
                      " tabs tab-list pdf session-list highlight diff")  # fmt: skip
BROWSER_ACTS = table(
    "open goto navigate click dblclick type fill press hover select check uncheck scroll scrollintoview drag upload"
    " download back forward reload close tab window frame dialog set keyboard keydown keyup mouse focus session"
    " cookies storage network find trace record connect batch state auth"
)
BROWSER_LONG = table("--session --profile --state --headers --executable-path --args --user-agent --proxy"
                     " --proxy-bypass --cdp --extension --provider --timeout --selector --session-name --device"
                     " --color-scheme")  # fmt: skip
BROWSER_REFUSED = ("--executable-path", "--args", "--extension", "--cdp", "--profile", "--state", "--config")
LEASHD_LOOKS = table("check explain status doctor")
LEASHD_POLICY = table("list show lint test")


def effects(call: "Invocation") -> "list[Effect] | None":
    if call.name == "agent-browser":
        return _browser(call)
    if call.name == "leashd":
        return _leashd(call)
    # Whatever a nested agent does is decided, if at all, by its own hook.
    if call.args and all(isinstance(word, str) and word in ("--version", "-v", "-V") for word in call.args):
        return []
    return [call.effect("control", system=call.name, verb="run", changes=True)]


def _leashd(call: "Invocation") -> "list[Effect]":
    words = [word for word in call.args if isinstance(word, Unknown) or word[:1] != "-"]
    first = words[0] if words else "-"
    second = words[1] if len(words) > 1 else ""
    if isinstance(first, str) and first in LEASHD_LOOKS:
        return [] if "--fix" not in call.args else [_told(call, str(first))]
    if first == "policy" and isinstance(second, str) and second in LEASHD_POLICY:
        return []
    return [_told(call, " ".join(str(word) for word in words[:2] if isinstance(word, str)))]


def _told(call: "Invocation", verb: str) -> "Effect":
    return call.effect("control", system="leashd", verb=verb, changes=True)


def _browser(call: "Invocation") -> "list[Effect] | None":
    options = read(call.args, short="p", long=BROWSER_LONG)
    if options.has(*BROWSER_REFUSED) or not options.words:
        return None
    verb = options.words[0]
    rest = options.words[1:]
    if isinstance(verb, Unknown):
        return None
    if verb in ("eval", "evaluate"):
        return [call.effect("browser", operation="act", name="eval"),
                call.effect("code", language="javascript", source="inline")]  # fmt: skip
    if verb not in BROWSER_READS and verb not in BROWSER_ACTS:
        return None
    found = [call.effect("browser", operation="read" if verb in BROWSER_READS else "act", name=str(verb))]
    if options.unknown:
        found.append(call.effect("opaque", why="a word may be an option"))
    if verb in ("screenshot", "pdf"):
        files = [word for word in rest if isinstance(word, Unknown) or "." in word or "/" in word]
        found += [call.on_path("write", word, how="create") for word in files]
    if verb == "upload":
        found += [call.on_path("read", word, how="content") for word in rest[1:]]
    if verb in ("open", "goto", "navigate"):
        found += _opened(call, rest[:1])
    return found


def _opened(call: "Invocation", words: "list[str | Unknown]") -> "list[Effect]":
    from leashd_hooks.hosts import reach, split_url

    found: list[Effect] = []
    for word in words:
        scheme, host, port = ("", "", None) if isinstance(word, Unknown) else split_url(word)
        if scheme == "file" and isinstance(word, str):
            found.append(call.on_path("read", "/" + word[5:].lstrip("/"), how="content"))
        else:
            found.append(call.effect("network", host=host or None, port=port, scheme=scheme or "https",
                                     direction="fetch",
                                     reach=reach(host) if host else None))  # fmt: skip
    return found

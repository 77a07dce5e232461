"""Flows: data that goes from one effect of a command line into another, where the two together are the danger."""

from leashd_hooks.model import Effect

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from leashd_hooks.shell.expansion import Piped
    from leashd_hooks.shell.invocation import Invocation

#: Programs whose output is other text than their input says.
DECODERS = frozenset((
    "base64", "base32", "basenc", "xxd", "openssl", "uudecode", "gpg", "gunzip", "zcat", "gzip", "bunzip2", "bzcat",
    "bzip2", "xz", "xzcat", "unxz", "lzma", "zstd", "zstdcat", "unzip", "funzip", "rev", "tr", "hexdump", "od",
))  # fmt: skip

#: Programs that fetch, also where a use of them is not modelled.
FETCHERS = frozenset((
    "curl", "wget", "wget2", "fetch", "aria2c", "http", "https", "xh", "nc", "ncat", "netcat", "socat", "ftp",
    "sftp", "telnet", "lynx", "w3m",
))  # fmt: skip


def pattern(effects: "Sequence[Effect]", programs: "Sequence[str]" = ()) -> str:
    """The flow pattern when the output of these effects is run: "" for none."""
    if any(effect.kind == "network" or effect.fields.get("program") in FETCHERS for effect in effects):
        return "download-to-interpreter"
    if any(effect.kind == "run" and effect.fields.get("program") in DECODERS for effect in effects):
        return "decode-to-interpreter"
    return "decode-to-interpreter" if any(program in DECODERS for program in programs) else ""


def into_interpreter(call: "Invocation", effects: "Sequence[Effect]", programs: "Sequence[str]" = ()) -> "list[Effect]":
    """The flow effect of running what these effects print, if there is one."""
    found = pattern(effects, programs)
    return [Effect("flow", {"pattern": found}, call.text, call.span)] if found else []


def through_pipes(call: "Invocation", found: "Sequence[Effect]", pipes: "Sequence[Piped]") -> "list[Effect]":
    """Flows through `<(...)` that a command runs as a script and through `>(...)` that runs what the command prints."""
    flows: list[Effect] = []
    scripts = [effect for effect in found if effect.kind == "code"]
    for pipe in pipes:
        inner = set(map(id, pipe.effects))
        if pipe.op == "<(" and any(_runs(one, str(pipe)) and id(one) not in inner for one in scripts):
            flows.extend(into_interpreter(call, pipe.effects))
        elif pipe.op == ">(" and any(_runs(one, "") for one in pipe.effects):
            outer = [one for one in found if id(one) not in inner]
            flows.extend(into_interpreter(call, [*outer, *call.stdin.effects]))
    return flows


def from_socket(call: "Invocation", found: "Sequence[Effect]") -> "list[Effect]":
    """The flow of an interpreter that reads what a redirection opened with `/dev/tcp`."""
    sockets = [one for one in found if one.kind == "network" and one.fields.get("scheme") in ("tcp", "udp")]
    if not sockets or not any(_runs(one, "") for one in found) or call.stdin.effects:
        return []
    return into_interpreter(call, sockets)


def _runs(effect: Effect, path: str) -> bool:
    if effect.kind != "code":
        return False
    return effect.fields.get("path") == path if path else effect.fields.get("source") == "stdin"


def from_files(call: "Invocation", found: "Sequence[Effect]", fetched: "dict[str, str]") -> "list[Effect]":
    """The flow of running a file that was fetched or decoded earlier.

    `fetched` holds such files with the pattern of running them; what this command fetches or decodes is added to it.
    """
    sources = (*found, *call.stdin.effects)
    origin = of_fetched(sources, fetched)
    flows = []
    for effect in found:
        if effect.kind == "code":
            from_stdin = origin if effect.fields.get("source") == "stdin" else ""
            told = fetched.get(_written(effect), "") or from_stdin
            flows += [Effect("flow", {"pattern": told}, call.text, call.span)] if told else []
    if not origin and pattern(sources) == "download-to-interpreter":
        origin = "download-then-run"
    elif not origin and any(map(_decodes, sources)) and not any(one.kind == "delete" for one in found):
        # With a deletion it is a file that is unpacked in its place (`gunzip tool.gz`).
        origin = "decode-to-interpreter"
    if origin:
        fetched.update({_written(one): origin for one in found if one.kind == "write" and one.fields.get("path")})
    return flows[:1]


def of_fetched(effects: "Sequence[Effect]", fetched: "dict[str, str]") -> str:
    """The pattern of running what comes from a fetched file that one of these effects reads, "" for none."""
    files = [_written(one) for one in effects if one.kind in ("read", "delete")] if fetched else []
    return next((fetched[path] for path in files if path in fetched), "")


def _decodes(effect: Effect) -> bool:
    """Whether a command writes other text than it reads; `tr -d` and `tr -s` leave out what nobody runs."""
    if effect.fields.get("program") == "tr":
        return {"-d", "-s"}.isdisjoint(effect.fields["flags"])
    return effect.kind == "run" and effect.fields["program"] in DECODERS


def _written(effect: Effect) -> str:
    """The effect's path as its text reads, `..` taken to undo the component before it."""
    path = effect.fields.get("path") or ""
    if "/.." not in path:
        return str(path)
    parts: list[str] = []
    for part in str(path).split("/"):
        if part != "..":
            parts.append(part)
        elif parts:
            parts.pop()
    return "/".join(parts)

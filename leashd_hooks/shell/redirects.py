"""Redirections: the files they read and write, the connections they open, and the standard input they leave."""

from leashd_hooks.hosts import reach
from leashd_hooks.shell.expansion import Piped
from leashd_hooks.shell.invocation import Stdin, Unknown, resolve
from leashd_hooks.shell.words import fields, single

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from leashd_hooks.model import Effect
    from leashd_hooks.shell.clauses import Redirect
    from leashd_hooks.shell.invocation import Invocation, Value
    from leashd_hooks.shell.state import State
    from leashd_hooks.shell.words import Substitute

QUIET = frozenset(("/dev/null", "/dev/stdout", "/dev/stderr", "/dev/stdin", "/dev/tty", "/dev/zero"))
HOW = {">": ("create",), ">|": ("create",), "&>": ("create",), ">&": ("create",), ">>": ("append",), "&>>": ("append",)}


def read(
    redirects: "Sequence[Redirect]", call: "Invocation", state: "State", substitute: "Substitute"
) -> "tuple[list[Effect], Stdin | None, list[Piped]]":
    """The effects of redirections, the standard input they give (None: they leave it alone), the `<(...)` they name."""
    found: list[Effect] = []
    pipes: list[Piped] = []
    stdin: Stdin | None = None
    for one in redirects:
        if one.fd[:1] == "{":
            state.variables[one.fd[1:-1]] = Unknown("$" + one.fd[1:-1])
        if one.op in ("<<", "<<-", "<<<"):
            body = one.heredoc if one.op != "<<<" else one.target
            value = single(body, state, substitute)
            text = None if isinstance(value, Unknown) else value + ("\n" if one.op == "<<<" else "")
            if one.fd in ("", "0"):
                effects = value.effects if isinstance(value, Unknown) else ()
                stdin = Stdin("text", effects, [], text)
            continue
        values = fields(one.target, state, substitute)
        target = values[0] if len(values) == 1 else Unknown("several words")
        own = _effects(one, target, call)
        found.extend(own)
        if isinstance(target, Piped):
            pipes.append(target)
        if one.op in ("<", "<>", "<&") and one.fd in ("", "0"):
            stdin = _input(target, call, own)
    return found, stdin, pipes


def _input(target: "Value", call: "Invocation", found: "list[Effect]") -> Stdin:
    if isinstance(target, Piped):
        return Stdin("pipe", target.effects, [str(e.fields["program"]) for e in target.effects if e.kind == "run"])
    if any(effect.kind == "network" for effect in found):
        return Stdin("pipe", found)
    return Stdin("file", path=resolve(target, call.cwd, call.home))


def _effects(one: "Redirect", target: "Value", call: "Invocation") -> "list[Effect]":
    if one.op in (">&", "<&") and isinstance(target, str) and (target in ("-", "") or target.rstrip("-").isdigit()):
        return []
    if isinstance(target, Piped) or (isinstance(target, str) and (target in QUIET or target.startswith("/dev/fd/"))):
        return []
    known = target.prefix if isinstance(target, Unknown) else str(target)
    if known.startswith(("/dev/tcp/", "/dev/udp/")):
        return [_connection(known, isinstance(target, str), call)]
    found = []
    if one.op in ("<", "<>", "<&"):
        found.append(call.on_path("read", target, how="content"))
    if one.op in HOW or one.op == "<>":
        found.extend(call.on_path("write", target, how=how) for how in HOW.get(one.op, ("edit",)))
    if not found:
        found.append(call.effect("opaque", why="a redirection that is not known: " + one.op))
    return found


def _connection(path: str, known: bool, call: "Invocation") -> "Effect":
    scheme, _, rest = path[5:].partition("/")
    host, _, port = rest.partition("/")
    values: dict[str, object] = {"scheme": scheme, "direction": "connect"}
    if known and host:
        values.update(host=host, reach=reach(host))
    if known and port.isdigit():
        values["port"] = int(port)
    return call.effect("network", **values)

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

#: Behind `>&` bash expands the name of a file a second time, whatever quotes were around it.
EXPANDED = frozenset("$`\\'\"~*?[")
QUIET = frozenset(("/dev/null", "/dev/stdout", "/dev/stderr", "/dev/stdin", "/dev/tty", "/dev/zero"))
DESCRIPTORS = ("/dev/fd/", "/proc/self/fd/")
HOW = {">": ("create",), ">|": ("create",), "&>": ("create",), ">&": ("create",), ">>": ("append",), "&>>": ("append",)}


def read(
    redirects: "Sequence[Redirect]", call: "Invocation", state: "State", substitute: "Substitute"
) -> "tuple[list[Effect], Stdin | None, list[Piped]]":
    """The effects of redirections, the standard input they give (None: they leave it alone), the `<(...)` they name."""
    found: list[Effect] = []
    pipes: list[Piped] = []
    stdin: Stdin | None = None
    for one in redirects:
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
        if isinstance(target, Unknown) and target.likely is not None:
            own += [effect for each in target.likely for effect in _effects(one, each, call)]
        inherited = _inherited(one, target, state)
        found.extend((*own, *inherited))
        _remember(one.fd, target, [*own, *inherited], state)
        if isinstance(target, Piped):
            pipes.append(target)
        if one.op in ("<", "<>", "<&") and one.fd in ("", "0"):
            stdin = Stdin("pipe", inherited, _programs(inherited)) if inherited else _input(target, call, own)
    return found, stdin, pipes


def _inherited(one: "Redirect", target: "Value", state: "State") -> "list[Effect]":
    """The effects of what an open descriptor was connected with, where `<&` reads from it."""
    if one.op not in ("<&", "<") or isinstance(target, Piped):
        return []
    if isinstance(target, Unknown):
        return target.effects if one.op == "<&" else []
    number = target.rpartition("/")[2] if target.startswith(DESCRIPTORS) else target if one.op == "<&" else ""
    opened = state.variables.get("&" + number.rstrip("-"))
    return opened.effects if isinstance(opened, Unknown) else []


def _remember(fd: str, target: "Value", own: "list[Effect]", state: "State") -> None:
    """Notes what a descriptor beyond the three usual ones is connected with, as the variable `&3` or that of `{fd}`."""
    if fd in ("", "0", "1", "2"):
        return
    effects = target.effects if isinstance(target, Piped) else [one for one in own if one.kind != "write"]
    name = fd[1:-1] if fd[:1] == "{" else "&" + fd
    before = state.variables.get(name)
    known = before.effects if isinstance(before, Unknown) else []
    state.variables[name] = Unknown("$" + name, "", [*effects, *known])


def _programs(effects: "Sequence[Effect]") -> "list[str]":
    return [str(effect.fields["program"]) for effect in effects if effect.kind == "run"]


def _input(target: "Value", call: "Invocation", found: "list[Effect]") -> Stdin:
    if isinstance(target, Piped):
        return Stdin("pipe", target.effects, _programs(target.effects))
    if any(effect.kind == "network" for effect in found):
        return Stdin("pipe", found)
    return Stdin("file", path=resolve(target, call.cwd, call.home))


def _effects(one: "Redirect", target: "Value", call: "Invocation") -> "list[Effect]":
    if one.op in (">&", "<&") and isinstance(target, str):
        number = target.rstrip("-")
        if target in ("-", "") or (number.isascii() and number.isdigit()):
            return []
        if one.op == ">&" and not EXPANDED.isdisjoint(target):
            return [call.effect("opaque", why="a name that bash expands twice behind `>&`")]
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

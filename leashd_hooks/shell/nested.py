"""Commands inside a command: text that runs as shell code, words that are a command, substitutions."""

from leashd_hooks.shell.invocation import Invocation, Stdin, Unknown
from leashd_hooks.shell.state import few
from leashd_hooks.shell.tree import ShellRefused

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any

    from leashd_hooks.model import Effect
    from leashd_hooks.shell.invocation import Value
    from leashd_hooks.shell.state import State
    from leashd_hooks.shell.tree import Part
    from leashd_hooks.shell.walk import Outcome, Walker


#: Wrappers that print what the command in them prints, and nothing else.
TRANSPARENT = frozenset((
    "env", "genv", "nohup", "nice", "ionice", "chrt", "taskset", "timeout", "gtimeout", "stdbuf", "setsid", "unbuffer",
    "time", "gtime", "setarch", "linux32", "linux64", "eatmydata", "fakeroot", "busybox", "toybox", "command", "sudo",
    "doas", "chronic", "nocache", "numactl", "prlimit", "caffeinate",
))  # fmt: skip

#: Steps that a process of its own takes; one more is taken for so many characters of text that is read as commands.
PROCESS, CHARACTERS = 5, 8
#: How deep commands may nest.
MAX_DEPTH = 24


def text_of(shell: "Walker", text: "Value", call: Invocation, state: "State") -> "Outcome":
    """Runs text as shell commands in this very state (`eval`, `trap`)."""
    if isinstance(text, Unknown):
        shell.refuse("shell text known only when it runs: " + text.why, call)
        shell.flow(call, text.effects)
        blind = state.copy()
        blind.forget()
        blind.enter(None)
        return [blind], [blind]
    if "./~" in text:  # a quoted `~`, which was marked as a plain name, is a home directory to the next shell
        text = (" " + text).replace(" ./~", " ~")[1:]
    with_span = shell.fixed, shell.text
    shell.spend(len(text) // CHARACTERS)
    shell.fixed, shell.text = call.span or (0, 0), text
    try:
        return deeper(shell, lambda: shell.walk(shell.parse(text), state))
    except ShellRefused as refused:
        shell.refuse(refused.why, call, refused.bound)
        return [state], [state]
    finally:
        shell.fixed, shell.text = with_span


def effects(shell: "Walker", kind: str, payload: "Any", call: Invocation) -> "list[Effect]":
    """What `Invocation.command` and `.shell` call: effects of a command or text in a process of its own."""
    saved, shell.out = shell.out, []
    state, stdin, output = shell.state, shell.stdin, shell.output
    child = state.copy()
    child.inherited = True
    child.enter(call.cwd)
    child.variables.update(call.env)
    shell.stdin = call.stdin
    try:
        if kind == "command":
            process(shell, lambda: _argv(shell, payload, call, child))
            output = shell.output if call.name in TRANSPARENT else output
        else:
            text, child.positional = payload if kind == "script" else (payload, None)
            process(shell, lambda: text_of(shell, text, call, child))
        return shell.out
    finally:
        shell.out, shell.state, shell.stdin, shell.output = saved, state, stdin, output


def _argv(shell: "Walker", argv: "Sequence[Value]", call: Invocation, state: "State") -> "Outcome":
    if not argv:
        return [state], [state]
    shell.spend(len(argv))
    inner = Invocation("", argv[1:], call.cwd, call.home, call.env, call.stdin, call.text, call.span, shell.nested)
    return deeper(shell, lambda: shell.named(argv[0], inner, state))


def once_more(shell: "Walker", values: "Sequence[Value]", call: Invocation, state: "State") -> None:
    """Adds what a command does when its unknown words are what they are likely to be."""
    words: list[Value] = []
    for value in values:
        likely = value.likely if isinstance(value, Unknown) else None
        words.extend([value] if likely is None else likely)
    inner = Invocation("", (), call.cwd, call.home, call.env, call.stdin, call.text, call.span, shell.nested)
    output, shell.output = shell.output, None
    process(shell, lambda: _argv(shell, words, inner, state.copy()))
    shell.output = output


def process(shell: "Walker", step: "Callable[[], Outcome]") -> None:
    """Takes a step in a process of its own: at its end its traps run."""
    shell.spend(PROCESS)
    saved = shell.traps, shell.exits
    shell.traps, shell.exits = [], []
    try:
        ok, fail = step()
        end(shell, ok + fail)
    finally:
        shell.traps, shell.exits = saved


def end(shell: "Walker", states: "Sequence[State]") -> None:
    """Runs the traps of a process that ends in one of these states, or by `exit`."""
    for text, call in shell.traps:
        for state in few([*states, *shell.exits]):
            text_of(shell, text, call, state.copy())


def deeper(shell: "Walker", step: "Callable[[], Outcome]") -> "Outcome":
    """Takes a step one level further in.  Raises ShellRefused where that is too deep."""
    shell.depth += 1
    if shell.depth > MAX_DEPTH:
        shell.depth -= 1
        raise ShellRefused("commands nested too deeply", bound=True)
    try:
        return step()
    finally:
        shell.depth -= 1


def substitute(shell: "Walker", part: "Part", state: "State") -> "tuple[list[Effect], str | None]":
    """Walks a substitution: its effects, and what it prints when that is known."""
    if part.kind == "refused" or part.body is None:
        shell.refuse(part.text)
        return [], None
    start, stdin, output, piped = len(shell.out), shell.stdin, shell.output, shell.piped
    shell.output, shell.piped = None, True
    if part.op == ">(":
        shell.stdin = Stdin("pipe")
    body = part.body
    process(shell, lambda: deeper(shell, lambda: shell.walk(body, state.copy())))
    alone = len(body.children) == 1 and body.children[0].kind in ("simple", "pipe")
    printed = shell.output if alone and part.kind == "command" else None
    shell.stdin, shell.output, shell.piped = stdin, output, piped
    if isinstance(printed, Unknown):
        return [*shell.out[start:], *printed.effects], None
    return shell.out[start:], None if printed is None else printed.rstrip("\n")

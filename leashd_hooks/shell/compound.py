"""Compound commands: branches, loops, functions, tests and arithmetic.

Of a branch all ways are walked.  A loop over known words is unrolled; the body of any other loop is walked until one
more round tells nothing new, and what it changes is unknown from its start on.
"""

from leashd_hooks.shell.functions import define
from leashd_hooks.shell.invocation import Pattern, Unknown
from leashd_hooks.shell.nested import process
from leashd_hooks.shell.state import blur, few
from leashd_hooks.shell.words import runs_in_arithmetic, single

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from leashd_hooks.shell.invocation import Value
    from leashd_hooks.shell.state import State
    from leashd_hooks.shell.tree import Node
    from leashd_hooks.shell.walk import Outcome, Walker

MAX_ROUNDS = 3
MAX_UNROLLED = 16


def apart(shell: "Walker", node: "Node", state: "State") -> "Outcome":
    process(shell, lambda: shell.walk(node.children[0], state.copy()))
    return [state], [state]


def inside(shell: "Walker", node: "Node", state: "State") -> "Outcome":
    return shell.walk(node.children[0], state) if node.children else ([state], [state])


def negated(shell: "Walker", node: "Node", state: "State") -> "Outcome":
    ok, fail = inside(shell, node, state)
    return fail, ok


def redirected(shell: "Walker", node: "Node", state: "State") -> "Outcome":
    saved, kept = shell.stdin, node.redirects
    state = state.copy()
    call = shell.invocation(node, state, {})
    from leashd_hooks.shell.redirects import read

    found, stdin, pipes = read(kept, call, state, shell.substitute)
    shell.stdin = stdin or saved
    node.redirects = ()
    try:
        start = len(shell.out)
        outcome = shell.walk(node, state)
    finally:
        shell.stdin, node.redirects = saved, kept
    shell.out.extend(found)
    shell.flows(start, call, pipes)
    return outcome


def conditional(shell: "Walker", node: "Node", state: "State") -> "Outcome":
    ok, fail = shell.walk(node.children[0], state)
    good, bad = shell.many(node.children[1], few(ok) or [state.copy()])
    if len(node.children) < 3:
        return few(good + fail), few(bad + fail)
    other_good, other_bad = shell.many(node.children[2], few(fail) or [state.copy()])
    return few(good + other_good), few(bad + other_bad)


def iteration(shell: "Walker", node: "Node", state: "State") -> "Outcome":
    state = state.copy()
    items: list[Value] = []
    for word in node.words:
        items.extend(shell.fields(word, state))
    if node.flag:
        items = list(state.positional) if state.positional is not None else [Unknown("$@")]
    for item in items:
        if isinstance(item, str) and runs_in_arithmetic(item):
            shell.refuse("a value that arithmetic would run")
    if node.text.isupper() or node.text == "path":
        from leashd_hooks.shell.variables import dangers

        for item in items:
            dangers(shell, shell.invocation(node, state, {}), node.text, item)
    if node.kind == "select" or len(items) > MAX_UNROLLED:
        items = [Unknown("$" + node.text)]
    if any(isinstance(item, (Unknown, Pattern)) for item in items):
        return _repeat(shell, node, state, items)
    return _unroll(shell, node, state, items)


def _unroll(shell: "Walker", node: "Node", state: "State", items: "Sequence[Value]") -> "Outcome":
    leaves: list[State] = []
    shell.leaves.append(("loop", leaves))
    current = [state]
    for item in items:
        entering = []
        for one in current:
            entering.append(one.copy())
            entering[-1].assign(node.text, item)
        ok, fail = shell.many(node.children[0], entering)
        current = few(ok + fail + leaves) or entering
    shell.leaves.pop()
    states = few([*current, *leaves])
    return states, states


def _repeat(shell: "Walker", node: "Node", state: "State", items: "Sequence[Value]") -> "Outcome":
    """A loop over words that are not known one by one: the body is walked once for each kind of word."""

    def body(entering: "State") -> "list[State]":
        found = []
        for item in items:
            one = entering.copy()
            one.assign(node.text, item)
            ok, fail = shell.walk(node.children[0], one)
            found.extend(ok + fail)
        return found

    return _fixpoint(shell, state, body)


def endless(shell: "Walker", node: "Node", state: "State") -> "Outcome":
    def body(entering: "State") -> "list[State]":
        ok, fail = shell.walk(node.children[0], entering.copy())
        again, broken = shell.many(node.children[1], few(ok) or [entering])
        return ok + fail + again + broken

    return _fixpoint(shell, state, body)


def counted(shell: "Walker", node: "Node", state: "State") -> "Outcome":
    state = state.copy()
    _arithmetic(shell, node, state)

    def body(entering: "State") -> "list[State]":
        ok, fail = shell.walk(node.children[0], entering.copy())
        return ok + fail

    return _fixpoint(shell, state, body)


def _fixpoint(shell: "Walker", state: "State", body: "Callable[[State], list[State]]") -> "Outcome":
    """Walks a loop's body until another round changes nothing: what it changes is unknown from its start on."""
    start = len(shell.out)
    for _ in range(MAX_ROUNDS):
        leaves: list[State] = []
        shell.leaves.append(("loop", leaves))
        after = few([state, *body(state), *leaves])
        shell.leaves.pop()
        merged = blur([state, *after])
        if _steady(merged, state):
            break
        state = merged
    else:
        state = state.copy()
        state.forget()
        state.enter(None)
        after = [state]
        body(state)
    shell.tell_once(start)
    return after, after


def case(shell: "Walker", node: "Node", state: "State") -> "Outcome":
    state = state.copy()
    for word in node.words:
        single(word, state, shell.substitute)
    ends, entering = [state], [state]
    for branch in node.children:
        ok, fail = shell.many(branch, few(entering))
        ends.extend(ok + fail)
        entering = [state] if branch.text == ";;" else [state, *ok, *fail]
    states = few(ends)
    return states, states


def function(shell: "Walker", node: "Node", state: "State") -> "Outcome":
    state = state.copy()
    state.functions[node.text] = node.children[0]
    define(shell, node.text, node.children[0], state)
    return [state], [state]


def test(shell: "Walker", node: "Node", state: "State") -> "Outcome":
    from leashd_hooks.shell.arithmetic import runs

    state = state.copy()
    for word in node.words:
        value = single(word, state, shell.substitute)
        if node.flag and runs(value, state):
            shell.refuse("a comparison that runs a command")
    return [state], [state]


def arithmetic(shell: "Walker", node: "Node", state: "State") -> "Outcome":
    state = state.copy()
    _arithmetic(shell, node, state)
    return [state], [state]


def _arithmetic(shell: "Walker", node: "Node", state: "State") -> None:
    from leashd_hooks.shell.arithmetic import runs

    for word in node.words:
        value = single(word, state, shell.substitute)
        if runs(value, state):
            shell.refuse("arithmetic that runs a command")
        if word.parts and word.parts[0].op == "=":
            if word.parts[0].text == "PATH":
                shell.refuse("`PATH` changes")
            state.assign(word.parts[0].text, Unknown("$" + word.parts[0].text))


def coprocess(shell: "Walker", node: "Node", state: "State") -> "Outcome":
    state = state.copy()
    start = len(shell.out)
    shell.walk(node.children[0], state.copy())
    for name in ("COPROC", *(word.parts[0].text for word in node.words)):
        state.variables[name] = Unknown("$" + name, "", shell.out[start:])
    return [state], [state]


def _steady(merged: "State", before: "State") -> bool:
    """Whether a round of a loop told nothing new: every known value stayed."""
    if merged.cwd != before.cwd or merged.positional != before.positional or merged.functions != before.functions:
        return False
    return all(
        merged.variables.get(name) == before.variables.get(name)
        or (isinstance(merged.variables.get(name), Unknown) and isinstance(before.lookup(name), Unknown))
        for name in merged.variables
    )


#: kind of node -> how it is walked; `walk.WALKS` holds the others.
WALKS = {
    "background": apart,
    "subshell": apart,
    "group": inside,
    "time": inside,
    "not": negated,
    "coproc": coprocess,
    "function": function,
    "if": conditional,
    "for": iteration,
    "select": iteration,
    "loop": counted,
    "while": endless,
    "case": case,
    "test": test,
    "arithmetic": arithmetic,
}

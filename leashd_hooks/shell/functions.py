"""Functions of the shell: what calling one does, and what one does that nothing is seen to call."""

from leashd_hooks.shell.invocation import Unknown
from leashd_hooks.shell.nested import PROCESS, deeper
from leashd_hooks.shell.state import few

TYPE_CHECKING = False
if TYPE_CHECKING:
    from leashd_hooks.shell.state import State
    from leashd_hooks.shell.tree import Node
    from leashd_hooks.shell.walk import Outcome, Walker


def define(shell: "Walker", name: str, body: "Node", state: "State") -> None:
    """Notes a function, to be walked in the end if nothing calls it."""
    shell.defined[id(body)] = (name, body, state, shell.text, shell.fixed)


def uncalled(shell: "Walker") -> None:
    """Walks the functions that nothing called: something may, in ways that are not seen (a hook of the shell)."""
    while shell.defined:
        name, body, state, shell.text, shell.fixed = shell.defined.pop(next(iter(shell.defined)))
        blind = state.copy()
        blind.forget()
        run(shell, name, body, blind)


def run(shell: "Walker", name: str, body: "Node", state: "State") -> "Outcome":
    """Walks the body of a function that is called; `positional` of the state holds its words."""
    # By its body: a function may define another of its own name.
    if shell.calling.count(id(body)) > 1:
        shell.refuse(f"a function that calls itself: `{name}`")
        return [state], [state]
    shell.spend(PROCESS)
    shell.defined.pop(id(body), None)
    leaves: list[State] = []
    shell.leaves.append(("function", leaves))
    shell.locals.append(set())
    shell.calling.append(id(body))
    before = state.copy()
    try:
        ok, fail = deeper(shell, lambda: shell.walk(body, state))
    finally:
        shell.leaves.pop()
        shell.calling.pop()
        own = shell.locals.pop()
    for one in [*ok, *fail, *leaves]:
        for name in own:
            if one.variables.get(name) != before.variables.get(name):
                one.variables[name] = Unknown("$" + name)
    return few(ok + leaves), few(fail + leaves)

"""Assignments before a command, or alone: their values, and the command that runs while they hold."""

from leashd_hooks.shell.invocation import Unknown
from leashd_hooks.shell.words import runs_in_arithmetic, single

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from leashd_hooks.shell.clauses import Assign
    from leashd_hooks.shell.invocation import Invocation, Value
    from leashd_hooks.shell.state import State
    from leashd_hooks.shell.walk import Outcome, Walker


def evaluate(shell: "Walker", assigns: "Sequence[Assign]", state: "State") -> "dict[str, Value]":
    """The values that assignments give, by name; nothing is assigned yet."""
    found: dict[str, Value] = {}
    for assign in assigns:
        for word in assign.index:
            _subscript(shell, single(word, state, shell.substitute), state)
        value: Value = single(assign.value, state, shell.substitute, assigned=True)
        _check(shell, value)
        before = found.get(assign.name, state.lookup(assign.name))
        if assign.array is not None or assign.index:
            value = _array(shell, assign, value, before, state)
        elif assign.append:
            known = isinstance(before, str) and isinstance(value, str)
            value = f"{before}{value}" if known else Unknown("$" + assign.name)
        if assign.name in state.volatile and isinstance(value, Unknown):
            _subscript(shell, value, state)  # it may be declared a number
        found[assign.name] = value
    return found


def _array(shell: "Walker", assign: "Assign", value: "Value", before: "Value", state: "State") -> "Value":
    """An array: it is not known what a subscript of it gives, but what its elements are in all likelihood."""
    from leashd_hooks.shell.expansion import Array

    items = [value]
    if assign.array is not None:
        items = [item for word in assign.array for item in shell.fields(word, state)]
    for item in items:
        _check(shell, item)
    earlier = before.items if isinstance(before, Array) and (assign.append or assign.index) else ()
    return Array("$" + assign.name, [*earlier, *items])


def _check(shell: "Walker", value: "Value") -> None:
    if isinstance(value, str) and runs_in_arithmetic(value):
        shell.refuse("a value that arithmetic would run")


def _subscript(shell: "Walker", value: "Value", state: "State") -> None:
    """The index of an element is arithmetic, and in a list of elements it is expanded twice."""
    from leashd_hooks.shell.arithmetic import runs

    if runs(value, state) or (isinstance(value, str) and ("$" in value or "`" in value)):
        shell.refuse("a subscript that runs a command")


def during(
    shell: "Walker", assigned: "dict[str, Value]", name: "Value", call: "Invocation", state: "State"
) -> "Outcome":
    """Runs a command with assignments before it: they hold while it runs."""
    inner = state.copy()
    inner.variables.update(assigned)
    shell.state = inner
    ok, fail = shell.named(name, call, inner)
    lasting = name in ("eval", "source", ".", "command", "builtin", "exec") or name in state.functions
    for one in ok + fail:
        for variable in assigned:
            if lasting:
                one.variables[variable] = Unknown("$" + variable)
            elif variable in state.variables:
                one.variables[variable] = state.variables[variable]
            else:
                one.variables.pop(variable, None)
    return ok, fail

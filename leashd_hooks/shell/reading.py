"""What `read` and `mapfile` find in text that is known.

It is not known how much of the text was read before, so what is told here stands beside a state that knows nothing.
"""

from leashd_hooks.shell.argv import read
from leashd_hooks.shell.expansion import Array

TYPE_CHECKING = False
if TYPE_CHECKING:
    from leashd_hooks.shell.invocation import Invocation
    from leashd_hooks.shell.state import State

#: So many lines are told one by one.
MAX_LINES = 4


def possible(call: "Invocation", state: "State") -> "list[State]":
    """The states in which one of the lines of standard input was read (`read`), or all of them (`mapfile`)."""
    lines = [line for line in (call.stdin.text or "").split("\n") if line.strip()]
    if call.name != "read":
        names = read(call.args, short="CcdnOsu").words
        after = state.copy()
        after.assign(str(names[0]) if names else "MAPFILE", Array("an array", lines))
        return [after]
    options = read(call.args, short="aAdikNnptu")
    found = []
    for line in lines[:MAX_LINES]:
        after = state.copy()
        for name in options.values("-a", "-A"):
            after.assign(str(name), Array(f"${name}", line.split()))
        variables = [str(word) for word in options.words] or ["REPLY"]
        words = line.split(None, len(variables) - 1)
        for place, variable in enumerate(variables):
            after.assign(variable, words[place].strip() if place < len(words) else "")
        found.append(after)
    return found

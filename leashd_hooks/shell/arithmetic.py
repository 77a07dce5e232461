"""What arithmetic would run: the subscripts in a number are expanded, so that text from elsewhere is code there."""

from leashd_hooks.shell.invocation import Unknown
from leashd_hooks.shell.words import runs_in_arithmetic

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from leashd_hooks.model import Effect
    from leashd_hooks.shell.invocation import Value
    from leashd_hooks.shell.state import State
    from leashd_hooks.shell.tree import Node

#: Programs that print numbers, or text that no file decides.
COUNTERS = frozenset(("wc", "date", "nproc", "seq", "pgrep", "id", "tput", "uptime", "free", "df", "sum", "cksum"))
#: Programs that print a number with `-c`.
SEARCHES = frozenset(("grep", "egrep", "fgrep", "zgrep", "rg"))
#: Where the system itself tells something.
SYSTEM = ("/proc/", "/sys/", "/dev/")
#: So many variables are followed, each of which names the next.
STEPS = 8


def runs(value: "Value", state: "State") -> bool:
    """Whether a value taken for a number may run a command: by its text, or by what a variable it names holds."""
    for _ in range(STEPS):
        if isinstance(value, Unknown):
            return from_elsewhere(value)
        if not value.isidentifier() or value not in state.variables:
            return runs_in_arithmetic(value)
        value = state.variables[value]
    return True


def from_elsewhere(value: "Value") -> bool:
    """Whether a value is text that comes from a file or the network."""
    return isinstance(value, Unknown) and any(effect.kind == "network" or _tells(effect) for effect in value.effects)


def counts(body: "Node", effects: "Sequence[Effect]") -> bool:
    """Whether a substitution prints a number, whatever it has read: one pipe, and a program that counts at its end."""
    if len(body.children) != 1 or body.children[0].kind not in ("simple", "pipe"):
        return False
    last = [effect.fields for effect in effects if effect.kind == "run"][-1:]
    if not last or last[0]["program"] in SEARCHES:
        return bool(last) and not {"-c", "--count"}.isdisjoint(last[0]["flags"])
    return last[0]["program"] in COUNTERS and "?" not in last[0]["args"]


def _tells(effect: "Effect") -> bool:
    if effect.kind != "read" or effect.fields.get("how") not in ("content", "search"):
        return False
    return not str(effect.fields["path"]).startswith(SYSTEM)

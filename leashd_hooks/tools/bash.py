"""Bash and its relatives: a command line, read as the shell would read it."""

from leashd_hooks.model import Effect
from leashd_hooks.shell.command_line import lower as lower_command
from leashd_hooks.tools import text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from leashd_hooks.model import Call


def lower(call: "Call", home: str, shfmt: str) -> "list[Effect]":
    """The effects of the command line."""
    effects = lower_command(text(call, "command"), call.cwd, home, shfmt)
    if call.input.get("dangerouslyDisableSandbox"):
        effects.append(Effect("opaque", {"why": "it asks to run outside the client's own sandbox"}))
    return effects

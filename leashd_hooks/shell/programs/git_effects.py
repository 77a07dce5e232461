"""The effects that every module about git tells."""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from leashd_hooks.model import Effect
    from leashd_hooks.shell.invocation import Invocation


def told(call: "Invocation", verb: str, changes: str, destroys: bool = False, **fields: "Any") -> "Effect":
    """The effect of a git verb."""
    return call.effect("git", verb=verb, changes=changes, destroys=destroys, **fields)


def shell_code(call: "Invocation") -> "Effect":
    """Git runs a text as a shell command."""
    return call.effect("code", language="shell", source="inline")

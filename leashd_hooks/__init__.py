"""The guard between an AI coding agent and the machine."""

__version__ = "0.1.0"

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def load(name: str) -> "Any":
    """The module `leashd_hooks.<name>`, imported when it is first asked for; the hot image puts its own in place."""
    return __import__("leashd_hooks." + name, None, None, ["load"])

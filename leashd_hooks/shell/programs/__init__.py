"""Which module models which program.  A module is imported only when its program is seen."""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from leashd_hooks.model import Effect
    from leashd_hooks.shell.invocation import Invocation

FAMILIES: "dict[str, tuple[str, ...]]" = {}

MODULE_OF = {program: family for family, programs in FAMILIES.items() for program in programs}


def effects(call: "Invocation") -> "list[Effect] | None":
    """The effects of a known program besides its `run`; None when the program, or this use of it, is not modelled."""
    family = MODULE_OF.get(call.name)
    if family is None:
        return None
    name = "leashd_hooks.shell.programs." + family
    module = __import__(name, None, None, ["effects"])
    found: list[Effect] | None = module.effects(call)
    return found

"""apply_patch: a patch in the form that says by itself which files it adds, changes, moves and deletes."""

from leashd_hooks.model import Effect
from leashd_hooks.shell.invocation import resolve
from leashd_hooks.shell.programs.apply_patch import named

TYPE_CHECKING = False
if TYPE_CHECKING:
    from leashd_hooks.model import Call


def lower(call: "Call", home: str, shfmt: str) -> "list[Effect]":
    """The files that the patch names.  Raises ValueError for text that is no such patch."""
    given = next((call.input[name] for name in ("input", "patch", "command") if name in call.input), None)
    text = given[-1] if isinstance(given, list) and given else given
    if not isinstance(text, str):
        raise ValueError("`apply_patch` came without a patch that is text")
    found = [
        Effect(kind, {"path": resolve(path, call.cwd, home), **fields})
        if kind
        else Effect("opaque", {"why": "a line of the patch is not understood"})
        for kind, path, fields in named(text)
    ]
    if not found:
        raise ValueError("`apply_patch` came without a patch that names a file")
    return found

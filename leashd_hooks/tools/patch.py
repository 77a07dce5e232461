"""apply_patch: a patch in the form that says by itself which files it adds, changes, moves and deletes."""

from leashd_hooks.model import Effect
from leashd_hooks.shell.invocation import resolve

TYPE_CHECKING = False
if TYPE_CHECKING:
    from leashd_hooks.model import Call

#: First words of a line that names a file -> the kind of effect and how.
HEADERS = {
    "*** Add File:": ("write", "create"),
    "*** Update File:": ("write", "edit"),
    "*** Move to:": ("write", "create"),
    "*** Delete File:": ("delete", ""),
}


def lower(call: "Call", home: str, shfmt: str) -> "list[Effect]":
    """The files that the patch names.  Raises ValueError for text that is no such patch."""
    given = next((call.input[name] for name in ("input", "patch", "command") if name in call.input), None)
    text = given[-1] if isinstance(given, list) and given else given
    if not isinstance(text, str):
        raise ValueError("`apply_patch` came without a patch that is text")
    found = [effect for line in text.split("\n") for effect in _named(line, call, home)]
    if not found:
        raise ValueError("`apply_patch` came without a patch that names a file")
    return found


def _named(line: str, call: "Call", home: str) -> "list[Effect]":
    line = line.strip()
    for header, (kind, how) in HEADERS.items():
        if line.startswith(header):
            path = resolve(line[len(header) :].strip(), call.cwd, home)
            more = {"how": how} if how else {"recursive": False, "force": False}
            return [Effect(kind, {"path": path, **more})]
    if line.startswith("***") and line not in ("*** Begin Patch", "*** End Patch", "*** End of File"):
        return [Effect("opaque", {"why": "a line of the patch is not understood"})]
    return []

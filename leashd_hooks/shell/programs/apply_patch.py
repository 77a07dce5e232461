"""apply_patch: a patch in the form that says by itself which files it adds, changes, moves and deletes.

Codex puts the program on the PATH of its shells, and takes a command line that is nothing but a call of it for a patch.
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from leashd_hooks.model import Effect
    from leashd_hooks.shell.invocation import Invocation

#: First words of a line that names a file -> the kind of effect and how.
HEADERS = {
    "*** Add File:": ("write", "create"),
    "*** Update File:": ("write", "edit"),
    "*** Move to:": ("write", "create"),
    "*** Delete File:": ("delete", ""),
}
#: What else may stand in a patch behind three stars.
_MARKS = ("*** Begin Patch", "*** End Patch", "*** End of File")


def effects(call: "Invocation") -> "list[Effect] | None":
    text = call.args[0] if len(call.args) == 1 else None if call.args else call.stdin.text
    if not isinstance(text, str) or _in_two_readings(call.text):
        return None
    found = list(named(text))
    if not found or any(not kind for kind, _, _ in found):
        return None
    return [call.on_path(kind, path, **fields) for kind, path, fields in found]


def _in_two_readings(command: str) -> bool:
    """Whether its heredoc is one that a shell expands: Codex, which takes the command for a patch, does not."""
    heredoc = command.partition("<<")[2].lstrip("-< \t")
    return heredoc != "" and heredoc[0] not in "'\"\\"


def named(text: str) -> "Iterator[tuple[str, str, dict[str, object]]]":
    """The files that a patch names: kind of effect, path as written, fields.  No kind for a line nobody understands."""
    for line in text.split("\n"):
        line = line.strip()
        header = next((header for header in HEADERS if line.startswith(header)), "")
        if header:
            kind, how = HEADERS[header]
            fields: dict[str, object] = {"how": how} if how else {"recursive": False, "force": False}
            yield kind, line[len(header) :].strip(), fields
        elif line.startswith("***") and line not in _MARKS:
            yield "", "", {}

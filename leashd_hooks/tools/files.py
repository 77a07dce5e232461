"""Tools that read and write files: Read, Write, Edit, MultiEdit, NotebookEdit, Glob, Grep, LS."""

from leashd_hooks.model import Effect
from leashd_hooks.shell.invocation import resolve
from leashd_hooks.tools import text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from leashd_hooks.model import Call

#: Tool -> (name of its path field, kind of effect, how).
_ON_ONE_FILE = {
    "Read": ("file_path", "read", "content"),
    "NotebookRead": ("notebook_path", "read", "content"),
    "Write": ("file_path", "write", "create"),
    "Edit": ("file_path", "write", "edit"),
    "MultiEdit": ("file_path", "write", "edit"),
    "NotebookEdit": ("notebook_path", "write", "edit"),
}


def lower(call: "Call", home: str, shfmt: str) -> "list[Effect]":
    """The one file that the tool reads or writes, or the directory that it looks through."""
    if call.tool in _ON_ONE_FILE:
        field, kind, how = _ON_ONE_FILE[call.tool]
        return [Effect(kind, {"path": resolve(text(call, field), call.cwd, home), "how": how})]
    base = resolve(text(call, "path", "."), call.cwd, home)
    if call.tool == "LS":
        return [Effect("read", {"path": base, "how": "list"})]
    if call.tool == "Glob":
        return [Effect("read", {"path": resolve(_fixed_part(text(call, "pattern")), base, home), "how": "list"})]
    return _grep(call, base, home)


def _grep(call: "Call", base: "str | None", home: str) -> "list[Effect]":
    """Grep prints file contents: where a glob narrows it down, what the glob matches is what is read."""
    effects = [Effect("read", {"path": base, "how": "search"})]
    glob = text(call, "glob", "")
    for pattern in _alternatives(glob) if glob else []:
        anywhere = pattern if "/" in pattern else "**/" + pattern
        effects.append(Effect("read", {"path": resolve(anywhere, base, home), "how": "search", "glob": True}))
    return effects


def _fixed_part(pattern: str) -> str:
    """The directory that a glob pattern starts from."""
    parts = pattern.split("/")
    fixed = [part for at, part in enumerate(parts) if not any(_is_wild(before) for before in parts[: at + 1])]
    return "/".join(fixed) or ("/" if pattern.startswith("/") else ".")


def _is_wild(part: str) -> bool:
    return any(character in part for character in "*?[{")


def _alternatives(glob: str) -> "list[str]":
    """`*.{a,b}` as `*.a` and `*.b`; one level is what the tool takes."""
    before, opening, rest = glob.partition("{")
    inside, closing, after = rest.partition("}")
    if not opening or not closing:
        return [part for part in glob.split(",") if part]
    return [before + choice + after for choice in inside.split(",")]

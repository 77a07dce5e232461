"""Tools that read and write files: Read, ReadMany, Write, Edit, MultiEdit, NotebookEdit, Glob, Grep, LS, view_image."""

from leashd_hooks.model import Effect
from leashd_hooks.shell.invocation import resolve
from leashd_hooks.tools import text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from leashd_hooks.model import Call

#: Tool -> (name of its path field, kind of effect, how).
_ON_ONE_FILE = {
    "Read": ("file_path", "read", "content"),
    "NotebookRead": ("notebook_path", "read", "content"),
    "view_image": ("path", "read", "content"),
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
    if call.tool == "ReadMany":
        return _read_many(call, home)
    base = resolve(text(call, "path", "."), call.cwd, home)
    if call.tool == "LS":
        return [Effect("read", {"path": base, "how": "list"})]
    return _glob(call, base, home) if call.tool == "Glob" else _grep(call, base, home)


def _read_many(call: "Call", home: str) -> "list[Effect]":
    """Everything that one of the patterns matches, and all that lies below a directory among them."""
    from leashd_hooks.shell.filters import alternatives

    given = call.input.get("paths")
    if not isinstance(given, list) or not given or not all(isinstance(each, str) for each in given):
        raise ValueError(f"`{call.tool}` came without `paths`, a list of texts")
    several = [each for each in given if each.count("{") > 1]
    effects = [Effect("opaque", {"why": f"too many braces in `{each}`"}) for each in several]
    for pattern in [choice for each in given if each not in several for choice in alternatives(each)]:
        fields: dict[str, Any] = {"path": resolve(pattern, call.cwd, home), "how": "content"}
        fields["glob" if _is_wild(pattern) else "deep"] = True if _is_wild(pattern) else []
        effects.append(Effect("read", fields))
    return effects


def _glob(call: "Call", base: "str | None", home: str) -> "list[Effect]":
    """Glob lists names below where its pattern starts, and wherever `..` takes it."""
    pattern = text(call, "pattern")
    choices = [pattern]
    if "{" in pattern:
        from leashd_hooks.shell.filters import alternatives

        choices = alternatives(pattern)
    starts = [_fixed_part(choice) for choice in choices] + [choice for choice in choices if ".." in choice]
    return [Effect("read", {"path": resolve(start, base, home), "how": "list"}) for start in starts]


def _grep(call: "Call", base: "str | None", home: str) -> "list[Effect]":
    """Grep prints file contents: where a glob narrows it down, what the glob matches is what is read."""
    effects = [Effect("read", {"path": base, "how": "search"})]
    glob = text(call, "glob", "")
    if not glob and call.input.get("output_mode") == "content":
        from leashd_hooks.shell.filters import is_wide

        if is_wide(text(call, "pattern", "")):
            effects = [Effect("read", {"path": base, "how": "content", "deep": []})]
    if glob:
        from leashd_hooks.shell.filters import alternatives

        for pattern in alternatives(glob) if "{" in glob else glob.replace(",", " ").split():
            if pattern[:1] != "!":
                anywhere = pattern.lstrip("/") if "/" in pattern else "**/" + pattern
                path = resolve(anywhere, base, home)
                effects.append(Effect("read", {"path": path, "how": "search", "glob": "filter"}))
    return effects


def _fixed_part(pattern: str) -> str:
    """The directory that a glob pattern starts from."""
    parts = pattern.split("/")
    fixed = [part for at, part in enumerate(parts) if not any(_is_wild(before) for before in parts[: at + 1])]
    return "/".join(fixed) or ("/" if pattern.startswith("/") else ".")


def _is_wild(part: str) -> bool:
    return any(character in part for character in "*?[{")

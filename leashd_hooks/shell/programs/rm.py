"""Programs that remove files: rm, rmdir, unlink, shred and the like."""

from leashd_hooks.shell.argv import names, read

TYPE_CHECKING = False
if TYPE_CHECKING:
    from leashd_hooks.model import Effect
    from leashd_hooks.shell.argv import Options
    from leashd_hooks.shell.invocation import Invocation, Value

RM_LONG = (
    "--recursive", "--force", "--dir", "--verbose", "--interactive", "--one-file-system", "--no-preserve-root",
    "--preserve-root", "--ignore-fail-on-non-empty", "--parents", "--help", "--version",
)  # fmt: skip
CALM = names("dvIiPWx", "--dir", "--verbose", "--interactive", "--one-file-system", "--no-preserve-root",
             "--preserve-root", "--ignore-fail-on-non-empty", "--parents")  # fmt: skip
RECURSIVE = names("rR", "--recursive")
FORCE = names("f", "--force")

#: Flags with a value, where the program is not rm itself.
VALUES = {
    "shred": ("ns", ("--iterations", "--size", "--random-source")),
    "wipe": ("bcklMoPQRSTX", ()),
    "srm": ("", ()),
}
#: They write over the file before it goes.
WIPES = ("shred", "wipe", "srm")
#: Always takes whole trees, never asks.
TREES = ("trash", "trash-put", "rimraf", "del", "del-cli")


def effects(call: "Invocation") -> "list[Effect] | None":
    if call.name == "trash-empty":
        return [call.on_path("delete", "~/.local/share/Trash", recursive=True, force=True)]
    short, long = VALUES.get(call.name, ("", ()))
    options = read(call.args, short=short, long=long, plain=RM_LONG)
    recursive, force = _manner(call.name, options)
    return [
        call.on_path("delete", word, recursive=recursive, force=force, through=_goes_through(call.name, word))
        for word in options.words
    ]


def _goes_through(name: str, word: "Value") -> "bool | None":
    """Whether a link is followed and not removed itself: it is with a slash behind it, and where content is wiped."""
    return name in WIPES or (isinstance(word, str) and word.endswith("/")) or None


def _manner(name: str, options: "Options") -> "tuple[bool, bool]":
    if name in TREES:
        return True, name != "trash" and name != "trash-put"
    if name in ("rmdir", "unlink"):
        return False, False
    if name in WIPES:
        return any(flag in RECURSIVE for flag, _ in options.flags), True
    # A flag that is not known, or a word that may turn out to be `-rf`, is taken for the worst.
    if options.strange(CALM | RECURSIVE | FORCE) or (options.unknown and len(options.words) > 1):
        return True, True
    given = {flag for flag, _ in options.flags}
    return bool(given & RECURSIVE), bool(given & FORCE)

"""Editors and viewers: vim, nano, emacs, ed, code, man."""

from leashd_hooks.shell.argv import names, read
from leashd_hooks.shell.invocation import Unknown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from leashd_hooks.model import Effect
    from leashd_hooks.shell.invocation import Invocation

VIM = ("vim", "vi", "nvim", "view", "vimdiff", "ex", "gvim")
EMACS = ("emacs", "emacsclient")
PLAIN = {"nano": "rTYoCSf", "pico": "rTYo", "micro": "", "kak": "", "hx": "", "joe": ""}
CODE_KNOWN = names("rnwgad", "--reuse-window", "--new-window", "--wait", "--goto", "--diff", "--add",
                   "--list-extensions",
                   "--status", "--version")  # fmt: skip


def effects(call: "Invocation") -> "list[Effect] | None":
    if call.name in VIM:
        return _vim(call)
    if call.name in EMACS:
        return _emacs(call)
    if call.name == "man":
        return _man(call)
    if call.name == "open" or call.name == "xdg-open":
        return None
    if call.name == "ed":
        # Its script comes on standard input and may say `!command`.
        return [*_edited(call, read(call.args, short="p").words), call.effect("code", language="shell", source="stdin")]
    if call.name in ("code", "cursor", "subl", "zed"):
        options = read(call.args, long=("--goto",))
        known = not options.strange(CODE_KNOWN) and not options.unknown
        return [call.on_path("read", word, how="content") for word in options.words] if known else None
    options = read(call.args, short=PLAIN[call.name])
    return _edited(call, [word for word in options.words if isinstance(word, Unknown) or word[:1] != "+"])


def _edited(call: "Invocation", words: "list[str | Unknown]") -> "list[Effect]":
    return [effect for word in words for effect in (
        call.on_path("read", word, how="content"), call.on_path("write", word, how="edit"))]  # fmt: skip


def _vim(call: "Invocation") -> "list[Effect] | None":
    options = read(call.args, short="cSuUiwWtTr", long=("--cmd", "--servername", "--remote-expr", "--remote-send"))
    found: list[Effect] = []
    commanded = options.has(
        "-c", "--cmd", "-S", "-s", "-u", "-U", "-e", "-E", "-l", "--remote-expr", "--remote-send", "-i"
    )
    plus = [word for word in options.words if isinstance(word, str) and word[:1] == "+"]
    jumps = all(word[1:].isdigit() or word == "+" for word in plus)
    if commanded or options.unknown or call.name == "ex" or not jumps:
        found.append(call.effect("code", language="other", source="inline"))
    for command in [*options.values("-c", "--cmd"), *(word[1:] for word in plus)]:
        _, mark, text = ("", "", "") if isinstance(command, Unknown) else command.partition("!")
        if mark and text.strip():
            found += call.shell(text)
    return _edited(call, [word for word in options.words if word not in plus]) + found


def _emacs(call: "Invocation") -> "list[Effect] | None":
    options = read(call.args, short="lfeL", long=("--eval", "--load", "--funcall", "--script", "--execute"))
    runs = (
        options.has("-l", "-f", "-e", "--eval", "--load", "--funcall", "--script", "--execute", "--batch")
        or options.unknown
    )
    found = [call.effect("code", language="other", source="inline")] if runs else []
    return _edited(call, [word for word in options.words if isinstance(word, Unknown) or word[:1] != "+"]) + found


def _man(call: "Invocation") -> "list[Effect] | None":
    options = read(
        call.args, short="PHCMRLmsSerp", long=("--pager", "--html", "--config-file", "--manpath", "--preprocessor")
    )
    if options.has("-P", "--pager", "-H", "--html", "-C", "--config-file", "-p", "--preprocessor") or options.unknown:
        return [call.effect("code", language="shell", source="inline")]
    named = options.has("-l", "--local-file")
    local = [word for word in options.words if named or (isinstance(word, str) and "/" in word)]
    return [call.on_path("read", word, how="content") for word in [*local, *options.values("-M", "--manpath")]]

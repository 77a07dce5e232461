"""Regular expressions of the first YAML dialect: what a policy written in it asks of a call."""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from leashd_hooks.model import Call, Effect


def matches(patterns: "tuple[tuple[str, ...], tuple[str, ...]]", call: "Call", effect: "Effect", loosens: bool) -> bool:
    """Whether the call holds what the (command, path) patterns ask for.

    A pattern that allows must match the simple command that causes the effect; one that asks or denies may match
    anywhere in the command line.  Input is capped: a slow pattern on a long text must not outlive the hook.
    """
    commands, paths = patterns
    if commands and not _search(commands, [effect.command] if loosens else [effect.command, _command_line(call)]):
        return False
    return not paths or _search(paths, _path_texts(call, effect))


MATCHED_LENGTH = 16_384


def _search(patterns: "Iterable[str]", texts: "list[str]") -> bool:
    import re

    if any(len(text) > MATCHED_LENGTH for text in texts):
        raise ValueError(f"a policy uses regular expressions, and the command is over {MATCHED_LENGTH} characters")
    return any(re.search(pattern, text) for pattern in patterns for text in texts)


def _command_line(call: "Call") -> str:
    command = call.input.get("command", "")
    return command if isinstance(command, str) else ""


def _path_texts(call: "Call", effect: "Effect") -> "list[str]":
    texts = [str(effect.fields["path"])] if effect.fields.get("path") else []
    for name in ("file_path", "path", "notebook_path"):
        if isinstance(call.input.get(name), str):
            texts.append(call.input[name])
    return texts

"""Our entries among the `hooks` of an agent's JSON file: put in, found, taken out; the rest of the file stays."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from leashd_hooks.install.place import Change
from leashd_hooks.install.settings_file import SettingsError, SettingsFile, as_it_was, backups, load, save

#: What is left of an item of an event's list without ours: the item itself when there is nothing of ours in it.
Strip = Callable[[Any], Any]


def put(path: Path, scope: str, items: Mapping[str, Any], strip: Strip, version: int | None = None) -> Change:
    """One item of ours in the list of each event; a second time changes nothing.  `version` is put in where missing."""
    file = load(path)
    hooks = dict(_hooks(file))
    for event, item in items.items():
        listed = hooks.get(event, [])
        if not isinstance(listed, list):
            raise SettingsError(
                f"`hooks.{event}` in `{path}` is no list", "mend the file; the agent ignores it as it is"
            )
        if [one for one in listed if strip(one) != one] != [item]:
            hooks[event] = [*_stripped(listed, strip), item]
    changed = file.with_member("hooks", hooks)
    if version is not None and "version" not in file.data:
        changed = changed.with_member("version", version)
    if changed.text == file.text and file.exists:
        return Change(scope, path, False)
    return Change(scope, path, True, save(changed))


def found(path: Path, strip: Strip) -> dict[str, list[Any]]:
    """Our items by event; nothing where the file is missing or cannot be read."""
    try:
        hooks = _hooks(load(path))
    except SettingsError:
        return {}
    mine = {event: [one for one in listed if strip(one) != one] for event, listed in hooks.items() if _is_list(listed)}
    return {event: items for event, items in mine.items() if items}


def take_out(path: Path, scope: str, strip: Strip) -> Change:
    """Takes our items out; a file that `put` made goes too, one that was there is as it was."""
    if not found(path, strip):
        return Change(scope, path, False)
    file = load(path)
    hooks = {event: _stripped(one, strip) if _is_list(one) else one for event, one in _hooks(file).items()}
    left = {event: listed for event, listed in hooks.items() if listed or event not in found(path, strip)}
    bare = file.with_member("hooks", left) if left else file.without_member("hooks")
    before = as_it_was(bare)
    if before is None and set(bare.data) <= {"version"} and not backups(path):
        path.unlink()
        with suppress(OSError):  # somebody else's files are in it
            path.parent.rmdir()
        return Change(scope, path, True)
    return Change(scope, path, True, save(before or bare))


def _hooks(file: SettingsFile) -> dict[str, Any]:
    hooks = file.data.get("hooks", {})
    if not isinstance(hooks, dict):
        raise SettingsError(f"`hooks` in `{file.path}` is no object", "mend the file; the agent ignores it as it is")
    return hooks


def _stripped(listed: list[Any], strip: Strip) -> list[Any]:
    return [left for one in listed if (left := strip(one)) is not None]


def _is_list(value: object) -> bool:
    return isinstance(value, list)

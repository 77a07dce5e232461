"""Registers the hook with Claude Code, and takes it out again; everything else in the settings stays as it was."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import Any

from leashd_hooks.install.hook_process import hook_argv
from leashd_hooks.install.place import MANAGED, Change, Place
from leashd_hooks.install.settings_file import SettingsError, SettingsFile, as_it_was, backups, load, save

#: Seconds after which the host stops waiting.  The hook gives up before: after `start.DEADLINE` where nobody is asked,
#: after `approval.PATIENCE` where one is.
TIMEOUT = 7 * 24 * 3600

#: What the hook is registered for.  `*` matches every tool, those of MCP servers too; the others have no matcher.
EVENTS = {"PreToolUse": "*", "PermissionRequest": "*", "ConfigChange": None, "SessionStart": None, "SessionEnd": None}

#: Environment that switches hooks off or runs code in them.  Settings that are stronger than a project's set it to
#: nothing, so that no file of a project brings it in.
PINNED = ("CLAUDE_CODE_SHELL_PREFIX", "CLAUDE_CODE_SIMPLE", "CLAUDE_CODE_SAFE_MODE", "CLAUDE_ENV_FILE", "LD_PRELOAD",
          "LD_LIBRARY_PATH", "DYLD_INSERT_LIBRARIES", "PYTHONPATH", "NODE_OPTIONS", "BUN_OPTIONS",
          "BASH_ENV")  # fmt: skip

SCOPES = ("user", "project", "local", "managed")

Hook = dict[str, Any]


def command(place: Place, unattended: bool = False) -> Hook:
    """One hook entry in exec form: no shell, no PATH, every path baked in, and a failure blocks."""
    program, *args = hook_argv("claude", place, unattended)
    return {"type": "command", "command": program, "args": args, "timeout": TIMEOUT, "onFailure": "block"}


def is_ours(hook: object) -> bool:
    """Whether a hook entry starts leashd, from wherever it was installed."""
    if not isinstance(hook, dict):
        return False
    words = str(hook.get("command", "")).split()
    args = hook.get("args")
    words += [str(arg) for arg in args] if isinstance(args, list) else []
    return any(word.endswith("/leashd_hooks/boot.py") or word.rpartition("/")[2] == "leashd-hook" for word in words)


def ours(data: dict[str, Any]) -> dict[str, list[Hook]]:
    """Our entries in settings, by event."""
    hooks = data.get("hooks")
    found: dict[str, list[Hook]] = {}
    for event, groups in hooks.items() if isinstance(hooks, dict) else ():
        for group in groups if isinstance(groups, list) else ():
            entries = group.get("hooks") if isinstance(group, dict) else None
            mine = [entry for entry in entries if is_ours(entry)] if isinstance(entries, list) else []
            if mine:
                found.setdefault(event, []).extend(mine)
    return found


def with_hooks(hooks: dict[str, Any], entry: Hook) -> dict[str, Any]:
    """The `hooks` of a settings file with one entry of ours for each event; other entries stay where they are."""
    out = dict(hooks)
    for event, matcher in EVENTS.items():
        group: dict[str, Any] = {} if matcher is None else {"matcher": matcher}
        group["hooks"] = [entry]
        groups = out.get(event, [])
        if not isinstance(groups, list):
            raise SettingsError(f"`hooks.{event}` is no list", "mend the file; the agent drops all of it as it is")
        if [one for one in groups if _has_ours(one)] != [group]:
            out[event] = [*_without_ours(groups), group]
    return out


def _has_ours(group: object) -> bool:
    entries = group.get("hooks") if isinstance(group, dict) else None
    return isinstance(entries, list) and any(is_ours(entry) for entry in entries)


def without_hooks(hooks: dict[str, Any]) -> dict[str, Any]:
    """The `hooks` of a settings file without ours; an event that had no others goes with them."""
    out: dict[str, Any] = {}
    for event, groups in hooks.items():
        left = _without_ours(groups) if isinstance(groups, list) else groups
        if left or not groups:
            out[event] = left
    return out


def _without_ours(groups: list[Any]) -> list[Any]:
    left = []
    for group in groups:
        if not _has_ours(group):
            left.append(group)
        elif kept := [entry for entry in group["hooks"] if not is_ours(entry)]:
            left.append({**group, "hooks": kept})
    return left


def install(place: Place, scope: str, unattended: bool = False, fix: bool = False) -> Change:
    """Registers the hook in the settings of a scope.  Raises SettingsError when the hook could not take effect."""
    notes = _enable_hooks(place, scope, fix)
    path = place.settings(scope)
    file = load(path)
    hooks = file.data.get("hooks", {})
    if not isinstance(hooks, dict):
        raise SettingsError(f"`hooks` in `{path}` is no object", "mend the file; the agent drops all of it as it is")
    changed = file.with_member("hooks", with_hooks(hooks, command(place, unattended)))
    if scope == "managed":
        _need_root(place)
        changed = _managed(changed)
    if changed.text == file.text and file.exists:
        return Change(scope, path, False, None, notes)
    backup = save(changed)
    if scope == "managed":
        path.chmod(0o644)
    return Change(scope, path, True, backup, notes)


def _managed(file: SettingsFile) -> SettingsFile:
    """Root's settings with what lets no hook run but those of root, and no file of a project change how they run."""
    env = file.data.get("env")
    for key in ("allowManagedHooksOnly", "disableSkillShellExecution"):
        file = file.with_member(key, True)
    return file.with_member("env", {**(env if isinstance(env, dict) else {}), **dict.fromkeys(PINNED, "")})


def _need_root(place: Place) -> None:
    if place.managed == MANAGED and os.geteuid() != 0:
        raise SettingsError(
            f"only root can write `{place.managed}`", "run the command with sudo, or install with `--user`"
        )


def _enable_hooks(place: Place, scope: str, fix: bool) -> list[str]:
    """Refuses while a settings file switches every hook off, or takes the line out when told to."""
    notes = []
    for other in () if scope == "managed" else ("user", "project", "local"):
        path = place.settings(other)
        file = load(path)
        if file.data.get("disableAllHooks") is not True:
            continue
        if not fix:
            raise SettingsError(
                f"`{path}` says `disableAllHooks: true`, so no hook would run",
                "take the line out, or run the command again with `--fix`",
            )
        save(file.without_member("disableAllHooks"))
        notes.append(f"took `disableAllHooks` out of `{path}`")
    return notes


def is_installed(place: Place, scope: str) -> bool:
    """Whether the settings of a scope hold an entry of ours."""
    path = place.settings(scope)
    return path.exists() and bool(ours(load(path).data))


def uninstall(place: Place, scope: str) -> Change:
    """Takes our entries out of the settings of a scope; a file that held nothing else goes too."""
    path = place.settings(scope)
    file = load(path)
    if not ours(file.data):
        return Change(scope, path, False)
    if scope == "managed":
        _need_root(place)
        path.unlink()
        return Change(scope, path, True)
    left = without_hooks(file.data["hooks"])
    bare = file.with_member("hooks", left) if left else file.without_member("hooks")
    before = as_it_was(bare)
    if before is None and not bare.data and not _existed_before(path):
        path.unlink()
        with suppress(OSError):  # somebody else's files are in it
            path.parent.rmdir()
        return Change(scope, path, True)
    return Change(scope, path, True, save(before or bare))


def _existed_before(path: Path) -> bool:
    return bool(backups(path))

"""Registers the hook with Codex, and takes it out again; everything else in its files stays as it was.

Codex runs a hook of the user's or the project's only when the user's `config.toml` holds the digest of its definition,
and otherwise skips it without a word.  Managed hooks need none.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from leashd_hooks.install import settings_file, toml_file
from leashd_hooks.install.guard_line import guard_line
from leashd_hooks.install.hook_process import hook_argv
from leashd_hooks.install.place import Change, Place
from leashd_hooks.install.settings_file import SettingsError, SettingsFile

REQUIREMENTS = Path("/etc/codex/requirements.toml")
SCOPES = ("user", "project", "managed")

#: What the hook is registered for, and what Codex calls that in a trust record.
EVENTS = {"PreToolUse": "pre_tool_use", "PermissionRequest": "permission_request"}
MATCHER = "*"
#: Seconds after which Codex stops waiting, and lets the call run; the guard ends the hook before.
TIMEOUT = 7 * 24 * 3600
#: Seconds that the hook has: a person's week, or where nobody is asked twice what it gives itself.
ATTENDED, UNATTENDED = TIMEOUT - 30, 60

#: What closes the ways around the hook that settings leave open; `install --fix` writes it into the user's file.
CLOSING: dict[str, Any] = {"features": {"hooks": True, "unified_exec_tty": False}, "web_search": "disabled"}
#: What root asks of every session.
REQUIRED: dict[str, Any] = {
    "allow_managed_hooks_only": True,
    "allowed_approvals_reviewers": ["user"],
    "allowed_web_search_modes": ["disabled"],
    "features": {"hooks": True, "unified_exec_tty": False},
}

Group = dict[str, Any]


@dataclass(frozen=True)
class Files:
    """Where Codex's files lie."""

    home: Path
    project: Path
    requirements: Path = REQUIREMENTS

    @property
    def config(self) -> Path:
        """The user's settings, which hold what the user trusts too."""
        return self.home / "config.toml"

    def hooks(self, scope: str) -> Path:
        """The file that holds the hooks of a scope."""
        project = self.project / ".codex" / "hooks.json"
        return {"user": self.home / "hooks.json", "project": project, "managed": self.requirements}[scope]


def files(place: Place, environ: Mapping[str, str] = os.environ) -> Files:
    """Codex's files for a user and a project."""
    given = environ.get("CODEX_HOME", "")
    return Files(Path(given) if os.path.isabs(given) else place.home / ".codex", place.project)


def command(place: Place, unattended: bool = False) -> str:
    """The command line that Codex gives to the user's shell."""
    return guard_line(hook_argv("codex", place, unattended), UNATTENDED if unattended else ATTENDED)


def group(line: str) -> Group:
    """One entry of ours."""
    return {"matcher": MATCHER, "hooks": [{"type": "command", "command": line, "timeout": TIMEOUT}]}


def trusted_hash(event: str, line: str) -> str:
    """The digest by which Codex knows a group that it may run."""
    handler = {"async": False, "command": line, "timeout": TIMEOUT, "type": "command"}
    definition = {"event_name": EVENTS[event], "hooks": [handler], "matcher": MATCHER}
    text = json.dumps(definition, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return "sha256:" + sha256(text.encode()).hexdigest()


def trust_key(path: Path | str, event: str, number: int) -> str:
    """The name of a trust record: the file by its real path, the event, the group's number, its first handler."""
    return f"{os.path.realpath(path) if isinstance(path, Path) else path}:{EVENTS[event]}:{number}:0"


def is_ours(handler: object) -> bool:
    """Whether a handler starts leashd, from wherever it was installed."""
    line = str(handler.get("command", "")) if isinstance(handler, dict) else ""
    return any(word.strip("'\"").endswith(("/leashd_hooks/boot.py", "/leashd-hook")) for word in line.split())


def ours(hooks: object, event: str) -> list[int]:
    """The numbers of our groups of an event."""
    groups = hooks.get(event) if isinstance(hooks, dict) else None
    return [number for number, one in enumerate(groups if isinstance(groups, list) else ()) if _has_ours(one)]


def _has_ours(one: object) -> bool:
    handlers = one.get("hooks") if isinstance(one, dict) else None
    return isinstance(handlers, list) and any(is_ours(handler) for handler in handlers)


def is_installed(where: Files, scope: str) -> bool:
    """Whether the file of a scope holds a group of ours."""
    path = where.hooks(scope)
    load = toml_file.load if scope == "managed" else settings_file.load
    return path.exists() and any(ours(load(path).data.get("hooks"), event) for event in EVENTS)


def keys(where: Files, scope: str) -> list[str]:
    """The trust records of our groups in a file of hooks."""
    path = where.hooks(scope)
    hooks = settings_file.load(path).data.get("hooks")
    return [trust_key(path, event, number) for event in EVENTS for number in ours(hooks, event)]


def install(place: Place, where: Files, scope: str, unattended: bool = False, fix: bool = False) -> Change:
    """Registers the hook in a scope and has it trusted.  Raises SettingsError when it could not take effect."""
    line = command(place, unattended)
    if scope == "managed":
        return _install_managed(where, line)
    config = toml_file.load(where.config)
    switched_off = [name for name in ("hooks", "codex_hooks") if config.data.get("features", {}).get(name) is False]
    if switched_off and not fix:
        text = f"`{where.config}` says `features.{switched_off[0]} = false`, so no hook would run"
        raise SettingsError(text, "take the line out, or run the command again with `--fix`")
    path = where.hooks(scope)
    file = settings_file.load(path)
    changed = file.with_member("hooks", _with_hooks(path, file.data.get("hooks", {}), line))
    trusting = toml_file.edited(config, lambda data: _trust(data, path, changed.data["hooks"], line, fix))
    notes = [f"`{where.config}` now closes what settings leave open"] if fix else []
    _save(config, trusting)  # first, so that no hook stands there that Codex would skip
    backup = _save(file, changed)
    return Change(scope, path, changed.text != file.text or trusting.text != config.text, backup, notes)


def _save(before: SettingsFile, after: SettingsFile) -> Path | None:
    return None if after.text == before.text and before.exists else settings_file.save(after)


def _with_hooks(path: Path, hooks: object, line: str) -> dict[str, Any]:
    """The hooks with one group of ours an event: in its place if it is there, since trust goes by place, else last."""
    if not isinstance(hooks, dict):
        raise SettingsError(f"`hooks` in `{path}` is no object", "mend the file; Codex drops all of it as it is")
    out = dict(hooks)
    for event in EVENTS:
        groups = out.get(event, [])
        if not isinstance(groups, list):
            raise SettingsError(f"`hooks.{event}` in `{path}` is no list", "mend the file; Codex drops all of it")
        first, *others = [*ours(hooks, event), len(groups)]
        kept = [one for number, one in enumerate(groups) if number not in others]
        out[event] = [*kept[:first], group(line), *kept[first + 1 :]]
    return out


def _trust(config: dict[str, Any], path: Path, hooks: dict[str, Any], line: str, fix: bool) -> None:
    """Has Codex trust our groups in a file of hooks, and with `fix` closes what else is open."""
    for event in EVENTS:
        key = trust_key(path, event, ours(hooks, event)[0])
        record = toml_file.table(config, "hooks", "state", key)
        record["trusted_hash"] = trusted_hash(event, line)
        if record.get("enabled") is False:
            record["enabled"] = True
    if fix:
        _merge(config, CLOSING)
        config["features"].pop("codex_hooks", None)


def _merge(config: dict[str, Any], wanted: dict[str, Any]) -> None:
    for name, value in wanted.items():
        if isinstance(value, dict):
            _merge(toml_file.table(config, name), value)
        else:
            config[name] = value


def _install_managed(where: Files, line: str) -> Change:
    _need_root(where)
    file = toml_file.load(where.requirements)

    def edit(data: dict[str, Any]) -> None:
        _merge(data, REQUIRED)
        hooks = toml_file.table(data, "hooks")
        for event in EVENTS:
            if event not in hooks or hooks[event] != [group(line)]:
                hooks[event] = [group(line)]

    changed = toml_file.edited(file, edit)
    if changed.text == file.text:
        return Change("managed", where.requirements, False)
    backup = settings_file.save(changed)
    where.requirements.chmod(0o644)
    return Change("managed", where.requirements, True, backup)


def _need_root(where: Files) -> None:
    if where.requirements == REQUIREMENTS and os.geteuid() != 0:
        text = f"only root can write `{where.requirements}`"
        raise SettingsError(text, "run the command with sudo, or install with `--user`")


def uninstall(where: Files, scope: str) -> Change:
    """Takes our groups out of a scope and the trust in them back; a file that held nothing else goes too."""
    path = where.hooks(scope)
    if not is_installed(where, scope):
        return Change(scope, path, False)
    if scope == "managed":
        _need_root(where)
        file = toml_file.load(path)
        return Change(scope, path, True, _save_or_remove(toml_file.edited(file, _without_requirements)))
    file = settings_file.load(path)
    config = toml_file.load(where.config)
    gone = set(keys(where, scope))
    _save(config, toml_file.edited(config, lambda data: _distrust(data, gone)))
    left = {event: kept for event, groups in file.data["hooks"].items() if (kept := _others(groups)) or not groups}
    bare = file.with_member("hooks", left) if left else file.without_member("hooks")
    return Change(scope, path, True, _save_or_remove(bare))


def _save_or_remove(file: SettingsFile) -> Path | None:
    if file.data:
        return settings_file.save(file)
    file.path.unlink()
    return None


def _others(groups: Any) -> Any:
    """The groups without our handlers; numbers of later groups change, so that trust in those has to be given anew."""
    if not isinstance(groups, list):
        return groups
    left = []
    for one in groups:
        if not _has_ours(one):
            left.append(one)
        elif kept := [handler for handler in one["hooks"] if not is_ours(handler)]:
            left.append({**one, "hooks": kept})
    return left


def _distrust(config: dict[str, Any], gone: set[str]) -> None:
    state = config.get("hooks", {}).get("state", {})
    for key in gone & set(state):
        del state[key]
    if "state" in config.get("hooks", {}) and not state:
        del config["hooks"]["state"]
    if "hooks" in config and not config["hooks"]:
        del config["hooks"]


def _without_requirements(data: dict[str, Any]) -> None:
    for event in EVENTS:
        if event in data.get("hooks", {}):
            left = _others(data["hooks"][event])
            if left:
                data["hooks"][event] = left
            else:
                del data["hooks"][event]
    if data.get("hooks") == {}:
        del data["hooks"]
    for name, value in REQUIRED.items():
        if isinstance(value, dict):
            for inner in [key for key in value if data.get(name, {}).get(key) == value[key]]:
                del data[name][inner]
            if data.get(name) == {}:
                del data[name]
        elif data.get(name) == value:
            del data[name]

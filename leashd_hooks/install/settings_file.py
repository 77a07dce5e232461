"""An agent's JSON settings file, changed member by member so that every other byte stays as it was."""

from __future__ import annotations

import json
import os
import stat
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

_SPACE = " \t\r\n"
_DECODER = json.JSONDecoder()


class SettingsError(Exception):
    """The file cannot be used as it is; the text says why, `help` what to do."""

    def __init__(self, message: str, help: str = "") -> None:
        super().__init__(message)
        self.help = help


@dataclass(frozen=True)
class _Member:
    """Where one member of the outermost object stands in the text."""

    key: str
    start: int
    value: int
    end: int


@dataclass(frozen=True)
class SettingsFile:
    """The text of a settings file and what it says; an absent file says `{}`."""

    path: Path
    text: str
    data: dict[str, Any]
    exists: bool = True

    def with_member(self, key: str, value: Any) -> SettingsFile:
        """The same file with one member of the outermost object set; nothing else changes."""
        if self.data.get(key) == value and key in self.data:
            return self
        members = list(_members(self.text))
        for member in members:
            if member.key == key:
                dumped = self._dump(value, 1)
                return self._changed(self.text[: member.value] + dumped + self.text[member.end :])
        newline, indent = self._newline(), self._indent()
        own = f"{json.dumps(key)}: {self._dump(value, 1)}"
        if members:
            at = members[-1].end
            multiline = "\n" in self.text[: members[-1].start]
            return self._changed(self.text[:at] + "," + (newline + indent if multiline else " ") + own + self.text[at:])
        at = self.text.index("{") + 1
        rest = self.text[at:].lstrip(_SPACE)
        return self._changed(self.text[:at] + newline + indent + own + newline + rest)

    def without_member(self, key: str) -> SettingsFile:
        """The same file without one member of the outermost object."""
        members = list(_members(self.text))
        for number, member in enumerate(members):
            if member.key != key:
                continue
            if number:
                start, end = members[number - 1].end, member.end
            elif len(members) > 1:
                start, end = member.start, members[1].start
            else:
                start, end = self.text.index("{") + 1, self.text.rindex("}")
            return self._changed(self.text[:start] + self.text[end:])
        return self

    def _changed(self, text: str) -> SettingsFile:
        return SettingsFile(self.path, text, _parse(self.path, text), self.exists)

    def _newline(self) -> str:
        return "\r\n" if "\r\n" in self.text else "\n"

    def _indent(self) -> str:
        """What stands before the first member when it has a line of its own, else two blanks."""
        for member in _members(self.text):
            before = self.text[: member.start].rpartition("\n")
            if before[1] and not before[2].strip(_SPACE) and before[2]:
                return before[2]
            break
        return "  "

    def _dump(self, value: Any, level: int) -> str:
        indent = self._indent()
        text = json.dumps(value, indent=indent, ensure_ascii=False)
        return text.replace("\n", self._newline() + indent * level)


def load(path: Path) -> SettingsFile:
    """Reads a settings file.  Raises SettingsError when it is not one JSON object."""
    try:
        text = path.read_bytes().decode("utf-8")
    except FileNotFoundError:
        return SettingsFile(path, "{}\n", {}, exists=False)
    except UnicodeDecodeError as error:
        raise SettingsError(f"`{path}` is not UTF-8: {error.reason} at byte {error.start}") from error
    except OSError as error:
        raise SettingsError(f"`{path}` cannot be read: {error.strerror}") from error
    if not text.strip(_SPACE + "\ufeff"):
        return SettingsFile(path, "{}\n", {})
    return SettingsFile(path, text, _parse(path, text))


def _parse(path: Path, text: str) -> dict[str, Any]:
    try:
        data = json.loads(text.removeprefix("\ufeff"), object_pairs_hook=_once)
    except json.JSONDecodeError as error:
        line = error.doc.splitlines()[error.lineno - 1] if error.doc.splitlines() else ""
        message = f"`{path}` is not valid JSON: {error.msg.lower()}\n{error.lineno:>5} | {line}\n"
        caret = " " * (7 + error.colno) + "^"
        raise SettingsError(message + caret, "mend the file; the agent drops all of it silently as it is") from error
    except ValueError as error:
        raise SettingsError(f"`{path}`: {error}", "keep one of them") from error
    if not isinstance(data, dict):
        raise SettingsError(f"`{path}` holds no JSON object", "move the file away")
    return data


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    data = dict(pairs)
    if len(data) != len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise ValueError(f"the key `{twice}` stands twice in one object")
    return data


def _members(text: str) -> Iterator[_Member]:
    """The members of the outermost object of a valid text, in order."""
    at = _skip(text, text.index("{") + 1)
    while text[at] != "}":
        start = at
        key, at = _DECODER.raw_decode(text, at)
        value = _skip(text, _skip(text, at) + 1)
        _, end = _DECODER.raw_decode(text, value)
        yield _Member(key, start, value, end)
        at = _skip(text, end)
        if text[at] == ",":
            at = _skip(text, at + 1)


def _skip(text: str, at: int) -> int:
    while text[at] in _SPACE:
        at += 1
    return at


def save(file: SettingsFile, keep: bool = True) -> Path | None:
    """Writes the file in one step, through a symlink and with its mode; returns the backup of what was there."""
    target = Path(os.path.realpath(file.path))
    backup = None
    mode = 0o600
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        if target.exists():
            status = target.stat()
            if not stat.S_ISREG(status.st_mode):
                raise SettingsError(f"`{target}` is not a regular file")
            mode = stat.S_IMODE(status.st_mode)
            backup = _back_up(target) if keep else None
        _replace(target, file.text.encode("utf-8"), mode)
    except OSError as error:
        raise SettingsError(f"`{target}` cannot be written: {error.strerror}") from error
    return backup


def _back_up(target: Path) -> Path:
    moment = datetime.now(timezone.utc).strftime("%Y%m%dT%H%M%S%f")
    backup = target.with_name(f"{target.name}.leashd-backup-{moment}")
    _replace(backup, target.read_bytes(), 0o600)
    return backup


def backups(path: Path) -> list[Path]:
    """The backups that were made of a settings file, newest first."""
    target = Path(os.path.realpath(path))
    return sorted(target.parent.glob(f"{target.name}.leashd-backup-*"), reverse=True)


def as_it_was(bare: SettingsFile) -> SettingsFile | None:
    """The backup that says the same as a file without our entries, byte for byte."""
    for backup in backups(bare.path):
        try:
            earlier = load(backup)
        except SettingsError:
            continue
        if _without_empty_hooks(earlier.data) == _without_empty_hooks(bare.data):
            return SettingsFile(bare.path, earlier.text, earlier.data)
    return None


def _without_empty_hooks(data: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in data.items() if key != "hooks" or value}


def _replace(target: Path, content: bytes, mode: int) -> None:
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.chmod(mode)
        temporary.replace(target)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise

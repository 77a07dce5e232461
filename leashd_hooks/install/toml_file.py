"""An agent's TOML settings, changed table by table so that comments and layout stay."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import tomlkit
from tomlkit.exceptions import TOMLKitError

from leashd_hooks.install.settings_file import SettingsError, SettingsFile


def load(path: Path) -> SettingsFile:
    """Reads a TOML file; an absent one says nothing.  Raises SettingsError when it is no TOML."""
    try:
        text = path.read_bytes().decode("utf-8")
    except FileNotFoundError:
        return SettingsFile(path, "", {}, exists=False)
    except UnicodeDecodeError as error:
        raise SettingsError(f"`{path}` is not UTF-8: {error.reason} at byte {error.start}") from error
    except OSError as error:
        raise SettingsError(f"`{path}` cannot be read: {error.strerror}") from error
    return SettingsFile(path, text, _parse(path, text).unwrap())


def edited(file: SettingsFile, edit: Callable[[dict[str, Any]], None]) -> SettingsFile:
    """The file as `edit` leaves its data.  Raises SettingsError where the file's layout does not take the change."""
    document = _parse(file.path, file.text)
    expected = document.unwrap()
    edit(expected)
    try:
        edit(document)
        text = tomlkit.dumps(document)
        said = _parse(file.path, text).unwrap()
    except (TOMLKitError, ValueError, TypeError, AttributeError) as error:
        raise _unchangeable(file.path) from error
    if said != expected:
        raise _unchangeable(file.path)
    return SettingsFile(file.path, text, said, file.exists)


def table(document: dict[str, Any], *names: str) -> dict[str, Any]:
    """The table below these names, made where it is not there."""
    for name in names:
        if name not in document:
            document[name] = tomlkit.table(True) if isinstance(document, tomlkit.container.Container) else {}
        document = document[name]
    return document


def _parse(path: Path, text: str) -> tomlkit.TOMLDocument:
    try:
        return tomlkit.parse(text)
    except TOMLKitError as error:
        raise SettingsError(f"`{path}` is not valid TOML: {str(error).lower()}", "mend the file") from error


def _unchangeable(path: Path) -> SettingsError:
    return SettingsError(f"the tables of `{path}` are laid out so that they cannot be changed", "write them one by one")

"""Lints of policies: one file each, with `check`, and a docstring of fixed headings that the reference page shows."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from types import ModuleType

from leashd_hooks.policy.layers import Policies
from leashd_hooks.policy.load import Loaded
from leashd_hooks.policy.schema import Rule

NAMES = ("unreachable_rule", "missing_example", "broad_allow", "regex_on_command", "allow_covers_secret")


class Finding:
    """What a lint says of a rule."""

    __slots__ = ("column", "file", "help", "line", "lint", "message", "rule")

    def __init__(self, lint: str, rule: Rule, loaded: Loaded, index: int, message: str, help: str) -> None:
        self.lint = lint
        self.rule = rule.name
        self.file = loaded.name
        self.line, self.column, _ = loaded.source.find(("rules", index))
        self.message = message
        self.help = help

    def to_json(self) -> dict[str, str | int]:
        """The finding as plain data."""
        return {name: getattr(self, name) for name in self.__slots__}


Where = tuple[Rule, Loaded, int]


def run(policies: Policies) -> list[Finding]:
    """The findings of all lints, in the order of the files."""
    return [finding for name in NAMES for finding in module(name).check(policies)]


def module(name: str) -> ModuleType:
    """The module of a lint."""
    return import_module(f"leashd_hooks.policy.lints.{name}")


def everywhere(policies: Policies) -> Iterator[Where]:
    """Every rule of every layer."""
    for layer in policies.layers():
        yield from layer.rules()

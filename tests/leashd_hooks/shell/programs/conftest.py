"""How the tables of the program tests are read: a command line in, the effects told in one short line each out."""

import shlex
from collections.abc import Callable
from typing import Any

import pytest

from leashd_hooks.model import Effect
from leashd_hooks.shell import programs, sqldoor
from leashd_hooks.shell.invocation import Invocation, Pattern, Stdin, Unknown

Told = list[str] | None


def nested(kind: str, what: Any, call: Invocation) -> list[Any]:
    """Stands in for the walker: tells what it was asked to walk; SQL is read as it is there."""
    if kind == "sql":
        return sqldoor.read(*what, {})
    words = what if isinstance(what, list) else [what]
    return [Effect(kind, {"words": " ".join(map(str, words))})]


def word(text: str) -> "str | Unknown":
    """`?x` is an unknown word, `*` in a word makes it a glob, anything else is itself."""
    if text.startswith("?"):
        return Unknown("$X", text[1:])
    if "*" in text and not text.startswith("-") and " " not in text:
        return Pattern(text)
    return text


def tell(effect: Effect) -> str:
    fields = dict(effect.fields)
    path = fields.pop("path", "") if "path" in fields else ""
    told = [effect.kind] + ([str(path)] if "path" in effect.fields else [])
    for name in sorted(fields):
        value = fields[name]
        told.append(name if value is True else f"{name}={value}")
    return " ".join(told)


@pytest.fixture
def effects_of() -> Callable[..., Told]:
    def run(
        line: str | list[str], stdin: Stdin | None = None, env: dict[str, Any] | None = None, text: str | None = None
    ) -> Told:
        argv = shlex.split(line) if isinstance(line, str) else line
        call = Invocation(
            argv[0],
            [word(text) for text in argv[1:]],
            "/w",
            "/home/u",
            env or {},
            stdin or Stdin(),
            text or str(line),
            None,
            nested,
        )
        found = programs.effects(call)
        return None if found is None else [tell(effect) for effect in found]

    return run

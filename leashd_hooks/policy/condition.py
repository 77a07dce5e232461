"""A condition of a rule: kinds of effect and tests of their fields, checked against `vocabulary.EFFECTS`."""

from __future__ import annotations

import re
from typing import Any

from pydantic import BaseModel, ConfigDict, model_validator
from pydantic_core import PydanticCustomError

from leashd_hooks.policy import vocabulary
from leashd_hooks.policy.source import suggestion
from leashd_hooks.policy.vocabulary import EFFECTS

Scalar = str | int | bool


def wrong(message: str, help: str = "", *key: Any) -> PydanticCustomError:
    """A validation error in our own words; `key` leads to what it is about, within the value."""
    context = {"message": message, "help": help, "key": key}
    return PydanticCustomError("leashd", "{message}", context)


def listed(value: Any) -> Any:
    """One value as a list of one."""
    return value if isinstance(value, list | tuple) or value is None else [value]


def check_glob(text: str, *where: Any) -> str:
    """A path pattern, or what is wrong with it."""
    if not text or "\0" in text or (text.startswith("~") and not text.startswith("~/")):
        help = "write `/absolute/**`, `~/of/the/home` or `relative/to/the/project/**`"
        raise wrong(f"`{text}` is no path pattern", help, *where)
    if ".." in text.split("/"):
        raise wrong(f"`{text}` goes up with `..`", "write the path it leads to", *where)
    if re.search(r"[^/]\*\*|\*\*[^/]", text):
        help = "write `**` between slashes: `src/**/x`; within a name use `*`"
        raise wrong(f"`**` in `{text}` does not stand alone", help, *where)
    return text


class Strict(BaseModel):
    """A model that refuses what it does not know."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Condition(Strict):
    """Kinds of effect, and what their fields must be; all tests must hold."""

    effect: tuple[str, ...] = ()
    tests: dict[str, tuple[Scalar, ...]] = {}

    @model_validator(mode="before")
    @classmethod
    def _fold(cls, raw: Any) -> Any:
        if isinstance(raw, Condition):
            return raw
        if not isinstance(raw, dict):
            raise wrong("a condition must be a mapping", "write `effect: git` and its fields below each other")
        if not raw:
            raise wrong("an empty condition", "write `effect:` with a kind of effect, and its fields")
        kinds = _kinds(raw.get("effect"))
        tests = {name: _test(name, value, kinds) for name, value in raw.items() if name != "effect"}
        return {"effect": kinds, "tests": tests}

    def without_effect(self) -> bool:
        """Whether the kinds come from the rule's `when`."""
        return not self.effect


def _kinds(value: Any) -> tuple[str, ...]:
    kinds = listed(value) or []
    for kind in kinds:
        if kind not in EFFECTS:
            raise wrong(f"unknown effect `{kind}`", suggestion(kind, EFFECTS), "effect")
    return tuple(kinds)


def _test(name: Any, value: Any, kinds: tuple[str, ...]) -> tuple[Scalar, ...]:
    possible = kinds or tuple(kind for kind in EFFECTS if name in vocabulary.fields(kind))
    known = sorted({field for kind in kinds or EFFECTS for field in vocabulary.fields(kind)})
    lacking = [kind for kind in possible if name not in vocabulary.fields(kind)]
    if lacking or not possible:
        of = f" of effect `{lacking[0]}`" if lacking else ""
        raise wrong(f"unknown field `{name}`{of}", suggestion(name, [*known, "effect"]), name)
    values = tuple(listed(value) or ())
    if not values:
        raise wrong(f"`{name}` has no value", "give one, or leave the field out", name)
    sorts = {vocabulary.sort(kind, name) for kind in possible}
    for at, item in enumerate(values):
        where = (name, at) if isinstance(value, list) else (name,)
        if not any(_fits(item, each) for each in sorts):
            raise wrong(f"`{name}` must be {_EXPECTED[min(sorts)]}, not {described(item)}", _how(item), *where)
        _check_value(item, possible, sorts, *where)
    return values


_EXPECTED = {"flag": "true or false", "number": "a number", "path": "a path pattern", "choice": "text"}
_EXPECTED.update(dict.fromkeys(("name", "words", "flags", "place", "command"), "text"))


def _fits(item: Any, sort: str) -> bool:
    if sort == "flag":
        return isinstance(item, bool)
    if sort == "number":
        return isinstance(item, int) and not isinstance(item, bool)
    return isinstance(item, str) and item != ""


def _how(item: Any) -> str:
    return "put it in quotes" if isinstance(item, int | float) else ""


def _check_value(item: Any, kinds: tuple[str, ...], sorts: set[str], *where: Any) -> None:
    name = where[0]
    if sorts == {"choice"}:
        allowed = {choice for kind in kinds for choice in vocabulary.choices(kind, name)}
        if item not in allowed:
            raise wrong(f"unknown `{name}`: `{item}`", suggestion(item, allowed), *where)
    if sorts == {"path"}:
        check_glob(item, *where)
    if sorts == {"flags"} and not item.startswith(("-", "+")):
        raise wrong(f"the flag `{item}` has no dash", f"write `-{item}` or `--{item}`", *where)


def described(value: Any) -> str:
    """A value's sort in a person's words."""
    names = {bool: "true or false", str: "text", int: "a number", float: "a number", list: "a list", dict: "a mapping"}
    return "nothing" if value is None else names.get(type(value), "something else")

"""One policy file: bytes to a checked `PolicyFile`, or a `PolicyError` with line, caret and advice."""

from __future__ import annotations

import types
from typing import Any, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError

from leashd_hooks.policy import source as sources
from leashd_hooks.policy.condition import described
from leashd_hooks.policy.schema import Example, Examples, PlaceSet, PolicyFile, Rule, Settings
from leashd_hooks.policy.source import Source, SourceError, suggestion

Model = TypeVar("Model", bound=BaseModel)

_EXPECTED = {
    "string_type": "text",
    "bool_type": "true or false",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "int_parsing": "a whole number",
    "float_type": "a number",
    "list_type": "a list",
    "tuple_type": "a list",
    "dict_type": "a mapping",
    "model_type": "a mapping",
    "model_attributes_type": "a mapping",
}


class Loaded:
    """A policy file and its source, so that later checks can point into it."""

    __slots__ = ("file", "source")

    def __init__(self, file: PolicyFile, source: Source) -> None:
        self.file = file
        self.source = source

    @property
    def name(self) -> str:
        """The path as shown to people."""
        return self.source.file

    def line(self, index: int) -> int:
        """The line in which a rule begins."""
        return self.source.find(("rules", index))[0]

    def error(self, place: tuple[Any, ...], message: str, help: str = "", key: bool = False) -> SourceError:
        """An error in this file."""
        return self.source.on(place, message, help, key)


def policy(data: bytes, name: str, quote: bool = True) -> Loaded:
    """The policy in `data`; `name` is the path shown in errors."""
    source = sources.parse(data, name, quote=quote)
    file = validate(source, PolicyFile)
    loaded = Loaded(file, source)
    seen: dict[str, int] = {}
    for index, rule in enumerate(file.rules):
        if rule.name in seen:
            help = f"the first one is in line {seen[rule.name]}; give this one its own name"
            raise loaded.error(("rules", index, "name"), f"a second rule named `{rule.name}`", help)
        seen[rule.name] = loaded.line(index)
    return loaded


def validate(source: Source, model: type[Model]) -> Model:
    """The document as a model; the first mistake is raised, the others are in its `more`."""
    if not isinstance(source.data, dict):
        raise source.at(1, 1, f"the file must be a mapping, not {described(source.data)}", "begin with `version: 1`")
    try:
        return model.model_validate(source.data)
    except ValidationError as problem:
        # What is missing comes last: mostly it is there, misspelt, and that says more.
        found = sorted(problem.errors(include_url=False), key=lambda error: error["type"] == "missing")
        errors = [_explain(source, error, model) for error in found]
        errors[0].more = tuple(errors[1:])
        raise errors[0] from None


def _explain(source: Source, error: Any, model: type[BaseModel]) -> SourceError:
    place, kind, value = tuple(error["loc"]), error["type"], error["input"]
    of = _whereabouts(source, place)
    field = next((part for part in reversed(place) if isinstance(part, str)), "")
    if kind == "leashd":
        return _own(source, place, error["ctx"], of)
    if kind == "extra_forbidden":
        known = _names(_model_at(model, place[:-1]))
        return source.on(place, f"unknown field `{place[-1]}`{of}", suggestion(place[-1], known), key=True)
    if kind == "missing":
        return source.on(place[:-1], f"`{place[-1]}` is missing{of}", f"add `{place[-1]}:`")
    if kind == "literal_error":
        allowed = get_args(_literal(model, place)) or ()
        return source.on(place, f"unknown {field} `{value}`{of}", suggestion(value, [str(item) for item in allowed]))
    if kind in _EXPECTED:
        help = "put it in quotes" if kind == "string_type" and isinstance(value, bool | int | float) else ""
        return source.on(place, f"`{field}` must be {_EXPECTED[kind]}, not {described(value)}{of}", help)
    if kind == "greater_than_equal":
        return source.on(
            place, f"`{field}` must be at least {error['ctx']['ge']}, not `{value}`{of}", "leave it out for no limit"
        )
    if kind == "string_too_short":
        return source.on(place, f"`{field}` is empty{of}", "write something, or leave it out")
    return source.on(place, f"`{field}`: {error['msg'][:1].lower()}{error['msg'][1:]}{of}")


def _own(source: Source, place: tuple[Any, ...], context: dict[str, Any], of: str) -> SourceError:
    key = context["key"]
    unknown_key = str(context["message"]).startswith(("unknown field", "both ", "`unless` asks"))
    if not key:
        return source.on(place, context["message"] + of, context["help"])
    return source.on((*place, *key), context["message"] + of, context["help"], key=unknown_key)


def _whereabouts(source: Source, place: tuple[Any, ...]) -> str:
    """` in rule `x`` for an error in a rule, ` in `settings`` elsewhere."""
    if len(place) > 1 and place[0] == "rules" and isinstance(place[1], int):
        rule = source.data["rules"][place[1]]
        name = rule.get("name") if isinstance(rule, dict) else None
        return f" in rule `{name}`" if isinstance(name, str) and name else f" in rule {place[1] + 1}"
    if len(place) > 2 and place[0] == "places":
        return f" in place `{place[1]}`"
    return f" in `{place[0]}`" if len(place) > 1 and isinstance(place[0], str) else ""


_INSIDE: dict[str, type[BaseModel]] = {
    "rules": Rule,
    "examples": Examples,
    "fires": Example,
    "stays_quiet": Example,
    "settings": Settings,
    "places": PlaceSet,
}


def _model_at(model: type[BaseModel], place: tuple[Any, ...]) -> type[BaseModel]:
    for part in place:
        model = _INSIDE.get(part, model) if isinstance(part, str) else model
    return model


def _names(model: type[BaseModel]) -> list[str]:
    return [field.alias or name for name, field in model.model_fields.items()]


def _literal(model: type[BaseModel], place: tuple[Any, ...]) -> Any:
    owner = _model_at(model, place[:-1])
    field = owner.model_fields.get(str(place[-1]))
    annotation: Any = field.annotation if field else None
    if get_origin(annotation) in (Union, types.UnionType):
        return next((part for part in get_args(annotation) if part is not type(None)), None)
    return annotation

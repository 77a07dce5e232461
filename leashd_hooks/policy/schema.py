"""The policy language as models: what a file may say and what it means.  The reference page is made from it."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StrictBool, model_validator
from pydantic_core import PydanticCustomError

from leashd_hooks.model import EFFECTS, PATH_KINDS
from leashd_hooks.policy import vocabulary
from leashd_hooks.policy.source import suggestion

MAX_PATTERN = 2000

Action = Literal["allow", "deny", "require_approval"]
Scalar = str | int | bool


def wrong(message: str, help: str = "", *key: Any) -> PydanticCustomError:
    """A validation error in our own words; `key` leads to what it is about, within the value."""
    context = {"message": message, "help": help, "key": key}
    return PydanticCustomError("leashd", "{message}", context)


def _listed(value: Any) -> Any:
    return value if isinstance(value, list | tuple) or value is None else [value]


def _pattern(text: str) -> str:
    if len(text) > MAX_PATTERN:
        raise wrong(f"a pattern of {len(text)} characters", f"at most {MAX_PATTERN}; better: write `when`")
    try:
        re.compile(text)
    except (re.error, RecursionError, OverflowError) as error:
        where = f" at position {error.pos}" if isinstance(error, re.error) and error.pos is not None else ""
        raise wrong(
            f"`{text}` is no regular expression: {error}".split(" at position")[0] + where, "escape it, or write `when`"
        ) from None
    return text


def _glob(text: str, *where: Any) -> str:
    if not text or "\0" in text or (text.startswith("~") and not text.startswith("~/")):
        help = "write `/absolute/**`, `~/of/the/home` or `relative/to/the/project/**`"
        raise wrong(f"`{text}` is no path pattern", help, *where)
    if ".." in text.split("/"):
        raise wrong(f"`{text}` goes up with `..`", "write the path it leads to", *where)
    if re.search(r"[^/]\*\*|\*\*[^/]", text):
        help = "write `**` between slashes: `src/**/x`; within a name use `*`"
        raise wrong(f"`**` in `{text}` does not stand alone", help, *where)
    return text


Text = Annotated[str, Field(min_length=1)]
Texts = Annotated[tuple[Text, ...], BeforeValidator(_listed)]
Globs = Annotated[tuple[Annotated[str, AfterValidator(lambda text: _glob(text))], ...], BeforeValidator(_listed)]
Patterns = Annotated[tuple[Annotated[str, AfterValidator(_pattern)], ...], BeforeValidator(_listed)]


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
    kinds = _listed(value) or []
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
    values = tuple(_listed(value) or ())
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
_EXPECTED.update(dict.fromkeys(("name", "words", "flags", "place"), "text"))


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
        _glob(item, *where)
    if sorts == {"flags"} and not item.startswith(("-", "+")):
        raise wrong(f"the flag `{item}` has no dash", f"write `-{item}` or `--{item}`", *where)


def described(value: Any) -> str:
    """A value's sort in a person's words."""
    names = {bool: "true or false", str: "text", int: "a number", float: "a number", list: "a list", dict: "a mapping"}
    return "nothing" if value is None else names.get(type(value), "something else")


Conditions = Annotated[tuple[Condition, ...], BeforeValidator(_listed)]


class Example(Strict):
    """A call: a command line as plain text, or a tool with its input."""

    tool: Text = Field(description="name of the tool, `Bash` for a command line")
    input: dict[str, Any] = Field(description="what the tool is called with")
    cwd: Text | None = Field(None, description="directory of the call, below the example's workspace")

    @model_validator(mode="before")
    @classmethod
    def _command(cls, raw: Any) -> Any:
        return {"tool": "Bash", "input": {"command": raw}} if isinstance(raw, str) else raw


class Examples(Strict):
    """Calls that prove a rule; `leashd policy test` runs them."""

    fires: tuple[Example, ...] = Field((), description="calls that this rule must decide")
    stays_quiet: tuple[Example, ...] = Field((), description="near misses that this rule must leave alone")

    @model_validator(mode="after")
    def _something(self) -> Examples:
        if not self.fires and not self.stays_quiet:
            raise wrong("examples without a call", "list calls under `fires` and `stays_quiet`")
        return self


class Rule(Strict):
    """One rule: an action, and the effects it is for."""

    name: Text = Field(
        max_length=100, description="the rule's id, kebab-case: `area-danger`; stands in answers and audit"
    )
    description: str = Field("", description="a note for people; decides nothing")
    action: Action = Field(description="`allow`, `deny` or `require_approval`")
    reason: str = Field("", description="why, as told to the agent and on the approval card")
    instead: str = Field("", description="the way out: what the agent may do instead")
    risk_level: Literal["low", "medium", "high", "critical"] | None = Field(
        None, description="shown on the approval card"
    )
    tool: Text | None = Field(None, description="the tool whose calls the rule is for: `Bash`, `mcp__github__*`")
    tools: Texts | None = Field(None, description="several tools")
    when: Conditions | None = Field(None, description="a condition, or a list of which one must hold")
    unless: Conditions | None = Field(None, description="conditions of which none may hold; `effect` may be left out")
    command_patterns: Patterns | None = Field(
        None, description="regular expressions on the command text; older files only"
    )
    path_patterns: Patterns | None = Field(None, description="regular expressions on the path; older files only")
    floor: StrictBool = Field(
        False, description="judged first, no other rule can lift it; shipped and managed files only"
    )
    examples: Examples | None = Field(None, description="calls that prove the rule")

    @model_validator(mode="after")
    def _consistent(self) -> Rule:
        if self.tool is not None and self.tools is not None:
            raise wrong("both `tool` and `tools`", "keep one of them", "tools")
        if self.when is not None and not self.when:
            raise wrong("`when` is empty", "write a condition, or leave it out", "when")
        legacy = self.command_patterns is not None or self.path_patterns is not None
        if self.when is not None and legacy:
            key = "command_patterns" if self.command_patterns is not None else "path_patterns"
            raise wrong(f"both `when` and `{key}`", "say it in `when` alone", key)
        if self.when is None and not legacy and self.tool is None and not self.tools:
            raise wrong("neither `when` nor `tool`", "add `when`, `tool` or `tools`", "name")
        if self.when is not None and not re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", self.name):
            kebab = re.sub(r"[^a-z0-9]+", "-", self.name.lower()).strip("-")
            raise wrong(f"`{self.name}` is no rule name", f"lower case with dashes: `{kebab}`", "name")
        self._check_conditions()
        return self

    def _check_conditions(self) -> None:
        for condition in self.when or ():
            if condition.without_effect():
                raise wrong("a condition without `effect`", suggestion("", EFFECTS), "when")
        kinds = {kind for condition in self.when or () for kind in condition.effect}
        for condition in self.unless or ():
            if not condition.without_effect():
                continue
            if self.when is None:
                raise wrong("`unless` asks for fields of no effect", "add `effect:` to it", "unless")
            for name in condition.tests:
                lacking = sorted(kind for kind in kinds if name not in vocabulary.fields(kind))
                if lacking:
                    raise wrong(
                        f"`unless` asks for `{name}`, which effect `{lacking[0]}` has not",
                        "add `effect:` to it",
                        "unless",
                    )

    @property
    def tool_names(self) -> tuple[str, ...] | None:
        """The tools the rule is for, None for all."""
        return (self.tool,) if self.tool is not None else self.tools

    @property
    def legacy(self) -> tuple[tuple[str, ...], tuple[str, ...]] | None:
        """The regular expressions of the first dialect."""
        if self.command_patterns is None and self.path_patterns is None:
            return None
        return self.command_patterns or (), self.path_patterns or ()

    def conditions(self, kind: str) -> list[Condition]:
        """The alternatives of `when` that are about this kind; a rule without `when` has one that always holds."""
        if self.when is None:
            return [Condition.model_validate({"effect": kind})]
        return [condition for condition in self.when if kind in condition.effect]

    def exceptions(self, kind: str) -> list[Condition]:
        """The conditions of `unless` that are about this kind."""
        return [condition for condition in self.unless or () if condition.without_effect() or kind in condition.effect]


class Settings(Strict):
    """What holds where no rule does."""

    default_action: Action | None = Field(None, description="verdict for an effect that no rule matches")
    approval_timeout_seconds: Annotated[int, Field(strict=True, ge=1)] | None = Field(
        None, description="seconds a question waits before it counts as no; without it: for ever"
    )


class PlaceSet(Strict):
    """A named set of paths that rules refer to with `place:`."""

    paths: Globs = Field(description="path patterns: `~/.ssh/**`, `**/.env`")
    exceptions: Globs = Field((), alias="except", description="patterns of paths that do not belong to it")
    description: str = Field("", description="a note for people")


def _version(value: Any) -> Any:
    if isinstance(value, bool) or str(value) not in ("1", "1.0"):
        raise wrong(f"unknown version `{value}`", "write `version: 1`")
    return 1


class PolicyFile(Strict):
    """A policy file: a profile, a pack, or the rules of a layer."""

    version: Annotated[int, BeforeValidator(_version)] = Field(1, description="version of the language: 1")
    name: str = Field("", description="name of the policy, shown to people")
    description: str = Field("", description="what the policy is for, in a sentence")
    packs: Texts = Field((), description="packs whose rules come after the file's own, in this order")
    rules: tuple[Rule, ...] = Field((), description="rules in the order in which they are tried")
    settings: Settings = Field(Settings(), description="what holds where no rule does")
    places: dict[str, PlaceSet] = Field({}, description="named sets of paths")


#: Kinds for which a rule without `when` is listed: every one.
ALL_KINDS = tuple(EFFECTS)
SANDBOXED = PATH_KINDS

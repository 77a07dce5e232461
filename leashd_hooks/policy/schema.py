"""The policy language as models: what a file may say and what it means.  The reference page is made from it."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, StrictBool, model_validator

from leashd_hooks.policy import vocabulary
from leashd_hooks.policy.condition import Condition, Strict, check_glob, listed, wrong
from leashd_hooks.policy.source import suggestion
from leashd_hooks.policy.vocabulary import EFFECTS

MAX_PATTERN = 2000

Action = Literal["allow", "deny", "require_approval"]
Mode = Literal["enforce", "shadow"]


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


Text = Annotated[str, Field(min_length=1)]
Texts = Annotated[tuple[Text, ...], BeforeValidator(listed)]
Globs = Annotated[tuple[Annotated[str, AfterValidator(lambda text: check_glob(text))], ...], BeforeValidator(listed)]
Patterns = Annotated[tuple[Annotated[str, AfterValidator(_pattern)], ...], BeforeValidator(listed)]


Conditions = Annotated[tuple[Condition, ...], BeforeValidator(listed)]


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
        None, description="shown on the approval card; medium and high are never Low there, critical is Danger"
    )
    tool: Text | None = Field(None, description="the tool whose calls the rule is for: `Bash`, `mcp__github__*`")
    tools: Texts | None = Field(None, description="several tools")
    when: Conditions | None = Field(None, description="a condition, or a list of which one must hold")
    unless: Conditions | None = Field(None, description="conditions of which none may hold; `effect` may be left out")
    command_patterns: Patterns | None = Field(
        None, description="regular expressions on the command text; older files only"
    )
    path_patterns: Patterns | None = Field(None, description="regular expressions on the path; older files only")
    mode: Mode = Field(
        "enforce", description="`shadow`: decides nothing, and the audit tells what it would have decided"
    )
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
    mode: Mode = Field("enforce", description="`shadow`: so are all rules and settings of the file and of its packs")
    packs: Texts = Field((), description="packs whose rules come after the file's own, in this order")
    rules: tuple[Rule, ...] = Field((), description="rules in the order in which they are tried")
    settings: Settings = Field(Settings(), description="what holds where no rule does")
    places: dict[str, PlaceSet] = Field({}, description="named sets of paths")


#: Kinds for which a rule without `when` is listed: every one.
ALL_KINDS = tuple(EFFECTS)

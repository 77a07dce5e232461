"""One effect against one compiled rule."""

from leashd_hooks.decide.paths import contains, like
from leashd_hooks.decide.rule import ACTION, LEGACY, TOOLS, UNLESS, WHEN
from leashd_hooks.model import ALLOW

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from leashd_hooks.decide.rule import Rule
    from leashd_hooks.decide.sandbox import Place
    from leashd_hooks.model import Call, Effect


def matches(rule: "Rule", call: "Call", effect: "Effect", places: "list[Place]") -> bool:
    """Whether `rule` is about this effect.

    `places` holds every path that the effect's path may stand for.  A rule that allows must be right about all of them,
    one that asks or denies about any.  A condition on a field the effect does not have never holds.
    """
    tools = rule[TOOLS]
    if tools is not None and not _tool(call.tool, tools):
        return False
    loosens = rule[ACTION] == ALLOW
    fields = effect.fields
    for condition in rule[WHEN]:
        if condition[1] == "is":  # written out here: most rules that are tried end at such a condition
            value = fields.get(condition[0])
            if value is None or value not in condition[2]:
                return False
        elif not _holds(condition, effect, places, all if loosens else any):
            return False
    for group in rule[UNLESS]:
        # An exception loosens a rule that tightens, and tightens one that loosens: the quantifier turns around.
        if all(_holds(condition, effect, places, any if loosens else all) for condition in group):
            return False
    if rule[LEGACY] is None:
        return True
    from leashd_hooks.decide.legacy import matches

    return matches(rule[LEGACY], call, effect, loosens)


def _tool(name: str, tools: "frozenset[str]") -> bool:
    return name in tools or any("*" in pattern and like(name, pattern) for pattern in tools)


def _holds(condition: "tuple[str, str, Any]", effect: "Effect", places: "list[Place]", every: "Any") -> bool:
    field, test, operand = condition
    if test == "path":
        return bool(places) and every(contains(operand, place.path) for place in places)
    if test == "place":
        return bool(places) and every(place.inside(operand) for place in places)
    if test == "command":
        return effect.command in operand
    value = effect.fields.get(field)
    if value is None:
        return False
    if test == "is":
        return value in operand
    if test == "like":
        text = str(value)
        return text in operand[0] or any(held in text and like(text, pattern) for held, pattern in operand[1])
    if test == "words":
        return any(tuple(value[:length]) in words for length, words in operand)
    if test == "flags":
        return not operand.isdisjoint(value)
    raise ValueError(f"unknown test `{test}` in the compiled policy")

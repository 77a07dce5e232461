"""A decision in sentences: what the call does, what decided each effect, and what would change the answer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from leashd_hooks.decide.rule import NAME, ORIGIN, entry
from leashd_hooks.model import ALLOW, ASK, DENY, Call, Decision, Effect

if TYPE_CHECKING:
    from leashd_hooks.bundle import Bundle

WORDS: dict[str, str] = {ALLOW: "allowed", ASK: "asked about", DENY: "denied"}
#: Answers that come from the guard itself, not from a rule.
OWN = {
    "no-effect": "no rule was needed",
    "default-action": "no rule matched, so the default action decided",
    "outside-approved-directories": "the sandbox decided, before any rule",
    "path-unknown": "the sandbox decided: where it leads is known only when it runs",
    "opaque": "part of it cannot be known beforehand",
    "too-complex": "it is larger than what is judged",
    "unreadable-call": "the call could not be read",
}


def sentences(call: Call, decision: Decision, bundle: Bundle) -> list[str]:
    """The explanation, a line each."""
    floor = {rule[NAME] for kind in bundle["floor"] for rule in entry(bundle["floor"], kind)}
    lines = [f"`{call.tool}` is {WORDS[decision.verdict]}, by `{decision.rule}`: {decision.reason}"]
    for at, (effect, finding) in enumerate(zip(decision.effects, decision.trace, strict=False)):
        mark = "  <- this decided" if at == decision.decisive else ""
        lines.append(f"{at + 1}. {told(effect)}: {WORDS[finding[0]]} by `{finding[1]}`{mark}")
        lines.append(f"   {_source(finding[1], floor, bundle)}")
    if decision.instead:
        lines.append(f"instead: {decision.instead}")
    lines += _trial(decision)
    lines += _change(decision, floor)
    return lines


def _trial(decision: Decision) -> list[str]:
    """What rules in shadow would change."""
    if decision.shadow is None:
        return []
    pairs = enumerate(zip(decision.trace, decision.shadow.trace, strict=True), 1)
    changed = [f"{at} {WORDS[new[0]]} by `{new[1]}`" for at, (old, new) in pairs if new != old]
    word = WORDS[decision.shadow.verdict]
    return [f"with the rules in shadow it would be {word}, by `{decision.shadow.rule}`: " + ", ".join(changed)]


def told(effect: Effect) -> str:
    """An effect in words."""
    fields = effect.fields
    if effect.kind == "run":
        line = " ".join(
            [str(fields.get("program")), *map(str, fields.get("flags", ())), *map(str, fields.get("args", ()))]
        )
        return f"runs `{line}`" + ("" if fields.get("modelled") else ", of which not everything is known")
    if effect.kind in ("read", "write", "delete"):
        how = f" ({fields['how']})" if fields.get("how") else ""
        tree = " with everything below" if fields.get("recursive") else ""
        return f"{effect.kind}s `{fields.get('path') or 'a path not known yet'}`{how}{tree}"
    listed = ", ".join(f"{name} {_value(value)}" for name, value in fields.items() if value not in (None, "", ()))
    return f"{effect.kind}: {listed}" if listed else effect.kind


def _value(value: Any) -> str:
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else f"`{value}`"


def _source(name: str, floor: set[str], bundle: Bundle) -> str:
    if name in OWN:
        return OWN[name]
    origin = next((rule[ORIGIN] for rule in _all_rules(bundle) if rule[NAME] == name), "")
    return f"{'a rule of the floor' if name in floor else 'a rule'} in {origin}" if origin else "a rule"


def _all_rules(bundle: Bundle) -> Iterator[tuple[Any, ...]]:
    layers = [
        bundle["floor"],
        bundle["rules_above"],
        *(one["rules"] for one in bundle["projects"].values()),
        bundle["rules"],
    ]
    for layer in layers:
        for kind in layer:
            yield from entry(layer, kind)


def _change(decision: Decision, floor: set[str]) -> list[str]:
    """What a person could do if the answer is not the one they want."""
    if decision.verdict == ALLOW:
        return ["to change that: a rule with `action: deny` for one of these effects in `~/.leashd/policy.yaml`"]
    if decision.rule in floor:
        return [f"to change that: `unlock: [{decision.rule}]` in `~/.leashd/config.yaml`; no other rule lifts it"]
    if decision.rule == "outside-approved-directories":
        return ["to change that: `leashd add-dir DIRECTORY`, in your own terminal"]
    if decision.rule in ("path-unknown", "opaque", "too-complex", "unreadable-call"):
        return ["to change that: write the call so that everything is known before it runs"]
    return ["to change that: a rule with `action: allow` for this effect in `~/.leashd/policy.yaml`"]

"""A rule that an earlier one always takes the place of.

What it does: finds rules of which every effect is matched by one rule before it, in the order they are tried.

Why it matters: the first match decides.  A rule that never comes first does nothing, while its author relies on it.

Example:

    - name: git-change
      action: require_approval
      when: {effect: git}
    - name: git-tag-delete
      action: deny
      when: {effect: git, verb: tag, destroys: true}

Use instead: put the narrower rule first.
"""

from __future__ import annotations

from collections.abc import Iterator

from leashd_hooks.model import ALLOW
from leashd_hooks.policy.condition import Condition
from leashd_hooks.policy.layers import Layer, Policies
from leashd_hooks.policy.lints import Finding, Where
from leashd_hooks.policy.load import Loaded
from leashd_hooks.policy.schema import Rule


def check(policies: Policies) -> Iterator[Finding]:
    """Rules that are covered by one before them."""
    shared = [*policies.above, *policies.profiles]
    for sequence in ([policies.floor], shared, *([layer] for layer, _ in policies.projects)):
        yield from _check(sequence)


def _check(layers: list[Layer]) -> Iterator[Finding]:
    earlier: list[tuple[Layer, Where]] = []
    for layer in layers:
        for rule, loaded, index in layer.rules():
            covers = (
                where for at, where in earlier if _covers(where[0], rule) and not _meant(at, where, layer, loaded)
            )
            cover = next(covers, None)
            if cover is not None:
                message = f"rule `{rule.name}` is never reached"
                help = (
                    f"`{cover[0].name}` ({cover[1].name}:{cover[1].line(cover[2])}) comes first and matches all of it"
                )
                yield Finding("unreachable_rule", rule, loaded, index, message, help)
            if not layer.in_shadow(loaded, rule):
                earlier.append((layer, (rule, loaded, index)))


def _meant(layer: Layer, first: Where, later_layer: Layer, later: Loaded) -> bool:
    """A profile's own rules override its packs, and a user's rules the profiles: that is meant."""
    if layer is later_layer:
        return first[1] is not later
    return layer.kind in ("managed", "user") and later_layer.kind == "shipped"


def _covers(first: Rule, later: Rule) -> bool:
    if first.floor != later.floor or first.unless or first.legacy is not None:
        return False
    if first.tool_names is not None and not set(first.tool_names) >= set(later.tool_names or ("*",)):
        return False
    if first.when is None:
        return True
    if later.when is None:
        return False
    # An allow must be right about all paths a name may stand for, others about one: it covers no path of theirs.
    partial = first.action == ALLOW and later.action != ALLOW
    return all(
        any(_wider(wide, kind, narrow, partial) for wide in first.when)
        for narrow in later.when
        for kind in narrow.effect
    )


def _wider(wide: Condition, kind: str, narrow: Condition, partial: bool) -> bool:
    if kind not in wide.effect or (partial and {"path", "place"} & set(wide.tests)):
        return False
    return all(name in narrow.tests and set(narrow.tests[name]) <= set(values) for name, values in wide.tests.items())

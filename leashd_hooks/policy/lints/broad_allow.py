"""An `allow` that is wider than it looks.

What it does: finds rules that allow a whole kind of effect, or every call of a tool that can do anything.

Why it matters: what is allowed is not seen by anybody.  Unknown effects are asked about only as long as no rule takes
them all.

Example:

    - name: shell-allow
      tool: Bash
      action: allow

Use instead:

    - name: make-test-allow
      action: allow
      when: {effect: package, manager: make, operation: run, script: [test, lint]}
"""

from __future__ import annotations

from collections.abc import Iterator

from leashd_hooks.model import ALLOW
from leashd_hooks.policy.layers import Policies
from leashd_hooks.policy.lints import Finding, everywhere
from leashd_hooks.policy.schema import Rule

#: Kinds that touch nothing, or whose other effects tell what they do.
HARMLESS = ("tool", "agent", "browser")
#: Tools that can do anything.
MIGHTY = ("Bash", "Monitor", "*", "mcp__*")


def check(policies: Policies) -> Iterator[Finding]:
    """Allow rules without a test."""
    for rule, loaded, index in everywhere(policies):
        what = _breadth(rule) if rule.action == ALLOW else ""
        if what:
            message = f"rule `{rule.name}` allows {what}"
            yield Finding("broad_allow", rule, loaded, index, message, "name the program, place or host it is for")


def _breadth(rule: Rule) -> str:
    if rule.when is None:
        mighty = [tool for tool in rule.tool_names or () if tool in MIGHTY]
        return f"every call of `{mighty[0]}`" if mighty and rule.legacy is None else ""
    for condition in rule.when:
        wide = [kind for kind in condition.effect if kind not in HARMLESS]
        if wide and not any(_narrows(values) for values in condition.tests.values()):
            return f"every `{wide[0]}`"
    return ""


def _narrows(values: tuple[object, ...]) -> bool:
    return not any(value in ("*", "**", "/**") for value in values)

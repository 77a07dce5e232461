"""A rule without examples.

What it does: finds rules with `when` that lack a call that fires, or a near miss that stays quiet.

Why it matters: a rule that nobody tried may match nothing, or everything, and a guard fails silently both ways.

Example:

    - name: deploy-ask
      action: require_approval
      when: {effect: run, program: deploy}

Use instead:

    - name: deploy-ask
      action: require_approval
      when: {effect: run, program: deploy}
      examples:
        fires: [deploy production]
        stays_quiet: [cat deploy.md]
"""

from __future__ import annotations

from collections.abc import Iterator

from leashd_hooks.policy.layers import Policies
from leashd_hooks.policy.lints import Finding, everywhere


def check(policies: Policies) -> Iterator[Finding]:
    """Rules in the effect dialect that lack one of the two kinds of example."""
    for rule, loaded, index in everywhere(policies):
        if rule.when is None:
            continue
        lacking = [
            name for name in ("fires", "stays_quiet") if rule.examples is None or not getattr(rule.examples, name)
        ]
        if lacking:
            message = f"rule `{rule.name}` has no example that {lacking[0].replace('_', ' ')}"
            yield Finding(
                "missing_example", rule, loaded, index, message, f"add a call under `examples: {lacking[0]}:`"
            )

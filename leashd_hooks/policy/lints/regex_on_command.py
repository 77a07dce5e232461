"""A regular expression on the text of a command.

What it does: finds rules of the older dialect, `command_patterns` and `path_patterns`.

Why it matters: text is not what a command does.  `rm -r -f`, `rm --recursive` and `find -delete` are one effect and
three texts, and `echo "rm -rf"` is a text without the effect.

Example:

    - name: no-rm
      tool: Bash
      action: deny
      command_patterns: ['rm\\s+-rf']

Use instead:

    - name: no-tree-delete
      action: deny
      when: {effect: delete, recursive: true}
"""

from __future__ import annotations

from collections.abc import Iterator

from leashd_hooks.policy.layers import Policies
from leashd_hooks.policy.lints import Finding, everywhere


def check(policies: Policies) -> Iterator[Finding]:
    """Rules with regular expressions."""
    for rule, loaded, index in everywhere(policies):
        if rule.legacy is not None:
            message = f"rule `{rule.name}` judges text, not effects"
            yield Finding("regex_on_command", rule, loaded, index, message, "say it with `when: {effect: ...}`")

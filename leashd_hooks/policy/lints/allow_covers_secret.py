"""An `allow` whose paths cover credentials.

What it does: finds rules that allow to read, write or run paths of the place `credential`, or that allow `secret`.

Why it matters: today the floor still denies it.  Once somebody unlocks that rule of the floor for one file, this rule
gives away all of them.

Example:

    - name: home-read
      action: allow
      when: {effect: read, path: "~/**"}

Use instead:

    - name: notes-read
      action: allow
      when: {effect: read, path: "~/notes/**"}
"""

from __future__ import annotations

from collections.abc import Iterator

from leashd_hooks.decide.paths import contains
from leashd_hooks.model import ALLOW
from leashd_hooks.policy.condition import Condition
from leashd_hooks.policy.layers import Policies
from leashd_hooks.policy.lints import Finding, everywhere
from leashd_hooks.policy.path_index import index

PLACE = "credential"


def check(policies: Policies) -> Iterator[Finding]:
    """Allow rules that reach a credential."""
    samples = _samples(policies)
    for rule, loaded, at in everywhere(policies):
        if rule.action != ALLOW or any(PLACE in one.tests.get("place", ()) for one in rule.unless or ()):
            continue
        covered = next((found for one in rule.when or () if (found := _covered(one, samples))), "")
        if covered:
            message = f"rule `{rule.name}` allows {covered}"
            yield Finding("allow_covers_secret", rule, loaded, at, message, "narrow its paths")


def _covered(condition: Condition, samples: list[str]) -> str:
    if "secret" in condition.effect:
        return "secrets to be read"
    if PLACE in condition.tests.get("place", ()):
        return "the place `credential`"
    paths = [_absolute(str(text)) for text in condition.tests.get("path", ())]
    return next((f"`{sample}`, which is a credential" for sample in samples if contains(index(paths), sample)), "")


def _samples(policies: Policies) -> list[str]:
    """A path for each pattern of the place."""
    found = [loaded.file.places.get(PLACE) for layer in policies.layers() for loaded in layer.files]
    patterns = [text for place in found if place for text in place.paths]
    return [_absolute(text).replace("**", "any").replace("*", "any").replace("?", "x") for text in patterns]


def _absolute(text: str) -> str:
    if text.startswith("~"):
        return "/home/user" + text[1:]
    return text if text.startswith("/") else "/" + text if text.startswith("**/") else "/**/" + text

"""The reference pages are made from the code, and are what is checked in."""

from pathlib import Path

import pytest

from leashd_hooks.policy import docs, layers, lints
from leashd_hooks.policy.vocabulary import EFFECTS

REPOSITORY = Path(__file__).resolve().parents[3]


@pytest.mark.parametrize("page", ["docs/reference/policy.md", "docs/reference/rules.md"])
def test_a_reference_page_is_up_to_date(page: str) -> None:
    assert (REPOSITORY / page).read_text() == docs.pages()[page], "run `leashd docs`"


def test_every_effect_field_lint_and_setting_has_its_line() -> None:
    page = docs.policy_page()
    for kind, fields in EFFECTS.items():
        assert f"### `{kind}`" in page
        for text in fields.values():
            assert text in page
    for name in (*lints.NAMES, "approved_directories", "unlock", "default_action", "approval_timeout_seconds"):
        assert f"`{name}`" in page


def test_every_shipped_rule_has_its_section() -> None:
    page = docs.rules_page()
    policies = layers.of_names(layers.profiles(), [], "/home/me")
    for layer in (policies.floor, *policies.profiles):
        for rule, _, _ in layer.rules():
            assert f"### `{rule.name}`" in page


@pytest.mark.parametrize("name", lints.NAMES)
def test_the_rules_in_a_lints_page_are_rules(name: str) -> None:
    from leashd_hooks.policy import load

    page = docs.policy_page().split(f"### `{name}`")[1].split("###")[0]
    for block in page.split("```yaml\n")[1:]:
        assert load.policy(("rules:\n" + block.split("```")[0]).encode(), name).file.rules


def test_the_example_of_the_page_is_a_policy() -> None:
    from leashd_hooks.policy import load

    text = docs.EXAMPLE.removeprefix("```yaml\n").removesuffix("```\n")
    assert load.policy(text.encode(), "example.yaml").file.rules[0].name == "deploy-ask"

"""What a policy file may say."""

import pytest

from leashd_hooks.policy import load, vocabulary
from leashd_hooks.policy.schema import PolicyFile

LEGACY = """\
version: "1.0"
name: seed
rules:
  - name: read_only tools
    tools: [Read, Glob]
    action: allow
    description: looks only
    risk_level: low
  - name: no-sudo
    tool: Bash
    command_patterns: ['\\bsudo\\b']
    action: deny
    reason: never
  - name: secrets
    tools: [Read, Write]
    path_patterns: ['\\.env$']
    action: deny
settings:
  default_action: require_approval
  approval_timeout_seconds: 300
"""


def policy(text: str) -> PolicyFile:
    return load.policy(text.encode(), "mine.yaml").file


def test_a_file_of_the_older_dialect_loads_unchanged() -> None:
    file = policy(LEGACY)
    assert [rule.name for rule in file.rules] == ["read_only tools", "no-sudo", "secrets"]
    assert file.rules[1].legacy == ((r"\bsudo\b",), ())
    assert file.rules[2].legacy == ((), (r"\.env$",))
    assert file.rules[0].tool_names == ("Read", "Glob")
    assert file.settings.approval_timeout_seconds == 300


@pytest.mark.parametrize("version", ["1", "1.0", '"1"', '"1.0"'])
def test_the_version_may_be_written_in_four_ways(version: str) -> None:
    assert policy(f"version: {version}\n").version == 1


def test_one_value_and_a_list_of_one_are_the_same() -> None:
    one = policy("rules: [{name: a, action: deny, when: {effect: git, verb: push}}]")
    many = policy("rules: [{name: a, action: deny, when: [{effect: [git], verb: [push]}]}]")
    assert one == many


def test_an_alias_stands_for_its_anchor() -> None:
    file = policy(
        "rules:\n  - {name: a, action: deny, when: &w {effect: git}}\n  - {name: b, action: deny, when: *w}\n"
    )
    assert file.rules[0].when == file.rules[1].when


def test_an_example_is_a_command_or_a_call() -> None:
    file = policy(
        "rules: [{name: a, action: deny, tool: Bash, examples: {fires: [ls, {tool: Read, input: {file_path: x}}]}}]"
    )
    examples = file.rules[0].examples
    assert examples is not None
    assert [(one.tool, one.input) for one in examples.fires] == [
        ("Bash", {"command": "ls"}),
        ("Read", {"file_path": "x"}),
    ]


def test_words_that_yaml_takes_for_something_else_stay_text_in_quotes() -> None:
    file = policy("rules: [{name: a, action: deny, when: {effect: run, args: 'yes', program: '0777'}}]")
    assert file.rules[0].when is not None
    assert file.rules[0].when[0].tests == {"args": ("yes",), "program": ("0777",)}


def test_every_field_of_an_effect_has_a_sort() -> None:
    for kind in vocabulary.EFFECTS:
        for field in vocabulary.fields(kind):
            assert vocabulary.sort(kind, field)


def test_fixed_sets_of_words_are_read_from_the_vocabulary() -> None:
    assert vocabulary.choices("git", "force") == ("none", "plain", "lease")
    assert vocabulary.choices("network", "reach") == ("public", "private", "local", "metadata")
    assert vocabulary.choices("git", "verb") == ()

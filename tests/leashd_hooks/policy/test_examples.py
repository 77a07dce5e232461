"""Every shipped rule proves itself: its examples run through the hook's own decision."""

import pytest

from leashd_hooks.policy import examples, layers


@pytest.fixture(scope="module", params=layers.profiles())
def outcomes(request: pytest.FixtureRequest) -> list[examples.Outcome]:
    return examples.of_profile(request.param)


def test_every_example_of_a_profile_holds(outcomes: list[examples.Outcome]) -> None:
    failed = [
        f"{one.rule.name}: `{one.text}` should {one.expected}, came {one.verdict}"
        f" by {one.decision.rule if one.decision else one.error}"
        for one in outcomes
        if not one.passed
    ]
    assert failed == []


@pytest.mark.parametrize("name", ["floor", *layers.packs()])
def test_every_rule_of_a_pack_has_reason_and_two_examples_of_each_kind(name: str) -> None:
    from leashd_hooks.policy import load, source

    path = layers.pack_path(name)
    for rule in load.policy(source.read(path), path).file.rules:
        assert rule.reason, rule.name
        assert rule.examples is not None, rule.name
        assert len(rule.examples.fires) >= 2, rule.name
        assert len(rule.examples.stays_quiet) >= 2, rule.name


def test_a_rule_of_the_floor_says_what_to_do_instead() -> None:
    policies = layers.of_names(["default"], [], "/home/me")
    assert [rule.name for rule, _, _ in policies.floor.rules() if not rule.instead] == []


def test_an_example_that_does_not_hold_is_found(tmp_path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(
        "rules: [{name: a-b, action: deny, when: {effect: git, verb: push},"
        " examples: {fires: [git push, ls], stays_quiet: [git status, git push -n]}}]\n"
    )
    outcomes = examples.of_files([str(path)])
    assert [(one.text, one.passed) for one in outcomes] == [
        ("git push", True),
        ("ls", False),
        ("git status", True),
        ("git push -n", False),
    ]

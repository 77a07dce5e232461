"""Each lint finds its fault, and says nothing of the near miss."""

import inspect
from pathlib import Path

import pytest

from leashd_hooks.policy import layers, lints

EXAMPLES = "examples: {fires: [a], stays_quiet: [b]}"

#: id -> (lint, rules, names of the rules it finds)
CASES = {
    "no-examples": ("missing_example", "{name: a, action: deny, when: {effect: mcp}}", ["a"]),
    "only-fires": ("missing_example", "{name: a, action: deny, when: {effect: mcp}, examples: {fires: [x]}}", ["a"]),
    "both-examples": ("missing_example", f"{{name: a, action: deny, when: {{effect: mcp}}, {EXAMPLES}}}", []),
    "legacy-without-examples": ("missing_example", "{name: a, action: deny, tool: Bash, command_patterns: [x]}", []),
    "command-pattern": ("regex_on_command", "{name: a, action: deny, tool: Bash, command_patterns: [x]}", ["a"]),
    "path-pattern": ("regex_on_command", "{name: a, action: deny, tool: Read, path_patterns: [x]}", ["a"]),
    "no-pattern": ("regex_on_command", "{name: a, action: deny, tool: Bash}", []),
    "whole-kind": ("broad_allow", "{name: a, action: allow, when: {effect: write}}", ["a"]),
    "whole-kind-by-star": ("broad_allow", "{name: a, action: allow, when: {effect: run, program: '*'}}", ["a"]),
    "whole-shell": ("broad_allow", "{name: a, action: allow, tool: Bash}", ["a"]),
    "one-program": ("broad_allow", "{name: a, action: allow, when: {effect: run, program: make}}", []),
    "harmless-kind": ("broad_allow", "{name: a, action: allow, when: {effect: tool}}", []),
    "broad-deny": ("broad_allow", "{name: a, action: deny, when: {effect: write}}", []),
    "whole-home": ("allow_covers_secret", "{name: a, action: allow, when: {effect: read, path: '~/**'}}", ["a"]),
    "everything": ("allow_covers_secret", "{name: a, action: allow, when: {effect: read, path: '**'}}", ["a"]),
    "secrets": ("allow_covers_secret", "{name: a, action: allow, when: {effect: secret}}", ["a"]),
    "the-place-itself": (
        "allow_covers_secret",
        "{name: a, action: allow, when: {effect: read, place: credential}}",
        ["a"],
    ),
    "all-but-secrets": (
        "allow_covers_secret",
        "{name: a, action: allow, when: {effect: read, path: '~/**'}, unless: {place: credential}}",
        [],
    ),
    "notes": ("allow_covers_secret", "{name: a, action: allow, when: {effect: read, path: '~/notes/**'}}", []),
    "narrower-after-wider": (
        "unreachable_rule",
        "{name: a, action: deny, when: {effect: git}}, {name: b, action: allow, when: {effect: git, verb: push}}",
        ["b"],
    ),
    "fewer-values-after-more": (
        "unreachable_rule",
        "{name: a, action: deny, when: {effect: git, verb: [push, pull]}},"
        " {name: b, action: allow, when: {effect: git, verb: pull}}",
        ["b"],
    ),
    "wider-after-narrower": (
        "unreachable_rule",
        "{name: a, action: deny, when: {effect: git, verb: push}}, {name: b, action: allow, when: {effect: git}}",
        [],
    ),
    "exception-in-the-first": (
        "unreachable_rule",
        "{name: a, action: deny, when: {effect: git}, unless: {verb: push}},"
        " {name: b, action: allow, when: {effect: git, verb: push}}",
        [],
    ),
    "deny-after-an-allow-of-all-candidates": (
        "unreachable_rule",
        "{name: a, action: allow, when: {effect: read, place: workspace}},"
        " {name: b, action: deny, when: {effect: read, place: workspace, how: list}}",
        [],
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_a_lint_finds_its_fault(tmp_path: Path, case: str) -> None:
    lint, rules, expected = CASES[case]
    path = tmp_path / "mine.yaml"
    path.write_text(f"rules: [{rules}]\n")
    policies = layers.of_names([str(path)], [], "/home/me")
    findings = [finding for finding in lints.module(lint).check(policies) if finding.file == str(path)]
    assert [finding.rule for finding in findings] == expected
    assert all(finding.help and finding.line == 1 for finding in findings)


@pytest.mark.parametrize("names", [["default", "dev-tools"], ["strict"], ["permissive"], ["autonomous"]], ids=str)
def test_what_ships_is_free_of_findings(names: list[str]) -> None:
    found = lints.run(layers.of_names(names, [], "/home/me"))
    assert [(finding.lint, finding.rule) for finding in found] == []


def test_an_overlay_that_is_never_reached_is_told(tmp_path: Path) -> None:
    first, second = tmp_path / "first.yaml", tmp_path / "second.yaml"
    first.write_text("rules: [{name: a, action: deny, when: {effect: mcp}}]\n")
    second.write_text("rules: [{name: b, action: allow, when: {effect: mcp, server: x}}]\n")
    policies = layers.of_names([str(first), str(second)], [], "/home/me")
    assert [finding.rule for finding in lints.module("unreachable_rule").check(policies)] == ["b"]


@pytest.mark.parametrize("name", lints.NAMES)
def test_a_lint_is_documented_under_fixed_headings(name: str) -> None:
    text = inspect.getdoc(lints.module(name)) or ""
    for heading in ("What it does:", "Why it matters:", "Example:", "Use instead:"):
        assert heading in text

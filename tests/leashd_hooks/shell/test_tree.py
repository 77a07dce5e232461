"""The tree itself: joining literals and comparing."""

import pytest

from leashd_hooks.shell.tree import Node, Part, ShellRefused, Word, dump, literal


def test_literals_quoted_alike_become_one_part() -> None:
    parts: list[Part] = []
    literal(parts, "a", quoted=False)
    literal(parts, "b", quoted=False)
    literal(parts, "c", quoted=True)
    assert [(part.text, part.quoted) for part in parts] == [("ab", False), ("c", True)]


@pytest.mark.parametrize(
    "other",
    [
        Node("simple", (0, 2), words=[Word([Part("literal", "a")], (0, 1))]),
        Node("simple", (0, 1), words=[Word([Part("literal", "b")], (0, 1))]),
        Node("simple", (0, 1), words=[Word([Part("literal", "a", quoted=True)], (0, 1))]),
        Node("subshell", (0, 1), words=[Word([Part("literal", "a")], (0, 1))]),
        Node("simple", (0, 1), words=[Word([Part("literal", "a")], (1, 2))]),
    ],
)
def test_trees_that_differ_anywhere_differ_when_dumped(other: Node) -> None:
    tree = Node("simple", (0, 1), words=[Word([Part("literal", "a")], (0, 1))])
    assert dump(tree) == dump(Node("simple", (0, 1), words=(Word((Part("literal", "a"),), (0, 1)),)))
    assert dump(tree) != dump(other)


def test_a_refusal_says_why_and_whether_a_bound_was_met() -> None:
    refused = ShellRefused("too large", bound=True)
    assert (refused.why, refused.bound, str(refused)) == ("too large", True, "too large")

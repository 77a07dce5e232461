"""The in-process recogniser: what it takes has shfmt's tree, and what it must leave alone."""

import pytest

from leashd_hooks.shell import shfmt
from leashd_hooks.shell.subset import parse
from leashd_hooks.shell.tree import dump

ACCEPTED = [
    "ls",
    "ls -la src",
    "a; b;",
    "a\n\nb\n",
    "a && b || c",
    "a |\n b",
    "a &&\n b",
    "a 'b c' \"d e\" f\\ g",
    'a "\\$b" "c\\d" "e"\'f\'g',
    "A=1 B='2 3' C= a",
    "A=1",
    "a > b",
    "a >> b 2>&1",
    "a 2> /dev/null < c",
    "a &> b",
    "a &>> b",
    "> a b",
    "a *.py ~/b {c,d} e^ f#g h~ [i] ?",
    'a $b "$c" d$e/f',
    "[ -f a ]",
    "a é “b”",
    "a --b=c d=e",
    "a @ % + : , . / -",
]

LEFT = [
    "a &",
    "a & b",
    "a |& b",
    "(a)",
    "{ a; }",
    "a $(b)",
    "a `b`",
    "a ${b}",
    "a $1",
    "a $?",
    "a $'b'",
    'a $"b"',
    "a <<E\nE",
    "a <<< b",
    "a <(b)",
    "a >| b",
    "a <> b",
    "a >&b",
    "a {x}>b",
    "if a; then b; fi",
    "! a",
    "time a",
    "a # b",
    "# a",
    "=a b",
    "a =b",
    "a[1]=2",
    "a+=b",
    "a=(b)",
    "export a=b",
    "let a=1",
    "[[ a ]]",
    "coproc a",
    "a \\\nb",
    "a 'b",
    'a "b',
    "a\\",
    "f() { a; }",
    "a;; b",
    "a ; ; b",
    "&& a",
    "a ||",
    "| a",
    "a >",
    "a > > b",
    "a <b>c",
    "a >!b",
    'a "$(b)"',
    'a "`b`"',
    'a "b$"',
    "a $",
    "+(a)",
    "repeat 2 a",
    "noglob a",
    "- a",
    "} a",
    "a; }",
    "fi",
    "a;&",
    "a;|b",
    "foreach a (b)",
]


@pytest.mark.parametrize("text", ACCEPTED)
def test_an_everyday_command_has_the_tree_of_shfmt(text: str, shfmt_path: str) -> None:
    mine = parse(text)
    assert mine is not None
    assert dump(mine) == dump(shfmt.parse(text, shfmt_path))


@pytest.mark.parametrize("text", LEFT)
def test_anything_else_is_left_to_shfmt(text: str) -> None:
    assert parse(text) is None


def test_nothing_is_an_empty_list() -> None:
    for text in ("", " ", "\n\n\t"):
        tree = parse(text)
        assert tree is not None
        assert tree.children == []

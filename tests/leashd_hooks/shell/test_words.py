"""Words to values.  `?` stands for a word that is known only when the command runs."""

import pytest

from leashd_hooks.shell.ansi import decode
from leashd_hooks.shell.command_line import lower
from leashd_hooks.shell.words import runs_in_arithmetic

WORDS = [
    ("a 'b c' \"d e\"", ["a", "b c", "d e"]),
    ("a\\ b \\* \\~", ["a b", "*", "./~"]),
    ('"a\\$b" "a\\b" \'a\\b\'', ["a$b", "a\\b", "a\\b"]),
    ("'' \"\"", ["", ""]),
    ("$'a\\tb' $'\\x41' $'\\u00e9'", ["a\tb", "A", "é"]),
    ("$'\\xff'", ["?"]),
    ('$"translated"', ["?"]),
    ("~ ~/a a~ ~/'b c'", ["/home/u", "/home/u/a", "a~", "/home/u/b c"]),
    ("\"~/a\" '~'/b", ["./~/a", "./~/b"]),
    ("~root/a ~+/b", ["?", "/w/b"]),
    ('$HOME/a ${HOME}/b "$PWD"', ["/home/u/a", "/home/u/b", "/w"]),
    ('$X "$X" a$X', ["?", "?", "?"]),
    ("*.py 'a'* \"*\"", ["*.py", "a*", "*"]),
    ('"*"* a[b] [ ]', ["[*]*", "a[b]", "[", "]"]),
    ("{a,b}c x{1..3} {c..a} {01..03}", ["ac", "bc", "x1", "x2", "x3", "c", "b", "a", "01", "02", "03"]),
    ("{a} {a,b '{a,b}' \\{a,b} {a,'b c'}", ["{a}", "{a,b", "{a,b}", "{a,b}", "a", "b c"]),
    ("{a,{b,c}}d {1..5..2}", ["ad", "bd", "cd", "1", "3", "5"]),
    ("$(echo a) \"$(printf %s 'b c')\"", ["a", "b c"]),
    ('$(ls) "$(ls)"', ["?", "?"]),
    ("$((1+1)) a$((2))", ["?", "?"]),
    ("${X:-a} ${HOME:-a} ${X#a} ${#X} ${!X}", ["?", "/home/u", "?", "?", "?"]),
    ("$HOME:h $HOME[1]", ["?", "?"]),
    ("${HOME}:h", ["/home/u:h"]),
    ("^a a/^b HEAD^", ["?", "?", "HEAD^"]),
    ("<(ls)", ["/dev/fd/63"]),
    ('$1 $@ "$*"', ["?", "?", "?"]),
]


def arguments(text: str, shfmt_path: str) -> list[str]:
    """The words that the first `program` of a command line gets."""
    for effect in lower(text, "/w", "/home/u", shfmt_path):
        if effect.kind == "run" and effect.fields["program"] == "program":
            return list(effect.fields["args"])
    raise AssertionError("no program")


def every(text: str, shfmt_path: str) -> list[list[str]]:
    """The words that `program` gets in every reading of a command line."""
    found = lower(text, "/w", "/home/u", shfmt_path)
    return [list(effect.fields["args"]) for effect in found if effect.fields.get("program") == "program"]


@pytest.mark.parametrize(
    ("text", "readings"),
    [
        ("x='a b'; program $x", [["?"], ["a", "b"]]),
        ("program a${IFS}b", [["?"], ["a", "b"]]),
        ('program "${x:-a}"', [["?"], ["a"]]),
        ("IFS=_; x=a_b; program $x", [["?"]]),
        ("program $(echo a b)", [["a", "b"]]),
        ("program $(echo) a", [["a"]]),
    ],
)
def test_words_that_are_likely_are_told_beside_the_unknown(
    text: str, readings: list[list[str]], shfmt_path: str
) -> None:
    assert every(text, shfmt_path) == readings


@pytest.mark.parametrize(("text", "values"), WORDS, ids=[text for text, _ in WORDS])
def test_words_are_what_the_shell_makes_of_them(text: str, values: list[str], shfmt_path: str) -> None:
    assert arguments("program " + text, shfmt_path) == values


VARIABLES = [
    ("x=a; program $x", ["a"]),
    ("x='a b'; program $x \"$x\"", ["?", "a b"]),
    ("x='*'; program $x \"$x\"", ["*", "*"]),
    ('x=; program $x "$x" a$x', ["", "a"]),
    ("x=a; x+=b; program $x", ["ab"]),
    ("x=(a b); program $x ${x[0]}", ["?", "?"]),
    ("x=~/a; program $x", ["/home/u/a"]),
    ("x=a; y=$x/b; program $y", ["a/b"]),
    ("IFS=:; x=a; program $x", ["?"]),
    ("set -- a 'b c'; program \"$@\" $1 $3", ["a", "b c", "a"]),
    ("for x in a; do program $x; done", ["a"]),
    ("RANDOM=a; program $RANDOM", ["?"]),
    ("readonly x=a; program $x", ["a"]),
    ("readonly x=a; x=b; program $x", ["?"]),
    ("declare -u x=a; program $x", ["?"]),
    ("read x; program $x", ["?"]),
]


@pytest.mark.parametrize(("text", "values"), VARIABLES, ids=[text for text, _ in VARIABLES])
def test_variables_are_known_as_far_as_the_line_says(text: str, values: list[str], shfmt_path: str) -> None:
    assert arguments(text, shfmt_path) == values


def test_the_environment_is_known_where_it_is_told() -> None:
    (effect,) = lower("program $NAME", "/w", "/home/u", "", {"NAME": "value"})[:1]
    assert effect.fields["args"] == ["value"]


@pytest.mark.parametrize("text", ["{1..9999}", "{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}"])
def test_too_many_words_from_braces_are_over_the_bound(text: str) -> None:
    assert lower("program " + text, "/w", "/home/u", "")[-1].fields["bound"] is True


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("plain", "plain"),
        ("\\n\\t\\\\\\'", "\n\t\\'"),
        ("\\x4a\\x4", "J\x04"),
        ("\\101\\60", "A0"),
        ("\\u20ac\\U0001f600", "€😀"),
        ("\\q", "\\q"),
        ("a\\", "a\\"),
        ("\\0", None),
        ("\\x00", None),
        ("\\xff", None),
        ("\\cA", None),
        ("\\ud800", None),
        ("\\x", None),
    ],
)
def test_escapes_are_decoded_where_shells_agree(text: str, value: str | None) -> None:
    assert decode(text) == value


@pytest.mark.parametrize(
    ("text", "runs"), [("a[$(b)]", True), ("a[`b`]", True), ("a[1]", False), ("$(b)", False), ("x", False)]
)
def test_a_subscript_with_a_substitution_runs(text: str, runs: bool) -> None:
    assert runs_in_arithmetic(text) is runs

"""The in-process recogniser and shfmt say the same of whatever both understand.

That is held against 4,500 texts, and each other property against 1,500.
"""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from leashd_hooks.shell import shfmt, subset
from leashd_hooks.shell.command_line import lower
from leashd_hooks.shell.tree import ShellRefused, dump

SHFMT = str(Path(__file__).parents[2] / ".venv" / "bin" / "shfmt")

PIECES = [
    "ls",
    "cd",
    "rm",
    "-rf",
    "--x=y",
    "a",
    "b c",
    "FOO=1",
    "A=",
    "x=y",
    "a+=b",
    "a[1]=2",
    "1=2",
    "if",
    "fi",
    "then",
    "do",
    "time",
    "coproc",
    "let",
    "export",
    "declare",
    "function",
    "[[",
    "]]",
    "[",
    "]",
    "{",
    "}",
    "!",
    "test",
    "case",
    "in",
    "eval",
    "exec",
    "~",
    "~/x",
    "*",
    "?",
    "[ab]",
    "*.py",
    "{a,b}",
    "{",
    "a}",
    "$x",
    "$HOME",
    "${x}",
    '"$x"',
    "'$x'",
    '"a b"',
    "'a b'",
    '""',
    "''",
    "\\ ",
    "\\a",
    "\\\\",
    "\\\n",
    '"\\$"',
    '"\\a"',
    "$",
    "`",
    "$(",
    ")",
    "(",
    "#",
    "a#b",
    "=a",
    "^",
    "a^",
    "&&",
    "||",
    ";",
    "|",
    "&",
    "|&",
    ";;",
    "\n",
    " ",
    "  ",
    "\t",
    ">",
    ">>",
    "<",
    "2>&1",
    "2>",
    ">&2",
    "&>",
    "&>>",
    ">|",
    "<<<",
    "<>",
    ">&",
    ">&-",
    "1",
    "12",
    "é",
    "“",
    "😀",
    "@",
    "+(",
    "%",
    ",",
    ":",
    ".",
    "-",
    "\\;",
    "!a",
    "a!",
    ">!",
    "$1",
    "$?",
    "$'a'",
    '$"a"',
    "//",
    "2>/dev/null",
    "{fd}>x",
    "foreach",
    "repeat",
    "-",
    "&!",
]

commands = st.lists(st.sampled_from(PIECES), min_size=1, max_size=12).flatmap(
    lambda pieces: st.sampled_from(["", " "]).map(lambda glue: glue.join(pieces))
)


def agrees(text: str) -> bool:
    """Whether the recogniser accepted; fails when shfmt then says anything else."""
    mine = subset.parse(text)
    if mine is None:
        return False
    try:
        theirs = shfmt.parse(text, SHFMT)
    except ShellRefused as refused:
        pytest.fail(f"accepted {text!r}, which shfmt refuses: {refused.why}")
    assert dump(mine) == dump(theirs), text
    return True


@settings(max_examples=1000, deadline=None, suppress_health_check=list(HealthCheck))
@given(commands)
def test_whatever_the_recogniser_accepts_has_the_tree_of_shfmt(text: str) -> None:
    agrees(text)


@settings(max_examples=1000, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.text(alphabet="ab12 \t\n;&|<>\"'\\$`(){}[]*?!#~=+-^/.,:@%é", max_size=20))
def test_whatever_characters_the_recogniser_accepts_have_the_tree_of_shfmt(text: str) -> None:
    agrees(text)


EVERYDAY = [
    "ls -la src tests",
    "git status",
    "git diff --stat HEAD~3",
    'git commit -m "fix: the $thing"',
    "cd src && pytest -q",
    "pytest tests/test_x.py::test_y -x 2>&1 | tail -20",
    "grep -rn 'foo.*bar' src | head",
    "cat package.json | jq .scripts",
    "npm run build > build.log 2>&1",
    "FOO=1 BAR='b c' make test",
    "mkdir -p a/b; touch a/b/c.txt",
    "rm -rf node_modules",
    "find . -name '*.py' -type f",
    'echo "done"',
    "ls *.py",
    "cp ~/x $HOME/y",
    "a\nb\n\nc",
    "a &&\n  b",
    "wc -l < file",
]


@pytest.mark.parametrize("text", EVERYDAY)
def test_everyday_commands_need_no_other_process(text: str) -> None:
    assert agrees(text)


GRAMMAR = [
    "if ",
    "; then ",
    "; else ",
    "; fi",
    "while ",
    "; do ",
    "; done",
    "for x in ",
    "case $x in ",
    ") ",
    ";; esac",
    "{ ",
    "; }",
    "(",
    ")",
    "f() ",
    "$(",
    "`",
    "<(",
    ">(",
    "${x:-",
    "}",
    "$((",
    "))",
    "[[ ",
    " ]]",
    "eval ",
    "sh -c ",
    "sudo ",
    "env ",
    "xargs ",
    "trap ",
    "cd ",
    "x=",
    "export ",
    "local ",
    "set -- ",
    "unset ",
    "read x",
    "break",
    "return",
    "exit",
    "source ",
    "<<E\n",
    "\nE\n",
    "command ",
    "exec ",
    "alias a=",
    "declare -n ",
    "coproc ",
    "time ",
    "! ",
]

scripts = st.lists(st.sampled_from(GRAMMAR + PIECES), min_size=1, max_size=14).map("".join)


@settings(max_examples=1000, deadline=None, suppress_health_check=list(HealthCheck))
@given(scripts)
def test_any_text_becomes_effects_and_no_error(text: str) -> None:
    for effect in lower(text, "/w", "/home/u", SHFMT):
        assert effect.to_json()["kind"]


@settings(max_examples=1000, deadline=None, suppress_health_check=list(HealthCheck))
@given(scripts)
def test_a_line_does_no_less_when_another_follows(text: str) -> None:
    alone = {repr(effect.to_json()) for effect in lower(text, "/w", "/home/u", SHFMT) if effect.kind == "delete"}
    both = lower(text + "\nrm last", "/w", "/home/u", SHFMT)
    if not any(effect.kind == "opaque" for effect in both):
        assert alone <= {repr(effect.to_json()) for effect in both}
        assert any(effect.kind == "run" and effect.fields["program"] == "rm" for effect in both)

"""The door to mvdan/sh: trees, spans, refusals and bounds."""

import json
import os
from pathlib import Path

import pytest

from leashd_hooks.shell.command_line import lower
from leashd_hooks.shell.convert import COMMANDS, Converter
from leashd_hooks.shell.shfmt import parse
from leashd_hooks.shell.tree import Node, ShellRefused


def kinds(node: Node) -> list[str]:
    """The kinds of a tree, depth first."""
    return [node.kind] + [kind for child in node.children for kind in kinds(child)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a", ["seq", "simple"]),
        ("a && b || c", ["seq", "chain", "simple", "simple", "simple"]),
        ("a | b |& c", ["seq", "pipe", "simple", "simple", "simple"]),
        ("(a; b)", ["seq", "subshell", "seq", "simple", "simple"]),
        ("{ a; } > x", ["seq", "group", "seq", "simple"]),
        ("! a &", ["seq", "background", "not", "simple"]),
        (
            "if a; then b; elif c; then d; else e; fi",
            ["seq", "if", "seq", "simple", "seq", "simple", "if", "seq", "simple", "seq", "simple", "seq", "simple"],
        ),
        ("while a; do b; done", ["seq", "while", "seq", "simple", "seq", "simple"]),
        ("until a; do b; done", ["seq", "while", "seq", "simple", "seq", "simple"]),
        ("for x in a; do b; done", ["seq", "for", "seq", "simple"]),
        ("select x in a; do b; done", ["seq", "select", "seq", "simple"]),
        ("for ((;;)); do b; done", ["seq", "loop", "seq", "simple"]),
        ("case a in b) c;; esac", ["seq", "case", "seq", "simple"]),
        ("f() { a; }", ["seq", "function", "group", "seq", "simple"]),
        ("[[ a == b && -f c || ! (d) ]]", ["seq", "test"]),
        ("(( a + 1 ? b : c ))", ["seq", "arithmetic"]),
        ("let a=1", ["seq", "arithmetic"]),
        ("coproc x { a; }", ["seq", "coproc", "group", "seq", "simple"]),
        ("time a | b", ["seq", "time", "pipe", "simple", "simple"]),
        ("time", ["seq", "time"]),
        ("export a=b", ["seq", "declare"]),
        ("> a", ["seq", "simple"]),
        ("# nothing", ["seq"]),
    ],
)
def test_every_construct_has_its_node(text: str, expected: list[str], shfmt_path: str) -> None:
    assert kinds(parse(text, shfmt_path)) == expected


@pytest.mark.parametrize(
    ("text", "commands"),
    [
        ("echo é; rm ü", ["echo é", "rm ü"]),
        ("echo 😀 | rm $(ls 'ß')", ["echo 😀", "ls 'ß'", "rm $(ls 'ß')"]),
        ("> 日本 rm x & ls", ["> 日本 rm x", "ls"]),
    ],
)
def test_spans_count_characters(text: str, commands: list[str], shfmt_path: str) -> None:
    effects = [effect for effect in lower(text, "/w", "/home/u", shfmt_path) if effect.kind == "run"]
    assert [effect.command for effect in effects] == commands
    assert [text[slice(*(effect.span or ()))] for effect in effects] == commands


@pytest.mark.parametrize(
    "text", ["if", "a &&", "'a", "a )", "fi", "a;; b", "cat <<E", "f( a", "${x", "$(a", "echo =(a)"]
)
def test_text_that_is_no_shell_is_refused(text: str, shfmt_path: str) -> None:
    with pytest.raises(ShellRefused):
        parse(text, shfmt_path)


@pytest.mark.parametrize(
    "change",
    [
        {"Type": "NewClause"},
        {"Type": "TestDecl"},
        {"Type": "BinaryCmd", "Op": "?", "X": {}, "Y": {}},
        {},
    ],
)
def test_an_unknown_node_is_refused(change: dict[str, object]) -> None:
    place = {"Offset": 0}
    statement = {"Pos": place, "End": place, "Cmd": {"Pos": place, "End": place, **change}}
    with pytest.raises((ShellRefused, KeyError)):
        Converter("a", b"a").sequence([statement])


@pytest.mark.parametrize("field", ["Coprocess", "Disown", "Anything"])
def test_a_statement_with_an_unknown_mark_is_refused(field: str) -> None:
    with pytest.raises(ShellRefused):
        Converter("a", b"a").statement({"Pos": {"Offset": 0}, "End": {"Offset": 0}, field: True})


@pytest.mark.parametrize("kind", ["BraceExp", "Unheard"])
def test_an_unknown_part_of_a_word_is_refused(kind: str) -> None:
    with pytest.raises(ShellRefused):
        Converter("a", b"a").parts([{"Type": kind}], "")


def test_every_command_of_the_binary_is_known() -> None:
    documented = (
        "CallExpr IfClause WhileClause ForClause CaseClause Block Subshell BinaryCmd FuncDecl ArithmCmd TestClause "
        "DeclClause LetClause TimeClause CoprocClause"
    )
    assert set(COMMANDS) == set(documented.split())


def test_a_parser_that_is_missing_is_a_refusal(tmp_path: Path) -> None:
    with pytest.raises(ShellRefused):
        parse("a", str(tmp_path / "nothing"))


@pytest.mark.parametrize("answer", ["", "[]", "{", '{"Stmts": 1}', '{"Stmts": [{}]}', "null", "\\xff"])
def test_a_parser_that_answers_nonsense_is_a_refusal(answer: str, tmp_path: Path) -> None:
    liar = tmp_path / "shfmt"
    liar.write_text(f"#!/bin/sh\ncat > /dev/null\nprintf '{answer}'\n")
    liar.chmod(0o755)
    effects = lower("if a; then b; fi", "/w", "/home/u", str(liar))
    assert [effect.kind for effect in effects] in (["opaque"], [])
    assert effects or json.loads(answer or "0") == []


def test_a_parser_that_reads_nothing_is_no_deadlock(tmp_path: Path) -> None:
    deaf = tmp_path / "shfmt"
    deaf.write_text("#!/bin/sh\nexec <&-\nexit 3\n")
    deaf.chmod(0o755)
    with pytest.raises(ShellRefused):
        parse("if a; then " + "b; " * 20000 + "fi", str(deaf))


def test_no_file_descriptor_is_left_open(shfmt_path: str) -> None:
    before = len(os.listdir("/proc/self/fd"))
    for text in ("if a; then b; fi", "if"):
        lower(text, "/w", "/home/u", shfmt_path)
    lower("if", "/w", "/home/u", "/nothing")
    assert len(os.listdir("/proc/self/fd")) == before


@pytest.mark.parametrize(
    "text",
    [
        "echo " + "a" * 70000,
        "echo " + "é" * 40000,
        "if a; then " + "ls " * 17000 + "; fi",
        "true;" * 2100,
        "( " * 100 + "ls" + " )" * 100,
        "$(" * 30 + "ls" + ")" * 30,
        "{ " * 90 + "ls;" + " };" * 90,
    ],
    ids=["bytes", "bytes that are no ASCII", "words", "commands", "subshells", "substitutions", "groups"],
)
def test_what_is_too_large_is_opaque_and_says_so(text: str, shfmt_path: str) -> None:
    last = lower(text, "/w", "/home/u", shfmt_path)[-1]
    assert last.kind == "opaque"
    assert last.fields["bound"] is True


def test_a_large_command_within_the_bounds_is_read(shfmt_path: str) -> None:
    effects = lower("if a; then rm " + "é" * 30000 + "; fi", "/w", "/home/u", shfmt_path)
    assert [effect.kind for effect in effects] == ["run", "run", "delete"]


@pytest.mark.parametrize(
    "text",
    [
        "ls\r",
        "ls \x00",
        "ls \x1b[0m",
        "ls\x7f",
        "ls\u00a0x",
        "rm\u2003x",
        "ls \u202ex",
        "r\u200bm x",
        "ls \ufeff",
        "ls \ud800",
    ],
    ids=[
        "CR",
        "NUL",
        "escape",
        "DEL",
        "no-break space",
        "em space",
        "override",
        "zero width",
        "byte order mark",
        "surrogate",
    ],
)
def test_characters_that_cannot_be_seen_make_it_opaque(text: str, shfmt_path: str) -> None:
    found = lower(text, "/w", "/home/u", shfmt_path)
    assert found[0].kind == "opaque"


@pytest.mark.parametrize("text", ["ls\r\nrm x", "r\u200bm x", "rm\u00a0x", "ls\0; rm x", "rm \x1b[2Kx; rm x"])
def test_what_hidden_characters_hide_is_told_as_well(text: str, shfmt_path: str) -> None:
    found = [(effect.kind, effect.fields.get("path")) for effect in lower(text, "/w", "/home/u", shfmt_path)]
    assert found[0] == ("opaque", None)
    assert ("delete", "/w/x") in found


def test_invisible_characters_are_text_inside_quotes(shfmt_path: str) -> None:
    assert lower("echo 'a\u00a0b' \"\u200b\"", "/w", "/home/u", shfmt_path)[0].fields["args"] == ["a\u00a0b", "\u200b"]


@pytest.mark.parametrize("text", ["", " ", "\n\n", "# a\n#b", "\t"])
def test_nothing_does_nothing(text: str, shfmt_path: str) -> None:
    assert lower(text, "/w", "/home/u", shfmt_path) == []


def test_without_the_parser_what_is_not_everyday_is_opaque() -> None:
    assert [effect.kind for effect in lower("if a; then b; fi", "/w", "/home/u", "")] == ["opaque"]
    assert [effect.kind for effect in lower("rm x", "/w", "/home/u", "")] == ["run", "delete"]

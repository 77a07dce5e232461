"""What holds for every program: no words break a module, and every effect speaks the vocabulary."""

import shlex

import pytest

from leashd_hooks.policy.vocabulary import EFFECTS
from leashd_hooks.shell import programs
from leashd_hooks.shell.invocation import Invocation, Pattern, Stdin, Unknown

U = Unknown("$X")
WORDS = [
    [],
    ["-"],
    ["--"],
    [""],
    ["a"],
    ["a", "b"],
    ["-x"],
    ["-o"],
    ["-f", "a"],
    ["--zzz"],
    ["--zzz=a", "b"],
    [U],
    [U, "a"],
    ["a", U],
    [Unknown("$X", "-f"), "a"],
    [Unknown("$X", "src/")],
    [Pattern("*")],
    [Pattern("src/*.py"), "b"],
    ["-rf", "/"],
    ["list"],
    ["show", "x"],
    ["run", "x", U],
    ["install", U],
    ["delete", "x"],
    ["-e", "x", "-c"],
    ["-p", "-i", "-n", "-s", "-d", "-k"],
    ["a\0b", "\n", "~", "~x/y", "../../.."],
    ["-" + "z" * 2000],
]

PROGRAMS = sorted(program for family in programs.FAMILIES.values() for program in family.split())


@pytest.mark.parametrize("name", PROGRAMS)
def test_no_words_break_a_program(name):
    for words in WORDS:
        for stdin in (Stdin(), Stdin("pipe"), Stdin("text", text="x"), Stdin("file")):
            for cwd in ("/w", None):
                call = Invocation(name, words, cwd, "/home/u", {}, stdin, name, None, lambda kind, what, call: [])
                for effect in programs.effects(call) or []:
                    assert effect.kind in EFFECTS
                    path = effect.fields.get("path", "/")
                    assert path is None or path.startswith("/")


def test_no_program_is_in_two_families():
    assert sorted(set(PROGRAMS)) == PROGRAMS


@pytest.mark.parametrize("name", ["", "invented", "l", "s", "cat ls", "pyth"])
def test_other_names_are_in_no_family(name):
    assert programs.family_of(name) == ""


@pytest.mark.parametrize("name", PROGRAMS)
def test_asking_for_the_version_does_nothing(name, effects_of):
    assert effects_of([name, "--version"]) in ([], None) or name in ("kill", "cd")


@pytest.mark.parametrize("line", ["pytest --version", "eslint --version", "ruff --version"])
def test_a_program_that_is_not_modelled_tells_its_version(line, effects_of):
    assert effects_of(line) == []


@pytest.mark.parametrize("line", ["pytest", "pytest --help", "pytest -p x", "ruff check", "./x", "nothing --version"])
def test_what_is_not_modelled_is_none(line, effects_of):
    assert effects_of(shlex.split(line)) is None

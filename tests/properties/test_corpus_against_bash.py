"""Every command line of the corpus is run by bash: each program that bash starts is among those that were told.

Two rules leave a command line out: what no program can be given, and what begins elsewhere than in the project.  A
program may go untold only where the analysis says that it does not know (`opaque`) or that code runs which it does not
read (`code`), and the call is then not allowed.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from leashd_hooks.hook import judge_call
from leashd_hooks.model import ALLOW, Call
from leashd_hooks.policy.compile import compile_policies
from leashd_hooks.shell.command_line import lower
from leashd_hooks.shell.names import WRAPPERS, program_name
from leashd_hooks.shell.programs import FAMILIES, VERSIONED
from tests.corpus.world import World, build
from tests.properties import room

CORPUS = Path(__file__).parents[1] / "corpus"
NAMES = {word for words in FAMILIES.values() for word in words.split()} | WRAPPERS | {*VERSIONED.split()}
#: An argument of a program is at most so long.
LONGEST = 100_000
#: Behind these, other commands run when a command fails.
TURNS = ("||", "!", "if", "until", "while", "case")
#: So many command lines of a folder are left out by the two rules.
LEFT_OUT = {"ordinary": 6, "dangerous": 7}


def lines(folder: str) -> "tuple[list[str], int]":
    """The command lines of a folder of the corpus that are run, and the number of those that are left out."""
    rows: list[dict[str, Any]] = [
        json.loads(line) for path in sorted(CORPUS.glob(f"{folder}/*.jsonl")) for line in path.read_text().splitlines()
    ]
    commands = [row for row in rows if "command" in row]
    found = [row["command"] for row in commands if "cwd" not in row and _can_be_given(row["command"])]
    return found, len(commands) - len(found)


def _can_be_given(text: str) -> bool:
    return "\0" not in text and len(text) < LONGEST and not any("\ud800" <= char <= "\udfff" for char in text)


@pytest.mark.parametrize("folder", LEFT_OUT)
def test_every_program_that_bash_starts_is_told(folder: str, tmp_path: Path) -> None:
    """Most lines start a program and are wholly told; where one command decides about another, it succeeds and fails"""
    world = build(tmp_path / "world")
    (tmp_path / "room").mkdir()
    given, left_out = lines(folder)
    orders = [(text, 0) for text in given]
    orders += [(text, 1) for text in given if any(word in text for word in TURNS)]
    ran = room.run(orders, NAMES, world.root, world.home, tmp_path / "room")
    policy = compile_policies(["default", "dev-tools"], [str(world.root)], str(world.home))
    partly = [text for (text, _), names in zip(orders, ran, strict=True) if untold(text, names, world, policy)]
    assert left_out <= LEFT_OUT[folder]
    assert sum(map(bool, ran)) > len(orders) * 0.9
    assert len(partly) < len(orders) * 0.02, partly


#: A command line, the status with which its programs end, and what bash starts.
STARTED = [
    ("ls; git status && rm -rf src | sort", 0, "ls git rm sort"),
    ("git status && rm a || cp b c", 1, "git cp"),
    ("/bin/rm a; /usr/sbin/reboot", 0, "rm reboot"),
    ("env -i rm a; echo x | xargs cp; find . -name app.py -exec mv {} b ';'", 0, "env rm xargs cp find mv"),
    ("echo 'cm9tIGE=' | base64 -d | sh", 0, "base64 rom sh"),
    ("nosuch; sh -c 'other; sleep 9' &", 0, "nosuch other sh sleep"),
    ("> /usr/bin/rm; rm a; : > src/app.py", 0, "rm"),
    ("until rm a; do :; done", 1, "rm"),
]


def test_the_room_writes_down_what_is_started(tmp_path: Path) -> None:
    world = build(tmp_path / "world")
    (tmp_path / "room").mkdir()
    orders = [(text, status) for text, status, _ in STARTED]
    ran = room.run(orders, NAMES, world.root, world.home, tmp_path / "room")
    assert [set(names) for names in ran] == [set(names.split()) for _, _, names in STARTED]
    assert (world.root / "src/app.py").read_text() == "src/app.py\n"


def untold(text: str, names: "list[str]", world: World, policy: "dict[str, Any]") -> "set[str]":
    """The programs that were started and not told; a failure where the call is allowed or its effects are all known."""
    effects = lower(text, str(world.root), str(world.home), policy["shfmt"])
    told = {effect.fields["program"] for effect in effects if effect.kind == "run"}
    untold = {name for name in names if name not in told and program_name(name) not in told}
    if untold:
        verdict = judge_call(Call("Bash", {"command": text}, str(world.root)), policy).verdict
        assert verdict != ALLOW, (text, untold)
        assert any(effect.kind in ("opaque", "code") for effect in effects), (text, untold)
    return untold

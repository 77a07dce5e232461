"""However large or nested a command line is, what is done about it is bounded, counted in calls of functions.

A count is the same on every machine, and grows with whatever the analysis does, be it counted in its own budget or not.
`make bench` tells the time.  Mixtures are a thousand examples, most of them small: what is counted grows with the size
up to the bounds, and each kind of text alone is counted beyond them.
"""

import sys
from types import FrameType
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from leashd_hooks.hook import judge_call
from leashd_hooks.model import ALLOW, Call
from leashd_hooks.policy.compile import compile_policies
from tests.bench.shapes import SHAPES, filled
from tests.corpus.world import World, build

#: Calls of functions, those of Python's own included, that one decision may take.
MOST = 300_000

#: Work that nobody would call large; none of it may meet the budget.
ORDINARY = {
    "a script of 300 lines": "".join(f"grep -n foo src/a{number}.py\n" for number in range(300)),
    "git add of 500 files": "git add " + " ".join(f"src/a{number}.py" for number in range(500)),
    "cat of 500 files": "cat " + " ".join(f"src/a{number}.py" for number in range(500)),
    "a here-document of 60 kB": "cat > src/new.py <<'E'\n" + "print('hello')\n" * 4000 + "E",
    "a commit message of 30 kB": "git commit -m '" + "one more word " * 2200 + "'",
    "a loop of 100 commands": "for name in a b c; do\n" + 'wc -l "$name"\n' * 30 + "done",
    "a pipe of 100 commands": "cat README.md" + " | sort" * 100,
    "3,000 words": "echo " + "word " * 3000,
}


class TooMuch(BaseException):
    """Ends a decision that takes more than it may; nothing in it catches this."""


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return build(tmp_path_factory.mktemp("work"))


@pytest.fixture(scope="module")
def policy(world: World) -> "dict[str, Any]":
    return compile_policies(["default", "dev-tools"], [str(world.root)], str(world.home))


def calls(text: str, world: World, policy: "dict[str, Any]") -> "tuple[int, str, str]":
    """How many functions are called to decide about a command line; the verdict and the rule."""
    count = 0

    def counted(frame: FrameType, event: str, argument: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")
        if count > MOST:
            raise TooMuch

    before = sys.getprofile()
    sys.setprofile(counted)
    try:
        found = judge_call(Call("Bash", {"command": text}, str(world.root)), policy)
        return count, found.verdict, found.rule
    except (ValueError, OSError):
        return count, "deny", "unreadable-call"
    except TooMuch:
        return count, "", ""
    finally:
        sys.setprofile(before)


@pytest.mark.parametrize("name", SHAPES)
def test_64_kB_of_anything_take_a_bounded_number_of_calls(name: str, world: World, policy: "dict[str, Any]") -> None:
    assert calls(filled(name, 65_000), world, policy)[0] <= MOST


def test_64_kB_of_SQL_that_cannot_be_read_take_a_bounded_number_of_calls(
    world: World, policy: "dict[str, Any]"
) -> None:
    assert calls("psql -c 'select (" + "a, " * 21_600 + "'", world, policy)[0] <= MOST


#: Text that would be slow if anything looked at it again and again.
REPEATED = [
    "a", " ", "\n", "a ", "a;", "a|", "a&", "(", "{", "$(", "`", "'", '"', "\\", "$a", "${a", "${a}", "$((", "[[ ",
    "{a,b}", "},", "*", "?", "[", "~", "=", "a=b ", "a=b;", "<a ", "<<a\n", ">a ", "#", "!", "-r", "rm -r ",
    "if a;then b;fi;", "for i in a;do b;done;", "f(){ a;};", "x=$x$x;", "x+=a;", "cd a;", "a&&b||", "eval ", "sudo ",
    "env ", "xargs ", "sh -c ", "\u00e9", "\u200b", "\0", "cat <(a) ", "echo $(a) ", "..", "/", "/..", "../", "$IFS",
    "python3 -c 'f(\"a\")';", "${a:-b}", "command <(a) ", "x='a b';$x;", "trap a EXIT;", "alias a=b;",
]  # fmt: skip


@pytest.mark.parametrize("size", [4_000, 65_000])
@pytest.mark.parametrize("piece", REPEATED)
def test_any_piece_again_and_again_takes_a_bounded_number_of_calls(
    piece: str, size: int, world: World, policy: "dict[str, Any]"
) -> None:
    assert calls((piece * (size // len(piece) + 1))[:size], world, policy)[0] <= MOST


pieces = st.sampled_from([unit for _, unit, _ in SHAPES.values()])


@settings(max_examples=1000, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(pieces, min_size=2, max_size=4), st.sampled_from([300] * 12 + [1_000] * 7 + [65_000]))
def test_any_mixture_takes_a_bounded_number_of_calls(
    world: World, policy: "dict[str, Any]", units: "list[str]", size: int
) -> None:
    unit = "".join(units)
    assert calls(unit * (size // len(unit)), world, policy)[0] <= MOST


@pytest.mark.parametrize("name", ORDINARY)
def test_ordinary_work_is_never_too_large(name: str, world: World, policy: "dict[str, Any]") -> None:
    assert calls(ORDINARY[name], world, policy)[2] != "too-complex"


def test_what_is_too_large_is_never_allowed(world: World, policy: "dict[str, Any]") -> None:
    verdicts = [calls(text, world, policy)[1:] for text in ("ls; " * 5000, "ls -l $(" * 90, "echo " + "a " * 9000)]
    assert [one for one in verdicts if one[0] == ALLOW] == []

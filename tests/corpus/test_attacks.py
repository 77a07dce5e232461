"""Input made to be too large, too deep or too slow: each has its verdict, none passes, none takes long.

The bounds on time are those of the process and generous: what they catch is work that grows faster than its input.
"""

import base64
import shlex
import time
from typing import Any

import pytest

from leashd_hooks.hook import judge_call
from leashd_hooks.model import ASK, DENY, Call, Decision
from leashd_hooks.policy.compile import compile_policies
from tests.corpus.world import World, build


def _nested(times: int, text: str = "rm -rf src") -> str:
    """The text inside that many `sh -c`."""
    for _ in range(times):
        text = "sh -c " + shlex.quote(text)
    return text


#: Name, command line, verdict, rule ("" for any).
ATTACKS: "list[tuple[str, str, str, str]]" = [
    ("fork bomb", ":(){ :|:& };:", ASK, ""),
    ("named fork bomb", "bomb() { bomb | bomb & }; bomb", ASK, ""),
    ("fork bomb in bash -c", "bash -c ':(){ :|:& };:'", ASK, ""),
    ("script that calls itself", "f() { f; }; f", ASK, ""),
    ("300 kB of words before", "echo " + "a" * 300_000 + "; rm -rf /", DENY, "too-complex"),
    ("300 kB of comment before", "# " + "a" * 300_000 + "\nrm -rf /", DENY, "too-complex"),
    ("300 kB of blanks before", " " * 300_000 + "rm -rf /", DENY, "too-complex"),
    ("300 kB of heredoc before", "cat <<E\n" + "a\n" * 150_000 + "E\nrm -rf /", DENY, "too-complex"),
    ("300 kB behind", "rm -rf / #" + "a" * 300_000, DENY, "too-complex"),
    ("2 MB", "echo " + "ab " * 700_000, DENY, "too-complex"),
    ("2 MB of bytes that are no ASCII", "echo " + "\u00e9" * 1_000_000, DENY, "too-complex"),
    ("64 kB of two-byte characters", "echo " + "\u00e9" * 40_000, DENY, "too-complex"),
    ("60 kB before", "echo " + "a" * 60_000 + "; rm -rf /", DENY, "recursive-delete"),
    ("100 nested substitutions", "echo " + "$(echo " * 100 + "rm -rf /" + ")" * 100, DENY, "too-complex"),
    ("1,000 nested substitutions", "$(" * 1000 + "rm -rf /" + ")" * 1000, DENY, "too-complex"),
    ("100 nested subshells", "( " * 100 + "rm -rf /" + " )" * 100, DENY, "too-complex"),
    ("100 nested groups", "{ " * 100 + "rm -rf /;" + " }; " * 100, DENY, ""),
    ("3 nested sh -c", _nested(3), DENY, "recursive-delete"),
    ("6 nested sh -c", _nested(6), DENY, "recursive-delete"),
    ("10 nested sh -c", _nested(10), DENY, "too-complex"),
    ("60 nested eval", "eval " * 60 + "rm -rf src", DENY, ""),
    ("500 nested env", "env " * 500 + "rm -rf src", DENY, ""),
    ("40 nested timeout", "timeout 9 " * 40 + "rm -rf src", DENY, ""),
    ("5,000 segments", "ls; " * 5000 + "rm -rf /", DENY, "too-complex"),
    ("5,000 lines", "ls\n" * 5000 + "rm -rf /", DENY, "too-complex"),
    ("5,000 conjunctions", "ls && " * 5000 + "rm -rf /", DENY, ""),
    ("1,000 segments", "ls; " * 1000 + "rm -rf src", DENY, "too-complex"),
    ("5,000 pipes", "cat | " * 5000 + "sh", DENY, ""),
    ("10,000 words", "rm -rf " + "a " * 10_000, DENY, "too-complex"),
    ("20,000 redirections", "rm -rf src " + "<a " * 20_000, DENY, ""),
    ("brace expansion of many words", "rm -rf {a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}", DENY, ""),
    ("brace range of many words", "echo {1..99999999}; rm -rf src", DENY, "too-complex"),
    ("60,000 open braces", "echo " + "{" * 60_000, DENY, "too-complex"),
    ("NUL", "ls\0; rm -rf /", DENY, "recursive-delete"),
    ("only NUL", "\0", ASK, "opaque"),
    ("invalid UTF-8", "ls \udcff; rm -rf /", ASK, "opaque"),
    ("lone surrogate", "echo \ud800", ASK, "opaque"),
    ("unclosed quote", "rm -rf '/", ASK, "opaque"),
    ("unclosed heredoc", "cat <<E\nrm -rf /", ASK, ""),
    ("carriage returns", "ls\r\nrm -rf /\r\n", DENY, "recursive-delete"),
    ("variable that doubles", "x=aaaaaaaaaa; " + "x=$x$x; " * 60 + "rm -rf src", DENY, ""),
    (
        "functions that call each other",
        "".join(f"f{n}() {{ f{n + 1}; f{n + 1}; }}; " for n in range(30)) + "f0",
        DENY,
        "",
    ),
    ("nested loops", "for a in 1 2 3; do " * 10 + "rm -rf src; " + "done; " * 10, DENY, ""),
    ("nested conditionals", "if a; then " * 30 + "rm -rf src; " + "fi; " * 30, DENY, ""),
    ("many alternatives of a directory", "cd a || cd b; " * 60 + "rm -rf src", DENY, ""),
    ("regular expression food for rm", "rm " + "-r" * 4000 + " src", DENY, ""),
    ("many flags", "rm " + "-r " * 8000 + "src", DENY, "too-complex"),
    ("stars in a path", "cat " + "/".join(["*"] * 200) + "; sudo id", DENY, ""),
    ("two stars in a path", "cat " + "**/" * 50 + "x" + "; sudo id", DENY, ""),
    ("stars in a name", "cat " + "*a" * 500 + "b" + "; sudo id", DENY, ""),
    ("climbing", "cat " + "../" * 5000 + "etc/shadow", DENY, ""),
    ("long name", "cat " + "a" * 60_000 + "; sudo id", DENY, ""),
    (
        "base64 of much",
        "echo " + base64.b64encode(b"rm -rf /" * 4000).decode() + " | base64 -d | sh",
        DENY,
        "pipe-to-shell",
    ),
    ("long inline code", "python3 -c '" + "f(" * 20_000 + "'" + "; sudo id", DENY, ""),
    ("inline code of many texts", "python3 -c '" + 'f("a");' * 6000 + "'" + "; sudo id", DENY, ""),
    ("long awk program", "awk '" + "{print $1}" * 5000 + "' README.md | ./evil" + "; sudo id", DENY, ""),
    ("sed of many parts", "sed '" + "s/a/b/;" * 8000 + "w src/x' README.md" + "; sudo id", DENY, ""),
    ("many arrays", "a=(" + "x " * 8000 + "); ${a[0]}" + "; sudo id", DENY, ""),
    ("many quotes", "r" + "''" * 20_000 + "m -rf src", DENY, "recursive-delete"),
    ("many escapes", "rm -rf $'" + "\\x73" * 10_000 + "'", DENY, ""),
    ("invisible characters", "rm" + "\u200b" * 20_000 + " -rf src", DENY, "recursive-delete"),
]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return build(tmp_path_factory.mktemp("attacks"))


@pytest.fixture(scope="module")
def policy(world: World) -> "dict[str, Any]":
    return compile_policies(["default", "dev-tools"], [str(world.root)], str(world.home))


@pytest.mark.parametrize(("text", "verdict", "rule"), [one[1:] for one in ATTACKS], ids=[one[0] for one in ATTACKS])
def test_an_attack_comes_to_its_verdict_in_time(
    text: str, verdict: str, rule: str, world: World, policy: "dict[str, Any]"
) -> None:
    started = time.process_time()
    try:
        found = judge_call(Call("Bash", {"command": text}, str(world.root)), policy)
    except (ValueError, OSError):
        found = Decision(DENY, "unreadable-call", "")
    assert time.process_time() - started < 1
    assert found.verdict == verdict
    assert rule in ("", found.rule)

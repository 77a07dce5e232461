"""Pieces of the shell's language, thrown together, are run by bash: every program that it starts is told.

A program may go untold only where the analysis says that it does not know, and then the call is not allowed.  CI throws
the same pieces every time, people throw new ones.
"""

import contextlib
import os
import random
from collections.abc import Callable
from pathlib import Path

import pytest

from leashd_hooks.policy.compile import compile_policies
from tests.corpus.world import build
from tests.properties import room
from tests.properties.test_corpus_against_bash import untold

PROGRAMS = {"ls", "rm", "cp"}
#: Texts of a kind that are run; some three seconds.
TEXTS = 800
#: Where a lexer may lose its place.
PIECES = [
    "ls", "rm", "cp", " ", " ", " ", " ", "\n", "\n", "\\\n", "\\\n", "#", " #", " # c", "'", '"', "$(", ")", "`",
    "<<X\n", "\nX\n", "X", "<<'X'\n", "<<-X\n", "\t", ";", "&&", "||", "|", "&", "{ ", "; }", "}", "(", ")", "${a:-",
    "${a#", "${a/", "${#a}", "$((", "))", "((", "[[ ", " ]]", "if ", "then ", "fi", "while ", "do ", "done",
    "case a in ", "a)", ";;", " esac", "for i in a", "a=", "$a", "\\", "\\\\", "$'", "\\'", '\\"', "\\`", "$", "!",
    "a=(", "]", "[", "a[", ">x", "<x", ">&2", "<<<", "<(", ">(", "~", "*", "?", "time ", "coproc ", "function f ",
    "f()", "f", "eval ", "in", "\r", "\x0b", "\x0c", "\xa0", "\u00e9", "=", "+=", "@", "$@", "$*", "$#", "%", "1", "0",
]  # fmt: skip
#: What stands behind them, and must not get lost.
ENDS = ["\nrm x", ";rm x", "|rm x", "&rm x", "`rm x`", "$(rm x)", "\nX\nrm x"]
#: Words that bash may expand, evaluate or run, once more than they seem to say.
WORDS = [
    "'$(rm x)'", "'`rm x`'", "'a[$(rm x)]'", "'a[$(rm x)]=1'", "'a[\\`rm x\\`]'", "\\$\\(rm\\ x\\)", "$'\\x24(rm x)'",
    "'rm x'", "'@(rm x)'", "'${a:-$(rm x)}'", "'$((a[$(rm x)]))'", '"$v"', "$v", "'1+a[$(rm x)]'", "'/tmp/$(rm x)'",
    "a", "1", "-1", "'a b'", "-v", "-a", "-p", "-n", "-e", "-r", "-t", "-u", "-C", "-c", "-d", "-x", "-f", "--", "=",
    "-eq", "==", "<", "(", ")", "!", "'|rm x'", "'rm x|'", "'a;rm x'", "'a\nrm x'", "/dev/null", "x",
]  # fmt: skip
BUILTINS = [
    "test", "[", "[[", "unset", "read", "printf", "declare", "typeset", "local", "export", "readonly", "let",
    "wait", "mapfile", "trap", "cd", "alias", "source", ".", "eval", "exec", "type", "hash", "getopts", "shift",
    "set", "shopt", "kill", "return", "exit", "break", "command", "builtin", "enable", "complete", "compgen",
    "bind", "dirs", "pushd", "jobs", "fc", "times", "true", ":", "echo", "coproc", "time", "if", "while", "case",
]  # fmt: skip
#: Places for such words (`^`) and for builtins (`~`).
PLACES = [
    "~ ^", "~ ^ ^", "~ ^ ^ ^", "v=^; ~ ^ ^", "~ ^ <<< ^", "~ ^ >^", "~ ^ >&^", "~ ^ &>^", "~ ^ 2>^", 'v=^; ~ ^ >&"$v"',
    "v=^; (( v ))", "v=^; echo $((v))", "v=^; a[v]=1", "v=^; echo ${a[v]}", "v=^; [[ v -eq 1 ]]", "v=^; [[ a =~ $v ]]",
    "v=^; case $v in $v) ;; esac", "v=^; echo ${x:$v}", "v=^; for ((i=v;i<1;i++)); do :; done", "declare -i v; v=^",
    "declare -n v=^; v=1", "declare -A v=([^]=1)", "v=([^]=1)", "printf -v ^ %s ^", "printf %d ^", "read -r ^ <<< ^",
    "mapfile -C ^ -c 1 v <<< ^", "trap ^ EXIT", "trap ^ DEBUG; :", "PS4=^; set -x; :", "BASH_ENV=^ bash -c :",
    "bash -c ^ ^", "bash <<< ^", "echo ^ | bash", "echo ^ | xargs", "xargs -I{} bash -c ^ <<< x", "env -S ^", "env ^",
    "nice ^", "f() { ^; }; f", "eval ^", "eval echo ^", "shopt -s expand_aliases\nalias q=^\nq", "command ^",
    "coproc ^", "time ^", "! ^", "^", "v=^; $v", "set -- ^; $1", 'set -- ^; "$@"', "IFS=,; v='rm,x'; $v",
    'v=(^ x); "${v[@]}"', "echo ${x:-^}", 'echo "${x:-^}"', "echo ${x:=^}; $x", "x=abc; echo ${x/b/^}",
    'x=abc; echo "${x#^}"', "cat <<X\n^\nX", "cat <<X\n${x:-^}\nX", "cat <<'X'\n^\nX\nrm y", "echo `echo \\`^\\``",
    "$(echo ^)", 'eval "$(echo ^)"', "let v=^", "(( a = ^ ))", "echo $(( ^ ))", "echo $[ ^ ]", "[[ -v ^ ]]", "[ -t ^ ]",
    "unset -v ^", "export ^=^", "wait -n -p ^", "pushd ^", "getopts ^ ^", ". <(echo ^)", "source /dev/stdin <<< ^",
    "compgen -W ^", "fc -s ^", "find . -maxdepth 0 -exec bash -c ^ ';'", "sed -e 1e^ <<< x", "~ ^ | ~ ^", "~ ^ && ^",
    "ls() { ^; }; ls", "x=abc; echo ${x@P}", "v=^; echo ${v@P}", "v=^; echo ${!v}",
]  # fmt: skip


def lexed(chance: random.Random) -> str:
    """Pieces in any order, mostly between two commands."""
    if chance.random() < 0.3:
        return "".join(chance.choices(PIECES, k=chance.randint(2, 14)))
    between = "".join(chance.choices(PIECES, k=chance.randint(1, 8)))
    return "ls " + between + chance.choice(ENDS) + "".join(chance.choices(PIECES, k=chance.randint(0, 4)))


def expanded(chance: random.Random) -> str:
    """A place with a word in each gap."""
    pieces = {"^": WORDS, "~": BUILTINS}
    return "".join(chance.choice(pieces.get(char, [char])) for char in chance.choice(PLACES))


@pytest.mark.parametrize("thrown", [lexed, expanded])
def test_every_program_that_bash_starts_is_told(thrown: "Callable[[random.Random], str]", tmp_path: Path) -> None:
    chance = random.Random(0 if os.environ.get("CI") else None)
    texts = list(dict.fromkeys(thrown(chance) for _ in range(TEXTS)))
    world = build(tmp_path / "world")
    (tmp_path / "room").mkdir()
    orders = [(text, chance.randint(0, 1)) for text in texts]
    ran = [set(names) & PROGRAMS for names in room.run(orders, PROGRAMS, world.root, world.home, tmp_path / "room")]
    assert sum(map(bool, ran)) > len(texts) * 0.05
    policy = compile_policies(["default", "dev-tools"], [str(world.root)], str(world.home))
    for text, names in zip(texts, ran, strict=True):
        with contextlib.suppress(ValueError, OSError):  # what cannot be read is denied
            untold(text, sorted(names), world, policy)

"""A command that is wrapped, joined with others or quoted is judged no milder than it is alone.

The judged lines are the corpus' own; nothing of them is ever run.  Every property is held against 1,500 examples.
"""

import contextlib
import json
import shlex
import string
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from leashd_hooks.hook import judge_call
from leashd_hooks.model import DENY, STRICTNESS, Call
from leashd_hooks.policy.compile import compile_policies
from leashd_hooks.shell.command_line import lower
from tests.corpus.world import World, build

CORPUS = Path(__file__).parents[1] / "corpus"
FAMILIES = ("quoting", "separators", "wrappers", "pipe-to-shell", "interpreters", "compound", "filters")


def corpus() -> "list[str]":
    """The command lines of the families about the shell."""
    files = [file for name in FAMILIES for file in CORPUS.glob(f"*/{name}.jsonl")]
    return [json.loads(line)["command"] for file in files for line in file.read_text().splitlines()]


LINES = corpus()


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return build(tmp_path_factory.mktemp("never-lowered"))


@pytest.fixture(scope="module")
def policy(world: World) -> "dict[str, Any]":
    return compile_policies(["default", "dev-tools"], [str(world.root)], str(world.home))


def strictness(text: str, world: World, policy: "dict[str, Any]") -> int:
    """How strict the verdict on a command line is; a call that cannot be read is denied, as the hook does it."""
    try:
        return STRICTNESS[judge_call(Call("Bash", {"command": text}, str(world.root)), policy).verdict]
    except (ValueError, OSError):
        return STRICTNESS[DENY]


#: Simple commands of every verdict, which can stand inside anything.
PLAIN = [
    "ls", "echo hi", "cat README.md", "pytest -q", "git status", "rm README.md", "rm -rf src", "cat .env", "./evil",
    "sudo id", "git push -f", "git push origin topic", "curl -s https://example.org/x", "python3 src/app.py", "env",
    "chmod 777 x", "find . -delete", "touch .claude/settings.json", "node -e 'x()'", "cat ../../etc/passwd",
    "head -1 ~/.ssh/id_rsa", "tee .git/hooks/pre-commit", "npm run deploy", "kill -9 1", "unknown-program",
]  # fmt: skip
plain = st.sampled_from(PLAIN)

WRAPPERS: "list[Callable[[str], str]]" = [
    lambda text: f"env A=1 {text}",
    lambda text: f"timeout 5 {text}",
    lambda text: f"nice -n 5 {text}",
    lambda text: f"nohup {text}",
    lambda text: f"setsid {text}",
    lambda text: f"stdbuf -oL {text}",
    lambda text: f"sudo {text}",
    lambda text: f"command {text}",
    lambda text: f"exec {text}",
    lambda text: f"xargs {text}",
]
#: What the shell itself takes before a command: it stands first.
PREFIXES: "list[Callable[[str], str]]" = [
    str,
    lambda text: f"A=1 {text}",
    lambda text: f"time {text}",
    lambda text: f"! {text}",
]
ANY: "list[Callable[[str], str]]" = [
    lambda text: f"sh -c {shlex.quote(text)}",
    lambda text: f"bash -c {shlex.quote(text)}",
    lambda text: f"bash -lc {shlex.quote(text)}",
    lambda text: f"eval {shlex.quote(text)}",
    lambda text: f"( {text}\n)",  # `((` would be arithmetic
    lambda text: f"{{ {text}\n}}",
    lambda text: f"if true; then {text}\nfi",
    lambda text: f"if false; then :; else {text}\nfi",
    lambda text: f"for i in 1; do {text}\ndone",
    lambda text: f"while true; do {text}\nbreak; done",
    lambda text: f"f() {{ {text}\n}}; f",
    lambda text: f"alias a={shlex.quote(text)}; a",
    lambda text: f"echo $( {text}\n)",
    lambda text: f"case x in x) {text}\n;; esac",
    lambda text: f"trap {shlex.quote(text)} EXIT",
    lambda text: f"bash <<< {shlex.quote(text)}",
    lambda text: f"echo {shlex.quote(text)} | sh",
    lambda text: f"x={shlex.quote(text)}; eval \"$x\"",
]  # fmt: skip
NEIGHBOURS: "list[Callable[[str], str]]" = [
    lambda text: f"ls; {text}",
    lambda text: f"ls\n{text}",
    lambda text: f"ls & {text}",
    lambda text: f"ls && {text}",
    lambda text: f"ls || {text}",
    lambda text: f"{text}; ls",
    lambda text: f"{text}\nls",
    lambda text: f"{text} & ls",
    lambda text: f"{text} && ls",
    lambda text: f"{text} || ls",
    lambda text: f"{text} | cat",
    lambda text: f"{text} > /dev/null",
    lambda text: f"{text} # harmless",
]
#: Every property here is held against so many examples; one takes a few milliseconds.
relaxed = settings(max_examples=1000, deadline=None, suppress_health_check=list(HealthCheck))


@relaxed
@given(plain, st.lists(st.sampled_from([*WRAPPERS, *ANY]), max_size=3), st.sampled_from(PREFIXES))
def test_wrapping_never_lowers(
    world: World, policy: "dict[str, Any]", text: str, around: "list[Any]", prefix: "Callable[[str], str]"
) -> None:
    whole, simple = text, True
    for wrap in around:
        # Only a simple command can stand behind another program, or a prefix; `sh -c` makes one of any.
        if wrap in ANY or simple:
            whole, simple = wrap(whole), wrap in ANY[:3] or (simple and wrap not in ANY)
    whole = prefix(whole) if simple else whole
    assert strictness(whole, world, policy) >= strictness(text, world, policy), whole


@relaxed
@given(plain, st.sampled_from(NEIGHBOURS))
def test_a_harmless_neighbour_never_lowers(
    world: World, policy: "dict[str, Any]", text: str, beside: "Callable[[str], str]"
) -> None:
    assert strictness(beside(text), world, policy) >= strictness(text, world, policy)


@relaxed
@given(st.sampled_from(LINES), st.sampled_from(ANY[:4] + ANY[6:7]))
def test_wrapping_a_whole_line_never_lowers(
    world: World, policy: "dict[str, Any]", text: str, wrap: "Callable[[str], str]"
) -> None:
    if any(name in text for name in ("$1", "$@", "$*", "$0", "$#")):
        return  # another process has other words, and they are known
    if "<<" in text and wrap is ANY[6]:
        return  # what ends the heredoc would end the line, too
    assert strictness(wrap(text), world, policy) >= min(strictness(text, world, policy), STRICTNESS[DENY]), text


@relaxed
@given(plain, plain, st.sampled_from(["; ", "\n", " && ", " || ", " & "]))
def test_two_commands_are_as_strict_as_the_stricter(
    world: World, policy: "dict[str, Any]", first: str, second: str, joint: str
) -> None:
    both = strictness(first + joint + second, world, policy)
    assert both >= max(strictness(first, world, policy), strictness(second, world, policy))


def spellings(word: str, cut: int) -> "list[str]":
    """Ways to write the same word."""
    escaped = "".join("\\" + char if char.isalpha() else char for char in word)
    joined = [word[:cut] + "''" + word[cut:], word[:cut] + '""' + word[cut:], word[:cut] + "\\\n" + word[cut:]]
    return [word, f"'{word}'", f'"{word}"', f"$'{word}'", escaped, *joined]


@st.composite
def quoted(draw: st.DrawFn) -> "tuple[str, str]":
    """A command and the same with its words quoted in other ways."""
    text = draw(plain.filter(lambda one: "'" not in one and "~" not in one))
    words = [draw(st.sampled_from(spellings(word, draw(st.integers(0, len(word)))))) for word in text.split(" ")]
    return text, " ".join(words)


@relaxed
@given(quoted())
def test_quoting_changes_nothing(world: World, policy: "dict[str, Any]", pair: "tuple[str, str]") -> None:
    text, other = pair
    assert strictness(other, world, policy) >= strictness(text, world, policy), other


@relaxed
@given(st.sampled_from(LINES), st.sampled_from(["ls", "echo", "cat", "rm", "pytest"]))
def test_a_deny_rule_never_loosens(world: World, policy: "dict[str, Any]", text: str, program: str) -> None:
    rule = ("more-deny", DENY, (("program", "is", frozenset((program,))),), (), None, None, "", "", "")
    rules = {**policy["rules_above"], "run": (rule, *policy["rules_above"].get("run", ()))}
    assert strictness(text, world, {**policy, "rules_above": rules}) >= strictness(text, world, policy)


texts = st.one_of(
    st.text(max_size=200),
    st.text(alphabet="ab \n;&|<>\"'\\$`(){}[]*?!#~=-/.,", max_size=300),
    st.tuples(st.text(alphabet=string.printable, min_size=1, max_size=8), st.integers(1, 8000)).map(
        lambda pair: (pair[0] * pair[1])[:65000]
    ),
)


@relaxed
@given(texts)
def test_any_text_is_judged_without_an_error(world: World, policy: "dict[str, Any]", text: str) -> None:
    with contextlib.suppress(ValueError, OSError):
        judge_call(Call("Bash", {"command": text}, str(world.root)), policy)


def is_reader(argv: "list[str]") -> bool:
    """Whether it is the reader of shell or that of SQL; both read a text and print what it says."""
    return Path(argv[0]).name == "shfmt" or argv[1:4] == ["-I", "-m", "leashd_hooks.sql"]


@pytest.fixture
def refusals() -> "Iterator[list[str]]":
    """What the analysis did that it must not: opened a file for writing, ran more than its readers, connected."""
    seen: list[str] = []
    watching = [True]

    def hook(event: str, arguments: "tuple[Any, ...]") -> None:
        if not watching[0]:
            return
        if event == "open" and isinstance(arguments[2], int) and arguments[2] & 0o3:
            seen.append(f"open {arguments[0]}")
        elif event.startswith(("socket.", "subprocess.", "shutil.")) or event in (
            *("os.system", "os.exec", "os.fork", "os.forkpty", "os.remove", "os.rename", "os.mkdir", "os.rmdir"),
            *("os.link", "os.symlink", "os.chmod", "os.chown", "os.truncate", "os.kill"),
        ):
            seen.append(event)
        elif event == "os.posix_spawn" and not is_reader([str(word) for word in arguments[1]]):
            seen.append(f"spawn {arguments[0]}")

    sys.addaudithook(hook)
    yield seen
    watching[0] = False


def test_the_analysis_writes_nothing_and_runs_nothing(
    policy: "dict[str, Any]", refusals: "list[str]", monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    for line in LINES:
        lower(line, "/w", "/home/u", policy["shfmt"])
    assert refusals == []

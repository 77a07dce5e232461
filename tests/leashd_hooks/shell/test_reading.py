"""What `read` and `mapfile` put into variables, where the text that they read is known."""

import pytest

from leashd_hooks.shell.expansion import Array
from leashd_hooks.shell.invocation import Invocation, Stdin
from leashd_hooks.shell.reading import possible
from leashd_hooks.shell.state import State

READ = {
    "the whole line where one variable is named": (["x"], "rm -f x\n", [{"x": "rm -f x"}]),
    "a word each, and the rest in the last": (["a", "b"], "rm -f x\n", [{"a": "rm", "b": "-f x"}]),
    "nothing where the words run out": (["a", "b"], "rm\n", [{"a": "rm", "b": ""}]),
    "`REPLY` where no variable is named": ([], "rm x\n", [{"REPLY": "rm x"}]),
    "any of the lines": (["-r", "x"], "a\n\nb\n", [{"x": "a"}, {"x": "b"}]),
    "no variable for the value of an option": (["-p", "go", "x"], "a\n", [{"x": "a"}]),
    "no more than the first four lines": (["x"], "a\nb\nc\nd\ne\n", [{"x": line} for line in "abcd"]),
}


def _call(name: str, words: "list[str]", text: str) -> Invocation:
    return Invocation(name, words, "/w", "/home/u", {}, Stdin("text", text=text), "", None, lambda *_: [])


@pytest.mark.parametrize("sentence", READ)
def test_read_gives(sentence: str) -> None:
    words, text, variables = READ[sentence]
    assert [state.variables for state in possible(_call("read", words, text), State("/w", "/home/u"))] == variables


@pytest.mark.parametrize(
    ("name", "words", "variable"),
    [("read", ["-a", "v"], "v"), ("mapfile", ["-t", "v"], "v"), ("mapfile", [], "MAPFILE")],
)
def test_an_array_holds_what_was_read(name: str, words: "list[str]", variable: str) -> None:
    (state,) = possible(_call(name, words, "ls\n"), State("/w", "/home/u"))
    array = state.variables[variable]
    assert isinstance(array, Array)
    assert array.items == ["ls"]

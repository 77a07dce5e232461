"""JSON in and out agrees with the `json` package, on the fast door and on the slow one."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leashd_hooks import jsondoor, jsonlibrary

ROOT = Path(__file__).parents[2]

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@given(VALUES)
def test_what_is_written_is_read_back(value: object) -> None:
    assert jsondoor.loads(jsondoor.dumps(value)) == value


@given(VALUES)
def test_both_doors_read_what_the_json_package_writes(value: object) -> None:
    text = json.dumps(value, indent=1)
    assert jsondoor.loads(text) == value
    assert jsonlibrary.scan_slowly(text) == value


PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 99) | st.text("ab {}[]:,", max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("ab:,", max_size=3), inner, max_size=3),
)


@given(st.text('{}[]:,"01-+.e ntrufalse\\\n\t\x0b\x1f', max_size=12) | PLAIN.map(json.dumps))
def test_the_plain_reader_accepts_nothing_that_the_library_refuses(text: str) -> None:
    try:
        expected = jsonlibrary.scan(text)
    except ValueError:
        with pytest.raises(ValueError):
            jsondoor.loads(text)
    else:
        assert jsondoor.loads(text) == expected
        assert jsonlibrary.scan_slowly(text) == expected


def test_a_plain_event_does_not_load_the_library() -> None:
    text = '{"tool_name": "Bash", "n": [1, true, null, {}], "tool_input": {"command": "ls: {x}, [y]"}}'
    pieces = text.split('"')
    assert jsondoor._plain(pieces) == {
        "tool_name": "Bash",
        "n": [1, True, None, {}],
        "tool_input": {"command": "ls: {x}, [y]"},
    }


@given(VALUES)
def test_the_json_package_reads_what_is_written(value: object) -> None:
    assert json.loads(jsondoor.dumps(value)) == value


@pytest.mark.parametrize(
    "text",
    ["", "  ", "{", "{} {}", "{'a': 1}", "nope", "NaN", "[Infinity]", '{"a": 1,}', '"\n"', "[1 2]", '{"a"', "\ufeff{}"],
)
def test_what_is_not_one_json_value_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        jsondoor.loads(text)
    with pytest.raises(ValueError):
        jsonlibrary.scan_slowly(text)


@pytest.mark.parametrize("value", [range(2), {"a": b"bytes"}, [float("nan")], float("inf")], ids=repr)
def test_what_json_cannot_say_is_refused(value: object) -> None:
    with pytest.raises(TypeError):
        jsondoor.dumps(value)


def test_lone_surrogates_survive_as_escapes() -> None:
    assert jsondoor.dumps("\ud800") == '"\\ud800"'


def test_sets_are_written_sorted() -> None:
    assert jsondoor.dumps({"names": frozenset({"b", "a"})}) == '{"names":["a","b"]}'


@pytest.mark.parametrize("text", ["{", '"a', '{"a" 1}', "[1,", '{"a": \\u00}'])
def test_what_is_broken_is_a_value_error_where_the_package_is_not_loaded(text: str) -> None:
    code = (
        f"import sys; sys.path.insert(0, {str(ROOT)!r})\nfrom leashd_hooks.jsondoor import loads\n"
        "try: loads(sys.argv[1])\nexcept ValueError as error: print(error)\nassert 'json' not in sys.modules"
    )
    said = subprocess.run([sys.executable, "-I", "-S", "-c", code, text], capture_output=True, text=True, check=True)
    assert said.stdout.strip()

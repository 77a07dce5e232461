"""JSON in and out agrees with the `json` package, on the fast door and on the slow one."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leashd_hooks import jsondoor

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
    assert jsondoor._slow_scan(text) == value


@given(VALUES)
def test_the_json_package_reads_what_is_written(value: object) -> None:
    assert json.loads(jsondoor.dumps(value)) == value


@pytest.mark.parametrize(
    "text",
    ["", "  ", "{", "{} {}", "{'a': 1}", "nope", "NaN", "[Infinity]", '{"a": 1,}', '"\n"', "[1 2]", '{"a"', "\ufeff{}"],
)
def test_what_is_not_one_json_value_is_refused(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - the message differs between the doors
        jsondoor.loads(text)
    with pytest.raises(ValueError):  # noqa: PT011 - the message differs between the doors
        jsondoor._slow_scan(text)


@pytest.mark.parametrize("value", [object(), {"a": b"bytes"}, [float("nan")], float("inf")], ids=repr)
def test_what_json_cannot_say_is_refused(value: object) -> None:
    with pytest.raises(TypeError):
        jsondoor.dumps(value)


def test_lone_surrogates_survive_as_escapes() -> None:
    assert jsondoor.dumps("\ud800") == '"\\ud800"'


def test_sets_are_written_sorted() -> None:
    assert jsondoor.dumps({"names": frozenset({"b", "a"})}) == '{"names":["a","b"]}'

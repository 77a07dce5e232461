"""JSON without the `json` package, which costs as much as starting the interpreter.

CPython's own scanner and string encoder live in `_json`; where that module is missing (PyPy), the package is used.
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

try:
    from _json import encode_basestring_ascii, make_scanner

    FAST = True
except ImportError:
    FAST = False

_SPACE = " \t\n\r"


class _Context:
    """What `make_scanner` asks of the decoder it belongs to."""

    strict = True
    object_hook = None
    object_pairs_hook = None
    memo: "dict[str, str] | None" = None
    parse_float = float
    parse_int = int

    @staticmethod
    def parse_constant(name: str) -> "Any":
        raise ValueError(f"`{name}` is not JSON")


if FAST:
    _scanner: "Any" = make_scanner(_Context)  # type: ignore[arg-type]


def _scan(text: str) -> "Any":
    start = 0
    while text[start : start + 1] in _SPACE and start < len(text):
        start += 1
    try:
        value, end = _scanner(text, start)
    except StopIteration as stop:
        raise ValueError(f"no JSON value at character {stop.value}") from None
    if text[end:].strip(_SPACE):
        raise ValueError(f"more than one JSON value, from character {end}")
    return value


def _quote(text: str) -> str:
    quoted: str = encode_basestring_ascii(text)
    return quoted


def _slow_scan(text: str) -> "Any":
    import json

    return json.loads(text, parse_constant=_Context.parse_constant)


def _slow_quote(text: str) -> str:
    import json

    return json.dumps(text)


if not FAST:
    loads: "Callable[[str], Any]" = _slow_scan
    _string: "Callable[[str], str]" = _slow_quote
else:
    loads = _scan
    _string = _quote


def dumps(value: "Any") -> str:
    """`value` as compact ASCII JSON.  Tuples and sets become arrays, sets sorted; other types raise TypeError."""
    if isinstance(value, str):
        return _string(value)
    if value is None:
        return "null"
    if value is True:
        return "true"
    if value is False:
        return "false"
    if isinstance(value, (int, float)):
        return _number(value)
    if isinstance(value, dict):
        return "{" + ",".join([_string(str(key)) + ":" + dumps(item) for key, item in value.items()]) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ",".join([dumps(item) for item in value]) + "]"
    if isinstance(value, (set, frozenset)):
        return dumps(sorted(value))
    raise TypeError(f"`{type(value).__name__}` cannot become JSON")


def _number(value: "int | float") -> str:
    if value != value or value in (float("inf"), float("-inf")):
        raise TypeError(f"`{value}` cannot become JSON")
    return repr(value)

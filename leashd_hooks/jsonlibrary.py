"""CPython's own JSON scanner and string encoder, or the `json` package where they are missing."""

TYPE_CHECKING = False
if TYPE_CHECKING:
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


def scan(text: str) -> "Any":
    """The one JSON value in `text`; ValueError when there is none, or more."""
    if not FAST:
        return scan_slowly(text)
    start = 0
    while text[start : start + 1] in _SPACE and start < len(text):
        start += 1
    scanner: Any = make_scanner(_Context)  # type: ignore[arg-type]
    try:
        value, end = scanner(text, start)
    except StopIteration as stop:
        raise ValueError(f"no JSON value at character {stop.value}") from None
    except SystemError:
        # What it has to say is in a class of the `json` package, which is not loaded here.
        raise ValueError("the JSON is broken") from None
    if text[end:].strip(_SPACE):
        raise ValueError(f"more than one JSON value, from character {end}")
    return value


def quote(text: str) -> str:
    """`text` as an ASCII JSON string."""
    if not FAST:
        return quote_slowly(text)
    quoted: str = encode_basestring_ascii(text)
    return quoted


def scan_slowly(text: str) -> "Any":
    """`scan` by the `json` package."""
    import json

    return json.loads(text, parse_constant=_Context.parse_constant)


def quote_slowly(text: str) -> str:
    """`quote` by the `json` package."""
    import json

    return json.dumps(text)

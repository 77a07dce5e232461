"""JSON without the `json` package, which costs as much as starting the interpreter.

Most events and most answers are plain: printable ASCII without an escape.  Those are read and written here, in
microseconds.  For all others there are CPython's own scanner and string encoder in `_json`, a library that takes a
quarter of a millisecond to load; where it is missing (PyPy), the package is used.
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_SPACE = " \t\n\r"
_WORDS = {"true": True, "false": False, "null": None}
#: Above this many characters the library is quicker.
_SHORT = 16_384


def loads(text: str) -> "Any":
    """The one JSON value in `text`.  Raises ValueError for anything else, RecursionError for deep nesting."""
    plain = text.strip(_SPACE)
    if len(plain) < _SHORT and plain.isascii() and plain.isprintable() and "\\" not in plain:
        pieces = plain.split('"')
        if len(pieces) % 2:
            try:
                return _plain(pieces)
            except ValueError:
                pass
    return _library().scan(text)


def _plain(pieces: "list[str]") -> "Any":
    """Reads text that is split at its quotes: what stands between a pair of them is a string, the rest is structure.

    A ValueError means that the text is better left to the library, which also says what is wrong with it.
    """
    tokens: list[Any] = []
    inside = False
    for piece in pieces:
        if inside:
            tokens.append((piece,))
        else:
            _structure(piece, tokens)
        inside = not inside
    tokens.reverse()
    value = _value(tokens)
    if tokens:
        raise ValueError("not plain")
    return value


def _structure(piece: str, tokens: "list[Any]") -> None:
    if piece == ":" or piece == ",":
        tokens.append(piece)
        return
    for mark in "{}[]:,":
        if mark in piece:
            piece = piece.replace(mark, f" {mark} ")
    tokens += piece.split()


def _value(tokens: "list[Any]") -> "Any":
    """Takes one value off the reversed tokens; a string is a tuple of one, so that it is no mark."""
    item = tokens.pop() if tokens else ""
    if isinstance(item, tuple):
        return item[0]
    if item == "{":
        return _object(tokens)
    if item == "[":
        return _array(tokens)
    if item in _WORDS:
        return _WORDS[item]
    if item.isdigit() and (item[0] != "0" or item == "0"):
        return int(item)
    raise ValueError("not plain")


def _object(tokens: "list[Any]") -> "dict[str, Any]":
    found: dict[str, Any] = {}
    if tokens and tokens[-1] == "}":
        tokens.pop()
        return found
    while len(tokens) > 2:
        name, colon = tokens.pop(), tokens.pop()
        if not isinstance(name, tuple) or colon != ":":
            break
        found[name[0]] = _value(tokens)
        if not _goes_on(tokens, "}"):
            return found
    raise ValueError("not plain")


def _array(tokens: "list[Any]") -> "list[Any]":
    found: list[Any] = []
    if tokens and tokens[-1] == "]":
        tokens.pop()
        return found
    while tokens:
        found.append(_value(tokens))
        if not _goes_on(tokens, "]"):
            return found
    raise ValueError("not plain")


def _goes_on(tokens: "list[Any]", closing: str) -> bool:
    """Whether a comma follows, and not the closing mark."""
    mark = tokens.pop() if tokens else ""
    if mark not in (",", closing):
        raise ValueError("not plain")
    return bool(mark == ",")


def dumps(value: "Any") -> str:
    """`value` as compact ASCII JSON.  Tuples and sets become arrays, sets sorted; other types raise TypeError."""
    if isinstance(value, str):
        if value.isascii() and value.isprintable() and '"' not in value and "\\" not in value:
            return f'"{value}"'
        quoted: str = _library().quote(value)
        return quoted
    if value is None:
        return "null"
    if value is True:
        return "true"
    if value is False:
        return "false"
    if isinstance(value, (int, float)):
        return _number(value)
    if isinstance(value, dict):
        return "{" + ",".join([dumps(str(key)) + ":" + dumps(item) for key, item in value.items()]) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ",".join([dumps(item) for item in value]) + "]"
    if isinstance(value, (set, frozenset)):
        return dumps(sorted(value))
    raise TypeError(f"`{type(value).__name__}` cannot become JSON")


def _number(value: "int | float") -> str:
    if value != value or value in (float("inf"), float("-inf")):
        raise TypeError(f"`{value}` cannot become JSON")
    return repr(value)


def _library() -> "Any":
    from leashd_hooks import jsonlibrary

    return jsonlibrary

"""What a rule may ask of an effect: the fields of each kind and their sort, all read from `model.EFFECTS`."""

from __future__ import annotations

import re
from functools import cache

from leashd_hooks.model import EFFECTS, PATH_KINDS

#: Text with "or" in its description that is not a list of choices.
_OPEN = {("process", "target")}

#: Places that no file defines: they follow from the approved directories.
BUILT_IN_PLACES = ("workspace", "scratch", "device", "system", "outside")


@cache
def choices(kind: str, field: str) -> tuple[str, ...]:
    """The closed set of values of a field, () when any text may stand there."""
    text = re.sub(r"\([^)]*\)", "", EFFECTS[kind][field])
    words = [word.strip() for word in re.split(r",| or ", text) if word.strip()]
    closed = len(words) > 1 and all(re.fullmatch(r"[a-z]+(-[a-z]+)*", word) for word in words)
    return tuple(words) if closed and (kind, field) not in _OPEN else ()


@cache
def sort(kind: str, field: str) -> str:
    """How a field is tested: flag, number, choice, words, flags, path, place or name."""
    if field in ("path", "place"):
        return field
    if (kind, field) in (("run", "args"), ("run", "flags")):
        return "words" if field == "args" else "flags"
    text = EFFECTS[kind][field]
    if text.startswith("true "):
        return "flag"
    if text == "number":
        return "number"
    return "choice" if choices(kind, field) else "name"


@cache
def fields(kind: str) -> tuple[str, ...]:
    """The fields a rule may ask of this kind."""
    return (*EFFECTS[kind], "place") if kind in PATH_KINDS else tuple(EFFECTS[kind])

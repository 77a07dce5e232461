"""Text that a person reads before saying yes: nothing in it is invisible, secret, or left out unsaid.  Pure.

What runs is shown whole, with characters that hide or reorder others written as `\\u{200B}`, and secrets masked, but
never the syntax of a shell, a path or a host.
"""

from __future__ import annotations

import unicodedata
from bisect import bisect_right
from collections.abc import Iterable, Mapping
from typing import Any

from leashd_hooks.cleaning import secrets_in

#: Characters of a text that are shown at its head and its tail when it is longer than both.
HEAD, TAIL = 24_000, 8_000
MASK = "[secret]"
_BEYOND = 4096
#: Letters and marks that are printable in name only.
_BLANK = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2800\u3164\uffa0")
#: What begins a substitution: a mask must not hide that something runs.
_SYNTAX = ("$(", "`", "${", "<(", ">(", "\n")
_PATHS = ("/", "~", "./", "../")
#: Alphabets whose letters look like Latin ones.
_ALIKE = ("CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE", "FULLWIDTH", "MATHEMATICAL", "COPTIC", "LISU")


class Shown:
    """A text as it is shown, and where each character of the original went."""

    def __init__(self, raw: str, evident: Iterable[str] = ()) -> None:
        """`evident` are texts that no mask covers: hosts and paths that the call names."""
        self.masked = False
        pieces: list[str] = []
        #: Begin and end in the original, begin and end in what is shown.
        self._places: list[tuple[int, int, int, int]] = []
        at = 0
        for start, end, piece in _pieces(raw, tuple(evident)):
            self.masked = self.masked or piece != raw[start:end]
            self._places.append((start, end, at, at + len(piece)))
            pieces.append(piece)
            at += len(piece)
        self.text = "".join(pieces)

    def place(self, start: int, end: int) -> tuple[int, int]:
        """Where a range of the original stands; of a piece that was replaced all of it."""
        if end <= start or not self._places:
            return 0, 0
        first, last = self._piece(start), self._piece(end - 1)
        begin = first[2] + start - first[0] if _same_length(first) else first[2]
        return min(begin, len(self.text)), last[2] + end - last[0] if _same_length(last) and end <= last[1] else last[3]

    def _piece(self, at: int) -> tuple[int, int, int, int]:
        found = bisect_right(self._places, at, key=lambda piece: piece[0]) - 1
        return self._places[max(found, 0)]


def _same_length(piece: tuple[int, int, int, int]) -> bool:
    return piece[1] - piece[0] == piece[3] - piece[2]


def _pieces(raw: str, evident: tuple[str, ...]) -> Iterable[tuple[int, int, str]]:
    """The original in order: begin, end, and what is shown for it."""
    skipped = (HEAD, len(raw) - TAIL) if len(raw) > HEAD + TAIL else (len(raw), len(raw))
    spans = _masks(raw, evident)
    at = 0
    while at < len(raw):
        if at == skipped[0] and skipped[1] > at:
            yield at, skipped[1], f" … [{skipped[1] - at} characters not shown] … "
            at = skipped[1]
            spans = [span for span in spans if span[1] > at]
        elif spans and at >= spans[0][0]:
            end = spans.pop(0)[1]
            if at < skipped[0] < end:
                end = skipped[0]
            if end > at:
                yield at, end, MASK
                at = end
        else:
            stop = min([one for one in (skipped[0], spans[0][0] if spans else len(raw)) if one > at])
            yield from _spelt(raw, at, stop)
            at = stop


def _spelt(raw: str, at: int, stop: int) -> Iterable[tuple[int, int, str]]:
    """A range without secrets: in one piece where nothing in it is written out."""
    piece = raw[at:stop]
    if safe(piece) == piece:
        yield at, stop, piece
        return
    for here in range(at, stop):
        yield here, here + 1, safe(raw[here])


def _masks(raw: str, evident: tuple[str, ...]) -> list[tuple[int, int]]:
    masks = []
    end = 0
    for first, last, shaped in sorted(_secrets(raw)):
        first = max(first, end)
        value = raw[first:last]
        if not value or any(mark in value for mark in _SYNTAX):
            continue
        if not shaped and (value.startswith(_PATHS) or "://" in value or any(one in value for one in evident)):
            continue
        masks.append((first, last))
        end = last
    return masks


def _secrets(raw: str) -> list[tuple[int, int, bool]]:
    """The secrets in what is shown of a text, and a little beyond."""
    if len(raw) <= 2 * (HEAD + TAIL):
        return secrets_in(raw)
    tail = len(raw) - TAIL - _BEYOND
    found = [(first + tail, last + tail, shaped) for first, last, shaped in secrets_in(raw[tail:])]
    return secrets_in(raw[: HEAD + _BEYOND]) + found


def safe(text: str) -> str:
    """The text with every character that does not show itself written as `\\u{...}`; lines and tabs stay."""
    if text.isascii() and text.isprintable():
        return text
    return "".join([char if _plain(char) else f"\\u{{{ord(char):04X}}}" for char in text])


def _plain(char: str) -> bool:
    if char in "\n\t":
        return True
    if char < "\x7f":
        return char >= " "
    return char.isprintable() and char not in _BLANK and not _selects(char)


def _selects(char: str) -> bool:
    """Whether the character only selects how the one before it looks."""
    return "\ufe00" <= char <= "\ufe0f" or "\U000e0100" <= char <= "\U000e01ef"


def safe_value(value: Any, depth: int = 12) -> Any:
    """The same value with every text in it made `safe`."""
    if isinstance(value, str):
        return safe(value)
    if depth == 0:
        return "[nested too deeply]"
    if isinstance(value, Mapping):
        return {safe(str(name)): safe_value(item, depth - 1) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [safe_value(item, depth - 1) for item in value]
    if isinstance(value, float) and (value != value or abs(value) == float("inf")):
        return None
    return value


def mixed_scripts(word: str) -> bool:
    """Whether a word has Latin letters and others that look like them."""
    if word.isascii():
        return False
    letters = [char for char in word if char.isalpha()]
    alike = any(unicodedata.name(char, "").startswith(_ALIKE) for char in letters if not char.isascii())
    return alike and any(char.isascii() for char in letters)

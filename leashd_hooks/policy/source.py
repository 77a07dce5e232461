"""A file that a person wrote: its text, its document, and errors that point into it."""

from __future__ import annotations

import difflib
import os
import stat
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from leashd_hooks.policy.compose import Composer, Node

MAX_BYTES = 1_000_000

Place = tuple[Any, ...]


class SourceError(Exception):
    """What is wrong in a file a person wrote, where, and what to do about it."""

    kind = "error"

    def __init__(
        self, file: str, line: int, column: int, message: str, help: str = "", text: str = "", width: int = 1
    ) -> None:
        super().__init__(message)
        self.file = file
        self.line = line
        self.column = column
        self.message = message
        self.help = help
        self.text = text
        self.width = width
        self.more: tuple[SourceError, ...] = ()

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}:{self.column}" if self.line else self.file
        lines = [f"{self.kind}: {self.message}", f"  {where}"]
        if self.text:
            gutter = f"  {self.line} | "
            lines += [gutter + self.text, " " * (len(gutter) - 2) + "| " + " " * (self.column - 1) + "^" * self.width]
        if self.help:
            lines.append(f"help: {self.help}")
        return "\n".join(lines)


class PolicyError(SourceError):
    """A policy file that cannot be used."""

    kind = "policy error"


class ConfigError(SourceError):
    """A configuration that cannot be used."""

    kind = "config error"


class Source:
    """A file with its text and its document."""

    def __init__(self, file: str, text: str, error: type[SourceError] = PolicyError, quote: bool = True) -> None:
        self.file = file
        self.text = text
        self.lines = text.splitlines()
        self._error = error
        self._quote = quote
        self.root = Composer(self).document()

    @property
    def data(self) -> Any:
        """The whole document as plain data."""
        return self.root.data

    def at(self, line: int, column: int, message: str, help: str = "", width: int = 1) -> SourceError:
        """An error at a line and column, both counted from one."""
        text = self.lines[line - 1].replace("\t", " ") if self._quote and 0 < line <= len(self.lines) else ""
        if len(text) > 200 or not text.isprintable():
            text = ""
        return self._error(self.file, line, column, message, help, text, width)

    def on(self, place: Place, message: str, help: str = "", key: bool = False) -> SourceError:
        """An error at the value found at `place`, or at its key."""
        line, column, width = self.find(place, key)
        return self.at(line, column, message, help, width)

    def find(self, place: Place, key: bool = False) -> tuple[int, int, int]:
        """Line, column and width of what `place` leads to; parts that lead nowhere are skipped."""
        node, mark, name = self.root, (self.root.line, self.root.column), ""
        for part in place:
            if part not in node.items:
                continue
            mark, name = node.keys.get(part, (0, 0)), str(part)
            node = node.items[part]
        if key and mark[0] and node is not self.root:
            return mark[0], mark[1], len(name)
        width = len(str(node.data)) if isinstance(node.data, str | int) and self._on_one_line(node) else 1
        return node.line, node.column, max(1, width)

    def _on_one_line(self, node: Node) -> bool:
        line = self.lines[node.line - 1] if node.line <= len(self.lines) else ""
        return str(node.data) in line[node.column - 1 :]


def read(path: str | Path, error: type[SourceError] = PolicyError, name: str = "", follow: bool = True) -> bytes:
    """The bytes of a regular file of bearable size.  `follow=False` refuses symbolic links."""
    shown = name or str(path)
    flags = os.O_RDONLY | os.O_NONBLOCK | (0 if follow else os.O_NOFOLLOW)
    try:
        descriptor = os.open(path, flags)
    except OSError as problem:
        why = (problem.strerror or "error").lower()
        raise error(shown, 0, 0, f"cannot read `{shown}`: {why}", "check the path and its permissions") from None
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise error(shown, 0, 0, f"`{shown}` is not a file", "give the path of a YAML file")
    with os.fdopen(descriptor, "rb") as file:
        data = file.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise error(shown, 0, 0, f"`{shown}` is larger than {MAX_BYTES // 1000} kB", "split it into packs")
    return data


def parse(data: bytes, name: str, error: type[SourceError] = PolicyError, quote: bool = True) -> Source:
    """The document in `data`; `quote=False` keeps the file's text out of error messages."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        before = data[: problem.start]
        line, column = before.count(b"\n") + 1, problem.start - before.rfind(b"\n")
        raise error(name, line, column, "not UTF-8 text", "save the file as UTF-8") from None
    return Source(name, text, error, quote)


def suggestion(word: object, known: Iterable[str]) -> str:
    """What was probably meant, as a help text."""
    names = sorted(known)
    close = difflib.get_close_matches(str(word), names, n=1, cutoff=0.6)
    if close:
        return f"did you mean `{close[0]}`?"
    listed = ", ".join(f"`{name}`" for name in names[:30])
    return f"one of {listed}" if listed else ""

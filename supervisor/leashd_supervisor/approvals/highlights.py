"""Which words of a command line a person should see first: what makes it dangerous, and what it is done to.  Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from leashd_supervisor.approvals.model import DANGER as DANGEROUS
from leashd_supervisor.approvals.model import Request
from leashd_supervisor.approvals.risk import risk
from leashd_supervisor.approvals.shown import mixed_scripts

DANGER, TARGET = "danger", "target"
#: Flags that take a safety away, whatever the program.
_FLAGS = frozenset(
    ("-f", "-rf", "-fr", "-r", "-R", "-D", "--force", "--force-with-lease", "--hard", "--delete", "--mirror", "--prune",
     "--recursive", "--no-verify", "--no-preserve-root", "--privileged", "--allow-root", "--purge", "--all", "--yes",
     "--insecure", "-k", "--global", "--system", "-delete", "-exec", "--unsafe-perm", "--trusted-host")
)  # fmt: skip
#: Fields of effects that say what a call is done to.
_TARGETS = ("path", "host", "branch", "remote", "object", "target", "tool")
_BREAKS = frozenset(" \t\n;|&<>()")
Mark = tuple[int, int, str]


def highlights(request: Request, line: str) -> list[Mark]:
    """Ranges of a command line that are marked, in order and apart."""
    words = list(_words(line))
    found: dict[tuple[int, int], str] = {}
    for effect in request.effects:
        span = _span(effect)
        if span is None:
            continue
        inside = [word for word in words if word[0] >= span[0] and word[1] <= span[1]]
        _of_effect(request, effect, inside, line, found)
    for start, end in words:
        if mixed_scripts(line[start:end]):
            found[start, end] = DANGER
    return [(start, end, kind) for (start, end), kind in sorted(found.items())]


def _of_effect(
    request: Request,
    effect: dict[str, Any],
    words: list[tuple[int, int]],
    line: str,
    found: dict[tuple[int, int], str],
) -> None:
    targets = {_plain(value) for name in _TARGETS if isinstance(value := effect.get(name), str) and value}
    dangerous = risk(replace(request, effects=(effect,)))[0] == DANGEROUS
    marked = False
    for at in words:
        word = _plain(line[at[0] : at[1]])
        if dangerous and (word in _FLAGS or word.partition("=")[0] in _FLAGS or word.startswith("+")):
            found[at] = DANGER
            marked = True
        elif _names(word, targets):
            found.setdefault(at, TARGET)
    if dangerous and not marked and words:
        found[words[0]] = DANGER


def _names(word: str, targets: set[str]) -> bool:
    """Whether a word names one of the targets: as it is, as the end of a path, or inside a URL."""
    word = word.removeprefix("@")
    if len(word) < 2 or word.startswith("-"):
        return False
    for target in targets:
        if word == target or (target.endswith("/" + word.rstrip("/").removeprefix("./")) and word not in (".", "..")):
            return True
        if "." in target and target in word and ("://" in word or "@" in word or ":" in word):
            return True
    return False


def _plain(word: str) -> str:
    return word.replace('"', "").replace("'", "").replace("\\", "")


def _span(effect: Mapping[str, Any]) -> tuple[int, int] | None:
    span = effect.get("span")
    fits = isinstance(span, (list, tuple)) and len(span) == 2 and all(type(one) is int for one in span)
    return (span[0], span[1]) if fits and span is not None else None


def _words(line: str) -> Iterator[tuple[int, int]]:
    """The words of a line, quoted ones with their quotes: good enough for colour."""
    at = 0
    while at < len(line):
        if line[at] in _BREAKS:
            at += 1
            continue
        start = at
        quote = ""
        while at < len(line) and (quote or line[at] not in _BREAKS):
            if quote:
                quote = "" if line[at] == quote else quote
            elif line[at] in "'\"":
                quote = line[at]
            at += 1
        yield start, at

"""Which words of a command line a person should see first: what makes it dangerous, and what it is done to.  Pure."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from leashd_supervisor.approvals.model import DANGER as DANGEROUS
from leashd_supervisor.approvals.model import Request
from leashd_supervisor.approvals.risk import risk
from leashd_supervisor.approvals.shown import mixed_scripts, safe

DANGER, TARGET = "danger", "target"
#: Flags that take a safety away, whatever the program.
_FLAGS = frozenset(
    ("-f", "-rf", "-fr", "-r", "-R", "-D", "--force", "--force-with-lease", "--hard", "--delete", "--mirror", "--prune",
     "--recursive", "--no-verify", "--no-preserve-root", "--privileged", "--allow-root", "--purge", "--all", "--yes",
     "--insecure", "-k", "--global", "--system", "-delete", "-exec", "--unsafe-perm", "--trusted-host")
)  # fmt: skip
#: Fields of effects that say what a call is done to.
_TARGETS = ("path", "host", "branch", "remote", "object", "target", "tool")
#: Words that are looked at, and hosts that are sought in each: a line has only so much time.
LOOKS, HOSTS = 50_000, 50
_BREAKS = frozenset(" \t\n;|&<>()")
Mark = tuple[int, int, str]


def highlights(request: Request, line: str) -> list[Mark]:
    """Ranges of a command line that are marked, in order and apart."""
    words = list(_words(line))
    begins = [start for start, _ in words]
    found: dict[tuple[int, int], str] = {}
    looked = 0
    for (start, end), effects in _by_span(request.effects).items():
        inside = [one for one in words[bisect_left(begins, start) : bisect_left(begins, end)] if one[1] <= end]
        looked += len(inside)
        if looked > LOOKS:
            break
        _mark(request, effects, inside, line, found)
    if "<<" in line:
        _mark_script(request, words, line, found)
    for start, end in words:
        if _deceives(line[start:end]) and not any(a <= start and end <= b for a, b in found if b - a > end - start):
            found[start, end] = DANGER
    return [(start, end, kind) for (start, end), kind in sorted(found.items())]


def _deceives(word: str) -> bool:
    """Whether a word is not what it looks like."""
    return safe(word) != word or mixed_scripts(word)


def _mark_script(request: Request, words: list[tuple[int, int]], line: str, found: dict[tuple[int, int], str]) -> None:
    """Marks what a script in the line is dangerous for: its words stand outside of the command that runs it."""
    dangerous = [effect for effect in request.effects if risk(replace(request, effects=(effect,)))[0] == DANGEROUS]
    targets = _targets(dangerous)
    for at in words[:LOOKS]:
        if _names(_plain(line[at[0] : at[1]]), *targets):
            found.setdefault(at, TARGET)


def _by_span(effects: Iterable[dict[str, Any]]) -> dict[tuple[int, int], list[dict[str, Any]]]:
    spans: dict[tuple[int, int], list[dict[str, Any]]] = {}
    for effect in effects:
        span = _span(effect)
        if span is not None:
            spans.setdefault(span, []).append(effect)
    return spans


def _mark(
    request: Request,
    effects: list[dict[str, Any]],
    words: list[tuple[int, int]],
    line: str,
    found: dict[tuple[int, int], str],
) -> None:
    """Marks the words of one command by all of its effects."""
    targets = _targets(effects)
    dangerous = [effect for effect in effects if risk(replace(request, effects=(effect,)))[0] == DANGEROUS]
    marked = False
    for at in words:
        word = _plain(line[at[0] : at[1]])
        if dangerous and (word in _FLAGS or word.partition("=")[0] in _FLAGS or word.startswith("+")):
            found[at] = DANGER
            marked = True
        elif _names(word.partition("=@")[2] or word.removeprefix("@"), *targets):
            found.setdefault(at, TARGET)
    if dangerous and not marked and words:
        for part in _decisive(words, dangerous, line):
            for at in [one for one in found if part[0] <= one[0] and one[1] <= part[1]]:
                del found[at]
            found[part] = DANGER


def _targets(effects: list[dict[str, Any]]) -> tuple[set[str], set[str], list[str]]:
    """What effects are aimed at, the last parts of the paths in it, and the hosts."""
    targets = {_plain(str(effect[name])) for effect in effects for name in _TARGETS if effect.get(name)}
    tails = {target.rstrip("/").rpartition("/")[2] for target in targets}
    return targets, tails, [target for target in targets if "." in target and "/" not in target][:HOSTS]


def _decisive(words: list[tuple[int, int]], effects: list[dict[str, Any]], line: str) -> list[tuple[int, int]]:
    """The program and what it is told to do, `git push`: one range where they stand side by side."""
    verbs = [part for effect in effects for part in str(effect.get("verb") or effect.get("operation") or "").split()]
    ranges = [words[0]]
    for start, end in words[1:]:
        if line[start:end] in verbs:
            verbs.remove(line[start:end])
            last = ranges[-1]
            beside = not line[last[1] : start].strip(" ")
            ranges[-1:] = [(last[0], end)] if beside else [last, (start, end)]
    return ranges


def _names(word: str, targets: set[str], tails: set[str], hosts: list[str]) -> bool:
    """Whether a word names one of the targets: as it is, as the end of a path, or with a host in it."""
    if len(word) < 2 or word.startswith("-") or word == "..":
        return False
    if word in targets:
        return True
    end = word.rstrip("/").removeprefix("./")
    if end and end.rpartition("/")[2] in tails and any(target.rstrip("/").endswith("/" + end) for target in targets):
        return True
    return (":" in word or "@" in word) and any(host in word for host in hosts)


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

"""The summary as Markdown, for the page of a job.

What an agent wrote stands in code spans: a command must not become a link, an image or a heading.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from leashd_hooks.report.summary import Summary, Told
from leashd_hooks.report.text import visible

#: Calls listed one by one, and characters of a call.
LISTED, LENGTH = 50, 200


def render(summary: Summary) -> str:
    """The report."""
    return "\n".join(part for part in _parts(summary) if part is not None) + "\n"


def _parts(summary: Summary) -> Iterable[str | None]:
    yield "## leashd: what the agent was allowed to do"
    yield ""
    if summary.unseen:
        yield f"**{len(summary.unseen)} calls were not decided by leashd.** The guard was away while they were made:"
        yield ""
        rows = [
            (code(one["tool"]), code(one["session"]), code(one["call_id"]), plain(one["why"])) for one in summary.unseen
        ]
        yield table(("tool", "session", "call", "why"), rows)
        yield ""
    if not summary.calls:
        yield "No call was recorded."
        return
    yield table(
        ("calls", "allowed", "denied", "asked", "answered by a person", "outside the sandbox"),
        [
            [
                str(n)
                for n in (
                    summary.calls,
                    summary.allowed,
                    summary.denied,
                    summary.asked,
                    summary.by_person,
                    summary.violations,
                )
            ]
        ],
    )
    yield ""
    yield "### By rule"
    yield ""
    names = ("allowed", "denied", "asked")
    yield table(
        ("rule", *names),
        [(code(rule), *[str(counts.get(name, "")) for name in names]) for rule, counts in summary.rules.items()],
    )
    yield from _calls("Denied", summary.denied_calls)
    yield from _calls("Asked", summary.asked_calls)
    if summary.trials:
        yield ""
        yield "### Rules in shadow"
        yield ""
        yield "They decided nothing. In force, they would have decided effects of so many calls, which would have been:"
        yield ""
        verdicts = ("allow", "deny", "require_approval")
        yield table(
            ("rule", *verdicts),
            [
                (code(rule), *[str(counts.get(name, "")) for name in verdicts])
                for rule, counts in summary.trials.items()
            ],
        )


def _calls(heading: str, calls: Sequence[Told]) -> Iterable[str]:
    if not calls:
        return
    yield ""
    yield f"### {heading}"
    yield ""
    rows = [(code(one.title), code(one.rule), plain(one.reason), plain(one.instead)) for one in calls[:LISTED]]
    yield table(("call", "rule", "why", "instead"), rows)
    if len(calls) > LISTED:
        yield ""
        yield f"And {len(calls) - LISTED} more: `leashd audit export` has all."


def table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Rows under headings."""
    lines = [columns, ["---"] * len(columns), *rows]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines)


def code(text: str) -> str:
    """Text as a code span that nothing in it can end; a bar would end the cell even there."""
    shown = visible(text, LENGTH).replace("|", "\\|")
    if not shown.strip():
        return ""
    fence = "`" * (1 + max((len(run) for run in re.findall("`+", shown)), default=0))
    space = " " if shown.startswith("`") or shown.endswith("`") else ""
    return f"{fence}{space}{shown}{space}{fence}"


def plain(text: str) -> str:
    """A sentence in which only code spans mean something."""
    parts = re.split(r"(`[^`]+`)", visible(text, 2 * LENGTH))
    return "".join(code(part.strip("`")) if at % 2 else _escaped(part) for at, part in enumerate(parts))


def _escaped(text: str) -> str:
    return re.sub(r"([\\`*_\[\]<>#!|~$&@])", r"\\\1", text)

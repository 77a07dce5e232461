"""An approval as a person sees it on the page and in the terminal.  Pure: what it is made of is handed in.

Whatever comes from the agent is made safe to show: invisible characters are written out, secrets masked, HTML escaped.
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from leashd_hooks.redact import redact
from leashd_supervisor.approvals.diffs import EDITORS, diffs
from leashd_supervisor.approvals.highlights import Mark, highlights
from leashd_supervisor.approvals.model import ALLOWED, DANGER, RETRY, Approval, Request, comes_back
from leashd_supervisor.approvals.risk import risk
from leashd_supervisor.approvals.shown import Shown, safe, safe_value
from leashd_supervisor.approvals.verbs import verb

#: The one field of a tool's input that is shown whole and may be edited before it is allowed.
EDITABLE = {"Bash": "command", "WebFetch": "url", "WebSearch": "query"}
#: Agents that take an edited input from a hook.
EDITS = ("claude",)
#: Longer inputs are not edited on a phone.
EDITED = 8000
#: Characters of a plan that are rendered.
PLAN = 64 * 1024


def view(
    approval: Approval, left: float | None = None, machine: str = "", history: tuple[int, int] = (0, 0)
) -> dict[str, Any]:
    """The View of an approval, as the API tells it.

    `left` is the seconds it still waits, None for ever; `history` how often a person allowed and denied calls of this
    kind here.
    """
    request = approval.request
    text, marks = _shown(request)
    changed = diffs(request) if request.kind == "tool" else []
    return {
        **safe_value({**approval.to_json(), "input": redact(request.input), "effects": redact(list(request.effects))}),
        "verb": safe(verb(request, changed)),
        "text": text.text,
        "highlights": [list(mark) for mark in marks],
        "diff": [diff.to_json() for diff in changed],
        "where": safe_value(
            {"machine": machine, "project": request.project, "branch": request.branch, "cwd": request.cwd}
        ),
        "claim": _claim(request),
        "history": {"allowed": history[0], "denied": history[1]},
        "undo": undo(request),
        "questions": safe_value(request.input.get("questions", [])) if request.kind == "question" else [],
        "plan": plan(request.input.get("plan")) if request.kind == "plan" else "",
        "editable": editable(request),
        "seconds_left": None if left is None else round(left, 1),
        "holds_until": _holds_until(approval),
        "comes_back": comes_back(approval),
    }


def short(approval: Approval) -> dict[str, Any]:
    """An approval in a line, for previews."""
    seen = view(approval)
    return {name: seen[name] for name in ("id", "created", "state", "tool", "risk", "verb", "text")}


def _shown(request: Request) -> tuple[Shown, list[Mark]]:
    """What runs, and which of its words are marked."""
    raw = _what(request)
    shown = Shown(raw, _evident(request))
    marks = highlights(request, raw) if request.input.get("command") == raw else []
    return shown, [(*shown.place(start, end), kind) for start, end, kind in marks]


def _evident(request: Request) -> list[str]:
    """Hosts and paths that the call names: no mask covers them."""
    values = [effect.get(name) for effect in request.effects for name in ("host", "path")]
    return [value for value in values if isinstance(value, str) and len(value) > 3]


def _what(request: Request) -> str:
    input = request.input
    for name in ("command", "url", "query", "file_path", "notebook_path", "path", "plan"):
        value = input.get(name)
        if isinstance(value, str) and (request.tool in (*EDITABLE, *EDITORS) or name == "plan" or len(input) == 1):
            return value
    return json.dumps(input, indent=2, ensure_ascii=False) if input else request.tool


def _claim(request: Request) -> str:
    said = request.input.get("description")
    return Shown(said[:2000]).text if isinstance(said, str) else ""


def editable(request: Request) -> str | None:
    """The field of the input that may be edited; None where the page does not show all of it as it is."""
    field = EDITABLE.get(request.tool, "")
    value = request.input.get(field)
    if request.kind != "tool" or request.agent not in EDITS or not isinstance(value, str) or len(value) > EDITED:
        return None
    return field if Shown(value, _evident(request)).text == value else None


def undo(request: Request) -> str:
    """Whether what a call does can be taken back; "" when that is not known."""
    if request.kind != "tool":
        return ""
    if any(_final(request, effect) for effect in request.effects):
        return "cannot be undone"
    kinds = {str(effect.get("kind")) for effect in request.effects} - {"run", "read"}
    changes = {effect.get("changes") for effect in request.effects} - {None, "nothing"}
    return "git can undo" if kinds == {"git"} and changes and "remote" not in changes else ""


def _final(request: Request, effect: dict[str, Any]) -> bool:
    kind = effect.get("kind")
    if kind in ("delete", "database", "package") or (kind == "git" and effect.get("changes") == "remote"):
        return risk(replace(request, effects=(effect,)))[0] == DANGER
    return bool(effect.get("destroys")) or (kind == "network" and effect.get("direction") == "upload")


def _holds_until(approval: Approval) -> float | None:
    """Until when a yes holds whose call has yet to come."""
    if approval.state != ALLOWED or approval.left is None or approval.settled is None:
        return None
    return approval.settled + RETRY


def plan(text: object) -> str:
    """The Markdown of a plan as HTML: no HTML of the agent's, no images, and links as they are written."""
    if not isinstance(text, str):
        return ""
    cut = Shown(text[:PLAN]).text
    rest = f"<p>{len(text) - PLAN} more characters</p>" if len(text) > PLAN else ""
    return str(_markdown().render(cut)) + rest


def _markdown() -> Any:
    # Not at the top: only few approvals are plans, and it costs memory.
    from markdown_it import MarkdownIt

    made = MarkdownIt("commonmark", {"html": False}).enable("table")
    return made.disable(["image", "link", "autolink", "reference", "html_block", "html_inline", "entity"])

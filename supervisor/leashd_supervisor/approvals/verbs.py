"""What a call does, in the few plain words that stand above it.  Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from leashd_supervisor.approvals.diffs import EDITORS, GONE, Diff
from leashd_supervisor.approvals.model import DANGER, Request
from leashd_supervisor.approvals.risk import risk

Effect = Mapping[str, Any]
#: Kinds of effects that are deeds of their own, not a part of another.
_DEEDS = frozenset(("delete", "git", "package", "database", "control", "system"))


def verb(request: Request, changed: list[Diff]) -> str:
    r"""Verb and object of a request: `Push to origin/main`, `Edit 1 file (+12 \u22123)`."""
    if request.kind == "question":
        return "Answer a question"
    if request.kind == "plan":
        return "Review a plan"
    if request.tool in EDITORS and changed:
        return _edited(request, changed)
    chosen = _telling(request)
    said = _of_effect(chosen)
    if said:
        return said + _besides(request, chosen)
    return "Run a shell command" if request.tool == "Bash" else f"Use {request.tool}"


def _edited(request: Request, changed: list[Diff]) -> str:
    kept = [diff for diff in changed if diff.note != GONE]
    gone = len(changed) - len(kept)
    if not kept:
        return f"Delete {_files(gone)}"
    counts = [diff.counts() for diff in kept]
    word = "Edit"
    if request.tool == "Write":
        word = "Replace" if request.replaces else "Write"
    said = f"{word} {_files(len(kept))}" + (f", delete {gone}" if gone else "")
    return f"{said} (+{sum(one[0] for one in counts)} \u2212{sum(one[1] for one in counts)})"


def _files(number: int) -> str:
    return "1 file" if number == 1 else f"{number} files"


def _besides(request: Request, chosen: Effect) -> str:
    """What the words about one effect leave out: more files of that kind, and other things that are dangerous."""
    paths = {effect.get("path") for effect in request.effects if effect.get("kind") == chosen.get("kind")}
    files = len(paths - {None, chosen.get("path")}) if isinstance(chosen.get("path"), str) else 0
    others = [effect for effect in request.effects if effect.get("kind") in _DEEDS - {chosen.get("kind")}]
    more = any(risk(_alone(request, effect))[0] == DANGER for effect in others)
    return (f" and {files} more" if files else "") + (", and more" if more else "")


def _telling(request: Request) -> Effect:
    """The effect that says most: the one that decided, unless that is only the program's start."""
    at = request.decisive
    chosen: Effect = request.effects[at] if 0 <= at < len(request.effects) else {}
    if chosen.get("kind") not in (None, "run"):
        return chosen
    others = [effect for effect in request.effects if effect.get("kind") != "run"]
    order = {"danger": 0, "check": 1, "low": 2}
    return min(others, key=lambda effect: order[risk(_alone(request, effect))[0]], default=chosen)


def _alone(request: Request, effect: Effect) -> Request:
    return Request(**{**vars(request), "effects": (effect,)})


def _of_effect(effect: Effect) -> str:
    say = _SAYINGS.get(str(effect.get("kind")))
    return say(effect) if say else ""


def _git(effect: Effect) -> str:
    name = str(effect.get("verb") or "")
    if name == "push":
        where = "/".join(str(effect[part]) for part in ("remote", "branch") if effect.get(part))
        word = "Force-push" if effect.get("force") not in (None, "none") else "Push"
        if effect.get("branch") == "@current":
            return f"{word} the current branch" + (f" to {effect['remote']}" if effect.get("remote") else "")
        return word + (f" to {where}" if where else "")
    return f"Git {name}" if name else "Use git"


def _file(word: str) -> Callable[[Effect], str]:
    def say(effect: Effect) -> str:
        path = effect.get("path")
        if not isinstance(path, str):
            return f"{word} files that are not known yet"
        name = path.rstrip("/").rpartition("/")[2] or path
        return f"{word} {'everything in ' if effect.get('recursive') else ''}{name}"

    return say


def _network(effect: Effect) -> str:
    host = effect.get("host") or "another machine"
    return {"upload": f"Send data to {host}", "fetch": f"Fetch from {host}"}.get(
        str(effect.get("direction")), f"Connect to {host}"
    )


def _package(effect: Effect) -> str:
    manager = str(effect.get("manager") or "")
    words = {"install": "Install packages", "remove": "Remove packages", "publish": "Publish a package"}
    said = words.get(str(effect.get("operation")), "Use packages")
    return f"{said} with {manager}" if manager else said


def _control(effect: Effect) -> str:
    return f"{effect.get('system') or 'control'} {effect.get('verb') or ''}".strip().capitalize()


def _database(effect: Effect) -> str:
    named = " ".join(str(effect[part]) for part in ("statement", "object") if effect.get(part))
    return f"Run SQL: {named}" if named else "Run SQL"


def _always(text: str) -> Callable[[Effect], str]:
    return lambda effect: text


_SAYINGS: dict[str, Callable[[Effect], str]] = {
    "git": _git,
    "delete": _file("Delete"),
    "write": _file("Write"),
    "read": _file("Read"),
    "network": _network,
    "package": _package,
    "control": _control,
    "database": _database,
    "privilege": _always("Run with more rights"),
    "secret": _always("Reach for secrets"),
    "system": _always("Change this machine"),
    "process": _always("Stop or watch a program"),
    "flow": _always("Run or send what was just read"),
    "code": _always("Run code"),
    "opaque": _always("Run something that cannot be read"),
    "mcp": lambda effect: f"Call {effect.get('server')}: {effect.get('tool')}",
    "browser": _always("Drive the browser"),
    "agent": _always("Start a helper"),
}

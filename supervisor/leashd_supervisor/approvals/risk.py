"""How much is at stake in a call, in one word and why, told from its effects."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from leashd_supervisor.approvals.model import CHECK, DANGER, LOW, Request

_ORDER = (LOW, CHECK, DANGER)
#: What a rule's own risk level comes to at the least; it raises what the effects say, and never lowers it.
_LEVELS = {"medium": CHECK, "high": CHECK, "critical": DANGER}


def assessed(request: Request) -> tuple[str, str]:
    """The risk of a request as its effects and its rule say, and why in a few words."""
    level, why = risk(request)
    least = _LEVELS.get(request.risk_level, LOW)
    if request.kind != "tool" or _ORDER.index(level) >= _ORDER.index(least):
        return level, why
    return least, f"its rule says {request.risk_level}"


def risk(request: Request) -> tuple[str, str]:
    """The risk of what a request does, and why in a few words."""
    if request.kind != "tool":
        return LOW, "nothing runs"
    found = [_of(effect, request.cwd) for effect in request.effects]
    return max(found, key=lambda one: _ORDER.index(one[0]), default=(CHECK, "not known beforehand"))


def _of(effect: Mapping[str, Any], cwd: str) -> tuple[str, str]:
    kind = effect.get("kind")
    judge = _JUDGES.get(str(kind))
    return judge(effect, cwd) if judge else (CHECK, f"an effect of kind {kind}")


def _read(effect: Mapping[str, Any], cwd: str) -> tuple[str, str]:
    return (LOW, "only reads") if _inside(effect, cwd) else (CHECK, "reads outside the project")


def _write(effect: Mapping[str, Any], cwd: str) -> tuple[str, str]:
    return (CHECK, "changes files") if _inside(effect, cwd) else (DANGER, "writes outside the project")


def _delete(effect: Mapping[str, Any], cwd: str) -> tuple[str, str]:
    return DANGER, "deletes files" if _inside(effect, cwd) else "deletes files outside the project"


def _git(effect: Mapping[str, Any], cwd: str) -> tuple[str, str]:
    if effect.get("force") not in (None, "none") or effect.get("destroys"):
        return DANGER, "rewrites or loses history"
    if effect.get("changes") == "remote":
        return DANGER, "leaves this machine"
    return (LOW, "only looks") if effect.get("changes") in (None, "nothing") else (CHECK, "changes the repository")


def _network(effect: Mapping[str, Any], cwd: str) -> tuple[str, str]:
    if effect.get("reach") == "metadata":
        return DANGER, "asks for cloud credentials"
    if effect.get("direction") == "upload":
        return DANGER, "sends data out"
    return (LOW, "stays on this machine") if effect.get("reach") == "local" else (CHECK, "talks to another machine")


def _control(effect: Mapping[str, Any], cwd: str) -> tuple[str, str]:
    if effect.get("destroys"):
        return DANGER, f"removes things in {effect.get('system')}"
    return (CHECK, f"changes {effect.get('system')}") if effect.get("changes") else (LOW, "only looks")


def _database(effect: Mapping[str, Any], cwd: str) -> tuple[str, str]:
    if effect.get("statement") == "select":
        return LOW, "only reads a database"
    lost = effect.get("whole") or effect.get("statement") in ("drop", "truncate")
    return (DANGER, "loses data") if lost else (CHECK, "changes a database")


def _package(effect: Mapping[str, Any], cwd: str) -> tuple[str, str]:
    if effect.get("operation") == "publish":
        return DANGER, "is seen by everybody"
    return (LOW, "only looks") if effect.get("operation") == "query" else (CHECK, "installs or runs packages")


def _always(level: str, why: str) -> Any:
    return lambda effect, cwd: (level, why)


def _run(effect: Mapping[str, Any], cwd: str) -> tuple[str, str]:
    return (LOW, "runs a known program") if effect.get("modelled") else (CHECK, "runs a program")


def _inside(effect: Mapping[str, Any], cwd: str) -> bool:
    path = effect.get("path")
    return isinstance(path, str) and bool(cwd) and (path == cwd or path.startswith(cwd.rstrip("/") + "/"))


_JUDGES = {
    "read": _read,
    "write": _write,
    "delete": _delete,
    "git": _git,
    "network": _network,
    "run": _run,
    "opaque": _always(DANGER, "cannot be read"),
    "code": _always(CHECK, "runs code"),
    "package": _package,
    "privilege": _always(DANGER, "asks for more rights"),
    "secret": _always(DANGER, "touches secrets"),
    "database": _database,
    "control": _control,
    "process": _always(CHECK, "stops or watches programs"),
    "system": _always(DANGER, "changes the machine"),
    "flow": _always(DANGER, "runs or sends what was just read"),
    "mcp": _always(CHECK, "calls another service"),
    "browser": _always(CHECK, "drives a browser"),
    "agent": _always(LOW, "starts a helper of the agent"),
    "tool": _always(LOW, "touches nothing"),
}

"""`leashd status`: what is installed and in force, and the last decision."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import click

from leashd_hooks import audit_log, places
from leashd_hooks.bundle import load
from leashd_hooks.cli import daemon, render
from leashd_hooks.cli.audit import subject
from leashd_hooks.cli.installed import approved, broken, installed
from leashd_hooks.cli.whereabouts import here
from leashd_hooks.install import setup


@click.command()
@click.option("--json", "as_json", is_flag=True, help="print JSON")
@click.pass_context
def status(ctx: click.Context, as_json: bool) -> None:
    """Show where the hook is installed, what is in force, and the last decision.

    Exit code: 0, or 1 when the policy does not load, so that every call is denied.
    """
    found = _status()
    if as_json:
        render.data(found)
    else:
        _tell(found)
    ctx.exit(1 if found["policy_error"] else 0)


def _tell(found: dict[str, Any]) -> None:
    last = found["last_decision"]
    render.facts(
        [
            ("installed in", "\n".join(found["installed"]) or "nowhere; run `leashd install claude`"),
            ("policy", _policy(found)),
            ("approved", _approved(found)),
            ("here", _here(found)),
            ("supervisor", _running(found["supervisor"])),
            ("audit", f"{found['audit']['records']} records, {found['audit']['bytes'] / 1024:.0f} KiB"),
            (
                "last",
                f"{last['time']}  {last['tool']}  {last['answered']} by {last['rule']}: {last['call']}"
                if last
                else "-",
            ),
        ]
    )


def _policy(found: dict[str, Any]) -> str:
    if found["policy_error"]:
        return f"every call is denied: {found['policy_error']}"
    return ", ".join(found["policies"])


def _approved(found: dict[str, Any]) -> str:
    nothing = "-" if found["policy_error"] else "nothing; run `leashd add-dir` in a project"
    return "\n".join(found["approved_directories"]) or nothing


def _here(found: dict[str, Any]) -> str:
    known = found["project_approved"] or found["policy_error"]
    return str(found["project"]) + ("" if known else "  (not approved)")


def _status() -> dict[str, Any]:
    place = here()
    policies: list[str] = []
    roots: tuple[str, ...] = ()
    error = broken(place)
    if not error:
        policies = list(load(str(place.state), str(place.home))["policies"])
        roots = setup.current_roots(place)
    return {
        "installed": [str(path) for _, path in installed(place)],
        "policies": policies,
        "policy_error": error,
        "approved_directories": list(roots),
        "project": str(place.project),
        "project_approved": approved(place, roots),
        "supervisor": _supervisor(),
        "audit": _audit(Path(places.audit(str(place.state)))),
        "last_decision": _last(Path(places.audit(str(place.state)))),
    }


def _supervisor() -> dict[str, Any]:
    found = daemon.find(daemon.state())
    if found is None:
        return {"running": False}
    since = None if found.since is None else datetime.fromtimestamp(found.since).astimezone().isoformat("T", "seconds")
    return {
        "running": True,
        "answers": found.answers,
        "pid": found.pid,
        "address": found.address,
        "waiting": found.waiting,
        "since": since,
    }


def _running(found: dict[str, Any]) -> str:
    if not found["running"]:
        return "not running; `leashd start` starts it"
    if not found["answers"]:
        return f"does not answer (process {found['pid']}); `leashd restart` replaces it"
    return f"{found['address']}  {found['waiting']} waiting  (process {found['pid']}, since {found['since']})"


def _audit(folder: Path) -> dict[str, Any]:
    newest = audit_log.last(folder, 1)
    size = sum(path.stat().st_size for path in audit_log.files(folder))
    return {"directory": str(folder), "records": newest[0]["seq"] if newest else 0, "bytes": size}


def _last(folder: Path) -> dict[str, Any] | None:
    for record in reversed(audit_log.last(folder, 50)):
        if record.get("event") == "PreToolUse":
            names = ("seq", "time", "tool", "verdict", "answered", "rule")
            return {**{name: record.get(name, "") for name in names}, "call": render.visible(subject(record), 80)}
    return None

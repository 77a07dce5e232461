"""`leashd explain`: why, effect by effect."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from leashd_hooks import audit_log
from leashd_hooks.adapters.claude import CALLS, read_call
from leashd_hooks.cli import render
from leashd_hooks.cli.failure import Failure
from leashd_hooks.cli.judging import EXIT, decide_asked, event, policy_in_force, policy_options
from leashd_hooks.cli.records import directory
from leashd_hooks.cli.whereabouts import here
from leashd_hooks.policy.explain import sentences


@click.command()
@click.argument("command", required=False)
@click.option("--tool", metavar="NAME", help="explain a call of this tool instead of a shell command")
@click.option("--input", "given", metavar="JSON", help="the tool's input")
@click.option("--last", is_flag=True, help="explain the last call in this project that was not simply allowed")
@policy_options
@click.option("--json", "as_json", is_flag=True, help="print JSON")
@click.pass_context
def explain(
    ctx: click.Context,
    command: str | None,
    tool: str | None,
    given: str | None,
    last: bool,
    policies: tuple[str, ...],
    roots: tuple[str, ...],
    home: str | None,
    cwd: str | None,
    as_json: bool,
) -> None:
    """Say what COMMAND would do, effect by effect, and which rule says what about each.

    The strictest answer decides.  Exit code as for `leashd check`; 0 with `--last`, which only looks back.
    """
    record = _last(command or tool) if last else None
    asked = _as_recorded(record) if record else event(tool, given, command, cwd)
    policy = policy_in_force(policies, roots, home)
    decision = decide_asked(asked, policy)
    if as_json:
        names = ("verdict", "rule", "reason", "instead")
        trace = [dict(zip(names, entry, strict=True)) for entry in decision.trace]
        found = {**decision.to_json(), "trace": trace, "decisive": decision.decisive, "policies": policy["policies"]}
        render.data(found)
    else:
        if record:
            render.say(f"{str(record.get('time'))[:19]}: {record.get('answered')} by `{record.get('rule')}`", "bold")
            render.say(f"  {render.visible(audit_log.subject(record))}")
        for line in sentences(read_call(asked), decision, policy):
            render.say(line)
        render.say(f"policy: {', '.join(policy['policies'])}", "dim")
    ctx.exit(0 if record else EXIT[decision.verdict])


def _last(other: str | None) -> audit_log.Record:
    """The newest record of a call in the current project that did not pass by itself."""
    if other is not None:
        raise Failure("`--last` explains what is in the audit", "leave out the other call")
    project = here().project
    for record in reversed(audit_log.last(directory(), 1000)):
        where = Path(str(record.get("cwd") or "/"))
        inside = where == project or project in where.parents
        if audit_log.is_trial(record):
            continue
        if inside and record.get("event") in CALLS and record.get("answered") not in ("allow", "silent"):
            return record
    raise Failure("no call in this project was denied or asked about", "`leashd audit tail` shows all of them")


def _as_recorded(record: audit_log.Record) -> dict[str, Any]:
    """The event of a record; what the audit does not keep, as secrets, is not in it."""
    names = {"tool_name": "tool", "tool_input": "input", "cwd": "cwd", "permission_mode": "mode"}
    return {"hook_event_name": "PreToolUse", **{name: record.get(own) for name, own in names.items()}}

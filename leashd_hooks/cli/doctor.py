"""`leashd doctor`: prove that the hook decides, and find every way around it."""

from __future__ import annotations

import click

from leashd_hooks.cli import render
from leashd_hooks.cli.whereabouts import here
from leashd_hooks.install.doctor import examine
from leashd_hooks.install.finding import Finding
from leashd_hooks.install.survey import survey


@click.command()
@click.option("--json", "as_json", is_flag=True, help="print JSON")
@click.pass_context
def doctor(ctx: click.Context, as_json: bool) -> None:
    """Start the hook as the client would, with calls that must be denied and allowed, and look for ways around it.

    Exit code: 0 when nothing failed, warnings aside; 1 otherwise.
    """
    findings = examine(survey(here()))
    failed = any(finding.state == "fail" for finding in findings)
    if as_json:
        render.data({"ok": not failed, "findings": [finding.to_json() for finding in findings]})
    else:
        _tell(findings)
    ctx.exit(1 if failed else 0)


def _tell(findings: list[Finding]) -> None:
    rows = [(finding.state, finding.check, _with_fix(finding)) for finding in findings]
    render.table(("state", "check", "found"), rows)
    counts = {state: sum(finding.state == state for finding in findings) for state in ("fail", "warn", "ok")}
    text = f"{counts['fail']} failed, {counts['warn']} warnings, {counts['ok']} in order"
    render.say(text, "bold red" if counts["fail"] else "")


def _with_fix(finding: Finding) -> str:
    return f"{finding.found}\nhelp: {finding.fix}" if finding.fix else finding.found

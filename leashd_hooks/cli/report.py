"""`leashd audit report`: what was decided, for a job's summary, its tests and its code scanning."""

from __future__ import annotations

from datetime import datetime
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

import click

from leashd_hooks import audit_log
from leashd_hooks.cli.records import directory, since

if TYPE_CHECKING:
    from leashd_hooks.report.summary import Summary

FORMATS = ("markdown", "json", "junit", "sarif")
#: The exit code when there is what `--fail-on` names.
FAILED = 2


@click.command()
@click.option("--format", "form", type=click.Choice(FORMATS), default="markdown", show_default=True)
@click.option("--json", "as_json", is_flag=True, help="the same as `--format json`")
@click.option("--session", help="session id, or how it begins; all sessions by default")
@click.option("--since", callback=since, help="10m, 2h, 3d, or a date and time")
@click.option(
    "--fail-on",
    type=click.Choice(["deny", "ask", "never"]),
    default="never",
    show_default=True,
    help="deny: exit code 2 when a call was denied; ask: also when one was asked about",
)
@click.option(
    "-o", "--output", type=click.Path(path_type=Path, dir_okay=False), help="file to write instead of standard output"
)
@click.pass_context
def report(
    ctx: click.Context,
    form: str,
    as_json: bool,
    session: str | None,
    since: datetime | None,
    fail_on: str,
    output: Path | None,
) -> None:
    """Report what was decided: calls, answers, rules, and each denied call with what to do instead.

    \b
    leashd audit report >> "$GITHUB_STEP_SUMMARY"
    leashd audit report --format sarif -o leashd.sarif --fail-on deny

    Exit code: 0 nothing that `--fail-on` names, 2 something of it, 1 cannot say.  A call that nobody decided, found
    when its session was reconciled, counts like a denied one.
    """
    from leashd_hooks.report.summary import summarise

    found = audit_log.records(directory(), audit_log.Filter(session=session, since=since))
    summary = summarise(record for record in found if session or not audit_log.is_trial(record))
    text = rendered(summary, "json" if as_json else form)
    if output is None:
        click.echo(text, nl=False)
    else:
        output.write_text(text, encoding="utf-8")
    ctx.exit(FAILED if summary.fails(fail_on) else 0)


def rendered(summary: Summary, form: str) -> str:
    """The report in a format."""
    if form == "json":
        import json

        return json.dumps(summary.to_json(), indent=2, ensure_ascii=False) + "\n"
    text: str = import_module(f"leashd_hooks.report.{form}").render(summary)
    return text

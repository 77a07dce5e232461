"""`leashd init`: from nothing to a guarded agent, with one question."""

from __future__ import annotations

import click

from leashd_hooks.cli import render
from leashd_hooks.cli.failure import Failure
from leashd_hooks.cli.whereabouts import here
from leashd_hooks.install.doctor import canaries
from leashd_hooks.install.finding import Finding
from leashd_hooks.install.place import Place
from leashd_hooks.install.setup import Report, set_up, too_wide
from leashd_hooks.install.survey import survey


@click.command()
@click.option("-y", "--yes", is_flag=True, help="do not ask")
@click.option("--json", "as_json", is_flag=True, help="print JSON; does not ask")
@click.pass_context
def init(ctx: click.Context, yes: bool, as_json: bool) -> None:
    """Approve the current project, install the hook for Claude Code on this account, and try it.

    Run it again in another project to approve that one too.
    """
    place = here()
    if not yes and not as_json:
        _ask(place)
    report = set_up(place, "user")
    tried = list(canaries(survey(place)))
    good = all(finding.state != "fail" for finding in tried)
    if as_json:
        render.data({**report.to_json(), "ok": good, "canaries": [finding.to_json() for finding in tried]})
    else:
        _tell(place, report, tried, good)
    ctx.exit(0 if good else 1)


def _ask(place: Place) -> None:
    why = too_wide(place.project, place.home)
    if why:
        render.say(f"`{place.project}` will not be approved: {why}")
    else:
        render.say(f"approves   {place.project}")
    render.say(f"installs   the hook in {place.settings('user')}; a backup is kept")
    render.say("from then on Claude Code asks leashd before every tool call on this account")
    try:
        go_on = click.confirm("go ahead?", default=True)
    except click.Abort:
        click.echo()
        raise Failure("nobody answered", "`leashd init --yes` does not ask") from None
    if not go_on:
        raise Failure("nothing was changed")


def _tell(place: Place, report: Report, tried: list[Finding], good: bool) -> None:
    changed = "installed in" if report.change.changed else "is installed already in"
    render.say(f"{changed} `{report.change.path}`", "green")
    if report.approved:
        render.say(f"approved `{report.approved}`", "green")
    for note in [*report.change.notes, *report.notes]:
        render.say(f"note: {note}", "yellow")
    for finding in tried:
        render.say(f"tried {finding.found}", "green" if finding.state == "ok" else "bold red")
    if not good:
        render.say("the hook does not decide as it must; `leashd doctor` says why", "bold red")
        return
    render.say("")
    render.say("next:  claude                    as always")
    render.say("       leashd audit tail -f      watch what it does")
    render.say("       leashd check 'COMMAND'    ask what would happen")
    render.say("       leashd uninstall claude   take it out again")

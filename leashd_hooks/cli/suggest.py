"""`leashd policy suggest`: rules for what a person always answers the same way."""

from __future__ import annotations

from datetime import datetime

import click

from leashd_hooks import audit_log
from leashd_hooks.audit_log import Filter
from leashd_hooks.cli.records import directory, since
from leashd_hooks.cli.whereabouts import here


@click.command()
@click.option("--since", callback=since, help="10m, 2h, 3d, or a date and time; the whole audit by default")
@click.option(
    "--least", type=click.IntRange(min=2), default=3, show_default=True, help="answers that make a suggestion"
)
@click.option("--json", "as_json", is_flag=True, help="print JSON")
def suggest(since: datetime | None, least: int, as_json: bool) -> None:
    """Propose rules for the asks that a person always answered the same way.

    Each covers exactly what was answered: the same command or file, with the same effects, in its project.  Nothing of
    the floor is proposed, nothing that depends on a variable or pattern, and nothing is written.

    Exit code: 0, also when there is nothing to propose.
    """
    from leashd_hooks.cli import render
    from leashd_hooks.policy import layers
    from leashd_hooks.policy.suggest import document
    from leashd_hooks.policy.suggest import suggest as proposals

    place = here()
    policies = layers.of_state(str(place.state), str(place.home))
    records = audit_log.records(directory(), Filter(since=since))
    found, skipped = proposals(records, policies, str(place.home), least)
    if as_json:
        render.data({"suggestions": [one.to_json() for one in found], "skipped": dict(skipped)})
        return
    for root in dict.fromkeys(one.root for one in found):
        click.echo(f"# for `{layers.project_path(root)}`, then `leashd trust`")
        click.echo(document(one for one in found if one.root == root))
    for why, count in skipped.most_common():
        click.echo(f"# {count} answers make no rule: {why}")
    if not found:
        click.echo("# nothing to suggest")

"""`leashd replay`: what would a policy have decided?"""

from __future__ import annotations

import sys
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from leashd_hooks import bundle, places
from leashd_hooks.cli.check import FAULTS
from leashd_hooks.cli.failure import Failure
from leashd_hooks.cli.judging import policy_in_force
from leashd_hooks.cli.records import directory, since
from leashd_hooks.cli.whereabouts import here
from leashd_hooks.hook import judge_call
from leashd_hooks.model import DENY, Call, Decision

if TYPE_CHECKING:
    from leashd_hooks.bundle import Bundle
    from leashd_hooks.replay import Case, Outcome

#: The exit code when something would be decided otherwise.
CHANGED = 2


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option("--policy", "policies", multiple=True, metavar="NAME", help="profile or file to try; repeatable")
@click.option("--approve", "roots", multiple=True, metavar="DIR", help="approved directory; your own by default")
@click.option("--session", help="session id, or how it begins")
@click.option("--since", callback=since, help="10m, 2h, 3d, or a date and time")
@click.option("--json", "as_json", is_flag=True, help="print JSON")
@click.pass_context
def replay(
    ctx: click.Context,
    paths: tuple[Path, ...],
    policies: tuple[str, ...],
    roots: tuple[str, ...],
    session: str | None,
    since: datetime | None,
    as_json: bool,
) -> None:
    """Run recorded sessions through a policy and tell what would be decided otherwise.  No call is carried out.

    PATHS are transcripts of Claude Code and Codex, audit files, or directories of them; your own audit by default.
    Without `--policy` it is the policy in force.

    \b
    leashd replay --policy strict
    leashd replay ~/.claude/projects ~/.leashd/audit --policy default --policy ./mine.yaml

    Exit code: 0 nothing would change, 2 something would, 1 cannot say.
    """
    from leashd_hooks import replay as engine
    from leashd_hooks.audit_log import Filter
    from leashd_hooks.transcripts import Unreadable

    policy = chosen(policies, roots)
    outcome = engine.Outcome()
    try:
        found = engine.cases(paths or (directory(),), Filter(session=session, since=since), outcome)
    except Unreadable as error:
        raise Failure(str(error), error.help) from error
    with _progress(found, as_json) as bar:
        told = {"step": bar.update} if bar else {}
        engine.replay(found, lambda call: judged(call, policy), policy["roots"], outcome, **told)
    if as_json:
        from leashd_hooks.cli import render

        render.data(outcome.to_json())
    else:
        _show(outcome)
    ctx.exit(CHANGED if outcome.changes else 0)


def chosen(policies: tuple[str, ...], roots: tuple[str, ...]) -> Bundle:
    """The policy to try: that in force, or the named ones over the same approved directories."""
    state, home = str(here().state), str(here().home)
    if policies and not roots and places.exists(places.config(state)):
        roots = tuple(bundle.load(state, home)["roots"])
    return policy_in_force(policies, roots, None)


def judged(call: Call, policy: Bundle) -> Decision:
    """The hook's decision; a call that it cannot judge it denies."""
    try:
        return judge_call(call, policy)
    except FAULTS as error:
        return Decision(DENY, "unreadable-call", str(error) or type(error).__name__)


def _progress(found: list[Case], quiet: bool) -> AbstractContextManager[Any]:
    if quiet or not sys.stderr.isatty():
        return nullcontext()
    return click.progressbar(length=len(found), label="judging", file=sys.stderr)


def _show(outcome: Outcome) -> None:
    from leashd_hooks.cli import render

    rows = []
    for change in outcome.changes:
        example = change.examples[0]
        about = render.visible(f"{example['tool']}: {example['about']}", 80)
        was = f"{change.before} by {change.rule_before}" if change.rule_before else change.before
        rows.append((str(change.count), was, change.after, change.rule_after, about))
    if rows:
        render.table(("calls", "was", "would be", "by", "for example"), rows, right=("calls",))
    for rule, counts in outcome.trials.items():
        told = ", ".join(f"{count} {verdict}" for verdict, count in counts.items())
        render.say(f"in shadow: `{rule}` would decide calls that then were: {told}")
    for why, count in outcome.skipped.items():
        render.say(f"{count} calls were not judged: {why}")
    if outcome.outside:
        render.say(
            f"{outcome.outside} calls were made in no approved directory; `--approve DIR` approves one", "yellow"
        )
    if outcome.untold:
        render.say(f"{outcome.untold} calls were judged, but nothing tells what became of them then")
    changed = sum(change.count for change in outcome.changes)
    stricter = sum(change.count for change in outcome.changes if change.stricter)
    kinds = f": {stricter} stricter, {changed - stricter} looser" if changed else ""
    render.say(f"{outcome.judged} calls judged, {changed} would change{kinds}")

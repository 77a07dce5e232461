"""`leashd audit reconcile`: was every call of a session decided?"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from leashd_hooks.audit_log import subject
from leashd_hooks.cli.failure import Failure
from leashd_hooks.cli.records import directory

if TYPE_CHECKING:
    from leashd_hooks.reconcile import Outcome
    from leashd_hooks.transcripts import Recorded


@click.command()
@click.argument("transcripts", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="print JSON")
@click.pass_context
def reconcile(ctx: click.Context, transcripts: tuple[Path, ...], as_json: bool) -> None:
    """Compare TRANSCRIPTS with the audit: each call must have its record, and each record its call.

    They are matched by session, number, tool and the digest of the input.

    A transcript is the `.jsonl` file of a Claude Code session (those of its subagents are found beside it), a Codex
    rollout, or a directory of either.

    \b
    leashd audit reconcile ~/.claude/projects/-home-me-app/4f1c2a9e.jsonl
    leashd audit reconcile ~/.codex/sessions/2026

    Exit code: 0 all matched, 3 a call that leashd did not decide, 4 only records without a call, 1 cannot read.
    """
    from leashd_hooks import transcripts as reading
    from leashd_hooks.reconcile import reconcile as compare

    try:
        found = reading.read(transcripts)
    except reading.Unreadable as error:
        raise Failure(str(error), error.help) from error
    if not found:
        raise Failure("there is no transcript in what was given", reading.Unreadable.help)
    outcome = compare(found, directory())
    if as_json:
        from leashd_hooks.cli import render

        render.data(to_json(outcome))
    else:
        _show(outcome)
    ctx.exit(outcome.code)


def to_json(outcome: Outcome) -> dict[str, Any]:
    """The outcome as plain data."""
    return {
        "sessions": outcome.sessions,
        "matched": outcome.matched,
        "by_number": outcome.by_number,
        "refused": [_call(call) for call in outcome.refused],
        "unseen": [{**_call(call), "why": why} for call, why in outcome.unseen],
        "missing": [_record(record) for record in outcome.missing],
        "untold": [_record(record) for record in outcome.untold],
    }


def _call(call: Recorded) -> dict[str, Any]:
    told = {"session": call.session, "subagent": call.subagent, "call_id": call.call_id, "tool": call.tool}
    return {**told, "time": call.time, "outcome": call.outcome, "where": call.where}


def _record(record: dict[str, Any]) -> dict[str, Any]:
    return {name: record.get(name, "") for name in ("seq", "session", "subagent", "call_id", "tool", "time", "verdict")}


def _show(outcome: Outcome) -> None:
    from leashd_hooks.cli import render

    for call, why in outcome.unseen:
        about = render.visible(subject({"input": call.input}), 100)
        ran = f" ({call.outcome})" if call.outcome else ""
        render.say(f"UNSEEN   {call.where}: {render.visible(call.tool)} {about}{ran}: {why}", "bold red")
    for record in outcome.missing:
        about = render.visible(subject(record), 100)
        render.say(
            f"MISSING  record {record['seq']}: {render.visible(str(record['tool']))} {about}: not in the transcript",
            "red",
        )
    if outcome.refused:
        render.say(f"{len(outcome.refused)} calls were refused by the client itself and did not run")
    if outcome.by_number:
        render.say(
            f"{outcome.by_number} patches were compared by number and tool only: their transcript does not tell more"
        )
    if outcome.untold:
        render.say(f"{len(outcome.untold)} records are of calls that a transcript of code mode does not show")
    verdict = {0: "every call was decided", 3: f"{len(outcome.unseen)} calls were NOT decided by leashd"}
    last = verdict.get(outcome.code, f"{len(outcome.missing)} decisions are of no call in the transcript")
    render.say(f"{outcome.matched} calls matched: {last}", "bold red" if outcome.code == 3 else "")

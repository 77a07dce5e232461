"""`leashd audit`: read, verify and export what was decided."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any, TextIO

import click

from leashd_hooks import audit_log, audit_verify
from leashd_hooks.audit_log import Filter, Record
from leashd_hooks.audit_log import subject as subject
from leashd_hooks.cli import render
from leashd_hooks.cli.failure import Failure
from leashd_hooks.cli.reconcile import reconcile
from leashd_hooks.cli.records import directory, filters
from leashd_hooks.cli.report import report
from leashd_hooks.cli.subcommands import Group


@click.group(cls=Group)
def audit() -> None:
    """Read, verify, export, report and reconcile what was decided."""


audit.add_command(report)
audit.add_command(reconcile)


@audit.command()
@click.option("-n", "count", type=click.IntRange(min=1), default=20, show_default=True, help="how many records")
@click.option("-f", "--follow", is_flag=True, help="go on as new ones come")
@filters
@click.option("--json", "as_json", is_flag=True, help="print one JSON object a line")
def tail(count: int, follow: bool, as_json: bool, **chosen: Any) -> None:
    """Show the last decisions, oldest first."""
    wanted = Filter(**chosen)
    found = audit_log.last(directory(), count, wanted)
    if as_json:
        for record in found:
            click.echo(json.dumps(record, ensure_ascii=False))
    elif found:
        render.lines(("seq", "time", "tool", "answer", "rule", "call"), [_row(record) for record in found], wide="call")
    elif not follow:
        render.say("no decision is recorded" if wanted == Filter() else "no decision matches")
    if follow:
        _follow(wanted, as_json)


def _follow(wanted: Filter, as_json: bool) -> None:
    for record in audit_log.follow(directory(), wanted):
        click.echo(json.dumps(record, ensure_ascii=False) if as_json else "  ".join(_row(record)))
        sys.stdout.flush()


def _row(record: Record) -> tuple[str, ...]:
    moment = str(record.get("time", ""))[:19].replace("T", " ")
    what = str(record.get("tool") or record.get("event", ""))
    told = str(record.get("answered") or record.get("verdict", ""))
    cells = [render.visible(text) for text in (what, told, str(record.get("rule", "")))]
    return (str(record["seq"]), moment, *cells, render.visible(subject(record), 80))


@audit.command()
@click.argument("number", type=int)
@click.option("--json", "as_json", is_flag=True, help="print JSON")
def show(number: int, as_json: bool) -> None:
    """Show the record with this NUMBER in full."""
    for record in audit_log.records(directory()):
        if record["seq"] == number:
            break
    else:
        raise Failure(f"there is no record {number}", "`leashd audit tail` shows the last ones")
    if as_json:
        render.data(record)
        return
    render.facts([(name, _shown(value)) for name, value in record.items()])


def _shown(value: Any) -> str:
    if isinstance(value, str):
        return render.visible(value)
    if isinstance(value, list) and all(isinstance(item, dict) for item in value):
        return "\n".join(render.visible(json.dumps(item, ensure_ascii=False)) for item in value)
    return render.visible(json.dumps(value, ensure_ascii=False))


@audit.command()
@click.option("--json", "as_json", is_flag=True, help="print JSON")
@click.pass_context
def verify(ctx: click.Context, as_json: bool) -> None:
    """Check that no record was changed, lost, moved or cut off.  Exit code: 0 in order, 1 broken."""
    result = audit_verify.verify(directory())
    if as_json:
        render.data(result.to_json())
    else:
        for line in result.breaks:
            render.say(f"broken  {line}", "bold red")
        for line in result.notes:
            render.say(f"note    {line}", "yellow")
        state = "in order" if result.ok else f"broken ({len(result.breaks)} found)"
        files = "1 file" if result.files == 1 else f"{result.files} files"
        render.say(f"{result.records} records in {files}: {state}", "" if result.ok else "bold red")
    ctx.exit(0 if result.ok else 1)


@audit.command()
@click.option("--format", "form", type=click.Choice(["jsonl", "csv"]), default="jsonl", show_default=True)
@click.option("-o", "--output", type=click.Path(path_type=Path), help="file to write; standard output by default")
@filters
@click.option("--json", "as_json", is_flag=True, help="say how many were written as JSON (with -o)")
def export(form: str, output: Path | None, as_json: bool, **chosen: Any) -> None:
    """Write records for other programs."""
    found: Iterable[Record] = audit_log.records(directory(), Filter(**chosen))
    target: AbstractContextManager[TextIO] = nullcontext(sys.stdout)
    if output is not None:
        target = output.open("w", encoding="utf-8", newline="")
    with target as out:
        count = audit_log.export_csv(found, out) if form == "csv" else audit_log.export_jsonl(found, out)
    if output is not None and as_json:
        render.data({"written": count, "file": str(output)})
    elif output is not None:
        render.say(f"{count} records written to `{output}`")

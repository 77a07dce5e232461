"""`leashd logs`: what the supervisor did."""

from __future__ import annotations

import json
import os
import sys
import time
from collections import deque
from collections.abc import Iterator
from contextlib import suppress
from itertools import chain
from pathlib import Path
from typing import Any, TextIO

import click

from leashd_hooks.cli import daemon, render
from leashd_hooks.cli.failure import Failure
from leashd_hooks.report.text import log_line

STYLES = {"error": "bold red", "warning": "yellow", "debug": "dim"}


@click.command()
@click.option("-n", "count", type=click.IntRange(min=1), default=50, show_default=True, help="how many lines")
@click.option("-f", "--follow", is_flag=True, help="go on as new ones come")
@click.option("--json", "as_json", is_flag=True, help="print one JSON object a line")
def logs(count: int, follow: bool, as_json: bool) -> None:
    """Show what the supervisor did, oldest first.  What agents did is in `leashd audit tail`."""
    path = daemon.state() / "logs" / "supervisor.jsonl"
    if not path.exists() and not follow:
        raise Failure("there is no log yet", "`leashd start` starts the supervisor, which writes it", daemon.STOPPED)
    file = path.open(encoding="utf-8", errors="replace") if path.exists() else None
    newest: deque[str] = deque(chain(_rotated(path), file or ()), maxlen=count)
    for line in newest:
        _show(line, as_json)
    if follow:
        for line in _new(path, file):
            _show(line, as_json)


def _rotated(path: Path) -> Iterator[str]:
    rotated = [one for one in path.parent.glob(path.name + ".*") if one.suffix[1:].isdigit()]
    for one in sorted(rotated, key=lambda file: -int(file.suffix[1:])):
        with suppress(FileNotFoundError), one.open(encoding="utf-8", errors="replace") as lines:
            yield from lines


def _new(path: Path, file: TextIO | None, pause: float = 0.2) -> Iterator[str]:
    """Lines as they are written behind those that were read; a file that is rotated away is read to its end first."""
    while True:
        if file is not None:
            while line := file.readline():
                yield line
        try:
            there = path.stat()
        except FileNotFoundError:
            there = None
        if there and (file is None or os.fstat(file.fileno()).st_ino != there.st_ino):
            if file is not None:
                yield from file.readlines()
                file.close()
            file = path.open(encoding="utf-8", errors="replace")
            continue
        time.sleep(pause)


def _show(line: str, as_json: bool) -> None:
    if as_json:
        click.echo(line.rstrip("\n"))
    else:
        record = _parsed(line)
        render.say(log_line(record).rstrip(), STYLES.get(str(record.get("level", "")), ""))
    sys.stdout.flush()


def _parsed(line: str) -> dict[str, Any]:
    try:
        record = json.loads(line)
    except ValueError:
        record = None
    return record if isinstance(record, dict) else {"event": line.strip()}

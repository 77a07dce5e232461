"""What the commands about the audit share: where it lies, which records are meant, what a record was about."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

import click

from leashd_hooks import audit_log, places
from leashd_hooks.cli.failure import Failure
from leashd_hooks.cli.whereabouts import here

Command = TypeVar("Command", bound=Callable[..., Any])


def since(_ctx: click.Context, _param: click.Parameter, text: str | None) -> datetime | None:
    """The moment that `--since` names."""
    if text is None:
        return None
    try:
        return audit_log.parse_since(text)
    except (ValueError, OverflowError) as error:
        raise Failure(f"`{text}` is no time", "write `10m`, `2h`, `3d` or `2026-01-31T12:00`") from error


def filters(command: Command) -> Command:
    """The options that choose records."""
    for option in (
        click.option("--since", callback=since, help="10m, 2h, 3d, or a date and time"),
        click.option("--session", help="session id, or how it begins"),
        click.option("--rule", help="name of the rule that decided"),
        click.option("--tool", help="name of the tool"),
        click.option("--verdict", type=click.Choice(["allow", "deny", "require_approval"]), help="what was decided"),
    ):
        command = option(command)
    return command


def directory() -> Path:
    """Where the audit of the current user lies."""
    return Path(places.audit(str(here().state)))

"""`leashd config`: the configuration in force."""

from __future__ import annotations

from pathlib import Path

import click

from leashd_hooks import config as settings
from leashd_hooks import places
from leashd_hooks.cli import render
from leashd_hooks.cli.whereabouts import here


@click.command()
@click.option("--json", "as_json", is_flag=True, help="print JSON")
def config(as_json: bool) -> None:
    """Show the configuration in force and where each value comes from."""
    path = places.config(str(here().state))
    loaded = settings.load_config(path)
    written = loaded.model_fields_set
    if as_json:
        render.data({"file": path, "values": loaded.model_dump(mode="json"), "set": sorted(written)})
        return
    render.say(path if Path(path).exists() else f"{path} (not there; these are the defaults)", "dim")
    rows = []
    for name, value in loaded.model_dump(mode="json").items():
        shown = ", ".join(str(item) for item in value) if isinstance(value, list) else str(value)
        rows.append((name, shown if value not in (None, []) else "-", "file" if name in written else "default"))
    render.table(("setting", "value", "from"), rows)

"""`leashd config`: the settings in force."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import click

from leashd_hooks import config as settings
from leashd_hooks import places
from leashd_hooks.cli import daemon, render
from leashd_hooks.cli.whereabouts import home


@click.command()
@click.option("--json", "as_json", is_flag=True, help="print JSON")
def config(as_json: bool) -> None:
    """Show every setting as it is in force, and where it comes from.

    The environment stands above the file, the file above what is built in.  What is wrong in either is an error.
    """
    path = places.config(str(home() / ".leashd"))
    found = settings.resolve(path, os.environ)
    origin = settings.HOME if os.environ.get(settings.HOME) else "default"
    found["state_directory"] = settings.Setting(str(daemon.state()), origin)
    if as_json:
        told = {name: {"value": setting.value, "from": setting.origin} for name, setting in found.items()}
        render.data({"file": path, "settings": told})
        return
    render.say(path if Path(path).exists() else f"{path} (not there)", "dim")
    rows = [
        (name, _shown(one.value), one.origin.removeprefix(f"{os.path.dirname(path)}/")) for name, one in found.items()
    ]
    render.table(("setting", "value", "from"), rows)


def _shown(value: Any) -> str:
    text = ", ".join(value) if isinstance(value, tuple) else str(value)
    return render.visible(text) if value not in (None, (), "") else "-"

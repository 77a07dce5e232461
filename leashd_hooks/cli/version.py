"""`leashd version`."""

from __future__ import annotations

import json
import platform
import sys

import click

from leashd_hooks import __version__


@click.command()
@click.option("--json", "as_json", is_flag=True, help="print JSON")
def version(as_json: bool) -> None:
    """Print the version of leashd and of the interpreter it runs on."""
    if as_json:
        click.echo(
            json.dumps({"version": __version__, "python": platform.python_version(), "executable": sys.executable})
        )
    else:
        click.echo(f"leashd {__version__}")

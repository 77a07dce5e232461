"""`leashd add-dir`, `remove-dir`, `dirs`: the directories the agent may work in."""

from __future__ import annotations

from pathlib import Path

import click

from leashd_hooks import config, places
from leashd_hooks.cli import render
from leashd_hooks.cli.failure import Failure
from leashd_hooks.cli.whereabouts import here, named
from leashd_hooks.install import setup


@click.command("add-dir")
@click.argument("directory", required=False, type=click.Path(file_okay=False))
@click.option("--json", "as_json", is_flag=True, help="print JSON")
def add_dir(directory: str | None, as_json: bool) -> None:
    """Approve DIRECTORY, or the current project, for the agent to work in."""
    place = here()
    wanted = place.project if directory is None else named(directory)
    if not wanted.is_dir():
        raise Failure(f"`{wanted}` is not a directory")
    why = setup.too_wide(wanted, place.home)
    if why:
        raise Failure(f"`{wanted}` cannot be approved: {why}", "approve the directories of your projects")
    setup.state_directory(place.state)
    new = config.add(places.config(str(place.state)), "approved_directories", str(wanted))
    setup.compile_policy(place)
    _tell(as_json, new, f"approved `{wanted}`" if new else f"`{wanted}` is approved already")


@click.command("remove-dir")
@click.argument("directory", required=False, type=click.Path(file_okay=False))
@click.option("--json", "as_json", is_flag=True, help="print JSON")
def remove_dir(directory: str | None, as_json: bool) -> None:
    """Withdraw the approval of DIRECTORY, or of the current project."""
    place = here()
    wanted = place.project if directory is None else named(directory)
    path = places.config(str(place.state))
    known = [text for text in setup.current_roots(place) if Path(text).expanduser().resolve() == wanted]
    for text in known:
        config.remove(path, "approved_directories", text)
    if known:
        setup.compile_policy(place)
    _tell(as_json, bool(known), f"`{wanted}` is no longer approved" if known else f"`{wanted}` was not approved")


@click.command()
@click.option("--json", "as_json", is_flag=True, help="print JSON")
def dirs(as_json: bool) -> None:
    """List the approved directories."""
    roots = setup.current_roots(here())
    if as_json:
        render.data(list(roots))
        return
    for root in roots:
        gone = "" if Path(root).expanduser().is_dir() else "  (does not exist)"
        render.say(root + gone)
    if not roots:
        render.say("no directory is approved; run `leashd add-dir` in a project")


def _tell(as_json: bool, changed: bool, text: str) -> None:
    if as_json:
        render.data({"changed": changed, "approved_directories": list(setup.current_roots(here()))})
    else:
        render.say(text)

"""`leashd trust`: whether a project's own policy may loosen rules."""

from __future__ import annotations

from pathlib import Path

import click

from leashd_hooks.cli import render
from leashd_hooks.cli.failure import Failure
from leashd_hooks.cli.whereabouts import here, named
from leashd_hooks.install import setup
from leashd_hooks.policy import layers


@click.command()
@click.argument("directory", required=False, type=click.Path(file_okay=False))
@click.option("--revoke", is_flag=True, help="stop trusting it")
@click.option("--json", "as_json", is_flag=True, help="print JSON")
def trust(directory: str | None, revoke: bool, as_json: bool) -> None:
    """Trust the policy of a project as it is now; any later change needs your trust again.

    An untrusted policy of a project can only make rules stricter, because the agent can write it.
    """
    place = here()
    root = place.project if directory is None else named(directory)
    path = layers.project_path(str(root))
    if revoke:
        changed = layers.untrust(str(place.state), str(root))
        text = f"`{path}` is no longer trusted" if changed else f"`{path}` was not trusted"
    else:
        if not Path(path).is_file():
            raise Failure(f"`{root}` has no policy of its own", f"it would be `{path}`")
        setup.state_directory(place.state)
        changed = not layers.is_trusted(str(place.state), str(root))
        digest = layers.trust(str(place.state), str(root))
        text = f"trusted `{path}` (sha256 {digest[:12]})"
    setup.compile_policy(place)
    if as_json:
        render.data({"path": path, "trusted": layers.is_trusted(str(place.state), str(root)), "changed": changed})
    else:
        render.say(text)

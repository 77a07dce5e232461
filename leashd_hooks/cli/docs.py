"""`leashd docs`: makes the reference pages, or says which of them are stale."""

from __future__ import annotations

from pathlib import Path

import click

from leashd_hooks.cli.failure import Failure
from leashd_hooks.cli.whereabouts import directory

PAGES = "docs/reference"


@click.command()
@click.option("--check", is_flag=True, help="write nothing; exit code 1 when a page is stale")
@click.option(
    "--to", "folder", type=click.Path(path_type=Path), help="the repository; the current directory by default"
)
def docs(check: bool, folder: Path | None) -> None:
    """Make the reference pages from the code and the shipped policies."""
    from leashd_hooks.policy.docs import pages

    root = folder or directory()
    if not (root / PAGES).is_dir():
        raise Failure(f"`{root}` is not leashd's own repository", "its pages are made there, by those who work on it")
    stale = []
    for name, text in pages().items():
        path = root / name
        if path.is_file() and path.read_text(encoding="utf-8") == text:
            continue
        stale.append(name)
        if not check:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
            click.echo(f"wrote {name}")
    if check and stale:
        raise Failure(f"stale: {', '.join(f'`{name}`' for name in stale)}", "run `leashd docs`")

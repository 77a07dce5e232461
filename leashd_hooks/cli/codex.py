"""`leashd codex`: start Codex so that nothing in a project or in its settings takes the guard away."""

from __future__ import annotations

import os
from pathlib import Path

import click

from leashd_hooks.cli.claude import PassedOn, become, current_policy
from leashd_hooks.cli.whereabouts import here
from leashd_hooks.install import codex as codex_files
from leashd_hooks.install import codex_client, survey
from leashd_hooks.install.place import git_root
from leashd_hooks.launch import codex as launch
from leashd_hooks.launch import preflight


@click.command(cls=PassedOn, options_metavar="[OPTIONS] [ARGS OF CODEX...]")
@click.option("--unattended", is_flag=True, help="nobody can be asked: what needs approval is denied")
@click.option("--unsafe-version", is_flag=True, help="go on with a client whose hooks were not measured")
@click.pass_context
def codex(ctx: click.Context, unattended: bool, unsafe_version: bool) -> None:
    """Start Codex under leashd, whether the hook is installed or not.

    leashd gives its hook on the command line, closes terminals that can be typed into and hosted web search, keeps the
    project's own settings out and what runs code out of the environment, tries the hook, asks Codex whether it would
    run it, and becomes the client.
    Options of leashd stand first, all other words go to the client.  Exit code: the client's; 125 when it was not
    started.
    """
    arguments: list[str] = ctx.meta["passed_on"]
    launch.refuse(arguments)
    place = here()
    environ, removed = launch.environ(os.environ)
    policy = current_policy(place)
    folder = launch.directory(arguments, Path.cwd())
    preflight.check_directory(str(folder), (*policy["roots"], *policy["scratch"]))
    path = preflight.find(launch.PROGRAM, environ, (*policy["roots"], str(place.project)))
    notes = [launch.check_version(survey.version(path, environ), path, unsafe_version)]
    where = codex_files.files(place, environ)
    launch.check_environment(where.home)
    line = codex_files.command(place, unattended)
    projects = dict.fromkeys(os.path.realpath(one) for one in (folder, git_root(folder), place.project))
    ours = launch.flags(line, list(projects), codex_files.keys(where, "user"))
    preflight.prove(codex_client.entry(line), place.home, place.project, environ, codex_client.reads)
    listed, wrong = codex_client.hooks(path, launch.session_flags(ours, arguments), folder, environ)
    notes += launch.check_hooks(listed, wrong, line)
    notes += [f"left out of the environment: {', '.join(removed)}"] if removed else []
    for note in filter(None, notes):
        click.secho(f"note: {note}", fg="yellow", err=True)
    become(path, launch.command_line(ours, arguments), environ)

"""`leashd claude`: start Claude Code so that nothing in a project or in its settings takes the guard away."""

from __future__ import annotations

import os
import signal
import sys

import click

from leashd_hooks import bundle, places
from leashd_hooks.cli.whereabouts import here
from leashd_hooks.install import canary, setup, survey
from leashd_hooks.install import claude as claude_code
from leashd_hooks.install.place import Place
from leashd_hooks.launch import claude as launch
from leashd_hooks.launch import preflight


class PassedOn(click.Command):
    """A command whose own options stand first; from the first other word on, everything is the client's."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        own = {name for parameter in self.get_params(ctx) for name in parameter.opts}
        count = next((at for at, word in enumerate(args) if word not in own), len(args))
        ctx.meta["passed_on"] = args[count:]
        return super().parse_args(ctx, args[:count])


@click.command(cls=PassedOn, options_metavar="[OPTIONS] [ARGS OF CLAUDE...]")
@click.option("--unattended", is_flag=True, help="nobody can be asked: what needs approval is denied")
@click.option("--user-settings", is_flag=True, help="let ~/.claude/settings.json in, where nothing in it is hostile")
@click.option("--unsafe-version", is_flag=True, help="go on with a client that leaves a way around the guard")
@click.pass_context
def claude(ctx: click.Context, unattended: bool, user_settings: bool, unsafe_version: bool) -> None:
    """Start Claude Code under leashd, whether the hook is installed or not.

    leashd gives its hook on the command line, keeps settings files, MCP servers and skills of the project out, takes
    what runs code out of the environment, tries the hook, and becomes the client.  Options of leashd stand first, all
    other words go to the client.  Exit code: the client's; 125 when it was not started.
    """
    arguments: list[str] = ctx.meta["passed_on"]
    launch.refuse(arguments)
    place = here()
    environ, removed = launch.environ(os.environ)
    policy = current_policy(place)
    preflight.check_directory(os.getcwd(), (*policy["roots"], *policy["scratch"]))
    path = preflight.find(launch.PROGRAM, environ, (*policy["roots"], str(place.project)))
    notes = [launch.check_version(survey.version(path, environ), path, unsafe_version)]
    launch.check_managed(place)
    if user_settings:
        launch.check_user_settings(place.settings("user"))
    entry = claude_code.command(place, unattended)
    marked = canary.environment(place.project, dict.fromkeys(claude_code.PINNED, ""), environ)
    preflight.prove(entry, place.home, place.project, marked)
    notes += [f"left out of the environment: {', '.join(removed)}"] if removed else []
    for note in filter(None, notes):
        click.secho(f"note: {note}", fg="yellow", err=True)
    become(path, [*launch.flags(entry, user_settings), *arguments], environ)


def current_policy(place: Place) -> bundle.Bundle:
    """The compiled policy, made first where there is none yet."""
    setup.state_directory(place.state)
    if not places.exists(places.bundle(str(place.state))):
        setup.compile_policy(place)
    return bundle.load(str(place.state), str(place.home))


def become(path: str, arguments: list[str], environ: dict[str, str]) -> None:
    """Replaces this process by the client, with the signals as a shell would give them."""
    for number in (signal.SIGPIPE, signal.SIGXFSZ):
        signal.signal(number, signal.SIG_DFL)
    sys.stdout.flush()
    sys.stderr.flush()
    os.execve(path, [path, *arguments], environ)  # noqa: S606 - no shell

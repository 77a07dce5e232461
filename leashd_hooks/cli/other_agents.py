"""`leashd install` and `leashd uninstall` for the agents of `install.others`: one command each, all alike."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from leashd_hooks.cli import render
from leashd_hooks.cli.whereabouts import here
from leashd_hooks.install.host import SCOPES, Host
from leashd_hooks.install.place import Change

if TYPE_CHECKING:
    from leashd_hooks.install.setup import Report


def install_command(host: Host) -> click.Command:
    """`leashd install AGENT`."""

    @click.command(host.name, help=f"Register the hook with {host.title} and approve the current project.")
    @click.option(
        "--user", "scope", flag_value="user", default=True, help="for every session on this account (default)"
    )
    @click.option("--project", "scope", flag_value="project", help="for sessions in this repository")
    @click.option("--unattended", is_flag=True, help="nobody can be asked: what needs approval is denied")
    @click.option("--policy", "policies", multiple=True, metavar="NAME", help="use this profile or file; repeatable")
    @click.option("--json", "as_json", is_flag=True, help="print JSON")
    def command(scope: str, unattended: bool, policies: tuple[str, ...], as_json: bool) -> None:
        from leashd_hooks.install.setup import prepare

        place = here()
        report = prepare(place, lambda: host.install(place, scope, unattended), policies)
        if as_json:
            render.data(report.to_json())
            return
        notes = ("the file holds paths of this machine; keep it out of the repository",) if scope == "project" else ()
        tell_report(report, notes, f"sessions of {host.title} that are open do not have it")

    return command


def uninstall_command(host: Host) -> click.Command:
    """`leashd uninstall AGENT`."""

    @click.command(host.name, help=f"Take the hook out of {host.title}; policies, approvals and the audit stay.")
    @click.option("--user", is_flag=True, help="only for the account")
    @click.option("--project", is_flag=True, help="only for this repository")
    @click.option("--json", "as_json", is_flag=True, help="print JSON")
    def command(user: bool, project: bool, as_json: bool) -> None:
        place = here()
        named = [scope for scope, wanted in zip(SCOPES, (user, project), strict=True) if wanted]
        scopes = named or [scope for scope in SCOPES if host.installed(place, scope)]
        changes = [host.uninstall(place, scope) for scope in scopes]
        if as_json:
            render.data([change.to_json() for change in changes])
            return
        for change in changes:
            tell(change, "removed from", "was not installed in")
        if not changes:
            render.say(f"leashd is not installed in {host.title} here")

    return command


def tell_report(report: Report, notes: Sequence[str], sessions: str) -> None:
    """What an installation came to, with what to know about its scope and about sessions that are open."""
    tell(report.change, "installed in", "is installed already in")
    if report.approved:
        render.say(f"approved `{report.approved}`" if report.newly_approved else f"`{report.approved}` is approved")
    if report.policies:
        render.say(f"policy: {', '.join(report.policies)}")
    for note in [*report.change.notes, *report.notes, *notes]:
        render.say(f"note: {note}", "yellow")
    render.say(f"next: `leashd doctor` proves that it decides; {sessions}")


def tell(change: Change, done: str, nothing: str) -> None:
    """What was done to a file, and where its backup is."""
    render.say(f"{done if change.changed else nothing} `{change.path}`", "green" if change.changed else "")
    if change.backup:
        render.say(f"  backup: `{change.backup}`", "dim")

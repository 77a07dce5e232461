"""`leashd install codex` and `leashd uninstall codex`."""

from __future__ import annotations

import click

from leashd_hooks.cli import render
from leashd_hooks.cli.other_agents import tell, tell_report
from leashd_hooks.cli.whereabouts import behind_sudo, here
from leashd_hooks.install import codex
from leashd_hooks.install.codex import SCOPES
from leashd_hooks.install.place import Change

#: What to know about a scope.
NOTES = {
    "user": ("`codex --disable hooks` and another CODEX_HOME start without it; `leashd codex` and `--managed` do not",),
    "project": (
        "Codex reads this file only where you trust the project, and passes it over without a word elsewhere",
        "the file holds paths of this machine; keep it out of the repository",
    ),
    "managed": ("no directory was approved; run `leashd add-dir` in your projects, as yourself",),
}


@click.command("codex")
@click.option("--user", "scope", flag_value="user", default=True, help="~/.codex/hooks.json: every start (default)")
@click.option("--project", "scope", flag_value="project", help=".codex/hooks.json at the top of the repository")
@click.option("--managed", "scope", flag_value="managed", help="/etc/codex: nobody but root can switch it off")
@click.option("--unattended", is_flag=True, help="nobody can be asked: what needs approval is denied")
@click.option("--policy", "policies", multiple=True, metavar="NAME", help="use this profile or file; repeatable")
@click.option("--fix", is_flag=True, help="change config.toml so that nothing gets around the hook")
@click.option("--json", "as_json", is_flag=True, help="print JSON")
def install_codex(scope: str, unattended: bool, policies: tuple[str, ...], fix: bool, as_json: bool) -> None:
    """Register the hook with Codex, have Codex trust it, and approve the current project.

    Codex lets a call run when a hook fails; the command line that is registered turns every failure into a denial.
    With `--fix`, config.toml also switches hooks on, and terminals that can be typed into and hosted web search off.

    Nothing else in the files changes, a backup is made beside each, and a second run changes nothing.
    """
    from leashd_hooks.install import managed
    from leashd_hooks.install.setup import Report, prepare

    place = behind_sudo() if scope == "managed" else here()
    where = codex.files(place)

    def register() -> Change:
        return codex.install(place, where, scope, unattended, fix)

    if scope == "managed":
        managed.prepare(policies)
    report = Report(register()) if scope == "managed" else prepare(place, register, policies)
    if as_json:
        render.data(report.to_json())
        return
    tell_report(report, NOTES[scope], "sessions of Codex that are open do not have it")


@click.command("codex")
@click.option("--user", is_flag=True, help="only from ~/.codex")
@click.option("--project", is_flag=True, help="only from .codex of the repository")
@click.option("--managed", is_flag=True, help="only from /etc/codex")
@click.option("--json", "as_json", is_flag=True, help="print JSON")
def uninstall_codex(user: bool, project: bool, managed: bool, as_json: bool) -> None:
    """Take the hook out of Codex's files, and the trust in it; policies, approvals and the audit stay."""
    named = [scope for scope, wanted in zip(SCOPES, (user, project, managed), strict=True) if wanted]
    where = codex.files(here())
    changes = [codex.uninstall(where, scope) for scope in named or SCOPES if named or codex.is_installed(where, scope)]
    if as_json:
        render.data([change.to_json() for change in changes])
        return
    for change in changes:
        tell(change, "removed from", "was not installed in")
    if not changes:
        render.say("leashd is not installed in any file of Codex here")

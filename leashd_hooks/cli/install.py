"""`leashd install` and `leashd uninstall`."""

from __future__ import annotations

import click

from leashd_hooks.cli import render
from leashd_hooks.cli.install_codex import install_codex, uninstall_codex
from leashd_hooks.cli.other_agents import install_command, tell, tell_report, uninstall_command
from leashd_hooks.cli.subcommands import Group
from leashd_hooks.cli.whereabouts import behind_sudo, here
from leashd_hooks.install import claude as claude_code
from leashd_hooks.install import managed
from leashd_hooks.install.claude import SCOPES
from leashd_hooks.install.others import HOSTS

#: What to know about a scope.
NOTES = {
    "project": (
        "Claude Code does not read this file when it is started in a subdirectory",
        "the file holds paths of this machine; keep it out of the repository",
    ),
    "local": ("Claude Code does not read this file when it is started in a subdirectory",),
    "managed": ("no directory was approved; run `leashd add-dir` in your projects, as yourself",),
}


@click.group(cls=Group)
def install() -> None:
    """Register the hook with a coding agent."""


@click.group(cls=Group)
def uninstall() -> None:
    """Take the hook out of an agent's settings again."""


@install.command("claude")
@click.option("--user", "scope", flag_value="user", default=True, help="~/.claude/settings.json: every start (default)")
@click.option("--project", "scope", flag_value="project", help=".claude/settings.json at the top of the repository")
@click.option("--local", "scope", flag_value="local", help=".claude/settings.local.json: this checkout only")
@click.option("--managed", "scope", flag_value="managed", help="/etc/claude-code: nobody but root can switch it off")
@click.option("--unattended", is_flag=True, help="nobody can be asked: what needs approval is denied")
@click.option("--policy", "policies", multiple=True, metavar="NAME", help="use this profile or file; repeatable")
@click.option("--fix", is_flag=True, help="take `disableAllHooks` out of settings that switch every hook off")
@click.option("--json", "as_json", is_flag=True, help="print JSON")
def install_claude(scope: str, unattended: bool, policies: tuple[str, ...], fix: bool, as_json: bool) -> None:
    """Register the hook with Claude Code and approve the current project.

    The default is the user's settings, because Claude Code reads a project's settings only when it is started at the
    top of the repository: started in a subdirectory it would run unguarded.  The hook then guards every start on this
    account; the directories the agent may work in are those approved, beginning with this project.

    Nothing else in the settings file changes, a backup is made beside it, and a second run changes nothing.
    """
    from leashd_hooks.install.setup import set_up

    place = behind_sudo() if scope == "managed" else here()
    if scope == "managed":
        managed.prepare(policies)
    report = set_up(place, scope, unattended=unattended, fix=fix, policies=policies)
    if as_json:
        render.data(report.to_json())
        return
    tell_report(report, NOTES.get(scope, ()), "sessions that are open pick it up within seconds")


@uninstall.command("claude")
@click.option("--user", is_flag=True, help="only from ~/.claude/settings.json")
@click.option("--project", is_flag=True, help="only from .claude/settings.json")
@click.option("--local", is_flag=True, help="only from .claude/settings.local.json")
@click.option("--managed", is_flag=True, help="only from /etc/claude-code")
@click.option("--json", "as_json", is_flag=True, help="print JSON")
def uninstall_claude(user: bool, project: bool, local: bool, managed: bool, as_json: bool) -> None:
    """Take the hook out of Claude Code's settings: out of all of them, or out of those named.

    Policies, approvals and the audit in ~/.leashd stay.
    """
    named = [scope for scope, wanted in zip(SCOPES, (user, project, local, managed), strict=True) if wanted]
    place = here()
    scopes = [scope for scope in named or SCOPES if named or claude_code.is_installed(place, scope)]
    changes = [claude_code.uninstall(place, scope) for scope in scopes]
    if as_json:
        render.data([change.to_json() for change in changes])
        return
    for change in changes:
        tell(change, "removed from", "was not installed in")
    if not changes:
        render.say("leashd is not installed in any settings of Claude Code here")


install.add_command(install_codex)
uninstall.add_command(uninstall_codex)
for host in HOSTS:
    install.add_command(install_command(host))
    uninstall.add_command(uninstall_command(host))

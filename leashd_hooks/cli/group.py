"""The click group: commands are imported when they are named, errors become one line and a way out."""

from __future__ import annotations

import errno
import os
import sys
import traceback
from importlib import import_module
from types import TracebackType

import click

from leashd_hooks import __version__
from leashd_hooks.cli.failure import Failure
from leashd_hooks.cli.subcommands import Group
from leashd_hooks.report.text import visible

#: Command, module of `leashd_hooks.cli`, what it does.  The command is the module's attribute of the same name.
COMMANDS = {
    "init": ("init", "approve this directory and install the hook, with sensible answers"),
    "install": ("install", "register the hook with a coding agent"),
    "uninstall": ("install", "take the hook out again"),
    "codex": ("codex", "start Codex so that no project or settings file takes the guard away"),
    "claude": ("claude", "start Claude Code so that no project or settings file takes the guard away"),
    "start": ("start", "start the supervisor, which asks people what the policy leaves open"),
    "stop": ("start", "stop the supervisor"),
    "restart": ("start", "stop and start the supervisor"),
    "reload": ("start", "let the supervisor take up a new version"),
    "approvals": ("approvals", "answer what agents ask, from this terminal"),
    "logs": ("logs", "show what the supervisor did"),
    "service": ("service", "have the supervisor started with the user's session"),
    "status": ("status", "what is installed and in force, and the last decision"),
    "doctor": ("doctor", "prove that the hook decides, and find every way around it"),
    "check": ("check", "say what the hook would answer to a command or call"),
    "explain": ("explain", "say why, effect by effect"),
    "policy": ("policy", "list, show, test and lint policies"),
    "audit": ("audit", "read, verify, export, report and reconcile what was decided"),
    "replay": ("replay", "run recorded sessions through a policy: what would change?"),
    "trust": ("trust", "let a project's policy loosen rules, or stop trusting it"),
    "add-dir": ("dirs", "approve a directory the agent may work in"),
    "remove-dir": ("dirs", "withdraw the approval of a directory"),
    "dirs": ("dirs", "list the approved directories"),
    "config": ("config", "show the configuration in force"),
    "docs": ("docs", "make the reference pages of leashd's own repository"),
    "demo": ("demo", "watch the real hook answer recorded calls in a scratch project"),
    "completion": ("completion", "print the shell completion script"),
    "version": ("version", "print the version"),
}

#: How errors begin that bring line, caret and advice with them.
PLACED = ("config error: ", "policy error: ")
_OWN = "it must belong to you, and be on a disk that can be written"
#: What to do when the system refuses.
SYSTEM = {
    errno.ENOENT: "check the path",
    errno.ENOTDIR: "check the path",
    errno.EISDIR: "name a file",
    errno.EACCES: _OWN,
    errno.EPERM: _OWN,
    errno.EROFS: _OWN,
    errno.ENOSPC: "make room on the disk",
    errno.EDQUOT: "make room on the disk",
}


class LazyGroup(Group):
    """A group that imports a command's module when the command is named."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module = import_module(f"leashd_hooks.cli.{COMMANDS[cmd_name][0]}")
        command: click.Command = getattr(module, cmd_name.replace("-", "_"))
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, help_text) for name, (_, help_text) in COMMANDS.items()])


@click.group(
    cls=LazyGroup,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, "-V", "--version", message="leashd %(version)s")
@click.option("-y", "--yes", is_flag=True, help="without a command: set up without asking")
@click.pass_context
def leashd(ctx: click.Context, yes: bool) -> None:
    """Decides every tool call of a coding agent before it runs.

    Start with `leashd` in a project: it sets up what is not, starts the supervisor, and says where its page is.
    `leashd demo` shows what it does without touching anything.
    """
    if ctx.invoked_subcommand is not None:
        return
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        click.echo(ctx.get_help())
        return
    from leashd_hooks.cli.start import alone

    alone(yes)


def run(argv: list[str]) -> int:
    """Runs the command line and returns its exit code."""
    report = _Report()
    with report:
        report.code = leashd.main(argv, prog_name="leashd", standalone_mode=False) or 0
        sys.stdout.flush()
    return report.code


class _Report:
    """Turns what a command raises into a line on standard error and an exit code."""

    def __init__(self) -> None:
        self.code = 0

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> bool:
        if error is None or isinstance(error, SystemExit):
            return False
        self.code = _told(error)
        return True


def _told(error: BaseException) -> int:
    """Tells the error, and returns the exit code: 1 for what the user can mend, 130 for ^C, 3 for a bug."""
    if isinstance(error, click.exceptions.Exit):
        return error.exit_code
    if isinstance(error, (KeyboardInterrupt, click.Abort)):
        click.echo("", err=True)
        return 130
    if isinstance(error, BrokenPipeError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return 141
    if isinstance(error, click.ClickException):
        context = getattr(error, "ctx", None)
        path = context.command_path if context is not None else "leashd"
        _say(_lowered(error.format_message()), f"`{path} --help` shows what it takes")
        return 1
    if isinstance(error, _with_place()) or str(error).startswith(PLACED):
        click.echo(_shown(str(error)), err=True)
        return 1
    if isinstance(error, OSError):
        _say(*_system(error))
        return 1
    if isinstance(error, _known()):
        _say(str(error), str(getattr(error, "help", "")))
        return int(getattr(error, "code", 1))
    _say_bug(error)
    return 3


def _known() -> tuple[type[BaseException], ...]:
    """The errors that tell a person what to do; loaded only once something went wrong."""
    from leashd_hooks.install.settings_file import SettingsError
    from leashd_hooks.launch.refusal import Refusal
    from leashd_hooks.recompile import BundleError

    return Failure, Refusal, SettingsError, BundleError


def _with_place() -> type[BaseException]:
    """The errors that bring line, caret and advice with them."""
    from leashd_hooks.policy.source import SourceError

    return SourceError


def _system(error: OSError) -> tuple[str, str]:
    """What the system refused, and what to do about it."""
    why = (error.strerror or str(error) or type(error).__name__).lower()
    named = error.filename2 or error.filename
    what = f"`{os.fsdecode(named)}`: {why}" if isinstance(named, (str, bytes)) else why
    return what, SYSTEM.get(error.errno or 0, "")


def _shown(text: str) -> str:
    """Text that may hold a person's or an agent's own: control characters stand there as what they are."""
    return "\n".join(visible(line) for line in text.split("\n"))


def _lowered(text: str) -> str:
    text = " ".join(text.split()).rstrip(".").replace("'", "`")
    return text[:1].lower() + text[1:]


def _say(message: str, help_text: str) -> None:
    message, _, inline = message.partition("\nhelp: ") if not help_text else (message, "", "")
    click.secho("error: ", fg="red", bold=True, nl=False, err=True)
    click.echo(_shown(message), err=True)
    if help_text or inline:
        click.secho("help: ", fg="cyan", nl=False, err=True)
        click.echo(_shown(help_text or inline), err=True)


def _say_bug(error: BaseException) -> None:
    frames = traceback.extract_tb(error.__traceback__)[-3:]
    where = " < ".join(f"{frame.filename.rpartition('/')[2]}:{frame.lineno} {frame.name}" for frame in reversed(frames))
    _say(f"leashd itself failed: {type(error).__name__}: {error}", f"this is a bug; it happened at {where}")

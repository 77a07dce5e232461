"""`leashd service`: the supervisor as a service of the user, by systemd or launchd."""

from __future__ import annotations

import os
import plistlib
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import click

from leashd_hooks import config
from leashd_hooks.cli import daemon, render
from leashd_hooks.cli.failure import Failure
from leashd_hooks.cli.subcommands import Group
from leashd_hooks.cli.whereabouts import home

UNIT, LABEL = "leashd.service", "io.leashd.supervisor"

# The files of projects lie anywhere, /tmp included, so neither PrivateTmp nor ProtectHome; a memory map that is both
# writable and executable is what some extensions of Python need.
SYSTEMD = """\
[Unit]
Description=leashd, which asks people what coding agents may do

[Service]
Type=notify
{environment}ExecStart={command}
ExecReload=/bin/kill -HUP $MAINPID
Restart=on-failure
RestartSec=2
TimeoutStopSec=15
UMask=0077
NoNewPrivileges=yes
LockPersonality=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
RestrictNamespaces=yes
RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6
SystemCallArchitectures=native

[Install]
WantedBy=default.target
"""


@dataclass(frozen=True)
class Service:
    """Where a service manager wants its file, what stands there, and what to tell it."""

    path: Path
    text: bytes
    load: tuple[tuple[str, ...], ...]
    unload: tuple[tuple[str, ...], ...]
    ask: tuple[str, ...]


def systemd(home: Path, command: list[str], variables: dict[str, str]) -> Service:
    """A user unit of systemd."""
    folder = Path(os.environ.get("XDG_CONFIG_HOME") or home / ".config") / "systemd" / "user"
    ctl = ("systemctl", "--user")
    lines = [f"Environment={_escaped(f'{name}={value}')}\n" for name, value in variables.items()]
    words = [_escaped(word).replace("$", "$$") for word in command]
    return Service(
        folder / UNIT,
        SYSTEMD.format(command=" ".join(words), environment="".join(lines)).encode(),
        ((*ctl, "daemon-reload"), (*ctl, "enable", "--now", UNIT)),
        ((*ctl, "disable", "--now", UNIT),),
        (*ctl, "is-active", UNIT),
    )


def _escaped(word: str) -> str:
    """One word of a line of a unit: systemd expands `%` and splits at blanks."""
    escaped = word.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%")
    return f'"{escaped}"' if set(word) & set(' "\\%$') else word


def launchd(home: Path, command: list[str], variables: dict[str, str], folder: Path) -> Service:
    """A launch agent of macOS."""
    agent = {
        "Label": LABEL,
        "ProgramArguments": command,
        "EnvironmentVariables": variables,
        "RunAtLoad": True,
        "KeepAlive": {"SuccessfulExit": False},
        "ThrottleInterval": 2,
        "Umask": 0o077,
        "ProcessType": "Interactive",
        "WorkingDirectory": "/",
        "StandardErrorPath": str(folder / "logs" / "supervisor.err"),
    }
    path = home / "Library" / "LaunchAgents" / f"{LABEL}.plist"
    domain = f"gui/{os.getuid()}"
    return Service(
        path,
        plistlib.dumps(agent),
        (("launchctl", "bootstrap", domain, str(path)),),
        (("launchctl", "bootout", f"{domain}/{LABEL}"),),
        ("launchctl", "print", f"{domain}/{LABEL}"),
    )


def _service(port: int | None = None, variables: dict[str, str] | None = None) -> Service:
    folder = daemon.state()
    command = daemon.command(folder, port)
    if sys.platform == "darwin":
        return launchd(home(), command, variables or {}, folder)
    return systemd(home(), command, variables or {})


@click.group(cls=Group)
def service() -> None:
    """Have the supervisor started with the user's session."""


@service.command()
@click.option("--port", type=click.IntRange(1, 65535), help="port of the page on 127.0.0.1  [default: 8180]")
@click.option("--no-start", is_flag=True, help="write the file and leave the service manager alone")
@click.option("--json", "as_json", is_flag=True, help="print JSON")
def install(port: int | None, no_start: bool, as_json: bool) -> None:
    """Write the unit or launch agent, start it, and have it started from now on.

    It has the settings that `leashd config` shows now; when they change, install it again.
    """
    found = _service(port, config.variables(daemon.settings()))
    if not no_start and (running := daemon.find(daemon.state())):
        raise Failure(f"a supervisor is running already (process {running.pid})", "`leashd stop` first", daemon.RUNNING)
    config.write_private(str(found.path), found.text)
    if not no_start:
        for command in found.load:
            _run(command)
    if as_json:
        render.data({"file": str(found.path), "started": not no_start})
    else:
        render.say(f"wrote `{found.path}`" + ("" if no_start else ", and the supervisor runs"), "green")


@service.command()
@click.option("--json", "as_json", is_flag=True, help="print JSON")
def uninstall(as_json: bool) -> None:
    """Stop the service and take its file away."""
    found = _service()
    there = found.path.exists()
    if there:
        for command in found.unload:
            subprocess.run(command, capture_output=True, check=False)
        found.path.unlink()
    if as_json:
        render.data({"file": str(found.path), "removed": there})
    else:
        render.say(f"removed `{found.path}`" if there else "no service is installed")


@service.command()
@click.option("--json", "as_json", is_flag=True, help="print JSON")
@click.pass_context
def status(ctx: click.Context, as_json: bool) -> None:
    """Say whether the service is installed and active.  Exit code: 0 active, 4 not."""
    found = _service()
    installed = found.path.exists()
    active = installed and _succeeds(found.ask)
    facts = {"file": str(found.path), "installed": installed, "active": active}
    if as_json:
        render.data(facts)
    else:
        state = "active" if active else ("installed, but not active" if installed else "not installed")
        render.facts([("service", state), ("file", str(found.path))])
    ctx.exit(0 if active else daemon.STOPPED)


def _succeeds(command: tuple[str, ...]) -> bool:
    try:
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        return False


def _run(command: tuple[str, ...]) -> None:
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except FileNotFoundError as error:
        raise Failure(f"`{command[0]}` is not there", "`leashd start` needs no service manager") from error
    if done.returncode:
        said = (done.stderr or done.stdout).strip().splitlines()
        raise Failure(
            f"`{' '.join(command)}` failed: {said[-1] if said else done.returncode}",
            "is there a session of the user? `loginctl enable-linger` gives one that stays",
        )

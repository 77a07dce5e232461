"""`leashd start`, `stop`, `restart`, `reload`, and what `leashd` alone does."""

from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from leashd_hooks.cli import daemon, render
from leashd_hooks.cli.daemon import Daemon
from leashd_hooks.cli.failure import Failure
from leashd_hooks.cli.installed import approved, broken, installed, missing
from leashd_hooks.cli.whereabouts import here
from leashd_hooks.install.setup import current_roots, too_wide

if TYPE_CHECKING:
    from leashd_hooks.config import Setting

PORT = click.IntRange(0, 65535)


@click.command()
@click.option("-f", "--foreground", is_flag=True, help="stay in this terminal and show the log")
@click.option("--port", type=PORT, help="port of the page on 127.0.0.1; 0 takes a free one  [default: 8180]")
@click.option("--json", "as_json", is_flag=True, help="print JSON")
def start(foreground: bool, port: int | None, as_json: bool) -> None:
    """Start the supervisor, which asks people what the policy leaves to them.

    Returns once it listens, or with the reason why it does not.  Exit code: 5 when one runs already, 6 when the port is
    taken, 7 when leashd's directory cannot be used.
    """
    folder = daemon.state()
    found = daemon.find(folder)
    if found is not None:
        raise _already(found)
    if foreground:
        command = daemon.command(folder, port, "--foreground", *_link(False))
        os.execve(command[0], command, daemon.environment(daemon.settings()))  # noqa: S606 - no shell
    _tell_started(_spawn(folder, daemon.settings(), port, as_json), as_json)


def _spawn(folder: Path, settings: dict[str, Setting], port: int | None, as_json: bool) -> dict[str, Any]:
    """Starts a supervisor; at a terminal it also tells the person there how to come in."""
    return daemon.spawn(folder, daemon.environment(settings), port, *_link(as_json))


def _link(as_json: bool) -> list[str]:
    """The flag by which the way in is told, where a person is at the terminal."""
    return ["--link"] if not as_json and sys.stdin.isatty() and sys.stdout.isatty() else []


def _already(found: Daemon) -> Failure:
    if not found.answers:
        return Failure(
            f"a supervisor is running already (process {found.pid}), but does not answer",
            "`leashd restart` replaces it",
            daemon.RUNNING,
        )
    where = f", {found.address}" if found.address else ""
    help = "`leashd status` shows it, `leashd restart` replaces it"
    return Failure(f"a supervisor is running already (process {found.pid}{where})", help, daemon.RUNNING)


def _tell_started(told: dict[str, Any], as_json: bool) -> None:
    address = f"http://{told['host']}:{told['port']}/"
    notes = _notes()
    if as_json:
        render.data({"running": True, "pid": told["pid"], "address": address, "notes": notes})
        return
    render.say(f"listening on {address} (process {told['pid']})", "green")
    for line in notes:
        render.say(f"note: {line}", "yellow")
    _show_link(told)


def _notes() -> list[str]:
    """What is missing before anything can ask; the supervisor runs without it."""
    place = here()
    agents = {name for name, _ in installed(place)}
    notes = []
    if programs := missing(agents or {"claude"}):
        named = ", ".join(f"`{name}`" for name in programs)
        notes.append(f"{named} is not on PATH; until it is, nothing will ask")
    if not agents:
        notes.append("the hook is not installed; `leashd init` does it")
    elif daemon.state() != place.state:
        notes.append(f"hooks ask in `{place.state}`, and so not this supervisor, which LEASHD_HOME puts elsewhere")
    if agents and (wrong := broken(place)):
        notes.append(f"every call is denied until the policy is mended: {wrong.splitlines()[0]}; `leashd doctor`")
    return notes


@click.command()
@click.option("--json", "as_json", is_flag=True, help="print JSON")
def stop(as_json: bool) -> None:
    """Stop the supervisor.  Agents that wait keep their question, and ask it again of the next one for a minute."""
    found = daemon.running(daemon.state())
    gentle = daemon.end(found)
    if as_json:
        render.data({"stopped": found.pid, "killed": not gentle})
        return
    render.say(f"stopped (process {found.pid})" if gentle else f"killed (process {found.pid} did not end by itself)")
    if found.waiting:
        calls = "1 call waits" if found.waiting == 1 else f"{found.waiting} calls wait"
        render.say(f"note: {calls} for the next supervisor, for a minute; `leashd start`", "yellow")


@click.command()
@click.option("--port", type=PORT, help="port of the page  [default: the configured one, or the one it had]")
@click.option("--json", "as_json", is_flag=True, help="print JSON")
def restart(port: int | None, as_json: bool) -> None:
    """Stop the supervisor, where one runs, and start it with the settings that `leashd config` shows."""
    folder, settings = daemon.state(), daemon.settings()
    found = daemon.find(folder)
    if found is not None:
        daemon.end(found)
        if port is None and settings["web_port"].origin == "default":
            port = found.port or None
    _tell_started(_spawn(folder, settings, port, as_json), as_json)


@click.command()
@click.option("--json", "as_json", is_flag=True, help="print JSON")
def reload(as_json: bool) -> None:
    """Let the supervisor take up a new version of leashd, under the same process id and port."""
    folder = daemon.state()
    found = daemon.running(folder)
    if not found.answers:
        raise Failure(f"the supervisor does not answer (process {found.pid})", "`leashd restart` replaces it")
    os.kill(found.pid, signal.SIGHUP)
    deadline = time.monotonic() + daemon.START
    while time.monotonic() < deadline:
        time.sleep(0.02)
        now = daemon.find(folder)
        if now is not None and now.answers and now.since != found.since:
            if as_json:
                render.data({"reloaded": now.pid, "address": now.address})
            else:
                render.say(f"reloaded (process {now.pid}, {now.address})")
            return
        if now is None and not daemon.is_alive(found.pid):
            break
    raise Failure("the supervisor did not come back", "`leashd logs` says why; `leashd start` starts it")


def alone(yes: bool) -> None:
    """What `leashd` does without a command at a terminal: set up and start what is not, and say where the page is.

    With `yes` the person has agreed to the set-up already.
    """
    folder = daemon.state()
    if not installed(here()):
        from leashd_hooks.cli.init import init

        context = click.get_current_context()
        try:
            context.invoke(init, yes=yes, as_json=False)
        except click.exceptions.Exit as done:
            if done.exit_code:
                raise
        render.say("")
    found = daemon.find(folder)
    if found is None:
        _tell_started(_spawn(folder, daemon.settings(), None, False), False)
    elif found.answers:
        _tell(found, folder)
    else:
        raise _already(found)
    place = here()
    if not approved(place, current_roots(place)) and not too_wide(place.project, place.home):
        render.say(f"note: agents may not work in `{place.project}`; `leashd add-dir` approves it", "yellow")


def _show_link(told: dict[str, Any]) -> None:
    """The way in for a person: key once, and a link that works once; as a picture where a phone can follow it."""
    if told.get("key"):
        render.say("")
        render.say(f"key    {told['key']}")
        render.say("       it is shown this once; keep it in your password manager")
    if told.get("link"):
        render.say(f"link   {told['link']}")
        render.say("       it works once, for a minute")
    if told.get("phone"):
        import segno

        render.say(f"phone  {told['phone']}")
        render.say("       the same, by the name that a tunnel shows")
        segno.make(told["phone"], micro=False).terminal(out=sys.stdout, compact=True)


def _tell(found: Daemon, folder: Path) -> None:
    pairs = [("page", found.address or "-"), ("process", str(found.pid)), ("waiting", str(found.waiting))]
    pairs.append(("log in", "with the key; `leashd restart` shows a link that works once"))
    if found.since:
        pairs.append(("since", time.strftime("%Y-%m-%d %H:%M", time.localtime(found.since))))
    render.facts([*pairs, ("state", str(folder))])

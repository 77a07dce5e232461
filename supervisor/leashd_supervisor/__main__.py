"""`python -m leashd_supervisor [--state DIR] [--port N]`: the supervisor in the foreground."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import sys

from leashd_supervisor import ready
from leashd_supervisor.app import new_key, serve
from leashd_supervisor.kernel.errors import STATE, SupervisorError
from leashd_supervisor.log import LEVELS, open_log
from leashd_supervisor.settings import from_environment


def main() -> int:
    """Runs the supervisor; the exit code."""
    parser = argparse.ArgumentParser(prog="leashd-supervisor", description="Asks people what a policy leaves open.")
    parser.add_argument("--state", help="leashd's directory (default: ~/.leashd)")
    parser.add_argument("--port", type=int, help="port of the page on 127.0.0.1")
    parser.add_argument("--ready", type=int, metavar="FD", help="descriptor that is told once the supervisor listens")
    parser.add_argument("--link", action="store_true", help="tell who reads the descriptor a link to log in with")
    parser.add_argument("--foreground", action="store_true", help="write the log to standard error as well")
    parser.add_argument("--new-key", action="store_true", help="make a new key, log every device out, and end")
    parser.add_argument("--log-level", choices=LEVELS, default=os.environ.get("LEASHD_LOG_LEVEL") or "info")
    options = parser.parse_args()
    os.umask(0o077)
    try:
        if options.log_level not in LEVELS:  # argparse looks at what was given only
            raise SupervisorError(f"LEASHD_LOG_LEVEL is `{options.log_level}`", f"one of {', '.join(LEVELS)}")
        settings = from_environment(options.state, options.port)
        settings.state.mkdir(mode=0o700, parents=True, exist_ok=True)
        if options.new_key:
            print(new_key(settings))
            return 0
        open_log(settings.log, options.log_level, options.foreground)
        port = asyncio.run(serve(settings, options.ready, options.link))
    except SupervisorError as error:
        return _refused(options.ready, error.what, error.help, error.code)
    except OSError as error:
        help = "leashd's directory must be on a disk with room, and belong to you"
        return _refused(options.ready, str(error), help, STATE)
    if port is not None:
        seen = ["--foreground"] if options.foreground else []
        _again(["--state", str(settings.state), "--port", str(port), "--log-level", options.log_level, *seen])
    return 0


def _again(arguments: list[str]) -> None:
    """Puts a new supervisor into this process: same process id and port, new code."""
    os.execv(sys.executable, [sys.executable, "-I", "-m", "leashd_supervisor", *arguments])  # noqa: S606 - no shell


def _refused(pipe: int | None, what: str, help: str, code: int) -> int:
    ready.refuse(pipe, what, help, code)
    with contextlib.suppress(OSError):  # the disk may have no room for it
        print(f"error: {what}" + (f"\nhelp: {help}" if help else ""), file=sys.stderr, flush=True)
    return code


if __name__ == "__main__":
    sys.exit(main())

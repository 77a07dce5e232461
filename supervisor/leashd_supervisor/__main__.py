"""`python -m leashd_supervisor [--state DIR] [--port N]`: the supervisor in the foreground."""

from __future__ import annotations

import argparse
import asyncio
import sys

from leashd_supervisor.app import serve
from leashd_supervisor.kernel.errors import SupervisorError
from leashd_supervisor.settings import from_environment


def main() -> int:
    """Runs the supervisor; the exit code."""
    parser = argparse.ArgumentParser(prog="leashd-supervisor", description="Asks people what a policy leaves open.")
    parser.add_argument("--state", help="leashd's directory (default: ~/.leashd)")
    parser.add_argument("--port", type=int, help="port of the page on 127.0.0.1")
    options = parser.parse_args()
    try:
        asyncio.run(serve(from_environment(options.state, options.port)))
    except SupervisorError as error:
        print(f"error: {error.what}", file=sys.stderr)
        if error.help:
            print(f"help: {error.help}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

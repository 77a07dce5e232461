"""The command line `leashd`.  Only `main` lives here, so that `leashd --version` loads nothing else."""

from __future__ import annotations

import sys


def main() -> None:
    """Entry point of `leashd`."""
    if sys.argv[1:] in (["--version"], ["-V"], ["version"]):
        from leashd_hooks import __version__

        print(f"leashd {__version__}")
        return
    from leashd_hooks.cli.group import run

    sys.exit(run(sys.argv[1:]))

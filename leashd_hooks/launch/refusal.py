"""Why a client is not started."""

from __future__ import annotations


class Refusal(Exception):
    """The client would run unguarded; the text says why, `help` what to do."""

    #: The exit code, which no client uses: leashd itself ended, and nothing was started.
    code = 125

    def __init__(self, message: str, help: str = "") -> None:
        super().__init__(message)
        self.help = help

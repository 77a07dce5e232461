"""Errors that a person reads: what happened, and what to do about it."""

from __future__ import annotations

#: Exit codes of a supervisor that cannot start: one runs already, the port is taken, the state cannot be used.
RUNNING, TAKEN, STATE = 5, 6, 7


class SupervisorError(Exception):
    """Something went wrong that a person can do something about; `code` is the exit code when it ends the program."""

    def __init__(self, what: str, help: str = "", code: int = 1) -> None:
        super().__init__(what)
        self.what = what
        self.help = help
        self.code = code


class Busy(SupervisorError):
    """The database is locked or full; what was asked did not happen and may be asked again."""

"""Errors that a person reads: what happened, and what to do about it."""

from __future__ import annotations


class SupervisorError(Exception):
    """Something went wrong that a person can do something about."""

    def __init__(self, what: str, help: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.help = help


class Busy(SupervisorError):
    """The database is locked or full; what was asked did not happen and may be asked again."""

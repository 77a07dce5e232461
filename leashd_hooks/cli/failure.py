"""What a command raises when it cannot do what it was asked: one line of what happened, one of what to do."""

from __future__ import annotations


class Failure(Exception):
    """An error for the person at the terminal, in lower case, with their text in backticks."""

    def __init__(self, message: str, help: str = "", code: int = 1) -> None:
        super().__init__(message)
        self.help = help
        self.code = code

"""What `doctor` says about one thing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

State = Literal["ok", "warn", "fail"]


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at: how it stands, and how to mend it when it does not stand well."""

    check: str
    state: State
    found: str
    fix: str = ""

    def to_json(self) -> dict[str, str]:
        """The finding as plain data."""
        return {"check": self.check, "state": self.state, "found": self.found, "fix": self.fix}


Findings = Iterator[Finding]

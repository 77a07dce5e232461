"""What a person has chosen on the page: theme, shortcuts, which notifications, and when none."""

from __future__ import annotations

import json
from typing import Any

from leashd_supervisor.kernel.db import Database
from leashd_supervisor.kernel.incoming import Malformed

THEMES = ("system", "light", "dark")
#: Kinds of notifications, each on or off.
NOTICES = ("approval", "question", "plan", "danger", "done", "failure")
DEFAULTS: dict[str, Any] = {
    "theme": "system",
    "shortcuts": True,
    "notify": dict.fromkeys(NOTICES, True),
    "quiet": {"on": False, "from": "22:00", "to": "07:00"},
}


def load(db: Database) -> dict[str, Any]:
    """All preferences; what nobody has chosen is as it comes."""
    chosen = {row["name"]: json.loads(row["value"]) for row in db.rows("select name, value from preference")}
    return {name: {**default, **chosen.get(name, {})} if isinstance(default, dict) else chosen.get(name, default)
            for name, default in DEFAULTS.items()}  # fmt: skip


def save(db: Database, changes: dict[str, Any]) -> dict[str, Any]:
    """Takes changes over, all or none; the preferences as they are then.  Raises Malformed."""
    for name, value in changes.items():
        if name not in _CHECKS:
            raise Malformed(f"there is no setting `{name}`", f"one of {', '.join(_CHECKS)}")
        if not _CHECKS[name](value):
            raise Malformed(f"the setting `{name}` does not take this value")
    known = load(db)
    with db.transaction():
        for name, value in changes.items():
            whole = {**known[name], **value} if isinstance(value, dict) else value
            db.execute(
                "insert into preference (name, value) values (?, ?) on conflict (name) do update set value = ?",
                (name, json.dumps(whole), json.dumps(whole)),
            )
    return load(db)


def _notices(value: object) -> bool:
    return isinstance(value, dict) and all(name in NOTICES and isinstance(on, bool) for name, on in value.items())


def _quiet(value: object) -> bool:
    if not isinstance(value, dict) or set(value) - {"on", "from", "to"}:
        return False
    return isinstance(value.get("on", True), bool) and all(_hour(value.get(name, "00:00")) for name in ("from", "to"))


def _hour(value: object) -> bool:
    if not isinstance(value, str) or len(value) != 5 or value[2] != ":" or not value.isascii():
        return False
    hours, minutes = value[:2], value[3:]
    return hours.isdigit() and minutes.isdigit() and int(hours) < 24 and int(minutes) < 60


_CHECKS = {
    "theme": lambda value: isinstance(value, str) and value in THEMES,
    "shortcuts": lambda value: isinstance(value, bool),
    "notify": _notices,
    "quiet": _quiet,
}

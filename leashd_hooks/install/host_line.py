"""The shell line around the hook for hosts whose adapter says how an answer begins that is not a denial."""

from __future__ import annotations

import shlex
from collections.abc import Sequence

#: What the hook said, ended by a full stop where it ended badly.  No variable has a name here: Gemini CLI puts values
#: from the environment, and so from a project's `.env`, in place of every `$name` and `${name}` in its settings.
#: And nothing is a host's to parse: it takes JSON on standard error for an answer, whatever the exit code.
_SCRIPT = (
    'set -- "$("$@" 2>&1 || echo .)"; case "$*" in %s'
    'leashd:*) printf "%%s\\n" "$*" >&2;; *) printf "leashd: denied, because the hook said: %%s\\n" "$*" >&2;; '
    "esac; exit 2"
)


def host_line(argv: Sequence[str], passes: Sequence[str], denies: Sequence[str] = ()) -> str:
    """A line for a host's shell that starts the hook and hands on its answer: an object that begins like one of these.

    Whatever else comes of it (missing, killed, crashed, silent, or output that nobody expected) ends with exit code 2
    and words on standard error, which is what these hosts take for a denial; an answer that begins like one of `denies`
    is handed on, with that exit code as well.
    """
    clauses = _clause(passes, 0) + (_clause(denies, 2) if denies else "")
    return shlex.join(["/bin/sh", "-c", _SCRIPT % clauses, "leashd", *argv])


def _clause(beginnings: Sequence[str], code: int) -> str:
    patterns = "|".join(shlex.quote(beginning) + "*" + shlex.quote("}") for beginning in beginnings)
    return f'{patterns}) printf "%s\\n" "$*"; exit {code};; '


def is_ours(command: object) -> bool:
    """Whether a command line starts leashd, from wherever it was installed."""
    return isinstance(command, str) and "/leashd_hooks/boot.py" in command

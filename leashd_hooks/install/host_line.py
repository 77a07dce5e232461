"""The shell line around the hook for hosts whose adapter says how an answer begins that is not a denial."""

from __future__ import annotations

import shlex
from collections.abc import Sequence


def host_line(argv: Sequence[str], passes: Sequence[str]) -> str:
    """A line for a host's shell that starts the hook and hands on its answer, if it ended well and begins like these.

    Whatever else comes of it (missing, killed, crashed, silent, or output that nobody expected) ends with exit code 2
    and words on standard error, which is what these hosts take for a denial.
    """
    wanted = "|".join(f"{shlex.quote(answer)}*" for answer in passes)
    script = (
        f'r=$("$@" 2>&1) && case $r in {wanted}) printf "%s\\n" "$r"; exit 0;; esac; '
        'printf "%s\\n" "${r:-leashd: denied, because the hook gave no answer}" >&2; exit 2'
    )
    return shlex.join(["/bin/sh", "-c", script, "leashd", *argv])


def is_ours(command: object) -> bool:
    """Whether a command line starts leashd, from wherever it was installed."""
    return isinstance(command, str) and "/leashd_hooks/boot.py" in command

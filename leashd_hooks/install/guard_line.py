"""A shell line around the hook for hosts that let a call run unless they are told not to.

Such a host takes a hook that is missing, crashes, is killed, hangs or prints something else for no objection.  The line
turns all of that into exit code 2 with a reason; what passes is one of the answers that the adapter gives.
"""

from __future__ import annotations

import shlex
import shutil
import subprocess
from collections.abc import Sequence

#: `$@` is the hook.  Its standard error is read with its standard output: an allow comes without any.
_SCRIPT = (
    'o=$("$@" 2>&1); c=$?; '
    'case $c:$o in "0:{}"|"0:{\\"hookSpecificOutput\\":{"*"}}") printf %s "$o"; exit 0;; esac; '
    'printf "%s\\n" "${o:-leashd: denied, because its hook ended with $c and without a word}" >&2; exit 2'
)
#: Seconds between the request to end and the end, where a hook hangs.
_GRACE = 1


def guard_line(argv: Sequence[str], seconds: int) -> str:
    """The command line for a host that gives it to a shell, whichever that is; the hook has so many seconds.

    A system without `timeout` has the host's own time-out alone.
    """
    return shlex.join(["/bin/sh", "-c", _SCRIPT, "leashd", *_ending(seconds), *argv])


def _ending(seconds: int) -> list[str]:
    """What ends a hook that hangs, in the foreground so that a host that ends the group of the hook still can."""
    program = shutil.which("timeout", path="/usr/bin:/bin")
    argv = [program or "", "--foreground", "-k", str(_GRACE), str(seconds)]
    try:
        usable = bool(program) and subprocess.run([*argv, "/bin/sh", "-c", ":"], capture_output=True).returncode == 0
    except OSError:
        usable = False
    return argv if usable else []

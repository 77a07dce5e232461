"""`python -I -m leashd_hooks.sql CLIENT`: SQL on standard input, what it does as JSON on standard output."""

import json
import logging
import resource
import signal
import sys

#: Seconds and bytes that reading may take; at the end of either the process dies, and its caller asks.
SECONDS = 5
MEMORY = 1 << 30


def main() -> None:
    """Reads standard input and prints; an exit code other than 0 means that nothing is known."""
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.alarm(SECONDS)
    resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
    logging.disable(logging.CRITICAL)  # what the parser warns of is nobody's to read here
    text = sys.stdin.buffer.read().decode()
    from leashd_hooks.sql.reader import read

    json.dump(read(text, sys.argv[1]), sys.stdout, separators=(",", ":"))


if __name__ == "__main__":
    main()

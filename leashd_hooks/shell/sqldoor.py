"""The door to sqlglot: any SQL to what it does, by one run of `leashd_hooks.sql` in the installation's interpreter.

That process ends itself when reading takes too long or too much memory; whatever goes wrong there is SQL of which
nothing is known.
"""

import posix
import sys

from leashd_hooks.shell.shfmt import feed_all

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    Read = dict[str, Any]

#: More is not read.
MAX_BYTES = 65536
MAX_OUTPUT = 1 << 18
#: So many texts of one command line are read, each in a process of its own.
MAX_TEXTS = 8


def read(client: str, text: str, known: "dict[tuple[str, str], list[Read]]") -> "list[Read]":
    """What `text` does when `client` is given it, in the words of `leashd_hooks.sql`; one with `why` when unreadable.

    `known` holds what one command line has asked before: the same text is read once.
    """
    key = client, text
    if key not in known:
        if len(known) >= MAX_TEXTS:
            return [{"why": "more texts of SQL than are read"}]
        known[key] = _read(client, text)
    return known[key]


def _read(client: str, text: str) -> "list[Read]":
    from leashd_hooks.jsondoor import loads

    try:
        data = text.encode()
    except UnicodeEncodeError:
        return [{"why": "SQL with a character that is not Unicode text"}]
    if len(data) > MAX_BYTES:
        return [{"why": "more than 64 KiB of SQL"}]
    status, said = _run([sys.executable, "-I", "-m", "leashd_hooks.sql", client], data)
    try:
        found = loads(said.decode()) if status == 0 else None
    except ValueError:
        found = None
    if isinstance(found, list) and found and all(isinstance(one, dict) for one in found):
        return found
    return [{"why": "SQL that could not be read; help: `pip install sqlglot` where leashd is installed"}]


def _run(argv: "list[str]", data: bytes) -> "tuple[int, bytes]":
    """Exit status and output of a process that reads `data` to its end before it prints."""
    source, feed = posix.pipe()
    drain, sink = posix.pipe()
    actions = [
        (posix.POSIX_SPAWN_DUP2, source, 0),
        (posix.POSIX_SPAWN_DUP2, sink, 1),
        (posix.POSIX_SPAWN_OPEN, 2, "/dev/null", posix.O_WRONLY, 0),
    ]
    try:
        child = posix.posix_spawn(argv[0], argv, {b"PATH": b"/usr/bin:/bin"}, file_actions=actions)
    except OSError:
        posix.close(feed)
        posix.close(drain)
        return 1, b""
    finally:
        posix.close(source)
        posix.close(sink)
    try:
        feed_all(feed, data)
        said = b""
        while len(said) <= MAX_OUTPUT and (more := posix.read(drain, 65536)):
            said += more
    finally:
        posix.close(drain)
        _, status = posix.waitpid(child, 0)
    return (status, said) if len(said) <= MAX_OUTPUT else (1, b"")

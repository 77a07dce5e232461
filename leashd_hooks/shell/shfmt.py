"""The door to mvdan/sh: any command line of bash to the tree, by one run of the `shfmt` binary.

What the tree cannot hold faithfully, and what zsh would read differently, becomes a `refused` node or part: the rest of
the line is still judged.  A text that does not parse raises `ShellRefused`.
"""

import posix

from leashd_hooks.shell.tree import ShellRefused

TYPE_CHECKING = False
if TYPE_CHECKING:
    from leashd_hooks.shell.tree import Node

MAX_BYTES = 65536
#: A larger tree takes longer to read than a call may wait.
MAX_TREE = 1_200_000


def parse(text: str, shfmt_path: str) -> "Node":
    """The tree of `text`, read by the binary at `shfmt_path`; raises `ShellRefused`."""
    try:
        data = text.encode()
    except UnicodeEncodeError:
        raise ShellRefused("a character that is not Unicode text") from None
    if len(data) > MAX_BYTES:
        raise ShellRefused("a command of more than 64 KiB", bound=True)
    child, drain = _start(shfmt_path, data)
    try:
        # While it works: the code that reads its answer.
        from leashd_hooks.jsonlibrary import scan
        from leashd_hooks.shell.convert import Converter
    finally:
        tree = _finish(child, drain)
    if b"#" in data and b"\\\n" in data and _swallows(tree):
        raise ShellRefused("a comment that ends in a backslash")
    try:
        file = scan(tree.decode())
        return Converter(text, data).sequence(file.get("Stmts"))
    except RecursionError:
        raise ShellRefused("a command nested too deeply", bound=True) from None
    except (KeyError, ValueError, TypeError, AttributeError, IndexError):
        raise ShellRefused("a syntax tree of an unknown shape") from None


def _start(path: str, data: bytes) -> "tuple[int, int]":
    """A running shfmt that was given `data`: the process and its output.

    It prints nothing before it has read everything, so neither pipe can fill up.
    """
    source, feed = posix.pipe()
    drain, sink = posix.pipe()
    try:
        actions = [(posix.POSIX_SPAWN_DUP2, source, 0), (posix.POSIX_SPAWN_DUP2, sink, 1)]
        actions.append((posix.POSIX_SPAWN_DUP2, sink, 2))
        child = posix.posix_spawn(path, [path, "-ln", "bash", "--to-json"], {}, file_actions=actions)
    except OSError:
        for fd in (source, feed, drain, sink):
            posix.close(fd)
        raise ShellRefused("the shell parser cannot be started") from None
    posix.close(source)
    posix.close(sink)
    feed_all(feed, data)
    return child, drain


def _finish(child: int, drain: int) -> bytes:
    """All that shfmt says; raises `ShellRefused` where that is too much, and leaves the rest unread."""
    try:
        output = _read(drain)
    finally:
        posix.close(drain)
        _, status = posix.waitpid(child, 0)
    if len(output) > MAX_TREE:
        raise ShellRefused("a command of too many parts", bound=True)
    if status != 0:
        message = output.decode("utf-8", "replace").strip().replace("<standard input>:", "")
        raise ShellRefused("not understood as shell: " + message.split("\n")[0][:200])
    return output


def _swallows(tree: bytes) -> bool:
    """Whether a comment took in the line after it: shfmt goes on behind a backslash at its end, no shell does."""
    return any(line.endswith(b'\\\\\\n"') and line.lstrip().startswith(b'"Text": "') for line in tree.split(b"\n"))


def feed_all(feed: int, data: bytes) -> None:
    """Writes everything into a pipe, and closes it; a reader that gives up early says so by its status."""
    try:
        while data:
            data = data[posix.write(feed, data) :]
    except BrokenPipeError:
        pass
    finally:
        posix.close(feed)


def _read(drain: int) -> bytes:
    chunks = []
    size = 0
    while size <= MAX_TREE and (chunk := posix.read(drain, 1 << 20)):
        chunks.append(chunk)
        size += len(chunk)
    return b"".join(chunks)

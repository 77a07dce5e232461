"""The branch that is checked out, read from the repository's own files."""

import posix


def current(directory: str) -> str:
    """The branch checked out in the repository around `directory`, "" when there is none or it is detached."""
    while directory:
        head = _read(directory + "/.git/HEAD") or _worktree_head(directory)
        if head:
            return head[16:].strip() if head.startswith("ref: refs/heads/") else ""
        directory = directory.rpartition("/")[0]
    return ""


def _worktree_head(directory: str) -> str:
    link = _read(directory + "/.git")
    if not link.startswith("gitdir: "):
        return ""
    target = link[8:].strip()
    return _read((target if target.startswith("/") else directory + "/" + target) + "/HEAD")


def _read(path: str) -> str:
    try:
        file = posix.open(path, posix.O_RDONLY | posix.O_CLOEXEC)
    except OSError:
        return ""
    try:
        return posix.read(file, 4096).decode("utf-8", "replace")
    except OSError:
        return ""
    finally:
        posix.close(file)

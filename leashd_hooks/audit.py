"""The audit: one appended, chained line for every decision.

`<state>/audit/audit.jsonl` holds JSON Lines.  A line begins with `seq` and `time` and ends with `prev` (the hash of the
line before) and `hash` (SHA-256 of the line up to it), so any changed byte, lost line or changed order is found by
`audit_verify.verify`.  `head` holds number and hash of the last line, so a cut tail is found too.  A full file is
renamed to `audit-<first seq>.jsonl` and the chain goes on in the next one.

Nothing here can prove what an attacker did who rewrites the whole chain: the files are kept from the agent by the
floor of the policy, not by their hashes.

Locks are POSIX record locks: they keep processes apart, not the threads of one process, which need a lock of their own.
"""

import posix
import time

from leashd_hooks.jsondoor import dumps
from leashd_hooks.redact import is_clean, redact, sha256

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    Place = tuple[int, str]

FILE, HEAD, LOCK = "audit.jsonl", "head", "lock"
GENESIS = "0" * 64

#: Bytes after which a file is full; seconds to wait for the lock.
LIMIT, PATIENCE = 10 * 1024 * 1024, 5.0

#: What may hold a secret and is cleaned before it is written.
_CLEANED = ("input", "effects", "reason", "instead", "edited")
_OURS = ("seq", "time", "prev", "hash")
_HEAD_SIZE = 20 + 1 + 64 + 1
_TAIL = len(',"hash":"') + 64 + len('"}\n')
_OPEN = posix.O_NOFOLLOW | posix.O_CLOEXEC


def append(directory: str, record: "dict[str, Any]", limit: int = LIMIT) -> None:
    """Append one record to the audit in `directory`; when this returns, the line is in the file.

    The secrets in its input, effects and reason are taken out; `digest` is of the call as it came.  Raises OSError, and
    leaves no half line, when the record cannot be written.
    """
    try:
        folder = _folder(directory)
        try:
            lock = posix.open(LOCK, posix.O_RDWR | posix.O_CREAT | _OPEN, 0o600, dir_fd=folder)
            try:
                _wait_for(lock)
                _append_locked(folder, record, limit)
            finally:
                posix.close(lock)
        finally:
            posix.close(folder)
    except (OSError, ValueError, TypeError, RecursionError) as error:
        raise OSError(f"cannot write the audit in `{directory}`: {error}") from error


def _folder(directory: str) -> int:
    flags = posix.O_RDONLY | posix.O_DIRECTORY | _OPEN
    try:
        return posix.open(directory, flags)
    except FileNotFoundError:
        parent = directory.rpartition("/")[0]
        for path in (parent, directory):
            try:
                posix.mkdir(path, 0o700)
            except FileExistsError:
                continue
        return posix.open(directory, flags)


def _wait_for(lock: int) -> None:
    """Take the lock, or give up: a hook that waits for ever is one that the host kills and overrules."""
    pause, deadline = 0.0002, 0.0
    while True:
        try:
            return posix.lockf(lock, posix.F_TLOCK, 0)
        except (BlockingIOError, PermissionError):
            now = time.monotonic()
            deadline = deadline or now + PATIENCE
            if now > deadline:
                raise OSError("another process holds the lock of the audit") from None
            time.sleep(pause)
            pause = min(pause * 1.5, 0.01)


def _append_locked(folder: int, record: "dict[str, Any]", limit: int) -> None:
    head_file, head = _head(folder)
    try:
        file = _open_file(folder)
        try:
            size = posix.fstat(file).st_size
            last, marks, torn = _last(file, size, head)
            line, place = _line(record, last, marks)
            if size and size + len(line) > limit:
                _write_head(head_file, last)
                from leashd_hooks.audit_mend import set_aside

                set_aside(folder, file, last)
                posix.close(file)
                file = _open_file(folder)
                size = 0
            _write(file, b"\n" + line if torn and size else line, size)
            _write_head(head_file, place)
        finally:
            posix.close(file)
    finally:
        posix.close(head_file)


def _regular(folder: int, name: str, flags: int) -> int:
    file = posix.open(name, posix.O_RDWR | posix.O_CREAT | posix.O_NONBLOCK | _OPEN | flags, 0o600, dir_fd=folder)
    if posix.fstat(file).st_mode & 0o170000 != 0o100000:
        posix.close(file)
        raise OSError(f"`{name}` of the audit is not a regular file")
    return file


def _open_file(folder: int) -> int:
    return _regular(folder, FILE, posix.O_APPEND)


def _head(folder: int) -> "tuple[int, Place | None]":
    """The open head file, and what it says; the first head of all is written before the first line."""
    file = _regular(folder, HEAD, 0)
    try:
        data = posix.pread(file, _HEAD_SIZE + 1, 0)
        if not data and not exists(folder, FILE):
            _write_head(file, (0, GENESIS))
            return file, (0, GENESIS)
        return file, parse_head(data)
    except BaseException:
        posix.close(file)
        raise


def parse_head(data: bytes) -> "Place | None":
    """Number and hash of the last line as the head file tells them, or None when it is damaged."""
    number, _, digest = data.rstrip(b"\n").partition(b" ")
    if len(data) == _HEAD_SIZE and number.isdigit() and len(digest) == 64:
        return int(number), digest.decode("ascii", "replace")
    return None


def exists(folder: int, name: str) -> bool:
    """Whether the audit's folder holds a file of this name."""
    try:
        posix.stat(name, dir_fd=folder, follow_symlinks=False)
    except FileNotFoundError:
        return False
    return True


def _write_head(file: int, place: "Place") -> None:
    data = b"%020d %s\n" % (place[0], place[1].encode("ascii"))
    if posix.pwrite(file, data, 0) != len(data):
        raise OSError("cannot write the head of the audit")


def _last(file: int, size: int, head: "Place | None") -> "tuple[Place, dict[str, Any], bool]":
    """The line to chain to, what the next line must own up to, and whether the file ends in half a line."""
    tail = posix.pread(file, _TAIL, max(0, size - _TAIL))
    if head is not None and tail.endswith(b'"}\n') and tail[-67:-3] == head[1].encode("ascii"):
        return head, {}, False
    from leashd_hooks.audit_mend import last

    return last(file, size, head)


def _line(record: "dict[str, Any]", last: "Place", marks: "dict[str, Any]") -> "tuple[bytes, Place]":
    number = last[0] + 1
    texts = {key: dumps(value) for key, value in record.items() if key not in _OURS and key not in marks}
    if record.get("tool"):
        texts["digest"] = f'"{digest(record["tool"], record.get("input"))}"'
    if not is_clean("".join([texts.get(key, "") for key in _CLEANED])):
        texts.update({key: dumps(redact(record[key])) for key in _CLEANED if key in texts})
    texts.update({key: dumps(value) for key, value in marks.items()})
    fields = "".join([f'"{key}":{text},' for key, text in texts.items()])
    body = f'{{"seq":{number},"time":"{_now()}",{fields}"prev":"{last[1]}"'.encode("ascii")
    sealed = sha256(body).hexdigest()
    return body + b',"hash":"' + sealed.encode("ascii") + b'"}\n', (number, sealed)


def digest(tool: str, input: "Any") -> str:
    """What a call is known by: SHA-256 of tool and input, whatever order a host writes the input's fields in."""
    return str(sha256(dumps([tool, _ordered(input)]).encode("ascii")).hexdigest())


def _ordered(value: "Any") -> "Any":
    if isinstance(value, dict):
        return {name: _ordered(value[name]) for name in sorted(value)}
    return [_ordered(item) for item in value] if isinstance(value, list) else value


def _now() -> str:
    seconds = time.time()
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(seconds)) + f".{int(seconds * 1000) % 1000:03d}Z"


def _write(file: int, data: bytes, size: int) -> None:
    """One write, or none: what was half written is taken back."""
    try:
        written = posix.write(file, data)
    except OSError:
        posix.ftruncate(file, size)
        raise
    if written != len(data):
        posix.ftruncate(file, size)
        raise OSError(f"no room for the audit: {written} of {len(data)} bytes written")

"""Makes the hot image: the code of every module that a decision may load, in one file beside Python's own caches.

Importing some twenty small modules one by one costs a third of the interpreter's start; reading one file does not.  The
image is only ever a cache: `boot.py` compares the size and time of every source and falls back to importing them.
"""

import marshal
import os
import sys
import tempfile
from pathlib import Path

PACKAGE = Path(__file__).parent

#: Folders and modules that the hook may load; everything else is cold.
HOT_FOLDERS = ("adapters", "decide", "shell", "tools")
HOT_MODULES = (
    *("__init__", "audit", "bundle", "hook", "hosts", "jsondoor", "liveness", "model", "observe"),
    *("places", "redact", "start"),
)


def path() -> Path:
    """Where the image of this interpreter lies."""
    return PACKAGE / "__pycache__" / f"hot.{sys.implementation.cache_tag}.image"


def sources() -> "list[Path]":
    """The source files of all hot modules, sorted."""
    found = [PACKAGE / f"{name}.py" for name in HOT_MODULES]
    for folder in HOT_FOLDERS:
        found += (PACKAGE / folder).rglob("*.py")
    return sorted(found)


def build() -> Path:
    """Writes the image.  Raises OSError where the package's `__pycache__` cannot be written."""
    stamps = []
    codes = {}
    for source in sources():
        status = source.stat()
        relative = "/" + source.relative_to(PACKAGE).as_posix()
        stamps.append((relative, status.st_size, status.st_mtime_ns))
        parts = ("leashd_hooks", *source.relative_to(PACKAGE).with_suffix("").parts)
        is_package = parts[-1] == "__init__"
        name = ".".join(parts[:-1] if is_package else parts)
        codes[name] = marshal.dumps(compile(source.read_bytes(), str(source), "exec", dont_inherit=True))
        if is_package:
            codes[name + ".__init__"] = b""
    start = marshal.loads(codes["leashd_hooks.start"])
    _replace(path(), marshal.dumps((tuple(stamps), start, codes)))
    return path()


def _replace(target: Path, content: bytes) -> None:
    target.parent.mkdir(exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=target.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        Path(temporary).chmod(0o644)
        Path(temporary).replace(target)
    except OSError:
        Path(temporary).unlink(missing_ok=True)
        raise

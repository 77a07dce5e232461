"""Takes secrets out of a value, and cuts what is long.

Long strings keep their length and a digest; what secrets leave is in `cleaning`.
"""

from leashd_hooks.redact import LONGEST, MARKS, NAMED, SHORTEST, sha256

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

#: Characters kept of all strings together; entries kept of one container; levels of nesting.
BUDGET, ENTRIES, DEPTH = 65536, 100, 8

#: Names whose value is a secret: `NAME=value`, `"name": "value"`, `--name value`.
NAMES = (
    "password",
    "passwd",
    "passphrase",
    "secret",
    "token",
    "api_key",
    "apikey",
    "api-key",
    "access_key",
    "access-key",
    "accesskey",
    "accountkey",
    "private_key",
    "private-key",
    "secret_key",
    "secretkey",
    "credential",
    "credentials",
    "authorization",
    "signature",
)


def walk(value: "Any", depth: int, budget: "list[int]") -> "Any":
    """The value without its secrets: `depth` levels of it, and no more text than `budget[0]` characters."""
    if isinstance(value, str):
        return _string(value, budget)
    if isinstance(value, dict):
        return _mapping(value, depth, budget) if depth else "[nested too deeply]"
    if isinstance(value, (list, tuple)):
        if not depth:
            return "[nested too deeply]"
        out = [walk(item, depth - 1, budget) for item in value[:ENTRIES]]
        return [*out, f"[{len(value) - ENTRIES} more]"] if len(value) > ENTRIES + 1 else out
    return value


def _mapping(value: "dict[Any, Any]", depth: int, budget: "list[int]") -> "dict[str, Any]":
    out: dict[str, Any] = {}
    for key, item in value.items():
        if len(out) == ENTRIES:
            out["..."] = f"[{len(value) - ENTRIES} more]"
            break
        name = _string(str(key), budget)
        secret = isinstance(item, str) and item and name.lower().endswith(NAMES)
        out[name] = "[redacted]" if secret else walk(item, depth - 1, budget)
    return out


def _string(text: str, budget: "list[int]") -> str:
    if len(text) < SHORTEST:
        budget[0] -= len(text)
        return text
    room = LONGEST if budget[0] > LONGEST else budget[0] if budget[0] > 100 else 100
    clean = secrets_removed(text if len(text) < LONGEST else text[: LONGEST + 4096])
    if len(clean) > room or len(text) > LONGEST + 4096:
        tail = f"[cut: {len(text)} characters, sha256:{digest(text, 16)}]"
        clean = clean[: room - len(tail)] + tail
    budget[0] -= len(clean)
    return clean


def digest(text: str, length: int) -> str:
    """The first characters of the text's SHA-256."""
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:length]


def secrets_removed(text: str) -> str:
    """The text with every secret in it replaced."""
    if len(text) < SHORTEST:
        return text
    lowered = text.lower()
    for mark in NAMED + MARKS if "=" in text or ":" in text or "--" in text else MARKS:
        if mark in lowered:
            from leashd_hooks.cleaning import secrets_removed

            return secrets_removed(text)
    return text

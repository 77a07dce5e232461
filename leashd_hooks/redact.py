"""Takes secrets out of what is written down, and cuts what is long.

Long strings keep their length and a digest; what secrets leave is in `cleaning`.
"""

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hashlib import sha256 as sha256
    from typing import Any
else:
    try:
        if sys.hexversion < 0x030C0000:
            from _sha256 import sha256
        else:
            from _sha2 import sha256
    except ImportError:  # an interpreter built without its own hashes
        from hashlib import sha256

#: Characters kept of one string, of all strings together; entries kept of one container; levels of nesting.
LONGEST, BUDGET, ENTRIES, DEPTH = 2000, 65536, 100, 8

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

#: One of these occurs, in lower case, in every text that `cleaning` would change; one of the first group counts only
#: beside `=`, `:` or `--`.  Such a text has at least so many characters, like `://:x@`.
NAMED = (
    "pass", "secret", "token", "key", "credential", "authorization", "signature", "://", "curl ",
)  # fmt: skip
MARKS = (
    "bearer ", "sk-", "k_live_", "k_test_", "whsec_", "ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_", "glpat-",
    "akia", "asia", "aiza", "ya29.", "xox", "xapp-", "npm_", "pypi-", "hf_", "dop_v1_", "sg.", "eyj",
)  # fmt: skip
SHORTEST = 6


def is_clean(text: str) -> bool:
    """Whether `redact` would leave a value alone, told from its JSON: short, and without a mark of a secret in it."""
    if len(text) > LONGEST or "\\u" in text:
        return False
    lowered = text.lower()
    return not any(mark in lowered for mark in NAMED + MARKS)


def redact(value: "Any") -> "Any":
    """The same value without its secrets and with its long strings cut; doing it again changes nothing."""
    return _walk(value, DEPTH, [BUDGET])


def _walk(value: "Any", depth: int, budget: "list[int]") -> "Any":
    if isinstance(value, str):
        return _string(value, budget)
    if isinstance(value, dict):
        return _mapping(value, depth, budget) if depth else "[nested too deeply]"
    if isinstance(value, (list, tuple)):
        if not depth:
            return "[nested too deeply]"
        out = [_walk(item, depth - 1, budget) for item in value[:ENTRIES]]
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
        out[name] = "[redacted]" if secret else _walk(item, depth - 1, budget)
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

"""Whether something may be written down as it is; most calls hold no secret, and `redaction` is not even loaded."""

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
        from hashlib import sha256 as sha256

#: Characters kept of one string.
LONGEST = 2000

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
    from leashd_hooks.redaction import BUDGET, DEPTH, walk

    return walk(value, DEPTH, [BUDGET])

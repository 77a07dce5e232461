"""Finds the secrets in a text and takes them out, in linear time and without `re`.

Known token shapes leave a short digest, so that two lines about the same token can be recognised; passwords leave
nothing, because a digest of a weak password is a way to guess it.
"""

from leashd_hooks.redaction import NAMES, digest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    Span = tuple[int, int, bool]

_ALNUM = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789")
_WORD = _ALNUM | frozenset("_-")
_JWT = _WORD | frozenset(".")
_BEARER = _JWT | frozenset("~+/=:")

#: Token shapes: prefix, how many characters must follow at least, which characters belong to it.
SHAPES = (
    ("sk-", 16, _WORD),
    ("sk_live_", 10, _WORD),
    ("sk_test_", 10, _WORD),
    ("rk_live_", 10, _WORD),
    ("whsec_", 16, _WORD),
    ("ghp_", 16, _WORD),
    ("gho_", 16, _WORD),
    ("ghu_", 16, _WORD),
    ("ghs_", 16, _WORD),
    ("ghr_", 16, _WORD),
    ("github_pat_", 16, _WORD),
    ("glpat-", 12, _WORD),
    ("AKIA", 12, _ALNUM),
    ("ASIA", 12, _ALNUM),
    ("AIza", 20, _WORD),
    ("ya29.", 16, _JWT),
    ("xoxa-", 8, _WORD),
    ("xoxb-", 8, _WORD),
    ("xoxe-", 8, _WORD),
    ("xoxo-", 8, _WORD),
    ("xoxp-", 8, _WORD),
    ("xoxr-", 8, _WORD),
    ("xoxs-", 8, _WORD),
    ("xapp-", 8, _WORD),
    ("npm_", 20, _WORD),
    ("pypi-", 32, _WORD),
    ("hf_", 20, _WORD),
    ("dop_v1_", 20, _WORD),
    ("SG.", 20, _JWT),
    ("eyJ", 16, _JWT),
)

_SCHEMES = ("bearer ", "basic ", "token ", "digest ", "apikey ")
_END = frozenset(" \t\r\n\"'`,;&|<>)}]\\")


def secrets_removed(text: str) -> str:
    """The text with every secret in it replaced."""
    spans = secrets_in(text)
    return _replaced(text, spans) if spans else text


def secrets_in(text: str) -> "list[Span]":
    """The secrets in a text: where each begins and ends, and whether it has a known shape.  They may overlap."""
    lowered = text.lower()
    if len(lowered) != len(text):
        lowered = "".join([char.lower() if char < "\x80" else char for char in text])
    spans: list[Span] = []
    for prefix, least, members in SHAPES:
        if prefix in text:
            _tokens(text, prefix, least, members, spans)
    for name in NAMES:
        if name in lowered:
            _values(text, lowered, name, spans)
    for marker, find in FINDERS:
        if marker in lowered:
            find(text, lowered, spans)
    return spans


def _replaced(text: str, spans: "list[Span]") -> str:
    out, at = [], 0
    for start, end, shaped in sorted(spans):
        if end <= at:
            continue
        start = max(start, at)
        out.append(text[at:start])
        out.append(f"[redacted sha256:{digest(text[start:end], 8)}]" if shaped else "[redacted]")
        at = end
    out.append(text[at:])
    return "".join(out)


def _tokens(text: str, prefix: str, least: int, members: "frozenset[str]", spans: "list[Span]") -> None:
    at = text.find(prefix)
    while at >= 0:
        end = _run(text, at + len(prefix), members)
        if end - at - len(prefix) >= least and (at == 0 or text[at - 1] not in _ALNUM):
            spans.append((at, end, True))
        at = text.find(prefix, end)


def _run(text: str, at: int, members: "frozenset[str]") -> int:
    while at < len(text) and text[at] in members:
        at += 1
    return at


def _values(text: str, lowered: str, name: str, spans: "list[Span]") -> None:
    at = lowered.find(name)
    while at >= 0:
        after = at + len(name)
        start = _value_start(text, lowered, at, after)
        at = lowered.find(name, after if start < 0 else max(after, _value(text, start, spans)))


def _value_start(text: str, lowered: str, at: int, after: int) -> int:
    """Where the value of the name begins: after `=`, after `:`, or after the blank of `--name value`; else -1."""
    here = after
    if text[here : here + 1] in ('"', "'"):
        here += 1
    blank = _run(text, here, frozenset(" \t"))
    if text[blank : blank + 1] in ("=", ":") and text[blank : blank + 3] != "://":
        start = _run(text, blank + 1, frozenset("=> \t"))
    elif blank > here == after and "--" in text[_flag_start(text, at) : at]:
        start = blank
    else:
        return -1
    if text[start : start + 1] in ('"', "'"):
        start += 1
    for scheme in _SCHEMES:
        if lowered.startswith(scheme, start):
            return start + len(scheme)
    return start


def _flag_start(text: str, at: int) -> int:
    while at > 0 and text[at - 1] in _WORD:
        at -= 1
    return at


def _value(text: str, start: int, spans: "list[Span]") -> int:
    """Notes the value that begins here and returns its end; a variable is no secret, and says more as it is."""
    if text[start : start + 1] in ("", "$", "[", "<", "{", "("):
        return start
    quote = text[start - 1]
    if quote in ('"', "'"):
        end = text.find(quote, start)
        end = len(text) if end < 0 else end
    else:
        end = start
        while end < len(text) and text[end] not in _END:
            end += 1
    if end > start:
        spans.append((start, end, False))
    return end


def _bearer(text: str, lowered: str, spans: "list[Span]") -> None:
    at = lowered.find("bearer ")
    while at >= 0:
        end = _run(text, at + 7, _BEARER)
        if end - at - 7 >= 8:
            spans.append((at + 7, end, False))
        at = lowered.find("bearer ", end)


def _userinfo(text: str, _lowered: str, spans: "list[Span]") -> None:
    """The password of `scheme://user:password@host`, or all of a long `scheme://token@host`."""
    at = text.find("://")
    while at >= 0:
        end = at + 3
        while end < len(text) and text[end] not in "/ \t\r\n\"'`<>\\":
            end += 1
        sign = text.rfind("@", at + 3, end)
        if sign > 0:
            colon = text.find(":", at + 3, sign)
            if colon > 0 and sign > colon + 1 and text[colon + 1] not in "$[":
                spans.append((colon + 1, sign, False))
            elif colon < 0 and sign - at > 18:
                spans.append((at + 3, sign, False))
        at = text.find("://", end)


def _curl_user(text: str, _lowered: str, spans: "list[Span]") -> None:
    """The password of `curl -u user:password`."""
    for flag in (" -u ", " --user ", " --user=", " -u", " --proxy-user "):
        at = text.find(flag)
        while at >= 0:
            start = at + len(flag)
            end = start
            while end < len(text) and text[end] not in " \t\r\n":
                end += 1
            colon = text.find(":", start, end)
            stop = end - 1 if text[end - 1] in "\"'" else end
            if 0 <= colon < stop - 1 and text[colon + 1] not in "$[":
                spans.append((colon + 1, stop, False))
            at = text.find(flag, end)


def _private_key(text: str, _lowered: str, spans: "list[Span]") -> None:
    at = text.find("-----BEGIN ")
    while at >= 0:
        head = text.find("-----", at + 11)
        if head < 0:
            return
        end = head + 5
        if "PRIVATE KEY" in text[at + 11 : head]:
            stop = text.find("-----END ", end)
            end = len(text) if stop < 0 else stop
            if text[head + 5 : head + 6] != "[":
                spans.append((head + 5, end, True))
        at = text.find("-----BEGIN ", end)


#: What must occur in the lower-case text before a finder is asked.
FINDERS: "tuple[tuple[str, Callable[[str, str, list[Span]], None]], ...]" = (
    ("bearer ", _bearer),
    ("://", _userinfo),
    ("curl ", _curl_user),
    ("private key-----", _private_key),
)

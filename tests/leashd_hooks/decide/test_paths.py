"""Path sets agree with a plain, slow matcher on generated patterns."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leashd_hooks.decide.paths import contains, like, under
from leashd_hooks.policy.path_index import index

TABLE = [
    ("**/.env", "/w/.env", True),
    ("**/.env", "/w/.ENV", True),
    ("**/.env", "/w/.env/x", False),
    ("**/.env.*", "/w/a/.env.local", True),
    ("**/.env.*", "/w/a/.envrc", False),
    ("**/*.pem", "/etc/ssl/x.pem", True),
    ("**/*.pem", "/etc/ssl/x.pem.txt", False),
    ("**/id_*", "/h/.ssh/id_ed25519", True),
    ("**/.ssh/**", "/h/.ssh", True),
    ("**/.ssh/**", "/h/.ssh/config", True),
    ("**/.ssh/**", "/h/ssh/config", False),
    ("/etc/**", "/etc", True),
    ("/etc/**", "/etc/passwd", True),
    ("/etc/**", "/etcetera", False),
    ("/home/*/x", "/home/me/x", True),
    ("/home/*/x", "/home/me/too/x", False),
    ("**/a/**/b", "/q/a/1/2/b", True),
    ("**/a/**/b", "/q/a/b", True),
    ("**/a/**/b", "/q/b", False),
    ("/**", "/anything", True),
    ("/**", "/", True),
    ("/dev/null", "/dev/null", True),
]


@pytest.mark.parametrize(("pattern", "path", "expected"), TABLE, ids=[f"{p} {x}" for p, x, _ in TABLE])
def test_a_path_is_in_the_set_of_a_pattern(pattern: str, path: str, expected: bool) -> None:
    assert contains(index([pattern]), path) is expected


PART = st.text(alphabet="aB.*?", min_size=1, max_size=4).filter(lambda part: part not in (".", ".."))
PATTERN = st.lists(st.just("**") | PART, min_size=1, max_size=4).map(lambda parts: "/" + "/".join(parts))
NAME = st.text(alphabet="aAb.", min_size=1, max_size=4).filter(lambda part: part not in (".", ".."))
PATH = st.lists(NAME, min_size=1, max_size=5).map(lambda parts: "/" + "/".join(parts))


def _as_regex(pattern: str) -> str:
    """The meaning of a pattern, spelled as a regular expression: `**` is any number of whole components."""
    out = ""
    for part in pattern[1:].split("/"):
        one = "".join({"*": "[^/]*", "?": "[^/]"}.get(character, re.escape(character)) for character in part)
        out += "(/[^/]+)*" if part == "**" else "/" + one
    return out + "/?"


@given(st.lists(PATTERN, min_size=1, max_size=4), PATH)
def test_a_set_holds_what_one_of_its_patterns_matches(patterns: "list[str]", path: str) -> None:
    expected = any(re.fullmatch(_as_regex(pattern.replace("***", "**").lower()), path.lower()) for pattern in patterns)
    assert contains(index(patterns), path) is expected


@given(NAME, st.text(alphabet="aAb.*?", max_size=5))
def test_a_name_is_like_a_pattern(name: str, pattern: str) -> None:
    regex = "".join({"*": ".*", "?": "."}.get(character, re.escape(character)) for character in pattern)
    assert like(name, pattern) is bool(re.fullmatch(regex, name))


def test_many_stars_take_no_time() -> None:
    assert not like("a" * 5000, "*a" * 40 + "b")


@pytest.mark.parametrize(
    ("path", "root", "expected"),
    [("/w", "/w", True), ("/w/x", "/w", True), ("/wx", "/w", False), ("/w", "/", True), ("/", "/w", False)],
)
def test_under_goes_by_whole_components(path: str, root: str, expected: bool) -> None:
    assert under(path, root) is expected

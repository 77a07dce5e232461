"""What is taken out of an audit line, and what stays."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leashd_hooks import cleaning
from leashd_hooks.jsondoor import dumps
from leashd_hooks.redact import LONGEST, MARKS, NAMED, SHORTEST, is_clean, redact
from leashd_hooks.redaction import BUDGET, NAMES, secrets_removed

LETTERS = "aB3dE6gH9jK2mN5pQ8sT1vW4yZ7"

SECRETS = [
    ("openai", f"export X=sk-proj-{LETTERS}", f"sk-proj-{LETTERS}"),
    ("anthropic", f"sk-ant-api03-{LETTERS}", LETTERS),
    ("stripe", f"stripe --k sk_live_{LETTERS}", LETTERS),
    ("github", f"curl -H 'x: ghp_{LETTERS}'", LETTERS),
    ("github server", f"ghs_{LETTERS}", LETTERS),
    ("github fine-grained", f"github_pat_{LETTERS}_{LETTERS}", LETTERS),
    ("gitlab", f"glpat-{LETTERS}", LETTERS),
    ("aws key", "AKIAIOSFODNN7EXAMPLE rest", "AKIAIOSFODNN7EXAMPLE"),
    ("aws secret", f"AWS_SECRET_ACCESS_KEY={LETTERS}/x+y aws s3 ls", LETTERS),
    ("slack", "xoxb-123456789012-abcdef", "123456789012"),
    ("google", f"AIza{LETTERS}abcdefgh", LETTERS),
    ("jwt", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc-def_ghi", "eyJzdWIi"),
    ("npm", f"npm_{LETTERS}", LETTERS),
    ("hugging face", f"hf_{LETTERS}", LETTERS),
    ("private key", "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNz\n-----END OPENSSH PRIVATE KEY-----", "b3BlbnNz"),
    ("half a private key", "x\n-----BEGIN PRIVATE KEY-----\nb3BlbnNz", "b3BlbnNz"),
    ("bearer", "curl -H 'Authorization: Bearer abcd1234' https://x", "abcd1234"),
    ("short bearer", "Authorization: bearer abc", "abc"),
    ("basic", 'curl -H "authorization: Basic dXNlcjpw"', "dXNlcjpw"),
    ("url", "git clone https://me:hunter2@example.com/x.git", "hunter2"),
    ("url token", f"git clone https://{LETTERS}@example.com/x.git", LETTERS),
    ("at sign in the password", "psql postgres://me:hun@ter2@db/x", "ter2"),
    ("curl user", "curl -s -u me:hunter2 https://x", "hunter2"),
    ("curl user, quoted", "curl --user 'me:hunter2' https://x", "hunter2"),
    ("assignment", "PGPASSWORD=hunter2 psql", "hunter2"),
    ("quoted assignment", "DB_PASSWORD='hunter 2' ./run", "hunter 2"),
    ("spaced assignment", "password = hunter2", "hunter2"),
    ("yaml", "api_key: hunter2\n", "hunter2"),
    ("json", '{"client_secret": "hunter2", "a": 1}', "hunter2"),
    ("flag", "mysql --password hunter2 -h x", "hunter2"),
    ("flag with equals", "vault login --token=hunter2", "hunter2"),
    ("query", "curl 'https://x/?access_token=hunter2&y=1'", "hunter2"),
    ("upper case", "MY_API_KEY=HUNTER2", "HUNTER2"),
    ("turkish letters before it", "echo İİİİ; TOKEN=hunter2", "hunter2"),
]


@pytest.mark.parametrize(("text", "secret"), [row[1:] for row in SECRETS], ids=[row[0] for row in SECRETS])
def test_a_secret_is_taken_out(text, secret):
    clean = redact({"command": text})["command"]
    assert secret not in clean
    assert "[redacted" in clean


ORDINARY = [
    "git status && echo 'hi there' | grep -c x",
    "git clone git@github.com:me/project.git",
    "ssh://git@example.com/x",
    "cat src/password.py src/token_store.py",
    "deploy --token $TOKEN --password ${DB_PASSWORD}",
    "TOKEN=$(gh auth token) ./run",
    "Authorization: Bearer $TOKEN",
    "docker run -u 1000:1000 image",
    "max_tokens: 4096",
    "the tokenizer: a class",
    "AKIA is a prefix; sk-1 is short; eyJ is not alone",
    "ls /etc/passwd",
    "https://example.com:8080/a?b=c",
    "-----BEGIN CERTIFICATE-----\nabc\n-----END CERTIFICATE-----",
    "task-sk-learn-pipeline-with-long-name",
]


@pytest.mark.parametrize("text", ORDINARY)
def test_an_ordinary_text_stays_as_it_is(text):
    assert redact(text) == text


def test_the_same_token_leaves_the_same_mark_and_a_password_leaves_none():
    first, second = redact(f"a ghp_{LETTERS}"), redact(f"bb ghp_{LETTERS}")
    assert first.partition("[")[2] == second.partition("[")[2]
    assert redact("password=hunter2") == "password=[redacted]"


def test_a_value_under_a_telling_name_is_taken_out_whole():
    given = {"apiKey": "a", "db_password": "b c", "nested": {"Authorization": "x"}, "max_tokens": 5, "path": "/x"}
    assert redact(given) == {
        "apiKey": "[redacted]",
        "db_password": "[redacted]",
        "nested": {"Authorization": "[redacted]"},
        "max_tokens": 5,
        "path": "/x",
    }


def test_a_long_text_is_cut_and_keeps_length_and_digest():
    clean = redact({"content": "x" * 100_000})["content"]
    assert len(clean) == LONGEST
    assert "[cut: 100000 characters, sha256:" in clean


def test_a_secret_across_the_cut_is_taken_out():
    text = "x" * (LONGEST - 100) + f" ghp_{LETTERS * 20} " + "y" * 5000
    assert LETTERS not in redact(text)


def test_many_long_texts_share_one_budget():
    clean = redact({"items": ["x" * 1990] * 99})
    assert sum(len(item) for item in clean["items"]) < BUDGET + 99 * 100 + 2000


def test_wide_and_deep_values_are_cut():
    deep: list = []
    for _ in range(100):
        deep = [deep]
    assert "nested too deeply" in str(redact(deep))
    assert redact(list(range(1000)))[-1] == "[900 more]"
    assert len(redact({str(number): number for number in range(1000)})) == 101


@given(st.recursive(st.text(max_size=40), lambda inner: st.lists(inner) | st.dictionaries(st.text(max_size=9), inner)))
def test_doing_it_again_changes_nothing(value):
    once = redact(value)
    assert redact(once) == once


PIECES = (
    "password",
    "=",
    ":",
    " ",
    '"',
    "'",
    "://",
    "@",
    "u:p",
    "token",
    "--",
    "Bearer ",
    "curl -u ",
    "\n",
    "[",
    "$",
    "a",
)
NASTY = (
    "password=",
    "://",
    "://a:b@",
    "token:",
    "curl -u ",
    "Bearer ",
    "eyJ",
    "-----BEGIN ",
    '="',
    "--token ",
    "token $",
)


@given(st.lists(st.sampled_from(PIECES), max_size=12).map("".join))
def test_doing_it_again_changes_nothing_in_what_looks_like_secrets(text):
    once = redact(text)
    assert redact(once) == once


@pytest.mark.parametrize("piece", NASTY)
def test_nasty_text_takes_linear_time(piece):
    started = time.perf_counter()
    secrets_removed(piece * 4000)
    assert time.perf_counter() - started < 1


def test_an_ordinary_command_costs_microseconds():
    value = {"command": "git status && npm test -- --watch=false", "description": "run the tests"}
    best = min(timed(value) for _ in range(200))
    assert best < 60e-6


def timed(value: dict) -> float:
    started = time.perf_counter()
    redact(value)
    return time.perf_counter() - started


def test_every_secret_has_a_mark_that_the_quick_look_finds() -> None:
    wanted = [prefix.lower() for prefix, _, _ in cleaning.SHAPES] + list(NAMES) + [mark for mark, _ in cleaning.FINDERS]
    assert [name for name in wanted if not any(mark in name for mark in NAMED + MARKS)] == []
    assert SHORTEST == len("://:x@") < min(map(len, NAMES)) + len("=x")


PIECES = [*NAMES, "token", "PassWord", "=", ":", "--", " ", "'", "x", "abc123", "://", "@", "u", "curl ", " -u ",
          "bearer ", "-----BEGIN ", "PRIVATE KEY-----", "ghp_" + "a" * 16, "sk-" + "b" * 16, "\u212a",
          "\u0130"]  # fmt: skip


@given(st.lists(st.sampled_from(PIECES)).map("".join))
def test_the_quick_look_misses_nothing(text: str) -> None:
    assert secrets_removed(text) == cleaning.secrets_removed(text)


@given(st.dictionaries(st.sampled_from(PIECES), st.lists(st.sampled_from(PIECES)).map("".join), max_size=4))
def test_what_is_clean_as_json_is_left_alone(value: dict[str, str]) -> None:
    if is_clean(dumps(value)):
        assert redact(value) == value


@pytest.mark.parametrize(
    "value", [{"password": "x"}, {"a": "TOKEN=x"}, {"a": "\u212aEY=x"}, {"a": "x" * 3000}], ids=str
)
def test_what_needs_a_look_is_not_clean(value: dict[str, str]) -> None:
    assert not is_clean(dumps(value))

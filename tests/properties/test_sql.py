"""What the in-process reader of SQL accepts, the library reads as no more than that.

Every property is held against 1,500 examples.
"""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from leashd_hooks.shell import sqlsubset
from leashd_hooks.sql import pieces, reader

CLIENTS = sorted(pieces.CLIENTS)
NAMES = [
    "t", "users", "a", "b", "x1", "s.t", "data.csv", '"Q"', '"q.csv"', "`b`", "[c]", "e", "new", "pg_read_file", "date",
]  # fmt: skip
VALUES = [
    *NAMES, "1", "2.5", "'x'", "'a;b'", "'it''s'", "'a\\'", "null", "count(*)", "lower(a)", "max(a, b)",
    "now()", "(a)", "(select 1)", "-1", "a.b", "pg_read_file('/etc/passwd')", "readfile('x')",
    "load_extension('x')", "f(1)", "E'x'", "$$x$$", "$1", ":x", "@x", "?", "case when a then b end", "a::int",
    "interval '1 day'", "*",
]  # fmt: skip
TAILS = [
    "", "", ";", "; drop table t", " into outfile '/x'", " for update", " -- c", " /* c */", " # c", "\\g",
    "\n.shell id", " returning *", " limit 5", " order by a desc", " union select 1", " procedure analyse()",
    "; --",
]  # fmt: skip
PIECES = [
    *VALUES, *TAILS, "select", "from", "where", "and", "or", "not", "is", "in", "=", "<", ",", "(", ")", ".",
    "join", "left", "on", "as", "group by", "having", "order by", "limit", "offset", "distinct", "insert",
    "into", "values", "update", "set", "delete", "drop", "table", "truncate", "alter", "add", "column",
    "explain", "query plan", "analyze", "show", "describe", "with", "like", "between", "cascade", "if exists",
    "||", "%", "*", "/", "-", "+", "!=", "\\dt", ".tables", "replace", "merge", "copy", "to", "program",
    "union", "for", "all", "any", "pragma", "attach", "do", "call", "exec", "grant", "go", "{", "}", "{#",
    "\\", "#", "'", '"',
]  # fmt: skip

value = st.sampled_from(VALUES)
name = st.sampled_from(NAMES)
condition = st.builds("{} {} {}".format, value, st.sampled_from(["=", "<", "like", "in", "is not", "and", "||"]), value)
tail = st.sampled_from(TAILS)
everyday = st.one_of(
    st.builds("select {}, {} from {} where {}{}".format, value, value, name, condition, tail),
    st.builds("select {} from {} {} join {} on {}{}".format, value, name, name, name, condition, tail),
    st.builds("explain select {} from {}{}".format, value, name, tail),
    st.builds("update {} set {} = {}{}".format, name, name, value, st.sampled_from(["", " where a = 1", *TAILS])),
    st.builds("delete from {}{}".format, name, st.sampled_from(["", " where a = 1", " using u", *TAILS])),
    st.builds("insert into {} (a, {}) values ({}, {}){}".format, name, name, value, value, tail),
    st.builds(
        "alter table {} {} column {} {}{}".format, name, st.sampled_from(["add", "drop"]), name, name, st.just("")
    ),
    st.builds("{} {} {}{}".format, st.sampled_from(["drop table", "truncate", "drop"]), name, name, tail),
    st.builds("{} {}{}".format, st.sampled_from(["show", "describe", "desc", "\\d", ".schema"]), name, tail),
)
anything = st.lists(st.sampled_from(PIECES), min_size=1, max_size=10).map(" ".join)
REMOVAL = ("drop", "truncate")


def holds(text: str, client: str) -> bool:
    """Whether the in-process reader accepts; fails when the library then reads more than that."""
    mine = sqlsubset.read(text, client)
    if mine is None:
        return False
    theirs = reader.read(text, client)
    if mine[0]["statement"] in REMOVAL:  # denied whatever else is in it
        assert theirs[0].get("statement") == mine[0]["statement"], text
    else:
        assert theirs == mine, (client, text)
    return True


@settings(max_examples=1000, deadline=None, suppress_health_check=list(HealthCheck))
@given(everyday, st.sampled_from(CLIENTS))
def test_everyday_sql_is_read_alike(text: str, client: str) -> None:
    holds(text, client)


@settings(max_examples=1000, deadline=None, suppress_health_check=list(HealthCheck))
@given(anything, st.sampled_from(CLIENTS))
def test_any_words_are_read_alike_where_they_are_accepted(text: str, client: str) -> None:
    holds(text, client)


@settings(max_examples=1000, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.text(alphabet="ab1 \n;'\"`\\$#-/*.,()=<>|!:@{}[]%_", max_size=16).map("select ".__add__),
    st.sampled_from(CLIENTS),
)
def test_any_characters_are_read_alike_where_they_are_accepted(text: str, client: str) -> None:
    holds(text, client)


@settings(max_examples=1000, deadline=None, suppress_health_check=list(HealthCheck))
@given(anything, st.sampled_from(CLIENTS))
def test_a_removal_after_another_statement_is_seen_whatever_comes_before(text: str, client: str) -> None:
    plain = not any(mark in text for mark in "\\'\"`$#{[-/:?@") and not text.startswith(".")
    found = reader.read(f"{text}\n; drop table last", client)
    if plain:
        assert any(one.get("statement") == "drop" for one in found), found


EVERYDAY = [
    "select 1",
    "select * from users",
    "SELECT count(*) FROM users;",
    "select id, name from users where id = 3 and name like 'a%' order by id desc limit 10",
    "select total from users u join orders o on owner = number where total > 5",
    "select a, count(*) from t group by a having count(*) > 1",
    "select distinct a from t where b is not null and c in (1, 2, 3)",
    "select max(created) from t",
    "explain select * from t",
    "show tables",
    "describe users",
    "insert into t (a, b) values (1, 'x'), (2, 'y')",
    "update t set a = 1, b = 'x' where id = 2",
    "update t set a = 1",
    "delete from t where id = 1",
    "delete from t",
    "alter table t drop column c",
    "alter table t add column c int",
    "drop table t",
    "drop table if exists a, b cascade",
    "truncate table t",
]


@pytest.mark.parametrize("client", CLIENTS)
@pytest.mark.parametrize("text", EVERYDAY)
def test_everyday_sql_needs_no_other_process(text: str, client: str) -> None:
    assert holds(text, client)

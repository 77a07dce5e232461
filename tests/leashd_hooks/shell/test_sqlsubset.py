"""Which SQL is everyday, and what it is read as; `tests/properties/test_sql.py` holds it against the library."""

import pytest

from leashd_hooks.shell.sqlsubset import read

ACCEPTED = {
    "select 1": {"statement": "select"},
    " SELECT * FROM users ; ": {"statement": "select"},
    "select count(*) from users where id = 3": {"statement": "select"},
    "select a.b, c as d from s.t a left join u on a.x = u.x order by 1 desc, c limit 5 offset 2": {
        "statement": "select"
    },
    "select a, max(b) from t group by a having max(b) > 2.5": {"statement": "select"},
    "select 'drop table users'": {"statement": "select"},
    'select "Name" from "Users"': {"statement": "select"},
    "explain select * from t": {"statement": "select"},
    "show tables": {"statement": "select"},
    "\\dt": {"statement": "select"},
    "\\d users": {"statement": "select"},
    "insert into t (a) values (1), ('x')": {"statement": "insert"},
    "update t set a = 1, b = 'x' where c is null": {"statement": "update"},
    "update t set a = 1": {"statement": "update", "whole": True},
    "delete from t where a in (1, 2)": {"statement": "delete"},
    "delete from t": {"statement": "delete", "whole": True},
    "alter table t drop column c": {"statement": "alter", "object": "table"},
    "drop table if exists t cascade": {"statement": "drop", "object": "table"},
    "drop materialized view v": {"statement": "drop", "object": "view"},
    "truncate t": {"statement": "truncate"},
}
BEYOND = [
    "",
    "select",
    "select 1; select 2",
    "describe s.t",
    "select 1; drop table t",
    "select 1 -- a",
    "select 1\n/\nvacuum",
    "select 1 /* a */",
    "select 1 # a",
    "select $$a$$",
    "select E'a'",
    "select 'a''b'",
    "select 'a\\'",
    "select 'a",
    "select `a`",
    "select :a",
    "select @a",
    "select {{ a }}",
    "select f(1)",
    "select pg_read_file('/etc/passwd')",
    "select load_extension('x')",
    'select "lower"(a)',
    "select a into b from t",
    "select * from t into outfile '/x'",
    "select * from t for update",
    "select * from t, u",
    "select * from 'x.csv'",
    "select * from read_csv('x')",
    "select 1 union select 2",
    "select (select 1)",
    "with a as (select 1) select * from a",
    "explain analyze select 1",
    "explain delete from t",
    "delete from t where a = 1 returning *",
    "update t set a = f(1)",
    "insert into t select * from u",
    "alter table t alter column c type int using f(c)",
    "copy t to stdout",
    "show tables into outfile x",
    "grant all on t to x",
    "drop table t; select 1",
    "drop table t -- a",
    "\\dt `id`",
    "\\dt \\! id",
    "\\! id",
    ".shell id",
    "\\d a b",
    "sélect 1",
    "select " + "1 + " * 2000 + "1",
]


@pytest.mark.parametrize("text", ACCEPTED)
def test_everyday_sql_is_read(text: str) -> None:
    assert read(text, "psql") == [ACCEPTED[text]]


@pytest.mark.parametrize("text", BEYOND)
def test_all_other_is_left_to_the_library(text: str) -> None:
    assert read(text, "psql") is None


@pytest.mark.parametrize(
    ("client", "text", "accepted"),
    [
        ("sqlite3", ".tables", True),
        ("sqlite3", ".schema users", True),
        ("sqlite3", "\\dt", False),
        ("psql", ".tables", False),
        ("mysql", 'select "a"', False),  # a string there, a name elsewhere
        ("duckdb", 'select * from "x"', False),  # a file
        ("duckdb", "select * from x.csv", False),
        ("sqlite3", "select * from main.t", True),
    ],
)
def test_clients_differ(client: str, text: str, accepted: bool) -> None:
    assert (read(text, client) is not None) is accepted


def test_deep_nesting_is_left_to_the_library() -> None:
    assert read("select " + "(" * 1500 + "1" + ")" * 1500, "psql") is None

import pytest

from leashd_hooks.shell.invocation import Stdin
from leashd_hooks.shell.programs.database import statements

SHELL = "code language=shell source=inline"


def said(engine, statement, what="", whole=False):
    told = f"database engine={engine}{' object=' + what if what else ''} statement={statement}"
    return told + " whole" if whole else told


TABLE = {
    "redis-cli ping": [],
    "redis-cli -h localhost -p 6379 ping": [],
    "redis-cli -h cache.example.org ping": ["network direction=connect host=cache.example.org reach=public"],
    "redis-cli -u redis://u@h/0 ping": ["network direction=connect"],
    "pg_isready": [],
    "pg_isready -h localhost -p 5432": [],
    "pg_isready -h 10.0.0.1": ["network direction=connect host=10.0.0.1 reach=private"],
    "pg_isready -d host=db": ["network direction=connect"],
    "sqlite3 'file:a.db?mode=ro' 'select 1'": [said("sqlite3", "select"), "read /w/a.db how=content"],
    "sqlite3 file:///etc/a.db 'select 1'": [said("sqlite3", "select"), "read /etc/a.db how=content"],
    "sqlite3 file://localhost/etc/a.db 'select 1'": [said("sqlite3", "select"), "read /etc/a.db how=content"],
    "sqlite3 file:%2e%2e/a.db 'select 1'": [said("sqlite3", "select"), "read None how=content"],
    "duckdb md:shared 'select 1'": [said("duckdb", "select"), "read None how=content"],
    "mongosh --eval 'db.u.deleteMany( {} )'": [
        "code language=javascript source=inline",
        said("mongosh", "delete", whole=True),
    ],
    "mongosh --eval 'db.u.deleteMany({a: 1})'": ["code language=javascript source=inline", said("mongosh", "other")],
    "psql -c 'delete from x where true'": [said("psql", "delete", whole=True)],
    "psql -c 'delete from x where 1 = 1'": [said("psql", "delete", whole=True)],
    "psql -c 'delete from x where id = 1'": [said("psql", "delete")],
    "psql -c 'select 1'": [said("psql", "select")],
    "psql -c 'DROP TABLE x'": [said("psql", "drop", "table")],
    "psql -c 'drop  table x'": [said("psql", "drop", "table")],
    "psql -c 'select 1; truncate x'": [said("psql", "select"), said("psql", "truncate")],
    "psql -c '/* x */ drop database x'": [said("psql", "drop", "database")],
    "psql --command='delete from x'": [said("psql", "delete", whole=True)],
    "psql mydb -tAc \"select 'drop table x'\"": [said("psql", "select")],
    "psql -c 'with a as (select 1) delete from x'": [said("psql", "delete", whole=True)],
    "psql -c 'alter table x drop column y'": [said("psql", "alter", "table")],
    "psql -c \"copy x from program 'id'\"": [said("psql", "other"), SHELL, "shell words=id"],
    "psql -c '\\! id'": [said("psql", "other"), SHELL, "shell words=id"],
    "psql -c '\\dt'": [said("psql", "select")],
    "psql -f a.sql": ["read /w/a.sql how=content", said("psql", "other")],
    "psql -c 'select 1' -o out": ["write /w/out how=create", said("psql", "select")],
    "psql": ["database engine=psql"],
    "psql -l": [],
    "mysql -e 'drop table x'": [said("mysql", "drop", "table")],
    "mysql -uroot x -e 'show tables'": [said("mysql", "select")],
    "mysql -e '/*!50000 drop */ table x'": [said("mysql", "drop", "table"), said("mysql", "select")],
    "sqlite3 a.db 'select * from x'": [said("sqlite3", "select"), "read /w/a.db how=content"],
    "sqlite3 a.db 'DELETE FROM x'": [said("sqlite3", "delete", whole=True), "write /w/a.db how=edit"],
    "sqlite3 a.db '.shell id'": [said("sqlite3", "other"), SHELL, "shell words=id", "write /w/a.db how=edit"],
    "sqlite3 a.db '.read b.sql'": [said("sqlite3", "other"), "read /w/b.sql how=content", "write /w/a.db how=edit"],
    "sqlite3 a.db \"select readfile('.env')\"": [
        *(said("sqlite3", "select"), "read /w/.env how=content", "write /w/a.db how=edit"),
    ],
    "sqlite3 :memory: '.output ~/x'": ["write /w/~/x how=create"],
    "sqlite3 a.db .tables": [said("sqlite3", "select"), "read /w/a.db how=content"],
    "sqlite3 -readonly -header a.db 'select 1'": [said("sqlite3", "select"), "read /w/a.db how=content"],
    "redis-cli FLUSHALL": [said("redis-cli", "truncate")],
    "redis-cli -h x -n 1 flushdb": [said("redis-cli", "truncate")],
    "redis-cli get x": [said("redis-cli", "select")],
    "redis-cli del x": [said("redis-cli", "delete")],
    "redis-cli config set dir /x": [said("redis-cli", "other"), "code language=other source=inline"],
    "mongosh --eval 'db.dropDatabase()'": ["code language=javascript source=inline", said("mongosh", "drop")],
    "mongosh --eval 'db.t.find()'": ["code language=javascript source=inline", said("mongosh", "other")],
    "psql -c 'do $$ begin drop table t; end $$'": [
        *(said("psql", "other"), "code language=sql source=inline", said("psql", "drop")),
    ],
    "psql -c \"select pg_read_file('/etc/passwd')\"": [said("psql", "select"), "read /etc/passwd how=content"],
    "psql -c \"select pg_read_file('x')\"": [said("psql", "select"), "read None how=content"],
    "psql -c 'grant all on t to x'": [said("psql", "grant")],
    "psql -c 'select 1 from'": [
        *(said("psql", "other"), "opaque why=SQL that is not understood as that of postgres", "database engine=psql"),
    ],
    'psql -c "select \'a ; drop table x"': [
        *("opaque why=a quote that does not end", "database engine=psql"),
    ],
    'psql -c "select :x ; drop table x"': [
        *("opaque why=a variable of the client", "database engine=psql", said("psql", "drop")),
    ],
    "sqlcmd -Q 'drop table t'": [said("sqlcmd", "drop", "table")],
    "snowsql -q 'select 1'": [said("snowsql", "select")],
    "sqlplus x": ["database engine=sqlplus"],
    "mysql --pager='sh x' -e 'select 1'": [SHELL, "shell words=sh x", said("mysql", "select")],
    "mycli -e 'drop table x'": [said("mysql", "drop", "table")],
    "dropdb x": [said("dropdb", "drop", "database")],
    "pg_dump x -f out.sql": [said("pg_dump", "select", "database"), "write /w/out.sql how=create"],
    "psql -c ?": ["database engine=psql"],
}


@pytest.mark.parametrize("line", TABLE)
def test_database(line, effects_of):
    assert effects_of(line) == TABLE[line]


def test_a_statement_on_standard_input_is_read(effects_of):
    assert effects_of("psql", stdin=Stdin("text", text="drop table x;")) == [said("psql", "drop", "table")]


def test_statements():
    assert statements("-- x\nselect 'a;b' ; # y\ndrop/**/table \"x;\"") == [["select"], ["drop", "table"]]

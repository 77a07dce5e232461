"""Commands and SQL among the arguments of a tool: read as a shell and a database client would read them."""

import leashd_hooks
from leashd_hooks.model import Effect
from leashd_hooks.shell.argv import table
from leashd_hooks.shell.invocation import resolve
from leashd_hooks.tools import words_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from leashd_hooks.model import Call

#: Names of arguments that hold a command line, or several; and one that follows a program's name.
COMMANDS = table("command cmd commandline command_line cmdline shell_command shellcommand bash commands cmds")
SEVERAL = table("commands cmds")
ARGUMENTS = ("args", "arguments", "argv")
FOLDERS = ("cwd", "workdir", "working_directory", "workingdirectory", "working_dir", "directory")
#: Words in the name of a tool or server that runs commands; elsewhere one word alone (`view`) is a verb of the tool's.
RUNNING = table("shell bash terminal exec execute command commands process run cmd console ssh desktop")
#: Names of arguments that hold SQL, and those that do where the tool is one of a database.
SQL = table("sql sqlquery sql_query statement statements sqlstatement")
QUERIES = table("query queries q script text input")
#: Words in the name of such a tool or server -> the command that would run the SQL.
CLIENTS = {
    "sqlite": "sqlite3 :memory: ", "sqlite3": "sqlite3 :memory: ", "mysql": "mysql -e ", "mariadb": "mysql -e ",
    "duckdb": "duckdb -c ", "motherduck": "duckdb -c ", "clickhouse": "clickhouse-client -q ",
    "mssql": "sqlcmd -Q ", "sqlserver": "sqlcmd -Q ", "snowflake": "snowsql -q ", "bigquery": "bq query ",
    "postgres": "psql -c ", "postgresql": "psql -c ", "pg": "psql -c ", "sql": "psql -c ", "db": "psql -c ",
    "database": "psql -c ", "supabase": "psql -c ", "neon": "psql -c ", "redshift": "psql -c ", "dbhub": "psql -c ",
}  # fmt: skip
#: More texts of one call are not read.
TEXTS = 8


def lower(call: "Call", server: str, tool: str, home: str, shfmt: str) -> "list[Effect]":
    """The effects of every command and every SQL statement in the arguments; a plain query is what the tool is for."""
    words = words_of(server) | words_of(tool)
    found: list[Effect] = []
    for count, (text, cwd) in enumerate(_texts(call.input, words, call.cwd, 0)):
        if count >= TEXTS:
            return [*found, Effect("opaque", {"why": "more commands than leashd reads of one call"})]
        found += leashd_hooks.load("shell.command_line").lower(text, resolve(cwd, call.cwd, home), home, shfmt)
    return [each for each in found if each.fields.get("statement") != "select"]


def _texts(value: "Any", words: "set[str]", cwd: str, depth: int) -> "Iterator[tuple[str, str]]":
    """Command lines, and where each would run."""
    if depth > 15 or not isinstance(value, (dict, list)):
        return
    for name, item in value.items() if isinstance(value, dict) else (("", each) for each in value):
        called = str(name).lower()
        if called in COMMANDS and isinstance(value, dict):
            for text in _lines(called, item, value):
                if " " in text or not RUNNING.isdisjoint(words):
                    yield text, next((value[key] for key in value if key.lower() in FOLDERS
                                      and isinstance(value[key], str)), cwd)  # fmt: skip
        elif called in SQL or called in QUERIES:
            client = next((CLIENTS[word] for word in sorted(words) if word in CLIENTS), "")
            if client or called in SQL:
                for text in item if isinstance(item, list) else [item]:
                    if isinstance(text, str) and " " in text.strip():
                        yield (client or "psql -c ") + _quoted(text), cwd
        yield from _texts(item, words, cwd, depth + 1)


def _lines(name: str, item: "Any", beside: "dict[str, Any]") -> "list[str]":
    """The command lines in one argument: text, words, or a program whose words stand in the argument beside it."""
    if isinstance(item, list):
        texts = [each for each in item if isinstance(each, str)]
        return texts if name in SEVERAL else [" ".join(map(_quoted, texts))]
    if not isinstance(item, str):
        return []
    given: list[Any] = next(
        (beside[key] for key in beside if key.lower() in ARGUMENTS and isinstance(beside[key], list)), []
    )
    return [" ".join([item, *(_quoted(each) for each in given if isinstance(each, str))])]


def _quoted(word: str) -> str:
    return "'" + word.replace("'", "'\\''") + "'"

"""Text given to a database client, cut where the client cuts it: statements without comments, and its own commands."""

import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple


class UnreadableError(ValueError):
    """The text cannot be read; the message says why."""


class Client(NamedTuple):
    """How a client and its server read text.

    dialect    sqlglot's name of the SQL
    escapes    whether `\\` escapes in plain strings
    nested     whether comments nest
    commands   `\\`, `.` or `!`: what its own commands begin with
    """

    dialect: str
    escapes: bool = False
    nested: bool = False
    commands: str = ""


CLIENTS = {
    "psql": Client("postgres", nested=True, commands="\\"),
    "mysql": Client("mysql", escapes=True, commands="\\"),
    "sqlite3": Client("sqlite", commands="."),
    "duckdb": Client("duckdb", nested=True, commands="."),
    "clickhouse-client": Client("clickhouse", escapes=True),
    "bq": Client("bigquery", escapes=True),
    "sqlcmd": Client("tsql", nested=True, commands="!"),
    "snowsql": Client("snowflake", escapes=True, commands="!"),
    "sqlplus": Client("oracle", commands="!"),
}

#: The words with which commands of `mysql` begin when they stand where a statement does.
MYSQL_COMMANDS = ("system", "source", "tee", "notee", "pager", "nopager", "edit", "connect", "delimiter", "charset")

_WORD = r"(?P<word>[^\W\d][\w$]*|\d\w*)"
_LINE = r"--[^\n]*"
_COMMENTS = {
    "mysql": r"--(?=\s|$)[^\n]*|\#[^\n]*",
    "bigquery": r"--[^\n]*|\#[^\n]*",
    "clickhouse": r"--[^\n]*|\#[^\n]*",
    "snowflake": r"--[^\n]*|//[^\n]*",
}
#: What begins a template, which the parser would leave out, or a string that ends elsewhere than it looks.
_TEMPLATE = re.compile(r"\{[{%#]|[uU]&['\"]")
_STRANGE = {
    "bigquery": re.compile(r"(?i)\{[{%#]|'''|\"\"\"|\b[rb]{1,2}['\"]"),
    "oracle": re.compile(r"(?i)\{[{%#]|\bn?q'"),
}
_DOLLARS = ("postgres", "duckdb", "snowflake", "clickhouse")
_PLAIN = r"'(?:[^']|'')*'(?!')"
_ESCAPED = r"'(?:[^'\\]|\\.|'')*'(?!')"
_DOUBLE = {True: r'"(?:[^"\\]|\\.|"")*"(?!")', False: r'"(?:[^"]|"")*"(?!")'}


@cache
def _lexer(client: Client) -> re.Pattern[str]:
    """The pattern of one lexeme."""
    dialect = client.dialect
    dollar = r"|\$(?P<tag>(?:[^\W\d]\w*)?)\$.*?\$(?P=tag)\$" if dialect in _DOLLARS else ""
    special = r"[eE]" + _ESCAPED + "|" if dialect in ("postgres", "duckdb") else ""
    plain = _ESCAPED if client.escapes else _PLAIN
    names = r"|`[^`\\]*`" + (r"|\[[^\]]*\]" if dialect in ("tsql", "sqlite") else "")
    parts = [
        rf"(?P<comment>{_COMMENTS.get(dialect, _LINE)})",
        r"(?P<open>/\*)",
        rf"(?P<quoted>{special}{plain}|{_DOUBLE[client.escapes]}{names}{dollar})",
        _WORD,
        r"(?P<end>;)",
        r"(?P<command>\\)",
        r"(?P<other>[^'\"`$])" if dollar else r"(?P<other>[^'\"`])",
    ]
    # `$1` is a parameter, a lone `$` nothing that hides anything.
    return re.compile("|".join([*parts, r"(?P<dollar>\$(?=[\d\s]|\Z))"] if dollar else parts), re.DOTALL)


def cut(text: str, client: Client, conditional: bool = True) -> Iterator[tuple[str, str]]:
    """Yields ("sql", statement) and ("command", line); `conditional`: MySQL runs what stands in `/*! */`.

    Raises UnreadableError, after what stands before the place that cannot be read.
    """
    if strange := _STRANGE.get(client.dialect, _TEMPLATE).search(text):
        raise UnreadableError(f"a template, or a string of a special kind: `{strange.group()}`")
    pending, place, inside = "", 0, False
    while place < len(text):
        if not pending.strip() and (command := _command(text, place, client)):
            yield "command", command.strip()
            place += len(command)
            pending = ""
            continue
        if inside and text.startswith("*/", place):
            inside, place, pending = False, place + 2, pending + " "
            continue
        found = _lexer(client).match(text, place)
        if found is None:
            raise UnreadableError("a quote that does not end")
        kind, lexeme, start, place = found.lastgroup, found.group(), place, found.end()
        if kind == "comment":
            pending += " "
        elif kind == "open":
            marked = re.compile(r"/\*M?!\d*").match(text, start) if client.dialect == "mysql" else None
            inside = inside or bool(marked and conditional)
            place = marked.end() if marked and conditional else _comment_end(text, place, client.nested)
            pending += " "
        elif kind == "end":
            yield "sql", pending
            pending = ""
        elif kind == "command" and client.commands == "\\":
            yield "sql", pending
            line = "\\;" if text.startswith("\\;", start) else _rest(text, start)
            place = start + len(line)
            pending = ""
            if line != "\\;":
                yield "command", line.strip()
        else:
            pending += _plain(lexeme, client, text[start - 1 : start], text[place : place + 1])
    yield "sql", pending


def _plain(lexeme: str, client: Client, before: str, following: str) -> str:
    if lexeme == "#" and client.commands == ".":
        raise UnreadableError("a comment of the client")
    if lexeme == ":" and before != ":" and client.dialect == "postgres" and re.match(r"[\w'\"{]", following):
        raise UnreadableError("a variable of the client")
    if lexeme[:1] == "'" and "\\'" in lexeme and client.dialect == "postgres":
        raise UnreadableError("a string whose end depends on a setting")
    if lexeme == "-" and following == "-" and client.dialect == "mysql":
        return "- "  # `--` without a blank is no comment there, but one for the parser
    return lexeme


def _command(text: str, place: int, client: Client) -> str:
    """The line of a command of the client that begins here, where a statement could begin; "" for none."""
    line = _rest(text, place)
    if client.commands in (".", "!"):
        if client.dialect == "snowflake" and re.match(r"\s*(?:put|get)\s", line, re.IGNORECASE):
            return line  # moves files of this machine; `//` in it is no comment
        return line if line.lstrip().startswith((client.commands, ":", "@") if client.commands == "!" else ".") else ""
    if client.dialect == "mysql" and re.match(rf"\s*(?:{'|'.join(MYSQL_COMMANDS)})\b", line, re.IGNORECASE):
        return line
    return ""


def _rest(text: str, place: int) -> str:
    end = text.find("\n", place)
    return text[place:] if end < 0 else text[place : end + 1]


def _comment_end(text: str, place: int, nested: bool) -> int:
    depth = 1
    for mark in re.compile(r"/\*|\*/").finditer(text, place):
        depth += 1 if mark.group() == "/*" and nested else -1 if mark.group() == "*/" else 0
        if not depth:
            return mark.end()
    raise UnreadableError("a comment that does not end")

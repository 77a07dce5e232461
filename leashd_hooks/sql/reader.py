"""What each statement of a text does: classified by sqlglot's tree, its files and functions by its tokens."""

import re
from typing import Any

from sqlglot import Token, TokenType, exp
from sqlglot.dialects.dialect import Dialect
from sqlglot.errors import SqlglotError

from leashd_hooks.shell.argv import table
from leashd_hooks.shell.sqlsubset import OBJECTS
from leashd_hooks.sql import commands
from leashd_hooks.sql.functions import HARMLESS, SPECIAL
from leashd_hooks.sql.pieces import CLIENTS, Client, UnreadableError, cut

Read = dict[str, Any]

#: Strictest first: what a statement with several of them counts as.
TREES: tuple[tuple[type[exp.Expr], str], ...] = (
    (exp.Drop, "drop"),
    (exp.TruncateTable, "truncate"),
    (exp.Merge, "update"),
    (exp.Delete, "delete"),
    (exp.Update, "update"),
    (exp.Insert, "insert"),
    (exp.Create, "other"),
    (exp.Into, "other"),
)
#: Where a line of `go` or `/` ends a statement.
ENDED_BY_A_LINE = ("tsql", "oracle", "sqlite", "duckdb")
#: Trees of functions that sqlglot does not know by name.
UNNAMED = (exp.Anonymous, exp.AnonymousAggFunc, exp.ParameterizedAgg, exp.CombinedAggFunc, exp.CombinedParameterizedAgg)
TELLING = {name for name, what in SPECIAL.items() if what == "reads"} - {"lo_import"}
#: First words that tell what a statement is, whether the rest is understood or not.
FIRST = {"drop": "drop", "truncate": "truncate", "alter": "alter", "grant": "grant", "revoke": "grant",
         "undrop": "other", "reassign": "grant", "deny": "grant"}  # fmt: skip
HARMLESS_STATEMENTS = ("begin", "commit", "rollback", "end", "start transaction", "begin transaction", "abort",
                       "begin work", "commit work", "rollback work", "end transaction",
                       "commit transaction")  # fmt: skip
#: Pragmas that tell something when they are given no value, or when they are asked about a table.
PRAGMAS = table(
    "table_info table_xinfo table_list index_list index_info index_xinfo foreign_key_list database_list compile_options"
    " integrity_check quick_check foreign_key_check function_list module_list collation_list pragma_list show_tables"
    " show_tables_expanded show database_size storage_info version show_databases"
)
PRAGMA_VALUES = table(
    "user_version schema_version page_count page_size journal_mode encoding freelist_count foreign_keys application_id"
    " auto_vacuum cache_size synchronous busy_timeout data_version max_page_count locking_mode recursive_triggers"
    " temp_store"
)
#: First words of statements that move data between tables and files.
MOVING = ("copy", "bulk", "backup", "restore", "import", "export")
#: First words of statements that are not looked into: they change something, or may.
OTHERS = table(
    "attach detach vacuum load export import set call exec prepare execute reset system reindex handler replace"
    " backup restore bulk unload kill lock declare comment"
)
_EXPLAINED = re.compile(
    r"\s*(?:explain|describe|desc)\b\s*(?:\([^()]*\)\s*)?"
    r"(?:(?:analy[sz]e|verbose|extended|partitions|pipeline|estimate|ast|syntax|query\s+plan|plan\s+for)\b\s*|"
    r"format\s*=?\s*\w+\s*)*",
    re.IGNORECASE,
)
_COPIED = re.compile(r"copy\s*\((.*)\)(\s*to\b.*)", re.IGNORECASE | re.DOTALL)
_REMOVAL = re.compile(r"\b(drop|truncate)\s+\w", re.IGNORECASE)
#: Ends of names that are files where a table could stand.
_FILE = re.compile(
    r"[/\\]|://|\.(csv|tsv|txt|parquet|json|jsonl|ndjson|xlsx|db|sqlite|arrow|gz|zst|env|log)$", re.IGNORECASE
)


def read(text: str, name: str) -> list[Read]:
    """What `text` does when the client `name` is given it."""
    client = CLIENTS[name]
    if client.dialect in ENDED_BY_A_LINE:
        text = re.sub(r"(?im)^[^\S\n]*(?:go[^\S\n]*\d*|/)[^\S\n]*$", ";", text)
    found = _read(text, client, conditional=True)
    if client.dialect == "mysql" and ("/*!" in text or "/*M!" in text):
        found += _read(text, client, conditional=False)  # an older server takes it for a comment
    return found or [{"statement": "other"}]


def _read(text: str, client: Client, conditional: bool) -> list[Read]:
    found: list[Read] = []
    try:
        for kind, piece in cut(text, client, conditional):
            if kind == "command":
                found += commands.read(piece, client)
            elif piece.strip():
                found += statement(piece.strip(), client.dialect)
    except UnreadableError as error:
        found.append({"why": str(error)})
    except RecursionError:
        found.append({"why": "SQL nested too deeply"})
    return found


def statement(text: str, dialect: str) -> list[Read]:
    """What one statement without comments does; a second entry tells what could not be read."""
    explained = _EXPLAINED.match(text)
    if explained and explained.group():
        rest = text[explained.end() :]
        runs = re.search("analy[sz]e", explained.group(), re.IGNORECASE)
        return statement(rest, dialect) if runs and rest.strip() else [{"statement": "select"}]
    if copied := _COPIED.match(text):
        return [*statement(copied.group(1), dialect), *statement("copy query" + copied.group(2), dialect)]
    try:
        tokens = _tokens(text, dialect)
    except SqlglotError:
        return [*_removals(text), {"why": f"SQL that is not understood as that of {dialect}"}]
    if not tokens:
        return []
    words = [token.text.lower() for token in tokens]
    told: Read = {}
    _files(tokens, words, told)
    _functions(tokens, words, told)
    nested = _nested(tokens, words)
    kind = _by_words(words, told)
    trouble: list[Read] = []
    if kind is None:
        try:
            kind = _by_tree(text, dialect, told)
        except SqlglotError:
            kind = "other"
            trouble = [{"why": f"SQL that is not understood as that of {dialect}"}]
    changed = told.pop("changes", False)
    told["statement"] = "other" if kind == "select" and changed else kind
    if kind in ("drop", "alter", "truncate") and (what := next((word for word in words[1:4] if word in OBJECTS), "")):
        told["object"] = what
    if dialect in ("postgres", "mysql", "clickhouse", "tsql", "oracle", "snowflake", "bigquery"):
        told.update({"server": True} if "reads" in told or "writes" in told else {})
    return [told, *nested, *trouble]


def _tokens(text: str, dialect: str) -> list[Token]:
    """The tokens, those of statements that sqlglot keeps as one text included."""
    tokenizer = Dialect.get_or_raise(dialect)
    tokens = tokenizer.tokenize(text)
    if any(token.comments or token.token_type is TokenType.SEMICOLON for token in tokens):
        raise SqlglotError("the parser cuts it elsewhere")
    kept = tokens[1:2] and tokens[1].token_type is TokenType.STRING and text.rstrip().endswith(tokens[1].text)
    if kept and tokens[0].token_type in tokenizer.tokenizer_class.COMMANDS and tokens[1].text:
        return [tokens[0], *_tokens(tokens[1].text, dialect)]
    return tokens


def _removals(text: str) -> list[Read]:
    """What code in a string drops or truncates, told by its words."""
    return [{"statement": found.group(1).lower()} for found in list(_REMOVAL.finditer(text))[:1]]


def _by_words(words: list[str], told: Read) -> "str | None":
    """The kind of a statement that its first words tell; None asks for its tree."""
    first = words[0]
    if " ".join(words) in HARMLESS_STATEMENTS:
        return "select"
    if first in FIRST:
        return FIRST[first]
    if first == "pragma":
        return _pragma(words)
    if first == "create" and not {"extension", "language", "event", "function", "procedure"}.isdisjoint(words[1:5]):
        told["code"] = "other"
        return "other"
    if first in ("do", "load", "install") and "infile" not in words:
        told["code"] = "sql" if first == "do" else "other"
        return "other"
    if first == "show":
        return "select"
    if first == "copy":
        return "select" if "reads" not in told and "shell" not in told and "to" in words else "other"
    return "other" if first in OTHERS else None


def _pragma(words: list[str]) -> str:
    name = words[3] if words[2:3] == ["."] and len(words) > 3 else words[1] if len(words) > 1 else ""
    plain = "=" not in words
    return "select" if plain and (name in PRAGMAS or (name in PRAGMA_VALUES and "(" not in words)) else "alter"


def _by_tree(text: str, dialect: str, told: Read) -> str:
    parsed = Dialect.get_or_raise(dialect).parse(text)
    tree = parsed[0] if len(parsed) == 1 else None
    if tree is None:
        raise SqlglotError("not one statement")
    if {node.name.lower() for node in tree.find_all(*UNNAMED)} - HARMLESS - TELLING:
        told["changes"] = True
    if dialect == "duckdb":
        for found in tree.find_all(exp.Table):
            name = ".".join(part.name for part in found.parts if part.name)
            if _FILE.search(name):
                _add(told, "reads", None if "://" in name else name)
    if isinstance(tree, exp.Create) and tree.kind in ("FUNCTION", "PROCEDURE", "TRIGGER"):
        told["code"] = "sql" if tree.kind == "TRIGGER" else "other"
        return "other"
    for kind, name in TREES:
        if nodes := list(tree.find_all(kind)):
            if name in ("delete", "update") and any(map(_is_whole, nodes)):
                told["whole"] = True
            return name
    if isinstance(tree, exp.Command) or not isinstance(tree, (exp.Query, exp.Values, exp.Describe, exp.Show, exp.Use)):
        return "other"
    return "select"


def _is_whole(node: exp.Expr) -> bool:
    """Whether a delete or update takes every row: it has no condition, or one that looks at none (`where true`)."""
    where = node.args.get("where")
    if isinstance(node, exp.Merge) or (where is None and node.args.get("limit")):
        return False
    joined = [join.args.get("on") or join.args.get("using") for join in node.find_all(exp.Join)]
    conditions = [each for each in (where, *joined) if isinstance(each, exp.Expr)]
    return not any(each.find(exp.Column, exp.Query) for each in conditions)


def _files(tokens: list[Token], words: list[str], told: Read) -> None:
    """Files and commands that stand in statements of their own, or after words that nothing else means."""
    first = words[0]
    for place, word in enumerate(words):
        if tokens[place].token_type is TokenType.STRING:
            continue
        given = _string(tokens, place + 1)
        if word in ("outfile", "dumpfile") or (first == "vacuum" and word == "into"):
            _add(told, "writes", given)
        elif word == "infile":
            _add(told, "reads", given)
        elif word == "xp_cmdshell" or (word == "program" and first == "copy"):
            _add(told, "shell", given)
        elif first in MOVING and word in ("from", "to", "database", "=") and given is not None:
            _add(told, "writes" if first in ("export", "backup") or (word, first) == ("to", "copy") else "reads", given)
    if first == "attach":
        given = next((token.text for token in tokens[1:4] if token.token_type is TokenType.STRING), None)
        if given != ":memory:":
            _add(told, "writes", given)


def _functions(tokens: list[Token], words: list[str], told: Read) -> None:
    for place, word in enumerate(words[:-1]):
        if words[place + 1] != "(" or word not in SPECIAL or tokens[place].token_type is TokenType.STRING:
            continue
        if words[:2] == ["insert", "into"] and place == 2 and _string(tokens, place + 2) is None:
            continue  # a table and its columns
        what = SPECIAL[word]
        if what in ("reads", "writes"):
            given = place + (4 if word == "lo_export" else 2)
            alone = words[given + 1 : given + 2] in ([","], [")"])
            _add(told, what, _string(tokens, given) if alone else None)
        if what == "code":
            told["code"] = "other"
        if what != "reads":
            told["changes"] = True


def _nested(tokens: list[Token], words: list[str]) -> list[Read]:
    """What statements in strings remove, where those are run: DO, PREPARE, EXECUTE, functions that take a query."""
    running = words[0] in ("do", "prepare", "execute", "exec", "call", "declare", "begin", "set")
    running = running or any(
        word.startswith(("query_to_xml", "dblink", "query", "openquery", "sp_executesql")) for word in words
    )
    found: list[Read] = []
    for token in tokens if running else ():
        if token.token_type is not TokenType.IDENTIFIER and " " in token.text:
            found += _removals(token.text)
    return found


def _string(tokens: list[Token], place: int) -> "str | None":
    token = tokens[place] if place < len(tokens) else None
    return token.text if token and token.token_type in (TokenType.STRING, TokenType.IDENTIFIER) else None


def _add(told: Read, what: str, value: "str | None") -> None:
    known = told.setdefault(what, [])
    if value not in known:
        known.append(value)

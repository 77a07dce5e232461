"""Commands of the clients themselves: what runs a shell, touches files, or only tells something."""

import re
import shlex
from typing import Any

from leashd_hooks.sql.pieces import Client

Read = dict[str, Any]

#: Command -> what it does with its argument: shell, reads, writes, code, other, or tells.
SQLITE = {
    name: what
    for what, names in {
        "shell": "shell system",
        "reads": "read import",
        "writes": "output once excel open backup restore save clone log archive trace www session import_db edit",
        "code": "load",
        "other": "cd dbconfig parameter connection imposter testctrl recover unmodule filectrl auth vfsname",
        "tells": (
            "tables schema indexes databases dump fullschema dbinfo mode headers width nullvalue separator show stats"
            " timer timeout echo explain eqp bail help quit exit version print changes limit lint sha3sum binary crnl"
            " prompt progress scanstats selftest expert intck vfsinfo vfslist nonce maxrows maxwidth columns rows"
            " constant keyword large_number_rendering highlight highlight_colors render_errors"
        ),
    }.items()
    for name in names.split()
}
PSQL = {
    **dict.fromkeys(("!",), "shell"),
    **dict.fromkeys(("i", "ir", "include", "include_relative"), "reads"),
    **dict.fromkeys(("o", "out", "w", "write", "g", "gx", "s", "log"), "writes"),
    **dict.fromkeys(("gexec", "e", "edit", "ef", "ev", "setenv", "prompt", "password", "c", "connect", "copyright",
                     "set", "unset", "gset", "crosstabview", "watch", "if", "elif", "else", "endif", "bind", "gdesc",
                     "parse", "close_prepared", "cd", "encoding", "lo_unlink"), "other"),
    **dict.fromkeys(("q", "x", "t", "a", "h", "l", "z", "conninfo", "timing", "pset", "echo", "qecho", "warn",
                     "errverbose", "sf", "sv", "H", "C", "f", "T", "?", "r", "reset", "list",
                     "p", "print", "l+", "list+", "sf+", "sv+"), "tells"),
}  # fmt: skip
MYSQL = {"!": "shell", "system": "shell", ".": "reads", "source": "reads", "t": "writes", "tee": "writes",
         "p": "shell", "pager": "shell", "e": "other", "edit": "other", "g": "tells", "notee": "tells",
         "nopager": "tells", "c": "tells", "s": "tells", "status": "tells", "h": "tells", "help": "tells",
         "u": "tells", "w": "tells", "q": "tells", "n": "tells", "charset": "tells", "r": "other",
         "connect": "other"}  # fmt: skip
OTHERS = {"!": "shell", "!!": "shell", "!system": "shell", "!source": "reads", "!load": "reads", "!spool": "writes",
          ":r": "reads", ":out": "writes", ":error": "writes", "@": "reads", "!exit": "tells", "!quit": "tells",
          "!help": "tells"}  # fmt: skip


def read(line: str, client: Client) -> list[Read]:
    """What a line that is a command of the client does."""
    if client.commands == ".":
        return _dot(line)
    if client.dialect == "postgres":
        return _psql(line)
    if client.dialect == "mysql":
        return _mysql(line)
    if moved := re.fullmatch(r"(?i)(put|get)\s[^;]*?file://([^\s';*?]+)[^;]*;?", line):
        return _told("reads" if moved.group(1).lower() == "put" else "writes", moved.group(2))
    found = re.match(r"(!!|[!:]\w+|[!@])\s*(.*)", line, re.DOTALL)
    what = OTHERS.get(found.group(1).lower()) if found else None
    if found and what:
        return _told(what, found.group(2))
    return [{"statement": "other", "shell": [line[1:]]}] if line.startswith("!") else [_unknown(line)]


def _dot(line: str) -> list[Read]:
    """A command of sqlite3 or duckdb; any beginning of its name will do."""
    name, _, rest = line[1:].strip().partition(" ")
    name = name.lower()
    exact = SQLITE.get(name)
    meant = {exact} if exact else {what for full, what in SQLITE.items() if name and full.startswith(name)}
    found = [each for what in sorted(meant) for each in _told(what, rest.strip())]
    return found or [_unknown(line)]


def _psql(line: str) -> list[Read]:
    found = re.match(r"\\([?!]|[A-Za-z_]+\+?)\s*(.*)", line, re.DOTALL)
    if not found:
        return [_unknown(line)]
    name, rest = found.groups()
    if name == "!":
        return _told("shell", rest)
    if "`" in rest or (name.startswith("d") and "|" in rest):
        return [{"statement": "other", "shell": [None]}]
    if "\\" in rest:
        return [_unknown(line)]
    if name == "copy":
        return _copy(rest)
    if name.startswith("lo_"):
        return _told({"lo_import": "reads", "lo_export": "writes"}.get(name, "other"), rest)
    if re.fullmatch(r"d[A-Za-z]{0,3}\+?", name):
        return [{"statement": "select"}]
    what = PSQL.get(name)
    if what == "writes" and not rest:
        return [{"statement": "select"}]
    return _told(what, rest) if what else [_unknown(line)]


def _copy(rest: str) -> list[Read]:
    """`\\copy table from|to 'file'|program 'command'|stdin`."""
    found = re.search(
        r"(?i)\b(from|to)\s+(program\s+)?('(?:[^']|'')*'|\S+)(?!.*\b(?:from|to)\s+(?:program\s+)?')", rest
    )
    if not found:
        return [_unknown("\\copy")]
    direction, program, given = found.groups()
    given = given.strip("'").replace("''", "'")
    plain = not re.search(r"(?i)\b(insert|update|delete|merge)\b|\w\s*\(", rest.lstrip(" (")[: found.start()])
    told: Read = {"statement": "insert" if direction.lower() == "from" else "select" if plain else "other"}
    if program:
        told = {"statement": "other", "shell": [given]}
    elif given.lower() not in ("stdin", "stdout", "pstdin", "pstdout"):
        told["reads" if direction.lower() == "from" else "writes"] = [given]
    return [told]


def _mysql(line: str) -> list[Read]:
    found = re.match(r"\\(.)\s*(.*)|(\w+)\s*(.*)", line, re.DOTALL)
    if not found:
        return [_unknown(line)]
    name, rest = (found.group(1) or found.group(3)).lower(), found.group(2) or found.group(4) or ""
    what = MYSQL.get(name)
    if what == "tells" and rest and name in "gGcpn":
        return [_unknown(line)]  # another statement may follow
    return _told(what, rest.rstrip("; \n")) if what else [_unknown(line)]


def _told(what: "str | None", rest: str) -> list[Read]:
    if what == "shell":
        return [{"statement": "other", "shell": [rest or None]}]
    if what == "code":
        return [{"statement": "other", "code": "other"}]
    if what in ("reads", "writes"):
        try:
            words = [word for word in shlex.split(rest) if not word.startswith("-")]
        except ValueError:
            words = []
        if rest.startswith("|") or (words and words[0].startswith("|")):
            return [{"statement": "other", "shell": [(rest if rest.startswith("|") else words[0])[1:]]}]
        file = words[0] if len(words) == 1 or what == "reads" else words[-1] if words else None
        return [{what: [file]} if what == "writes" else {"statement": "other", what: [file]}]
    return [{"statement": "select" if what == "tells" else "other"}]


def _unknown(line: str) -> Read:
    return {"why": f"a command of the client that is not known: `{line.split(' ')[0][:40]}`"}

"""Database clients: everyday SQL is read in process, all other by a library in a process of its own."""

from leashd_hooks.hosts import reach
from leashd_hooks.shell.argv import read, table
from leashd_hooks.shell.invocation import Unknown
from leashd_hooks.shell.sqlsubset import read as everyday

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from leashd_hooks.model import Effect
    from leashd_hooks.shell.argv import Options
    from leashd_hooks.shell.invocation import Invocation, Value

#: name -> letters with a value, long flags with a value, flags with statements, flags with a file of them, flags with a
#: file that is written
CLIENTS: "dict[str, tuple[str, str, str, str, str]]" = {
    "psql": ("cdfhLoPpRTUvF",
             "--command --dbname --file --host --log-file --output --pset --port --record-separator --username"
             " --set --variable --field-separator --table-attr", "-c --command", "-f --file",
             "-o --output -L --log-file"),
    "mysql": ("DePhuSe", "--database --execute --host --port --user --socket --init-command --tee"
        " --defaults-file --defaults-extra-file", "-e --execute"
              " --init-command", "", "--tee"),
    "sqlite3": ("", "-cmd -init -separator -nullvalue -newline -lookaside -maxsize -mmap -vfs -key -hexkey -textkey",
                "-cmd",
                "-init", ""),
    "duckdb": ("csf", "-c -s -init -cmd -f -separator", "-c -cmd -s", "-init -f", ""),
    "mongosh": ("hpu", "--eval --host --port --username --password --file", "", "--file -f", ""),
    "redis-cli": ("hpasnuirdDX", "--user --pass --cert --key --cacert --rdb --eval --pipe-timeout", "", "--eval",
                  "--rdb"),
    "clickhouse-client": ("qhudf", "--query --host --user --database --port --password --format", "-q --query",
                          "--queries-file", ""),
    "sqlcmd": ("SUPdQqioHsvwhatlm", "", "-Q -q", "-i", "-o"),
    "snowsql": ("aurdswqfo", "--accountname --username --rolename --dbname --schemaname --warehouse --query --filename"
                " --option --config", "-q --query", "-f --filename", ""),
    "sqlplus": ("", "", "", "", ""),
}  # fmt: skip
ALIASES = {"mariadb": "mysql", "mongo": "mongosh", "valkey-cli": "redis-cli", "litecli": "sqlite3",
           "pgcli": "psql", "mycli": "mysql"}  # fmt: skip
REDIS_READS = table(
    "get mget keys scan info ttl type exists hget hgetall hkeys llen lrange smembers scard zrange dbsize strlen"
    " hmget sismember zscore memory slowlog lastsave"
)
#: What only tells whether the server answers.
REDIS_ALIVE = table("ping time")
REDIS = {"flushall": "truncate", "flushdb": "truncate", "del": "delete", "unlink": "delete", "hdel": "delete",
         "set": "update", "hset": "update", "mset": "update", "expire": "update", "lpush": "insert", "rpush": "insert",
         "sadd": "insert", "zadd": "insert", "incr": "update", "swapdb": "alter"}  # fmt: skip
LOCAL = ("localhost", "127.0.0.1", "::1")
TOOLS = {"dropdb": ("drop", "database"), "createdb": ("other", "database"), "dropuser": ("drop", "role"),
         "createuser": ("other", "role"), "pg_dump": ("select", "database"), "pg_dumpall": ("select", "database"),
         "mysqldump": ("select", "database"), "pg_restore": ("other", "database"), "mongodump": ("select", "database"),
         "mongorestore": ("other", "database"), "mysqladmin": ("other", "database"),
         "pg_isready": ("", "")}  # fmt: skip
#: What mongosh is told that removes tables, and rows without a condition.
MONGO_DROPS = (".dropdatabase(", ".drop(", ".dropcollection(")
MONGO_WIPES = (".deletemany({})", ".remove({})", ".deletemany()", ".remove()")


def effects(call: "Invocation") -> "list[Effect] | None":
    if call.name in TOOLS:
        return _tool(call)
    name = ALIASES.get(call.name, call.name)
    short, long, texts, files, written = CLIENTS[name]
    options = read(call.args, short=short, long=long.split(), single_dash=name in ("sqlite3", "duckdb"))
    found: list[Effect] = []
    for path in options.values(*written.split()):
        found.append(call.on_path("write", path, how="create"))
    for path in options.values(*files.split()):
        found += [call.on_path("read", path, how="content"), _told(call, name, "other")]
    settings = options.values("--defaults-file", "--defaults-extra-file")
    found += [call.on_path("read", path, how="content") for path in settings]
    for line in options.values("--pager"):
        found += [call.effect("code", language="shell", source="inline"), *call.shell(line)]
    given: list[Value] = options.values(*texts.split()) if texts else []
    if name == "redis-cli":
        return found + _redis(call, options)
    if name == "mongosh":
        return found + _mongo(call, options)
    if name in ("sqlite3", "duckdb"):
        if options.has("-version", "--version", "-help", "--help") and not options.words:
            return []
        given = [*given, *options.words[1:]]
    if not given and not options.has(*files.split(), "-l", "--list"):
        text = call.stdin.text
        given = [text if text is not None else Unknown("standard input")]
    for statement in given:
        found += _statements(call, name, statement)
    if name in ("sqlite3", "duckdb"):
        looks = bool(found) and all(effect.fields.get("statement") == "select" for effect in found)
        kind, how = ("read", "content") if looks else ("write", "edit")
        named = [word for word in options.words[:1] if word not in (":memory:", "")]
        found += [call.on_path(kind, _database(word), how=how) for word in named]
    return found


def _database(word: "Value") -> "Value":
    """The file that `sqlite3` and `duckdb` open: a plain name, or a URI such as `file:app.db?mode=ro`."""
    if isinstance(word, Unknown) or ":" not in word:
        return word
    scheme, _, rest = word.partition(":")
    path = rest.partition("?")[0].partition("#")[0]
    path = path.removeprefix("//localhost") if path.startswith("//localhost/") else path.removeprefix("//")
    if scheme.lower() != "file" or "%" in path or (rest.startswith("//") and not path.startswith("/")):
        return Unknown("a database that is no file by its name")
    return path


def _mongo(call: "Invocation", options: "Options") -> "list[Effect]":
    """JavaScript, of which only what drops tables or removes all rows is told."""
    given = [word for word in options.values("--eval") if isinstance(word, str)]
    text = "".join("".join(given).lower().split())
    wipes = any(mark in text for mark in MONGO_WIPES)
    statement = "drop" if any(mark in text for mark in MONGO_DROPS) else "delete" if wipes else "other"
    code = call.effect("code", language="javascript", source="inline")
    return [code, _told(call, "mongosh", statement, whole=wipes or None)]


def _is_ready(call: "Invocation") -> "list[Effect] | None":
    options = read(call.args, short="dhptU", long=("--dbname", "--host", "--port", "--timeout"))
    if options.unknown:
        return None
    return _reached(call, options.values("-h", "--host", "-d", "--dbname"))


def _reached(call: "Invocation", hosts: "list[Value]") -> "list[Effect]":
    """Whether the server answers that one of `hosts` names: a question where it is not this machine's."""
    found = []
    for host in hosts:
        name = host if isinstance(host, str) and "=" not in host and "/" not in host else None
        if host not in LOCAL:
            found.append(call.effect("network", host=name, direction="connect", reach=reach(name) if name else None))
    return found


def _told(
    call: "Invocation", engine: str, statement: "str | None", what: "str | None" = None, whole: "bool | None" = None
) -> "Effect":
    return call.effect("database", engine=engine, statement=statement, object=what, whole=whole)


def told_by(call: "Invocation", engine: str, text: "Value") -> "list[Effect]":
    """What a text of SQL does."""
    return _statements(call, engine, text)


def _statements(call: "Invocation", engine: str, text: "Value") -> "list[Effect]":
    if isinstance(text, Unknown):
        return [_told(call, engine, None)]
    read = everyday(text, engine)
    if read is None:
        read = call.sql(engine, text)
        if any("why" in one for one in read):
            read = [*read, *_removals(text)]
    return [effect for one in read for effect in _does(call, engine, one)]


def _does(call: "Invocation", engine: str, read: "dict[str, Any]") -> "list[Effect]":
    """The effects of one statement, in the words of `leashd_hooks.sql`."""
    if "why" in read:
        return [call.effect("opaque", why=read["why"]), _told(call, engine, None)]
    found = []
    if "statement" in read:
        found.append(_told(call, engine, read["statement"], read.get("object"), read.get("whole")))
    for file in read.get("reads", ()):
        found.append(call.on_path("read", _file(file, read), how="content"))
    for file in read.get("writes", ()):
        found.append(call.on_path("write", _file(file, read), how="create"))
    for line in read.get("shell", ()):
        found.append(call.effect("code", language="shell", source="inline"))
        found += [] if line is None else call.shell(line)
    if "code" in read:
        found.append(call.effect("code", language=read["code"], source="inline"))
    return found


def _file(name: "str | None", read: "dict[str, Any]") -> "Value":
    """A path as SQL names it: not relative to the client's directory where the server opens it, and without `~`."""
    if name is None or (read.get("server") and not name.startswith("/")):
        return Unknown("a file of the database")
    return "./" + name if name.startswith("~") else name


def _removals(text: str) -> "list[dict[str, Any]]":
    """What a text that could not be read plainly drops or truncates, told by its words."""
    found = []
    for words in statements(text):
        removing = [word for word in (words if words[0] == "do" else words[:1]) if word in ("drop", "truncate")]
        found += [{"statement": word} for word in removing[:1]]
    return found


def statements(text: str) -> "list[list[str]]":
    """The words of each statement in lower case, without comments, strings and quoted names."""
    found: list[list[str]] = []
    words: list[str] = []
    word = ""
    place = 0
    end = len(text)
    while place <= end:
        character = text[place : place + 1]
        skipped = _skip(text, place) if character and character in SKIPPED else place
        if skipped > place or not character or character in " \t\r\n;(),=<>+*":
            if word:
                words.append(word.lower())
            word = ""
            first = bool(words) and words[0][:1] in "\\."
            if (not character or character == ";" or (first and character == "\n")) and words:
                found.append(words)
                words = []
            place = max(skipped, place + 1)
            continue
        word += character
        place += 1
    return found


#: A comment, string or quoted name begins with one of these.
SKIPPED = "-#/'\"`"


def _skip(text: str, place: int) -> int:
    """The place after a comment, string or quoted name that begins at `place`; `place` when none does."""
    if text.startswith(("--", "#"), place):
        end = text.find("\n", place)
        return len(text) if end < 0 else end + 1
    if text.startswith("/*", place):
        if text.startswith("/*!", place):
            return place + 3 if not text[place + 3 : place + 4].isdigit() else place + 8  # MySQL runs what is inside
        end = text.find("*/", place + 2)
        return len(text) if end < 0 else end + 2
    if text[place] in "'\"`":
        end = text.find(text[place], place + 1)
        return len(text) if end < 0 else end + 1
    return place


def _redis(call: "Invocation", options: "Options") -> "list[Effect]":
    words = [None if isinstance(word, Unknown) else word.lower() for word in options.words]
    if not words:
        text = call.stdin.text
        lines = [line.split() for line in text.lower().split("\n") if line.strip()] if text is not None else []
        said = [_told(call, "redis-cli", REDIS.get(line[0], "other")) for line in lines]
        return said or [_told(call, "redis-cli", None)]
    verb = words[0]
    if verb is None:
        return [_told(call, "redis-cli", None)]
    if verb in REDIS_ALIVE and not options.strange(("-h", "-p", "-n", "--tls", "--no-auth-warning", "-a", "-u")):
        return _reached(call, options.values("-h", "-u"))
    if verb in REDIS_READS or (verb == "config" and words[1:2] == ["get"]):
        return [_told(call, "redis-cli", "select")]
    if verb in ("eval", "evalsha", "script", "function", "module", "config", "debug", "slaveof", "replicaof"):
        return [_told(call, "redis-cli", "other"), call.effect("code", language="other", source="inline")]
    return [_told(call, "redis-cli", REDIS.get(verb, "other"))]


def _tool(call: "Invocation") -> "list[Effect] | None":
    if call.name == "pg_isready":
        return _is_ready(call)
    statement, what = TOOLS[call.name]
    options = read(call.args, short="fhpUdFjnNtTuroPS", long=("--file", "--host", "--port", "--username", "--dbname",
                                                              "--format",
                   "--table", "--user", "--result-file", "--out", "--uri", "--db"))  # fmt: skip
    if call.name == "mysqladmin" and "drop" in options.words:
        statement = "drop"
    if options.has("-c", "--clean", "--drop", "--add-drop-database") and call.name in ("pg_restore", "mongorestore"):
        statement = "drop"
    found = [_told(call, call.name, statement, what)]
    writes = options.values("-f", "--file", "--result-file", "--out", "-o", "-r")
    found += [call.on_path("write", path, how="create") for path in writes if call.name != "mongorestore"]
    reads = options.words if call.name in ("pg_restore", "mongorestore") else []
    return found + [call.on_path("read", path, how="content") for path in reads]

"""Everyday SQL, read in process: one plain statement, or one command of the client that only lists.

Whatever is not surely understood gives None and goes to `leashd_hooks.sql`, which a property holds this reader against:
what is accepted here is never read as less than it is read there.  No comments, escapes, variables, second statements,
common table expressions; only functions that are known to compute and nothing else.
"""

from leashd_hooks.shell.argv import table

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    #: A statement: `statement`, `object` and `whole` as the effect `database` has them; see `leashd_hooks.sql`.
    Read = dict[str, Any]

MAX_LENGTH = 4096
BLANK = " \t\r\n"
LETTERS = "abcdefghijklmnopqrstuvwxyz_"
DIGITS = "0123456789"
OBJECTS = table(
    "table database schema view index role user function type sequence trigger column"
    " procedure owned extension stage warehouse dictionary server event"
)

#: Functions that compute and do nothing else, in every dialect that has them.
FUNCTIONS = table(
    "count sum avg min max abs round coalesce nullif lower upper length trim substr now date datetime version typeof"
)
#: Words that are no names here, because some dialect reads them as part of its grammar.
RESERVED = table(
    "select from where group by having order limit offset as and or not in is null like between distinct asc desc on"
    " join inner left right full outer cross natural using union except intersect all any some exists case when then"
    " else end cast into outfile dumpfile values insert update delete drop truncate alter create grant revoke set with"
    " table show explain describe analyze pragma attach detach copy load install call execute exec do begin commit"
    " rollback merge replace prepare handler lock for fetch window qualify sample tablesample pivot unpivot lateral"
    " unnest array struct map row interval date time timestamp datetime true false default current_date current_time"
    " current_timestamp current_user session_user user ignore force partition over filter within collate at only final"
    " prewhere settings format top percent procedure returning semi anti asof global connect start prior level rownum"
    " limit escape ilike glob regexp rlike similar match div mod xor binary isnull notnull kill cluster distribute sort"
    " use comment cache uncache refresh if elseif while loop return declare unload export import go next value old new"
    " nextval straight_join apply model match_recognize positional summarize lateral changes before version versions"
    " rows range system character charset national _utf8 tables get put list ls rm remove stream streams"
    " open close cursor primary foreign references unique check constraint key column index database schema view of to"
    " no nothing recursive materialized temp temporary transient"
)
COMPARISONS = table("= < > <= >= <> != + - * / % || and or like")
#: Listings: after the name at most one plain word follows.
LISTINGS = {
    "psql": table("\\d \\dt \\d+ \\dt+ \\di \\dn \\du \\df \\dv \\l \\l+ \\conninfo \\dx \\ds \\dp \\z"),
    "sqlite3": table(".tables .schema .indexes .databases .fullschema .dbinfo"),
    "duckdb": table(".tables .schema .databases"),
}


class Beyond(ValueError):
    """The text is not everyday SQL."""


#: How raw strings and bytes begin, where the letter is a word of its own.
PREFIXED = ("r'", 'r"', "b'", 'b"', "R'", 'R"', "B'", 'B"')


def read(text: str, client: str) -> "list[Read] | None":
    """What a text of SQL does, read the way `client` (psql, mysql, ...) would; None when it is not an everyday one."""
    text = text.strip(BLANK)
    if text[:1] in ("\\", "."):
        return _listing(text, client)
    if text.endswith(";"):
        text = text[:-1]
    if len(text) > MAX_LENGTH or not text.isascii() or ("\n" in text and "/" in text):
        return None  # some clients end a statement at a line of `/`
    if client == "bq" and any(mark in text for mark in PREFIXED):
        return None  # what may be a raw string is for the library
    try:
        return [Statement(_tokens(text, client)).read()]
    except (Beyond, RecursionError):
        return None


def _listing(text: str, client: str) -> "list[Read] | None":
    words = text.split(" ")
    plain = all(word and not word.lower().strip(LETTERS + DIGITS) for word in words[1:])
    if words[0] in LISTINGS.get(client, ()) and len(words) <= 2 and plain:
        return [{"statement": "select"}]
    return None


def _tokens(text: str, client: str) -> "list[str]":
    """Words in lower case, numbers, operators; a string is `'`, a quoted name `"`.  Raises Beyond."""
    found = []
    place = 0
    while place < len(text):
        end = place + 1
        character = text[place].lower()
        if character in BLANK:
            place = end
            continue
        if character in LETTERS or character in DIGITS:
            while text[end : end + 1].lower() in LETTERS + DIGITS and end < len(text):
                end += 1
            lexeme = text[place:end].lower()
            if character in DIGITS and lexeme.strip(DIGITS):
                raise Beyond
        elif character in "'\"":
            end, lexeme = _quoted(text, place, client), character
        else:
            end += text[place : place + 2] in ("<=", ">=", "<>", "!=", "||")
            lexeme = text[place:end]
            if (lexeme not in COMPARISONS and lexeme not in "(),.") or (lexeme == "." and client == "duckdb"):
                raise Beyond  # `data.csv` is a file there
            if text[end : end + 1] in "-*/" and end < len(text) and lexeme in "-/*":
                raise Beyond  # a comment
        found.append(lexeme)
        place = end
    return found


def _quoted(text: str, place: int, client: str) -> int:
    """Where a string or quoted name ends; it stands apart from words and other quotes and has nothing special in it."""
    end = text.find(text[place], place + 1) + 1
    inside = text[place + 1 : end - 1]
    around = text[max(place - 1, 0) : place] + text[end : end + 1]
    if not end or not inside or "\\" in inside or "{" in inside or "\n" in inside or around.strip(BLANK + "(),.=<>"):
        raise Beyond
    if text[place] == '"' and (client != "psql" or inside.lower().strip(LETTERS + DIGITS)):
        raise Beyond  # elsewhere it may be a string, or a file
    return end


class Statement:
    """The tokens of one statement and how far they are read."""

    __slots__ = ("_place", "_tokens")

    def __init__(self, tokens: "list[str]") -> None:
        self._tokens = [*tokens, ""]
        self._place = 0

    def read(self) -> "Read":
        """What it does.  Raises Beyond."""
        verb = self._next()
        if verb in ("drop", "truncate"):
            what = next((word for word in self._tokens[1:4] if word in OBJECTS), None)
            return {"statement": verb, "object": what} if what else {"statement": verb}
        found: Read = {"statement": "select"}
        if verb == "explain":
            if self._take("query"):
                self._want("plan")
            self._want("select")
            self._select()
        elif verb == "select":
            self._select()
        elif verb in ("show", "describe", "desc"):
            self._names_only()
        elif verb in ("delete", "update"):
            found = self._change(verb)
        elif verb == "insert":
            found["statement"] = verb
            self._insert()
        elif verb == "alter":
            self._want("table")
            self._name()
            self._addition()
            found = {"statement": verb, "object": "table"}
        else:
            raise Beyond
        if self._tokens[self._place]:
            raise Beyond
        return found

    # Statements

    def _select(self) -> None:
        self._take("distinct")
        if not self._take("*"):
            self._columns()
        if self._take("from"):
            self._source()
            while self._join():
                pass
            if self._take("where"):
                self._expression()
            if self._take("group"):
                self._want("by")
                self._expressions()
                if self._take("having"):
                    self._expression()
        if self._take("order"):
            self._want("by")
            self._expression()
            while self._take("asc") or self._take("desc") or self._take(","):
                if self._tokens[self._place - 1] == ",":
                    self._expression()
        if self._take("limit"):
            self._number()
            if self._take("offset"):
                self._number()

    def _columns(self) -> None:
        while True:
            self._expression()
            if self._take("as"):
                self._word()
            if not self._take(","):
                return

    def _source(self) -> None:
        self._name()
        if self._take("as") or self._is_word():
            self._word()

    def _join(self) -> bool:
        if self._take("left") or self._take("inner"):
            self._want("join")
        elif not self._take("join"):
            return False
        self._source()
        self._want("on")
        self._expression()
        return True

    def _change(self, verb: str) -> "Read":
        if verb == "delete":
            self._want("from")
        self._name()
        if verb == "update":
            self._want("set")
            while True:
                self._word()
                self._want("=")
                self._expression()
                if not self._take(","):
                    break
        if not self._take("where"):
            return {"statement": verb, "whole": True}
        start = self._place
        self._expression()
        names = [lexeme for lexeme in self._tokens[start : self._place] if lexeme[:1] in LETTERS]
        if all(name in RESERVED or name in FUNCTIONS for name in names):
            raise Beyond  # a condition that looks at no column may hold for every row
        return {"statement": verb}

    def _insert(self) -> None:
        self._want("into")
        self._name()
        if self._take("("):
            self._word()
            while self._take(","):
                self._word()
            self._want(")")
        self._want("values")
        while True:
            self._want("(")
            self._expressions()
            self._want(")")
            if not self._take(","):
                return

    def _addition(self) -> None:
        """What `alter table` adds or drops: a column with a plain type."""
        if not self._take("add"):
            self._want("drop")
        self._want("column")
        self._word()
        if self._is_word():
            self._word()

    def _names_only(self) -> None:
        for lexeme in self._tokens[self._place : -1]:
            if lexeme[0] not in LETTERS or lexeme in ("into", "analyze", "format"):
                raise Beyond
        self._place = len(self._tokens) - 1
        if self._place < 2:
            raise Beyond

    # Expressions

    def _expressions(self) -> None:
        self._expression()
        while self._take(","):
            self._expression()

    def _expression(self) -> None:
        self._take("not")
        while True:
            self._operand()
            if self._take("is"):
                self._take("not")
                self._want("null")
            elif self._take("in"):
                self._want("(")
                self._expressions()
                self._want(")")
            if self._tokens[self._place] not in COMPARISONS:
                return
            self._place += 1

    def _operand(self) -> None:
        lexeme = self._tokens[self._place]
        if lexeme == "'" or lexeme.isdigit():
            self._place += 1
            if lexeme != "'" and self._take("."):
                self._number()
        elif lexeme == "null":
            self._place += 1
        elif self._take("("):
            self._expression()
            self._want(")")
        elif self._tokens[self._place + 1 : self._place + 2] == ["("] and lexeme in FUNCTIONS:
            self._place += 2
            if lexeme == "count" and self._take("*"):
                pass
            elif lexeme not in ("now", "version") or self._tokens[self._place] != ")":
                self._expressions()
            self._want(")")
        else:
            self._name()
            if self._tokens[self._place] == "(":
                raise Beyond

    # Tokens

    def _name(self) -> None:
        self._word()
        if self._take("."):
            self._word()

    def _word(self) -> None:
        if not self._is_word():
            raise Beyond
        self._place += 1

    def _is_word(self) -> bool:
        lexeme = self._tokens[self._place]
        return lexeme == '"' or (lexeme[:1] in LETTERS and bool(lexeme) and lexeme not in RESERVED)

    def _number(self) -> None:
        if not self._next().isdigit():
            raise Beyond

    def _next(self) -> str:
        self._place += 1
        return self._tokens[self._place - 1]

    def _take(self, lexeme: str) -> bool:
        taken = self._tokens[self._place] == lexeme
        self._place += taken
        return taken

    def _want(self, lexeme: str) -> None:
        if not self._take(lexeme):
            raise Beyond

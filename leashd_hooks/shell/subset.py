"""The everyday command line, recognised in-process: words, quotes, `$NAME`, `&& || ; |`, newlines, simple redirects.

Whatever is not surely understood gives None and goes to shfmt; a property holds the two parsers against each other.
"""

from leashd_hooks.shell.tree import Node, Part, ShellRefused, Word, literal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from leashd_hooks.shell.clauses import Assign, Redirect

    Span = tuple[int, int]

#: So many words, and pieces of words, are read; three hundred lines of a script have some two thousand.
MAX_WORDS = 4000
#: A command counts as so many words more.
COMMAND = 2

LETTERS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_")
NAME = LETTERS | frozenset("0123456789")
PLAIN = NAME | frozenset("-./,:=+@%^*?[]{}~#!")
BREAK = frozenset(" \t\n;|&<>")

#: Words that start something other than a simple command in bash or zsh, or that shfmt reads in a special way.
RESERVED = frozenset((
    "!", "[[", "]]", "{", "}", "case", "coproc", "do", "done", "elif", "else", "end", "esac", "export", "fi", "for",
    "foreach", "function", "if", "in", "let", "local", "declare", "nameref", "nocorrect", "readonly", "repeat",
    "select", "then", "time", "typeset", "until", "while", "always", "float", "integer", "private", "noglob", "-",
    "@test",
))  # fmt: skip


class _Reader:
    """Reads one text from its start; a ValueError means that it is beyond the subset."""

    __slots__ = ("at", "end", "read", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.end = len(text)
        self.read = 0

    def count(self, words: int = 1) -> None:
        """Counts a word or a piece of one.  Raises ShellRefused where there are too many."""
        self.read += words
        if self.read > MAX_WORDS:
            raise ShellRefused("a command of too many words", bound=True)

    def peek(self, ahead: int = 0) -> str:
        place = self.at + ahead
        return self.text[place] if place < self.end else ""

    def blanks(self, newlines: bool = False) -> None:
        text, at, end = self.text, self.at, self.end
        while at < end and (text[at] in " \t" or (newlines and text[at] == "\n")):
            at += 1
        self.at = at

    def sequence(self) -> Node:
        children: list[Node] = []
        while True:
            self.blanks(newlines=True)
            if self.at >= self.end:
                break
            children.append(self.chain())
            self.blanks()
            if self.peek() == ";":
                self.at += 1
                if self.peek() in (";", "&", "|") and self.peek():
                    raise ValueError
            elif self.peek() not in ("", "\n"):
                raise ValueError
        span = (children[0].span[0], children[-1].span[1]) if children else (0, 0)
        return Node("seq", span, children)

    def chain(self) -> Node:
        children, operators = [self.pipe()], ""
        while self.text.startswith(("&&", "||"), self.at):
            operators += self.text[self.at : self.at + 2]
            self.at += 2
            self.blanks(newlines=True)
            children.append(self.pipe())
        if len(children) == 1:
            return children[0]
        return Node("chain", (children[0].span[0], children[-1].span[1]), children, text=operators)

    def pipe(self) -> Node:
        children = [self.simple()]
        while self.peek() == "|" and self.peek(1) not in ("|", "&"):
            self.at += 1
            self.blanks(newlines=True)
            children.append(self.simple())
        if len(children) == 1:
            return children[0]
        return Node("pipe", (children[0].span[0], children[-1].span[1]), children)

    def simple(self) -> Node:
        assigns: list[Assign] = []
        words: list[Word] = []
        redirects: list[Redirect] = []
        start = last = self.at
        self.count(COMMAND)
        while True:
            char = self.peek()
            if char in ("", "\n", ";", "|") or (char == "&" and self.peek(1) != ">"):
                break
            if char in "<>&" or self.descriptor():
                redirects.append(self.redirect())
            elif not words and (assign := self.assign()) is not None:
                assigns.append(assign)
            else:
                words.append(self.word(command=not words))
            last = self.at
            self.blanks()
        if last == start:
            raise ValueError
        return Node("simple", (start, last), words=words, assigns=assigns, redirects=redirects)

    def descriptor(self) -> bool:
        at = self.at
        while at < self.end and self.text[at] in "0123456789":
            at += 1
        return self.at < at < self.end and self.text[at] in "<>"

    def assign(self) -> "Assign | None":
        at, text = self.at, self.text
        if text[at] not in LETTERS:
            return None
        while at < self.end and text[at] in NAME:
            at += 1
        if at >= self.end or text[at] not in "=+[":
            return None
        if text[at] != "=":
            raise ValueError
        from leashd_hooks.shell.clauses import Assign

        name = text[self.at : at]
        self.at = at + 1
        if self.peek() == "" or self.peek() in BREAK:
            if self.peek() in ("<", ">"):
                raise ValueError
            return Assign(name, None)
        return Assign(name, self.word())

    def redirect(self) -> "Redirect":
        from leashd_hooks.shell.clauses import Redirect

        start, text = self.at, self.text
        while self.peek() in NAME:
            self.at += 1
        fd = text[start : self.at]
        for operator in ("&>>", "&>", ">>", ">&", ">", "<"):
            if text.startswith(operator, self.at):
                break
        else:
            raise ValueError
        self.at += len(operator)
        follow = self.peek()
        if follow == "" or follow in "&|<>!(" or (operator[0] == "&" and fd):
            raise ValueError
        if operator == ">&" and not (follow in "0123456789-" and self.peek(1) in ("", " ", "\n", ";", "|")):
            raise ValueError
        self.blanks()
        if self.peek() in ("", "\n", "!") or self.peek() in BREAK:
            raise ValueError
        target = self.word()
        if operator == "<" and self.peek() == ">":
            raise ValueError
        return Redirect(operator, fd, target)

    def word(self, command: bool = False) -> Word:
        start, text = self.at, self.text
        self.count()
        if text[start] in "=#":
            raise ValueError
        parts: list[Part] = []
        pieces = 1
        while self.at < self.end:
            char = text[self.at]
            if char in BREAK:
                break
            if len(parts) > pieces:
                pieces = len(parts)
                self.count()
            if char in PLAIN:
                self.plain(parts)
            elif char == "'":
                close = text.find("'", self.at + 1)
                if close < 0:
                    raise ValueError
                literal(parts, text[self.at + 1 : close], quoted=True)
                self.at = close + 1
            elif char == '"':
                self.double(parts)
            elif char == "\\":
                self.escape(parts)
            elif char == "$":
                self.parameter(parts, quoted=False)
            elif char > "\x7f":
                literal(parts, char, quoted=False)
                self.at += 1
            else:
                raise ValueError
        self.check(parts, text[start : self.at], command)
        return Word(parts, (start, self.at))

    def escape(self, parts: "list[Part]") -> None:
        follow = self.peek(1)
        if follow in ("", "\n"):
            raise ValueError
        literal(parts, follow, quoted=True)
        self.at += 2

    def plain(self, parts: "list[Part]") -> None:
        text, at, end = self.text, self.at, self.end
        while at < end and text[at] in PLAIN:
            at += 1
        literal(parts, text[self.at : at], quoted=False)
        self.at = at

    def check(self, parts: "list[Part]", raw: str, command: bool) -> None:
        if command and (raw in RESERVED or ("[" in raw and raw != "[") or "=" in raw or raw[0] in "{}"):
            raise ValueError
        if raw[0] == "{" and self.peek() in ("<", ">") and self.peek():
            raise ValueError

    def double(self, parts: "list[Part]") -> None:
        text = self.text
        self.at += 1
        start = at = self.at
        literal(parts, "", quoted=True)
        while True:
            if at >= self.end or text[at] == "`":
                raise ValueError
            char = text[at]
            if char not in '"\\$':
                at += 1
                continue
            if at > start:
                literal(parts, text[start:at], quoted=True)
            if char == '"':
                self.at = at + 1
                return
            if char == "$":
                self.at = at
                self.parameter(parts, quoted=True)
                start = at = self.at
                continue
            follow = text[at + 1] if at + 1 < self.end else "\n"
            if follow == "\n":
                raise ValueError
            start = at + 1 if follow in '$`"\\' else at
            at += 2

    def parameter(self, parts: "list[Part]", quoted: bool) -> None:
        text, at = self.text, self.at + 1
        if at >= self.end or text[at] not in LETTERS:
            raise ValueError
        self.count()
        while at < self.end and text[at] in NAME:
            at += 1
        parts.append(Part("param", text[self.at + 1 : at], quoted, brief=True))
        self.at = at


def parse(text: str) -> "Node | None":
    """The tree of an everyday command line, None when the text holds anything else."""
    try:
        return _Reader(text).sequence()
    except ValueError:
        return None

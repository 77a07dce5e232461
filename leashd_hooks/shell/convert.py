"""The JSON tree of mvdan/sh to ours.  Every node type is converted or refused, never passed over.

What zsh would read differently from bash becomes a `refused` part, so that the rest of the line is still judged.
"""

from leashd_hooks.shell.clauses import Assign, Redirect
from leashd_hooks.shell.subset import COMMAND, MAX_WORDS
from leashd_hooks.shell.tree import Node, Part, ShellRefused, Word, literal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    Json = dict[str, Any]

MAX_DEPTH = 64

ARITHMETIC_TESTS = frozenset(("-eq", "-ne", "-lt", "-gt", "-le", "-ge", "-v", "-R"))

#: What starts an expansion, whatever escapes or quotes made it.
_EXPANDS = frozenset("$`")

COMPARISONS = frozenset(("==", "!=", "<=", ">="))


class Converter:
    """One JSON tree to ours.  `inside` counts the places where single quotes do not protect `$`."""

    __slots__ = ("depth", "inside", "places", "text", "words")

    def __init__(self, text: str, data: bytes) -> None:
        self.text = text
        self.depth = 0
        self.words = 0
        self.inside = 0
        self.places: list[int] | None = None
        if len(data) != len(text):
            self.places = []
            for index, char in enumerate(text):
                self.places.extend([index] * len(char.encode()))
            self.places.append(len(text))

    def at(self, position: "Json") -> int:
        offset: int = position["Offset"]
        return offset if self.places is None else self.places[offset]

    def span(self, item: "Json") -> "tuple[int, int]":
        return (self.at(item["Pos"]), self.at(item["End"]))

    # Statements

    def sequence(self, statements: "Sequence[Json] | None") -> Node:
        children = [self.statement(one) for one in statements or ()]
        span = (children[0].span[0], children[-1].span[1]) if children else (0, 0)
        return Node("seq", span, children)

    def statement(self, item: "Json") -> Node:
        self.count(COMMAND)
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise ShellRefused("a command nested too deeply", bound=True)
        known = {"Pos", "End", "Position", "Semicolon", "Comments", "Cmd", "Redirs", "Negated", "Background"}
        if not known.issuperset(item):
            raise ShellRefused("a statement of another shell")
        redirects = [self.redirect(one) for one in item.get("Redirs", ())]
        command = item.get("Cmd")
        node = self.command(command) if command else Node("simple", self.redirect_span(item["Redirs"][0]))
        if redirects:
            node = self.redirected(node, redirects)
            ends = [node.span, *(self.redirect_span(one) for one in item["Redirs"])]
            node.span = (min(one[0] for one in ends), max(one[1] for one in ends))
        if item.get("Negated"):
            node = Node("not", node.span, [node])
        if item.get("Background"):
            node = Node("background", node.span, [node])
        self.depth -= 1
        return node

    def redirected(self, node: Node, redirects: "list[Redirect]") -> Node:
        if node.redirects:
            node = Node("group", node.span, [node])
        node.redirects = redirects
        return node

    def redirect_span(self, item: "Json") -> "tuple[int, int]":
        return (self.at(item["Pos"]), self.at(item["Word"]["End"]))

    def redirect(self, item: "Json") -> Redirect:
        operator, target = item["Op"], self.word(item["Word"])
        if self.text[target.span[0] : target.span[0] + 1] == "!":
            target = self.odd(target, "a redirection that zsh reads differently")
        if operator == "<" and self.text[target.span[1] : target.span[1] + 1] == ">":
            target = self.odd(target, "a numeric glob of zsh")
        heredoc = None
        if operator in ("<<", "<<-"):
            body = item.get("Hdoc")
            expands = all(part.kind == "literal" and not part.quoted for part in target.parts)
            parts = self.parts(body["Parts"], "heredoc" if expands else "raw") if body else []
            if operator == "<<-":
                _untab(parts)
            heredoc = Word(parts, self.span(body) if body else target.span)
        return Redirect(operator, item["N"]["Value"] if "N" in item else "", target, heredoc)

    def odd(self, word: Word, why: str) -> Word:
        return Word([*word.parts, Part("refused", why)], word.span)

    # Commands

    def command(self, item: "Json") -> Node:
        convert = COMMANDS.get(item["Type"])
        if convert is None:
            raise ShellRefused("a construct that is not known: " + str(item["Type"])[:40])
        node: Node = convert(self, item)
        return node

    def call(self, item: "Json") -> Node:
        assigns = [self.assign(one) for one in item.get("Assigns", ())]
        words = [self.word(one) for one in item.get("Args", ())]
        return Node("simple", self.span(item), words=words, assigns=assigns)

    def binary(self, item: "Json") -> Node:
        operator = item["Op"]
        names = ("&&", "||") if operator in ("&&", "||") else ("|", "|&")
        if operator not in names:
            raise ShellRefused("an operator that is not known")
        tail, operators = [item["Y"]], [operator]
        head = item["X"]
        while _bare(head) and head["Cmd"]["Type"] == "BinaryCmd" and head["Cmd"]["Op"] in names:
            head = head["Cmd"]
            tail.append(head["Y"])
            operators.append(head["Op"])
            head = head["X"]
        children = [self.statement(one) for one in (head, *reversed(tail))]
        span = (children[0].span[0], children[-1].span[1])
        if names[0] == "&&":
            return Node("chain", span, children, text="".join(reversed(operators)))
        return Node("pipe", span, children, text="|&" if "|&" in operators else "")

    def block(self, item: "Json") -> Node:
        kind = "group" if item["Type"] == "Block" else "subshell"
        return Node(kind, self.span(item), [self.sequence(item.get("Stmts"))])

    def conditional(self, item: "Json") -> Node:
        children = [self.sequence(item.get("Cond")), self.sequence(item.get("Then"))]
        other = item.get("Else")
        if other is not None:
            children.append(self.conditional(other) if "Cond" in other else self.sequence(other.get("Then")))
        return Node("if", self.span(item), children)

    def loop(self, item: "Json") -> Node:
        children = [self.sequence(item.get("Cond")), self.sequence(item.get("Do"))]
        return Node("while", self.span(item), children)

    def iteration(self, item: "Json") -> Node:
        head, span = item["Loop"], self.span(item)
        if head["Type"] == "WordIter":
            words = [self.word(one) for one in head.get("Items", ())]
            body = [self.sequence(item.get("Do"))]
            kind = "select" if item.get("Select") else "for"
            return Node(kind, span, body, words, text=head["Name"]["Value"], flag="InPos" not in head)
        if head["Type"] != "CStyleLoop":
            raise ShellRefused("a loop that is not known")
        words = [word for name in ("Init", "Cond", "Post") for word in self.expression(head.get(name))]
        return Node("loop", span, [self.sequence(item.get("Do"))], words)

    def case(self, item: "Json") -> Node:
        words, children = [self.word(item["Word"])], []
        for branch in item.get("Items", ()):
            words.extend(self.word(one) for one in branch.get("Patterns", ()))
            body = self.sequence(branch.get("Stmts"))
            body.text = branch["Op"]
            children.append(body)
        return Node("case", self.span(item), children, words)

    def function(self, item: "Json") -> Node:
        if "Name" not in item:
            raise ShellRefused("a function without one name")
        return Node("function", self.span(item), [self.statement(item["Body"])], text=item["Name"]["Value"])

    def declaration(self, item: "Json") -> Node:
        variant = item["Variant"]
        words = [Word([Part("literal", variant["Value"])], self.span(variant))]
        assigns = []
        for one in item.get("Args", ()):
            if not one.get("Naked"):
                assigns.append(self.assign(one))
            elif "Value" in one:
                words.append(self.word(one["Value"]))
            else:
                words.append(Word([Part("literal", one["Name"]["Value"])], self.span(one["Name"])))
                words.extend(self.expression(one.get("Index")))
        return Node("declare", self.span(item), words=words, assigns=assigns)

    def prefixed(self, item: "Json") -> Node:
        kind = "time" if item["Type"] == "TimeClause" else "coproc"
        children = [self.statement(item["Stmt"])] if "Stmt" in item else []
        words = [self.word(item["Name"])] if "Name" in item else []
        return Node(kind, self.span(item), children, words)

    def let(self, item: "Json") -> Node:
        words = [word for one in item["Exprs"] for word in self.expression(one)]
        return Node("arithmetic", self.span(item), words=words)

    def arithmetic(self, item: "Json") -> Node:
        return Node("arithmetic", self.span(item), words=self.expression(item.get("X")))

    def test(self, item: "Json") -> Node:
        words: list[Word] = []
        flag = self.test_words(item["X"], words)
        return Node("test", self.span(item), words=words, flag=flag)

    def test_words(self, item: "Json", words: "list[Word]") -> bool:
        kind = item["Type"]
        if kind == "Word":
            words.append(self.word(item))
            return False
        if kind not in ("BinaryTest", "UnaryTest", "ParenTest"):
            raise ShellRefused("a test that is not known")
        flag = item.get("Op") in ARITHMETIC_TESTS
        self.inside += flag
        for name in ("X", "Y"):
            if name in item:
                flag = self.test_words(item[name], words) or flag
        self.inside -= item.get("Op") in ARITHMETIC_TESTS
        return flag

    def expression(self, item: "Json | None") -> "list[Word]":
        """The words of an arithmetic expression."""
        if item is None:
            return []
        kind = item["Type"]
        if kind == "Word":
            self.inside += 1
            word = self.word(item)
            self.inside -= 1
            if any(part.kind == "literal" and not _EXPANDS.isdisjoint(part.text) for part in word.parts):
                word = self.odd(word, "an escape that does not protect in arithmetic")
            return [word]
        if kind not in ("BinaryArithm", "UnaryArithm", "ParenArithm"):
            raise ShellRefused("arithmetic that is not known")
        left = self.expression(item.get("X"))
        operator = item.get("Op", "")
        if left and (operator in ("++", "--") or (operator[-1:] == "=" and operator not in COMPARISONS)):
            left[0].parts[0].op += "="
        return left + self.expression(item.get("Y"))

    def assign(self, item: "Json") -> Assign:
        index = self.expression(item.get("Index"))
        value = self.word(item["Value"]) if "Value" in item else None
        array = None
        if "Array" in item:
            elements = item["Array"].get("Elems", ())
            index += [word for one in elements for word in self.expression(one.get("Index"))]
            array = [self.word(one["Value"]) for one in elements if "Value" in one]
        return Assign(item["Name"]["Value"], value, bool(item.get("Append")), index, array)

    # Words

    def count(self, words: int = 1) -> None:
        """Counts a word or a piece of one.  Raises ShellRefused where there are too many."""
        self.words += words
        if self.words > MAX_WORDS:
            raise ShellRefused("a command of too many words", bound=True)

    def word(self, item: "Json") -> Word:
        self.count()
        word = Word(self.parts(item["Parts"], ""), self.span(item))
        first = word.parts[0] if word.parts else None
        if first is not None and first.kind == "literal" and not first.quoted and first.text[:1] == "=":
            whole = first.text if len(word.parts) == 1 else ""
            if whole not in ("=", "==", "=~") and not self.inside:
                return self.odd(word, "a word that zsh replaces by a path: `=name`")
        return word

    def parts(self, items: "Sequence[Json]", mode: str) -> "list[Part]":
        """Word parts; `mode` is "" outside quotes, "double", "heredoc" or "raw" inside."""
        found: list[Part] = []
        raw = ""
        for item in items:
            if item["Type"] == "Lit":
                raw += item["Value"]
                continue
            _text(found, raw, mode)
            raw = ""
            self.part(item, mode, found)
        _text(found, raw, mode)
        return found

    def part(self, item: "Json", mode: str, found: "list[Part]") -> None:
        self.count()
        kind, quoted = item["Type"], mode != ""
        if kind == "SglQuoted":
            self.single(item, found)
        elif kind == "DblQuoted":
            if item.get("Dollar"):
                found.append(Part("refused", "a translated string"))
            literal(found, "", quoted=True)
            for part in self.parts(item.get("Parts", ()), "double"):
                if part.kind == "literal":
                    literal(found, part.text, quoted=True)
                else:
                    found.append(part)
        elif kind == "ParamExp":
            found.append(self.parameter(item, quoted))
        elif kind == "CmdSubst":
            self.substitution(item, quoted, found)
        elif kind == "ProcSubst":
            if item["Op"] not in ("<(", ">("):
                raise ShellRefused("a substitution of another shell")
            found.append(Part("process", op=item["Op"], body=self.inner(item)))
        elif kind == "ArithmExp":
            found.append(Part("arithmetic", quoted=quoted, words=self.expression(item.get("X"))))
        elif kind == "ExtGlob":
            found.append(Part("refused", "a pattern with parentheses, which zsh may run"))
        else:
            raise ShellRefused("a word that is not known: " + str(kind)[:40])

    def single(self, item: "Json", found: "list[Part]") -> None:
        value = item.get("Value", "")
        decoded: str | None = value
        if item.get("Dollar"):
            from leashd_hooks.shell.ansi import decode

            decoded = decode(value)
        if decoded is None:
            found.append(Part("refused", "an escape that is no text"))
        elif self.inside and not _EXPANDS.isdisjoint(value + decoded):
            found.append(Part("refused", "single quotes that do not protect"))
        else:
            literal(found, decoded, quoted=True)

    def substitution(self, item: "Json", quoted: bool, found: "list[Part]") -> None:
        start, end = self.span(item)
        if item.get("Backquotes") and "\\" in self.text[start:end]:
            found.append(Part("refused", "a backslash inside backquotes"))
        if item.get("TempFile") or item.get("ReplyVar"):
            found.append(Part("refused", "a substitution that changes the shell"))
        found.append(Part("command", quoted=quoted, body=self.inner(item)))

    def inner(self, item: "Json") -> Node:
        inside, self.inside = self.inside, 0
        body = self.sequence(item.get("Stmts"))
        self.inside = inside
        return body

    def parameter(self, item: "Json", quoted: bool) -> Part:
        known = {"Type", "Pos", "End", "Dollar", "Rbrace", "Short", "Param", "Excl", "Length", "Index"}
        known.update(("Slice", "Repl", "Names", "Exp"))
        if not known.issuperset(item) or "Param" not in item:
            return Part("refused", "an expansion of another shell")
        name, words = item["Param"]["Value"], self.expression(item.get("Index"))
        operator = "!" if item.get("Excl") else "#" if item.get("Length") else ""
        self.inside += 1
        for key, fields in (("Slice", ("Offset", "Length")), ("Repl", ("Orig", "With")), ("Exp", ("Word",))):
            if key in item:
                operator += item[key].get("Op", {"Slice": ":", "Repl": "/"}.get(key, ""))
                for field in fields:
                    read = self.expression if key == "Slice" else self.operand
                    words.extend(read(item[key].get(field)))
        self.inside -= 1
        if "Names" in item:
            operator += "names"
        if "Index" in item:
            operator += "["
        if operator == "@" and words and dump_text(words[0]) not in ("Q", "U", "u", "L", "a", "A", "K", "k", "E"):
            return Part("refused", "an expansion that runs its value")
        kind = "expand" if operator else "param"
        return Part(kind, name, quoted, operator, words, brief=bool(item.get("Short")))

    def operand(self, item: "Json | None") -> "list[Word]":
        if item is None:
            return []
        return [self.word(item)] if item.get("Type", "Word") == "Word" else self.expression(item)


COMMANDS = {
    "CallExpr": Converter.call,
    "BinaryCmd": Converter.binary,
    "Block": Converter.block,
    "Subshell": Converter.block,
    "IfClause": Converter.conditional,
    "WhileClause": Converter.loop,
    "ForClause": Converter.iteration,
    "CaseClause": Converter.case,
    "FuncDecl": Converter.function,
    "DeclClause": Converter.declaration,
    "TimeClause": Converter.prefixed,
    "CoprocClause": Converter.prefixed,
    "LetClause": Converter.let,
    "ArithmCmd": Converter.arithmetic,
    "TestClause": Converter.test,
}


def dump_text(word: Word) -> str:
    """The literal text of a word."""
    return "".join(part.text for part in word.parts if part.kind == "literal")


def _bare(statement: "Json") -> bool:
    return not any(statement.get(name) for name in ("Redirs", "Negated", "Background")) and "Cmd" in statement


def _untab(parts: "list[Part]") -> None:
    first = True
    for part in parts:
        if part.kind == "literal":
            lines = part.text.split("\n")
            part.text = "\n".join(line.lstrip("\t") if first or index else line for index, line in enumerate(lines))
        first = False


def _text(found: "list[Part]", raw: str, mode: str) -> None:
    """Adds the parts of raw literal text: escapes become quoted literals."""
    if not raw:
        return
    if mode == "raw":
        literal(found, raw, quoted=True)
        return
    quoted, at, end = mode != "", 0, len(raw)
    special = '$`"\\' if mode == "double" else "$`\\"
    while at < end:
        stop = at
        while stop < end and raw[stop] not in "\\$":
            stop += 1
        if stop > at:
            literal(found, raw[at:stop], quoted)
        if stop >= end:
            return
        follow = raw[stop + 1 : stop + 2]
        at = stop + 2
        if raw[stop] == "$":
            if follow and follow in "=~^+":
                found.append(Part("refused", "an expansion that zsh reads differently"))
            literal(found, "$", quoted)
            at = stop + 1
        elif follow == "\n":
            continue
        elif not quoted:
            literal(found, follow or "\\", quoted=True)
        elif follow and follow in special:
            literal(found, follow, quoted=True)
        else:
            literal(found, "\\", quoted=True)
            at = stop + 1

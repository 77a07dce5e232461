"""One small tree for both parsers: what a command line says, before anything in it is expanded.

Spans are (start, end) character offsets into the command line.  Trees compare by what `dump` says of them, so that the
two parsers can be held against each other.
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from leashd_hooks.shell.clauses import Assign, Redirect

    Span = tuple[int, int]


class ShellRefused(Exception):
    """The text is not understood well enough to be judged; `why` says what about it, `bound` that it is too large."""

    def __init__(self, why: str, bound: bool = False) -> None:
        super().__init__(why)
        self.why = why
        self.bound = bound


class Part:
    """A piece of a word.

    kind      literal    `text`, with escapes removed; `op` is `=` where arithmetic assigns to the variable of that name
              param      `$text`; `words` is the subscript
              expand     `${text...}` with an operator `op`; `words` are its operands and subscripts
              command    `$(...)`; `body` is the list inside
              process    `<(...)` or `>(...)`, told by `op`; `body` is the list inside
              arithmetic `$((...))`; `words` are the words inside
              refused    a piece whose meaning depends on the shell; `text` says why
    quoted    whether the piece is protected from splitting and globbing
    brief     `$name` without braces, which zsh reads further than bash (`$x:h`, `$x[1]`)
    """

    __slots__ = ("body", "brief", "kind", "op", "quoted", "text", "words")

    def __init__(
        self,
        kind: str,
        text: str = "",
        quoted: bool = False,
        op: str = "",
        words: "Sequence[Word]" = (),
        body: "Node | None" = None,
        brief: bool = False,
    ) -> None:
        self.kind = kind
        self.text = text
        self.quoted = quoted
        self.op = op
        self.words = words
        self.body = body
        self.brief = brief


class Word:
    """Parts that stand together without a blank between them."""

    __slots__ = ("parts", "span")

    def __init__(self, parts: "Sequence[Part]", span: "Span") -> None:
        self.parts = parts
        self.span = span


class Node:
    """A command of any kind.

    kind       simple     `assigns`, `words`, `redirects`
               declare    `words[0]` is `export`, `local`, ...; its assignments are in `assigns`
               seq        `children` one after the other
               chain      `children` joined by the two-character operators in `text` (`&&`, `||`), left to right
               pipe       `children`; `text` is `|&` when errors go along anywhere
               background, subshell, group, not, time, coproc: `children[0]`
               function   `text` is its name, `children[0]` its body
               if         `children` are condition, then-list, and the else-list when there is one
               for        `text` is the variable, `words` the items (`flag`: no `in`), `children[0]` the body
               select     like `for`
               loop       `for ((...))`: `words` of the arithmetic, `children[0]` the body
               while      `children` are condition and body (until is the same to us)
               case       `words` are the subject and all patterns, `children` the branches
               test       `[[ ]]`: `words`; `flag` when it holds an arithmetic comparison
               arithmetic `(( ))` and `let`: `words`
               refused    `text` says why
    """

    __slots__ = ("assigns", "children", "flag", "kind", "redirects", "span", "text", "words")

    def __init__(
        self,
        kind: str,
        span: "Span",
        children: "Sequence[Node]" = (),
        words: "Sequence[Word]" = (),
        assigns: "Sequence[Assign]" = (),
        redirects: "Sequence[Redirect]" = (),
        text: str = "",
        flag: bool = False,
    ) -> None:
        self.kind = kind
        self.span = span
        self.children = children
        self.words = words
        self.assigns = assigns
        self.redirects = redirects
        self.text = text
        self.flag = flag


def literal(parts: "list[Part]", text: str, quoted: bool) -> None:
    """Adds literal text to `parts`, joining it with a literal before it that is quoted alike."""
    if parts and parts[-1].kind == "literal" and parts[-1].quoted == quoted:
        parts[-1].text += text
    else:
        parts.append(Part("literal", text, quoted))


def dump(item: object) -> object:
    """The tree as nested tuples, for comparing and printing."""
    if hasattr(item, "__slots__"):
        return (type(item).__name__, *(dump(getattr(item, name)) for name in item.__slots__))
    if isinstance(item, (list, tuple)):
        return tuple(dump(one) for one in item)
    return item

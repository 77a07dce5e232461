"""Words that are more than plain text to values: tilde, variables, braces, splitting and globs, as far as is known."""

from leashd_hooks.shell.invocation import Anywhere, Pattern, Unknown
from leashd_hooks.shell.tree import Part, ShellRefused
from leashd_hooks.shell.words import PIPED, runs_in_arithmetic

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from leashd_hooks.model import Effect
    from leashd_hooks.shell.invocation import Value
    from leashd_hooks.shell.state import State
    from leashd_hooks.shell.tree import Word
    from leashd_hooks.shell.words import Substitute

    Token = str | Part

MAX_BRACES = 1024
#: Characters of all the words that braces make of one.
MAX_BRACED = 30_000
#: What variables may make of a word.
MAX_TEXT = 262_144
#: Each brace is looked for in the rest of the word.
MAX_STEPS = 200_000


class Piped(str):
    """The file name that stands for a process substitution; `effects` are those of the commands in it."""

    __slots__ = ("effects", "op", "programs")

    effects: "list[Effect]"
    op: str


class Array(Unknown):
    """An array: what a subscript gives is unknown, and in all likelihood one or all of `items`."""

    __slots__ = ("items",)

    def __init__(self, why: str, items: "Sequence[Value]") -> None:
        effects = [effect for item in items if isinstance(item, Unknown) for effect in item.effects]
        super().__init__(why, "", effects)
        self.items = items


def fields(word: "Word", state: "State", substitute: "Substitute") -> "list[Value]":
    """The words that `word` becomes in a command: braces expanded, unquoted values split."""
    found: list[Value] = []
    for parts in braces(word.parts):
        real = [part for part in parts if part.kind != "literal" or part.text]
        if len(real) == 1 and real[0].kind == "param" and real[0].text in ("@", "*"):
            found.extend(_all_positional(real[0], state))
            continue
        values = _words(parts, state, substitute)
        found.extend(values)
        first = values[0] if len(values) == 1 else None
        likely = _likely(parts, state) if isinstance(first, Unknown) else None
        if likely is not None and isinstance(first, Unknown):
            first.likely = [value for piece in likely for value in _words(piece, state, substitute)]
    return found


def _words(parts: "Sequence[Part]", state: "State", substitute: "Substitute") -> "list[Value]":
    """The words of parts without a variable that splits: an unquoted `$(...)` that stands alone may be several."""
    if len(parts) == 1 and parts[0].kind == "command" and not parts[0].quoted and "IFS" not in state.variables:
        effects, output = substitute(parts[0], state)
        if output is None:
            return [Unknown("$(...)", "", effects)]
        return [Pattern(word) if _splits(word) is None else word for word in output.split()]
    value = _evaluate(parts, state, substitute, splits=True)
    return [] if value is None else [value]


#: Operators that put a default in the place of a variable without a value.
DEFAULTS = (":-", "-", ":=", "=")


def _likely(parts: "Sequence[Part]", state: "State") -> "list[list[Part]] | None":
    """The words that an unknown one is in all likelihood: bash splits what zsh does not, a variable has its default."""
    words: list[list[Part]] = [[]]
    changed = False
    for part in parts:
        value = _blanks(part, state)
        items = _items(part, state)
        if items is not None:
            changed = True
            for place, item in enumerate(items):
                if place:
                    words.append([])
                words[-1].append(part if isinstance(item, Unknown) else Part("literal", str(item), quoted=True))
            continue
        if part.kind == "expand" and part.op in DEFAULTS and len(part.words) == 1:
            words[-1].extend(part.words[0].parts)
            changed = True
            continue
        if value is None:
            words[-1].append(part)
            continue
        changed = True
        for place, text in enumerate(value.replace("\t", " ").replace("\n", " ").split(" ")):
            if place:
                words.append([])
            if text:
                words[-1].append(Part("literal", text, quoted=_splits(text) is False))
    return [word for word in words if word] if changed else _below_some_directory(parts)


def _below_some_directory(parts: "Sequence[Part]") -> "list[list[Part]] | None":
    """`$D/.env` as `./.env`: whatever the directory, the name is known."""
    path = parts[-1].text.partition("/")[2] if parts[-1].kind == "literal" else ""
    if not path or ".." in path or len(parts) < 2 or parts[0].text.startswith("/dev/"):
        return None
    return [[Part("literal", "./" + path, quoted=parts[-1].quoted)]]


def _blanks(part: Part, state: "State") -> "str | None":
    """The value of an unquoted variable that holds blanks."""
    if part.kind != "param" or part.quoted or part.words or "IFS" in state.variables:
        return None
    value = " " if part.text == "IFS" else state.lookup(part.text)
    return value if isinstance(value, str) and _splits(value) and not isinstance(value, Pattern) else None


def _items(part: Part, state: "State") -> "Sequence[Value] | None":
    """The elements of an array that a part in all likelihood stands for, None where it names no array."""
    array = state.lookup(part.text) if part.kind == "param" or part.op == "[" else None
    if not isinstance(array, Array) or not array.items:
        return None
    subscript = single(part.words[0], state, _nothing) if part.words else "0"
    items = array.items
    if subscript == "*" and part.quoted:
        return [" ".join([str(item) for item in items])]
    if isinstance(subscript, str) and subscript.isdigit():
        items = items[int(subscript) :][:1] or items[-1:]
    if part.quoted:
        return items
    return [word for item in items for word in ([item] if isinstance(item, Unknown) else item.split())]


def _nothing(part: Part, state: "State") -> "tuple[list[Effect], str | None]":
    """Stands for a substitution that was walked already."""
    return [], None


def single(word: "Word", state: "State", substitute: "Substitute", assigned: bool = False) -> "Value":
    """The one value of a word that is neither split nor brace expanded."""
    value = _evaluate(word.parts, state, substitute, splits=False, assigned=assigned)
    return "" if value is None else value


def _all_positional(part: Part, state: "State") -> "Sequence[Value]":
    given = state.positional
    if given is None or (part.text == "*" and part.quoted):
        return [Unknown("$" + part.text)]
    if part.quoted:
        return given
    whole = [value for value in given if value != ""]
    return [value if isinstance(value, Unknown) or _splits(value) is False else Unknown("$@") for value in whole]


class _Text:
    """A value in the making: the plain text, the text as a pattern, and what made it unknown."""

    __slots__ = ("assigned", "effects", "glob", "pattern", "plain", "prefix", "splits", "started", "why")

    def __init__(self, splits: bool, assigned: bool) -> None:
        self.plain = ""
        self.pattern = ""
        self.glob = False
        self.why = ""
        self.prefix = ""
        self.effects: list[Effect] = []
        self.started = False
        self.splits = splits
        self.assigned = assigned

    def add(self, text: str, quoted: bool) -> None:
        self.plain += text
        if len(self.plain) > MAX_TEXT:
            raise ShellRefused("a word that grows too long", bound=True)
        self.pattern += _escaped(text) if quoted else text
        self.started = True

    def unknown(self, why: str, effects: "Sequence[Effect]" = ()) -> None:
        if not self.why:
            self.why, self.prefix = why, self.plain
        self.effects.extend(effects)
        self.started = True

    def value(self) -> "Value | None":
        if self.why:
            return Unknown(self.why, self.prefix, self.effects)
        if not self.started:
            return None
        if self.glob and self.splits:
            return Pattern(self.pattern)
        return self.plain


def _evaluate(
    parts: "Sequence[Part]", state: "State", substitute: "Substitute", splits: bool, assigned: bool = False
) -> "Value | None":
    text = _Text(splits, assigned)
    for index, part in enumerate(parts):
        kind = part.kind
        if kind == "literal":
            _literal(part, index == 0, text, state)
        elif kind in ("param", "expand"):
            _parameter(part, parts[index + 1] if index + 1 < len(parts) else None, text, state, substitute)
        elif kind == "command":
            effects, output = substitute(part, state)
            if output is not None and (part.quoted or not splits or _splits(output) is False):
                text.add(output, quoted=True)
                text.effects.extend(effects)
            else:
                text.unknown("$(...)", _carried(part, effects))
        elif kind == "process":
            effects, _ = substitute(part, state)
            if len(parts) == 1:
                return _piped(part, effects)
            text.unknown("<(...)", effects)
        elif kind == "arithmetic":
            _operands(part, state, substitute, text)
            text.unknown("$((...))")
        else:
            substitute(part, state)
            text.unknown(part.text)
    value = text.value()
    return Anywhere(value) if isinstance(value, Pattern) and "&hidden" in state.variables else value


def _carried(part: Part, effects: "list[Effect]") -> "Sequence[Effect]":
    """The effects whose text a substitution hands on: a count says nothing of what was counted."""
    if part.body is None or not any(effect.kind in ("read", "network") for effect in effects):
        return effects
    from leashd_hooks.shell.arithmetic import counts

    return () if counts(part.body, effects) else effects


def _piped(part: Part, effects: "list[Effect]") -> Piped:
    value = Piped(PIPED)
    value.effects = effects
    value.op = part.op
    return value


def _literal(part: Part, first: bool, text: _Text, state: "State") -> None:
    raw = part.text
    if part.quoted:
        text.add("./" + raw if first and raw[:1] == "~" and text.splits else raw, quoted=True)
        return
    if first and raw[:1] == "~":
        raw = _tilde(raw, text, state)
    if text.assigned and ":~" in raw:
        text.unknown("`~` in a list")
    if raw[:1] == "^" or "/^" in raw:
        text.unknown("`^` is a pattern in zsh")
    if "*" in raw or "?" in raw or ("[" in raw and "]" in raw[raw.index("[") :]):
        text.glob = True
    text.add(raw, quoted=False)


def _tilde(raw: str, text: _Text, state: "State") -> str:
    name, slash, rest = raw.partition("/")
    if text.assigned:
        name, rest, slash = (raw[:1], raw[1:], "") if raw[1:2] == ":" else (name, rest, slash)
    if name == "~":
        home = state.lookup("HOME")
        if isinstance(home, str):
            text.add(home, quoted=True)
            return slash + rest
    elif name == "~+" and state.cwd is not None:
        text.add(state.cwd, quoted=True)
        return slash + rest
    text.unknown(name)
    return raw


def _parameter(part: Part, after: "Part | None", text: _Text, state: "State", substitute: "Substitute") -> None:
    if part.kind == "expand":
        value = _expanded(part, state, substitute, text)
    else:
        value = state.lookup(part.text)
        _operands(part, state, substitute, text)
    if isinstance(value, Unknown):
        text.unknown(value.why, value.effects)
        return
    if part.brief and after is not None and after.kind == "literal" and _modifier(after.text):
        text.unknown("$" + part.text + " with what zsh takes for a modifier")
        return
    if isinstance(value, Pattern):
        text.glob = True
        text.add(value, quoted=False)
        text.splits = True
        return
    if not part.quoted and text.splits:
        verdict = _splits(value)
        if verdict is None:
            text.glob = True
            text.add(value, quoted=False)
            return
        if verdict or "IFS" in state.variables:
            text.unknown("$" + part.text)
            return
        if not value:
            return
    text.add(value, quoted=True)


def _modifier(follow: str) -> bool:
    return follow[:1] == "[" or (follow[:1] == ":" and follow[1:2].isalpha())


def _splits(value: str) -> "bool | None":
    """Whether an unquoted value becomes several words; None when it is one word with globs."""
    if any(char in value for char in " \t\n"):
        return True
    return None if any(char in value for char in "*?[") else False


def _expanded(part: Part, state: "State", substitute: "Substitute", text: _Text) -> "Value":
    _operands(part, state, substitute, text)
    known = state.lookup(part.text)
    value = Unknown("${" + part.text + part.op + "...}", "", known.effects if isinstance(known, Unknown) else ())
    if part.op in DEFAULTS and isinstance(known, str) and known:
        return known
    if part.op[:1] == "!" and isinstance(known, Unknown) and _runs(known, state):
        substitute(Part("refused", "a name that may run what it reads"), state)
    if part.op == "!" and isinstance(known, str) and known.isidentifier():
        return state.lookup(known)
    if type(known) is str and len(part.words) == 1 and part.op in ("#", "##", "%", "%%"):
        cut = _cut(known, part.op, part.words[0])
        if cut is not None:
            return cut
    if part.op[-1] == "=":
        state.assign(part.text, Unknown(value.why, "", [*value.effects, *text.effects]))
    return value


def _cut(text: str, op: str, word: "Word") -> "str | None":
    """`${x%.bak}`, `${x##*/}`: what is left of known text, None where the pattern is more than text and one `*`."""
    if len(word.parts) != 1 or word.parts[0].kind != "literal" or word.parts[0].quoted:
        return None
    pattern = word.parts[0].text
    fixed = pattern.removeprefix("*") if op[0] == "#" else pattern.removesuffix("*")
    if not fixed or any(char in fixed for char in "*?[]\\^#~(){}"):
        return None
    if fixed == pattern:
        return text.removeprefix(fixed) if op[0] == "#" else text.removesuffix(fixed)
    at = text.rfind(fixed) if op in ("##", "%") else text.find(fixed)
    if at < 0:
        return text
    return text[at + len(fixed) :] if op[0] == "#" else text[:at]


def _operands(part: Part, state: "State", substitute: "Substitute", text: _Text) -> None:
    counts = part.kind == "arithmetic" or part.op == ":" or part.op[-1:] == "["
    for word in part.words:
        value = single(word, state, substitute)
        if isinstance(value, Unknown):
            text.effects.extend(value.effects)
        elif runs_in_arithmetic(value):
            substitute(Part("refused", "a subscript that runs a command"), state)
        if counts and _runs(value, state):
            substitute(Part("refused", "arithmetic that may run what it reads"), state)
        if word.parts and word.parts[0].op == "=":
            state.assign(word.parts[0].text, Unknown("$" + word.parts[0].text))


def _runs(value: "Value", state: "State") -> bool:
    from leashd_hooks.shell.arithmetic import runs

    return runs(value, state)


def _escaped(text: str) -> str:
    if not any(char in text for char in "*?["):
        return text
    return "".join("[" + char + "]" if char in "*?[" else char for char in text)


# Brace expansion, on items: unquoted characters one by one, other parts whole.


def braces(parts: "Sequence[Part]") -> "list[Sequence[Part]]":
    """The words that brace expansion makes of one."""
    if not any(part.kind == "literal" and not part.quoted and "{" in part.text for part in parts):
        return [parts]
    items: list[Token] = []
    for part in parts:
        if part.kind == "literal" and not part.quoted:
            items.extend(part.text)
        else:
            items.append(part)
    if items.count("{") * len(items) > MAX_STEPS:
        raise ShellRefused("a word of too many braces", bound=True)
    return [_joined(one) for one in _expand(items)]


def _expand(items: "list[Token]") -> "list[list[Token]]":
    for start, item in enumerate(items):
        if item != "{":
            continue
        end, commas = _match(items, start)
        if end < 0:
            continue
        inner = items[start + 1 : end]
        if commas:
            cuts = [start, *commas, end]
            choices = [items[left + 1 : right] for left, right in zip(cuts, [*commas, end], strict=False)]
            middle = [one for choice in choices for one in _expand(choice)]
        else:
            middle = _range(inner)
        if not middle:
            continue
        tails = _expand(items[end + 1 :])
        words = len(middle) * len(tails)
        if words > MAX_BRACES or words * len(items) > MAX_BRACED:
            raise ShellRefused("a brace expansion of too many words", bound=True)
        return [items[:start] + one + tail for one in middle for tail in tails]
    return [items]


def _match(items: "list[Token]", start: int) -> "tuple[int, list[int]]":
    depth = 0
    commas: list[int] = []
    for place in range(start, len(items)):
        item = items[place]
        if item == "{":
            depth += 1
        elif item == "}":
            depth -= 1
            if depth == 0:
                return place, commas
        elif item == "," and depth == 1:
            commas.append(place)
    return -1, []


def _range(inner: "list[Token]") -> "list[list[Token]]":
    if not all(isinstance(item, str) for item in inner):
        return [[Part("refused", "a brace range of unknown ends")]] if ".." in _letters(inner) else []
    ends = "".join(str(item) for item in inner).split("..")
    if len(ends) not in (2, 3) or not all(ends):
        return []
    try:
        step = abs(int(ends[2])) or 1 if len(ends) == 3 else 1
        if len(ends[0]) == len(ends[1]) == 1 and ends[0].isalpha() and ends[1].isalpha():
            numbers = _steps(ord(ends[0]), ord(ends[1]), step)
            return [[chr(number)] for number in numbers]
        first, last = int(ends[0]), int(ends[1])
    except ValueError:
        return []
    width = max(len(ends[0]), len(ends[1])) if any(_padded(end) for end in ends[:2]) else 0
    return [list(str(number).zfill(width)) for number in _steps(first, last, step)]


def _steps(first: int, last: int, step: int) -> "range":
    steps = range(first, last + 1, step) if first <= last else range(first, last - 1, -step)
    if len(steps) > MAX_BRACES:
        raise ShellRefused("a brace expansion of too many words", bound=True)
    return steps


def _padded(end: str) -> bool:
    digits = end.lstrip("-")
    return len(digits) > 1 and digits[0] == "0"


def _letters(items: "list[Token]") -> str:
    return "".join(item if isinstance(item, str) else " " for item in items)


def _joined(items: "list[Token]") -> "list[Part]":
    parts: list[Part] = []
    for item in items:
        if not isinstance(item, str):
            parts.append(item)
        elif parts and parts[-1].kind == "literal" and not parts[-1].quoted and parts[-1].text:
            parts[-1] = Part("literal", parts[-1].text + item)
        else:
            parts.append(Part("literal", item))
    return parts

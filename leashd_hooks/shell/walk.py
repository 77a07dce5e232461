"""Walks the tree with the state a shell has and finds what every command in it does.

A walk takes one state and gives two lists of states: those in which the command may have succeeded and those in which
it may have failed.  `cd a && b` so runs `b` in `a`, `cd a; b` runs it in both directories, `cd a || exit` in `a` again.
Where a shell would take one of several ways, all are walked.
"""

from leashd_hooks.model import Effect
from leashd_hooks.shell.invocation import Invocation, Pattern, Stdin, Unknown, resolve
from leashd_hooks.shell.names import BUILTINS, STANDARD_DIRECTORIES, WRAPPERS, program_name
from leashd_hooks.shell.state import State, few
from leashd_hooks.shell.tree import ShellRefused
from leashd_hooks.shell.words import PIPED, fields

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any

    from leashd_hooks.shell.expansion import Piped
    from leashd_hooks.shell.invocation import Value
    from leashd_hooks.shell.tree import Node, Part, Word

    Outcome = tuple[list[State], list[State]]
    Span = tuple[int, int]

#: What may be done about one call, in steps of some 3 microseconds: a word takes one where it is read and one where a
#: program is given it, and a command, a program and an effect take these.
MAX_STEPS = 9000
COMMAND, PROGRAM, EFFECT = 10, 4, 8
#: Stands among the flags of a `run` effect for a word that may turn out to be any flag.
ANY_FLAG = "-?"
#: Redirections after which nothing is printed where the command stands.
PRINTS = frozenset((">", ">>", ">|", ">&", "&>", "&>>", "<>"))
#: What `mktemp` prints; the real name is as new, and as little anybody else's.
TEMPORARY = "/tmp/tmp.XXXXXXXXXX\n"  # noqa: S108 - where mktemp puts its files


class Walker:
    """One call's walk: the parser for nested text, the effects found so far, and the bounds."""

    __slots__ = (
        "calling", "defined", "depth", "exits", "fetched", "fixed", "leaves", "locals", "out", "output", "parse",
        "piped", "sql", "state", "stdin", "steps", "text", "traps",
    )  # fmt: skip

    def __init__(self, text: str, parse: "Callable[[str], Node]", sql: "Callable[[str, str], list[Any]]") -> None:
        self.out: list[Effect] = []
        #: What the last command printed, as far as that is known.
        self.output: Value | None = None
        self.stdin = Stdin()
        #: Whether a program, and not the agent, reads what commands print.
        self.piped = False
        #: Texts that run when the process ends, and the states in which `exit` ended it.
        self.traps: list[tuple[Value, Invocation]] = []
        self.exits: list[State] = []
        #: Variables that each function being called has made its own.
        self.locals: list[set[str]] = []
        self.text = text
        self.parse = parse
        self.sql = sql
        self.fixed: Span | None = None
        self.state = State(None, "/")
        #: Steps taken so far.
        self.steps = 0
        self.depth = 0
        self.calling: list[int] = []
        #: Functions that were defined and not called so far, by the identity of their body.
        self.defined: dict[int, tuple[str, Node, State, str, Span | None]] = {}
        #: Files that were fetched or decoded, with the flow pattern of running them.
        self.fetched: dict[str, str] = {}
        #: Where `return` (functions) and `break`, `continue` (loops) lead: the states that arrive there.
        self.leaves: list[tuple[str, list[State]]] = []

    def spend(self, steps: int) -> None:
        """Counts work.  Raises ShellRefused where it is too much: what was not walked is opaque."""
        self.steps += steps
        if self.steps > MAX_STEPS:
            raise ShellRefused("a command that takes too much to judge", bound=True)

    def fields(self, word: "Word", state: State) -> "list[Value]":
        """The words that one becomes, each of them counted; those that something is expanded in count as three."""
        values = fields(word, state, self.substitute)
        self.spend(1 if len(values) == len(word.parts) == 1 else 3 * len(values))
        return values

    # What builtins and wrappers use

    def emit(self, kind: str, call: "Invocation | None", **values: "Any") -> None:
        """Adds an effect of `call`."""
        self.out.append(Effect(kind, values, call.text if call else "", call.span if call else None))

    def refuse(self, why: str, call: "Invocation | None" = None, bound: bool = False) -> None:
        """Adds an `opaque` effect."""
        values: dict[str, Any] = {"why": why}
        if bound:
            values["bound"] = True
        self.out.append(Effect("opaque", values, call.text if call else "", call.span if call else None))

    def tell_once(self, start: int) -> None:
        """Removes effects after `start` that say the same."""
        found: dict[str, Effect] = {}
        for effect in self.out[start:]:
            found.setdefault(repr((effect.kind, effect.fields, effect.command, effect.span)), effect)
        self.out[start:] = found.values()

    def nested(self, kind: str, payload: "Any", call: Invocation) -> "list[Any]":
        """What `Invocation.command` and `.shell` call: effects of a command or text in a process of its own."""
        if kind == "sql":
            return self.sql(*payload)
        from leashd_hooks.shell.nested import effects

        return effects(self, kind, payload, call)

    def substitute(self, part: "Part", state: State) -> "tuple[list[Effect], str | None]":
        """Walks a substitution: its effects, and what it prints when that is known."""
        from leashd_hooks.shell.nested import substitute

        return substitute(self, part, state)

    def finish(self, states: "Sequence[State]") -> None:
        """Ends the whole command line in one of these states: traps run, and functions that nothing called."""
        if self.traps:
            from leashd_hooks.shell.nested import end

            end(self, states)
        if self.defined:
            from leashd_hooks.shell.functions import uncalled

            uncalled(self)

    # Lists

    def walk(self, node: "Node", state: State) -> "Outcome":
        """Walks one node from one state."""
        if node.redirects and node.kind not in ("simple", "declare"):
            from leashd_hooks.shell.compound import redirected

            return redirected(self, node, state)
        if node.kind in WALKS:
            return WALKS[node.kind](self, node, state)
        from leashd_hooks.shell.compound import WALKS as compounds

        return compounds[node.kind](self, node, state)

    def many(self, node: "Node", states: "Sequence[State]") -> "Outcome":
        """Walks a node from several states; effects that are the same in all of them are told once."""
        if len(states) == 1:
            return self.walk(node, states[0])
        start, ok, fail = len(self.out), [], []
        for state in states:
            succeeded, failed = self.walk(node, state)
            ok.extend(succeeded)
            fail.extend(failed)
        self.tell_once(start)
        return few(ok), few(fail)

    def sequence(self, node: "Node", state: State) -> "Outcome":
        current, ok, fail = [state], [state], [state]
        for child in node.children:
            ok, fail = self.many(child, current)
            # After `exit` nothing runs; what follows is still told, from the last state that was.
            current = few(ok + fail) or current
        return ok, fail

    def chain(self, node: "Node", state: State) -> "Outcome":
        ok, fail = self.walk(node.children[0], state)
        for index, child in enumerate(node.children[1:]):
            conjunction = node.text[2 * index : 2 * index + 2] == "&&"
            entering = ok if conjunction else fail
            if not entering:  # never reached; told nevertheless
                self.walk(child, state.copy())
                continue
            succeeded, failed = self.many(child, few(entering))
            ok, fail = (succeeded, few(fail + failed)) if conjunction else (few(ok + succeeded), failed)
        return ok, fail

    def pipe(self, node: "Node", state: State) -> "Outcome":
        outer, piped = self.stdin, self.piped
        upstream: list[Effect] = []
        programs: list[str] = []
        output: str | None = None
        names: Sequence[Value] = ()
        ok: list[State] = []
        fail: list[State] = []
        try:
            for index, child in enumerate(node.children):
                if index:
                    kind = "pipe" if output is None else "text"
                    self.stdin = Stdin(kind, [*outer.effects, *upstream], [*outer.programs, *programs], output)
                    self.stdin.names = names
                self.spend(PROGRAM)
                start, self.output = len(self.out), None
                self.piped = piped or index + 1 < len(node.children)
                traps = len(self.traps)
                ok, fail = self.walk(child, state.copy())
                if len(self.traps) > traps:  # the member is a process of its own, which ends here
                    from leashd_hooks.shell.nested import end

                    end(self, [*ok, *fail])
                printed = self.output if prints_alone(child) else None
                output = printed if isinstance(printed, str) else None
                names = self._names(child, names, printed, start)
                upstream.extend(self.out[start:])
                upstream.extend(printed.effects if isinstance(printed, Unknown) else ())
                programs.extend(str(one.fields["program"]) for one in self.out[start:] if one.kind == "run")
        finally:
            self.stdin, self.piped = outer, piped
        self.output = output
        # zsh runs the last member in the shell itself.
        return few([state, *ok]), few([state, *fail])

    def _names(self, node: "Node", names: "Sequence[Value]", printed: "Value | None", start: int) -> "Sequence[Value]":
        """What stands for the file names that a member of a pipe prints, when it reads `names`; () when not known."""
        if names:
            from leashd_hooks.shell.programs.find import passes_on

            if passes_on(self.out[start:]):
                return names
        if not isinstance(printed, Unknown) or printed.likely is None:
            return ()
        # Messages among the names could make words of their own.
        text = self.text[node.span[0] : node.span[1] + 3]
        return () if ">&" in text or "|&" in text else printed.likely

    # Simple commands

    def simple(self, node: "Node", state: State) -> "Outcome":
        self.spend(COMMAND)
        state, start = state.copy(), len(self.out)
        self.state = state
        self.output = None
        values: list[Value] = []
        for word in node.words:
            values.extend(self.fields(word, state))
        assigned: dict[str, Value] = {}
        if node.assigns:
            from leashd_hooks.shell.assignments import evaluate

            assigned = evaluate(self, node.assigns, state)
        call = self.invocation(node, state, assigned)
        found, pipes = self._surroundings(node, call, state, assigned)
        if node.kind == "declare":
            from leashd_hooks.shell.builtins import declare

            outcome = declare(self, call, state, values, assigned)
        elif values:
            call.args = values[1:]
            if assigned:
                from leashd_hooks.shell.assignments import during

                outcome = during(self, assigned, values[0], call, state)
            else:
                outcome = self.named(values[0], call, state)
        else:
            for name, value in assigned.items():
                state.assign(name, value)
            outcome = [state], [state]
        self.out.extend(found)
        if any(isinstance(value, Unknown) and value.likely is not None for value in values):
            from leashd_hooks.shell.nested import once_more

            once_more(self, values, call, state)
        if any(one.op in PRINTS and one.fd in ("", "1") for one in node.redirects):
            self.output = None
        if PIPED in values:
            from leashd_hooks.shell.expansion import Piped

            pipes = [*(value for value in values if isinstance(value, Piped)), *pipes]
        self.flows(start, call, pipes)
        return outcome

    def _surroundings(
        self, node: "Node", call: Invocation, state: State, assigned: "dict[str, Value]"
    ) -> "tuple[list[Effect], list[Piped]]":
        """Gives `call` its standard input; adds what assignments amount to and returns what redirections do."""
        found: list[Effect] = []
        pipes: list[Piped] = []
        if node.redirects:
            from leashd_hooks.shell.redirects import read

            found, stdin, pipes = read(node.redirects, call, state, self.substitute)
            if stdin is not None:
                call.stdin = stdin
        if assigned:
            from leashd_hooks.shell.variables import dangers

            for name, value in assigned.items():
                dangers(self, call, name, value)
        return found, pipes

    def invocation(self, node: "Node", state: State, assigned: "dict[str, Value]") -> Invocation:
        env = {name: state.lookup(name) for name in state.exported}
        env.update(assigned)
        env.pop("PATH", None)  # judged where it is assigned
        text, span = self.text[node.span[0] : node.span[1]], self.fixed or node.span
        return Invocation("", (), state.cwd, state.home, env, self.stdin, text, span, self.nested)

    def named(self, name: "Value", call: Invocation, state: State, functions: bool = True) -> "Outcome":
        """Runs the command `name` with the words of `call`; `functions` tells whether it may be one."""
        if isinstance(name, (Unknown, Pattern)):
            why = name.why if isinstance(name, Unknown) else str(name)
            call.name = "?"
            self.run(call, modelled=False)
            self.refuse("a command whose name is known only when it runs: " + why, call)
            if why in ("$SHELL", "$BASH"):
                return self._program("sh", call, state, functions=False)
            if isinstance(name, Unknown):
                self.flow(call, name.effects)
            return [state], [state]
        if "/" in name:
            path = resolve(name, state.cwd, state.home)
            directory, _, base = (path or "").rpartition("/")
            if directory not in STANDARD_DIRECTORIES or path is None:
                return self._file(name, path, call, state)
            name = base
        return self._program(name, call, state, functions)

    def _file(self, name: str, path: "str | None", call: Invocation, state: State) -> "Outcome":
        from leashd_hooks.shell.programs import tool_of

        tool = tool_of(path or "")
        if tool:
            self.emit("code", call, language="other", source="tool", path=path)
            return self._program(tool, call, state, functions=False)
        call.name = name.rpartition("/")[2] or "?"
        self.run(call, modelled=False)
        self.emit("code", call, language="other", source="file", path=path)
        return [state], [state]

    def _program(self, name: str, call: Invocation, state: State, functions: bool) -> "Outcome":
        call.name = program_name(name)
        if name in state.aliases:
            self.refuse(f"an alias made in the same line: `{name}`", call)
        body = state.functions.get(name)
        if body is not None and functions:
            self.run(call, modelled=True)
            inner = state.copy()
            inner.positional = call.args
            from leashd_hooks.shell.functions import run

            ok, fail = run(self, name, body, inner)
            for one in ok + fail:
                one.positional = state.positional
            if not state.inherited:
                return ok, fail
        if name in BUILTINS:
            from leashd_hooks.shell.builtins import TABLE

            self.run(call, modelled=True)
            return TABLE[name](self, call, state)
        self.state = state
        found = _modelled(call)
        self.run(call, modelled=found is not None)
        found = _taken_in(call) if found is None else found
        self.out.extend(found)
        self.spend(EFFECT * len(found))
        if call.env:
            from leashd_hooks.shell.programs import hijacked

            self.out.extend(hijacked(call))
        if call.name == "find" and found is not None:
            from leashd_hooks.shell.programs.find import printed

            self.output = Unknown("names that find prints")
            self.output.likely = printed(call)
        if call.name == "mktemp" and call.args in ([], ["-d"]) and "TMPDIR" not in call.env:
            self.output = TEMPORARY
        if (call.name == "cat" and not call.args) or call.name == "tee":
            self.output = call.stdin.text
        return [state], [state]

    def run(self, call: Invocation, modelled: bool) -> None:
        self.spend(PROGRAM + len(call.args))
        words, flags = [], []
        operands = False
        for value in call.args:
            if isinstance(value, Unknown):
                words.append("?")
                if not operands and value.prefix[:1] in ("", "-"):
                    flags.append(ANY_FLAG)
            elif isinstance(value, Pattern) and value[0] in "*?[" and not operands:
                words.append(str(value))
                flags.append(ANY_FLAG)
            elif operands or len(value) < 2 or value[0] != "-":
                words.append(str(value))
            elif value == "--":
                operands = True
            elif value[1] == "-":
                flags.append(value.partition("=")[0])
            else:
                flags.extend(["-" + letter for letter in dict.fromkeys(value[1:])])
        self.emit("run", call, program=call.name, args=words, flags=flags, modelled=modelled)
        if not modelled:
            self._named_paths(call)

    def _named_paths(self, call: Invocation) -> None:
        """What a program that is not modelled is given to work on: words that look like paths are taken for reads."""
        for value in call.args:
            if isinstance(value, Unknown):
                continue
            path = value.partition("=")[2] if value.startswith("-") else value
            if path.startswith(("/", "~/", ".")) and "://" not in path and "\n" not in path:
                named = Pattern(path) if isinstance(value, Pattern) else path
                self.out.append(call.on_path("read", named, how="content"))

    def flows(self, start: int, call: Invocation, pipes: "Sequence[Piped]") -> None:
        """Adds the flows that only show when a command's effects are seen together."""
        found = self.out[start:]
        if pipes or self.fetched or any(effect.kind in ("write", "network") for effect in found):
            from leashd_hooks.shell import flows

            self.out.extend(flows.through_pipes(call, found, pipes))
            self.out.extend(flows.from_socket(call, found))
            self.out.extend(flows.from_files(call, found, self.fetched))

    def flow(self, call: Invocation, effects: "Sequence[Effect]") -> None:
        if effects:
            from leashd_hooks.shell.flows import into_interpreter, of_fetched

            stored = of_fetched(effects, self.fetched)
            self.out.extend(into_interpreter(call, effects))
            if stored:
                self.emit("flow", call, pattern=stored)


def prints_alone(node: "Node") -> bool:
    """Whether one simple command prints all that this node does."""
    if node.kind in ("group", "subshell", "seq") and len(node.children) == 1:
        return prints_alone(node.children[0])
    return node.kind == "simple"


def _modelled(call: Invocation) -> "list[Effect] | None":
    if call.name in WRAPPERS:
        from leashd_hooks.shell.wrappers import effects as wrapped

        return wrapped(call)
    from leashd_hooks.shell.programs import effects

    return effects(call)


def _taken_in(call: Invocation) -> "list[Effect]":
    from leashd_hooks.shell.programs import taken_in

    return taken_in(call)


WALKS = {
    "seq": Walker.sequence,
    "chain": Walker.chain,
    "pipe": Walker.pipe,
    "simple": Walker.simple,
    "declare": Walker.simple,
}

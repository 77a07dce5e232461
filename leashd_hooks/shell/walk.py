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
from leashd_hooks.shell.words import Piped, fields, runs_in_arithmetic, single

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any

    from leashd_hooks.shell.invocation import Value
    from leashd_hooks.shell.tree import Assign, Node, Part

    Outcome = tuple[list[State], list[State]]
    Span = tuple[int, int]

MAX_COMMANDS = 2000
MAX_DEPTH = 24


#: Stands among the flags of a `run` effect for a word that may turn out to be any flag.
ANY_FLAG = "-?"


class Walker:
    """One call's walk: the parser for nested text, the effects found so far, and the bounds."""

    __slots__ = (
        "_calling",
        "_commands",
        "_defined",
        "_depth",
        "_fetched",
        "_fixed",
        "_parse",
        "_state",
        "_text",
        "exits",
        "leaves",
        "locals",
        "out",
        "output",
        "stdin",
        "traps",
    )

    def __init__(self, text: str, parse: "Callable[[str], Node]") -> None:
        self.out: list[Effect] = []
        self.output: str | None = None
        self.stdin = Stdin()
        #: Texts that run when the process ends, and the states in which `exit` ended it.
        self.traps: list[tuple[Value, Invocation]] = []
        self.exits: list[State] = []
        #: Variables that each function being called has made its own.
        self.locals: list[set[str]] = []
        self._text = text
        self._parse = parse
        self._fixed: Span | None = None
        self._state = State(None, "/")
        self._commands = 0
        self._depth = 0
        self._calling: list[str] = []
        #: Functions that were defined and not called so far, by the identity of their body.
        self._defined: dict[int, tuple[str, Node, State, str, Span | None]] = {}
        self._fetched: set[str] = set()
        #: Where `return` (functions) and `break`, `continue` (loops) lead: the states that arrive there.
        self.leaves: list[tuple[str, list[State]]] = []

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

    def leave(self, kind: str, state: State) -> "Outcome":
        """`return` or `break`: the state goes to the end of the function or loop, nothing follows."""
        for name, states in reversed(self.leaves):
            if name == kind:
                states.append(state)
                return [], []
        return [state], [state]

    def text_of(self, text: "Value", call: Invocation, state: State) -> "Outcome":
        """Runs text as shell commands in this very state (`eval`, `trap`)."""
        if isinstance(text, Unknown):
            self.refuse("shell text known only when it runs: " + text.why, call)
            self._flow(call, text.effects)
            blind = state.copy()
            blind.forget()
            blind.enter(None)
            return [blind], [blind]
        with_span = self._fixed, self._text
        self._fixed, self._text = call.span or (0, 0), text
        try:
            return self._deeper(lambda: self.walk(self._parse(text), state))
        except ShellRefused as refused:
            self.refuse(refused.why, call, refused.bound)
            return [state], [state]
        finally:
            self._fixed, self._text = with_span

    def nested(self, kind: str, payload: "Any", call: Invocation) -> "list[Effect]":
        """What `Invocation.command` and `.shell` call: effects of a command or text in a process of its own."""
        saved, self.out = self.out, []
        state, stdin, output = self._state, self.stdin, self.output
        child = state.copy()
        child.inherited = True
        child.enter(call.cwd)
        child.variables.update(call.env)
        self.stdin = call.stdin
        try:
            if kind == "command":
                self._process(lambda: self._argv(payload, call, child))
            else:
                text, child.positional = payload if kind == "script" else (payload, None)
                self._process(lambda: self.text_of(text, call, child))
            return self.out
        finally:
            self.out, self._state, self.stdin, self.output = saved, state, stdin, output

    def _argv(self, argv: "Sequence[Value]", call: Invocation, state: State) -> "Outcome":
        if not argv:
            return [state], [state]
        inner = Invocation(
            "", argv[1:], call.cwd, call.home, call.env, call.stdin, call.text, call.span, self.nested
        )
        return self._deeper(lambda: self.named(argv[0], inner, state))

    def _process(self, step: "Callable[[], Outcome]") -> None:
        """Takes a step in a process of its own: at its end its traps run."""
        saved = self.traps, self.exits
        self.traps, self.exits = [], []
        try:
            ok, fail = step()
            self.end(ok + fail)
        finally:
            self.traps, self.exits = saved

    def end(self, states: "Sequence[State]") -> None:
        """Runs the traps of a process that ends in one of these states, or by `exit`."""
        for text, call in self.traps:
            for state in few([*states, *self.exits]):
                self.text_of(text, call, state.copy())

    def _deeper(self, step: "Callable[[], Outcome]") -> "Outcome":
        self._depth += 1
        if self._depth > MAX_DEPTH:
            self._depth -= 1
            raise ShellRefused("commands nested too deeply", bound=True)
        try:
            return step()
        finally:
            self._depth -= 1

    # Lists

    def walk(self, node: "Node", state: State) -> "Outcome":
        """Walks one node from one state."""
        if node.redirects and node.kind not in ("simple", "declare"):
            return self._redirected(node, state)
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
        outer = self.stdin
        upstream: list[Effect] = []
        programs: list[str] = []
        output: str | None = None
        ok: list[State] = []
        fail: list[State] = []
        try:
            for index, child in enumerate(node.children):
                if index:
                    kind = "pipe" if output is None else "text"
                    self.stdin = Stdin(kind, [*outer.effects, *upstream], [*outer.programs, *programs], output)
                start, self.output = len(self.out), None
                ok, fail = self.walk(child, state.copy())
                output = self.output if child.kind == "simple" else None
                upstream.extend(self.out[start:])
                programs.extend(str(one.fields["program"]) for one in self.out[start:] if one.kind == "run")
        finally:
            self.stdin = outer
        self.output = output
        # zsh runs the last member in the shell itself.
        return few([state, *ok]), few([state, *fail])

    def apart(self, node: "Node", state: State) -> "Outcome":
        self._process(lambda: self.walk(node.children[0], state.copy()))
        return [state], [state]

    def inside(self, node: "Node", state: State) -> "Outcome":
        return self.walk(node.children[0], state) if node.children else ([state], [state])

    def negated(self, node: "Node", state: State) -> "Outcome":
        ok, fail = self.inside(node, state)
        return fail, ok

    # Compound commands

    def _redirected(self, node: "Node", state: State) -> "Outcome":
        saved, kept = self.stdin, node.redirects
        state = state.copy()
        call = self._call(node, state, {})
        from leashd_hooks.shell.redirects import read

        found, stdin, pipes = read(kept, call, state, self.substitute)
        self.stdin = stdin or saved
        node.redirects = ()
        try:
            start = len(self.out)
            outcome = self.walk(node, state)
        finally:
            self.stdin, node.redirects = saved, kept
        self.out.extend(found)
        self._finish(start, call, pipes)
        return outcome

    # Functions

    def define(self, name: str, body: "Node", state: State) -> None:
        """Notes a function, to be walked in the end if nothing calls it."""
        self._defined[id(body)] = (name, body, state, self._text, self._fixed)

    def finish(self) -> None:
        """Walks the functions that nothing called: something may, in ways that are not seen (a hook of the shell)."""
        while self._defined:
            name, body, state, self._text, self._fixed = self._defined.pop(next(iter(self._defined)))
            blind = state.copy()
            blind.forget()
            self.call_function(name, body, blind)

    def call_function(self, name: str, body: "Node", state: State) -> "Outcome":
        if self._calling.count(name) > 1:
            self.refuse(f"a function that calls itself: `{name}`")
            return [state], [state]
        self._defined.pop(id(body), None)
        leaves: list[State] = []
        self.leaves.append(("function", leaves))
        self.locals.append(set())
        self._calling.append(name)
        before = state.copy()
        try:
            ok, fail = self._deeper(lambda: self.walk(body, state))
        finally:
            self.leaves.pop()
            self._calling.pop()
            own = self.locals.pop()
        for one in [*ok, *fail, *leaves]:
            for name in own:
                if one.variables.get(name) != before.variables.get(name):
                    one.variables[name] = Unknown("$" + name)
        return few(ok + leaves), few(fail + leaves)

    # Simple commands

    def substitute(self, part: "Part", state: State) -> "tuple[list[Effect], str | None]":
        """Walks a substitution: its effects, and what it prints when that is known."""
        if part.kind == "refused" or part.body is None:
            self.refuse(part.text)
            return [], None
        start, stdin, output = len(self.out), self.stdin, self.output
        self.output = None
        if part.op == ">(":
            self.stdin = Stdin("pipe")
        body = part.body
        self._process(lambda: self._deeper(lambda: self.walk(body, state.copy())))
        alone = len(body.children) == 1 and body.children[0].kind in ("simple", "pipe")
        printed = self.output if alone and part.kind == "command" else None
        self.stdin, self.output = stdin, output
        return self.out[start:], None if printed is None else printed.rstrip("\n")

    def simple(self, node: "Node", state: State) -> "Outcome":
        self._commands += 1
        if self._commands > MAX_COMMANDS:
            raise ShellRefused("too many commands", bound=True)
        state, start = state.copy(), len(self.out)
        self._state = state
        self.output = None
        values: list[Value] = []
        for word in node.words:
            values.extend(fields(word, state, self.substitute))
        assigned = self._assigned(node.assigns, state)
        call = self._call(node, state, assigned)
        found, pipes = self._surroundings(node, call, state, assigned)
        if node.kind == "declare":
            from leashd_hooks.shell.builtins import declare

            outcome = declare(self, call, state, values, assigned)
        elif values:
            call.args = values[1:]
            outcome = self._with(assigned, values[0], call, state)
        else:
            for name, value in assigned.items():
                state.assign(name, value)
            outcome = [state], [state]
        self.out.extend(found)
        if any(one.kind == "write" for one in found):
            self.output = None
        self._finish(start, call, [*(value for value in values if isinstance(value, Piped)), *pipes])
        return outcome

    def _with(self, assigned: "dict[str, Value]", name: "Value", call: Invocation, state: State) -> "Outcome":
        """Runs a command with assignments before it: they hold while it runs."""
        if not assigned:
            return self.named(name, call, state)
        inner = state.copy()
        inner.variables.update(assigned)
        self._state = inner
        ok, fail = self.named(name, call, inner)
        lasting = name in ("eval", "source", ".", "command", "builtin", "exec") or name in state.functions
        for one in ok + fail:
            for variable in assigned:
                if lasting:
                    one.variables[variable] = Unknown("$" + variable)
                elif variable in state.variables:
                    one.variables[variable] = state.variables[variable]
                else:
                    one.variables.pop(variable, None)
        return ok, fail

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

    def _call(self, node: "Node", state: State, assigned: "dict[str, Value]") -> Invocation:
        env = {name: state.lookup(name) for name in state.exported}
        env.update(assigned)
        env.pop("PATH", None)  # judged where it is assigned
        text, span = self._text[node.span[0] : node.span[1]], self._fixed or node.span
        return Invocation("", (), state.cwd, state.home, env, self.stdin, text, span, self.nested)

    def _assigned(self, assigns: "Sequence[Assign]", state: State) -> "dict[str, Value]":
        found: dict[str, Value] = {}
        for assign in assigns:
            for word in (*assign.index, *(assign.array or ())):
                self._plain(single(word, state, self.substitute))
            value: Value = single(assign.value, state, self.substitute, assigned=True)
            self._plain(value)
            if assign.array is not None or assign.index:
                value = Unknown("$" + assign.name)
            elif assign.append:
                before = found.get(assign.name, state.lookup(assign.name))
                known = isinstance(before, str) and isinstance(value, str)
                value = f"{before}{value}" if known else Unknown("$" + assign.name)
            found[assign.name] = value
        return found

    def _plain(self, value: "Value") -> None:
        if isinstance(value, str) and runs_in_arithmetic(value):
            self.refuse("a value that arithmetic would run")

    def named(self, name: "Value", call: Invocation, state: State, functions: bool = True) -> "Outcome":
        """Runs the command `name` with the words of `call`; `functions` tells whether it may be one."""
        if isinstance(name, (Unknown, Pattern)):
            why = name.why if isinstance(name, Unknown) else str(name)
            call.name = "?"
            self._run(call, modelled=False)
            self.refuse("a command whose name is known only when it runs: " + why, call)
            if isinstance(name, Unknown):
                self._flow(call, name.effects)
            return [state], [state]
        if "/" in name:
            path = resolve(name, state.cwd, state.home)
            directory, _, base = (path or "").rpartition("/")
            if directory not in STANDARD_DIRECTORIES or path is None:
                return self._file(name, path, call, state)
            name = base
        return self._program(name, call, state, functions)

    def _file(self, name: str, path: "str | None", call: Invocation, state: State) -> "Outcome":
        call.name = name.rpartition("/")[2] or "?"
        self._run(call, modelled=False)
        self.emit("code", call, language="other", source="file", path=path)
        return [state], [state]

    def _program(self, name: str, call: Invocation, state: State, functions: bool) -> "Outcome":
        call.name = program_name(name)
        if name in state.aliases:
            self.refuse(f"an alias made in the same line: `{name}`", call)
        body = state.functions.get(name)
        if body is not None and functions:
            self._run(call, modelled=True)
            inner = state.copy()
            inner.positional = call.args
            ok, fail = self.call_function(name, body, inner)
            for one in ok + fail:
                one.positional = state.positional
            if not state.inherited:
                return ok, fail
        if name in BUILTINS:
            from leashd_hooks.shell.builtins import TABLE

            self._run(call, modelled=True)
            return TABLE[name](self, call, state)
        self._state = state
        found = _modelled(call)
        self._run(call, modelled=found is not None)
        self.out.extend(found or ())
        if call.name == "cat" and not call.args:
            self.output = call.stdin.text
        return [state], [state]

    def _run(self, call: Invocation, modelled: bool) -> None:
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
                flags.extend("-" + letter for letter in value[1:])
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

    def _finish(self, start: int, call: Invocation, pipes: "Sequence[Piped]") -> None:
        """Adds the flows that only show when a command's effects are seen together."""
        found = self.out[start:]
        if pipes or self._fetched or any(effect.kind in ("write", "network") for effect in found):
            from leashd_hooks.shell import flows

            self.out.extend(flows.through_pipes(call, found, pipes))
            self.out.extend(flows.from_socket(call, found))
            self.out.extend(flows.from_files(call, found, self._fetched))

    def _flow(self, call: Invocation, effects: "Sequence[Effect]") -> None:
        if effects:
            from leashd_hooks.shell.flows import into_interpreter

            self.out.extend(into_interpreter(call, effects))


def _modelled(call: Invocation) -> "list[Effect] | None":
    if call.name in WRAPPERS:
        from leashd_hooks.shell.wrappers import effects as wrapped

        return wrapped(call)
    from leashd_hooks.shell.programs import effects

    return effects(call)


WALKS = {
    "seq": Walker.sequence,
    "chain": Walker.chain,
    "pipe": Walker.pipe,
    "background": Walker.apart,
    "subshell": Walker.apart,
    "group": Walker.inside,
    "time": Walker.inside,
    "not": Walker.negated,
    "simple": Walker.simple,
    "declare": Walker.simple,
}

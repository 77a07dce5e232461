"""Walks the tree with the state a shell has and finds what every command in it does.

A walk takes one state and gives two lists of states: those in which the command may have succeeded and those in which
it may have failed.  `cd a && b` so runs `b` in `a`, `cd a; b` runs it in both directories, `cd a || exit` in `a` again.
Where a shell would take one of several ways, all are walked.
"""

from leashd_hooks.model import Effect
from leashd_hooks.shell.invocation import Invocation, Pattern, Stdin, Unknown, resolve
from leashd_hooks.shell.state import State, blur
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
MAX_STATES = 6
MAX_ROUNDS = 3
MAX_UNROLLED = 16

STANDARD_DIRECTORIES = frozenset(
    ("/bin", "/usr/bin", "/usr/local/bin", "/usr/sbin", "/sbin", "/opt/homebrew/bin", "/usr/local/sbin")
)

#: What `builtins.TABLE` and `wrappers` hold: they are imported only when one of these names is met.
BUILTINS = frozenset((
    "-", ".", ":", "[", "alias", "bg", "bind", "break", "builtin", "caller", "cd", "chdir", "command", "compgen",
    "complete", "compopt", "continue", "declare", "dirs", "disown", "echo", "enable", "eval", "exec", "exit",
    "export", "false", "fg", "float", "getopts", "hash", "help", "history", "integer", "jobs", "let", "local",
    "logout", "mapfile", "nocorrect", "noglob", "popd", "printf", "private", "pushd", "pwd", "read", "readarray",
    "readonly", "rehash", "repeat", "return", "set", "setopt", "shift", "shopt", "source", "suspend", "test",
    "times", "trap", "true", "type", "typeset", "ulimit", "umask", "unalias", "unhash", "unset", "unsetopt",
    "vared", "wait", "whence",
))  # fmt: skip
WRAPPERS = frozenset((
    "ash", "at", "bash", "batch", "busybox", "caffeinate", "catchsegv", "chronic", "chroot", "chrt", "csh", "dash",
    "dbus-launch", "dbus-run-session", "doas", "dtruss", "dumb-init", "eatmydata", "elvish", "env", "fakeroot",
    "fish", "flock", "genv", "gosu", "gtime", "gtimeout", "gxargs", "hyperfine", "ifne", "ionice", "ksh", "ksh93",
    "linux32", "linux64", "ltrace", "mksh", "nice", "nocache", "nohup", "nu", "numactl", "osh", "parallel",
    "pkexec", "powershell", "prlimit", "pwsh", "rbash", "rlwrap", "run0", "script", "setarch", "setsid", "sh",
    "ssh", "ssh-agent", "stdbuf", "strace", "su", "su-exec", "sudo", "sudoedit", "taskset", "tcsh", "time",
    "timeout", "tini", "toybox", "unbuffer", "valgrind", "watch", "winpty", "xargs", "xonsh", "xvfb-run", "yash",
    "ysh", "zsh",
))  # fmt: skip

#: Interpreters whose name may end in a version.
VERSIONED = (
    "python3", "python2", "python", "pypy3", "pypy", "pip3", "pip", "ruby", "perl", "node", "php", "lua", "tclsh",
)  # fmt: skip


class Walker:
    """One call's walk: the parser for nested text, the effects found so far, and the bounds."""

    __slots__ = (
        "_calling",
        "_commands",
        "_defined",
        "_depth",
        "_fetched",
        "_fixed",
        "_leaves",
        "_parse",
        "_state",
        "_text",
        "out",
        "output",
        "stdin",
    )

    def __init__(self, text: str, parse: "Callable[[str], Node]") -> None:
        self.out: list[Effect] = []
        self.output: str | None = None
        self.stdin = Stdin()
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
        self._leaves: list[tuple[str, list[State]]] = []

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

    def leave(self, kind: str, state: State) -> "Outcome":
        """`return` or `break`: the state goes to the end of the function or loop, nothing follows."""
        for name, states in reversed(self._leaves):
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
                self._argv(payload, call, child)
            else:
                text, child.positional = payload if kind == "script" else (payload, None)
                self.text_of(text, call, child)
            return self.out
        finally:
            self.out, self._state, self.stdin, self.output = saved, state, stdin, output

    def _argv(self, argv: "Sequence[Value]", call: Invocation, state: State) -> None:
        if not argv:
            return
        inner = Invocation(
            "", argv[1:], call.cwd, call.home, call.env, call.stdin, call.text, call.span, self.nested
        )
        self._deeper(lambda: self.named(argv[0], inner, state))

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
        return WALKS[node.kind](self, node, state)

    def many(self, node: "Node", states: "Sequence[State]") -> "Outcome":
        """Walks a node from several states; effects that are the same in all of them are told once."""
        if len(states) == 1:
            return self.walk(node, states[0])
        start, ok, fail = len(self.out), [], []
        for state in states:
            succeeded, failed = self.walk(node, state)
            ok.extend(succeeded)
            fail.extend(failed)
        self.out[start:] = _unique(self.out[start:])
        return _few(ok), _few(fail)

    def sequence(self, node: "Node", state: State) -> "Outcome":
        current, ok, fail = [state], [state], [state]
        for child in node.children:
            ok, fail = self.many(child, current)
            # After `exit` nothing runs; what follows is still told, from the last state that was.
            current = _few(ok + fail) or current
        return ok, fail

    def chain(self, node: "Node", state: State) -> "Outcome":
        ok, fail = self.walk(node.children[0], state)
        for index, child in enumerate(node.children[1:]):
            conjunction = node.text[2 * index : 2 * index + 2] == "&&"
            entering = ok if conjunction else fail
            if not entering:  # never reached; told nevertheless
                self.walk(child, state.copy())
                continue
            succeeded, failed = self.many(child, _few(entering))
            ok, fail = (succeeded, _few(fail + failed)) if conjunction else (_few(ok + succeeded), failed)
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
        return _few([state, *ok]), _few([state, *fail])

    def apart(self, node: "Node", state: State) -> "Outcome":
        for child in node.children:
            self.walk(child, state.copy())
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

        found, stdin = read(kept, call, state, self.substitute)
        self.stdin = stdin or saved
        node.redirects = ()
        try:
            start = len(self.out)
            outcome = self.walk(node, state)
        finally:
            self.stdin, node.redirects = saved, kept
        self.out.extend(found)
        self._finish(start, call, ())
        return outcome

    def conditional(self, node: "Node", state: State) -> "Outcome":
        ok, fail = self.walk(node.children[0], state)
        good, bad = self.many(node.children[1], _few(ok) or [state.copy()])
        if len(node.children) < 3:
            return _few(good + fail), _few(bad + fail)
        other_good, other_bad = self.many(node.children[2], _few(fail) or [state.copy()])
        return _few(good + other_good), _few(bad + other_bad)

    def iteration(self, node: "Node", state: State) -> "Outcome":
        state = state.copy()
        items: list[Value] = []
        for word in node.words:
            items.extend(fields(word, state, self.substitute))
        if node.flag:
            items = list(state.positional) if state.positional is not None else [Unknown("$@")]
        for item in items:
            if isinstance(item, str) and runs_in_arithmetic(item):
                self.refuse("a value that arithmetic would run")
        if node.kind == "select" or len(items) > MAX_UNROLLED:
            items = [Unknown("$" + node.text)]
        if any(isinstance(item, (Unknown, Pattern)) for item in items):
            return self._repeat(node, state, items)
        return self._unroll(node, state, items)

    def _unroll(self, node: "Node", state: State, items: "Sequence[Value]") -> "Outcome":
        leaves: list[State] = []
        self._leaves.append(("loop", leaves))
        current = [state]
        for item in items:
            entering = []
            for one in current:
                entering.append(one.copy())
                entering[-1].assign(node.text, item)
            ok, fail = self.many(node.children[0], entering)
            current = _few(ok + fail + leaves) or entering
        self._leaves.pop()
        states = _few([*current, *leaves])
        return states, states

    def _repeat(self, node: "Node", state: State, items: "Sequence[Value]") -> "Outcome":
        """A loop over words that are not known one by one: the body is walked once for each kind of word."""

        def body(entering: State) -> "list[State]":
            found = []
            for item in items:
                one = entering.copy()
                one.assign(node.text, item)
                ok, fail = self.walk(node.children[0], one)
                found.extend(ok + fail)
            return found

        return self._fixpoint(state, body)

    def endless(self, node: "Node", state: State) -> "Outcome":
        def body(entering: State) -> "list[State]":
            ok, fail = self.walk(node.children[0], entering.copy())
            again, broken = self.many(node.children[1], _few(ok) or [entering])
            return ok + fail + again + broken

        return self._fixpoint(state, body)

    def counted(self, node: "Node", state: State) -> "Outcome":
        state = state.copy()
        self._arithmetic(node, state)

        def body(entering: State) -> "list[State]":
            ok, fail = self.walk(node.children[0], entering.copy())
            return ok + fail

        return self._fixpoint(state, body)

    def _fixpoint(self, state: State, body: "Callable[[State], list[State]]") -> "Outcome":
        """Walks a loop's body until another round changes nothing: what it changes is unknown from its start on."""
        start = len(self.out)
        for _ in range(MAX_ROUNDS):
            leaves: list[State] = []
            self._leaves.append(("loop", leaves))
            after = _few([state, *body(state), *leaves])
            self._leaves.pop()
            merged = blur([state, *after])
            if _steady(merged, state):
                break
            state = merged
        else:
            state = state.copy()
            state.forget()
            state.enter(None)
            after = [state]
            body(state)
        self.out[start:] = _unique(self.out[start:])
        return after, after

    def case(self, node: "Node", state: State) -> "Outcome":
        state = state.copy()
        for word in node.words:
            single(word, state, self.substitute)
        ends, entering = [state], [state]
        for branch in node.children:
            ok, fail = self.many(branch, _few(entering))
            ends.extend(ok + fail)
            entering = [state] if branch.text == ";;" else [state, *ok, *fail]
        states = _few(ends)
        return states, states

    def function(self, node: "Node", state: State) -> "Outcome":
        state = state.copy()
        state.functions[node.text] = node.children[0]
        self._defined[id(node.children[0])] = (node.text, node.children[0], state, self._text, self._fixed)
        return [state], [state]

    def finish(self) -> None:
        """Walks the functions that nothing called: something may, in ways that are not seen (a hook of the shell)."""
        while self._defined:
            name, body, state, self._text, self._fixed = self._defined.pop(next(iter(self._defined)))
            blind = state.copy()
            blind.forget()
            self._body(name, body, blind)

    def _body(self, name: str, body: "Node", state: State) -> "Outcome":
        if self._calling.count(name) > 1:
            self.refuse(f"a function that calls itself: `{name}`")
            return [state], [state]
        self._defined.pop(id(body), None)
        leaves: list[State] = []
        self._leaves.append(("function", leaves))
        self._calling.append(name)
        try:
            ok, fail = self._deeper(lambda: self.walk(body, state))
        finally:
            self._leaves.pop()
            self._calling.pop()
        return _few(ok + leaves), _few(fail + leaves)

    def test(self, node: "Node", state: State) -> "Outcome":
        state = state.copy()
        for word in node.words:
            value = single(word, state, self.substitute)
            if node.flag and isinstance(value, str) and runs_in_arithmetic(value):
                self.refuse("a comparison that runs a command")
        return [state], [state]

    def arithmetic(self, node: "Node", state: State) -> "Outcome":
        state = state.copy()
        self._arithmetic(node, state)
        return [state], [state]

    def _arithmetic(self, node: "Node", state: State) -> None:
        for word in node.words:
            value = single(word, state, self.substitute)
            if isinstance(value, str) and value[:1].isalpha() | (value[:1] == "_"):
                state.variables[value] = Unknown("$" + value)
            if isinstance(value, str) and runs_in_arithmetic(value):
                self.refuse("arithmetic that runs a command")

    def coprocess(self, node: "Node", state: State) -> "Outcome":
        state = state.copy()
        for name in ("COPROC", *(word.parts[0].text for word in node.words)):
            state.variables[name] = Unknown("$" + name)
        self.walk(node.children[0], state.copy())
        return [state], [state]

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
        self._deeper(lambda: self.walk(part.body, state.copy()))  # type: ignore[arg-type]
        alone = len(part.body.children) == 1 and part.body.children[0].kind in ("simple", "pipe")
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
        found = self._surroundings(node, call, state, assigned)
        if node.kind == "declare":
            from leashd_hooks.shell.builtins import declare

            outcome = declare(self, call, state, values, assigned)
        elif values:
            call.args = values[1:]
            outcome = self.named(values[0], call, state)
        else:
            for name, value in assigned.items():
                state.assign(name, value)
            outcome = [state], [state]
        self.out.extend(found)
        if any(one.kind == "write" for one in found):
            self.output = None
        self._finish(start, call, values)
        return outcome

    def _surroundings(
        self, node: "Node", call: Invocation, state: State, assigned: "dict[str, Value]"
    ) -> "list[Effect]":
        """Gives `call` its standard input; adds what assignments amount to and returns what redirections do."""
        found: list[Effect] = []
        if node.redirects:
            from leashd_hooks.shell.redirects import read

            found, stdin = read(node.redirects, call, state, self.substitute)
            if stdin is not None:
                call.stdin = stdin
        if assigned:
            from leashd_hooks.shell.variables import dangers

            for name, value in assigned.items():
                dangers(self, call, name, value)
        return found

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

    def named(self, name: "Value", call: Invocation, state: State) -> "Outcome":
        """Runs the command `name` with the words of `call`."""
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
        return self._program(name, call, state)

    def _file(self, name: str, path: "str | None", call: Invocation, state: State) -> "Outcome":
        call.name = name.rpartition("/")[2] or "?"
        self._run(call, modelled=False)
        self.emit("code", call, language="other", source="file", path=path)
        return [state], [state]

    def _program(self, name: str, call: Invocation, state: State) -> "Outcome":
        call.name = program_name(name)
        if name in state.aliases:
            self.refuse(f"an alias made in the same line: `{name}`", call)
        body = state.functions.get(name)
        if body is not None:
            self._run(call, modelled=True)
            inner = state.copy()
            inner.positional = call.args
            ok, fail = self._body(name, body, inner)
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
            elif operands or len(value) < 2 or value[0] != "-":
                words.append(str(value))
            elif value == "--":
                operands = True
            elif value[1] == "-":
                flags.append(value.partition("=")[0])
            else:
                flags.extend("-" + letter for letter in value[1:])
        self.emit("run", call, program=call.name, args=words, flags=flags, modelled=modelled)

    def _finish(self, start: int, call: Invocation, values: "Sequence[Value]") -> None:
        """Adds the flows that only show when a command's effects are seen together."""
        found = self.out[start:]
        pipes = [value for value in values if isinstance(value, Piped)]
        if pipes or self._fetched or any(effect.kind in ("write", "network") for effect in found):
            from leashd_hooks.shell import flows

            self.out.extend(flows.through_pipes(call, found, pipes))
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


def _unique(effects: "Sequence[Effect]") -> "list[Effect]":
    found: dict[str, Effect] = {}
    for effect in effects:
        found.setdefault(repr((effect.kind, effect.fields, effect.command, effect.span)), effect)
    return list(found.values())


def _few(states: "Sequence[State]") -> "list[State]":
    """The states that differ, blurred into one when they are too many."""
    found: list[State] = []
    for state in states:
        if not any(state.same(other) for other in found):
            found.append(state)
    return found if len(found) <= MAX_STATES else [blur(found)]


def _steady(merged: State, before: State) -> bool:
    """Whether a round of a loop told nothing new: every known value stayed."""
    if merged.cwd != before.cwd or merged.positional != before.positional or merged.functions != before.functions:
        return False
    return all(
        merged.variables.get(name) == before.variables.get(name)
        or (isinstance(merged.variables.get(name), Unknown) and isinstance(before.lookup(name), Unknown))
        for name in merged.variables
    )


def program_name(name: str) -> str:
    """The name a program is modelled under: without `.exe`, interpreters without a version."""
    if name.endswith(".exe"):
        name = name[:-4]
    for base in VERSIONED:
        version = name[len(base) :]
        if version and name.startswith(base) and version.lstrip("-").replace(".", "").isdigit():
            return base
    return name


WALKS = {
    "seq": Walker.sequence,
    "chain": Walker.chain,
    "pipe": Walker.pipe,
    "background": Walker.apart,
    "subshell": Walker.apart,
    "group": Walker.inside,
    "time": Walker.inside,
    "not": Walker.negated,
    "coproc": Walker.coprocess,
    "function": Walker.function,
    "if": Walker.conditional,
    "for": Walker.iteration,
    "select": Walker.iteration,
    "loop": Walker.counted,
    "while": Walker.endless,
    "case": Walker.case,
    "test": Walker.test,
    "arithmetic": Walker.arithmetic,
    "simple": Walker.simple,
    "declare": Walker.simple,
}

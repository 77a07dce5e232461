"""The shell's own commands: what they change in the shell, and the commands some of them run."""

from leashd_hooks.shell import flows
from leashd_hooks.shell.ansi import decode
from leashd_hooks.shell.invocation import Invocation, Pattern, Unknown, resolve
from leashd_hooks.shell.nested import text_of
from leashd_hooks.shell.variables import dangers
from leashd_hooks.shell.words import runs_in_arithmetic

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from leashd_hooks.model import Effect
    from leashd_hooks.shell.invocation import Value
    from leashd_hooks.shell.state import State
    from leashd_hooks.shell.walk import Outcome, Walker

    Builtin = Callable[[Walker, Invocation, State], Outcome]

#: How variables that hold a secret are called.
SECRETS = ("TOKEN", "SECRET", "PASSWORD", "PASSWD", "PASSPHRASE", "CREDENTIALS", "API_KEY", "APIKEY", "SECRET_KEY",
           "ACCESS_KEY", "PRIVATE_KEY", "SIGNING_KEY", "ENCRYPTION_KEY")  # fmt: skip

#: Options with which `*` also stands for hidden files.
HIDDEN = frozenset(("dotglob", "globdots", "noglobdots"))

#: What `printf` prints is followed up to this length.
MAX_PRINTED = 65_536

#: Options of `declare` that leave the value as it is written.
PLAIN_ATTRIBUTES = frozenset("-xgraAfFpt+")


def _both(state: "State") -> "Outcome":
    return [state], [state]


def pure(shell: "Walker", call: Invocation, state: "State") -> "Outcome":
    """A builtin without effects outside the shell."""
    return _both(state)


def succeed(shell: "Walker", call: Invocation, state: "State") -> "Outcome":
    """`true` and `:`."""
    return [state], []


def fail(shell: "Walker", call: Invocation, state: "State") -> "Outcome":
    """`false`."""
    return [], [state]


def compare(shell: "Walker", call: Invocation, state: "State") -> "Outcome":
    """`test`, `[` and `let`: arithmetic in a subscript may run a command."""
    for value in call.args:
        if isinstance(value, str) and runs_in_arithmetic(value):
            shell.refuse("a subscript that runs a command", call)
        if call.name == "let":
            from leashd_hooks.shell.arithmetic import runs

            if runs(value, state):
                shell.refuse("arithmetic that may run what it reads", call)
            if str(value).startswith("PATH"):
                dangers(shell, call, "PATH", Unknown("`let` sets it"))
            _unknown(state, str(value).partition("=")[0].rstrip("+-*/%") if isinstance(value, str) else "")
    return _both(state)


def echo(shell: "Walker", call: Invocation, state: "State") -> "Outcome":
    """`echo`: what it prints is known when its words are."""
    words = list(call.args)
    newline = "\n"
    while words and words[0] in ("-n", "-e", "-ne", "-en", "-E"):
        if "n" in str(words.pop(0)):
            newline = ""
    known = [word for word in words if isinstance(word, str) and not isinstance(word, Pattern)]
    if len(known) == len(words) and not any("\\" in word for word in known):
        shell.output = " ".join(known) + newline
    else:
        shell.output = _carried(words)
    _tell_secrets(shell, call, state)
    return _both(state)


def _tell_secrets(shell: "Walker", call: Invocation, state: "State") -> None:
    """Printing a variable of the environment that is called a secret shows it, unless a program reads it."""
    for word in call.args:
        name = _variable(word.why) if isinstance(word, Unknown) and not shell.piped else ""
        if name.isupper() and name.endswith(SECRETS) and name not in state.variables:
            shell.emit("secret", call, store="environment")


def _variable(why: str) -> str:
    """The variable whose value makes a word unknown, "" where not its value is printed (`${X:+set}`, `${#X}`)."""
    name = why.removeprefix("$").removeprefix("{")
    end = 0
    while name[end : end + 1].isalnum() or name[end : end + 1] == "_":
        end += 1
    return (
        ""
        if not why.startswith("$") or name[end : end + 1] in ("+", "#") or name[end:].startswith(":+")
        else name[:end]
    )


def _carried(words: "Sequence[Value]") -> "Unknown | None":
    """What is printed when words come from commands: unknown, with the effects of those."""
    effects = [effect for word in words if isinstance(word, Unknown) for effect in word.effects]
    return Unknown("$(...)", "", effects) if effects else None


def printf(shell: "Walker", call: Invocation, state: "State") -> "Outcome":
    """`printf`: `-v` sets a variable."""
    words = list(call.args)
    variable = words[1] if words[:1] == ["-v"] and len(words) > 1 else None
    if variable is not None:
        compare(shell, call, state)
        words = words[2:]
    if words[:1] == ["--"]:
        words.pop(0)
    printed: Value | None = _carried(words)
    if words and all(isinstance(word, str) and not isinstance(word, Pattern) for word in words):
        form, rest = str(words[0]), [str(word) for word in words[1:]]
        if any(runs_in_arithmetic(word) for word in rest) and not set(form).isdisjoint("diouxXeEfFgG"):
            shell.refuse("a number that zsh computes", call)
        printed = _formatted(form, rest)
    if variable is None:
        shell.output = printed
        _tell_secrets(shell, call, state)
    elif isinstance(variable, str) and variable.isidentifier() and printed is not None:
        dangers(shell, call, variable, printed)
        state.assign(variable, printed)
    else:
        _unknown(state, variable)
    return _both(state)


def _formatted(form: str, rest: "list[str]") -> "str | None":
    """What `printf` makes of a format in which nothing but `%s` is filled in, None for any other."""
    pieces = form.split("%s")
    if any("%" in piece or piece[-1:] == "\\" for piece in pieces):
        return None
    decoded = [text for text in map(decode, pieces) if text is not None]
    if len(decoded) < len(pieces):
        return None
    first, *others = decoded
    places = len(others)
    out = ""
    while True:
        given = rest[:places] + [""] * (places - len(rest))
        out += first + "".join([word + piece for word, piece in zip(given, others, strict=True)])
        rest = rest[places:]
        if not rest or not places or len(out) > MAX_PRINTED:
            return out if len(out) <= MAX_PRINTED else None


def pwd(shell: "Walker", call: Invocation, state: "State") -> "Outcome":
    """`pwd` prints the directory."""
    if state.cwd is not None and not call.args:
        shell.output = state.cwd + "\n"
    return _both(state)


def _unknown(state: "State", name: "Value", effects: "Sequence[Effect]" = ()) -> None:
    """Makes a variable unknown; `effects` are those of what it was read from."""
    if isinstance(name, Unknown):
        state.forget()
    elif name:
        state.variables[str(name).partition("[")[0]] = Unknown("$" + name, "", effects)


def take_input(shell: "Walker", call: Invocation, state: "State") -> "Outcome":
    """`read`, `mapfile`, `getopts`, `wait -p`, `vared`: every word may name a variable that is set."""
    from leashd_hooks.shell.arithmetic import from_elsewhere

    compare(shell, call, state)
    effects = call.stdin.effects
    if call.stdin.kind == "file":
        effects = [*effects, call.effect("read", path=call.stdin.path, how="content")]
    for place, value in enumerate(call.args):
        if value == "-u" and place + 1 < len(call.args):
            opened = state.variables.get(f"&{call.args[place + 1]}")
            effects = opened.effects if isinstance(opened, Unknown) else effects
        if isinstance(value, Unknown) or value.isidentifier():
            dangers(shell, call, str(value), Unknown(f"`{call.name}` sets it"))
            _unknown(state, value, effects)
        if isinstance(value, Unknown) and from_elsewhere(value):
            shell.refuse("a subscript that may run what it reads", call)
        if value == "-C" and call.name in ("mapfile", "readarray") and place + 1 < len(call.args):
            shell.out.extend(call.shell(call.args[place + 1]))
    for name in ("REPLY", "MAPFILE", "OPTARG", "OPTIND"):
        _unknown(state, name, effects)
    if call.stdin.text and call.name in ("read", "mapfile", "readarray"):
        from leashd_hooks.shell.reading import possible

        return [*possible(call, state), state], [state]
    return _both(state)


def change_directory(shell: "Walker", call: Invocation, state: "State") -> "Outcome":
    """`cd`, `chdir`, `pushd`: where it succeeds the directory is another."""
    words = list(call.args)
    physical = False
    while words and isinstance(words[0], str) and words[0][:1] == "-" and len(words[0]) > 1:
        option = words.pop(0)
        if option == "--":
            break
        if isinstance(option, str) and option[1:].isdigit():
            words = [option]
            break
        physical = physical or "P" in str(option)
    moved = state.copy()
    moved.enter(_target(words, call, state, physical))
    return [moved], [state]


def _target(words: "Sequence[Value]", call: Invocation, state: "State", physical: bool) -> "str | None":
    if len(words) > 1 or (call.name == "pushd" and not words):
        return None
    value = words[0] if words else state.lookup("HOME")
    if isinstance(value, (Unknown, Pattern)) or value in ("-", ""):
        return None
    if call.name == "pushd" and value[:1] == "+":
        return None
    if value[:1] not in "/." and ("CDPATH" in state.variables or "cdpath" in state.variables):
        return None
    if physical and ".." in value:
        return None
    return resolve("./" + value if value[:1] != "/" else value, state.cwd, state.home)


def go_back(shell: "Walker", call: Invocation, state: "State") -> "Outcome":
    """`popd`: somewhere it was before."""
    moved = state.copy()
    moved.enter(None)
    return [moved], [state]


def assign_words(shell: "Walker", call: Invocation, state: "State") -> "Outcome":
    """`export`, `declare` and the like where their assignments are ordinary words."""
    return declare(shell, call, state, [call.name, *call.args], {}, told=True)


def declare(
    shell: "Walker",
    call: Invocation,
    state: "State",
    values: "Sequence[Value]",
    assigned: "dict[str, Value]",
    told: bool = False,
) -> "Outcome":
    """`export`, `declare`, `local`, `readonly`, `typeset` with the values of their words and assignments."""
    call.name, call.args = str(values[0]), list(values[1:])
    if not told:
        call.args += [Unknown(name) if isinstance(v, Unknown) else f"{name}={v}" for name, v in assigned.items()]
        shell.run(call, modelled=True)
    options, names = "", dict(assigned)
    for value in values[1:]:
        if isinstance(value, Unknown):
            state.forget()
            shell.refuse("a variable whose name is known only when it is set: " + value.why, call)
            options += "?"
        elif value[:1] in ("-", "+"):
            options += str(value)
        else:
            name, equals, text = value.partition("=")
            if runs_in_arithmetic(value):
                shell.refuse("a subscript that runs a command", call)
            if equals:
                names[name] = text
                dangers(shell, call, name, text)
            else:
                names.setdefault(name, state.lookup(name))
    if shell.locals and call.name not in ("export", "readonly") and "g" not in options:
        shell.locals[-1].update(names)
    if call.name == "local" and not shell.locals:  # an error in bash, not in zsh
        names = {name: Unknown("$" + name) for name in names}
    _attributes(shell, call, state, options, names)
    _set(state, call.name, options, names)
    if not names and (not options or "p" in options or options == "-x"):
        shell.emit("secret", call, store="environment")
    return _both(state)


def _attributes(shell: "Walker", call: Invocation, state: "State", options: "str", names: "dict[str, Value]") -> None:
    """Judges the variables that a reference stands for, and the numbers that are computed at once."""
    if "n" in options:
        for value in names.values():
            dangers(shell, call, str(value), Unknown("a reference sets it"))
    if "i" in options or call.name in ("integer", "float"):
        from leashd_hooks.shell.arithmetic import runs

        if any(runs(value, state) for value in names.values()):
            shell.refuse("a number that may run what it reads", call)


def _set(state: "State", program: str, options: str, names: "dict[str, Value]") -> None:
    transformed = program in ("integer", "float", "private") or not PLAIN_ATTRIBUTES.issuperset(options)
    if "n" in options:
        state.forget()
    for name, value in names.items():
        if transformed:
            state.volatile |= {name}
        state.assign(name, value)
        if program == "export" or "x" in options:
            state.exported |= {name}
        if program == "readonly" or "r" in options:
            state.volatile |= {name}


def unset(shell: "Walker", call: Invocation, state: "State") -> "Outcome":
    """`unset`: variables become empty, functions go."""
    compare(shell, call, state)
    functions = any(isinstance(value, str) and value[:1] == "-" and "f" in value for value in call.args)
    for value in call.args:
        if isinstance(value, Unknown):
            state.forget()
        elif functions:
            state.functions.pop(str(value), None)
        elif value[:1] != "-":
            state.assign(str(value), "")
            state.exported -= {str(value)}
    return _both(state)


def positional(shell: "Walker", call: Invocation, state: "State") -> "Outcome":
    """`set`: options, or the positional parameters."""
    if not call.args:
        shell.emit("secret", call, store="environment")
    words = list(call.args)
    while words and isinstance(words[0], str) and words[0][:1] in ("-", "+"):
        option = words.pop(0)
        if option in ("-o", "+o") and words:
            words.pop(0)
        elif option == "--":
            state.positional = words
            return _both(state)
        elif isinstance(option, str) and "A" in option:
            state.forget()
    if words:
        state.positional = None if any(isinstance(word, Unknown) for word in words) else words
    return _both(state)


def shift(shell: "Walker", call: Invocation, state: "State") -> "Outcome":
    """`shift`: positional parameters move down."""
    compare(shell, call, state)
    if state.positional is not None and not call.args:
        state.positional = list(state.positional[1:])
    else:
        state.positional = None
    return _both(state)


def leave_shell(shell: "Walker", call: Invocation, state: "State") -> "Outcome":
    """`exit`: nothing follows."""
    compare(shell, call, state)
    if len(call.args) > 1:
        return _both(state)
    shell.exits.append(state)
    return [], []


def _leave(shell: "Walker", kind: str, state: "State") -> "Outcome":
    """`return` or `break`: the state goes to the end of the function or loop, nothing follows."""
    for name, states in reversed(shell.leaves):
        if name == kind:
            states.append(state)
            return [], []
    return [state], [state]


def leave_function(shell: "Walker", call: Invocation, state: "State") -> "Outcome":
    """`return`."""
    compare(shell, call, state)
    return _leave(shell, "function", state)


def leave_loop(shell: "Walker", call: Invocation, state: "State") -> "Outcome":
    """`break` and `continue`."""
    compare(shell, call, state)
    return _leave(shell, "loop", state)


def evaluate(shell: "Walker", call: Invocation, state: "State") -> "Outcome":
    """`eval`: its words, joined, are a command line."""
    words = call.args[1:] if call.args[:1] == ["--"] else call.args
    unknown = [word for word in words if isinstance(word, Unknown)]
    if not unknown:
        return text_of(shell, " ".join(str(word) for word in words), call, state)
    effects = [effect for word in unknown for effect in word.effects]
    return text_of(shell, Unknown(unknown[0].why, "", effects), call, state)


def source(shell: "Walker", call: Invocation, state: "State") -> "Outcome":
    """`source` and `.`: a file of shell code; what it sets is unknown afterwards."""
    value: Value = call.args[0] if call.args else ""
    after = state.copy()
    after.forget()
    path = resolve(value, state.cwd, state.home)
    if path in ("/dev/stdin", "/dev/fd/0", "/proc/self/fd/0"):
        shell.out.extend(flows.into_interpreter(call, call.stdin.effects, call.stdin.programs))
        if call.stdin.kind == "text" and call.stdin.text is not None:
            return text_of(shell, call.stdin.text, call, state)
        shell.emit("code", call, language="shell", source="stdin")
        return _both(after)
    brought = (path or "").endswith(("/.venv/bin/activate", "/venv/bin/activate", "/env/bin/activate"))
    shell.emit("code", call, language="shell", source="tool" if brought else "file", path=path)
    if isinstance(value, Unknown):
        shell.out.extend(flows.into_interpreter(call, value.effects))
    return _both(after)


def define_alias(shell: "Walker", call: Invocation, state: "State") -> "Outcome":
    """`alias`: what it stands for counts at once; a later use of its name is not followed."""
    for value in call.args:
        if isinstance(value, Unknown):
            shell.refuse("an alias known only when it is made", call)
            continue
        name, equals, text = value.partition("=")
        if equals:
            state.aliases |= {name}
            shell.out.extend(call.shell(text))
    return _both(state)


def trap(shell: "Walker", call: Invocation, state: "State") -> "Outcome":
    """`trap`: its text runs at some later time."""
    words = [word for word in call.args if word not in ("--", "-p", "-l")]
    if len(words) < 2 or words[0] in ("-", ""):
        return _both(state)
    if any(word in ("EXIT", "0") or isinstance(word, Unknown) for word in words[1:]):
        shell.traps.append((words[0], call))
    if any(word not in ("EXIT", "0") for word in words[1:]):
        ok, fail = text_of(shell, words[0], call, state.copy())
        if not all(one.same(state) for one in ok + fail):
            state.haunted = True
            state.enter(None)
    return _both(state)


def run_command(shell: "Walker", call: Invocation, state: "State") -> "Outcome":
    """`command`, `builtin`, `exec`, `noglob`, `nocorrect`, `-`: the words after the options are the command."""
    words = list(call.args)
    while words and isinstance(words[0], str) and words[0][:1] == "-" and len(words[0]) > 1:
        option = words.pop(0)
        if option == "--":
            break
        if call.name == "command" and isinstance(option, str) and ("v" in option or "V" in option):
            return _both(state)
        if call.name == "exec" and isinstance(option, str) and option[-1] == "a" and words:
            words.pop(0)
    if not words:
        if call.name == "exec" and call.stdin.kind != "terminal":
            shell.stdin = call.stdin
        return _both(state)
    inner = _derived(call, words)
    if call.name != "exec":
        return shell.named(words[0], inner, state, functions=call.name not in ("command", "builtin"))
    shell.named(words[0], inner, state.copy(), functions=False)
    return _both(state)


def repeat(shell: "Walker", call: Invocation, state: "State") -> "Outcome":
    """zsh's `repeat N command`."""
    if len(call.args) > 1:
        shell.out.extend(call.command(call.args[1:]))
    state.forget()
    state.enter(None)
    return _both(state)


def _derived(call: Invocation, words: "Sequence[Value]") -> Invocation:
    return Invocation("", words[1:], call.cwd, call.home, call.env, call.stdin, call.text, call.span, call._nested)


def options(shell: "Walker", call: Invocation, state: "State") -> "Outcome":
    """`shopt`, `setopt`: with some options a pattern also matches hidden files."""
    given = [value.lower().replace("_", "") for value in call.args if isinstance(value, str)]
    off = "-u" in given if call.name == "shopt" else call.name == "unsetopt"
    if any(isinstance(value, Unknown) for value in call.args) or (not off and not HIDDEN.isdisjoint(given)):
        state.variables["&hidden"] = ""
        shell.refuse("patterns match hidden files from here on", call)
    return _both(state)


def enable(shell: "Walker", call: Invocation, state: "State") -> "Outcome":
    """`enable -f FILE` and `zmodload` load code into the shell; `hash -p` and `bind` change what names run."""
    if any(isinstance(value, Unknown) or (value[:1] == "-" and set(value) & set("fpxd")) for value in call.args):
        shell.refuse(f"`{call.name}` changes what names run", call)
    return _both(state)


def jobs(shell: "Walker", call: Invocation, state: "State") -> "Outcome":
    """`jobs -x` runs the words after it."""
    if call.args[:1] == ["-x"]:
        shell.out.extend(call.command(call.args[1:]))
    elif any(isinstance(value, Unknown) for value in call.args):
        shell.refuse("options of `jobs` known only when it runs", call)
    return _both(state)


def complete(shell: "Walker", call: Invocation, state: "State") -> "Outcome":
    """`compgen`, `complete`, `compopt`: `-C` runs a command, `-F` a function, `-W` expands its words."""
    for place, value in enumerate(call.args):
        if isinstance(value, Unknown):
            shell.refuse("a completion known only when it runs", call)
            break
        following: Value = call.args[place + 1] if place + 1 < len(call.args) else ""
        if value == "-C":
            shell.out.extend(call.shell(following))
        elif value[:1] == "-" and set(value) & set("CF"):
            shell.refuse("a completion that runs a command", call)
        elif "$" in value or "`" in value:
            shell.refuse("words that are expanded once more", call)
    if call.name == "compgen" and call.args[:1] in (["-v"], ["-e"]):
        shell.emit("secret", call, store="environment")
    return _both(state)


def history(shell: "Walker", call: Invocation, state: "State") -> "Outcome":
    """`history`: `-w`, `-a` write a file, `-c` and `-d` forget."""
    for place, value in enumerate(call.args):
        if isinstance(value, str) and value in ("-w", "-a", "-r", "-n") and place + 1 < len(call.args):
            kind = "write" if value in ("-w", "-a") else "read"
            how = "create" if kind == "write" else "content"
            shell.out.append(call.on_path(kind, call.args[place + 1], how=how))
    return _both(state)


TABLE: "dict[str, Builtin]" = {
    ":": succeed, "true": succeed, "false": fail, "test": compare, "[": compare, "let": compare, "echo": echo,
    "printf": printf, "pwd": pwd, "read": take_input, "mapfile": take_input, "readarray": take_input,
    "getopts": take_input, "wait": take_input, "vared": take_input, "cd": change_directory, "chdir": change_directory,
    "pushd": change_directory, "popd": go_back, "export": assign_words, "declare": assign_words,
    "typeset": assign_words, "local": assign_words, "readonly": assign_words, "integer": assign_words,
    "float": assign_words, "private": assign_words, "unset": unset, "set": positional, "shift": shift,
    "exit": leave_shell, "logout": leave_shell, "return": leave_function, "break": leave_loop,
    "continue": leave_loop, "eval": evaluate, "source": source, ".": source, "alias": define_alias, "trap": trap,
    "command": run_command, "builtin": run_command, "exec": run_command, "noglob": run_command,
    "nocorrect": run_command, "-": run_command, "repeat": repeat, "enable": enable, "hash": enable, "bind": enable,
    "shopt": options, "setopt": options, "unsetopt": options,
    "history": history, "jobs": jobs, "complete": complete, "compgen": complete, "compopt": complete,
    **dict.fromkeys(
        ("type", "ulimit", "umask", "times", "bg", "fg", "disown", "suspend", "caller", "help",
         "dirs", "unalias", "rehash", "whence", "unhash"),
        pure,
    ),
}  # fmt: skip

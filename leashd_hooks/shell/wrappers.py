"""Programs that run another command: what they add, and the command inside them."""

from leashd_hooks.hosts import reach
from leashd_hooks.shell import argv, flows
from leashd_hooks.shell.invocation import Invocation, Listed, Stdin, Unknown, resolve
from leashd_hooks.shell.variables import COMMANDS, LOADED

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from leashd_hooks.model import Effect
    from leashd_hooks.shell.invocation import Value

    Wrapper = Callable[[Invocation], "list[Effect] | None"]

#: name -> short options with a value, long options with a value, operands before the command
PLAIN: "dict[str, tuple[str, tuple[str, ...], int]]" = {
    "nohup": ("", (), 0),
    "nice": ("n", ("--adjustment",), 0),
    "ionice": ("cnpPu", ("--class", "--classdata", "--pid", "--pgid", "--uid"), 0),
    "chrt": ("pTPD", ("--pid", "--sched-runtime", "--sched-period", "--sched-deadline"), 1),
    "taskset": ("p", ("--pid",), 1),
    "timeout": ("ks", ("--kill-after", "--signal"), 1),
    "gtimeout": ("ks", ("--kill-after", "--signal"), 1),
    "stdbuf": ("ioe", ("--input", "--output", "--error"), 0),
    "setsid": ("", (), 0),
    "unbuffer": ("", (), 0),
    "time": ("fo", ("--format", "--output"), 0),
    "gtime": ("fo", ("--format", "--output"), 0),
    "caffeinate": ("tw", (), 0),
    "setarch": ("", (), 1),
    "linux32": ("", (), 0),
    "linux64": ("", (), 0),
    "eatmydata": ("", (), 0),
    "fakeroot": ("lsbiu", (), 0),
    "rlwrap": ("abCcDFfgHHiIlmMnOoPpqSstUwWz", (), 0),
    "xvfb-run": ("efnpsw", ("--error-file", "--server-num", "--server-args", "--wait", "--auth-file"), 0),
    "dbus-run-session": ("", ("--config-file", "--dbus-daemon"), 0),
    "dbus-launch": ("", (), 0),
    "valgrind": ("", (), 0),
    "catchsegv": ("", (), 0),
    "prlimit": ("p", ("--pid", "--output"), 0),
    "numactl": ("imNCpl", (), 0),
    "tini": ("pe", (), 0),
    "dumb-init": ("r", (), 0),
    "chronic": ("", (), 0),
    "ifne": ("", (), 0),
    "nocache": ("n", (), 0),
    "busybox": ("", (), 0),
    "toybox": ("", (), 0),
    "winpty": ("", (), 0),
    "ssh-agent": ("aEOPt", (), 0),
    "doas": ("aCu", (), 0),
    "pkexec": ("", ("--user",), 0),
    "run0": ("ugDE", ("--user", "--group", "--chdir", "--setenv", "--unit", "--property", "--machine"), 0),
    "strace": ("abeEIoOpPsSuUX", ("--output", "--attach", "--trace", "--user", "--env"), 0),
    "ltrace": ("aAeFlnopsuwxX", ("--output",), 0),
    "dtruss": ("nptW", (), 0),
    "chroot": ("", ("--userspec", "--groups"), 1),
}

#: Wrappers that do something without a command, but only tell of themselves with `--version` or `--help` alone.
TELLS = frozenset(("env", "genv", "sudo", "su", "runuser", "setpriv", "nsenter", "pkexec", "run0", "machinectl"))
PRIVILEGED = frozenset(("sudo", "doas", "su", "pkexec", "run0", "sudoedit", "gosu", "su-exec", "setpriv", "machinectl"))
TRACING = frozenset(("strace", "ltrace", "dtruss"))

SHELLS = frozenset(("sh", "bash", "zsh", "dash", "ksh", "ksh93", "mksh", "ash", "rbash", "yash"))
OTHER_SHELLS = frozenset(("fish", "csh", "tcsh", "nu", "elvish", "xonsh", "pwsh", "powershell", "osh", "ysh"))

SUDO_LONG = (
    "--user", "--group", "--prompt", "--close-from", "--chdir", "--chroot", "--host", "--role", "--type",
    "--other-user", "--command-timeout",
)  # fmt: skip


def effects(call: Invocation) -> "list[Effect] | None":
    """Effects of a program that runs another command, besides its own `run`; None when it is no such program."""
    name = call.name
    if len(call.args) == 1 and name in TELLS and call.args[0] in ("--version", "--help"):
        return []
    if name in PLAIN:
        return _plain(call)
    if name in SHELLS:
        return _shell(call)
    if name in OTHER_SHELLS:
        return _other_shell(call)
    special = SPECIAL.get(name)
    return special(call) if special else None


def _other_shell(call: Invocation) -> "list[Effect]":
    """A shell of another language: what reads like `sh` is told, all of it is asked about."""
    found = [call.effect("code", language="shell", source="unknown"), _unclear(call, "a shell of another kind")]
    if not call.args:
        return [*found, *flows.into_interpreter(call, call.stdin.effects, call.stdin.programs)]
    for option, text in zip(call.args, call.args[1:], strict=False):
        if isinstance(option, str) and option in ("-c", "-Command", "--command", "-lc", "-ic"):
            found.extend(call.shell(text))
    return found


def _unclear(call: Invocation, why: str) -> "Effect":
    return call.effect("opaque", why=why)


def _plain(call: Invocation) -> "list[Effect]":
    short, long, skip = PLAIN[call.name]
    options = argv.read(call.args, short, long, stop_at_word=True)
    found: list[Effect] = []
    if call.name in PRIVILEGED:
        found.append(call.effect("privilege", program=call.name))
    if call.name in TRACING or call.name == "time":
        found.extend(call.on_path("write", value, how="create") for value in options.values("-o", "--output"))
    if call.name in TRACING and options.values("-p", "--attach"):
        found.append(call.effect("process", operation="trace"))
    if call.name == "chroot":
        found.append(call.effect("privilege", program="chroot"))
        found.append(_unclear(call, "another root directory"))
    words = options.words
    if call.name in ("doas", "pkexec", "run0") and not words:
        found.append(call.effect("code", language="shell", source="stdin"))
    if any(isinstance(word, Unknown) for word in words[:skip]):
        found.append(_unclear(call, "a command whose place is not known"))
    return [*found, *call.command(words[skip:])]


def _sudo(call: Invocation) -> "list[Effect]":
    found = [call.effect("privilege", program=call.name)]
    options = argv.read(call.args, "ugpCcDRTtrhU", SUDO_LONG, stop_at_word=True)
    if call.name == "sudoedit" or options.has("-e", "--edit"):
        found.extend(call.on_path("write", word, how="edit") for word in options.words)
        return found
    words, env = _assignments(options.words, call, found)
    inner = _moved(call, options.values("-D", "--chdir"), env)
    if words:
        return [*found, *inner.command(words)]
    if options.has("-s", "-i", "--shell", "--login"):
        found.extend(_from_stdin(call))
    return found


def _su(call: Invocation) -> "list[Effect]":
    found = [call.effect("privilege", program="su")]
    options = argv.read(call.args, "cgGswT", ("--command", "--group", "--supp-group", "--shell", "--session-command"))
    texts = options.values("-c", "--command", "--session-command")
    for text in texts:
        found.extend(call.shell(text))
    return found if texts else [*found, *_from_stdin(call)]


def _gosu(call: Invocation) -> "list[Effect]":
    return [call.effect("privilege", program=call.name), *call.command(call.args[1:])]


def _setpriv(call: Invocation) -> "list[Effect]":
    """`setpriv`, `nsenter`: options, then a command with other rights."""
    options = argv.read(call.args, "tSG", ("--target", "--setuid", "--setgid"), stop_at_word=True)
    return [call.effect("privilege", program=call.name), *call.command(options.words)]


def _runuser(call: Invocation) -> "list[Effect]":
    found = [call.effect("privilege", program=call.name)]
    options = argv.read(call.args, "cgGsuwT", ("--command", "--group", "--supp-group", "--shell", "--user"))
    for text in options.values("-c", "--command"):
        found.extend(call.shell(text))
    return [*found, *(call.command(options.words) if options.has("-u", "--user") else ())]


def _other_rights(call: Invocation) -> "list[Effect]":
    """`machinectl`, `newgrp`, `sg`: a session or command with the rights of others."""
    if call.name == "machinectl" and call.args[:1] != ["shell"]:
        return [_unclear(call, "a machine of its own")]
    return [call.effect("privilege", program=call.name), _unclear(call, "a session with other rights")]


def _moved(call: Invocation, directories: "Sequence[Value]", env: "dict[str, Value]") -> Invocation:
    cwd = resolve(directories[-1], call.cwd, call.home) if directories else call.cwd
    return Invocation(
        call.name, call.args, cwd, call.home, {**call.env, **env}, call.stdin, call.text, call.span, call._nested
    )


def _assignments(
    words: "Sequence[Value]", call: Invocation, found: "list[Effect]"
) -> "tuple[list[Value], dict[str, Value]]":
    """Splits `NAME=value ... command` and adds what the assignments amount to."""
    env: dict[str, Value] = {}
    rest = list(words)
    while rest:
        text = rest[0].prefix if isinstance(rest[0], Unknown) else str(rest[0])
        name, equals, value = text.partition("=")
        if not equals:
            break
        word = rest.pop(0)
        env[name] = Unknown(word.why, value, word.effects) if isinstance(word, Unknown) else value
        if name in COMMANDS and value not in ("", "cat", "less", "true", ":"):
            found.extend(call.shell(env[name]))
        elif name in LOADED or name == "PATH" or name.startswith(("DYLD_", "BASH_FUNC", "GIT_CONFIG_")):
            found.append(_unclear(call, f"`{name}` changes what programs run"))
    return rest, env


def _env(call: Invocation) -> "list[Effect]":
    options = argv.read(call.args, "uCSPa", ("--unset", "--chdir", "--split-string", "--argv0"), stop_at_word=True)
    found: list[Effect] = []
    words, env = _assignments([word for word in options.words if word != "-"], call, found)
    inner = _moved(call, options.values("-C", "--chdir"), env)
    texts = options.values("-S", "--split-string")
    if texts:
        found.extend(inner.shell(_with_words(texts[-1], words)))
    elif words:
        found.extend(inner.command(words))
    else:
        found.append(call.effect("secret", store="environment"))
    return found


def _with_words(text: "Value", words: "Sequence[Value]") -> "Value":
    """Shell text with words after it, as they are."""
    for word in (text, *words):
        if isinstance(word, Unknown):
            return Unknown(word.why, "", word.effects)
    return " ".join([str(text), *(_quoted(str(word)) for word in words)])


def _quoted(word: str) -> str:
    return "'" + word.replace("'", "'\\''") + "'"


def _xargs(call: Invocation) -> "list[Effect]":
    options = argv.read(
        call.args, "EIJLRSnPsda",
        ("--arg-file", "--delimiter", "--max-lines", "--max-args", "--max-procs", "--max-chars", "--process-slot-var"),
        stop_at_word=True,
    )  # fmt: skip
    found = [call.on_path("read", value, how="content") for value in options.values("-a", "--arg-file")]
    marks = [str(value) for value in options.values("-I", "-J") if isinstance(value, str)]
    if options.has("-i", "--replace"):
        marks.append("{}")
    more = Unknown("words from standard input", "", call.stdin.effects)
    brought = [more]
    names = _names_of(call.stdin, {name for name, _ in options.flags})
    words: list[Value] = []
    template = options.words or ["echo"]
    program = template[0].rpartition("/")[2] if isinstance(template[0], str) else ""
    if program in SHELLS:  # in its text a name is one word more, and the first of them is not among `"$@"`
        names, brought = [], [more, more]
    for word in template:
        place = _mark(word, marks)
        if place >= 0 and program in SHELLS and isinstance(word, str):
            found.append(_unclear(call, "words of standard input inside shell text"))
            words.append(_with_variable(word, marks))
            continue
        if word in marks and names:
            words.extend(names)
            continue
        words.append(word if place < 0 else Unknown("words from standard input", str(word)[:place], call.stdin.effects))
    nothing = Stdin("file", path="/dev/null")
    inner = Invocation(call.name, (), call.cwd, call.home, call.env, nothing, call.text, call.span, call._nested)
    known = _given(call.stdin, marks)
    if not known or marks or not {name for name, _ in options.flags} <= COUNTING:
        found.extend(inner.command(words if marks else [*words, *(names or brought)]))
    for given in known:
        found.extend(inner.command(_filled(template, marks, given)))
    if not (marks or options.has("-r", "--no-run-if-empty")):  # where no words come, it runs without them
        found.extend([effect for effect in inner.command(words) if effect.kind != "run" and effect not in found])
    return found


#: Options of xargs with which its words are still those of its input.
COUNTING = frozenset(("-n", "-r", "-t", "-P", "--max-args", "--no-run-if-empty", "--verbose", "--max-procs"))
#: So many lines of known input are told one by one.
MAX_GIVEN = 8


def _names_of(stdin: Stdin, flags: "set[str]") -> "list[Value]":
    """What stands for the file names on standard input, where xargs takes them apart as they were put together."""
    null = not flags.isdisjoint(("-0", "--null"))
    whole = all(isinstance(name, Listed) != null for name in stdin.names)
    return list(stdin.names) if whole and flags <= COUNTING | {"-0", "--null", "-I"} else []


def _given(stdin: Stdin, marks: "Sequence[str]") -> "list[list[str]]":
    """The words, command by command, that known standard input gives."""
    if stdin.text is None or any(char in stdin.text for char in "'\"\\"):
        return []
    lines = [line.strip() for line in stdin.text.split("\n") if line.strip()]
    return [[line] for line in lines[:MAX_GIVEN]] if marks else [stdin.text.split()]


def _filled(words: "Sequence[Value]", marks: "Sequence[str]", given: "list[str]") -> "list[Value]":
    if not marks:
        return [*words, *given]
    found: list[Value] = []
    for word in words:
        for mark in marks if isinstance(word, str) else ():
            word = str(word).replace(mark, given[0])
        found.append(word)
    return found


def _with_variable(text: str, marks: "Sequence[str]") -> str:
    """Shell text in which a variable that is not known stands for what xargs fills in."""
    for mark in marks:
        text = text.replace(mark, "${words_of_xargs}")
    return text


def _mark(word: "Value", marks: "Sequence[str]") -> int:
    if isinstance(word, Unknown):
        return -1
    places = [word.find(mark) for mark in marks if mark in word]
    return min(places) if places else -1


def _parallel(call: Invocation) -> "list[Effect]":
    options = argv.read(call.args, "jJaNnLIPSdEkCsX", ("--jobs", "--arg-file", "--delay", "--timeout", "--joblog",
                        "--results", "--tmpdir", "--colsep", "--sshlogin", "--retries"), stop_at_word=True)  # fmt: skip
    words = options.words
    marks = [place for place, word in enumerate(words) if word in (":::", "::::", ":::+", "::::+")]
    given = words[marks[0] + 1 :] if marks and words[marks[0]] == ":::" else []
    words = words[: marks[0]] if marks else words
    if any(isinstance(word, Unknown) for word in words) or not words:
        return [_unclear(call, "command lines known only when they run")]
    text = " ".join(str(word) for word in words)
    text = text if "{}" in text else text + " {}"
    found = call.shell(text.replace("{}", '"$argument"'))
    for word in given[:MAX_GIVEN]:
        if isinstance(word, str) and not word.startswith(":::"):
            found.extend(call.shell(text.replace("{}", _quoted(word))))
    if options.values("-S", "--sshlogin"):
        found.append(_unclear(call, "commands on other machines"))
    return found


def _watch(call: Invocation) -> "list[Effect]":
    options = argv.read(call.args, "nqs", ("--interval", "--equexit", "--shotsdir"), stop_at_word=True)
    if options.has("-x", "--exec"):
        return call.command(options.words)
    return call.shell(_joined(options.words))


def _joined(words: "Sequence[Value]") -> "Value":
    for word in words:
        if isinstance(word, Unknown):
            return Unknown(word.why, "", word.effects)
    return " ".join(str(word) for word in words)


def _script(call: Invocation) -> "list[Effect]":
    options = argv.read(call.args, "cBEIOTmot", ("--command", "--log-io", "--log-in", "--log-out", "--log-timing"))
    logs = options.values("-B", "-I", "-O", "-T", "--log-io", "--log-in", "--log-out", "--log-timing")
    written = [*logs, *options.words[:1]] or ["typescript"]
    found = [call.on_path("write", value, how="create") for value in written]
    for text in options.values("-c", "--command"):
        found.extend(call.shell(text))
    words = argv.read(call.args, "cBEIOTmot", stop_at_word=True).words
    if len(words) > 1 and not str(words[1]).startswith("-"):  # BSD: script FILE COMMAND ...
        found.extend(call.command(words[1:]))
    elif not options.has("-c", "--command"):
        found.extend(_from_stdin(call))
    return found


def _flock(call: Invocation) -> "list[Effect]":
    options = argv.read(call.args, "wE", ("--timeout", "--wait", "--conflict-exit-code"), stop_at_word=True)
    words = options.words
    found: list[Effect] = []
    if words and not (isinstance(words[0], str) and words[0].isdigit()):
        found.append(call.on_path("write", words[0], how="create"))
    rest = words[1:]
    if rest[:1] in (["-c"], ["--command"]):
        return [*found, *call.shell(rest[1] if len(rest) > 1 else "")]
    return [*found, *call.command(rest)]


SSH_RUNS = ("proxycommand", "localcommand", "knownhostscommand", "remotecommand", "match")


def _ssh(call: Invocation) -> "list[Effect]":
    options = argv.read(call.args, "BbcDEeFIiJLlmOoPpQRSWw", stop_at_word=True)
    found: list[Effect] = []
    for value in options.values("-o"):
        text = value.prefix if isinstance(value, Unknown) else str(value)
        name, _, command = text.replace("=", " ", 1).strip().partition(" ")
        if name.lower() in SSH_RUNS:
            found.extend(call.shell(command if isinstance(value, str) else Unknown("an option of ssh")))
    found.extend(call.on_path("read", value, how="content") for value in options.values("-F", "-i"))
    found.extend(call.on_path("write", value, how="append") for value in options.values("-E"))
    words = options.words
    # Options may also stand between the host and the command.
    rest = argv.read(words[1:], "BbcDEeFIiJLlmOoPpQRSWw", stop_at_word=True)
    if any(name == "-o" for name, _ in rest.flags):
        found.append(_unclear(call, "options of ssh after the host"))
    values: dict[str, object] = {"scheme": "ssh", "direction": "connect"}
    if words and isinstance(words[0], str):
        host = words[0].removeprefix("ssh://").rpartition("@")[2].partition("/")[0].partition(":")[0]
        values.update(host=host, reach=reach(host))
    ports = [value for value in options.values("-p") if isinstance(value, str) and value.isdigit()]
    if ports:
        values["port"] = int(str(ports[-1]))
    found.append(call.effect("network", **values))
    if not options.has("-N", "-V", "-Q", "-O"):
        found.append(call.effect("code", language="shell", source="inline" if rest.words else "stdin"))
        found.append(_unclear(call, "commands on another machine"))
    return found


def _noexec(call: Invocation) -> bool:
    return all(word in ("--version", "--help") for word in call.args) and bool(call.args)


#: Options of a shell that take the next word.
SHELL_VALUES = ("--rcfile", "--init-file", "-O", "+O", "-o", "+o")


def _shell(call: Invocation) -> "list[Effect] | None":
    """`sh -c TEXT`, `sh FILE`, `sh` with its commands on standard input."""
    if _noexec(call):
        return []
    words = list(call.args)
    found: list[Effect] = []
    letters = ""
    while words:
        word = words[0]
        if isinstance(word, Unknown):
            if not word.prefix or word.prefix[0] in "-+":
                return [_unclear(call, "options of a shell known only when it runs"), *_unknown_flow(call, word)]
            break
        if word in ("-", "--") or word[:1] not in ("-", "+") or len(word) < 2:
            if word in ("-", "--"):
                words.pop(0)
            break
        words.pop(0)
        if word in SHELL_VALUES or (word[1] != "-" and word[-1] in "oO"):
            found += _option(call, word, words.pop(0) if words else "")
        if word[0] == "-" and word[1] != "-":
            letters += word[1:]
    if "c" in letters:
        text: Value = words[0] if words else ""
        inner = _moved(call, (), {"0": words[1]} if len(words) > 1 else {})
        return [*found, *inner._nested("script", (text, words[2:]), inner)]
    if words and "s" not in letters:
        return [*found, *_script_file(call, words[0], checks="n" in letters and not found)]
    return [*found, *_from_stdin(call)]


def _option(call: Invocation, word: str, value: "Value") -> "list[Effect]":
    """What an option of a shell with its value brings along."""
    if word in ("--rcfile", "--init-file"):
        return [_file(call, value)]
    return [_unclear(call, "patterns match hidden files")] if value in ("dotglob", "globdots") else []


def _unknown_flow(call: Invocation, word: Unknown) -> "list[Effect]":
    return flows.into_interpreter(call, word.effects)


def _file(call: Invocation, value: "Value") -> "Effect":
    return call.effect("code", language="shell", source="file", path=resolve(value, call.cwd, call.home))


def _script_file(call: Invocation, value: "Value", checks: bool) -> "list[Effect]":
    """A script; `checks` tells that it is only read, and nothing of it runs."""
    if checks:
        return [call.on_path("read", value, how="content")]
    path = resolve(value, call.cwd, call.home)
    if path in ("/dev/stdin", "/dev/fd/0", "/proc/self/fd/0"):
        return _from_stdin(call)
    found = [_file(call, value)]
    if isinstance(value, Unknown):
        found.extend(_unknown_flow(call, value))
    return found


def _from_stdin(call: Invocation) -> "list[Effect]":
    """What a shell does with what it reads."""
    stdin = call.stdin
    found = flows.into_interpreter(call, stdin.effects, stdin.programs)
    if stdin.kind == "text" and stdin.text is not None:
        return [*call.shell(stdin.text), *found]
    if stdin.kind == "file":
        return [call.effect("code", language="shell", source="file", path=stdin.path), *found]
    return [call.effect("code", language="shell", source="stdin"), *found]


def _at(call: Invocation) -> "list[Effect]":
    return [call.effect("system", operation="schedule"), *_from_stdin(call)]


def _hyperfine(call: Invocation) -> "list[Effect]":
    options = argv.read(call.args, "wmMrspcuNiLDPn", ("--warmup", "--min-runs", "--max-runs", "--runs", "--setup",
                        "--prepare", "--cleanup", "--conclude", "--shell", "--style", "--export-json",
                        "--export-markdown", "--parameter-list", "--command-name"))  # fmt: skip
    texts = [*options.words, *options.values("-s", "-p", "-c", "--setup", "--prepare", "--cleanup", "--conclude")]
    files = options.values("--export-json", "--export-markdown")
    found = [call.on_path("write", value, how="create") for value in files]
    for text in texts:
        found.extend(call.shell(text))
    return found


SPECIAL: "dict[str, Wrapper]" = {
    "sudo": _sudo,
    "sudoedit": _sudo,
    "dzdo": _sudo,
    "su": _su,
    "runuser": _runuser,
    "setpriv": _setpriv,
    "nsenter": _setpriv,
    "machinectl": _other_rights,
    "newgrp": _other_rights,
    "sg": _other_rights,
    "gosu": _gosu,
    "su-exec": _gosu,
    "env": _env,
    "genv": _env,
    "xargs": _xargs,
    "gxargs": _xargs,
    "parallel": _parallel,
    "watch": _watch,
    "script": _script,
    "flock": _flock,
    "ssh": _ssh,
    "at": _at,
    "batch": _at,
    "hyperfine": _hyperfine,
}

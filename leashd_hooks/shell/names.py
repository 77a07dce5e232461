"""Names that decide how a command word is taken: builtins, wrappers, interpreters with a version."""

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
    "dbus-launch", "dbus-run-session", "doas", "dtruss", "dumb-init", "dzdo", "eatmydata",
    "elvish", "env", "fakeroot", "machinectl", "newgrp", "nsenter", "runuser", "setpriv", "sg",
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


def program_name(name: str) -> str:
    """The name a program is modelled under: without `.exe`, interpreters without a version."""
    if name.endswith(".exe"):
        name = name[:-4]
    if name in VERSIONED or not name[-1:].isdigit():
        return name
    for base in VERSIONED:
        version = name[len(base) :]
        if version and name.startswith(base) and version.lstrip("-").replace(".", "").isdigit():
            return base
    return name

"""Variables that make other programs run something: what assigning them amounts to."""

from leashd_hooks.shell.invocation import Unknown, resolve

TYPE_CHECKING = False
if TYPE_CHECKING:
    from leashd_hooks.shell.invocation import Invocation, Value
    from leashd_hooks.shell.walk import Walker

#: Their value is a command line.
COMMANDS = frozenset((
    "PAGER", "GIT_PAGER", "MANPAGER", "SYSTEMD_PAGER", "EDITOR", "VISUAL", "GIT_EDITOR", "GIT_SEQUENCE_EDITOR",
    "FCEDIT", "GIT_SSH_COMMAND", "GIT_SSH", "GIT_ASKPASS", "SSH_ASKPASS", "SUDO_ASKPASS", "GIT_EXTERNAL_DIFF",
    "GIT_PROXY_COMMAND", "BROWSER", "RUSTC_WRAPPER", "RUSTC_WORKSPACE_WRAPPER", "NULLCMD", "READNULLCMD",
    "PROMPT_COMMAND",
))  # fmt: skip

#: Their value is code, or a file of code, that every program or shell loads.
LOADED = frozenset((
    "LD_PRELOAD", "LD_LIBRARY_PATH", "LD_AUDIT", "LD_DEBUG_OUTPUT", "BASH_ENV", "ENV", "ZDOTDIR", "PYTHONSTARTUP",
    "PYTHONHOME", "PYTHONINSPECT", "PERL5OPT", "PERL5DB", "RUBYOPT", "JAVA_TOOL_OPTIONS", "_JAVA_OPTIONS",
    "JDK_JAVA_OPTIONS", "GCONV_PATH", "LESSOPEN", "LESSCLOSE", "GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM",
    "GIT_CONFIG_PARAMETERS", "GIT_EXEC_PATH", "GIT_TEMPLATE_DIR", "BASH_FUNC", "GLIBC_TUNABLES",
    "PYTHONWARNINGS", "PYTHONBREAKPOINT", "LD_BIND_NOW", "OPENSSL_CONF", "OPENSSL_ENGINES",
))  # fmt: skip

PROMPTS = frozenset(("PS0", "PS1", "PS2", "PS3", "PS4", "PROMPT", "RPROMPT", "RPS1"))

PROGRAM_DIRECTORIES = (
    "/bin", "/usr/bin", "/usr/local/bin", "/usr/sbin", "/sbin", "/usr/local/sbin", "/opt/homebrew/bin",
    "/opt/homebrew/sbin",
)  # fmt: skip


def dangers(shell: "Walker", call: "Invocation", name: str, value: "Value") -> None:
    """Adds the effects of setting a variable that programs act on."""
    if name in COMMANDS:
        if value not in ("", "cat", "less", "true", ":"):
            shell.out.extend(call.shell(value))
    elif name in LOADED or name.startswith(("DYLD_", "BASH_FUNC", "GIT_CONFIG_KEY_", "GIT_CONFIG_VALUE_")):
        if value != "" and not (name == "PYTHONWARNINGS" and isinstance(value, str) and value.isalpha()):
            path = None if isinstance(value, Unknown) else resolve(value, call.cwd, call.home)
            shell.emit("code", call, language="other", source="file", path=path)
            shell.refuse(f"`{name}` changes what programs run", call)
    elif name in PROMPTS:
        if isinstance(value, Unknown) or "$" in value or "`" in value:
            shell.refuse(f"`{name}` holds a command", call)
    elif name == "GLOBIGNORE":
        shell.refuse("`GLOBIGNORE` lets patterns match hidden files", call)
    elif name in ("PATH", "path"):
        _search_path(shell, call, value)
    elif name == "NODE_OPTIONS" and (isinstance(value, Unknown) or any(flag in value for flag in _NODE_LOADERS)):
        shell.refuse("`NODE_OPTIONS` loads code", call)


_NODE_LOADERS = ("-r", "--require", "--import", "--loader", "--experimental-loader", "--inspect")


def _search_path(shell: "Walker", call: "Invocation", value: "Value") -> None:
    """`$PATH` itself and the usual directories are fine; any other directory decides what each later name runs."""
    text = value.prefix if isinstance(value, Unknown) else str(value)
    if isinstance(value, Unknown) and value.why != "$PATH":
        shell.refuse("`PATH` changes: " + value.why, call)
        return
    usual = {*PROGRAM_DIRECTORIES, call.home + "/.local/bin", call.home + "/.cargo/bin", call.home + "/bin", ""}
    usual.update((call.home + "/go/bin", call.home + "/.bun/bin", call.home + "/.deno/bin"))
    for directory in text.split(":"):
        if directory not in usual:
            shell.refuse(f"`PATH` changes: `{directory}`", call)
            return

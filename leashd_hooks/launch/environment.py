"""The environment a client starts with: what runs code in it, or switches hooks off, stays behind."""

from __future__ import annotations

from collections.abc import Callable, Mapping

#: The loader, interpreters and shells run what these name before their program, or take options from them.
FAMILIES = ("LD_", "DYLD_", "PYTHON", "NODE_", "BUN_", "BASH_FUNC_", "PERL5", "RUBY")
SINGLE = ("BASH_ENV", "ENV", "SHELLOPTS", "BASHOPTS", "PROMPT_COMMAND", "ZDOTDIR", "GCONV_PATH", "GLIBC_TUNABLES")
#: Names of those families that only say which certificates to trust.
HARMLESS = ("NODE_EXTRA_CA_CERTS", "NODE_USE_SYSTEM_CA")


def runs_code(name: str) -> bool:
    """Whether a variable makes the loader, an interpreter or a shell run something."""
    return name in SINGLE or (name.startswith(FAMILIES) and name not in HARMLESS)


def cleaned(environ: Mapping[str, str], hostile: Callable[[str], bool]) -> tuple[dict[str, str], list[str]]:
    """What stays of an environment, and the names of what does not; `hostile` knows the client's own variables."""
    removed = sorted(name for name in environ if runs_code(name) or hostile(name))
    return {name: value for name, value in environ.items() if name not in removed}, removed

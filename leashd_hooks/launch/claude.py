"""Claude Code under a command line and an environment in which no settings file can take the guard away.

What each part holds against was measured on 2.1.197 and 2.1.330; docs/launch.md has the table.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from leashd_hooks.install import claude, survey
from leashd_hooks.install.place import Place
from leashd_hooks.launch import environment
from leashd_hooks.launch.refusal import Refusal

PROGRAM = "claude"

#: Arguments that would take the guard away or start a session that does not have it, each with the reason.
REFUSED = {
    "--bare": "it starts without hooks",
    "--safe-mode": "it starts without hooks",
    "--settings": "the last one given counts, and leashd gives its hook in it",
    "--setting-sources": "other sources bring settings that can switch hooks off or run commands of their own",
    "--plugin-dir": "hooks of a plugin run commands unseen, and answer what a person should",
    "--plugin-url": "hooks of a plugin run commands unseen, and answer what a person should",
    "--bg": "the session goes on under another process, which does not keep these arguments",
    "--background": "the session goes on under another process, which does not keep these arguments",
    "--tmux": "the session is started by the tmux server, in an environment of its own",
    "--cloud": "the session runs on another machine, without leashd",
    "--environment": "the session runs on another machine, without leashd",
    "--teleport": "the session was made on another machine; resume it with `--resume`",
    "--desktop": "the session goes on in another program, without these arguments",
    "agents": "the sessions that it starts do not have these arguments",
    "attach": "the session was started by another command, without these arguments",
    "respawn": "the session is started by another process, without these arguments",
    "remote-control": "the sessions that it starts do not have these arguments",
    "ultrareview": "the review runs on another machine, without leashd",
}
#: Commands that manage the client and start no session.
MANAGES = ("auth", "auto-mode", "doctor", "gateway", "import", "install", "logs", "mcp", "plugin", "plugins", "project",
           "purge", "rm", "setup-token", "stop", "kill", "update", "upgrade")  # fmt: skip

#: The client's own variables that stay; those that are not known to be harmless go.
KEPT = ("CLAUDE_CODE_OAUTH_TOKEN", "CLAUDE_CODE_API_KEY_HELPER_TTL_MS", "CLAUDE_CODE_MAX_OUTPUT_TOKENS",
        "CLAUDE_CODE_MAX_RETRIES", "CLAUDE_CODE_SUBAGENT_MODEL", "CLAUDE_CODE_EFFORT_LEVEL",
        "CLAUDE_CODE_ENABLE_TELEMETRY", "CLAUDE_CODE_CLIENT_CERT", "CLAUDE_CODE_CLIENT_KEY",
        "CLAUDE_CODE_CLIENT_KEY_PASSPHRASE", "CLAUDE_CODE_CERT_STORE", "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC",
        "CLAUDE_CODE_DISABLE_TERMINAL_TITLE", "CLAUDE_CODE_DISABLE_BACKGROUND_TASKS", "CLAUDE_CODE_USE_BEDROCK",
        "CLAUDE_CODE_USE_VERTEX", "CLAUDE_CODE_USE_FOUNDRY", "CLAUDE_CODE_SKIP_BEDROCK_AUTH",
        "CLAUDE_CODE_SKIP_VERTEX_AUTH", "CLAUDE_CODE_SKIP_FOUNDRY_AUTH")  # fmt: skip

#: Below this version a call runs when its hook is killed, hangs or cannot be started.
SAFE = survey.FAILS_CLOSED


def hostile(name: str) -> bool:
    """Whether a variable of the client's own may not reach it."""
    return name.startswith("CLAUDE_") and name not in KEPT


def refuse(arguments: Sequence[str]) -> None:
    """Raises Refusal where an argument would take the guard away, or starts no session that could be guarded."""
    for at, word in enumerate(arguments):
        name = word.partition("=")[0] if word.startswith("--") else word
        if name in REFUSED:
            raise Refusal(f"`{name}` is refused: {REFUSED[name]}", "leave it out, or start `claude` itself, unguarded")
        if at == 0 and name in MANAGES:
            raise Refusal(f"`{name}` starts no session", f"run `claude {name}` itself")


def settings(entry: claude.Hook) -> dict[str, Any]:
    """The settings that are given by flag: our hook, and what keeps others from switching it off."""
    return {
        "disableAllHooks": False,
        "disableSkillShellExecution": True,
        "disableAgentView": True,
        "env": dict.fromkeys(claude.PINNED, ""),
        "hooks": claude.with_hooks({}, entry),
    }


def flags(entry: claude.Hook, user_settings: bool) -> list[str]:
    """What stands before the user's own arguments.  Only the user's settings file can be let in, never a project's."""
    given = json.dumps(settings(entry), separators=(",", ":"))
    return ["--settings", given, "--setting-sources", "user" if user_settings else "", "--strict-mcp-config"]


def check_version(version: tuple[int, ...], path: str, unsafe: bool) -> str:
    """What to tell about the client's version, "" for nothing.  Raises Refusal below `SAFE` unless told to go on."""
    if version >= SAFE:
        return ""
    known = f"{path} is version {'.'.join(map(str, version))}" if version else f"the version of {path} is not known"
    text = f"{known}: below {'.'.join(map(str, SAFE))} a call runs when its hook is killed, hangs or cannot be started"
    if not unsafe:
        raise Refusal(text, "update Claude Code, or go on with `leashd claude --unsafe-version ...`")
    return text


def check_managed(place: Place) -> None:
    """Raises Refusal where root's settings let no hook run that is given by flag."""
    layers = [survey.read_layer(scope, path) for scope, path in survey.files(place) if scope == "managed"]
    if any(layer.ours.get("PreToolUse") for layer in layers):
        return
    for layer in layers:
        for key in ("disableAllHooks", "allowManagedHooksOnly"):
            if layer.data.get(key):
                help = "sudo leashd install claude --managed"
                raise Refusal(f"`{layer.path}` says `{key}`, so leashd's hook would not run", help)


def check_user_settings(path: Path) -> None:
    """Raises Refusal where the user's settings, which are to be let in, work against the guard."""
    layer = survey.read_layer("user", path) if path.exists() else survey.Layer("user", path, {})
    wrong = layer.error or _works_against(layer)
    if wrong:
        raise Refusal(f"`{path}` {wrong}", "mend it, or start without `--user-settings`")


def _works_against(layer: survey.Layer) -> str:
    given = layer.data.get("env")
    for name in given if isinstance(given, dict) else ():
        if name == "PATH" or hostile(name) or environment.runs_code(name):
            return f"sets `{name}` for the client"
    foreign = [entry for _, entry in layer.hooks("PermissionRequest") if not claude.is_ours(entry)]
    return "lets another program answer permission requests" if foreign else ""


def environ(given: Mapping[str, str]) -> tuple[dict[str, str], list[str]]:
    """The environment of the client, and the names of what was taken out of it."""
    return environment.cleaned(given, hostile)

"""Codex under a command line and an environment in which no settings file can take the guard away.

What each part holds against was measured on 0.169.0; docs/codex.md has the table.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from leashd_hooks.install import codex, codex_client
from leashd_hooks.launch import environment
from leashd_hooks.launch.refusal import Refusal

PROGRAM = "codex"
#: The file that Codex says the flags of a session come from.
FLAGS = "/<session-flags>/config.toml"

#: Commands that start a session, which keeps the flags given before them.
SESSIONS = ("exec", "e", "review", "resume", "fork")
#: Commands that start sessions elsewhere.
ELSEWHERE = ("agents", "app-server", "remote-control", "queue", "cloud", "exec-server")
#: Commands that manage the client and start no session.
MANAGES = ("login", "logout", "mcp", "plugin", "completion", "update", "doctor", "sandbox", "debug", "apply", "a",
           "archive", "delete", "unarchive", "migrate-rollouts", "migrate-nfs-db", "features", "help")  # fmt: skip

#: Arguments that would open a way around the guard, each with the reason.
REFUSED = {
    "--dangerously-bypass-hook-trust": "hooks that nobody has looked at could change a call after leashd has seen it",
    "--approve-for-me": "the reviewer runs commands that no hook sees",
    "--search": "the search runs at the provider, where no hook sees it",
    "--remote": "the session runs in another process, without these arguments",
    "--remote-auth-token-env": "the session runs in another process, without these arguments",
}
#: Settings that only leashd gives: the name's beginning.
_OURS = ("hooks", "web_search", "approvals_reviewer", "tools", "projects", "features")
#: Features that leashd has its say about; others may be set one by one.
_FEATURES = ("hooks", "codex_hooks", "unified_exec_tty", "web_search", "web_search_request", "web_search_cached",
             "guardian_approval", "daemon_auto_start")  # fmt: skip
_UNBOXED = ("--dangerously-bypass-approvals-and-sandbox", "--yolo", "--full-auto")
_ASKING = ("-a", "--ask-for-approval", *_UNBOXED)
_SANDBOXES = ("-s", "--sandbox", *_UNBOXED)

#: The client's own variables that stay.
KEPT = ("CODEX_HOME", "CODEX_API_KEY", "CODEX_ACCESS_TOKEN", "CODEX_CA_CERTIFICATE", "CODEX_SQLITE_HOME")


def hostile(name: str) -> bool:
    """Whether a variable of the client's own may not reach it."""
    return name.startswith("CODEX_") and name not in KEPT


def environ(given: Mapping[str, str]) -> tuple[dict[str, str], list[str]]:
    """The environment of the client, and the names of what was taken out of it."""
    return environment.cleaned(given, hostile)


def refuse(arguments: Sequence[str]) -> None:
    """Raises Refusal where an argument would take the guard away, or starts no session that could be guarded."""
    for at, word in enumerate(arguments):
        if word == "--":
            return
        name = word.partition("=")[0] if word.startswith("--") else word
        if name in REFUSED:
            raise Refusal(f"`{name}` is refused: {REFUSED[name]}", "leave it out, or start `codex` itself, unguarded")
        if word in ELSEWHERE:
            raise Refusal(f"`{word}` is refused: the sessions that it starts do not have these arguments", _ITSELF)
        if at == 0 and word in MANAGES:
            raise Refusal(f"`{word}` starts no session", f"run `codex {word}` itself")
        if at and word in SESSIONS and arguments[0].startswith("-"):
            raise Refusal(f"`{word}` stands behind options", f"begin with it: `leashd codex {word} ...`")
    for key in _settings(arguments):
        if _is_ours(key):
            raise Refusal(f"`{key}` is refused: leashd gives it", "leave it out, or start `codex` itself, unguarded")


_ITSELF = "start `codex` itself, unguarded"


def _settings(arguments: Sequence[str]) -> Iterator[str]:
    """The names of the settings that arguments give."""
    following = iter(arguments)
    for word in following:
        if word == "--":
            return
        for option in ("--config", "--enable", "--disable", "-c"):
            if word == option:
                value = next(following, "")
            elif word.startswith(option + "=" if option.startswith("--") else option):
                value = word[len(option) :].removeprefix("=")
            else:
                continue
            name = "".join(value.partition("=")[0].split()).replace('"', "").replace("'", "")
            yield f"features.{name}" if option in ("--enable", "--disable") else name
            break


def _is_ours(key: str) -> bool:
    first, _, rest = key.partition(".")
    if first == "features" and rest:
        return rest.partition(".")[0] in _FEATURES
    return first in _OURS


def flags(line: str, projects: Sequence[str] = (), doubles: Sequence[str] = ()) -> list[str]:
    """What stands before everything else: our hook, that Codex trusts it, and what closes the ways around it.

    Settings of these projects stay out, whoever trusts them: servers that they name start before any call.  `doubles`
    are the keys of hooks of ours that are installed besides, and would ask a second time.
    """
    groups = {f"hooks.{event}": [codex.group(line)] for event in codex.EVENTS}
    state: dict[str, dict[str, Any]] = {
        codex.trust_key(FLAGS, event, 0): {"trusted_hash": codex.trusted_hash(event, line), "enabled": True}
        for event in codex.EVENTS
    }
    state.update({key: {"enabled": False} for key in doubles})
    given: dict[str, Any] = {
        "features.hooks": True,
        "features.unified_exec_tty": False,
        "web_search": "disabled",
        "approvals_reviewer": "user",
        **groups,
        "hooks.state": state,
    }
    if projects:
        given["projects"] = {path: {"trust_level": "untrusted"} for path in projects}
    return [word for name, value in given.items() for word in ("-c", f"{name}={_toml(value)}")]


def _toml(value: Any) -> str:
    """A value as TOML in one line."""
    if isinstance(value, dict):
        return "{" + ",".join(f"{json.dumps(name)}={_toml(each)}" for name, each in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(_toml, value)) + "]"
    return json.dumps(value)


def command_line(ours: Sequence[str], arguments: Sequence[str]) -> list[str]:
    """The client's arguments: our flags, and what the user said.

    Without a daemon, since that one keeps the settings of whoever started it; within the workspace, and asking when a
    command is to leave it, unless the user says otherwise; without rules of files where the client can leave them out.
    """
    words = [word.partition("=")[0] for word in arguments]
    sandbox = [] if any(word.startswith(_SANDBOXES) for word in words) else ["-s", "workspace-write"]
    asking = [] if any(word.startswith(_ASKING) for word in words) else ["-a", "on-request"]
    session, rest = (
        (list(arguments[:1]), list(arguments[1:])) if arguments[:1] and words[0] in SESSIONS else ([], arguments)
    )
    if session and session[0] in ("exec", "e"):
        return [*ours, *session, "--ignore-rules", *sandbox, *rest]
    if session and session[0] == "review":
        return [*ours, *session, *rest]
    return [*ours, "--no-daemon", *sandbox, *asking, *session, *rest]


def check_version(version: tuple[int, ...], path: str, unsafe: bool) -> str:
    """What to tell about the client's version, "" for nothing.  Raises Refusal below what was measured."""
    if version >= codex_client.MEASURED:
        return ""
    known = f"{path} is version {'.'.join(map(str, version))}" if version else f"the version of {path} is not known"
    text = f"{known}: what hooks do below {'.'.join(map(str, codex_client.MEASURED))} was not measured"
    if not unsafe:
        raise Refusal(text, "update Codex, or go on with `leashd codex --unsafe-version ...`")
    return text


def check_environment(home: Path) -> None:
    """Raises Refusal where the file from which Codex takes environment runs code in the shell of the hook."""
    try:
        lines = (home / ".env").read_text(encoding="utf-8", errors="replace").splitlines()
    except FileNotFoundError:
        return
    for line in lines:
        name = line.strip().removeprefix("export ").partition("=")[0].strip()
        if environment.runs_code(name) or name == "PATH":
            raise Refusal(f"`{home / '.env'}` sets `{name}`, which runs code in the hook's shell", f"take `{name}` out")


def check_hooks(listed: Sequence[codex_client.Hook], wrong: Sequence[str], line: str) -> list[str]:
    """What to tell about the hooks of the session to come.  Raises Refusal unless ours would be asked, and alone."""
    if wrong:
        raise Refusal(f"Codex finds fault with its hooks: {'; '.join(wrong)}", "mend them, and start again")
    if silent := list(codex_client.silent(listed, line)):
        raise Refusal("; ".join(silent), "`leashd doctor` looks for what is wrong")
    others = [one for one in listed if codex_client.decides(one) and not codex.is_ours(one) and not one["isManaged"]]
    for one in others:
        if one["eventName"] == "preToolUse":
            text = f"`{one['sourcePath']}` has a hook that can change a call after leashd has seen it"
            raise Refusal(text, "take it out of PreToolUse, or have it run by root's settings")
    return [f"`{one['sourcePath']}` lets another program answer permission requests" for one in others]


def session_flags(ours: Sequence[str], arguments: Sequence[str]) -> list[str]:
    """Our flags and the user's settings: what the client has to know to tell the hooks of the session to come."""
    more: list[str] = []
    following = iter(arguments)
    for word in following:
        if word == "--":
            break
        if word in ("-c", "--config", "--enable", "--disable"):
            more += [word, next(following, "")]
        elif word.startswith(("--config=", "--enable=", "--disable=")) or (word.startswith("-c") and len(word) > 2):
            more.append(word)
    return [*ours, *more]


def directory(arguments: Sequence[str], here: Path) -> Path:
    """Where the session will work."""
    following = iter(arguments)
    for word in following:
        if word in ("-C", "--cd"):
            return here / next(following, "")
        if word.startswith("--cd="):
            return here / word[5:]
        if word.startswith("-C") and len(word) > 2:
            return here / word[2:].removeprefix("=")
    return here

"""What a rule may ask of an effect: every kind, its fields and their sort."""

from __future__ import annotations

import re
from functools import cache

from leashd_hooks.model import PATH_KINDS

#: Every kind of effect and the fields a rule may ask for; the schema and the reference page are made from it.
EFFECTS: dict[str, dict[str, str]] = {
    "run": {
        "program": "name of the program, without its directory",
        "args": "the words after the program that are not flags, in order; a rule matches a prefix of them",
        "flags": "the flags, short ones split (`-rf` is `-r` and `-f`), long ones without their value",
        "modelled": "true when every consequence of the command is told by its other effects",
    },
    "read": {"path": "the file or directory", "how": "content, list, search or stat"},
    "write": {
        "path": "the file or directory",
        "how": "create, append, edit, mode or link",
        "target": "where a link that is made leads, `?` when that is not known",
        "world": "true when everybody may write it afterwards",
    },
    "delete": {
        "path": "the file or directory",
        "recursive": "true for whole trees",
        "force": "true when it never asks",
        "chosen": "true when only what a filter chooses is deleted (`find -name ... -delete`)",
    },
    "code": {
        "language": "shell, python, javascript, ruby, perl, php, awk, sql or other",
        "source": "inline, file, stdin, module, project, tool or unknown",
        "path": "the script for `file`; for `project` what holds the tests, the build or the settings that are run; for"
        " `tool` a program that the project brings along: `.venv/bin/pytest`, `./gradlew`",
    },
    "network": {
        "host": "host name or address, without port",
        "port": "number",
        "scheme": "https, http, ssh, ftp, tcp, ...",
        "direction": "fetch, upload or connect",
        "reach": "public, private (RFC 1918 and the like), local (this machine) or metadata (cloud credentials)",
    },
    "git": {
        "verb": "subcommand after aliases and global options: status, push, reset, ...",
        "changes": "nothing, index, worktree, history, refs, remote or config",
        "remote": "name or URL of the remote",
        "branch": "branch or ref that changes",
        "force": "none, plain or lease",
        "destroys": "true when commits or uncommitted work can be lost",
    },
    "package": {
        "manager": "pip, npm, cargo, ...",
        "operation": "install, remove, update, publish, run, build, query",
        "source": "registry, url, path, lockfile or none",
        "script": "the script or tool that is run, for `run`",
        "scope": "project, user or system",
    },
    "privilege": {"program": "sudo, doas, su, pkexec, setuid, ..."},
    "process": {"operation": "kill, signal or trace", "target": "pid or name"},
    "system": {"operation": "service, mount, schedule, power, firewall, account, disk, kernel or setting"},
    "control": {
        "system": "docker, kubectl, terraform, aws, gh, ...",
        "verb": "what it is told to do, as words: `run`, `apply`, `s3 rm`",
        "destroys": "true when it removes what is not easily made again",
        "changes": "true when it changes anything",
    },
    "database": {
        "engine": "psql, mysql, sqlite3, ...",
        "statement": "select, insert, update, delete, drop, truncate, alter, grant, other",
        "object": "table, database, schema, ...",
        "whole": "true when no condition narrows a delete or update to some rows",
    },
    "secret": {"store": "environment, keychain, password-manager, agent, cloud, ..."},
    "flow": {"pattern": "download-to-interpreter, decode-to-interpreter, secret-to-network, download-then-run"},
    "mcp": {
        "server": "name of the MCP server",
        "tool": "name of its tool",
        "port": "number, of an address on this machine that its arguments name",
    },
    "browser": {"operation": "read or act", "name": "the browser tool or command"},
    "agent": {"operation": "task, skill, question, plan, schedule or message", "name": "subagent, skill, ..."},
    "tool": {"name": "an internal tool of the agent that touches nothing"},
    "opaque": {"why": "what could not be known"},
}

#: Text with "or" in its description that is not a list of choices.
_OPEN = {("process", "target")}

#: Places that no file defines: they follow from the approved directories.
BUILT_IN_PLACES = ("workspace", "scratch", "device", "system", "outside")


@cache
def choices(kind: str, field: str) -> tuple[str, ...]:
    """The closed set of values of a field, () when any text may stand there."""
    text = re.sub(r"\([^)]*\)", "", EFFECTS[kind][field])
    words = [word.strip() for word in re.split(r",| or ", text) if word.strip()]
    closed = len(words) > 1 and all(re.fullmatch(r"[a-z]+(-[a-z]+)*", word) for word in words)
    return tuple(words) if closed and (kind, field) not in _OPEN else ()


@cache
def sort(kind: str, field: str) -> str:
    """How a field is tested: flag, number, choice, words, flags, path, place, command or name."""
    if field in ("path", "place", "command"):
        return field
    if (kind, field) in (("run", "args"), ("run", "flags")):
        return "words" if field == "args" else "flags"
    text = EFFECTS[kind][field]
    if text.startswith("true "):
        return "flag"
    if text.startswith("number"):
        return "number"
    return "choice" if choices(kind, field) else "name"


@cache
def fields(kind: str) -> tuple[str, ...]:
    """The fields a rule may ask of this kind."""
    return (*EFFECTS[kind], *(("place",) if kind in PATH_KINDS else ()), "command")

"""Finds every way around the hook in Codex on this machine, and says how to close it."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from leashd_hooks.install import canary, codex, codex_client, managed, settings_file, survey, toml_file
from leashd_hooks.install.codex import Files
from leashd_hooks.install.finding import Finding, Findings
from leashd_hooks.install.host import hostile_environment
from leashd_hooks.install.place import Place
from leashd_hooks.install.settings_file import SettingsError

#: Reviewers that run commands without hooks.
_REVIEWERS = ("auto_review", "guardian_subagent")
_ALLOWING = re.compile(r"""decision\s*=\s*["']allow["']""")


def examine(place: Place, where: Files, folder: Path | None) -> Findings:
    """Every check, where the hook is installed for Codex; `folder` is an approved directory, if there is one."""
    found = scopes(where)
    if not found:
        return
    yield Finding("installed", "ok", "Codex: in " + ", ".join(str(where.hooks(scope)) for scope in found))
    for scope in found:
        for line in lines(where, scope):
            yield from canaries(place, where, line, scope, folder)
    yield from clients(place)
    yield from open_ways(where, "managed" in found)
    if "managed" in found and (weak := managed.changeable([*managed.code(), where.requirements])):
        yield Finding("unprivileged", "fail", f"Codex: `{weak}` can be changed by others than root", managed.HELP)
    yield from hostile_environment("Codex", [where.home / ".env"])
    if where.home != place.home / ".codex":
        text = f"Codex: CODEX_HOME is `{where.home}`, where the floor does not guard its settings by their names"
        yield Finding("codex-home", "warn", text, "unset CODEX_HOME, or approve no directory above it")


def scopes(where: Files) -> list[str]:
    """Where the hook is installed for Codex."""
    return [scope for scope in codex.SCOPES if _installed(where, scope)]


def _installed(where: Files, scope: str) -> bool:
    try:
        return codex.is_installed(where, scope)
    except SettingsError:
        return False


def lines(where: Files, scope: str) -> list[str]:
    """The command lines of ours that stand in a scope for tool calls."""
    path = where.hooks(scope)
    load = toml_file.load if scope == "managed" else settings_file.load
    hooks = load(path).data["hooks"]
    groups = [hooks["PreToolUse"][number] for number in codex.ours(hooks, "PreToolUse")]
    return [str(handler["command"]) for one in groups for handler in one["hooks"] if codex.is_ours(handler)]


def canaries(place: Place, where: Files, line: str, scope: str, folder: Path | None) -> Findings:
    """The hook, started as Codex starts it, denies what must be denied and allows what must be allowed."""
    patch = f"*** Begin Patch\n*** Update File: {where.hooks('user')}\n@@\n-a\n+b\n*** End Patch\n"
    probes = [("deny", "Bash", f"cat {place.home}/.ssh/id_rsa"), ("deny", "apply_patch", patch)]
    for wanted, tool, subject in [*probes, *([("allow", "Bash", "git status")] if folder else [])]:
        event = canary.event(tool, {"command": subject}, folder or place.project, "leashd-doctor")
        entry = codex_client.entry(line)
        outcome = canary.run(entry, event, folder or place.project, os.environ, codex_client.reads)
        shown = subject if tool == "Bash" else f"patch {where.hooks('user')}"
        if outcome.told == wanted:
            yield Finding("canary", "ok", f"Codex: `{shown}`: {wanted} in {outcome.ms:.0f} ms")
        else:
            text = f"Codex: `{shown}` must be {wanted}, the hook says {outcome.told}: {outcome.reason[:300]}"
            yield Finding("canary", "fail", text, f"leashd install codex --{scope}")


def clients(place: Place) -> Findings:
    """Each `codex` on PATH is one that was measured, and says that it would run the hook."""
    found = list(_programs())
    if not found:
        yield Finding("client", "warn", "no `codex` on PATH, so nobody can say whether it trusts the hook")
    for program in found:
        version = survey.version(program)
        text = f"{program} {'.'.join(map(str, version)) or 'of unknown version'}"
        if version >= codex_client.MEASURED:
            yield Finding("client", "ok", text)
        else:
            measured = ".".join(map(str, codex_client.MEASURED))
            yield Finding("client", "warn", f"{text}: what its hooks do was not measured", f"update it to {measured}")
        yield from trust(program, place)


def _programs() -> Iterator[str]:
    seen = set()
    for folder in os.environ.get("PATH", "").split(os.pathsep):
        path = os.path.join(folder, "codex")
        if os.path.isfile(path) and os.access(path, os.X_OK) and os.path.realpath(path) not in seen:
            seen.add(os.path.realpath(path))
            yield path


def trust(program: str, place: Place) -> Findings:
    """What the client itself says of its hooks."""
    try:
        listed, wrong = codex_client.hooks(program, [], place.project, os.environ)
    except SettingsError as error:
        yield Finding("trust", "fail", f"Codex: {error}", error.help)
        return
    for fault in wrong:
        yield Finding("trust", "fail", f"Codex finds fault with its hooks: {fault}", "mend the file it names")
    silent = list(codex_client.silent(listed))
    for why in silent:
        yield Finding("trust", "fail", f"Codex passes it over without a word: {why}", "leashd install codex --fix")
    if not silent:
        yield Finding("trust", "ok", "Codex says that it would run the hook")
    for one in listed:
        if codex_client.decides(one) and not codex.is_ours(one):
            text = (
                f"Codex: `{one['sourcePath']}` has another hook on {one['eventName']}, which may undo what leashd said"
            )
            yield Finding("hooks", "warn", text, "read it")


def open_ways(where: Files, by_root: bool) -> Findings:
    """What Codex's settings leave open besides the hook."""
    try:
        config = toml_file.load(where.config).data
        required = toml_file.load(where.requirements).data if by_root else {}
    except SettingsError as error:
        yield Finding("settings", "fail", f"Codex: {error}", error.help)
        return
    fix = "leashd install codex --fix"
    if not by_root:
        text = "Codex: `codex --disable hooks` starts without the hook"
        yield Finding("managed", "warn", text, "start it with `leashd codex`, or sudo leashd install codex --managed")
    if _feature({**config.get("features", {}), **required.get("features", {})}, "unified_exec_tty"):
        text = "Codex: what the agent types into a terminal that is open goes past the hook (`write_stdin`)"
        yield Finding("write-stdin", "warn", text, f"{fix}; or set `features.unified_exec_tty = false`")
    if config.get("web_search") != "disabled" and required.get("allowed_web_search_modes") != ["disabled"]:
        text = "Codex: web search runs at the provider, where no hook sees it"
        yield Finding("web-search", "warn", text, f'{fix}; or set `web_search = "disabled"`')
    if config.get("approvals_reviewer") in _REVIEWERS and required.get("allowed_approvals_reviewers") != ["user"]:
        text = f'Codex: `approvals_reviewer = "{config["approvals_reviewer"]}"` runs commands that no hook sees'
        yield Finding("reviewer", "warn", text, "take the line out")
    for path in sorted(where.home.glob("*.config.toml")):
        yield from _profile(path, by_root)
    for path in sorted([*where.home.glob("rules/*.rules"), *where.project.glob(".codex/rules/*.rules")]):
        if _ALLOWING.search(path.read_text(encoding="utf-8", errors="replace")):
            text = f"Codex: `{path}` allows commands outside of the sandbox without asking; the hook still decides them"
            yield Finding("rules", "warn", text, "take the rules out that say `allow`")


def _feature(features: dict[str, Any], name: str) -> bool:
    return features.get(name) is not False


def _profile(path: Path, by_root: bool) -> Findings:
    try:
        features = toml_file.load(path).data.get("features", {})
    except SettingsError:
        return
    if not by_root and not (_feature(features, "hooks") and _feature(features, "codex_hooks")):
        yield Finding("disabled", "fail", f"Codex: the profile `{path}` switches hooks off", "take the line out")

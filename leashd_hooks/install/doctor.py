"""Finds every way around the hook on this machine, and says how to close it."""

from __future__ import annotations

import importlib.util
import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

from leashd_hooks import audit_log, audit_verify, places
from leashd_hooks.bundle import load
from leashd_hooks.install import canary, claude, codex, codex_doctor, managed
from leashd_hooks.install.entries import entries, schema_faults, sessions
from leashd_hooks.install.finding import Finding, Findings, State
from leashd_hooks.install.hook_process import boot
from leashd_hooks.install.host import SCOPES
from leashd_hooks.install.host import examine as host_examine
from leashd_hooks.install.others import HOSTS
from leashd_hooks.install.survey import FAILS_CLOSED, Layer, Survey
from leashd_hooks.policy.source import SourceError
from leashd_hooks.recompile import BundleError

#: Environment that switches hooks off, or runs code in them, when settings give it to the client.
HOSTILE = ("CLAUDE_CODE_SIMPLE", "CLAUDE_CODE_SHELL_PREFIX", "LD_PRELOAD", "LD_LIBRARY_PATH", "DYLD_INSERT_LIBRARIES",
           "PYTHONPATH", "PYTHONHOME", "NODE_OPTIONS", "BASH_ENV", "ANTHROPIC_BASE_URL")  # fmt: skip


def examine(survey: Survey) -> list[Finding]:
    """Every check, in the order in which a person would mend things."""
    return [finding for check in CHECKS for finding in check(survey)]


def installed(survey: Survey) -> Findings:
    """Our entry for tool calls stands in at least one layer that this directory's sessions read."""
    wired = survey.wired
    others = any(host.installed(survey.place, scope) for host in HOSTS for scope in SCOPES)
    if not wired and (others or codex_doctor.scopes(codex.files(survey.place))):
        return
    if not wired:
        yield Finding("installed", "fail", "no settings file calls leashd before tool calls", "leashd install claude")
        return
    yield Finding("installed", "ok", "in " + ", ".join(str(layer.path) for layer in wired))
    for layer in wired:
        missing = [event for event in claude.EVENTS if event not in layer.ours]
        if missing:
            text = f"`{layer.path}` does not call leashd on {', '.join(missing)}"
            yield Finding("events", "warn", text, "leashd install claude")
    if {layer.scope for layer in wired} <= {"project", "local"}:
        text = "only the project's settings call leashd; a session started in a subdirectory does not read them"
        yield Finding("subdirectory", "warn", text, "leashd install claude --user")


def canaries(survey: Survey) -> Findings:
    """The hook, started as the host starts it, denies what must be denied and allows what must be allowed."""
    entry = next(
        (entry for layer in survey.wired for _, entry in layer.hooks("PreToolUse") if claude.is_ours(entry)), None
    )
    if entry is None:
        return
    folder, project = _approved(survey), survey.place.project
    env = canary.environment(project, survey.environment)
    secret = {"command": f"cat {survey.place.home}/.ssh/id_rsa"}
    settings = {"file_path": str(survey.place.settings("user")), "content": "{}"}
    probes = [("deny", "Bash", secret), ("deny", "Write", settings), ("allow", "Bash", {"command": "git status"})]
    for wanted, tool, given in probes if folder else probes[:2]:
        event = canary.event(tool, given, folder or project, "leashd-doctor")
        outcomes = [canary.run(entry, event, project, env) for _ in range(3)]
        best = min(outcome.ms for outcome in outcomes)
        wrong = next((outcome for outcome in outcomes if outcome.told != wanted), None)
        subject = given.get("command") or f"write {given['file_path']}"
        if wrong:
            text = f"`{subject}` must be {wanted}, the hook says {wrong.told}: {wrong.reason[:300]}"
            yield Finding("canary", "fail", text, "see the reason; `leashd explain` has the details")
        else:
            yield Finding("canary", "ok", f"`{subject}`: {wanted} in {best:.0f} ms")
    if not folder:
        yield Finding("canary", "warn", "no directory is approved, so the agent can do nothing", "leashd add-dir")


def _approved(survey: Survey) -> Path | None:
    """An approved directory to try an ordinary call in, the current project if that is one."""
    try:
        policy = load(str(survey.place.state), str(survey.place.home))
    except BundleError:
        return None
    project = survey.place.project
    roots = [Path(root) for root in policy["roots"]]
    if any(project == root or root in project.parents for root in roots):
        return project
    return next((root for root in roots if root.is_dir()), None)


def other_agents(survey: Survey) -> Findings:
    """The same for every other agent that leashd is registered with."""
    for host in HOSTS:
        for scope in SCOPES:
            if host.installed(survey.place, scope):
                yield Finding("installed", "ok", f"{host.title}: in {host.file(survey.place, scope)}")
                yield from host_examine(host, survey.place, scope, _approved(survey))
    yield from codex_doctor.examine(survey.place, codex.files(survey.place), _approved(survey))


def clients(survey: Survey) -> Findings:
    """Each client on PATH is new enough to treat a failing hook as a no."""
    if not survey.clients:
        yield Finding("client", "warn", "no `claude` on PATH", "install Claude Code 2.1.295 or later")
    for client in survey.clients:
        if client.version >= FAILS_CLOSED:
            yield Finding("client", "ok", f"{client.path} {client.text}")
            continue
        text = f"{client.path} {client.text} lets a call run when its hook crashes or times out; denials do hold"
        yield Finding("client", "warn", text, "update it to 2.1.295 or later")


def dropped(survey: Survey) -> Findings:
    """No settings file is dropped by the client without a word."""
    for layer in survey.layers:
        faults = [layer.error] if layer.error else list(schema_faults(layer))
        for fault in faults:
            yield Finding("settings", "fail", f"`{layer.path}`: {fault}; the client drops the file silently", "mend it")


def switches(survey: Survey) -> Findings:
    """No setting switches hooks off, and no environment gets between the client and the hook."""
    managed = any(layer.scope == "managed" for layer in survey.wired)
    for layer in survey.layers:
        if layer.data.get("disableAllHooks") is True and not (managed and layer.scope != "managed"):
            text = f"`{layer.path}` says `disableAllHooks: true`: no hook runs"
            yield Finding("disabled", "fail", text, "leashd install claude --fix")
        environment = layer.data.get("env")
        for name in environment if isinstance(environment, dict) else ():
            if name in HOSTILE or str(name).startswith("CLAUDE_CODE_S"):
                state: State = "fail" if name == "CLAUDE_CODE_SIMPLE" else "warn"
                text = f"`{layer.path}` sets `{name}` for the client and its hooks"
                yield Finding("environment", state, text, f"take `{name}` out of `env`")
        plugins = layer.data.get("enabledPlugins")
        for name, on in plugins.items() if isinstance(plugins, dict) else ():
            if "leashd" in name and on is False:
                yield Finding("plugin", "warn", f"`{layer.path}` disables the plugin `{name}`", "leashd install claude")
    for name in ("CLAUDE_CODE_SIMPLE",):
        if os.environ.get(name):
            text = f"`{name}` is set here: sessions started from this shell have no hooks"
            yield Finding("environment", "warn" if managed else "fail", text, f"unset {name}")


def answerers(survey: Survey) -> Findings:
    """Nothing but a person, and leashd, answers permission requests."""
    others = [
        (layer, entry)
        for layer in survey.layers
        for _, entry in layer.hooks("PermissionRequest")
        if not claude.is_ours(entry)
    ]
    for layer, entry in others:
        shown = str(entry.get("command") or entry.get("url") or entry.get("type"))[:80]
        text = f"`{layer.path}` lets `{shown}` answer what leashd wants a person to answer"
        yield Finding("permission-requests", "warn", text, "take it out, or install with `--unattended`")
    for layer in survey.layers:
        if layer.scope not in ("project", "local"):
            continue
        foreign = [entry for event in layer.events() for _, entry in layer.hooks(event) if not claude.is_ours(entry)]
        if foreign:
            text = f"`{layer.path}` runs {len(foreign)} hook commands of its own, without asking leashd"
            yield Finding("project-hooks", "warn", text, "read them; `--managed` keeps such hooks from running")


def policy(survey: Survey) -> Findings:
    """The policy compiles, and nothing of the floor is unlocked."""
    try:
        bundle = load(str(survey.place.state), str(survey.place.home))
    except (BundleError, SourceError) as error:
        what, _, help = str(error).partition("\nhelp: ")
        text = f"every call is denied, because the policy does not load: {what}"
        yield Finding("policy", "fail", text, help or "mend it")
        return
    roots = len({os.path.realpath(root) for root in bundle["roots"]})
    yield Finding("policy", "ok", f"{', '.join(bundle['policies'])}; {roots} approved directories")
    for name in bundle["unlocked"]:
        text = f"the floor rule `{name}` is unlocked"
        yield Finding("floor", "warn", text, f"take it out of `unlock` in `{places.config(str(survey.place.state))}`")
    if not bundle["shfmt"]:
        text = "shfmt is missing: only plain commands can be judged"
        yield Finding("shfmt", "warn", text, "pip install shfmt-py, then leashd policy compile")
    if importlib.util.find_spec("sqlglot") is None:
        text = "sqlglot is missing: only plain SQL can be judged, all other is asked about"
        yield Finding("sqlglot", "warn", text, "pip install sqlglot, where leashd is installed")


def audit(survey: Survey) -> Findings:
    """The audit holds together, and the canaries are in it."""
    folder = Path(places.audit(str(survey.place.state)))
    result = audit_verify.verify(folder)
    if not result.ok:
        yield Finding("audit", "fail", f"the chain is broken: {result.breaks[0]}", "leashd audit verify")
    elif result.records:
        yield Finding("audit", "ok", f"{result.records} records, the chain is in order")
    newest = audit_log.last(folder, 1)
    if survey.wired and not any(record.get("session") == "leashd-doctor" for record in newest):
        yield Finding("audit", "fail", f"the canaries are not in `{folder}`", "see `canary` above")


def bypass(survey: Survey) -> Findings:
    """What the client itself still guards."""
    managed = any(layer.scope == "managed" for layer in survey.wired)
    if not managed and survey.wired:
        text = "the hook stands in a file of your own: `claude --bare` and `--safe-mode` start without it"
        yield Finding("managed", "warn", text, "sudo leashd install claude --managed, where that matters")
    modes = [_permissions(layer) for layer in survey.layers]
    if not any(mode.get("disableBypassPermissionsMode") == "disable" for mode in modes):
        text = "bypassPermissions mode is possible: denials hold in it, the client's own questions do not"
        yield Finding("bypass", "warn", text, 'set `"permissions": {"disableBypassPermissionsMode": "disable"}`')
    for layer, mode in zip(survey.layers, modes, strict=True):
        if mode.get("defaultMode") == "bypassPermissions":
            text = f"`{layer.path}` starts every session in bypassPermissions mode"
            yield Finding("bypass", "warn", text, "take `defaultMode` out")


def _permissions(layer: Layer) -> dict[str, Any]:
    found = layer.data.get("permissions")
    return found if isinstance(found, dict) else {}


def skills(survey: Survey) -> Findings:
    """No skill or command file runs a shell command before the hook is asked."""
    if any(layer.data.get("disableSkillShellExecution") is True for layer in survey.layers):
        yield Finding("skills", "ok", "`disableSkillShellExecution` is on")
        return
    for folder in (survey.place.home / ".claude", survey.place.project / ".claude"):
        for path in _instructions(folder):
            if "!`" in path.read_text(encoding="utf-8", errors="replace"):
                text = f"`{path}` runs shell commands (``!`...` ``) that no hook sees"
                yield Finding("skills", "warn", text, 'set `"disableSkillShellExecution": true`')


def _instructions(folder: Path) -> list[Path]:
    found = [*folder.glob("skills/*/SKILL.md"), *folder.glob("commands/**/*.md"), *folder.glob("agents/*.md")]
    return [path for path in found if path.is_file()]


def ownership(survey: Survey) -> Findings:
    """What the hook relies on is out of reach of others, and of the agent."""
    state = survey.place.state
    if os.geteuid() == 0:
        yield Finding("root", "warn", "this is root: an agent that gets through can do anything", "use another account")
    if state.exists() and stat.S_IMODE(state.stat().st_mode) & 0o077:
        yield Finding("state", "fail", f"others can look into `{state}`", f"chmod 700 {state}")
    package = Path(boot()).parent
    if stat.S_IMODE(package.stat().st_mode) & 0o002:
        yield Finding("code", "fail", f"anybody can write `{package}`", f"chmod o-w {package}")
    for layer in survey.layers:
        if stat.S_IMODE(layer.path.stat().st_mode) & 0o022:
            yield Finding("settings", "warn", f"others can write `{layer.path}`", f"chmod go-w {layer.path}")
    try:
        roots = [Path(root) for root in load(str(state), str(survey.place.home))["roots"]]
    except BundleError:
        return
    for root in roots:
        if root in package.parents:
            text = f"leashd itself lies in the approved directory `{root}`"
            yield Finding("code", "warn", text, "install it elsewhere, for example with pipx or uv tool")
            return


CHECKS: tuple[Callable[[Survey], Findings], ...] = (
    installed, entries, dropped, switches, policy, canaries, other_agents, audit, clients, sessions,
    answerers, bypass, skills, ownership, managed.left_open,
)  # fmt: skip

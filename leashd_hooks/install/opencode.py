"""Registers the hook with opencode: a plugin file that starts it before every tool."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import time
from contextlib import suppress
from pathlib import Path

from leashd_hooks import places
from leashd_hooks.install.canary import PATIENCE, Outcome
from leashd_hooks.install.finding import Finding, Findings
from leashd_hooks.install.hook_process import hook_argv
from leashd_hooks.install.host import SCOPES, Host
from leashd_hooks.install.host_line import is_ours
from leashd_hooks.install.place import Change, Place
from leashd_hooks.install.settings_file import SettingsError

PLUGIN = "leashd.js"
#: Loads a plugin as the client does, and puts one call before it: the call runs unless something throws.
_DRIVER = """
const [file, event] = process.argv.slice(-2)
const { tool, cwd, args } = JSON.parse(event)
const client = { mcp: { status: async () => ({ data: {} }) } }
try {
  const found = Object.values(await import(file))
  const hooks = await Promise.all(found.map((plugin) => plugin({ client, directory: cwd, worktree: cwd })))
  const input = { tool, sessionID: "leashd-doctor", callID: "" }
  for (const each of hooks) await each["tool.execute.before"](input, { args })
  console.log("allow")
} catch (error) {
  console.log(String(error?.message).startsWith("leashd: ") ? "deny" : "nothing", error?.message)
}
"""


def file(place: Place, scope: str) -> Path:
    """The plugin file of a scope; the client loads every file that lies there."""
    folder = place.home / ".config" / "opencode" if scope == "user" else place.project / ".opencode"
    return folder / "plugins" / PLUGIN


def plugin(place: Place, unattended: bool) -> str:
    """What stands in the plugin file."""
    text = Path(places.shipped("hooks"), "opencode", PLUGIN).read_text(encoding="utf-8")
    return text.replace('["%HOOK%"]', json.dumps(hook_argv("opencode", place, unattended)))


def install(place: Place, scope: str, unattended: bool) -> Change:
    """Writes the plugin file.  Raises SettingsError where a file that is not ours stands in its place."""
    path, text = file(place, scope), plugin(place, unattended)
    if path.exists() and not is_ours(_read(path)):
        raise SettingsError(f"`{path}` is not leashd's", "move it away and try again")
    if path.exists() and _read(path) == text:
        return Change(scope, path, False)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = path.with_name(f".{PLUGIN}.new")
        temporary.write_text(text, encoding="utf-8")
        temporary.replace(path)
    except OSError as error:
        raise SettingsError(f"`{path}` cannot be written: {error.strerror}") from error
    return Change(scope, path, True)


def uninstall(place: Place, scope: str) -> Change:
    """Removes the plugin file, and the directories that are empty then."""
    path = file(place, scope)
    if not installed(place, scope):
        return Change(scope, path, False)
    path.unlink()
    with suppress(OSError):  # somebody else's files are in it
        path.parent.rmdir()
        path.parent.parent.rmdir()
    return Change(scope, path, True)


def installed(place: Place, scope: str) -> bool:
    """Whether our plugin file is there."""
    return is_ours(_read(file(place, scope)))


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


def runtime() -> list[str]:
    """What loads a plugin here: the client itself, which is a JavaScript runtime too, or another; none is []."""
    for name in ("opencode", "bun", "node"):
        if found := shutil.which(name):
            return [found, "-e"] if name != "node" else [found, "--input-type=module", "-e"]
    return []


def canary(place: Place, scope: str, kind: str, subject: str, folder: Path) -> Outcome:
    """One call through the plugin as it is installed, in the runtime of the client."""
    program, begun = runtime(), time.perf_counter()
    if not program:
        return Outcome("nothing", "neither opencode nor node is on PATH to load the plugin with", -1, 0.0)
    event = {"tool": "bash", "cwd": str(folder), "args": {"command": subject}}
    if kind == "write":
        event = {"tool": "write", "cwd": str(folder), "args": {"filePath": subject, "content": ""}}
    argv = [*program, _DRIVER, "--", str(file(place, scope)), json.dumps(event)]
    environment = {**os.environ, "BUN_BE_BUN": "1"}
    try:
        done = subprocess.run(argv, capture_output=True, text=True, cwd=folder, env=environment, timeout=PATIENCE)
    except (OSError, subprocess.TimeoutExpired) as error:
        return Outcome("nothing", str(error), -1, 0.0)
    told, _, why = done.stdout.strip().partition(" ")
    return Outcome(told or "nothing", why or done.stderr.strip(), done.returncode, (time.perf_counter() - begun) * 1000)


def doubts(place: Place, scope: str) -> Findings:
    """What keeps the plugin from being loaded, or gets in between."""
    path = file(place, scope)
    if _read(path) not in [plugin(place, unattended) for unattended in (False, True)]:
        yield Finding(
            "entry", "fail", f"opencode: `{path}` is not as `install` writes it", f"leashd install opencode --{scope}"
        )
    for folder in (file(place, each).parent for each in SCOPES):
        others = [other for pattern in ("*.js", "*.ts") for other in folder.glob(pattern) if other.name != PLUGIN]
        if others:
            text = f"opencode: `{folder}` has {len(others)} other plugins, which may change what leashd allowed"
            yield Finding("plugins", "warn", text, "read them")
    for name in ("OPENCODE_PURE", "OPENCODE_CONFIG_DIR", "XDG_CONFIG_HOME"):
        if os.environ.get(name):
            text = f"opencode: `{name}` is set here: sessions started from this shell may not load the plugin"
            yield Finding("environment", "fail" if name == "OPENCODE_PURE" else "warn", text, f"unset {name}")
    text = "opencode: `opencode --pure` starts without plugins, and says nothing when one cannot be loaded"
    yield Finding("plugins", "warn", text, "`leashd doctor` loads it as the client does")


HOST = Host("opencode", "opencode", file, install, uninstall, installed, canary, doubts)

"""This repository as a plugin and a marketplace of Claude Code: valid, installed, firing, blocking, explaining.

The marketplace that is added is a copy of the folders that the plugin consists of, since the client copies all of it.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

import leashd_hooks
from leashd_hooks.install.claude import EVENTS, TIMEOUT
from tests.e2e.lab import LEASHD, ROOT, VERSIONS, Lab
from tests.e2e.test_tampering import vetoed, wait_until
from tests.fakes.anthropic import call

PARTS = (".claude-plugin", "hooks", "commands")


def plugin(lab: Lab, *words: str) -> str:
    """`claude plugin ...` of the laboratory's client; raises when it fails."""
    command = [str(lab.program), "plugin", *words]
    nobody = lab.environment(ANTHROPIC_BASE_URL="http://127.0.0.1:9")  # else it waits for a name to be found
    done = subprocess.run(command, env=nobody, cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(params=VERSIONS)
def installed(request: pytest.FixtureRequest, bare: Callable[[str], Lab]) -> Lab:
    """A laboratory with the plugin, and leashd-hooks where pipx would link it."""
    lab = bare(request.param)
    market = lab.home.parent / "market"
    for part in PARTS:
        shutil.copytree(ROOT / part, market / part)
    plugin(lab, "marketplace", "add", str(market))
    plugin(lab, "install", "leashd@leashd")
    link = lab.home / ".local" / "bin" / "leashd-hook"
    link.parent.mkdir(parents=True)
    link.symlink_to(LEASHD.with_name("leashd-hook"))
    lab.leashd("add-dir", str(lab.project))
    return lab


@pytest.mark.parametrize("version", VERSIONS)
def test_the_client_finds_the_plugin_valid(bare: Callable[[str], Lab], version: str) -> None:
    assert "Validation passed" in plugin(bare(version), "validate", str(ROOT))


def test_it_blocks_and_its_command_says_why(installed: Lab) -> None:
    (installed.project / ".env").write_text("SECRET=1")
    denied = call("Bash", "cat", command="cat .env > stolen", description="d")
    asked = call("Bash", "explain", command="leashd explain --last", description="d")
    allowed = call("Bash", "ls", command="ls", description="d")
    path = f"{LEASHD.parent}:{installed.environment()['PATH']}"
    turns = [[denied], [asked], [allowed]]
    run = installed.run(turns, "bypassPermissions", prompt="/leashd:leashd", variables={"PATH": path})
    assert "credential-read" in run.results["cat"].text
    assert not (installed.project / "stolen").exists()
    assert not run.results["explain"].is_error
    assert "credential-read" in run.results["explain"].text
    assert not run.results["ls"].is_error
    assert installed.judged().keys() == {"cat", "explain", "ls"}


def test_without_leashd_hooks_every_call_is_denied_and_the_reason_says_what_to_install(installed: Lab) -> None:
    (installed.home / ".local" / "bin" / "leashd-hook").unlink()
    run = installed.run([[call("Bash", "touch", command="touch marker", description="d")]], "bypassPermissions")
    assert run.results["touch"].is_error
    assert "leashd-hooks is not installed" in run.results["touch"].text
    assert "pipx install leashd-hooks" in run.results["touch"].text
    assert not (installed.project / "marker").exists()


def test_a_project_that_disables_it_during_the_session_is_vetoed(installed: Lab) -> None:
    """Before the start it can: docs/plugin.md says which installations hold then."""
    (installed.project / ".env").write_text("SECRET=1")
    installed.settings.parent.mkdir()
    installed.settings.write_text("{}")

    def disable() -> None:
        off = {"enabledPlugins": {"leashd@leashd": False}, "disableAllHooks": True}
        installed.settings.write_text(json.dumps(off))
        wait_until(lambda: vetoed(installed), 30)
        time.sleep(1)

    calls = [call("Bash", name, command="cat .env > stolen", description="d") for name in ("before", "after")]
    run = installed.run([[one] for one in calls], "bypassPermissions", before={"after": disable})
    assert vetoed(installed)
    assert all(run.results[name].is_error for name in ("before", "after"))
    assert not (installed.project / "stolen").exists()


@dataclass(frozen=True)
class Broken:
    """An installation that does not answer, and what the plugin's hook says instead."""

    name: str
    script: str
    reason: str


BROKEN = (
    Broken("fails", "exit 1", "ended with 1"),
    Broken("is-killed", "kill -9 $$", "ended with 137"),
    Broken("is-no-program", "#!/no/such/interpreter", "ended with 12"),
)


def ask(home: Path | None, event: str = "PreToolUse", **more: str) -> subprocess.CompletedProcess[str]:
    """The plugin's hook as the client starts it."""
    command = ["/bin/sh", str(ROOT / "hooks" / "plugin" / "hook"), event]
    env = {**({"HOME": str(home)} if home else {}), **more}
    return subprocess.run(command, input="{}", env=env, capture_output=True, text=True, timeout=60)


@pytest.mark.parametrize("broken", BROKEN, ids=lambda broken: broken.name)
def test_an_installation_that_does_not_answer_is_a_no(tmp_path: Path, broken: Broken) -> None:
    program = tmp_path / ".local" / "bin" / "leashd-hook"
    program.parent.mkdir(parents=True)
    program.write_text(broken.script if broken.script.startswith("#!") else f"#!/bin/sh\n{broken.script}\n")
    program.chmod(0o755)
    done = ask(tmp_path)
    assert done.returncode == 2
    output = json.loads(done.stdout)["hookSpecificOutput"]
    assert output["permissionDecision"] == "deny"
    assert broken.reason in output["permissionDecisionReason"]


@pytest.mark.parametrize("event", EVENTS)
def test_without_an_installation_no_event_is_taken_for_a_yes(tmp_path: Path, event: str) -> None:
    done = ask(tmp_path, event)
    said = json.loads(done.stdout) if done.stdout else {}
    assert done.returncode == (0 if event == "SessionStart" else 2)
    assert "allow" not in json.dumps(said)
    assert "pipx install leashd-hooks" in done.stdout + done.stderr


def test_without_a_home_it_is_a_no() -> None:
    assert ask(None).returncode == 2


def test_the_environment_does_not_lead_it_elsewhere(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    for name in ("leashd-hook", "env", "printf"):
        program = elsewhere / name
        program.parent.mkdir(exist_ok=True)
        program.write_text("#!/bin/sh\necho yes\nexit 0\n")
        program.chmod(0o755)
    assert ask(tmp_path, PATH=str(elsewhere), ENV=str(elsewhere / "env")).returncode == 2


def test_the_files_say_what_the_installer_would_write() -> None:
    hooks = json.loads((ROOT / "hooks" / "hooks.json").read_text())["hooks"]
    assert hooks.keys() == EVENTS.keys()
    for event, [group] in hooks.items():
        [entry] = group["hooks"]
        assert group.get("matcher") == EVENTS[event]
        assert entry["args"] == ["${CLAUDE_PLUGIN_ROOT}/hooks/plugin/hook", event]
        assert (entry["timeout"], entry["onFailure"]) == (TIMEOUT, "block")
    manifest = json.loads((ROOT / ".claude-plugin" / "plugin.json").read_text())
    [listed] = json.loads((ROOT / ".claude-plugin" / "marketplace.json").read_text())["plugins"]
    assert manifest["version"] == listed["version"] == leashd_hooks.__version__

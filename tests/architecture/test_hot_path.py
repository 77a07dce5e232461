"""What the hook process loads, seen from outside, and a mutation that must be noticed."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from leashd_hooks import image
from leashd_hooks.install.hook_process import INTERPRETER_FLAGS

#: Modules of the standard library that a decision may load; each is built in or costs well under a millisecond.
ALLOWED = {
    *("_frozen_importlib", "_frozen_importlib_external", "_imp", "_io", "_thread", "_warnings", "_weakref", "builtins"),
    *("encodings", "encodings.aliases", "encodings.utf_8", "codecs", "_codecs", "io", "abc", "_abc", "sys", "winreg"),
    *("gc", "marshal", "posix", "time", "zipimport", "_signal", "_json", "_sha256", "_sha2", "_blake2", "__main__"),
}

EVENTS = {
    "a read": '{"file_path": "%s/README.md"}',
    "an everyday command": '{"command": "git status && ls -la src"}',
    "a command for shfmt": '{"command": "for f in a b; do cat $f; done"}',
    "SQL for the library": '{"command": "psql -c \'explain analyze select f(1)\'"}',
    "a denial": '{"command": "cat .env"}',
}


def _loaded(boot: Path, state: Path, project: Path, arguments: str) -> "set[str]":
    """Names of every module that the process imports, as the interpreter itself reports them."""
    tool = "Bash" if "command" in arguments else "Read"
    event = (
        f'{{"hook_event_name": "PreToolUse", "cwd": "{project}", "tool_name": "{tool}",'
        f' "tool_input": {arguments % project if "%s" in arguments else arguments}}}'
    )
    ended = subprocess.run(
        [sys.executable, *INTERPRETER_FLAGS, "-X", "importtime", str(boot), "claude", "--state", str(state)],
        input=event,
        env={},
        capture_output=True,
        text=True,
    )
    assert '"permissionDecision"' in ended.stdout, ended
    assert "could not start" not in ended.stdout, ended
    lines = [line.rpartition("|")[2].strip() for line in ended.stderr.splitlines() if line.startswith("import time:")]
    return set(lines) - {"imported package"}


@pytest.fixture
def installed(tmp_path: Path) -> "tuple[Path, Path]":
    from leashd_hooks import places
    from leashd_hooks.policy import compile as compiler

    project = tmp_path / "project"
    state = tmp_path / "home" / ".leashd"
    project.mkdir()
    state.mkdir(parents=True)
    (state / "config.yaml").write_text(f"approved_directories: [{project}]\n")
    compiler.write(compiler.compile_state(str(state), str(tmp_path / "home")), places.bundle(str(state)))
    image.build()
    return state, project


def _foreign(loaded: "set[str]") -> "set[str]":
    return {name for name in loaded if not name.startswith("leashd_hooks") and name not in ALLOWED}


@pytest.mark.parametrize("event", EVENTS)
def test_a_decision_loads_nothing_heavy(event: str, installed: "tuple[Path, Path]") -> None:
    state, project = installed
    assert _foreign(_loaded(image.PACKAGE / "boot.py", state, project, EVENTS[event])) == set()


@pytest.mark.parametrize("event", EVENTS)
def test_a_decision_loads_nothing_cold_of_our_own(event: str, installed: "tuple[Path, Path]") -> None:
    state, project = installed
    ours = {name for name in _loaded(image.PACKAGE / "boot.py", state, project, EVENTS[event]) if "leashd" in name}
    hot = {f"leashd_hooks.{name}" for name in (*image.HOT_MODULES, *image.HOT_FOLDERS)} | {"leashd_hooks"}
    assert not {
        name for name in ours if name not in hot and not name.startswith(tuple(h + "." for h in hot - {"leashd_hooks"}))
    }


@pytest.mark.parametrize("module", ["json", "re", "os", "typing"])
def test_a_heavy_import_turns_the_check_red(module: str, installed: "tuple[Path, Path]", tmp_path: Path) -> None:
    state, project = installed
    package = tmp_path / "copy" / "leashd_hooks"
    shutil.copytree(image.PACKAGE, package, ignore=shutil.ignore_patterns("__pycache__"))
    with (package / "observe.py").open("a") as file:
        file.write(f"\nimport {module}\n")
    assert module in _foreign(_loaded(package / "boot.py", state, project, EVENTS["a read"]))

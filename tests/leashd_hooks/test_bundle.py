"""The compiled policy is used when it is fresh, made anew when it is not, and refused when it cannot be."""

import contextlib
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from leashd_hooks import bundle, places
from leashd_hooks.decide.rule import entry
from leashd_hooks.policy import compile as compiler
from leashd_hooks.recompile import BundleError


@pytest.fixture
def state(tmp_path: Path) -> Path:
    made = tmp_path / ".leashd"
    made.mkdir()
    (made / "config.yaml").write_text(f"approved_directories: [{tmp_path}/w]\n")
    compiler.write(compiler.compile_state(str(made), str(tmp_path)), places.bundle(str(made)))
    return made


def _load(state: Path) -> "dict[str, Any]":
    return bundle.load(str(state), str(state.parent))


def _file(state: Path) -> Path:
    return Path(places.bundle(str(state)))


def test_a_fresh_bundle_is_used_as_it_is(state: Path) -> None:
    before = _file(state).stat().st_mtime_ns
    assert _load(state)["policies"] == ("default", "dev-tools")
    assert _file(state).stat().st_mtime_ns == before


def test_rules_come_back_as_they_were_compiled(state: Path) -> None:
    compiled = compiler.compile_state(str(state), str(state.parent))
    loaded = _load(state)
    for part in bundle.PACKED:
        for kind, rules in compiled[part].items():
            assert entry(loaded[part], kind) == rules
        assert entry(loaded[part], "invented") == ()


CHANGES = {
    "an edit": lambda state: (state / "config.yaml").write_text("approved_directories: []\n"),
    "a new file of the user": lambda state: (state / "policy.yaml").write_text("version: 1\nname: x\nrules: []\n"),
    "a file that was put in its place": lambda state: os.replace(_copy(state), state / "config.yaml"),
    "a bundle of another version": lambda state: _file(state).write_bytes(b"\xe9\x01\x00\x00\x00"),
    "a bundle that is gone": lambda state: _file(state).unlink(),
    "a bundle cut short": lambda state: _file(state).write_bytes(_file(state).read_bytes()[:-7]),
}


def _copy(state: Path) -> Path:
    copy = state / "copy"
    copy.write_text((state / "config.yaml").read_text())
    return copy


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_makes_the_bundle_anew(name: str, state: Path) -> None:
    _load(state)
    CHANGES[name](state)
    stale = _file(state).stat().st_ino if _file(state).exists() else 0
    _load(state)
    assert _file(state).stat().st_ino != stale


def test_an_edit_that_restores_the_time_is_noticed(state: Path) -> None:
    config = state / "config.yaml"
    before = config.stat()
    content = config.read_text()
    time.sleep(0.02)
    config.write_text(content[::-1].replace("\n", "") + "\n"[: len(content)])
    os.utime(config, ns=(before.st_atime_ns, before.st_mtime_ns))
    with pytest.raises(BundleError):
        _load(state)


def test_a_policy_with_a_mistake_is_refused_with_its_place(state: Path) -> None:
    (state / "policy.yaml").write_text("version: 1\nname: x\nruels: []\n")
    with pytest.raises(BundleError, match="did you mean `rules`"):
        _load(state)


def test_a_bundle_that_is_a_link_is_not_followed(state: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    _file(state).rename(elsewhere)
    _file(state).symlink_to(elsewhere)
    _load(state)
    assert not _file(state).is_symlink()


def test_who_waits_for_another_that_compiles_takes_what_that_one_has_made(state: Path) -> None:
    """The other one is this test."""
    (state / "config.yaml").write_text(f"approved_directories: [{state.parent}/other]\n")
    lock = os.open(f"{_file(state)}.turn", os.O_RDWR | os.O_CREAT, 0o600)
    os.lockf(lock, os.F_LOCK, 0)
    load = "import sys; from leashd_hooks import bundle; print(bundle.load(sys.argv[1], sys.argv[2])['roots'])"
    command = [sys.executable, "-c", load, str(state), str(state.parent)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as waits:
        while not _has_open(waits.pid, ".turn"):
            assert waits.poll() is None
        compiler.write(compiler.compile_state(str(state), str(state.parent)), str(_file(state)))
        made = _file(state).stat().st_ino
        os.close(lock)
        assert "other" in waits.communicate(timeout=30)[0]
    assert _file(state).stat().st_ino == made


def _has_open(process: int, ending: str) -> bool:
    """Whether a process has a file open whose name ends so; what it closes meanwhile is none."""
    for one in Path(f"/proc/{process}/fd").iterdir():
        with contextlib.suppress(FileNotFoundError):
            if str(one.readlink()).endswith(ending):
                return True
    return False


def test_a_turn_that_cannot_be_had_keeps_nobody_from_compiling(state: Path) -> None:
    Path(f"{_file(state)}.turn").symlink_to("/nonexistent/lock")
    (state / "config.yaml").write_text(f"approved_directories: [{state.parent}/other]\n")
    assert "other" in str(_load(state)["roots"])

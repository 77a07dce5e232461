"""The hook's own interpreter: what it finds, what the processes it starts find, and when it is left alone."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from leashd_hooks.install import hook_encodings, hook_python
from leashd_hooks.install.hook_process import INTERPRETER_FLAGS, interpreter
from leashd_hooks.install.hook_python import HookPythonError


@pytest.fixture(scope="module")
def state(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("state")
    hook_python.make(folder, interpreter())
    return folder


def say(state: Path, code: str, *flags: str, given: str = "") -> str:
    program = hook_python.program(state, interpreter())
    done = subprocess.run([program, *flags, "-c", code], input=given.encode(), capture_output=True, check=True, env={})
    return done.stdout.decode().strip()


FINDS = {
    "only UTF-8 to begin with": ("import encodings; print(encodings.__file__[-26:])", "python{}.zip/encodings.py"),
    "text of any script": ("print(input())", "żółć 漢字"),
    "other encodings when they are asked for": ("print(b'\\xe9'.decode('cp1252'), 'ü'.encode('idna'))", "é b'xn--tda'"),
    "after that the whole package": (
        "'a'.encode('cp437'); import encodings as e; print(e.aliases.__name__)", "encodings.aliases"),
    "what only the whole package has": ("import encodings as e; print(e.normalize_encoding('a b'))", "a_b"),
    "a module of the package": ("from encodings import aliases; print(aliases.aliases['latin1'])", "latin_1"),
    "an unknown encoding is an error as ever": (
        "try: 'a'.encode('klingon')\nexcept LookupError as error: print(error)", "unknown encoding: klingon"),
    "the standard library": ("import json, subprocess, _json; print(json.dumps([1]))", "[1]"),
    "no packages": ("import importlib.util; print(importlib.util.find_spec('pydantic'))", "None"),
}  # fmt: skip


@pytest.mark.parametrize(("code", "said"), FINDS.values(), ids=FINDS)
def test_the_hook_finds(code: str, said: str, state: Path) -> None:
    version = "{}{}".format(*sys.version_info)
    assert say(state, code, *INTERPRETER_FLAGS, given="żółć 漢字") == said.format(version)


def test_a_process_of_the_hook_finds_packages_and_the_whole_library(state: Path) -> None:
    code = "import encodings.aliases, pydantic, leashd_hooks, codecs, os; print(os.path.realpath(encodings.__file__))"
    import encodings

    assert say(state, code, "-I") == os.path.realpath(encodings.__file__)


def test_what_is_there_stays(state: Path) -> None:
    before = (state / "python").stat()
    hook_python.make(state, interpreter())
    assert (state / "python").stat() == before
    assert [path.name for path in state.iterdir()] == ["python"]


CHANGES = {
    "another interpreter": lambda folder: replaced(folder / "bin" / "python", "/bin/true"),
    "another encodings": lambda folder: replaced(next(folder.glob("base/*/*.zip/encodings.py")), "/dev/null"),
    "another library": lambda folder: replaced(next(folder.glob("base/*/python3.*[0-9]")), "/tmp"),
    "another home": lambda folder: (folder / "pyvenv.cfg").write_text("home = /tmp\n"),
    "a part gone": lambda folder: (folder / "pyvenv.cfg").unlink(),
}


def replaced(link: Path, target: str) -> None:
    link.unlink()
    link.symlink_to(target)


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_what_has_changed_is_not_used_and_made_anew(change: Callable[[Path], object], tmp_path: Path) -> None:
    hook_python.make(tmp_path, interpreter())
    change(tmp_path / "python")
    assert hook_python.program(tmp_path, interpreter()) == ""
    hook_python.make(tmp_path, interpreter())
    assert hook_python.program(tmp_path, interpreter()) == str(tmp_path / "python" / "bin" / "python")


def test_of_another_user_it_is_not_used(state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: os.getuid() + 1)
    assert hook_python.program(state, interpreter()) == ""


def test_an_interpreter_that_cannot_start_that_way_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(HookPythonError):
        hook_python.make(tmp_path, "/bin/false")
    assert list(tmp_path.iterdir()) == []


def test_to_import_the_encodings_by_their_own_name_changes_nothing() -> None:
    import encodings

    assert hook_encodings.__name__ != "encodings"
    assert sys.modules["encodings"] is encodings

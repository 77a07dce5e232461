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
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("package") / "python"
    hook_python.make(made, interpreter())
    return made


def say(folder: Path, code: str, *flags: str, given: str = "") -> str:
    program = hook_python.program(folder, interpreter())
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
def test_the_hook_finds(code: str, said: str, folder: Path) -> None:
    version = "{}{}".format(*sys.version_info)
    assert say(folder, code, *INTERPRETER_FLAGS, given="żółć 漢字") == said.format(version)


def test_a_process_of_the_hook_finds_packages_and_the_whole_library(folder: Path) -> None:
    code = "import encodings.aliases, pydantic, leashd_hooks, codecs, os; print(os.path.realpath(encodings.__file__))"
    import encodings

    assert say(folder, code, "-I") == os.path.realpath(encodings.__file__)


def test_what_is_there_stays(folder: Path) -> None:
    before = folder.stat()
    hook_python.make(folder, interpreter())
    assert folder.stat() == before
    assert sorted(path.name for path in folder.parent.iterdir()) == ["python", "python.lock"]


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
    hook_python.make(tmp_path / "python", interpreter())
    change(tmp_path / "python")
    assert hook_python.program(tmp_path / "python", interpreter()) == ""
    hook_python.make(tmp_path / "python", interpreter())
    assert hook_python.program(tmp_path / "python", interpreter()) == str(tmp_path / "python" / "bin" / "python")


def test_of_another_user_it_is_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    hook_python.make(tmp_path / "python", interpreter())
    if os.getuid() == 0:
        os.chown(tmp_path / "python", 12_345, 12_345)
    monkeypatch.setattr(os, "geteuid", lambda: 54_321)
    assert hook_python.program(tmp_path / "python", interpreter()) == ""


def test_an_interpreter_that_cannot_start_that_way_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(HookPythonError):
        hook_python.make(tmp_path / "python", "/bin/false")
    assert [path.name for path in tmp_path.iterdir()] == ["python.lock"]


def test_the_state_leads_there_and_goes_on_doing_so(folder: Path, tmp_path: Path) -> None:
    for _ in range(2):
        hook_python.link(tmp_path, folder)
        program = tmp_path / "python" / "bin" / "python"
        assert subprocess.run([program, "-I", "-c", "import pydantic"], env={}).returncode == 0
    assert [path.name for path in tmp_path.iterdir()] == ["python"]


def test_to_import_the_encodings_by_their_own_name_changes_nothing() -> None:
    import encodings

    assert hook_encodings.__name__ != "encodings"
    assert sys.modules["encodings"] is encodings

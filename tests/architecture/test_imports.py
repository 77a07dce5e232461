"""The import contracts hold, and each one is able to fail."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def _lint(directory: Path) -> "subprocess.CompletedProcess[str]":
    command = [
        sys.executable,
        "-c",
        "import sys; from importlinter.cli import lint_imports_command as c; sys.exit(c())",
    ]
    return subprocess.run(
        [*command, "--no-cache"],
        cwd=directory,
        env={"PYTHONPATH": str(directory), "PATH": "/usr/bin:/bin", "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_contracts_hold() -> None:
    found = _lint(ROOT)
    assert found.returncode == 0, found.stdout + found.stderr


BROKEN = {
    "layers": ("hosts.py", "from leashd_hooks import hook"),
    "pure": ("decide/combine.py", "import os"),
    "hot": ("observe.py", "import pathlib"),
    "oracle": ("policy/oracle.py", "from leashd_hooks.decide import decide"),
    "families": ("tools/web.py", "from leashd_hooks.tools import files"),
    "exhaustive": ("utils.py", "import sys"),
}


@pytest.mark.parametrize("contract", BROKEN)
def test_a_contract_turns_red_when_it_is_broken(contract: str, tmp_path: Path) -> None:
    shutil.copytree(ROOT / "leashd_hooks", tmp_path / "leashd_hooks", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    module, line = BROKEN[contract]
    with (tmp_path / "leashd_hooks" / module).open("a") as file:
        file.write(f"\n{line}\n")
    found = _lint(tmp_path)
    assert found.returncode != 0, f"`{line}` in `{module}` was not noticed"

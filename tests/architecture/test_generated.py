"""Generated pages are up to date, and a page that is not turns the check red."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def _check(repository: Path) -> "subprocess.CompletedProcess[str]":
    command = [
        sys.executable,
        "-c",
        "from leashd_hooks.cli import main; main()",
        "docs",
        "--check",
        "--to",
        str(repository),
    ]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True)


@pytest.fixture
def pages(tmp_path: Path) -> Path:
    shutil.copytree(ROOT / "docs" / "reference", tmp_path / "docs" / "reference")
    return tmp_path / "docs" / "reference"


def test_the_pages_in_the_repository_are_up_to_date(pages: Path) -> None:
    checked = _check(pages.parents[1])
    assert checked.returncode == 0, checked.stdout + checked.stderr


@pytest.mark.parametrize("page", ["policy.md", "rules.md"])
def test_an_edited_page_turns_the_check_red(page: str, pages: Path) -> None:
    with (pages / page).open("a") as file:
        file.write("edited by hand\n")
    checked = _check(pages.parents[1])
    assert checked.returncode != 0
    assert page in checked.stdout + checked.stderr


def test_a_missing_page_turns_the_check_red(pages: Path) -> None:
    (pages / "rules.md").unlink()
    assert _check(pages.parents[1]).returncode != 0

"""The hot image is written where it is missing, damaged or of other sources, and nowhere else."""

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from leashd_hooks import image

BUILD = "from leashd_hooks import image; print(image.build())"


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A copy of the package, without any image."""
    copy = tmp_path / "leashd_hooks"
    shutil.copytree(image.PACKAGE, copy, ignore=shutil.ignore_patterns("__pycache__"))
    return copy


def built(package: Path) -> Path:
    """The image of the copy, after it was asked for."""
    command = [sys.executable, "-B", "-c", BUILD]
    said = subprocess.run(command, cwd=package.parent, env={}, capture_output=True, text=True, check=True)
    return Path(said.stdout.strip())


def untouched(package: Path, file: Path) -> None:
    """Nothing happens."""


def a_source_changes(package: Path, file: Path) -> None:
    with (package / "globs.py").open("a") as source:
        source.write("#\n")


def the_maker_changes(package: Path, file: Path) -> None:
    with (package / "image.py").open("a") as source:
        source.write("#\n")


def a_byte_is_lost(package: Path, file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-1])


def a_byte_is_another(package: Path, file: Path) -> None:
    content = bytearray(file.read_bytes())
    content[1000] ^= 1
    file.write_bytes(content)


@pytest.mark.parametrize(
    ("happens", "again"),
    [(untouched, False), (a_source_changes, True), (the_maker_changes, True), (a_byte_is_lost, True),
     (a_byte_is_another, True)],
    ids=lambda value: value.__name__ if callable(value) else "",
)  # fmt: skip
def test_it_is_made_again_where_it_would_differ(
    package: Path, happens: Callable[[Path, Path], None], again: bool
) -> None:
    file = built(package)
    before, content = file.stat().st_ino, file.read_bytes()
    with file.open("rb"):  # keeps the number of the file from being given away again
        happens(package, file)
        assert (built(package).stat().st_ino != before) == again
    assert again or file.read_bytes() == content

"""A terminal in a project with nothing installed."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.leashd_hooks.cli.daemons import DaemonTerminal
from tests.leashd_hooks.terminal import Terminal


@pytest.fixture
def terminal(tmp_path: Path) -> Terminal:
    """A home, and in it a project at the top of a repository."""
    project = tmp_path / "home" / "project"
    (project / ".git").mkdir(parents=True)
    (project / ".git" / "HEAD").write_text("ref: refs/heads/feature\n")
    (project / "README.md").write_text("# read me\n")
    (project / ".env").write_text("SECRET=1\n")
    return Terminal(tmp_path / "home", project)


@pytest.fixture
def daemon(terminal: Terminal) -> Iterator[DaemonTerminal]:
    """The same, with a state directory whose path is short enough for a socket; its supervisor ends with the test."""
    folder = Path(tempfile.mkdtemp(prefix="leashd-"))
    made = DaemonTerminal(terminal.home, terminal.project, folder / "state")
    yield made
    made.end()
    shutil.rmtree(folder)

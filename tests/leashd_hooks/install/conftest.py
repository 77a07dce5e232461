"""A terminal in a project with nothing installed."""

from pathlib import Path

import pytest

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

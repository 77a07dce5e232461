"""A guarded home and project, and the hook process exactly as a host starts it."""

from pathlib import Path

import pytest

from leashd_hooks import image
from tests.hook.guard import Guard


@pytest.fixture(scope="session", autouse=True)
def _hot_image() -> None:
    image.build()


@pytest.fixture
def guard(tmp_path: Path) -> Guard:
    """A guarded project under the default policy."""
    made = Guard(home=tmp_path / "home", project=tmp_path / "project")
    made.project.mkdir()
    made.state.mkdir(parents=True, mode=0o700)
    (made.project / "README.md").write_text("read me\n")
    (made.project / ".env").write_text("SECRET=1\n")
    (made.state / "config.yaml").write_text(f"approved_directories:\n  - {made.project}\n")
    made.compile()
    return made

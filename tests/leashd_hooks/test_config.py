"""The user's configuration, and edits of it that keep what people wrote."""

import threading
from pathlib import Path

import pytest

from leashd_hooks import config
from leashd_hooks.policy.source import ConfigError


@pytest.fixture
def path(tmp_path: Path) -> str:
    return str(tmp_path / ".leashd" / "config.yaml")


def test_no_file_is_the_default_configuration(path: str) -> None:
    loaded = config.load_config(path)
    assert loaded.policies == ("default", "dev-tools")
    assert loaded.approved_directories == ()
    assert loaded.unlock == ()
    assert loaded.approval_timeout_seconds is None


def test_empty_lists_and_comments_are_the_default_configuration(path: str) -> None:
    Path(path).parent.mkdir()
    Path(path).write_text("# mine\napproved_directories:\npolicies:\n")
    assert config.load_config(path) == config.Config()


def test_the_first_directory_makes_a_private_file(path: str) -> None:
    assert config.add(path, "approved_directories", "/work/app")
    assert config.load_config(path).approved_directories == ("/work/app",)
    assert Path(path).stat().st_mode & 0o777 == 0o600
    assert Path(path).parent.stat().st_mode & 0o777 == 0o700
    assert Path(path).read_text().startswith("# Configuration of leashd.")


def test_what_is_there_is_not_added_twice(path: str) -> None:
    assert config.add(path, "approved_directories", "/work/app")
    assert not config.add(path, "approved_directories", "/work/app")
    assert config.load_config(path).approved_directories == ("/work/app",)


WRITTEN = """\
# who may do what
approved_directories:
  # the shop
  - /work/shop
  - '/work/with space'

policies: [default,
  strict]  # for now
unlock: []
# the end
"""


def test_an_edit_keeps_comments_and_other_fields(path: str) -> None:
    Path(path).parent.mkdir()
    Path(path).write_text(WRITTEN)
    assert config.add(path, "approved_directories", "/work/app")
    assert config.remove(path, "approved_directories", "/work/shop")
    assert (
        Path(path).read_text()
        == """\
# who may do what
approved_directories:
  # the shop
  - '/work/with space'
  - /work/app

policies: [default,
  strict]  # for now
unlock: []
# the end
"""
    )


def test_a_flow_list_over_several_lines_is_replaced_whole(path: str) -> None:
    Path(path).parent.mkdir()
    Path(path).write_text(WRITTEN)
    assert config.add(path, "policies", "~/own.yaml")
    assert config.load_config(path).policies == ("default", "strict", "~/own.yaml")
    assert config.load_config(path).approved_directories == ("/work/shop", "/work/with space")


def test_the_last_one_leaves_an_empty_list(path: str) -> None:
    config.add(path, "unlock", "git-force-push")
    assert config.remove(path, "unlock", "git-force-push")
    assert not config.remove(path, "unlock", "git-force-push")
    assert "unlock: []" in Path(path).read_text()
    assert config.load_config(path).unlock == ()


@pytest.mark.parametrize(
    "value", ["/a b", "/it's", "/#x", "/a: b", "/yes", "yes", "/ünïcode", "-x", "/a\\b", '/"q"', "*x"]
)
def test_any_path_survives_a_round_trip(path: str, value: str) -> None:
    config.add(path, "approved_directories", value)
    config.add(path, "approved_directories", "/other")
    assert config.load_config(path).approved_directories == (value, "/other")


def test_a_broken_file_is_not_touched(path: str) -> None:
    Path(path).parent.mkdir()
    Path(path).write_text("approved: [/x]\n")
    with pytest.raises(ConfigError, match="unknown field `approved`"):
        config.add(path, "approved_directories", "/y")
    assert Path(path).read_text() == "approved: [/x]\n"


def test_two_writers_at_once_lose_nothing(path: str) -> None:
    threads = [
        threading.Thread(target=config.add, args=(path, "approved_directories", f"/work/{number}"))
        for number in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(config.load_config(path).approved_directories) == [f"/work/{number}" for number in range(8)]

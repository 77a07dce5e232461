"""Root's installation: what of it others than root could change, and the policy that stands above every user's."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from leashd_hooks.install import claude, managed
from leashd_hooks.install.place import Place
from leashd_hooks.install.survey import Layer, Survey
from leashd_hooks.policy.source import PolicyError


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder that leads nowhere others can write, but for what a test makes of it."""
    (tmp_path / "python").write_text("")
    for path in (tmp_path / "python", *tmp_path.parents, tmp_path):
        assert path.stat().st_uid == os.geteuid() or path.stat().st_uid == 0
    return tmp_path


@pytest.fixture
def owner(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lets the user who runs the tests stand for root."""
    real = os.lstat

    def as_root(name: str) -> os.stat_result:
        found = list(real(name))
        found[4] = 0 if found[4] == os.geteuid() else found[4]
        return os.stat_result(found)

    monkeypatch.setattr(managed.os, "lstat", as_root)


@pytest.mark.usefixtures("owner")
def test_only_roots_files_in_roots_folders_cannot_be_changed(folder: Path) -> None:
    file = folder / "python"
    assert managed.changeable([file]) == ""
    file.chmod(0o664)
    assert managed.changeable([file]) == str(file)
    file.chmod(0o644)
    folder.chmod(0o777)
    assert managed.changeable([file]) == str(folder)


@pytest.mark.usefixtures("owner")
def test_a_link_is_followed_and_the_folder_it_stands_in_counts(folder: Path) -> None:
    open_to_all = folder / "open"
    open_to_all.mkdir()
    link = open_to_all / "python"
    link.symlink_to(folder / "python")
    assert managed.changeable([link]) == ""
    open_to_all.chmod(0o777)
    assert managed.changeable([link]) == str(open_to_all)
    other = folder / "other"
    other.symlink_to(link)
    assert managed.changeable([other]) == str(open_to_all)


def test_a_policy_or_a_profile_becomes_roots_and_readable_by_all(tmp_path: Path) -> None:
    target = tmp_path / "etc" / "leashd" / "policy.yaml"
    managed.write_policy("strict", target)
    assert stat.S_IMODE(target.stat().st_mode) == 0o644
    own = tmp_path / "own.yaml"
    own.write_text("version: 1\nname: ours\nrules: []\n")
    managed.write_policy(str(own), target)
    assert target.read_text() == own.read_text()


def test_a_policy_that_does_not_load_leaves_the_old_one(tmp_path: Path) -> None:
    target = tmp_path / "policy.yaml"
    target.write_text("version: 1\n")
    broken = tmp_path / "broken.yaml"
    broken.write_text("version: 1\nrules: [")
    with pytest.raises(PolicyError):
        managed.write_policy(str(broken), target)
    with pytest.raises(OSError, match="no-such"):
        managed.write_policy("no-such", target)
    assert target.read_text() == "version: 1\n"


def test_doctor_says_what_stays_open_only_where_root_installed(tmp_path: Path) -> None:
    place = Place(tmp_path, tmp_path / ".leashd", tmp_path)
    settings = {"hooks": claude.with_hooks({}, claude.command(place))}

    def found(scope: str) -> list[str]:
        layer = Layer(scope, tmp_path / "settings.json", settings)
        layer.path.touch()
        return [finding.found for finding in managed.left_open(Survey(place, [layer], []))]

    assert found("user") == []
    said = " ".join(found("managed"))
    for open_still in (str(place.state), "policy of root's", "PATH", "other agents"):
        assert open_still in said

"""What `doctor` says of Codex: in order after an installation, and a finding for each way that is open."""

import json
from pathlib import Path

import pytest

from leashd_hooks.install import codex, codex_doctor
from leashd_hooks.install.codex import Files
from leashd_hooks.install.place import Place
from leashd_hooks.install.setup import prepare

CLOSED = (
    "codex-home",
    "disabled",
    "entry",
    "environment",
    "reviewer",
    "rules",
    "settings",
    "web-search",
    "write-stdin",
)


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    """A project of a user who has no client on PATH."""
    home, project = tmp_path / "home", tmp_path / "home" / "project"
    project.mkdir(parents=True)
    for name in ("BASH_ENV", "LD_PRELOAD", "CODEX_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PATH", "/nowhere")
    return Place(home, home / ".leashd", project)


@pytest.fixture
def where(place: Place, tmp_path: Path) -> Files:
    """Codex's files, with the hook installed for the user and what is open closed."""
    where = Files(place.home / ".codex", place.project, tmp_path / "etc" / "requirements.toml")
    prepare(place, lambda: codex.install(place, where, "user", fix=True))
    return where


def found(place: Place, where: Files) -> dict[str, tuple[str, str]]:
    """The worst finding of each check."""
    order = {"ok": 0, "warn": 1, "fail": 2}
    worst: dict[str, tuple[str, str]] = {}
    for one in codex_doctor.examine(place, where, place.project):
        if order[one.state] >= order[worst.get(one.check, ("ok", ""))[0]]:
            worst[one.check] = (one.state, one.found)
    return worst


def test_after_an_installation_that_closes_everything_the_hook_decides(place: Place, where: Files) -> None:
    told = found(place, where)
    assert told["installed"][0] == told["canary"][0] == "ok"
    assert told["managed"][0] == "warn"
    assert told["client"] == ("warn", "no `codex` on PATH, so nobody can say whether it trusts the hook")
    assert not told.keys() & set(CLOSED)


def test_where_it_is_not_installed_it_says_nothing(place: Place, where: Files) -> None:
    codex.uninstall(where, "user")
    assert found(place, where) == {}


#: What is done, below Codex's home -> the check that finds it, and how bad it is.
OPEN = {
    "terminals that can be typed into": ("config.toml", "unified_exec_tty = false", "", "write-stdin", "warn"),
    "web search at the provider": ("config.toml", '"disabled"', '"live"', "web-search", "warn"),
    "a reviewer that runs commands": (
        "config.toml",
        'web_search = "disabled"',
        'web_search = "disabled"\napprovals_reviewer = "auto_review"',
        "reviewer",
        "warn",
    ),
    "settings that are no TOML": ("config.toml", "[features]", "[features", "settings", "fail"),
    "rules that allow": ("rules/default.rules", "", 'prefix_rule(pattern=["rm"], decision="allow")', "rules", "warn"),
    "a profile without hooks": ("fast.config.toml", "", "[features]\nhooks = false\n", "disabled", "fail"),
    "code in the hook's shell": (".env", "", "BASH_ENV=/x\n", "environment", "fail"),
    "a hook that is another program": ("hooks.json", "boot.py codex", "boot.py claude", "canary", "fail"),
}


@pytest.mark.parametrize("name", OPEN)
def test_each_way_that_is_open_is_found(place: Place, where: Files, name: str) -> None:
    file, old, new, check, state = OPEN[name]
    path = where.home / file
    path.parent.mkdir(exist_ok=True)
    text = path.read_text() if path.exists() else ""
    path.write_text(text.replace(old, new) if old else text + new)
    assert found(place, where)[check][0] == state


def test_what_root_requires_closes_it_for_everybody(place: Place, where: Files) -> None:
    codex.install(place, where, "managed")
    where.config.write_text('web_search = "live"\napprovals_reviewer = "auto_review"\n')
    told = found(place, where)
    assert not told.keys() & {*CLOSED, "managed"}
    assert str(where.requirements) in told["installed"][1]


def test_a_home_elsewhere_is_named(place: Place, where: Files) -> None:
    moved = Files(where.home.rename(place.home / "elsewhere"), where.project, where.requirements)
    assert found(place, moved)["codex-home"][0] == "warn"


def test_hooks_that_cannot_be_read_are_not_ours(place: Place, where: Files) -> None:
    where.hooks("user").write_text("{")
    assert codex_doctor.scopes(where) == []
    where.hooks("user").write_text(json.dumps({"hooks": []}))
    assert codex_doctor.scopes(where) == []

"""The user's configuration, and edits of it that keep what people wrote."""

import re
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
    assert config.add(path, "approved_directories", "/srv/app")
    assert config.load_config(path).approved_directories == ("/srv/app",)
    assert Path(path).stat().st_mode & 0o777 == 0o600
    assert Path(path).parent.stat().st_mode & 0o777 == 0o700
    assert Path(path).read_text().startswith("# Configuration of leashd.")


def test_what_is_there_is_not_added_twice(path: str) -> None:
    assert config.add(path, "approved_directories", "/srv/app")
    assert not config.add(path, "approved_directories", "/srv/app")
    assert config.load_config(path).approved_directories == ("/srv/app",)


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
    assert config.add(path, "approved_directories", "/srv/app")
    assert config.remove(path, "approved_directories", "/work/shop")
    assert (
        Path(path).read_text()
        == """\
# who may do what
approved_directories:
  # the shop
  - '/work/with space'
  - /srv/app

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


def _settings(path: str, text: str, **environment: str) -> dict[str, config.Setting]:
    Path(path).parent.mkdir()
    Path(path).write_text(text)
    return config.resolve(path, environment)


def test_the_environment_stands_above_the_file_and_that_above_what_is_built_in(path: str) -> None:
    text = "# mine\nweb_port: 8190\npublic_hosts: laptop.example.org\n"
    found = _settings(path, text, LEASHD_PUBLIC_HOSTS="a.example.org, b.example.org", PATH="/bin", LEASHD_HOME="/s")
    assert found["web_port"] == (8190, f"{path}:2")
    assert found["public_hosts"] == (("a.example.org", "b.example.org"), "LEASHD_PUBLIC_HOSTS")
    assert found["log_level"] == ("info", "default")
    assert config.variables(found) == {
        "LEASHD_WEB_PORT": "8190",
        "LEASHD_PUBLIC_HOSTS": "a.example.org,b.example.org",
    }


def test_a_variable_that_is_empty_is_not_set(path: str) -> None:
    assert config.resolve(path, {"LEASHD_WEB_PORT": ""})["web_port"] == (8180, "default")


def test_variables_of_the_recipe_for_jobs_are_no_mistake(path: str) -> None:
    recipe = Path(__file__).parents[2] / "hooks" / "ci"
    read = {name for file in recipe.iterdir() for name in re.findall(r"\bLEASHD_[A-Z_]+", file.read_text())}
    assert read >= {"LEASHD_POLICY", "LEASHD_REPORT"}
    assert config.resolve(path, dict.fromkeys(read, "x"))["web_port"] == (8180, "default")


WRONG = {
    "a port that is none": ({"LEASHD_WEB_PORT": "abc"}, "`abc` is not a port", "0 to 65535"),
    "a port beyond the last": ({"LEASHD_WEB_PORT": "99999"}, "`99999` is not a port", "0 to 65535"),
    "an address for a host": ({"LEASHD_PUBLIC_HOSTS": "https://a.b/"}, "`https://a.b/` is not the name", "without"),
    "a level that is none": ({"LEASHD_LOG_LEVEL": "loud"}, "unknown log_level `loud`", "`warning`"),
    "a misspelt name": (
        {"LEASHD_WEB_PROT": "1"},
        "unknown variable `LEASHD_WEB_PROT`",
        "did you mean `LEASHD_WEB_PORT`",
    ),
    "a name of something else": ({"LEASHD_XYZ": "1"}, "unknown variable `LEASHD_XYZ`", "`LEASHD_HOME`"),
}


@pytest.mark.parametrize(("environment", "told", "way_out"), WRONG.values(), ids=WRONG.keys())
def test_what_is_wrong_in_the_environment_is_named(
    path: str, environment: dict[str, str], told: str, way_out: str
) -> None:
    with pytest.raises(ConfigError) as caught:
        config.resolve(path, environment)
    assert told in caught.value.message
    assert way_out in caught.value.help


@pytest.mark.parametrize("line", ["web_port: 70000", "web_port: '80'", "web_port: true", "public_hosts: [a b]"])
def test_what_is_wrong_in_the_file_is_shown_where_it_stands(path: str, line: str) -> None:
    with pytest.raises(ConfigError) as caught:
        _settings(path, f"# mine\n{line}\n")
    assert caught.value.line == 2

"""Which files make up a policy, and what each layer may say."""

import os
from pathlib import Path

import pytest

from leashd_hooks import places
from leashd_hooks.policy import layers
from leashd_hooks.policy.compile import compile_policies, compile_state
from leashd_hooks.policy.source import ConfigError, PolicyError


class Home:
    """A home directory with a project in it, and leashd's state."""

    def __init__(self, tmp_path: Path) -> None:
        self.home = tmp_path / "home"
        self.root = self.home / "project"
        self.state = self.home / ".leashd"
        (self.root / ".leashd").mkdir(parents=True)
        self.state.mkdir()
        self.config(f"approved_directories: [{self.root}]\n")

    def config(self, text: str) -> None:
        (self.state / "config.yaml").write_text(text)

    def user(self, text: str) -> None:
        (self.state / "policy.yaml").write_text(text)

    def project(self, text: str) -> None:
        (self.root / ".leashd/policy.yaml").write_text(text)

    def compile(self) -> dict:
        return compile_state(str(self.state), str(self.home))


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    monkeypatch.setattr(places, "MANAGED_POLICY", str(tmp_path / "managed.yaml"))
    return Home(tmp_path)


def names(rules: dict, kind: str) -> list[str]:
    return [rule[0] for rule in rules.get(kind, ())]


RULE = "rules: [{name: %s, action: %s, when: {effect: mcp}}]\n"


def test_without_a_configuration_default_and_dev_tools_hold(home: Home) -> None:
    home.config("# nothing yet\n")
    assert home.compile()["policies"] == ("default", "dev-tools")
    (home.state / "config.yaml").unlink()
    assert home.compile()["policies"] == ("default", "dev-tools")


def test_managed_comes_before_user_and_user_before_profiles(home: Home) -> None:
    Path(places.MANAGED_POLICY).write_text(RULE % ("managed-mcp", "deny"))
    home.user(RULE % ("user-mcp", "allow"))
    bundle = home.compile()
    assert names(bundle["rules_above"], "mcp") == ["managed-mcp", "user-mcp"]
    assert "mcp-tool" in names(bundle["rules"], "mcp")


def test_a_managed_policy_that_others_can_write_is_refused(home: Home) -> None:
    path = Path(places.MANAGED_POLICY)
    path.write_text(RULE % ("managed-mcp", "deny"))
    path.chmod(0o666)
    with pytest.raises(PolicyError, match="can be changed by others than root"):
        home.compile()


def test_a_project_is_trusted_until_its_policy_changes(home: Home) -> None:
    home.project(RULE % ("project-mcp", "allow"))
    root, state = str(home.root), str(home.state)
    assert home.compile()["projects"][root]["trusted"] is False
    layers.trust(state, root)
    assert layers.is_trusted(state, root)
    assert home.compile()["projects"][root]["trusted"] is True
    home.project(RULE % ("project-mcp", "deny"))
    assert not layers.is_trusted(state, root)
    assert home.compile()["projects"][root]["trusted"] is False
    layers.trust(state, root)
    assert layers.untrust(state, root)
    assert not layers.untrust(state, root)
    assert home.compile()["projects"][root]["trusted"] is False


def test_the_list_of_trusted_projects_is_private(home: Home) -> None:
    home.project(RULE % ("project-mcp", "allow"))
    layers.trust(str(home.state), str(home.root))
    assert (home.state / "trust.json").stat().st_mode & 0o777 == 0o600


def test_a_link_in_the_place_of_a_projects_policy_is_refused(home: Home) -> None:
    secret = home.home / "secret.yaml"
    secret.write_text("token: abc\n")
    (home.root / ".leashd/policy.yaml").symlink_to(secret)
    with pytest.raises(PolicyError, match="is a symbolic link") as raised:
        home.compile()
    assert "abc" not in str(raised.value)


def test_an_error_in_a_projects_policy_quotes_nothing_of_it(home: Home) -> None:
    home.project("nme: abc-secret\n")
    with pytest.raises(PolicyError) as raised:
        home.compile()
    assert "abc-secret" not in str(raised.value)
    assert raised.value.line == 1


#: id -> (project policy, message)
FORBIDDEN = {
    "floor": ("rules: [{name: a, floor: true, action: deny, when: {effect: mcp}}]", "`floor` in rule `a`"),
    "settings": ("settings: {default_action: allow}", "a project cannot change settings"),
    "a-place-of-the-system": ("places: {workspace: {paths: ['/**']}}", "a project cannot redefine `workspace`"),
    "a-place-of-leashd": ("places: {agent-files: {paths: ['/**']}}", "a project cannot redefine `agent-files`"),
    "an-exception": (
        "places: {credential: {paths: [x], except: ['**/.env']}}", "a project cannot redefine `credential`",
    ),
    "a-pack-that-is-not-there": ("packs: [gti]", "unknown pack `gti`"),
    "a-place-that-is-not-there": (
        "rules: [{name: a, action: deny, when: {effect: read, place: crednetial}}]",
        "unknown place `crednetial` in rule `a`",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", FORBIDDEN)
def test_a_project_may_not_change(home: Home, case: str) -> None:
    text, message = FORBIDDEN[case]
    home.project(text)
    with pytest.raises(PolicyError) as raised:
        home.compile()
    assert raised.value.message == message
    assert raised.value.help


def test_a_user_may_define_places_and_a_profile_may_not(home: Home, tmp_path: Path) -> None:
    text = "places: {vault: {paths: ['~/vault/**']}}\n"
    home.user(text)
    assert "vault" in home.compile()["places"]
    profile = tmp_path / "mine.yaml"
    profile.write_text(text)
    with pytest.raises(PolicyError, match="a profile cannot define places"):
        compile_policies([str(profile)], [], str(home.home))


def test_a_user_may_not_add_to_the_floor(home: Home) -> None:
    home.user("rules: [{name: a, floor: true, action: deny, when: {effect: mcp}}]")
    with pytest.raises(PolicyError, match="`floor` in rule `a`"):
        home.compile()


def test_a_managed_policy_may_add_to_the_floor(home: Home) -> None:
    Path(places.MANAGED_POLICY).write_text("rules: [{name: a, floor: true, action: deny, when: {effect: mcp}}]")
    assert "a" in names(home.compile()["floor"], "mcp")


def test_unlocking_takes_a_rule_off_the_floor_and_is_recorded(home: Home) -> None:
    home.config(f"approved_directories: [{home.root}]\nunlock: [git-force-push]\n")
    bundle = home.compile()
    assert "git-force-push" not in names(bundle["floor"], "git")
    assert bundle["unlocked"] == ("git-force-push",)


#: id -> (configuration, message, help)
CONFIGS = {
    "unknown-key": ("polices: [x]", "unknown field `polices`", "did you mean `policies`?"),
    "unknown-policy": ("policies: [stric]", "unknown policy `stric`", "did you mean `strict`?"),
    "path-of-a-shipped-policy": (
        "policies: [policies/strict.yaml]", None, "the shipped profile is called `strict`",
    ),
    "unknown-unlock": (
        "unlock: [git-force-psh]", "`git-force-psh` is no rule of the floor", "did you mean `git-force-push`?",
    ),
    "root-directory": ("approved_directories: [/]", "`/` holds the whole home directory", None),
    "home-directory": ("approved_directories: ['~']", "`~` holds the whole home directory", None),
    "above-the-home-directory": ("approved_directories: ['~/..']", "`~/..` holds the whole home directory", None),
    "relative-directory": ("approved_directories: [src]", "`src` is not an absolute path", "write it from `/` or `~/`"),
    "timeout": ("approval_timeout_seconds: 0", "`approval_timeout_seconds` must be at least 1, not `0`", None),
}  # fmt: skip


@pytest.mark.parametrize("case", CONFIGS)
def test_a_mistake_in_the_configuration_is_told(home: Home, case: str) -> None:
    text, message, help = CONFIGS[case]
    home.config(text + "\n")
    with pytest.raises(ConfigError) as raised:
        home.compile()
    assert message is None or raised.value.message == message
    assert help is None or raised.value.help == help
    assert raised.value.line == 1


def test_every_file_that_was_read_or_looked_for_is_a_source(home: Home) -> None:
    sources = {source[0]: source for source in home.compile()["sources"]}
    state = str(home.state)
    assert len(sources[f"{state}/config.yaml"]) == 5
    for path in (
        f"{state}/policy.yaml",
        f"{state}/trust.json",
        f"{home.root}/.leashd/policy.yaml",
        places.MANAGED_POLICY,
    ):
        assert sources[path] == (path, None)
    assert any(path.endswith("packs/floor.yaml") for path in sources)
    assert any(path.endswith("policies/dev-tools.yaml") for path in sources)


def test_an_approved_directory_is_known_by_both_its_names(home: Home) -> None:
    link = home.home / "link"
    link.symlink_to(home.root)
    home.config(f"approved_directories: [{link}]\n")
    bundle = home.compile()
    assert set(bundle["roots"]) == {str(home.root), str(link)}
    assert os.path.realpath(link) == str(home.root)

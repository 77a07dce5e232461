"""Rules on trial: they decide nothing, and what they would have decided is noted."""

import json
from pathlib import Path

import pytest

from leashd_hooks import places
from leashd_hooks.hook import judge_call
from leashd_hooks.model import Call, Decision
from leashd_hooks.policy import examples, layers, lints
from leashd_hooks.policy.compile import compile_state
from leashd_hooks.policy.explain import sentences
from leashd_hooks.policy.source import PolicyError
from tests.leashd_hooks.terminal import Terminal

RULE = "{name: %s, action: %s, mode: %s, when: {effect: run, program: %s}}"


class Home:
    """A home directory with a project in it, and leashd's state."""

    def __init__(self, tmp_path: Path) -> None:
        self.home = tmp_path / "home"
        self.root, self.state = self.home / "project", self.home / ".leashd"
        for folder in (self.root / ".leashd", self.state):
            folder.mkdir(parents=True)
        (self.state / "config.yaml").write_text(f"approved_directories: [{self.root}]\npolicies: [default]\n")

    def user(self, text: str) -> None:
        (self.state / "policy.yaml").write_text(text)

    def project(self, text: str, trusted: bool) -> None:
        (self.root / ".leashd/policy.yaml").write_text(text)
        if trusted:
            layers.trust(str(self.state), str(self.root))

    def bundle(self) -> dict:
        return compile_state(str(self.state), str(self.home))

    def judge(self, command: str) -> Decision:
        return judge_call(Call("Bash", {"command": command}, str(self.root)), self.bundle())


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    monkeypatch.setattr(places, "MANAGED_POLICY", str(tmp_path / "managed.yaml"))
    return Home(tmp_path)


def rules(*found: str, mode: str = "enforce") -> str:
    return f"mode: {mode}\nrules: [{', '.join(found)}]\n"


#: The user's policy, the command, what decides, what the trial notes: its verdict and rule, or nothing.
TRIALS = [
    ("a rule in force decides", rules(RULE % ("trial-no", "deny", "enforce", "ls")), "ls", ("deny", "trial-no"), None),
    (
        "a rule in shadow that would deny is noted and nothing is denied",
        rules(RULE % ("trial-no", "deny", "shadow", "ls")),
        "ls",
        ("allow", "known-command"),
        ("deny", "trial-no"),
    ),
    (
        "a rule in shadow that would allow is noted and the call is still asked about",
        rules(RULE % ("trial-yes", "allow", "shadow", "frob")),
        "frob",
        ("require_approval", "default-action"),
        ("allow", "trial-yes"),
    ),
    (
        "a rule in shadow that does not match leaves no note",
        rules(RULE % ("trial-no", "deny", "shadow", "ls")),
        "frob",
        ("require_approval", "default-action"),
        None,
    ),
    (
        "a rule in shadow gives way to a rule in force before it, as it would in force",
        rules(RULE % ("first", "allow", "enforce", "ls"), RULE % ("trial-no", "deny", "shadow", "ls")),
        "ls",
        ("allow", "first"),
        None,
    ),
    (
        "a rule in force behind one in shadow decides",
        rules(RULE % ("trial-no", "deny", "shadow", "ls"), RULE % ("ask", "require_approval", "enforce", "ls")),
        "ls",
        ("require_approval", "ask"),
        ("deny", "trial-no"),
    ),
    (
        "a file in shadow has all its rules there",
        rules(RULE % ("trial-no", "deny", "enforce", "ls"), mode="shadow"),
        "ls",
        ("allow", "known-command"),
        ("deny", "trial-no"),
    ),
    (
        "a file in shadow does not set the default, and would",
        "mode: shadow\nsettings: {default_action: deny}\n",
        "frob",
        ("require_approval", "default-action"),
        ("deny", "default-action"),
    ),
    (
        "a rule in shadow does not lift the floor, not even on trial",
        rules("{name: trial-yes, action: allow, mode: shadow, when: {effect: privilege}}"),
        "sudo ls",
        ("deny", "privilege-escalation"),
        None,
    ),
]


@pytest.mark.parametrize(
    ("policy", "command", "decided", "noted"), [case[1:] for case in TRIALS], ids=[case[0] for case in TRIALS]
)
def test_what_decides_and_what_is_noted(
    home: Home, policy: str, command: str, decided: tuple, noted: tuple | None
) -> None:
    home.user(policy)
    decision = home.judge(command)
    assert (decision.verdict, decision.rule) == decided
    trial = decision.trial().get("shadow")
    assert (trial and (trial["verdict"], trial["rule"])) == noted


def test_a_project_puts_only_its_own_rules_in_shadow(home: Home) -> None:
    home.user(rules(RULE % ("mine", "deny", "enforce", "ls")))
    floor = [rule.name for rule, _, _ in layers.of_state(str(home.state), str(home.home)).floor.rules()]
    home.project(
        rules(RULE % ("mine", "allow", "shadow", "ls"), RULE % (floor[0], "allow", "shadow", "cat")), trusted=True
    )
    decision = home.judge("ls")
    assert (decision.verdict, decision.rule, decision.shadow) == ("deny", "mine", None)
    assert home.judge("sudo ls").verdict == "deny"
    assert home.judge("cat .env").rule == "credential-read"


def test_a_floor_of_a_project_is_refused_in_shadow_too(home: Home) -> None:
    home.project(
        "rules: [{name: x, action: allow, mode: shadow, floor: true, when: {effect: privilege}}]", trusted=False
    )
    with pytest.raises(PolicyError, match="only shipped and managed rules make the floor"):
        home.bundle()


@pytest.mark.parametrize("action", ["allow", "require_approval", "deny"])
def test_an_untrusted_project_in_shadow_loosens_nothing_and_on_trial_only_tightens(home: Home, action: str) -> None:
    home.project(rules(RULE % ("theirs", action, "enforce", "frob"), mode="shadow"), trusted=False)
    decision = home.judge("frob")
    assert (decision.verdict, decision.rule) == ("require_approval", "default-action")
    assert decision.trial().get("shadow", {}).get("rule") == ("theirs" if action == "deny" else None)


def test_a_tightening_rule_that_goes_into_shadow_tightens_no_more_and_so_needs_the_users_trust(home: Home) -> None:
    home.project(rules(RULE % ("theirs", "deny", "enforce", "ls")), trusted=True)
    assert home.judge("ls").verdict == "deny"
    home.project(rules(RULE % ("theirs", "deny", "shadow", "ls")), trusted=False)
    assert not layers.is_trusted(str(home.state), str(home.root))


def test_without_shadow_a_bundle_has_nothing_of_it(home: Home) -> None:
    home.user(rules(RULE % ("trial-no", "deny", "enforce", "ls")))
    assert "shadow" not in home.bundle()


def test_a_file_in_shadow_cannot_define_places_that_hold_at_once(home: Home) -> None:
    home.user("mode: shadow\nplaces: {mine: {paths: [x/**]}}\n")
    with pytest.raises(PolicyError, match="a file in shadow cannot define places"):
        home.bundle()


def test_no_shipped_rule_is_in_shadow() -> None:
    policies = layers.of_names(layers.profiles(), [], "/home/me")
    assert not [
        rule.name for layer in policies.layers() for rule, file, _ in layer.rules() if layer.in_shadow(file, rule)
    ]


def test_a_pattern_that_cannot_be_tried_changes_no_answer(home: Home) -> None:
    home.user("rules: [{name: old, tool: Bash, action: deny, mode: shadow, command_patterns: ['x+y']}]")
    decision = home.judge("echo " + "x" * 20_000)
    assert (decision.verdict, decision.shadow) == ("allow", None)


def test_a_rule_behind_one_in_shadow_is_reached(home: Home) -> None:
    home.user(rules(RULE % ("trial-no", "deny", "shadow", "ls"), RULE % ("same", "deny", "enforce", "ls")))
    found = lints.run(layers.of_state(str(home.state), str(home.home)))
    assert "unreachable_rule" not in [finding.lint for finding in found]


def test_examples_hold_a_rule_in_shadow_to_what_it_would_do(tmp_path: Path) -> None:
    path = tmp_path / "p.yaml"
    path.write_text(
        rules(RULE % ("trial-no", "deny", "shadow", "ls"))[:-3] + ", examples: {fires: [ls], stays_quiet: [cat x]}}]"
    )
    assert [outcome.passed for outcome in examples.of_files([str(path)])] == [True, True]


def test_explain_tells_the_trial(home: Home) -> None:
    home.user(rules(RULE % ("trial-no", "deny", "shadow", "ls")))
    call = Call("Bash", {"command": "ls"}, str(home.root))
    text = "\n".join(sentences(call, judge_call(call, home.bundle()), home.bundle()))
    assert "with the rules in shadow it would be denied, by `trial-no`: 1 denied by `trial-no`" in text


def test_the_audit_notes_the_trial_and_only_where_there_is_one(tmp_path: Path) -> None:
    project = tmp_path / "home" / "project"
    (project / ".git").mkdir(parents=True)
    terminal = Terminal(tmp_path / "home", project)
    terminal.run("install", "claude")
    (terminal.home / ".leashd" / "policy.yaml").write_text(rules(RULE % ("trial-no", "deny", "shadow", "ls")))
    assert '"permissionDecision":"allow"' in terminal.hook("Bash", {"command": "ls"}).stdout
    terminal.hook("Bash", {"command": "git status"})
    records = [json.loads(line) for line in terminal.run("audit", "tail", "--json").stdout.splitlines()]
    assert [record.get("shadow") for record in records] == [
        {"verdict": "deny", "rule": "trial-no", "rules": ["trial-no"]},
        None,
    ]
    assert terminal.json("audit", "report")["trials"] == {"trial-no": {"deny": 1}}

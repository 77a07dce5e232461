"""From models to the bundle."""

import marshal
import os
import subprocess
import sys
from pathlib import Path

import pytest

from leashd_hooks import places
from leashd_hooks.bundle import FORMAT, tag
from leashd_hooks.decide.paths import contains
from leashd_hooks.policy import layers
from leashd_hooks.policy.compile import compile_policies, write

HOME = "/home/me"


def compiled(tmp_path: Path, rule: str, kind: str) -> tuple:
    path = tmp_path / "mine.yaml"
    path.write_text(f"rules:\n  - {{name: a, action: deny, {rule}}}\n")
    return compile_policies([str(path)], [], HOME)["rules"].get(kind, ())


#: id -> (rule, kind, when)
TESTS = {
    "name": ("when: {effect: git, verb: push}", "git", (("verb", "is", frozenset({"push"})),)),
    "names": ("when: {effect: git, verb: [push, pull]}", "git", (("verb", "is", frozenset({"push", "pull"})),)),
    "pattern": (
        "when: {effect: git, branch: ['feature/*', main]}",
        "git",
        (("branch", "like", (frozenset({"main"}), (("feature/", "feature/*"),))),),
    ),
    "flag": ("when: {effect: git, destroys: true}", "git", (("destroys", "is", frozenset({True})),)),
    "choice": ("when: {effect: git, force: plain}", "git", (("force", "is", frozenset({"plain"})),)),
    "number": ("when: {effect: network, port: [22, 23]}", "network", (("port", "is", frozenset({22, 23})),)),
    "words": (
        "when: {effect: run, args: compose up}",
        "run",
        (("args", "words", ((2, frozenset({("compose", "up")})),)),),
    ),
    "flags": (
        "when: {effect: run, flags: ['-f', --force]}",
        "run",
        (("flags", "flags", frozenset({"-f", "--force"})),),
    ),
    "place": ("when: {effect: read, place: credential}", "read", (("place", "place", frozenset({"credential"})),)),
    "everything-of-a-tool": ("tool: Read", "read", ()),
}


@pytest.mark.parametrize("case", TESTS)
def test_a_condition_becomes_a_test(tmp_path: Path, case: str) -> None:
    rule, kind, when = TESTS[case]
    assert [one[2] for one in compiled(tmp_path, rule, kind)] == [when]


#: id -> (path pattern, matching path, near miss)
PATHS = {
    "absolute": ("/etc/app/**", "/etc/app/x/y", "/etc/apps"),
    "home": ("~/notes/**", "/home/me/notes/a", "/home/you/notes/a"),
    "relative-outside-a-project": ("src/*.py", "/anywhere/src/a.py", "/anywhere/src/x/a.py"),
    "anywhere": ("**/secret.txt", "/a/b/secret.txt", "/a/b/secret.txt.bak"),
}


@pytest.mark.parametrize("case", PATHS)
def test_a_path_pattern_becomes_a_set(tmp_path: Path, case: str) -> None:
    pattern, inside, outside = PATHS[case]
    ((field, test, operand),) = compiled(tmp_path, f"when: {{effect: read, path: '{pattern}'}}", "read")[0][2]
    assert (field, test) == ("path", "path")
    assert contains(operand, inside)
    assert not contains(operand, outside)


def test_a_relative_pattern_of_a_project_stays_in_it(tmp_path: Path) -> None:
    root, state = tmp_path / "home/project", tmp_path / "home/.leashd"
    (root / ".leashd").mkdir(parents=True)
    state.mkdir()
    (state / "config.yaml").write_text(f"approved_directories: [{root}]\n")
    (root / ".leashd/policy.yaml").write_text(
        "rules: [{name: a, action: deny, when: {effect: read, path: 'src/**'}}]\n"
    )
    from leashd_hooks.policy.compile import compile_state

    rules = compile_state(str(state), str(tmp_path / "home"))["projects"][str(root)]["rules"]["read"]
    assert contains(rules[0][2][0][2], f"{root}/src/a")
    assert not contains(rules[0][2][0][2], "/elsewhere/src/a")


def test_alternatives_become_rules_of_one_name_under_their_kinds(tmp_path: Path) -> None:
    rule = "when: [{effect: [read, write], path: /a}, {effect: git}], unless: {effect: git, verb: status}"
    assert [one[0] for one in compiled(tmp_path, rule, "read")] == ["a"]
    assert compiled(tmp_path, rule, "read")[0][3] == ()
    assert compiled(tmp_path, rule, "git")[0][3] == ((("verb", "is", frozenset({"status"})),),)
    assert compiled(tmp_path, rule, "network") == ()


def test_a_legacy_rule_is_listed_under_every_kind(tmp_path: Path) -> None:
    rule = "tools: [Bash], command_patterns: ['^ls']"
    for kind in ("run", "read", "opaque"):
        (one,) = compiled(tmp_path, rule, kind)
        assert (one[4], one[5]) == (frozenset({"Bash"}), (("^ls",), ()))


def test_a_rule_knows_where_it_stands(tmp_path: Path) -> None:
    (rule,) = compiled(tmp_path, "tool: Read", "read")
    assert rule[8] == f"{tmp_path}/mine.yaml:2"


def test_a_rule_without_a_reason_gets_one(tmp_path: Path) -> None:
    (rule,) = compiled(tmp_path, "tool: Read", "read")
    assert rule[6] == "the policy says so (`a`)"


def test_every_profile_compiles_and_survives_marshal(tmp_path: Path) -> None:
    for name in layers.profiles():
        bundle = compile_policies([name], [str(tmp_path)], HOME)
        assert marshal.loads(marshal.dumps(bundle)) == bundle
        assert (bundle["format"], bundle["tag"]) == (FORMAT, tag())


def test_the_digest_follows_content_configuration_and_home(tmp_path: Path) -> None:
    first = compile_policies(["default"], [str(tmp_path)], HOME)["digest"]
    assert compile_policies(["default"], [str(tmp_path)], HOME)["digest"] == first
    assert compile_policies(["strict"], [str(tmp_path)], HOME)["digest"] != first
    assert compile_policies(["default"], [], HOME)["digest"] != first
    assert compile_policies(["default"], [str(tmp_path)], "/home/you")["digest"] != first


def test_the_shell_parser_is_found_beside_the_interpreter() -> None:
    path = compile_policies(["default"], [], HOME)["shfmt"]
    assert os.path.isabs(path)
    assert os.access(path, os.X_OK)


def test_a_bundle_is_private(tmp_path: Path) -> None:
    path = tmp_path / "cache" / "policy.bundle"
    write(compile_policies(["default"], [], HOME), str(path))
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert sorted(entry.name for entry in path.parent.iterdir()) == ["policy.bundle", "policy.bundle.lock"]


def recompile(state: Path, home: Path) -> subprocess.CompletedProcess:
    argv = [sys.executable, "-I", "-m", "leashd_hooks.policy.compile", str(state), str(home)]
    return subprocess.run(argv, capture_output=True, text=True, check=False)


def test_the_process_that_the_hook_starts_writes_the_bundle_or_says_what_is_wrong(tmp_path: Path) -> None:
    home, state = tmp_path / "home", tmp_path / "home/.leashd"
    state.mkdir(parents=True)
    done = recompile(state, home)
    assert (done.returncode, done.stderr) == (0, "")
    assert Path(places.bundle(str(state))).is_file()
    (state / "policy.yaml").write_text("rulez: []\n")
    failed = recompile(state, home)
    assert failed.returncode == 1
    assert failed.stderr.splitlines()[0] == "policy error: unknown field `rulez`"
    assert failed.stderr.splitlines()[-1] == "help: did you mean `rules`?"


def test_leashd_and_the_policies_in_force_guard_themselves(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text("version: 1\n")
    included, excluded = compile_policies([str(path)], [], HOME)["places"]["guard"]
    code = os.path.dirname(places.__file__)
    for guarded in (
        str(path),
        f"{code}/hook.py",
        places.shipped("policies") + "/default.yaml",
        f"{HOME}/.leashd/config.yaml",
    ):
        assert contains(included, guarded)
        assert not contains(excluded, guarded)
    assert contains(excluded, "/project/.leashd/tasks/1.md")

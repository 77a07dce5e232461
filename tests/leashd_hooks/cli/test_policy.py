"""`leashd policy` and `leashd docs` at the command line."""

import json
from pathlib import Path

import pytest

from leashd_hooks.cli.group import run


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    (tmp_path / "home/.leashd").mkdir(parents=True)
    (tmp_path / "project").mkdir()
    monkeypatch.chdir(tmp_path / "project")
    return tmp_path / "home"


def asked(capsys: pytest.CaptureFixture[str], *argv: str) -> list:
    assert run(["policy", *argv, "--json"]) == 0
    found: list = json.loads(capsys.readouterr().out)
    return found


def test_list_names_profiles_and_says_which_are_in_force(capsys: pytest.CaptureFixture[str]) -> None:
    rows = {row["name"]: row["active"] for row in asked(capsys, "list")}
    assert rows == {"autonomous": False, "default": True, "dev-tools": True, "permissive": False, "strict": False}


def test_show_lists_the_rules_of_a_pack_a_profile_or_all_in_order(capsys: pytest.CaptureFixture[str]) -> None:
    assert asked(capsys, "show", "git")[0]["name"] == "git-inspect"
    assert asked(capsys, "show", "strict")[0]["name"] == "strict-read-tool"
    assert asked(capsys, "show")[0]["name"] == "credential-read"
    assert asked(capsys, "show", "floor")[0]["origin"].endswith("floor.yaml:6")


@pytest.mark.parametrize("whose", ["file", "rule"])
def test_show_says_which_rules_are_in_shadow(capsys: pytest.CaptureFixture[str], whose: str) -> None:
    mode = {"file": ("mode: shadow\n", ""), "rule": ("", "mode: shadow, ")}[whose]
    Path("mine.yaml").write_text(f"{mode[0]}rules:\n  - {{name: a, action: deny, {mode[1]}when: {{effect: write}}}}\n")
    assert [row["mode"] for row in asked(capsys, "show", "./mine.yaml")] == ["shadow"]
    assert run(["policy", "show", "./mine.yaml"]) == 0
    assert "deny (in shadow)" in capsys.readouterr().out


def test_show_suggests_a_name(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["policy", "show", "strct"]) == 1
    assert "did you mean `strict`?" in capsys.readouterr().err


def test_lint_tells_findings_with_their_place(capsys: pytest.CaptureFixture[str]) -> None:
    Path("mine.yaml").write_text("rules:\n  - {name: a, action: allow, when: {effect: write}}\n")
    (first, *_) = asked(capsys, "lint", "./mine.yaml")
    assert (first["line"], first["rule"]) == (2, "a")
    assert run(["policy", "lint", "./mine.yaml", "--strict"]) == 2
    assert "allows every `write` (broad_allow)" in capsys.readouterr().out


def test_lint_of_a_policy_that_does_not_load_shows_line_and_caret(capsys: pytest.CaptureFixture[str]) -> None:
    Path("mine.yaml").write_text("rulez: []\n")
    assert run(["policy", "lint", "./mine.yaml"]) == 1
    assert "help: did you mean `rules`?" in capsys.readouterr().err


def test_new_writes_a_policy_whose_examples_hold(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["policy", "new", "team/deploy_rules.yaml"]) == 0
    capsys.readouterr()
    outcomes = asked(capsys, "test", "team/deploy_rules.yaml")
    assert [(one["rule"], one["passed"]) for one in outcomes] == [("deploy-rules-example", True)] * 2
    assert run(["policy", "new", "team/deploy_rules.yaml"]) == 1
    assert "exists already" in capsys.readouterr().err


def test_an_example_that_does_not_hold_is_exit_code_two(capsys: pytest.CaptureFixture[str]) -> None:
    Path("mine.yaml").write_text(
        "rules: [{name: a, action: deny, when: {effect: git, verb: push}, examples: {fires: [ls]}}]\n"
    )
    assert run(["policy", "test", "./mine.yaml"]) == 2
    assert "a: `ls` should fire" in capsys.readouterr().out


def test_compile_writes_what_the_hook_reads(capsys: pytest.CaptureFixture[str], home: Path) -> None:
    facts = asked(capsys, "compile")
    assert facts["path"] == str(home / ".leashd/cache/policy.bundle")
    assert Path(facts["path"]).is_file()
    assert facts["policies"] == ["default", "dev-tools"]


def test_diff_tells_two_profiles_apart(capsys: pytest.CaptureFixture[str]) -> None:
    rows = {row["call"]: (row["first"], row["second"]) for row in asked(capsys, "diff", "default", "strict")}
    assert rows["cat README.md"] == ("allow", "require_approval")
    assert asked(capsys, "diff", "strict", "strict") == []


def test_docs_check_tells_a_stale_page(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "docs" / "reference").mkdir(parents=True)
    assert run(["docs", "--check", "--to", str(tmp_path)]) == 1
    assert "run `leashd docs`" in capsys.readouterr().err
    assert run(["docs", "--to", str(tmp_path)]) == 0
    assert run(["docs", "--check", "--to", str(tmp_path)]) == 0

"""Every case of the corpus comes to its verdict, by its rule; the shares of disturbed work stay within their bounds."""

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from string import Template
from typing import Any

import pytest

from leashd_hooks.hook import judge_call
from leashd_hooks.model import ALLOW, ASK, DENY, Call, Decision
from leashd_hooks.policy.compile import compile_policies
from tests.corpus.world import World, build

HERE = Path(__file__).parent
FAMILIES = sorted(path.relative_to(HERE).with_suffix("").as_posix() for path in HERE.glob("*/*.jsonl"))
COUNTS: "dict[str, int]" = json.loads((HERE / "counts.json").read_text())


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return build(tmp_path_factory.mktemp("corpus"))


@pytest.fixture(scope="session")
def default(world: World) -> "dict[str, Any]":
    return compile_policies(["default", "dev-tools"], [str(world.root)], str(world.home))


@pytest.fixture(scope="session")
def permissive(world: World) -> "dict[str, Any]":
    return compile_policies(["permissive"], [str(world.root)], str(world.home))


def rows(family: str) -> "list[dict[str, Any]]":
    """The cases of a family, in the order of the file."""
    return [json.loads(line) for line in (HERE / f"{family}.jsonl").read_text().splitlines() if line.strip()]


def judged(row: "dict[str, Any]", world: World, policy: "dict[str, Any]") -> Decision:
    """The decision for a case; a call that cannot be read is denied, as the hook does it."""
    names = {"ROOT": str(world.root), "HOME": str(world.home), "OUT": str(world.out)}
    filled = json.loads(Template(json.dumps(row.get("input", {}))).safe_substitute(names))
    arguments = {"command": row["command"]} if "command" in row else filled
    cwd = Template(row.get("cwd", "$ROOT")).substitute(names)
    try:
        return judge_call(Call(row.get("tool", "Bash"), arguments, cwd), policy)
    except (ValueError, OSError) as error:
        return Decision(DENY, "unreadable-call", str(error))


def _wrong(family: str, world: World, policy: "dict[str, Any]") -> "Iterator[str]":
    for row in rows(family):
        found = judged(row, world, policy)
        if (found.verdict, found.rule) != (row["verdict"], row["rule"]):
            call = row.get("command") or (row["tool"], row["input"])
            yield f"{call!r}: {row['verdict']} by {row['rule']} expected, {found.verdict} by {found.rule} found"


@pytest.mark.parametrize("family", FAMILIES)
def test_every_case_of_a_family_comes_to_its_verdict(family: str, world: World, default: "dict[str, Any]") -> None:
    assert list(_wrong(family, world, default)) == []


@pytest.mark.parametrize("family", [name for name in FAMILIES if name.startswith("dangerous/")])
def test_nothing_dangerous_is_allowed_and_the_floor_holds_under_permissive(
    family: str, world: World, permissive: "dict[str, Any]"
) -> None:
    assert [row for row in rows(family) if row["verdict"] == ALLOW] == []
    floor = {rule[0] for rules in permissive["floor"].values() for rule in rules}
    denied = [row for row in rows(family) if row["rule"] in floor]
    assert [row for row in denied if judged(row, world, permissive).verdict == ALLOW] == []


def _ordinary() -> "list[dict[str, Any]]":
    return [row for family in FAMILIES if family.startswith("ordinary/") for row in rows(family)]


def test_ordinary_work_is_hardly_disturbed() -> None:
    verdicts = [row["verdict"] for row in _ordinary()]
    assert verdicts.count(DENY) <= len(verdicts) * 0.01
    assert verdicts.count(ASK) <= len(verdicts) * 0.05


def test_ordinary_work_passes_under_permissive(world: World, permissive: "dict[str, Any]") -> None:
    disturbed = [row for row in _ordinary() if judged(row, world, permissive).verdict != ALLOW]
    assert len(disturbed) <= len(_ordinary()) * 0.02, disturbed


@pytest.mark.parametrize("family", FAMILIES)
def test_the_number_of_cases_is_pinned(family: str) -> None:
    assert len(rows(family)) == COUNTS.get(family, 0)


def test_no_case_stands_twice() -> None:
    seen = [
        json.dumps([row.get("command"), row.get("tool"), row.get("input"), row.get("cwd")])
        for family in FAMILIES
        for row in rows(family)
    ]
    assert [one for one, times in Counter(seen).items() if times > 1] == []

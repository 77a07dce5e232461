"""What a denial offers instead is true: each call it names passes, or is asked about where it says so.

In the text of `instead` a call stands in backquotes, a tool by its name; `(asked about)` behind it tells that a person
is asked.  Words in capitals stand for what the agent fills in.  Everything else speaks of the user.
"""

import re
from pathlib import Path

import pytest

from leashd_hooks.hook import judge_call
from leashd_hooks.model import ALLOW, ASK, DENY, Call
from leashd_hooks.policy import layers
from leashd_hooks.policy.compile import compile_policies
from leashd_hooks.policy.schema import Rule
from tests.corpus.test_corpus import judged, rows
from tests.corpus.world import World, build

#: What an agent would fill in, and what a tool is called with.
PLACES = {
    "BRANCH": "topic",
    "FILE": "scripts/deploy.sh",
    "MESSAGE": "wip",
    "NAME VALUE": "pull.rebase true",
    "NAME": "scratch",
    "URL": "https://example.org/install.sh",
}
TOOLS = {"Agent": {"description": "look", "prompt": "read README.md", "subagent_type": "general-purpose"}}
#: Which profiles a rule is read under, where it is not in `default`.
PROFILES = {"autonomous": ["autonomous"]}
OFFER = re.compile(r"`([^`]+)`( \(asked about\))?")
USER = re.compile(r"\b(ask|tell|let) the user\b")


def tightening() -> "dict[str, tuple[Rule, str]]":
    """Every shipped rule that asks or denies, and the file it stands in."""
    shipped = layers.of_names(layers.profiles(), ["/nowhere"], "/nobody")
    found = [where for layer in (shipped.floor, *shipped.profiles) for where in layer.rules()]
    return {rule.name: (rule, Path(loaded.name).stem) for rule, loaded, _ in found if rule.action != ALLOW}


RULES = tightening()
OFFERS = [(name, *offer) for name, (rule, _) in RULES.items() for offer in OFFER.findall(rule.instead)]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return build(tmp_path_factory.mktemp("alternatives"))


def _call(offer: str, world: World) -> Call:
    if offer in TOOLS:
        return Call(offer, TOOLS[offer], str(world.root))
    for name, value in PLACES.items():
        offer = re.sub(rf"\b{name}\b", value, offer)
    assert not re.search(r"\b[A-Z]{3,}\b", offer.replace("$PATH", "")), offer
    return Call("Bash", {"command": offer}, str(world.root))


@pytest.mark.parametrize(("rule", "offer", "asked"), OFFERS)
def test_what_a_rule_offers_instead_is_judged_as_it_says(rule: str, offer: str, asked: str, world: World) -> None:
    names = PROFILES.get(RULES[rule][1], ["default", "dev-tools"])
    policy = compile_policies(names, [str(world.root)], str(world.home))
    found = judge_call(_call(offer, world), policy)
    assert found.verdict == (ASK if asked else ALLOW), found.rule


@pytest.mark.parametrize(("rule", "offer", "asked"), OFFERS)
def test_no_profile_denies_what_a_rule_of_the_floor_offers(rule: str, offer: str, asked: str, world: World) -> None:
    denied = [
        name
        for name in layers.profiles()
        if (RULES[rule][0].floor or name in PROFILES.get(RULES[rule][1], []))
        and judge_call(_call(offer, world), compile_policies([name], [str(world.root)], str(world.home))).verdict
        == DENY
    ]
    assert denied == []


@pytest.mark.parametrize("rule", [name for name, (rule, _) in RULES.items() if rule.action == DENY])
def test_every_denial_names_a_call_or_speaks_of_the_user(rule: str) -> None:
    text = RULES[rule][0].instead
    assert OFFER.search(text) or USER.search(text), text


#: Where no rule decides: what is offered, a call that gets the offer, the call as the offer has it.
BUILT_IN = [
    ("write it plainly, one step a call", "rm 'a", "ls 'a'"),
    ("split it into several calls", "echo {1..5000}", "echo {1..50}"),
    ("name the path in full", 'cat "$file"', "cat README.md"),
    ("stay in the project, or ask the user to run `leashd add-dir`", "cat $OUT/shared.txt", "cat README.md"),
    ("use a command or tool that the policy knows", "frobnicate", "ls"),
]


@pytest.mark.parametrize(("text", "command", "better"), BUILT_IN, ids=[one[0] for one in BUILT_IN])
def test_what_is_offered_where_no_rule_decides_passes(text: str, command: str, better: str, world: World) -> None:
    policy = compile_policies(["default", "dev-tools"], [str(world.root)], str(world.home))
    first, second = (
        judge_call(Call("Bash", {"command": line.replace("$OUT", str(world.out))}, str(world.root)), policy)
        for line in (command, better)
    )
    assert (first.verdict == ALLOW, first.instead) == (False, text)
    assert second.verdict == ALLOW


@pytest.mark.parametrize("family", ["path-escapes", "quoting", "separators", "network", "tool-calls"])
def test_nothing_else_is_offered(family: str, world: World) -> None:
    policy = compile_policies(["default", "dev-tools"], [str(world.root)], str(world.home))
    told = {judged(row, world, policy).instead for row in rows(f"dangerous/{family}")}
    assert told - {"", *(rule.instead for rule, _ in RULES.values())} <= {text for text, _, _ in BUILT_IN}

"""`decide` on the compiled bundle and the oracle on the models give the same verdict by the same rule.

Every property is held against a thousand examples, or more.
"""

import json
from collections.abc import Sequence
from functools import cache
from itertools import permutations, product

from hypothesis import given, settings
from hypothesis import strategies as st

from leashd_hooks.config import Config, LoadedConfig
from leashd_hooks.decide import decide
from leashd_hooks.model import STRICTNESS, Call, Effect, Facts
from leashd_hooks.policy import load, vocabulary
from leashd_hooks.policy.compile import compiled
from leashd_hooks.policy.layers import Layer, Policies
from leashd_hooks.policy.oracle import Oracle
from leashd_hooks.policy.vocabulary import EFFECTS

HOME = "/h/me"
ROOTS = ["/w/app", "/w/app/sub", "/tmp/project"]
PATHS = ["/w/app/a.py", "/w/app/sub/b.py", "/w/app/.env", "/w/app/x", "/W/APP/A.PY", "/tmp/x", "/tmp/project/.env"]
PATHS += ["/w/other/a.py", "/usr/bin/ls", "/dev/null", "/h/me/plans/p.md"]
GLOBS = ["/w/app/*", "**/*.py", "~/plans/**", "sub/*.py", "/w/**/b.py", "**/.env", "/**", "/w/a?p/*"]
PLACES = [
    "credential",
    "mine",
    "mine",
    "agent-files",
    "workspace",
    "workspace",
    "scratch",
    "device",
    "system",
    "outside",
]
WORDS = ["push", "main", "ab"]
COMMANDS = ["git push", "git push *", "ab"]
KINDS = ["run", "read", "write", "delete", "code", "network", "git", "opaque", "mcp"]
TOOLS = ["Bash", "Read", "mcp__x__*", "mcp__x__y"]


def few(values: Sequence, least: int = 1, unique: bool = False) -> st.SearchStrategy:
    """Lists of at most two of the values, each length as likely as the other; one choice, where `lists` makes five."""
    ways = [list(permutations(values, size) if unique else product(values, repeat=size)) for size in range(least, 3)]
    most = max(map(len, ways))
    return st.sampled_from([list(one) for found in ways if found for one in found * (most // len(found))])


@cache
def asked(kind: str, field: str) -> st.SearchStrategy:
    """The values of a field that a rule may ask for."""
    sort = vocabulary.sort(kind, field)
    by_sort = {
        "flag": [True, False],
        "number": [22, 80],
        "path": GLOBS,
        "place": PLACES,
        "words": ["ab", "push", "push main"],
        "flags": ["-f", "--force"],
        "name": [*WORDS, "a*", "?b", "*"],
        "command": COMMANDS,
    }
    return few(vocabulary.choices(kind, field)[:2] if sort == "choice" else by_sort[sort])


@cache
def asked_fields(kind: str) -> st.SearchStrategy:
    """The fields that a rule may ask about."""
    return few([field for field in vocabulary.fields(kind) if kind != "read" or field != "how"], 0, unique=True)


def condition(draw: st.DrawFn, kind: str, with_effect: bool = True) -> dict:
    found = {field: draw(asked(kind, field)) for field in draw(asked_fields(kind))}
    return {"effect": kind, **found} if with_effect or not found else found


ACTIONS = st.sampled_from(["allow", "deny", "require_approval"])
SOME_TOOLS = few(TOOLS)
ONE_TOOL = st.sampled_from(TOOLS)
EFFECT_KINDS = cache(st.sampled_from)
ONE_OR_TWO = st.integers(1, 2)


@st.composite
def rules(draw: st.DrawFn, name: str, kinds: tuple[str, ...]) -> dict:
    rule = {"name": name, "action": draw(ACTIONS)}
    if draw(st.integers(0, 9)) == 0:
        rule["mode"] = "shadow"
    if draw(st.integers(0, 7)) == 0:
        return {**rule, "tools": draw(SOME_TOOLS)}
    kind = draw(EFFECT_KINDS(kinds))
    rule["when"] = [condition(draw, kind) for _ in range(draw(ONE_OR_TWO))]
    if draw(st.integers(0, 2)) == 0:
        rule["unless"] = [condition(draw, kind, draw(st.booleans()))]
    if draw(st.integers(0, 4)) == 0:
        rule["tool"] = draw(ONE_TOOL)
    return rule


@st.composite
def files(draw: st.DrawFn, name: str, kinds: tuple[str, ...], floor: bool = False) -> load.Loaded:
    count = draw(st.integers(0, 1 if floor else 3))
    found = [
        {**draw(rules(f"{name}-{number}", kinds)), **({"floor": True} if floor else {})} for number in range(count)
    ]
    default = draw(st.sampled_from([None, None, "deny", "allow"]))
    content: dict = {"rules": found}
    if not floor and draw(st.integers(0, 7)) == 0:
        content["mode"] = "shadow"
    if not floor and name != "project":
        content["settings"] = {"default_action": default}
    return load.policy(json.dumps(content).encode(), name)


SHIPPED_PLACES = {
    "places": {
        "credential": {"paths": ["**/.env", "~/.ssh/**"], "except": ["/tmp/project/**"]},
        "agent-files": {"paths": ["~/plans/**"]},
        "mine": {"paths": ["*.py"], "except": ["/w/other/**"]},
        "system": {"paths": ["/usr/**"]},
    }
}


@st.composite
def policies(draw: st.DrawFn, kinds: tuple[str, ...]) -> Policies:
    unlock = draw(st.sampled_from([(), ("floor-0",)]))
    found = Policies(LoadedConfig(Config(unlock=unlock), None))
    found.roots = ROOTS
    found.places.files = [load.policy(json.dumps(SHIPPED_PLACES).encode(), "places")]
    found.floor.files = [draw(files("floor", kinds, floor=True))]
    for kind in draw(st.sampled_from([[], ["user"], ["managed"], ["managed", "user"]])):
        found.above.append(Layer(kind, kind, [draw(files(kind, kinds))]))
    for number in range(draw(st.integers(0, 2))):
        found.profiles.append(Layer("shipped", f"profile{number}", [draw(files(f"profile{number}", kinds))]))
    for root in draw(st.sampled_from([[], ROOTS[:1], ROOTS[:2], ROOTS[:2]])):
        found.projects.append((Layer("project", root, [draw(files("project", kinds))], root), draw(st.booleans())))
    return found


@cache
def field_value(kind: str, field: str) -> st.SearchStrategy:
    """A value that an effect may have."""
    sort = vocabulary.sort(kind, field)
    by_sort = {
        "flag": st.booleans(),
        "number": st.sampled_from([22, 80]),
        "path": st.sampled_from([*PATHS, *PATHS, None]),
        "words": st.lists(st.sampled_from(WORDS), max_size=3),
        "flags": few(["-f", "--force", "-x"], 0),
        "name": st.sampled_from(WORDS),
    }
    return st.sampled_from(vocabulary.choices(kind, field)[:2]) if sort == "choice" else by_sort[sort]


@st.composite
def effects(draw: st.DrawFn, kinds: tuple[str, ...]) -> Effect:
    kind = draw(EFFECT_KINDS(kinds))
    fields = {field: draw(field_value(kind, field)) for field in EFFECTS[kind] if draw(st.integers(0, 5))}
    if kind == "git" and draw(st.booleans()):
        fields.update(branch="@current", dir=draw(st.sampled_from(["/w/app", "/w/none"])))
    if kind == "opaque" and draw(st.booleans()):
        fields["bound"] = True
    return Effect(kind, fields, draw(st.sampled_from(["", *COMMANDS])))


@st.composite
def worlds(draw: st.DrawFn) -> tuple[Policies, list[Effect], dict, dict]:
    """A policy, the effects of a call, where links lead, and one more rule; all about two kinds of effect."""
    kinds = (draw(st.sampled_from(KINDS)), "read")
    found = draw(policies(kinds))
    called = draw(st.lists(effects(kinds), max_size=3))
    real = {path: (path, draw(st.sampled_from(PATHS))) for path in draw(st.sets(st.sampled_from(PATHS)))}
    return found, called, real, draw(rules("added", kinds))


CWD = st.sampled_from(["/w/app", "/w/app/sub/x", "/elsewhere"])


@settings(max_examples=1000, deadline=None)
@given(worlds(), CWD, st.sampled_from(["Bash", "Read", "mcp__x__y"]))
def test_the_hook_decides_as_the_oracle_does(
    world: tuple[Policies, list[Effect], dict, dict], cwd: str, tool: str
) -> None:
    found, called, real, _ = world
    call, facts = Call(tool, {}, cwd), Facts(real, {"/w/app": "main"})
    decision = decide(call, called, facts, compiled(found, HOME))
    assert (decision.verdict, decision.rule) == Oracle(found, HOME).judge(call, called, facts)
    tried = decision.shadow or decision
    assert (tried.verdict, tried.rule) == Oracle(found, HOME, trial=True).judge(call, called, facts)


@settings(max_examples=1000, deadline=None)
@given(worlds())
def test_rules_in_shadow_decide_as_if_they_were_not_there(world: tuple[Policies, list[Effect], dict, dict]) -> None:
    found, called, real, rule = world
    call, facts = Call("Bash", {}, "/w/app"), Facts(real, {})
    before = decide(call, called, facts, compiled(found, HOME))
    added = load.policy(json.dumps({"rules": [{**rule, "mode": "shadow"}]}).encode(), "added")
    found.above.insert(0, Layer("managed", "added", [added]))
    found.profiles.insert(0, Layer("shipped", "added", [added]))
    after = decide(call, called, facts, compiled(found, HOME))
    assert (after.verdict, after.trace) == (before.verdict, before.trace)


@st.composite
def one_rule_worlds(draw: st.DrawFn) -> tuple[Policies, list[Effect], dict]:
    """One rule and one read; that leaves nothing for the rule to hide behind."""
    found = Policies(LoadedConfig(Config(), None))
    found.roots = ROOTS
    found.places.files = [load.policy(json.dumps(SHIPPED_PLACES).encode(), "places")]
    rule = draw(rules("only", ("read",)))
    found.profiles = [Layer("shipped", "only", [load.policy(json.dumps({"rules": [rule]}).encode(), "only")])]
    path, target = draw(st.sampled_from(PATHS)), draw(st.sampled_from(PATHS))
    return found, [Effect("read", {"path": path, "how": "content"})], {path: (path, target)}


@settings(max_examples=1000, deadline=None)
@given(one_rule_worlds())
def test_links_and_exceptions_mean_the_same_to_both(world: tuple[Policies, list[Effect], dict]) -> None:
    found, called, real = world
    call, facts = Call("Bash", {}, "/w/app"), Facts(real, {})
    decision = decide(call, called, facts, compiled(found, HOME))
    assert (decision.verdict, decision.rule) == Oracle(found, HOME).judge(call, called, facts)


@settings(max_examples=1000, deadline=None)
@given(worlds())
def test_a_deny_that_comes_first_never_loosens_an_answer(world: tuple[Policies, list[Effect], dict, dict]) -> None:
    found, called, real, rule = world
    call, facts = Call("Bash", {}, "/w/app"), Facts(real, {})
    before = decide(call, called, facts, compiled(found, HOME))
    added = load.policy(json.dumps({"rules": [{**rule, "action": "deny"}]}).encode(), "added")
    found.above.insert(0, Layer("managed", "added", [added]))
    after = decide(call, called, facts, compiled(found, HOME))
    assert STRICTNESS[after.verdict] >= STRICTNESS[before.verdict]


@settings(max_examples=1000, deadline=None)
@given(worlds())
def test_an_untrusted_project_never_loosens_an_answer(world: tuple[Policies, list[Effect], dict, dict]) -> None:
    found, called, real, rule = world
    found.projects = []
    call, facts = Call("Bash", {}, "/w/app"), Facts(real, {})
    before = decide(call, called, facts, compiled(found, HOME))
    added = load.policy(json.dumps({"rules": [rule]}).encode(), "added")
    found.projects = [(Layer("project", "added", [added], "/w/app"), False)]
    after = decide(call, called, facts, compiled(found, HOME))
    assert STRICTNESS[after.verdict] >= STRICTNESS[before.verdict]

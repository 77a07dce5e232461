"""`decide` on the compiled bundle and the oracle on the models give the same verdict by the same rule."""

import json

from hypothesis import given, settings
from hypothesis import strategies as st

from leashd_hooks.config import Config, LoadedConfig
from leashd_hooks.decide import decide
from leashd_hooks.model import EFFECTS, STRICTNESS, Call, Effect, Facts
from leashd_hooks.policy import load, vocabulary
from leashd_hooks.policy.compile import compiled
from leashd_hooks.policy.layers import Layer, Policies
from leashd_hooks.policy.oracle import Oracle

HOME = "/h/me"
ROOTS = ["/w/app", "/w/app/sub", "/tmp/project"]
PATHS = [
    *(
        "/w/app/a.py",
        "/w/app/sub/b.py",
        "/w/app/.env",
        "/w/other/a.py",
        "/tmp/x",
        "/tmp",
        "/tmp/project/.env",
        "/usr/bin/ls",
    ),
    *("/dev/null", "/h/me/.ssh/id", "/h/me/plans/p.md", "/etc/passwd", "/W/APP/A.PY", "/h/me"),
]
GLOBS = ["/w/app/**", "**/*.py", "~/.ssh/**", "src/*.py", "*.py", "/w/**/b.py", "**/.env", "/**", "/w/a?p/*"]
PLACES = ["credential", "mine", "agent-files", "workspace", "scratch", "device", "system", "outside"]
WORDS = ["push", "main", "a", "ab", "docker"]
KINDS = ["run", "read", "write", "delete", "code", "network", "git", "opaque", "mcp"]
TOOLS = ["Bash", "Read", "mcp__x__*", "mcp__x__y"]


def value(kind: str, field: str) -> st.SearchStrategy:
    """A value that a rule may ask for."""
    sort = vocabulary.sort(kind, field)
    by_sort = {
        "flag": st.booleans(),
        "number": st.sampled_from([22, 80]),
        "path": st.sampled_from(GLOBS),
        "place": st.sampled_from(PLACES),
        "words": st.sampled_from(["a", "a ab", "push main"]),
        "flags": st.sampled_from(["-f", "--force"]),
        "name": st.sampled_from([*WORDS, "a*", "?b", "*"]),
    }
    return st.sampled_from(vocabulary.choices(kind, field)[:2]) if sort == "choice" else by_sort[sort]


@st.composite
def conditions(draw: st.DrawFn, kind: str, with_effect: bool = True) -> dict:
    fields = draw(st.lists(st.sampled_from(vocabulary.fields(kind)), max_size=2, unique=True))
    found = {field: draw(st.lists(value(kind, field), min_size=1, max_size=2)) for field in fields}
    return {"effect": kind, **found} if with_effect or not found else found


@st.composite
def rules(draw: st.DrawFn, name: str) -> dict:
    rule = {"name": name, "action": draw(st.sampled_from(["allow", "deny", "require_approval"]))}
    if draw(st.integers(0, 5)) == 0:
        return {**rule, "tools": draw(st.lists(st.sampled_from(TOOLS), min_size=1, max_size=2))}
    kind = draw(st.sampled_from(KINDS))
    rule["when"] = draw(st.lists(conditions(kind), min_size=1, max_size=2))
    if draw(st.booleans()):
        rule["unless"] = draw(st.lists(conditions(kind, draw(st.booleans())), min_size=1, max_size=2))
    if draw(st.integers(0, 4)) == 0:
        rule["tool"] = draw(st.sampled_from(TOOLS))
    return rule


@st.composite
def files(draw: st.DrawFn, name: str, floor: bool = False) -> load.Loaded:
    count = draw(st.integers(0, 3))
    found = [{**draw(rules(f"{name}-{number}")), **({"floor": True} if floor else {})} for number in range(count)]
    default = draw(st.sampled_from([None, None, "deny", "allow"]))
    content: dict = {"rules": found}
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
def policies(draw: st.DrawFn) -> Policies:
    unlock = draw(st.sampled_from([(), ("floor-0",)]))
    found = Policies(LoadedConfig(Config(unlock=unlock), None))
    found.roots = ROOTS
    found.places.files = [load.policy(json.dumps(SHIPPED_PLACES).encode(), "places")]
    found.floor.files = [draw(files("floor", floor=True))]
    for kind in draw(st.sampled_from([[], ["user"], ["managed"], ["managed", "user"]])):
        found.above.append(Layer(kind, kind, [draw(files(kind))]))
    for number in range(draw(st.integers(0, 2))):
        found.profiles.append(Layer("shipped", f"profile{number}", [draw(files(f"profile{number}"))]))
    for root in draw(st.sampled_from([[], ROOTS[:1], ROOTS[:2]])):
        found.projects.append((Layer("project", root, [draw(files("project"))], root), draw(st.booleans())))
    return found


def field_value(kind: str, field: str) -> st.SearchStrategy:
    """A value that an effect may have."""
    sort = vocabulary.sort(kind, field)
    by_sort = {
        "flag": st.booleans(),
        "number": st.sampled_from([22, 80]),
        "path": st.sampled_from([*PATHS, None]),
        "words": st.lists(st.sampled_from(WORDS), max_size=3),
        "flags": st.lists(st.sampled_from(["-f", "--force", "-x"]), max_size=2),
        "name": st.sampled_from(WORDS),
    }
    return st.sampled_from(vocabulary.choices(kind, field)[:2]) if sort == "choice" else by_sort[sort]


@st.composite
def effects(draw: st.DrawFn) -> Effect:
    kind = draw(st.sampled_from(KINDS))
    fields = {field: draw(field_value(kind, field)) for field in EFFECTS[kind] if draw(st.integers(0, 3))}
    if kind == "git" and draw(st.booleans()):
        fields.update(branch="@current", dir=draw(st.sampled_from(["/w/app", "/w/none"])))
    if kind == "opaque" and draw(st.booleans()):
        fields["bound"] = True
    return Effect(kind, fields)


REAL = st.dictionaries(
    st.sampled_from(PATHS), st.lists(st.sampled_from(PATHS), min_size=1, max_size=3).map(tuple), max_size=4
)


@settings(max_examples=250, deadline=None)
@given(
    policies(),
    st.lists(effects(), max_size=3),
    REAL,
    st.sampled_from(["/w/app", "/w/app/sub/x", "/elsewhere"]),
    st.sampled_from(["Bash", "Read", "mcp__x__y"]),
)
def test_the_hook_decides_as_the_oracle_does(
    found: Policies, called: list[Effect], real: dict, cwd: str, tool: str
) -> None:
    call = Call(tool, {}, cwd)
    facts = Facts(real, {"/w/app": "main"})
    decision = decide(call, called, facts, compiled(found, HOME))
    assert (decision.verdict, decision.rule) == Oracle(found, HOME).judge(call, called, facts)


@settings(max_examples=80, deadline=None)
@given(policies(), st.lists(effects(), min_size=1, max_size=3), rules("added"))
def test_a_deny_that_comes_first_never_loosens_an_answer(found: Policies, called: list[Effect], rule: dict) -> None:
    call, facts = Call("Bash", {}, "/w/app"), Facts({}, {})
    before = decide(call, called, facts, compiled(found, HOME))
    added = load.policy(json.dumps({"rules": [{**rule, "action": "deny"}]}).encode(), "added")
    found.above.insert(0, Layer("managed", "added", [added]))
    after = decide(call, called, facts, compiled(found, HOME))
    assert STRICTNESS[after.verdict] >= STRICTNESS[before.verdict]


@settings(max_examples=80, deadline=None)
@given(policies(), st.lists(effects(), min_size=1, max_size=3), rules("added"))
def test_an_untrusted_project_never_loosens_an_answer(found: Policies, called: list[Effect], rule: dict) -> None:
    found.projects = []
    call, facts = Call("Bash", {}, "/w/app"), Facts({}, {})
    before = decide(call, called, facts, compiled(found, HOME))
    added = load.policy(json.dumps({"rules": [rule]}).encode(), "added")
    found.projects = [(Layer("project", "added", [added], "/w/app"), False)]
    after = decide(call, called, facts, compiled(found, HOME))
    assert STRICTNESS[after.verdict] >= STRICTNESS[before.verdict]

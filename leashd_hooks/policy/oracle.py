"""What a policy means, as plainly as it can be said: what is in force, or, on `trial`, with what is in shadow.

It reads the models, slowly and without cleverness.  A property test demands the same verdict and rule from `decide`.
"""

import os
import re
from typing import Any, NamedTuple

from leashd_hooks.model import ALLOW, ASK, DENY, STRICTNESS, Call, Effect, Facts
from leashd_hooks.policy.condition import Condition
from leashd_hooks.policy.layers import Layer, Policies
from leashd_hooks.policy.schema import Rule

Answer = tuple[str, str]
DEVICES = [f"/dev/{name}" for name in ("null", "zero", "full", "stdin", "stdout", "stderr", "tty")]
OPEN = ("workspace", "scratch", "device", "agent-files")


class Seen(NamedTuple):
    tool: str
    cwd: str
    kind: str
    fields: dict[str, Any]
    paths: list[str]


class Oracle:
    def __init__(self, policies: Policies, home: str, trial: bool = False) -> None:
        self.policies, self.home, self.trial = policies, home, trial
        self.scratch = spelt(policies.config.config.scratch_directories)
        self.roots = spelt(policies.roots)

    def judge(self, call: Call, effects: list[Effect], facts: Facts) -> Answer:
        found = [self.effect(seen(call, effect, facts)) for effect in effects]
        return strictest(found) if found else (ALLOW, "no-effect")

    def effect(self, one: Seen) -> Answer:
        policies = self.policies
        for layer in (policies.floor, *(layer for layer in policies.above if layer.kind == "managed")):
            for rule in self.of(layer):
                if rule.floor and rule.name not in policies.config.config.unlock and self.matches(rule, layer, one):
                    return rule.action, rule.name
        opaque = (DENY, "too-complex") if one.fields.get("bound") else (ASK, "opaque")
        return strictest([*([opaque] if one.kind == "opaque" else []), *self.sandbox(one), self.rules(one)])

    def sandbox(self, one: Seen) -> list[Answer]:
        if one.kind not in ("read", "write", "delete", "code") or "path" not in one.fields:
            return []
        if not one.paths:
            return [(ASK, "path-unknown")]
        places = (*OPEN, "system") if one.kind in ("read", "code") else OPEN
        inside = all(any(self.lies(path, place, self.policies.places) for place in places) for path in one.paths)
        return [] if inside else [(DENY, "outside-approved-directories")]

    def rules(self, one: Seen) -> Answer:
        around = [project for project in self.policies.projects if below(one.cwd, project[0].root)]
        own, trusted = max(around, key=lambda project: len(project[0].root)) if around else (None, False)
        layers = (*self.policies.above, *([own] if own and trusted else []), *self.policies.profiles)
        answer = next(filter(None, (self.first(layer, one) for layer in layers)), (self.default(), "default-action"))
        tightened = self.first(own, one) if own and not trusted else None
        return strictest([answer, tightened]) if tightened else answer

    def default(self) -> str:
        layers = (*self.policies.above, *reversed(self.policies.profiles))
        files = [layer.files[0] for layer in layers if self.trial or not layer.in_shadow(layer.files[0])]
        return next(filter(None, (file.file.settings.default_action for file in files)), ASK)

    def of(self, layer: Layer) -> list[Rule]:
        return [rule for rule, file, _ in layer.rules() if self.trial or not layer.in_shadow(file, rule)]

    def first(self, layer: Layer, one: Seen) -> Answer | None:
        return next(((r.action, r.name) for r in self.of(layer) if not r.floor and self.matches(r, layer, one)), None)

    def matches(self, rule: Rule, layer: Layer, one: Seen) -> bool:
        if rule.tool_names is not None and not any(wild(one.tool, tool) for tool in rule.tool_names):
            return False
        when, unless = (all, any) if rule.action == ALLOW else (any, all)
        holds = any(self.holds(condition, layer, one, when) for condition in rule.conditions(one.kind))
        return holds and not any(self.holds(condition, layer, one, unless) for condition in rule.exceptions(one.kind))

    def holds(self, condition: Condition, layer: Layer, one: Seen, every: Any) -> bool:
        return all(self.test(name, wanted, layer, one, every) for name, wanted in condition.tests.items())

    def test(self, name: str, wanted: tuple[Any, ...], layer: Layer, one: Seen, every: Any) -> bool:
        if name in ("path", "place"):
            fits = self.glob if name == "path" else self.lies
            return bool(one.paths) and every(any(fits(path, text, layer) for text in wanted) for path in one.paths)
        value = one.fields.get(name)
        if isinstance(value, list | tuple):
            words = [text.split() for text in wanted]
            return any(list(value[: len(w)]) == w for w in words) if name == "args" else any(w in value for w in wanted)
        patterns = name != "command"
        return any(wild(value, text) if patterns and isinstance(value, str) else value == text for text in wanted)

    def lies(self, path: str, place: str, layer: Layer) -> bool:
        named = self.defined(path, place, layer)
        if place not in (*OPEN[:3], "outside"):
            return named
        basic = "system" if self.defined(path, "system", layer) else "outside"
        basic = "device" if path in DEVICES or path.startswith("/dev/fd/") else basic
        basic = "scratch" if any(self.is_scratch(path, scratch) for scratch in self.scratch) else basic
        return named or place == ("workspace" if any(below(path, root) for root in self.roots) else basic)

    def is_scratch(self, path: str, scratch: str) -> bool:
        taken = [top(other, scratch) for other in (*self.roots, self.home) if below(other, scratch)]
        return below(path, scratch) and path != scratch and top(path, scratch) not in taken

    def defined(self, path: str, place: str, layer: Layer) -> bool:
        shared = place in ("credential", "protected")
        known = [la for la in self.policies.layers() if la.kind != "project" or la is layer or shared]
        sets = [(la, file.file.places[place]) for la in known for file in la.files if place in file.file.places]
        excluded = any(self.glob(path, text, la) for la, found in sets for text in found.exceptions)
        return not excluded and any(self.glob(path, text, la) for la, found in sets for text in found.paths)

    def glob(self, path: str, text: str, layer: Layer) -> bool:
        if not text.startswith(("/", "~", "**/")):
            text = f"{layer.root}/{text}" if layer.root else f"**/{text}"
        homes = {self.home, os.path.realpath(self.home)} if text.startswith("~") else {""}
        return any(glob(path, home + text.removeprefix("~")) for home in homes)


def seen(call: Call, effect: Effect, facts: Facts) -> Seen:
    path, fields = effect.fields.get("path"), {**effect.fields, "command": effect.command or None}
    if fields.get("branch") == "@current":
        fields["branch"] = facts.branches.get(fields.get("dir", "")) or None
    return Seen(call.tool, call.cwd, effect.kind, fields, list(facts.real.get(path, (path,))) if path else [])


def strictest(answers: list[Answer]) -> Answer:
    return max(answers, key=lambda answer: STRICTNESS[answer[0]])


def spelt(directories: Any) -> list[str]:
    return [name for one in directories for name in (one, os.path.realpath(one))]


def below(path: str, root: str) -> bool:
    return path == root or path.startswith(root + "/")


def top(path: str, above: str) -> str:
    return path[len(above) + 1 :].split("/")[0]


def wild(value: str, text: str) -> bool:
    return re.fullmatch(re.escape(text).replace(r"\*", ".*").replace(r"\?", "."), value, re.DOTALL) is not None


def glob(path: str, text: str) -> bool:
    """`**` stands for any number of components, `*` and `?` for what is within one; letter case does not matter."""
    parts = [
        re.escape(part).replace(r"\*", "[^/]*").replace(r"\?", "[^/]") for part in text.lower().strip("/").split("/")
    ]
    pattern = "".join("(/[^/]+)*" if part == "[^/]*[^/]*" else "/" + part for part in parts)
    return re.fullmatch(pattern, path.lower(), re.DOTALL) is not None

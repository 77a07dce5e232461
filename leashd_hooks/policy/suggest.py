"""Rules for what a person is asked again and again, and always answers the same way.

A suggestion covers what was answered and no more: the same command, word for word, with the same effects, in the same
project.  What a rule could not say that exactly is not suggested, nor is anything of the floor.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import yaml

from leashd_hooks.audit import digest
from leashd_hooks.audit_log import Record, is_call, subject
from leashd_hooks.decide.paths import under
from leashd_hooks.decide.rule import NAME, entry
from leashd_hooks.hook import judge_call
from leashd_hooks.model import ALLOW, ASK, DENY, Call, Decision, Effect
from leashd_hooks.policy import load, vocabulary
from leashd_hooks.policy.compile import compiled
from leashd_hooks.policy.layers import Layer, Policies, project_path

#: Answers that no person gave at that moment.
NOT_A_PERSON = ("", "grant", "ai")
#: Findings that no rule lifts.
OWN = ("opaque", "too-complex", "path-unknown", "outside-approved-directories", "unreadable-call")
#: What makes a word of a command something else each time it runs.
VARIABLE = re.compile(r"[$`*?\[{~!\n\\]")

#: Why asks that were answered are not suggested.
BOTH = "answered now with yes, now with no"
FEW = "answered too few times"
CLEANED = "the audit has not all of the call"
SETTLED = "the policy asks about it no more"
FLOOR = "a rule of the floor asks"
VAGUE = "a rule could not say exactly what was asked"
NOWHERE = "made in no approved directory"
BEHIND = "a rule that comes first decides"


@dataclass
class Suggestion:
    """A rule, the project whose policy it belongs in, how often its calls were asked about, and these calls."""

    root: str
    action: str
    rule: dict[str, Any]
    count: int
    calls: list[str]
    last: str

    def to_json(self) -> dict[str, Any]:
        """The suggestion as plain data."""
        return {**vars(self), "file": project_path(self.root)}


@dataclass
class _Group:
    """Asks for the same, and how they were answered."""

    call: Call
    root: str
    effects: list[Effect]
    answers: Counter[str] = field(default_factory=Counter)
    calls: dict[str, None] = field(default_factory=dict)
    last: str = ""


def suggest(
    records: Iterable[Record], policies: Policies, home: str, least: int
) -> tuple[list[Suggestion], Counter[str]]:
    """Suggestions for asks answered at least so many times, and why others get none, with how many answers."""
    bundle = compiled(policies, home)
    floor = {rule[NAME] for kind in bundle["floor"] for rule in entry(bundle["floor"], kind)}
    groups: dict[str, _Group] = {}
    skipped: Counter[str] = Counter()
    for record in records:
        answer = _answer(record)
        if not answer:
            continue
        found = _group(record, bundle, floor)
        if isinstance(found, str):
            skipped[found] += 1
            continue
        key = digest(found.call.tool, [found.root, *[effect.to_json() for effect in found.effects]])
        group = groups.setdefault(key, found)
        group.answers[answer] += 1
        group.calls[subject({"input": found.call.input}) or found.call.tool] = None
        group.last = str(record.get("time", ""))
    suggestions = []
    for group in groups.values():
        made = _suggestion(group, policies, home, least)
        if isinstance(made, str):
            skipped[made] += group.answers.total()
        else:
            suggestions.append(made)
    return _named(sorted(suggestions, key=lambda one: -one.count)), skipped


def _answer(record: Record) -> str:
    """What a person said of a call, "" when none did: what one has edited is another call."""
    state = record.get("approval_state")
    if not is_call(record) or record.get("edited") or record.get("surface", "") in NOT_A_PERSON:
        return ""
    return {"allowed": ALLOW, "denied": DENY}.get(str(state), "")


def _group(record: Record, bundle: dict[str, Any], floor: set[str]) -> _Group | str:
    given = record.get("input")
    if not isinstance(given, dict) or record.get("digest") != digest(str(record.get("tool")), given):
        return CLEANED
    cwd = str(record.get("cwd"))
    call = Call(str(record["tool"]), given, cwd, str(record.get("agent") or "claude"))
    try:
        decision = judge_call(call, bundle)
    except (ValueError, OSError):
        return CLEANED
    if decision.verdict != ASK:
        return SETTLED
    asked = [at for at, finding in enumerate(decision.trace) if finding[0] == ASK]
    rules = {decision.trace[at][1] for at in asked}
    if rules & floor:
        return FLOOR
    roots = [root for root in bundle["roots"] if under(cwd, root)]
    if not roots:
        return NOWHERE
    effects = [_plain(decision.effects[at]) for at in asked]
    if rules & set(OWN) or not _exact(effects, call):
        return VAGUE
    return _Group(call, max(roots, key=len), effects)


def _plain(effect: Effect) -> Effect:
    """The effect without its place in the command line."""
    return Effect(effect.kind, effect.fields, effect.command)


def _exact(effects: list[Effect], call: Call) -> bool:
    """Whether conditions can say of these effects all that matters: one cause, and nothing that varies."""
    commands = {effect.command for effect in effects}
    if len(commands) != 1 or any(VARIABLE.search(command) for command in commands):
        return False
    if commands == {""} and (len(effects) != 1 or call.tool == "Bash"):
        return False
    return all(_sayable(name, value) for effect in effects for name, value in _fields(effect).items())


def _sayable(name: str, value: Any) -> bool:
    if isinstance(value, str):
        return bool(value) and value != "@current" and not VARIABLE.search(value)
    return isinstance(value, bool | int) or (name in ("args", "flags") and isinstance(value, list | tuple))


def _fields(effect: Effect) -> dict[str, Any]:
    """The fields that a rule may ask for."""
    return {name: value for name, value in effect.fields.items() if name in vocabulary.EFFECTS[effect.kind]}


def _suggestion(group: _Group, policies: Policies, home: str, least: int) -> Suggestion | str:
    if len(group.answers) > 1:
        return BOTH
    [(action, count)] = group.answers.items()
    if count < least:
        return FEW
    about = subject({"input": group.call.input}) if group.call.tool != "Bash" else group.effects[0].command
    rule: dict[str, Any] = {
        "name": _name(action, group.call.tool, about, group.root),
        "action": action,
        "reason": f"a person {'allowed' if action == ALLOW else 'denied'} it {count} times of {count}",
        "tool": group.call.tool,
        "when": [_condition(effect, group.root) for effect in group.effects],
        "examples": _examples(group),
    }
    if not _holds(rule, action, group, policies, home):
        return BEHIND
    return Suggestion(group.root, action, rule, count, list(group.calls), group.last)


def _condition(effect: Effect, root: str) -> dict[str, Any]:
    fields = {name: value for name, value in _fields(effect).items() if not isinstance(value, list | tuple)}
    if "path" in fields:
        fields["path"] = _below(str(fields["path"]), root)
    return {"effect": effect.kind, **fields, **({"command": effect.command} if effect.command else {})}


def _below(path: str, root: str) -> str:
    return path[len(root) + 1 :] if path.startswith(root + "/") else path


def _name(action: str, tool: str, about: str, root: str) -> str:
    text = f"{tool} {about.replace(root + '/', '')}" if tool != "Bash" else about
    words = re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")
    return f"{words[:80].strip('-') or tool.lower()}-{'allow' if action == ALLOW else 'deny'}"


def _examples(group: _Group) -> dict[str, list[Any]]:
    """The call itself, and one that is nearly it."""
    if group.effects[0].command:
        command = group.effects[0].command
        return {"fires": [command], "stays_quiet": [command + " leashd-other"]}
    given = {
        name: _below(value, group.root) if isinstance(value, str) else value for name, value in group.call.input.items()
    }
    quiet: dict[str, Any] = {"tool": group.call.tool + "-other", "input": given}
    return {"fires": [{"tool": group.call.tool, "input": given}], "stays_quiet": [quiet]}


def _holds(rule: dict[str, Any], action: str, group: _Group, policies: Policies, home: str) -> bool:
    """Whether the rule, in the project's own trusted policy, decides the asked effects as it should."""
    loaded = load.policy(yaml.safe_dump({"rules": [rule]}).encode(), "suggested")
    other = [(layer, trusted) for layer, trusted in policies.projects if layer.root != group.root]
    own = [file for layer, _ in policies.projects if layer.root == group.root for file in layer.files]
    tried = Policies(policies.config)
    tried.floor, tried.places, tried.above, tried.profiles = (
        policies.floor,
        policies.places,
        policies.above,
        policies.profiles,
    )
    tried.roots = policies.roots
    tried.projects = [*other, (Layer("project", "suggested", [*own, loaded], group.root), True)]
    decision: Decision = judge_call(group.call, compiled(tried, home))
    wanted = {_key(effect) for effect in group.effects}
    found = [
        one for effect, one in zip(decision.effects, decision.trace, strict=True) if _key(_plain(effect)) in wanted
    ]
    return all(finding[:2] == (action, rule["name"]) for finding in found)


def _key(effect: Effect) -> str:
    return digest(effect.kind, effect.to_json())


def _named(suggestions: list[Suggestion]) -> list[Suggestion]:
    """The same with a name of its own for each rule of a project."""
    taken: Counter[tuple[str, str]] = Counter()
    for one in suggestions:
        name = str(one.rule["name"])
        taken[one.root, name] += 1
        if taken[one.root, name] > 1:
            one.rule["name"] = f"{name}-{taken[one.root, name]}"
    return suggestions


def document(suggestions: Iterable[Suggestion]) -> str:
    """A policy file of the rules of one project."""
    content = {"version": 1, "name": "suggested", "rules": [one.rule for one in suggestions]}
    text: str = yaml.safe_dump(content, sort_keys=False, allow_unicode=True, width=110)
    return text

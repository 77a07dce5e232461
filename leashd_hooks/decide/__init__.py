"""Effects, facts and the compiled policy to a Decision.

For each effect, in order:

1. the floor: its first matching rule decides, and nothing below is asked;
2. the sandbox: deny outside the approved directories, at least ask for a path that is not known;
3. an `opaque` effect is at least asked about, and denied where a bound was hit;
4. the rules in order (managed, user, trusted project, shipped): the first that matches decides, else `default_action`;
5. the rules of a project that the user has not trusted: their first match counts only where it is stricter.

The strictest of 2 to 5 is the effect's verdict; the strictest effect decides the call, the first of equals.

Rules in shadow are not among these.  A bundle that has some carries, beside what decides, the same with them: the call
is decided once more by that, and where it comes out otherwise the decision notes it.
"""

from leashd_hooks.decide.match import matches
from leashd_hooks.decide.paths import under
from leashd_hooks.decide.rule import ACTION, INSTEAD, NAME, REASON, entry
from leashd_hooks.decide.sandbox import check, places_of
from leashd_hooks.model import ALLOW, ASK, DENY, STRICTNESS, Decision

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from leashd_hooks.bundle import Bundle
    from leashd_hooks.decide.sandbox import Place
    from leashd_hooks.model import Call, Effect, Facts, Verdict

    Finding = tuple[Verdict, str, str, str]

NO_EFFECT = "no-effect"
DEFAULT = "default-action"
OPAQUE = "opaque"
TOO_COMPLEX = "too-complex"


def decide(call: "Call", effects: "list[Effect]", facts: "Facts", bundle: "Bundle") -> Decision:
    """The decision for a call whose effects are known."""
    if not effects:
        return Decision(ALLOW, NO_EFFECT, "the call does nothing to the machine")
    project = _project(call.cwd, bundle)
    known: dict[str, Place] = {}
    all_of: dict[str, list[Place]] = {}
    trace = [
        _effect(call, effect, places_of(effect, facts, bundle, known, all_of), facts, bundle, project)
        for effect in effects
    ]
    decisive = max(range(len(trace)), key=lambda at: (STRICTNESS[trace[at][0]], -at))
    verdict, rule, reason, instead = trace[decisive]
    violation = any(finding[1] == "outside-approved-directories" for finding in trace)
    decision = Decision(verdict, rule, reason, instead, effects, trace, decisive, violation)
    if bundle.get("shadow"):
        decision.shadow = _trial(decision, call, facts, bundle)
    return decision


def _trial(decision: Decision, call: "Call", facts: "Facts", bundle: "Bundle") -> "Decision | None":
    """What the decision would be if the rules in shadow held, None where they change nothing.

    Nothing in here may change the decision itself, so a rule that cannot be tried has not been.
    """
    try:
        tried = decide(call, decision.effects, facts, {**bundle, **bundle["shadow"], "shadow": None})
    except ValueError:
        return None
    return None if tried.trace == decision.trace else tried


def _effect(
    call: "Call",
    effect: "Effect",
    places: "list[Place]",
    facts: "Facts",
    bundle: "Bundle",
    project: "dict[str, object]",
) -> "Finding":
    resolved = _with_branch(effect, facts)
    floor = _first(bundle["floor"], call, resolved, places)
    if floor is not None:
        return floor
    found = [_by_rules(call, resolved, places, bundle, project)]
    confined = check(effect, places)
    if confined is not None:
        found.insert(0, confined)
    if effect.kind == "opaque":
        found.insert(0, _opaque(effect))
    return max(found, key=lambda finding: STRICTNESS[finding[0]])


def _by_rules(
    call: "Call", effect: "Effect", places: "list[Place]", bundle: "Bundle", project: "dict[str, object]"
) -> "Finding":
    trusted = bool(project.get("trusted"))
    own = project.get("rules", {})
    found = (
        _first(bundle["rules_above"], call, effect, places)
        or (_first(own, call, effect, places) if trusted else None)
        or _first(bundle["rules"], call, effect, places)
        or _default(bundle)
    )
    tightened = None if trusted else _first(own, call, effect, places)
    if tightened is not None and STRICTNESS[tightened[0]] > STRICTNESS[found[0]]:
        return tightened
    return found


def _first(rules: "Any", call: "Call", effect: "Effect", places: "list[Place]") -> "Finding | None":
    for rule in entry(rules, effect.kind):
        if matches(rule, call, effect, places):
            return rule[ACTION], rule[NAME], rule[REASON], rule[INSTEAD]
    return None


def _default(bundle: "Bundle") -> "Finding":
    verdict: Verdict = bundle["default"]
    if verdict == ALLOW:
        return verdict, DEFAULT, "no rule matches and the policy allows by default", ""
    return verdict, DEFAULT, "no rule of the policy knows this", "use a command or tool that the policy knows"


def _opaque(effect: "Effect") -> "Finding":
    why = effect.fields.get("why", "it cannot be read")
    if effect.fields.get("bound"):
        return DENY, TOO_COMPLEX, f"the command is too large to judge: {why}", "split it into several calls"
    return ASK, OPAQUE, f"what it does cannot be known beforehand: {why}", "write it plainly, one step a call"


def _project(cwd: str, bundle: "Bundle") -> "dict[str, object]":
    """The project layer of the innermost approved directory that holds `cwd`."""
    roots = [root for root in bundle["projects"] if under(cwd, root)]
    project: dict[str, object] = bundle["projects"][max(roots, key=len)] if roots else {}
    return project


def _with_branch(effect: "Effect", facts: "Facts") -> "Effect":
    """The effect with the branch that `@current` stands for; without a branch when it is not known."""
    if effect.fields.get("branch") != "@current":
        return effect
    branch = facts.branches.get(effect.fields.get("dir", ""), "")
    fields = {name: value for name, value in effect.fields.items() if name != "branch"}
    if branch:
        fields["branch"] = branch
    return type(effect)(effect.kind, fields, effect.command, effect.span)

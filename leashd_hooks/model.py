"""The vocabulary: Call, Effect, Facts, Decision.  Imports nothing, so that every other module may import it."""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any, Literal

    Verdict = Literal["allow", "require_approval", "deny"]

    #: What the host is told: standard output, standard error, exit code, and in one word: allow, ask, deny or silent.
    Answer = tuple[str, str, int, str]

ALLOW: "Verdict" = "allow"
ASK: "Verdict" = "require_approval"
DENY: "Verdict" = "deny"

STRICTNESS: "dict[str, int]" = {ALLOW: 0, ASK: 1, DENY: 2}

#: Tools whose point is a person's answer, whatever the policy says of them, and what each is called as an approval.
DIALOGUES = {"AskUserQuestion": "question", "ExitPlanMode": "plan"}

#: Kinds whose `path` the sandbox checks.
PATH_KINDS = ("read", "write", "delete", "code")


class Call:
    """One tool call as the agent announced it, in no agent's dialect."""

    __slots__ = ("agent", "call_id", "cwd", "event", "input", "mode", "session", "subagent", "tool")

    def __init__(
        self,
        tool: str,
        input: "Mapping[str, Any]",
        cwd: str,
        agent: str = "claude",
        event: str = "PreToolUse",
        session: str = "",
        call_id: str = "",
        mode: str = "default",
        subagent: str = "",
    ) -> None:
        self.tool = tool
        self.input = input
        self.cwd = cwd
        self.agent = agent
        self.event = event
        self.session = session
        self.call_id = call_id
        self.mode = mode
        self.subagent = subagent


class Effect:
    """One thing a call does: a kind from `policy.vocabulary.EFFECTS` and its fields.

    `command` is the text of the simple command that causes it ("" for other tools), `span` its character range in the
    call's command line, or None.  A path field holds an absolute path in which `..` may still stand; None means that
    it cannot be known before the call runs.  Fields that are absent are unknown, and no `allow` rule that asks for them
    matches.
    """

    __slots__ = ("command", "fields", "kind", "span")

    def __init__(
        self,
        kind: str,
        fields: "dict[str, Any]",
        command: str = "",
        span: "tuple[int, int] | None" = None,
    ) -> None:
        self.kind = kind
        self.fields = fields
        self.command = command
        self.span = span

    def to_json(self) -> "dict[str, Any]":
        """The effect as plain data, for the audit, `check` and the page."""
        out: dict[str, Any] = {"kind": self.kind, **self.fields}
        if self.command:
            out["command"] = self.command
        if self.span is not None:
            out["span"] = list(self.span)
        return out

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Effect) and self.to_json() == other.to_json()

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"Effect({self.kind}, {self.fields})"


class Facts:
    """What the machine was asked about a call.

    real      path of an effect -> every path it may stand for: as written, with its symlinks resolved, glob matches
    branches  directory -> the branch checked out there, "" when detached or no repository
    """

    __slots__ = ("branches", "real")

    def __init__(self, real: "Mapping[str, tuple[str, ...]]", branches: "Mapping[str, str] | None" = None) -> None:
        self.real = real
        self.branches = branches or {}


class Decision:
    """The answer for a call: the verdict, the rule that gave it, why, and what to do instead.

    `trace` has one entry an effect: (verdict, rule name, reason, instead), in the order of `effects`; `decisive` is the
    index of the effect that decided, -1 when there was none.  `violation` marks a path outside the sandbox.

    `shadow` is what the decision would be with the rules in shadow, None where they change nothing.
    """

    __slots__ = ("decisive", "effects", "instead", "reason", "rule", "shadow", "trace", "verdict", "violation")

    def __init__(
        self,
        verdict: "Verdict",
        rule: str,
        reason: str,
        instead: str = "",
        effects: "Iterable[Effect]" = (),
        trace: "Iterable[tuple[Verdict, str, str, str]]" = (),
        decisive: int = -1,
        violation: bool = False,
    ) -> None:
        self.verdict = verdict
        self.rule = rule
        self.reason = reason
        self.instead = instead
        self.effects = list(effects)
        self.trace = list(trace)
        self.decisive = decisive
        self.violation = violation
        self.shadow: Decision | None = None

    def to_json(self) -> "dict[str, Any]":
        """The decision as plain data, for `check --json` and the page."""
        return {
            "verdict": self.verdict,
            "rule": self.rule,
            "reason": self.reason,
            "instead": self.instead,
            "effects": [effect.to_json() for effect in self.effects],
            **self.trial(),
        }

    def trial(self) -> "dict[str, Any]":
        """What the rules in shadow would have made of it: the verdict, its rule, and all rules that would have decided
        an effect otherwise.  Empty where they change nothing.
        """
        if self.shadow is None:
            return {}
        pairs = zip(self.trace, self.shadow.trace, strict=True)
        rules = sorted({new[1] for old, new in pairs if new != old})
        return {"shadow": {"verdict": self.shadow.verdict, "rule": self.shadow.rule, "rules": rules}}

"""Runs the examples of rules through the same function as the live hook, in a throw-away workspace."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from leashd_hooks.hook import judge_call
from leashd_hooks.model import Call, Decision
from leashd_hooks.policy import layers
from leashd_hooks.policy.compile import compiled
from leashd_hooks.policy.layers import Policies
from leashd_hooks.policy.load import Loaded
from leashd_hooks.policy.schema import Example, Rule

if TYPE_CHECKING:
    from leashd_hooks.bundle import Bundle

#: Profiles that are laid over another one; a user loads both.
OVERLAYS = {"dev-tools": ["default"]}
#: What an example may find in its workspace.
FILES = {
    "README.md": "# Example\n",
    ".env.example": "NAME=\n",
    "notes.txt": "notes\n",
    "data.json": "{}\n",
    "package.json": '{"name": "example", "scripts": {"test": "true"}}\n',
    "src/app.py": "print('hello')\n",
    "tests/test_app.py": "def test_app():\n    pass\n",
    "scripts/setup.sh": "true\n",
}


class Outcome:
    """One example that was run: what was expected and what came."""

    __slots__ = ("decision", "error", "example", "expected", "loaded", "rule")

    def __init__(self, rule: Rule, loaded: Loaded, example: Example, expected: str) -> None:
        self.rule = rule
        self.loaded = loaded
        self.example = example
        self.expected = expected
        self.decision: Decision | None = None
        self.error = ""

    @property
    def passed(self) -> bool:
        """Whether the rule decided what it should decide, and nothing else."""
        if self.decision is None:
            return False
        # A rule in shadow is held to what it would do.
        decisions = [decision for decision in (self.decision, self.decision.shadow) if decision]
        seen = [one for one in decisions if any(finding[1] == self.rule.name for finding in one.trace)]
        if self.expected == "stays_quiet":
            return not seen
        return any(one.verdict == self.rule.action for one in seen)

    @property
    def verdict(self) -> str:
        """What came, in a word."""
        return self.decision.verdict if self.decision else "error"

    @property
    def text(self) -> str:
        """The example as people write it."""
        if self.example.tool == "Bash":
            return str(self.example.input.get("command", ""))
        return f"{self.example.tool} {self.example.input}"

    def to_json(self) -> dict[str, Any]:
        """The outcome as plain data."""
        came = self.decision
        return {
            "rule": self.rule.name,
            "file": self.loaded.name,
            "example": self.example.model_dump(exclude_none=True),
            "expected": self.expected,
            "passed": self.passed,
            "verdict": self.verdict,
            "decided_by": came.rule if came else self.error,
        }


@contextmanager
def workspace() -> Iterator[tuple[str, str]]:
    """A project in a git repository and a home directory elsewhere; both are gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="leashd-workspace-") as root, tempfile.TemporaryDirectory() as home:
        root, home = os.path.realpath(root), os.path.realpath(home)
        for name, text in FILES.items():
            path = Path(root, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        repository = Path(root, ".git")
        (repository / "refs/heads").mkdir(parents=True)
        (repository / "objects").mkdir()
        (repository / "HEAD").write_text("ref: refs/heads/topic\n")
        yield root, home


def of_profile(name: str) -> list[Outcome]:
    """The examples of a shipped profile's own rules and of the packs that it is the first to include."""
    with workspace() as (root, home):
        names = [*OVERLAYS.get(name, []), name]
        policies = layers.of_names(names, [root], home)
        wanted = policies.profiles[-1].files
        skipped = {loaded.name for other in _before(name) for loaded in _files(other, root, home)}
        rules = [
            where for where in policies.profiles[-1].rules() if where[1].name not in skipped or where[1] is wanted[0]
        ]
        if name == "default":
            rules = [*policies.floor.rules(), *rules]
        return _run(policies, rules, root, home)


def of_files(names: list[str]) -> list[Outcome]:
    """The examples of policy files, each under all of them."""
    with workspace() as (root, home):
        policies = layers.of_names(names, [root], home)
        rules = [where for layer in policies.profiles for where in layer.rules()]
        return _run(policies, rules, root, home)


def everything(names: list[str]) -> list[Outcome]:
    """Every shipped example, whatever its rule, under the named policies."""
    with workspace() as (root, home):
        bundle = compiled(layers.of_names(names, [root], home), home)
        shipped = layers.of_names(layers.profiles(), [root], home)
        rules = [where for layer in (shipped.floor, *shipped.profiles) for where in layer.rules()]
        found = [Outcome(rule, at, example, kind) for rule, at, _ in rules for kind, example in _examples(rule)]
        return [run(outcome, bundle, root) for outcome in found]


def _before(name: str) -> list[str]:
    first = ("default", *OVERLAYS)
    order = [*first, *(profile for profile in layers.profiles() if profile not in first)]
    return order[: order.index(name)] if name in order else []


def _files(name: str, root: str, home: str) -> list[Loaded]:
    return layers.of_names([name], [root], home).profiles[0].files


def _run(policies: Policies, rules: list[tuple[Rule, Loaded, int]], root: str, home: str) -> list[Outcome]:
    bundle = compiled(policies, home)
    found = [Outcome(rule, loaded, example, kind) for rule, loaded, _ in rules for kind, example in _examples(rule)]
    return [run(outcome, bundle, root) for outcome in found]


def _examples(rule: Rule) -> Iterator[tuple[str, Example]]:
    for kind in ("fires", "stays_quiet") if rule.examples else ():
        for example in getattr(rule.examples, kind):
            yield kind, example


def run(outcome: Outcome, bundle: Bundle, root: str) -> Outcome:
    """Judges the example's call."""
    example = outcome.example
    cwd = os.path.normpath(os.path.join(root, example.cwd or "."))
    try:
        outcome.decision = judge_call(Call(example.tool, example.input, cwd), bundle)
    except (ValueError, OSError) as error:
        outcome.error = str(error)
    return outcome

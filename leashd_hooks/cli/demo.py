"""`leashd demo`: the real hook, installed in a scratch home, answers recorded calls."""

from __future__ import annotations

import json
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from leashd_hooks import audit_log, audit_verify, places
from leashd_hooks.cli import render
from leashd_hooks.cli.audit import subject
from leashd_hooks.install import canary
from leashd_hooks.install.canary import Outcome
from leashd_hooks.install.claude import Hook, ours
from leashd_hooks.install.place import Place
from leashd_hooks.install.settings_file import load
from leashd_hooks.install.setup import set_up, state_directory

EVENTS = "claude/demo-events.jsonl"
UNDECIDED = "-"


@dataclass(frozen=True)
class Shown:
    """One recorded call, what is expected of it, and what the hook said."""

    event: dict[str, Any]
    expected: str
    outcome: Outcome
    rule: str

    @property
    def as_expected(self) -> bool:
        """Whether the answer is right, and was decided; a hook that fails denies too."""
        return self.outcome.told == self.expected and self.rule not in (UNDECIDED, "failure", "unreadable-call")


@click.command()
@click.option("--json", "as_json", is_flag=True, help="print JSON")
@click.pass_context
def demo(ctx: click.Context, as_json: bool) -> None:
    """Install the hook in a scratch home and let it answer recorded calls of Claude Code.  Nothing of yours is touched.

    Exit code: 0 when every answer is the expected one and the audit verifies, 1 otherwise.
    """
    with _scratch() as place:
        report = set_up(place, "user")
        shown = list(_shown(place, ours(load(report.change.path).data)["PreToolUse"][0]))
        verified = audit_verify.verify(Path(places.audit(str(place.state))))
    good = verified.ok and all(one.as_expected for one in shown)
    if as_json:
        render.data({"ok": good, "audit": verified.to_json(), "calls": [_plain(one) for one in shown]})
    else:
        _tell(shown, verified)
    ctx.exit(0 if good else 1)


@contextmanager
def _scratch() -> Iterator[Place]:
    """A home with a project, and nothing in it that matters."""
    cache = Path.home() / ".cache" / "leashd"
    parent = cache if _can_make(cache) else None
    with tempfile.TemporaryDirectory(prefix="demo-", dir=parent) as folder:
        base = Path(folder).resolve()
        home, project = base / "home", base / "home" / "project"
        for name, text in _FILES.items():
            (project / name).parent.mkdir(parents=True, exist_ok=True)
            (project / name).write_text(text)
        (project / "innocent.txt").symlink_to("/etc/shadow")
        place = Place(home, home / ".leashd", project, base / "managed-settings.d")
        state_directory(place.state)
        Path(places.config(str(place.state))).write_text(f"scratch_directories:\n  - '{base}/scratch'\n")
        yield place


_FILES = {
    "README.md": "# A project\n",
    "src/app.py": "print('hello')\n",
    ".env": "API_KEY=not-a-real-key\n",
    ".git/HEAD": "ref: refs/heads/feature\n",
    "scripts/deploy.sh": "#!/bin/sh\necho deployed\n",
}


def _can_make(folder: Path) -> bool:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return False
    return os.access(folder, os.W_OK)


def _shown(place: Place, entry: Hook) -> Iterator[Shown]:
    env = {**canary.environment(place.project), "HOME": str(place.home)}
    folder = Path(places.audit(str(place.state)))
    text = Path(places.shipped("hooks"), EVENTS).read_text(encoding="utf-8")
    for line in text.replace("@PROJECT@", str(place.project)).replace("@HOME@", str(place.home)).splitlines():
        recorded = json.loads(line)
        outcome = canary.run(entry, recorded["event"], place.project, env)
        newest = audit_log.last(folder, 1)
        same = newest and newest[0].get("call_id") == recorded["event"]["tool_use_id"]
        yield Shown(recorded["event"], recorded["expect"], outcome, str(newest[0]["rule"]) if same else UNDECIDED)


def _plain(one: Shown) -> dict[str, Any]:
    return {
        "tool": one.event["tool_name"],
        "input": one.event["tool_input"],
        "answer": one.outcome.told,
        "expected": one.expected,
        "rule": one.rule,
        "reason": one.outcome.reason,
        "ms": round(one.outcome.ms, 1),
    }


def _tell(shown: list[Shown], verified: audit_verify.Verification) -> None:
    rows = [_row(one) for one in shown]
    render.lines(("tool", "call", "answer", "rule", "ms"), rows, wide="call", right=("ms",))
    times = sorted(one.outcome.ms for one in shown)
    counts = {told: sum(one.outcome.told == told for one in shown) for told in ("allow", "ask", "deny")}
    told = ", ".join(f"{count} {word}" for word, count in counts.items())
    render.say("")
    render.say(f"{len(shown)} calls: {told}; median {times[len(times) // 2]:.0f} ms, process start included")
    state = "verifies" if verified.ok else f"is broken: {verified.breaks[0]}"
    render.say(f"the audit has {verified.records} records and {state}")
    for one in shown:
        if not one.as_expected:
            text = f"`{_call(one)}` should be {one.expected}: {render.visible(one.outcome.reason, 200)}"
            render.say(text, "bold red")
    render.say("")
    render.say(f"to protect a project of yours, go there and run:  {_name()} init", "bold")


def _row(one: Shown) -> tuple[str, ...]:
    rule = one.rule if one.as_expected else f"{one.rule}  (expected {one.expected})"
    return render.visible(one.event["tool_name"], 14), _call(one), one.outcome.told, rule, f"{one.outcome.ms:.0f}"


def _call(one: Shown) -> str:
    project = one.event["cwd"]
    text = subject({"input": one.event["tool_input"]}).replace(project + "/", "").replace(os.path.dirname(project), "~")
    return render.visible(text, 70)


def _name() -> str:
    """What a person types to start leashd: a checkout's own environment is on nobody's PATH."""
    return "leashd" if shutil.which("leashd") else os.path.abspath(sys.argv[0])

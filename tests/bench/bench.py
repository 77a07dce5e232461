"""How long one decision takes, from the start of the hook to its end, beside other guards: `make bench`.

Everything is measured in one run, in random order within each round, because absolute times say more about the machine
and its neighbours than about a program.  The ratio is the median over the rounds of time divided by the time of
`python -I -S -c pass` in the same round: what an empty Python process costs here and now.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import statistics
import subprocess
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
RIVALS = ROOT / ".bench"
LAB = RIVALS / "lab"
HOME, PROJECT = LAB / "home", LAB / "project"
#: leashd as a user installs it; a checkout compares the time of every source at each call.
INSTALLED = RIVALS / "installed" / "bin"
LEASHD = INSTALLED / "leashd"
ROUNDS = 60
BASELINE = "python -I -S -c pass"
THROUGHPUT_EVENTS = 10_000

EVERYDAY = {"tool_name": "Bash", "tool_input": {"command": "git status && ls -la", "description": "look"}}
LIST = {"tool_name": "Bash", "tool_input": {"command": "ls -la src", "description": "look"}}
TEST = {"tool_name": "Bash", "tool_input": {"command": "pytest -q tests", "description": "test"}}
DENIED = {"tool_name": "Bash", "tool_input": {"command": "rm -rf /", "description": "tidy"}}
LOOP = {"tool_name": "Bash", "tool_input": {"command": 'for f in *.py; do wc -l "$f"; done', "description": "count"}}
READ = {"tool_name": "Read", "tool_input": {"file_path": str(PROJECT / "README.md")}}
#: The predecessor decides in a daemon; this asks its policy engine in one process, as its hook would without it.
PREDECESSOR = """
import json, sys
from pathlib import Path
import leashd
from leashd.core.safety.policy import PolicyEngine
event = json.load(sys.stdin)
engine = PolicyEngine([Path(leashd.__file__).parent / "policies" / "default.yaml"])
print(engine.evaluate(engine.classify(event["tool_name"], event["tool_input"])))
"""


@dataclass(frozen=True)
class Subject:
    """One command line to measure, with what it reads."""

    name: str
    what: str
    command: Sequence[str]
    event: dict[str, Any] | None = None


@dataclass
class Figures:
    """What came out for a subject; milliseconds, and the ratio to the baseline."""

    name: str
    what: str
    minimum: float
    median: float
    p90: float
    ratio: float


def environment() -> dict[str, str]:
    return {"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": str(HOME), "LANG": "C.UTF-8"}


def payload(event: dict[str, Any] | None) -> bytes:
    """What the client writes to a hook."""
    if event is None:
        return b""
    common = {"session_id": "bench", "transcript_path": "/dev/null", "cwd": str(PROJECT), "permission_mode": "default"}
    return json.dumps({**common, "hook_event_name": "PreToolUse", **event, "tool_use_id": "toolu_bench"}).encode()


def furnish() -> list[str]:
    """A fresh home and project with the guard installed; returns the command line that the client would start."""
    shutil.rmtree(LAB, ignore_errors=True)
    for folder in (HOME, PROJECT):
        folder.mkdir(parents=True)
    (PROJECT / "README.md").write_text("Hello\n")
    run(["git", "init", "-q", "."])
    run([str(LEASHD), "install", "claude", "--project"])
    settings = json.loads((PROJECT / ".claude" / "settings.json").read_text())
    entry = settings["hooks"]["PreToolUse"][0]["hooks"][0]
    return [entry["command"], *entry["args"]]


def run(command: Sequence[str], **more: Any) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(command, cwd=PROJECT, env=environment(), check=True, capture_output=True, **more)


def subjects(hook: Sequence[str]) -> list[Subject]:
    """Floors, ours, and the rivals that are installed."""
    python = str(INSTALLED / "python")
    ours = [
        ("everyday", EVERYDAY), ("read a file", READ), ("list", LIST), ("test", TEST), ("deny", DENIED),
        ("needs shfmt", LOOP),
    ]  # fmt: skip
    return [
        Subject("true", "floor", ["/bin/true"]),
        Subject(BASELINE, "floor", [python, "-I", "-S", "-c", "pass"]),
        Subject("python -c pass", "floor", [python, "-c", "pass"]),
        *(Subject("leashd hook", what, hook, event) for what, event in ours),
        Subject("leashd --version", "its start", [str(LEASHD), "--version"]),
        *rivals(),
    ]


def rivals() -> Iterator[Subject]:
    commands = {
        "cc-safety-net 2.4.5": [
            shutil.which("node") or "node", npm_program("cc-safety-net", "cc-safety-net"), "hook", "--claude-code",
        ],
        "nah 0.11.0": [program("nah==0.11.0", "nah"), "_claude-hook"],
        "agentbelay 0.1.0": [program("agentbelay==0.1.0", "belay"), "hook", "claude-code"],
        "claude-safety-guard 0.2.0": [program("claude-safety-guard==0.2.0", "claude-safety-guard"), "hook"],
        "leashd 2.5.1, engine alone": [program("leashd==2.5.1", "python"), "-c", PREDECESSOR],
    }  # fmt: skip
    for name, command in commands.items():
        if os.access(command[0], os.X_OK):
            yield Subject(name, "everyday", command, EVERYDAY)
            yield Subject(name, "deny", command, DENIED)


def program(rival: str, name: str) -> str:
    return str(RIVALS / rival / "bin" / name)


def npm_program(package: str, name: str) -> str:
    folder = RIVALS / "npm" / "node_modules" / package
    return str(folder / json.loads((folder / "package.json").read_text())["bin"][name])


def prepare_rivals() -> None:
    """What a rival's own installation would write into a project."""
    belay = program("agentbelay==0.1.0", "belay")
    if os.access(belay, os.X_OK):
        run([belay, "init"])


def seconds(subject: Subject, inbox: Path) -> float:
    """Starts a subject as the client does, with pipes and no shell, and waits for its end."""
    inbox.write_bytes(payload(subject.event))
    reading, writing = os.pipe()
    actions = [
        (os.POSIX_SPAWN_OPEN, 0, str(inbox), os.O_RDONLY, 0),
        (os.POSIX_SPAWN_DUP2, writing, 1),
        (os.POSIX_SPAWN_OPEN, 2, os.devnull, os.O_WRONLY, 0),
    ]
    started = time.perf_counter()
    child = os.posix_spawn(subject.command[0], list(subject.command), environment(), file_actions=actions)
    os.close(writing)
    while os.read(reading, 65536):
        pass
    os.waitpid(child, 0)
    took = time.perf_counter() - started
    os.close(reading)
    return took


def measure(every: Sequence[Subject], rounds: int) -> list[Figures]:
    """Runs every subject once a round, in a new order each time; the first round warms up and is not counted."""
    inbox = LAB / "event.json"
    by_place: list[list[float]] = [[] for _ in every]
    for number in range(rounds + 1):
        for place in random.sample(range(len(every)), len(every)):
            took = seconds(every[place], inbox)
            if number:
                by_place[place].append(took)
    floor = by_place[[subject.name for subject in every].index(BASELINE)]
    return [figures(subject, mine, floor) for subject, mine in zip(every, by_place, strict=True)]


def figures(subject: Subject, mine: Sequence[float], floor: Sequence[float]) -> Figures:
    """The figures of one subject from its times and those of the baseline, round by round."""
    milliseconds = sorted(1000 * value for value in mine)
    ratio = statistics.median(value / base for value, base in zip(mine, floor, strict=True))
    p90 = milliseconds[int(0.9 * (len(milliseconds) - 1))]
    return Figures(subject.name, subject.what, milliseconds[0], statistics.median(milliseconds), p90, ratio)


def throughput() -> float:
    """Events a second that `leashd check --jsonl` answers, its start included."""
    events = [EVERYDAY, READ, DENIED, TEST]
    lines = b"".join(payload(events[number % len(events)]) + b"\n" for number in range(THROUGHPUT_EVENTS))
    started = time.perf_counter()
    done = run([str(LEASHD), "check", "--jsonl"], input=lines)
    took = time.perf_counter() - started
    answered = done.stdout.count(b"\n")
    if answered != THROUGHPUT_EVENTS:
        raise SystemExit(f"`leashd check --jsonl` answered {answered} of {THROUGHPUT_EVENTS} events")
    return THROUGHPUT_EVENTS / took


def show(rows: Sequence[Figures], events_a_second: float) -> str:
    """The figures as a Markdown table."""
    lines = ["| program | event | min ms | median ms | p90 ms | x |", "| --- | --- | ---: | ---: | ---: | ---: |"]
    for row in rows:
        times = " | ".join(f"{value:.1f}" for value in (row.minimum, row.median, row.p90))
        lines.append(f"| {row.name} | {row.what} | {times} | {row.ratio:.2f} |")
    lines += ["", f"x is the ratio to `{BASELINE}` in the same round, median of all rounds."]
    lines += [f"`leashd check --jsonl` answers {events_a_second:,.0f} events a second."]
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(prog="bench", description="How long one decision takes.")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--json", type=Path, help="write the figures to this file, too")
    options = parser.parse_args()

    hook = furnish()
    prepare_rivals()
    rows = measure(subjects(hook), options.rounds)
    rate = throughput()
    print(show(rows, rate))
    if options.json:
        report = {"rounds": options.rounds, "events_a_second": rate, "rows": [vars(row) for row in rows]}
        options.json.write_text(json.dumps(report, indent=2) + "\n")


if __name__ == "__main__":
    main()

"""The CPU time of one decision about 64 kB of each shape; the target is 50 ms."""

import contextlib
import tempfile
import time
from pathlib import Path

from leashd_hooks.hook import judge_call
from leashd_hooks.model import Call
from leashd_hooks.policy.compile import compile_policies
from tests.bench.shapes import SHAPES, filled
from tests.corpus.world import build

TARGET = 50.0
RUNS = 3


def main() -> None:
    """Prints the least of some runs for each shape, the slowest first."""
    with tempfile.TemporaryDirectory() as base:
        world = build(Path(base))
        policy = compile_policies(["default", "dev-tools"], [str(world.root)], str(world.home))
        found = []
        for name in SHAPES:
            call = Call("Bash", {"command": filled(name, 65_000)}, str(world.root))
            found.append((min(_milliseconds(call, policy) for _ in range(RUNS)), name))
    for spent, name in sorted(found, reverse=True):
        print(f"{spent:7.1f} ms  {name}{'  over the target' if spent > TARGET else ''}")


def _milliseconds(call: Call, policy: "dict[str, object]") -> float:
    started = time.process_time()
    with contextlib.suppress(ValueError, OSError):
        judge_call(call, policy)
    return (time.process_time() - started) * 1000


if __name__ == "__main__":
    main()

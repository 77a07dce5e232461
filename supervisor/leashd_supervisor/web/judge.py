"""`python -m leashd_supervisor.web.judge STATE HOME`: an event on standard input, the hook's decision on its output.

A process of its own: a slow pattern in a policy can only keep this one busy.
"""

from __future__ import annotations

import asyncio
import json
import sys
from typing import Any

from leashd_supervisor.kernel.errors import SupervisorError

#: Seconds that a decision may take.
PATIENCE = 10.0
NAME = "leashd_supervisor.web.judge"


async def judge(event: dict[str, Any], state: str, home: str) -> dict[str, Any]:
    """What the hook would decide about an event.  Raises SupervisorError when it cannot say."""
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-I", "-m", NAME, state, home,
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    try:
        out, _ = await asyncio.wait_for(child.communicate(json.dumps(event).encode()), PATIENCE)
        answer = json.loads(out)
    except asyncio.TimeoutError:
        raise SupervisorError(
            "the decision takes too long", "a pattern of a policy is slow, see `leashd doctor`"
        ) from None
    except ValueError:
        raise SupervisorError("the decision cannot be made", "`leashd check` in a terminal says why") from None
    finally:
        if child.returncode is None:
            child.kill()
            await child.wait()
    if "error" in answer:
        raise SupervisorError(answer["error"])
    return dict(answer)


def main() -> None:
    """The child's part."""
    from leashd_hooks import bundle
    from leashd_hooks.adapters.claude import read_call
    from leashd_hooks.hook import judge_call
    from leashd_hooks.model import DENY, Decision

    state, home = sys.argv[1:]
    try:
        call, policy = read_call(json.load(sys.stdin)), bundle.load(state, home)
    except (ValueError, OSError) as error:
        print(json.dumps({"error": str(error)}))
        return
    try:
        decision = judge_call(call, policy)
    except (ValueError, OSError) as error:
        decision = Decision(DENY, "unreadable-call", str(error), "call the tool with plain input")
    print(json.dumps(decision.to_json()))


if __name__ == "__main__":
    main()

"""`leashd check`: what the hook would answer, without asking an agent to try it."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from leashd_hooks.cli.failure import Failure
from leashd_hooks.cli.judging import EXIT, decide_asked, decide_event, event, policy_in_force, policy_options
from leashd_hooks.jsondoor import dumps, loads

if TYPE_CHECKING:
    from leashd_hooks.bundle import Bundle

#: What may go wrong in one line of a batch: the line is denied and the batch goes on.
FAULTS = (ValueError, OSError, LookupError, TypeError, AttributeError, ArithmeticError, RuntimeError, AssertionError)


@click.command()
@click.argument("command", required=False)
@click.argument("rest", nargs=-1, type=click.UNPROCESSED)
@click.option("--tool", metavar="NAME", help="judge a call of this tool instead of a shell command")
@click.option("--input", "given", metavar="JSON", help="the tool's input")
@click.option("--jsonl", is_flag=True, help="read one hook event a line, write one answer a line")
@policy_options
@click.option("--json", "as_json", is_flag=True, help="print JSON")
@click.pass_context
def check(
    ctx: click.Context,
    command: str | None,
    rest: tuple[str, ...],
    tool: str | None,
    given: str | None,
    jsonl: bool,
    policies: tuple[str, ...],
    roots: tuple[str, ...],
    home: str | None,
    cwd: str | None,
    as_json: bool,
) -> None:
    """Say what the hook would answer to COMMAND, or to a call of another tool.  Nothing runs, nothing is recorded.

    \b
    leashd check 'git push --force'
    leashd check --tool Write --input '{"file_path": "/etc/hosts", "content": ""}'
    leashd check --jsonl --policy default --approve . < events.jsonl

    Exit code: 0 allow, 2 deny, 3 require_approval, 1 cannot say.
    """
    if rest:
        raise Failure("more than one argument", "put the whole command in quotes")
    if jsonl:
        _batch(policy_in_force(policies, roots, home))
        return
    asked = event(tool, given, command, cwd)
    policy = policy_in_force(policies, roots, home)
    decision = decide_asked(asked, policy)
    if as_json:
        click.echo(dumps(decision.to_json()))
    else:
        from leashd_hooks.cli import render

        render.verdict(decision.verdict, decision.rule, decision.reason, decision.instead)
    ctx.exit(EXIT[decision.verdict])


def _batch(policy: Bundle) -> None:
    """One answer for each line that is not blank, in order and at once."""
    out = sys.stdout
    for line in sys.stdin.buffer:
        if line.strip():
            out.write(dumps(answer(line, policy)) + "\n")
            out.flush()


def answer(line: bytes, policy: Bundle) -> dict[str, Any]:
    """The answer to one line; whatever is wrong with it is a denial."""
    try:
        host_event = loads(line.decode("utf-8").strip())
        if not isinstance(host_event, dict):
            raise ValueError("the event is not a JSON object")
        return decide_event(host_event, policy).to_json()
    except FAULTS as error:
        return {"verdict": "deny", "error": str(error) or type(error).__name__}

"""`leashd explain`: why, effect by effect."""

from __future__ import annotations

import click

from leashd_hooks.adapters.claude import read_call
from leashd_hooks.cli import render
from leashd_hooks.cli.judging import EXIT, decide_asked, event, policy_in_force, policy_options
from leashd_hooks.policy.explain import sentences


@click.command()
@click.argument("command", required=False)
@click.option("--tool", metavar="NAME", help="explain a call of this tool instead of a shell command")
@click.option("--input", "given", metavar="JSON", help="the tool's input")
@policy_options
@click.option("--json", "as_json", is_flag=True, help="print JSON")
@click.pass_context
def explain(
    ctx: click.Context,
    command: str | None,
    tool: str | None,
    given: str | None,
    policies: tuple[str, ...],
    roots: tuple[str, ...],
    home: str | None,
    cwd: str | None,
    as_json: bool,
) -> None:
    """Say what COMMAND would do, effect by effect, and which rule says what about each.

    The strictest answer decides.  Exit code as for `leashd check`.
    """
    asked = event(tool, given, command, cwd)
    policy = policy_in_force(policies, roots, home)
    decision = decide_asked(asked, policy)
    if as_json:
        names = ("verdict", "rule", "reason", "instead")
        trace = [dict(zip(names, entry, strict=True)) for entry in decision.trace]
        found = {**decision.to_json(), "trace": trace, "decisive": decision.decisive, "policies": policy["policies"]}
        render.data(found)
    else:
        for line in sentences(read_call(asked), decision, policy):
            render.say(line)
        render.say(f"policy: {', '.join(policy['policies'])}", "dim")
    ctx.exit(EXIT[decision.verdict])

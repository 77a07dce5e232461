"""What `check` and `explain` share: which policy holds, and the hook's own decision about a call."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from leashd_hooks import bundle, places
from leashd_hooks.adapters.claude import read_call
from leashd_hooks.cli.failure import Failure
from leashd_hooks.cli.whereabouts import directory, here
from leashd_hooks.hook import judge_call
from leashd_hooks.install.place import git_root
from leashd_hooks.model import DENY, Decision

if TYPE_CHECKING:
    from leashd_hooks.bundle import Bundle

EXIT = {"allow": 0, "deny": 2, "require_approval": 3}

Command = TypeVar("Command", bound=Callable[..., Any])


def policy_options(command: Command) -> Command:
    """The options that say under which policy, and where, a call is judged."""
    for option in (
        click.option("--cwd", help="directory the call is made in; the current one by default"),
        click.option("--home", help="home directory; your own by default"),
        click.option("--approve", "roots", multiple=True, metavar="DIR", help="approved directory; repeatable"),
        click.option("--policy", "policies", multiple=True, metavar="NAME", help="profile or file; repeatable"),
    ):
        command = option(command)
    return command


def policy_in_force(policies: tuple[str, ...], roots: tuple[str, ...], home: str | None) -> Bundle:
    """The user's own compiled policy; with `policies` or `roots`, or when there is none, one made for the occasion."""
    home = os.path.abspath(home) if home else str(here().home)
    state = home + "/.leashd"
    set_up = any(os.path.exists(path) for path in (places.config(state), places.policy(state)))
    if set_up and not policies and not roots:
        return bundle.load(state, home)
    from leashd_hooks.config import DEFAULT_POLICIES
    from leashd_hooks.install.setup import too_wide
    from leashd_hooks.policy.compile import compile_policies

    project = git_root(directory())
    default = [] if too_wide(project, Path(home)) else [str(project)]
    approved = [os.path.abspath(root) for root in roots] or default
    return compile_policies(list(policies or DEFAULT_POLICIES), approved, home)


def event(tool: str | None, given: str | None, command: str | None, cwd: str | None) -> dict[str, Any]:
    """The event that the host would send for what was asked on the command line."""
    if command is not None and tool is None:
        tool, arguments = "Bash", {"command": command}
    elif command is None and tool is not None:
        arguments = _arguments(given or "{}")
    else:
        raise Failure("name either a command or a tool", "`leashd check 'COMMAND'` or `--tool NAME --input JSON`")
    where = os.path.abspath(cwd or directory())
    return {"hook_event_name": "PreToolUse", "tool_name": tool, "tool_input": arguments, "cwd": where}


def _arguments(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError as error:
        raise Failure(f"`--input` is not JSON: {error}", 'for example --input \'{"file_path": "a.py"}\'') from error


def decide_event(host_event: dict[str, Any], policy: Bundle) -> Decision:
    """What the hook decides about an event.  Raises ValueError when it is none."""
    call = read_call(host_event)
    try:
        return judge_call(call, policy)
    except (ValueError, OSError) as error:
        return Decision(DENY, "unreadable-call", str(error), "call the tool with plain input")


def decide_asked(asked: dict[str, Any], policy: Bundle) -> Decision:
    """`decide_event` for a call that a person wrote on the command line, whose mistakes are the person's."""
    try:
        return decide_event(asked, policy)
    except ValueError as error:
        raise Failure(str(error)) from error

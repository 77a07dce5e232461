"""`leashd policy`: list, show, check, test, write, compile and compare policies."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from leashd_hooks import places
from leashd_hooks.cli import render
from leashd_hooks.cli.failure import Failure
from leashd_hooks.cli.subcommands import Group
from leashd_hooks.cli.suggest import suggest
from leashd_hooks.cli.whereabouts import here
from leashd_hooks.policy import layers, load, source

if TYPE_CHECKING:
    from leashd_hooks.policy.layers import Layer, Policies
    from leashd_hooks.policy.load import Loaded
    from leashd_hooks.policy.schema import Rule

Command = TypeVar("Command", bound=Callable[..., Any])

TEMPLATE = """\
version: 1
name: {name}
description: What this policy is for.

rules:
  - name: {name}-example
    action: require_approval
    reason: why the agent should not do it unasked
    instead: what it may do
    when:
      effect: run
      program: deploy
    examples:
      fires:
        - deploy production
      stays_quiet:
        - cat deploy.md
"""


def json_option(command: Command) -> Command:
    """`--json`."""
    return click.option("--json", "as_json", is_flag=True, help="print JSON")(command)


@click.group(cls=Group)
def policy() -> None:
    """List, show, check and test policies."""


policy.add_command(suggest)


def _in_force() -> Policies:
    place = here()
    return layers.of_state(str(place.state), str(place.home))


@policy.command("list")
@json_option
def list_(as_json: bool) -> None:
    """List the shipped profiles and what is in force."""
    rows: list[dict[str, Any]] = []
    active = _in_force()
    chosen = active.config.config.policies
    for name in layers.profiles():
        loaded = _loaded(layers.profile_path(name))
        rows.append({"name": name, "kind": "profile", "active": name in chosen, "description": loaded.file.description})
    for layer in (*active.above, *(layer for layer in active.profiles if layers.is_path(layer.name))):
        rows.append({"name": layer.name, "kind": layer.kind, "active": True, "description": _description(layer)})
    for layer, trusted in active.projects:
        kind = "project, trusted" if trusted else "project, tightens only"
        rows.append({"name": layer.name, "kind": kind, "active": True, "description": _description(layer)})
    if as_json:
        render.data(rows)
    else:
        columns = ("policy", "kind", "in force", "what for")
        render.table(columns, [(r["name"], r["kind"], "yes" if r["active"] else "", r["description"]) for r in rows])


def _description(layer: Layer) -> str:
    return layer.files[0].file.description


def _loaded(path: str) -> Loaded:
    return load.policy(source.read(path), path)


@policy.command()
@click.argument("name", required=False)
@json_option
def show(name: str | None, as_json: bool) -> None:
    """Show the rules of NAME (profile, pack or file), or all in force, in the order they are tried."""
    shown = [_row(rule, loaded, index) for rule, loaded, index in _named(name)]
    if as_json:
        render.data(shown)
        return
    columns = ("rule", "action", "why", "where")
    actions = [row["action"] + (" (in shadow)" if row["mode"] == "shadow" else "") for row in shown]
    rows = [(row["name"], action, row["reason"], row["origin"]) for row, action in zip(shown, actions, strict=True)]
    render.table(columns, rows)


def _row(rule: Rule, loaded: Loaded, index: int) -> dict[str, Any]:
    row: dict[str, Any] = rule.model_dump(exclude={"examples"}, exclude_none=True)
    row["mode"] = "shadow" if "shadow" in (rule.mode, loaded.file.mode) else rule.mode
    row["origin"] = (
        f"{os.path.relpath(loaded.name) if loaded.name.startswith(os.getcwd()) else loaded.name}:{loaded.line(index)}"
    )
    return row


def _named(name: str | None) -> Iterator[tuple[Rule, Loaded, int]]:
    if name is None:
        for layer in _in_force().layers():
            yield from layer.rules()
        return
    if name in layers.packs():
        loaded = _loaded(layers.pack_path(name))
        yield from ((rule, loaded, index) for index, rule in enumerate(loaded.file.rules))
        return
    if not layers.is_path(name) and name not in layers.profiles():
        raise Failure(f"`{name}` is no policy", source.suggestion(name, [*layers.profiles(), *layers.packs()]))
    for layer in layers.of_names([name], [], str(here().home)).profiles:
        yield from layer.rules()


@policy.command()
@click.argument("names", nargs=-1)
@click.option("--strict", is_flag=True, help="exit code 2 when a lint finds something")
@json_option
@click.pass_context
def lint(ctx: click.Context, names: tuple[str, ...], strict: bool, as_json: bool) -> None:
    """Check that policies load, and look for what is probably not meant.

    Exit code: 0 fine, 1 does not load, 2 findings with `--strict`.
    """
    from leashd_hooks.policy import lints

    policies = layers.of_names(list(names), [], str(here().home)) if names else _in_force()
    findings = lints.run(policies)
    if as_json:
        render.data([finding.to_json() for finding in findings])
    for finding in findings if not as_json else ():
        render.say(f"{finding.file}:{finding.line}:{finding.column}: {finding.message} ({finding.lint})")
        render.say(f"  help: {finding.help}")
    if not as_json and not findings:
        render.say("nothing to say")
    ctx.exit(2 if findings and strict else 0)


@policy.command()
@click.argument("names", nargs=-1)
@json_option
@click.pass_context
def test(ctx: click.Context, names: tuple[str, ...], as_json: bool) -> None:
    """Run the examples of the shipped profiles, or of NAMES, through the hook's own decision.

    Exit code: 0 all hold, 2 some do not.
    """
    from leashd_hooks.policy import examples

    outcomes: list[examples.Outcome] = []
    for name in names or tuple(layers.profiles()):
        outcomes += examples.of_files([name]) if layers.is_path(name) else examples.of_profile(name)
    failed = [outcome for outcome in outcomes if not outcome.passed]
    if as_json:
        render.data([outcome.to_json() for outcome in outcomes])
    for outcome in failed if not as_json else ():
        came = outcome.decision
        render.say(f"{outcome.rule.name}: `{outcome.text}` should {_expected(outcome.expected)}")
        render.say(f"  came: {came.verdict} by `{came.rule}`" if came else f"  came: {outcome.error}")
    if not as_json:
        render.say(f"{len(outcomes) - len(failed)} of {len(outcomes)} examples hold")
    ctx.exit(2 if failed else 0)


def _expected(name: str) -> str:
    return {"fires": "fire", "stays_quiet": "stay quiet"}[name]


@policy.command()
@click.argument("path", type=click.Path(path_type=Path))
def new(path: Path) -> None:
    """Write a policy with one rule and its examples to PATH."""
    if path.exists():
        raise Failure(f"`{path}` exists already", "choose another name")
    name = path.stem.lower().replace("_", "-").replace(" ", "-")
    if not name.replace("-", "").isalnum():
        raise Failure(f"`{path.stem}` is no name for a policy", "use letters, digits and dashes")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(TEMPLATE.format(name=name), encoding="utf-8")
    render.say(f"wrote `{path}`; try `leashd policy test {path if '/' in str(path) else './' + str(path)}`")


@policy.command("compile")
@json_option
def compile_(as_json: bool) -> None:
    """Compile what is in force; the hook does it by itself when a file has changed."""
    from leashd_hooks.policy import compile as compiler

    place = here()
    bundle = compiler.compile_state(str(place.state), str(place.home))
    path = places.bundle(str(place.state))
    compiler.write(bundle, path)
    facts = {
        "path": path,
        "digest": bundle["digest"],
        "policies": list(bundle["policies"]),
        "roots": list(bundle["roots"]),
    }
    if as_json:
        render.data(facts)
    else:
        render.facts([(name, value if isinstance(value, str) else ", ".join(value)) for name, value in facts.items()])


@policy.command()
@click.argument("first")
@click.argument("second")
@json_option
def diff(first: str, second: str, as_json: bool) -> None:
    """Compare what two policies answer to every shipped example."""
    for name in (first, second):  # a name that is none is told before the work begins
        layers.of_names([name], [], str(here().home))
    rows = [row for row in _compared(first, second) if row["first"] != row["second"]]
    if as_json:
        render.data(rows)
        return
    columns = ("call", first, second)
    render.table(columns, [(row["call"], row["first"], row["second"]) for row in rows])
    if not rows:
        render.say("no example tells them apart")


def _compared(first: str, second: str) -> Iterator[dict[str, str]]:
    from leashd_hooks.policy import examples

    sides = [
        {row.text: row for row in examples.everything([*examples.OVERLAYS.get(name, []), name])}
        for name in (first, second)
    ]
    for text, row in sides[0].items():
        yield {"call": text, "first": row.verdict, "second": sides[1][text].verdict}

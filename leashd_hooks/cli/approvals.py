"""`leashd approvals`: answer agents from a terminal, as on the page."""

from __future__ import annotations

import json
import os
from typing import Any

import click

from leashd_hooks.cli import card, daemon, people, render
from leashd_hooks.cli.failure import Failure
from leashd_hooks.cli.people import Page
from leashd_hooks.cli.subcommands import Group


@click.group(cls=Group)
def approvals() -> None:
    """Answer what agents ask, from a terminal.

    The key is typed at the terminal each time: an agent's shell has neither.  When it is lost, `new-key` makes
    another.  Exit code 8 when nobody is there.
    """


@approvals.command(name="list")
@click.option("--all", "everything", is_flag=True, help="what was answered as well")
@click.option("--json", "as_json", is_flag=True, help="print JSON")
def list_(everything: bool, as_json: bool) -> None:
    """List what waits, oldest first."""
    with people.session() as page:
        found = _pending(page)
        done = _done(page) if everything else []
    if as_json:
        render.data([*found, *done])
        return
    if found:
        render.console().print(card.waiting(found))
    elif not everything:
        render.say("nothing waits")
    if done:
        rows = [
            (card.short(one), card.age(one["created"]), one["state"], one["surface"], f"{one['verb']}: {_line(one)}")
            for one in done
        ]
        render.lines(("id", "age", "state", "by", "what"), rows, wide="what")


def _pending(page: Page) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = page.get("/api/approvals", state="pending", limit=200)["approvals"]
    return found


def _done(page: Page) -> list[dict[str, Any]]:
    """What does not wait any more, newest first."""
    found: list[dict[str, Any]] = page.get("/api/approvals", limit=50)["approvals"]
    return [one for one in found if one["state"] != "pending"]


def _line(view: dict[str, Any]) -> str:
    return " ".join(str(view["text"]).split())[: card.LINE]


def _one(page: Page, id: str) -> dict[str, Any]:
    """The approval with this id, with an id that begins so, or the only one that waits."""
    found = _pending(page)
    chosen = [one for one in found if one["id"].startswith(id)]
    if id and not chosen:
        chosen = [one for one in _done(page) if one["id"].startswith(id)]
    if len(chosen) == 1:
        return chosen[0]
    if not found and not id:
        raise Failure("nothing waits", "`leashd approvals watch` waits for it")
    if len(chosen) > 1:
        begin = f" whose id begins with `{id}`" if id else " that wait"
        raise Failure(f"there are {len(chosen)} approvals{begin}", "name one; `leashd approvals list` shows them")
    view: dict[str, Any] = page.get(people.path("approvals", id))
    return view


@approvals.command()
@click.argument("id", default="")
@click.option("--json", "as_json", is_flag=True, help="print JSON")
def show(id: str, as_json: bool) -> None:
    """Show the approval ID in full; without ID the only one that waits."""
    with people.session() as page:
        view = _one(page, id)
    if as_json:
        render.data(view)
    else:
        render.console().print(card.card(view))


@approvals.command()
@click.argument("id", default="")
@click.option("--scope", type=click.Choice(["call", "session", "project"]), default="call", show_default=True,
              help="for how long the same effects need not be asked again")  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="print JSON")
def allow(id: str, scope: str, as_json: bool) -> None:
    """Allow what the approval ID shows, and nothing else."""
    with people.session() as page:
        view = _one(page, id)
        # What is asked is not what is answered: standard output has the answer alone.
        render.console(err=True).print(card.card(view))
        if view["comes_back"]:
            text = "it has ended; what can still be allowed is the next call that is the same, once"
            render.say(text, "yellow", err=True)
        if view["kind"] == "question":
            raise Failure("a question is answered with one of its answers", "open it on the page")
        if scope != "call":
            _preview(page, view, scope)
        if not _sure(view):
            raise Failure("nothing was answered")
        if view["comes_back"]:
            settled = page.post(people.path("approvals", view["id"], "again"), {"digest": view["digest"]})
        else:
            settled = _answer(page, view, {"allow": True, "scope": scope})
    _tell(settled, as_json)


def _preview(page: Page, view: dict[str, Any], scope: str) -> None:
    covered = page.get(people.path("approvals", view["id"], "covered"))
    if covered["refuses"]:
        raise Failure(covered["refuses"], "allow it once: leave `--scope` out")
    text = f"for this {scope} the same effects will not be asked again; of the last calls it would have covered:"
    render.say(text, err=True)
    for line in [_line(one) for one in covered["would_have_covered"]] or ["none"]:
        render.say(f"  {line}", "dim", err=True)


def _sure(view: dict[str, Any]) -> bool:
    try:
        if view["risk"] != "danger":
            return click.confirm("allow this?", default=False, err=True)
        question = "this is dangerous; type `allow` to allow it"
        return str(click.prompt(question, default="", show_default=False, err=True)) == "allow"
    except click.Abort:
        click.echo(err=True)
        return False


def _answer(page: Page, view: dict[str, Any], answer: dict[str, Any]) -> dict[str, Any]:
    path = people.path("approvals", view["id"], "answer")
    settled: dict[str, Any] = page.post(path, {"digest": view["digest"], **answer})
    return settled


def _tell(view: dict[str, Any], as_json: bool) -> None:
    if as_json:
        render.data(view)
    else:
        render.say(f"{view['state']}: {_line(view)}", "green" if view["state"] == "allowed" else "yellow")


@approvals.command()
@click.argument("id", default="")
@click.option("--message", default="", help="what the agent is told")
@click.option("--stop", is_flag=True, help="end the agent's turn as well")
@click.option("--json", "as_json", is_flag=True, help="print JSON")
def deny(id: str, message: str, stop: bool, as_json: bool) -> None:
    """Deny the approval ID, and tell the agent why."""
    with people.session() as page:
        settled = _answer(page, _one(page, id), {"allow": False, "message": message, "stop": stop})
    _tell(settled, as_json)


@approvals.command()
@click.option("--revoke", metavar="ID", help="take a grant back")
@click.option("--json", "as_json", is_flag=True, help="print JSON")
def grants(revoke: str | None, as_json: bool) -> None:
    """List what need not be asked again, or take one of them back."""
    with people.session() as page:
        if revoke:
            page.delete(people.path("grants", revoke))
        found = page.get("/api/grants")["grants"]
    if as_json:
        render.data(found)
    elif found:
        rows = [(one["id"], card.age(one["created"]), one["scope"], str(one["uses"]), one["title"]) for one in found]
        render.table(("id", "age", "scope", "uses", "what"), rows, right=("uses",))
    else:
        render.say("everything is asked")


@approvals.command()
def new_key() -> None:
    """Make a new key, and log every device out; the key is shown this once, on this terminal only."""
    with people.terminal() as terminal:
        question = "the old key and every device will be let in no more; type `new key` to go on: "
        if people.typed(terminal, question) != "new key":
            raise Failure("the key is the old one")
        key = daemon.new_key(daemon.state())
        os.write(terminal, f"key   {key}\n      it is shown this once; keep it in your password manager\n".encode())


@approvals.command()
@click.option("--json", "as_json", is_flag=True, help="print one JSON object a line, and answer nothing")
def watch(as_json: bool) -> None:
    """See what agents ask as they ask it, and answer with a key: a allows, d denies, j and k choose, q leaves."""
    from leashd_hooks.cli.watch import Watch

    with people.session() as page:
        if as_json:
            _follow(page)
        else:
            Watch(page).run()


def _follow(page: Page) -> None:
    for name, number, told in page.events(page.get("/api/state")["cursor"]):
        if name != "ping":
            click.echo(json.dumps({"event": name, "id": number, "data": told}, ensure_ascii=False))

"""`leashd approvals`: a real supervisor, hooks that really wait, and a person at a terminal."""

import json
import os
import re
import sqlite3
import subprocess
import sys

import pytest

from leashd_hooks.approval import digest
from leashd_hooks.cli import people
from leashd_hooks.cli.failure import Failure
from leashd_hooks.model import Call
from tests.leashd_hooks.cli.daemons import at_terminal, eventually

ASK = (
    "import sys, json; from leashd_hooks import client;"
    "print(json.dumps(client.ask(sys.argv[1], '/ask', json.loads(sys.argv[2]), 60)))"
)
PUSH = {
    "kind": "tool", "agent": "claude", "session": "s1", "call_id": "c1", "tool": "Bash",
    "input": {"command": "git push origin main", "description": "publish"}, "cwd": "/p",
    "rule": "push", "reason": "others see it",
    "effects": [{"kind": "git", "operation": "push", "changes": "remote"}],
}  # fmt: skip
COMMANDS = [["list"], ["show"], ["allow"], ["deny"], ["grants"], ["watch"], ["watch", "--json"], ["new-key"]]


class Agent:
    """A hook that asks and waits."""

    def __init__(self, daemon, **fields) -> None:
        question = {**PUSH, **fields}
        bound = digest(Call(question["tool"], question["input"], question["cwd"]))
        path = str(daemon.folder / "run" / "hook.sock")
        self.process = subprocess.Popen(
            [sys.executable, "-c", ASK, path, json.dumps({"digest": bound, **question})],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def answer(self) -> dict:
        out, error = self.process.communicate(timeout=30)
        assert out, error
        return json.loads(out)


@pytest.fixture
def desk(daemon):
    """A supervisor whose key is known, and the agents that ask it."""
    shown, code = at_terminal(daemon, "start", "--port", "0")
    assert code == 0, shown
    daemon.key = re.search(r"key +(leashd-\S+)", shown)[1]
    daemon.agents = []

    def ask(**fields) -> Agent:
        before = daemon.json("status")["supervisor"]["waiting"]
        agent = Agent(daemon, **fields)
        daemon.agents.append(agent)
        eventually(lambda: daemon.json("status")["supervisor"]["waiting"] > before)
        return agent

    daemon.ask = ask
    yield daemon
    for agent in daemon.agents:
        agent.process.kill()
        agent.process.communicate()


def _with_key(desk, *args, dialog=(), **options):
    return at_terminal(desk, "approvals", *args, dialog=[("link: ", desk.key + "\n"), *dialog], **options)


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_without_a_terminal_nobody_answers(daemon, command):
    done = daemon.run("approvals", *command, stdin="leashd-key\n")
    assert done.returncode == 8
    assert "nobody is at a terminal here, and only a person answers" in done.stderr
    assert "help: use the page" in done.stderr


@pytest.mark.parametrize("variable", ["CLAUDECODE", "CODEX_SANDBOX"])
def test_in_a_shell_of_an_agent_nobody_answers_either(daemon, variable):
    shown, code = at_terminal(daemon, "approvals", "allow", env={variable: "1"})
    assert code == 8
    assert "an agent does not answer for people" in shown


def test_a_key_in_the_environment_or_an_argument_is_none(desk):
    env = {"LEASHD_KEY": desk.key, "LEASHD_API_KEY": desk.key}
    assert desk.run("approvals", "list", env=env).returncode == 8
    assert desk.run("approvals", "list", "--key", desk.key).returncode == 1


def test_a_wrong_key_is_refused_and_never_shown(desk):
    shown, code = at_terminal(desk, "approvals", "list", dialog=[("link: ", "leashd-wrong\n")])
    assert code == 1
    assert "this is not the key" in shown
    assert "leashd-wrong" not in shown


def test_a_new_key_ends_the_old_one_and_every_device(desk):
    shown, _ = at_terminal(desk, "restart")
    link = re.search(r"link +(\S+)", shown)[1]
    page = people.Page(desk.told["host"], desk.told["port"])
    page.login(desk.key)
    shown, code = at_terminal(desk, "approvals", "new-key", dialog=[("to go on: ", "new key\n")])
    assert code == 0, shown
    old, desk.key = desk.key, re.search(r"key +(leashd-\S+)", shown)[1]
    assert desk.key != old
    with pytest.raises(Failure, match="nobody is logged in"):
        page.get("/api/me")
    for gone in (old, link):
        assert at_terminal(desk, "approvals", "list", dialog=[("link: ", gone + "\n")])[1] == 1
    assert _with_key(desk, "list")[1] == 0


def test_a_key_is_made_anew_by_the_words_only(desk):
    shown, code = at_terminal(desk, "approvals", "new-key", dialog=[("to go on: ", "y\n")])
    assert (code, "the key is the old one" in shown) == (1, True), shown
    assert _with_key(desk, "list")[1] == 0


def test_without_a_supervisor_a_key_is_made_as_well(desk):
    desk.run("stop")
    shown, code = at_terminal(desk, "approvals", "new-key", dialog=[("to go on: ", "new key\n")])
    assert code == 0, shown
    assert "it is shown this once" in shown


def test_the_key_is_not_shown_while_it_is_typed(desk):
    shown, code = _with_key(desk, "list")
    assert code == 0, shown
    assert desk.key not in shown
    assert "nothing waits" in shown


def test_the_link_of_a_start_lets_in_once(desk):
    shown, _ = at_terminal(desk, "restart")
    link = re.search(r"link +(\S+)", shown)[1]
    assert at_terminal(desk, "approvals", "list", dialog=[("link: ", link + "\n")])[1] == 0
    assert at_terminal(desk, "approvals", "list", dialog=[("link: ", link + "\n")])[1] == 1


def test_the_session_ends_with_the_command(desk):
    _with_key(desk, "list")
    with sqlite3.connect(desk.folder / "supervisor.db") as db:
        assert db.execute("select count(*) from device").fetchone() == (0,)


def _json(shown: str) -> str:
    return shown[shown.index("link: ") + len("link: ") :].strip()


def test_what_waits_is_listed_and_shown(desk):
    desk.ask()
    shown, _ = _with_key(desk, "list")
    assert "git push origin main" in shown
    card, code = _with_key(desk, "show")
    assert code == 0, card
    for part in ("git push origin main", "others see it", "publish", "why asked", "agent says", "/p"):
        assert part in card


@pytest.mark.parametrize("width", [40, 80])
def test_in_a_narrow_terminal_only_what_it_is_about_is_cut(desk, width):
    desk.ask(input={"command": "git push origin " + "main-" * 30})
    view = json.loads(_json(_with_key(desk, "list", "--json")[0]))[0]
    shown, code = _with_key(desk, "list", env={"COLUMNS": str(width), "TERM": "xterm"})
    assert code == 0, shown
    rows = re.sub(r"\x1b\[[\d;]*m", "", _json(shown)).splitlines()
    assert re.match(rf" 1  {view['id'][:8]}  \d+ s +{view['risk']} +\S", rows[1]), rows
    assert max(map(len, rows)) <= width


def test_an_id_may_be_as_short_as_the_list_shows_it(desk):
    agent = desk.ask()
    short = json.loads(_json(_with_key(desk, "list", "--json")[0]))[0]["id"][:8]
    assert _with_key(desk, "deny", short)[1] == 0
    assert agent.answer()["state"] == "denied"
    shown, code = _with_key(desk, "list", "--all")
    assert (code, f"{short}  " in shown, "denied" in shown) == (0, True, True), shown
    assert _with_key(desk, "show", short)[1] == 0


def test_what_is_asked_at_the_terminal_is_no_part_of_the_answer(desk):
    agent = desk.ask(input={"command": "make it"}, effects=[{"kind": "run", "program": "make"}])
    _, code = _with_key(desk, "allow", "--json", dialog=[("allow this?", "y\n")], out=desk.folder / "out")
    assert code == 0
    assert json.loads((desk.folder / "out").read_text())["state"] == "allowed"
    assert agent.answer()["state"] == "allowed"


def test_allowing_lets_the_hook_go_on(desk):
    agent = desk.ask()
    view = json.loads(_json(_with_key(desk, "show", "--json")[0]))
    answer = "allow\n" if view["risk"] == "danger" else "y\n"
    question = "to allow it" if view["risk"] == "danger" else "allow this?"
    shown, code = _with_key(desk, "allow", view["id"], dialog=[(question, answer)])
    assert code == 0, shown
    told = agent.answer()
    assert (told["state"], told["surface"]) == ("allowed", "terminal")


@pytest.mark.parametrize("typed", ["n\n", "\n", "y\n"])
def test_what_is_dangerous_is_allowed_by_the_word_only(desk, typed):
    agent = desk.ask(input={"command": "rm -rf /"}, effects=[{"kind": "delete", "path": "/", "recursive": True}])
    shown, code = _with_key(desk, "allow", dialog=[("type `allow`", typed)])
    assert code == 1, shown
    assert "nothing was answered" in shown
    assert agent.process.poll() is None


def test_denying_tells_the_agent_why_and_stops_it(desk):
    agent = desk.ask()
    shown, code = _with_key(desk, "deny", "--message", "not on a Friday", "--stop")
    assert code == 0, shown
    told = agent.answer()
    assert (told["state"], told["message"], told["stop"]) == ("denied", "not on a Friday", True)


def test_an_approval_that_has_ended_can_be_allowed_for_the_next_try(desk):
    told = Agent(desk, timeout=0.1).answer()
    assert told["state"] == "expired"
    shown, code = _with_key(desk, "allow", told["id"], dialog=[("type `allow`", "allow\n")])
    assert code == 0, shown
    assert "the next call that is the same, once" in shown
    again = Agent(desk, call_id="c2", timeout=5)
    assert again.answer()["state"] == "allowed"


def test_of_several_one_is_named(desk):
    desk.ask()
    desk.ask(call_id="c2")
    shown, code = _with_key(desk, "deny")
    assert code == 1
    assert "there are 2 approvals that wait" in shown
    assert "`leashd approvals list`" in shown


def test_an_id_that_is_none_is_said(desk):
    shown, code = _with_key(desk, "show", "nope")
    assert code == 1
    assert "there is no approval" in shown


def test_what_need_not_be_asked_again_is_previewed_listed_and_taken_back(desk):
    effects = [{"kind": "run", "program": "make"}]
    agent = desk.ask(input={"command": "make it"}, effects=effects, project="/p")
    shown, code = _with_key(desk, "allow", "--scope", "session", dialog=[("allow this?", "y\n")])
    assert code == 0, shown
    assert "of the last calls it would have covered" in shown
    assert agent.answer()["state"] == "allowed"
    granted = json.loads(_json(_with_key(desk, "grants", "--json")[0]))
    assert [(one["scope"], one["title"]) for one in granted] == [("session", "Bash make it")]
    shown, code = _with_key(desk, "grants", "--revoke", granted[0]["id"])
    assert (code, "everything is asked" in shown) == (0, True), shown


def test_watching_shows_what_comes_and_a_key_answers_it(desk):
    agent = desk.ask(call_id="c9", input={"command": "make watched"}, effects=[{"kind": "run"}])
    # The first key comes before anybody can have read the card, and counts for nothing.
    keys = [("make watched", ""), ("read it first", "a"), ("d deny", "d"), ("denied (terminal)", "q")]
    shown, code = _with_key(desk, "watch", dialog=keys, env={"TERM": "xterm", "LINES": "50"})
    assert code == 0, shown
    assert agent.answer()["state"] == "denied"


def test_what_a_screen_does_not_show_whole_is_not_allowed_from_it(desk):
    agent = desk.ask(input={"command": "make it"}, effects=[{"kind": "run", "program": "make"}])
    keys = [("does not show all of it", ""), ("d deny", "a"), ("does not show all of it", "q")]
    shown, code = _with_key(desk, "watch", dialog=keys, env={"TERM": "xterm", "LINES": "12", "COLUMNS": "80"})
    assert code == 0, shown
    assert agent.process.poll() is None


def test_of_many_the_list_leaves_room_for_the_card(desk):
    desk.agents += [Agent(desk, call_id=f"c{number}") for number in range(12)]
    eventually(lambda: desk.json("status")["supervisor"]["waiting"] == 12)
    keys = [("d deny", "jjjjjjjjjjjjj"), (">12", ""), ("agent says", "k"), (">11", "q")]
    shown, code = _with_key(desk, "watch", dialog=keys, env={"TERM": "xterm", "LINES": "24", "COLUMNS": "80"})
    assert code == 0, shown


def test_who_stops_it_is_told_what_waits(desk):
    desk.ask()
    assert "note: 1 call waits for the next supervisor" in desk.run("stop").stdout


def test_watching_waits_for_what_comes(desk):
    keys = [("nothing waits", "q")]
    shown, code = _with_key(desk, "watch", dialog=keys, env={"TERM": "xterm", "LINES": "50"})
    assert code == 0, shown


def test_no_address_of_a_dead_supervisor_gets_the_key(desk):
    desk.run("stop")
    (desk.folder / "run" / "supervisor.json").write_text(
        json.dumps({"pid": os.getpid(), "host": "127.0.0.1", "port": 1})
    )
    shown, code = at_terminal(desk, "approvals", "list")
    assert code == 4
    assert "no supervisor is running" in shown
    assert "key, or" not in shown

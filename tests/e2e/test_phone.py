"""The whole way: an agent in a terminal asks, a person with a phone answers, the agent goes on."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.codex_lab import CodexLab
from tests.e2e.lab import Lab, give_remote, pushed
from tests.e2e.tui import CodexTui, Terminal, Tui
from tests.fakes import codex
from tests.fakes.anthropic import DONE, ModelServer, Turn, call
from tests.leashd_supervisor.page.browser import House, Person

NOTES = "one\ntwo\nthree\n"
QUESTION = {
    "question": "Which name?",
    "header": "Name",
    "options": [{"label": "Alder", "description": "a tree"}, {"label": "Birch", "description": "another"}],
    "multiSelect": False,
}


@contextmanager
def carrying(chromium: Browser, home: Path) -> Iterator[Person]:
    """A phone with the page of a home's supervisor on it."""
    house = House(home / ".leashd")
    person = Person(chromium, house).log_in()
    yield person
    person.leave()
    house.stop()


@pytest.fixture
def phone(lab: Lab, chromium: Browser) -> Iterator[Person]:
    """A phone with the page of the lab's supervisor on it."""
    with carrying(chromium, lab.home) as person:
        yield person


def pushes(terminal: Terminal, phone: Person, home: Path) -> None:
    """An agent that pushes is told why not, tries again, and may."""
    with terminal:
        terminal.begins()
        phone.card()
        expect(phone.find(".command")).to_contain_text("git push origin main")
        phone.find("summary").get_by_text("Deny and say why").click()
        phone.page.get_by_label("What the agent is told").fill("not on a Friday")
        phone.press("Deny with this")
        phone.told("Denied")
        assert terminal.waits_for("not on a Friday"), terminal.screen()
        assert not pushed(home)
        phone.card().hold("Hold to allow", "Allowed")
        assert terminal.waits_for(DONE), terminal.screen()
    assert pushed(home)


def test_claude_codes_push_is_denied_with_a_word_and_allowed_the_second_time(lab: Lab, phone: Person) -> None:
    push = {"command": "git push origin main", "description": "publish"}
    pushes(Tui(lab, [[call("Bash", **push)], [call("Bash", **push)]], "default"), phone, lab.home)


def test_codexs_push_is_denied_with_a_word_and_allowed_the_second_time(directory: Path, chromium: Browser) -> None:
    lab = CodexLab(directory)
    lab.install()
    give_remote(lab.home, lab.project)
    push = {"cmd": "git push origin main"}
    turns = [[codex.call("exec_command", **push)], [codex.call("exec_command", **push)]]
    with carrying(chromium, lab.home) as phone:
        pushes(CodexTui(lab, turns), phone, lab.home)


def test_an_edit_is_seen_as_what_it_changes(lab: Lab, phone: Person) -> None:
    notes = lab.project / "notes.md"
    notes.write_text(NOTES)
    read = call("Read", file_path=str(notes))
    edit = call("Edit", file_path=str(notes), old_string="two", new_string="a better two")
    with Tui(lab, [[read], [edit]], "default") as tui:
        tui.begins()
        phone.card()
        expect(phone.find(".diff")).to_contain_text("a better two")
        assert notes.read_text() == NOTES
        phone.press("Allow once")
        assert tui.waits_for(DONE), tui.screen()
    assert notes.read_text() == NOTES.replace("two", "a better two")


class Planner(ModelServer):
    """A model that asks, writes its plan into the file that the client names, and shows it."""

    def answer(self, request: "dict[str, Any]") -> Turn:
        named = re.search(r"/[^\s\"'`\\]*/plans/[^\s\"'`\\]*\.md", json.dumps(request["messages"]))
        if named and len(self.streams[0][1]) == 1:
            write = call("Write", file_path=named.group(), content="# Plan\n1. look\n2. do")
            self.streams = [("", [*self.streams[0][1], [write], [call("ExitPlanMode")]])]
        return super().answer(request)


def test_a_question_and_a_plan_are_answered(lab: Lab, phone: Person) -> None:
    model = Planner([[call("AskUserQuestion", questions=[QUESTION])]])
    with Tui(lab, model, "plan") as tui:
        tui.begins()
        phone.card().page.get_by_label("Birch").check()
        phone.press("Answer")
        phone.waiting()
        phone.card()
        expect(phone.find("main")).to_contain_text("look")
        phone.press("Approve plan")
        assert tui.waits_for(DONE), tui.screen()
        assert "Birch" in str(tui.model.requests[-1])

"""A person who sits elsewhere answers a real client in a terminal; `test_phone` shows the same with a page."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator

import pytest

from tests.e2e.lab import Lab, pushed
from tests.e2e.tui import Tui
from tests.fakes.anthropic import DONE, Turn, call
from tests.leashd_supervisor.conftest import Supervisor, until


@pytest.fixture
def supervisor(lab: Lab) -> Iterator[Supervisor]:
    running = Supervisor(lab.home / ".leashd")
    yield running
    running.stop()


def push() -> "list[Turn]":
    return [[call("Bash", command="git push origin main", description="publish")]]


def test_a_denial_reaches_the_agent_where_its_own_questions_are_off(lab: Lab, supervisor: Supervisor) -> None:
    with Tui(lab, push(), "bypassPermissions") as tui:
        tui.begins()
        (id,) = supervisor.pending()
        supervisor.tell(do="answer", id=id, allow=False, message="not on a Friday")
        assert tui.waits_for(DONE), tui.screen()
        assert "not on a Friday" in " ".join(tui.screen().split()), tui.screen()
    assert not pushed(lab.home)


def test_an_edited_command_runs_instead(lab: Lab, supervisor: Supervisor) -> None:
    with Tui(lab, push(), "default") as tui:
        tui.begins()
        (id,) = supervisor.pending()
        edited = {"command": "git push --dry-run origin main", "description": "publish"}
        supervisor.tell(do="answer", id=id, allow=True, input=edited)
        assert tui.waits_for(DONE), tui.screen()
    assert not pushed(lab.home)


def test_a_denial_that_stops_the_turn_stops_it(lab: Lab, supervisor: Supervisor) -> None:
    with Tui(lab, push(), "default") as tui:
        tui.begins()
        (id,) = supervisor.pending()
        supervisor.tell(do="answer", id=id, allow=False, stop=True, message="enough for today")
        assert tui.waits_for("enough for today"), tui.screen()
        time.sleep(1)
        assert DONE not in tui.screen()
    assert not pushed(lab.home)


def test_a_person_who_interrupts_at_the_terminal_ends_the_question(lab: Lab, supervisor: Supervisor) -> None:
    with Tui(lab, push(), "default") as tui:
        tui.begins()
        (id,) = supervisor.pending()
        time.sleep(0.5)
        tui.types("Escape")
        end = time.monotonic() + 20
        while supervisor.tell(do="pending")["pending"] and time.monotonic() < end:
            time.sleep(0.2)
        assert supervisor.tell(do="answer", id=id, allow=True) == {"late": "cancelled"}
    assert not pushed(lab.home)


def test_the_end_of_a_session_withdraws_what_its_agent_was_told_to_come_back_for(
    lab: Lab, supervisor: Supervisor
) -> None:
    settings = json.loads(lab.settings.read_text())
    for group in settings["hooks"]["PreToolUse"]:
        group["hooks"][0]["args"] += ["--patience", "5"]
    lab.settings.write_text(json.dumps(settings))
    with Tui(lab, push(), "default") as tui:
        tui.begins()
        assert tui.waits_for(DONE), tui.screen()
        (id,) = supervisor.pending()
        tui.says("/exit")
        until(lambda: supervisor.tell(do="pending")["pending"] == [])
    assert supervisor.tell(do="answer", id=id, allow=True) == {"late": "cancelled"}
    assert not pushed(lab.home)

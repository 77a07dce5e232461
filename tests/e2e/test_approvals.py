"""A person who sits elsewhere answers a real client in a terminal: calls, edits, questions and plans."""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.lab import NEWEST, Lab
from tests.e2e.tui import PROMPT, Tui
from tests.fakes.anthropic import DONE, Turn, call
from tests.leashd_supervisor.conftest import Supervisor, until


@pytest.fixture
def lab(directory: Path) -> Lab:
    lab = Lab(directory, NEWEST)
    lab.install()
    subprocess.run(["git", "init", "-q", "--bare", str(lab.home / "remote.git")], check=True)
    lab.shell(f"git remote add origin {lab.home}/remote.git && git commit -q --allow-empty -m a && git branch -M main")
    return lab


@pytest.fixture
def supervisor(lab: Lab) -> Iterator[Supervisor]:
    running = Supervisor(lab.home / ".leashd")
    yield running
    running.stop()


def start(tui: Tui) -> None:
    assert tui.waits_for(PROMPT), tui.screen()
    time.sleep(0.7)
    tui.says("go")


def pushed(lab: Lab) -> bool:
    heads = subprocess.run(
        ["git", "-C", str(lab.home / "remote.git"), "branch"], capture_output=True, text=True, check=True
    )
    return "main" in heads.stdout


def push() -> "list[Turn]":
    return [[call("Bash", command="git push origin main", description="publish")]]


def test_a_push_waits_for_the_person_and_then_runs(lab: Lab, supervisor: Supervisor) -> None:
    with Tui(lab, push(), "default") as tui:
        start(tui)
        (id,) = supervisor.pending()
        assert not pushed(lab)
        assert DONE not in tui.screen()
        supervisor.tell(do="answer", id=id, allow=True)
        assert tui.waits_for(DONE), tui.screen()
    assert pushed(lab)


@pytest.mark.parametrize("mode", ["default", "bypassPermissions"])
def test_a_denial_reaches_the_agent_with_its_message(mode: str, lab: Lab, supervisor: Supervisor) -> None:
    with Tui(lab, push(), mode) as tui:
        start(tui)
        (id,) = supervisor.pending()
        supervisor.tell(do="answer", id=id, allow=False, message="not on a Friday")
        assert tui.waits_for(DONE), tui.screen()
        assert "not on a Friday" in " ".join(tui.screen().split()), tui.screen()
    assert not pushed(lab)


def test_an_edited_command_runs_instead(lab: Lab, supervisor: Supervisor) -> None:
    with Tui(lab, push(), "default") as tui:
        start(tui)
        (id,) = supervisor.pending()
        edited = {"command": "git push --dry-run origin main", "description": "publish"}
        supervisor.tell(do="answer", id=id, allow=True, input=edited)
        assert tui.waits_for(DONE), tui.screen()
    assert not pushed(lab)


def test_a_denial_that_stops_the_turn_stops_it(lab: Lab, supervisor: Supervisor) -> None:
    with Tui(lab, push(), "default") as tui:
        start(tui)
        (id,) = supervisor.pending()
        supervisor.tell(do="answer", id=id, allow=False, stop=True, message="enough for today")
        assert tui.waits_for("enough for today"), tui.screen()
        time.sleep(1)
        assert DONE not in tui.screen()
    assert not pushed(lab)


def test_a_question_of_the_agent_is_answered_from_afar(lab: Lab, supervisor: Supervisor) -> None:
    question = {
        "question": "Which name?",
        "header": "Name",
        "options": [{"label": "Alder", "description": "a tree"}, {"label": "Birch", "description": "another"}],
        "multiSelect": False,
    }
    with Tui(lab, [[call("AskUserQuestion", questions=[question])]], "default") as tui:
        start(tui)
        (id,) = supervisor.pending()
        supervisor.tell(
            do="answer", id=id, allow=True, input={"questions": [question], "answers": {"Which name?": "Birch"}}
        )
        assert tui.waits_for(DONE), tui.screen()
        assert any("Birch" in str(request) for request in tui.model.requests[-1:]), tui.screen()


def test_a_plan_is_approved_from_afar(lab: Lab, supervisor: Supervisor) -> None:
    with Tui(lab, [[call("ExitPlanMode", plan="1. look\n2. do")]], "plan") as tui:
        start(tui)
        (id,) = supervisor.pending()
        supervisor.tell(do="answer", id=id, allow=True)
        assert tui.waits_for(DONE), tui.screen()


def test_a_person_who_interrupts_at_the_terminal_ends_the_question(lab: Lab, supervisor: Supervisor) -> None:
    with Tui(lab, push(), "default") as tui:
        start(tui)
        (id,) = supervisor.pending()
        time.sleep(0.5)
        tui.types("Escape")
        end = time.monotonic() + 20
        while supervisor.tell(do="pending")["pending"] and time.monotonic() < end:
            time.sleep(0.2)
        assert supervisor.tell(do="answer", id=id, allow=True) == {"late": "cancelled"}
    assert not pushed(lab)


def test_the_end_of_a_session_withdraws_what_its_agent_was_told_to_come_back_for(
    lab: Lab, supervisor: Supervisor
) -> None:
    settings = json.loads(lab.settings.read_text())
    for group in settings["hooks"]["PreToolUse"]:
        group["hooks"][0]["args"] += ["--patience", "5"]
    lab.settings.write_text(json.dumps(settings))
    with Tui(lab, push(), "default") as tui:
        start(tui)
        assert tui.waits_for(DONE), tui.screen()
        (id,) = supervisor.pending()
        tui.says("/exit")
        until(lambda: supervisor.tell(do="pending")["pending"] == [])
    assert supervisor.tell(do="answer", id=id, allow=True) == {"late": "cancelled"}
    assert not pushed(lab)

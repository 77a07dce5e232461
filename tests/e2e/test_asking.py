"""What needs approval is put before the person at the terminal, and runs only after their yes."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from tests.e2e.lab import VERSIONS, Lab
from tests.e2e.tui import PROMPT, Tui
from tests.fakes.anthropic import DONE, call

DIALOG = "Do you want"
#: Where the client asks, whatever its own rules say; in the other modes a denial is the answer, too.
ASKING_MODES = ("default", "acceptEdits", "plan")
OTHER_MODES = ("auto", "dontAsk", "bypassPermissions")


@pytest.fixture(params=VERSIONS)
def lab(request: pytest.FixtureRequest, directory: Path) -> Lab:
    """A laboratory whose policy asks before the project is changed, and whose client would not ask."""
    lab = Lab(directory, request.param)
    lab.user_settings(permissions={"allow": ["Bash", "Write"]})
    lab.install()
    return lab


def terminal(lab: Lab, mode: str) -> Tui:
    """A client that is about to write a file of the project; the dialog for `Write` would not show the reason."""
    return Tui(lab, [[call("Bash", command="echo x > marker", description="mark")]], mode)


def written(lab: Lab) -> bool:
    return (lab.project / "marker").exists()


def start(tui: Tui) -> None:
    """Sends the prompt and waits for the dialog or the end."""
    assert tui.waits_for(PROMPT), tui.screen()
    time.sleep(0.7)
    tui.says("go")
    assert tui.waits_for(f"{DIALOG}|{DONE}"), tui.screen()


@pytest.mark.parametrize("mode", ASKING_MODES)
def test_a_person_sees_the_reason_and_says_no(lab: Lab, mode: str) -> None:
    with terminal(lab, mode) as tui:
        start(tui)
        assert DIALOG in tui.screen(), tui.screen()
        assert "leashd: needs a person's approval" in " ".join(tui.screen().split())
        time.sleep(1)
        tui.types("Escape")
        assert tui.waits_for("ejected|nterrupted|denied"), tui.screen()
    assert not written(lab)


def test_a_person_says_yes(lab: Lab) -> None:
    with terminal(lab, "default") as tui:
        start(tui)
        time.sleep(1.5)  # keys that come sooner are dropped
        tui.types("Enter")
        assert tui.waits_for(DONE), tui.screen()
    assert written(lab)


@pytest.mark.parametrize("mode", OTHER_MODES)
def test_in_no_mode_does_it_run_unasked(lab: Lab, mode: str) -> None:
    with terminal(lab, mode) as tui:
        start(tui)
    assert not written(lab)


def test_headless_it_is_denied(lab: Lab) -> None:
    block = call("Write", file_path=str(lab.project / "marker"), content="x")
    run = lab.run([[block]])
    assert "needs a" in run.results[block["id"]].text or "needs approval" in run.results[block["id"]].text
    assert not written(lab)

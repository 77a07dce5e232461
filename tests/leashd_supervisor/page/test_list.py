"""The list of what waits: who needs you, answered from the row, in order, by keyboard, whatever the network does."""

import re
from collections.abc import Callable

from playwright.sync_api import expect

from tests.hook.guard import Guard
from tests.leashd_supervisor.conftest import Hook
from tests.leashd_supervisor.page.browser import DESK, House, Person

CHECK = {"command": "frobnicate --all"}
OTHER = {"command": "frobnicate --some"}
PUSH = {"command": "git push origin main"}


#: A user who wants to see even what only looks.
CAREFUL = """
version: 1
name: careful
rules:
  - name: history
    action: require_approval
    reason: the history is asked about
    when: {effect: git, verb: log}
"""


def low(number: int) -> "dict[str, str]":
    """A call of low risk that a careful user is asked about."""
    return {"command": f"git log -{number}"}


def rows(person: Person) -> "list[str]":
    """The commands in the list, from the top."""
    return person.find(".row-card .row-text").all_inner_texts()


def test_a_call_is_allowed_from_its_row(guard: Guard, anyone: Person) -> None:
    hook = Hook(guard, **CHECK)
    anyone.button(re.compile("^Allow once: ")).click()
    anyone.told("Allowed")
    assert hook.answer()[0] == "allow"


def test_a_small_edit_is_seen_and_allowed_in_its_row(guard: Guard, anyone: Person) -> None:
    path = guard.project / "cart.py"
    path.write_text("total = 1\n")
    hook = Hook(guard, "Write", file_path=str(path), content="total = 2\n")
    expect(anyone.find(".row-card .diff-body")).to_contain_text("total = 2")
    anyone.button("Allow once: Replace 1 file (+1 \u22121)").click()
    anyone.told("Allowed")
    assert hook.answer()[0] == "allow"


def test_an_edit_that_a_row_cannot_show_is_opened_first(guard: Guard, person: Callable[..., Person]) -> None:
    Hook(guard, "Write", file_path=str(guard.project / "new.py"), content="one line\n" * 7)
    row = person().log_in().find(".row-card")
    expect(row.get_by_role("link", name="Review", exact=True)).to_be_visible()
    expect(row.get_by_role("button", name=re.compile("Allow"))).to_have_count(0)


def test_a_call_is_denied_from_its_row(guard: Guard, anyone: Person) -> None:
    hook = Hook(guard, **PUSH)
    anyone.button(re.compile("^Deny: ")).click()
    anyone.told("Denied")
    assert hook.answer()[0] == "deny"


def test_danger_is_never_allowed_from_a_row(guard: Guard, anyone: Person) -> None:
    Hook(guard, **PUSH)
    row = anyone.find(".row-card")
    expect(row.get_by_role("link", name="Review", exact=True)).to_be_visible()
    expect(row.get_by_role("button")).to_have_count(1)


def test_what_a_row_cannot_show_whole_is_not_allowed_from_it(guard: Guard, anyone: Person) -> None:
    Hook(guard, command="frobnicate " + "x" * 300)
    row = anyone.find(".row-card")
    expect(row).to_contain_text("characters, open to read")
    expect(row.get_by_role("button", name=re.compile("Allow"))).to_have_count(0)


def test_a_short_question_is_answered_from_its_row(guard: Guard, anyone: Person) -> None:
    options = [{"label": "A", "description": ""}, {"label": "B", "description": ""}]
    questions = [{"question": "A or B?", "header": "Name", "multiSelect": False, "options": options}]
    hook = Hook(guard, "AskUserQuestion", questions=questions)
    anyone.press("B")
    anyone.told("Answered")
    assert hook.answer()[2]["hookSpecificOutput"]["updatedInput"]["answers"] == {"A or B?": "B"}


def test_calls_of_low_risk_are_allowed_together_after_they_are_read(guard: Guard, anyone: Person) -> None:
    (guard.state / "policy.yaml").write_text(CAREFUL)
    hooks = [Hook(guard, call=f"low{number}", **low(number)) for number in (3, 5)]
    other = Hook(guard, call="check", **CHECK)
    anyone.waiting(3)
    anyone.button("Allow low \u00d72…").click()
    dialog = anyone.page.get_by_role("dialog")
    for number in (3, 5):
        expect(dialog).to_contain_text(low(number)["command"])
    expect(dialog).not_to_contain_text("frobnicate")
    anyone.press("Allow 2")
    assert [hook.answer()[0] for hook in hooks] == ["allow", "allow"]
    assert [one["text"] for one in anyone.waiting()] == [CHECK["command"]]
    other.kill()


def test_what_is_new_comes_last_and_moves_nothing(guard: Guard, anyone: Person) -> None:
    Hook(guard, call="first", **CHECK)
    first = anyone.find(".row-card").first
    expect(first).to_contain_text("frobnicate --all")
    before = first.bounding_box()
    Hook(guard, call="second", **PUSH)
    expect(anyone.find(".row-card")).to_have_count(2)
    assert rows(anyone) == [CHECK["command"], PUSH["command"]]
    assert first.bounding_box() == before


def test_what_is_settled_stays_in_its_place_until_one_comes_back(guard: Guard, anyone: Person) -> None:
    Hook(guard, call="first", **CHECK)
    anyone.waiting()
    Hook(guard, call="second", **OTHER)
    expect(anyone.find(".row-card")).to_have_count(2)
    second = anyone.find(".row-card").nth(1)
    anyone.button(re.compile("^Deny: ")).first.click()
    anyone.told("Denied")
    assert rows(anyone) == [CHECK["command"], OTHER["command"]]
    second.get_by_role("link").first.click()
    expect(anyone.find("#verb")).to_be_visible()
    anyone.find(".back").click()
    expect(anyone.find(".row-card")).to_have_count(1)
    assert rows(anyone) == [OTHER["command"]]
    expect(anyone.find("section").filter(has_text="Done")).to_contain_text(CHECK["command"])


def test_nothing_is_said_of_what_waits_before_it_is_known(guard: Guard, person: Callable[..., Person]) -> None:
    Hook(guard, **CHECK)
    one = person()
    one.page.route("**/api/state", lambda route: None)
    one.log_in()
    expect(one.find(".dashboard")).to_contain_text("Loading")
    expect(one.find("body")).not_to_contain_text("Nothing waits")


def test_one_comes_back_to_the_place_in_the_list(guard: Guard, person: Callable[..., Person]) -> None:
    for number in range(8):
        Hook(guard, call=f"c{number}", command=f"frobnicate --{number}")
    one = person().log_in()
    one.waiting(8)
    last = one.find(".row-card").last
    last.scroll_into_view_if_needed()
    last.locator(".row-link").click()
    expect(one.find("#verb")).to_be_focused()
    assert one.page.evaluate("scrollY") == 0
    one.find(".back").click()
    expect(last).to_be_in_viewport()


def test_the_title_counts_and_the_screen_reader_hears_it(guard: Guard, anyone: Person) -> None:
    expect(anyone.page).to_have_title("leashd")
    Hook(guard, **CHECK)
    expect(anyone.page).to_have_title("(1) leashd")
    expect(anyone.find("#said")).to_have_text("1 waiting for you")
    expect(anyone.find("#urgent")).to_be_empty()
    assert "waiting" in str(anyone.find("#favicon").get_attribute("href"))


def test_danger_is_said_at_once(guard: Guard, anyone: Person) -> None:
    Hook(guard, **PUSH)
    anyone.card()
    expect(anyone.find("#urgent")).to_have_text(re.compile("^Danger: "))


def test_an_agent_that_works_is_listed(guard: Guard, anyone: Person) -> None:
    guard.send(guard.event("Bash", command="ls"))
    expect(anyone.find("section[aria-label=Working]")).to_contain_text("Bash ls")


def test_the_list_is_worked_off_with_the_keyboard(guard: Guard, person: Callable[..., Person]) -> None:
    one = person(DESK).log_in()
    hooks = []
    for call in ("a", "b", "c"):
        hooks.append(Hook(guard, call=call, command=f"frobnicate --{call}"))
        one.waiting(len(hooks))
    expect(one.find(".row-card")).to_have_count(3)
    expect(one.find("[aria-disabled]")).to_have_count(0)
    keys = one.page.keyboard
    keys.press("j")
    expect(one.find(".row-card").nth(0).locator(".row-link")).to_be_focused()
    keys.press("a")
    expect(one.find(".row-card").nth(1).locator(".row-link")).to_be_focused()
    assert hooks[0].answer()[0] == "allow"
    keys.press("j")
    keys.press("d")
    assert hooks[2].answer()[0] == "deny"
    expect(one.find(".row-card").nth(1).locator(".row-link")).to_be_focused()
    keys.press("Enter")
    expect(one.find("#verb")).to_be_visible()
    expect(one.button("Allow once")).not_to_have_attribute("aria-disabled", "true")
    keys.press("a")
    assert hooks[1].answer()[0] == "allow"
    expect(one.find("a.next")).to_be_focused()
    keys.press("Escape")
    keys.press("?")
    expect(one.find("h1")).to_have_text("Keyboard shortcuts")
    keys.press("/")
    expect(one.find("#search")).to_be_focused()


def test_keys_are_letters_while_one_types(guard: Guard, person: Callable[..., Person]) -> None:
    one = person(DESK).log_in()
    Hook(guard, **PUSH)
    one.card()
    one.page.keyboard.press("e")
    expect(one.find("details[data-drawer=edit]")).to_have_attribute("open", "")
    field = one.page.get_by_label("The command that runs instead")
    field.fill("")
    field.press_sequentially("add")
    expect(field).to_have_value("add")
    assert one.waiting()[0]["state"] == "pending"


def test_the_key_for_allow_does_not_allow_danger(guard: Guard, person: Callable[..., Person]) -> None:
    one = person(DESK).log_in()
    hook = Hook(guard, **PUSH)
    one.card()
    allow = one.button("Hold to allow")
    expect(allow).not_to_have_attribute("aria-disabled", "true")
    one.page.keyboard.press("a")
    expect(allow).to_be_focused()
    one.page.keyboard.press("Enter")
    assert one.waiting()[0]["state"] == "pending"
    one.page.keyboard.down("Enter")
    one.told("Allowed")
    one.page.keyboard.up("Enter")
    assert hook.answer()[0] == "allow"


def test_shortcuts_are_switched_off(guard: Guard, person: Callable[..., Person]) -> None:
    one = person(DESK).log_in("/#settings")
    switch = one.page.get_by_role("switch", name="Keyboard shortcuts")
    with one.page.expect_response("**/api/settings"):
        switch.uncheck()
    one.page.keyboard.press("Tab")
    one.page.keyboard.press("?")
    expect(one.find("h1")).to_have_text("Settings")
    assert one.api("/api/settings")["shortcuts"] is False


def test_nothing_is_lost_or_doubled_when_the_supervisor_crashes(guard: Guard, house: House, anyone: Person) -> None:
    first = Hook(guard, call="first", **CHECK)
    expect(anyone.find(".row-card")).to_have_count(1)
    house.kill()
    expect(anyone.find(".offline")).to_be_visible()
    house.start()
    second = Hook(guard, call="second", **OTHER)
    expect(anyone.find(".row-card")).to_have_count(2)
    expect(anyone.find(".offline")).to_have_count(0)
    assert rows(anyone) == [CHECK["command"], OTHER["command"]]
    for settled in (1, 2):
        anyone.button(re.compile("^Allow once: ")).first.click()
        expect(anyone.find(".row-card.allowed")).to_have_count(settled)
    assert [first.answer()[0], second.answer()[0]] == ["allow", "allow"]


def test_a_stream_that_only_looks_alive_is_noticed(guard: Guard, house: House, person: Callable[..., Person]) -> None:
    one = person()
    one.page.clock.install()
    one.log_in()
    expect(one.find(".bar .dot.live")).to_be_visible()
    house.freeze()
    one.page.clock.fast_forward(45_000)
    expect(one.find(".offline")).to_be_visible()
    house.thaw()
    Hook(guard, **CHECK)
    expect(one.find(".row-card")).to_have_count(1)
    one.page.clock.fast_forward(20_000)
    expect(one.find(".offline")).to_have_count(0)


def test_what_happened_while_the_phone_was_offline_is_there_when_it_comes_back(
    guard: Guard, person: Callable[..., Person]
) -> None:
    one = person().log_in()
    expect(one.find(".bar .dot.live")).to_be_visible()
    one.context.set_offline(True)
    one.page.evaluate("dispatchEvent(new Event('pageshow'))")
    hooks = [Hook(guard, call=f"c{number}", command=f"frobnicate --{number}") for number in range(3)]
    one.context.set_offline(False)
    expect(one.find(".row-card")).to_have_count(3)
    for hook in hooks:
        hook.kill()
    expect(one.find(".row-card.pending")).to_have_count(0)


def test_a_page_that_was_away_too_long_loads_everything_anew(guard: Guard, person: Callable[..., Person]) -> None:
    one = person()
    one.page.route(
        "**/api/events?*", lambda route: route.continue_(url=re.sub("after=.*", "after=999999", route.request.url))
    )
    one.log_in()
    expect(one.find(".bar .dot.live")).to_be_visible()
    assert one.asked.count(f"{one.house.origin}/api/state") == 2
    Hook(guard, **CHECK)
    expect(one.find(".row-card")).to_have_count(1)

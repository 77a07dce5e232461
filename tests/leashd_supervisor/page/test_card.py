"""The approval card: what is tapped is what the agent gets."""

import re
from collections.abc import Callable

from playwright.sync_api import expect

from tests.hook.guard import Guard
from tests.leashd_supervisor.conftest import Hook
from tests.leashd_supervisor.page.browser import Person

CHECK = {"command": "frobnicate --all"}
LOW = {"command": "curl http://localhost:3000/"}
PUSH = {"command": "git push origin main"}


def test_allow_once_lets_the_call_run(guard: Guard, anyone: Person) -> None:
    hook = Hook(guard, **CHECK)
    anyone.card().press("Allow once")
    anyone.told(re.compile("Allowed.*delivered"))
    assert hook.answer()[:2] == ("allow", "allowed by a person (page)")


def test_deny_stops_it(guard: Guard, anyone: Person) -> None:
    hook = Hook(guard, **CHECK)
    anyone.card().press("Deny")
    anyone.told("Denied")
    assert hook.answer()[0] == "deny"


def test_the_agent_hears_why(guard: Guard, anyone: Person) -> None:
    hook = Hook(guard, **CHECK)
    anyone.card().find(
        "summary",
    ).get_by_text("Deny and say why").click()
    anyone.press("Wrong branch")
    anyone.page.get_by_label("What the agent is told").press_sequentially(", use next")
    anyone.press("Deny with this")
    anyone.told("Denied")
    assert hook.answer()[1] == "leashd: denied: a person said no: Wrong branch, use next"


def test_a_denial_stops_the_turn(guard: Guard, anyone: Person) -> None:
    hook = Hook(guard, **CHECK)
    anyone.card().find("summary").get_by_text("Deny and say why").click()
    anyone.press("Deny and stop the turn")
    anyone.told("Denied")
    decision, _, said = hook.answer()
    assert (decision, said["continue"]) == ("deny", False)


def test_danger_is_allowed_by_holding_and_by_nothing_shorter(guard: Guard, anyone: Person) -> None:
    hook = Hook(guard, **PUSH)
    anyone.card()
    anyone.press("Hold to allow")
    expect(anyone.find("#said")).to_have_text("Keep holding to allow")
    assert anyone.waiting()[0]["state"] == "pending"
    anyone.hold("Hold to allow", "Allowed")
    assert hook.answer()[0] == "allow"


def test_who_cannot_hold_says_it_twice(guard: Guard, anyone: Person) -> None:
    hook = Hook(guard, **PUSH)
    anyone.card()
    button = anyone.button("Hold to allow")
    expect(button).not_to_have_attribute("aria-disabled", "true")
    anyone.page.clock.install()
    button.evaluate("button => { button.click(); button.click(); }")
    expect(anyone.find("#urgent")).to_contain_text("Activate again")
    assert anyone.waiting()[0]["state"] == "pending"
    anyone.page.clock.fast_forward(1000)
    button.evaluate("button => button.click()")
    anyone.told("Allowed")
    assert hook.answer()[0] == "allow"


def test_a_tap_on_a_card_that_has_just_appeared_does_not_count(guard: Guard, person: Callable[..., Person]) -> None:
    hook = Hook(guard, **CHECK)
    one = person()
    one.page.clock.install()
    one.log_in()
    row = one.find(".row-link")
    row.wait_for()
    one.page.clock.pause_at(one.page.evaluate("Date.now() + 60_000"))
    row.click()
    allow = one.button("Allow once")
    expect(allow).to_have_attribute("aria-disabled", "true")
    allow.click(force=True)
    one.page.clock.run_for(400)
    allow.click(force=True)
    assert one.waiting()[0]["state"] == "pending"
    one.page.clock.run_for(200)
    expect(allow).not_to_have_attribute("aria-disabled", "true")
    allow.click()
    one.page.clock.resume()
    one.told("Allowed")
    assert hook.answer()[0] == "allow"


def test_what_is_edited_is_what_runs(guard: Guard, anyone: Person) -> None:
    hook = Hook(guard, **PUSH)
    anyone.card().find("summary").get_by_text("Edit, then allow").click()
    anyone.page.get_by_label("The command that runs instead").fill("git push origin feature")
    anyone.hold("Hold to allow the edited one", "Allowed")
    decision, _, said = hook.answer()
    assert decision == "allow"
    assert said["hookSpecificOutput"]["updatedInput"] == {"command": "git push origin feature"}


def test_not_to_be_asked_again_is_chosen_after_seeing_what_it_covers(guard: Guard, anyone: Person) -> None:
    first = Hook(guard, call="a", **LOW)
    anyone.card().press("Allow once")
    assert first.answer()[0] == "allow"
    second = Hook(guard, call="b", **LOW)
    anyone.card().find("summary").get_by_text("More ways to allow").click()
    covered = anyone.find("details.covered")
    covered.locator("summary").click()
    expect(covered).to_contain_text("1 earlier call")
    expect(covered).to_contain_text(LOW["command"])
    anyone.page.get_by_label("for the rest of this session").check()
    anyone.press("Allow, and do not ask again")
    anyone.told("Allowed")
    assert second.answer()[0] == "allow"
    assert Hook(guard, call="c", **LOW).answer()[1] == "allowed by a person (grant)"
    anyone.open("/#policy")
    anyone.button(re.compile("Revoke: .*localhost:3000")).click()
    expect(
        anyone.find(
            "h2",
        ).get_by_text("Standing answers")
    ).to_have_count(0)
    assert anyone.api("/api/grants")["grants"] == []


def test_a_dangerous_call_is_only_allowed_once_at_a_time(guard: Guard, anyone: Person) -> None:
    Hook(guard, **PUSH)
    anyone.card().find("summary").get_by_text("More ways to allow").click()
    expect(anyone.find(".drawer")).to_contain_text("Only once: a dangerous call is allowed once at a time")


def test_the_whole_command_is_shown_with_its_dangerous_words(guard: Guard, anyone: Person) -> None:
    command = "git push --force-with-lease origin main && echo \u202e" + "x" * 3000
    Hook(guard, command=command)
    anyone.card()
    text = anyone.find(".command code").inner_text()
    assert text == command.replace("\u202e", "\\u{202E}")
    assert "--force-with-lease" in anyone.find("mark.danger").all_inner_texts()
    expect(anyone.find(".command figcaption")).to_contain_text("scroll to read all of it")


def test_words_written_from_right_to_left_stand_in_the_order_in_which_they_run(guard: Guard, anyone: Person) -> None:
    first, second = "\u05e9\u05dc\u05d5\u05dd", "\u05e2\u05d5\u05dc\u05dd"
    Hook(guard, command=f"frobnicate {first} {second}")
    anyone.card()
    expect(anyone.find(".command code")).to_have_text(f"frobnicate {first} {second}")
    one, other = (anyone.find(".command code").get_by_text(word, exact=True).bounding_box() for word in (first, second))
    assert one
    assert other
    assert one["x"] < other["x"]


def test_what_became_of_it_is_in_sight_however_long_the_card(guard: Guard, anyone: Person) -> None:
    hook = Hook(guard, "ExitPlanMode", plan="# Plan\n\n" + "\n\n".join(f"step {number}" for number in range(80)))
    anyone.card()
    anyone.page.route("**/answer", lambda route: route.abort())
    anyone.press("Approve plan")
    expect(anyone.find(".card .outcome").get_by_text("Not sent")).to_be_in_viewport()
    anyone.page.unroute("**/answer")
    anyone.press("Approve plan")
    expect(anyone.find(".card .outcome").get_by_text("Approved")).to_be_in_viewport()
    expect(anyone.find("a.next")).to_be_in_viewport()
    assert anyone.page.evaluate("scrollY") == 0
    assert hook.answer()[0] == "allow"


def test_an_edit_shows_its_diff_open(guard: Guard, anyone: Person) -> None:
    hook = Hook(
        guard,
        "Edit",
        file_path=str(guard.project / "totals.py"),
        old_string="sum(price)",
        new_string="sum(price * count)",
    )
    anyone.card()
    expect(anyone.find("#verb")).to_have_text("Edit 1 file (+1 \u22121)")
    expect(anyone.find("article .diff-body .add")).to_have_text("sum(price * count)")
    expect(anyone.find("article .diff-body .del")).to_have_text("sum(price)")
    anyone.press("Allow once")
    assert hook.answer()[0] == "allow"


def test_the_card_says_where_and_by_which_rule_and_what_the_agent_claims(guard: Guard, anyone: Person) -> None:
    Hook(guard, command=CHECK["command"], description="look at <b>it</b>")
    anyone.card()
    facts = anyone.find(".facts")
    expect(facts).to_contain_text(str(guard.project))
    expect(facts).to_contain_text("default-action")
    expect(facts.locator(".claim")).to_have_text("look at <b>it</b>")
    expect(facts).to_contain_text("its own words")
    expect(facts).to_contain_text("first time")


def test_deny_comes_first_and_nothing_has_the_focus(guard: Guard, anyone: Person) -> None:
    Hook(guard, **CHECK)
    anyone.card()
    assert anyone.page.evaluate("document.activeElement === document.body")
    names = anyone.find(".card .actions button").all_inner_texts()
    assert names == ["Deny", "Allow once"]
    deny, allow = (anyone.button(name).bounding_box() for name in names)
    assert deny
    assert allow
    assert min(deny["height"], allow["height"]) >= 48
    assert allow["x"] - (deny["x"] + deny["width"]) >= 12


QUESTION = {
    "questions": [
        {"question": "Which database?", "header": "Database", "multiSelect": False,
         "options": [{"label": "SQLite", "description": "a file"}, {"label": "Postgres", "description": "a server"}]},
        {"question": "Which checks?", "header": "Checks", "multiSelect": True,
         "options": [{"label": "lint", "description": ""}, {"label": "types", "description": ""}]},
        {"question": "What name?", "header": "Name", "multiSelect": False,
         "options": [{"label": "app", "description": ""}]},
    ]
}  # fmt: skip


def test_a_question_is_answered_with_options_several_and_own_words(guard: Guard, anyone: Person) -> None:
    hook = Hook(guard, "AskUserQuestion", **QUESTION)
    anyone.card()
    expect(anyone.button("Answer")).to_have_attribute("aria-disabled", "true")
    anyone.page.get_by_label("Postgres").check()
    anyone.page.get_by_label("lint").check()
    anyone.page.get_by_label("types").check()
    anyone.find("fieldset").nth(2).get_by_label("Or in your own words").fill("shop")
    anyone.press("Answer")
    anyone.told(re.compile("Answered.*“Postgres, lint, types, shop”"))
    decision, _, said = hook.answer()
    answers = {"Which database?": "Postgres", "Which checks?": "lint, types", "What name?": "shop"}
    assert decision == "allow"
    assert said["hookSpecificOutput"]["updatedInput"] == {**QUESTION, "answers": answers}


def test_a_plan_is_read_and_approved(guard: Guard, anyone: Person) -> None:
    hook = Hook(guard, "ExitPlanMode", plan="# Fix the cart\n\n1. Read `totals.py`\n2. <script>alert(1)</script>")
    anyone.card()
    plan = anyone.find(".plan-text")
    expect(plan.locator("h1")).to_have_text("Fix the cart")
    expect(plan.locator("script")).to_have_count(0)
    anyone.press("Approve plan")
    anyone.told("Approved")
    assert hook.answer()[0] == "allow"


def test_a_plan_goes_back_with_what_to_change(guard: Guard, anyone: Person) -> None:
    hook = Hook(guard, "ExitPlanMode", plan="# Fix the cart")
    anyone.card().find("summary").get_by_text("Say what to change").click()
    anyone.page.get_by_label("What the agent is told").fill("Write the test first")
    anyone.press("Send back with this")
    anyone.told("Sent back")
    assert hook.answer()[1] == "leashd: denied: a person said no: Write the test first"


def test_of_two_browsers_one_wins_and_the_other_is_told(guard: Guard, person: Callable[..., Person]) -> None:
    hook = Hook(guard, **CHECK)
    first, second = person().log_in(), person((1280, 800)).log_in()
    first.card()
    second.page.route("**/api/events*", lambda route: route.abort())
    second.card()
    first.press("Deny")
    first.told("Denied")
    second.press("Allow once")
    second.told(re.compile("Your tap came too late. Denied on Chrome on Linux"))
    assert hook.answer()[0] == "deny"


def test_an_answer_on_one_device_shows_on_the_other(guard: Guard, person: Callable[..., Person]) -> None:
    Hook(guard, **CHECK)
    first, second = person().log_in(), person().log_in()
    first.card()
    second.card()
    first.press("Deny")
    second.told(re.compile("Denied on Chrome on Linux"))
    expect(second.button("Allow once")).to_have_count(0)


def test_a_call_whose_agent_is_gone_says_so(guard: Guard, anyone: Person) -> None:
    hook = Hook(guard, **CHECK)
    anyone.card()
    hook.kill()
    anyone.told("The agent no longer waits for it")


def test_who_comes_too_late_may_allow_the_next_try_once(guard: Guard, anyone: Person) -> None:
    with (guard.state / "config.yaml").open("a") as file:
        file.write("approval_timeout_seconds: 1\n")
    assert Hook(guard, **PUSH).answer()[0] == "deny"
    (ended,) = anyone.api("/api/approvals?state=expired")["approvals"]
    anyone.open(f"/a/{ended['id']}")
    anyone.told(re.compile("Expired"))
    anyone.hold("Hold to allow the next try", re.compile("counts once, when the agent tries the same call again"))
    assert Hook(guard, **PUSH).answer()[:2] == ("allow", "allowed by a person (page)")
    anyone.told(re.compile("Allowed.*delivered"))


def test_a_yes_to_an_agent_that_no_longer_waits_holds_for_its_next_try(
    guard: Guard, person: Callable[..., Person]
) -> None:
    guard.options = ["--patience", "5"]
    assert Hook(guard, **CHECK).answer()[0] == "deny"
    one = person().log_in().card()
    expect(one.find(".expiry")).to_contain_text("the agent no longer waits")
    one.press("Allow once")
    one.told(re.compile("counts once"))
    assert Hook(guard, **CHECK).answer()[0] == "allow"
    one.told(re.compile("delivered"))

"""Every other panel: the way in, the feed, the audit, the policy, the settings."""

import json
import re
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import expect

from tests.hook.guard import Guard
from tests.leashd_supervisor.conftest import Hook
from tests.leashd_supervisor.page.browser import DESK, House, Person


def test_the_key_opens_the_page(house: House, person: Callable[..., Person]) -> None:
    one = person().open("/")
    one.page.get_by_label("Key").fill(house.key)
    one.press("Log in")
    expect(one.find("#needs")).to_be_visible()
    one.page.reload()
    expect(one.find("#needs")).to_be_visible()


def test_a_wrong_key_is_refused_and_the_right_one_still_opens(house: House, person: Callable[..., Person]) -> None:
    one = person().open("/")
    one.page.get_by_label("Key").fill("leashd-wrong")
    one.press("Log in")
    expect(one.page.get_by_role("alert")).to_contain_text("this is not the key")
    one.page.get_by_label("Key").fill(house.key)
    one.press("Log in")
    expect(one.find("#needs")).to_be_visible()


def test_a_link_to_an_approval_asks_for_the_key_and_then_shows_it(
    guard: Guard, house: House, person: Callable[..., Person]
) -> None:
    Hook(guard, command="frobnicate")
    known = person().log_in()
    other = person().open(f"/a/{known.waiting()[0]['id']}")
    other.page.get_by_label("Key").fill(house.key)
    other.press("Log in")
    expect(other.find(".command code")).to_have_text("frobnicate")


def test_a_link_from_settings_logs_another_device_in_once(person: Callable[..., Person]) -> None:
    desk = person(DESK).log_in("/#settings")
    desk.press("Log in another device…")
    expect(desk.find(".qr svg")).to_be_visible()
    link = desk.find(".pair .link").inner_text()
    path = link.removeprefix(desk.house.origin)
    assert path.startswith("/#pair=")
    phone = person().open(path)
    expect(phone.find("#needs")).to_be_visible()
    assert "pair" not in phone.page.url
    assert not [url for url in phone.asked if "pair=" in url.partition("#")[0]]
    late = person().open(path)
    expect(late.page.get_by_role("alert")).to_contain_text("used up")
    assert "pair" not in late.page.url


def test_a_device_that_is_logged_out_from_another_is_out_at_once(person: Callable[..., Person]) -> None:
    phone, desk = person().log_in(), person(DESK).log_in("/#settings")
    expect(phone.find(".bar .dot.live")).to_be_visible()
    desk.button(re.compile("^Log out .*Chrome")).click()
    expect(desk.button(re.compile("^Log out .*Chrome"))).to_have_count(0)
    expect(phone.page.get_by_label("Key")).to_be_visible()


def test_logging_out_leaves_nothing_on_the_page(guard: Guard, person: Callable[..., Person]) -> None:
    Hook(guard, command="frobnicate")
    one = person().log_in()
    expect(one.find(".row-card")).to_have_count(1)
    one.open("/#settings")
    one.press("Log out")
    expect(one.page.get_by_label("Key")).to_be_visible()
    expect(one.find("body")).not_to_contain_text("frobnicate")
    expect(one.page).to_have_title("leashd")


def test_the_feed_shows_decisions_as_they_are_made(guard: Guard, anyone: Person) -> None:
    guard.send(guard.event("Bash", command="ls -la"))
    anyone.open("/#feed")
    expect(anyone.find(".record")).to_have_count(1)
    guard.send(guard.event("Bash", command="git push --force origin main"))
    expect(anyone.find(".record").first).to_contain_text("git-force-push")
    expect(anyone.find(".record")).to_have_count(2)
    anyone.press("allowed")
    expect(anyone.find(".record")).to_have_count(1)
    expect(anyone.find(".record")).to_contain_text("ls -la")


def test_the_audit_is_searched_filtered_and_exported(guard: Guard, anyone: Person, tmp_path: Path) -> None:
    for command in ("ls -la", "git push --force origin main", "cat README.md"):
        guard.send(guard.event("Bash", command=command))
    anyone.open("/#audit")
    expect(anyone.find(".record")).to_have_count(3)
    expect(anyone.button(re.compile("^chain whole · 3 entries"))).to_be_visible()
    anyone.page.get_by_label("Verdict").select_option("deny")
    expect(anyone.find(".record")).to_have_count(1)
    anyone.page.get_by_label("Verdict").select_option("")
    expect(anyone.find(".record")).to_have_count(3)
    anyone.page.get_by_label("Search").fill("README")
    expect(anyone.find(".record")).to_have_count(1)
    expect(anyone.find(".record")).to_contain_text("README")
    anyone.find(".record summary").click()
    expect(anyone.find(".record .facts")).to_contain_text("Entry")
    with anyone.page.expect_download() as download:
        anyone.page.get_by_role("link", name="JSON Lines").click()
    kept = tmp_path / "audit.jsonl"
    download.value.save_as(kept)
    assert [json.loads(line)["input"]["command"] for line in kept.read_text().splitlines()] == ["cat README.md"]


def test_a_broken_chain_is_seen(guard: Guard, anyone: Person) -> None:
    for command in ("ls", "ls -la"):
        guard.send(guard.event("Bash", command=command))
    file = guard.state / "audit" / "audit.jsonl"
    file.write_text(file.read_text().replace('"ls"', '"xx"', 1))
    anyone.open("/#audit")
    expect(anyone.find(".chain-bad")).to_contain_text("chain broken")


def test_the_policy_shows_its_rules_with_their_origin(anyone: Person) -> None:
    anyone.open("/#policy")
    anyone.page.get_by_label("Find a rule").fill("git-force-push")
    rule = anyone.find(".record").first
    expect(rule).to_contain_text("deny")
    rule.locator("summary").click()
    expect(rule.locator(".facts")).to_contain_text(".yaml")


def test_a_command_is_tried_on_the_policy(anyone: Person) -> None:
    anyone.open("/#policy")
    anyone.page.get_by_label("Test a command").fill("git push --force origin main")
    anyone.press("Judge")
    said = anyone.find(".judged")
    expect(said.locator(".verdict")).to_have_text("deny")
    expect(said).to_contain_text("git-force-push")
    said.locator("summary").click()
    expect(said).to_contain_text("destroys")


def test_colours_are_chosen_and_kept(anyone: Person) -> None:
    anyone.open("/#settings")
    with anyone.page.expect_response("**/api/settings"):
        anyone.page.get_by_label("Colours").select_option("dark")
    background = "getComputedStyle(document.documentElement).backgroundColor"
    anyone.page.reload()
    expect(anyone.find("html[data-theme=dark]")).to_have_count(1)
    assert anyone.page.evaluate(background) == "rgb(19, 22, 27)"


def test_quiet_hours_and_kinds_of_notifications_are_kept(anyone: Person) -> None:
    anyone.open("/#settings")
    for name in ("No notifications at night", "questions"):
        with anyone.page.expect_response("**/api/settings"):
            anyone.page.get_by_role("switch", name=name).click()
    with anyone.page.expect_response("**/api/settings"):
        anyone.page.get_by_label("From").fill("21:30")
    kept = anyone.api("/api/settings")
    assert kept["quiet"] == {"on": True, "from": "21:30", "to": "07:00"}
    assert kept["notify"]["question"] is False

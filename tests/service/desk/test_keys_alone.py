"""Each thing that an agent can do, done with keys alone, left to right and right to left: nothing here ever points or clicks."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect
from service.desk.bureau import STAFF, TOLD, enter, tab_to
from service.desk.test_rooms import LETTER

from feedback_service.domain.messages import receive
from feedback_service.domain.nouns import Act, Actor, Message
from feedback_service.intake import RatingForm
from feedback_service.store import agents as people
from feedback_service.store import cases, feedback, held, mailbox, posts

expect.set_options(timeout=30_000)  # two cores that other tests use too
pytestmark = [pytest.mark.browser, pytest.mark.slow]
NEXT_YEAR = datetime.now(UTC).year + 1
TEAMS, ROLES = frozenset({"billing", "devices"}), frozenset({"lead", "moderator"})


@pytest.fixture(params=["en", "fa"])
def maria(request, bureau, page, desk):
    """Maria is at her desk, in a language of either direction; gives a way to go to a page of it."""
    agent = next(one for one in STAFF if one.id == "maria")
    bureau.store.write(people.change_agent, replace(agent, locale=request.param, teams=TEAMS, roles=ROLES))
    enter(page, desk, "maria", "/desk/settings")

    def at(path: str):
        page.goto(f"{desk}/desk/{path}")
        page.wait_for_load_state()
        return page

    return at


def choose(page, value: str) -> None:
    """Walk through the list that has the focus until the value stands there."""
    page.keyboard.press("Home")
    for _ in range(20):
        if page.evaluate("document.activeElement.value") == value:
            return
        page.keyboard.press("ArrowDown")
    pytest.fail(f"The list has no {value}")


def write_moment(page, month_and_day: str, hour: str = "0930A") -> None:
    """Type a moment of next year into the field that has the focus, part by part."""
    page.keyboard.type(f"{month_and_day}{NEXT_YEAR}")
    page.keyboard.press("Tab")
    page.keyboard.type(hour)


def done(page) -> None:
    """Wait for the page that says that something was done, until it hears keys."""
    expect(page.locator(".done")).to_be_visible()
    page.wait_for_load_state()


def press_on(page, selector: str, key: str = "Enter", most: int = 160) -> None:
    """Walk to an element, and press a key there."""
    tab_to(page, selector, most)
    page.keyboard.press(key)


def test_hold_due_transfer_snooze(maria, bureau):
    """A hold with its note and day, a due date, another team, a snooze."""
    page = maria(f"cases/{bureau.numbers['joan']}")
    page.keyboard.press("s")
    choose(page, "on_hold")
    press_on(page, "#hold-due, details.wide:not([open]) summary")
    tab_to(page, "#hold-note")
    page.keyboard.type("The bank")
    page.keyboard.press("Tab")
    write_moment(page, "0305")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".badges .status-on_hold")).to_be_visible()
    page.wait_for_load_state()
    tab_to(page, "#team")
    choose(page, "devices")
    tab_to(page, "#due")
    write_moment(page, "0410", "0515P")
    page.keyboard.press("Control+Enter")
    done(page)
    page.keyboard.press("m")
    expect(page.locator("#until")).to_be_focused()
    write_moment(page, "0306")
    page.keyboard.press("Control+Enter")
    done(page)
    case, file = bureau.case("joan"), bureau.file("joan")

    assert (case.status, case.team) == ("on_hold", "devices")
    assert [each.text for each in file.messages] == ["The bank"]
    assert (case.due_at.year, case.due_at.month, case.due_at.day) == (NEXT_YEAR, 4, 10)
    assert (case.snoozed_until.month, case.snoozed_until.day) == (3, 6)


def test_split_merge_and_its_undo_and_words_struck_out(maria, bureau):
    """A message becomes a case, the case goes back into the old one, comes out again, and loses a word."""
    old, how = bureau.case("joan"), Act(Actor("requester", "r"), bureau.now)
    message = Message("0123456789abcdef01234567", old.id, "public", "requester", "", "I també: on és el paquet?", bureau.now)
    taken = {"wrote": [message]}
    wait = timedelta(days=14)
    bureau.store.write(cases.act, old.id, how, lambda now: receive(now, how, message.id, reopen_within=wait).events, **taken)
    page = maria(f"cases/{old.number}")
    page.keyboard.press("m")
    press_on(page, ".split-pick input", "Space")
    tab_to(page, "#split-subject", 160)
    page.keyboard.type("On és el paquet?")
    page.keyboard.press("Enter")
    done(page)
    expect(page.locator("h1")).to_contain_text("On és el paquet?")
    new = int(page.url.partition("/cases/")[2].partition("?")[0])
    page.keyboard.press("m")
    tab_to(page, "#target", 160)
    page.keyboard.type(str(old.number))
    page.keyboard.press("Enter")
    done(page)
    assert bureau.case(new).merged_into == old.id
    page = maria(f"cases/{new}")
    page.keyboard.press("m")
    press_on(page, "form[action$='/unmerge'] button")
    done(page)
    assert bureau.case(new).merged_into is None
    page.keyboard.press("m")
    press_on(page, ".strike summary")
    tab_to(page, ".strike textarea")
    page.keyboard.type("paquet")
    page.keyboard.press("Control+Enter")
    done(page)

    assert [each.text for each in bureau.file(new).messages] == ["I també: on és el […]?"]


def test_filters_and_many_cases(maria, bureau):
    """Lists are walked without the page running away; each act on many has its own field and button, and Enter in a field is its own act."""
    page = maria("")
    tab_to(page, ".filters [name=status]")
    choose(page, "new")
    page.keyboard.press("Tab")
    choose(page, "normal")
    press_on(page, ".filters button[type=submit]")
    expect(page).to_have_url(re.compile("status=new&priority=normal"))
    page.wait_for_load_state()
    chosen: dict[str, int] = {}
    for act, selector, value in (
        ("tag", "#bulk-tag", "vip"),
        ("transfer", "#bulk-team", "devices"),
        ("priority", "#bulk-priority", "urgent"),
    ):
        page.keyboard.press("j")
        chosen[act] = int(page.evaluate("document.activeElement.closest('tr').id").removeprefix("case-"))
        page.keyboard.press("x")
        page.keyboard.press("b")
        expect(page.locator("#bulk-assignee")).to_be_focused()
        tab_to(page, selector)
        if act == "tag":
            page.keyboard.type(value)
            page.keyboard.press("Enter")
        else:
            choose(page, value)
            page.keyboard.press("Tab")
            page.keyboard.press("Enter")
        done(page)

    assert [bureau.case(name).assignee for name in TOLD] == [None] * len(TOLD)
    assert bureau.case(chosen["tag"]).tags == ("vip",)
    assert bureau.case(chosen["transfer"]).team == "devices"
    assert bureau.case(chosen["priority"]).priority == "urgent"


def test_feedback_quarantine_and_suspended_mail(maria, bureau):
    """A rating is taken further, a question let out with its answer, a mail let in, a sender banned and let off again."""
    store = bureau.store
    store.write(
        posts.rate,
        RatingForm("kb-hub", "en", helpful=False, revision="r1", comment="The light is violet."),
        "voter-aaaaaaaaaaaa",
        bureau.now,
    )
    store.write(held.hold, "question", (), {"article": "kb-hub", "locale": "en", "text": "Which cable?", "name": "Ann"}, bureau.now)
    page = maria("triage")
    press_on(page, ".cards button[value=planned]")
    done(page)
    assert store.read(feedback.work_counts) == {"planned": 1}
    page = maria("held")
    tab_to(page, ".cards textarea", 160)
    page.keyboard.type("The long one.")
    press_on(page, ".cards button[value=release]")
    done(page)
    store.write(mailbox.suspend, mailbox.Suspended("k1", "flood", bureau.now, "rosa@example.org", "My invoice", LETTER.encode()))
    page = maria("held?kind=mail")
    press_on(page, ".cards button[value=release]")
    done(page)
    page = maria("bans")
    tab_to(page, "#value", 160)
    page.keyboard.type("lamps@example.net")
    page.keyboard.press("Enter")
    done(page)
    assert [each.value for each in store.read(held.bans_of, bureau.now)] == ["lamps@example.net"]
    press_on(page, "form[action$='/bans/end'] button")
    done(page)

    assert store.read(held.bans_of, bureau.now) == ()
    assert store.read(held.held_list) == []
    assert store.read(mailbox.suspended_mails) == ()


def test_reports_settings_and_looks(maria, bureau, tmp_path):
    """A period is typed without the page running away, a table saved, a canned reply read, the colours changed."""
    page = maria("reports")
    tab_to(page, "[name=start]", 160)
    page.keyboard.type(f"0101{NEXT_YEAR - 1}")
    tab_to(page, "[name=step]")
    choose(page, "month")
    press_on(page, ".filters button[type=submit]")
    expect(page).to_have_url(re.compile(f"start={NEXT_YEAR - 1}-01-01&.*step=month"))
    page.wait_for_load_state()
    tab_to(page, "a[href*='.csv']", 160)
    with page.expect_download() as waiting:
        page.keyboard.press("Enter")
    waiting.value.save_as(tmp_path / "figures.csv")
    page = maria("settings")
    press_on(page, "details.reply summary")
    expect(page.locator("details.reply .said").first).to_be_visible()
    page = maria("profile")
    tab_to(page, "#scheme", 160)
    choose(page, "dark")
    page.keyboard.press("Control+Enter")
    done(page)

    assert (tmp_path / "figures.csv").read_text(encoding="utf-8-sig").startswith('"figure","value","part","whole"')
    assert page.evaluate("document.documentElement.dataset.scheme") == "dark"

"""An agent's day in a browser, on the real server and store: with the keyboard alone, without script, and two agents at once."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect
from service.desk.bureau import PASSWORD, TOLD, enter, tab_to

from feedback_service.domain.acts import set_priority

expect.set_options(timeout=30_000)  # two cores that other tests use too
pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_sign_in_and_out_with_the_keyboard(page, bureau, desk):
    """Login, password and Enter lead to the queue; the way out is a button that Tab reaches."""
    page.goto(f"{desk}/desk/reports")
    expect(page.locator("#login")).to_be_focused()
    page.keyboard.type("maria")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_contain_text("Informes")
    tab_to(page, "form[action='/desk/sign-out'] button")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Sign in")


def test_the_queue_with_the_keyboard(page, bureau, desk):
    """J and K walk, X chooses, B leads to the acts on what is chosen, / searches, Enter opens, U leads back."""
    enter(page, desk)
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("x")
    page.keyboard.press("k")
    page.keyboard.press("x")
    expect(page.locator("[data-chosen-n]")).to_have_text("Chosen: 2")
    page.wait_for_load_state()
    page.keyboard.press("b")
    expect(page.locator("#bulk-assignee")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator(".done")).to_be_visible()
    page.wait_for_load_state()
    page.keyboard.press("/")
    page.keyboard.type("return label")
    page.keyboard.press("Enter")
    expect(page.locator("#rows tr")).to_have_count(1)
    page.wait_for_load_state()
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_contain_text("Return label")
    page.wait_for_load_state()
    page.keyboard.press("u")
    expect(page.locator("#rows tr")).to_have_count(1)

    assert sum(bureau.case(name).assignee == "jordi" for name in TOLD) == 2


def test_a_case_with_the_keyboard(page, bureau, desk):
    """Take, note, canned reply, link, send and wait, change status, snooze: one key leads to each, and Enter does it."""
    number = bureau.numbers["pau"]
    enter(page, desk, path=f"/desk/cases/{number}")
    page.keyboard.press("t")
    expect(page.locator(".done")).to_contain_text("You have taken")
    page.wait_for_load_state()
    page.keyboard.press("n")
    page.keyboard.type("Called him.")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".entry-note .said")).to_have_text("Called him.")
    page.wait_for_load_state()
    page.keyboard.press("l")
    expect(page.locator("#article-id")).to_be_focused()
    page.keyboard.type("kb-hub")
    page.keyboard.press("Enter")
    expect(page.locator(".linked")).to_have_count(1)
    page.wait_for_load_state()
    page.keyboard.press("p")
    tab_to(page, "[data-insert]", 3)
    page.keyboard.press("Enter")
    expect(page.locator("#text")).to_have_value("Thank you, Pau.")
    page.locator("#text").press("Control+a")
    page.keyboard.type("We sent it back.")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".entry-reply .said")).to_have_text("We sent it back.")
    expect(page.locator(".badges .status")).to_have_text("Waiting")
    page.wait_for_load_state()
    page.keyboard.press("s")
    page.keyboard.type("Res")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator(".badges .status")).to_have_text("Resolved")
    case = bureau.case("pau")

    assert (case.assignee, case.status, len(case.links)) == ("jordi", "resolved", 1)


def test_the_rest_of_a_case_with_the_keyboard(page, bureau, desk):
    """Assign, facts, snooze, merge, split and spam are fields and buttons that Tab reaches, behind the keys A and M."""
    number, other = bureau.numbers["joan"], bureau.numbers["pau"]
    enter(page, desk, path=f"/desk/cases/{number}")
    page.keyboard.press("l")
    page.keyboard.press("Enter")
    expect(page.locator(".linked")).to_have_count(1)
    page.wait_for_load_state()
    page.keyboard.press("a")
    page.keyboard.type("Maria")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator(".done")).to_be_visible()
    tab_to(page, "#priority")
    page.keyboard.type("Urg")
    page.keyboard.press("Tab")
    page.keyboard.type("invoice, card")
    page.keyboard.press("Enter")
    expect(page.locator(".badges .priority")).to_have_text("Urgent")
    page.wait_for_load_state()
    page.keyboard.press("m")
    expect(page.locator("#until")).to_be_focused()
    tab_to(page, "#target")
    page.keyboard.type(str(other))
    tab_to(page, "[name=confirmed]")
    page.keyboard.press("Space")
    tab_to(page, "form[action$='/merge'] button", 90)
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_contain_text("Return label")
    page.wait_for_load_state()
    page.keyboard.press("m")
    tab_to(page, "form[action$='/spam'] button")
    page.keyboard.press("Enter")
    expect(page.locator(".badges .status")).to_contain_text("Spam")

    assert bureau.case("joan").merged_into == bureau.case("pau").id
    assert (bureau.case("joan").assignee, bureau.case("joan").tags) == ("maria", ("card", "invoice"))


def test_single_keys_are_letters_where_somebody_types_and_can_be_switched_off(page, bureau, desk):
    """A shortcut never eats a letter of a text, and whoever wants none has none."""
    enter(page, desk, path=f"/desk/cases/{bureau.numbers['pau']}")
    page.keyboard.press("r")
    page.keyboard.type("jkxantpsm/?")
    expect(page.locator("#text")).to_have_value("jkxantpsm/?")
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    page.locator("#keys input").uncheck()
    page.keyboard.press("Escape")
    page.locator("h1").click()
    page.keyboard.press("n")

    expect(page.locator("[name=kind][value=reply]")).to_be_checked()


def test_a_text_outlives_a_reload(page, bureau, desk):
    """What is half-written is there again after a reload, and gone once it was sent."""
    enter(page, desk, path=f"/desk/cases/{bureau.numbers['pau']}")
    page.keyboard.press("r")
    page.keyboard.type("Half a sentence")
    page.reload()
    expect(page.locator("#text")).to_have_value("Half a sentence")
    page.locator("#text").press("Control+Enter")
    expect(page.locator(".entry-reply")).to_have_count(1)
    page.reload()

    expect(page.locator("#text")).to_have_value("")


def test_rows_change_without_a_reload(page, bureau, desk):
    """A new case and a change by somebody else appear by themselves; what was chosen and focused stays so."""
    page.clock.install()
    enter(page, desk)
    page.keyboard.press("j")
    page.keyboard.press("x")
    bureau.open("ann", priority="urgent")
    bureau.act("pau", lambda case, how: set_priority(case, how, "high"), by="maria")
    for _ in range(30):
        page.clock.run_for(1_000)
        if page.locator("#rows tr").count() == 4:
            break
        page.wait_for_timeout(100)
    expect(page.locator("#rows tr")).to_have_count(4)
    expect(page.locator("#live")).to_have_text("New or changed cases: 2")

    assert page.locator("#rows input:checked").count() == 1
    assert page.evaluate("document.activeElement.closest('tr') !== null")


def test_two_agents_at_one_case(page, bureau, desk, chromium):
    """Each sees that the other is here; who sends later sees both texts, and nothing is lost."""
    number = bureau.numbers["joan"]
    enter(page, desk, path=f"/desk/cases/{number}")
    other = chromium.new_context()
    second = other.new_page()
    enter(second, desk, "maria", f"/desk/cases/{number}")
    expect(second.locator("#presence")).to_contain_text("Jordi Puig")
    second.locator("#text").fill("De la Maria")
    second.locator("#text").press("Control+Enter")
    expect(second.locator(".entry-reply .said")).to_have_text("De la Maria")
    page.locator("#text").fill("From Jordi")
    page.locator("#text").press("Control+Enter")
    expect(page.locator("h1")).to_have_text("Somebody was faster")
    expect(page.locator(".both .entry .said")).to_have_text("De la Maria")
    expect(page.locator("#mine")).to_have_value("From Jordi")
    tab_to(page, ".both .button")
    page.keyboard.press("Enter")
    expect(page.locator(".entry-reply .said").last).to_have_text("From Jordi")
    other.close()


@pytest.mark.parametrize("context_options", ["no-script"])
def test_everything_works_without_script(page, bureau, desk):
    """Canned replies are links, forms post, the menu and the list of keys open, bulk acts act."""
    enter(page, desk)
    page.locator("#rows input[name=case]").first.check()
    page.locator("button[value=priority]").click()
    expect(page.locator(".done")).to_be_visible()
    page.goto(f"{desk}/desk/cases/{bureau.numbers['pau']}")
    page.locator("#canned summary").click()
    page.get_by_text("Reply: thank you").click()
    expect(page.locator("#text")).to_have_value("Thank you, Pau.")
    page.locator("button[value=resolved]").click()
    expect(page.locator(".badges .status")).to_have_text("Resolved")
    page.locator(".keys-button").click()

    expect(page.locator("#keys")).to_be_visible()


def test_after_back_the_field_is_empty(page, bureau, desk):
    """What was sent does not stand in the editor again, neither after Back nor after Back and a reload; what was typed since does."""
    number = bureau.numbers["pau"]
    enter(page, desk, path=f"/desk/cases/{number}")
    page.keyboard.press("r")
    page.keyboard.type("Said once.")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".entry-reply .said")).to_have_text("Said once.")
    page.wait_for_load_state()
    page.go_back()
    expect(page.locator("#text")).to_have_value("")
    expect(page.locator(".entry-reply .said")).to_have_text("Said once.")
    page.wait_for_load_state()
    page.keyboard.press("r")
    page.keyboard.type("And this.")
    page.reload()
    expect(page.locator("#text")).to_have_value("And this.")
    page.locator("#text").press("Control+Enter")
    expect(page.locator(".entry-reply")).to_have_count(2)

    assert len(bureau.file("pau").messages) == 2

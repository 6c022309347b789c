"""The requester's page in a real browser: opened by its link with script, by its code without, in both directions and schemes."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect
from service.http.test_case_page import does

from feedback_service.domain.messages import reply
from feedback_service.domain.moves import resolve
from feedback_service.store import cases

pytestmark = pytest.mark.browser
LOOKS = [("en", "light", 1280), ("fa", "dark", 390)]


@pytest.fixture
def visit(chromium):
    """Open pages in a browser that tells of every script and style that the policy stopped."""
    opened = []

    def visit(url, **more):
        context = chromium.new_context(**more)
        opened.append(context)
        page = context.new_page()
        page.wrong = []
        page.on("console", lambda message: page.wrong.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: page.wrong.append(str(error)))
        page.goto(url)
        return page

    yield visit
    for context in opened:
        context.close()


def answered(live, **more) -> str:
    """Post a case and let Maria answer it; returns the link."""
    answer = live.post("cases", live.case(**more)).json()
    case_id = live.store.read(cases.case_by_number, answer["number"]).id
    does(live, case_id, reply, "m1", text="Try the switch.")
    does(live, case_id, resolve)
    return answer["url"]


@pytest.mark.parametrize(("locale", "scheme", "width"), LOOKS)
def test_the_link_opens_the_case(live, visit, locale, scheme, width):
    """The link shows the case and the address forgets the secret; nothing breaks the policy, and nothing stands in anybody's way."""
    url = answered(live, locale=locale)
    page = visit(url, color_scheme=scheme, viewport={"width": width, "height": 800})
    page.wait_for_selector(".thread")
    problems = Axe().run(page).response["violations"]

    assert page.url == f"{live.service.settings.url}/case/"
    assert page.get_by_text("Try the switch.").is_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert [(one["id"], one["help"]) for one in problems] == []
    assert page.wrong == []


def test_a_requester_rates_and_reopens(live, visit):
    """With a few clicks a requester says that it did not help, and writes again."""
    page = visit(answered(live))
    page.get_by_role("button", name="No").click()
    page.get_by_text("Thank you for telling us.").wait_for()
    page.get_by_role("textbox").fill("It is still dark.")
    page.get_by_role("button", name="Send").click()
    page.get_by_text("We are working on it").wait_for()

    assert page.get_by_text("It is still dark.").is_visible()
    assert page.wrong == []


def test_the_code_opens_the_case_without_script(live, visit):
    """Without script the reader types the code, or pastes the whole address."""
    url = answered(live)
    page = visit(f"{live.service.settings.url}/case/", java_script_enabled=False)
    page.get_by_role("textbox").fill(url)
    page.get_by_role("button", name="Open").click()

    expect(page.get_by_text("Try the switch.")).to_be_visible(timeout=30_000)
    page.get_by_role("button", name="Lock this page again").click()
    expect(page.get_by_role("textbox", name="Code")).to_be_visible(timeout=30_000)

"""Search in the page, hostile text and failing networks, in Chromium."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from search.pages import PAYLOADS, shown, wait

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser


def test_page_starts_with_the_address(page: Page, search_portal: str) -> None:
    """A shared address brings words and filters along, and the address follows what is typed."""
    page.goto(search_portal + "find/?q=password&category=en/account/&kind=faq")
    titles = shown(page)
    kind = page.locator("[data-slot=kind]").inner_text()
    page.locator("[data-search-filter=kind]").select_option("")
    page.locator("[data-search-results] p").nth(1).wait_for(state="attached")
    page.locator("#field").fill("refund")
    page.wait_for_url("**/find/?q=refund&category=en%2Faccount%2F")

    assert (titles, kind) == (["Update payment details"], "Question")
    assert page.locator("[data-module]").get_attribute("data-state") == "none"


def test_list_by_arrows(page: Page, search_portal: str) -> None:
    """In the page, arrows walk from the field through the links and back, and Enter in the field loads no page."""
    page.goto(search_portal + "find/?q=password")
    shown(page)
    page.locator("#field").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowDown")
    first = page.evaluate("document.activeElement.innerText")
    page.keyboard.press("ArrowUp")

    assert first == "Reset your password"
    assert page.evaluate("document.activeElement.id") == "field"


def test_nothing_found_leads_on(page: Page, search_portal: str) -> None:
    """Without results the page says so, and the way to a person carries the words."""
    page.goto(search_portal + "find/?q=xylophon%20%3Cq%3E")
    shown(page)

    assert page.locator("[data-search-empty]").is_visible()
    assert page.locator("[role=status]").inner_text() == "No results for xylophon <q>"
    assert page.locator("[data-search-carry]").get_attribute("href") == f"{search_portal}contact/?topic=1&query=xylophon+%3Cq%3E"


def test_lost_page_searches_its_address(page: Page, search_portal: str) -> None:
    """A page that does not exist searches for the words of its address."""
    page.goto(search_portal + "reset-password/")

    assert shown(page)[0] == "Reset your password"


def test_counts_speak_the_language(page: Page, search_portal: str) -> None:
    """Numbers have the digits of the page's locale."""
    page.goto(search_portal + "fa/?q=password")
    shown(page)

    assert page.locator("[role=status]").inner_text() == "۲ results"


def test_index_that_cannot_be_loaded_is_said(page: Page, search_portal: str) -> None:
    """After a second try the page says in words that search is not there; when the reader tries again and it is, results come."""
    tries: list[str] = []
    page.route("**/search.json", lambda route: (tries.append(route.request.url), route.abort()))
    page.goto(search_portal + "find/?q=reset")
    page.locator("[data-search-error]").wait_for()
    page.wait_for_timeout(600)
    failed = len(tries)
    page.unroute("**/search.json")
    page.locator("[data-search-retry]").click()
    wait(page, "ready")

    assert failed == 2
    assert shown(page)[0] == "Reset your password"
    assert not page.locator("[data-search-error]").is_visible()


def test_script_that_cannot_be_loaded_is_said(page: Page, search_portal: str) -> None:
    """If not even the script comes, the error stands in the page, and typing and sending the form still works."""
    page.route("**/query.mjs", lambda route: route.abort())
    page.goto(search_portal + "dialog/")
    page.keyboard.press("/")
    page.locator("[data-search-error]").wait_for()
    page.keyboard.type("reset")
    page.keyboard.press("Enter")
    page.wait_for_url("**/find/?q=reset")

    assert page.url.endswith("/find/?q=reset")


@pytest.mark.parametrize("payload", PAYLOADS)
def test_payloads_are_text(page: Page, search_portal: str, payload: str) -> None:
    """Markup in a query, a title, a description or a heading is shown as it is written; Trusted Types are on and nothing is blocked."""
    blocked: list[str] = []
    page.on("dialog", lambda dialog: (blocked.append(dialog.message), dialog.dismiss()))
    page.on("console", lambda message: blocked.append(message.text) if "Trusted" in message.text else None)
    page.goto(search_portal + "find/")
    page.locator("#field").fill(f"{payload} trap")
    titles = shown(page)

    assert f"{payload} trap" in titles
    assert page.locator("[data-search-results] :is(img, svg, script, b)").count() == 0
    assert blocked == []


def test_query_is_never_an_error(page: Page, search_portal: str) -> None:
    """Operators, emoji, lone surrogates, control characters and 10,000 letters are text; the `page` fixture fails on any exception."""
    page.goto(search_portal + "find/?q=reset")
    shown(page)
    for text in ("-x", "a~", "bogus:foo", "🙂", "\u202ereset", "__proto__", "a" * 10_000, "$&", "%00", "(((", "٠١٢"):
        page.locator("#field").fill(text)
    page.evaluate("field.value = '\\ud800'; field.dispatchEvent(new InputEvent('input'))")
    page.locator("#field").fill("reset")
    page.locator("[data-slot=title]", has_text="Reset your password").wait_for()

    assert shown(page)[0] == "Reset your password"


def test_unfinished_characters_are_not_searched(page: Page, search_portal: str) -> None:
    """While an input method composes, nothing is searched and Enter belongs to it; when it is done, results come."""
    page.goto(search_portal + "find/")
    page.locator("#field").focus()
    wait(page, "idle")
    page.evaluate("field.value = '密碼'; field.dispatchEvent(new InputEvent('input', { isComposing: true }))")
    page.wait_for_timeout(150)
    during = page.locator("[data-module]").get_attribute("data-state")
    page.evaluate("field.dispatchEvent(new CompositionEvent('compositionend'))")

    assert during == "idle"
    assert shown(page) == ["重設密碼的方法"]

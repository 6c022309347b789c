"""Search in the page, and hostile text, in Chromium."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from search.engines import files_of
from search.pages import PAYLOADS, portal_in, shown, wait

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


def test_results_that_come_late_leave_the_focus(page: Page, search_portal: str) -> None:
    """Who walks through the links while the list is drawn again stays on the same article; if it is gone, they are in the field."""
    page.goto(search_portal + "find/?q=password")
    shown(page)
    page.locator("#results a").nth(1).focus()
    before = page.evaluate("document.activeElement.href")
    again = "document.querySelector('form').dispatchEvent(new Event('submit', {cancelable: true}))"
    page.evaluate(f"document.querySelector('#results a').dataset.old = '1'; {again}")
    page.locator("#results a[data-old]").wait_for(state="detached")
    after = page.evaluate("document.activeElement.href")
    page.evaluate(f"document.querySelector('#field').value = 'refund'; {again}")
    page.locator("#results a", has_text="Return").wait_for()

    assert after == before
    assert page.evaluate("document.activeElement.id") == "field"


def test_nothing_found_leads_on(page: Page, search_portal: str) -> None:
    """Without results the page says so, and the way to a person carries the words."""
    page.goto(search_portal + "find/?q=xylophon%20%3Cq%3E")
    shown(page)

    assert page.locator("[data-search-empty]").is_visible()
    assert page.locator("[role=status]").inner_text() == "No results for \u2068xylophon <q>\u2069"
    assert (
        page.locator("[data-search-empty] [data-search-carry]").get_attribute("href")
        == f"{search_portal}contact/?topic=1&query=xylophon+%3Cq%3E"
    )


def test_a_topic_within_narrows_to_the_one_above(page: Page, search_portal: str) -> None:
    """The search of a nested category, which the filter does not list, narrows to the listed category that holds it."""
    page.goto(search_portal + "find/?q=refund&category=en/account/billing/")
    wait(page, "none")

    assert page.locator("[data-search-filter=category]").input_value() == "en/account/"


def test_lost_page_searches_its_address(page: Page, search_portal: str) -> None:
    """A page that does not exist searches for the words of its address."""
    page.goto(search_portal + "reset-password/")

    assert shown(page)[0] == "Reset your password"


def test_counts_speak_the_language(page: Page, search_portal: str) -> None:
    """Numbers have the digits of the page's locale."""
    page.goto(search_portal + "fa/?q=password")
    shown(page)

    assert page.locator("[role=status]").inner_text() == "۲ results"


def test_a_slip_is_corrected_and_said(page: Page, search_portal: str) -> None:
    """Results of what was probably meant say so, in the live region too; one press searches for the very words instead."""
    page.goto(search_portal + "find/?q=pasword")
    titles = shown(page)
    said = page.locator("[role=status]").inner_text()
    typed = page.locator("[data-search-typed]")
    offer = typed.inner_text()
    typed.click()
    wait(page, "none")

    assert titles[0] == "Reset your password"
    assert said == "Results for \u2068password\u2069. 2 results"
    assert offer == "Search for \u2068pasword\u2069"
    assert page.locator("[role=status]").inner_text() == "No results for \u2068pasword\u2069"
    assert not typed.is_visible()


def test_tags_of_the_results_filter_them(page: Page, search_portal: str) -> None:
    """The filter offers the tags of what was found; a shared address brings one along; no result under a filter offers to lift it."""
    page.goto(search_portal + "find/?q=password")
    shown(page)
    offered = page.locator("[data-search-filter=tag] option").all_inner_texts()
    page.locator("[data-search-filter=tag]").select_option("signing in")
    page.wait_for_url("**tag=signing+in")
    page.locator("[data-search-results] [data-slot=title]", has_text="Update").wait_for(state="detached")
    tagged = shown(page)
    page.goto(search_portal + "find/?q=refund&tag=signing+in")
    none = shown(page)
    page.locator("[data-search-everywhere]").click()
    wait(page, "ready")

    assert offered == ["All", "signing in"]
    assert tagged == ["Reset your password"]
    assert none == []
    assert shown(page) == ["Return an item"]


def test_long_addresses_are_cut(page: Page, search_portal: str) -> None:
    """Of a query in an address 200 characters count, as of one that is typed."""
    page.goto(search_portal + "find/?q=" + "x" * 199 + "%F0%9F%99%82" + "x" * 5000)
    shown(page)

    assert page.locator("#field").input_value() == "x" * 199 + "🙂"


def test_more_results_on_demand(page: Page, serve_folder: Callable[[Path], str], tmp_path: Path) -> None:
    """Thirty results stand at first; one press shows the next ones, and goes when there are no more."""
    portal_in(tmp_path)
    for path, data in files_of(*({"title": f"Lamp {number}", "url": f"en/lamps/{number}/"} for number in range(45))).items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(data)
    page.goto(serve_folder(tmp_path) + "find/?q=lamp")
    before = len(shown(page))
    page.locator("[data-search-more] button").click()
    page.locator("[data-slot=title]").nth(44).wait_for()

    assert before == 30
    assert not page.locator("[data-search-more]").is_visible()


def test_the_address_keeps_step(page: Page, search_portal: str) -> None:
    """Opening a result remembers what was typed last, and going back through the tab's history brings its words."""
    page.goto(search_portal + "find/?q=password")
    shown(page)
    page.evaluate("history.pushState(null, '', '?q=reset')")
    page.locator("#field").fill("refund")
    page.locator("[data-slot=title]", has_text="Return").click()
    page.wait_for_url("**/en/orders/return/")
    page.go_back()
    page.locator("[data-slot=title]", has_text="Return").wait_for()
    address = page.url
    page.go_back()
    page.locator("[data-slot=title]", has_text="Update").wait_for()

    assert address.endswith("/find/?q=refund")
    assert page.locator("#field").input_value() == "password"


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

"""Without script: every page is whole, every way leads on."""

from __future__ import annotations

import re

import pytest
from browser.sample import LOCALES, letter_of, pages, word_of

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("reader", [{"java_script_enabled": False}], ids=["no-script"], indirect=True)]


@pytest.mark.parametrize("locale", ["en", "fa"])
def test_a_reader_walks_from_home_to_a_person(reader, locale):
    """Home, category, article, tag, article, contact: links alone lead the whole way."""
    page = reader.open(f"{locale}/")
    page.locator("main .kb-tiles a").first.click()
    category = page.locator("h1").inner_text()
    page.locator("main a[href]:not(.kb-crumbs a)").first.click()
    page.goto(reader.portal + pages(locale)["guide"])
    page.locator(".kb-tags a").first.click()
    tag = page.locator("h1").inner_text()
    page.locator("main ul a").first.click()
    article = page.locator("article h1").inner_text()
    page.locator(".kb-callout a").click()
    page.locator(".kb-contact").wait_for(state="visible")  # a click only waits until the next page begins to come

    assert all([category, tag, article])
    assert f"/{locale}/contact/?article=" in page.url


@pytest.mark.parametrize("locale", LOCALES)
def test_the_search_page_says_what_it_needs_and_leads_on(reader, locale):
    """The form of the front page arrives with its words; the page says that searching needs script and lists the topics."""
    page = reader.open(f"{locale}/")
    page.locator("#kb-hero-field").fill("lamp")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search/?q=lamp")
    page.locator("main .kb-notice:visible").wait_for(state="visible")

    assert page.locator("[data-search-start] a").count() > 3
    assert page.locator("#kb-search").is_hidden()


@pytest.mark.parametrize("locale", LOCALES)
def test_a_word_is_found_in_the_index_of_words(reader, locale):
    """By the keyboard, from the front page: the form leads to the letters, the letter to the word (in one of its forms), that to an article."""
    page = reader.open(f"{locale}/")
    page.locator("#kb-hero-field").fill(word_of(locale))
    page.keyboard.press("Enter")
    page.wait_for_url("**/search/?q=*")
    _by_keys(page, page.locator(".kb-letters a", has_text=re.compile(f"^{letter_of(locale)}$", re.IGNORECASE)))
    current = page.locator('.kb-letters [aria-current="page"]').text_content() or ""  # where there are many, they are folded
    row = page.locator(".kb-words li").filter(has=page.locator("span", has_text=re.compile(f"^{word_of(locale)[:5]}", re.IGNORECASE)))
    title = row.locator("a").first.inner_text()
    _by_keys(page, row.locator("a").first)

    assert current.casefold() == letter_of(locale)
    assert page.locator("article h1").inner_text() == title
    assert page.locator("html").get_attribute("lang") == locale


def _by_keys(page, link):
    """Walk to a link with Tab, as far as that leads, and follow it with Enter."""
    link.wait_for()
    address, before = link.get_attribute("href"), page.url
    for _ in range(400):
        page.keyboard.press("Tab")
        if page.locator(":focus").get_attribute("href") == address:
            break
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: url != before)


@pytest.mark.parametrize("locale", LOCALES)
def test_nothing_that_needs_script_is_offered(reader, locale):
    """Buttons that only a script can serve are hidden; the opener of search is a link to the search page."""
    page = reader.open(pages(locale)["guide"])
    buttons = page.locator("button:visible").evaluate_all("all => all.filter((one) => one.type !== 'submit').map((one) => one.outerHTML)")
    page.locator("[data-search-open]:visible").click()

    assert buttons == []
    assert page.url.endswith(f"/{locale}/search/")


def test_the_root_offers_every_language(reader):
    """The first page is a choice of links when no script goes on."""
    page = reader.open("")
    page.locator('main a[hreflang="fa"]').click()

    assert page.url.endswith("/fa/")
    assert page.locator("html").get_attribute("dir") == "rtl"


def test_the_menu_of_languages_unfolds(reader):
    """The switch in the header is a plain fold."""
    page = reader.open(pages("en")["guide"])
    page.locator(".kb-switcher summary").click()

    assert page.locator('.kb-switcher a[hreflang="zh-Hant"]').is_visible()

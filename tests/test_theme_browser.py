"""The default theme in a browser: accessible, quiet under its policy, whole without script, and what its scripts add."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from theme_views import SERVICE

sys.path.insert(0, str(Path(__file__).parent / "browser"))

pytestmark = pytest.mark.browser

RULES = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}}
PAGES = (
    "home",
    "category",
    "article",
    "search",
    "contact",
    "tags",
    "tag",
    "recent",
    "archived",
    "languages",
)  # the last one goes on by itself


@pytest.fixture(scope="module")
def portal(serve_folder: Any, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, dict[tuple[str, str], str]]:
    """The example pages, served: address, and (page, locale) -> URL."""
    from shots import write_examples

    folder = tmp_path_factory.mktemp("portal")
    pages = write_examples(folder)
    (folder / "en" / "account").mkdir(exist_ok=True)
    return serve_folder(folder), pages


@pytest.fixture
def reports(page: Any) -> Iterator[list[str]]:
    """What the policy of the pages refused; nothing may be left at the end."""
    found: list[str] = []
    page.on("console", lambda message: found.append(message.text) if "Content Security Policy" in message.text else None)
    yield found

    assert not found


def go(page: Any, portal: Any, name: str, locale: str = "en", query: str = "") -> None:
    """Open an example page and wait for its scripts."""
    base, pages = portal
    page.goto(base + pages[name, locale] + query)
    page.wait_for_load_state("load")


@pytest.mark.parametrize("locale", ["en", "fa"])
@pytest.mark.parametrize("context_options", ["light", ("dark", "phone")], ids=str)
def test_no_page_has_a_fault_of_accessibility(page: Any, portal: Any, reports: Any, locale: str) -> None:
    """Axe finds nothing on any kind of page, light on a desk and dark on a phone, in both directions."""
    from axe_playwright_python.sync_playwright import Axe

    for name in PAGES[:-1]:
        go(page, portal, name, locale)
        found = Axe().run(page, options=RULES).response["violations"]

        assert [(one["id"], [node["html"][:200] for node in one["nodes"]]) for one in found] == [], name


@pytest.mark.parametrize("context_options", ["narrow", ("narrow", "no-script")], ids=str)
@pytest.mark.parametrize("locale", ["en", "fa", "zh-Hant"])
def test_nothing_scrolls_sideways_at_320_pixels(page: Any, portal: Any, locale: str) -> None:
    """Every page fits 320 px, the width of a zoom of 400 % on a desk."""
    for name in PAGES[:-1]:
        go(page, portal, name, locale)

        assert page.evaluate("document.documentElement.scrollWidth") <= 320, name


@pytest.mark.parametrize("context_options", ["phone"])
def test_targets_are_large_enough_for_fingers(page: Any, portal: Any) -> None:
    """Buttons and links outside running text are at least 24 pixels high."""
    go(page, portal, "article")
    small = page.evaluate(
        """() => [...document.querySelectorAll("button, nav a, .kb-tools a, .kb-tags a, summary, input:not([type=hidden])")]
             .filter((one) => one.checkVisibility({visibilityProperty: true}) && !one.closest(".kb-trap, .kb-hush"))
             .map((one) => [one.outerHTML.slice(0, 80), one.getBoundingClientRect().height]).filter(([, high]) => high && high < 24)"""
    )

    assert small == []


def test_what_a_card_says_begins_with_its_first_word(page: Any, portal: Any) -> None:
    """
    Persian runs from the right even after a Latin first word, and is never clamped.

    Chromium's ellipsis would stand among Latin words and hide what comes first.
    """
    go(page, portal, "recent", "fa")
    paragraph = page.locator(".kb-cards li:not([dir]) p:not(.kb-small)").first
    paragraph.evaluate("each => { each.textContent = 'Lumbra Plus عضویت ماست و ماهی ۳٫۴۹ یورو است. '.repeat(20); }")
    look = "each => [getComputedStyle(each).direction, getComputedStyle(each).display, each.clientHeight, each.scrollHeight]"
    direction, display, shown, whole = paragraph.evaluate(look)

    assert (direction, display) == ("rtl", "block")
    assert 0 < shown < whole


def test_the_first_key_leads_to_the_content(page: Any, portal: Any, reports: Any) -> None:
    """The first stop of the Tab key is a visible link that skips to the content."""
    go(page, portal, "article")
    page.keyboard.press("Tab")
    box = page.evaluate("document.activeElement.getBoundingClientRect().top")
    page.keyboard.press("Enter")

    assert box >= 0
    assert page.evaluate("document.activeElement.id") == "kb-main"


def test_colours_are_remembered_without_a_flash(page: Any, portal: Any, reports: Any) -> None:
    """The switch goes through device, light and dark, says which, and the next page has the choice before it paints."""
    go(page, portal, "home")
    button = page.locator("[data-module=kb-scheme]")
    before = button.get_attribute("aria-label")
    button.click()
    button.click()
    go(page, portal, "article")

    assert before == "Colours: as on your device"
    assert page.evaluate("document.documentElement.dataset.scheme") == "dark"
    assert page.locator("[data-module=kb-scheme]").get_attribute("aria-label") == "Colours: dark"
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(19, 23, 25)"


def test_the_table_of_contents_follows_the_reader(page: Any, portal: Any) -> None:
    """The heading that is being read is marked beside the text."""
    go(page, portal, "article")
    page.locator("#link").evaluate("(heading) => heading.scrollIntoView()")
    page.wait_for_selector('.kb-toc a[href="#link"][aria-current]')

    assert page.locator(".kb-toc a[aria-current]").count() == 1


def test_tabs_follow_the_arrows_and_print_whole(page: Any, portal: Any, reports: Any) -> None:
    """Texts become tabs that arrows move between; on paper every one of them shows."""
    go(page, portal, "article")
    page.get_by_role("tab", name="iPhone").focus()
    page.keyboard.press("ArrowRight")
    shown = page.get_by_role("tabpanel").all_inner_texts()
    chosen = page.locator('[role=tab][aria-selected="true"]').inner_text()
    page.emulate_media(media="print")

    assert chosen == "Android"
    assert [one.strip() for one in shown] == ["Choose Open by default."]
    assert page.locator(".kb-tab:visible").count() == 2


def test_menus_close_with_escape(page: Any, portal: Any) -> None:
    """Escape closes the menu of languages, and the focus returns to what opened it."""
    go(page, portal, "article")
    page.locator(".kb-switcher summary").click()
    page.keyboard.press("Tab")
    page.keyboard.press("Escape")

    assert page.locator(".kb-switcher").get_attribute("open") is None
    assert page.evaluate("document.activeElement.localName") == "summary"


def test_a_message_that_cannot_be_sent_is_kept(page: Any, portal: Any, reports: Any) -> None:
    """The contact form shows what goes along, asks for what is missing, and keeps every word when sending fails."""
    page.route(f"{SERVICE}/**", lambda route: route.fulfill(status=503))
    go(page, portal, "contact", query="?article=kb-resetpw&title=Reset%20a%20password&query=%3Cb%3Ereset")
    page.locator(".kb-contact[novalidate]").wait_for()
    page.get_by_role("button", name="Send the message").click()
    first_wrong = page.evaluate("document.activeElement.id")
    page.locator("#kb-subject").fill("Locked out")
    page.locator("#kb-body").fill("The link is dead.")
    page.locator("#kb-email").fill("reader@example.com")
    page.get_by_role("button", name="Send the message").click()
    page.wait_for_selector('.kb-contact[data-state="failed"]')

    assert first_wrong == "kb-subject"
    assert page.locator("[data-contact-query] dd").inner_text() == "<b>reset"
    assert page.locator("[data-contact-article] dd").inner_text() == "Reset a password"
    assert page.locator("#kb-body").input_value() == "The link is dead."
    assert "could not be sent" in page.locator("[data-contact-status]").inner_text()


@pytest.mark.parametrize(("wanted", "found"), [("fa-IR", "fa"), ("zh-TW", "zh-Hant"), ("ca-valencia", "ca"), ("de-DE", "")])
def test_the_top_goes_to_the_readers_language(chromium: Any, portal: Any, wanted: str, found: str) -> None:
    """The first language of the reader that the portal has is opened; with none the choice stays."""
    context = chromium.new_context(locale=wanted)
    page = context.new_page()
    page.add_init_script(f'Object.defineProperty(navigator, "languages", {{get: () => ["{wanted}"]}})')
    page.goto(portal[0])
    page.wait_for_load_state("networkidle")
    url = page.url
    context.close()

    assert url == f"{portal[0]}{found}{'/' if found else ''}"


@pytest.mark.parametrize("context_options", [("no-script", "rtl")], ids=str)
def test_everything_works_without_script(page: Any, portal: Any) -> None:
    """Without script: no dead button, the search and the forms post plainly, languages can be chosen."""
    go(page, portal, "article")
    dead = [one for one in page.locator("button:visible").all() if not one.evaluate("(button) => button.form")]
    page.locator(".kb-opener").click()
    search = page.url
    go(page, portal, "languages")
    page.get_by_role("link", name="فارسی").first.click()

    assert dead == []
    assert search.endswith("/en/search/")
    assert page.url.endswith("/fa/")


def test_printing_shows_the_text_alone(page: Any, portal: Any) -> None:
    """On paper there is the article, without navigation and forms, and external links are written out."""
    go(page, portal, "article")
    page.emulate_media(media="print")
    hidden = "header.kb-header, .kb-footer, .kb-side, .kb-rating, .kb-crumbs"
    shown = page.evaluate("(names) => [...document.querySelectorAll(names)].filter((one) => one.checkVisibility()).length", hidden)
    link = page.evaluate("""() => getComputedStyle(document.querySelector(".kb-prose a[href^=http]"), "::after").content""")

    assert shown == 0
    assert "https://example.com/" in link or "attr(href)" in link


def test_one_broken_part_stops_nothing_else(page: Any, portal: Any) -> None:
    """A part whose markup is wrong is named in the console; the others work."""
    errors: list[str] = []
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    page.route(
        "**/reset-password/",
        lambda route: route.fulfill(response=(answer := route.fetch()), body=answer.text().replace('name="article"', 'name="x"')),
    )
    go(page, portal, "article")

    assert any("kb-rating" in one for one in errors)
    assert page.locator("[data-module=kb-scheme]").is_visible()

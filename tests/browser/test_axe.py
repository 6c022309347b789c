"""Nobody is shut out: axe finds nothing on any kind of page, in any language, colour scheme and width."""

from __future__ import annotations

from urllib.parse import unquote

import pytest
from axe_playwright_python.sync_playwright import Axe
from browser.sample import LOCALES, pages, word_of

pytestmark = [pytest.mark.browser, pytest.mark.slow]

EVERYTHING = ("en", "fa")  # both directions of writing; of the other locales only what has words of its own
SHORT = ("home", "guide", "fallback", "search", "contact")
COLOURS = ("color-contrast", "link-in-text-block")  # all that a colour scheme can break
STRANGER = {"locale": "de-DE"}  # the portal has no German, so its root stays where it is
WIDTHS = (1280, 360)
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
AXE = Axe()


def violations(page) -> list[str]:
    """Run axe: all its rules by day at both widths, those about colours by night too.  Says what it found and where."""
    found = []
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        rules = {"type": "tag", "values": TAGS} if scheme == "light" else {"type": "rule", "values": COLOURS}
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 800})
            page.evaluate("scrollTo({top: 0, behavior: 'instant'})")  # a link half under the bar would count as too small
            answer = AXE.run(page, options={"runOnly": rules, "resultTypes": ["violations"]}).response
            found += [
                f"{unquote(page.url)} {scheme} {width}: {one['id']} {node['target']} {node['failureSummary'][:300]}"
                for one in answer["violations"]
                for node in one["nodes"]
            ]
    return found


@pytest.mark.parametrize("reader", [STRANGER], ids=[""], indirect=True)
@pytest.mark.parametrize("locale", LOCALES)
def test_no_page_shuts_anybody_out(reader, locale):
    """Every kind of page passes WCAG 2.2 AA and the best practices, by day and night, wide and narrow."""
    wrong = []
    for name, url in pages(locale).items():
        if locale not in EVERYTHING and name not in SHORT:
            continue
        page = reader.open(url if name != "search" else f"{url}?q={word_of(locale)}")
        if name == "search":
            page.locator(".kb-result").first.wait_for()
        wrong += violations(page)

    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("reader", [STRANGER], ids=[""], indirect=True)
@pytest.mark.parametrize("locale", EVERYTHING)
def test_open_parts_shut_nobody_out(reader, locale):
    """The search dialog with results and with none, the menu of languages, the reasons after a "no" and a failed form pass too."""
    page = reader.open(pages(locale)["guide"])
    page.keyboard.press("/")
    field = page.locator("#kb-search-field")
    field.fill(word_of(locale))
    page.locator("#kb-search .kb-hit").first.wait_for()
    page.keyboard.press("ArrowDown")
    wrong = violations(page)
    if locale == "en":
        field.fill("pasword")
        page.locator("#kb-search [data-search-typed]").wait_for()
        wrong += violations(page)
    field.fill("xqzw")
    page.locator('#kb-search[data-state="none"]').wait_for()
    wrong += violations(page)
    page.keyboard.press("Escape")
    page.locator(".kb-switcher summary").click()
    wrong += violations(page)
    page.keyboard.press("Escape")
    page.locator('.kb-rating-ask [value="no"]').click()
    page.locator('.kb-rating[data-state="kept"]').wait_for()
    wrong += violations(page)
    page = reader.open(pages(locale)["contact"])
    page.locator(".kb-contact[novalidate]").wait_for()
    page.locator('.kb-contact [type="submit"]').click()
    wrong += violations(page)
    page = reader.open(pages(locale)["home"])
    page.locator("#kb-hero-field").fill(word_of(locale))
    page.locator(".kb-hero-panel .kb-hit").first.wait_for()
    wrong += violations(page)

    assert not wrong, "\n".join(wrong)

"""Narrow screens: nothing makes a page scroll sideways, and what a thumb must hit is large enough."""

from __future__ import annotations

import pytest
from browser.sample import pages, word_of

pytestmark = [pytest.mark.browser, pytest.mark.slow]

WIDTHS = (320, 360, 390, 768, 1280)
NARROW = {
    "locale": "de-DE",
    "viewport": {"width": 320, "height": 640},
    "has_touch": True,
    "is_mobile": True,
}  # no German here: the root stays
# What is wider than the page and not inside something that scrolls by itself: the names in a failing test.
WIDER = """() => {
  const page = document.scrollingElement;
  const width = page.clientWidth;
  if (page.scrollWidth <= width) return null;
  const scrolls = (one) => { for (; one && one !== document.body; one = one.parentElement)
    if (/auto|scroll|hidden|clip/.test(getComputedStyle(one).overflowX)) return true; return false; };
  const out = [...document.body.querySelectorAll('*')].filter((one) => {
    const box = one.getBoundingClientRect();
    return box.width && (box.right > width + 1 || box.left < -1) && !scrolls(one.parentElement);
  }).map((one) => `${one.localName}.${one.className?.baseVal ?? one.className} ${Math.round(one.getBoundingClientRect().left)}`
    + `..${Math.round(one.getBoundingClientRect().right)}`);
  return `${page.scrollWidth} px wide in ${width}: ${out.slice(0, 6).join('; ')}`;
}"""
SMALL = """(least) => [...document.querySelectorAll('a[href], button, input:not([type=hidden]), select, summary')].filter((one) => {
    if (!one.checkVisibility({ opacityProperty: true, visibilityProperty: true })) return false;
    if (one.closest('.kb-trap, .kb-hush, .kb-skip')) return false;
    return one.getBoundingClientRect().height < least - 0.2 && getComputedStyle(one).display !== 'inline';
  }).map((one) => `${one.className} ${one.getBoundingClientRect().height.toFixed(1)} px: ${one.textContent.trim().slice(0, 30)}`)"""


@pytest.mark.parametrize("reader", [NARROW], ids=["phone"], indirect=True)
@pytest.mark.parametrize("locale", ["en", "fa", "zh-Hant"])
def test_no_page_scrolls_sideways(reader, locale):
    """From 320 to 1280 pixels every kind of page is as wide as the screen; tables and code scroll inside."""
    wrong = []
    for name, url in pages(locale).items():
        page = reader.open(url if name != "search" else f"{url}?q={word_of(locale)}")
        if name == "search":
            page.locator(".kb-result").first.wait_for()
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 640})
            found = page.evaluate(WIDER)
            wrong += [f"{name} {url} at {width}: {found}"] if found else []

    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("reader", [NARROW], ids=["phone"], indirect=True)
@pytest.mark.parametrize("locale", ["en", "fa"])
def test_open_parts_do_not_scroll_sideways(reader, locale):
    """With suggestions, the dialog or the menu of languages open, a page is still as wide as the screen."""
    page = reader.open(pages(locale)["home"])
    page.locator("#kb-hero-field").fill(word_of(locale))
    page.locator(".kb-hero-panel .kb-hit").first.wait_for()
    found = [page.evaluate(WIDER)]
    page.locator(".kb-switcher summary").click()
    found.append(page.evaluate(WIDER))
    page = reader.open(pages(locale)["guide"])
    page.locator("[data-search-open]").click()
    page.locator("#kb-search-field").fill(word_of(locale))
    page.locator("#kb-search .kb-hit").first.wait_for()
    found.append(page.evaluate(WIDER))

    assert not any(found), found


@pytest.mark.parametrize("reader", [NARROW], ids=["phone"], indirect=True)
def test_what_a_thumb_hits_is_24_pixels_high(reader):
    """Controls, and links that stand alone, are 24 CSS pixels high or more on every kind of page."""
    wrong = []
    for name, url in pages("en").items():
        wrong += [f"{name}: {one}" for one in reader.open(url).evaluate(SMALL, 24)]

    assert not wrong, "\n".join(wrong)

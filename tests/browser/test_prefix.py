"""The portal below a folder of somebody's site: every address is relative, and search, languages and lost readers still work."""

from __future__ import annotations

import pytest
from browser.conftest import Reader
from browser.sample import SERVICE, built
from conftest import reader_options

pytestmark = pytest.mark.browser


@pytest.fixture
def below(chromium, serve_folder):
    """Open the portal as it stands in help/."""
    one = Reader(chromium, serve_folder(built(prefix="help/")), reader_options("desk"))
    yield one
    one.context.close()

    assert not one.wrong, "\n".join(one.wrong)


def test_the_portal_works_below_a_folder(below):
    """Home, search, article, picture, language and contact work below /help/, and nothing is asked for above it."""
    page = below.open("help/en/")
    page.locator("#kb-hero-field").fill("password")
    page.locator(".kb-hero-panel .kb-hit").first.wait_for()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.locator("article h1").wait_for()
    found = page.url
    page.locator('.kb-footer a[hreflang="fa"]').click()
    page.wait_for_url("**/help/fa/**")
    page.locator(".kb-callout a").click()
    page.wait_for_url("**/help/fa/contact/**")
    page.locator("#kb-subject").fill("رمز")
    page.locator(".kb-offers a").first.wait_for()
    own = (f"{below.portal}help/", f"{SERVICE}/")
    above = [url for url in below.requests if not url.startswith(own) and "/favicon.ico" not in url]

    assert "/help/en/" in found
    assert above == []


def test_a_lost_reader_below_a_folder_finds_the_way(below):
    """The page for missing addresses knows the portal's folder."""
    (built(prefix="help/") / "404.html").write_bytes((built(prefix="help/") / "help" / "404.html").read_bytes())
    page = below.open("help/en/old/track-your-order")
    page.locator(".kb-result a").first.click()

    assert "/help/en/" in page.url
    assert page.locator("article h1").is_visible()

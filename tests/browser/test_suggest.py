"""Articles offered on another site's page: found while a customer types, opened in place, and only where the portal lets them in."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterator
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.sync_playwright import Axe
from browser.shop import HostHandler, hosting, write_shop
from click.testing import CliRunner
from conftest import serving
from search.pages import PAYLOADS

from kbgen.cli import main

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser

WIDGET = ("suggest", "query")
ARTICLES = {
    "en/account/reset.md": (
        "Reset your password",
        "Ask for a link",
        "A new one comes by mail. ![A lamp](lamp.svg)\n\nSee [refunds](refund.md).",
    ),
    "en/account/refund.md": ("Get a refund", "Within 14 days", "We pay back what you paid."),
    "en/account/trap.md": (PAYLOADS[0] + " trap", "It is <b>text", "Text"),
    "fa/account/reset.md": ("بازیابی رمز عبور", "پیوند بخواهید", "پیوند تازه‌ای می‌آید."),
}
LAMP = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9" width="9" height="9"><circle cx="4" cy="4" r="4"/></svg>'


def write_site(folder: Path, origins: str) -> None:
    """Write a portal of four articles in two languages that lets one other site in."""
    files = {
        path: f'---\nid: {path.split("/")[-1][:-3]}\ntitle: "{title}"\ndescription: "{about}"\nstatus: published\n---\n{body}\n'
        for path, (title, about, body) in ARTICLES.items()
    }
    for path, text in {**files, "en/account/lamp.svg": LAMP}.items():
        file = folder / "content" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    (folder / "kbgen.toml").write_text(
        '[site]\ntitle = "Help"\nbase_url = "https://help.example"\n[locales.en]\n[locales.fa]\n'
        f'[feedback]\nurl = "http://127.0.0.1:8001"\n[suggest]\norigins = [{origins}]\n'
    )


def build(folder: Path) -> None:
    """Build the portal, in this process."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        done = CliRunner().invoke(main, ["build", "--jobs", "1", "--quiet"])
        assert (folder / "dist" / "index.html").is_file(), done.output


Shop = Callable[..., str]  # locale -> address of the shop's page


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """Serve a portal on one origin with its headers, and a shop on another."""
    folder, other = tmp_path_factory.mktemp("portal"), tmp_path_factory.mktemp("shop")
    server = ThreadingHTTPServer(("127.0.0.1", 0), HostHandler)
    portal = f"http://localhost:{server.server_port}/"
    with serving(other) as address:
        write_site(folder, f'"{address.rstrip("/")}"')
        build(folder)
        with server, hosting(server, folder / "dist"):

            def at(locale: str, *, strict: bool = False) -> str:
                write_shop(other, portal, locale, strict=strict)
                return address

            yield at


def offers(page: Page, text: str) -> list[str]:
    """Type a subject and return the titles that are offered."""
    page.locator("#subject").press_sequentially(text)
    page.locator("section a b").first.wait_for()
    return page.locator("section a b").all_inner_texts()


def test_articles_are_offered_and_opened_in_place(page: Page, shop: Shop) -> None:
    """With the keyboard alone: typing offers, Tab and Enter open the article over the page, its links work, Escape comes back."""
    page.goto(shop("en"))
    titles = offers(page, "reset pass")
    said = page.locator("[role=status]").inner_text()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    frame = page.frame_locator("iframe")
    frame.locator("h1", has_text="Reset your password").wait_for()
    frame.locator("img").scroll_into_view_if_needed()
    size = frame.locator("img").evaluate("(image) => image.decode().then(() => image.naturalWidth)")
    chrome = [frame.locator(one).is_visible() for one in (".kb-header", ".kb-footer", ".kb-callout")]
    frame.locator("article a", has_text="refunds").click()
    frame.locator("h1", has_text="Get a refund").wait_for()
    page.locator("dialog button").press("Escape")
    page.locator("iframe").wait_for(state="detached")

    assert titles[0] == "Reset your password"
    assert said == "1 article may answer your question"
    assert size
    assert chrome == [False, False, False]
    assert page.evaluate("document.querySelector('#subject').nextElementSibling.shadowRoot.activeElement.localName") == "a"
    assert page.url.endswith("/")


def test_what_was_typed_goes_along_to_a_person(page: Page, shop: Shop) -> None:
    """The way to a person leads to the portal's form with the words; the page around learns of each step."""
    page.goto(shop("en"))
    page.evaluate(
        "addEventListener('kb-suggest', ({ detail }) => (document.title += ` ${detail.what}`));"
        "document.querySelector('#subject').nextElementSibling"
    )
    offers(page, "refund")
    with page.expect_popup() as popup:
        page.locator(".foot a").click()
    person = popup.value
    person.locator("[data-contact-query]").wait_for()

    assert person.locator("[data-contact-query] dd").inner_text() == "refund"
    assert page.title() == "Write to the shop offered asked"


def test_escape_within_an_article_comes_back(page: Page, shop: Shop) -> None:
    """Who reads the article in its frame closes it by Escape too: the key reaches the page around."""
    page.goto(shop("en"))
    offers(page, "refund")
    page.locator("section a").first.click()
    page.frame_locator("iframe").locator("h1", has_text="refund").click()
    page.keyboard.press("Escape")
    page.locator("iframe").wait_for(state="detached")

    assert not page.locator("dialog").is_visible()


def test_a_form_can_leave_out_the_way_to_a_person(page: Page, shop: Shop) -> None:
    """On a page that is the way to a person itself, none to another form is offered."""
    page.goto(shop('en" data-ask="no'))  # one more attribute, behind that of the language
    offers(page, "refund")

    assert page.locator("section a").count() == page.locator("section li").count()
    assert page.locator(".foot").count() == 0


def test_sites_that_are_not_let_in_are_offered_nothing(page: Page, shop: Shop, tmp_path: Path) -> None:
    """A page of another site is told why in its console, instead of a frame that the portal refuses to fill."""
    told: list[str] = []
    page.on("console", lambda said: told.append(said.text))
    (tmp_path / "index.html").write_text(page.request.get(shop("en")).text())
    with serving(tmp_path) as address:
        with page.expect_console_message(lambda said: "does not name" in said.text):
            page.goto(address)
        page.locator("#subject").press_sequentially("refund")

    assert page.locator("section").count() == 0
    assert any(address.rstrip("/") in one for one in told)


def test_only_what_is_near_is_offered(page: Page, shop: Shop) -> None:
    """An article that mentions a word is no answer beside one that is about it: "refunds" stands in the text of another one too."""
    page.goto(shop("en"))

    assert offers(page, "refund") == ["Get a refund"]


@pytest.mark.parametrize("tag", ["fa-IR", "fa_IR", "FA"])
def test_another_language_has_its_words_and_direction(page: Page, shop: Shop, tag: str) -> None:
    """A page in Persian is offered Persian articles, from right to left; "fa-IR" finds "fa", however it is written."""
    page.goto(shop(tag))
    titles = offers(page, "رمز")

    assert titles == ["بازیابی رمز عبور"]
    assert page.locator("section").evaluate("(box) => getComputedStyle(box).direction") == "rtl"


def test_titles_are_text_and_axe_finds_nothing(page: Page, shop: Shop) -> None:
    """Markup in a title stays text on the page around; offers and dialog pass axe."""
    page.goto(shop("en"))
    titles = offers(page, "trap")
    wrong = Axe().run(page).generate_report()
    page.locator("section a").first.click()
    page.frame_locator("iframe").locator("h1").wait_for()

    assert titles == [PAYLOADS[0] + " trap"]
    assert "Found 0 accessibility violations" in wrong, wrong
    assert page.locator("section img").count() == 0


def test_a_strict_page_can_hold_it(page: Page, shop: Shop) -> None:
    """Under a policy with Trusted Types that names the portal, everything works: no inline style, no markup from text."""
    blocked: list[str] = []
    page.on("console", lambda said: blocked.append(said.text) if "Trusted" in said.text or "shadow" in said.text else None)
    page.goto(shop("en", strict=True))
    titles = offers(page, "refund")
    page.locator("section a").first.click()
    page.frame_locator("iframe").locator("h1", has_text="refund").wait_for()

    assert titles[0] == "Get a refund"
    assert blocked == []


def test_nothing_is_published_for_others_unless_asked(tmp_path: Path) -> None:
    """Without [suggest] there is no module for others, no file for it, and no header that lets them read or frame."""
    write_site(tmp_path, "")
    build(tmp_path)
    headers = (tmp_path / "dist" / "_headers").read_text()

    assert not (tmp_path / "dist" / "suggest.mjs").exists()
    assert not (tmp_path / "dist" / "en" / "suggest.json").exists()
    assert "Access-Control" not in headers
    assert "frame-ancestors 'self'\n" in headers


def test_the_module_is_light(shop: Shop, tmp_path: Path) -> None:
    """All that a page of the company loads before somebody types is at most 10 kB, compressed."""
    write_site(tmp_path, '"https://shop.example"')
    build(tmp_path)
    files = [one for name in WIDGET for one in (tmp_path / "dist/assets").glob(f"{name}.*.mjs")] + [tmp_path / "dist/suggest.mjs"]

    assert len(files) == len(WIDGET) + 1
    assert sum(len(gzip.compress(one.read_bytes(), 9)) for one in files) <= 10_000

"""Search as a reader meets it, in Chromium, on pages that hold nothing but the markup that the scripts ask for."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from search.engines import SCRIPTS, index_of

from kbgen.theme import bundle

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser
PAYLOADS = (
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    "javascript:alert(1)",
    "</script><script>alert(1)</script>",
    '"><b>x',
    "${alert(1)}",
    "{{7*7}}",
)
POLICY = (
    "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; require-trusted-types-for 'script'; trusted-types 'none'"
)
FORM = """
<form role="search" action="../find/" method="get" data-search-form>
  <label for="field">Search</label>
  <input id="field" type="search" name="q" maxlength="200" autocomplete="off" data-search-field>
  <button type="submit">Go</button>{filters}
</form>
<div {panel}><p role="status" data-search-status></p><div data-search-start>Popular</div>
<{list} id="results" aria-label="Results" data-search-results></{list}>
<div data-search-empty hidden>Nothing. <a href="../contact/?topic=1" data-search-carry>Ask us</a></div>
<div data-search-error hidden><p>Search could not be loaded.</p><button type="button" data-search-retry>Again</button></div>
<a href="../find/" data-search-all hidden>All results</a></div>
{templates}
"""
FILTERS = """
<label>Category <select name="category" data-search-filter="category"><option value="">All</option>
  <option value="en/account/">Account</option></select></label>
<label>Kind <select name="kind" data-search-filter="kind"><option value="">All</option>
  <option value="faq">Questions</option></select></label>"""
OPTIONS = """
<template data-search-result><a><b data-slot="title"></b> <i data-slot="description"></i> <i data-slot="category"></i>
  <i data-slot="kind"></i></a></template>
<template data-search-section><a><i data-slot="section"></i></a></template>"""
ITEMS = """
<template data-search-result><li><a data-slot="title"></a> <p data-slot="description"></p> <i data-slot="kind"></i></li></template>
<template data-search-section><li><a data-slot="section"></a></li></template>"""
ARTICLES: tuple[dict[str, Any], ...] = (
    {
        "title": "Reset your password",
        "description": "A new password in two minutes",
        "headings": ["Reset it with the app"],
        "url": "en/account/reset/",
    },
    {"title": "Update payment details", "body": "password", "url": "en/account/update/", "kind": "faq"},
    {"title": "Return an item", "body": "refund", "url": "en/orders/return/"},
    {"title": "重設密碼的方法", "url": "zh/reset/"},
    *(
        {"title": f"{payload} trap", "description": payload, "headings": [f"{payload} trap"], "url": f"en/trap/{at}/"}
        for at, payload in enumerate(PAYLOADS)
    ),
)


def html(mode: str, language: str = "en", initial: str = "") -> str:
    """Return a page: `dialog` with an opener and a text field beside it, `hero`, or `list`."""
    attributes = (
        'data-module="kb-search" data-script="../search.mjs" data-index="../search.json" data-up="../" data-loading="Loading"'
        ' data-none="No results for {query}" data-count-one="{n} result" data-count-other="{n} results" data-kind-faq="Question"'
        f' data-initial="{initial}" data-mode="{"list" if mode == "list" else "combobox"}"'
    )
    tag, panel = ("ol", "") if mode == "list" else ("div", "data-search-panel hidden" if mode == "hero" else "")
    inner = FORM.format(filters=FILTERS if tag == "ol" else "", panel=panel, list=tag, templates=ITEMS if tag == "ol" else OPTIONS)
    body = f"<div {attributes}>{inner}</div>"
    if mode == "dialog":
        inner += '<button type="button" data-search-close>Close</button>'
        body = '<a id="opener" href="../find/" data-search-open>Search</a><input id="other" aria-label="Other">'
        body += f'<dialog aria-label="Search" {attributes}><div>{inner}</div></dialog>'
    return (
        f'<!doctype html><html lang="{language}" dir="{"rtl" if language == "fa" else "ltr"}"><head><meta charset="utf-8"><title>Test</title>'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
        '<link rel="icon" href="data:,">'
        f'<script type="module" src="../run.mjs"></script></head><body><main><h1>Test</h1>{body}</main></body></html>'
    )


@pytest.fixture(scope="session")
def portal(tmp_path_factory: pytest.TempPathFactory, serve_folder: Callable[[Path], str]) -> str:
    """Serve a page of each sort, the scripts as the theme serves them, and an index; returns the address."""
    folder = tmp_path_factory.mktemp("portal")
    for name in ("open", "search", "query", "analyze"):
        (folder / f"{name}.mjs").write_text(bundle.lean((SCRIPTS / f"{name}.mjs").read_text()))
    (folder / "run.mjs").write_text('import enhance from "./open.mjs";\ndocument.querySelectorAll("[data-module]").forEach(enhance);\n')
    (folder / "search.json").write_bytes(index_of(*ARTICLES))
    pages = {
        "dialog": html("dialog"),
        "hero": html("hero"),
        "find": html("list", initial="url"),
        "fa": html("list", "fa", "url"),
        "reset-password": html("list", initial="path"),
    }
    for name, text in pages.items():
        (folder / name).mkdir()
        (folder / name / "index.html").write_text(text)
    return serve_folder(folder)


def wait(page: Page, *states: str) -> None:
    """Wait until search is in one of the states; the policy of the pages forbids Playwright's own waiting for functions."""
    page.locator(", ".join(f"[data-module][data-state={state}]" for state in states)).wait_for(state="attached")


def shown(page: Page) -> list[str]:
    """Return the titles of the results, without the sections."""
    wait(page, "ready", "none", "error")
    return page.locator("[data-search-results] [data-slot=title]").all_inner_texts()


def test_nothing_is_loaded_before_the_focus(page: Page, portal: str) -> None:
    """Neither the scripts nor the index are asked for until the field has the focus."""
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url.rpartition("/")[2]))
    page.goto(portal + "dialog/", wait_until="networkidle")
    before = list(asked)
    page.keyboard.press("/")
    wait(page, "idle")
    page.wait_for_load_state("networkidle")

    assert not {"search.mjs", "query.mjs", "analyze.mjs", "search.json"} & set(before)
    assert {"search.mjs", "query.mjs", "analyze.mjs", "search.json"} <= set(asked)


def test_dialog_by_keyboard_alone(page: Page, portal: str) -> None:
    """Slash opens, typing finds, arrows choose, Enter goes to the article; the field keeps the focus and tells what is chosen."""
    page.goto(portal + "dialog/")
    page.keyboard.press("/")
    page.keyboard.type("reset pasword")
    titles = shown(page)
    field = page.locator("#field")
    roles = {name: field.get_attribute(name) for name in ("role", "aria-expanded", "aria-controls", "aria-activedescendant")}
    page.keyboard.press("ArrowDown")
    chosen = field.get_attribute("aria-activedescendant")
    selected = page.locator("[role=option][aria-selected=true]").get_attribute("id")
    said = page.locator("[role=status]").inner_text()
    page.keyboard.press("ArrowDown")
    section = page.locator("[role=option][aria-selected=true]").inner_text()
    page.keyboard.press("ArrowUp")
    focused = page.evaluate("document.activeElement.id")
    page.keyboard.press("Enter")
    page.wait_for_url("**/en/account/reset/")

    assert titles[0] == "Reset your password"
    assert roles == {"role": "combobox", "aria-expanded": "true", "aria-controls": "results", "aria-activedescendant": None}
    assert chosen == selected == "results-0"
    assert section == "Reset it with the app"
    assert (focused, said) == ("field", "2 results")


@pytest.mark.parametrize("key", ["Escape", "click"])
def test_dialog_gives_the_focus_back(page: Page, portal: str, key: str) -> None:
    """Escape, with words typed, and the close button end the dialog; the opener has the focus again."""
    page.goto(portal + "dialog/")
    page.locator("#opener").click()
    page.keyboard.type("reset")
    shown(page)
    if key == "click":
        page.locator("[data-search-close]").click()
    else:
        page.keyboard.press(key)

    assert not page.locator("dialog").is_visible()
    assert page.evaluate("document.activeElement.id") == "opener"


def test_shortcuts(page: Page, portal: str) -> None:
    """Ctrl+K opens from anywhere; a slash typed into a field is a slash."""
    page.goto(portal + "dialog/")
    page.locator("#other").press("/")
    typed = (page.locator("dialog").is_visible(), page.locator("#other").input_value())
    page.keyboard.press("Control+k")

    assert typed == (False, "/")
    assert page.locator("dialog").is_visible()


def test_section_leads_to_its_heading(page: Page, portal: str) -> None:
    """A heading that matched is a result of its own, with the anchor."""
    page.goto(portal + "dialog/")
    page.keyboard.press("/")
    page.keyboard.type("reset app")
    shown(page)

    assert page.locator("#results a").nth(1).get_attribute("href") == "../en/account/reset/#h0"


def test_matches_are_marked(page: Page, portal: str) -> None:
    """Words are marked whole, of a Chinese title only the letters that were asked for."""
    page.goto(portal + "dialog/")
    page.keyboard.press("/")
    page.locator("#field").fill("how to reset passw")
    shown(page)
    words = page.locator("#results a").first.locator("mark").all_inner_texts()
    page.locator("#field").fill("密碼")
    page.locator("#results", has_text="密碼").wait_for()

    assert words == ["Reset", "password", "password"]
    assert page.locator("#results mark").all_inner_texts() == ["密碼"]


def test_hero_shows_a_panel(page: Page, portal: str) -> None:
    """Suggestions stand below the field while it has words and the focus; Escape and leaving put them away."""
    page.goto(portal + "hero/")
    panel = page.locator("[data-search-panel]")
    page.keyboard.press("/")
    wait(page, "idle")
    empty = panel.is_visible()
    page.keyboard.type("reset")
    shown(page)
    seen = [panel.is_visible()]
    page.keyboard.press("Escape")
    seen.append(panel.is_visible())
    page.keyboard.press("ArrowDown")
    seen.append(panel.is_visible())
    page.locator("#field").blur()
    seen.append(panel.is_visible())

    assert not empty
    assert seen == [True, False, True, False]


def test_page_starts_with_the_address(page: Page, portal: str) -> None:
    """A shared address brings words and filters along, and the address follows what is typed."""
    page.goto(portal + "find/?q=password&category=en/account/&kind=faq")
    titles = shown(page)
    kind = page.locator("[data-slot=kind]").inner_text()
    page.locator("[data-search-filter=kind]").select_option("")
    page.locator("[data-search-results] p").nth(1).wait_for(state="attached")
    page.locator("#field").fill("refund")
    page.wait_for_url("**/find/?q=refund&category=en%2Faccount%2F")

    assert (titles, kind) == (["Update payment details"], "Question")
    assert page.locator("[data-module]").get_attribute("data-state") == "none"


def test_list_by_arrows(page: Page, portal: str) -> None:
    """In the page, arrows walk from the field through the links and back, and Enter in the field loads no page."""
    page.goto(portal + "find/?q=password")
    shown(page)
    page.locator("#field").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowDown")
    first = page.evaluate("document.activeElement.innerText")
    page.keyboard.press("ArrowUp")

    assert first == "Reset your password"
    assert page.evaluate("document.activeElement.id") == "field"


def test_nothing_found_leads_on(page: Page, portal: str) -> None:
    """Without results the page says so, and the way to a person carries the words."""
    page.goto(portal + "find/?q=xylophon%20%3Cq%3E")
    shown(page)

    assert page.locator("[data-search-empty]").is_visible()
    assert page.locator("[role=status]").inner_text() == "No results for xylophon <q>"
    assert page.locator("[data-search-carry]").get_attribute("href") == f"{portal}contact/?topic=1&query=xylophon+%3Cq%3E"


def test_lost_page_searches_its_address(page: Page, portal: str) -> None:
    """A page that does not exist searches for the words of its address."""
    page.goto(portal + "reset-password/")

    assert shown(page)[0] == "Reset your password"


def test_counts_speak_the_language(page: Page, portal: str) -> None:
    """Numbers have the digits of the page's locale."""
    page.goto(portal + "fa/?q=password")
    shown(page)

    assert page.locator("[role=status]").inner_text() == "۲ results"


def test_index_that_cannot_be_loaded_is_said(page: Page, portal: str) -> None:
    """After a second try the page says in words that search is not there; when the reader tries again and it is, results come."""
    tries: list[str] = []
    page.route("**/search.json", lambda route: (tries.append(route.request.url), route.abort()))
    page.goto(portal + "find/?q=reset")
    page.locator("[data-search-error]").wait_for()
    page.wait_for_timeout(600)
    failed = len(tries)
    page.unroute("**/search.json")
    page.locator("[data-search-retry]").click()
    wait(page, "ready")

    assert failed == 2
    assert shown(page)[0] == "Reset your password"
    assert not page.locator("[data-search-error]").is_visible()


def test_script_that_cannot_be_loaded_is_said(page: Page, portal: str) -> None:
    """If not even the script comes, the error stands in the page, and typing and sending the form still works."""
    page.route("**/query.mjs", lambda route: route.abort())
    page.goto(portal + "dialog/")
    page.keyboard.press("/")
    page.locator("[data-search-error]").wait_for()
    page.keyboard.type("reset")
    page.keyboard.press("Enter")
    page.wait_for_url("**/find/?q=reset")

    assert page.url.endswith("/find/?q=reset")


@pytest.mark.parametrize("payload", PAYLOADS)
def test_payloads_are_text(page: Page, portal: str, payload: str) -> None:
    """Markup in a query, a title, a description or a heading is shown as it is written; Trusted Types are on and nothing is blocked."""
    blocked: list[str] = []
    page.on("dialog", lambda dialog: (blocked.append(dialog.message), dialog.dismiss()))
    page.on("console", lambda message: blocked.append(message.text) if "Trusted" in message.text else None)
    page.goto(portal + "find/")
    page.locator("#field").fill(f"{payload} trap")
    titles = shown(page)

    assert f"{payload} trap" in titles
    assert page.locator("[data-search-results] :is(img, svg, script, b)").count() == 0
    assert blocked == []


def test_query_is_never_an_error(page: Page, portal: str) -> None:
    """Operators, emoji, lone surrogates, control characters and 10,000 letters are text; the `page` fixture fails on any exception."""
    page.goto(portal + "find/?q=reset")
    shown(page)
    for text in ("-x", "a~", "bogus:foo", "🙂", "\u202ereset", "__proto__", "a" * 10_000, "$&", "%00", "(((", "٠١٢"):
        page.locator("#field").fill(text)
    page.evaluate("field.value = '\\ud800'; field.dispatchEvent(new InputEvent('input'))")
    page.locator("#field").fill("reset")
    page.locator("[data-slot=title]", has_text="Reset your password").wait_for()

    assert shown(page)[0] == "Reset your password"


def test_unfinished_characters_are_not_searched(page: Page, portal: str) -> None:
    """While an input method composes, nothing is searched and Enter belongs to it; when it is done, results come."""
    page.goto(portal + "find/")
    page.locator("#field").focus()
    wait(page, "idle")
    page.evaluate("field.value = '密碼'; field.dispatchEvent(new InputEvent('input', { isComposing: true }))")
    page.wait_for_timeout(150)
    during = page.locator("[data-module]").get_attribute("data-state")
    page.evaluate("field.dispatchEvent(new CompositionEvent('compositionend'))")

    assert during == "idle"
    assert shown(page) == ["重設密碼的方法"]


@pytest.mark.parametrize("context_options", ["no-script"])
def test_form_works_without_script(page: Page, portal: str) -> None:
    """Without JavaScript the form leads to the search page with the words in the address."""
    page.goto(portal + "hero/")
    page.locator("#field").fill("reset password")
    page.keyboard.press("Enter")
    page.wait_for_url("**/find/?q=reset+password")

    assert page.url.endswith("/find/?q=reset+password")


@pytest.mark.parametrize(("path", "text"), [("dialog/", "reset"), ("dialog/", "xyzzy"), ("find/", "reset"), ("hero/", "reset")])
def test_accessible(page: Page, portal: str, path: str, text: str) -> None:
    """The roles that the scripts give hold before axe, with results and without."""
    from axe_playwright_python.sync_playwright import Axe

    page.goto(portal + path)
    page.locator("#field").focus() if "find" in path else page.keyboard.press("/")
    page.keyboard.type(text)
    shown(page)
    if path != "find/" and text == "reset":
        page.keyboard.press("ArrowDown")
    page.evaluate("document.querySelector('meta[http-equiv]').remove()")
    results = Axe().run(page)

    assert results.violations_count == 0, results.generate_report()


def test_scripts_are_small() -> None:
    """What loads with the first focus is at most 6 kB gzip, and what every page carries for it at most 1 kB."""
    sizes = {
        name: len(gzip.compress(bundle.lean((SCRIPTS / f"{name}.mjs").read_text()).encode(), 9))
        for name in ("open", "search", "query", "analyze")
    }

    assert sizes.pop("open") <= 1000
    assert sum(sizes.values()) <= 6000

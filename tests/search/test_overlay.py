"""Search in its dialog and in the hero, in Chromium."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING, Any

import pytest
from search.engines import SCRIPTS
from search.pages import shown, wait
from theme_views import default_theme

from kbgen.theme.lean import lean

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser


def test_nothing_is_loaded_before_the_focus(page: Page, search_portal: str) -> None:
    """Neither the scripts nor the index are asked for until the field has the focus."""
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url.rpartition("/")[2]))
    page.goto(search_portal + "dialog/", wait_until="networkidle")
    before = list(asked)
    page.keyboard.press("/")
    wait(page, "idle")
    page.wait_for_load_state("networkidle")

    assert not {"search.mjs", "query.mjs", "analyze.mjs", "index.json"} & set(before)
    assert {"search.mjs", "query.mjs", "index.json"} <= set(asked)


def test_dialog_by_keyboard_alone(page: Page, search_portal: str) -> None:
    """Slash opens, typing finds, arrows choose, Enter goes to the article; the field keeps the focus and tells what is chosen."""
    page.goto(search_portal + "dialog/")
    page.keyboard.press("/")
    page.keyboard.type("reset pasword")
    page.locator("[role=status]", has_text="Results for").wait_for()  # the answers of its beginnings may stand there before
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
    assert (focused, said) == ("field", "Results for \u2068reset password\u2069. 2 results")


@pytest.mark.parametrize("key", ["Escape", "click"])
def test_dialog_gives_the_focus_back(page: Page, search_portal: str, key: str) -> None:
    """Escape, with words typed, and the close button end the dialog; the opener has the focus again."""
    page.goto(search_portal + "dialog/")
    page.locator("#opener").click()
    page.keyboard.type("reset")
    shown(page)
    if key == "click":
        page.locator("[data-search-close]").click()
    else:
        page.keyboard.press(key)

    assert not page.locator("dialog").is_visible()
    assert page.evaluate("document.activeElement.id") == "opener"


def test_shortcuts(page: Page, search_portal: str) -> None:
    """Ctrl+K opens from anywhere; a slash typed into a field is a slash."""
    page.goto(search_portal + "dialog/")
    page.locator("#other").press("/")
    typed = (page.locator("dialog").is_visible(), page.locator("#other").input_value())
    page.keyboard.press("Control+k")

    assert typed == (False, "/")
    assert page.locator("dialog").is_visible()


def test_section_leads_to_its_heading(page: Page, search_portal: str) -> None:
    """A heading that matched is a result of its own, with the anchor."""
    page.goto(search_portal + "dialog/")
    page.keyboard.press("/")
    page.keyboard.type("reset app")
    page.locator("#results mark", has_text="app").wait_for()  # the answers of its beginnings may stand there before

    assert page.locator("#results a").nth(1).get_attribute("href") == "../en/account/reset/#h0"


def test_matches_are_marked(page: Page, search_portal: str) -> None:
    """Words are marked whole, of a Chinese title only the letters that were asked for."""
    page.goto(search_portal + "dialog/")
    page.keyboard.press("/")
    page.locator("#field").fill("how to reset passw")
    shown(page)
    words = page.locator("#results a").first.locator("mark").all_inner_texts()
    page.locator("#field").fill("密碼")
    page.locator("#results", has_text="密碼").wait_for()

    assert words == ["Reset", "password", "password"]
    assert page.locator("#results mark").all_inner_texts() == ["密碼"]


def test_hero_shows_a_panel(page: Page, search_portal: str) -> None:
    """Suggestions stand below the field while it has words and the focus; Escape and leaving put them away."""
    page.goto(search_portal + "hero/")
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


def test_a_late_answer_opens_nothing(page: Page, search_portal: str) -> None:
    """Who has left the field before the answer comes is not disturbed by it."""
    held: list[Any] = []
    slow = True
    page.route("**/assets/search/**", lambda route: held.append(route) if slow else route.continue_())
    page.goto(search_portal + "hero/")
    page.keyboard.press("/")
    page.keyboard.type("reset")
    wait(page, "loading")
    page.locator("#field").blur()
    slow = False
    for route in held:
        route.continue_()
    wait(page, "ready")

    assert not page.locator("[data-search-panel]").is_visible()


def test_all_results_are_offered_where_there_are_more(page: Page, search_portal: str) -> None:
    """The way to the search page stands where it shows more than is shown; the way to a person stands below all results."""
    page.goto(search_portal + "hero/")
    page.keyboard.press("/")
    page.keyboard.type("trap")
    shown(page)
    every, ask = page.locator("[data-search-all]"), page.locator("[data-search-ask]")
    few = (every.is_visible(), ask.is_visible())
    page.set_viewport_size({"width": 360, "height": 800})
    page.reload()
    page.keyboard.press("/")
    page.keyboard.type("trap")
    shown(page)

    assert few == (False, True)
    assert every.is_visible()


@pytest.mark.parametrize("context_options", ["no-script"])
def test_form_works_without_script(page: Page, search_portal: str) -> None:
    """Without JavaScript the form leads to the search page with the words in the address."""
    page.goto(search_portal + "hero/")
    page.locator("#field").fill("reset password")
    page.keyboard.press("Enter")
    page.wait_for_url("**/find/?q=reset+password")

    assert page.url.endswith("/find/?q=reset+password")


@pytest.mark.parametrize(("path", "text"), [("dialog/", "reset"), ("dialog/", "xyzzy"), ("find/", "reset"), ("hero/", "reset")])
def test_accessible(page: Page, search_portal: str, path: str, text: str) -> None:
    """The roles that the scripts give hold before axe, with results and without."""
    from axe_playwright_python.sync_playwright import Axe

    page.goto(search_portal + path)
    page.locator("#field").focus() if "find" in path else page.keyboard.press("/")
    page.keyboard.type(text)
    shown(page)
    if path != "find/" and text == "reset":
        page.keyboard.press("ArrowDown")
    page.evaluate("document.querySelector('meta[http-equiv]').remove()")
    results = Axe().run(page)

    assert results.violations_count == 0, results.generate_report()


def test_scripts_are_small() -> None:
    """As they are served: what every page carries for search, what comes with the first focus, and what few readers need."""
    served = {name: asset.data for name, asset in default_theme().assets.items()}
    opening = lean((SCRIPTS / "open.mjs").read_text()).encode()
    kilobytes = {
        name: len(gzip.compress(served[f"search/{name}.mjs"], 6)) / 1000 for name in ("search", "query", "page", "meant", "events")
    }

    assert len(gzip.compress(opening, 6)) <= 950
    assert kilobytes["search"] + kilobytes["query"] <= 8
    assert kilobytes["search"] <= 2.8
    assert kilobytes["page"] <= 1.15
    assert kilobytes["meant"] <= 2.2
    assert kilobytes["events"] <= 0.6

"""Search in the page while networks fail, files are late and portals are replaced, in Chromium."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from search.engines import files_of
from search.pages import portal_in, shown, wait

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser
MANIFEST = "en/search/index.json"


def test_index_that_cannot_be_loaded_is_said(page: Page, search_portal: str) -> None:
    """After its tries the page says in words that search is not there; when the reader tries again and it is, results come."""
    tries: list[str] = []
    page.route("**/index.json", lambda route: (tries.append(route.request.url), route.abort()))
    page.goto(search_portal + "find/?q=reset")
    page.locator("[data-search-error]").wait_for()
    page.wait_for_timeout(600)
    failed = len(tries)
    page.unroute("**/index.json")
    page.locator("[data-search-error] [data-search-retry]").click()
    wait(page, "ready")

    assert failed == 3  # what opened search asked for it first, and the search itself tries twice
    assert shown(page)[0] == "Reset your password"
    assert not page.locator("[data-search-error]").is_visible()


def test_slow_answers_never_replace_newer_ones(page: Page, search_portal: str) -> None:
    """What stands there stays while the next answer is on its way, and only the answer to the last words is shown."""
    page.goto(search_portal + "find/?q=reset")
    first = shown(page)
    held: list[Any] = []
    slow = True
    page.route("**/assets/search/**", lambda route: held.append(route) if slow else route.continue_())
    page.goto(search_portal + "find/?q=refund")
    wait(page, "loading")
    said = page.locator("[role=status]").inner_text()
    page.locator("#field").fill("details")
    page.wait_for_timeout(200)
    slow = False
    for route in held:
        route.continue_()
    page.locator("[data-slot=title]", has_text="Update").wait_for()

    assert first[0] == "Reset your password"
    assert said == "Loading"
    assert shown(page) == ["Update payment details"]


def test_a_file_that_never_comes_holds_back_nothing(page: Page, search_portal: str) -> None:
    """After some seconds a file that hangs counts as missing: the results of the others stand, with a way to try again."""
    page.goto(search_portal + "find/?q=refund")
    shown(page)
    name = page.evaluate("fetch('../en/search/index.json').then((answer) => answer.json()).then((index) => index.facets)")
    page.route(f"**/{name}.json", lambda _: None)
    page.goto(search_portal + "find/?q=reset")
    page.locator("[data-search-part]").wait_for()

    assert shown(page)[0] == "Reset your password"


def test_a_tab_outlives_a_deploy(page: Page, serve_folder: Callable[[Path], str], tmp_path: Path) -> None:
    """When another build has taken the place of the one that a tab knows, trying again asks for the new index, and results come."""
    portal = serve_folder(portal_in(tmp_path))
    page.goto(portal + "find/")
    page.locator("#field").focus()
    wait(page, "idle")
    page.wait_for_load_state("networkidle")
    shutil.rmtree(tmp_path / "assets")
    written = (tmp_path / MANIFEST).stat().st_mtime
    for path, data in files_of({"title": "Password, as of today", "url": "en/account/reset/"}).items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(data)
    os.utime(tmp_path / MANIFEST, (written, written))  # hosts that go by times call it unchanged
    page.locator("#field").fill("password")
    page.locator("[data-search-error] [data-search-retry]").click()
    wait(page, "ready")

    assert shown(page) == ["Password, as of today"]


def test_a_slow_network_is_said(page: Page, search_portal: str) -> None:
    """After five seconds the page says that it takes long, and still waits."""
    page.route("**/assets/search/**", lambda _: None)
    page.goto(search_portal + "find/?q=reset")
    page.locator("[role=status]", has_text="Slow").wait_for()

    assert page.locator("[data-module]").get_attribute("data-state") == "loading"


def test_script_that_cannot_be_loaded_is_said(page: Page, search_portal: str) -> None:
    """If not even the script comes, the error stands in the page, and typing and sending the form still works."""
    page.route("**/search.mjs", lambda route: route.abort())
    page.goto(search_portal + "dialog/")
    page.keyboard.press("/")
    page.locator("[data-search-error]").wait_for()
    page.keyboard.type("reset")
    page.keyboard.press("Enter")
    page.wait_for_url("**/find/?q=reset")

    assert page.url.endswith("/find/?q=reset")

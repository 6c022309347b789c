"""Where a search runs: in a worker, and on the page when there is none, or it dies; in either case nothing stale is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from search.pages import shown

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser


def asked(page: Page, text: str) -> str:
    """Type into the dialog and wait for an answer to the very words; returns the first title."""
    page.locator("#field").fill(text)
    page.locator("[data-search-results] mark", has_text=text).first.wait_for()
    return shown(page)[0]


def opened(page: Page, portal: str) -> None:
    """Open the dialog."""
    page.goto(portal + "dialog/")
    page.keyboard.press("/")


def test_a_search_runs_in_a_worker(page: Page, search_portal: str) -> None:
    """One worker loads the index's files and answers; the page itself reads none of them but the manifest, and never runs query.mjs."""
    files: dict[str, int] = {}
    page.on("request", lambda request: files.update({request.url: files.get(request.url, 0) + 1}))
    page.add_init_script("globalThis.own = []; const get = fetch; globalThis.fetch = (url, how) => (own.push(String(url)), get(url, how));")
    opened(page, search_portal)
    title = asked(page, "password")
    own = page.evaluate("own")

    assert title == "Reset your password"
    assert [worker.url.rpartition("/")[2] for worker in page.workers] == ["query.mjs"]
    assert [url.rpartition("/")[2] for url in own] == ["index.json"]
    assert any("/assets/search/" in url for url in files)
    assert sum(count for url, count in files.items() if url.endswith("index.json")) == 1


@pytest.mark.parametrize(
    "broken",
    [
        "delete globalThis.Worker",
        "globalThis.Worker = class { constructor() { throw new DOMException('no', 'SecurityError') } }",
        "const { trustedTypes: own } = globalThis, make = own.createPolicy.bind(own), createScriptURL = () => '../missing.mjs'; own.createPolicy = (name) => make(name, { createScriptURL });",
    ],
    ids=["none", "refused", "missing"],
)
def test_where_no_worker_starts_the_page_searches(page: Page, search_portal: str, broken: str) -> None:
    """Browsers without workers, pages that may have none, and a worker whose script does not come: the page finds the same."""
    page.add_init_script(broken)
    opened(page, search_portal)

    assert asked(page, "password") == "Reset your password"
    assert page.workers == []


def test_a_worker_that_dies_is_followed_by_the_page(page: Page, search_portal: str) -> None:
    """After a worker has ended without a word, the next search is answered all the same."""
    opened(page, search_portal)
    first = asked(page, "password")
    page.workers[0].evaluate("close()")
    second = asked(page, "payment")

    assert (first, second) == ("Reset your password", "Update payment details")
    assert page.workers == []


def test_a_stale_answer_never_shows(page: Page, search_portal: str) -> None:
    """The answer to words that are typed over is dropped, though the worker, which has begun it, still gives it."""
    held: list[Any] = []
    slow = True
    page.add_init_script(
        "globalThis.titles = []; addEventListener('DOMContentLoaded', () => new MutationObserver(() => titles.push(document.querySelector("
        "'#results')?.textContent ?? '')).observe(document.querySelector('#results'), { childList: true }))"
    )
    page.route("**/assets/search/**", lambda route: held.append(route) if slow else route.continue_())
    opened(page, search_portal)
    with page.expect_request("**/assets/search/**"):
        page.locator("#field").fill("refund")
    page.locator("#field").fill("payment")
    slow = False
    for route in held:
        route.continue_()
    last = asked(page, "payment")

    assert held
    assert last == "Update payment details"
    assert not any("Return an item" in text for text in page.evaluate("titles"))

"""What is told to the service about searches: once each, later when it was down, and nothing that names a person."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from search.engines import in_node
from search.pages import shown, wait

if TYPE_CHECKING:
    from playwright.sync_api import Page

CLEANED = {
    "Reset PASSWORD": "reset password",
    "ana@example.org lost parcel": "lost parcel",
    "order 4111 1111 1111 1111 refund": "order refund",
    "tel. +34 (612) 345-678": "tel. +",
    "۰۹۱۲۳۴۵۶۷۸۹ رمز": "رمز",
    "error 50123": "error 50123",
    "  ": "",
    "x" * 300: "x" * 200,
}


def test_nothing_personal_is_told() -> None:
    """Addresses and runs of six digits or more, in any script and however grouped, are out of a query before it is kept."""
    program = "const { cleaned } = await import(`${scripts}/events.mjs`); result = value.map(cleaned)"

    assert in_node(program, list(CLEANED)) == list(CLEANED.values())


class Service:
    """A service that can be down, and remembers what it was told."""

    def __init__(self, page: Page) -> None:
        self.status = 204
        self.told: list[dict[str, str]] = []
        self.headers: list[dict[str, str]] = []
        page.route("**/told", self._answer)

    def _answer(self, route: Any) -> None:
        self.told.append({**json.loads(route.request.post_data), "key": route.request.headers["idempotency-key"]})
        self.headers.append(route.request.headers)
        route.fulfill(status=self.status)


def kept(page: Page) -> list[dict[str, Any]]:
    """Return what waits in the browser."""
    return json.loads(page.evaluate("localStorage.getItem('kb-outbox')") or "[]")


def told(page: Page, service: Service, count: int) -> list[dict[str, str]]:
    """Wait until the service was told so often."""
    for _ in range(300):
        if len(service.told) >= count:
            break
        page.wait_for_timeout(100)
    return service.told


def heard(page: Page) -> None:
    """Wait until the search on the page has been taken notice of: the outbox comes after the results."""
    page.evaluate("import(new URL('../events.mjs', location.href)).then(() => null)")


@pytest.mark.browser
def test_a_search_and_what_was_opened_are_told_once(page: Page, search_portal: str) -> None:
    """Letters typed one by one make one search; opening a result tells its rank; nothing says who it was."""
    service = Service(page)
    page.goto(search_portal + "dialog/")
    page.keyboard.press("/")
    page.keyboard.type("password", delay=60)
    page.locator("#results a").nth(1).wait_for()
    wait(page, "ready")
    heard(page)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**/en/account/reset/")
    found = told(page, service, 1)

    assert len(found) == 1
    assert found[0].keys() == {"key", "hour", "locale", "query", "hits", "rank", "next"}
    assert {name: found[0][name] for name in ("locale", "query", "hits", "rank", "next")} == {
        "locale": "en", "query": "password", "hits": "2", "rank": "1", "next": "none",
    }  # fmt: skip
    assert "cookie" not in service.headers[0]


@pytest.mark.browser
def test_another_search_is_told_as_a_refinement(page: Page, search_portal: str) -> None:
    """Words that stood a second and were replaced are told with what came next; who asks a person is told as well."""
    service = Service(page)
    page.goto(search_portal + "find/?q=password")
    shown(page)
    heard(page)
    page.wait_for_timeout(1200)
    page.locator("#field").fill("xylophon")
    wait(page, "none")
    page.evaluate(
        "document.querySelector('[data-search-empty] [data-search-carry]').addEventListener('click', (event) => event.preventDefault())"
    )
    page.locator("[data-search-empty] [data-search-carry]").click()
    found = told(page, service, 2)

    assert [(one["query"], one["hits"], one["next"]) for one in found] == [("password", "2", "refine"), ("xylophon", "0", "form")]


@pytest.mark.browser
def test_a_search_that_goes_on_to_the_search_page_is_told_once(page: Page, search_portal: str) -> None:
    """Enter in the field without a choice leads to the search page with the same words: one search, not two."""
    service = Service(page)
    page.goto(search_portal + "hero/")
    page.locator("#field").fill("password")
    shown(page)
    heard(page)
    page.wait_for_timeout(1200)
    page.keyboard.press("Enter")
    page.wait_for_url("**/find/?q=password")
    shown(page)
    heard(page)
    page.wait_for_timeout(1200)
    page.goto(search_portal + "dialog/")  # the test may not see what a page sends while it leaves; then it is still in the outbox
    once = {one["key"]: one["query"] for one in [*service.told, *({**one["fields"], "key": one["key"]} for one in kept(page))]}

    assert list(once.values()) == ["password"]


@pytest.mark.browser
def test_what_could_not_be_told_is_told_later(page: Page, search_portal: str) -> None:
    """While the service is down a search waits in the browser, silently; the next search sends it under the same key, and it is gone."""
    service = Service(page)
    service.status = 503
    page.goto(search_portal + "find/?q=password")
    shown(page)
    heard(page)
    page.locator("[data-search-results] a").first.click()
    page.wait_for_url("**/en/account/reset/")
    first = told(page, service, 1)[0]
    page.goto(search_portal + "hero/")
    waiting = kept(page)
    service.status = 204
    page.goto(search_portal + "find/?q=refund")
    shown(page)
    again = told(page, service, 2)[1]
    for _ in range(30):
        if not kept(page):
            break
        page.wait_for_timeout(100)

    assert [one["key"] for one in waiting] == [first["key"]]
    assert again == first
    assert kept(page) == []


@pytest.mark.browser
def test_the_outbox_is_bounded(page: Page, search_portal: str) -> None:
    """Fifty searches and one day are kept at most; a broken store is an empty one."""
    service = Service(page)
    service.status = 503
    page.goto(search_portal + "hero/")
    page.evaluate(
        "localStorage.setItem('kb-outbox', JSON.stringify(Array.from({length: 80}, (_, at) => "
        "({to: '../told', at: Date.now() - (at < 10 ? 9e7 : 0), key: `k${at}`, fields: {}}))))"
    )
    page.goto(search_portal + "find/?q=password")
    shown(page)
    told(page, service, 1)
    oldest = service.told[0]["key"]
    page.locator("[data-search-results] a").first.click()
    page.wait_for_url("**/en/account/reset/")
    page.goto(search_portal + "hero/")
    bounded = len(kept(page))
    page.evaluate("localStorage.setItem('kb-outbox', '{')")
    page.goto(search_portal + "find/?q=password")

    assert oldest == "k10"
    assert bounded == 50
    assert shown(page)[0] == "Reset your password"

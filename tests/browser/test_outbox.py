"""Votes, and what becomes of them while the service is down: nothing is lost, nothing counts twice."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from browser.small_service import REFUND, RESET, Service

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser


def waiting(page: Page) -> list[dict[str, Any]]:
    """Return what waits in the browser."""
    return json.loads(page.evaluate("localStorage.getItem('kb-outbox')") or "[]")


def press(page: Page, answer: str, state: str = "done") -> None:
    """Answer whether the article helped, and wait until that has ended as it should; "done" stands for a moment in every case."""
    page.locator(f'.kb-rating-ask [value="{answer}"]').click()
    page.locator(f'.kb-rating[data-state="{state}"]').wait_for()


def test_a_vote_arrives_as_the_service_takes_it(page: Page, service: Service) -> None:
    """One row, accepted without a look at it first: known article, locale and revision, a voter, and nothing that names a person."""
    page.goto(service.portal + RESET)
    press(page, "yes")
    row = service.only("ratings")

    assert row.reasons == ()
    assert (row.form.article, row.form.locale, row.form.helpful) == ("kb-reset", "en", True)
    assert row.form.revision in service.known.revisions["kb-reset"]
    assert len(row.form.voter) == 32
    assert row.fields.keys() == {"article", "locale", "revision", "helpful", "voter", "token"}
    assert not {"cookie", "authorization"} & service.headers[-1].keys()


@pytest.mark.parametrize("reason", ["incomplete", "wrong", "unclear", "broken", "other"])
def test_a_no_is_explained(page: Page, service: Service, reason: str) -> None:
    """A "no" counts at once; its explanation is a second vote of the same voter, and the Enter key in its fields never means "yes"."""
    page.goto(service.portal + RESET)
    press(page, "no")
    page.locator(f'.kb-rating [value="{reason}"]').check()
    page.locator("#kb-rating-comment").fill("Step 2 has moved.")
    page.locator("#kb-rating-email").fill("ada@example.org")
    page.locator("#kb-rating-email").press("Enter")
    service.wait(lambda: len(service.of("ratings")) == 2)
    first, last = service.of("ratings")

    assert (first.form.helpful, first.form.reason, first.form.comment) == (False, None, "")
    assert (last.form.helpful, last.form.reason, last.form.comment, last.form.email) == (
        False, reason, "Step 2 has moved.", "ada@example.org",
    )  # fmt: skip
    assert first.form.voter == last.form.voter
    assert first.reasons == last.reasons == ()


@pytest.mark.parametrize("mode", ["down", "deaf"])
def test_a_vote_that_gets_no_answer_is_kept_and_counts_once(page: Page, service: Service, mode: str) -> None:
    """The reader is told, the page stays whole, and the next article sends the vote under its key: exactly one row, whatever had arrived."""
    service.mode = mode
    page.goto(service.portal + RESET)
    press(page, "yes", "kept")
    (kept,) = waiting(page)
    service.mode = "up"
    page.goto(service.portal + REFUND)
    row = service.only("ratings")
    service.wait(lambda: not waiting(page))

    assert page.locator(".kb-rating h2").is_visible()
    assert row.form.article == "kb-reset"
    assert set(service.rows) == {kept["key"]}
    assert row.reasons == ()


def test_of_votes_that_wait_the_last_one_counts(page: Page, service: Service) -> None:
    """Who changes their mind while the service is down leaves one vote, and one for each other article."""
    service.mode = "down"
    page.goto(service.portal + REFUND)
    press(page, "yes", "kept")
    page.goto(service.portal + RESET)
    press(page, "yes", "kept")
    press(page, "no", "kept")
    service.wait(lambda: [one["fields"]["helpful"] for one in waiting(page)] == ["yes", "no"])
    service.mode = "up"
    page.reload()
    service.wait(lambda: len(service.of("ratings")) == 2)

    assert {(row.form.article, row.form.helpful) for row in service.of("ratings")} == {("kb-refund", True), ("kb-reset", False)}


def test_two_windows_send_what_waits_once(page: Page, service: Service) -> None:
    """What waits goes out under one key, however many windows see it."""
    service.mode = "down"
    page.goto(service.portal + RESET)
    press(page, "yes", "kept")
    other = page.context.new_page()
    other.goto(service.portal + REFUND)
    service.mode = "up"
    page.reload()
    other.reload()
    service.wait(lambda: not waiting(page))

    assert len(service.of("ratings")) == 1


def test_where_nothing_can_be_kept_a_lost_vote_is_said(page: Page, service: Service) -> None:
    """Without a store in the browser a vote is sent all the same; one that fails is said to have failed."""
    page.add_init_script("Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('no', 'SecurityError'); } })")
    page.goto(service.portal + RESET)
    press(page, "yes")
    service.only("ratings")
    service.mode = "down"
    press(page, "no", "failed")

    assert page.locator("[data-rating-status]").inner_text() == page.locator(".kb-rating").get_attribute("data-failed")
    assert page.locator(".kb-rating-more").is_visible()

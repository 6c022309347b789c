"""Forms while the service is down: the portal says plainly that sending failed, and nothing that was typed is lost."""

from __future__ import annotations

import pytest
from browser.sample import SERVICE, articles, pages, word_of

pytestmark = pytest.mark.browser

NO_SCRIPT = {"java_script_enabled": False}


@pytest.mark.parametrize("locale", ["en", "ca", "ro", "fa", "zh-Hant"])
def test_a_rating_that_waits_is_said(reader, locale):
    """A "yes" and an explained "no" are said to wait in the browser, in the reader's words, in a live region."""
    page = reader.open(next(articles(locale)))
    form = page.locator(".kb-rating")
    page.locator('.kb-rating-ask [value="yes"]').click()
    page.locator('.kb-rating[data-state="kept"]').wait_for()
    first = form.locator("[role=status]").inner_text()
    page.locator('.kb-rating-ask [value="no"]').click()
    page.locator('.kb-rating [name="reason"]').first.check()
    page.locator("#kb-rating-comment").fill("It is old")
    page.locator(".kb-rating-more button").click()
    for _ in range(300):
        if comments(page) == ["It is old"] and form.get_attribute("data-state") == "kept":
            break
        page.wait_for_timeout(100)

    assert first == form.get_attribute("data-kept")
    assert not page.locator(".kb-rating-more").is_visible()
    assert comments(page) == ["It is old"]
    assert form.get_attribute("data-state") == "kept"


def comments(page):
    """Return what was written below the votes that wait in the browser."""
    return [one["fields"].get("comment") for one in page.evaluate("JSON.parse(localStorage['kb-outbox'] ?? '[]')")]


@pytest.mark.parametrize("locale", ["en", "fa"])
def test_a_message_that_cannot_be_sent_keeps_every_word(reader, locale):
    """A failed message is said in an alert; every field keeps its text, and the form may be sent again."""
    page = reader.open(pages(locale)["contact"])
    page.locator(".kb-contact[novalidate]").wait_for()
    typed = {"subject": word_of(locale), "body": "First line\nsecond line", "email": "ada@example.org", "name": "Ada <b>"}
    for name, text in typed.items():
        page.locator(f".kb-contact [name={name}]").fill(text)
    page.locator('.kb-contact [type="submit"]').click()
    page.locator('.kb-contact[data-state="failed"]').wait_for()
    alert = page.locator(".kb-contact [role=alert]")

    assert alert.inner_text().strip() == page.locator(".kb-contact").get_attribute("data-failed")
    assert {name: page.locator(f".kb-contact [name={name}]").input_value() for name in typed} == typed
    assert page.locator('.kb-contact [type="submit"]').is_enabled()


def test_the_subject_offers_articles(reader):
    """While the subject is typed, articles are offered from our own index, and the form stays where it is."""
    page = reader.open("en/contact/")
    page.locator("#kb-subject").fill("reset my password")
    offer = page.locator(".kb-offers a").first
    offer.wait_for()

    assert "password" in offer.inner_text().lower()
    assert page.locator("#kb-body").is_visible()


def test_what_goes_along_is_seen_and_can_be_left_out(reader):
    """The article that was read is named before it is sent, and one press forgets it."""
    page = reader.open("en/contact/?article=reset-password&title=Reset+your+password")
    page.locator("[data-contact-article]").wait_for()
    seen = page.locator("[data-contact-article] dd").inner_text()
    page.locator("[data-contact-forget]").click()

    assert seen == "Reset your password"
    assert page.locator('.kb-contact [name="article"]').input_value() == ""
    assert not page.locator("[data-contact-carried]").is_visible()


def test_missing_fields_are_named(reader):
    """An empty form is not sent: each field says what it needs, is marked, and the first one has the focus."""
    page = reader.open("en/contact/")
    page.locator(".kb-contact[novalidate]").wait_for()  # its script has come
    page.locator('.kb-contact [type="submit"]').click()

    assert page.evaluate("document.activeElement.id") == "kb-subject"
    assert page.locator(".kb-contact .kb-wrong").count() == 3
    assert page.locator("#kb-email").get_attribute("aria-invalid") == "true"
    assert not [url for url in reader.requests if url.startswith(f"{SERVICE}/api/v1/cases")]


@pytest.mark.parametrize("reader", [NO_SCRIPT], ids=["no-script"], indirect=True)
def test_forms_post_without_script(reader):
    """Without script both forms post to the service by themselves; the policy of the page lets them."""
    posted = []

    def answer(route):
        posted.append((route.request.method, route.request.url, route.request.post_data or ""))
        route.fulfill(status=200, content_type="text/html; charset=utf-8", body="<!doctype html><title>Thanks</title><h1>Thanks</h1>")

    reader.context.route(f"{SERVICE}/**", answer)
    page = reader.open(next(articles("en")))
    page.locator('.kb-rating-ask [value="no"]').click()
    page.wait_for_url(f"{SERVICE}/**")
    page = reader.open("en/contact/")
    for name, text in {"subject": "Lamp", "body": "It hums", "email": "ada@example.org"}.items():
        page.locator(f".kb-contact [name={name}]").fill(text)
    page.locator('.kb-contact [type="submit"]').click()
    page.wait_for_url(f"{SERVICE}/**")

    assert [method for method, _, _ in posted] == ["POST", "POST"]
    assert "helpful=no" in posted[0][2]
    assert "subject=Lamp" in posted[1][2]

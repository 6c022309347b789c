"""The contact form and the service: a message becomes one case, its words are never lost, and offered articles are counted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from browser.small_service import REFUND, RESET, Service

from feedback_service.moderation import work_done

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser

MESSAGE = {"subject": "Password of the lamp", "body": "سلام\nThe link is dead. 🙂", "email": "ada@example.org", "name": "Ada <b>"}


def fill(page: Page, **more: str) -> None:
    """Fill the contact form and press the button, whether a script listens or not."""
    for name, text in {**MESSAGE, **more}.items():
        page.locator(f".kb-contact [name={name}]").fill(text)
    page.locator('.kb-contact [type="submit"]').click()


def write(page: Page, **more: str) -> None:
    """Fill the contact form and send it, once its script has come."""
    page.locator(".kb-contact[novalidate]").wait_for()
    fill(page, **more)


def test_a_message_becomes_a_case(page: Page, service: Service) -> None:
    """Every word arrives, with what was read; the reader gets the number and the way to the case, and nothing stays in the browser."""
    page.goto(service.portal + RESET)
    page.locator(".kb-callout a").click()
    page.locator("#kb-type").select_option("problem")
    write(page)
    page.locator('.kb-contact[data-state="sent"]').wait_for()
    row = service.only("cases")
    link = page.locator("[data-contact-status] a")

    assert row.reasons == ()
    assert {name: getattr(row.form, name) for name in MESSAGE} == MESSAGE
    assert (row.form.type, row.form.locale, row.form.article, row.form.dropped) == ("problem", "en", "kb-reset", ())
    assert row.form.revision in service.known.revisions["kb-reset"]
    assert "1000" in page.locator("[data-contact-status]").inner_text()
    assert link.get_attribute("href") == f"{service.url}/case/#1000"
    assert page.evaluate("localStorage.getItem('kb-draft')") is None


def test_the_script_does_the_work_that_is_asked_for(page: Page, service: Service) -> None:
    """Who sends a lot proves a little work with the token, and notices nothing of it; where none is asked for, none goes along."""
    service.work = 10
    page.goto(service.portal + "en/contact/")
    write(page)
    page.locator('.kb-contact[data-state="sent"]').wait_for()
    first = service.only("cases")
    service.forget()
    page.goto(service.portal + "en/contact/")
    write(page)
    page.locator('.kb-contact[data-state="sent"]').wait_for()

    assert work_done(first.fields["token"], first.fields["work"], 10)
    assert "work" not in service.only("cases").fields


@pytest.mark.parametrize("mode", ["down", "deaf"])
def test_a_message_that_gets_no_answer_is_offered_again(page: Page, service: Service, mode: str) -> None:
    """The words come back on the next visit, and sent again they make one case, whatever had arrived."""
    service.mode = mode
    page.goto(service.portal + "en/contact/?article=kb-refund")
    write(page)
    page.locator('.kb-contact[data-state="failed"]').wait_for()
    page.goto(service.portal + RESET)
    service.mode = "up"
    page.goto(service.portal + "en/contact/")
    page.locator("[data-contact-draft]").wait_for()
    shown = {name: page.locator(f".kb-contact [name={name}]").input_value() for name in MESSAGE}
    along = page.locator("[data-contact-article] dd").inner_text()
    page.locator('.kb-contact [type="submit"]').click()
    page.locator('.kb-contact[data-state="sent"]').wait_for()

    assert (shown, along) == (MESSAGE, "kb-refund")
    assert (service.only("cases").reasons, service.only("cases").form.article) == ((), "kb-refund")
    assert len(set(service.tries)) == len(service.rows)  # the event of this form has a key of its own
    assert page.evaluate("localStorage.getItem('kb-draft')") is None


def test_other_words_are_another_message(page: Page, service: Service) -> None:
    """A draft that is changed goes out under a new key: the service never has to choose between two texts of one key."""
    service.mode = "down"
    page.goto(service.portal + "en/contact/")
    write(page)
    page.locator('.kb-contact[data-state="failed"]').wait_for()
    service.mode = "up"
    write(page, body="Another matter")
    page.locator('.kb-contact[data-state="sent"]').wait_for()
    row = service.only("cases")

    assert row.form.body == "Another matter"
    assert row.reasons == ()
    assert service.tries[0] != service.tries[-1]


def test_a_draft_can_be_deleted(page: Page, service: Service) -> None:
    """One press takes the words out of the form and out of the browser."""
    service.mode = "down"
    page.goto(service.portal + "en/contact/?article=kb-reset")
    write(page)
    page.locator('.kb-contact[data-state="failed"]').wait_for()
    page.reload()
    page.locator("[data-contact-draft] button").click()
    page.wait_for_url("**/en/contact/")
    page.locator("[data-contact-draft]").wait_for(state="hidden")

    assert page.locator("#kb-body").input_value() == ""
    assert page.evaluate("localStorage.getItem('kb-draft')") is None


def test_what_the_service_refuses_is_marked(page: Page, service: Service) -> None:
    """An address that the browser finds good and the service does not is marked, in the reader's words; mended, the message goes."""
    page.goto(service.portal + "en/contact/")
    write(page, email="ada@localhost")
    wrong = page.locator("#kb-email-wrong")
    wrong.wait_for()
    said, marked = wrong.inner_text(), page.locator("#kb-email").get_attribute("aria-invalid")
    write(page)
    page.locator('.kb-contact[data-state="sent"]').wait_for()

    assert said == page.locator(".kb-contact").get_attribute("data-address")
    assert marked == "true"
    assert service.only("cases").form.email == MESSAGE["email"]


def test_a_form_tells_whether_an_article_answered(page: Page, service: Service) -> None:
    """Articles offered and opened are told once; who has the answer can say so, and the message is not sent."""
    page.goto(service.portal + "en/contact/")
    page.locator("#kb-subject").fill("password")
    with page.context.expect_page() as opened:
        page.locator(".kb-offers a").first.click()
    opened.value.close()
    page.locator("[data-contact-answered] button").click()
    page.locator('.kb-contact[data-state="answered"]').wait_for()
    row = service.only("form-events")
    page.goto(service.portal + RESET)
    page.wait_for_load_state("networkidle")

    assert {name: row.fields[name] for name in ("locale", "offered", "opened", "outcome")} == {
        "locale": "en", "offered": RESET, "opened": RESET, "outcome": "answered",
    }  # fmt: skip
    assert len(service.of("form-events")) == 1
    assert not service.of("cases")


def test_a_form_that_is_left_is_told(page: Page, service: Service) -> None:
    """Who goes away after an offer is counted, at once or by the next page; who never saw an offer is not."""
    page.goto(service.portal + "en/contact/")
    page.locator("#kb-subject").wait_for()
    page.goto(service.portal + "en/contact/")
    page.locator("#kb-subject").fill("refund")
    page.locator(".kb-offers a").first.wait_for()
    page.goto(service.portal + REFUND)
    row = service.only("form-events")

    assert (row.fields["offered"], row.fields["opened"], row.fields["outcome"]) == (REFUND, "", "left")


@pytest.mark.parametrize("context_options", ["no-script"])
def test_without_script_forms_post_and_are_looked_at_first(page: Page, service: Service) -> None:
    """A plain post is taken as it is; having no token it waits for a moderator, and is not lost."""
    page.goto(service.portal + "fa/account/reset/")
    page.locator('.kb-rating-ask [value="no"]').click()
    page.wait_for_url(f"{service.url}/**")
    page.goto(service.portal + "en/contact/")
    fill(page)
    page.wait_for_url(f"{service.url}/**")
    rating, case = service.only("ratings"), service.only("cases")

    assert (rating.form.helpful, rating.form.locale, rating.reasons) == (False, "fa", ("no_token",))
    assert ({name: getattr(case.form, name) for name in MESSAGE}, case.reasons) == (MESSAGE, ("no_token",))

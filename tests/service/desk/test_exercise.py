"""A day's work in a browser: the exercise of a Catalan course on cases, with its own names and values; and a moderator's round."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect
from service.desk.bureau import PASSWORD, enter, tab_to

from feedback_service.domain import Particulars
from feedback_service.intake import RatingForm
from feedback_service.store import held, posts
from feedback_service.store.cases import NewCase

expect.set_options(timeout=30_000)  # two cores that other tests use too
pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_feedback_and_what_is_held_back_with_the_keyboard(page, bureau, desk):
    """A rating goes a step further, and a post in quarantine becomes a case, each by a button that Tab reaches."""
    rating = RatingForm("kb-hub", "en", helpful=False, revision="a1b2c3d4", reason="unclear", comment="Which button?")
    bureau.store.write(posts.rate, rating, "0123456789abcdef", bureau.now)
    new = NewCase(Particulars("Held subject", "Held body", "Eve", "eve@example.org"), "en", "web", secret="x" * 32)
    bureau.store.write(held.hold_case, new, ("no_token",), bureau.now)
    enter(page, desk, "maria", "/desk/triage")
    expect(page.locator(".card .said")).to_have_text("Which button?")
    tab_to(page, ".acts button[value=planned]")
    page.keyboard.press("Enter")
    expect(page.locator(".cards .card")).to_have_count(0)
    page.goto(f"{desk}/desk/held")
    expect(page.locator(".card .said")).to_have_text("Held body")
    tab_to(page, ".acts button[value=release]")
    page.keyboard.press("Enter")
    expect(page.locator(".cards .card")).to_have_count(0)
    page.goto(f"{desk}/desk/?view=all&q=Held")

    expect(page.locator("#rows tr")).to_have_count(1)


def test_the_exercise_of_the_course_in_catalan(page, bureau, desk):
    """
    The exercise of the Catalan course on cases, with its own names and values, in the Catalan desk.

    A case by hand for Joan Pérez, a problem with an invoice, high priority; assigned to Maria López; commented after contact; closed.
    """
    page.set_extra_http_headers({"Accept-Language": "ca"})
    page.goto(f"{desk}/desk/")
    page.get_by_label("Usuari").fill("maria")
    page.get_by_label("Contrasenya").fill(PASSWORD)
    page.get_by_role("button", name="Continua").click()
    page.get_by_role("link", name="Cas nou").first.click()
    page.get_by_label("Nom del client").fill("Joan Pérez")
    page.get_by_label("Assumpte").fill("Problema amb la facturació")
    page.get_by_label("Descripció del problema").fill("Problema amb la facturació")
    page.get_by_label("Prioritat").select_option(label="Alta")
    page.get_by_label("Equip").select_option("billing")
    page.get_by_role("button", name="Crea el cas").click()
    expect(page.locator(".done")).to_have_text("Cas creat.")
    page.get_by_label("Agent").select_option(label="Maria López")
    page.get_by_role("button", name="Assigna").click()
    expect(page.locator(".badges")).to_contain_text(re.compile("El porta .?Maria López"))
    page.wait_for_load_state("load")  # keys are heard once the script has come
    page.keyboard.press("n")
    page.keyboard.type("He trucat al client: li hem cobrat dues vegades la mateixa factura. Tornem l'import avui.")
    page.get_by_role("button", name="Desa la nota").click()
    expect(page.locator(".entry-note .said")).to_contain_text("He trucat al client")
    page.wait_for_load_state("load")
    page.keyboard.press("r")
    page.keyboard.type("Bon dia, Joan: ja t'hem tornat l'import de la factura repetida.")
    page.get_by_role("button", name="Envia i resol").click()
    expect(page.locator(".badges .status")).to_have_text("Resolt")
    page.get_by_label("Estat").select_option(label="Tancat")
    page.locator("form[action$='/status']").filter(has=page.locator("#status")).get_by_role("button", name="Desa").click()
    expect(page.locator(".badges .status")).to_have_text("Tancat")
    number = int(page.url.partition("/cases/")[2].partition("?")[0])
    file = bureau.file(number)

    assert (file.told.requester_name, file.told.body) == ("Joan Pérez", "Problema amb la facturació")
    assert (file.case.priority, file.case.assignee, file.case.status, file.case.close_reason) == ("high", "maria", "closed", "answered")
    assert [message.kind for message in file.messages] == ["note", "public"]

"""The pages for administrators with keys alone, left to right and right to left: accounts, one person's data, the audit trail."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import pytest
from playwright.sync_api import expect
from service.desk.bureau import STAFF, tab_to
from service.desk.test_keys_alone import choose, done, press_on

from feedback_service.accounts.sessions import COOKIE
from feedback_service.store import agents as people
from feedback_service.store import audit

expect.set_options(timeout=30_000)  # two cores that other tests use too
pytestmark = [pytest.mark.browser, pytest.mark.slow]
WORD, SECRET = "factura", "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


@pytest.fixture(params=["en", "fa"])
def root(request, bureau, page, desk):
    """An administrator is at their desk, in a language of either direction; gives a way to go to a page of it."""
    agent = next(one for one in STAFF if one.id == "root")
    bureau.store.write(people.change_agent, replace(agent, locale=request.param))
    page.context.add_cookies([{"name": COOKIE, "value": bureau.cookie("root"), "url": desk.replace("http:", "https:"), "secure": True}])

    def at(path: str):
        page.goto(f"{desk}/desk/{path}")
        page.wait_for_load_state()
        return page

    return at


def test_an_account_from_beginning_to_end(root, bureau):
    """Somebody is entered and invited, gets another role, loses the second factor, and is kept out."""
    page = root("accounts")
    press_on(page, "a[href='/desk/accounts/-']")
    expect(page.locator("#login")).to_be_focused()
    page.wait_for_load_state()
    page.keyboard.type("nuria")
    tab_to(page, "#name")
    page.keyboard.type("Núria")
    tab_to(page, "#teams")
    page.keyboard.type("billing")
    page.keyboard.press("Enter")
    expect(page.locator(".secret")).to_be_visible()
    page.wait_for_load_state()
    invited = page.locator(".secret").inner_text()
    press_on(page, "form[action$='/invite'] button")
    expect(page.locator(".secret")).not_to_have_text(invited)
    page.wait_for_load_state()
    bureau.store.write(people.set_totp, "nuria", SECRET)
    page = root("accounts")
    press_on(page, "a[href='/desk/accounts/nuria']")
    expect(page.locator("#name")).to_have_value("Núria")
    page.wait_for_load_state()
    press_on(page, "form[action$='/second-factor'] button")
    done(page)
    assert not bureau.store.read(people.agent_of, "nuria").has_totp
    press_on(page, "[name=role][value=lead]", "Space")
    press_on(page, "[name=disabled]", "Space")
    page.keyboard.press("Enter")
    done(page)
    nuria = bureau.store.read(people.agent_of, "nuria")

    assert (nuria.roles, nuria.teams, nuria.disabled) == ({"agent", "lead"}, {"billing"}, True)


def test_a_person_is_handed_over_and_erased(root, bureau, tmp_path):
    """From a case's page to the person, their data saved as a file, the address typed once more, and they are gone."""
    page = root("people")
    tab_to(page, "#address")
    page.keyboard.type("joan@example.org")
    page.keyboard.press("Enter")
    expect(page.locator("#typed")).to_be_visible()
    page.wait_for_load_state()
    tab_to(page, "form[action$='/people/export'] button")
    with page.expect_download() as waiting:
        page.keyboard.press("Enter")
    waiting.value.save_as(tmp_path / "person.zip")
    tab_to(page, "#typed")
    page.keyboard.type("joan@example.org")
    page.keyboard.press("Enter")
    expect(page.locator("section[role=status]")).to_be_visible()

    assert (tmp_path / "person.zip").read_bytes().startswith(b"PK")
    assert bureau.case("joan").close_reason == "erased"


def test_words_are_struck_out_and_the_trail_tells(root, bureau):
    """A word of what opened a case is struck out; the trail is narrowed to it, leads to the case, and is shown whole again."""
    number = bureau.numbers["joan"]
    page = root(f"cases/{number}")
    page.keyboard.press("m")
    press_on(page, ".strike summary", most=200)
    tab_to(page, ".strike textarea")
    page.keyboard.type(WORD)
    page.keyboard.press("Control+Enter")
    done(page)
    page = root("audit")
    tab_to(page, "[name=act]")
    choose(page, "case.redacted")
    tab_to(page, "[name=about]")
    page.keyboard.type(str(number))
    page.keyboard.press("Enter")
    expect(page.locator("tbody tr")).to_have_count(1)
    page.wait_for_load_state()
    press_on(page, ".clear")
    expect(page).to_have_url(re.compile("/desk/audit$"))
    page.wait_for_load_state()
    press_on(page, f"td a[href='/desk/cases/{number}']")
    expect(page).to_have_url(re.compile(f"/desk/cases/{number}$"))

    assert WORD not in bureau.file("joan").told.body


def test_a_case_as_a_file(root, bureau, tmp_path):
    """The fold of rare acts leads to the case as a file."""
    page = root(f"cases/{bureau.numbers['joan']}")
    page.keyboard.press("m")
    tab_to(page, "a[href$='/export']", 200)
    with page.expect_download() as waiting:
        page.keyboard.press("Enter")
    waiting.value.save_as(tmp_path / "case.json")

    assert json.loads((tmp_path / "case.json").read_text(encoding="utf-8"))
    assert bureau.store.read(audit.entries, most=1)[0].act == "case.exported"

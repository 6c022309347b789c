"""An invited agent sets their first password in the browser, once, and signs in with it."""

from __future__ import annotations

import pytest
from selectolax.lexbor import LexborHTMLParser
from service.office import Office

PAGE = "/desk/sign-in/new"
GOOD = "a rather long one"


@pytest.fixture
def office(tmp_path):
    """An office of one test."""
    made = Office(tmp_path)
    yield made
    made.close()


def invite(office: Office) -> str:
    """Let an admin enter Núria; returns the secret of the answer."""
    fields = {"id": "nuria", "name": "Núria", "roles": ["agent"], "teams": ["billing"]}
    return office.ask("POST", "/api/v1/agents", by="admin", json=fields).json()["password_secret"]


def send(office: Office, secret: str, password: str = GOOD, **more):
    """Post the form, as the page does."""
    return office.ask("POST", PAGE, by="", data={"secret": secret, "password": password}, **more)


def said(answer) -> str:
    """Read what the page complains about."""
    return LexborHTMLParser(answer.text).css_first("[role=alert]").text(strip=True)


def test_an_invitation_opens_the_desk(office):
    """The password is set, the page leads to the sign-in, and the sign-in takes it."""
    answer = send(office, f" {invite(office)} ")
    signed = office.ask("POST", "/desk/sign-in", by="", data={"login": "nuria", "password": GOOD})

    assert (answer.status_code, answer.headers["location"].partition("?")[0]) == (303, "/desk/sign-in")
    assert (signed.status_code, signed.headers["location"]) == (303, "/desk/")


def test_an_invitation_is_good_once(office):
    """The second use, a wrong one, an empty one and one of yesterday are all told the same."""
    secret = invite(office)
    send(office, secret)
    answers = [send(office, wrong, "yet another good one") for wrong in (secret, "A" * 43, "")]

    assert {answer.status_code for answer in answers} == {422}
    assert {said(answer) for answer in answers} == {"This invitation was used already, or is too old. Ask for another one."}


def test_a_weak_password_keeps_the_invitation(office):
    """What was typed stays in the form but the password, and the invitation is still good."""
    secret = invite(office)
    answer = send(office, secret, "short")

    assert answer.status_code == 422
    assert said(answer) == "This password is too short."
    assert LexborHTMLParser(answer.text).css_first("#secret").attributes["value"] == secret
    assert "short" not in [each.attributes.get("value") for each in LexborHTMLParser(answer.text).css("input")]
    assert send(office, secret).status_code == 303


def test_an_invitation_ends_after_a_day(office):
    """24 hours, then another one is needed."""
    secret = invite(office)
    office.later(hours=24)

    assert send(office, secret).status_code == 422


def test_invitations_are_not_guessed(office):
    """Five wrong ones from one address, then a wait; the form is taken from our own pages only."""
    secret = invite(office)

    assert send(office, secret, headers={"sec-fetch-site": "cross-site"}).status_code == 403
    assert [send(office, "A" * 43).status_code for _ in range(6)] == [422] * 5 + [429]


@pytest.mark.parametrize(
    ("locale", "title"), [("ca", "Tria la contrasenya"), ("fa", "رمز عبور خود را تعیین کنید"), ("zh-Hant", "設定您的密碼")]
)
def test_the_page_speaks_the_languages_of_the_desk(office, locale, title):
    """As the browser asks for it."""
    answer = office.ask("GET", PAGE, by="", headers={"accept-language": locale})

    assert LexborHTMLParser(answer.text).css_first("h1").text() == title

"""The desk's routes against the real store: every act of an agent, and every way in which one is refused."""

from __future__ import annotations

import socket

import pytest
from selectolax.lexbor import LexborHTMLParser
from service.desk.bureau import PASSWORD, STAFF

from feedback_service.accounts import sessions
from feedback_service.desk.routes import DOORS


def tree(answer) -> LexborHTMLParser:
    """Parse a page."""
    return LexborHTMLParser(answer.text)


def path_of(bureau, door, act="write") -> str:
    """Fill in the address of a door: Joan's case, and things that need not be there."""
    names = {"{number:int}": str(bureau.numbers["joan"]), "{name}": "trend", "{id:int}": "1", "{id}": "x", "{login}": "jordi", "{act}": act}
    path = f"/desk{door.path}"
    for name, value in names.items():
        path = path.replace(name, value)
    return path


def test_every_page_opens_for_those_who_may(bureau):
    """An admin sees each page of the desk, with the policy of the house on it and no error in it."""
    for door in DOORS:
        if door.method == "GET" and "/files/" not in door.path:
            answer = bureau.ask("GET", path_of(bureau, door), by="root")

            assert answer.status_code == 200, door.path
            assert "script-src 'self'" in answer.headers["content-security-policy"]
            assert "unsafe" not in answer.headers["content-security-policy"]
            assert answer.headers["cache-control"] == "no-store"


def test_nobody_enters_without_a_session(bureau):
    """Every address leads a stranger to the sign-in, and says nothing else."""
    for door in DOORS:
        answer = bureau.ask(door.method, path_of(bureau, door), by="", data={} if door.method == "POST" else None)

        assert answer.status_code == 303, door.path
        assert answer.headers["location"].startswith("/desk/sign-in")
        assert "Joan" not in answer.text


STRANGERS = (
    {"sec-fetch-site": "cross-site"},
    {"sec-fetch-site": "same-site"},
    {"sec-fetch-site": None, "origin": "https://evil.example"},
    {"sec-fetch-site": None, "origin": "null"},
    {"sec-fetch-site": None},
)


def test_what_changes_something_comes_from_our_own_pages(bureau):
    """A form on another site does nothing with an agent's session, on any address."""
    version, cookie = str(bureau.case("joan").version), bureau.cookie("maria")
    for door in DOORS:
        for headers in STRANGERS if door.method == "POST" else ():
            answer = bureau.ask("POST", path_of(bureau, door, "spam"), cookie=cookie, headers=headers, data={"version": version})

            assert answer.status_code == 403, (door.path, headers)
    assert bureau.case("joan").status == "new"
    assert bureau.ask("GET", "/desk/", cookie=cookie).status_code == 200


@pytest.mark.parametrize("path", ["sign-in", "sign-in/new", "profile/look"])
def test_a_slow_form_is_told_to_hurry(bureau, desk, monkeypatch, path):
    """Nobody holds a place at the desk by sending a form slowly, with a session or without: 408, and the connection ends."""
    monkeypatch.setattr("feedback_service.http.late.DEADLINE", 0.2)
    host, port = desk.removeprefix("http://").split(":")
    head = f"POST /desk/{path} HTTP/1.1\r\nHost: {host}\r\nSec-Fetch-Site: same-origin\r\nContent-Length: 100\r\n"
    cookie = f"Cookie: {sessions.COOKIE}={bureau.cookie('maria')}\r\nContent-Type: application/x-www-form-urlencoded\r\n\r\nlogin="
    answer = b""
    with socket.create_connection((host, int(port)), timeout=30) as line:
        line.sendall(f"{head}{cookie}".encode())
        while part := line.recv(65536):
            answer += part

    assert answer.startswith(b"HTTP/1.1 408")


def test_a_browser_without_fetch_metadata_is_known_by_its_origin(bureau):
    """Older browsers send an Origin with each post: ours is let in."""
    headers = {"sec-fetch-site": None, "origin": "http://127.0.0.1:8001"}
    answer = bureau.ask(
        "POST",
        f"/desk/cases/{bureau.numbers['joan']}/assign",
        headers=headers,
        data={"version": str(bureau.case("joan").version), "assignee": "maria"},
    )

    assert answer.status_code == 303
    assert bureau.case("joan").assignee == "maria"


def test_a_case_of_another_team_is_not_there(bureau):
    """Page, presence, acts and bulk acts answer alike for a case that does not exist and for one of another team."""
    other = bureau.numbers["sara"]
    answers = [bureau.ask("GET", f"/desk/cases/{number}", by="jordi") for number in (other, 99_999)]
    acted = [bureau.ask("POST", f"/desk/cases/{number}/spam", by="jordi", data={"version": "1"}) for number in (other, 99_999)]
    pairs = [f"{bureau.numbers['joan']}:{bureau.case('joan').version}", f"{other}:{bureau.case('sara').version}"]
    bulk = bureau.ask("POST", "/desk/bulk", by="jordi", data={"act": "priority", "priority": "urgent", "case": pairs})

    assert {answer.status_code for answer in (*answers, *acted, bulk)} == {404}
    assert answers[0].text == answers[1].text
    assert bureau.case("joan").priority == bureau.case("sara").priority == "normal"


def test_an_auditor_reads_and_changes_nothing(bureau):
    """Who may read only is told that the role does not allow it."""
    assert bureau.ask("GET", f"/desk/cases/{bureau.numbers['joan']}", by="audit").status_code == 200
    assert bureau.do("joan", "assign", by="audit", assignee="maria").status_code == 403
    assert bureau.case("joan").assignee is None


def test_a_moderator_lands_where_the_work_is(bureau):
    """Without a queue, the first page is that of what is held back."""
    assert bureau.ask("GET", "/desk/", by="mod").headers["location"] == "/desk/held"
    assert bureau.ask("GET", "/desk/held", by="mod").status_code == 200
    assert bureau.ask("GET", f"/desk/cases/{bureau.numbers['joan']}", by="mod").status_code == 404


def test_sign_in_with_a_password(bureau):
    """The right password opens a session in a cookie that only this host gets, and leads on to the page that was asked for."""
    answer = bureau.ask("POST", "/desk/sign-in", by="", data={"login": "maria", "password": PASSWORD, "next": "/desk/reports"})
    cookie = answer.headers["set-cookie"]

    assert (answer.status_code, answer.headers["location"]) == (303, "/desk/reports")
    assert cookie.startswith("__Host-")
    assert all(part in cookie for part in ("Secure", "HttpOnly", "SameSite=lax", "Path=/"))
    assert bureau.ask("GET", "/desk/", by="", cookie=cookie.partition("=")[2].partition(";")[0]).status_code == 200


@pytest.mark.parametrize("login", ["maria", "nobody"])
def test_a_wrong_password_says_nothing_of_who_exists(bureau, login):
    """A known and an unknown login get the same page, with what was typed in it."""
    answer = bureau.ask("POST", "/desk/sign-in", by="", data={"login": login, "password": "wrong"})

    assert answer.status_code == 401
    assert tree(answer).css_first(".wrong").text(strip=True) == "Login and password do not fit together."
    assert tree(answer).css_first("#login").attributes["value"] == login
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize(
    "wished",
    [
        "https://evil.example/",
        "//evil.example",
        "/desk//evil",
        "/\\evil",
        "/desk/\\evil",
        "javascript:alert(1)",
        "/other",
        "/desk/../other",
        "/desk/%2E./other",
    ],
)
def test_sign_in_leads_to_pages_of_the_desk_only(bureau, wished):
    """The page to go on to is never somebody else's."""
    answer = bureau.ask("POST", "/desk/sign-in", by="", data={"login": "maria", "password": PASSWORD, "next": wished})

    assert answer.headers["location"] == "/desk/"


def test_an_admin_sets_up_a_second_factor_first(bureau):
    """A password alone opens nothing to an admin but the page where the second factor is set up."""
    answer = bureau.ask("POST", "/desk/sign-in", by="", data={"login": "root", "password": PASSWORD})
    cookie = answer.headers["set-cookie"].partition("=")[2].partition(";")[0]
    page = bureau.ask("GET", "/desk/profile?totp=new", by="", cookie=cookie)

    assert answer.headers["location"] == "/desk/profile?totp=new"
    assert bureau.ask("GET", "/desk/", by="", cookie=cookie).headers["location"] == "/desk/profile?totp=new"
    assert len(tree(page).css_first("code.secret").text()) == 32


def test_sign_out_ends_the_session(bureau):
    """The cookie of before opens nothing any more."""
    cookie = bureau.cookie("maria")
    bureau.ask("POST", "/desk/sign-out", by="", cookie=cookie)

    assert bureau.ask("GET", "/desk/", by="", cookie=cookie).status_code == 303


def test_a_disabled_agent_is_out_at_once(bureau):
    """Whoever is disabled while they work is led to the sign-in by the next request."""
    from dataclasses import replace

    from feedback_service.store import agents as people

    cookie = bureau.cookie("jordi")
    bureau.store.write(people.change_agent, replace(STAFF[1], disabled=True))

    assert bureau.ask("GET", "/desk/", by="", cookie=cookie).headers["location"].startswith("/desk/sign-in")


@pytest.mark.parametrize(
    "query",
    [
        "view=mine",
        "view=late&sort=priority",
        "status=new&priority=normal",
        "q=factura",
        "q=%23{number}",
        "tag=x",
        "assignee=-",
        "sort=oldest&page=7",
        "view=nope&sort=drop&page=-1&status='--",
    ],
)
def test_every_filter_is_a_page(bureau, query):
    """Whatever stands in the address, a list comes of it."""
    assert bureau.ask("GET", f"/desk/?{query.replace('{number}', str(bureau.numbers['joan']))}").status_code == 200


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("facturació", {"joan"}),
        ("FACTURACIÓ", {"joan"}),
        ("cobrat vegades", {"joan"}),
        ("روشن", {"sara"}),
        ("pau@example.org", {"pau"}),
        ("100%", set()),
        ("_", set()),
    ],
)
def test_search_finds_words_wherever_people_wrote(bureau, words, found):
    """Subject, text, name and address are searched, in any script; signs of LIKE are letters."""
    rows = tree(bureau.ask("GET", "/desk/", by="audit", params={"view": "all", "q": words})).css("#rows tr")

    assert {node.attributes["id"] for node in rows} == {f"case-{bureau.numbers[name]}" for name in found}


def test_markup_of_customers_is_text(bureau):
    """What a customer wrote as HTML is read as they typed it."""
    text = bureau.ask("GET", f"/desk/cases/{bureau.numbers['pau']}").text

    assert "&lt;b&gt;Thanks&lt;/b&gt;" in text


def test_reports_as_csv_and_their_bad_periods(bureau):
    """Each table is a file for a spreadsheet; a period that is none is refused."""
    answer = bureau.ask("GET", "/desk/reports/figures.csv")
    assert answer.headers["content-type"].startswith("text/csv")
    assert '"link_rate"' in answer.text
    assert bureau.ask("GET", "/desk/reports/nothing.csv").status_code == 404
    bad = ["start=2026-13-01", "start=2000-01-01&end=2026-01-01", "start=2026-03-02&end=2026-03-01", "by=status';drop--"]
    assert {bureau.ask("GET", f"/desk/reports?{each}").status_code for each in bad} == {422}
    assert bureau.ask("GET", "/desk/reports/figures.csv", by="jordi").status_code in {403, 404}


def test_language_and_colours_are_kept(bureau):
    """The language is the agent's on every machine, the colours are this browser's."""
    answer = bureau.ask("POST", "/desk/profile/look", by="jordi", data={"locale": "fa", "scheme": "dark"})
    assert "kb-desk-scheme=dark" in "\n".join(answer.headers.get_list("set-cookie"))
    page = tree(
        bureau.ask("GET", "/desk/", by="jordi", headers={"cookie": f"{sessions.COOKIE}={bureau.cookie('jordi')}; kb-desk-scheme=dark"})
    )

    assert page.css_first("html").attributes == {"lang": "fa", "dir": "rtl", "data-scheme": "dark"}


def test_a_password_is_changed_and_ends_other_sessions(bureau):
    """The old session elsewhere is dead, this browser gets a new one; a weak password is refused in words."""
    here, elsewhere = bureau.cookie("jordi"), bureau.cookie("jordi")
    weak = bureau.ask("POST", "/desk/profile/password", by="", cookie=here, data={"old": PASSWORD, "new": "short"})
    assert weak.status_code == 422
    assert tree(weak).css_first("#wrong-new") is not None
    answer = bureau.ask("POST", "/desk/profile/password", by="", cookie=here, data={"old": PASSWORD, "new": "four quiet words more"})

    assert answer.status_code == 303
    assert bureau.ask("GET", "/desk/", by="", cookie=elsewhere).status_code == 303
    assert bureau.ask("GET", "/desk/", by="", cookie=answer.headers["set-cookie"].partition("=")[2].partition(";")[0]).status_code == 200


@pytest.mark.parametrize("body", [b"version=1&text=%ff", b"x=1&" * 500, b"text=" + b"a" * 500_000])
def test_forms_that_are_none(bureau, body):
    """Broken bytes, too many fields and too much of it are refused in words, and nothing is written."""
    headers = {"content-type": "application/x-www-form-urlencoded"}
    answer = bureau.ask("POST", f"/desk/cases/{bureau.numbers['joan']}/write", headers=headers, content=body)

    assert answer.status_code in {413, 422}
    assert bureau.file("joan").messages == ()

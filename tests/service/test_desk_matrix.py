"""Who may do what at the desk: every address, every role, every kind of case.  An address without a row fails."""

from __future__ import annotations

import pytest
from service import grants
from service.office import Office

from feedback_service.accounts.sessions import COOKIE
from feedback_service.desk.acts import ACTS
from feedback_service.desk.routes import DOORS, desk_routes

CASE = "/cases/{number:int}"
MATRIX = {
    ("GET", "/"): grants.ANYBODY,  # who sees no cases is led to what they do see
    ("GET", "/rows"): grants.LISTS_CASES,
    ("POST", "/bulk"): grants.WORKS_ON_A_CASE,
    ("GET", "/cases/new"): grants.OPENS_A_CASE,
    ("POST", "/cases/new"): grants.OPENS_A_CASE,
    ("GET", CASE): grants.READS_A_CASE,
    ("GET", f"{CASE}/files/{{message}}/{{digest}}"): "mmmmm mmmmm mmmmm",  # these cases have no files
    ("POST", f"{CASE}/presence"): grants.READS_A_CASE,
    **{
        ("POST", f"{CASE}/{act}"): grants.WORKS_ON_A_CASE
        for act in ("write", "assign", "status", "facts", "link", "draft", "snooze", "spam", "split")
    },
    ("POST", f"{CASE}/merge"): grants.WORKS_ON_A_CASE,
    ("POST", f"{CASE}/unmerge"): grants.WORKS_ON_A_CASE,
    ("GET", "/triage"): grants.ANYBODY,
    ("POST", "/triage/{id:int}"): "f+++f",
    ("GET", "/held"): "m++++",
    ("POST", "/held/{id}"): grants.DECIDES,
    ("GET", f"{CASE}/export"): grants.EXPORTS_A_CASE,
    ("POST", f"{CASE}/redact"): grants.STRIKES_OUT,
    ("GET", "/bans"): grants.READS_BANS,
    ("POST", "/bans"): grants.CHANGES_BANS,
    ("POST", "/bans/end"): grants.CHANGES_BANS,
    ("GET", "/accounts"): grants.CHANGES_ACCOUNTS,
    ("POST", "/accounts"): grants.CHANGES_ACCOUNTS,
    ("GET", "/accounts/-"): grants.CHANGES_ACCOUNTS,
    ("GET", "/accounts/{login}"): grants.CHANGES_ACCOUNTS,
    ("POST", "/accounts/{login}"): grants.CHANGES_ACCOUNTS,
    ("POST", "/accounts/{login}/invite"): grants.CHANGES_ACCOUNTS,
    ("POST", "/accounts/{login}/second-factor"): grants.CHANGES_ACCOUNTS,
    ("GET", "/people"): grants.ONE_PERSON,
    ("POST", "/people"): grants.ONE_PERSON,
    ("POST", "/people/export"): grants.ONE_PERSON,
    ("POST", "/people/erase"): grants.ONE_PERSON,
    ("GET", "/reports"): grants.REPORTS,
    ("GET", "/reports/{name}.csv"): grants.EXPORTS,
    ("GET", "/settings"): grants.ANYBODY,
    ("GET", "/audit"): grants.TRAIL,
    ("GET", "/profile"): grants.ANYBODY,
    ("POST", "/profile/look"): grants.ANYBODY,
    ("POST", "/profile/password"): grants.ANYBODY,
    ("POST", "/profile/totp"): grants.ANYBODY,
}
# What a stranger may call: the pages of the sign-in and what they look like.
PUBLIC = {"/-/{digest}/{name}", "/sign-in", "/sign-in/code", "/sign-in/new", "/sign-out"}
FIELDS = {
    "/bulk": {"act": "priority", "priority": "high"},
    "/triage/{id:int}": {"state": "triaged", "from": "new"},
    "/held/{id}": {"act": "discard"},
    "/cases/new": {"subject": "A call", "body": "About it", "priority": "normal", "type": "question", "locale": "en"},
    "/bans": {"kind": "address", "value": "spam@example.net", "days": "7"},
    "/bans/end": {"kind": "address", "value": "spam@example.net"},
    "/accounts/{login}": {"name": "Jordi", "locale": "en", "role": "agent", "teams": "delivery"},
    "/people": {"address": "nobody@example.net"},
    "/people/erase": {"address": "nobody@example.net", "typed": "nobody@example.net"},
    "redact": {"of": "", "words": "question"},
    "write": {"text": "Hello"},
    "assign": {"assignee": ""},
    "status": {"status": "open"},
    "link": {"article": "kb-refund", "locale": "en"},
    "snooze": {"until": "2026-04-01T09:00"},
}


def keys() -> list[tuple[str, str]]:
    """List the addresses of the desk, one for each act on a case."""
    found = []
    for door in DOORS:
        found += [(door.method, door.path.replace("{act}", act)) for act in ACTS] if "{act}" in door.path else [(door.method, door.path)]
    return found


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    """One office for all; every test opens the cases that it changes."""
    made = Office(tmp_path_factory.mktemp("office"))
    yield made
    made.close()


def test_every_address_has_a_row():
    """A new page or act of the desk is refused by this test until somebody has said who may use it."""
    assert sorted(keys()) == sorted(MATRIX)
    (mount,) = desk_routes()
    assert {route.path for route in mount.routes} == PUBLIC | {door.path for door in DOORS}


def answered(office: Office, key: tuple[str, str], role: str, number: int) -> str:
    """Send what a page of the desk would send, and write its answer as the matrix does."""
    method, path = key
    act = path.rpartition("/")[2]
    names = {"{login}": "jordi", "{number:int}": str(number), "{id:int}": "1", "{id}": "x", "{name}": "trend"}
    address = f"/desk{path}"
    for name, value in names.items():
        address = address.replace(name, value)
    version = office.case(number).version
    fields = {"version": str(version), "case": f"{number}:{version}", **FIELDS.get(path, FIELDS.get(act, {}))}
    if act in {"merge", "unmerge"}:
        fields["target"] = str(office.cases["nobodys"])
    cookie = {"cookie": f"{COOKIE}={office.cookie(role)}"}
    answer = office.ask(method, address, by="", headers=cookie, **({"data": fields} if method == "POST" else {}))

    assert answer.status_code < 500
    assert not answer.headers.get("location", "").startswith("/desk/sign-in")

    missing = {404: "m"} if key != ("POST", "/held/{id}") or role == "agent" else {}
    return {403: "f", **missing}.get(answer.status_code, "+")


@pytest.mark.parametrize("key", MATRIX, ids=" ".join)
def test_the_matrix(shared, key):
    """Each role gets the answer that is written above, for each kind of case."""
    found = grants.answers(shared, MATRIX[key], lambda role, number: answered(shared, key, role, number))

    assert found == MATRIX[key]


@pytest.mark.parametrize("number", ["999999", "9" * 30, "9" * 5000, "x", "-1"])
def test_numbers_that_are_no_case(shared, number):
    """As at the API: one answer for what is not there and for what is no number."""
    for method, path in (("GET", f"/desk/cases/{number}"), ("POST", f"/desk/cases/{number}/spam"), ("POST", f"/desk/triage/{number}")):
        fields = {"data": {"version": "1", "state": "triaged", "from": "new"}} if method == "POST" else {}
        answer = shared.ask(method, path, by="", headers={"cookie": f"{COOKIE}={shared.cookie('lead')}"}, **fields)

        assert answer.status_code in {404, 405, 409}

"""Who may do what through the agents' API: every route, every role, every kind of case.  A route without a row fails."""

from __future__ import annotations

import pytest
from service import grants
from service.office import Office

from feedback_service.http.agents import ENTRIES
from feedback_service.http.app import ROUTES

CASE = "/api/v1/cases/{number}"
MATRIX = {
    ("GET", "/api/v1/cases"): grants.LISTS_CASES,
    ("POST", "/api/v1/cases/new"): grants.OPENS_A_CASE,
    ("GET", CASE): grants.READS_A_CASE,
    ("PATCH", CASE): grants.WORKS_ON_A_CASE,
    ("GET", f"{CASE}/messages"): grants.READS_A_CASE,
    ("POST", f"{CASE}/messages"): grants.WORKS_ON_A_CASE,
    ("GET", f"{CASE}/events"): grants.READS_A_CASE,
    ("GET", f"{CASE}/links"): grants.READS_A_CASE,
    ("POST", f"{CASE}/links"): grants.WORKS_ON_A_CASE,
    ("POST", f"{CASE}/merge"): grants.WORKS_ON_A_CASE,
    ("POST", f"{CASE}/unmerge"): grants.WORKS_ON_A_CASE,
    ("POST", f"{CASE}/spam"): grants.WORKS_ON_A_CASE,
    ("GET", "/api/v1/me"): grants.ANYBODY,
    ("GET", "/api/v1/me/tokens"): grants.ANYBODY,
    ("POST", "/api/v1/me/tokens"): grants.ANYBODY,
    ("DELETE", "/api/v1/me/tokens/{id}"): grants.ANYBODY,
    ("GET", "/api/v1/reports"): grants.REPORTS,
    ("GET", "/api/v1/exports/cases"): grants.EXPORTS,
    ("GET", "/api/v1/exports/ratings"): grants.EXPORTS,
    ("GET", "/api/v1/exports/feedback.json"): grants.EXPORTS,
    ("GET", "/api/v1/audit"): grants.TRAIL,
    ("GET", "/api/v1/agents"): grants.ANYBODY,
    ("POST", "/api/v1/agents"): grants.CHANGES_ACCOUNTS,
    ("PATCH", "/api/v1/agents/{login}"): grants.CHANGES_ACCOUNTS,
}
# What anybody may call: the forms of the portal, the requester's page, and what balancers ask.
PUBLIC = """
    /healthz /readyz /assets/{name} /api/v1/openapi.json /api/v1/form-token /api/v1/cases /api/v1/ratings /api/v1/questions
    /api/v1/search-events /api/v1/form-events /case/ /case/open /case/leave /case/reply /case/rate
""".split()
CHANGES = {
    ("PATCH", CASE): {"version": 1, "priority": "high"},
    ("POST", f"{CASE}/messages"): {"text": "Hello"},
    ("POST", f"{CASE}/links"): {"article": "kb-refund"},
    ("POST", "/api/v1/me/tokens"): {"label": "x"},
    ("PATCH", "/api/v1/agents/{login}"): {"name": "Jordi B."},
}
KEYS = [(entry.method, entry.path) for entry in ENTRIES]


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    """One office for all; every test opens the cases that it changes."""
    made = Office(tmp_path_factory.mktemp("office"))
    yield made
    made.close()


def test_every_route_has_a_row():
    """A new address of the API is refused by this test until somebody has said who may call it."""
    assert sorted(KEYS) == sorted(MATRIX)
    assert len(KEYS) == len(set(KEYS))


def test_every_public_route_is_meant_to_be():
    """A new address that asks nobody who they are is seen here."""
    assert {route.path for route in ROUTES} == set(PUBLIC)


def answered(office: Office, key: tuple[str, str], by: str, number: int) -> str:
    """Send a request that is as right as a program would make it, and write its answer as the matrix does."""
    method, path = key
    address = path.replace("{number}", str(number)).replace("{login}", "jordi").replace("{id}", office_token(office, by))
    fields = {} if method in {"GET", "DELETE"} else {"json": CHANGES.get(key, {})}
    answer = office.ask(method, address, by=by, **fields)

    assert answer.status_code < 500

    if answer.status_code == 401:
        return "!"
    return {403: "f", 404: "m"}.get(answer.status_code, "+")


def office_token(office: Office, by: str) -> str:
    """Make a token that its agent may revoke; "x" for nobody."""
    made = office.ask("POST", "/api/v1/me/tokens", by=by, json={"label": "to be revoked"})
    return made.json()["id"] if made.status_code == 201 else "x"


@pytest.mark.parametrize("key", MATRIX, ids=" ".join)
def test_the_matrix(shared, key):
    """Each role gets the answer that is written above, for each kind of case."""
    found = grants.answers(shared, MATRIX[key], lambda role, number: answered(shared, key, role, number))

    assert found == MATRIX[key]


@pytest.mark.parametrize("key", MATRIX, ids=" ".join)
def test_nobody_comes_in_without_a_token(shared, key):
    """No token, an empty one, a wrong one, one that was revoked, one whose agent has left: 401, and not a word about what is there."""
    number = shared.cases["ours"]
    gone = shared.hire("gone", "admin")
    shared.change("gone", disabled=True)

    assert {answered(shared, key, by, number) for by in ("", " ", "kb_" + "A" * 43, gone)} == {"!"}

    shared.change("gone", disabled=False)


@pytest.mark.parametrize("key", MATRIX, ids=" ".join)
def test_a_token_that_reads_changes_nothing(shared, key):
    """An admin's token for reports reads what the admin reads, and is refused the rest."""
    reader = shared.hire("reader", "admin", reads_only=True)
    answer = answered(shared, key, reader, shared.open("ours", "billing"))

    assert (answer == "+") == (key[0] == "GET")


@pytest.mark.parametrize("number", ["0", "999999", "-1", "1e3", "x", "%00", "9" * 15, "9" * 5000, "1001%20", "१००१", "..", "1001;"])
def test_s37_numbers_that_are_no_case(shared, number):
    """One answer for what is not there and for what is no number."""
    answer = shared.ask("GET", f"/api/v1/cases/{number}", by="admin")

    assert answer.status_code == 404
    assert shared.ask("GET", f"/api/v1/cases/{shared.cases['theirs']}").json() == shared.ask("GET", "/api/v1/cases/999999").json()


def test_s36_a_role_that_was_taken_away_is_gone_at_the_next_request(shared):
    """Tokens carry no rights: what counts is what their agent may do now."""
    secret = shared.hire("berta", "admin")

    assert shared.ask("GET", "/api/v1/audit", by=secret).status_code == 200

    shared.change("berta", roles=frozenset({"agent"}))

    assert shared.ask("GET", "/api/v1/audit", by=secret).status_code == 404

    shared.change("berta", teams=frozenset({"delivery"}))

    assert shared.ask("GET", f"/api/v1/cases/{shared.open('ours', 'billing')}", by=secret).status_code == 404

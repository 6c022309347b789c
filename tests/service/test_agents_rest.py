"""The agents' API besides single cases: lists, reports, exports, accounts and tokens."""

from __future__ import annotations

import csv
import io

import pytest
from service.made import run_apart
from service.office import NOON, Office

from feedback_service.accounts import passwords
from feedback_service.intake import RatingForm
from feedback_service.signin import Doorkeeper
from feedback_service.store import agents as people
from feedback_service.store import audit, posts


@pytest.fixture
def office(tmp_path):
    """An office of one test."""
    made = Office(tmp_path)
    yield made
    made.close()


def wrong(answer) -> dict[str, str]:
    """Name the fields that were refused, with the reason."""
    assert answer.status_code == 422

    return {name: each["reason"] for name, each in answer.json()["fields"].items()}


def test_lists_show_what_the_agent_sees(office):
    """Own teams, no team, own cases; filters narrow that and never widen it."""

    def numbers(query="", by="agent"):
        return {each["number"] for each in office.ask("GET", f"/api/v1/cases?{query}", by=by).json()["cases"]}

    seen = {office.cases[name] for name in ("ours", "nobodys", "mine")}

    assert numbers() == seen
    assert numbers("team=delivery") == {office.cases["mine"]}
    assert numbers("words=theirs") == set()
    assert numbers("words=ours") == {office.cases["ours"]}
    assert numbers(by="auditor") == seen | {office.cases["theirs"]}
    assert numbers(f"words={office.cases['theirs']}") == set()


@pytest.mark.parametrize(
    "query",
    [
        "order=1",
        "view=secret",
        "sort=password",
        "page=0",
        "page=x",
        "page=201",
        "page=" + "9" * 30,
        "words=" + "x" * 300,
        "status';drop--=1",
    ],
)
def test_s24_bad_filters(office, query):
    """Unknown filters, orders and pages are refused by name."""
    assert office.ask("GET", f"/api/v1/cases?{query}").status_code == 422


@pytest.mark.parametrize("value", ["'; DROP TABLE cases; --", '" OR 1=1', "%", "_", "\\", "💥", "\u202e"])
def test_s24_filters_are_values(office, value):
    """Whatever is asked for is a text that no case has."""
    for name in ("words", "status", "team", "assignee", "tag", "priority"):
        answer = office.ask("GET", "/api/v1/cases", params={name: value})

        assert answer.status_code == 200
        assert answer.json()["cases"] == []


def test_reports_say_what_they_count(office):
    """Each figure with its definition; the period counts both days."""
    number = office.cases["ours"]
    version = office.case(number).version
    office.ask("PATCH", f"/api/v1/cases/{number}", json={"version": version, "status": "resolved", "close_reason": "no_action"})
    report = office.ask("GET", "/api/v1/reports?from=2026-03-02&to=2026-03-02").json()
    figures = {each["key"]: each for each in report["figures"]}

    assert (report["from"], report["to"]) == ("2026-03-02T00:00:00Z", "2026-03-03T00:00:00Z")
    assert (figures["link_rate"]["part"], figures["link_rate"]["whole"]) == (0, 1)
    assert all(each["definition"] for each in figures.values())
    assert sum(report["backlog"].values()) == 3


@pytest.mark.parametrize(
    "query",
    [
        "from=2016-01-01",
        "from=2026-13-01",
        "from=2026-03-01XX",
        "from=2026-03-03&to=2026-03-01",
        "since=2026",
        "to=0001-01-01",
        "format=xls",
        "from=9999-12-31&to=9999-12-31",
    ],
)
def test_s24_bad_periods(office, query):
    """Ten years, no day, the wrong way round: refused."""
    for path in ("reports", "exports/cases", "exports/ratings"):
        assert office.ask("GET", f"/api/v1/{path}?{query}", by="admin").status_code == 422


def test_s23_exports_are_tables_without_formulas(office):
    """What would run in a spreadsheet is text there; JSON has it as it was; nobody's address leaves; and it is written down who took it."""
    office.open("formula", "billing", subject="=cmd|' /C calc'!A0")
    office.store.write(
        posts.rate,
        RatingForm("kb-refund", "en", helpful=False, comment="+1 @joan", email="joan@example.org", voter="v" * 20),
        "v" * 20,
        NOON,
    )
    made = {
        kind: office.ask("GET", f"/api/v1/exports/{kind}?format=csv&from=2026-03-01&to=2026-03-03", by="lead")
        for kind in ("cases", "ratings")
    }
    rows = {kind: list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff")))) for kind, answer in made.items()}

    assert made["cases"].headers["content-disposition"] == 'attachment; filename="cases.csv"'
    assert [row["subject"] for row in rows["cases"]] == ["ours", "nobodys", "'=cmd|' /C calc'!A0"]
    assert [(row["helpful"], row["comment"]) for row in rows["ratings"]] == [("no", "'+1 @joan")]
    assert (
        office.ask("GET", "/api/v1/exports/cases?from=2026-03-01&to=2026-03-03", by="lead").json()["cases"][-1]["subject"]
        == "=cmd|' /C calc'!A0"
    )
    assert not any("joan@example.org" in answer.text for answer in made.values())
    assert [entry.act for entry in office.store.read(audit.entries)] == ["export.cases", "export.ratings", "export.cases"]


def test_the_file_for_the_next_build(office):
    """The votes of today, of nobody in particular."""
    office.store.write(posts.rate, RatingForm("kb-refund", "en", helpful=True, voter="v" * 20), "v" * 20, NOON)
    plain = office.ask("GET", "/api/v1/exports/feedback.json", by="lead").json()

    assert (plain["schema"], plain["ratings"][0]["article"], plain["ratings"][0]["yes"]) == (1, "kb-refund", 1)


def test_an_agent_is_hired_signs_in_and_leaves(office):
    """The secret of the answer sets a password once; who left cannot sign in, and the trail says who did what."""
    made = office.ask("POST", "/api/v1/agents", by="admin", json={"id": "nuria", "name": "Núria", "roles": ["lead"], "teams": ["billing"]})
    door = Doorkeeper(office.store, clock=lambda: office.now)
    run_apart(door.set_password_by(made.json()["password_secret"], "a rather long one", "192.0.2.1"))

    assert made.status_code == 201
    assert run_apart(door.sign_in("nuria", "a rather long one", "192.0.2.1")).agent.roles == {"lead"}
    assert wrong(office.ask("POST", "/api/v1/agents", by="admin", json={"id": "nuria", "name": "N", "roles": ["lead"]})) == {"id": "taken"}
    assert office.ask("PATCH", "/api/v1/agents/nuria", by="admin", json={"disabled": True, "roles": ["agent"]}).json()["disabled"] is True

    trail = office.ask("GET", "/api/v1/audit", by="auditor").json()["entries"]

    assert [(entry["actor"], entry["act"], entry["object"]) for entry in trail] == [
        ("admin", "agent.changed", "nuria"),
        ("nuria", "password.set", "nuria"),
        ("admin", "agent.added", "nuria"),
    ]
    assert trail[0]["detail"] == "roles=agent; disabled=True"
    assert office.store.read(audit.verify).broken is None


@pytest.mark.parametrize(
    ("fields", "reasons"),
    [
        ({"id": "Ñ"}, {"id": "bad_value"}),
        ({"id": "../x"}, {"id": "bad_value"}),
        ({"id": None}, {"id": "bad_value"}),
        ({"roles": ["root"]}, {"roles": "unknown_value"}),
        ({"locale": "<b>x"}, {"locale": "unknown_value"}),
        ({"locale": ["en"]}, {"locale": "unknown_value"}),
        ({"roles": []}, {"roles": "required"}),
        ({"roles": "admin"}, {"roles": "not_a_list_of_texts"}),
        ({"teams": ["a b"]}, {"teams": "bad_value"}),
        ({"teams": ["x"] * 51}, {"teams": "not_a_list_of_texts"}),
        ({"name": "  "}, {"name": "required"}),
        ({"email": "a@b@c"}, {"email": "bad_address"}),
        ({"disabled": "no"}, {"disabled": "not_true_or_false"}),
        ({"password": "x"}, {"password": "unknown_field"}),
    ],
)
def test_bad_accounts(office, fields, reasons):
    """Logins are plain ASCII, roles are those there are, and no password travels this way."""
    good = {"id": "nuria", "name": "Núria", "roles": ["agent"]}

    assert wrong(office.ask("POST", "/api/v1/agents", by="admin", json=good | fields)) == reasons
    assert office.store.read(people.agent_of, "nuria") is None


def test_the_last_admin_stays(office):
    """Nobody takes admin from themselves, nor disables themselves: somebody else has to."""
    assert wrong(office.ask("PATCH", "/api/v1/agents/admin", by="admin", json={"roles": ["agent"]})) == {"roles": "not_yourself"}
    assert wrong(office.ask("PATCH", "/api/v1/agents/admin", by="admin", json={"disabled": True})) == {"disabled": "not_yourself"}
    assert office.ask("PATCH", "/api/v1/agents/nobody", by="admin", json={"name": "x"}).status_code == 404


def test_tokens_make_tokens_of_their_agent(office):
    """A new one is shown once, listed by a name, good until it is revoked; nobody revokes another agent's."""
    made = office.ask("POST", "/api/v1/me/tokens", json={"label": "CRM", "reads_only": True}).json()

    assert office.ask("GET", "/api/v1/me", by=made["secret"]).json()["reads_only"] is True
    assert {token["label"] for token in office.ask("GET", "/api/v1/me/tokens").json()["tokens"]} == {"CRM", "test"}
    assert made["secret"] not in office.ask("GET", "/api/v1/me/tokens").text
    assert office.ask("DELETE", f"/api/v1/me/tokens/{made['id']}", by="lead").status_code == 404
    assert office.ask("DELETE", f"/api/v1/me/tokens/{made['id']}").status_code == 204
    assert office.ask("GET", "/api/v1/me", by=made["secret"]).status_code == 401
    assert wrong(office.ask("POST", "/api/v1/me/tokens", json={"label": "", "reads_only": "x"})) == {"label": "required"}


def test_a_password_never_leaves(office):
    """Accounts are listed without anything that opens them."""
    office.store.write(people.set_password, "agent", passwords.hash_password("a rather long one", bytes(16)))
    text = office.ask("GET", "/api/v1/agents", by="auditor").text

    assert "argon2" not in text
    assert '"agent"' in text

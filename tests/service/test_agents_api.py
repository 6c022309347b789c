"""The agents' API: what programs may send, what they get, and that a save on an old page overwrites nothing."""

from __future__ import annotations

import pytest
from service.office import Office

from feedback_service.domain import Act, Actor
from feedback_service.domain.acts import set_due
from feedback_service.store import cases

LATER = "2026-03-09T12:00:00Z"


@pytest.fixture
def office(tmp_path):
    """An office of one test."""
    made = Office(tmp_path)
    yield made
    made.close()


def change(office: Office, number: int, by: str = "agent", **fields):
    """Change a case with the version of now, unless said otherwise."""
    return office.ask("PATCH", f"/api/v1/cases/{number}", by=by, json={"version": office.case(number).version, **fields})


def wrong(answer) -> dict[str, str]:
    """Name the fields that were refused, with the reason."""
    assert answer.status_code == 422

    return {name: each["reason"] for name, each in answer.json()["fields"].items()}


def test_a_case_is_read(office):
    """Facts, what the requester told, clocks and links; moments in UTC."""
    told = office.ask("GET", f"/api/v1/cases/{office.cases['ours']}").json()

    assert (told["number"], told["status"], told["team"], told["subject"]) == (office.cases["ours"], "new", "billing", "ours")
    assert (told["requester_email"], told["created_at"], told["clocks"], told["links"]) == (
        "joan@example.org",
        "2026-03-02T12:00:00Z",
        [],
        [],
    )


def test_several_fields_change_at_once(office):
    """Team first, so that an agent of the new team can be given with it; the answer has the version to go on with."""
    number = office.cases["ours"]
    answer = change(office, number, by="admin", team="delivery", assignee="jordi", priority="urgent", tags=["Late ", "late"], due_at=LATER)

    assert answer.status_code == 200
    assert {name: answer.json()[name] for name in ("team", "assignee", "priority", "tags", "due_at", "status")} == {
        "team": "delivery", "assignee": "jordi", "priority": "urgent", "tags": ["late"], "due_at": LATER, "status": "open",
    }  # fmt: skip
    assert answer.json()["version"] == office.case(number).version


def test_all_fields_or_none(office):
    """One that cannot be, and nothing is done."""
    number = office.cases["ours"]
    before = office.case(number)
    answer = change(office, number, priority="urgent", assignee="jordi")

    assert answer.status_code == 422
    assert "agent" in answer.json()["allowed"]
    assert office.case(number) == before


def test_the_life_of_a_case(office):
    """Taken, answered, pending, on hold with a note, resolved, closed; what is not allowed names what is."""
    number = office.cases["ours"]

    assert change(office, number, status="pending").json()["code"] == "reply_first"
    assert office.ask("POST", f"/api/v1/cases/{number}/messages", json={"text": "Here you are"}).status_code == 201
    assert change(office, number, status="pending").json()["status"] == "pending"
    assert change(office, number, status="on_hold").json()["code"] == "hold_needs_note"

    office.later(minutes=1)

    assert change(office, number, status="on_hold", note="We wait for the bank", snoozed_until=LATER).json()["snoozed_until"] == LATER
    assert change(office, number, status="resolved").json()["close_reason"] == "answered"

    closed = change(office, number, status="closed")

    assert closed.json()["status"] == "closed"
    assert change(office, number, priority="high").status_code == 409
    assert [each["kind"] for each in office.ask("GET", f"/api/v1/cases/{number}/messages").json()["messages"]] == ["public", "note"]


def test_s39_who_saves_an_old_page_sees_what_happened(office):
    """409 with the version of now and the events since; nothing is overwritten; with that version the same wish is done."""
    number = office.cases["ours"]
    old = office.case(number).version
    change(office, number, by="lead", priority="high")
    answer = office.ask("PATCH", f"/api/v1/cases/{number}", json={"version": old, "priority": "low"})

    assert answer.status_code == 409
    assert [event["after"] for event in answer.json()["events"] if event["type"] == "priority"] == [{"priority": "high"}]
    assert office.case(number).priority == "high"
    assert (
        office.ask("PATCH", f"/api/v1/cases/{number}", json={"version": answer.json()["version"], "priority": "low"}).json()["priority"]
        == "low"
    )


def test_s39_two_agents_answer_at_once(office):
    """The second one is told of the first one's answer before theirs goes out."""
    number = office.cases["ours"]
    seen = office.case(number).version
    first, second = (
        office.ask("POST", f"/api/v1/cases/{number}/messages", by=by, json={"text": f"From {by}", "version": seen})
        for by in ("agent", "lead")
    )

    assert (first.status_code, second.status_code) == (201, 409)
    assert second.json()["events"][0]["type"] == "reply_out"
    assert len(office.ask("GET", f"/api/v1/cases/{number}/messages").json()["messages"]) == 1


def test_a_message_sent_twice_is_one(office):
    """The same Idempotency-Key: the same message, no second mail; another agent's key is another key."""
    path, key = f"/api/v1/cases/{office.cases['ours']}/messages", {"idempotency-key": "abc"}
    answers = [office.ask("POST", path, by=by, headers=key, json={"text": "Hello"}) for by in ("agent", "agent", "lead")]

    assert [answer.status_code for answer in answers] == [201, 200, 201]
    assert len({answer.json()["id"] for answer in answers}) == 2
    assert len(office.ask("GET", path).json()["messages"]) == 2


@pytest.mark.parametrize("team", ["nobody", [], {}, 1, ""])
def test_a_case_by_hand_is_of_a_team_that_there_is(office, team):
    """Anything but a known team is refused with those that there are."""
    answer = office.ask("POST", "/api/v1/cases/new", json={"subject": "A call", "body": "About the bill", "locale": "en", "team": team})

    assert wrong(answer) == {"team": "unknown_team"}
    assert "billing" in answer.json()["fields"]["team"]["allowed"]


def test_another_message_under_the_same_key_is_refused(office):
    """A key that comes again with another text, or as a note, says so (422); nothing is called stored that is not."""
    path, key = f"/api/v1/cases/{office.cases['ours']}/messages", {"idempotency-key": "abc"}
    sent = ({"text": "Hello"}, {"text": "Another"}, {"text": "Hello", "kind": "note"})
    answers = [office.ask("POST", path, headers=key, json=each) for each in sent]

    assert [answer.status_code for answer in answers] == [201, 422, 422]
    assert answers[1].json()["code"] == "key_reused"
    assert [each["text"] for each in office.ask("GET", path).json()["messages"]] == ["Hello"]


def test_another_change_under_the_same_key_is_made(office):
    """A change with a note whose key came before is made once, and a change of something else is no repetition of it."""
    number, key = office.cases["ours"], {"idempotency-key": "abc"}
    for priority in ("high", "high", "urgent"):
        fields = {"version": office.case(number).version if priority == "urgent" else 1, "priority": priority, "note": "Look"}
        answer = office.ask("PATCH", f"/api/v1/cases/{number}", headers=key, json=fields)

        assert (answer.status_code, answer.json()["priority"]) == (200, priority)
    assert len(office.ask("GET", f"/api/v1/cases/{number}/messages").json()["messages"]) == 2


def test_a_case_by_hand(office):
    """Somebody called: a case without an address, of the team that was named."""
    fields = {
        "subject": "A call",
        "body": "About the bill",
        "name": "Joan",
        "locale": "en",
        "team": "billing",
        "priority": "high",
        "article": "kb-refund",
    }
    made = office.ask("POST", "/api/v1/cases/new", json=fields).json()

    assert (made["channel"], made["team"], made["priority"], made["source_article"]) == ("manual", "billing", "high", "kb-refund")
    assert wrong(office.ask("POST", "/api/v1/cases/new", json=fields | {"team": "gone"})) == {"team": "unknown_team"}
    assert wrong(office.ask("POST", "/api/v1/cases/new", json={"priority": "asap"})) == {"priority": "unknown_value"}
    assert wrong(office.ask("POST", "/api/v1/cases/new", json={"email": "nobody", "x": "y"})) == {
        "email": "bad_address", "subject": "required", "body": "required", "x": "unknown_field",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("fields", "reasons"),
    [
        ({}, {}),
        ({"version": None}, {"version": "required"}),
        ({"version": "1"}, {"version": "not_a_number"}),
        ({"version": True}, {"version": "not_a_number"}),
        ({"status": "new"}, {"status": "unknown_value"}),
        ({"priority": 3, "tags": "x"}, {"priority": "not_text", "tags": "not_a_list_of_texts"}),
        ({"due_at": "tomorrow"}, {"due_at": "not_a_moment"}),
        ({"due_at": "2026-03-09T12:00:00"}, {"due_at": "not_a_moment"}),
        ({"snoozed_until": "9999-12-31T23:59:59-23:00"}, {"snoozed_until": "not_a_moment"}),
        ({"team": "\ud800"}, {"team": "broken_characters"}),
        ({"note": "\0"}, {"note": "control_characters"}),
        ({"number": "1", "__proto__": "x"}, {"number": "unknown_field", "__proto__": "unknown_field"}),
        ({"team": None}, {"team": "not_text"}),
    ],
)
def test_bad_changes(office, fields, reasons):
    """Every field that is wrong is told, with a stable word; nothing changes."""
    number = office.cases["ours"]
    before = office.case(number)
    body = {"version": before.version, **fields}
    answer = office.ask("PATCH", f"/api/v1/cases/{number}", json=body)

    assert office.case(number) == before
    assert (wrong(answer) if answer.status_code == 422 else {}) == reasons


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"{", "application/json", 400),
        (b"[]", "application/json", 400),
        (b'{"a":1,"a":2}', "application/json", 400),
        (b'{"a":NaN}', "application/json", 400),
        (b"[" * 50_000, "application/json", 400),
        (b"x" * 70_000, "application/json", 413),
        (b"{}", "text/plain", 415),
        ('{"version": 1}'.encode("utf-16"), "application/json", 415),
    ],
)
def test_bad_bodies(office, body, kind, status):
    """No JSON, too deep, too large, another type: 4xx."""
    answer = office.ask("PATCH", f"/api/v1/cases/{office.cases['ours']}", content=body, headers={"content-type": kind})

    assert answer.status_code == status


@pytest.mark.parametrize("method", ["PUT", "DELETE", "TRACE", "PROPFIND"])
def test_other_methods(office, method):
    """405 with what there is, and nothing happens."""
    answer = office.ask(method, f"/api/v1/cases/{office.cases['ours']}")

    assert answer.status_code == 405
    assert set(answer.headers["allow"].replace(" ", "").split(",")) >= {"GET", "PATCH"}


def test_s37_merge_needs_both_cases(office):
    """Another team's case is not there, neither as the one nor as the other; one's own can be merged, and the merge undone."""
    ours, other, theirs = office.cases["ours"], office.open("other", "billing"), office.cases["theirs"]

    assert office.ask("POST", f"/api/v1/cases/{ours}/merge", json={"case": theirs}).status_code == 404
    assert office.ask("POST", f"/api/v1/cases/{theirs}/merge", json={"case": ours}).status_code == 404
    assert wrong(office.ask("POST", f"/api/v1/cases/{ours}/merge", json={"case": "x"})) == {"case": "not_a_number"}
    assert office.ask("POST", f"/api/v1/cases/{ours}/merge", json={"case": ours}).status_code == 409

    merged = office.ask("POST", f"/api/v1/cases/{ours}/merge", json={"case": other}).json()

    assert (merged["status"], merged["close_reason"]) == ("closed", "duplicate")
    assert office.ask("POST", f"/api/v1/cases/{ours}/unmerge", json={"case": other}).json()["status"] == "new"


def test_articles_are_linked(office):
    """An article of the portal, at a revision that there was; twice is once."""
    path = f"/api/v1/cases/{office.cases['ours']}/links"
    for _ in range(2):
        assert office.ask("POST", path, json={"article": "kb-refund", "revision": "a1b2c3", "kind": "sent"}).status_code == 201

    assert [(link["article"], link["kind"], link["by"]) for link in office.ask("GET", path).json()["links"]] == [
        ("kb-refund", "sent", "agent")
    ]
    assert wrong(office.ask("POST", path, json={"article": "gone", "kind": "x"})) == {"article": "unknown_article", "kind": "unknown_value"}
    assert wrong(office.ask("POST", path, json={"article": "kb-refund", "revision": "zzz"})) == {"revision": "unknown_revision"}
    assert wrong(office.ask("POST", path, json={"article": ["kb-refund"]})) == {"article": "unknown_article"}


def test_a_case_that_moved_away_meanwhile(office, monkeypatch):
    """Between the look at a case and the write somebody gives it to another team: nothing is written by who lost it."""
    number = office.cases["ours"]
    read = cases.case_by_number

    def moved(tx, wanted):
        case = read(tx, wanted)
        monkeypatch.setattr(cases, "case_by_number", read)
        office.ask("PATCH", f"/api/v1/cases/{number}", by="admin", json={"version": case.version, "team": "delivery"})
        return case

    monkeypatch.setattr(cases, "case_by_number", moved)
    answer = office.ask("POST", f"/api/v1/cases/{number}/messages", json={"text": "Hello"})

    assert answer.status_code == 404
    assert office.case(number).team == "delivery"
    assert office.ask("GET", f"/api/v1/cases/{number}/messages", by="admin").json()["messages"] == []


def test_what_robots_do_is_harmless(office):
    """A due date that the same agent set in another tab is no conflict for them."""
    number = office.cases["ours"]
    seen = office.case(number)
    how = Act(Actor("agent", "agent"), office.now)
    office.store.write(cases.act, seen.id, how, lambda case: set_due(case, how, office.now))

    assert office.ask("PATCH", f"/api/v1/cases/{number}", json={"version": seen.version, "priority": "low"}).status_code == 200

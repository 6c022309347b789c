"""What somebody who wants in, or wants the service down, tried once: each attack as it was made, against the running service."""

from __future__ import annotations

import time

import pytest

from feedback_service.domain import Act, Actor, Message
from feedback_service.domain.joins import merge, unmerge
from feedback_service.domain.messages import reply
from feedback_service.domain.moves import close, resolve
from feedback_service.mail.hypertext import text_of_html
from feedback_service.mail.settings import MailSettings
from feedback_service.store import cases, people

SECONDS = 1.5  # of the processor


def cpu_of(work) -> float:
    """Count the seconds of the processor that something takes, all threads together: a machine that is busy changes nothing."""
    began = time.process_time()
    work()
    return time.process_time() - began


def test_a_text_without_end_stops_nobody(live):
    """64 kB of JSON with a text that never ends were looked at from each of its marks, and nobody else was served meanwhile."""
    body = b"[]" * 21 + b'"' + b'\\"' * 32_000
    answers = []

    def send():
        headers = {"content-type": "application/json"}
        answers.append(live.client.post("/api/v1/ratings", content=body, headers=headers).status_code)

    assert cpu_of(send) < SECONDS
    assert answers == [400]


def test_a_field_that_is_there_twice_is_found_at_once(live):
    """Nine thousand names and one of them twice were counted one by one: a second of the processor for each such post."""
    body = b"{" + b",".join(b'"%x":1' % number for number in range(7_500)) + b',"1d4b":1}'

    def send():
        for _ in range(4):
            answer = live.client.post("/api/v1/ratings", content=body, headers={"content-type": "application/json"})

            assert (answer.status_code, answer.json()["code"]) == (400, "duplicate_field")

    assert len(body) < 64 * 1024
    assert cpu_of(send) < SECONDS


def test_a_mail_of_ends_without_beginnings_is_read_at_once():
    """Each end of a link joined all words since the last beginning: the time grew with the square of the mail."""
    source = "<a>" + "<b>x" * 24_000 + "</a>" * 24_000

    assert cpu_of(lambda: text_of_html(source, 100_000)) < SECONDS


def opened(live, **more):
    """Post a case; returns its id, and the browser of who posted it."""
    answer = live.post("cases", live.case(**more)).json()
    return live.store.read(cases.case_by_number, answer["number"]).id, live.visit(answer["url"])


def put_together(live, first: str, second: str, act=merge, **more) -> None:
    """Let Maria merge a case into another, or undo it."""
    how = Act(Actor("agent", "maria"), live.later(minutes=1))
    live.store.write(cases.act_on_two, first, second, how, lambda one, other: act(one, other, how, **more))


def says(live, case_id: str, text: str) -> None:
    """Let Maria reply."""
    how = Act(Actor("agent", "maria"), live.later(minutes=1))
    said = Message(people.new_id(how.at), case_id, "public", "agent", "maria", text, how.at)
    live.store.write(cases.act, case_id, how, lambda case: reply(case, how, said.id), wrote=[said])


@pytest.mark.parametrize("into", ["theirs", "mine"])
def test_an_address_that_somebody_typed_opens_no_other_case(live, into):
    """
    A form is sent in Joan's name, and an agent merges what came from one address: the link of the form opened Joan's own case then.

    Joan, who reads the mails to that address, sees both.
    """
    live.settings(mail=MailSettings("support@help.example"))
    joans, joan = opened(live, body="My PIN is 1234.", email="joan@example.org")
    forged, thief = opened(live, subject="Please merge", body="I am Joan.", email="Joan+x@example.org")
    says(live, joans, "To Joan alone.")
    put_together(live, *((forged, joans) if into == "theirs" else (joans, forged)))
    says(live, joans if into == "theirs" else forged, "Your PIN is changed.")
    joan.post("/case/reply", data={"text": "Is it me?", "key": "k1"})
    page = thief.get("/case/").text

    assert "I am Joan." in page
    assert not [each for each in ("1234", "To Joan alone.", "PIN is changed", "Is it me?") if each in page]
    assert "put together" in page

    thief.post("/case/reply", data={"text": "Still me", "key": "k2"})
    page = live.visit(live.store.write(people.mint_link, joans, live.now)).get("/case/").text

    assert "Still me" in thief.get("/case/").text
    assert not [each for each in ("PIN is changed", "Is it me?") if each not in page]


def test_a_merge_by_mistake_shows_nothing_once_it_is_undone(live):
    """Two people whose cases were merged, confirmed, read each other's words; after the undo neither reads what the other wrote."""
    joans, joan = opened(live, body="My PIN is 1234.")
    annas, anna = opened(live, body="I am Anna.", email="anna@example.org")
    put_together(live, annas, joans, confirmed=True)

    assert "1234" in anna.get("/case/").text

    anna.post("/case/reply", data={"text": "My own PIN is 5678.", "key": "k1"})

    assert "5678" in joan.get("/case/").text

    put_together(live, annas, joans, unmerge)

    assert "5678" not in joan.get("/case/").text
    assert "1234" not in anna.get("/case/").text


def test_nobody_writes_in_anothers_name(live):
    """Who comes by the link of a case that was merged into another one's is named beside their words, and follows up in their own name."""
    joans, _ = opened(live)
    annas, anna = opened(live, subject="Of Anna", email="anna@example.org")
    put_together(live, annas, joans, confirmed=True)
    anna.post("/case/reply", data={"text": "Send it to another bank.", "key": "k1"})
    (said,) = live.store.read(cases.messages_of, joans)
    how = Act(Actor("agent", "maria"), live.later(minutes=1))
    live.store.write(cases.act, joans, how, lambda case: resolve(case, how, "no_action"))
    live.store.write(cases.act, joans, how, lambda case: close(case, how))
    anna.post("/case/reply", data={"text": "And soon.", "key": "k2"})
    (followed,) = [number for (number,) in live.ask(f"SELECT number FROM cases WHERE follow_up_of = '{joans}'")]
    told = live.store.read(lambda tx: cases.told_of(tx, cases.case_by_number(tx, followed).id))

    assert said.author == "anna@example.org"
    assert (told.requester_email, told.subject) == ("anna@example.org", "Of Anna")

"""The outbox through good and bad weather: every mail at least once, as the same mail, and not too many of them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from service.mail.desk import MARIA, answer, header, only_case
from service.mail.post import OFFICE, Clock, letter, relay

from feedback_service.accounts.nouns import Agent
from feedback_service.domain.acts import assign
from feedback_service.domain.messages import receive
from feedback_service.domain.nouns import Act, Actor, Message, Particulars
from feedback_service.mail import send
from feedback_service.mail.read import read_mail
from feedback_service.mail.send import send_due
from feedback_service.mail.take import take
from feedback_service.store import cases, outbox
from feedback_service.store.agents import add_agent
from feedback_service.store.cases import NewCase
from feedback_service.store.people import opened_by


@pytest.fixture
def post():
    """Run an SMTP server."""
    with relay() as one:
        yield one


@pytest.fixture
def clock():
    """Give a clock that stands."""
    return Clock()


def test_bad_weather(store, post, clock):
    """While the server is in trouble a mail waits, ever longer, and goes out once with the Message-ID of the first try."""
    take(store, OFFICE, letter(), clock.now)
    post.answers["DATA"] = ["421 4.3.2 not now", "451 4.7.1 greylisted", "hang up"]
    waits = []
    for _ in range(3):
        assert send_due(store, OFFICE, post.server(), clock)[:2] == (0, 1)
        assert send_due(store, OFFICE, post.server(), clock)[:2] == (0, 0)

        (due,) = store.read(outbox.mails_of, only_case(store).case.id)
        waits.append(due.next_try - clock.now)
        clock.now = due.next_try

    assert due.error
    assert waits == [*send.DELAYS[:3]]
    assert send_due(store, OFFICE, post.server(), clock).sent == 1
    assert header(post.taken[0][2], "Message-ID") == due.message_id
    assert store.read(outbox.mails_of, only_case(store).case.id)[0].state == "sent"


def test_a_server_in_trouble_is_asked_once_a_round(store, post, clock):
    """When the server says that it takes nothing, the other mails of the round wait untried."""
    for number in range(3):
        take(store, OFFICE, letter(From=f"p{number}@example.org", Message_ID=f"<{number}@b.example>"), clock.now)
    post.answers["MAIL"] = ["421 4.3.2 not now"]
    round_ = send_due(store, OFFICE, post.server(), clock)

    assert (round_.sent, round_.later, round_.trouble) == (0, 3, "421 4.3.2 not now")
    assert post.taken == []


def test_a_sender_that_dies_sends_again(store, post, clock):
    """If nobody says how a try went the mail is due again after the lease, and is the same mail."""
    take(store, OFFICE, letter(), clock.now)
    (due,) = store.write(outbox.take_due, clock.now, clock.now + send.LEASE)
    ready = store.write(send.prepare, OFFICE, due, clock.now)

    assert send_due(store, OFFICE, post.server(), clock).sent == 0

    clock.now += send.LEASE

    assert send_due(store, OFFICE, post.server(), clock).sent == 1
    assert header(post.taken[0][2], "Message-ID") == header(ready.raw, "Message-ID")


def test_what_never_arrives_is_told(store, post, clock):
    """A receiver who is refused, or five days in vain: the mail has failed, and its case says so."""
    take(store, OFFICE, letter(), clock.now)
    post.answers["RCPT"] = ["550 5.1.1 no such user"]

    assert send_due(store, OFFICE, post.server(), clock).failed == 1

    case = only_case(store)

    assert case.events[-1].type == "bounced"
    assert store.read(outbox.mails_of, case.case.id)[0].error == "550 5.1.1 no such user"

    answer(store, case.case.id, "Hello?", clock.now)
    clock.wait(days=5)
    post.answers["RCPT"] = ["450 4.2.1 full"]

    assert send_due(store, OFFICE, post.server(), clock).failed == 1


def test_acknowledgements_are_few(store, post, clock):
    """One a day to an address; and when sixty went out in an hour, the rest wait for the next, however long they waited before."""
    for number in range(2):
        take(store, OFFICE, letter(Message_ID=f"<{number}@b.example>"), clock.now)

    assert send_due(store, OFFICE, post.server(), clock)[:4] == (1, 0, 0, 1)

    for number in range(send.MOST_ACKNOWLEDGED + 1):
        told = Particulars("s", "b", "", f"q{number}@example.org")
        store.write(cases.open_case, NewCase(told, "en", "web"), Act(Actor("requester", "r"), clock.now))
    clock.wait(hours=23)
    done = send_due(store, OFFICE, post.server(), clock, most=100)

    assert (done.sent, done.later) == (send.MOST_ACKNOWLEDGED, 1)

    clock.wait(hours=1, seconds=1)

    assert send_due(store, OFFICE, post.server(), clock).sent == 1


def test_an_acknowledgement_says_nothing_that_was_typed(store, post, clock):
    """Anybody may type anybody's address: the first mail there holds no word of theirs, only our number and the secret link."""
    told = Particulars("BUY-THIS http://evil.example", "BUY-THIS", "BUY-THIS", "victim@example.org")
    store.write(cases.open_case, NewCase(told, "fa", "web"), Act(Actor("requester", "r"), clock.now))
    send_due(store, OFFICE, post.server(), clock)
    mail = read_mail(post.taken[0][2])
    link = next(line for line in mail.text.splitlines() if line.startswith("https://"))

    assert "BUY" not in f"{mail.subject}{mail.text}"
    assert "evil" not in f"{mail.subject}{mail.text}"
    assert "1001" in mail.subject
    assert store.read(opened_by, link.partition("#")[2], clock.now) == only_case(store).case.id


def test_agents_and_teams_are_told(store, post, clock):
    """The agent who gets a case has a mail in their language with a link to the desk; a team's mail goes to those who are in it."""
    for name, locale, teams in (("maria", "ca", {"billing"}), ("jordi", "ro", {"billing"}), ("off", "en", set())):
        agent = Agent(name, name, frozenset({"agent"}), frozenset(teams), locale, f"{name}@help.example")
        store.write(add_agent, agent, clock.now)
    told = Particulars("s", "b", "", "")
    opened = store.write(cases.open_case, NewCase(told, "en", "manual", team="billing"), Act(MARIA, clock.now))
    how = Act(Actor("agent", "jordi"), clock.now)
    store.write(cases.act, opened.case.id, how, lambda case: assign(case, how, "maria", {"maria"}))

    assert send_due(store, OFFICE, post.server(), clock).sent == 1

    _, to, raw = post.taken[0]

    assert to == ["maria@help.example"]
    assert "assignat" in read_mail(raw).text
    assert "https://help.example/desk/cases/1001" in read_mail(raw).text

    store.write(cases.act, opened.case.id, how, lambda case: assign(case, how, None, set()))
    store.write(_write_in, opened.case.id, clock.now)
    send_due(store, OFFICE, post.server(), clock)

    assert sorted(post.taken[-1][1]) == ["jordi@help.example", "maria@help.example"]


def _write_in(tx, case_id, now):
    """Let the requester write on a page."""
    how = Act(Actor("requester", "r"), now)
    said = Message("in1", case_id, "public", "requester", "r", "Hello?", now)
    return cases.act(tx, case_id, how, lambda case: receive(case, how, "in1", reopen_within=timedelta(days=1)).events, wrote=[said])

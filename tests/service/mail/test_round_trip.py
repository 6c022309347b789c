"""Whole ways: a customer's mail, a case, an agent's answer, the customer again; and the outbox through good and bad weather."""

from __future__ import annotations

import pytest
from service.mail.desk import MARIA, answer, header, only_case
from service.mail.dovecot import dovecot
from service.mail.post import OFFICE, Clock, letter, relay

from feedback_service.accounts.nouns import Agent
from feedback_service.domain.acts import assign
from feedback_service.domain.moves import close, resolve
from feedback_service.domain.nouns import Act, Particulars
from feedback_service.mail import spool
from feedback_service.mail.imap import look
from feedback_service.mail.read import read_mail
from feedback_service.mail.send import send_due
from feedback_service.mail.settings import Folders
from feedback_service.mail.take import admit, take
from feedback_service.mail.threads import claim_of, reply_address
from feedback_service.store import cases, mailbox, outbox
from feedback_service.store.agents import add_agent


@pytest.fixture
def post():
    """Run an SMTP server."""
    with relay() as one:
        yield one


@pytest.fixture
def clock():
    """Give a clock that stands."""
    return Clock()


def test_the_whole_way_there_and_back(store, post, clock, tmp_path):
    """A mail from a mailbox opens a case, the agent's answer arrives, and what the customer answers joins, without what it quotes."""
    with dovecot() as box:
        box.put(letter("Bon dia, el meu paquet no ha arribat. Què puc fer? Gràcies."), "one")

        assert look(box.server(), Folders(done="Done"), lambda raw: spool.put(tmp_path / "spool", raw, 1)).taken == 1
    assert spool.empty(tmp_path / "spool", lambda raw: take(store, OFFICE, raw, clock.now)) == 1

    case = only_case(store).case

    assert (case.status, case.channel, case.locale, case.number) == ("new", "email", "ca", 1001)
    assert only_case(store).told == Particulars(
        "My parcel", "Bon dia, el meu paquet no ha arribat. Què puc fer? Gràcies.", "Joan Mas", "joan@example.org"
    )

    clock.wait(hours=1)
    answer(store, case.id, "Hola Joan,\n\narriba demà.", clock.now)

    assert send_due(store, OFFICE, post.server(), clock)[:4] == (2, 0, 0, 0)

    (_, _, first), (sender, to, second) = post.taken

    assert (sender, to) == (reply_address(OFFICE.secrets[0], OFFICE.address, 1001), ["joan@example.org"])
    assert header(first, "Auto-Submitted") == "auto-replied"
    assert header(second, "Auto-Submitted") == ""
    assert header(second, "Subject") == "Re: My parcel"
    assert header(second, "In-Reply-To") == "<first@example.org>"
    assert "arriba demà." in read_mail(second).text

    clock.wait(hours=1)
    quoted = "\r\n".join(f"> {line}" for line in read_mail(second).text.splitlines())
    back = letter(
        f"Moltes gràcies!\r\n\r\nMissatge de Suport <{OFFICE.address}> del dia dl., 2 de març 2026 a les 10:00:\r\n\r\n{quoted}",
        To=header(second, "Reply-To"),
        Subject="Re: My parcel",
        Message_ID="<second@example.org>",
        In_Reply_To=header(second, "Message-ID"),
    )

    assert take(store, OFFICE, back, clock.now) == ("join", "", 1001)

    said = only_case(store).messages[-1]

    assert (said.text, said.sender, said.message_id) == ("Moltes gràcies!", "requester", "<second@example.org>")
    assert only_case(store).case.unanswered_since == clock.now

    answer(store, case.id, "De res.", clock.now)
    send_due(store, OFFICE, post.server(), clock)

    assert header(post.taken[-1][2], "In-Reply-To") == "<second@example.org>"
    assert "<first@example.org>" in header(post.taken[-1][2], "References")


def test_a_second_copy_changes_nothing(store, clock):
    """The same mail fetched twice, or delivered by two ways, is one message, whatever other servers added to its headers."""
    take(store, OFFICE, letter(), clock.now)
    again = b"Received: from somewhere\r\n" + letter()

    assert take(store, OFFICE, again, clock.now) == ("known", "", 0)
    assert len(store.read(outbox.mails_of, only_case(store).case.id)) == 1


def test_message_ids_alone_lead_back_too(store, post, clock):
    """A program that answers to our plain address is known by the Message-ID that it names."""
    take(store, OFFICE, letter(), clock.now)
    send_due(store, OFFICE, post.server(), clock)
    named = header(post.taken[0][2], "Message-ID")
    back = letter("Me again.", Message_ID="<b@example.org>", References=f"<x@example.org> {named}")

    assert take(store, OFFICE, back, clock.now) == ("join", "", 1001)


def test_a_robot_gets_no_acknowledgement_and_wakes_nobody(store, post, clock):
    """Bulk mail opens a case in silence; an out-of-office notice on a case is kept and moves nothing."""
    take(store, OFFICE, letter(Precedence="bulk"), clock.now)

    assert send_due(store, OFFICE, post.server(), clock).sent == 0

    case = only_case(store).case
    answer(store, case.id, "We are on it.", clock.now)
    how = Act(MARIA, clock.now)
    store.write(cases.act, case.id, how, lambda one: resolve(one, how))
    send_due(store, OFFICE, post.server(), clock)
    away = letter(
        "I am away.", To=header(post.taken[0][2], "Reply-To"), Message_ID="<a@b>", Auto_Submitted="auto-replied", Return_Path="<>"
    )

    assert take(store, OFFICE, away, clock.now) == ("join", "auto", 1001)
    assert only_case(store).case.status == "resolved"
    assert [said.auto for said in only_case(store).messages if said.sender == "requester"] == [True]


def test_an_answer_reopens_and_a_late_one_follows(store, clock):
    """An answer to a resolved case opens it again; one to a closed case opens another that follows it."""
    take(store, OFFICE, letter(), clock.now)
    case = only_case(store).case
    to = reply_address(OFFICE.secrets[0], OFFICE.address, 1001)
    answer(store, case.id, "Done.", clock.now)
    how = Act(MARIA, clock.now)
    store.write(cases.act, case.id, how, lambda one: resolve(one, how))

    assert take(store, OFFICE, letter("Not quite.", To=to, Message_ID="<2@b.example>"), clock.now).fate == "join"
    assert only_case(store).case.reopened == 1

    store.write(cases.act, case.id, how, lambda one: resolve(one, how))
    store.write(cases.act, case.id, how, lambda one: close(one, how))

    assert take(store, OFFICE, letter("And now?", To=to, Message_ID="<3@b.example>"), clock.now) == ("new", "follow_up", 1002)
    assert only_case(store, 1002).case.follow_up_of == case.id
    assert only_case(store, 1002).told.body == "And now?"


def report(action: str, to: str, name: str, lost: bytes) -> bytes:
    """Write the delivery report of a mail."""
    body = f"--r\r\n\r\nSorry.\r\n--r\r\nContent-Type: message/delivery-status\r\n\r\nAction: {action}\r\n--r\r\n"
    body += f"Content-Type: text/rfc822-headers\r\n\r\nMessage-ID: {header(lost, 'Message-ID')}\r\n--r--"
    kind = 'multipart/report; report-type=delivery-status; boundary="r"'
    return letter(body, From="MAILER-DAEMON@example.org", To=to, Content_Type=kind, Message_ID=f"<{name}@d.example>", Return_Path="<>")


def test_a_bounce_is_told_on_the_case(store, post, clock):
    """A delivery report marks the mail that it names as failed; one about a delay is no failure; one without a case is suspended."""
    take(store, OFFICE, letter(), clock.now)
    case = only_case(store).case
    answer(store, case.id, "First.", clock.now)
    send_due(store, OFFICE, post.server(), clock)
    sender, _, lost = post.taken[-1]

    assert take(store, OFFICE, report("delayed", sender, "a", lost), clock.now).fate == "suspended"
    assert take(store, OFFICE, report("failed", "support@help.example", "c", lost), clock.now).fate == "suspended"
    assert take(store, OFFICE, report("failed", sender, "b", lost), clock.now) == ("bounced", "", 1001)
    assert [mail.state for mail in store.read(outbox.mails_of, case.id)] == ["sent", "failed"]
    assert only_case(store).events[-1].type == "bounced"
    assert only_case(store).events[-1].after["message"] == only_case(store).messages[-1].id


def test_the_bounce_of_a_notice_is_no_bounce_of_an_answer(store, post, clock):
    """What does not reach an agent is marked as failed, and the case, where the answer arrived, does not say otherwise."""
    store.write(add_agent, Agent("jordi", "Jordi", frozenset({"agent"}), email="jordi@help.example"), clock.now)
    take(store, OFFICE, letter(), clock.now)
    case, how = only_case(store).case, Act(MARIA, clock.now)
    store.write(cases.act, case.id, how, lambda one: assign(one, how, "jordi", {"jordi"}))
    send_due(store, OFFICE, post.server(), clock)
    sender, _, lost = next(taken for taken in post.taken if taken[1] == ["jordi@help.example"])

    assert take(store, OFFICE, report("failed", sender, "b", lost), clock.now).fate == "bounced"
    assert {mail.kind: mail.state for mail in store.read(outbox.mails_of, case.id)} == {"acknowledgement": "sent", "assigned": "failed"}
    assert "bounced" not in {event.type for event in only_case(store).events}


def test_suspended_mail_may_be_let_in(store, clock):
    """What was suspended keeps its original; an agent lets it in once, as a case without acknowledgement."""
    take(store, OFFICE, letter("Your account is confirmed.", From="no-reply@shop.example"), clock.now)
    (kept,) = store.read(mailbox.suspended_mails)

    assert (kept.cause, kept.sender) == ("robot_address", "no-reply@shop.example")

    case = store.write(admit, kept.id, Act(MARIA, clock.now), "en")

    assert only_case(store).told.body == "Your account is confirmed."
    assert store.read(outbox.mails_of, case.id) == ()
    assert store.read(mailbox.suspended_mails) == ()
    with pytest.raises(LookupError):
        store.write(admit, kept.id, Act(MARIA, clock.now), "en")


def test_an_old_secret_still_leads_back(store, clock):
    """After the secret was replaced, answers to older mails find their case as long as it is listed."""
    take(store, OFFICE, letter(), clock.now)
    old = reply_address(b"o" * 32, OFFICE.address, 1001)
    back = read_mail(letter("x", To=old))

    assert claim_of(back, (*OFFICE.secrets, b"o" * 32), OFFICE.address).number == 1001
    assert claim_of(back, OFFICE.secrets, OFFICE.address).forged

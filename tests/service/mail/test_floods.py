"""Mail that means no good: programs that answer each other, floods, strangers on a thread, mails that trip us up."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from service.mail.post import OFFICE, Clock, letter, relay

from feedback_service.domain.acts import erase
from feedback_service.domain.joins import merge
from feedback_service.domain.messages import reply
from feedback_service.domain.nouns import Act, Actor, Message
from feedback_service.mail import take as taking
from feedback_service.mail.read import read_mail
from feedback_service.mail.send import send_due
from feedback_service.mail.settings import Office
from feedback_service.mail.take import attachment_of, take
from feedback_service.mail.threads import reply_address
from feedback_service.moderation import Ban
from feedback_service.store import NotThereError, Store, UnavailableError, cases, mailbox, outbox
from feedback_service.store.held import ban
from feedback_service.store.mailbox import Suspended

MARIA = Actor("agent", "maria")
TO_1001 = reply_address(OFFICE.secrets[0], OFFICE.address, 1001)


@pytest.fixture
def clock():
    """Give a clock that stands."""
    return Clock()


def causes(store) -> list[str]:
    """List why mails were suspended, sorted."""
    return sorted(mail.cause for mail in store.read(mailbox.suspended_mails))


def case_of(store, number: int = 1001):
    """Read a case with all that belongs to it."""
    case = store.read(cases.case_by_number, number)
    return store.read(cases.case_file, case.id, case.updated_at)


def test_two_desks_facing_each_other(store, clock):
    """S28: another desk that opens a case for every mail of ours and acknowledges it, without a word that it is a program, is not fed."""
    other = replace(OFFICE, address="help@other.example", own=())
    mails = 0
    with relay() as post:
        incoming = letter(From=other.address)
        for number in range(50):
            take(store, OFFICE, incoming, clock.now)
            send_due(store, OFFICE, post.server(), clock)
            if len(post.taken) == mails:
                break
            mails = len(post.taken)
            incoming = letter(f"Your ticket {number} was opened.", From=other.address, Message_ID=f"<{number}@other.example>")
            clock.wait(seconds=10)

    assert mails == 1


def test_a_loop_on_one_case_is_stopped(store, clock):
    """S28: more than twenty mails to one case in an hour are suspended; an hour later people can write again."""
    take(store, OFFICE, letter(), clock.now)
    case = case_of(store).case
    told = case_of(store).told
    people = [told.requester_email, *(f"p{number}@example.org" for number in range(30))]
    store.write(_cc, case.id, tuple(people[1:]))
    fates = [
        take(store, OFFICE, letter(f"{number}", From=sender, To=TO_1001, Message_ID=f"<{number}@x.example>"), clock.now).why
        for number, sender in enumerate(people)
    ]

    assert fates == [""] * (taking.MOST_OF_CASE - 1) + ["loop"] * (len(people) - taking.MOST_OF_CASE + 1)

    clock.wait(hours=1, seconds=1)

    assert take(store, OFFICE, letter("again", To=TO_1001, Message_ID="<z@x.example>"), clock.now).fate == "join"


def _cc(tx, case_id, everybody):
    """Let others write to a case."""
    from sqlalchemy import update

    from feedback_service.store.rows import as_json
    from feedback_service.store.tables import particulars

    tx.run(update(particulars).where(particulars.c.case == case_id).values(cc=as_json(list(everybody))))


def test_a_flood_hides_no_suspended_mail(store, clock):
    """Of what waits the oldest stands first, so that each comes in sight once those before it are decided; of decisions the newest."""
    for number in range(4):
        mail = Suspended(f"s{number}", "loop", clock.now + timedelta(minutes=number), "joan@example.org", "Hello", b"")
        store.write(mailbox.suspend, mail)
        if number > 1:
            store.write(mailbox.decide_suspended, mail.id, "discarded")

    assert [mail.id for mail in store.read(mailbox.suspended_mails, most=1)] == ["s0"]
    assert [mail.id for mail in store.read(mailbox.suspended_mails, "discarded", most=1)] == ["s3"]


def test_a_flood_of_one_sender_is_suspended(store, clock):
    """After twenty mails in an hour the next ones wait for a person to look; another sender is not held up."""
    fates = [take(store, OFFICE, letter(Message_ID=f"<{number}@x.example>"), clock.now).fate for number in range(taking.MOST_OF_SENDER + 3)]

    assert fates == ["new"] * taking.MOST_OF_SENDER + ["suspended"] * 3
    assert causes(store) == ["flood"] * 3
    assert take(store, OFFICE, letter(From="ana@example.org"), clock.now).fate == "new"


def test_strangers_on_a_thread(store, clock):
    """S27: somebody else with the right address, or an agent's address that anybody can type, gets a case of their own, which says why."""
    take(store, OFFICE, letter(), clock.now)
    for number, sender in enumerate(("eve@evil.example", "maria@help.example")):
        got = take(store, OFFICE, letter("Close it.", From=sender, To=TO_1001, Message_ID=f"<{number}@x.example>"), clock.now)

        assert got == ("new", "sender-differs", 1002 + number)

        mine = case_of(store, got.case)

        assert mine.case.tags == ("sender-differs",)
        assert "1001" in next(said.text for said in mine.messages if said.kind == "note")
        assert {event.actor.kind for event in mine.events} <= {"requester", "robot"}
    assert case_of(store).messages == ()


def test_a_forged_id_joins_nothing(store, clock):
    """S27: what looks like ours and is not opens a case that says so."""
    take(store, OFFICE, letter(), clock.now)
    forged = letter("x", In_Reply_To="<m1.1001-aaaaaaaaaaaaaaaaaaaa@help.example>", Message_ID="<f@x.example>")

    assert take(store, OFFICE, forged, clock.now) == ("new", "forged-thread", 1002)


def test_banned_senders_are_looked_at_first(store, clock):
    """A ban on an address or a domain holds for mail as for forms; nothing is thrown away."""
    store.write(ban, Ban("domain", "evil.example"), Act(MARIA, clock.now))

    assert take(store, OFFICE, letter(From="eve@mail.evil.example"), clock.now) == ("suspended", "banned", 0)
    assert causes(store) == ["banned"]


def test_merged_and_erased_cases(store, clock):
    """Mail to a merged case goes where its messages are; mail to an erased one opens another."""
    take(store, OFFICE, letter(), clock.now)
    take(store, OFFICE, letter(Message_ID="<2@x.example>"), clock.now)
    first, second, how = case_of(store, 1001).case, case_of(store, 1002).case, Act(MARIA, clock.now)
    store.write(cases.act_on_two, first.id, second.id, how, lambda one, other: merge(one, other, how))

    assert take(store, OFFICE, letter("me", To=TO_1001, Message_ID="<3@x.example>"), clock.now) == ("join", "", 1002)

    store.write(cases.act, second.id, how, lambda case: erase(case, how))

    assert take(store, OFFICE, letter("me", To=TO_1001, Message_ID="<4@x.example>"), clock.now).fate == "new"


def test_a_mail_that_trips_us_is_kept(store, clock, monkeypatch):
    """S29: whatever goes wrong with one mail, it is suspended as it came, once, and the next one is taken."""

    def trip(_raw):
        raise RecursionError

    monkeypatch.setattr(taking, "read_mail", trip)

    assert take(store, OFFICE, letter("odd"), clock.now) == ("suspended", "failed", 0)
    assert take(store, OFFICE, letter("odd"), clock.now) == ("known", "", 0)

    monkeypatch.undo()
    (kept,) = store.read(mailbox.suspended_mails)

    assert store.read(mailbox.suspended_mail, kept.id).raw == letter("odd")
    assert take(store, OFFICE, letter(), clock.now).fate == "new"


def test_a_store_that_is_away_loses_nothing(store, clock, monkeypatch):
    """If the store does not answer the mail was not taken, and whoever brought it is told."""

    def away(*_arguments, **_more):
        raise UnavailableError("full")

    monkeypatch.setattr(Store, "write", away)
    with pytest.raises(UnavailableError):
        take(store, OFFICE, letter(), clock.now)
    monkeypatch.undo()

    assert take(store, OFFICE, letter(), clock.now).fate == "new"


@pytest.mark.parametrize(
    ("raw", "fate"),
    [
        (b"", ("suspended", "empty")),
        (b"\0" * 1000, ("suspended", "no_sender")),
        (letter("x", Subject=None), ("new", "")),
        (letter("", Subject=""), ("new", "")),
        (letter("x" * 300_000, Subject="y" * 3_000), ("new", "")),
        (letter("x", Content_Type="multipart/mixed"), ("new", "")),
        (letter("x", Date="Thu, 1 Jan 1970 00:00:00 +0000", To=", ".join(f"p{number}@example.org" for number in range(1000))), ("new", "")),
    ],
)
def test_odd_mails_become_cases_or_wait(store, clock, raw, fate):
    """S29, S31: read as far as it goes, with a note on what was not; the moment is ours; the original stays."""
    got = take(store, OFFICE, raw, clock.now)

    assert got[:2] == fate
    if got.case:
        mine = case_of(store)

        assert mine.case.created_at == clock.now
        assert mine.told.subject
        assert len(mine.told.subject) <= 200
        assert len(mine.told.body) <= 20_000
        assert store.read(mailbox.original_of, mine.case.id) == raw
        assert any(said.kind == "note" for said in mine.messages) == bool(read_mail(raw).troubles or len(raw) > 100_000)


def test_files_are_read_out_of_their_mail(store, clock):
    """S32: a kept file is found by its digest and has a harmless name; one that is not kept is named in the note, and not given out."""
    body = "--b\r\n\r\nSee both.\r\n"
    for name, content in (("../bill.pdf", "%PDF-1.7 x"), ("run.exe", "MZ x")):
        body += f'--b\r\nContent-Type: application/octet-stream\r\nContent-Disposition: attachment; filename="{name}"\r\n\r\n{content}\r\n'
    take(store, OFFICE, letter(f"{body}--b--", Content_Type="multipart/mixed; boundary=b"), clock.now)
    mine = case_of(store)
    bill, run = read_mail(store.read(mailbox.original_of, mine.case.id)).files

    assert store.read(attachment_of, mine.case.id, "", bill.sha256).name == "bill.pdf"
    assert "bill.pdf, run.exe (" in mine.messages[0].text
    for wrong in (run.sha256, "0" * 64):
        with pytest.raises(NotThereError):
            store.read(attachment_of, mine.case.id, "", wrong)


def test_people_in_cc_read_along_without_the_link(store, clock):
    """A reply goes to those in cc too, and holds no link then: that is the requester's alone."""
    take(store, OFFICE, letter(Precedence="bulk"), clock.now)
    case, how = case_of(store).case, Act(MARIA, clock.now)
    store.write(_cc, case.id, ("ana@example.org",))
    said = Message("out1", case.id, "public", "agent", "maria", "Here you are.", clock.now)
    store.write(cases.act, case.id, how, lambda one: reply(one, how, "out1"), wrote=[said])
    with relay() as post:
        send_due(store, OFFICE, post.server(), clock)

    assert post.taken[0][1] == ["joan@example.org", "ana@example.org"]
    assert "/case/" not in read_mail(post.taken[0][2]).text
    assert take(store, OFFICE, letter("Thanks", From="ana@example.org", To=TO_1001, Message_ID="<a@x.example>"), clock.now).fate == "join"
    assert [each.author for each in case_of(store).messages if each.sender == "requester"] == ["ana@example.org"]


def test_two_senders_share_the_outbox(replicas, clock):
    """On PostgreSQL two replicas send at once: every mail goes out once."""
    one, other = replicas
    for number in range(6):
        take(one, OFFICE, letter(From=f"p{number}@example.org", Message_ID=f"<{number}@x.example>"), clock.now)
    first = one.write(outbox.take_due, clock.now, clock.now.replace(hour=10), 3)
    rest = other.write(outbox.take_due, clock.now, clock.now.replace(hour=10), 10)

    assert [len(first), len(rest)] == [3, 3]
    assert {each.id for each in first}.isdisjoint({each.id for each in rest})


def test_two_takers_of_one_mail(replicas, clock):
    """On PostgreSQL two replicas that read one mailbox at once, or meet a new person at once: each mail is taken once, none is suspended."""
    for round_ in range(5):
        both = letter(From=f"p{round_}@example.org", Message_ID=f"<{round_}@x.example>")
        third = letter(From=f"p{round_}@example.org", Message_ID=f"<other{round_}@x.example>")
        with ThreadPoolExecutor(3) as pool:
            jobs = [
                pool.submit(take, store, OFFICE, raw, clock.now)
                for store, raw in zip((*replicas, replicas[0]), (both, both, third), strict=True)
            ]

        assert sorted(job.result().fate for job in jobs) == ["known", "new", "new"]
    assert causes(replicas[0]) == []


def test_our_links_lead_to_us():
    """The secret stands behind the #, which no server is told."""
    office = Office("s@help.example", (b"x",), "https://help.example")

    assert office.case_page("abc") == "https://help.example/case/#abc"

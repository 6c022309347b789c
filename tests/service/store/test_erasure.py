"""S43: one person's data go out, or go away, on both databases; nothing of an erased person is left in the bytes of the files."""

from __future__ import annotations

import json
import sqlite3
import threading
import zipfile
from contextlib import closing
from dataclasses import replace

import pytest
from service.made import HOUR, MARIA, MONDAY, at
from service.store.stories import ASKED, Opener, ask, said

from feedback_service import care
from feedback_service.domain import fold
from feedback_service.domain.messages import receive, reply
from feedback_service.intake import RatingForm
from feedback_service.moderation import Ban
from feedback_service.store import StoreError, audit, cases, erasure, feedback, held, mailbox, outbox, people, portable, posts
from feedback_service.store.mailbox import Suspended, Taken
from feedback_service.store.tables import requesters

JOAN_WAS = ("joan", "serra", "dues vegades", "xyzzy")  # what names Joan, or stood in what she wrote; looked for in small letters
SECRET = "a-secret-of-24-characters"


@pytest.fixture
def lived_in(store):
    """Let Joan do everything that leaves a trace, and Anna tell of her."""
    fill(store)
    return store


def fill(store):
    """Write Joan's traces into a store."""
    one = ask(store, secret=SECRET, source_query="xyzzy", cc=("joan.serra@work.example",)).case
    how = at(1, by=replace(MARIA, kind="requester", id=one.requester))
    mine = replace(said(one, "m1", text="Sóc la Joan, xyzzy"), sender="requester", author=one.requester, message_id="<1@joans-laptop>")
    store.write(cases.act, one.id, how, lambda case: receive(case, how, "m1", reopen_within=HOUR).events, wrote=[mine])
    answer = said(one, "m2", text="Hola Joan Serra")
    store.write(cases.act, one.id, at(2), lambda case: reply(case, at(2), "m2"), wrote=[answer])
    ask(store, requester_email="Joan+shop@Example.org", subject="xyzzy")
    store.write(
        mailbox.keep_mail, Taken("k1", MONDAY, one.requester, one.id, "m1", "<1@joans-laptop>", b"From: joan@example.org\n\nxyzzy" * 900)
    )
    store.write(mailbox.suspend, Suspended("s1", "loop", MONDAY, "joan@example.org", "xyzzy", b"From: joan@example.org"))
    store.write(posts.rate, RatingForm("a1", "ca", helpful=False, comment="xyzzy", email="joan@example.org", voter="v1"), "v1", MONDAY)
    store.write(held.hold_case, replace(ASKED, secret="another-secret-of-24-chars"), ("honeypot",), MONDAY)
    store.write(held.hold, "rating", ("spam",), {"comment": "xyzzy", "email": "JOAN@example.org"}, MONDAY)
    store.write(held.ban, Ban("address", "joan@example.org"), at(3))
    anna = ask(
        store,
        requester_name="Anna",
        requester_email="anna@example.org",
        subject="Meva",
        body="Com a JOAN@example.org?",
        cc=("joan@example.org",),
    )
    store.write(mailbox.keep_mail, Taken("k2", MONDAY, anna.case.requester, anna.case.id, "", "<2@annas>", b"Cc: joan@example.org"))
    return one


def erase(store, **more):
    """Erase Joan."""
    return care.erase_person(store, "joan@example.org", "maria", MONDAY + 9 * HOUR, **more)


def dumped(store, tmp_path, name="dump.jsonl"):
    """Write everything that the store knows, in small letters."""
    care.export_to(store, tmp_path / name, MONDAY)
    return (tmp_path / name).read_text(encoding="utf-8").lower()


def test_an_erased_person_is_nowhere(lived_in, tmp_path):
    """Names, addresses and words are gone from every table; numbers, dates and history stay; others keep theirs."""
    before = dumped(lived_in, tmp_path, "before.jsonl")
    done = erase(lived_in)
    after = dumped(lived_in, tmp_path)
    case = lived_in.read(cases.case_by_number, 1001)

    assert all(each in before for each in JOAN_WAS)
    assert [each for each in JOAN_WAS if each in after] == []
    assert (done.cases, done.messages) == (2, 2)
    assert (case.status, case.close_reason, case.requester) == ("closed", "erased", "")
    assert case == fold(lived_in.read(cases.history_of, case.id))
    assert "com a […]?" in after
    assert "anna@example.org" in after
    assert lived_in.read(feedback.all_ratings)[0].helpful is False
    assert {mail.state for mail in lived_in.read(outbox.mails_of, case.id)} == {"dropped"}
    with pytest.raises(LookupError):
        lived_in.read(people.opened_by, SECRET, MONDAY)


def test_erasing_is_noted_without_a_name(lived_in):
    """The audit trail says who erased how much and when; it is whole, and holds nothing of the person."""
    erase(lived_in)
    swept, entry, *_ = lived_in.read(audit.entries)  # before them the ban that fill() noted

    assert (swept.act, swept.object) == ("store.swept", str(entry.seq))
    assert (entry.actor, entry.act) == ("maria", "person.erased")
    assert entry.detail.startswith("2 cases, ")
    assert lived_in.read(audit.verify).broken is None


def test_twice_is_once(lived_in):
    """The second erasure finds nothing, writes nothing, and says so."""
    erase(lived_in)
    history = lived_in.read(cases.history_of, lived_in.read(cases.case_by_number, 1001).id)
    again = erase(lived_in)

    assert (again.cases, again.messages, again.others) == (0, 0, 0)
    assert lived_in.read(cases.history_of, lived_in.read(cases.case_by_number, 1001).id) == history
    assert [entry.act for entry in lived_in.read(audit.entries)].count("person.erased") == 1


def test_who_was_erased_may_come_back(lived_in):
    """The same address later is a new requester, with nothing of before."""
    old = lived_in.read(cases.history_of, lived_in.read(cases.case_by_number, 1001).id)[0].after["requester"]
    erase(lived_in)
    new = ask(lived_in).case

    assert new.requester not in {"", old}


def test_an_erasure_that_was_stopped_goes_on(lived_in, tmp_path, monkeypatch):
    """Killed after the first cases: the next run does the rest."""
    monkeypatch.setattr(care, "CASES_AT_ONCE", 1)
    real, calls = lived_in.write, []

    def dies(verb, *args, **more):
        calls.append(verb)
        if len(calls) > 1:
            raise KeyboardInterrupt
        return real(verb, *args, **more)

    lived_in.write = dies
    with pytest.raises(KeyboardInterrupt):
        erase(lived_in)
    lived_in.write = real
    done = erase(lived_in)

    left = dumped(lived_in, tmp_path)

    assert done.cases == 1
    assert [each for each in JOAN_WAS if each in left] == []


def test_what_is_no_address_is_refused(store):
    """A name, a list or nothing is no person: one line, nothing done."""
    for words in ("", "Joan Serra", "a@example.org, b@example.org"):
        with pytest.raises(StoreError, match="is no address"):
            care.erase_person(store, words, "maria", MONDAY)

    assert store.read(audit.entries) == ()


def test_a_wildcard_in_an_address_erases_nobody_else(lived_in):
    """% and _ are letters of an address, not wildcards."""
    done = [care.erase_person(lived_in, words, "maria", MONDAY) for words in ("%@example.org", "j_an@example.org", "joa_@example.org")]

    assert [(each.cases, each.others) for each in done] == [(0, 0)] * 3
    assert len(lived_in.read(lambda tx: tx.all(requesters.select()))) == 2


def test_one_person_goes_out_whole(lived_in, tmp_path):
    """The zip holds cases with what was said, originals, ratings and what is held; not the agents' notes, and nothing of Anna."""
    care.export_person(lived_in, "JOAN@example.org", tmp_path / "joan.zip")
    with zipfile.ZipFile(tmp_path / "joan.zip") as file:
        names = file.namelist()
        case = json.loads(file.read("case-1001.json"))
        everything = b"".join(file.read(name) for name in names).lower()

    assert sorted(names) == [
        "case-1001-mail-1.eml", "case-1001.json", "case-1002.json", "held.json", "ratings.json", "suspended-mail-1.eml",
    ]  # fmt: skip
    assert case["told"]["requester_name"] == "Joan Serra"
    assert case["case"]["created_at"] == "2026-03-02T09:00:00+00:00"
    assert b"anna" not in everything


def test_nobody_goes_out_as_nothing(store, tmp_path):
    """An address that nobody ever used has a file that says so."""
    care.export_person(store, "nobody@example.org", tmp_path / "nobody.zip")
    with zipfile.ZipFile(tmp_path / "nobody.zip") as file:
        assert json.loads(file.read("nothing.json")) == {"kept": []}


@pytest.fixture
def opener(tmp_path):
    """Open a SQLite store in a folder of its own."""
    (tmp_path / "data").mkdir()
    opener = Opener("sqlite", tmp_path / "data")
    yield opener
    for store in opener.opened:
        store.close()


def left(folder):
    """Look at the bytes of every file of the service, and name what is still there of Joan."""
    return [(file.name, each) for file in folder.iterdir() for each in JOAN_WAS if each.encode() in file.read_bytes().lower()]


def test_no_byte_is_left(opener):
    """Database, log and every other file of the folder hold nothing of an erased person, while the service still has them open."""
    store = opener()
    fill(store)
    for n in range(300):  # pages are split and moved, so that copies of rows may lie anywhere
        ask(store, requester_email=f"p{n}@example.net", requester_name="Pau", body="x" * (n * 13 % 900))
    before = left(opener.folder)
    done = erase(store)

    assert {name for name, _ in before} >= {"service.db-wal"}
    assert left(opener.folder) == []
    assert done.is_swept


def test_an_erasure_during_a_backup(opener):
    """While somebody reads an older state the erasure is done and says that the log still holds it; afterwards the next sweep ends it."""
    store = opener()
    fill(store)
    with closing(sqlite3.connect(f"file:{opener.folder / 'service.db'}?mode=ro", uri=True)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT * FROM cases").fetchall()
        done = erase(store, patience=0.3)
        posted = ask(store, requester_email="pau@example.net", requester_name="Pau", subject="a", body="b").case.number
    again = erase(store)

    assert (done.cases, done.is_swept, posted > 1001) == (2, False, True)
    assert (again.cases, again.is_swept) == (0, True)
    assert left(opener.folder) == []


def test_posts_go_on_while_a_person_is_erased(opener):
    """Others post during an erasure of many cases, and lose nothing."""
    store = opener()
    for _ in range(120):
        ask(store)
    posted, stop = [], threading.Event()

    def post():
        while not stop.is_set():
            posted.append(ask(store, requester_email="pau@example.net", subject="a", body="b").case.number)

    thread = threading.Thread(target=post)
    thread.start()
    done = erase(store)
    stop.set()
    thread.join(30)

    assert done.cases == 120
    assert store.read(lambda tx: len(erasure.cases_of_person(tx, erasure.key_of_person(tx, "pau@example.net"), 100_000))) == len(posted)


def test_an_export_is_what_was_left(lived_in, tmp_path):
    """The whole export after an erasure is a whole export."""
    erase(lived_in)
    dumped(lived_in, tmp_path)

    assert portable.FORMAT in (tmp_path / "dump.jsonl").read_text(encoding="utf-8").splitlines()[0]

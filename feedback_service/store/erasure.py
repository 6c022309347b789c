"""
One person's traces: found for their export, and erased.  What happened stays, told by events that name nobody.

A person is an address; `addresses.key_of` writes it the one way that finds them.  Erasing goes in small transactions, which may stop at
any point and be begun again: the key of the person goes last.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from sqlalchemy import Column, ColumnElement, LargeBinary, Select, Table, delete, false, func, literal, or_, select, update

from feedback_service.addresses import key_of
from feedback_service.domain.acts import erase
from feedback_service.domain.nouns import Act
from feedback_service.moderation import digest_of
from feedback_service.store import findable
from feedback_service.store.cases import act
from feedback_service.store.people import revoke_links
from feedback_service.store.tables import (
    answers,
    bans,
    cases,
    events,
    held,
    mails,
    messages,
    outbox,
    particulars,
    ratings,
    requesters,
    suspended,
)
from feedback_service.store.tx import Tx

GONE = "[…]"  # stands where somebody else had written the address

# Where anybody may have written an address, with the columns in which it is struck out.
_TEXTS: tuple[tuple[Table, Column[Any], tuple[Column[Any], ...]], ...] = (
    (particulars, particulars.c.case, tuple(column for column in particulars.c if column.name != "case")),
    (
        messages,
        messages.c.id,
        (messages.c.author, messages.c.text, messages.c.html, messages.c.attachments, messages.c.in_reply_to, messages.c.references),
    ),
    (ratings, ratings.c.seq, (ratings.c.comment, ratings.c.email, ratings.c.query)),
    (held, held.c.id, (held.c.thing,)),
    (answers, answers.c.id, (answers.c.question, answers.c.answer)),
    (outbox, outbox.c.id, (outbox.c.error,)),
    (suspended, suspended.c.id, (suspended.c.sender, suspended.c.subject)),
)


def key_of_person(tx: Tx, address: str) -> str:
    """Find the key under which cases know a person; "" if nobody with this address ever wrote, or they were erased."""
    row = tx.one(select(requesters.c.key).where(requesters.c.address == key_of(address)))
    return "" if row is None else str(row["key"])


def cases_of_person(tx: Tx, key: str, most: int) -> tuple[str, ...]:
    """List ids of cases that still name this person."""
    return (
        tuple(row["id"] for row in tx.all(select(cases.c.id).where(cases.c.requester == key).order_by(cases.c.id).limit(most)))
        if key
        else ()
    )


def spellings_of(tx: Tx, address: str, key: str) -> tuple[str, ...]:
    """List how the address was written: as asked, in small letters, without its tag, as their cases have it, in the host's script."""
    known = select(particulars.c.requester_email).distinct().join(cases, cases.c.id == particulars.c.case).where(cases.c.requester == key)
    written = {row["requester_email"] for row in tx.all(known)} if key else set()
    ascii_ones = {address, address.lower(), key_of(address), *written} - {""}
    return tuple(sorted(ascii_ones | set(map(_in_own_script, ascii_ones)), key=lambda each: (-len(each), each)))


def erase_cases(tx: Tx, case_ids: Collection[str], how: Act) -> int:
    """Erase what people wrote in cases, whoever wrote it, and close them; returns the number of messages."""
    return sum(_erase_case(tx, each, how) for each in case_ids)


def _erase_case(tx: Tx, case_id: str, how: Act) -> int:
    act(tx, case_id, how, lambda case: erase(case, how))
    tx.run(update(particulars).where(particulars.c.case == case_id).values(_blank(particulars, "case")))
    wiped = tx.run(update(messages).where(messages.c.case == case_id).values(_blank_message()))
    tx.run(update(mails).where(mails.c.case == case_id).values(_BLANK_MAIL))
    tx.run(update(outbox).where(outbox.c.case == case_id).values(message_id="", error=""))
    tx.run(update(outbox).where(outbox.c.case == case_id, outbox.c.next_try.is_not(None)).values(state="dropped", next_try=None))
    tx.run(update(ratings).where(ratings.c.case == case_id).values(comment="", email="", query=""))
    revoke_links(tx, case_id)
    findable.renew(tx, [case_id])
    return wiped


def erase_person(tx: Tx, address: str, key: str) -> int:
    """Erase what stands outside the person's own cases, the key last; returns how many rows."""
    if cases_of_person(tx, key, 1):
        raise ValueError("The person's cases are erased first.")
    mine = (ratings.c.email != "") & _is(ratings.c.email, address)
    done = tx.run(update(ratings).where(mine).values(comment="", email="", query=""))
    done += tx.run(delete(bans).where(_banned(address)))
    done += tx.run(delete(suspended).where(_is(suspended.c.sender, address)))
    done += tx.run(delete(held).where(held.c.id.in_(_held_by(tx, address))))
    theirs = _wrote(address, key)
    elsewhere = {row["case"] for row in tx.all(select(messages.c.case).where(theirs))}
    done += tx.run(update(messages).where(theirs).values({**_blank_message(), "author": GONE}))
    findable.renew(tx, elsewhere)
    if key:
        done += tx.run(update(mails).where(mails.c.requester == key).values(_BLANK_MAIL))
        done += tx.run(delete(requesters).where(requesters.c.key == key))
    return done


def mentions(tx: Tx, spellings: Collection[str]) -> tuple[tuple[str, Any], ...]:
    """Find rows of others in which the address was written: (table, key of the row)."""
    found: list[tuple[str, Any]] = []
    for table, key, columns in _TEXTS:
        wanted = select(key).where(or_(*(column.icontains(each, autoescape=True) for column in columns for each in spellings)))
        found += [(table.name, row[0]) for row in tx.conn.execute(wanted)]
    for table, key in ((mails, mails.c.key), (suspended, suspended.c.id)):
        wanted = select(key).where(or_(*(_in_bytes(tx, table.c.raw, each) for each in spellings)))
        found += [(f"{table.name}.raw", row[0]) for row in tx.conn.execute(wanted)]
    return tuple(found)


def strike_out(tx: Tx, found: Collection[tuple[str, Any]], spellings: Collection[str]) -> None:
    """Strike the address out where others wrote it; an original in which it stands is forgotten, its text stays."""
    pattern = re.compile("|".join(map(re.escape, spellings)), re.IGNORECASE)
    for name, id_ in found:
        if name == "mails.raw":
            tx.run(update(mails).where(mails.c.key == id_).values(raw=b""))
        elif name == "suspended.raw":
            tx.run(delete(suspended).where(suspended.c.id == id_))
        else:
            _strike(tx, name, id_, pattern)
    said = select(messages.c.case).where(messages.c.id.in_([id_ for name, id_ in found if name == "messages"]))
    findable.renew(tx, {id_ for name, id_ in found if name == "particulars"} | {row["case"] for row in tx.all(said)})


def reach(tx: Tx, address: str) -> dict[str, int]:
    """Count what an erasure would take away: cases, messages, ratings, held, mails, bans, and rows of others that name the address."""
    key = key_of_person(tx, address)
    mine = select(cases.c.id).where(cases.c.requester == key) if key else select(cases.c.id).where(false())
    wanted = {
        "cases": (cases, cases.c.id.in_(mine)),
        "messages": (messages, messages.c.case.in_(mine)),
        "ratings": (ratings, (ratings.c.email != "") & _is(ratings.c.email, address)),
        "held": (held, held.c.id.in_(_held_by(tx, address))),
        "mails": (suspended, _is(suspended.c.sender, address)),
        "bans": (bans, _banned(address)),
    }
    found = {
        name: int(tx.conn.execute(select(func.count()).select_from(table).where(rows)).scalar() or 0)
        for name, (table, rows) in wanted.items()
    }
    its = {row["id"] for row in tx.all(mine)} | {row["id"] for row in tx.all(select(messages.c.id).where(messages.c.case.in_(mine)))}
    elsewhere = [id_ for _, id_ in mentions(tx, spellings_of(tx, address, key)) if id_ not in its]
    return found | {"elsewhere": len(elsewhere)}


def traces(tx: Tx, address: str) -> Iterator[tuple[str, dict[str, Any] | bytes]]:
    """
    Give everything that is kept of a person, for their export: (name of a file, what stands in it).

    Notes and audit are ours, not theirs, and stay out.
    """
    key = key_of_person(tx, address)
    mine = select(cases).where(cases.c.requester == key).order_by(cases.c.number) if key else None
    for case in tx.all(mine) if mine is not None else []:
        said = select(messages).where(messages.c.case == case["id"], messages.c.kind == "public").order_by(messages.c.at, messages.c.id)
        told = tx.one(select(particulars).where(particulars.c.case == case["id"]))
        history = select(events.c.event).where(events.c.case == case["id"]).order_by(events.c.seq)
        happened = [row["event"] for row in tx.all(history)]
        yield f"case-{case['number']}.json", {"case": case, "told": told, "messages": tx.all(said), "events": happened}
        yield from _originals(tx, select(mails).where(mails.c.case == case["id"]), f"case-{case['number']}-mail")
    others = select(cases.c.id).where(cases.c.requester != key)
    elsewhere = tx.all(select(messages).where(_wrote(address, key), messages.c.case.in_(others)))
    if elsewhere:
        yield "messages-in-cases-of-others.json", {"messages": elsewhere}
    if key:
        yield from _originals(tx, select(mails).where(mails.c.requester == key, mails.c.case == ""), "mail")
    voted = tx.all(select(ratings).where(ratings.c.email != "", _is(ratings.c.email, address)).order_by(ratings.c.seq))
    if voted:
        yield "ratings.json", {"ratings": voted}
    waiting = tx.all(select(held.c.id, held.c.kind, held.c.at, held.c.thing).where(held.c.id.in_(_held_by(tx, address))))
    if waiting:
        yield "held.json", {"held": waiting}
    yield from _originals(tx, select(suspended).where(_is(suspended.c.sender, address)), "suspended-mail")


_BLANK_MAIL: Mapping[str, Any] = {"requester": "", "message_id": "", "raw": b""}  # its key stays, a digest: a second copy stays known


def _originals(tx: Tx, wanted: Select[Any], name: str) -> Iterator[tuple[str, bytes]]:
    for number, row in enumerate(tx.all(wanted), 1):
        if row["raw"]:
            yield f"{name}-{number}.eml", bytes(row["raw"])


def _banned(address: str) -> ColumnElement[bool]:
    return (bans.c.kind == "address") & bans.c.value.in_({address, key_of(address), address.lower()})


def _blank(table: Table, *but: str) -> dict[str, str]:
    return {column.name: "[]" if column.name in {"cc", "dropped"} else "" for column in table.c if column.name not in but}


def _blank_message() -> dict[str, str]:
    return {"text": "", "html": "", "message_id": "", "in_reply_to": "", "references": "[]", "attachments": "[]"}


def _wrote(address: str, key: str) -> ColumnElement[bool]:
    """Find what a person wrote in cases of others, to which they were joined: mail names them by their address."""
    by_key = (messages.c.author == key) & (messages.c.text != "") if key else false()
    return or_(by_key, (messages.c.sender == "requester") & _is(messages.c.author, address))


def _in_own_script(address: str) -> str:
    """Write an address as people do whose host is kept in punycode: "joan@xn--mnchen-3ya.example" is "joan@münchen.example"."""
    name, _, host = address.rpartition("@")
    try:
        return f"{name}@{host.encode('ascii').decode('idna')}"
    except UnicodeError:
        return address


def _is(column: Column[Any], address: str) -> ColumnElement[bool]:
    """Compare an address as key_of does: its tag and its capitals do not count."""
    name, _, host = key_of(address).rpartition("@")
    plain = func.lower(column)
    tagged = plain.like(literal(_escaped(f"{name}+")) + "%" + _escaped(f"@{host}"), escape="\\")
    return or_(plain == f"{name}@{host}", tagged)


def _escaped(words: str) -> str:
    return re.sub(r"([\\%_])", r"\\\1", words)


def _held_by(tx: Tx, address: str) -> list[str]:
    """List posts in quarantine that this person sent."""
    wanted = select(held.c.id, held.c.thing).where(held.c.thing.icontains(key_of(address).rpartition("@")[2], autoescape=True))
    found = []
    for row in tx.all(wanted):
        thing = json.loads(row["thing"])
        sender = thing.get("email") or (thing.get("told") or {}).get("requester_email") or ""
        if sender and key_of(sender) == key_of(address):
            found.append(row["id"])
    return found


def _in_bytes(tx: Tx, column: Column[Any], words: str) -> ColumnElement[bool]:
    needle = literal(words.encode(), LargeBinary)
    return (func.instr(column, needle) if tx.conn.dialect.name == "sqlite" else func.position(needle.op("IN")(column))) > 0


def _strike(tx: Tx, name: str, id_: Any, pattern: re.Pattern[str]) -> None:
    table, key, columns = next(each for each in _TEXTS if each[0].name == name)
    row = tx.one(select(*columns).where(key == id_))
    if row is None:
        return
    struck = {column: pattern.sub(GONE, value) for column, value in row.items()}
    if table is held:
        struck["digest"] = digest_of(struck["thing"])  # whoever reads it from now on decides on these words
    tx.run(update(table).where(key == id_).values(struck))

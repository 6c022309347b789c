"""
Cases: opened, acted on, read.  What an act writes (events, row, messages, mails to send) is written together or not at all.

An act is read events -> is anything unseen? -> act -> what the clocks and the rules say -> write.  The events are the truth; the row is
what they amount to, kept for lists.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select, update

from feedback_service.announce import next_look
from feedback_service.clocks import Clock, clocks_of
from feedback_service.domain.conflicts import unseen
from feedback_service.domain.fold import apply, fold
from feedback_service.domain.joins import Pair, follow_up
from feedback_service.domain.messages import Opening, create
from feedback_service.domain.notices import notices
from feedback_service.domain.nouns import TIME, Act, Case, CaseType, Channel, Event, Message, Particulars, Priority
from feedback_service.domain.tick import next_tick, tick
from feedback_service.domain.wire import from_json
from feedback_service.rules.follow import House, follow
from feedback_service.store import findable
from feedback_service.store.agents import directory_of
from feedback_service.store.deliveries import tell_webhooks
from feedback_service.store.errors import ChangedError, KeyReusedError, NotThereError
from feedback_service.store.people import keep_link, new_id, requester_of
from feedback_service.store.rows import case_of, case_row, event_row, message_of, message_row, particulars_of, particulars_row
from feedback_service.store.tables import cases, events, messages, outbox, particulars
from feedback_service.store.tx import Tx, micros

Do = Callable[[Case], tuple[Event, ...]]
Stood = tuple[tuple[Event, ...], Case | None]  # the history of a case before an act, and the case; nothing before its creation
NOTHING_YET: Stood = ((), None)
FIRST_NUMBER = 1001


@dataclass(frozen=True, slots=True)
class NewCase:
    """A case as it comes in; number, id and the requester's key are given to it here."""

    told: Particulars
    locale: str
    channel: Channel
    type: CaseType = "question"
    priority: Priority = "normal"
    category: str | None = None
    team: str | None = None
    tags: tuple[str, ...] = ()
    source_article: str | None = None
    source_revision: str | None = None
    dropped: tuple[str, ...] = ()  # references of the form that nobody knows
    from_robot: bool = False  # no acknowledgement
    secret: str = ""  # opens the requester's page; "": none yet
    number: int | None = None  # one that was given out before, by the quarantine


@dataclass(frozen=True, slots=True)
class Acted:
    """What an act came to: the case after it, and the events it wrote, those of the clocks included; () if there was nothing to do."""

    case: Case
    events: tuple[Event, ...]


@dataclass(frozen=True, slots=True)
class CaseFile:
    """Everything about one case, read at one moment."""

    case: Case
    told: Particulars
    events: tuple[Event, ...]
    messages: tuple[Message, ...]  # those of the cases merged into it too, by time
    clocks: tuple[Clock, ...] = ()
    absorbed: tuple[tuple[Case, Particulars], ...] = field(default=())


def open_case(tx: Tx, new: NewCase, how: Act) -> Acted:
    """Open a case: number, clocks, acknowledgement."""
    opening = opening_of(tx, new, how)
    events_ = create(opening, how)
    acted = _save(tx, NOTHING_YET, events_, how, from_robot=new.from_robot, text=f"{new.told.subject}\n{new.told.body}")
    tx.put(particulars, particulars_row(opening.id, new.told, new.dropped))
    findable.enter(tx, acted.case, new.told)
    if new.secret:
        keep_link(tx, opening.id, new.secret, how.at)
    return acted


def open_follow_up(tx: Tx, case_id: str, new: NewCase, how: Act) -> Acted:
    """
    Open the case that a message on a closed one starts, and note it on that one.

    Raises: NotThereError; domain.RefusedError: If the message belongs to the case itself.
    """
    history, case = _locked(tx, case_id)
    opening = opening_of(tx, new, how, follow_up_of=case_id)
    pair = follow_up(case, how, opening)
    _save(tx, (history, case), pair.source, how)
    acted = _save(tx, NOTHING_YET, pair.target, how, from_robot=new.from_robot, text=f"{new.told.subject}\n{new.told.body}")
    tx.put(particulars, particulars_row(opening.id, new.told, new.dropped))
    findable.enter(tx, acted.case, new.told)
    return acted


def act(tx: Tx, case_id: str, how: Act, do: Do, *, seen: int | None = None, wrote: Sequence[Message] = ()) -> Acted:
    """
    Do something to a case.

    Args:
        do: An act of the domain with everything but the case filled in, `lambda case: assign(case, how, "maria", members)`.
        seen: The version of the page on which it was decided; None: whoever acts saw no page.
        wrote: The messages that the events of this act name.  If they are there already, the same form came twice: nothing happens.
    Raises: NotThereError, ChangedError (409), domain.RefusedError; KeyReusedError: A message of that name is there with other words, or
        in another case.  Nothing is written then.
    """
    history, case = _locked(tx, case_id)
    if _is_again(tx, wrote):
        return Acted(case, ())
    _check_seen(case, history, how, seen)
    acted = _save(tx, (history, case), do(case), how, text="\n".join(message.text for message in wrote))
    if wrote:
        tx.put(messages, *map(message_row, wrote))
        findable.add(tx, acted.case, wrote)
    return acted


def act_on_two(
    tx: Tx, first: str, second: str, how: Act, do: Callable[[Case, Case], Pair], *, seen: int | None = None
) -> tuple[Acted, Acted]:
    """
    Do something to two cases, such as a merge: both are written or none.

    Args:
        do: `lambda source, target: merge(source, target, how, confirmed=True)`.
        seen: The version of the first one's page.
    Raises: As `act`; NotThereError for either.
    """
    locked = {each: _locked(tx, each) for each in sorted({first, second})}  # in one order, so that two merges never wait for each other
    (history, case), (other_history, other) = locked[first], locked[second]
    _check_seen(case, history, how, seen)
    pair = do(case, other)
    return _save(tx, (history, case), pair.source, how), _save(tx, (other_history, other), pair.target, how)


def look(tx: Tx, case_id: str, now: datetime) -> Acted:
    """Let time pass over a case: what is due, and what its clocks have to say."""
    history, case = _locked(tx, case_id)
    how = Act(TIME, now)
    return _save(tx, (history, case), tick(case, now, tx.book.at(None).life), how)


def due_looks(tx: Tx, now: datetime, most: int = 100) -> tuple[str, ...]:
    """List the cases that `look` has something to do for, those first that have waited longest."""
    wanted = select(cases.c.id).where(cases.c.look_at <= micros(now)).order_by(cases.c.look_at).limit(most)
    return tuple(row["id"] for row in tx.all(wanted))


def case(tx: Tx, case_id: str) -> Case:
    """Read a case.  Raises: NotThereError."""
    row = tx.one(select(cases).where(cases.c.id == case_id))
    if row is None:
        raise NotThereError(case_id)
    return case_of(row)


def case_by_number(tx: Tx, number: int) -> Case:
    """Read a case by its public number.  Raises: NotThereError."""
    row = tx.one(select(cases).where(cases.c.number == number))
    if row is None:
        raise NotThereError(str(number))
    return case_of(row)


def history_of(tx: Tx, case_id: str) -> tuple[Event, ...]:
    """Read the events of a case; () if there is none."""
    return tuple(from_json(row["event"]) for row in tx.all(select(events.c.event).where(events.c.case == case_id).order_by(events.c.seq)))


def told_of(tx: Tx, case_id: str) -> Particulars:
    """Read what the requester told.  Raises: NotThereError."""
    row = tx.one(select(particulars).where(particulars.c.case == case_id))
    if row is None:
        raise NotThereError(case_id)
    return particulars_of(row)


def messages_of(tx: Tx, *case_ids: str) -> tuple[Message, ...]:
    """Read the messages of cases, by time."""
    wanted = select(messages).where(messages.c.case.in_(case_ids)).order_by(messages.c.at, messages.c.id)
    return tuple(message_of(row) for row in tx.all(wanted))


def case_file(tx: Tx, case_id: str, now: datetime) -> CaseFile:
    """Read everything about a case, its clocks at *now* included.  Raises: NotThereError."""
    one = case(tx, case_id)
    history = history_of(tx, case_id)
    merged = tuple((case(tx, other), told_of(tx, other)) for other in one.absorbed)
    said = messages_of(tx, case_id, *one.absorbed)
    return CaseFile(one, told_of(tx, case_id), history, said, clocks_of(history, tx.book, now), merged)


def opening_of(tx: Tx, new: NewCase, how: Act, *, split_from: str | None = None, follow_up_of: str | None = None) -> Opening:
    """Fill in what only the store knows: id, number, the requester's key."""
    return Opening(
        id=new_id(how.at),
        number=tx.next_number("case", FIRST_NUMBER) if new.number is None else new.number,
        requester=requester_of(tx, new.told.requester_email, how.at),
        locale=new.locale,
        channel=new.channel,
        type=new.type,
        priority=new.priority,
        category=new.category,
        team=new.team,
        tags=new.tags,
        source_article=new.source_article,
        source_revision=new.source_revision,
        split_from=split_from,
        follow_up_of=follow_up_of,
    )


def _locked(tx: Tx, case_id: str) -> tuple[tuple[Event, ...], Case]:
    """Read the history of a case that nobody else changes until this transaction ends."""
    if tx.one(select(cases.c.id).where(cases.c.id == case_id).with_for_update()) is None:
        raise NotThereError(case_id)
    history = history_of(tx, case_id)
    return history, fold(history)


def _check_seen(case: Case, history: Sequence[Event], how: Act, seen: int | None) -> None:
    if seen is None:
        return
    if (missed := unseen(history, seen, how.actor.id)) or seen > case.version:  # nobody saw a page of tomorrow
        raise ChangedError(case, missed)


def _is_again(tx: Tx, wrote: Sequence[Message]) -> bool:
    """Tell whether these messages came before.  Raises: KeyReusedError: Others did, under their names: these would be lost."""
    if not any(tx.is_there(messages, id=message.id) for message in wrote):
        return False
    for message in wrote:
        row = tx.one(select(messages).where(messages.c.id == message.id))
        kept = message_of(row) if row else None
        if kept is None or (kept.case, kept.kind, kept.author) != (message.case, message.kind, message.author):
            raise KeyReusedError
        if kept.text not in {message.text, ""}:  # an erased one has no words to compare
            raise KeyReusedError
    return True


def _save(tx: Tx, stood: Stood, new: tuple[Event, ...], how: Act, *, from_robot: bool = False, text: str = "") -> Acted:
    """Write new events with what the clocks and the rules say to them, the row, and the messages that are due.  *text* came with them."""
    history, before = stood
    house = House(tx.book, tx.rules, lambda: directory_of(tx))
    followed = follow(history, new, house, how.at, lambda _event: text)
    written = (*new, *followed.events)
    after = apply(before, written) if before is not None else fold(written)
    looks = [next_look(followed.clocks, how.at), next_tick(after, tx.book.at(None).life)]
    row = case_row(after, followed.clocks, min(filter(None, looks), default=None))
    if before is None:
        tx.put(cases, row)
    else:
        tx.run(update(cases).where(cases.c.id == after.id).values(row))
    if written:
        tx.put(events, *map(event_row, written))
    _tell(tx, after, written, how.at, from_robot=from_robot)
    if tx.rules.webhooks:
        tell_webhooks(tx, tx.rules.webhooks, before, written, how.at)
    return Acted(after, written)


def _tell(tx: Tx, case: Case, new: Sequence[Event], now: datetime, *, from_robot: bool) -> None:
    """Put the notices of an act into the outbox."""
    waiting = {"at": micros(now), "next_try": micros(now), "tries": 0, "state": "waiting", "message_id": "", "error": ""}
    for notice in notices(case, new, from_robot=from_robot):
        tx.put(outbox, {"kind": notice.kind, "to": notice.to, "case": notice.case, "message": notice.message, **waiting})

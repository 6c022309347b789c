"""The quarantine: posts that a person looks at first.  What they say is kept as it was posted, until it is let out, or forgotten."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from sqlalchemy import Delete, delete, func, select, update

from feedback_service.domain.nouns import Act, Actor, Particulars
from feedback_service.intake import RatingForm
from feedback_service.moderation import KEPT, Ban, Held, HeldState, digest_of, discard, release
from feedback_service.store import audit, posts
from feedback_service.store.cases import FIRST_NUMBER, Acted, NewCase, open_case
from feedback_service.store.errors import NotThereError
from feedback_service.store.people import keep_link, new_id
from feedback_service.store.rows import as_json
from feedback_service.store.tables import answers, bans, held, links
from feedback_service.store.tx import Tx, micros, micros_or_none, moment, moment_or_none

Thing = dict[str, Any]  # what was posted, by the names of the form's dataclass


def hold(tx: Tx, kind: str, reasons: tuple[str, ...], thing: Thing, now: datetime) -> Held:
    """Put a post into quarantine."""
    text = as_json(thing)
    one = Held(new_id(now), kind, reasons, now, digest_of(text))
    row = {"id": one.id, "kind": kind, "reasons": as_json(list(reasons)), "at": micros(now), "digest": one.digest}
    tx.put(held, row | {"state": one.state, "by": one.by, "thing": text})
    return one


def hold_case(tx: Tx, new: NewCase, reasons: tuple[str, ...], now: datetime) -> int:
    """Put a case into quarantine.  It has its number, and its link, as if it had been taken; returns the number."""
    number = tx.next_number("case", FIRST_NUMBER)
    told = {name: getattr(new.told, name) for name in Particulars.__slots__}
    thing = {name: getattr(new, name) for name in NewCase.__slots__ if name not in {"told", "secret"}} | {"told": told, "number": number}
    one = hold(tx, "case", reasons, thing, now)
    keep_link(tx, one.id, new.secret, now)
    return number


def held_of(tx: Tx, held_id: str) -> tuple[Held, Thing]:
    """Read one post in quarantine.  Raises: NotThereError."""
    row = tx.one(select(held).where(held.c.id == held_id))
    if row is None:
        raise NotThereError(held_id)
    return _held(row), json.loads(row["thing"])


def held_list(tx: Tx, state: HeldState = "waiting", kind: str = "", most: int = 100, offset: int = 0) -> list[tuple[Held, Thing]]:
    """List the quarantine, the oldest first."""
    wanted = select(held).where(held.c.state == state).order_by(held.c.at, held.c.id).limit(most).offset(offset)
    rows = tx.all(wanted.where(held.c.kind == kind) if kind else wanted)
    return [(_held(row), json.loads(row["thing"])) for row in rows]


def held_count(tx: Tx) -> int:
    """Count what waits."""
    return int(tx.conn.execute(select(func.count()).select_from(held).where(held.c.state == "waiting")).scalar() or 0)


def release_held(tx: Tx, held_id: str, digest: str, how: Act, answer: str = "") -> Acted | None:
    """
    Let a post out, as it was read: it becomes the case or the rating that it wanted to be.

    Args:
        digest: Of what the moderator read.
        answer: To a question, which is published with it.
    Returns: The case, if it is one.
    Raises: NotThereError; RefusedError if it was decided, or changed since it was read.
    """
    one, thing = _locked(tx, held_id)
    _decided(tx, release(one, how, digest), how)
    if one.kind == "case":
        acted = open_case(tx, _case_of(thing), Act(Actor("requester", "requester"), how.at, how.request_id))
        tx.run(update(links).where(links.c.case == held_id).values(case=acted.case.id))
        return acted
    if one.kind == "rating":
        voter = thing.pop("voter_or_day")
        posts.rate(tx, RatingForm(**thing), voter, one.at)
    if one.kind == "question":
        row = {"id": one.id, "article": thing["article"], "locale": thing["locale"], "question": thing["text"]}
        tx.put(answers, row | {"answer": answer, "at": micros(how.at)})
    return None


def discard_held(tx: Tx, held_id: str, how: Act) -> Held:
    """Decide that a post is rubbish; it may be let out until it is forgotten.  Raises: NotThereError, RefusedError."""
    one, _ = _locked(tx, held_id)
    return _decided(tx, discard(one, how), how)


def forget_held(tx: Tx, now: datetime) -> int:
    """Throw away what nobody let out in time, and what was let out and lives on elsewhere; returns how many."""
    old = held.c.at < micros(now - KEPT)
    tx.run(delete(links).where(links.c.case.in_(select(held.c.id).where(old))))  # those of what was let out name its case by now
    return tx.run(delete(held).where(old))


def bans_of(tx: Tx, now: datetime) -> tuple[Ban, ...]:
    """List the bans in force."""
    rows = tx.all(select(bans).where((bans.c.until.is_(None)) | (bans.c.until > micros(now))).order_by(bans.c.kind, bans.c.value))
    return tuple(Ban(row["kind"], row["value"], moment_or_none(row["until"])) for row in rows)


def ban(tx: Tx, one: Ban, how: Act) -> None:
    """Look at what somebody posts first, from now on.  Twice is once, the last one counts."""
    audit.note(tx, how.actor.id, "ban.added", one.kind, "", how.at)  # whom it is about stands in no trail
    tx.run(_this(one))
    tx.put(bans, {"kind": one.kind, "value": one.value, "until": micros_or_none(one.until), "by": how.actor.id, "at": micros(how.at)})


def unban(tx: Tx, one: Ban, how: Act) -> int:
    """End a ban; returns how many there were."""
    audit.note(tx, how.actor.id, "ban.ended", one.kind, "", how.at)
    return tx.run(_this(one))


def _this(one: Ban) -> Delete:
    return delete(bans).where(bans.c.kind == one.kind, bans.c.value == one.value)


def _locked(tx: Tx, held_id: str) -> tuple[Held, Thing]:
    """Read a post that nobody else decides on until this transaction ends."""
    tx.one(select(held.c.id).where(held.c.id == held_id).with_for_update())
    return held_of(tx, held_id)


def _decided(tx: Tx, one: Held, how: Act) -> Held:
    audit.note(tx, how.actor.id, f"held.{one.state}", one.id, one.kind, how.at)
    tx.run(update(held).where(held.c.id == one.id).values(state=one.state, by=one.by))
    return one


def _case_of(thing: Thing) -> NewCase:
    told = Particulars(**{**thing["told"], "cc": tuple(thing["told"]["cc"])})
    return NewCase(**{**thing, "told": told, "tags": tuple(thing["tags"]), "dropped": tuple(thing["dropped"])})


def _held(row: dict[str, Any]) -> Held:
    return Held(row["id"], row["kind"], tuple(json.loads(row["reasons"])), moment(row["at"]), row["digest"], row["state"], row["by"])

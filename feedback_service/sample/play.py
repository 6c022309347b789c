"""
Plays the sample's stories into an empty store: each step is an act of the domain, dated before now, as if people had worked.

Nothing is mailed: the addresses are invented, so what the outbox got is marked as dropped.
"""

from __future__ import annotations

import re
import secrets
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib.resources import files
from typing import Any

from sqlalchemy import update

from feedback_service.accounts import Agent
from feedback_service.accounts.passwords import SALT_BYTES, hash_password
from feedback_service.domain import acts, messages, moves
from feedback_service.domain.fold import apply
from feedback_service.domain.nouns import Act, Actor, Case, Event, Message, Particulars
from feedback_service.intake import RatingForm
from feedback_service.manifest import Manifest
from feedback_service.searches import FormEvent, SearchEvent, fold_query, full_hour
from feedback_service.store import Store, Tx, agents, cases, held, posts
from feedback_service.store.cases import NewCase
from feedback_service.store.people import new_id
from feedback_service.store.tables import outbox

REOPEN = timedelta(days=14)
_UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}
_SPAN = re.compile(r"(\d+)([mhd])")


class NotEmptyError(Exception):
    """Samples go into an empty store only: among real cases nobody could tell them apart."""


@dataclass(frozen=True, slots=True)
class Played:
    """What was made."""

    agents: tuple[str, ...]
    cases: int
    ratings: int


def play(store: Store, manifest: Manifest, password: str, now: datetime) -> Played:
    """
    Fill an empty store.

    Args:
        manifest: Whose articles are rated.
        password: Of every sample agent.
        now: The end of the stories.
    Raises: NotEmptyError: There are agents already.
    """
    told: dict[str, Any] = tomllib.loads(files(__package__).joinpath("stories.toml").read_text(encoding="utf-8"))
    encoded = hash_password(password, secrets.token_bytes(SALT_BYTES))
    return store.write(_play, told, manifest, encoded, now)


def _play(tx: Tx, told: Mapping[str, Any], manifest: Manifest, encoded: str, now: datetime) -> Played:
    if agents.all_agents(tx):
        raise NotEmptyError("There are agents already. Samples go into an empty store only; use a new --data folder.")
    for one in told["agents"]:
        agent = Agent(id=one["id"], name=one["name"], roles=frozenset(one["roles"]), teams=frozenset(one["teams"]), locale=one["locale"])
        agents.add_agent(tx, agent, now)
        agents.set_password(tx, one["id"], encoded)
    for case in sorted(told["cases"], key=lambda case: now - span(case["ago"])):
        _Story(tx, case, manifest, frozenset(one["id"] for one in told["agents"])).tell(now)
    tx.run(update(outbox).values(state="dropped", next_try=None))
    rated = _rate(tx, told["ratings"], manifest, now)
    for locale, queries in told["searches"].items():
        for at, (query, hits) in enumerate(queries):
            hour = full_hour(now - timedelta(hours=3 * at))
            posts.note_search(tx, SearchEvent(hour, locale, fold_query(query), hits, 1 if hits > 1 else None, "none" if hits else "form"))
    for one in told["forms"]:
        posts.note_form(tx, FormEvent(full_hour(now), one["locale"], tuple(one["offered"]), tuple(one["opened"]), one["outcome"]))
    for one in told["held"]:
        particulars = Particulars(one["subject"], one["body"], requester_email=one["email"])
        held.hold_case(tx, NewCase(particulars, one["locale"], "web"), tuple(one["reasons"]), now - span(one["ago"]))
    return Played(tuple(one["id"] for one in told["agents"]), len(told["cases"]), rated)


class _Story:
    """One case, told step by step."""

    def __init__(self, tx: Tx, told: Mapping[str, Any], manifest: Manifest, agents_: frozenset[str]) -> None:
        self.tx, self.told, self.manifest, self.agents = tx, told, manifest, agents_
        self.id = ""

    def tell(self, now: datetime) -> None:
        """Open the case, then let its steps follow."""
        told = self.told
        at = now - span(told["ago"])
        known = {name: told[name] for name in ("locale", "category", "team")}
        more = {"type": told.get("type", "question"), "priority": told.get("priority", "normal"), "tags": tuple(told.get("tags", ()))}
        source = {"source_article": told["article"], "source_revision": self._revision(told["article"])}
        query = fold_query(told["query"])
        particulars = Particulars(told["subject"], told["body"].strip(), told["name"], told["email"], source_query=query)
        new = NewCase(particulars, channel="web", **known, **more, **source)
        self.id = cases.open_case(self.tx, new, Act(Actor("requester", told["email"].split("@")[0]), at)).case.id
        for who, after, what, *rest in told["steps"]:
            at += span(after)
            self._step(who, at, what, rest)

    def _step(self, who: str, at: datetime, what: str, rest: Sequence[str]) -> None:
        case = cases.case(self.tx, self.id)
        how = Act(Actor("requester", case.requester) if who == "requester" else Actor("agent", who), at)
        do, wrote = self._deed(what, rest, how)
        cases.act(self.tx, self.id, how, do, wrote=wrote)

    def _deed(self, what: str, rest: Sequence[str], how: Act) -> tuple[Callable[[Case], tuple[Event, ...]], tuple[Message, ...]]:
        """Turn the words of a step into an act, and the message that it wrote."""
        if what == "write":
            said = self._said(rest[0], how)
            return lambda case: messages.receive(case, how, said.id, reopen_within=REOPEN).events, (said,)
        if what == "reply":
            said = self._said(rest[0], how)
            return lambda case: messages.reply(case, how, said.id), (said,)
        if what == "note":
            said = self._said(rest[0], how, kind="note")
            return lambda case: messages.note(case, how, said.id), (said,)
        if what == "hold":
            said = self._said(rest[0], how, kind="note")
            wish = moves.Hold(said.id, due_at=how.at + span(rest[1]))
            return lambda case: (*(told := messages.note(case, how, said.id)), *moves.hold(apply(case, told), how, wish)), (said,)
        return self._plain(what, rest, how), ()

    def _plain(self, what: str, rest: Sequence[str], how: Act) -> Callable[[Case], tuple[Event, ...]]:
        """An act that writes no message."""
        if what == "assign":
            return lambda case: acts.assign(case, how, rest[0], self.agents)
        if what == "link":
            kind: Any = rest[1]
            return lambda case: acts.link_article(case, how, acts.Linked(rest[0], self._revision(rest[0]), kind))
        if what == "draft":
            return lambda case: acts.request_draft(case, how, idea=rest[0])
        if what == "rate":
            satisfaction: Any = rest[0]
            return lambda case: acts.rate(case, how, satisfaction)
        return {"wait": lambda case: moves.wait_for_requester(case, how), "resolve": lambda case: moves.resolve(case, how)}[what]

    def _said(self, text: str, how: Act, kind: Any = "public") -> Message:  # noqa: ANN401 - a Literal
        author = how.actor.id if how.actor.kind == "agent" else ""  # a requester is told by the case
        return Message(new_id(how.at), self.id, kind, how.actor.kind, author, text.strip(), how.at)

    def _revision(self, article: str) -> str:
        entry = self.manifest.find(article, self.told["locale"])
        return entry.revision if entry else ""


def _rate(tx: Tx, told: Mapping[str, Sequence[Any]], manifest: Manifest, now: datetime) -> int:
    """Vote: article -> [yes, no, [reason, comment] ...]; the comments go with the first of the noes."""
    count = 0
    for article, (yes, no, *comments) in told.items():
        entry = manifest.find(article, "en")
        for vote in range(yes + no):
            reason, comment = comments[vote - yes] if 0 <= vote - yes < len(comments) else (None, "")
            form = RatingForm(article, "en", vote < yes, entry.revision if entry else "", reason, comment)
            posts.rate(tx, form, f"sample-{article}-{vote}", now - timedelta(hours=7 * vote + 1))
            count += 1
    return count


def span(text: str) -> timedelta:
    """Read "40m", "3h", "2d"."""
    found = _SPAN.fullmatch(text)
    assert found, f"{text} is no span of the sample"
    return int(found[1]) * _UNITS[found[2]]

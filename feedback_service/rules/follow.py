"""
What follows an act: what the clocks say to it, then what the rules do about all of that, until nothing is left to say.

It cannot run for ever: what a rule does triggers no rule (rules further down see it, though), and a rule fires once for an act.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Concatenate, ParamSpec

from feedback_service.announce import announce
from feedback_service.clocks import Clock, clocks_of
from feedback_service.domain.acts import assign, set_priority, set_tags, tidy_tag, transfer
from feedback_service.domain.fold import apply, fold
from feedback_service.domain.nouns import Act, Actor, Case, Event, Fact
from feedback_service.domain.pen import Pen
from feedback_service.domain.refused import RefusedError
from feedback_service.rules.nouns import NO_RULES, NOBODY, Directory, Fired, Rule, Rules, Then
from feedback_service.rules.words import folded, holds
from feedback_service.sla import Book

P = ParamSpec("P")
Who = Callable[[], Directory]
Texts = Callable[[Event], str]  # what was written with an event: subject and body, or a message


@dataclass(frozen=True, slots=True)
class House:
    """What stands behind every case: promises, rules, and who works here."""

    book: Book
    rules: Rules = NO_RULES
    who: Who = Directory  # asked only once a rule fits


@dataclass(frozen=True, slots=True)
class Followed:
    """The events that follow an act, in order, the rules that fired, and the clocks after all of it."""

    events: tuple[Event, ...]
    fired: tuple[Fired, ...]
    clocks: tuple[Clock, ...] = ()


def no_text(_event: Event) -> str:
    """Stand in where no rule asks for words."""
    return ""


def follow(history: Sequence[Event], new: Sequence[Event], house: House, now: datetime, texts: Texts = no_text) -> Followed:
    """
    Say what follows an act; store it with the act.

    Args:
        history: All events before the act.
        new: Those of the act; () lets the clocks speak.
        texts: Asked only for events that bring a text, and only if a rule wants words.
    """
    done: list[Event] = []
    fired: list[Fired] = []
    fresh: Sequence[Event] = new
    while True:
        events = (*history, *new, *done)
        clocks = clocks_of(events, house.book, now)
        told = announce(events, clocks, now)
        done += told
        news = (*fresh, *told)
        ruled = _rule((*history, *new, *done), news, house, texts, {each.rule for each in fired}, now) if news else Followed((), ())
        fired += ruled.fired
        done += ruled.events
        if not ruled.events:
            return Followed(tuple(done), tuple(fired), clocks)
        fresh = ()


def obey(case: Case, event: Event, rules: Sequence[Rule], who: Who, texts: Texts, now: datetime) -> Followed:
    """Let rules look at one event of a case, each seeing what those above it have set."""
    done: list[Event] = []
    fired: list[Fired] = []
    text: str | None = None
    for rule in rules:
        if event.type not in rule.on:
            continue
        if text is None:
            text = folded(texts(event)) if event.type in {"created", "message_in"} else ""
        if _fits(rule, case, event, text):
            hand = _Hand(case, Act(Actor("robot", f"rule:{rule.name}"), now, event.request_id))
            _apply(hand, rule.then, who())
            case = hand.case
            done += hand.events
            fired.append(Fired(rule.name, event.seq, bool(hand.events), tuple(hand.refused)))
            if rule.stop:
                break
    return Followed(tuple(done), tuple(fired))


def _rule(events: Sequence[Event], news: Sequence[Event], house: House, texts: Texts, spent: set[str], now: datetime) -> Followed:
    """Let the rules that have not fired look at news, in order."""
    done: list[Event] = []
    fired: list[Fired] = []
    case: Case | None = None
    for event in news:
        left = [rule for rule in house.rules.rules if rule.name not in spent and event.type in rule.on]
        if not left or _by_rule(event):
            continue
        case = case or fold(events)
        ruled = obey(case, event, left, house.who, texts if house.rules.needs_text() else no_text, now)
        spent |= {each.rule for each in ruled.fired}
        done += ruled.events
        fired += ruled.fired
        if ruled.events:
            case = fold((*events, *done))
    return Followed(tuple(done), tuple(fired))


def _by_rule(event: Event) -> bool:
    return event.actor.kind == "robot" and event.actor.id.startswith("rule:")


def _fits(rule: Rule, case: Case, event: Event, text: str) -> bool:
    return _all(rule.when, case, event, text) and not (rule.unless and _any(rule.unless, case, event, text))


def _all(conditions: Mapping[str, frozenset[str]], case: Case, event: Event, text: str) -> bool:
    return all(_one(name, wanted, case, event, text) for name, wanted in conditions.items())


def _any(conditions: Mapping[str, frozenset[str]], case: Case, event: Event, text: str) -> bool:
    return any(_one(name, wanted, case, event, text) for name, wanted in conditions.items())


def _one(name: str, wanted: frozenset[str], case: Case, event: Event, text: str) -> bool:
    if name == "words":
        return holds(text, wanted)
    if name == "clock":
        return event.after.get("clock") in wanted
    fact: Fact = getattr(case, "source_article" if name == "article" else name)
    values = fact if isinstance(fact, tuple) else () if fact in {None, ""} else (str(fact),)
    return not wanted.isdisjoint(values) if values else NOBODY in wanted


class _Hand:
    """Does the acts of one rule, as far as the domain lets it; `case` is the case after them."""

    def __init__(self, case: Case, act: Act) -> None:
        self.case, self.act = case, act
        self.events: list[Event] = []
        self.refused: list[str] = []

    def do(self, work: Callable[Concatenate[Case, Act, P], tuple[Event, ...]], *values: P.args, **more: P.kwargs) -> None:
        """Do one act, or note why not."""
        try:
            new = work(self.case, self.act, *values, **more)
        except RefusedError as error:
            self.refused.append(error.message)
            return
        self.case = apply(self.case, new)
        self.events += new


def _apply(hand: _Hand, then: Then, who: Directory) -> None:
    """Do what a rule says, in the order that Then names."""
    if then.team:
        hand.do(transfer, then.team, who.teams)
    if then.assignee:
        hand.do(assign, then.assignee, who.members(hand.case.team))
    if then.priority:
        hand.do(set_priority, then.priority)
    if then.add_tags or then.remove_tags:
        gone = {tidy_tag(tag) for tag in then.remove_tags}
        hand.do(set_tags, [tag for tag in (*hand.case.tags, *then.add_tags) if tidy_tag(tag) not in gone])
    for name in _told(hand.case, then, who):
        hand.do(_tell, name)


def _tell(case: Case, act: Act, to: str) -> tuple[Event, ...]:
    """Note that somebody is told; the outbox is filled from it."""
    pen = Pen(case, act)
    pen.write("notified", {"notice": "attention", "to": to})
    return pen.events


def _told(case: Case, then: Then, who: Directory) -> list[str]:
    """Say who is told, each once: agents by name, a team as a whole where nobody has the case."""
    found: dict[str, None] = {}
    for whom in then.tell:
        if whom == "assignee":
            names = [f"agent:{case.assignee}"] if case.assignee else [f"team:{case.team}"] if case.team else []
        elif whom == "team":
            names = [f"team:{case.team}"] if case.team else []
        elif whom == "leads":
            leads = who.leads.get(case.team or "", frozenset()) or frozenset().union(*who.leads.values())
            names = [f"agent:{lead}" for lead in sorted(leads)]
        else:
            names = [whom] if whom.removeprefix("agent:") in who.agents else []
        found |= dict.fromkeys(names)
    return list(found)

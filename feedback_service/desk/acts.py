"""
What agents do to a case, one function for each address: a form comes in, one transaction is written, a page comes back.

Whether somebody may is asked inside the transaction, of the case as it then is.  A form that was made on an older version of the case is
answered with both texts (409), and nothing of it is lost.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from feedback_service.can import Verb, answer_to
from feedback_service.changes import Wish, change, with_queues
from feedback_service.desk.replies import unfilled
from feedback_service.desk.request import DeskError, Visit, refusal, version_of
from feedback_service.domain.acts import Linked, link_article, request_draft
from feedback_service.domain.fold import apply
from feedback_service.domain.joins import merge, unmerge
from feedback_service.domain.messages import note, reply
from feedback_service.domain.moves import mark_spam, resolve
from feedback_service.domain.nouns import STATUSES, Act, Case, Event, Message
from feedback_service.domain.refused import RefusedError
from feedback_service.store import NotThereError, Tx, cases
from feedback_service.store.agents import directory_of
from feedback_service.store.joins import split_case
from feedback_service.store.people import new_id
from feedback_service.store.redaction import strike
from feedback_service.texts import TextError, clean_line, clean_text

TEXT, NOTE, SUBJECT = 20_000, 2_000, 200  # characters
_COMMA = re.compile(r"[,،、，;]")
_MESSAGE = re.compile(r"[0-9a-f]{20,32}")
Step = Callable[[Case], tuple[Event, ...]]


@dataclass(frozen=True, slots=True)
class Form:
    """What was posted to one case."""

    visit: Visit
    number: int
    fields: Mapping[str, str]
    many: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # names that may stand there several times

    @property
    def how(self) -> Act:
        """Who acts, when."""
        return self.visit.act

    def get(self, name: str) -> str:
        """Read a field; what is missing is ""."""
        return self.fields.get(name, "").strip()

    def text(self, name: str, limit: int, *, required: bool = True) -> str:
        """Read what somebody wrote.  Raises: DeskError: With the reason."""
        try:
            return clean_text(self.fields.get(name, ""), limit, required=required)
        except TextError as error:
            raise DeskError(422, error.reason) from None

    def message(self) -> str:
        """Read the id of the message that this form writes: the same form sent twice is one message."""
        given = self.get("message")
        return given if _MESSAGE.fullmatch(given) else new_id(self.visit.now)


@dataclass(frozen=True, slots=True)
class Done:
    """What an act came to: the case to show, and a word of [done]."""

    number: int
    word: str
    fragment: str = ""


def write(form: Form, tx: Tx) -> Done:
    """Send a reply, or keep a note; then wait for the requester or resolve, if so wished."""
    text = form.text("text", TEXT)
    is_note = form.get("kind") == "note"
    then = "" if is_note else form.get("then")
    if not is_note and not form.get("asked") and unfilled(form.visit.service.manifest.current, text):
        raise DeskError(422, "placeholder")
    message = _message(form, tx, text, is_note=is_note)
    steps: list[Step] = [lambda case: (note if is_note else reply)(case, form.how, message.id)]
    steps += [_changes(form, tx, {"status": then})] if then in {"pending", "resolved"} else []
    _act(form, tx, "work", steps, [message])
    return Done(form.number, "noted" if is_note else "sent", "editor")


def give(form: Form, tx: Tx) -> Done:
    """Assign a case, or take it."""
    wished = form.get("assignee") or None
    _act(form, tx, "work", [_changes(form, tx, {"assignee": wished})])
    return Done(form.number, "taken" if wished == form.visit.agent.id else "assigned")


def status(form: Form, tx: Tx) -> Done:
    """Move a case.  Closing one that is not resolved resolves it first; a hold takes a note and the day to look again."""
    to, reason = form.get("status"), form.get("close_reason") or None
    if to not in STATUSES:
        raise DeskError(422, "unknown_value")
    steps: list[Step] = []
    wrote: list[Message] = []
    wish: dict[str, Any] = {"status": to, "close_reason": reason}
    if to == "closed":
        wish = {"status": to}
        steps = [lambda case: resolve(case, form.how, reason) if case.status != "resolved" else ()]  # type: ignore[arg-type] # checked there
    elif to == "on_hold":
        wrote = [_hold_note(form, tx)]
        wish["snoozed_until"] = form.visit.moment(form.get("until"))
        steps = [lambda case: note(case, form.how, wrote[0].id)]
    steps += [_changes(form, tx, wish, wrote[0].id if wrote else "")] if to != "new" else []
    _act(form, tx, "work", steps, wrote)
    return Done(form.number, "saved")


def facts(form: Form, tx: Tx) -> Done:
    """Change team, priority, tags and due date, as far as they differ."""
    team, due = form.get("team"), form.visit.moment(form.get("due_at"))
    tags = [tag for tag in _COMMA.split(form.get("tags")) if tag.strip()]
    wish = {"priority": form.get("priority"), "tags": tags} | ({"team": team} if team else {})
    change_due = _changes(form, tx, {"due_at": due})

    def minute(case: Case) -> tuple[Event, ...]:
        known = case.due_at.replace(second=0, microsecond=0) if case.due_at else None
        return change_due(case) if known != due else ()  # a field holds minutes, and the page's own due date is no change of it

    _act(form, tx, "work", [_changes(form, tx, wish), minute])
    return Done(form.number, "saved")


def link(form: Form, tx: Tx) -> Done:
    """Link an article."""
    manifest = form.visit.service.manifest.current
    entry = manifest.find(manifest.known.articles.get(form.get("article"), ""), form.get("locale"))
    if entry is None:
        raise DeskError(422, "unknown_article")
    linked = Linked(entry.id, entry.revision, form.get("kind") or "used")  # type: ignore[arg-type] # checked there
    _act(form, tx, "work", [lambda case: link_article(case, form.how, linked)])
    return Done(form.number, "linked", "articles")


def draft(form: Form, tx: Tx) -> Done:
    """Ask the writers for an article that this case needed."""
    _act(form, tx, "work", [lambda case: request_draft(case, form.how, idea=f"case-{case.number}")])
    return Done(form.number, "draft")


def sleep(form: Form, tx: Tx) -> Done:
    """Snooze a case."""
    until = form.visit.moment(form.get("until"))
    if until is None:
        raise DeskError(422, "bad_moment")
    _act(form, tx, "work", [_changes(form, tx, {"snoozed_until": until})])
    return Done(form.number, "snoozed")


def spam(form: Form, tx: Tx) -> Done:
    """Close a case as spam."""
    _act(form, tx, "spam", [lambda case: mark_spam(case, form.how)])
    return Done(form.number, "spam")


def join(form: Form, tx: Tx) -> Done:
    """Merge a case into another one that the agent may change, too."""
    wanted = form.get("target").lstrip("#")
    if not wanted.isdecimal() or len(wanted) > 12:
        raise DeskError(422, "unknown_value")
    source, target = _allowed(form, tx, "merge", form.number), _allowed(form, tx, "merge", int(wanted))
    confirmed = form.get("confirmed") == "yes"
    both = partial(merge, act=form.how, confirmed=confirmed)
    cases.act_on_two(tx, source.id, target.id, form.how, both, seen=version_of(form.fields))
    return Done(target.number, "merged")


def part(form: Form, tx: Tx) -> Done:
    """Undo a merge."""
    source = _allowed(form, tx, "merge", form.number)
    if source.merged_into is None:
        raise DeskError(409, "not_merged")
    target = _allowed(form, tx, "merge", cases.case(tx, source.merged_into).number)
    cases.act_on_two(tx, source.id, target.id, form.how, partial(unmerge, act=form.how), seen=version_of(form.fields))
    return Done(source.number, "unmerged")


def split(form: Form, tx: Tx) -> Done:
    """Open a case with some of the messages of this one."""
    case = _allowed(form, tx, "work", form.number)
    chosen = form.many.get("message", ())
    if not chosen:
        raise DeskError(422, "nothing_asked")
    try:
        subject = clean_line(form.fields.get("subject", ""), SUBJECT)
    except TextError as error:
        raise DeskError(422, error.reason) from None
    _, new = split_case(tx, case.id, chosen, subject, form.how, seen=version_of(form.fields))
    return Done(new.case.number, "split")


def strike_out(form: Form, tx: Tx) -> Done:
    """Strike words out of a message, each line by itself."""
    case = _allowed(form, tx, "redact", form.number)
    words = {line.strip() for line in form.text("words", NOTE).splitlines() if line.strip()}
    strike(tx, case.id, form.get("of"), words, form.how, seen=version_of(form.fields))
    return Done(case.number, "redacted")


ACTS: Mapping[str, Callable[[Form, Tx], Done]] = {
    "write": write,
    "assign": give,
    "status": status,
    "facts": facts,
    "link": link,
    "draft": draft,
    "snooze": sleep,
    "spam": spam,
    "merge": join,
    "unmerge": part,
    "split": split,
    "redact": strike_out,
}


def bulk(visit: Visit, tx: Tx, wish: Mapping[str, str], chosen: Sequence[tuple[int, int]]) -> None:
    """
    Do one thing to many cases: to all of them, or to none.

    Args:
        chosen: Number and version of each case.
    """
    reason = wish.get("close_reason") or None
    wishes: Mapping[str, Callable[[Case], dict[str, Any]]] = {
        "assign": lambda _: {"assignee": wish.get("assignee") or None},
        "transfer": lambda _: {"team": wish.get("team", "")},
        "priority": lambda _: {"priority": wish.get("priority", "")},
        "tag": lambda case: {"tags": (*case.tags, wish.get("tag", ""))},
        "resolve": lambda case: {"status": "resolved", "close_reason": reason if case.last_reply == 0 or reason != "answered" else None},
        "close": lambda _: {"status": "closed"},
    }
    who = with_queues(directory_of(tx), visit.service.manifest.current)
    act = wish.get("act", "")
    if act != "spam" and act not in wishes:
        raise DeskError(422, "unknown_value")

    def step(case: Case) -> tuple[Event, ...]:
        return mark_spam(case, visit.act) if act == "spam" else change(case, visit.act, Wish(wishes[act](case)), who)

    for number, version in chosen:
        _act(Form(visit, number, {"version": str(version)}), tx, "spam" if act == "spam" else "work", [step])


def _changes(form: Form, tx: Tx, wish: Mapping[str, Any], note_id: str = "") -> Step:
    """Make the step that brings fields of a case to what is wished, as the agents' API does."""
    who = with_queues(directory_of(tx), form.visit.service.manifest.current)
    return lambda case: change(case, form.how, Wish(wish), who, note_id)


def _act(form: Form, tx: Tx, verb: Verb, steps: Sequence[Step], wrote: Sequence[Message] = ()) -> None:
    """Take steps one after the other, in one act: the case is locked, and still one that this agent may change."""

    def do(case: Case) -> tuple[Event, ...]:
        if answer := answer_to(form.visit.agent, verb, case):
            raise refusal(answer)
        events: tuple[Event, ...] = ()
        for step in steps:
            new = step(case)
            case, events = apply(case, new), events + new
        return events

    found = _allowed(form, tx, "read", form.number)
    cases.act(tx, found.id, form.how, do, seen=version_of(form.fields), wrote=wrote)


def _allowed(form: Form, tx: Tx, verb: Verb, number: int) -> Case:
    try:
        case = cases.case_by_number(tx, number)
    except NotThereError:
        raise DeskError(404, "not_found") from None
    if answer := answer_to(form.visit.agent, verb, case):
        raise refusal(answer)
    return case


def _hold_note(form: Form, tx: Tx) -> Message:
    """Make the note that says whom a case on hold waits for."""
    text = form.text("note", NOTE, required=False)
    if not text:
        raise RefusedError("hold_needs_note", "Write a note that says whom we wait for.", answer="invalid", field="note")
    return _message(form, tx, text, is_note=True)


def _message(form: Form, tx: Tx, text: str, *, is_note: bool) -> Message:
    case = _allowed(form, tx, "read", form.number)
    return Message(form.message(), case.id, "note" if is_note else "public", "agent", form.visit.agent.id, text, form.visit.now)

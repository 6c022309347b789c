"""The agents' API on cases: lists, one case, its messages, events and linked articles, merges."""

from __future__ import annotations

import hashlib
from typing import Any, cast

from starlette.responses import JSONResponse, Response

from feedback_service.can import visible_to
from feedback_service.changes import change, read_wish, with_queues
from feedback_service.domain import Act, Case, Event, Message, Particulars, apply
from feedback_service.domain.acts import Linked, link_article
from feedback_service.domain.joins import merge, unmerge
from feedback_service.domain.messages import note, reply
from feedback_service.domain.moves import mark_spam
from feedback_service.domain.nouns import LINK_KINDS, PRIORITIES, LinkKind, Priority
from feedback_service.http.agents_api import Call, Entry, check_still, find_case
from feedback_service.http.agents_json import case_json, event_json, file_json, listed_json, message_json
from feedback_service.http.bodies import canonical
from feedback_service.intake import BODY, Complaint, FormError, case_form
from feedback_service.rules import Directory
from feedback_service.store import Tx, cases, queue
from feedback_service.store.agents import directory_of
from feedback_service.store.cases import Acted, NewCase
from feedback_service.store.people import new_id
from feedback_service.texts import TextError, clean_text

_FILTERS = ("view", "words", "status", "priority", "team", "assignee", "tag", "sort", "page")
LONGEST_FILTER = 200
MESSAGE_KINDS = ("public", "note")


async def list_cases(call: Call) -> Response:
    """List the cases that the agent sees, 50 a page."""
    wish = _list_wish(call)
    found = await call.service.store.read_soon(queue.find, visible_to(call.actor), call.actor.id, wish, call.service.now())
    return JSONResponse({"cases": [listed_json(each) for each in found.rows], "total": found.total, "page": wish.page})


async def new_case(call: Call) -> Response:
    """Open a case by hand: for somebody who called, wrote a letter, or stands at the counter."""
    fields = dict(call.fields)
    team, priority = fields.pop("team", None), fields.pop("priority", "normal")
    if priority not in PRIORITIES:
        raise FormError({"priority": Complaint("unknown_value", allowed=PRIORITIES)})
    form = case_form(fields, call.service.manifest.current.known, needs_email=False)
    told = Particulars(form.subject, form.body, form.name, form.email, source_query=form.query)
    locale = form.locale or call.service.settings.locale
    how = call.act

    def opened(tx: Tx) -> Acted:
        if team is not None and team not in (known := tuple(_who(tx, call).teams)):  # JSON may hold a list, which no mapping looks up
            raise FormError({"team": Complaint("unknown_team", allowed=tuple(sorted(known)))})
        new = NewCase(
            told,
            locale,
            "manual",
            form.type,
            cast("Priority", priority),
            team=team,
            source_article=form.article,
            source_revision=form.revision,
            dropped=form.dropped,
        )
        return cases.open_case(tx, new, how)

    acted = await call.service.store.write_soon(opened)
    return JSONResponse(case_json(acted.case), 201)


async def read_case(call: Call) -> Response:
    """Give everything about a case but its messages and events."""
    file = await call.service.store.read_soon(cases.case_file, call.one.id, call.service.now())
    return JSONResponse(file_json(file))


async def change_case(call: Call) -> Response:
    """Change fields of a case: all that are named, or none.  Needs the version that the decision was made on."""
    seen, how = call.seen, call.act
    wish = read_wish(call.fields, ignored=("version",))
    wrote = [_message(call, "note", wish.note, how)] if wish.note else []

    def changed(tx: Tx) -> Acted:
        who = _who(tx, call)

        def do(case: Case) -> tuple[Event, ...]:
            check_still(call, "work", case)
            noted = note(case, how, wrote[0].id) if wrote else ()
            return (*noted, *change(apply(case, noted), how, wish, who, wrote[0].id if wrote else ""))

        return cases.act(tx, call.one.id, how, do, seen=seen, wrote=wrote)

    acted = await call.service.store.write_soon(changed)
    return JSONResponse(case_json(acted.case))


async def list_messages(call: Call) -> Response:
    """Give the messages of a case and of those merged into it, by time."""
    file = await call.service.store.read_soon(cases.case_file, call.one.id, call.service.now())
    return JSONResponse({"messages": [message_json(each) for each in file.messages]})


async def write_message(call: Call) -> Response:
    """
    Write to the requester ("public"), or a note that they never see.

    With an `Idempotency-Key` the same message sent twice is one; another under the same key is refused (422).
    """
    kind, how = call.fields.get("kind", "public"), call.act
    if kind not in MESSAGE_KINDS:
        raise FormError({"kind": Complaint("unknown_value", allowed=MESSAGE_KINDS)})
    unknown = {
        name[:50].encode("utf-8", "replace").decode(): Complaint("unknown_field")
        for name in call.fields
        if name not in {"kind", "text", "version"}
    }
    text = call.fields.get("text", "")
    if unknown or not isinstance(text, str):
        raise FormError(unknown or {"text": Complaint("not_text")})
    try:
        cleaned = clean_text(text, BODY)
    except TextError as error:
        raise FormError({"text": Complaint(error.reason, error.limit)}) from None
    message = _message(call, kind, cleaned, how)
    seen = call.seen if "version" in call.fields else None

    def do(case: Case) -> tuple[Event, ...]:
        check_still(call, "work", case)
        return (note if kind == "note" else reply)(case, how, message.id)

    acted = await call.service.store.write_soon(cases.act, call.one.id, how, do, seen=seen, wrote=[message])
    return JSONResponse(message_json(message) | {"version": acted.case.version}, 201 if acted.events else 200)


async def list_events(call: Call) -> Response:
    """Give the history of a case."""
    events = await call.service.store.read_soon(cases.history_of, call.one.id)
    return JSONResponse({"events": [event_json(event) for event in events]})


async def list_links(call: Call) -> Response:
    """Give the articles that are linked to a case."""
    file = await call.service.store.read_soon(cases.case_file, call.one.id, call.service.now())
    return JSONResponse({"links": file_json(file)["links"]})


async def add_link(call: Call) -> Response:
    """Link an article that helped; twice is once."""
    known, wrong = call.service.manifest.current.known, dict[str, Complaint]()
    article, kind = call.fields.get("article"), call.fields.get("kind", "used")
    revision = call.fields.get("revision", "")
    of_today = known.articles.get(article) if isinstance(article, str) else None
    if of_today is None:
        wrong["article"] = Complaint("unknown_article")
    elif not isinstance(revision, str) or (revision and revision not in known.revisions.get(of_today, ())):
        wrong["revision"] = Complaint("unknown_revision")
    if kind not in LINK_KINDS:
        wrong["kind"] = Complaint("unknown_value", allowed=LINK_KINDS)
    if wrong or of_today is None:
        raise FormError(wrong)
    return await _act(call, lambda case: link_article(case, call.act, Linked(of_today, revision, cast("LinkKind", kind))), 201)


async def merge_into(call: Call) -> Response:
    """Close a case as a duplicate of another one, which the agent must be allowed to merge as well."""
    return await _join(call, undo=False)


async def unmerge_from(call: Call) -> Response:
    """Undo a merge."""
    return await _join(call, undo=True)


async def to_spam(call: Call) -> Response:
    """Close a case as spam."""
    return await _act(call, lambda case: mark_spam(case, call.act), verb="spam")


async def _act(call: Call, do: Any, status: int = 200, verb: Any = "work") -> Response:
    def checked(case: Case) -> tuple[Event, ...]:
        check_still(call, verb, case)
        return cast("tuple[Event, ...]", do(case))

    acted = await call.service.store.write_soon(cases.act, call.one.id, call.act, checked)
    return JSONResponse(case_json(acted.case), status)


async def _join(call: Call, *, undo: bool) -> Response:
    how, confirmed = call.act, call.fields.get("confirmed") is True

    def both(tx: Tx) -> Acted:
        other = find_case(tx, call, "merge", call.fields.get("case"))
        check_still(call, "merge", cases.case(tx, call.one.id))
        if undo:
            return cases.act_on_two(tx, call.one.id, other.id, how, lambda left, right: unmerge(left, right, how))[0]
        return cases.act_on_two(tx, call.one.id, other.id, how, lambda left, right: merge(left, right, how, confirmed=confirmed))[0]

    acted = await call.service.store.write_soon(both)
    return JSONResponse(case_json(acted.case))


def _who(tx: Tx, call: Call) -> Directory:
    return with_queues(directory_of(tx), call.service.manifest.current)


def _message(call: Call, kind: str, text: str, how: Act) -> Message:
    """Make a message of the agent; with an Idempotency-Key the same key (of a change: with the same body) makes the same id."""
    key = call.request.headers.get("idempotency-key", "")
    name = new_id(how.at)
    if key:
        body = canonical(call.fields) if call.request.method == "PATCH" else ""
        name = "k" + hashlib.sha256(f"{call.actor.id}\0{call.one.id}\0{key}\0{body}".encode("utf-8", "replace")).hexdigest()[:24]
    return Message(name, call.one.id, "note" if kind == "note" else "public", "agent", call.actor.id, text, how.at)


def _list_wish(call: Call) -> queue.Wish:
    """Read the filters of a list.  Raises: FormError: With every one that is unknown or wrong."""
    given = dict(call.request.query_params)
    wrong = {name[:50]: Complaint("unknown_field", allowed=_FILTERS) for name in given if name not in _FILTERS}
    wrong |= {name: Complaint("too_long", LONGEST_FILTER) for name in _FILTERS if len(given.get(name, "")) > LONGEST_FILTER}
    wrong |= {
        name: Complaint("control_characters") for name in _FILTERS if any(char < " " or char == "\x7f" for char in given.get(name, ""))
    }
    for name, known in (("view", queue.VIEWS), ("sort", queue.SORTS)):
        if name in given and given[name] not in known:
            wrong[name] = Complaint("unknown_value", allowed=known)
    page = given.get("page", "1")
    if not (page.isascii() and page.isdecimal() and 1 <= int(page[:9]) <= queue.DEEPEST):
        wrong["page"] = Complaint("unknown_value", queue.DEEPEST)
    if wrong:
        raise FormError(wrong)
    return queue.Wish(**{**{name: given[name] for name in _FILTERS if name in given}, "page": int(page)})  # type: ignore[arg-type]


ENTRIES = (
    Entry("GET", "/api/v1/cases", "read", "case", list_cases),
    Entry("POST", "/api/v1/cases/new", "create", "case", new_case),
    Entry("GET", "/api/v1/cases/{number}", "read", "case", read_case),
    Entry("PATCH", "/api/v1/cases/{number}", "work", "case", change_case),
    Entry("GET", "/api/v1/cases/{number}/messages", "read", "case", list_messages),
    Entry("POST", "/api/v1/cases/{number}/messages", "work", "case", write_message),
    Entry("GET", "/api/v1/cases/{number}/events", "read", "case", list_events),
    Entry("GET", "/api/v1/cases/{number}/links", "read", "case", list_links),
    Entry("POST", "/api/v1/cases/{number}/links", "work", "case", add_link),
    Entry("POST", "/api/v1/cases/{number}/merge", "merge", "case", merge_into),
    Entry("POST", "/api/v1/cases/{number}/unmerge", "merge", "case", unmerge_from),
    Entry("POST", "/api/v1/cases/{number}/spam", "spam", "case", to_spam),
)

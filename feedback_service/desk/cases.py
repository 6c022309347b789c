"""The queue and the page of a case: read, shown, acted on."""

from __future__ import annotations

import json
import re
from collections import OrderedDict
from dataclasses import replace
from urllib.parse import parse_qsl, quote, urlencode

from starlette.responses import HTMLResponse, Response

from feedback_service.accounts import Agent
from feedback_service.can import Answer, answer_to, answer_to_all, visible_to
from feedback_service.desk.acts import ACTS, Form, bulk
from feedback_service.desk.presence import Presence
from feedback_service.desk.render import page
from feedback_service.desk.request import DeskError, House, Visit, fields_of, frame_of, go, house_of, one_each, refusal
from feedback_service.desk.show import Seen, case_page, changes, digest_of, entries_of, row, teams_of
from feedback_service.desk.views import CasePage, Conflict, Draft, Filters, Present, Queue
from feedback_service.desk.views import File as Shown
from feedback_service.domain.acts import tidy_tag
from feedback_service.domain.nouns import PRIORITIES, STATUSES, Case, Event
from feedback_service.domain.refused import RefusedError
from feedback_service.http.agents_json import event_json, file_json, message_json
from feedback_service.mail.files import File
from feedback_service.mail.read import read_mail
from feedback_service.mail.take import attachment_of
from feedback_service.store import ChangedError, KeyReusedError, NotThereError, Tx, audit, cases, mailbox, outbox, queue
from feedback_service.store.cases import CaseFile
from feedback_service.store.people import new_id
from feedback_service.store.queue import Listed

MOST_LISTS = 1_000  # agents whose last list is remembered
_CHOSEN = re.compile(r"([0-9]{1,12}):([0-9]{1,9})")
_LINKS = {"status": STATUSES, "priority": PRIORITIES}


async def show_queue(visit: Visit, refused: str = "", query: str = "", status: int = 200) -> Response:
    """Show a list of cases."""
    filters = filters_of(visit, query)
    view = await _queue(visit, filters)
    lists: OrderedDict[str, tuple[str, tuple[int, ...]]] = visit.request.app.state.desk_lists
    lists[visit.agent.id] = view.query, tuple(each.number for each in view.rows)
    lists.move_to_end(visit.agent.id)
    if len(lists) > MOST_LISTS:
        lists.popitem(last=False)
    return await visit.page("queue", replace(view, refused=refused), "queue", status=status, saved=filters.view, q=filters.q)


async def rows(visit: Visit) -> Response:
    """Give the rows of a list, if they are others than those that the page has (204)."""
    view = await _queue(visit, filters_of(visit))
    if view.digest == visit.request.query_params.get("digest"):
        return Response(status_code=204)
    return HTMLResponse(page("parts/rows", await frame_of(visit, "queue"), view))


async def do_many(visit: Visit) -> Response:
    """Do one thing to all chosen cases, or to none."""
    posted = await fields_of(visit.request)
    fields, chosen = one_each(posted), [match for name, value in posted if name == "case" and (match := _CHOSEN.fullmatch(value))]
    back = fields.get("back", "")
    if not chosen:
        return await show_queue(visit, visit.words.text("refused.nothing_chosen"), back, 422)
    pairs = [(int(each[1]), int(each[2])) for each in chosen]

    def write(tx: Tx) -> None:
        found = [_or_none(tx, number) for number, _ in pairs]
        if answer := answer_to_all(visit.agent, "work", found):
            raise refusal(answer)
        bulk(visit, tx, fields, pairs)

    try:
        await visit.service.store.write_soon(write)
    except ChangedError as error:
        return await show_queue(visit, _says(visit, "changed", error.case.number), back, 409)
    except RefusedError as error:
        number = re.search(r"[0-9]+", error.message)
        return await show_queue(visit, _says(visit, error.reason, int(number[0]) if number else 0), back, 409)
    return go(f"/desk/?{urlencode(parse_qsl(back))}", "bulk")


async def show_case(visit: Visit, draft: Draft | None = None, status: int = 200) -> Response:
    """Show a case."""
    number = visit.request.path_params["number"]
    seen = await _seen(visit, number)
    chosen = visit.request.query_params.get("reply", "")
    message = new_id(visit.now)
    view = case_page(seen, draft or Draft(), message)
    if chosen and draft is None:
        text = next((reply.text for reply in view.replies if reply.id == chosen), "")
        view = replace(view, draft=Draft("reply", text))
    query, numbers = visit.request.app.state.desk_lists.get(visit.agent.id, ("view=open", ()))
    place = numbers.index(number) if number in numbers else -1
    before = numbers[place - 1] if place > 0 else 0
    after = numbers[place + 1] if 0 <= place < len(numbers) - 1 else 0
    view = replace(view, back=query, before=before, after=after)
    return await visit.page("case", view, "case", status=status, saved=filters_of(visit, query).view)


async def do(visit: Visit) -> Response:
    """Do something to a case."""
    number, act = visit.request.path_params["number"], visit.request.path_params["act"]
    if act not in ACTS:
        raise DeskError(404, "not_found")
    posted = await fields_of(visit.request)
    fields = one_each(posted)
    form = Form(visit, number, fields, {"message": tuple(value for name, value in posted if name == "message")})
    try:
        done = await visit.service.store.write_soon(lambda tx: ACTS[act](form, tx))
    except ChangedError as error:
        return await _conflict(visit, act, posted, error)
    except KeyReusedError:
        if act != "write":
            raise DeskError(409, "sent_before") from None
        draft = Draft("note" if fields.get("kind") == "note" else "reply", fields.get("text", ""), "sent_before")
        return await show_case(visit, draft, 409)
    except (RefusedError, DeskError) as error:
        if act != "write" or getattr(error, "status", 422) == 404:
            raise
        draft = Draft("note" if fields.get("kind") == "note" else "reply", fields.get("text", ""), error.reason)
        return await show_case(visit, draft, 409 if isinstance(error, RefusedError) else 422)
    return go(f"/desk/cases/{done.number}", done.word, done.fragment)


async def file(visit: Visit) -> Response:
    """Give a file that came with a mail: to be saved, never shown, and nothing in it runs."""
    params = visit.request.path_params
    message = "" if params["message"] == "-" else params["message"]

    def read(tx: Tx) -> File:
        return attachment_of(tx, _visible(tx, visit, params["number"]).id, message, params["digest"])

    found = await visit.service.store.read_soon(read)
    headers = {
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(found.name, safe='')}",
        "Content-Security-Policy": "default-src 'none'; sandbox",
    }
    return Response(found.content, media_type="application/octet-stream", headers=headers)


async def hand_over(visit: Visit) -> Response:
    """Give a case as a file: its facts, messages, notes included, and history, as the agents' API writes them."""
    number = visit.request.path_params["number"]

    def read(tx: Tx) -> CaseFile:
        return cases.case_file(tx, _visible(tx, visit, number).id, visit.now)

    found = await visit.service.store.read_soon(read)
    await visit.service.store.write_soon(audit.note, visit.agent.id, "case.exported", str(number), "", visit.now)
    whole = {
        **file_json(found),
        "messages": [message_json(each) for each in found.messages],
        "events": [event_json(each) for each in found.events],
    }
    text = json.dumps(whole, ensure_ascii=False, indent=1)
    headers = {"Content-Disposition": f'attachment; filename="case-{number}.json"'}
    return Response(text + "\n", media_type="application/json", headers=headers)


async def present(visit: Visit) -> Response:
    """Note that an agent has a case open; returns who else has."""
    fields = one_each(await fields_of(visit.request))
    case, house = await visit.service.store.read_soon(lambda tx: (_visible(tx, visit, visit.request.path_params["number"]), house_of(tx)))
    there = _present(visit, case, house, writing=fields.get("writing") == "yes")
    view = CasePage(case.number, 0, "", case.status, case.priority, "", "", case.channel, case.created_at, "", (), (), present=there)
    return HTMLResponse(page("parts/presence", await frame_of(visit, "case"), view))


def filters_of(visit: Visit, query: str = "") -> Filters:
    """Read what a list is narrowed down to, from the address or from *query*; what cannot be is left out."""
    asked = dict(parse_qsl(query)) if query else dict(visit.request.query_params)
    view = asked.get("view", "open")
    known = {name: asked[name] if asked.get(name) in values else "" for name, values in _LINKS.items()}
    page = asked.get("page", "1")
    return Filters(
        view if view in queue.VIEWS else "open",
        asked.get("q", "")[:200].strip(),
        **known,
        team=asked.get("team", "")[:100],
        assignee=asked.get("assignee", "")[:100],
        tag=tidy_tag(asked.get("tag", "")[:50]),
        sort=asked["sort"] if asked.get("sort") in queue.SORTS else "due",
        page=min(int(page), queue.DEEPEST) if page.isdecimal() and len(page) < 6 and int(page) > 0 else 1,
    )


async def _queue(visit: Visit, filters: Filters) -> Queue:
    wish = queue.Wish(
        filters.view,  # type: ignore[arg-type] # looked up in filters_of
        filters.q,
        filters.status,
        filters.priority,
        filters.team,
        filters.assignee,
        filters.tag,
        filters.sort,  # type: ignore[arg-type] # looked up in filters_of
        filters.page,
    )
    sight = visible_to(visit.agent)
    found, house = await visit.service.store.read_soon(lambda tx: (queue.find(tx, sight, visit.agent.id, wish, visit.now), house_of(tx)))
    shown = tuple(row(each, house, visit.now) for each in found.rows)
    given = {name: getattr(filters, name) for name in ("view", "q", "status", "priority", "team", "assignee", "tag")}
    query = urlencode({name: value for name, value in given.items() if value} | ({"sort": filters.sort} if filters.sort != "due" else {}))
    teams = teams_of(house, visit.service.manifest.current)
    pages = max(1, -(-found.total // queue.PAGE))
    return Queue(
        filters, shown, found.total, pages, teams, house.choices(house.directory.agents), digest_of(shown, found.total), query=query
    )


async def _seen(visit: Visit, number: int) -> Seen:
    def read(tx: Tx) -> tuple[CaseFile, House, tuple[Listed, ...], frozenset[str], tuple[Shown, ...]]:
        case = _visible(tx, visit, number)
        file = cases.case_file(tx, case.id, visit.now)
        failed = frozenset(mail.message for mail in outbox.mails_of(tx, case.id) if mail.state == "failed" and mail.message)
        return file, house_of(tx), queue.others_of(tx, visible_to(visit.agent), case), failed, _came(tx, case)

    file, house, others, failed, came = await visit.service.store.read_soon(read)
    bounced = failed | {str(event.after.get("message", "")) for event in file.events if event.type == "bounced"}
    there = _present(visit, file.case, house)
    manifest = visit.service.manifest.current
    return Seen(file, house, manifest, visit.agent, visit.words, visit.zone, visit.now, others, there, bounced, came)


def _came(tx: Tx, case: Case) -> tuple[Shown, ...]:
    """List the files of the mail that opened a case."""
    if case.channel != "email":
        return ()
    try:
        files = read_mail(mailbox.original_of(tx, case.id)).files
    except NotThereError:
        return ()
    return tuple(Shown(each.name, each.size, f"/desk/cases/{case.number}/files/-/{each.sha256}") for each in files if not each.refusal)


async def _conflict(visit: Visit, act: str, posted: list[tuple[str, str]], error: ChangedError) -> Response:
    """Show what happened meanwhile beside what was posted, which can be posted again on the case as it now is."""
    seen = await _seen(visit, error.case.number)
    new = {str(event.after.get("message", "")) for event in error.events}
    texts = tuple(entries_of((each for each in seen.file.messages if each.id in new), seen))
    kept = tuple((name, value) for name, value in posted if name not in {"version", "text"})
    mine = dict(posted).get("text", "")
    news = tuple(changes(_since(error.events), seen))
    case, told = seen.file.case, seen.file.told
    view = Conflict(case.number, case.version, told.subject, act, kept, news, texts, mine, case.locale)
    return await visit.page("conflict", view, "case", status=409)


def _since(events: tuple[Event, ...]) -> tuple[Event, ...]:
    return events[-50:]


def _present(visit: Visit, case: Case, house: House, *, writing: bool = False) -> tuple[Present, ...]:
    presence: Presence = visit.request.app.state.desk_presence
    there = presence.here(case.id, visit.agent.id, visit.now, writing=writing)
    return tuple(Present(house.name(each.agent), each.since, each.writing) for each in there)


def _visible(tx: Tx, visit: Visit, number: int) -> Case:
    case = _or_none(tx, number)
    answer: Answer = "missing" if case is None else answer_to(visit.agent, "read", case)
    if answer or case is None:
        raise refusal(answer or "missing")
    return case


def _or_none(tx: Tx, number: int) -> Case | None:
    try:
        return cases.case_by_number(tx, number)
    except NotThereError:
        return None


def _says(visit: Visit, reason: str, number: int) -> str:
    """Say why nothing was done to many cases, and at which one it failed."""
    words = visit.words
    said = words.text(f"refused.{reason}") if words.has(f"refused.{reason}") else reason
    return f"#{words.plain(number)}: {said}" if number else said


def sees_cases(agent: Agent) -> bool:
    """Tell whether somebody has a queue at all; a moderator has none."""
    return visible_to(agent) != visible_to(None)

"""The agents' API besides cases: reports, exports, accounts and tokens."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from starlette.responses import JSONResponse, Response

from feedback_service.accounts import ROLES, Agent, tokens
from feedback_service.accounts.nouns import LOGIN
from feedback_service.addresses import AddressError, parse_address
from feedback_service.can import visible_to
from feedback_service.exports import feedback_json
from feedback_service.http.agents_api import Call, Entry
from feedback_service.http.agents_json import agent_json, figure_json, plain, token_json
from feedback_service.intake import NAME, Complaint, FormError
from feedback_service.reports import Period, backlog, case_figures, deflection, helpfulness, misses, search_figures, trend
from feedback_service.signin import Doorkeeper
from feedback_service.store import NotThereError, Tx, audit, feedback
from feedback_service.store import agents as people
from feedback_service.store.queue import listed_in
from feedback_service.tables import Cell, csv_text
from feedback_service.texts import TextError, clean_line

LONGEST_PERIOD = timedelta(days=732)  # of a report or an export
MOST_TEAMS = 50

_CASE_COLUMNS = (
    "number", "status", "close_reason", "priority", "type", "category", "tags", "team", "assignee", "channel", "locale", "created_at",
    "first_response_at", "resolved_at", "closed_at", "reopened", "satisfaction", "source_article", "subject",
)  # fmt: skip
_RATING_COLUMNS = ("article", "revision", "locale", "helpful", "reason", "comment", "query", "state", "at")


async def who_am_i(call: Call) -> Response:
    """Tell whose token this is, and what it may do."""
    return JSONResponse(agent_json(call.actor) | {"reads_only": call.actor.reads_only})


async def report(call: Call) -> Response:
    """Give the figures of a period, each with its definition."""
    period, now = _period(call), call.service.now()

    def read(tx: Tx) -> dict[str, Any]:
        rows, searches = feedback.report_rows(tx, period), feedback.searches_in(tx, period)
        figures = (*case_figures(rows, period), *search_figures(searches), deflection(feedback.forms_in(tx, period)))
        scores = helpfulness(feedback.all_ratings(tx, period))
        return {
            "from": plain(period.start),
            "to": plain(period.end),
            "figures": [figure_json(figure) for figure in figures],
            "backlog": backlog(rows, now),
            "by_type": trend(rows, period, "type"),
            "by_category": trend(rows, period, "category"),
            "misses": [{"locale": locale, "query": query, "times": times} for locale, query, times in misses(searches)],
            "articles": [{"article": s.article, "revision": s.revision, "yes": s.yes, "no": s.no, "low": s.low.value} for s in scores],
        }

    return JSONResponse(await call.service.store.read_soon(read))


async def export_cases(call: Call) -> Response:
    """Give the cases that came in during a period, as far as the agent sees them; nothing of them names the requester."""
    period = _period(call)
    await _note(call, "export.cases", period)
    found = await call.service.store.read_soon(listed_in, visible_to(call.actor), period)
    rows = ({**{name: getattr(case, name) for name in _CASE_COLUMNS[:-1]}, "subject": subject} for case, subject in found)
    return _table(call, _CASE_COLUMNS, rows, "cases")


async def export_ratings(call: Call) -> Response:
    """Give the ratings of a period; addresses and voters are left out."""
    period = _period(call)
    await _note(call, "export.ratings", period)
    found = await call.service.store.read_soon(feedback.all_ratings, period)
    return _table(call, _RATING_COLUMNS, ({name: getattr(each, name) for name in _RATING_COLUMNS} for each in found), "ratings")


async def export_feedback(call: Call) -> Response:
    """Give the file that the next build of the portal reads."""
    now = call.service.now()
    period = Period(now - LONGEST_PERIOD, now + timedelta(seconds=1))

    def read(tx: Tx) -> str:
        return feedback_json(feedback.all_ratings(tx), feedback.searches_in(tx, period), feedback.approved(tx), now)

    return Response(await call.service.store.read_soon(read), media_type="application/json")


async def list_agents(call: Call) -> Response:
    """Give everybody who works here, and who did."""
    found = await call.service.store.read_soon(people.all_agents)
    return JSONResponse({"agents": [agent_json(agent) for agent in found]})


async def new_agent(call: Call) -> Response:
    """Enter an agent.  The answer holds a secret, shown once, by which they set their password within 24 hours."""
    agent = _agent(call.fields, Agent("", "", frozenset()))
    login = call.fields.get("id")
    if not isinstance(login, str) or not LOGIN.fullmatch(login):
        raise FormError({"id": Complaint("bad_value")})
    agent, now = replace(agent, id=login), call.service.now()
    secret, token = tokens.password_token(secrets.token_bytes(32), agent, now)

    def both(tx: Tx) -> None:
        try:
            people.add_agent(tx, agent, now)
        except ValueError:
            raise FormError({"id": Complaint("taken")}) from None
        people.put_token(tx, token, now)
        audit.note(tx, call.actor.id, "agent.added", agent.id, " ".join(sorted(agent.roles)), now)

    await call.service.store.write_soon(both)
    return JSONResponse(agent_json(agent) | {"password_secret": secret, "expires_at": plain(token.expires_at)}, 201)


async def change_agent(call: Call) -> Response:
    """Change an account; other roles, or leaving, end its sessions.  Nobody takes admin from themselves, so that one is always left."""
    login = call.request.path_params["login"]
    if "id" in call.fields:
        raise FormError({"id": Complaint("unknown_field")})

    def changed(tx: Tx) -> Agent:
        before = people.agent_of(tx, login)
        if before is None:
            raise NotThereError
        after = _agent(call.fields, before)
        if before.id == call.actor.id and (after.disabled or "admin" not in after.roles):
            raise FormError({"disabled" if after.disabled else "roles": Complaint("not_yourself")})
        people.change_agent(tx, after)
        audit.note(tx, call.actor.id, "agent.changed", after.id, _differences(before, after), call.service.now())
        return after

    return JSONResponse(agent_json(await call.service.store.write_soon(changed)))


async def list_audit(call: Call) -> Response:
    """Give what was done besides cases, the newest first, 100 at a time; `before` takes a `seq`."""
    before = call.request.query_params.get("before", "")
    if before and not (before.isascii() and before.isdecimal() and len(before) < 16):
        raise FormError({"before": Complaint("not_a_number")})
    found = await call.service.store.read_soon(audit.entries, before=int(before) if before else None)
    rows = [{"seq": e.seq, "at": plain(e.at), "actor": e.actor, "act": e.act, "object": e.object, "detail": e.detail} for e in found]
    return JSONResponse({"entries": rows})


async def list_tokens(call: Call) -> Response:
    """Give the API tokens of this agent."""
    found = await call.service.store.read_soon(people.tokens_of, call.actor.id)
    return JSONResponse({"tokens": [token_json(token) for token in found]})


async def new_token(call: Call) -> Response:
    """Make another token for the same agent; its secret is in the answer and nowhere else.  One that only reads makes none."""
    if call.actor.reads_only:
        raise NotThereError
    label, reads_only = _line(call.fields, "label", 100), call.fields.get("reads_only", False)
    if not isinstance(reads_only, bool):
        raise FormError({"reads_only": Complaint("not_true_or_false")})
    secret, token = await Doorkeeper(call.service.store, clock=call.service.now).new_token(call.actor, label, reads_only=reads_only)
    return JSONResponse(token_json(token) | {"secret": secret}, 201)


async def revoke_token(call: Call) -> Response:
    """End a token of this agent, by its id."""
    wanted = call.request.path_params["id"]
    if call.actor.reads_only:
        raise NotThereError

    def revoked(tx: Tx) -> None:
        found = [token for token in people.tokens_of(tx, call.actor.id) if token.key[:16] == wanted]
        if not found or not people.revoke_token(tx, found[0].key, call.service.now()):
            raise NotThereError
        audit.note(tx, call.actor.id, "token.revoked", wanted, found[0].label, call.service.now())

    await call.service.store.write_soon(revoked)
    return Response(status_code=204)


async def _note(call: Call, act: str, period: Period) -> None:
    """Write down that data left the house."""
    said = f"{period.start.date()} {period.end.date()}"
    await call.service.store.write_soon(audit.note, call.actor.id, act, "", said, call.service.now())


def _differences(before: Agent, after: Agent) -> str:
    """Say which rights changed, for the trail; names and addresses only that they did."""
    said = [
        f"{name}={' '.join(sorted(getattr(after, name)))}" for name in ("roles", "teams") if getattr(before, name) != getattr(after, name)
    ]
    said += [name for name in ("name", "email", "locale") if getattr(before, name) != getattr(after, name)]
    return "; ".join([*said, *([f"disabled={after.disabled}"] if before.disabled != after.disabled else [])])


def _period(call: Call) -> Period:
    """Read from and to, days in UTC, both of them counted; the last 30 days where nothing is said."""
    given = dict(call.request.query_params)
    wrong = {
        name[:50]: Complaint("unknown_field", allowed=("from", "to", "format")) for name in given if name not in {"from", "to", "format"}
    }
    if given.get("format", "json") not in {"json", "csv"}:
        wrong["format"] = Complaint("unknown_value", allowed=("json", "csv"))
    today = call.service.now().date()
    days = {"to": today, "from": today - timedelta(days=29)}
    for name in ("from", "to"):
        try:
            days[name] = date.fromisoformat(given[name][:10]) if name in given else days[name]
        except ValueError:
            wrong[name] = Complaint("not_a_day")
    if not wrong and not timedelta() <= days["to"] - days["from"] <= LONGEST_PERIOD:
        wrong["from"] = Complaint("bad_period", LONGEST_PERIOD.days)
    if not wrong and not 1970 < days["from"].year <= days["to"].year < 3000:
        wrong["from"] = Complaint("not_a_day")
    if wrong:
        raise FormError(wrong)
    start, end = (datetime.combine(day, time(), UTC) for day in (days["from"], days["to"] + timedelta(days=1)))
    return Period(start, end)


def _table(call: Call, columns: Sequence[str], rows: Iterable[dict[str, Any]], name: str) -> Response:
    if call.request.query_params.get("format") != "csv":
        return JSONResponse({name: [{key: plain(value) for key, value in row.items()} for row in rows]})
    text = csv_text(columns, ([_cell(row[column]) for column in columns] for row in rows))
    return Response("\ufeff" + text, media_type="text/csv", headers={"content-disposition": f'attachment; filename="{name}.csv"'})


def _cell(value: Any) -> Cell:
    value = plain(value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return " ".join(map(str, value)) if isinstance(value, list) else value


def _agent(fields: dict[str, Any], before: Agent) -> Agent:
    """Read the fields of an account; what is missing stays.  Raises: FormError: With the first field that is wrong."""
    names = ("id", "name", "roles", "teams", "locale", "email", "disabled")
    if unknown := {
        name[:50].encode("utf-8", "replace").decode(): Complaint("unknown_field", allowed=names) for name in fields if name not in names
    }:
        raise FormError(unknown)
    readers: dict[str, Callable[[], Any]] = {
        "name": lambda: _line(fields, "name", NAME),
        "roles": lambda: _words(fields, "roles", ROLES),
        "teams": lambda: _words(fields, "teams", None),
        "locale": lambda: _line(fields, "locale", 35),
        "email": lambda: _address(fields),
        "disabled": lambda: _flag(fields, "disabled"),
    }
    after = replace(before, **{name: read() for name, read in readers.items() if name in fields})
    for name in ("name", "roles"):
        if not getattr(after, name):
            raise FormError({name: Complaint("required")})
    return after


def _line(fields: dict[str, Any], name: str, limit: int) -> str:
    value = fields.get(name)
    if not isinstance(value, str):
        raise FormError({name: Complaint("required" if value is None else "not_text")})
    try:
        return clean_line(value, limit)
    except TextError as error:
        raise FormError({name: Complaint(error.reason, error.limit)}) from None


def _words(fields: dict[str, Any], name: str, known: tuple[str, ...] | None) -> frozenset[str]:
    value = fields[name]
    if not isinstance(value, list) or len(value) > MOST_TEAMS or not all(isinstance(each, str) for each in value):
        raise FormError({name: Complaint("not_a_list_of_texts", MOST_TEAMS)})
    if any(each not in known if known else not LOGIN.fullmatch(each) for each in value):
        raise FormError({name: Complaint("unknown_value" if known else "bad_value", allowed=known or ())})
    return frozenset(value)


def _address(fields: dict[str, Any]) -> str:
    value = fields["email"]
    if not isinstance(value, str):
        raise FormError({"email": Complaint("not_text")})
    try:
        return parse_address(value) if value else ""
    except AddressError as error:
        raise FormError({"email": Complaint(error.reason)}) from None


def _flag(fields: dict[str, Any], name: str) -> bool:
    if not isinstance(fields[name], bool):
        raise FormError({name: Complaint("not_true_or_false")})
    return bool(fields[name])


ENTRIES = (
    Entry("GET", "/api/v1/me", "read", "agent", who_am_i),
    Entry("GET", "/api/v1/me/tokens", "read", "agent", list_tokens),
    Entry("POST", "/api/v1/me/tokens", "read", "agent", new_token),
    Entry("DELETE", "/api/v1/me/tokens/{id}", "read", "agent", revoke_token),
    Entry("GET", "/api/v1/reports", "read", "report", report),
    Entry("GET", "/api/v1/exports/cases", "read", "export", export_cases),
    Entry("GET", "/api/v1/exports/ratings", "read", "export", export_ratings),
    Entry("GET", "/api/v1/exports/feedback.json", "read", "export", export_feedback),
    Entry("GET", "/api/v1/audit", "read", "audit", list_audit),
    Entry("GET", "/api/v1/agents", "read", "agent", list_agents),
    Entry("POST", "/api/v1/agents", "change", "agent", new_agent),
    Entry("PATCH", "/api/v1/agents/{login}", "change", "agent", change_agent),
)

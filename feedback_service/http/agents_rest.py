"""The agents' API besides cases and accounts: reports and exports."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from starlette.responses import JSONResponse, Response

from feedback_service.can import visible_to
from feedback_service.exports import feedback_json
from feedback_service.http.agents_api import Call, Entry
from feedback_service.http.agents_json import figure_json, plain
from feedback_service.intake import Complaint, FormError
from feedback_service.reports import Period, backlog, case_figures, deflection, helpfulness, search_figures, trend
from feedback_service.store import Tx, audit, counting, feedback
from feedback_service.store.queue import listed_in
from feedback_service.tables import Cell, csv_text

LONGEST_PERIOD = timedelta(days=732)  # of a report or an export

_CASE_COLUMNS = (
    "number", "status", "close_reason", "priority", "type", "category", "tags", "team", "assignee", "channel", "locale", "created_at",
    "first_response_at", "resolved_at", "closed_at", "reopened", "satisfaction", "source_article", "subject",
)  # fmt: skip
_RATING_COLUMNS = ("article", "revision", "locale", "helpful", "reason", "comment", "query", "state", "at")


async def report(call: Call) -> Response:
    """Give the figures of a period, each with its definition."""
    period, now = _period(call), call.service.now()

    def read(tx: Tx) -> dict[str, Any]:
        forms = deflection(counting.forms_in(tx, period))
        figures = (*case_figures(counting.cases_in(tx, period)), *search_figures(counting.search_counts(tx, period)), forms)
        scores = helpfulness(counting.votes_in(tx, period))
        return {
            "from": plain(period.start),
            "to": plain(period.end),
            "figures": [figure_json(figure) for figure in figures],
            "backlog": backlog(counting.ages_of(tx, period, now)),
            "by_type": trend(counting.days_of(tx, period, "type")),
            "by_category": trend(counting.days_of(tx, period, "category")),
            "misses": [{"locale": locale, "query": query, "times": times} for locale, query, times in feedback.misses_in(tx, period)],
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


async def _note(call: Call, act: str, period: Period) -> None:
    """Write down that data left the house."""
    said = f"{period.start.date()} {period.end.date()}"
    await call.service.store.write_soon(audit.note, call.actor.id, act, "", said, call.service.now())


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
            days[name] = date.fromisoformat(given[name]) if name in given else days[name]
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


ENTRIES = (
    Entry("GET", "/api/v1/reports", "read", "report", report),
    Entry("GET", "/api/v1/exports/cases", "read", "export", export_cases),
    Entry("GET", "/api/v1/exports/ratings", "read", "export", export_ratings),
    Entry("GET", "/api/v1/exports/feedback.json", "read", "export", export_feedback),
)

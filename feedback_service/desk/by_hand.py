"""A case by hand: after a call, or for somebody at the counter."""

from __future__ import annotations

from typing import TYPE_CHECKING

from feedback_service.addresses import AddressError, parse_address
from feedback_service.desk.acts import SUBJECT, TEXT
from feedback_service.desk.boards import NewCase
from feedback_service.desk.request import Visit, fields_of, go, house_of, one_each
from feedback_service.desk.show import teams_of
from feedback_service.desk.views import Choice
from feedback_service.desk.words import LOCALES
from feedback_service.domain.acts import assign
from feedback_service.domain.nouns import CASE_TYPES, PRIORITIES, Particulars
from feedback_service.domain.refused import RefusedError
from feedback_service.intake import NAME
from feedback_service.store import Tx, cases
from feedback_service.store.agents import directory_of
from feedback_service.texts import TextError, clean_line, clean_text

if TYPE_CHECKING:
    from starlette.responses import Response


async def new_case(visit: Visit, values: dict[str, str] | None = None, wrong: dict[str, str] | None = None) -> Response:
    """Show the form for a case by hand."""
    house = await visit.service.store.read_soon(house_of)
    blank = dict.fromkeys(("name", "email", "subject", "body", "team", "assignee"), "")
    typed = {**blank, "priority": "normal", "type": "problem", "locale": visit.locale, **(values or {})}
    locales = {*LOCALES, *visit.service.manifest.current.known.locales}
    view = NewCase(
        teams_of(house, visit.service.manifest.current),
        house.choices(house.directory.agents),
        tuple(Choice(name, visit.words.language(name)) for name in sorted(locales)),
        typed,
        wrong or {},
    )
    return await visit.page("new_case", view, "new", status=422 if wrong else 200)


async def make_case(visit: Visit) -> Response:
    """Open a case by hand, and assign it."""
    fields = one_each(await fields_of(visit.request))
    told, wrong = _told(fields)
    for name, allowed in (("priority", PRIORITIES), ("type", CASE_TYPES), ("locale", None)):
        if allowed is not None and fields.get(name) not in allowed:
            wrong[name] = "unknown_value"
    house = await visit.service.store.read_soon(house_of)
    if (team := fields.get("team", "")) and team not in {each.value for each in teams_of(house, visit.service.manifest.current)}:
        wrong["team"] = "unknown_team"
    if wrong:
        return await new_case(visit, fields, wrong)
    locale = fields.get("locale", "")
    new = cases.NewCase(
        told=told,
        locale=locale if locale in {*LOCALES, *visit.service.manifest.current.known.locales} else visit.locale,
        channel="manual",
        type=fields["type"],  # type: ignore[arg-type] # looked up above
        priority=fields["priority"],  # type: ignore[arg-type] # looked up above
        team=team or None,
    )

    def write(tx: Tx) -> int:
        acted = cases.open_case(tx, new, visit.act)
        if assignee := fields.get("assignee"):
            members = directory_of(tx).members(new.team)
            cases.act(tx, acted.case.id, visit.act, lambda case: assign(case, visit.act, assignee, members))
        return acted.case.number

    try:
        number = await visit.service.store.write_soon(write)
    except RefusedError as error:
        return await new_case(visit, fields, {error.field or "team": error.reason})
    return go(f"/desk/cases/{number}", "created")


def _told(fields: dict[str, str]) -> tuple[Particulars, dict[str, str]]:
    """Read what a requester told an agent."""
    wrong: dict[str, str] = {}
    found = {"subject": "", "body": "", "name": "", "email": ""}
    for name, limit in (("subject", SUBJECT), ("body", TEXT), ("name", NAME)):
        try:
            clean = clean_text if name == "body" else clean_line
            found[name] = clean(fields.get(name, ""), limit, required=name != "name")
        except TextError as error:
            wrong[name] = error.reason
    try:
        found["email"] = parse_address(fields["email"]) if fields.get("email", "").strip() else ""
    except AddressError as error:
        wrong["email"] = error.reason
    return Particulars(found["subject"], found["body"], found["name"], found["email"]), wrong

"""One person's data, for admins: what is kept, as a file to hand over, and their erasure, which wants the address typed once more."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from feedback_service import care
from feedback_service.addresses import AddressError, key_of, parse_address
from feedback_service.can import can
from feedback_service.desk.boards import Person
from feedback_service.desk.request import Visit, fields_of, one_each

SWEEP = 5.0  # seconds to wait for who still reads what was erased: a page is waiting


async def ask(visit: Visit) -> Response:
    """Ask for an address; it never stands in the address of a page, which logs and browsers keep."""
    return await visit.page("person", Person(), "people")


async def find(visit: Visit) -> Response:
    """Show what is kept of a person."""
    return await _about(visit, one_each(await fields_of(visit.request)).get("address", ""))


async def hand_over(visit: Visit) -> Response:
    """Give everything that is kept of a person as a file."""
    address = one_each(await fields_of(visit.request)).get("address", "")
    if refused := _complaint(address):
        return await _asked_again(visit, address, refused)
    body = await run_in_threadpool(care.person_packed, visit.service.store, address, visit.agent.id, visit.now)
    headers = {"Content-Disposition": 'attachment; filename="person.zip"'}
    return Response(body, media_type="application/zip", headers=headers)


async def erase(visit: Visit) -> Response:
    """Erase a person, if the address was typed once more."""
    fields = one_each(await fields_of(visit.request))
    address, typed = fields.get("address", ""), fields.get("typed", "")
    if refused := _complaint(address):
        return await _asked_again(visit, address, refused)
    if _complaint(typed) or key_of(parse_address(typed)) != key_of(parse_address(address)):
        return await _about(visit, address, "not_typed")
    done = await run_in_threadpool(care.erase_person, visit.service.store, address, visit.agent.id, visit.now, SWEEP)
    counts = (("cases", done.cases), ("messages", done.messages), ("others", done.others))
    return await visit.page("person", Person("", counts, "erased", is_swept=done.is_swept), "people")


async def _about(visit: Visit, address: str, wrong: str = "") -> Response:
    if refused := _complaint(address):
        return await _asked_again(visit, address, refused)
    counts = await run_in_threadpool(care.reach_of, visit.service.store, address)
    may_erase = can(visit.agent, "erase", "person")
    view = Person(address.strip(), tuple(counts.items()), "found", may_erase, wrong=wrong)
    return await visit.page("person", view, "people", status=422 if wrong else 200)


async def _asked_again(visit: Visit, address: str, refused: str) -> Response:
    return await visit.page("person", Person(address[:300], wrong=refused), "people", status=422)


def _complaint(address: str) -> str:
    """Say why something is no address: a word of [refused]."""
    try:
        parse_address(address)
    except AddressError as error:
        return error.reason
    return ""

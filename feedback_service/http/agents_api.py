"""
The agents' API: what other programs do with cases, under `/api/v1/`, by a token of an agent.

The table of entries is the whole of it: each names the verb and the kind of thing that `can` is asked about before anything is read, and a
test walks it with every role.  What a token's agent may not see is not there (404).
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from feedback_service.accounts import Agent
from feedback_service.can import Kind, Verb, answer_to
from feedback_service.domain import Act, Actor, Case
from feedback_service.http.agents_json import event_json
from feedback_service.http.bodies import read_fields
from feedback_service.http.problems import Problem
from feedback_service.http.service import Service, service_of
from feedback_service.intake import Complaint, FormError
from feedback_service.signin import Doorkeeper
from feedback_service.store import ChangedError, NotThereError, Tx, cases

Method = Literal["GET", "POST", "PATCH", "DELETE"]
_LARGEST_NUMBER = 10**15
_NUMBER = re.compile(r"[1-9][0-9]{0,14}")


class _NoTokenError(Exception):
    """Nobody came, or nobody whom we know."""


@dataclass(frozen=True, slots=True)
class Call:
    """One request that came through: who asks, about which case, with which fields."""

    service: Service
    request: Request
    actor: Agent
    fields: dict[str, Any]
    case: Case | None = None

    @property
    def act(self) -> Act:
        """The circumstances of what the agent does now."""
        return Act(Actor("agent", self.actor.id), self.service.now(), self.request.state.request_id)

    @property
    def one(self) -> Case:
        """The case of an address that names one."""
        assert self.case is not None
        return self.case

    @property
    def seen(self) -> int:
        """The version that a change was decided on.  Raises: FormError: If it is missing or no number."""
        version = self.fields.get("version")
        if isinstance(version, bool) or not isinstance(version, int):
            raise FormError({"version": Complaint("required" if version is None else "not_a_number")})
        return version


@dataclass(frozen=True, slots=True)
class Entry:
    """One method of one address: what `can` is asked, and what answers."""

    method: Method
    path: str
    verb: Verb
    kind: Kind
    run: Callable[[Call], Awaitable[Response]]

    @property
    def is_about_a_case(self) -> bool:
        """Tell whether the address names a case, which `can` is asked about then."""
        return "{number" in self.path


def routes(entries: Sequence[Entry]) -> list[Route]:
    """Make the routes of a table: one for each address, so that another method is answered by those there are (405)."""
    by_path: dict[str, dict[str, Entry]] = {}
    for entry in entries:
        by_path.setdefault(entry.path, {})[entry.method] = entry
    return [Route(path, _endpoint(methods), methods=[*methods]) for path, methods in by_path.items()]


def _endpoint(methods: dict[str, Entry]) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        try:
            return await _serve(methods["GET" if request.method == "HEAD" else request.method], request)
        except _NoTokenError:
            said = {"code": "no_token", "message": "Send a token that is good: Authorization: Bearer kb_…"}
            return JSONResponse(said, 401, headers={"www-authenticate": "Bearer"})
        except ChangedError as error:
            now = {"case": error.case.number, "version": error.case.version}
            return JSONResponse(
                {"code": "changed", "message": str(error), **now, "events": [event_json(event) for event in error.events]}, 409
            )

    return endpoint


async def _serve(entry: Entry, request: Request) -> Response:
    service = service_of(request)
    actor = await Doorkeeper(service.store, clock=service.now).bearer(request.headers.get("authorization", ""))
    if actor is None:
        raise _NoTokenError
    _check(actor, entry.verb, entry.kind)
    fields = await read_fields(request) if request.method not in {"GET", "HEAD", "DELETE"} else {}
    if not entry.is_about_a_case:
        return await entry.run(Call(service, request, actor, fields))
    number = request.path_params["number"]
    if not _NUMBER.fullmatch(number):
        raise NotThereError
    case = await service.store.read_soon(cases.case_by_number, int(number))
    _check(actor, entry.verb, case)
    return await entry.run(Call(service, request, actor, fields, case))


def check_still(call: Call, verb: Verb, case: Case) -> None:
    """Ask `can` once more inside the transaction that writes: the case may have gone to another team since it was read."""
    _check(call.actor, verb, case)


def find_case(tx: Tx, call: Call, verb: Verb, number: Any) -> Case:
    """Find another case that a call names by its number.  Raises: NotThereError, FormError, Problem."""
    if isinstance(number, bool) or not isinstance(number, int) or not 0 < number < _LARGEST_NUMBER:
        raise FormError({"case": Complaint("not_a_number")})
    case = cases.case_by_number(tx, number)
    _check(call.actor, verb, case)
    return case


def _check(actor: Agent, verb: Verb, thing: Kind | Case) -> None:
    match answer_to(actor, verb, thing):
        case "missing":
            raise NotThereError
        case "forbidden":
            raise Problem(403, "forbidden", "The agent of this token may not do that.")

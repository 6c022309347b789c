"""
The addresses of the desk, one row each: what is asked of `can` before anything is read stands in the table.

Every row but the sign-in needs a session; what changes something is a POST from a page of ours (security.md, T6).
"""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from pathlib import PurePosixPath
from typing import TYPE_CHECKING
from urllib.parse import quote

from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route

from feedback_service.accounts import Agent, Session
from feedback_service.accounts.sessions import COOKIE
from feedback_service.can import Kind, Verb
from feedback_service.desk import accounts, by_hand, cases, guard, people, rooms, trail
from feedback_service.desk.boards import SignIn
from feedback_service.desk.presence import Presence
from feedback_service.desk.render import PREFIX, TYPES, assets, digest, page
from feedback_service.desk.request import DeskError, Visit, check_origin, fields_of, go, one_each, problem_page, stranger
from feedback_service.desk.words import nearest
from feedback_service.domain.refused import RefusedError
from feedback_service.http.service import service_of
from feedback_service.signin import Doorkeeper, SignInError
from feedback_service.store import NotThereError, UnavailableError

if TYPE_CHECKING:
    from starlette.datastructures import State
    from starlette.requests import Request

_NEXT = re.compile(r"/desk/[A-Za-z0-9/?=&._%-]{0,300}")
_ANSWERS = {"conflict": 409, "invalid": 422, "forbidden": 403}


@dataclass(frozen=True, slots=True)
class Door:
    """One address: how it is asked, who answers, and what `can` is asked first; "" needs a session and nothing else."""

    method: str
    path: str
    handler: Callable[[Visit], Awaitable[Response]]
    verb: Verb | None = None
    kind: Kind | None = None
    enrol: bool = False  # also for an admin who has yet to set up a second factor


DOORS: tuple[Door, ...] = (
    Door("GET", "/", cases.show_queue, "read", "case"),
    Door("GET", "/rows", cases.rows, "read", "case"),
    Door("POST", "/bulk", cases.do_many, "work", "case"),
    Door("GET", "/cases/new", by_hand.new_case, "create", "case"),
    Door("POST", "/cases/new", by_hand.make_case, "create", "case"),
    Door("GET", "/cases/{number:int}", cases.show_case, "read", "case"),
    Door("GET", "/cases/{number:int}/files/{message}/{digest}", cases.file, "read", "case"),
    Door("GET", "/cases/{number:int}/export", cases.hand_over, "read", "export"),
    Door("POST", "/cases/{number:int}/presence", cases.present, "read", "case"),
    Door("POST", "/cases/{number:int}/{act}", cases.do, "work", "case"),
    Door("GET", "/triage", rooms.triage, "read", "feedback"),
    Door("POST", "/triage/{id:int}", rooms.move_vote, "triage", "feedback"),
    Door("GET", "/held", guard.held_back, "read", "held"),
    Door("POST", "/held/{id}", guard.decide, "decide", "held"),
    Door("GET", "/bans", guard.bans, "read", "ban"),
    Door("POST", "/bans", guard.add_ban, "change", "ban"),
    Door("POST", "/bans/end", guard.end_ban, "change", "ban"),
    Door("GET", "/reports", rooms.reports, "read", "report"),
    Door("GET", "/reports/{name}.csv", rooms.reports_csv, "read", "export"),
    Door("GET", "/settings", rooms.settings, "read", "settings"),
    Door("GET", "/accounts", accounts.accounts, "change", "agent"),
    Door("POST", "/accounts", accounts.enter, "change", "agent"),
    Door("GET", "/accounts/-", accounts.new_account, "change", "agent"),
    Door("GET", "/accounts/{login}", accounts.account, "change", "agent"),
    Door("POST", "/accounts/{login}", accounts.change, "change", "agent"),
    Door("POST", "/accounts/{login}/invite", accounts.invite, "change", "agent"),
    Door("POST", "/accounts/{login}/second-factor", accounts.drop_second_factor, "change", "agent"),
    Door("GET", "/people", people.ask, "read", "person"),
    Door("POST", "/people", people.find, "read", "person"),
    Door("POST", "/people/export", people.hand_over, "read", "person"),
    Door("POST", "/people/erase", people.erase, "erase", "person"),
    Door("GET", "/audit", trail.show, "read", "audit"),
    Door("GET", "/profile", rooms.profile, enrol=True),
    Door("POST", "/profile/look", rooms.look, enrol=True),
    Door("POST", "/profile/password", rooms.password),
    Door("POST", "/profile/totp", rooms.second_step, enrol=True),
)


def desk_routes() -> list[BaseRoute]:
    """Make the routes, all of them below /desk; the app's state is furnished by `furnish`."""
    routes = [Route(door.path, partial(_serve, door), methods=[door.method]) for door in DOORS]
    others = [
        Route("/-/{digest}/{name}", _asset, methods=["GET"]),
        Route("/sign-in", _sign_in_page, methods=["GET"]),
        Route("/sign-in", _sign_in, methods=["POST"]),
        Route("/sign-in/code", _sign_in_page, methods=["GET"]),
        Route("/sign-in/code", _code, methods=["POST"]),
        Route("/sign-in/new", _first_password_page, methods=["GET"]),
        Route("/sign-in/new", _first_password, methods=["POST"]),
        Route("/sign-out", _sign_out, methods=["POST"]),
    ]
    return [Mount(PREFIX, routes=[*others, *routes])]


def furnish(state: State, keeper: Doorkeeper) -> None:
    """Put what the desk keeps in memory into the state of the app, beside `service`."""
    state.doorkeeper, state.desk_presence = keeper, Presence()
    state.desk_lists, state.desk_counts = OrderedDict(), {}


async def _serve(door: Door, request: Request) -> Response:
    """Let a signed-in agent through one door."""
    service = service_of(request)
    found = await _session(request)
    locale = found[1].locale if found else ""
    try:
        check_origin(request, service)
        if found is None or (found[0].stage != "full" and not (door.enrol and found[0].stage == "enrol")):
            return _to_sign_in(request, found[0] if found else None)
        visit = Visit(request, service, found[1], service.now())
        if door.verb and door.kind:
            if door.path == "/" and not cases.sees_cases(visit.agent):
                return RedirectResponse(f"{PREFIX}/held", 303)
            visit.need(door.verb, door.kind)
        return await door.handler(visit)
    except DeskError as error:
        return problem_page(request, service, error, nearest(locale) if locale else "")
    except SignInError as error:
        if error.reason == "ended":
            return _to_sign_in(request, None)
        return problem_page(request, service, DeskError(429, "", message=error.reason), nearest(locale))
    except RefusedError as error:
        refused = DeskError(_ANSWERS[error.answer], error.reason, message=error.message, allowed=error.allowed)
        return problem_page(request, service, refused, nearest(locale))
    except NotThereError:
        return problem_page(request, service, DeskError(404, "not_found"), nearest(locale))
    except UnavailableError:
        return problem_page(request, service, DeskError(503, "busy"), nearest(locale))


async def _session(request: Request) -> tuple[Session, Agent] | None:
    cookie = request.cookies.get(COOKIE, "")
    keeper: Doorkeeper = request.app.state.doorkeeper
    return await keeper.session(cookie) if cookie else None


def _to_sign_in(request: Request, session: Session | None) -> Response:
    """Lead to the step of sign-in that is missing, and from there back to here."""
    if session is not None and session.stage == "second_factor":
        return RedirectResponse(f"{PREFIX}/sign-in/code", 303)
    if session is not None and session.stage == "enrol":
        return RedirectResponse(f"{PREFIX}/profile?totp=new", 303)
    here = f"{request.url.path}?{request.url.query}" if request.url.query else request.url.path
    wanted = f"?next={quote(here)}" if request.method == "GET" and _NEXT.fullmatch(here) and here != f"{PREFIX}/" else ""
    ended = "&ended=yes" if wanted and COOKIE in request.cookies else ""
    return RedirectResponse(f"{PREFIX}/sign-in{wanted}{ended}", 303)


async def _sign_in_page(request: Request) -> Response:
    service = service_of(request)
    step = "code" if request.url.path.endswith("/code") else "password"
    wrong = "ended" if request.query_params.get("ended") else ""
    view = SignIn("code" if step == "code" else "password", next=_next(request.query_params.get("next", "")), wrong=wrong)
    return HTMLResponse(page("sign_in", stranger(request, service), view))


async def _sign_in(request: Request) -> Response:
    """Take login and password."""
    service, keeper = service_of(request), request.app.state.doorkeeper
    try:
        check_origin(request, service)
        fields = one_each(await fields_of(request))
        after = _next(fields.get("next", ""))
        try:
            opened = await keeper.sign_in(
                fields.get("login", ""), fields.get("password", ""), request.state.client, request.cookies.get(COOKIE, "")
            )
        except SignInError as error:
            return _again(request, SignIn("password", fields.get("login", "")[:100], after, error.reason), error)
    except DeskError as error:
        return problem_page(request, service, error)
    except UnavailableError:
        return problem_page(request, service, DeskError(503, "busy"))
    steps = {"second_factor": f"{PREFIX}/sign-in/code{f'?next={quote(after)}' if after else ''}", "enrol": f"{PREFIX}/profile?totp=new"}
    answer = go(steps.get(opened.stage, after or f"{PREFIX}/"))
    rooms.set_session(answer, opened.cookie)
    return answer


async def _code(request: Request) -> Response:
    """Take the six digits."""
    service, keeper = service_of(request), request.app.state.doorkeeper
    try:
        check_origin(request, service)
        fields = one_each(await fields_of(request))
        after = _next(fields.get("next", ""))
        try:
            opened = await keeper.second_factor(request.cookies.get(COOKIE, ""), fields.get("code", "")[:20], request.state.client)
        except SignInError as error:
            if error.reason == "ended":
                return go(f"{PREFIX}/sign-in?ended=yes")
            return _again(request, SignIn("code", next=after, wrong="wrong_code" if error.reason == "wrong" else error.reason), error)
    except DeskError as error:
        return problem_page(request, service, error)
    except UnavailableError:
        return problem_page(request, service, DeskError(503, "busy"))
    answer = go(after or f"{PREFIX}/")
    rooms.set_session(answer, opened.cookie)
    return answer


async def _first_password_page(request: Request) -> Response:
    """Show where somebody who was invited sets their first password."""
    return HTMLResponse(page("sign_in", stranger(request, service_of(request)), SignIn("new")))


async def _first_password(request: Request) -> Response:
    """Take an invitation and a password; the sign-in comes after it."""
    service, keeper = service_of(request), request.app.state.doorkeeper
    try:
        check_origin(request, service)
        fields = one_each(await fields_of(request))
        secret = fields.get("secret", "").strip()[:200]
        try:
            await keeper.set_password_by(secret, fields.get("password", ""), request.state.client)
        except SignInError as error:
            if error.reason == "wait":
                return problem_page(request, service, DeskError(429, "", message=error.reason))
            wrong = "invitation_over" if error.reason == "ended" else error.reason
            return HTMLResponse(page("sign_in", stranger(request, service), SignIn("new", wrong=wrong, secret=secret)), 422)
    except DeskError as error:
        return problem_page(request, service, error)
    except UnavailableError:
        return problem_page(request, service, DeskError(503, "busy"))
    return go(f"{PREFIX}/sign-in", "password_set")


async def _sign_out(request: Request) -> Response:
    """End the session."""
    service = service_of(request)
    try:
        check_origin(request, service)
    except DeskError as error:
        return problem_page(request, service, error)
    await request.app.state.doorkeeper.sign_out(request.cookies.get(COOKIE, ""))
    answer = go(f"{PREFIX}/sign-in", "signed_out")
    answer.delete_cookie(COOKIE, path="/", secure=True, httponly=True, samesite="lax")
    return answer


def _again(request: Request, view: SignIn, error: SignInError) -> Response:
    """Show the sign-in once more, with what was wrong."""
    status = 429 if error.reason == "wait" else 401
    headers = {"Retry-After": str(error.wait)} if error.wait else {}
    return HTMLResponse(page("sign_in", stranger(request, service_of(request)), view), status, headers)


def _next(wished: str) -> str:
    """Take a page of the desk to go on to, and nothing else: no host, no backslash, no two slashes, no way up."""
    return wished if _NEXT.fullmatch(wished) and "//" not in wished and ".." not in wished.lower().replace("%2e", ".") else ""


async def _asset(request: Request) -> Response:
    """Give a style or script; its address changes with its bytes, so browsers may keep it."""
    name = request.path_params["name"]
    body = assets().get(name)
    if body is None:
        return problem_page(request, service_of(request), DeskError(404, "not_found"))
    lasting = request.path_params["digest"] == digest()
    headers = {"Cache-Control": "public, max-age=31536000, immutable" if lasting else "no-cache"}
    return Response(body, media_type=TYPES[PurePosixPath(name).suffix], headers=headers)

"""
The requester's own page: read, reply, reopen, rate, with a secret instead of an account.

The secret stands in the fragment of the link, which no server and no log ever sees; a script exchanges it by POST for a cookie of half an
hour.  Without script the reader types it.  Wrong, expired and revoked ones get one and the same page.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, cast

from starlette.responses import HTMLResponse, RedirectResponse, Response

from feedback_service.domain.acts import rate
from feedback_service.domain.nouns import Satisfaction
from feedback_service.http.answers import complaint, locale_of
from feedback_service.http.bodies import read_fields
from feedback_service.http.case_view import view_of
from feedback_service.http.pages import page, words_of
from feedback_service.http.problems import Problem, invalid
from feedback_service.http.service import Service, service_of
from feedback_service.intake import BODY, Complaint
from feedback_service.store import KeyReusedError, NotThereError, Tx, cases, people, posts
from feedback_service.store.receive import Taken, receive
from feedback_service.texts import TextError, clean_text

if TYPE_CHECKING:
    from starlette.requests import Request

VISIT = timedelta(minutes=30)
SHOWN = ("sent", "rated", "followed")  # what a page may say on top
MAILED = "m"  # how the name of a visit begins whose secret was mailed; others are hexadecimal


@dataclass(frozen=True, slots=True)
class Visit:
    """Half an hour with one case, for who showed its secret."""

    case: str
    name: str

    @property
    def is_mailed(self) -> bool:
        """Tell whether the secret had been mailed to the requester, and was not given to who filled in a form."""
        return self.name.startswith(MAILED)

    @property
    def nonce(self) -> str:
        """What is spent when the reader leaves."""
        return f"visit {self.name}"

    def is_over(self, tx: Tx) -> bool:
        """Tell whether the reader has left."""
        return posts.is_spent(tx, self.nonce)

    def check(self, tx: Tx) -> None:
        """Raises: Problem: The reader has left."""
        if self.is_over(tx):
            raise _signed_out()


async def show(request: Request) -> Response:
    """Show the case of the visit; without a visit, ask for the secret."""
    service = service_of(request)
    visit = visit_of(request)
    view = None if visit is None else await service.store.read_soon(lambda tx: None if visit.is_over(tx) else _view(tx, service, visit))
    if view is None:
        return HTMLResponse(page("open.html", locale_of(request), wrong=False))
    locale = locale_of(request) if view["case"] is None else view["case"].locale
    said = request.query_params.get("said", "")
    number = request.query_params.get("number", "")
    view |= {
        "typed": "",
        "wrong": "",
        "said": said if said in SHOWN else "",
        "other": int(number) if number.isdecimal() and len(number) < 12 else 0,
    }
    return HTMLResponse(page("case.html", locale, **view, key=people.new_id(service.now()), longest=BODY))


async def enter(request: Request) -> Response:
    """Exchange a secret for a visit."""
    service = service_of(request)
    same_site(request)
    if (wait := service.throttle.wait("secret", request.state.client)) > 0:
        raise Problem(429, "too_many", "Too many attempts. Try again later.", retry_after=wait)
    fields = await read_fields(request)
    secret = fields.get("secret", "")
    if not isinstance(secret, str):
        raise invalid("secret", "not_text")
    secret = secret.strip().rpartition("#")[2]  # who pastes the whole address means its end
    try:
        case_id = await service.store.read_soon(people.opened_by, secret, service.now())
    except NotThereError:
        return HTMLResponse(page("open.html", locale_of(request), wrong=True), 404)
    answer = RedirectResponse("/case/", 303)
    until = service.now() + VISIT
    name = f"{MAILED if people.is_mailed(secret) else ''}{people.new_id(service.now())}"
    value = f"{case_id}.{int(until.timestamp())}.{name}"
    cookie = f"{value}.{service.derived('case page', value)[0]}"
    answer.set_cookie(
        _cookie(service), cookie, max_age=int(VISIT.total_seconds()), secure=service.settings.is_secure, httponly=True, samesite="strict"
    )
    return answer


async def leave(request: Request) -> Response:
    """End the visit, for whoever still has its cookie too: the reader leaves a machine that others use."""
    same_site(request)
    service = service_of(request)
    if (visit := visit_of(request)) is not None:
        await service.store.write_soon(posts.spend, visit.nonce, service.now())
    answer = RedirectResponse("/case/", 303)
    answer.delete_cookie(_cookie(service), secure=service.settings.is_secure, httponly=True, samesite="strict")
    return answer


async def reply(request: Request) -> Response:
    """Take a message of the requester.  It reopens what was answered, and on a closed case begins a new one."""
    service, fields = service_of(request), await read_fields(request)  # first, so that what was typed is in the answer, whatever it is
    visit = _visit(request)
    if (wait := service.throttle.wait("reply", request.state.client)) > 0:
        raise Problem(429, "too_many", "Too many messages. Try again later.", retry_after=wait)
    typed, key = _text(fields, "text"), _text(fields, "key")
    try:
        text = clean_text(typed, BODY)
    except TextError as error:
        return await _once_more(request, visit, typed, Complaint(error.reason, error.limit))

    def take(tx: Tx) -> Taken:
        visit.check(tx)
        one = cases.case(tx, visit.case)
        message = f"{visit.case}-{key if key.isalnum() and len(key) <= 40 else people.new_id(service.now())}"
        return receive(tx, visit.case, service.act_of_requester(request, one.requester), message, text)

    try:
        taken = await service.store.write_soon(take)
    except KeyReusedError:
        return await _once_more(request, visit, typed, Complaint("sent_before"))
    if taken.fate == "suspended":
        raise Problem(409, "takes_none", "This case takes no messages.")
    return RedirectResponse(f"/case/?said=followed&number={taken.case.number}" if taken.fate == "follow_up" else "/case/?said=sent", 303)


async def _once_more(request: Request, visit: Visit, typed: str, wrong: Complaint) -> Response:
    """Show the page with what was typed still in its form, under a new key, and say what is wrong with it."""
    service = service_of(request)

    def read(tx: Tx) -> dict[str, Any]:
        visit.check(tx)
        return _view(tx, service, visit)

    view = await service.store.read_soon(read)
    locale = locale_of(request) if view["case"] is None else view["case"].locale
    view |= {"said": "", "other": 0, "typed": typed, "wrong": complaint(words_of(locale), wrong)}
    return HTMLResponse(page("case.html", locale, **view, key=people.new_id(service.now()), longest=BODY), 422)


async def judge(request: Request) -> Response:
    """Take the requester's verdict on a resolved case."""
    service, visit = service_of(request), _visit(request)
    verdict = _text(await read_fields(request), "satisfaction")
    if verdict not in {"good", "bad"}:
        raise invalid("satisfaction", "unknown_value", allowed=("good", "bad"))

    def take(tx: Tx) -> None:
        visit.check(tx)
        how = service.act_of_requester(request, cases.case(tx, visit.case).requester)
        cases.act(tx, visit.case, how, lambda case: rate(case, how, cast("Satisfaction", verdict)))

    await service.store.write_soon(take)
    return RedirectResponse("/case/?said=rated", 303)


def same_site(request: Request) -> None:
    """Refuse what another site lets a reader's browser post.  Raises: Problem: 403."""
    site = request.headers.get("sec-fetch-site")
    if site in {"same-origin", "none"}:
        return
    if site is not None or request.headers.get("origin") != service_of(request).settings.url:
        raise Problem(403, "foreign_origin", "This form was sent from another site.")


def visit_of(request: Request) -> Visit | None:
    """Read the visit that a cookie tells of; None: nobody's, or its time is over.  Whether it was left, the store knows."""
    service = service_of(request)
    value, _, signature = request.cookies.get(_cookie(service), "")[:200].rpartition(".")
    given = signature.encode("utf-8", "replace")
    if not any(hmac.compare_digest(each.encode(), given) for each in service.derived("case page", value)):
        return None
    case_id, until, name = value.split(".")
    return Visit(case_id, name) if datetime.fromtimestamp(int(until), UTC) > service.now() else None


def _visit(request: Request) -> Visit:
    same_site(request)
    if (visit := visit_of(request)) is None:
        raise _signed_out()
    return visit


def _signed_out() -> Problem:
    return Problem(401, "signed_out", "The visit has ended.")


def _cookie(service: Service) -> str:
    return "__Host-case" if service.settings.is_secure else "case"


def _text(fields: dict[str, Any], name: str) -> str:
    value = fields.get(name, "")
    if not isinstance(value, str):
        raise invalid(name, "not_text")
    return value


def _view(tx: Tx, service: Service, visit: Visit) -> dict[str, Any]:
    return view_of(tx, visit.case, is_mailed=visit.is_mailed, mails_go_out=bool(service.settings.mail.mail_address))

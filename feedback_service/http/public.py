"""
What readers post, without an account and without cookies: ratings, cases, searches, views of the contact form, questions.

Each post is read, checked against the limits, judged, and written in one transaction; it is answered when that is on the disk.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar

from starlette.responses import JSONResponse, Response

from feedback_service.domain.nouns import Act, Particulars
from feedback_service.http import answers
from feedback_service.http.bodies import canonical, read_fields
from feedback_service.http.events import form_event, search_event
from feedback_service.http.problems import Problem, invalid
from feedback_service.http.service import Service, service_of
from feedback_service.http.throttle import STRICTER
from feedback_service.intake import CaseForm, case_form, question_form, rating_form
from feedback_service.limits import prefixes
from feedback_service.manifest import Manifest
from feedback_service.moderation import WORK, Post, Sender, Verdict, check_token, issue_token, judge, work_done
from feedback_service.store import Tx, held, posts
from feedback_service.store.cases import NewCase, open_case
from feedback_service.store.people import is_link, new_id, new_secret

if TYPE_CHECKING:
    from starlette.requests import Request

T = TypeVar("T")
Fields = Mapping[str, Any]

LONGEST_KEY = 200  # characters of an idempotency key
_PURPOSE = re.compile(r"case|(?:rating|question):[A-Za-z0-9._-]{1,100}")


async def form_token(request: Request) -> Response:
    """
    Give the token of a form that is opened now; `for` says which: "case", "rating:<article>", "question:<article>".

    From the third case of an hour on the answer holds `work` too: so many zero bits SHA-256 of "<token>:<work>" has to begin with.
    """
    service = service_of(request)
    purpose = request.query_params.get("for", "")
    if not _PURPOSE.fullmatch(purpose[:120]):
        raise Problem(422, "invalid", "Say which form: for=case, for=rating:<article> or for=question:<article>.")
    _count(service, request, "token")
    owes = purpose == "case" and service.throttle.owes_work(request.state.client)
    return JSONResponse({"token": _token(service, purpose)} | ({"work": WORK} if owes else {}))


async def post_case(request: Request) -> Response:
    """Take a case."""
    service, fields = service_of(request), await read_fields(request)
    _count(service, request, "case")
    form = case_form(fields, service.manifest.current.known)
    key, given = _key(request), canonical(fields)
    links = service.derived("link", f"{key}\0{given}") if key else (new_secret(),)  # the same again for who tries again
    new = _new_case(service, form, links[0])
    post = _post(service, fields, "case", Sender(_networks(request), form.email))
    post = replace(post, idle=not _worked(fields) and service.throttle.owes_work(request.state.client))
    how = service.act_of_requester(request)

    def take(tx: Tx) -> tuple[int, int, str]:
        name = f"case {key}" if key else f"form {given}"
        if (before := posts.answered(tx, name, given, how.at)) is not None:
            # Who sends the same words without a key may be somebody else who knows them: they get the number, not the link.
            return 200, before["number"], next((link for link in links if key and is_link(tx, link)), "")
        verdict = _verdict(tx, service, post, fields, how, "case")
        number = held.hold_case(tx, new, verdict.reasons, how.at) if verdict.fate == "quarantine" else open_case(tx, new, how).case.number
        posts.remember(tx, name, given, {"number": number}, how.at)
        return 201, number, links[0]

    status, number, link = await service.store.write_soon(take)
    if status == 201:  # noqa: PLR2004 - not one that came before
        service.throttle.note_case(request.state.client)
    url = f"{service.settings.url}/case/" + (link and f"#{link}")
    return answers.case_taken(request, status, number, url, new.locale)


async def post_rating(request: Request) -> Response:
    """Take a vote on an article."""
    service, fields = service_of(request), await read_fields(request)
    _count(service, request, "rating")
    form = rating_form(fields, service.manifest.current.known)
    voter = form.voter or service.voter_of(request.state.client)
    purpose = f"rating:{fields['article']}"
    post = _post(service, fields, purpose, Sender(_networks(request), form.email, form.voter))
    how = service.act_of_requester(request)

    def take(tx: Tx) -> None:
        verdict = _verdict(tx, service, post, fields, how, purpose)
        if verdict.fate == "quarantine":
            held.hold(tx, "rating", verdict.reasons, asdict(form) | {"voter_or_day": voter}, how.at)
        else:
            posts.rate(tx, form, voter, how.at)

    await service.store.write_soon(take)
    return answers.thanks(request, 201, "rated", form.locale)


async def post_question(request: Request) -> Response:
    """Take a question for the foot of an article.  A person reads it first, always."""
    service, fields = service_of(request), await read_fields(request)
    _count(service, request, "question")
    form = question_form(fields, service.manifest.current.known)
    purpose = f"question:{fields['article']}"
    post = _post(service, fields, purpose, Sender(_networks(request)))
    how = service.act_of_requester(request)

    def take(tx: Tx) -> None:
        verdict = _verdict(tx, service, post, fields, how, purpose)
        held.hold(tx, "question", verdict.reasons, asdict(form), how.at)

    await service.store.write_soon(take)
    return answers.thanks(request, 202, "asked", form.locale)


async def post_search(request: Request) -> Response:
    """Count a search of the portal; the same key twice is once."""
    return await _event(request, search_event, posts.note_search)


async def post_form(request: Request) -> Response:
    """Count a view of the contact form; the same key twice is once."""
    return await _event(request, form_event, posts.note_form)


async def _event(request: Request, read: Callable[[Fields, Manifest, datetime], tuple[str, T]], note: Callable[[Tx, T], None]) -> Response:
    service, fields = service_of(request), await read_fields(request)
    _count(service, request, "event")
    now = service.now()
    key, event = read(fields, service.manifest.current, now)
    name = f"{request.url.path} {key}"

    def once(tx: Tx) -> None:
        if key and posts.answered(tx, name, "", now) is not None:
            return
        note(tx, event)
        if key:
            posts.remember(tx, name, "", {"done": True}, now)

    await service.store.write_soon(once)
    return Response(status_code=204)


def _verdict(tx: Tx, service: Service, post: Post, fields: Fields, how: Act, purpose: str) -> Verdict:
    """Judge a post, and use up its form token.  Raises: Problem: The form is too old; a new token comes with the answer."""
    token = fields.get("token", "")
    replayed = post.trap in {"good", "too_fast"} and not posts.use_token(tx, token, how.at)
    verdict = judge(replace(post, replayed=replayed), service.bans(tx), how.at, token_needed=purpose == "case")
    if verdict.fate == "again":
        raise Problem(422, "form_expired", "The form was open for too long. Send it once more.", more={"token": _token(service, purpose)})
    return verdict


def _post(service: Service, fields: Fields, purpose: str, sender: Sender) -> Post:
    """Gather what the rules look at."""
    trap = check_token(service.secrets, purpose, fields.get("token", ""), service.now())
    return Post(sender, honeypot=fields.get("website", ""), trap=trap, flooded=service.throttle.is_flood(purpose.partition(":")[0]))


def _worked(fields: Fields) -> bool:
    """Tell whether a proof of work came along.  Raises: Problem: 400, it proves nothing for this form."""
    work, token = fields.get("work", ""), fields.get("token", "")
    if work and not work_done(token, work):
        raise Problem(400, "bad_work", "The proof of work is not for this form. Fetch another token.")
    return bool(work)


def _new_case(service: Service, form: CaseForm, secret: str) -> NewCase:
    locale = form.locale or service.settings.locale
    entry = service.manifest.current.find(form.article, locale) if form.article else None
    return NewCase(
        told=Particulars(form.subject, form.body, form.name, form.email, source_query=form.query),
        locale=locale,
        channel="web",
        type=form.type,
        category=(entry and entry.category) or None,
        team=(entry and entry.queue) or None,
        source_article=form.article,
        source_revision=form.revision,
        dropped=form.dropped,
        secret=secret,
    )


def _count(service: Service, request: Request, kind: str) -> None:
    """Count a post of this client.  Raises: Problem: 403 from a foreign page, 429 if there were too many."""
    origin = request.headers.get("origin", "null")  # a page whose referrer policy tells nothing says "null"
    if origin != "null" and origin not in service.origins:
        raise Problem(403, "foreign_origin", "Forms of this service stand on the portal only.")
    wait = service.throttle.wait(kind, request.state.client, cost=STRICTER if origin == "null" and kind != "token" else 1)
    if wait > 0:
        raise Problem(429, "too_many", "Too many posts from here. Try again later.", retry_after=wait)


def _key(request: Request) -> str:
    key = request.headers.get("idempotency-key", "")
    if len(key) > LONGEST_KEY or not key.isprintable():
        raise invalid("Idempotency-Key", "bad_value")
    return key


def _networks(request: Request) -> tuple[str, ...]:
    return prefixes(request.state.client) if request.state.client else ()


def _token(service: Service, purpose: str) -> str:
    now = service.now()
    return issue_token(service.secret, purpose, now, new_id(now))

"""Answers to posts: JSON for programs and scripts, a small page in the reader's language for plain forms."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from starlette.responses import HTMLResponse, JSONResponse, Response

from feedback_service.http.bodies import is_json
from feedback_service.http.pages import numerals, page, preferred, words_of
from feedback_service.http.problems import Problem
from feedback_service.http.service import service_of
from feedback_service.intake import TRAPS, Complaint

if TYPE_CHECKING:
    from starlette.requests import Request

# The fields that are given back in a form, by the address that it was posted to; what is not listed goes along hidden.
FORMS: Mapping[str, tuple[str, ...]] = {
    "/api/v1/cases": ("subject", "body", "email", "name"),
    "/api/v1/ratings": ("comment", "email"),
    "/api/v1/questions": ("text", "name"),
}
LONG = ("body", "comment", "text")


def case_taken(request: Request, status: int, number: int, url: str, locale: str) -> Response:
    """Tell that a case came in: its number, and the link that opens it."""
    if is_json(request):
        return JSONResponse({"number": number, "url": url}, status)
    return HTMLResponse(page("taken.html", locale, number=number, url=url), status)


def thanks(request: Request, status: int, what: str, locale: str) -> Response:
    """Thank for a vote ("rated") or a question ("asked")."""
    if is_json(request):
        return JSONResponse({"status": what}, status)
    return HTMLResponse(page("thanks.html", locale, what=what), status)


def refused(request: Request, problem: Problem, typed: Mapping[str, Any] | None = None) -> Response:
    """Tell what is wrong.  A plain form comes back with what was typed in it, to be mended and sent again."""
    headers = {"retry-after": str(math.ceil(problem.retry_after))} if problem.retry_after else {}
    if wants_json(request):
        return JSONResponse(problem.as_json(), problem.status, headers=headers)
    locale = locale_of(request, typed)
    words = words_of(locale)
    said = words["problem"].get(problem.code, words["problem"]["other"])
    if typed and request.url.path in FORMS and problem.status in {422, 429, 503}:
        fields = FORMS[request.url.path]
        hidden = {name: value for name, value in typed.items() if name not in fields and name not in TRAPS and isinstance(value, str)}
        shown = [(name, str(typed.get(name, "")), complaint(words, problem.fields.get(name))) for name in fields]
        others = [complaint(words, each) for name, each in problem.fields.items() if name not in fields]
        view = {"action": request.url.path, "shown": shown, "hidden": hidden | problem.more, "others": others, "long": LONG}
        return HTMLResponse(page("form.html", locale, said=said, **view), problem.status, headers=headers)
    kept = (typed or {}).get("text", "") if request.url.path == "/case/reply" else ""
    return HTMLResponse(page("problem.html", locale, said=said, kept=kept), problem.status, headers=headers)


def wants_json(request: Request) -> bool:
    """Tell whether a problem is told in JSON: below /api to whoever does not ask for a page, elsewhere to who asks for JSON."""
    accept = request.headers.get("accept", "")
    return is_json(request) if request.url.path.startswith("/api/") else "application/json" in accept


def locale_of(request: Request, typed: Mapping[str, Any] | None = None) -> str:
    """Choose the language of an answer: the form's, else the browser's, else the service's."""
    told = (typed or {}).get("locale", "") or request.query_params.get("locale", "")
    if isinstance(told, str) and words_of(told[:20])["locale"] == told:
        return told
    return preferred(request.headers.get("accept-language", ""), service_of(request).settings.locale)


def complaint(words: Mapping[str, Any], one: Complaint | None) -> str:
    """Say a complaint in words; "" for none."""
    if one is None:
        return ""
    text: str = words["complaint"].get(one.reason, words["complaint"]["bad_value"])
    return text.replace("{limit}", numerals(one.limit, words["locale"])).replace("{allowed}", ", ".join(one.allowed))

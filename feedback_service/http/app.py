"""The application: every route of the service, and how what goes wrong is told."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterable, Sequence
from typing import TYPE_CHECKING, Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from feedback_service.domain import RefusedError
from feedback_service.http import case_page, public
from feedback_service.http.agents_openapi import with_agents
from feedback_service.http.answers import refused
from feedback_service.http.guard import Guard
from feedback_service.http.openapi import document
from feedback_service.http.pages import ASSETS, asset
from feedback_service.http.problems import Problem
from feedback_service.http.service import Service, service_of
from feedback_service.intake import FormError
from feedback_service.store import ChangedError, KeyReusedError, NotThereError, UnavailableError
from feedback_service.worker import Job, work

if TYPE_CHECKING:
    from starlette.requests import Request

ENDING = 10.0  # seconds that a round of the worker has to end; what it leaves is due again later
STATUS = {"conflict": 409, "invalid": 422, "forbidden": 403}


def make_app(service: Service, more: Iterable[BaseRoute] = (), jobs: Sequence[Job] = ()) -> Starlette:
    """
    Make the application.

    Args:
        more: Routes of other rooms: the desk, the agents' API.
        jobs: What is done beside the requests, as long as it is served.
    """

    @contextlib.asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        stop = asyncio.Event()
        working = asyncio.create_task(work(jobs, stop, service.now))
        yield
        stop.set()
        await asyncio.wait({working}, timeout=ENDING)
        working.cancel()
        service.store.close()

    cors = Middleware(
        CORSMiddleware,
        allow_origins=[origin.rstrip("/") for origin in service.settings.portal],
        allow_methods=["GET", "POST"],
        allow_headers=["content-type", "idempotency-key"],
        max_age=3600,
    )
    guard = Middleware(Guard, settings=service.settings)
    app = Starlette(routes=[*ROUTES, *more], middleware=[guard, cors], exception_handlers=HANDLERS, lifespan=lifespan)
    app.state.service = service
    return app


async def healthz(_request: Request) -> Response:
    """Tell that the process is there."""
    return PlainTextResponse("ok")


async def readyz(request: Request) -> Response:
    """Tell whether the store reads and writes: what a balancer asks before it sends anybody."""
    store = service_of(request).store
    await store.read_soon(lambda tx: tx.conn.exec_driver_sql("SELECT 1").scalar())
    if not store.database.is_writable():
        raise UnavailableError("Nobody writes.")
    return JSONResponse({"ready": True, "waiting": store.database.waiting()})


async def openapi(request: Request) -> Response:
    """Describe the API to programs: what anybody may call, and what agents' tokens open."""
    return JSONResponse(with_agents(document(service_of(request).settings.url)))


async def assets(request: Request) -> Response:
    """Serve a style sheet or script of the requester's pages."""
    name = request.path_params["name"]
    if name not in ASSETS:
        raise HTTPException(404)
    return Response(asset(name), media_type=ASSETS[name], headers={"cache-control": "public, max-age=3600"})


ROUTES: tuple[Route, ...] = (
    Route("/healthz", healthz, methods=["GET"]),
    Route("/readyz", readyz, methods=["GET"]),
    Route("/assets/{name}", assets, methods=["GET"]),
    Route("/api/v1/openapi.json", openapi, methods=["GET"]),
    Route("/api/v1/form-token", public.form_token, methods=["GET"]),
    Route("/api/v1/cases", public.post_case, methods=["POST"]),
    Route("/api/v1/ratings", public.post_rating, methods=["POST"]),
    Route("/api/v1/questions", public.post_question, methods=["POST"]),
    Route("/api/v1/search-events", public.post_search, methods=["POST"]),
    Route("/api/v1/form-events", public.post_form, methods=["POST"]),
    Route("/case/", case_page.show, methods=["GET"]),
    Route("/case/open", case_page.enter, methods=["POST"]),
    Route("/case/leave", case_page.leave, methods=["POST"]),
    Route("/case/reply", case_page.reply, methods=["POST"]),
    Route("/case/rate", case_page.judge, methods=["POST"]),
)


def problem_of(error: Exception) -> Problem:
    """Find the answer to an error: the one table from what went wrong to a status."""
    match error:
        case Problem():
            return error
        case FormError(missing=True):
            return Problem(404, "not_found", "There is no such article, language or revision.", fields=error.complaints)
        case FormError():
            return Problem(422, "invalid", "Some fields are not filled in as they should be.", fields=error.complaints)
        case RefusedError():
            more: dict[str, Any] = {"allowed": list(error.allowed)} if error.allowed else {}
            return Problem(STATUS[error.answer], error.reason, error.message, more=more | ({"field": error.field} if error.field else {}))
        case ChangedError():
            return Problem(409, "changed", str(error), more={"case": error.case.number, "version": error.case.version})
        case KeyReusedError():
            return Problem(422, "key_reused", "This idempotency key came before, with another body.")
        case NotThereError():
            return Problem(404, "not_found", "There is no such thing.")
        case UnavailableError():
            return Problem(503, "busy", "Nothing can be stored right now.", retry_after=error.retry_after)
        case HTTPException():
            return Problem(error.status_code, "not_found" if error.status_code == 404 else "wrong_request", str(error.detail))
    return Problem(500, "error", "Something went wrong.")


async def handle(request: Request, error: Exception) -> Response:
    """Answer an error."""
    answer = refused(request, problem_of(error), getattr(request.state, "typed", None))
    if isinstance(error, HTTPException) and error.headers:
        answer.headers.update(error.headers)
    return answer


HANDLERS: dict[Any, Any] = dict.fromkeys(
    (Problem, FormError, RefusedError, ChangedError, KeyReusedError, NotThereError, UnavailableError, HTTPException, Exception), handle
)

"""What the desk's routes do first: who asks, may they, what did they post, and the frame around the page."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from feedback_service.accounts import Agent
from feedback_service.can import Answer, Kind, Verb, can, visible_to
from feedback_service.desk import boards
from feedback_service.desk.render import page
from feedback_service.desk.views import Choice, Frame
from feedback_service.desk.words import LOCALES, Words, nearest, words_of
from feedback_service.domain.nouns import Act, Actor
from feedback_service.http.bodies import whole
from feedback_service.http.problems import Problem
from feedback_service.http.service import Service
from feedback_service.rules.nouns import Directory
from feedback_service.store import Tx, feedback, held, mailbox, queue
from feedback_service.store import agents as people

LARGEST = 400_000  # bytes of a post: 20,000 characters of Persian, percent-encoded, twice over
MOST_FIELDS = 400  # a bulk act names every case of a page
SCHEME, LOCALE = "kb-desk-scheme", "kb-desk-locale"  # cookies of taste; no secret
COUNTED_FOR = timedelta(seconds=10)  # so long the counts of the rail are believed
_ROOMS: Mapping[str, tuple[Verb, Kind]] = {
    "triage": ("read", "feedback"),
    "held": ("read", "held"),
    "bans": ("read", "ban"),
    "reports": ("read", "report"),
    "settings": ("read", "settings"),
    "accounts": ("change", "agent"),
    "people": ("read", "person"),
    "audit": ("read", "audit"),
}


class DeskError(Exception):
    """A request that is answered with a page that says why: a status, a word of [refused], and what would be allowed."""

    def __init__(self, status: int, reason: str, *, message: str = "", allowed: tuple[str, ...] = ()) -> None:
        super().__init__(reason)
        self.status, self.reason, self.message, self.allowed = status, reason, message, allowed


@dataclass(frozen=True, slots=True)
class House:
    """Who works here, read with the page."""

    names: Mapping[str, str]  # login -> name, those who left included
    directory: Directory

    def name(self, login: str | None) -> str:
        """Call an agent by name."""
        return self.names.get(login or "", login or "")

    def choices(self, logins: frozenset[str]) -> tuple[Choice, ...]:
        """Make a list of agents to choose from, by name."""
        return tuple(Choice(login, self.name(login)) for login in sorted(logins, key=lambda one: (self.name(one).casefold(), one)))


@dataclass(slots=True)
class Visit:
    """One request of an agent who has signed in."""

    request: Request
    service: Service
    agent: Agent
    now: datetime

    @property
    def locale(self) -> str:
        """The language of the desk for this agent."""
        return self.agent.locale if self.agent.locale in LOCALES else nearest(self.agent.locale)

    @property
    def words(self) -> Words:
        """The words of that language."""
        return words_of(self.locale)

    @property
    def act(self) -> Act:
        """Who acts, when, under which request."""
        return Act(Actor("agent", self.agent.id), self.now, self.request.state.request_id)

    @property
    def zone(self) -> str:
        """The time zone of the desk: that of the first opening hours."""
        policies = self.service.store.promises.at(None).policies
        return next((str(policy.calendar.zone) for policy in policies if policy.calendar.name != "24x7"), "UTC")

    def need(self, verb: Verb, kind: Kind) -> None:
        """Refuse who may not.  Raises: DeskError: 404 where they may not even read it."""
        if not can(self.agent, verb, kind):
            raise refusal("forbidden" if can(self.agent, "read", kind) else "missing")

    async def page(self, name: str, view: object, section: str, *, status: int = 200, saved: str = "", q: str = "") -> Response:
        """Render a page in its frame."""
        frame = await frame_of(self, section)
        return HTMLResponse(page(name, replace(frame, saved=saved or "open", q=q), view), status)

    def moment(self, text: str, reason: str = "bad_moment") -> datetime | None:
        """Read what a field for date and time holds, in the desk's zone; "" is None.  Raises: DeskError."""
        if not text:
            return None
        try:
            return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(self.zone))
        except ValueError:
            raise DeskError(422, reason) from None


def refusal(answer: Answer) -> DeskError:
    """Make the refusal of what `can` does not allow."""
    return DeskError(403, "forbidden") if answer == "forbidden" else DeskError(404, "not_found")


def house_of(tx: Tx) -> House:
    """Read who works here."""
    return House({agent.id: agent.name for agent in people.all_agents(tx)}, people.directory_of(tx))


async def frame_of(visit: Visit, section: str) -> Frame:
    """Make what surrounds a page; the counts are a few seconds old at most."""
    may = frozenset(name for name, (verb, kind) in _ROOMS.items() if can(visit.agent, verb, kind))
    kept: dict[str, tuple[datetime, dict[str, int], dict[str, int]]] = visit.request.app.state.desk_counts
    at, views, waiting = kept.get(visit.agent.id, (None, {}, {}))
    if at is None or not timedelta() <= visit.now - at < COUNTED_FOR:
        views, waiting = await visit.service.store.read_soon(_counts, visit.agent, may, visit.now)
        kept[visit.agent.id] = visit.now, views, waiting
    return Frame(
        visit.locale,
        visit.zone,
        visit.now,
        visit.agent.id,
        visit.agent.name,
        next((role for role in ("admin", "lead", "moderator", "auditor", "agent") if role in visit.agent.roles), "agent"),
        scheme_of(visit.request),
        section,
        tuple(Choice(name, count=views.get(name)) for name in queue.VIEWS) if can(visit.agent, "read", "case") else (),
        waiting=waiting,
        may=may,
        done=visit.request.query_params.get("done", "")[:20],
    )


def _counts(tx: Tx, agent: Agent, may: frozenset[str], now: datetime) -> tuple[dict[str, int], dict[str, int]]:
    waiting = {"triage": feedback.work_counts(tx).get("new", 0)} if "triage" in may else {}
    if "held" in may:
        waiting["held"] = held.held_count(tx) + len(mailbox.suspended_mails(tx))
    return queue.counts(tx, visible_to(agent), agent.id, now), waiting


def scheme_of(request: Request) -> str:
    """Read which colours this browser wants."""
    wished = request.cookies.get(SCHEME, "")
    return wished if wished in {"light", "dark"} else ""


def locale_of(request: Request) -> str:
    """Choose the language before anybody has signed in."""
    return nearest(request.query_params.get("locale") or request.cookies.get(LOCALE, "") or request.headers.get("accept-language", ""))


def stranger(request: Request, service: Service) -> Frame:
    """Make the frame of a page for somebody who is not signed in."""
    done = request.query_params.get("done", "")
    return Frame(locale_of(request), "UTC", service.now(), scheme=scheme_of(request), done=done if done == "signed_out" else "")


def problem_page(request: Request, service: Service, error: DeskError, locale: str = "") -> Response:
    """Say why something was not done."""
    frame = stranger(request, service)
    view = boards.Problem(error.status, error.reason, error.message, error.allowed, "/desk/")
    headers = {"Retry-After": "2"} if error.status in {429, 503} else {}
    return HTMLResponse(page("problem", replace(frame, locale=locale or frame.locale), view), error.status, headers)


def check_origin(request: Request, service: Service) -> None:
    """Refuse what would change something and comes from a page that is not ours (security.md, T6).  Raises: DeskError."""
    site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
    ours = {service.settings.url, f"{request.url.scheme}://{request.headers.get('host', '')}"}
    good = site in {"same-origin", "none"} if site is not None else origin in ours
    if request.method not in {"GET", "HEAD"} and not good:
        raise DeskError(403, "foreign_page")


async def fields_of(request: Request) -> list[tuple[str, str]]:
    """Read a posted form, names as often as they stand there.  Raises: DeskError: 400, 413, 415, 422."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/x-www-form-urlencoded":
        raise DeskError(415, "", message="Send a plain form.")
    try:
        body = await whole(request, LARGEST)
    except Problem as error:
        raise DeskError(error.status, "too_long" if error.status == 413 else "", message=error.message) from None
    if body.count(b"&") >= MOST_FIELDS:
        raise DeskError(413, "too_long")
    try:
        return parse_qsl(body.decode("ascii"), keep_blank_values=True, max_num_fields=MOST_FIELDS, errors="strict")
    except ValueError:
        raise DeskError(422, "broken_characters") from None


def one_each(fields: list[tuple[str, str]]) -> dict[str, str]:
    """Take each name once, the last one counts."""
    return dict(fields)


def go(path: str, done: str = "", fragment: str = "") -> Response:
    """Lead on to a page after a post (303), which says what was done."""
    mark = "&" if "?" in path else "?"
    return RedirectResponse(f"{path}{f'{mark}done={done}' if done else ''}{f'#{fragment}' if fragment else ''}", 303)


def version_of(fields: Mapping[str, Any]) -> int:
    """Read the version of the page on which something was decided.  Raises: DeskError."""
    version = str(fields.get("version", ""))
    if not re.fullmatch(r"[0-9]{1,9}", version):
        raise DeskError(409, "changed")  # a form of nobody's page overwrites nothing
    return int(version)

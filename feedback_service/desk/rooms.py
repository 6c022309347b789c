"""The pages beside the cases: feedback, reports, settings, an agent's own profile."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from starlette.responses import Response

from feedback_service.accounts.sessions import COOKIE
from feedback_service.desk import figures
from feedback_service.desk.boards import Policy, Profile, Settings, Triage, Vote
from feedback_service.desk.request import LOCALE, SCHEME, DeskError, Visit, fields_of, go, house_of, one_each
from feedback_service.desk.views import Choice, Reply
from feedback_service.desk.words import LOCALES
from feedback_service.ratings import MOVES, STATES, Rating, State
from feedback_service.reports import Period
from feedback_service.rules.nouns import Rule
from feedback_service.signin import Doorkeeper, SignInError
from feedback_service.store import NotThereError, Tx, feedback
from feedback_service.store import agents as people

MISSED_FOR = timedelta(days=30)


async def triage(visit: Visit) -> Response:
    """Show what readers said, and what they searched for in vain."""
    wished = visit.request.query_params.get("state", "new")
    state: State = wished if wished in STATES else "new"
    page = _page(visit)

    def read(tx: Tx) -> tuple[tuple[Rating, ...], dict[str, int], tuple[tuple[str, str, int], ...]]:
        missed = feedback.misses_in(tx, Period(visit.now - MISSED_FOR, visit.now + timedelta(hours=1)), 30)
        return feedback.to_work_on(tx, state, page), feedback.work_counts(tx), missed

    ratings, counts, missed = await visit.service.store.read_soon(read)
    votes = tuple(_vote(visit, rating) for rating in ratings)
    pages = max(1, -(-counts.get(state, 0) // feedback.PAGE))
    view = Triage(votes, state, tuple(Choice(name, count=counts.get(name)) for name in STATES), missed, pages, page)
    return await visit.page("triage", view, "triage")


async def move_vote(visit: Visit) -> Response:
    """Take the work on a rating a step further."""
    fields = one_each(await fields_of(visit.request))
    to, seen = fields.get("state", ""), fields.get("from", "")
    if to not in STATES or seen not in STATES:
        raise DeskError(422, "unknown_value")
    try:
        await visit.service.store.write_soon(feedback.move_rating, visit.request.path_params["id"], to, seen=seen)
    except NotThereError:
        raise DeskError(409, "changed") from None
    return go(f"/desk/triage?state={seen}", "saved")


async def reports(visit: Visit) -> Response:
    """Show the reports."""
    view = await _reports(visit)
    return await visit.page("reports", view, "reports")


async def reports_csv(visit: Visit) -> Response:
    """Give one table of the reports to a spreadsheet."""
    view, name = await _reports(visit), str(visit.request.path_params["name"])
    try:
        text = figures.csv_of(view, name)
    except LookupError:
        raise DeskError(404, "not_found") from None
    headers = {"Content-Disposition": f'attachment; filename="{name}-{view.start}-{view.end}.csv"'}
    return Response("\ufeff" + text, media_type="text/csv; charset=utf-8", headers=headers)


async def settings(visit: Visit) -> Response:
    """Show what the files in git say."""
    house = await visit.service.store.read_soon(house_of)
    store = visit.service.store
    sla = store.promises.at(None)
    teams = tuple((team, tuple(map(house.name, sorted(members)))) for team, members in sorted(house.directory.teams.items()))
    policies = tuple(
        Policy(
            each.name,
            each.calendar.name,
            tuple((fact, ", ".join(sorted(values))) for fact, values in each.match.items()),
            tuple((priority, kind, span.total_seconds()) for priority, targets in each.targets.items() for kind, span in targets.items()),
        )
        for each in sla.policies
    )
    replies = tuple(Reply(each.id, each.title, each.text, each.locale) for each in visit.service.manifest.current.replies)
    waits = tuple((name, getattr(sla.life, name).days) for name in ("warn_pending_after", "resolve_pending_after", "close_resolved_after"))
    rules = tuple((rule.name, _rule(rule)) for rule in store.rules.rules)
    return await visit.page("settings", Settings(teams, policies, sla.revision if policies else "", replies, rules, waits), "settings")


async def profile(visit: Visit, wrong: dict[str, str] | None = None, secret: str = "") -> Response:
    """Show an agent's own settings; with ?totp=new a proposed second factor, which is kept when its first code was right."""
    keeper, cookie, uri = _keeper(visit), visit.request.cookies.get(COOKIE, ""), ""
    if visit.request.query_params.get("totp") == "new" and not secret:
        secret, uri = await keeper.new_totp(cookie)
    view = Profile(
        visit.agent.email or visit.agent.id,
        tuple(Choice(name, visit.words.text(f"own_name.{name}")) for name in LOCALES),
        visit.agent.has_totp,
        "admin" in visit.agent.roles and not visit.agent.has_totp,
        secret,
        uri,
        wrong or {},
    )
    return await visit.page("profile", view, "profile", status=422 if wrong else 200)


async def look(visit: Visit) -> Response:
    """Keep language and colours: the language with the agent, the colours in this browser."""
    fields = one_each(await fields_of(visit.request))
    locale, scheme = fields.get("locale", ""), fields.get("scheme", "")
    if locale not in LOCALES or scheme not in {"auto", "light", "dark"}:
        raise DeskError(422, "unknown_value")
    await visit.service.store.write_soon(people.set_locale, visit.agent.id, locale)
    answer = go("/desk/profile", "saved")
    for name, value in ((SCHEME, scheme), (LOCALE, locale)):
        answer.set_cookie(
            name, value, max_age=31_536_000, path="/desk", secure=visit.service.settings.is_secure, httponly=True, samesite="lax"
        )
    return answer


async def password(visit: Visit) -> Response:
    """Change the password; every other session of this agent ends."""
    fields, cookie = one_each(await fields_of(visit.request)), visit.request.cookies.get(COOKIE, "")
    try:
        opened = await _keeper(visit).change_password(cookie, fields.get("old", ""), fields.get("new", ""), visit.request.state.client)
    except SignInError as error:
        return await _not_taken(visit, error, {"wrong": ("old", "wrong_password")})
    answer = go("/desk/profile", "password")
    set_session(answer, opened.cookie)
    return answer


async def second_step(visit: Visit) -> Response:
    """Keep a second factor that works."""
    fields, cookie = one_each(await fields_of(visit.request)), visit.request.cookies.get(COOKIE, "")
    secret = fields.get("secret", "")
    try:
        opened = await _keeper(visit).take_totp(cookie, secret, fields.get("code", ""))
    except SignInError as error:
        return await _not_taken(visit, error, {"wrong": ("code", "wrong_code")}, secret)
    answer = go("/desk/profile", "totp")
    set_session(answer, opened.cookie)
    return answer


def set_session(answer: Response, cookie: str) -> None:
    """Give a browser its session; the name of the cookie ties it to this host, and to TLS."""
    answer.set_cookie(COOKIE, cookie, path="/", secure=True, httponly=True, samesite="lax")


async def _not_taken(visit: Visit, error: SignInError, known: dict[str, tuple[str, str]], secret: str = "") -> Response:
    if error.reason in {"wait", "ended"}:
        raise error
    field, word = known.get(error.reason, ("new", error.reason))
    return await profile(visit, {field: word}, secret)


async def _reports(visit: Visit) -> Any:
    try:
        wish = figures.wish_of(dict(visit.request.query_params), visit.now.date())
    except (ValueError, LookupError):
        raise DeskError(422, "unknown_value") from None
    counted = await visit.service.store.read_soon(figures.count, wish)
    return figures.reports(counted, wish, visit.service.manifest.current, visit.locale)


def _vote(visit: Visit, rating: Rating) -> Vote:
    manifest = visit.service.manifest.current
    entry = manifest.find(rating.article, rating.locale)
    return Vote(
        id=str(rating.seq),
        article=rating.article,
        title=entry.title if entry else rating.article,
        url=f"{manifest.base_url.rstrip('/')}/{entry.url.lstrip('/')}" if entry else "",
        locale=rating.locale,
        at=rating.at,
        state=rating.state,
        moves=MOVES[rating.state],
        helpful=rating.helpful,
        reason=rating.reason or "",
        comment=rating.comment,
        query=rating.query,
        revision=rating.revision,
    )


def _rule(rule: Rule) -> str:
    when = "; ".join(f"{name} = {', '.join(sorted(values))}" for name, values in sorted(rule.when.items()))
    then = ", ".join(f"{name} = {value}" for name in rule.then.__slots__ if (value := getattr(rule.then, name)))
    return f"{', '.join(sorted(rule.on))}{f' ({when})' if when else ''} → {then}"


def _keeper(visit: Visit) -> Doorkeeper:
    keeper: Doorkeeper = visit.request.app.state.doorkeeper
    return keeper


def _page(visit: Visit) -> int:
    page = visit.request.query_params.get("page", "1")
    return min(int(page), 200) if page.isdecimal() and len(page) < 6 and int(page) > 0 else 1

"""Accounts at the desk, for admins: who works here, with which rights; an invitation, a second factor that was lost, leaving."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from feedback_service import staff
from feedback_service.accounts import ROLES, Agent, Role
from feedback_service.accounts.nouns import LOGIN
from feedback_service.addresses import AddressError, parse_address
from feedback_service.desk.boards import Account, AccountForm, Accounts
from feedback_service.desk.request import DeskError, Visit, fields_of, go, one_each
from feedback_service.desk.views import Choice
from feedback_service.desk.words import LOCALES
from feedback_service.domain.refused import RefusedError
from feedback_service.intake import NAME
from feedback_service.store import Tx
from feedback_service.store import agents as people
from feedback_service.texts import TextError, clean_line

if TYPE_CHECKING:
    from starlette.responses import Response

MOST_TEAMS = 50
_COMMA = re.compile(r"[,،、，;\s]+")


async def accounts(visit: Visit) -> Response:
    """List everybody who works here, and who did."""
    found = await visit.service.store.read_soon(people.all_agents)
    rows = [Account(one.id, one.name, _in_order(one.roles), tuple(sorted(one.teams)), one.has_totp, one.disabled) for one in found]
    return await visit.page("accounts", Accounts(tuple(sorted(rows, key=lambda row: (row.disabled, row.login)))), "accounts")


async def account(visit: Visit) -> Response:
    """Show one account."""
    return await _form(visit, await _known(visit))


async def new_account(visit: Visit) -> Response:
    """Show the form for somebody who is to work here."""
    return await _form(visit, Agent("", "", frozenset({"agent"}), locale=visit.locale))


async def enter(visit: Visit) -> Response:
    """Enter somebody; the page shows their invitation, this once."""
    posted = await fields_of(visit.request)
    agent, values, wrong = _read(Agent("", "", frozenset()), posted)
    login = values.get("login", "").strip()
    if not LOGIN.fullmatch(login):
        wrong["login"] = "bad_login" if login else "required"
    typed = AccountForm("", values, agent.roles, _locales(visit), wrong=wrong)
    if wrong:
        return await visit.page("account", typed, "accounts", status=422)
    try:
        made = await visit.service.store.write_soon(staff.enter, replace(agent, id=login), visit.agent.id, visit.now)
    except RefusedError as error:
        return await visit.page("account", replace(typed, wrong={"login": error.reason}), "accounts", status=422)
    return await _form(visit, made.agent, made.secret)


async def change(visit: Visit) -> Response:
    """Change name, rights, language or address, or whether somebody may come in at all."""
    before, posted = await _known(visit), await fields_of(visit.request)
    agent, values, wrong = _read(before, posted)
    mine = before.id == visit.agent.id
    view = AccountForm(before.id, values, agent.roles, _locales(visit), before.has_totp, mine, wrong=wrong)

    def write(tx: Tx) -> Agent | None:
        """Change the account that was read; returns it as it is by now, if it is another one."""
        current = people.agent_of(tx, before.id) or before
        if _seen(current) != values.get("seen"):
            return current
        staff.change(tx, agent, visit.agent.id, visit.now)
        return None

    try:
        current = None if wrong else await visit.service.store.write_soon(write)
    except RefusedError as error:
        view, current = replace(view, wrong={error.field: error.reason}), None
    if current is not None:
        view = replace(view, values=values | {"seen": _seen(current)}, changed=_differences(visit, current, agent))
        return await visit.page("account", view, "accounts", status=409)
    if view.wrong:
        return await visit.page("account", view, "accounts", status=422)
    return go("/desk/accounts", "saved")


async def invite(visit: Visit) -> Response:
    """Make an invitation to set another password; the page shows it, this once."""
    made = await visit.service.store.write_soon(staff.invite, (await _known(visit)).id, visit.agent.id, visit.now)
    return await _form(visit, made.agent, made.secret)


async def drop_second_factor(visit: Visit) -> Response:
    """Take away somebody's second factor; one's own is no matter of this page."""
    agent = await _known(visit)
    if agent.id == visit.agent.id:
        raise DeskError(422, "not_yourself")
    await visit.service.store.write_soon(staff.drop_second_factor, agent.id, visit.agent.id, visit.now)
    return go(f"/desk/accounts/{agent.id}", "no_totp")


async def _form(visit: Visit, agent: Agent, invitation: str = "") -> Response:
    teams = ", ".join(sorted(agent.teams))
    values = {"login": "", "name": agent.name, "email": agent.email, "locale": agent.locale, "teams": teams}
    values |= {"seen": _seen(agent)} | ({"disabled": "yes"} if agent.disabled else {})
    mine = agent.id == visit.agent.id
    view = AccountForm(agent.id, values, frozenset(agent.roles), _locales(visit), agent.has_totp, mine, invitation)
    return await visit.page("account", view, "accounts")


def _seen(agent: Agent) -> str:
    """Fingerprint what the form holds of an account, so that a form from before overwrites nobody's change."""
    shown = (agent.name, agent.email, agent.locale, sorted(agent.roles), sorted(agent.teams), agent.disabled)
    return hashlib.sha256(repr(shown).encode()).hexdigest()[:16]


def _differences(visit: Visit, current: Agent, typed: Agent) -> tuple[tuple[str, str], ...]:
    """List fields, by their words, that are not what was typed, as they are by now."""

    def word(group: str, value: str) -> str:
        return visit.words.text(f"{group}.{value}")

    def told(agent: Agent) -> dict[str, str]:
        comma = visit.words.text("settings.comma")
        return {
            "case.name": agent.name,
            "case.email": agent.email,
            "account.teams": comma.join(sorted(agent.teams)),
            "profile.locale": word("own_name", agent.locale) if agent.locale in LOCALES else agent.locale,
            "account.roles": comma.join(word("role", role) for role in _in_order(agent.roles)),
            "account.left": word("answer", "yes" if agent.disabled else "no"),
        }

    mine = told(typed)
    return tuple((visit.words.text(name), value or "–") for name, value in told(current).items() if value != mine[name])


async def _known(visit: Visit) -> Agent:
    found = await visit.service.store.read_soon(people.agent_of, visit.request.path_params["login"])
    if found is None:
        raise DeskError(404, "not_found")
    return found


def _read(before: Agent, posted: list[tuple[str, str]]) -> tuple[Agent, dict[str, str], dict[str, str]]:
    """Read what was typed about an account: as an agent, as it stood there, and what is wrong with it."""
    values, wrong = one_each(posted), dict[str, str]()
    roles = frozenset(value for name, value in posted if name == "role" and value in ROLES)
    teams = frozenset(filter(None, _COMMA.split(values.get("teams", ""))))
    if not roles:
        wrong["roles"] = "no_role"
    if len(teams) > MOST_TEAMS or not all(LOGIN.fullmatch(team) for team in teams):
        wrong["teams"] = "bad_team"
    if values.get("locale") not in LOCALES:
        wrong["locale"] = "unknown_value"
    name, email = _name(values, wrong), _email(values, wrong)
    agent = replace(
        before, name=name, email=email, roles=roles, teams=teams, locale=values.get("locale", ""), disabled=values.get("disabled") == "yes"
    )
    blank = dict.fromkeys(("login", "name", "email", "locale", "teams", "seen"), "")
    return agent, blank | values, wrong


def _name(values: Mapping[str, str], wrong: dict[str, str]) -> str:
    try:
        return clean_line(values.get("name", ""), NAME)
    except TextError as error:
        wrong["name"] = error.reason
        return ""


def _email(values: Mapping[str, str], wrong: dict[str, str]) -> str:
    try:
        return parse_address(values["email"]) if values.get("email", "").strip() else ""
    except AddressError as error:
        wrong["email"] = error.reason
        return ""


def _locales(visit: Visit) -> tuple[Choice, ...]:
    return tuple(Choice(name, visit.words.text(f"own_name.{name}")) for name in LOCALES)


def _in_order(roles: frozenset[Role]) -> tuple[str, ...]:
    return tuple(role for role in ROLES if role in roles)

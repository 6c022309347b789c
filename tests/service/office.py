"""An office to test the agents' API with: agents of every role with tokens, cases of two teams, and a client that talks to the real application."""

from __future__ import annotations

import atexit
import json
import secrets
import shutil
import tempfile
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import httpx2
from service.made import run_apart

from feedback_service.accounts import ROLES, Agent, sessions, tokens
from feedback_service.desk.routes import desk_routes, furnish
from feedback_service.domain import Act, Actor, Particulars
from feedback_service.domain.acts import assign
from feedback_service.http.agents import ROUTES
from feedback_service.http.app import make_app
from feedback_service.http.service import ManifestFile, Service
from feedback_service.http.throttle import Throttle
from feedback_service.settings import Settings
from feedback_service.signin import Doorkeeper
from feedback_service.store import agents as people
from feedback_service.store import cases, open_store
from feedback_service.store.sqlite import NAME

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
ARTICLE = {
    "id": "kb-refund",
    "locale": "en",
    "title": "Refunds",
    "url": "/en/refund/",
    "category": "billing",
    "queue": "billing",
    "revision": "a1b2c3",
}
TEAMS = {"ours": "billing", "theirs": "delivery", "nobodys": None, "mine": "delivery"}


@cache
def migrated() -> Path:
    """Make an empty database once; a copy opens without any migration."""
    folder = Path(tempfile.mkdtemp(prefix="office-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    open_store(folder).close()
    return folder / NAME


class Office:
    """A running application.  Each role has one agent of billing, `<role>` by login; cases are called as in TEAMS."""

    def __init__(self, folder, **settings):
        self.now = NOON
        shutil.copy(migrated(), folder)
        self.store = open_store(folder)
        manifest = folder / "kb-manifest.json"
        plain = {"schema": 1, "base_url": "https://help.example.org", "articles": [ARTICLE], "replies": []}
        manifest.write_text(json.dumps(plain), encoding="utf-8")
        self.service = Service(
            self.store, Settings(data=folder, **settings), b"s" * 32, ManifestFile(manifest), Throttle(600), now=lambda: self.now
        )
        self.app = make_app(self.service, [*ROUTES, *desk_routes()])
        furnish(self.app.state, Doorkeeper(self.store, clock=lambda: self.now))
        self.secrets = {role: self.hire(role, role) for role in ROLES}
        self.hire("jordi", "agent", "delivery")
        self.cases = {}
        for name, team in TEAMS.items():
            self.open(name, team)

    def close(self):
        """Let the store go."""
        self.store.close()

    def hire(self, login: str, *roles_and_teams: str, reads_only: bool = False) -> str:
        """Enter an agent of billing, or of the teams that are named after the role; returns the secret of a token."""
        role, *teams = roles_and_teams
        agent = Agent(login, login.title(), frozenset({role}), frozenset(teams or {"billing"}), email=f"{login}@example.org")
        if self.store.read(people.agent_of, login) is None:
            self.store.write(people.add_agent, agent, self.now)
        return self.token(login, reads_only=reads_only)

    def token(self, login: str, *, reads_only: bool = False) -> str:
        """Make a token of an agent."""
        secret, token = tokens.api_token(
            secrets.token_bytes(32), self.store.read(people.agent_of, login), self.now, label="test", reads_only=reads_only
        )
        self.store.write(people.put_token, token, self.now)
        return secret

    def cookie(self, login: str) -> str:
        """Open a session at the desk."""
        secret, session = sessions.open_session(secrets.token_bytes(32), self.store.read(people.agent_of, login), "full", self.now)
        self.store.write(people.put_session, session)
        return secret

    def open(self, name: str, team: str | None, **told) -> int:
        """Open a case of Joan's; returns its number."""
        new = cases.NewCase(
            Particulars(told.pop("subject", name), "A question", "Joan", "joan@example.org"), "en", "web", team=team, **told
        )
        case = self.store.write(cases.open_case, new, Act(Actor("requester", "r"), self.now)).case
        self.cases[name] = case.number
        if name == "mine":  # a case of another team that every agent here is made the assignee of in turn
            self.give(case.number, "agent")
        return case.number

    def give(self, number: int, login: str) -> None:
        """Assign a case."""
        how = Act(Actor("agent", "jordi"), self.now)
        case = self.case(number)
        self.store.write(cases.act, case.id, how, lambda now: assign(now, how, login, [login]))

    def case(self, number: int):
        """Read a case."""
        return self.store.read(cases.case_by_number, number)

    def change(self, login: str, **more) -> None:
        """Change an account."""
        self.store.write(people.change_agent, replace(self.store.read(people.agent_of, login), **more))

    def ask(self, method: str, path: str, *, by: str = "agent", **more):
        """Send one request, as an agent ("" for nobody; a secret as it is)."""
        secret = self.secrets.get(by, by)
        headers = {"authorization": f"Bearer {secret}"} if secret else {}
        headers |= {"sec-fetch-site": "same-origin"} | more.pop("headers", {})
        if "json" in more:
            more["content"] = json.dumps(more.pop("json"))  # lone surrogates and all
            headers.setdefault("content-type", "application/json")

        async def send():
            transport = httpx2.ASGITransport(self.app, raise_app_exceptions=False)
            async with httpx2.AsyncClient(transport=transport, base_url="http://127.0.0.1:8001") as client:
                return await client.request(method, path, headers=headers, **more)

        return run_apart(send())

    def later(self, **span) -> None:
        """Let time pass."""
        self.now += timedelta(**span)

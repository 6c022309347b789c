"""A running desk to test with: agents of every role, cases of two teams and five languages, and a real server."""

from __future__ import annotations

import contextlib
import json
import secrets
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

import httpx2
import pytest
from service.made import run_apart, sla

from feedback_service.accounts import Agent, passwords, sessions
from feedback_service.desk.routes import desk_routes, furnish
from feedback_service.domain import Act, Actor, Particulars
from feedback_service.http.app import make_app
from feedback_service.http.server import listen, make_server
from feedback_service.http.service import ManifestFile, Service
from feedback_service.http.throttle import Throttle
from feedback_service.settings import Settings
from feedback_service.signin import Doorkeeper
from feedback_service.store import agents as people
from feedback_service.store import cases, open_store

PASSWORD = "correct horse battery"
ENCODED = passwords.hash_password(PASSWORD, bytes(16))
STAFF = (
    Agent("maria", "Maria López", frozenset({"lead"}), frozenset({"billing"}), "ca"),
    Agent("jordi", "Jordi Puig", frozenset({"agent"}), frozenset({"billing"}), "en"),
    Agent("sara", "سارا محمدی", frozenset({"agent"}), frozenset({"devices"}), "fa"),
    Agent("root", "Root", frozenset({"admin"}), frozenset(), "en"),
    Agent("mod", "Moderator", frozenset({"moderator"}), frozenset(), "en"),
    Agent("audit", "Auditor", frozenset({"auditor"}), frozenset(), "en"),
)
ARTICLES = (
    ("kb-payfail", "ca", "Un pagament rebutjat", "pagaments", "billing"),
    ("kb-paymeth", "ca", "Problemes amb la facturació i els cobraments", "pagaments", "billing"),
    ("kb-paymeth", "en", "Problems with an invoice", "billing", "billing"),
    ("kb-hub", "en", "Set up your hub", "devices", "devices"),
    ("kb-hub", "fa", "راه‌اندازی هاب", "devices", "devices"),
)
REPLIES = (
    (
        "kb-rpref1",
        "ca",
        "Resposta: la devolució ja és en camí",
        "Hola {{requester.name}},\n\nhem tornat [import] del cas {{case.number}}.\n\n{{agent.name}}",
    ),
    ("kb-rpref1", "en", "Reply: your refund is on its way", "Hello {{requester.name}}, we sent [amount] back."),
    ("kb-rpthx", "en", "Reply: thank you", "Thank you, {{requester.name}}."),
)
TOLD = {
    "joan": ("Problema amb la facturació", "M'heu cobrat dues vegades la factura.", "Joan Pérez", "joan@example.org", "ca", "billing"),
    "sara": ("هاب روشن نمی‌شود", "از دیشب چراغ قرمز است.", "سارا", "sara@example.org", "fa", "devices"),
    "pau": ("Return label", "Where do I print it? <b>Thanks</b>", "Pau", "pau@example.org", "en", "billing"),
    "ann": ("No team yet", "A question for anybody.", "Ann", "ann@example.org", "en", None),
}


class Bureau:
    """A store with agents and cases, the application of the desk, and sessions without passwords for tests of everything else."""

    def __init__(self, folder, now: datetime | None = None):
        self.fixed = now
        self.store = open_store(folder, "", sla())
        manifest = folder / "kb-manifest.json"
        names = ("id", "locale", "title", "category", "queue")
        articles = [{**dict(zip(names, each, strict=True)), "url": f"/{each[1]}/{each[0]}/", "revision": "a1b2c3d4"} for each in ARTICLES]
        replies = [{"id": name, "locale": locale, "title": title, "revision": "r1", "text": text} for name, locale, title, text in REPLIES]
        manifest.write_text(
            json.dumps({"schema": 1, "base_url": "https://help.example", "articles": articles, "replies": replies}), encoding="utf-8"
        )
        self.service = Service(self.store, Settings(data=folder), b"s" * 32, ManifestFile(manifest), Throttle(600), now=lambda: self.now)
        self.app = make_app(self.service, desk_routes())
        furnish(self.app.state, Doorkeeper(self.store, clock=lambda: self.now))
        for agent in STAFF:
            self.store.write(people.add_agent, agent, self.now)
            self.store.write(people.set_password, agent.id, ENCODED)
        self.numbers = {name: self.open(name) for name in TOLD}

    @property
    def now(self) -> datetime:
        """The time: that of the machine, unless a test has stopped it."""
        return self.fixed or datetime.now(UTC)

    def open(self, name: str, **more) -> int:
        """Open a case; returns its number."""
        subject, body, who, address, locale, team = TOLD[name]
        new = cases.NewCase(Particulars(subject, body, who, address), locale, "web", team=team, **more)
        return self.store.write(cases.open_case, new, Act(Actor("requester", "r"), self.now - timedelta(minutes=20))).case.number

    def case(self, name: str | int):
        """Read a case."""
        return self.store.read(cases.case_by_number, self.numbers.get(name, name))

    def file(self, name: str | int):
        """Read everything about a case."""
        return self.store.read(cases.case_file, self.case(name).id, self.now)

    def act(self, name: str | int, step, *, by: str = "jordi", wrote=()) -> None:
        """Let somebody else do something: *step* takes the case and who acts."""
        how = Act(Actor("agent", by), self.now)
        self.store.write(cases.act, self.case(name).id, how, lambda case: step(case, how), wrote=wrote)

    def cookie(self, login: str) -> str:
        """Open a full session of an agent, as a sign-in does."""
        agent = self.store.read(people.agent_of, login)
        value, session = sessions.open_session(secrets.token_bytes(32), agent, "full", self.now)
        self.store.write(people.put_session, session)
        return value

    def ask(self, method: str, path: str, *, by: str = "maria", cookie: str | None = None, headers=(), **more):
        """Send one request to the desk, from a page of the desk unless *headers* say otherwise."""
        value = self.cookie(by) if cookie is None and by else cookie
        sent = {"sec-fetch-site": "same-origin", **({"cookie": f"{sessions.COOKIE}={value}"} if value else {}), **dict(headers)}

        async def send():
            transport = httpx2.ASGITransport(self.app, raise_app_exceptions=True)
            async with httpx2.AsyncClient(transport=transport, base_url="http://127.0.0.1:8001") as client:
                return await client.request(method, path, headers={name: each for name, each in sent.items() if each is not None}, **more)

        return run_apart(send())

    def do(self, name: str | int, act: str, *, by: str = "maria", version: int | None = None, **fields):
        """Post a form of a case's page, made on its version of now unless another is given."""
        case = self.case(name)
        data = {"version": str(case.version if version is None else version), **fields}
        return self.ask("POST", f"/desk/cases/{case.number}/{act}", by=by, data=data)

    @contextlib.contextmanager
    def serving(self) -> Iterator[str]:
        """Run the real server on a free port; gives its address."""
        with listen("127.0.0.1", 0) as door:
            server = make_server(self.app)
            thread = threading.Thread(target=server.run, kwargs={"sockets": [door]}, daemon=True)
            thread.start()
            try:
                until = time.monotonic() + 30
                while not server.started and time.monotonic() < until:
                    time.sleep(0.01)
                yield f"http://127.0.0.1:{door.getsockname()[1]}"
            finally:
                server.should_exit = True
                thread.join(30)


def enter(page, desk, login="jordi", path="/desk/"):
    """Sign in, and land on a page."""
    page.goto(f"{desk}/desk/sign-in?next={quote(path)}")
    page.locator("#login").fill(login)
    page.locator("#password").fill(PASSWORD)
    page.locator("#password").press("Enter")
    page.locator("#rail").wait_for(state="attached")
    page.wait_for_load_state()  # before that, keys are not heard


def tab_to(page, selector: str, most: int = 80):
    """Press Tab until the element has the focus."""
    for _ in range(most):
        if page.evaluate("selector => document.activeElement?.matches(selector)", selector):
            return
        page.keyboard.press("Tab")
    pytest.fail(f"Tab does not lead to {selector}")

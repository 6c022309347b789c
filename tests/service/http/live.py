"""A service that really listens, on a port of its own, with a SQLite file in a folder of the test's."""

from __future__ import annotations

import itertools
import json
import re
import socket
import threading
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import httpx2
from service.made import sla

from feedback_service.http.app import make_app
from feedback_service.http.server import listen, make_server
from feedback_service.http.service import ManifestFile, Service
from feedback_service.http.throttle import Throttle
from feedback_service.moderation import issue_token, work_done
from feedback_service.settings import Settings
from feedback_service.store import open_store

PATIENCE = 30  # seconds
SECRET = b"a secret that only the tests know"
PORTAL = "https://help.example.org"
NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)


def entry(locale: str, **more) -> dict:
    """Describe the article of the tests in one language."""
    same = {"id": "kb-return", "title": "Return a parcel", "url": f"/{locale}/return/", "category": "orders/returns", "queue": "orders"}
    return {**same, "locale": locale, "owner": "", "revision": "abc1234", "ids": ["kb-send-back"], "revisions": ["aaa0000"], **more}


MANIFEST = {"schema": 1, "base_url": PORTAL, "articles": [entry(each) for each in ("en", "ca", "ro", "fa", "zh-Hant")], "replies": []}


class Live:
    """
    A running service; `now` is its clock, which stands until a test moves it.

    Every test has it for itself, so nothing depends on what ran before.
    """

    def __init__(self, folder, **settings):
        (folder / "manifest.json").write_text(json.dumps(MANIFEST), encoding="utf-8")
        self.now = NOON
        self.door = listen("127.0.0.1", 0)
        self.port = self.door.getsockname()[1]
        self.store = open_store(folder, promises=sla())
        chosen = Settings(data=folder, port=self.port, portal=(PORTAL,), **settings)
        manifest = ManifestFile(folder / "manifest.json")
        self.service = Service(self.store, chosen, SECRET, manifest, Throttle(chosen.flood), now=lambda: self.now)
        self.app = make_app(self.service)
        self._server = make_server(self.app)
        self._thread = threading.Thread(target=self._server.run, kwargs={"sockets": [self.door]}, daemon=True)
        self._thread.start()
        wait_until(lambda: self._server.started)
        self.client = httpx2.Client(base_url=f"http://127.0.0.1:{self.port}", timeout=PATIENCE, headers={"origin": PORTAL})
        self._clients = [self.client]
        self._cases = 0

    def close(self) -> None:
        """Stop, and give the file free."""
        for client in self._clients:
            client.close()
        self._server.should_exit = True
        self._thread.join(PATIENCE)
        self.store.close()
        self.door.close()

    def later(self, **span: float) -> datetime:
        """Move the clock."""
        self.now += timedelta(**span)
        return self.now

    def settings(self, **more) -> None:
        """Change settings of the running service."""
        self.service.settings = replace(self.service.settings, **more)

    def token(self, purpose: str = "case", **ago: float) -> str:
        """Make the token of a form that was opened a while ago, a minute if nothing is said."""
        return issue_token(SECRET, purpose, self.now - timedelta(**(ago or {"minutes": 1})), f"nonce{time.monotonic_ns()}")

    def case(self, **more) -> dict:
        """Fill in the contact form; from the third on with the proof of work that the service asks for."""
        form = {"subject": "A lamp does not light", "body": "It is dark here.", "email": "joan@example.org", "locale": "en"}
        form |= {"token": self.token(), **more}
        self._cases += 1
        return form if self._cases < 3 or not form["token"] or "work" in form else {**form, "work": work_of(form["token"])}

    def rating(self, **more) -> dict:
        """Fill in the form below an article."""
        return {"article": "kb-return", "locale": "en", "revision": "abc1234", "helpful": "yes", "voter": "v" * 20, **more}

    def post(self, what: str, fields: dict, **headers: str) -> httpx2.Response:
        """Post as a program does."""
        return self.client.post(f"/api/v1/{what}", json=fields, headers={key.replace("_", "-"): value for key, value in headers.items()})

    def send(self, what: str, fields: dict, **headers: str) -> httpx2.Response:
        """Post as a form without script does."""
        return self.client.post(f"/api/v1/{what}", data=fields, headers={"accept": "text/html", **headers})

    def ask(self, sql: str) -> list[tuple]:
        """Look into the database."""
        return self.store.read(lambda tx: [tuple(row) for row in tx.conn.exec_driver_sql(sql).all()])

    def visit(self, url: str, **headers: str) -> httpx2.Client:
        """Open the requester's page as the browser of somebody who has the link."""
        mine = {"sec-fetch-site": "same-origin", **headers}
        client = httpx2.Client(base_url=str(self.client.base_url), timeout=PATIENCE, headers=mine, follow_redirects=True)
        self._clients.append(client)
        answer = client.post("/case/open", data={"secret": url.rpartition("#")[2]})

        assert answer.status_code == 200, answer.text
        return client

    def raw(self, data: bytes, *, wait: float = PATIENCE) -> bytes:
        """Send bytes as they are, and read until the server ends or has nothing more to say."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=wait) as line:
            line.sendall(data)
            answer = b""
            try:
                while part := line.recv(65536):
                    answer += part
                    if _is_whole(answer):
                        break
            except ConnectionResetError:
                pass
            return answer


def work_of(token: str) -> str:
    """Find a proof of work, as the portal's script does."""
    return next(answer for answer in map(str, itertools.count()) if work_done(token, answer))


def _is_whole(answer: bytes) -> bool:
    """Tell whether an answer has the length that it promised."""
    head, _, body = answer.partition(b"\r\n\r\n")
    length = re.search(rb"content-length: (\d+)", head, re.IGNORECASE)
    return length is not None and len(body) >= int(length[1])


def wait_until(holds) -> None:
    """Wait until something holds."""
    until = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < until, "It did not happen in time."
        time.sleep(0.01)

"""
A small service on a real port for the portal's forms: the service's own rules for forms, tokens and moderation, with rows in memory.

It can be down (503), or deaf: it takes a post and hangs up before it answers, as a broken connection does.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from secrets import token_hex
from threading import RLock, Thread
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from browser.sample import ROOT

from feedback_service.intake import FormError, Known, case_form, rating_form
from feedback_service.moderation import Post, Sender, check_token, issue_token, judge

SECRET = b"only for this test"
RESET, REFUND = "en/account/reset/", "en/orders/refund/"  # pages of the small portal
HEAD = "---\nid: {id}\ntitle: {title}\ndescription: What to do in this case\nstatus: published\n---\n\nWrite to us.\n"
ARTICLES = {
    "en/account/reset.md": ("kb-reset", "Reset your password"),
    "en/orders/refund.md": ("kb-refund", "Get a refund"),
    "fa/account/reset.md": ("kb-reset", "بازنشانی رمز عبور"),
}


@dataclass
class Row:
    """One thing that was taken, with the moderator's reasons to look at it first."""

    path: str
    fields: dict[str, str]
    form: Any
    reasons: tuple[str, ...]


@dataclass
class Service:
    """What the service knows and has; `rows` by idempotency key, or by number where a post had none."""

    url: str = ""
    portal: str = ""  # address of the portal that posts to it
    known: Known = field(default_factory=lambda: Known({}, {}, ()))
    mode: str = "up"  # "up", "down", "deaf"
    work: int = 0  # bits of a proof of work that goes with each token; 0: none is asked for
    rows: dict[str, Row] = field(default_factory=dict)
    tries: list[str] = field(default_factory=list)  # the key of each post that came
    headers: list[dict[str, str]] = field(default_factory=list)
    used: set[str] = field(default_factory=set)  # tokens
    lock: RLock = field(default_factory=RLock)

    def of(self, end: str) -> list[Row]:
        """Return the rows of one address, in the order in which they came."""
        with self.lock:
            return [row for row in self.rows.values() if row.path.endswith(f"/{end}")]

    def only(self, end: str) -> Row:
        """Wait for the one row of an address; fails if there are more."""
        self.wait(lambda: self.of(end))
        (row,) = self.of(end)
        return row

    def forget(self) -> None:
        """Be up and empty again."""
        with self.lock:
            self.mode, self.work = "up", 0
            for had in (self.rows, self.tries, self.headers, self.used):
                had.clear()

    def wait(self, ready: Callable[[], Any]) -> Any:
        """Wait until something holds, for half a minute at most; returns what it said."""
        until = time.monotonic() + 30
        while not (said := ready()) and time.monotonic() < until:
            time.sleep(0.05)
        assert said, f"this never came true; there are {self.rows}"
        return said

    def take(self, path: str, key: str, fields: dict[str, str]) -> tuple[int, dict[str, Any]]:
        """Store a post once; returns status and answer."""
        with self.lock:
            key = key or f"no key {len(self.rows)}"
            self.tries.append(key)
            if self.mode == "down":
                return 503, {"code": "unavailable"}
            if key in self.rows:
                same = without_token(self.rows[key].fields) == without_token(fields)
                return (200, self._answer(key)) if same else (422, {"code": "key_reused"})
            try:
                form, purpose = self._form(path, fields)
            except FormError as error:
                wrong = {name: {"reason": complaint.reason} for name, complaint in error.complaints.items()}
                return 404 if error.missing else 422, {"code": "invalid", "message": "Some fields are wrong.", "fields": wrong}
            self.rows[key] = Row(path, fields, form, self._reasons(purpose, fields) if purpose else ())
            return 201, self._answer(key)

    def _form(self, path: str, fields: dict[str, str]) -> tuple[Any, str]:
        match path.rpartition("/")[2]:
            case "ratings":
                form = rating_form(fields, self.known)
                return form, f"rating:{form.article}"
            case "cases":
                return case_form(fields, self.known), "case"
        return None, ""

    def _reasons(self, purpose: str, fields: dict[str, str]) -> tuple[str, ...]:
        token, now = fields.get("token", ""), datetime.now(UTC)
        replayed = bool(token) and token in self.used
        self.used.add(token)
        post = Post(Sender(voter=fields.get("voter", "")), fields.get("website", ""), check_token([SECRET], purpose, token, now), replayed)
        return judge(post, (), now).reasons

    def _answer(self, key: str) -> dict[str, Any]:
        number = 1000 + list(self.rows).index(key)
        return {"number": number, "url": f"/case/#{number}"} if self.rows[key].path.endswith("/cases") else {}


def without_token(fields: dict[str, str]) -> dict[str, str]:
    """Leave out what is new with each try."""
    return {name: value for name, value in fields.items() if name not in {"token", "work"}}


class Handler(BaseHTTPRequestHandler):
    """Speaks HTTP for the service that its server carries."""

    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        """Stay silent: pytest shows what matters."""

    @property
    def service(self) -> Service:
        """The service that this server speaks for."""
        return self.server.service  # type: ignore[attr-defined]

    def do_OPTIONS(self) -> None:
        """Let the portal's scripts send JSON with a key."""
        self._send(204, b"", {"Access-Control-Allow-Headers": "content-type, idempotency-key", "Access-Control-Allow-Methods": "POST"})

    def do_GET(self) -> None:
        """Give out a form token."""
        asked = urlsplit(self.path)
        if self.service.mode == "down":
            return self._json(503, {})
        if asked.path != "/api/v1/form-token":
            return self._json(404, {})
        token = issue_token(SECRET, dict(parse_qsl(asked.query))["for"], datetime.now(UTC), token_hex(8))
        return self._json(200, {"token": token} | ({"work": self.service.work} if self.service.work else {}))

    def do_POST(self) -> None:
        """Take a form, from a script or from the browser itself."""
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        scripted = self.headers["Content-Type"].startswith("application/json")
        fields = json.loads(body) if scripted else dict(parse_qsl(body, keep_blank_values=True))
        self.service.headers.append({name.lower(): value for name, value in self.headers.items()})
        status, answer = self.service.take(self.path, self.headers.get("Idempotency-Key", ""), fields)
        if self.service.mode == "deaf":
            self.close_connection = True
            return
        if scripted:
            self._json(status, answer)
        else:
            self._send(status, b"<!doctype html><title>Thanks</title><h1>Thanks</h1>", {"Content-Type": "text/html; charset=utf-8"})

    def _json(self, status: int, answer: dict[str, Any]) -> None:
        self._send(status, json.dumps(answer).encode(), {"Content-Type": "application/json"})

    def _send(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in {**headers, "Access-Control-Allow-Origin": "*", "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)


@contextmanager
def listening() -> Iterator[Service]:
    """Run a service on a free port of this machine."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        server.service = service = Service(f"http://127.0.0.1:{server.server_port}")  # type: ignore[attr-defined]
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield service
        finally:
            server.shutdown()
            thread.join()


def built_for(service: Service, root: Path) -> Path:
    """Build a portal of three articles whose forms post to the service, and let the service read its manifest; returns the output."""
    for path, (key, title) in ARTICLES.items():
        file = root / "content" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(HEAD.format(id=key, title=title), encoding="utf-8")
    settings = f'[site]\ntitle = "T"\nbase_url = "https://help.example"\n[locales.en]\n[locales.fa]\n[feedback]\nurl = "{service.url}"\n'
    (root / "kbgen.toml").write_text(settings, encoding="utf-8")
    command = [sys.executable, "-m", "kbgen", "build", "--jobs", "1", "--quiet"]
    done = subprocess.run(command, cwd=root, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    service.known = known_of((root / "handoff" / "kb-manifest.json").read_text(encoding="utf-8"))
    return root / "dist"


def known_of(text: str) -> Known:
    rows = json.loads(text)["articles"]
    revisions = {row["id"]: {one["revision"] for one in rows if one["id"] == row["id"]} for row in rows}
    return Known({key: key for key in revisions}, revisions, {row["locale"] for row in rows})

"""A forge on this machine: the part of its API that pipelines use, over real HTTP, and a bare repository that is its origin."""

from __future__ import annotations

import json
import re
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

TOKEN = "a-token-of-the-test"
ACCOUNT = "forgejo-actions"  # whose the token is
PAGE = 2  # rows: small, so that lists have several pages


@dataclass
class Pull:
    """A pull request: where it ends, what it brought, and what was said."""

    number: int
    tip: str
    state: str = "open"
    base: str = ""  # the tip of the main branch when it was opened
    brought: list[str] = field(default_factory=list)  # commits on the main branch
    reviews: list[dict[str, Any]] = field(default_factory=list)
    versions: list[dict[str, Any]] = field(default_factory=list)
    comments: list[dict[str, Any]] = field(default_factory=list)


class Forge:
    """What the forge knows."""

    def __init__(self, kind: str, origin: Path) -> None:
        self.kind = kind
        self.origin = origin
        self.pulls: dict[int, Pull] = {}
        self.issues: list[dict[str, Any]] = []
        self.refused: list[str] = []
        self.busy = 0  # answers 503 so many times
        self.port = 0
        self.tells_account = True

    @property
    def url(self) -> str:
        """Where its API is."""
        return f"http://127.0.0.1:{self.port}"

    def open(self, number: int, tip: str) -> Pull:
        """Open a pull request, whose texts others can fetch."""
        ref = f"refs/merge-requests/{number}/head" if self.kind == "gitlab" else f"refs/pull/{number}/head"
        self._git("update-ref", ref, tip)
        at = "2026-01-01T00:00:00Z"
        base = self._git("rev-parse", "main")
        version = {"created_at": at, "head_commit_sha": tip, "base_commit_sha": self._git("merge-base", base, tip)}
        self.pulls[number] = Pull(number, tip, "opened" if self.kind == "gitlab" else "open", base, versions=[version])
        return self.pulls[number]

    def _git(self, *words: str) -> str:
        done = subprocess.run(["git", "--git-dir", str(self.origin), *words], capture_output=True, text=True, check=True)
        return done.stdout.strip()

    def approve(self, number: int, login: str) -> None:
        """Let somebody approve what a pull request ends with."""
        pull = self.pulls[number]
        if self.kind == "gitlab":
            pull.reviews.append({"user": {"username": login}, "approved_at": "2026-02-01T00:00:00Z"})
        else:
            row = {"state": "APPROVED", "user": {"login": login}, "commit_id": pull.tip, "submitted_at": "2026-02-01T00:00:00Z"}
            pull.reviews.append(row)

    def answer(self, method: str, path: str, body: dict[str, Any]) -> Any:
        """Answer one request; None is 404."""
        if (method, path) == ("GET", "/user"):
            return {"login": ACCOUNT, "username": ACCOUNT} if self.tells_account else None
        if (method, path) == ("POST", "/graphql"):
            return {"data": {"viewer": {"login": ACCOUNT}}}
        rest = path.removeprefix("/projects/7" if self.kind == "gitlab" else "/repos/acme/help")
        for pattern, handler in _ROUTES[self.kind]:
            if found := re.fullmatch(pattern, f"{method} {rest}"):
                return handler(self, *found.groups(), **({"body": body} if method != "GET" else {}))
        return None

    def _of_commit(self, commit: str) -> list[dict[str, Any]]:
        return [self._plain(one) for one in self.pulls.values() if commit in {one.tip, *one.brought}]

    def _plain(self, one: Pull) -> dict[str, Any]:
        number, tip = ("iid", {"sha": one.tip}) if self.kind == "gitlab" else ("number", {"head": {"sha": one.tip}})
        return {number: one.number, "state": one.state, **tip}

    def of_commit(self, commit: str) -> Any:
        """Pull requests that a commit came with; Forgejo tells one."""
        found = self._of_commit(commit)
        return found if self.kind != "forgejo" else next(iter(found), None)

    def reviews(self, number: str) -> Any:
        """Who said what."""
        return self.pulls[int(number)].reviews

    def pull(self, number: str) -> Any:
        """One pull request; only Forgejo tells the merge base."""
        one = self.pulls[int(number)]
        more = {"merge_base": self._git("merge-base", one.base, one.tip)} if self.kind == "forgejo" else {}
        return {**self._plain(one), "base": {"sha": one.base}, **more}

    def approvals(self, number: str) -> Any:
        """GitLab's way to say it."""
        return {"approved_by": self.pulls[int(number)].reviews}

    def versions(self, number: str) -> Any:
        """GitLab's list of tips."""
        return self.pulls[int(number)].versions

    def comments(self, number: str) -> Any:
        """What stands below."""
        return self.pulls[int(number)].comments

    def write(self, number: str, body: dict[str, Any]) -> Any:
        """Write below."""
        row = {"id": 100 + len(self.pulls[int(number)].comments), **self.written(ACCOUNT), **body}
        self.pulls[int(number)].comments.append(row)
        return row

    def written(self, name: str) -> dict[str, Any]:
        """Say who wrote something."""
        return {"author": {"username": name}} if self.kind == "gitlab" else {"user": {"login": name}}

    def edit(self, *words: str, body: dict[str, Any]) -> Any:
        """Write a comment anew."""
        row = next(row for one in self.pulls.values() for row in one.comments if row["id"] == int(words[-1]))
        row.update(body)
        return row

    def open_issues(self) -> Any:
        """List them."""
        return [one for one in self.issues if one["state"] in {"open", "opened"}]

    def open_issue(self, body: dict[str, Any]) -> Any:
        """Open one."""
        name = "iid" if self.kind == "gitlab" else "number"
        self.issues.append(
            {name: len(self.issues) + 1, "state": "opened" if self.kind == "gitlab" else "open", **self.written(ACCOUNT), **body}
        )
        return self.issues[-1]

    def edit_issue(self, number: str, body: dict[str, Any]) -> Any:
        """Edit or close one."""
        row = self.issues[int(number) - 1]
        row.update(body)
        if body.get("state_event") == "close":
            row["state"] = "closed"
        return row


_HUB = [
    (r"GET /pulls/(\d+)", Forge.pull),
    (r"GET /pulls/(\d+)/reviews", Forge.reviews),
    (r"GET /issues/(\d+)/comments", Forge.comments),
    (r"POST /issues/(\d+)/comments", Forge.write),
    (r"PATCH /issues/comments/(\d+)", Forge.edit),
    (r"GET /issues", Forge.open_issues),
    (r"POST /issues", Forge.open_issue),
    (r"PATCH /issues/(\d+)", Forge.edit_issue),
]
_ROUTES = {
    "github": [(r"GET /commits/(\w+)/pulls", Forge.of_commit), *_HUB],
    "forgejo": [(r"GET /commits/(\w+)/pull", Forge.of_commit), *_HUB],
    "gitlab": [
        (r"GET /repository/commits/(\w+)/merge_requests", Forge.of_commit),
        (r"GET /merge_requests/(\d+)/approvals", Forge.approvals),
        (r"GET /merge_requests/(\d+)/versions", Forge.versions),
        (r"GET /merge_requests/(\d+)/notes", Forge.comments),
        (r"POST /merge_requests/(\d+)/notes", Forge.write),
        (r"PUT /merge_requests/(\d+)/notes/(\d+)", Forge.edit),
        (r"GET /issues", Forge.open_issues),
        (r"POST /issues", Forge.open_issue),
        (r"PUT /issues/(\d+)", Forge.edit_issue),
    ],
}


@contextmanager
def running(kind: str, origin: Path) -> Iterator[Forge]:
    """Run a forge on a free port."""
    forge = Forge(kind, origin)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            address = urlsplit(self.path)
            if TOKEN not in " ".join(self.headers.values()):
                forge.refused.append(self.path)
                return self.say(401, {"message": "Who are you?"})
            if forge.busy:
                forge.busy -= 1
                return self.say(503, {"message": "Busy"})
            size = int(self.headers.get("Content-Length") or 0)
            found = forge.answer(self.command, address.path, json.loads(self.rfile.read(size) or b"{}"))
            if found is None:
                return self.say(404, {"message": "Not found"})
            at = int(dict(part.partition("=")[::2] for part in address.query.split("&")).get("page") or 1)
            more = None
            if isinstance(found, list) and len(found) > at * PAGE:
                more = f'<{forge.url}{address.path}?page={at + 1}>; rel="next"'
            return self.say(200, found[(at - 1) * PAGE : at * PAGE] if isinstance(found, list) else found, more)

        do_POST = do_PATCH = do_PUT = do_GET  # noqa: N815 - names of the standard library

        def say(self, status: int, answer: object, link: str | None = None) -> None:
            data = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(data)))
            if link:
                self.send_header("Link", link)
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    forge.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield forge
    finally:
        server.shutdown()
        server.server_close()
        thread.join()

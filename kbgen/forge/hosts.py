"""
GitHub, GitLab and Forgejo, as one thing that a pipeline can ask.

    a pull request's reviews    in the form that `kbgen approvals --from` reads
    a comment, an issue         found again by a mark that nobody sees and by who wrote it, and edited in place
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Callable, Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from kbgen.forge.client import Client, ForgeError
from kbgen.review.reviewers import Forge


@dataclass(frozen=True, slots=True)
class Words:
    """What a forge calls things.  {n} is the number of a pull request, {commit} a commit, {issue} an issue."""

    of_commit: str  # pull requests that brought a commit
    number: str  # the field of their number
    open: str  # how an open one is called
    head: tuple[str, ...]  # where the commit of its tip stands
    ref: str  # what git fetches
    comments: str
    comment: str  # one of them, to edit
    edit: str  # method for edits
    issues: str
    text: str  # the field of an issue's text
    close: Mapping[str, str]


_WORDS: Mapping[Forge, Words] = {
    "github": Words(
        "/commits/{commit}/pulls", "number", "open", ("head", "sha"), "refs/pull/{n}/head",
        "/issues/{n}/comments", "/issues/comments/{id}", "PATCH", "/issues", "body", {"state": "closed"},
    ),
    "gitlab": Words(
        "/repository/commits/{commit}/merge_requests", "iid", "opened", ("sha",), "refs/merge-requests/{n}/head",
        "/merge_requests/{n}/notes", "/merge_requests/{n}/notes/{id}", "PUT", "/issues", "description", {"state_event": "close"},
    ),
    "forgejo": Words(
        "/commits/{commit}/pull", "number", "open", ("head", "sha"), "refs/pull/{n}/head",
        "/issues/{n}/comments", "/issues/comments/{id}", "PATCH", "/issues", "body", {"state": "closed"},
    ),
}  # fmt: skip
HOSTS = tuple(_WORDS)


class Host:
    """A project on a forge."""

    def __init__(self, forge: Forge, client: Client, account: Callable[[], AbstractSet[str]], git: Mapping[str, str]) -> None:
        self.forge = forge
        self._account = account  # as whom the token acts
        self.git = git  # variables that let git fetch from there
        self._client = client
        self._words = _WORDS[forge]

    def pulls_of(self, commit: str) -> list[Mapping[str, Any]]:
        """List the pull requests that a commit came with.  Raises: ForgeError."""
        path = self._words.of_commit.format(commit=quote(commit))
        if self.forge != "forgejo":
            return self._client.rows(path)
        try:
            return [self._client.one(path)]
        except ForgeError as error:
            if " 404 " in str(error):  # Forgejo's way to say that there is none
                return []
            raise

    def numbers_of(self, commit: str, *, is_tip: bool = False) -> list[int]:
        """Return the numbers of these; with `is_tip` only of open ones whose tip the commit is."""
        pulls = self.pulls_of(commit)
        if is_tip:
            pulls = [one for one in pulls if one.get("state") == self._words.open and _value(one, *self._words.head) == commit]
        return [int(one[self._words.number]) for one in pulls]

    def ref(self, number: int) -> str:
        """Name what git fetches to have the texts of a pull request, merged ones included."""
        return self._words.ref.format(n=number)

    def reviews(self, number: int) -> object:
        """Fetch who approved a pull request, as `kbgen approvals --from` reads it.  Raises: ForgeError."""
        if self.forge == "gitlab":
            path = f"/merge_requests/{number}"
            return {"approvals": self._client.one(f"{path}/approvals"), "versions": self._client.rows(f"{path}/versions")}
        pull = self._client.one(f"/pulls/{number}")
        base = _value(pull, "merge_base") or _value(pull, "base", "sha")  # only Forgejo tells the first
        return {"base": base, "reviews": self._client.rows(f"/pulls/{number}/reviews")}

    def comment(self, number: int, mark: str, text: str) -> bool:
        """
        Write a comment, or edit our own that has the mark: anybody can write a mark, and the forge may let us edit theirs.

        Returns: Whether one was there.
        Raises: ForgeError.
        """
        path = self._words.comments.format(n=number)
        seen = next(iter(self._own(row for row in self._client.rows(path) if str(row.get("body") or "").startswith(mark))), None)
        if seen is None:
            self._client.send("POST", path, body=text)
            return False
        self._client.send(self._words.edit, self._words.comment.format(n=number, id=seen["id"]), body=text)
        return True

    def issues(self, mark: str) -> dict[str, str]:
        """
        Find our own open issues whose text begins with a mark.

        Returns: the first line -> what `edit_issue` calls the issue.
        Raises: ForgeError.
        """
        rows = self._client.rows(f"{self._words.issues}?state={self._words.open}")
        marked = self._own(one for one in rows if str(one.get(self._words.text) or "").startswith(mark) and not one.get("pull_request"))
        return {str(one[self._words.text]).split("\n", 1)[0].strip(): str(one[self._words.number]) for one in marked}

    def _own(self, rows: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
        """Keep what our account wrote; who that is, is asked only if there is anything."""
        found = list(rows)
        names = self._account() if found else frozenset[str]()
        return [one for one in found if (_value(one, "user", "login") or _value(one, "author", "username")) in names]

    def open_issue(self, title: str, text: str) -> None:
        """Open an issue.  Raises: ForgeError."""
        self._client.send("POST", self._words.issues, title=title, **{self._words.text: text})

    def edit_issue(self, issue: str, text: str) -> None:
        """Write an issue's text anew.  Raises: ForgeError."""
        self._client.send(self._words.edit, f"{self._words.issues}/{issue}", **{self._words.text: text})

    def close_issue(self, issue: str) -> None:
        """Close an issue.  Raises: ForgeError."""
        self._client.send(self._words.edit, f"{self._words.issues}/{issue}", **self._words.close)


def _value(row: object, *names: str) -> str:
    """Read a text that stands so deep in an answer; "" where it does not."""
    for name in names:
        row = row.get(name) if isinstance(row, dict) else None
    return str(row or "")


def host_of(forge: Forge, environment: Mapping[str, str]) -> Host:
    """
    Read from the environment of a pipeline where the forge's API is.

    Raises: ForgeError: A variable is missing; the message names it.
    """
    return _OPENERS[forge](environment)


def _github(environment: Mapping[str, str]) -> Host:
    token = _need(environment, "GITHUB_TOKEN")
    headers = {"Authorization": f"Bearer {token}"}
    asked = environment.get("GITHUB_GRAPHQL_URL") or f"{_need(environment, 'GITHUB_API_URL')}/graphql"

    def account() -> AbstractSet[str]:  # its REST API tells a pipeline's token not who it is
        return {_value(Client(asked, headers).send("POST", "", query="{viewer{login}}"), "data", "viewer", "login")}

    return Host("github", Client(_hub(environment), headers), account, _git(environment, token))


def _forgejo(environment: Mapping[str, str]) -> Host:
    token = _need(environment, "GITHUB_TOKEN")
    headers = {"Authorization": f"token {token}"}
    return Host("forgejo", Client(_hub(environment), headers), lambda: _forgejo_account(environment, headers), _git(environment, token))


def _forgejo_account(environment: Mapping[str, str], headers: Mapping[str, str]) -> AbstractSet[str]:
    try:
        return {_value(Client(_need(environment, "GITHUB_API_URL"), headers).one("/user"), "login")}
    except ForgeError as error:
        if re.search(r": (?:401|403|404) ", str(error)):  # the token of a pipeline, whose account is nobody's
            return {"forgejo-actions", "gitea-actions"}
        raise


def _gitlab(environment: Mapping[str, str]) -> Host:
    api, headers = _need(environment, "CI_API_V4_URL"), {"PRIVATE-TOKEN": _need(environment, "KBGEN_TOKEN")}
    client = Client(f"{api}/projects/{_need(environment, 'CI_PROJECT_ID')}", headers)
    return Host("gitlab", client, lambda: {_value(Client(api, headers).one("/user"), "username")}, {})  # its runner's checkout may fetch


def _hub(environment: Mapping[str, str]) -> str:
    return f"{_need(environment, 'GITHUB_API_URL')}/repos/{_need(environment, 'GITHUB_REPOSITORY')}"


def _git(environment: Mapping[str, str], token: str) -> dict[str, str]:
    """Let git sign in at the forge and nowhere else, by variables: a command line can be read by other processes."""
    server = environment.get("GITHUB_SERVER_URL", "").rstrip("/")
    if not server:
        return {}
    known = b64encode(f"x-access-token:{token}".encode()).decode()
    return {
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": f"http.{server}/.extraheader",
        "GIT_CONFIG_VALUE_0": f"Authorization: Basic {known}",
    }


def _need(environment: Mapping[str, str], name: str) -> str:
    value = environment.get(name, "").strip().rstrip("/")
    if not value:
        raise ForgeError(f"{name} is not set. A pipeline of the forge sets it, or hands it to this step")
    return value


_OPENERS: Mapping[Forge, Callable[[Mapping[str, str]], Host]] = {"github": _github, "gitlab": _gitlab, "forgejo": _forgejo}

"""
Reviews as the forges give them, saved by a step of CI: kbgen opens no socket.

    github   a list of reviews: GET /repos/{owner}/{repo}/pulls/{number}/reviews
    forgejo  a list of reviews: GET /repos/{owner}/{repo}/pulls/{index}/reviews
    gitlab   {"approvals": GET /projects/{id}/merge_requests/{iid}/approvals, "versions": GET …/merge_requests/{iid}/versions}

Pages that were put one behind the other, [[…], […]], are read as one list, {"base": commit, "reviews": […]} as a list with where its
pull request began, and {"pulls": […]} as several pull requests, each with last words of its own.  A forge says which commit somebody
looked at; the texts of that commit are what they approved.  GitLab says when, and the versions say which commit stood then.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from kbgen.review.reviewers import Forge

_YES = {"APPROVED"}
_NO = {"CHANGES_REQUESTED", "REQUEST_CHANGES", "DISMISSED"}


class PayloadError(ValueError):
    """A file of a forge that cannot be read.  The message says what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Seen:
    """Somebody stands by their yes to a commit."""

    login: str
    commit: str
    base: str = ""  # a commit of the branch that it goes to, from where it began, if the forge tells


def read(forge: Forge, payload: Any) -> tuple[Seen, ...]:  # noqa: ANN401 - JSON from elsewhere
    """
    List whose last word is yes, and to which commit.

    Raises: PayloadError.
    """
    try:
        pulls = payload["pulls"] if isinstance(payload, dict) and set(payload) == {"pulls"} else [payload]
        return tuple(dict.fromkeys(seen for one in pulls for seen in _READERS[forge](one)))
    except (KeyError, TypeError, AttributeError, ValueError, IndexError) as error:
        if isinstance(error, PayloadError):
            raise
        raise PayloadError(f"this is not what {forge} answers: {type(error).__name__} {error}") from None


def _github(payload: Any) -> Iterator[Seen]:  # noqa: ANN401
    base = ""
    if isinstance(payload, dict) and set(payload) == {"base", "reviews"}:
        base, payload = str(payload["base"] or ""), payload["reviews"]
    last: dict[str, tuple[str, str]] = {}
    for row in sorted(_rows(payload), key=lambda row: str(row.get("submitted_at") or "")):
        state = str(row["state"]).upper()
        if row["user"] and state in _YES | _NO:  # a comment takes nothing back; an account that is gone has no say
            last[str(row["user"]["login"])] = ("DISMISSED" if row.get("dismissed") else state, str(row["commit_id"]))
    return (Seen(login, commit, base) for login, (state, commit) in last.items() if state in _YES)


def _gitlab(payload: Any) -> Iterator[Seen]:  # noqa: ANN401
    if not isinstance(payload, dict) or not isinstance(payload.get("approvals"), dict) or "versions" not in payload:
        raise PayloadError('this has to be {"approvals": …, "versions": …}, as docs/operator.md shows')
    rows = _rows(payload["versions"])
    versions = sorted((_moment(row["created_at"]), str(row["head_commit_sha"]), str(row.get("base_commit_sha") or "")) for row in rows)
    for row in payload["approvals"]["approved_by"]:
        if not row.get("approved_at"):
            raise PayloadError("an approval has no approved_at; GitLab tells it from version 16.6 on")
        at = _moment(row["approved_at"])
        stood = [found for since, *found in versions if since <= at]
        if stood:
            yield Seen(str(row["user"]["username"]), *stood[-1])


def _rows(payload: Any) -> list[Mapping[str, Any]]:  # noqa: ANN401
    if not isinstance(payload, list):
        raise PayloadError("this has to be a list")
    rows = [row for page in payload for row in (page if isinstance(page, list) else [page])]
    if not all(isinstance(row, dict) for row in rows):
        raise PayloadError("this has to be a list of objects")
    return rows


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


_READERS: Mapping[Forge, Callable[[Any], Iterable[Seen]]] = {"github": _github, "gitlab": _gitlab, "forgejo": _github}

"""How the service says no: a status, a stable word, a sentence, and the fields that are wrong."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from feedback_service.intake import Complaint


class Problem(Exception):  # noqa: N818 - it is what RFC 9457 calls a problem, and not always an error of ours
    """
    An answer that is no success.

    Attributes:
        status: Of HTTP.
        code: A stable word, for programs and for the words of the reader's language.
        message: One English sentence; holds nothing that was posted.
        fields: What is wrong with which field.
        retry_after: Seconds, 0: trying again does not help.
        more: What else a program may want to know, such as a new form token.
    """

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        *,
        fields: Mapping[str, Complaint] | None = None,
        retry_after: float = 0,
        more: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(message)
        self.status, self.code, self.message = status, code, message
        self.fields, self.retry_after, self.more = dict(fields or {}), retry_after, dict(more or {})

    def as_json(self) -> dict[str, Any]:
        """Write the problem for a program."""
        fields = {
            name: {"reason": each.reason}
            | ({"limit": each.limit} if each.limit else {})
            | ({"allowed": each.allowed} if each.allowed else {})
            for name, each in self.fields.items()
        }
        return {"code": self.code, "message": self.message, **({"fields": fields} if fields else {}), **self.more}


def invalid(field: str, reason: str, *, limit: int = 0, allowed: tuple[str, ...] = ()) -> Problem:
    """Make the problem of one wrong field."""
    return Problem(422, "invalid", "Some fields are not filled in as they should be.", fields={field: Complaint(reason, limit, allowed)})

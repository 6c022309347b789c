"""How an act is refused: a stable word for translation, a sentence in English, and what would be allowed."""

from __future__ import annotations

from typing import Literal

Answer = Literal["conflict", "invalid", "forbidden"]  # 409, 422, 403


class RefusedError(Exception):
    """
    An act that the rules forbid.  Nothing has happened; the same act may be allowed later or to others.

    Attributes:
        answer: Which family of answers it belongs to: "conflict" 409, "invalid" 422, "forbidden" 403.
        reason: A stable word, such as "move_not_allowed", by which a reader's own language is found.
        message: One English sentence or two, for agents and logs; holds no personal data.
        allowed: What would be accepted instead, in a fixed order; empty where nothing would.
        field: The field of the form that is wrong, "" where it is the act itself.
    """

    def __init__(self, reason: str, message: str, *, answer: Answer = "conflict", allowed: tuple[str, ...] = (), field: str = "") -> None:
        super().__init__(message)
        self.answer, self.reason, self.message, self.allowed, self.field = answer, reason, message, allowed, field


def invalid(field: str, reason: str, message: str, allowed: tuple[str, ...] = ()) -> RefusedError:
    """Make the refusal of a value that no state of the case would allow (422)."""
    return RefusedError(reason, message, answer="invalid", allowed=allowed, field=field)

"""What the store says no with."""

from __future__ import annotations

from feedback_service.domain.nouns import Case, Event


class StoreError(Exception):
    """The store cannot be used as it is: one clear line for the operator.  Raised when it is opened."""


class UnavailableError(Exception):
    """Nothing was written; the same may succeed later: disk full, database locked or gone, too much waiting.  503 + Retry-After."""

    retry_after = 2  # seconds


class NotThereError(LookupError):
    """There is no such case, agent, link or held thing: 404, whatever the reason."""


class ChangedError(Exception):
    """
    Somebody else did something since the page was opened: 409.  Nothing was written.

    Attributes:
        case: The case as it stands.
        events: What happened since, without what is harmless.
    """

    def __init__(self, case: Case, events: tuple[Event, ...]) -> None:
        super().__init__(f"Case {case.number} was changed by somebody else.")
        self.case, self.events = case, events


class KeyReusedError(Exception):
    """The idempotency key, or the id of a message, came before with another body: 422."""

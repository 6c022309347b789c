"""Shows the histories of past cases to rules that do not stand yet."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from feedback_service.domain import Event
from feedback_service.rules import Rules
from feedback_service.rules.trial import Trial, try_on
from feedback_service.store.agents import directory_of
from feedback_service.store.cases import history_of, messages_of, told_of
from feedback_service.store.tables import cases
from feedback_service.store.tx import Tx, micros


def trials(tx: Tx, rules: Rules, since: datetime | None) -> list[Trial]:
    """List what rules would have done to every case that was touched since a moment, by the time of the event."""
    who, found = directory_of(tx), list[Trial]()
    touched = cases.c.updated_at >= (micros(since) if since else 0)
    ids = [row["id"] for row in tx.all(select(cases.c.id).where(touched).order_by(cases.c.number))]
    for case_id in ids:
        tried = try_on(history_of(tx, case_id), rules, who, _Texts(tx, case_id).of)
        found += [trial for trial in tried if since is None or trial.at >= since]
    return sorted(found, key=lambda trial: (trial.at, trial.number, trial.rule))


class _Texts:
    """What was written with the events of one case; read when a rule first asks."""

    def __init__(self, tx: Tx, case_id: str) -> None:
        self._tx, self._case, self._known = tx, case_id, dict[str, str]()

    def of(self, event: Event) -> str:
        """Give the text of a creation, or of a message."""
        if not self._known:
            told = told_of(self._tx, self._case)
            said = {message.id: message.text for message in messages_of(self._tx, self._case)}
            self._known = {**said, "": f"{told.subject}\n{told.body}"}
        return self._known.get(str(event.after.get("message", "")) if event.type == "message_in" else "", "")

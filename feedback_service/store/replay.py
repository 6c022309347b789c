"""Proves that the rows are what the events amount to."""

from __future__ import annotations

from dataclasses import asdict

from sqlalchemy import select

from feedback_service.domain.fold import fold
from feedback_service.store.cases import history_of
from feedback_service.store.rows import case_of
from feedback_service.store.tables import cases
from feedback_service.store.tx import Tx


def differences(tx: Tx) -> tuple[int, list[str]]:
    """Count the cases, and say of each whose row is not the fold of its events which fields differ."""
    count, wrong = 0, []
    for row in tx.all(select(cases).order_by(cases.c.number)):
        count += 1
        kept, told = asdict(case_of(row)), asdict(fold(history_of(tx, row["id"])))
        if kept != told:
            fields = ", ".join(name for name in kept if kept[name] != told[name])
            wrong.append(f"Case {kept['number']} differs from its events: {fields}")
    return count, wrong

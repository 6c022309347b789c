"""The audit trail, the same on SQLite and PostgreSQL."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from service.made import MONDAY
from sqlalchemy import text

from feedback_service.store import audit
from feedback_service.store.audit import Trail


def note(store, n):
    """Write one row."""
    store.write(audit.note, "maria", "rating.moved", str(n), "new to triaged", MONDAY)


@pytest.fixture
def trail(store):
    """Write a trail of nine rows."""
    for n in range(9):
        note(store, n)
    return store


def spoil(store, statement):
    """Change the trail as somebody would who owns the database: past its triggers."""

    def work(tx):
        if tx.conn.dialect.name == "sqlite":
            for act in ("update", "delete"):
                tx.conn.execute(text(f"DROP TRIGGER audit_no_{act}"))
        else:
            tx.conn.execute(text("ALTER TABLE audit DISABLE TRIGGER ALL"))
        tx.conn.execute(text(statement))

    store.write(work)


def test_a_trail_is_whole(trail):
    """Every digest is found again, and the newest entries come first."""
    found = trail.read(audit.verify)

    assert (found.rows, found.broken) == (9, None)
    assert [entry.object for entry in trail.read(audit.entries, most=2)] == ["8", "7"]
    assert [entry.seq for entry in trail.read(audit.entries, "3")] == [4]


def test_an_empty_trail_is_whole(store):
    """Nothing was done yet, and nothing is wrong."""
    assert store.read(audit.verify) == Trail(0, audit.START)


def test_a_trail_that_many_write_has_one_order(open_again):
    """Forty notes at once, on PostgreSQL through two doors: forty rows, each after the one before."""
    doors = [open_again()] if open_again.kind == "sqlite" else [open_again(), open_again()]
    with ThreadPoolExecutor(10) as threads:
        list(threads.map(lambda n: note(doors[n % len(doors)], n), range(40)))

    assert (doors[0].read(audit.verify).rows, doors[0].read(audit.verify).broken) == (40, None)


@pytest.mark.parametrize("statement", ["UPDATE audit SET detail = 'x'", "DELETE FROM audit"])
def test_a_trail_only_grows(trail, statement):
    """The database refuses to change or remove a row, whoever asks."""
    with pytest.raises(Exception, match="audit only grows"):
        trail.write(lambda tx: tx.conn.execute(text(statement)))

    assert trail.read(audit.verify).rows == 9


@pytest.mark.parametrize(
    ("statement", "broken"),
    [
        ("UPDATE audit SET detail = 'declined' WHERE seq = 4", 4),
        ("UPDATE audit SET at = at + 1 WHERE seq = 9", 9),
        ("DELETE FROM audit WHERE seq = 1", 1),
        ("DELETE FROM audit WHERE seq = 5", 5),
        ("DELETE FROM audit WHERE seq = 9", 9),
        ("UPDATE audit SET actor = 'jordi', digest = previous WHERE seq = 2", 2),
    ],
)
def test_a_trail_that_was_tampered_with_shows_where(trail, statement, broken):
    """Past the triggers, a change, a hole at either end or in the middle is found at its row."""
    spoil(trail, statement)

    assert trail.read(audit.verify).broken == broken

"""The words by which cases are found, and an index over them; those of the cases that are there already are cut here."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from feedback_service import lexis

revision = "0002"
down_revision = "0001"

AT_ONCE = 500  # cases
_CASES = sa.text("SELECT id, number FROM cases WHERE number > :after ORDER BY number LIMIT :most")
_TOLD = sa.text('SELECT subject, requester_name, requester_email, body FROM particulars WHERE "case" = :case')
_SAID = sa.text('SELECT text FROM messages WHERE "case" = :case ORDER BY at, id')
_IN = sa.text("INSERT INTO findable (number, words) VALUES (:number, :words)")


def upgrade() -> None:
    """Make the table, its index, and the words of every case."""
    number = sa.Column("number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), primary_key=True, autoincrement=False)
    op.create_table("findable", number, sa.Column("words", sa.Text(), nullable=False))
    conn = op.get_bind()
    if conn.dialect.name == "sqlite":
        _index_sqlite()
    after = 0
    while found := conn.execute(_CASES, {"after": after, "most": AT_ONCE}).all():
        rows = [{"number": number, "words": " ".join(lexis.words(_text(conn, case)))} for case, number in found]
        conn.execute(_IN, [row for row in rows if row["words"]] or [{"number": 0, "words": ""}])
        after = found[-1][1]
    conn.execute(sa.text("DELETE FROM findable WHERE number = 0"))
    if conn.dialect.name != "sqlite":
        op.execute("CREATE INDEX findable_index ON findable USING gin (array_to_tsvector(string_to_array(words, ' ')))")


def _text(conn: sa.Connection, case: str) -> str:
    told: Any = conn.execute(_TOLD, {"case": case}).first() or ()
    return "\n".join([*told, *(row[0] for row in conn.execute(_SAID, {"case": case}))])


def _index_sqlite() -> None:
    """Index the table by FTS5, which triggers keep in step.  Words are cut by us: to its tokenizer all but ASCII signs are letters."""
    op.execute(
        "CREATE VIRTUAL TABLE findable_index USING fts5"
        "(words, content='findable', content_rowid='number', detail='none', columnsize=0, tokenize='ascii')"
    )
    out = "INSERT INTO findable_index(findable_index, rowid, words) VALUES ('delete', old.number, old.words);"
    into = "INSERT INTO findable_index(rowid, words) VALUES (new.number, new.words);"
    for name, act, does in (("in", "INSERT", into), ("out", "DELETE", out), ("on", "UPDATE", out + into)):
        op.execute(f"CREATE TRIGGER findable_{name} AFTER {act} ON findable BEGIN {does} END")

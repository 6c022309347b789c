"""
The first schema, as it was on that day: what tables.py says today may be ahead of it.

A column is written as its name, `*` before it if it is (part of) the key, `?` behind it if it may be empty, and its kind if it is no text.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from alembic import op

if TYPE_CHECKING:
    from sqlalchemy.types import TypeEngine

revision = "0001"
down_revision = None

KINDS: dict[str, TypeEngine[Any]] = {
    "": sa.Text(),
    "big": sa.BigInteger(),
    "int": sa.Integer(),
    "bool": sa.Boolean(),
    "float": sa.Float(),
    "bytes": sa.LargeBinary(),
    "growing": sa.BigInteger().with_variant(sa.Integer(), "sqlite"),  # the database counts
    "counted": sa.BigInteger().with_variant(sa.Integer(), "sqlite"),  # we count
}
TABLES = {
    "agents": "*id name email roles teams locale disabled:bool epoch:int password totp totp_step:big at:big",
    "answers": "*id article locale question answer at:big",
    "audit": "*seq:counted at:big actor act object detail previous digest",
    "bans": "*kind *value until?:big by at:big",
    "cases": (
        "*id number:big requester locale channel created_at:big updated_at:big status close_reason? priority type "
        "category? tags team? assignee? due_at?:big snoozed_until?:big source_article? source_revision? "
        "first_response_at?:big resolved_at?:big closed_at?:big reopened:int merged_into? split_from? follow_up_of? "
        "sla_policy? satisfaction? links absorbed status_since?:big status_before_merge? reason_before_merge? "
        "pending_warned_at?:big last_in:int last_reply:int unanswered_since?:big version:int look_at?:big clock_due?:big "
        "clock? linked:bool known:bool response_seconds?:float resolution_seconds?:float sla_met:int sla_breached:int"
    ),
    "counters": "*name value:big",
    "deliveries": "*id:growing webhook message body at:big next_try?:big tries:int state error",
    "events": "*case *seq:int at:big type event",
    "form_events": "*id:growing hour:big locale offered opened outcome",
    "form_tokens": "*nonce at:big",
    "held": "*id kind reasons at:big digest state by thing",
    "idempotency": "*key body answer at:big",
    "links": "*digest case at:big",
    "mails": "*key at:big requester case message message_id raw:bytes",
    "outbox": "*id:growing kind to case message at:big next_try?:big tries:int state message_id tried_at?:big error",
    "ratings": "*seq:growing article revision locale helpful:bool voter at:big reason? comment email query state case?",
    "requesters": "*key address at:big",
    "search_events": "*id:growing hour:big locale query hits:int clicked?:int next",
    "sla_revisions": "*revision text at:big",
    "suspended": "*id cause at:big sender subject raw:bytes state",
    "messages": "*id case kind sender author text html message_id in_reply_to references attachments auto:bool at:big",
    "particulars": "*case subject body requester_name requester_email cc source_query dropped",
    "sessions": "*digest agent epoch:int stage at:big seen_at:big",
    "tokens": "*digest purpose agent epoch:int label reads_only:bool at:big until:big used_at?:big revoked_at?:big",
}
UNIQUE = {"cases": "number", "requesters": "address"}
LEADS_TO = {
    "messages": ("case", "cases.id"),
    "particulars": ("case", "cases.id"),
    "sessions": ("agent", "agents.id"),
    "tokens": ("agent", "agents.id"),
}
INDEXES = (
    ("ix_cases_assignee_status_updated_at", "cases", "assignee status updated_at"),
    ("ix_cases_clock_due", "cases", "clock_due"),
    ("ix_cases_look_at", "cases", "look_at"),
    ("ix_cases_requester", "cases", "requester"),
    ("ix_cases_status_updated_at", "cases", "status updated_at"),
    ("ix_cases_team_status_updated_at", "cases", "team status updated_at"),
    ("ix_cases_updated_at", "cases", "updated_at"),
    ("ix_deliveries_next_try", "deliveries", "next_try"),
    ("ix_form_events_hour", "form_events", "hour"),
    ("ix_held_state_at", "held", "state at"),
    ("ix_idempotency_at", "idempotency", "at"),
    ("ix_links_case", "links", "case"),
    ("ix_mails_case_at", "mails", "case at"),
    ("ix_mails_requester_at", "mails", "requester at"),
    ("ix_outbox_case", "outbox", "case"),
    ("ix_outbox_kind_tried_at", "outbox", "kind tried_at"),
    ("ix_outbox_next_try", "outbox", "next_try"),
    ("ix_ratings_state_at", "ratings", "state at"),
    ("uq_ratings_vote", "ratings", "article revision voter"),
    ("ix_search_events_hour", "search_events", "hour"),
    ("ix_suspended_state_at", "suspended", "state at"),
    ("ix_messages_case_at", "messages", "case at"),
    ("ix_messages_message_id", "messages", "message_id"),
    ("ix_sessions_agent", "sessions", "agent"),
    ("ix_tokens_agent", "tokens", "agent"),
)
APPEND_ONLY = ("events", "audit")


def upgrade() -> None:
    """Make the tables, and the triggers that let events and audit grow only."""
    for table, columns in TABLES.items():
        op.create_table(table, *map(_column, columns.split()), *_rules(table))
    for name, table, columns in INDEXES:
        op.create_index(name, table, columns.split(), unique=name.startswith("uq_"))
    if op.get_bind().dialect.name == "sqlite":
        for table in APPEND_ONLY:
            for act in ("UPDATE", "DELETE"):
                op.execute(
                    f"CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table} BEGIN SELECT RAISE(ABORT, '{table} only grows'); END"
                )
        return
    op.execute(
        "CREATE FUNCTION only_grows() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION '% only grows', TG_TABLE_NAME; END $$"
    )
    for table in APPEND_ONLY:
        op.execute(f"CREATE TRIGGER {table}_grows BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION only_grows()")


def _column(written: str) -> sa.Column[Any]:
    key, name, may_be_empty, kind = re.findall(r"(\*?)(\w+)(\??):?(\w*)", written)[0]
    return sa.Column(name, KINDS[kind], primary_key=bool(key), nullable=bool(may_be_empty), autoincrement=kind == "growing")


def _rules(table: str) -> list[sa.Constraint]:
    rules: list[sa.Constraint] = []
    if column := UNIQUE.get(table):
        rules.append(sa.UniqueConstraint(column, name=f"uq_{table}_{column}"))
    if leads := LEADS_TO.get(table):
        rules.append(sa.ForeignKeyConstraint([leads[0]], [leads[1]], name=f"fk_{table}_{leads[0]}"))
    return rules

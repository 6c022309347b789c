"""
The tables, alike on SQLite and PostgreSQL.  Moments are microseconds since 1970 in UTC; lists are JSON.

`events` and `audit` only grow: triggers of the first migration refuse to change or remove what stands there.  What names a person
stands in `particulars`, `findable`, `messages`, `requesters`, `ratings`, `held`, `agents`, `mails` and `suspended`, and nowhere else, so
that it can be erased.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Float, ForeignKey, Index, Integer, LargeBinary, MetaData, Table, Text

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

GROWING = BigInteger().with_variant(Integer(), "sqlite")  # only an INTEGER key of SQLite numbers its rows by itself


def _moment(name: str, *, needed: bool = False) -> Column[int]:
    return Column(name, BigInteger, nullable=not needed)


def _text(name: str, *, needed: bool = True) -> Column[str]:
    return Column(name, Text, nullable=not needed)


counters = Table("counters", metadata, Column("name", Text, primary_key=True), Column("value", BigInteger, nullable=False))

# One row a case: every field of domain.Case under its own name, then what lists, worker and reports ask for without counting again.
cases = Table(
    "cases",
    metadata,
    Column("id", Text, primary_key=True),
    Column("number", BigInteger, nullable=False, unique=True),
    _text("requester"),
    _text("locale"),
    _text("channel"),
    _moment("created_at", needed=True),
    _moment("updated_at", needed=True),
    _text("status"),
    _text("close_reason", needed=False),
    _text("priority"),
    _text("type"),
    _text("category", needed=False),
    _text("tags"),
    _text("team", needed=False),
    _text("assignee", needed=False),
    _moment("due_at"),
    _moment("snoozed_until"),
    _text("source_article", needed=False),
    _text("source_revision", needed=False),
    _moment("first_response_at"),
    _moment("resolved_at"),
    _moment("closed_at"),
    Column("reopened", Integer, nullable=False),
    _text("merged_into", needed=False),
    _text("split_from", needed=False),
    _text("follow_up_of", needed=False),
    _text("sla_policy", needed=False),
    _text("satisfaction", needed=False),
    _text("links"),
    _text("absorbed"),
    _moment("status_since"),
    _text("status_before_merge", needed=False),
    _text("reason_before_merge", needed=False),
    _moment("pending_warned_at"),
    Column("last_in", Integer, nullable=False),
    Column("last_reply", Integer, nullable=False),
    _moment("unanswered_since"),
    Column("version", Integer, nullable=False),
    _moment("look_at"),  # when time has something to do to this case, or a clock something to say; empty: only after somebody acted
    _moment("clock_due"),  # the earliest due moment of a clock that runs
    _text("clock", needed=False),  # its kind
    Column("linked", Boolean, nullable=False),  # from here on: reports.CaseRow
    Column("known", Boolean, nullable=False),
    Column("response_seconds", Float),
    Column("resolution_seconds", Float),
    Column("sla_met", Integer, nullable=False),
    Column("sla_breached", Integer, nullable=False),
    Index("ix_cases_status_updated_at", "status", "updated_at"),
    Index("ix_cases_team_status_updated_at", "team", "status", "updated_at"),
    Index("ix_cases_assignee_status_updated_at", "assignee", "status", "updated_at"),
    Index("ix_cases_updated_at", "updated_at"),
    Index("ix_cases_clock_due", "clock_due"),
    Index("ix_cases_look_at", "look_at"),
    Index("ix_cases_requester", "requester"),
)

particulars = Table(
    "particulars",
    metadata,
    Column("case", Text, ForeignKey("cases.id"), primary_key=True),
    _text("subject"),
    _text("body"),
    _text("requester_name"),
    _text("requester_email"),
    _text("cc"),
    _text("source_query"),
    _text("dropped"),  # references of the form that nobody knew
)

# The words of a case, as lexis cuts them, with a space between two; the index over them is made by the migration.
findable = Table(
    "findable",
    metadata,
    Column("number", BigInteger().with_variant(Integer(), "sqlite"), primary_key=True, autoincrement=False),
    _text("words"),
)

events = Table(
    "events",
    metadata,
    Column("case", Text, primary_key=True),
    Column("seq", Integer, primary_key=True),
    _moment("at", needed=True),
    _text("type"),
    _text("event"),  # domain.wire.to_json
)

messages = Table(
    "messages",
    metadata,
    Column("id", Text, primary_key=True),
    Column("case", Text, ForeignKey("cases.id"), nullable=False),
    _text("kind"),
    _text("sender"),
    _text("author"),
    _text("text"),
    _text("html"),
    _text("message_id"),
    _text("in_reply_to"),
    _text("references"),
    _text("attachments"),
    Column("auto", Boolean, nullable=False),
    _moment("at", needed=True),
    Index("ix_messages_case_at", "case", "at"),
    Index("ix_messages_message_id", "message_id"),
)

requesters = Table(
    "requesters",
    metadata,
    Column("key", Text, primary_key=True),
    Column("address", Text, nullable=False, unique=True),  # addresses.key_of
    _moment("at", needed=True),
)

links = Table(
    "links",
    metadata,
    Column("digest", Text, primary_key=True),  # SHA-256 of the secret; the secret itself is nowhere
    Column("case", Text, nullable=False),  # of a case, or of a held one
    _moment("at", needed=True),
    Index("ix_links_case", "case"),
)

outbox = Table(
    "outbox",
    metadata,
    Column("id", GROWING, primary_key=True),
    _text("kind"),  # a notice's kind
    _text("to"),  # "requester", "agent:<id>", "team:<id>"
    Column("case", Text, nullable=False),
    _text("message"),
    _moment("at", needed=True),
    _moment("next_try"),  # empty: nothing more happens to it
    Column("tries", Integer, nullable=False),
    _text("state"),  # waiting, sent, failed, dropped
    _text("message_id"),  # fixed on the first try, so that a repeated mail is the same mail
    _moment("tried_at"),  # when that was
    _text("error"),
    Index("ix_outbox_next_try", "next_try"),
    Index("ix_outbox_case", "case"),
    Index("ix_outbox_kind_tried_at", "kind", "tried_at"),
)

idempotency = Table(
    "idempotency",
    metadata,
    Column("key", Text, primary_key=True),  # digest of route and key
    _text("body"),  # digest of what was posted
    _text("answer"),
    _moment("at", needed=True),
    Index("ix_idempotency_at", "at"),
)

form_tokens = Table("form_tokens", metadata, Column("nonce", Text, primary_key=True), _moment("at", needed=True))

ratings = Table(
    "ratings",
    metadata,
    Column("seq", GROWING, primary_key=True),
    _text("article"),
    _text("revision"),
    _text("locale"),
    Column("helpful", Boolean, nullable=False),
    _text("voter"),
    _moment("at", needed=True),
    _text("reason", needed=False),
    _text("comment"),
    _text("email"),
    _text("query"),
    _text("state"),
    _text("case", needed=False),
    Index("uq_ratings_vote", "article", "revision", "voter", unique=True),
    Index("ix_ratings_state_at", "state", "at"),
)

search_events = Table(
    "search_events",
    metadata,
    Column("id", GROWING, primary_key=True),
    _moment("hour", needed=True),
    _text("locale"),
    _text("query"),
    Column("hits", Integer, nullable=False),
    Column("clicked", Integer),
    _text("next"),
    Index("ix_search_events_hour", "hour"),
)

form_events = Table(
    "form_events",
    metadata,
    Column("id", GROWING, primary_key=True),
    _moment("hour", needed=True),
    _text("locale"),
    _text("offered"),
    _text("opened"),
    _text("outcome"),
    Index("ix_form_events_hour", "hour"),
)

held = Table(
    "held",
    metadata,
    Column("id", Text, primary_key=True),
    _text("kind"),
    _text("reasons"),
    _moment("at", needed=True),
    _text("digest"),
    _text("state"),
    _text("by"),
    _text("thing"),  # what was posted, as JSON
    Index("ix_held_state_at", "state", "at"),
)

answers = Table(
    "answers",
    metadata,
    Column("id", Text, primary_key=True),
    _text("article"),
    _text("locale"),
    _text("question"),
    _text("answer"),
    _moment("at", needed=True),
)

bans = Table(
    "bans",
    metadata,
    Column("kind", Text, primary_key=True),
    Column("value", Text, primary_key=True),
    _moment("until"),
    _text("by"),
    _moment("at", needed=True),
)

suspended = Table(
    "suspended",
    metadata,
    Column("id", Text, primary_key=True),
    _text("cause"),
    _moment("at", needed=True),
    _text("sender"),
    _text("subject"),
    Column("raw", LargeBinary, nullable=False),
    _text("state"),
    Index("ix_suspended_state_at", "state", "at"),
)

mails = Table(
    "mails",
    metadata,
    Column("key", Text, primary_key=True),  # mail.read.Mail.key
    _moment("at", needed=True),
    _text("requester"),
    _text("case"),
    _text("message"),
    _text("message_id"),
    Column("raw", LargeBinary, nullable=False),
    Index("ix_mails_requester_at", "requester", "at"),
    Index("ix_mails_case_at", "case", "at"),
)

sla_revisions = Table("sla_revisions", metadata, Column("revision", Text, primary_key=True), _text("text"), _moment("at", needed=True))

audit = Table(
    "audit",
    metadata,
    Column("seq", BigInteger().with_variant(Integer(), "sqlite"), primary_key=True, autoincrement=False),
    _moment("at", needed=True),
    _text("actor"),
    _text("act"),
    _text("object"),
    _text("detail"),
    _text("previous"),
    _text("digest"),
)

agents = Table(
    "agents",
    metadata,
    Column("id", Text, primary_key=True),  # also the login
    _text("name"),
    _text("email"),
    _text("roles"),
    _text("teams"),
    _text("locale"),
    Column("disabled", Boolean, nullable=False),
    Column("epoch", Integer, nullable=False),  # raised with password, roles or second factor: sessions of an older one are dead
    _text("password"),  # argon2 hash; "": cannot sign in with one
    _text("totp"),  # base32; "": none
    Column("totp_step", BigInteger, nullable=False),  # of the last code that was used
    _moment("at", needed=True),
)

sessions = Table(
    "sessions",
    metadata,
    Column("digest", Text, primary_key=True),  # SHA-256 of the cookie
    Column("agent", Text, ForeignKey("agents.id"), nullable=False),
    Column("epoch", Integer, nullable=False),
    _text("stage"),
    _moment("at", needed=True),
    _moment("seen_at", needed=True),
    Index("ix_sessions_agent", "agent"),
)

tokens = Table(
    "tokens",
    metadata,
    Column("digest", Text, primary_key=True),  # SHA-256 of the token
    _text("purpose"),
    Column("agent", Text, ForeignKey("agents.id"), nullable=False),
    Column("epoch", Integer, nullable=False),
    _text("label"),
    Column("reads_only", Boolean, nullable=False),
    _moment("at", needed=True),
    _moment("until", needed=True),
    _moment("used_at"),
    _moment("revoked_at"),
    Index("ix_tokens_agent", "agent"),
)

deliveries = Table(
    "deliveries",
    metadata,
    Column("id", GROWING, primary_key=True),
    _text("webhook"),
    _text("message"),  # names the delivery to its receiver, the same at each try
    _text("body"),
    _moment("at", needed=True),
    _moment("next_try"),  # empty: nothing more happens to it
    Column("tries", Integer, nullable=False),
    _text("state"),  # waiting, sent, failed
    _text("error"),
    Index("ix_deliveries_next_try", "next_try"),
)

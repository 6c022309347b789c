"""
The nouns of the service.  Values only: nothing here reads, writes or knows the time.

Events are the truth, and they hold no personal data: who asked is an opaque key, and what people wrote stands in Message and
Particulars, which erasure may rewrite while the history stays whole.  All times are UTC.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, get_args

Status = Literal["new", "open", "pending", "on_hold", "resolved", "closed"]
CloseReason = Literal["answered", "duplicate", "spam", "abandoned", "no_action", "erased"]
Priority = Literal["low", "normal", "high", "urgent"]
CaseType = Literal["question", "problem", "complaint", "request"]
Channel = Literal["web", "email", "manual", "api", "feedback"]
ActorKind = Literal["requester", "agent", "robot"]
MessageKind = Literal["public", "note", "system"]
LinkKind = Literal["used", "sent", "created", "flagged"]
Satisfaction = Literal["good", "bad"]
EventType = Literal[
    "created", "message_in", "reply_out", "note", "status", "assigned", "transferred", "priority", "tag", "due", "snoozed", "woken",
    "sla_started", "sla_paused", "sla_resumed", "sla_warned", "sla_breached", "sla_met", "merged", "unmerged", "split",
    "article_linked", "draft_requested", "draft_published", "reopened", "follow_up", "rated", "bounced", "notified", "auto_closed",
    "redacted", "erased",
]  # fmt: skip
Fact = str | int | bool | datetime | tuple[str, ...] | None  # what an event may say of a field; bool is an int to Python, JSON knows better

STATUSES: tuple[Status, ...] = get_args(Status)
CLOSE_REASONS: tuple[CloseReason, ...] = get_args(CloseReason)
PRIORITIES: tuple[Priority, ...] = get_args(Priority)
CASE_TYPES: tuple[CaseType, ...] = get_args(CaseType)
CHANNELS: tuple[Channel, ...] = get_args(Channel)
LINK_KINDS: tuple[LinkKind, ...] = get_args(LinkKind)
EVENT_TYPES: tuple[EventType, ...] = get_args(EventType)


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts.  A robot is a rule, the passing of time or the mail intake; its id says which."""

    kind: ActorKind
    id: str


TIME = Actor("robot", "time")


@dataclass(frozen=True, slots=True)
class Act:
    """The circumstances of one act: who, when (UTC), and under which request it can be found in the logs."""

    actor: Actor
    at: datetime
    request_id: str = ""


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened to one case.  Never changed, never removed; `before` and `after` name fields of Case or details."""

    seq: int  # from 1, without gaps in one case; the order of events is this, never `at`
    case: str
    at: datetime  # UTC
    actor: Actor
    type: EventType
    before: Mapping[str, Fact] = field(default_factory=dict)
    after: Mapping[str, Fact] = field(default_factory=dict)
    why: str = ""  # the rule or reason, in words of ours; what people write stands in messages
    request_id: str = ""


@dataclass(frozen=True, slots=True)
class ArticleLink:
    """An article that helped with a case: the ground of the link rate."""

    article: str
    revision: str
    kind: LinkKind
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that came with a message; `type` is sniffed from its bytes, never believed from its name."""

    name: str
    size: int  # bytes
    type: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Message:
    """What somebody wrote.  `auto` marks what a program sent by itself: it never moves a case nor a clock."""

    id: str
    case: str
    kind: MessageKind
    sender: ActorKind
    author: str
    text: str
    at: datetime
    html: str = ""  # sanitised
    message_id: str = ""
    in_reply_to: str = ""
    references: tuple[str, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    auto: bool = False


@dataclass(frozen=True, slots=True)
class Particulars:
    """What a person told of themselves and their trouble: kept beside the case, so that it can be erased."""

    subject: str
    body: str
    requester_name: str = ""
    requester_email: str = ""
    cc: tuple[str, ...] = ()
    source_query: str = ""  # folded, see searches.fold_query


@dataclass(frozen=True, slots=True)
class Case:
    """What the events of a case amount to.  `fold(events)` is the only way to make one."""

    id: str
    number: int  # public, short
    requester: str  # an opaque key; the same person has the same key
    locale: str  # BCP 47
    channel: Channel
    created_at: datetime
    updated_at: datetime
    status: Status = "new"
    close_reason: CloseReason | None = None
    priority: Priority = "normal"
    type: CaseType = "question"
    category: str | None = None
    tags: tuple[str, ...] = ()
    team: str | None = None
    assignee: str | None = None
    due_at: datetime | None = None  # set by an agent; the due moments of clocks are counted, see clocks.py
    snoozed_until: datetime | None = None
    source_article: str | None = None
    source_revision: str | None = None
    first_response_at: datetime | None = None
    resolved_at: datetime | None = None
    closed_at: datetime | None = None
    reopened: int = 0
    merged_into: str | None = None
    split_from: str | None = None
    follow_up_of: str | None = None
    sla_policy: str | None = None
    satisfaction: Satisfaction | None = None
    links: tuple[ArticleLink, ...] = ()
    absorbed: tuple[str, ...] = ()  # cases that were merged into this one
    status_since: datetime | None = None
    status_before_merge: Status | None = None
    reason_before_merge: CloseReason | None = None
    pending_warned_at: datetime | None = None
    last_in: int = 0  # seq of the requester's last message; the creation is one
    last_reply: int = 0  # seq of the last public message of an agent; 0: none yet
    unanswered_since: datetime | None = None  # the oldest message of the requester that waits for an answer
    version: int = 0  # seq of the last event: who saves with another one is told, and overwrites nothing

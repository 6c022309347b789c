"""
What the pages of the desk show: plain values, and only what is on the page.

Moments are UTC; `render` shows them in the zone of the frame.  Words of the desk are no part of a view: a view says "on_hold", the
template finds the reader's word for it.  What people wrote stands here as they wrote it, and is escaped where it is shown.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from feedback_service.domain.nouns import Channel, LinkKind, Priority, Status

SlaState = Literal["fine", "soon", "late", "met", "broken", "paused"]
EntryKind = Literal["requester", "reply", "note", "auto", "event"]


@dataclass(frozen=True, slots=True)
class Choice:
    """One line of a list to choose from; `label` is a name, or "" where the word of `value` is shown."""

    value: str
    label: str = ""
    count: int | None = None


@dataclass(frozen=True, slots=True)
class Frame:
    """What surrounds every page of one agent."""

    locale: str
    zone: str  # IANA name
    now: datetime
    agent: str = ""  # id; "" before sign-in
    name: str = ""
    role: str = ""
    scheme: str = ""  # "light", "dark" or "" for that of the device
    section: str = ""  # "queue", "triage", "held", "reports", "settings", "profile"
    views: tuple[Choice, ...] = ()  # saved views of the queue, with their counts
    saved: str = ""  # which of them is shown
    waiting: Mapping[str, int] = field(default_factory=dict)  # section -> things that wait there
    may: frozenset[str] = frozenset()  # verbs, such as "report", by which menus are cut
    done: str = ""  # what has just been done, as a word of [done]
    q: str = ""  # what was searched for


@dataclass(frozen=True, slots=True)
class Sla:
    """One promise as the queue shows it."""

    kind: str  # first_response, next_response, resolution
    state: SlaState
    due_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """One case in the queue."""

    number: int
    version: int
    subject: str
    requester: str
    excerpt: str
    locale: str
    status: Status
    priority: Priority
    channel: Channel
    updated_at: datetime
    team: str = ""
    assignee: str = ""
    tags: tuple[str, ...] = ()
    unanswered: bool = False  # the requester wrote last
    sla: Sla | None = None
    snoozed_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Filters:
    """What the queue was narrowed down to; "" is "any"."""

    view: str = "open"
    q: str = ""
    status: str = ""
    priority: str = ""
    team: str = ""
    assignee: str = ""
    tag: str = ""
    sort: str = "due"
    page: int = 1


@dataclass(frozen=True, slots=True)
class Queue:
    """The queue page."""

    filters: Filters
    rows: tuple[Row, ...]
    total: int
    pages: int
    teams: tuple[Choice, ...]
    agents: tuple[Choice, ...]
    digest: str = ""  # of the rows: the page asks with it whether anything is new
    refused: str = ""  # why a bulk act did nothing at all
    query: str = ""  # of this page's address, to come back to it

    @property
    def narrowed(self) -> bool:
        """Tell whether anything but the saved view narrows the list."""
        filters = self.filters
        return any((filters.q, filters.status, filters.priority, filters.team, filters.assignee, filters.tag))


@dataclass(frozen=True, slots=True)
class File:
    """A file that came with a message."""

    name: str
    size: int  # bytes
    url: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing in the thread, in the order of the case."""

    kind: EntryKind
    at: datetime
    author: str = ""
    text: str = ""
    locale: str = ""  # of the text
    id: str = ""  # of the message; "" for events
    event: str = ""  # type of the event
    after: Mapping[str, str] = field(default_factory=dict)
    files: tuple[File, ...] = ()
    bounced: bool = False
    from_case: int = 0  # number of the merged case that the message was written on


@dataclass(frozen=True, slots=True)
class Article:
    """An article of the portal beside a case."""

    id: str
    revision: str
    title: str
    url: str
    locale: str
    category: str = ""
    linked: LinkKind | None = None
    source: bool = False  # the requester came from it


@dataclass(frozen=True, slots=True)
class Reply:
    """A canned reply, ready to be put into the editor: known placeholders are filled."""

    id: str
    title: str
    text: str
    locale: str


@dataclass(frozen=True, slots=True)
class Other:
    """Another case of the same requester, or one that this one is tied to."""

    number: int
    subject: str
    status: Status
    tie: str = ""  # "merged_into", "absorbed", "split_from", "follow_up_of", "same_requester"


@dataclass(frozen=True, slots=True)
class Present:
    """Somebody else who has the case open."""

    name: str
    since: datetime
    writing: bool = False


@dataclass(frozen=True, slots=True)
class Change:
    """One line of the audit trail."""

    seq: int
    at: datetime
    actor: str
    kind: str  # requester, agent, robot
    type: str
    details: tuple[tuple[str, str, str], ...] = ()  # field, before, after
    why: str = ""


@dataclass(frozen=True, slots=True)
class Draft:
    """What an agent has typed and not yet sent, given back by a page that could not take it."""

    kind: Literal["reply", "note"] = "reply"
    text: str = ""
    complaint: str = ""  # why it was not taken: a word of [refused], or a sentence


@dataclass(frozen=True, slots=True)
class CasePage:
    """The page of one case."""

    number: int
    version: int
    subject: str
    status: Status
    priority: Priority
    locale: str
    language: str  # the locale's name in the agent's language
    channel: Channel
    created_at: datetime
    requester: str
    thread: tuple[Entry, ...]
    moves: tuple[Status, ...]  # where this agent may move it
    type: str = "question"
    category: str = ""
    email: str = ""
    close_reason: str = ""
    team: str = ""
    team_name: str = ""
    assignee: str = ""
    assignee_name: str = ""
    tags: tuple[str, ...] = ()
    due_at: datetime | None = None
    snoozed_until: datetime | None = None
    query: str = ""
    satisfaction: str = ""
    reopened: int = 0
    needs_reason: bool = False  # resolving without a public reply asks why
    merged_into: int = 0
    slas: tuple[Sla, ...] = ()
    teams: tuple[Choice, ...] = ()
    agents: tuple[Choice, ...] = ()
    linked: tuple[Article, ...] = ()
    suggested: tuple[Article, ...] = ()
    replies: tuple[Reply, ...] = ()
    others: tuple[Other, ...] = ()
    present: tuple[Present, ...] = ()
    history: tuple[Change, ...] = ()
    draft: Draft = field(default_factory=Draft)
    message: str = ""  # id of what is written next: the same form sent twice is one message
    may: frozenset[str] = frozenset()  # verbs that this agent may do to this case
    back: str = "view=open"  # query of the list that the agent came from
    before: int = 0  # numbers of the neighbours in the queue; 0: none
    after: int = 0

    @property
    def closed(self) -> bool:
        """Tell whether it takes notes only."""
        return self.status == "closed"


@dataclass(frozen=True, slots=True)
class Conflict:
    """Somebody else was faster: what they did, and what this agent wanted to do, side by side."""

    number: int
    version: int  # the case's version of now: saving again says "I have seen it"
    subject: str
    act: str
    fields: tuple[tuple[str, str], ...]  # what was posted, to post it again
    news: tuple[Change, ...]
    texts: tuple[Entry, ...] = ()  # messages that came meanwhile
    mine: str = ""
    locale: str = ""

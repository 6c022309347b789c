"""What the other pages of the desk show: forms, feedback, what is held back, reports, settings.  As in `views`: plain values only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from feedback_service.desk.views import Choice, Reply


@dataclass(frozen=True, slots=True)
class NewCase:
    """The form for a case by hand, as it was typed, with what is wrong."""

    teams: tuple[Choice, ...]
    agents: tuple[Choice, ...]
    locales: tuple[Choice, ...]
    values: Mapping[str, str] = field(default_factory=dict)
    wrong: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SignIn:
    """The way in: first login and password, then the six digits where the account asks for them; or the first password ("new")."""

    step: Literal["password", "code", "new"] = "password"
    login: str = ""
    next: str = ""
    wrong: str = ""  # a word of [sign_in], or of [refused] for a first password
    secret: str = ""  # the invitation, as it was typed


@dataclass(frozen=True, slots=True)
class Vote:
    """One rating with something to work on."""

    id: str
    article: str
    title: str
    url: str
    locale: str
    at: datetime
    state: str
    moves: tuple[str, ...]
    helpful: bool = False
    reason: str = ""
    comment: str = ""
    query: str = ""
    revision: str = ""
    case: int = 0


@dataclass(frozen=True, slots=True)
class Triage:
    """The feedback page: votes with words, and what was searched for in vain."""

    votes: tuple[Vote, ...]
    state: str
    states: tuple[Choice, ...]
    misses: tuple[tuple[str, str, int], ...] = ()  # locale, query, times
    pages: int = 1
    page: int = 1


@dataclass(frozen=True, slots=True)
class HeldThing:
    """One thing that waits for a decision."""

    id: str
    kind: str  # case, rating, question, mail
    at: datetime
    reasons: tuple[str, ...]
    sender: str
    title: str
    text: str
    digest: str
    locale: str = ""
    by: str = ""  # who has decided, where somebody has


@dataclass(frozen=True, slots=True)
class HeldPage:
    """Quarantine and suspended mail."""

    things: tuple[HeldThing, ...]
    kind: str
    kinds: tuple[Choice, ...]
    kept_days: int = 30
    state: Literal["waiting", "discarded", "released"] = "waiting"
    states: tuple[Choice, ...] = ()
    may: frozenset[str] = frozenset()  # "decide", "ban"


@dataclass(frozen=True, slots=True)
class Number:
    """One figure of a report."""

    key: str  # of reports.DEFINITIONS
    value: float | None
    unit: Literal["share", "seconds", "count"]
    part: int = 0
    whole: int = 0


@dataclass(frozen=True, slots=True)
class Table:
    """A table of a report; a chart may be drawn from it.  The first column names its rows."""

    key: str  # finds title and definition, and names the CSV file
    columns: tuple[str, ...]  # words of [column], or names as they are
    rows: tuple[tuple[str | float | int | None, ...], ...]
    chart: Literal["", "bars", "stacks"] = ""
    rows_are: Literal["words", "names", "days"] = "names"


@dataclass(frozen=True, slots=True)
class Reports:
    """The reports page."""

    start: date
    end: date
    numbers: tuple[Number, ...]
    tables: tuple[Table, ...]
    dimension: str = "category"
    step: str = "week"


@dataclass(frozen=True, slots=True)
class Policy:
    """One SLA policy as the settings page prints it."""

    name: str
    calendar: str
    match: tuple[tuple[str, str], ...]
    targets: tuple[tuple[str, str, float], ...]  # priority, clock, seconds


@dataclass(frozen=True, slots=True)
class Settings:
    """What the files in git say; nothing is changed here."""

    teams: tuple[tuple[str, tuple[str, ...]], ...]
    policies: tuple[Policy, ...]
    revision: str
    replies: tuple[Reply, ...]
    rules: tuple[tuple[str, str], ...]  # name, what it says
    waits: tuple[tuple[str, int], ...] = ()  # name, days


@dataclass(frozen=True, slots=True)
class Profile:
    """An agent's own settings."""

    email: str
    locales: tuple[Choice, ...]
    totp: bool
    totp_needed: bool = False
    secret: str = ""  # of a TOTP that is being set up
    uri: str = ""
    wrong: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody who works here, or did."""

    login: str
    name: str
    roles: tuple[str, ...]
    teams: tuple[str, ...]
    totp: bool
    disabled: bool


@dataclass(frozen=True, slots=True)
class Accounts:
    """Everybody who works here; those who left come last."""

    agents: tuple[Account, ...]


@dataclass(frozen=True, slots=True)
class AccountForm:
    """One account as it is, or as it was typed; `login` is "" for one that is to be entered."""

    login: str
    values: Mapping[str, str]
    roles: frozenset[str]
    locales: tuple[Choice, ...]
    totp: bool = False
    mine: bool = False  # the reader's own: not everything may be taken from oneself
    invitation: str = ""  # a secret, shown this once
    changed: tuple[tuple[str, str], ...] | None = None  # what somebody else saved since the form was opened: field, value; None: nobody
    wrong: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Bans:
    """Whose posts are looked at first."""

    bans: tuple[tuple[str, str, datetime | None], ...]  # kind, value, until
    may_change: bool
    values: Mapping[str, str] = field(default_factory=dict)
    wrong: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Person:
    """What is kept of one person, and what became of it."""

    address: str = ""
    counts: tuple[tuple[str, int], ...] = ()  # words of [person_count]
    step: Literal["ask", "found", "erased"] = "ask"
    may_erase: bool = False
    is_swept: bool = True  # nothing of it is left in the bytes of the files
    wrong: str = ""  # a word of [refused]


@dataclass(frozen=True, slots=True)
class TrailRow:
    """One thing that somebody did; `what` and `who` in words."""

    at: datetime
    what: str
    who: str
    object: str  # an id, or the number of a case
    detail: str
    is_case: bool


@dataclass(frozen=True, slots=True)
class Trail:
    """A page of the audit trail, and what narrows it."""

    rows: tuple[TrailRow, ...]
    acts: tuple[Choice, ...]
    people: tuple[Choice, ...]
    act: str = ""
    actor: str = ""
    about: str = ""
    older: int = 0  # the row before which the next page begins; 0: this is the last
    is_newest: bool = True


@dataclass(frozen=True, slots=True)
class Problem:
    """A page that says why something was not done, and what to do instead."""

    status: int
    reason: str  # a word of [refused], or ""
    message: str = ""
    allowed: tuple[str, ...] = ()
    back: str = "/desk/"

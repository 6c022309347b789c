"""
Who may do what: one function, and whatever it does not allow is forbidden.

A role grants verbs on kinds of things.  For cases it also says which: agents and leads see those of their teams, those that no team has
yet, and what is assigned to them.  Several roles add up, each verb with the sight of the role that grants it.
What somebody may not read does not exist for them (404); what they may read but not change is forbidden (403).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal, Protocol, get_args

from feedback_service.accounts.nouns import Agent, Role

Kind = Literal["case", "feedback", "held", "ban", "report", "export", "audit", "settings", "agent", "person"]
Verb = Literal["read", "create", "work", "merge", "spam", "redact", "erase", "triage", "decide", "change"]
Answer = Literal["", "forbidden", "missing"]

KINDS: tuple[Kind, ...] = get_args(Kind)
VERBS: tuple[Verb, ...] = get_args(Verb)


class CaseLike(Protocol):
    """What is asked of a case; Case has it, and so may a row of a list."""

    @property
    def team(self) -> str | None:
        """The team whose case it is."""

    @property
    def assignee(self) -> str | None:
        """The agent who has it."""


@dataclass(frozen=True, slots=True)
class Sight:
    """Which cases somebody sees: all, or those that fit one of the rest.  The store writes it as a WHERE, `holds` says the same of one."""

    all: bool = False
    teams: frozenset[str] = frozenset()
    teamless: bool = False  # cases that no team has yet
    assignee: str = ""  # cases assigned to this agent

    def holds(self, case: CaseLike) -> bool:
        """Tell whether a case is among them."""
        if self.all or (self.teamless and case.team is None):
            return True
        return case.team in self.teams or (bool(self.assignee) and case.assignee == self.assignee)


NOTHING = Sight()

# case: "work" is reply, note, status, assign, transfer, priority, tags, due, snooze, links and split.  held: posts and mails that wait
# for a person to decide.  person: the data of one requester.  agent: accounts of colleagues; one's own profile is no matter of roles.
GRANTS: Mapping[Role, Mapping[Kind, frozenset[Verb]]] = MappingProxyType(
    {
        "agent": {
            "case": frozenset({"read", "create", "work", "merge", "spam"}),
            "feedback": frozenset({"read"}),
            "report": frozenset({"read"}),
            "settings": frozenset({"read"}),
            "agent": frozenset({"read"}),
        },
        "lead": {
            "case": frozenset({"read", "create", "work", "merge", "spam", "redact"}),
            "feedback": frozenset({"read", "triage"}),
            "held": frozenset({"read", "decide"}),
            "report": frozenset({"read"}),
            "export": frozenset({"read"}),
            "settings": frozenset({"read"}),
            "agent": frozenset({"read"}),
        },
        "moderator": {
            "feedback": frozenset({"read", "triage"}),
            "held": frozenset({"read", "decide"}),
            "ban": frozenset({"read", "change"}),
            "settings": frozenset({"read"}),
            "agent": frozenset({"read"}),
        },
        "admin": {
            "case": frozenset({"read", "create", "work", "merge", "spam", "redact", "erase"}),
            "feedback": frozenset({"read", "triage"}),
            "held": frozenset({"read", "decide"}),
            "ban": frozenset({"read", "change"}),
            "report": frozenset({"read"}),
            "export": frozenset({"read"}),
            "audit": frozenset({"read"}),
            "settings": frozenset({"read"}),
            "agent": frozenset({"read", "change"}),
            "person": frozenset({"read", "erase"}),
        },
        "auditor": {
            "case": frozenset({"read"}),
            "feedback": frozenset({"read"}),
            "held": frozenset({"read"}),
            "ban": frozenset({"read"}),
            "report": frozenset({"read"}),
            "export": frozenset({"read"}),
            "audit": frozenset({"read"}),
            "settings": frozenset({"read"}),
            "agent": frozenset({"read"}),
        },
    }
)
_SEE_ALL: frozenset[Role] = frozenset({"admin", "auditor"})


def can(actor: Agent | None, verb: Verb, thing: Kind | CaseLike) -> bool:
    """
    Tell whether somebody may do something.

    Args:
        actor: None is somebody who is not signed in, and may nothing here.
        thing: A case, or a kind of thing.  The kind "case" asks whether there is any case that they may do it to; "create" needs no other.
    """
    if isinstance(thing, str):
        return bool(_granting(actor, verb, thing))
    return sight(actor, verb).holds(thing)


def answer_to(actor: Agent | None, verb: Verb, thing: Kind | CaseLike) -> Answer:
    """Say how a wish is answered: "" go on, "missing" as if it were not there (404), "forbidden" (403)."""
    if can(actor, verb, thing):
        return ""
    return "forbidden" if can(actor, "read", thing) else "missing"


def answer_to_all(actor: Agent | None, verb: Verb, cases: Iterable[CaseLike | None]) -> Answer:
    """Say how a wish about many cases is answered: one that may not be done, or is not there (None), and nothing at all is done."""
    answers = ["missing" if case is None else answer_to(actor, verb, case) for case in cases]
    return "missing" if "missing" in answers else "forbidden" if "forbidden" in answers else ""


def sight(actor: Agent | None, verb: Verb) -> Sight:
    """Say which cases somebody may do something to."""
    roles = _granting(actor, verb, "case")
    if actor is None or not roles:
        return NOTHING
    return Sight(all=True) if roles & _SEE_ALL else Sight(teams=actor.teams, teamless=True, assignee=actor.id)


def visible_to(actor: Agent | None) -> Sight:
    """Say which cases somebody sees: every list of cases starts from here."""
    return sight(actor, "read")


def _granting(actor: Agent | None, verb: Verb, kind: Kind) -> frozenset[Role]:
    """List the roles of somebody that grant a verb on a kind of thing."""
    if actor is None or actor.disabled or (actor.reads_only and verb != "read"):
        return frozenset()
    return frozenset(role for role in actor.roles if verb in GRANTS.get(role, {}).get(kind, frozenset()))

"""The nouns of rules: what happens, to what kind of case, and what is set then."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from feedback_service.domain.nouns import EventType, Fact, Priority
from feedback_service.webhooks import Webhook

TRIGGERS: tuple[EventType, ...] = (
    "created", "message_in", "reply_out", "note", "status", "reopened", "auto_closed", "assigned", "transferred", "priority", "tag", "due",
    "woken", "merged", "article_linked", "rated", "bounced", "sla_warned", "sla_breached",
)  # fmt: skip
CONDITIONS = (
    "team", "category", "type", "channel", "locale", "priority", "tags", "status", "assignee", "article", "satisfaction", "clock", "words",
)  # fmt: skip
TOLD = ("assignee", "team", "leads")  # whom a rule may tell, besides "agent:<login>"
NOBODY = "nobody"  # in a condition: a case without team, assignee, category …


@dataclass(frozen=True, slots=True)
class Then:
    """What a rule sets, in this order; what is "" or empty is left alone."""

    team: str = ""
    assignee: str = ""
    priority: Priority | None = None
    add_tags: tuple[str, ...] = ()
    remove_tags: tuple[str, ...] = ()
    tell: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rule:
    """
    If one of the events `on` happens to a case that has, for each condition of `when`, one of its values, and for none of `unless`.

    `stop`: rules below it do not look at this event.
    """

    name: str
    on: frozenset[EventType]
    then: Then
    when: Mapping[str, frozenset[str]] = field(default_factory=dict)
    unless: Mapping[str, frozenset[str]] = field(default_factory=dict)
    stop: bool = False


@dataclass(frozen=True, slots=True)
class Rules:
    """One revision of the file, in its order."""

    rules: tuple[Rule, ...] = ()
    webhooks: tuple[Webhook, ...] = ()

    def needs_text(self) -> bool:
        """Tell whether any rule asks for words, so that texts are read."""
        return any("words" in conditions for rule in self.rules for conditions in (rule.when, rule.unless))


NO_RULES = Rules()


@dataclass(frozen=True, slots=True)
class Directory:
    """Who works here: teams with their agents, everybody, and who leads which team.  Disabled agents are in none of them."""

    teams: Mapping[str, frozenset[str]] = field(default_factory=dict)
    agents: frozenset[str] = frozenset()
    leads: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def members(self, team: Fact) -> frozenset[str]:
        """List who may have a case of a team; of no team: everybody."""
        return self.agents if team is None else self.teams.get(str(team), frozenset())


@dataclass(frozen=True, slots=True)
class Fired:
    """A rule that fired at an event, and what of it was refused: () when all was done, or there was nothing left to do."""

    rule: str
    at: int  # seq of the event
    changed: bool
    refused: tuple[str, ...] = ()

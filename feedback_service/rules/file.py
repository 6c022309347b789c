"""
Reads the file of rules.  Reviewed TOML; every mistake is told, with its place, in one go.

    [[rules]]
    name = "refunds"
    on = ["created", "message_in"]
    if = {channel = ["web"], words = ["refund", "reemborsament"]}
    unless = {tags = ["vip"]}
    then = {team = "billing", priority = "high", add_tags = ["refund"], tell = ["leads"]}
    stop = true

    [[webhooks]]
    name = "crm"
    url = "https://crm.example.org/hooks/kb"
    on = ["created", "status"]                 # without it: every event that a rule may name
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import fields
from typing import Any, cast

from feedback_service.accounts.nouns import LOGIN
from feedback_service.domain.acts import LONGEST_TAG, MOST_TAGS, tidy_tag
from feedback_service.domain.nouns import CASE_TYPES, CHANNELS, PRIORITIES, STATUSES, EventType, Priority
from feedback_service.rules.nouns import CONDITIONS, NOBODY, TOLD, TRIGGERS, Rule, Rules, Then
from feedback_service.rules.words import LONGEST, folded
from feedback_service.sla import CLOCK_KINDS
from feedback_service.toml_files import FlawedFileError, TomlReader, one_of, singular
from feedback_service.toml_places import Key
from feedback_service.webhooks import Webhook, check_url

MOST_RULES, MOST_WEBHOOKS = 200, 20
_NAME = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,58}[a-z0-9])?")
_KNOWN: dict[str, tuple[str, ...]] = {
    "channel": CHANNELS, "type": CASE_TYPES, "priority": PRIORITIES, "status": STATUSES, "clock": CLOCK_KINDS,
    "satisfaction": ("good", "bad", NOBODY),
}  # fmt: skip
_BY_TEXT: frozenset[EventType] = frozenset({"created", "message_in"})
_BY_CLOCK: frozenset[EventType] = frozenset({"sla_warned", "sla_breached"})


class RulesFileError(FlawedFileError):
    """The file is refused; `flaws` holds every reason, in the order of its lines."""


def load_rules(text: str, path: str = "rules.toml", *, teams: Collection[str] | None = None) -> Rules:
    """
    Read a file of rules.

    Args:
        text: The file.
        path: How errors call it.
        teams: Those that exist; None: nobody knows, and any will do.
    Raises: RulesFileError: With every mistake of the file, each with line and column.
    """
    reader = _Reader(text, path, ("rules", "webhooks"))
    reader.teams = teams
    rules = Rules(reader.rules(), reader.webhooks())
    if reader.flaws:
        raise RulesFileError(path, reader.flaws)
    return rules


class _Reader(TomlReader):
    """Walks the tables of one file of rules."""

    error = RulesFileError
    teams: Collection[str] | None = None

    def rules(self) -> tuple[Rule, ...]:
        return tuple(self.rule(number, table) for number, table in enumerate(self.few("rules", MOST_RULES)))

    def webhooks(self) -> tuple[Webhook, ...]:
        return tuple(self.webhook(number, table) for number, table in enumerate(self.few("webhooks", MOST_WEBHOOKS)))

    def few(self, name: str, most: int) -> list[Any]:
        """Take tables of which there are not too many, each with a name of its own."""
        tables = self.tables(name)
        if len(tables) > most:
            self.flaw((name, most), f"there are more than {most} {name}", "Join those that do the same")
        names: list[Any] = [table.get("name") if isinstance(table, dict) else None for table in tables]
        for number, each in enumerate(names):
            if each is not None and each in names[:number]:
                self.flaw((name, number, "name"), f"{each} stands here twice", f"Give each {singular(name)} a name of its own", each)
        return tables[:most]

    def name(self, key: Key, value: Any) -> str:
        if isinstance(value, str) and _NAME.fullmatch(value):
            return value
        kind = singular(str(key[0]))
        self.flaw(key, f"a {kind} has no name, or no plain one", 'Write small letters, digits and hyphens, name = "late-refunds"', value)
        return ""

    def webhook(self, number: int, value: Any) -> Webhook:
        key: Key = ("webhooks", number)
        table = self.table(key, value)
        self.only(key, table, ("name", "url", "on"))
        url = self.text((*key, "url"), table.get("url"))
        if url and (wrong := check_url(url)):
            self.flaw((*key, "url"), wrong, 'Write url = "https://crm.example.org/hooks/kb"', url)
        on = self.choices((*key, "on"), table.get("on", [*TRIGGERS]), TRIGGERS)
        return Webhook(self.name((*key, "name"), table.get("name")), url, cast("frozenset[EventType]", on))

    def rule(self, number: int, value: Any) -> Rule:
        key: Key = ("rules", number)
        table = self.table(key, value)
        self.only(key, table, ("name", "on", "if", "unless", "then", "stop"))
        name, stop = self.name((*key, "name"), table.get("name")), table.get("stop", False)
        if not isinstance(stop, bool):
            self.flaw((*key, "stop"), "is neither true nor false", "Write stop = true, or leave it out", stop)
        on = self.choices((*key, "on"), table.get("on"), TRIGGERS) if "on" in table else frozenset[str]()
        if not table.get("on"):
            self.flaw((*key, "on"), "a rule has no event", f'Write on = ["created"], or another of {", ".join(TRIGGERS)}')
        events = cast("frozenset[EventType]", on)
        when, unless = (self.conditions((*key, part), table.get(part), events) for part in ("if", "unless"))
        return Rule(name, events, self.then((*key, "then"), table.get("then")), when, unless, bool(stop))

    def conditions(self, key: Key, value: Any, on: frozenset[EventType]) -> dict[str, frozenset[str]]:
        if value is None:
            return {}
        table = self.table(key, value)
        self.only(key, table, CONDITIONS)
        if not table:
            self.flaw(key, "says nothing", "Leave it out, or name a fact of the case")
        for name, events in (("words", _BY_TEXT), ("clock", _BY_CLOCK)):
            if name in table and on and on.isdisjoint(events):
                self.flaw((*key, name), f"none of the rule's events has {name}", f"Add one of {', '.join(sorted(events))} to on")
        return {name: self.values((*key, name), table[name]) for name in CONDITIONS if name in table}

    def values(self, key: Key, wanted: Any) -> frozenset[str]:
        name = str(key[-1])
        if known := _KNOWN.get(name):
            return self.choices(key, wanted, known)
        words = self.words(key, wanted)
        if name == "words":
            for word in sorted(words):
                if len(word) > LONGEST or not folded(word):
                    self.flaw(key, "a word is empty or too long", f"Write words or phrases of at most {LONGEST} characters", word)
        if name == "tags":
            return frozenset(tidy_tag(word) if word != NOBODY else word for word in words)
        if name == "team":
            self.known_teams(key, words - {NOBODY})
        return words

    def then(self, key: Key, value: Any) -> Then:
        table = self.table(key, value if value is not None else {})
        self.only(key, table, [field.name for field in fields(Then)])
        if not table:
            self.flaw(key, "the rule does nothing", 'Write then = {priority = "high"}, or set another field')
        if "team" in table:
            self.known_teams((*key, "team"), {self.text((*key, "team"), table["team"])})
        priority = table.get("priority")
        if priority is not None and priority not in PRIORITIES:
            self.flaw((*key, "priority"), f"{priority} is not known", one_of(PRIORITIES, priority), priority)
        return Then(
            team=self.text((*key, "team"), table.get("team", "")) if "team" in table else "",
            assignee=self.text((*key, "assignee"), table["assignee"]) if "assignee" in table else "",
            priority=cast("Priority | None", priority),
            add_tags=self.tags((*key, "add_tags"), table.get("add_tags")),
            remove_tags=self.tags((*key, "remove_tags"), table.get("remove_tags")),
            tell=self.told((*key, "tell"), table.get("tell")),
        )

    def text(self, key: Key, value: Any) -> str:
        if isinstance(value, str) and value.strip():
            return value
        self.flaw(key, "is no text", 'Write "…"', value)
        return ""

    def tags(self, key: Key, value: Any) -> tuple[str, ...]:
        if value is None:
            return ()
        tags = sorted(filter(None, map(tidy_tag, self.words(key, value))))
        if len(tags) > MOST_TAGS or any(len(tag) > LONGEST_TAG for tag in tags):
            self.flaw(key, "are too many tags, or too long ones", f"Write at most {MOST_TAGS} of at most {LONGEST_TAG} characters")
        return tuple(tags)

    def told(self, key: Key, value: Any) -> tuple[str, ...]:
        if value is None:
            return ()
        names = sorted(self.words(key, value))
        for name in names:
            if name not in TOLD and not (name.startswith("agent:") and LOGIN.fullmatch(name.removeprefix("agent:"))):
                self.flaw(key, f"{name} is nobody to tell", one_of((*TOLD, "agent:<login>"), name), name)
        return tuple(names)

    def known_teams(self, key: Key, names: Collection[str]) -> None:
        for name in sorted(names):
            if name and self.teams is not None and name not in self.teams:
                self.flaw(
                    key, f"there is no team {name}", one_of(sorted(self.teams), name) if self.teams else "No agent has a team yet", name
                )

"""Reads the two events that the portal's scripts send: a search that was made, a view of the contact form that ended."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, cast, get_args

from feedback_service.intake import Complaint, FormError
from feedback_service.manifest import Manifest
from feedback_service.searches import FormEvent, FormOutcome, Next, SearchEvent, fold_query

MOST_HITS, MOST_OFFERED = 100_000, 20
LONGEST = 1_000_000  # characters of a query that are taken at all; what counts is cut by fold_query

OLDEST, NEWEST = timedelta(hours=48), timedelta(hours=1)  # the hour of an event, from now; keys are remembered as long

_KEY = re.compile(r"[A-Za-z0-9._-]{8,80}")
_HOUR = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}")


def search_event(fields: Mapping[str, Any], portal: Manifest, now: datetime) -> tuple[str, SearchEvent]:
    """Read {key, hour, locale, query, hits, rank, next}; returns the key ("": none).  Raises: FormError."""
    form = _Fields(fields, ("key", "hour", "locale", "query", "hits", "rank", "next"))
    query = fold_query(form.text("query"))
    if not query:
        form.wrong.setdefault("query", Complaint("required"))
    rank = form.number("rank", MOST_HITS, needed=False)
    hits = form.number("hits", MOST_HITS)
    event = SearchEvent(
        form.hour(now), form.locale(portal), query, hits or 0, rank or None, cast("Next", form.choice("next", get_args(Next), "none"))
    )
    return form.finished(), event


def form_event(fields: Mapping[str, Any], portal: Manifest, now: datetime) -> tuple[str, FormEvent]:
    """
    Read {key, hour, locale, offered, opened, outcome}.  Articles are a list, or one text with spaces, of ids or addresses in the portal.

    Raises: FormError.
    """
    form = _Fields(fields, ("key", "hour", "locale", "offered", "opened", "outcome"))
    offered, opened = form.articles("offered", portal), form.articles("opened", portal)
    outcome = cast("FormOutcome", form.choice("outcome", get_args(FormOutcome), ""))
    event = FormEvent(form.hour(now), form.locale(portal), offered, opened, outcome)
    return form.finished(), event


class _Fields:
    """Takes the fields of an event one by one, and remembers what is wrong."""

    def __init__(self, fields: Mapping[str, Any], names: tuple[str, ...]) -> None:
        self._fields, self.wrong = fields, dict[str, Complaint]()
        for name in fields:
            if name not in names:
                self.wrong[name[:50].encode("utf-8", "replace").decode()] = Complaint("unknown_field", allowed=names)

    def text(self, name: str) -> str:
        value = self._fields.get(name, "")
        if not isinstance(value, str):
            self.wrong[name] = Complaint("not_text")
            return ""
        try:
            value.encode()
        except UnicodeEncodeError:
            self.wrong[name] = Complaint("broken_characters")
            return ""
        return value[:LONGEST].strip()

    def number(self, name: str, most: int, *, needed: bool = True) -> int | None:
        value = self._fields.get(name, "")
        if isinstance(value, str):
            if not value and not needed:
                return None
            value = int(value) if value.isascii() and value.isdigit() and len(value) < 10 else -1
        elif value is None and not needed:
            return None
        if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= most:
            self.wrong[name] = Complaint("bad_value", most)
            return None
        return value

    def choice(self, name: str, allowed: tuple[str, ...], default: str) -> str:
        value = self.text(name) or default
        if value not in allowed:
            self.wrong[name] = Complaint("unknown_value" if value else "required", allowed=allowed)
        return value

    def hour(self, now: datetime) -> datetime:
        """Read an hour of these two days: nobody writes history, and what an outbox still holds then comes too late."""
        value = self.text("hour")
        try:
            if _HOUR.fullmatch(value[:14]):
                hour = datetime.fromisoformat(f"{value}:00").replace(tzinfo=UTC)
                if now - OLDEST <= hour <= now + NEWEST:
                    return hour
        except ValueError:
            pass
        self.wrong["hour"] = Complaint("bad_value" if value else "required")
        return datetime.min.replace(tzinfo=UTC)

    def locale(self, portal: Manifest) -> str:
        return self.choice("locale", tuple(sorted(portal.known.locales)), "")

    def articles(self, name: str, portal: Manifest) -> tuple[str, ...]:
        """Read which articles; those that nobody knows are left out."""
        value = self._fields.get(name, "")
        given = value.split() if isinstance(value, str) else value
        if not isinstance(given, list) or not all(isinstance(each, str) for each in given) or len(given) > MOST_OFFERED:
            self.wrong[name] = Complaint("bad_value", MOST_OFFERED)
            return ()
        return tuple(dict.fromkeys(found for each in given if (found := portal.named(each)) is not None))

    def finished(self) -> str:
        """Return the key.  Raises: FormError."""
        key = self.text("key")
        if key and not _KEY.fullmatch(key[:81]):
            self.wrong["key"] = Complaint("bad_value", 80)
        if self.wrong:
            raise FormError(self.wrong)
        return key

"""
What the public forms may hold: each field checked, all mistakes told at once, nothing guessed.

A form is a mapping of names to texts, from JSON or from a plain form.  A complaint is a stable word with its values, so that the
reader's own language can say it; what was typed is the caller's to give back.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, cast, get_args

from feedback_service.addresses import LONGEST, AddressError, parse_address
from feedback_service.domain.nouns import CASE_TYPES, CaseType
from feedback_service.searches import fold_query
from feedback_service.texts import TextError, clean_line, clean_text

Reason = Literal["incomplete", "wrong", "unclear", "broken", "other"]
REASONS: tuple[Reason, ...] = get_args(Reason)
SUBJECT, BODY, NAME, COMMENT, QUERY = 200, 20_000, 100, 1_000, 200  # characters
TRAPS = ("website", "token", "work")  # fields that moderation.py looks at; every form may hold them

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
_LOCALE = re.compile(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8}){0,4}")
_VOTER = re.compile(r"[A-Za-z0-9_-]{16,64}")


@dataclass(frozen=True, slots=True)
class Complaint:
    """What is wrong with one field: a word for translation and what to fill in, such as the limit or the allowed values."""

    reason: str
    limit: int = 0
    allowed: tuple[str, ...] = ()


class FormError(ValueError):
    """A form that is not taken: 422, or 404 where the thing that it is about does not exist."""

    def __init__(self, complaints: Mapping[str, Complaint], *, missing: bool = False) -> None:
        super().__init__(", ".join(f"{name}: {complaint.reason}" for name, complaint in complaints.items()))
        self.complaints, self.missing = dict(complaints), missing


@dataclass(frozen=True, slots=True)
class Known:
    """What the manifest of the portal knows."""

    articles: Mapping[str, str]  # id, or an id it once had -> id of today
    revisions: Mapping[str, Collection[str]]  # id of today -> revisions that were ever published
    locales: Collection[str]


@dataclass(frozen=True, slots=True)
class CaseForm:
    """A reader asks for a person.  References that nobody knows are dropped, and `dropped` names them: the case is worth more."""

    subject: str
    body: str
    email: str
    name: str = ""
    locale: str = ""
    type: CaseType = "question"
    article: str | None = None
    revision: str | None = None
    query: str = ""
    dropped: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RatingForm:
    """A reader says whether an article helped."""

    article: str
    locale: str
    helpful: bool
    revision: str = ""
    reason: Reason | None = None
    comment: str = ""
    email: str = ""
    voter: str = ""  # random, kept in the reader's browser; "": the caller gives one that lasts a day
    query: str = ""


@dataclass(frozen=True, slots=True)
class QuestionForm:
    """A reader asks in public, below an article; shown after approval only."""

    article: str
    locale: str
    text: str
    name: str = ""


def case_form(fields: Mapping[str, Any], known: Known, *, needs_email: bool = True) -> CaseForm:
    """
    Check the contact form.

    Args:
        needs_email: False where an agent opens a case for somebody who called or came by.
    Raises: FormError: With every field that is wrong.
    """
    form = _Form(fields, "subject body email name locale type article revision query")
    subject, body = form.line("subject", SUBJECT), form.text("body", BODY)
    email, name = form.address("email", required=needs_email), form.line("name", NAME, required=False)
    kind = form.choice("type", CASE_TYPES, default="question")
    locale, article, revision = form.reference("locale"), form.reference("article"), form.reference("revision")
    query = fold_query(form.line("query", QUERY * 5, required=False))
    form.finish()
    dropped = []
    if locale and (not _LOCALE.fullmatch(locale) or locale not in known.locales):
        dropped, locale = ["locale"], ""
    of_today = known.articles.get(article)
    if article and of_today is None:
        dropped.append("article")
    if revision and (of_today is None or revision not in known.revisions.get(of_today, ())):
        dropped, revision = [*dropped, "revision"], ""
    return CaseForm(subject, body, email, name, locale, cast("CaseType", kind), of_today, revision or None, query, tuple(dropped))


def rating_form(fields: Mapping[str, Any], known: Known) -> RatingForm:
    """Check a vote.  Raises: FormError: With every field that is wrong; `missing` if the article is not (or no longer) there."""
    form = _Form(fields, "article locale revision helpful reason comment email voter query")
    helpful, reason = form.choice("helpful", ("yes", "no")), form.choice("reason", REASONS, default="")
    comment, email = form.text("comment", COMMENT, required=False), form.address("email", required=False)
    voter, query = form.matching("voter", _VOTER), fold_query(form.line("query", QUERY * 5, required=False))
    article, locale, revision = form.reference("article"), form.reference("locale"), form.reference("revision")
    form.finish()
    of_today = _existing(known, article, locale, revision)
    return RatingForm(
        of_today, locale, helpful == "yes", revision, cast("Reason", reason) if reason else None, comment, email, voter, query
    )


def question_form(fields: Mapping[str, Any], known: Known) -> QuestionForm:
    """Check a public question.  Raises: FormError as `rating_form` does."""
    form = _Form(fields, "article locale text name")
    text, name = form.text("text", COMMENT), form.line("name", NAME, required=False)
    article, locale = form.reference("article"), form.reference("locale")
    form.finish()
    return QuestionForm(_existing(known, article, locale, ""), locale, text, name)


def _existing(known: Known, article: str, locale: str, revision: str) -> str:
    of_today = known.articles.get(article)
    wrong = {} if of_today else {"article": Complaint("unknown_article")}
    if locale not in known.locales:
        wrong["locale"] = Complaint("unknown_locale", allowed=tuple(sorted(known.locales)))
    if of_today and revision and revision not in known.revisions.get(of_today, ()):
        wrong["revision"] = Complaint("unknown_revision")
    if of_today is None or wrong:
        raise FormError(wrong, missing=True)
    return of_today


@dataclass(slots=True)
class _Form:
    """Takes fields one by one and remembers what is wrong with them."""

    fields: Mapping[str, Any]
    names: str
    wrong: dict[str, Complaint] = field(default_factory=dict)

    def __post_init__(self) -> None:
        known = (*self.names.split(), *TRAPS)
        for name, value in self.fields.items():
            if name not in known:
                self.wrong[name[:50].encode("utf-8", "replace").decode()] = Complaint("unknown_field", allowed=known[: -len(TRAPS)])
            elif not isinstance(value, str):
                self.wrong[name] = Complaint("not_text")

    def line(self, name: str, limit: int, *, required: bool = True) -> str:
        return self._try(name, lambda text: clean_line(text, limit, required=required))

    def text(self, name: str, limit: int, *, required: bool = True) -> str:
        return self._try(name, lambda text: clean_text(text, limit, required=required))

    def address(self, name: str, *, required: bool) -> str:
        return self._try(name, lambda text: parse_address(text) if required or text.strip() else "")

    def choice(self, name: str, allowed: tuple[str, ...], default: str | None = None) -> str:
        value = self._try(name, str.strip)
        if not value and default is not None:
            return default
        if value not in allowed and name not in self.wrong:
            self.wrong[name] = Complaint("unknown_value" if value else "required", allowed=allowed)
        return value

    def matching(self, name: str, pattern: re.Pattern[str]) -> str:
        value = self._try(name, str.strip)
        if value and not pattern.fullmatch(value):
            self.wrong[name] = Complaint("bad_value")
        return value

    def reference(self, name: str) -> str:
        """Read an id.  One that cannot be an id is as good as none: the next step says that nobody knows it."""
        value = self._try(name, str.strip)
        return value if _ID.fullmatch(value[:101]) else "?" if value else ""

    def finish(self) -> None:
        if self.wrong:
            raise FormError(self.wrong)

    def _try(self, name: str, read: Callable[[str], str]) -> str:
        if name in self.wrong:
            return ""
        try:
            return read(self.fields.get(name, ""))
        except TextError as error:
            self.wrong[name] = Complaint(error.reason, error.limit)
        except AddressError as error:
            self.wrong[name] = Complaint(error.reason, LONGEST if error.reason == "too_long" else 0)
        return ""

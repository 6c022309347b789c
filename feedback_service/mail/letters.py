"""
What the service writes to people, in their language.

Names between two braces are filled in from a mapping, once: what is filled in is never looked at again.  Mails that go out by themselves
hold nothing that a stranger typed, not even a subject: anybody may type anybody's address into a form.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Mapping
from functools import cache
from importlib import resources
from typing import Any, Literal, NamedTuple

from feedback_service.domain.notices import NoticeKind
from feedback_service.mail.files import File
from feedback_service.mail.quotes import MARKS
from feedback_service.mail.settings import LOCALES

AUTOMATIC: frozenset[NoticeKind] = frozenset({"acknowledgement", "satisfaction", "pending_warning"})  # to people, by no person
TO_AGENTS: frozenset[NoticeKind] = frozenset({"assigned", "transferred", "message_in", "attention"})
_NAME = re.compile(r"\{\{([a-z]{1,20})\}\}")


class Letter(NamedTuple):
    """Subject and text of a mail."""

    subject: str
    text: str


def letter(kind: NoticeKind | Literal["reply_several"], locale: str, values: Mapping[str, str]) -> Letter:
    """
    Write a letter.

    Args:
        kind: Of a notice; "reply_several" is a reply that others read too, which has no link.
        values: "number" and "link"; for a reply "subject" and "text" too.
    Raises: KeyError: If a value is missing.
    """
    words = words_of(locale)[kind]
    mark = "" if kind in TO_AGENTS else f"— {MARKS[locale_of(locale)]} —\n\n"
    return Letter(fill(words["subject"], values), mark + fill(words["text"].strip(), values) + "\n")


def trouble_note(locale: str, troubles: Collection[str], files: Collection[File], why: str = "", number: int = 0) -> str:
    """Write the note that tells agents what the text of a mail does not show, and why it is a case of its own; "" if all is well."""
    words = words_of(locale)
    reasons, gap = words["why"], words["note"]["gap"]
    named = gap.join(f"{file.name} ({reasons[file.refusal]})" if file.refusal else file.name for file in files)
    lines = [fill(words["note"][why], {"number": str(number)})] if why else []
    lines += [fill(words["note"]["troubles"], {"list": gap.join(reasons[each] for each in troubles)})] if troubles else []
    lines += [fill(words["note"]["files"], {"list": named})] if named else []
    return "\n\n".join(lines)


def fill(template: str, values: Mapping[str, str]) -> str:
    """Put values in the place of their names.  There are no expressions.  Raises: KeyError: If a value is missing."""
    return _NAME.sub(lambda hit: values[hit[1]], template)


def locale_of(locale: str) -> str:
    """Choose the language of ours in which to write to somebody: theirs, that of a near relative, or English."""
    if locale in LOCALES:
        return locale
    language = locale.partition("-")[0].lower()
    return "zh-Hant" if language == "zh" else language if language in LOCALES else "en"


@cache
def words_of(locale: str) -> dict[str, Any]:
    """Read the words of a language; they come with the program."""
    file = resources.files("feedback_service.mail") / "words" / f"{locale_of(locale)}.toml"
    return tomllib.loads(file.read_text(encoding="utf-8"))

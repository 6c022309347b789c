"""The reviews that are due, as text, Markdown, CSV, JSON, a calendar, and one list for each owner."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from urllib.parse import quote

from kbgen.review.due import Item

FIELDS = ("id", "locale", "path", "title", "owner", "risk", "every", "reviewed", "by", "edited", "due", "week", "state")
_OCTETS = 75  # of a line of a calendar, RFC 5545 section 3.1
_STATES = {"overdue": "overdue", "due": "", "retire": "to be retired", "unknown": "not known here"}


def as_json(found: Iterable[Item]) -> str:
    """Return a list of objects with the names of FIELDS."""
    return json.dumps([_row(one) for one in found], ensure_ascii=False, indent=2)


def as_csv(found: Iterable[Item]) -> str:
    """Return a table with a head; a cell that a spreadsheet would take for a formula begins with an apostrophe."""
    lines = io.StringIO()
    table = csv.writer(lines, lineterminator="\r\n")
    table.writerow(FIELDS)
    for one in found:
        table.writerow([_safe(value) for value in _row(one).values()])
    return lines.getvalue()


def as_text(found: Sequence[Item]) -> str:
    """Return a line for each article, by weeks, with a sentence at the end."""
    lines = []
    for week, mine in _weeks(found):
        lines += [f"Week of {week}" if week else "Not planned", *(_row_of_text(one) for one in mine), ""]
    return "\n".join([*lines, _sentence(found)])


def as_markdown(found: Sequence[Item], edit_url: str = "") -> str:
    """Return a list by weeks, with a sentence above it."""
    lines = [_sentence(found)]
    for week, mine in _weeks(found):
        lines += ["", f"## Week of {week}" if week else "## Not planned", ""]
        lines += [_line(one, edit_url, owner=True) for one in mine]
    return "\n".join(lines)


def _weeks(found: Sequence[Item]) -> Iterator[tuple[str, list[Item]]]:
    for week in dict.fromkeys(one.week for one in found):
        yield week, [one for one in found if one.week == week]


def _row_of_text(one: Item) -> str:
    subject, head = one.subject, one.subject.head
    facts = (subject.owner or "no owner", f"{head.review.risk} risk" if head.review.risk != "normal" else "", _last(one))
    state = f"due {one.due} {_STATES[one.state]}".rstrip() if one.due else _STATES[one.state]
    return f"  {state:<22}  {head.id}  {subject.path}  ({'; '.join(fact for fact in facts if fact)})"


def by_owner(found: Sequence[Item], edit_url: str = "") -> Mapping[str, str]:
    """Return the body of an issue for each owner: file name -> Markdown with a box for each article."""
    bodies: dict[str, str] = {}
    for owner in sorted({one.subject.owner for one in found}):
        mine = [one for one in found if one.subject.owner == owner]
        lines = [f"# Reviews of {owner or 'articles without an owner'}", "", _sentence(mine), ""]
        lines += [_line(one, edit_url, box="[ ] ", owner=False) for one in mine]
        lines += ["", "Read the article as a customer would, mend what is wrong, and say what came of it:", ""]
        lines += [f"    kbgen reviewed {one.subject.head.id} --locale {one.subject.locale} --result ok" for one in mine]
        bodies[_file(owner, bodies)] = "\n".join([*lines, ""])
    return bodies


def as_calendar(found: Iterable[Item], stamp: str, edit_url: str = "") -> str:
    """
    Return an iCalendar file: an event of a whole day on the Monday of each planned week.

    Args:
        stamp: ISO time in UTC: when this was made.
    Source: RFC 5545.
    """
    made = re.sub(r"[-:]|\+00:00|\.\d+", "", stamp) + "Z"
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//kbgen//reviews//EN", "CALSCALE:GREGORIAN", "NAME:Reviews", "X-WR-CALNAME:Reviews"]
    for one in (one for one in found if one.week):
        begin = date.fromisoformat(one.week)
        about = f"{one.subject.path}, due on {one.due}. {_last(one)}"
        lines += [
            "BEGIN:VEVENT",
            f"UID:{one.key}.{one.due}@reviews.kbgen",
            f"DTSTAMP:{made}",
            f"DTSTART;VALUE=DATE:{begin:%Y%m%d}",
            f"DTEND;VALUE=DATE:{begin + timedelta(days=1):%Y%m%d}",
            f"SUMMARY:{_escaped('Review: ' + one.subject.head.title)}",
            f"DESCRIPTION:{_escaped(about)}",
            *([f"CATEGORIES:{_escaped(one.subject.owner)}"] if one.subject.owner else []),
            *([f"URL:{_address(edit_url, one)}"] if edit_url else []),
            "TRANSP:TRANSPARENT",
            "END:VEVENT",
        ]
    return "".join(f"{_folded(line)}\r\n" for line in [*lines, "END:VCALENDAR"])


def _row(one: Item) -> dict[str, object]:
    subject, head = one.subject, one.subject.head
    values = (head.id, subject.locale, subject.path, head.title, subject.owner, head.review.risk, one.every)
    return dict(zip(FIELDS, (*values, one.reviewed, one.by, one.edited, one.due, one.week, one.state), strict=True))


def _sentence(found: Sequence[Item]) -> str:
    late, gone, dark = (sum(one.state == state for one in found) for state in ("overdue", "retire", "unknown"))
    said = [f"{len(found)} {'review' if len(found) == 1 else 'reviews'}"] if found else ["No review is due"]
    said += [f"{late} overdue"] if late else []
    said += [f"{gone} to be retired"] if gone else []
    said += [f"{dark} not known, because the history is not complete here"] if dark else []
    return ", ".join(said) + "."


def _line(one: Item, edit_url: str, *, box: str = "", owner: bool) -> str:
    subject, head = one.subject, one.subject.head
    name = f"[{_plain(head.title)}]({_address(edit_url, one)})" if edit_url else _plain(head.title)
    facts = [f"due {one.due}" if one.due else "", _STATES[one.state], f"{head.review.risk} risk" if head.review.risk != "normal" else ""]
    facts += [_plain(subject.owner) if owner else "", _plain(_last(one))]
    where = subject.locale if edit_url else f"`{subject.path}`"
    return f"- {box}{name} ({where}): {'; '.join(fact for fact in facts if fact)}"


def _plain(text: str) -> str:
    """Keep Markdown from taking a text for more than text."""
    return re.sub(r"([\\\[\]<>*_`|])", r"\\\1", text)


def _address(edit_url: str, one: Item) -> str:
    return edit_url.replace("{path}", quote(one.subject.path))


def _last(one: Item) -> str:
    if one.state == "unknown":
        return "last review not known"
    return f"last reviewed {one.reviewed} by {one.by}{', edited since' if one.edited else ''}" if one.reviewed else "never reviewed"


def _safe(value: object) -> object:
    return f"'{value}" if isinstance(value, str) and value[:1] in {"=", "+", "-", "@", "\t", "\r"} else value


def _file(owner: str, taken: Iterable[str]) -> str:
    """Name an owner's file by letters and digits; two owners never share one."""
    stem = re.sub(r"[^\w]+", "-", owner.casefold()).strip("-_")[:60] or "nobody"
    names = (f"{stem}{'' if at == 1 else f'-{at}'}.md" for at in range(1, 10_000))
    return next(name for name in names if name not in taken)


def _escaped(text: str) -> str:
    return re.sub(r"([\\;,])", r"\\\1", text).replace("\n", "\\n")


def _folded(line: str) -> str:
    """Fold a line after 75 octets, never inside a character."""
    parts, size = [""], 0
    for sign in line:
        octets = len(sign.encode())
        if size + octets > _OCTETS:
            parts.append("")
            size = 1  # the space that a folded line begins with
        parts[-1] += sign
        size += octets
    return "\r\n ".join(parts)

"""The report as one comment of a pull request: the most important first, and never longer than a forge takes."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kbgen.compare.report import Report, Told
from kbgen.compare.sides import Sides
from kbgen.compare.speech import Speech
from kbgen.locales import own_name

MOST = 60_000  # characters: GitHub takes 65,536
NOTES = 12  # of one article
ROWS = 50  # of one table
_MARKS = re.compile(r"([\\`*_{}\[\]<>#|~!&@])")
_LINES = re.compile(r"\s+")


def as_markdown(report: Report, sides: Sides, speech: Speech) -> str:
    """
    Write the comment.

    What somebody wrote in an article is quoted with every sign of Markdown escaped: it formats nothing, links nowhere and calls nobody.

    Returns: At most MOST characters; a last line says how many articles were left out.
    """
    say = speech.say
    parts = ["\n".join(_top(report, speech)), *_around(report, speech)]
    size = sum(len(part) + 2 for part in parts) + 200
    for number, told in enumerate(report.articles):
        part = "\n".join(_article(told, sides, speech))
        if size + len(part) > MOST:
            parts.append(f"_{say('report.more_articles', len(report.articles) - number)}_")
            break
        parts.append(part)
        size += len(part) + 2
    return _cut("\n\n".join(parts) + "\n")


def _cut(text: str) -> str:
    return text if len(text) <= MOST else f"{text[: MOST - 2]}…\n"


def _top(report: Report, speech: Speech) -> Iterator[str]:
    say = speech.say
    yield f"## {say('report.title')}"
    yield ""
    yield say("report.articles", len(report.articles)) if report.articles else say("report.nothing")
    yield say("report.compared", base=report.base[:10], head=report.head[:10], date=report.moment[:16].replace("T", " "))


def _around(report: Report, speech: Speech) -> Iterator[str]:
    """What breaks, then addresses, search and days."""
    say = speech.say
    rows = [f"- `{_code(path)}`: {_plain(wrong.message)}" for path, some in report.unreadable for wrong in some]
    yield from _section(say("report.unreadable"), rows)
    yield from _section(say("report.broken"), [f"- `{_code(one.path)}:{one.line}` {_plain(one.message)}" for one in report.broken])
    rest = [one for one in report.worse if one not in report.broken]
    yield from _section(say("report.worse"), [f"- `{_code(one.path)}:{one.line}` {one.rule}: {_plain(one.message)}" for one in rest])
    moved = [
        f"- `/{_code(one.url)}` {say(f'report.moved.{one.change}')}: {_plain(say(f'report.answer.{one.after.kind}', name=one.after.name))}"
        + (f". {_plain(say('report.elsewhere', url=one.elsewhere))}" if one.elsewhere else "")
        for one in report.addresses
    ]
    yield from _section(say("report.addresses"), moved)
    low, missing = f" **{say('report.too_low')}**", say("report.not_found")
    found = [
        f"- {_plain(one.query)} ({own_name(one.locale)}, `{_code(one.article)}`): "
        f"{one.before or missing} → {one.after or missing}{low if one.lost else ''}"
        for one in report.ranks
    ]
    yield from _section(say("report.search"), found)
    days = [f"- {one.at[:16].replace('T', ' ')} UTC: {_plain(say(f'report.day.{one.kind}', title=one.title))}" for one in report.days]
    yield from _section(say("report.days"), days)
    yield from _section(say("report.others"), [f"- `{_code(one.change.path)}` {_approved(one.approved, speech)}" for one in report.others])
    yield from _section(say("report.files"), [f"- `{_code(one)}`" for one in report.files])


def _section(title: str, rows: list[str]) -> Iterator[str]:
    if rows:
        more = [f"- … {len(rows) - ROWS}"] if len(rows) > ROWS else []
        yield "\n".join([f"### {title}", "", *rows[:ROWS], *more])


def _approved(approved: bool, speech: Speech) -> str:  # noqa: FBT001 - it is the whole question
    return speech.say("report.approved") if approved else f"**{speech.say('report.to_approve')}**"


def _article(told: Told, sides: Sides, speech: Speech) -> Iterator[str]:
    one, say = told.subject, speech.say
    yield f"### {_plain(one.article.head.title)}"
    yield ""
    signs = [say(f"report.kind.{one.kind}"), own_name(one.locale), f"`{_code(one.path)}`"]
    if told.counts.words_new or told.counts.words_gone:
        signs.append(f"+{told.counts.words_new} −{told.counts.words_gone}")
    if told.verdict is not None:
        signs.append(_approved(told.verdict.approved, speech) if told.verdict.asked else say("report.free"))
    yield " · ".join(signs)
    yield ""
    if not one.own:
        yield f"- {say('report.borrowed')}"
    for field in one.head[:NOTES]:
        yield f"- `{field.name}`: {_plain(_short(field.before)) or '–'} → {_plain(_short(field.after)) or '–'}"
    for each in one.notes[:NOTES]:
        yield f"- {_plain(speech.plain(each, sides, one.locale))}"
    if len(one.notes) > NOTES:
        yield f"- {say('report.more', len(one.notes) - NOTES)}"
    if told.behind and one.sections:
        names = ", ".join(own_name(locale) + (f" ({say('report.edited_too')})" if too else "") for locale, too in told.behind)
        yield f"- {say('report.behind', changed=str(one.sections.changed), of=str(one.sections.of))} {names}"
    if told.ease:
        key = "report.ease_more" if told.ease.better > 0 else "report.ease_less"
        yield f"- {speech.say(key, measure=told.ease.measure, before=f'{told.ease.before:.0f}', after=f'{told.ease.after:.0f}')}"
    if told.votes:
        yield f"- {say('report.votes', yes=str(told.votes.yes), no=str(told.votes.no))}"
    for reason in told.verdict.why if told.verdict else ():
        yield f"- {_plain(reason)}"


def _plain(text: str) -> str:
    return _MARKS.sub(r"\\\1", _LINES.sub(" ", text)).replace("://", ":\u200b//").replace("www.", "www\u200b.")


def _short(text: str) -> str:
    return text if len(text) <= 200 else f"{text[:199]}…"


def _code(text: str) -> str:
    """Make a path safe between backticks."""
    return _LINES.sub(" ", text).replace("`", "'").encode("utf-8", "replace").decode()

"""The audit trail at the desk: what was done, by whom, narrowed and paged; nothing of it can be changed there."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from selectolax.lexbor import LexborHTMLParser

from feedback_service.desk.render import HERE
from feedback_service.desk.trail import ACTS, MOST
from feedback_service.store import audit

OURS = HERE.parent


def rows(answer) -> list[str]:
    """Read the rows of the page, as one line each."""
    return [re.sub(r"\s+", " ", re.sub("[\u2068\u2069]", "", row.text())).strip() for row in LexborHTMLParser(answer.text).css("tbody tr")]


def noted(bureau, count: int, actor: str = "maria", act: str = "held.released") -> None:
    """Let somebody have done something so many times."""
    for number in range(count):
        bureau.store.write(audit.note, actor, act, f"h-{number}", "case", bureau.now + timedelta(minutes=number))


def test_the_trail_in_words(bureau):
    """Acts and people are told in the reader's words, cases are links, what a newer program noted is shown as it is."""
    number = str(bureau.numbers["joan"])
    for actor, act, thing in (("maria", "case.redacted", number), ("command", "agent.added", "pau"), ("zoe", "future.act", "<b>")):
        bureau.store.write(audit.note, actor, act, thing, "", bureau.now)
    answer = bureau.ask("GET", "/desk/audit", by="root")
    newest, second, third = rows(answer)[:3]

    assert newest.startswith("future.act <b> zoe")
    assert second.startswith("Account entered pau Somebody at the machine")
    assert third.startswith(f"Words struck out Case {number} Maria")
    assert LexborHTMLParser(answer.text).css_first(f'td a[href="/desk/cases/{number}"]') is not None


def test_the_trail_is_narrowed_and_paged(bureau):
    """By act, person and thing, together too; older pages keep the filters; what fits nothing says so."""
    noted(bureau, MOST + 5)
    noted(bureau, 1, actor="jordi", act="ban.added")
    first = bureau.ask("GET", "/desk/audit?act=held.released&actor=maria", by="root")
    link = LexborHTMLParser(first.text).css_first("a[rel=next]").attributes["href"]
    last = bureau.ask("GET", link, by="root")
    one = bureau.ask("GET", "/desk/audit?about=h-7", by="root")
    none = bureau.ask("GET", "/desk/audit?actor=jordi&act=held.released&before=x", by="root")

    assert (len(rows(first)), len(rows(last)), len(rows(one)), len(rows(none))) == (MOST, 5, 1, 0)
    assert {*rows(first)}.isdisjoint(rows(last))
    assert LexborHTMLParser(last.text).css_first("a[rel=next]") is None
    assert LexborHTMLParser(none.text).css_first(".nothing") is not None


@pytest.mark.parametrize("query", ["before=-1", "before=" + "9" * 400, "act=%27--&actor=%00&about=%F0%9F%92%A5", "before=٣"])
def test_filters_that_are_none(bureau, query):
    """Nonsense finds nothing or is left out; it is no error."""
    assert bureau.ask("GET", f"/desk/audit?{query}", by="root").status_code == 200


def test_every_act_that_is_noted_has_a_word():
    """Whoever notes something new is told here to give it a word."""
    text = "\n".join(file.read_text(encoding="utf-8") for file in OURS.rglob("*.py") if file.name != "trail.py")
    written = set(re.findall(r'audit\.note[(,][^)]*?"([a-z_]+\.[a-z_]+)"', text)) | set(re.findall(r'_note\(call, "([a-z_.]+)"', text))

    assert written >= {"agent.added", "person.exported", "ban.ended", "export.cases"}
    assert written - {*ACTS} == set()

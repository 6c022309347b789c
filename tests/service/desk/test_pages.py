"""Every page of the desk, rendered from its example in every locale: no hole, no open door for markup."""

from __future__ import annotations

import re
from dataclasses import fields, is_dataclass, replace

import pytest
from selectolax.lexbor import LexborHTMLParser
from service.desk.examples import PAGES
from service.desk.examples_cases import frame

from feedback_service.desk.boards import Table
from feedback_service.desk.render import HERE, page
from feedback_service.desk.words import LOCALES, words_of

HOSTILE = "\"'><script>alert(1)</script><img src=x onerror=alert(1)>&amp;{{ 7*7 }}"
_UNQUOTED = re.compile(r"<[a-z][^<>]*\s[a-z-]+=(?![\"'])[^\s>]*\{\{")


def html(name: str, locale: str = "en", **more) -> str:
    """Render one example."""
    template, view, changes = PAGES[name]
    return page(template, frame(locale, **{**changes, **more}), view)


def poisoned(value):
    """Put hostile text wherever somebody's text may stand."""
    if isinstance(value, Table):
        value = replace(value, rows_are="names")
    if is_dataclass(value):
        kept = {
            "status",
            "priority",
            "channel",
            "kind",
            "state",
            "chart",
            "rows_are",
            "unit",
            "locale",
            "step",
            "dimension",
            "draft",
            "view",
            "sort",
            "type",
        }
        return replace(value, **{each.name: poisoned(getattr(value, each.name)) for each in fields(value) if each.name not in kept})
    if isinstance(value, tuple):
        return tuple(poisoned(each) for each in value)
    if isinstance(value, dict):
        return {name: poisoned(each) for name, each in value.items()}
    return HOSTILE if isinstance(value, str) else value


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("name", PAGES)
def test_every_page_renders_in_every_locale(name, locale):
    """A page has one h1, its language and direction, and no word that is missing."""
    text = html(name, locale)
    tree = LexborHTMLParser(text)

    assert len(tree.css("h1")) == 1
    assert tree.css_first("html").attributes["lang"] == locale
    assert tree.css_first("html").attributes["dir"] == words_of(locale).direction
    assert "Undefined" not in text


@pytest.mark.parametrize("name", PAGES)
def test_ids_are_there_once_and_labels_have_their_fields(name):
    """A label names a field that is there, and no id stands twice, so that clicks and screen readers find the right one."""
    tree = LexborHTMLParser(html(name))
    ids = [node.attributes["id"] for node in tree.css("[id]")]
    named = [
        one
        for key in ("for", "aria-describedby", "aria-labelledby", "popovertarget", "form")
        for node in tree.css(f"[{key}]")
        for one in node.attributes[key].split()
    ]

    assert sorted(set(ids)) == sorted(ids)
    assert [name for name in named if name not in ids] == []


@pytest.mark.parametrize("name", [name for name in PAGES if not name.startswith(("sign-in", "problem", "not-found"))])
def test_peoples_text_stays_text(name):
    """Whatever is written into whichever field of a view, no element and no attribute comes of it."""
    template, view, changes = PAGES[name]
    text = page(template, frame("en", **changes), poisoned(view))
    tree = LexborHTMLParser(text)

    assert {node.attributes.get("src", "")[:8] for node in tree.css("script")} == {"/desk/-/"}
    assert tree.css("img") == []
    assert [node.tag for node in tree.css("*") if any(key.startswith("on") for key in node.attributes)] == []
    assert "{{ 7*7 }}" in text or name == "queue-empty"


def test_every_attribute_that_is_filled_in_is_quoted():
    """Autoescape keeps text out of tags only where the attribute has its quotes."""
    found = {file.name: _UNQUOTED.findall(file.read_text(encoding="utf-8")) for file in HERE.rglob("*.html")}

    assert {name: hits for name, hits in found.items() if hits} == {}


def test_only_our_own_drawings_are_trusted():
    """One filter lets markup through, for the icons that stand in the same file."""
    trusting = {file.name for file in HERE.rglob("*.html") if "|safe" in file.read_text(encoding="utf-8")}

    assert trusting == {"macros.html"}


def test_nothing_is_written_inline():
    """The policy of the desk forbids styles and scripts within a page: none are there."""
    for name in PAGES:
        tree = LexborHTMLParser(html(name))

        assert tree.css("style, [style], script:not([src])") == [], name


def test_a_closed_case_offers_notes_only():
    """Nothing is offered that would be refused: no reply, no assignment, no status."""
    tree = LexborHTMLParser(html("case-closed"))

    assert [node.attributes["value"] for node in tree.css("[name=kind]")] == ["note"]
    assert tree.css("#assignee, #status, #team") == []
    assert tree.css_first("form[action$='/unmerge']") is not None


def test_promises_are_told_in_words():
    """Late and nearly late are said, never only coloured."""
    text = LexborHTMLParser(html("queue")).css_first("#rows").text()

    assert "2 hr\u2069 late" in text
    assert "Soon: \u206818 min" in text

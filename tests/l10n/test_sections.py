"""What a translator has to look at again: sections, and what became of them."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kbgen.l10n.sections import compare, sections

FRONT = "---\nid: kb-lamp\ntitle: The lamp\ndescription: It shines.\nstatus: published\n---\n"
WORDS = st.text(alphabet="ab cآ縣.", min_size=1, max_size=12).filter(str.strip)


def cut(body: str, front: str = FRONT) -> list[tuple[str, int, str]]:
    """Cut an article: heading, line and text of each section."""
    return [(one.heading, one.line, one.text) for one in sections((front + body).encode(), "content/en/lamp.md")]


def states(old: str, new: str, front: str = FRONT) -> list[tuple[str, str]]:
    """Compare two bodies: state and heading of each section."""
    found = compare(sections((FRONT + old).encode(), "a.md"), sections((front + new).encode(), "a.md"))
    return [(row.state, row.heading) for row in found.rows]


def test_an_article_is_cut_at_its_headings() -> None:
    """Title and description, what stands before the first heading, then each heading; with the line it begins on."""
    found = cut("Before.\n\n## One {#first}\n\nText\nof one.\n\n### Two ##\n\n- a\n- b\n\nThree\n-----\nEnd.\n")

    assert found == [
        ("", 1, "The lamp It shines."),
        ("", 7, "Before."),
        ("One", 9, "Text of one."),
        ("Two", 14, "- a - b"),
        ("Three", 19, "End."),
    ]


@pytest.mark.parametrize(
    "body",
    ["```\n# no heading\n```\n", "~~~ text\n# no\n```\n# no\n~~~\n", "<!-- \n# no\n-->\nText\n", "a | b\n--|--\n1 | 2\n", "- a\n---\n"],
)
def test_what_only_looks_like_a_heading_is_none(body: str) -> None:
    """Code, comments, tables and rules cut nothing."""
    found = cut(f"## One\n\n{body}")

    assert [heading for heading, *_ in found] == ["", "One"]


def test_what_no_reader_sees_changes_nothing() -> None:
    """Line breaks, spaces, comments, anchors, line endings, tags and keywords are no work for a translator."""
    old = "Before, in\none line.\n\n## One\n\nText.\n"
    new = "Before, in one line.\r\n\r\n## One {#one}\r\n\r\n<!-- ask Bob -->\r\n  Text.  \r\n"
    front = FRONT.replace("status: published", "status: published\ntags: [light]\nkeywords: [bulb]")

    assert states(old, new, front) == [("same", ""), ("same", ""), ("same", "One")]


def test_each_section_says_what_became_of_it() -> None:
    """Changed, renamed, added, removed, moved; a changed title is a change of the article's head."""
    old = "## One\n\na\n\n## Two\n\nb\n\n## Three\n\nc\n\n## Four\n\nd\n\n## Five\n\ne\n"
    new = "## One\n\na\n\n## Zwei\n\nb\n\n## Four\n\ndd\n\n## Six\n\nf\n\n## Five\n\ne\n"

    assert states(old, new, FRONT.replace("The lamp", "Lamps")) == [
        ("changed", ""),
        ("same", "One"),
        ("changed", "Zwei"),
        ("removed", "Three"),
        ("changed", "Four"),
        ("added", "Six"),
        ("same", "Five"),
    ]
    assert states("## A\n\na\n\n## B\n\nb\n\n## C\n\nc\n", "## B\n\nb\n\n## C\n\nc\n\n## A\n\na\n")[1:] == [
        ("same", "B"),
        ("same", "C"),
        ("moved", "A"),
    ]


@given(st.lists(st.tuples(WORDS, WORDS), max_size=8), st.lists(st.tuples(WORDS, WORDS), max_size=8))
def test_nothing_is_lost_and_nothing_is_told_twice(old: list[tuple[str, str]], new: list[tuple[str, str]]) -> None:
    """Whatever two texts are, each of their sections stands in exactly one row, and one compared with itself is the same."""
    was, now = ([*sections((FRONT + "".join(f"## {name}\n\n{text}\n\n" for name, text in one)).encode(), "a.md")] for one in (old, new))
    found = compare(was, now)

    assert [row.new for row in found.rows if row.new] == now
    assert sorted((row.old.line for row in found.rows if row.old), key=int) == [one.line for one in was]
    assert (found.changed == 0) == ([(one.heading, one.text) for one in was] == [(one.heading, one.text) for one in now])
    assert compare(now, now).changed == 0


@pytest.mark.parametrize("seed", range(20))
def test_edited_sections_are_counted(seed: int) -> None:
    """Of n sections whose texts are edited in k places, k are told."""
    rng = random.Random(seed)
    texts = [f"Text {at} of {rng.random()}." for at in range(rng.randrange(1, 20))]
    chosen = rng.sample(range(len(texts)), k=rng.randrange(len(texts) + 1))
    edited = [f"{text} More." if at in chosen else text for at, text in enumerate(texts)]
    old, new = ("".join(f"## Heading {at}\n\n{text}\n\n" for at, text in enumerate(one)) for one in (texts, edited))
    found = compare(sections((FRONT + old).encode(), "a.md"), sections((FRONT + new).encode(), "a.md"))

    assert (found.changed, found.of) == (len(chosen), len(texts) + 1)


def test_a_hostile_text_takes_no_time() -> None:
    """A megabyte of headings is compared like any other text."""
    body = (FRONT + "# a\n" * 200_000).encode()
    found = compare(sections(body, "a.md"), sections(body + b"# b\n", "a.md"))

    assert found.of <= 1001
    assert found.changed >= 1


@pytest.mark.parametrize("data", [b"", b"\xff\xfe", b"no front matter", b"---\nid: [\n---\n# A\n"])
def test_what_is_no_article_has_no_sections_or_a_nameless_head(data: bytes) -> None:
    """Older texts may be anything; none of them ends the command."""
    found = sections(data, "a.md")

    assert [one.heading for one in found] in ([], ["", "A"])

"""What a translator reads of a change: the words, and nothing that stayed."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from kbgen.l10n.sections import compare, sections
from kbgen.l10n.told import apart, as_diff

FRONT = "---\nid: kb-a\ntitle: A\ndescription: B\n---\n"
TEXTS = st.text(alphabet="ab .\n縣市آب", max_size=30)


def told(old: str, new: str) -> list[str]:
    """Tell the difference of two bodies, line by line."""
    was, now = (sections((FRONT + body).encode(), "a.md") for body in (old, new))
    return as_diff(compare(was, now), "content/en/a.md", was, "content/ca/a.md", was).split("\n")


@given(TEXTS, TEXTS)
def test_both_texts_can_be_read_from_the_difference(old: str, new: str) -> None:
    """What stayed and what went is the old text; what stayed and what came is the new one."""
    found = apart(old, new)

    assert "".join(text for kind, text in found if kind != "new") == old
    assert "".join(text for kind, text in found if kind != "gone") == new


def test_chinese_is_told_apart_by_characters() -> None:
    """One character of a paragraph without spaces is one change."""
    assert apart("三天內退款", "五天內退款") == [("gone", "三"), ("new", "五"), ("same", "天內退款")]


def test_only_lines_that_changed_are_shown() -> None:
    """Lines that stayed are left out; a gap between two that are shown is marked; what moved is known by its heading."""
    old = "## One\n\n1. a\n2. b\n3. c\n4. d\n"

    assert told(old, old.replace("a", "x").replace("d", "y"))[-3:] == ["    1. [-a-]{+x+}", "    …", "    4. [-d-]{+y+}"]
    assert told(f"{old}## Two\n\ne\n", f"## Two\n\ne\n\n{old}")[-4:] == [
        "moved: Two",
        "content/en/a.md:6",
        "content/ca/a.md:12: Two",
        "    ## Two",
    ]
    assert told(old, old) == ["0 of 2 sections changed"]


def test_a_huge_section_is_told_as_a_whole() -> None:
    """Two long texts that have nothing in common cost no time."""
    old, new = ("word " * 5000, "other " * 5000)

    assert apart(old, new) == [("gone", old), ("new", new)]

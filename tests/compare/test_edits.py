"""What became of each block and word: edits turn before into after, and are those that a person would name."""

from __future__ import annotations

from html import escape

import pytest
from hypothesis import given
from hypothesis import strategies as some

from kbgen.compare.blocks import blocks_of
from kbgen.compare.edits import Change, Edited, Gone, Kept, Nested, compare, patched
from kbgen.compare.tokens import pieces

WORDS = some.sampled_from(
    ["refund", "card", "3.90", "€", "don't", "well-known", "退", "款", "卡", "。", "می‌توانید", "بازپرداخت", "،", "a", "b", "<", "&", "ă"]
)
TEXT = some.lists(WORDS, max_size=8).map(" ".join)


def element(tag: str, inner: some.SearchStrategy[str], **attributes: some.SearchStrategy[str]) -> some.SearchStrategy[str]:
    """Make an element around what a strategy gives."""
    told = some.fixed_dictionaries(attributes).map(lambda found: "".join(f' {name}="{escape(value)}"' for name, value in found.items()))
    return some.tuples(told, inner).map(lambda pair: f"<{tag}{pair[0]}>{pair[1]}</{tag}>")


NAMES = some.sampled_from(["kb:kb-a", "kb:kb-b#x", "https://a.example/"])
PICTURES = some.tuples(some.sampled_from(["a.png", "b.png"]), some.sampled_from(["1", "2"]), some.sampled_from(["", "a lamp"])).map(
    lambda one: f'<img src="{one[0]}" data-blob="{one[1]}" alt="{one[2]}">'
)
PLAIN = TEXT.map(escape)
INLINE = some.lists(
    some.one_of(PLAIN, element("strong", PLAIN), element("a", PLAIN, href=NAMES), element("code", PLAIN), PICTURES), max_size=4
).map(" ".join)
ITEMS = some.lists(element("li", some.one_of(INLINE, some.tuples(INLINE, element("ul", element("li", INLINE))).map("".join))), max_size=4)
ROWS = some.integers(1, 3).flatmap(
    lambda wide: some.lists(some.lists(element("td", INLINE), min_size=wide, max_size=wide).map("".join), min_size=1, max_size=4)
)
TABLE = ROWS.map(lambda rows: "<table><tbody>" + "".join(f"<tr>{row}</tr>" for row in rows) + "</tbody></table>")
BLOCK = some.one_of(
    element("p", INLINE),
    element("h2", INLINE),
    element("h3", INLINE),
    element("pre", some.lists(PLAIN, max_size=3).map("\n".join)),
    element("ol", ITEMS.map("".join)),
    element("ul", ITEMS.map("".join)),
    element("blockquote", element("p", INLINE)),
    TABLE,
)
BODY = some.lists(BLOCK, max_size=6)


@given(BODY, BODY, some.data())
def test_edits_turn_before_into_after(old: list[str], new: list[str], data: some.DataObject) -> None:
    """Whatever two bodies hold, the edits applied to the first give the second; with much in common or nothing."""
    kept = data.draw(some.lists(some.sampled_from(old), max_size=3)) if old else []
    before, after = blocks_of("".join(old)), blocks_of("".join([*new[:2], *kept, *new[2:]]))

    assert patched(before, compare(before, after)).key == after.key


@given(BODY)
def test_a_body_that_stays_has_no_edit(body: list[str]) -> None:
    """Nothing is told of a text that reads as before."""
    assert isinstance(compare(blocks_of("".join(body)), blocks_of("".join(body))), Kept)


@given(some.text())
def test_no_letter_is_lost(text: str) -> None:
    """Pieces put together are the text, in every script."""
    assert "".join(pieces(text, kept=True)) == text


def told(change: Change) -> list[str]:
    """Write edits down: "-gone", "+new", "~marked"."""
    if isinstance(change, Nested):
        return [row for part in change.parts for row in told(part)]
    if isinstance(change, Edited):
        return [
            {"gone": "-", "new": "+", "marked": "~"}[run.kind] + "".join(token.text or token.tag for token in run.after or run.before)
            for run in change.runs
            if run.kind != "same"
        ]
    return [] if isinstance(change, Kept) else [f"-[{change.before.text}]"] if isinstance(change, Gone) else [f"+[{change.after.text}]"]


def edits(before: str, after: str) -> list[str]:
    """Compare two pieces of HTML."""
    return told(compare(blocks_of(before), blocks_of(after)))


CASES = [
    ("<p>It costs 3.90 € a month.</p>", "<p>It costs 4.90 € a month.</p>", ["-3.90", "+4.90"]),
    ("<p>請按「設定」，再按「密碼」。</p>", "<p>請按「帳號」，再按「密碼」。</p>", ["-設定", "+帳號"]),
    ("<p>روی دکمهٔ تنظیمات بزنید.</p>", "<p>روی دکمهٔ حساب کاربری بزنید.</p>", ["-تنظیمات", "+حساب کاربری"]),
    ("<p>می‌توانید بخوانید کتاب را.</p>", "<p>نمی‌توانید بخوانید کتاب را.</p>", ["-می‌توانید", "+نمی‌توانید"]),
    ('<p>See <a href="kb:a">refunds</a>.</p>', '<p>See <a href="kb:b">refunds</a>.</p>', ["~refunds"]),
    ("<p>Press Save now.</p>", "<p>Press <strong>Save</strong> now.</p>", ["~Save"]),
    ('<p><img src="a.png" data-blob="1"></p>', '<p><img src="a.png" data-blob="2"></p>', ["~img"]),
    ("<ol><li>One</li><li>Two</li></ol>", "<ol><li>One</li><li>New</li><li>Two</li></ol>", ["+[New]"]),
    ("<h2>Title</h2>", "<h3>Title</h3>", []),
    ("<p>One text.</p><p>Two.</p>", "<p>Zero.</p><p>One text.</p><p>Two.</p>", ["+[Zero.]"]),
    ("<p>The <em>old</em>\n words</p>", "<p>The <em>old</em> words</p>", []),
    (
        "<p>Wholly other words here now</p>",
        "<p>Nothing is as it was before</p>",
        ["-Wholly other words here now", "+Nothing is as it was before"],
    ),
]


@pytest.mark.parametrize(("before", "after", "expected"), CASES, ids=[str(number) for number in range(len(CASES))])
def test_edits_are_those_that_a_person_would_name(before: str, after: str, expected: list[str]) -> None:
    """Words in scripts with spaces, letters in Chinese; links, emphasis and pictures are marked; one new step is one new step."""
    assert edits(before, after) == expected


HEAD = "<tr><th>Plan</th><th>Price</th></tr>"


def table(*rows: tuple[str, ...]) -> str:
    """Write a table."""
    cells = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    return f"<table><thead>{HEAD}</thead><tbody>{cells}</tbody></table>"


def test_a_table_is_compared_cell_by_cell() -> None:
    """A price that changes is one cell, though other rows come and go around it."""
    before = table(("Standard", "3.90"), ("Express", "9"), ("Island", "12"))
    after = table(("Pickup", "0"), ("Standard", "4.90"), ("Express", "9"))

    assert edits(before, after) == ["+[Pickup 0]", "-3.90", "+4.90", "-[Island 12]"]


def test_a_new_column_is_a_cell_in_each_row() -> None:
    """The cells beside it stay."""
    before = table(("Standard", "3.90"), ("Express", "9"))
    after = (
        before.replace("<th>Price", "<th>Days</th><th>Price").replace("<td>3.90", "<td>3</td><td>3.90").replace("<td>9", "<td>1</td><td>9")
    )

    assert edits(before, after) == ["+[Days]", "+[3]", "+[1]"]


def test_a_text_made_to_be_slow_is_replaced_as_a_whole() -> None:
    """Two long paragraphs without a common beginning are not compared letter by letter."""
    before, after = ("<p>" + " ".join(words * 3000) + "</p>" for words in (["a", "b"], ["b", "c", "a"]))
    change = compare(blocks_of(before), blocks_of(after))

    assert patched(blocks_of(before), change).key == blocks_of(after).key

"""What writers see on their forge is what readers see in the portal: lists, fences, tables and folded parts."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kbgen.markup import Settings, Text, render
from kbgen.markup.forge import readable


def html(markdown: str, settings: Settings | None = None) -> str:
    """Return the HTML of a text without the line ends between tags."""
    text = Text(body=markdown, path="content/en/a.md", line=1, locale="en", kind="guide", variables={}, snippets={})
    return re.sub(r"\s*\n\s*", "", render(text, settings or Settings()).html)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("- a\n  - b\n    - c", "<ul><li>a<ul><li>b<ul><li>c</li></ul></li></ul></li></ul>"),
        ("1. a\n   - b\n   - c\n2. d", "<ol><li>a<ul><li>b</li><li>c</li></ul></li><li>d</li></ol>"),
        ("1. a\n\n   b\n\n2. c", "<ol><li><p>a</p><p>b</p></li><li><p>c</p></li></ol>"),
        ("1. a\n\n    b\n2. c", "<ol><li><p>a</p><p>b</p></li><li><p>c</p></li></ol>"),
        ("10. a\n\n    b", '<ol start="10"><li><p>a</p><p>b</p></li></ol>'),
        ("- a\n\n      b", "<ul><li><p>a</p><p>b</p></li></ul>"),
        ("1. a\n   > q", "<ol><li><p>a</p><blockquote><p>q</p></blockquote></li></ol>"),
        ("1) a\n2) b", "<ol><li>a</li><li>b</li></ol>"),
        ("- a\n- - -", "<ul><li>a</li></ul><hr>"),
        ("- a\nb\n- c", "<ul><li>ab</li><li>c</li></ul>"),
    ],
)
def test_what_is_indented_as_far_as_an_items_text_belongs_to_it(text, expected):
    """Two or three spaces are enough where the text of the item above begins there; nothing leaves its list."""
    assert html(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Text\n- a\n- b", "<p>Text</p><ul><li>a</li><li>b</li></ul>"),
        ("Text\n1. a", "<p>Text</p><ol><li>a</li></ol>"),
        ("**Text**\n- a", "<p><strong>Text</strong></p><ul><li>a</li></ul>"),
        ("In the year\n2021. A good one", "<p>In the year2021. A good one</p>"),
        ("1. a\n\n   Text\n   - b", "<ol><li><p>a</p><p>Text</p><ul><li>b</li></ul></li></ol>"),
    ],
)
def test_a_list_may_stand_right_below_text(text, expected):
    """A sign or the number one begins a list, any other number goes on with the sentence."""
    assert html(text) == expected


def test_steps_go_on_counting_below_what_stands_between_them():
    """A list that begins with 2 says so, so that "see step 2" is true."""
    assert html("1. a\n\nText\n\n2. b") == '<ol><li>a</li></ol><p>Text</p><ol start="2"><li>b</li></ol>'


@pytest.mark.parametrize(
    "head", ["js src/App.js", "js {1-3} title", "js {x: ['y']} App.js active", "{r, echo=FALSE}", "js:app.js", "text $ %"]
)
def test_code_stays_code_whatever_stands_behind_its_language(head):
    """A fence with a header of another dialect is code, and nothing in it is HTML or Markdown."""
    shown = html(f"```{head}\n<h1>*x*</h1>\n\n- y\n```")

    assert shown.count("<pre") == 1
    assert re.sub(r"<[^>]*>", "", shown).startswith("&lt;h1&gt;*x*&lt;/h1&gt;")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a\n```\nb\n```\nc", "<p>a</p>[b]<p>c</p>"),
        ("1. a\n   ```\n   b\n   ```\n2. c", "<ol><li>a[b]</li><li>c</li></ol>"),
        ("1. a\n\n   ```\n   b\n   ```\n2. c", "<ol><li><p>a</p>[b]</li><li><p>c</p></li></ol>"),
        ("1. a\n\n    ```\n  b\n   ```", "<ol><li><p>a</p>[b]</li></ol>"),
        ("```\nb\n`````", "[b]"),
    ],
)
def test_a_fence_needs_no_empty_lines(text, expected):
    """Code between lines of text leaves them paragraphs; in an item it stays there, however its lines are indented."""
    shown = re.sub(r'<div class="[^"]*"><pre tabindex="0"><span></span><code>(.*?)</code></pre></div>', r"[\1]", html(text))

    assert shown == expected


def test_markdown_between_empty_lines_of_a_frame_is_markdown():
    """What stands in <details> is read; what touches the tags is HTML, and with raw_html = "escape" nothing changes."""
    text = "<details>\n<summary>S</summary>\n\n**b**\n\n- c\n\n</details>"

    assert html(text) == "<details><summary>S</summary><p><strong>b</strong></p><ul><li>c</li></ul></details>"
    assert html("<div>\n**b**\n</div>") == "<div>**b**</div>"
    assert "markdown" not in html(text, Settings(raw_html="escape"))


def test_a_table_may_stand_right_below_text():
    """The line above its head is a paragraph and no cell."""
    shown = html("Text\n| a | b |\n|---|---|\n| c | d |")

    assert shown.startswith("<p>Text</p><div")
    assert shown.count("<td>") == 2


def test_an_escaped_angle_bracket_is_text():
    r"""`\<name>` shows <name>, as it does on forges, and is no HTML."""
    assert html(r"Type \<your name> and \~") == "<p>Type &lt;your name&gt; and ~</p>"


LINES = [
    "text",
    "more text",
    "- a",
    "- b",
    "1. c",
    "2. d",
    "> q",
    "## H",
    "```",
    "~~~",
    "| a | b |",
    "|---|---|",
    "",
    "",
    "",
    "<div>",
    "</div>",
]
INDENTS = ["", "", "", "  ", "   ", "    ", "      ", "        "]


@given(st.lists(st.tuples(st.sampled_from(INDENTS), st.sampled_from(LINES)), max_size=14))
def test_nothing_is_lost_and_once_is_enough(lines):
    """Only spaces and empty lines come in; reading the result again changes nothing that is shown."""
    text = "\n".join(indent + line for indent, line in lines)
    read, _ = readable(text)

    assert read.replace(' markdown="1"', "").split() == text.split()


@given(
    st.lists(st.tuples(st.sampled_from(["", "    ", "        "]), st.sampled_from(["text", "- a", "1. c", "`code`", "> q"])), max_size=10)
)
def test_own_rules_are_left_alone(lines):
    """A text with empty lines and steps of four spaces, as the writers' page has it, comes out as it went in."""
    text = "\n\n".join(indent + line for indent, line in lines)

    assert readable(text)[0] == text

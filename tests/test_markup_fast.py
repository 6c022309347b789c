"""The quick Markdown gives the library's HTML, and an article gets the same HTML from few extensions as from all."""

from __future__ import annotations

from pathlib import Path

import markdown
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from kbgen.markup.engine import EXTENSIONS, engine_for, needed
from kbgen.markup.fast import Fast

SEEDS = sorted((Path(__file__).parent / "markup").glob("*.md"))
LIBRARY = [
    "tables",
    "footnotes",
    "def_list",
    "abbr",
    "attr_list",
    "admonition",
    "md_in_html",
    "pymdownx.superfences",
    "pymdownx.tabbed",
    "pymdownx.details",
    "pymdownx.tasklist",
    "pymdownx.keys",
    "pymdownx.quotes",
    "pymdownx.blocks.caption",
]
CONFIGURATION = {"pymdownx.quotes": {"callouts": True}}

INLINE = [
    "word",
    "two words",
    "*em*",
    "**strong**",
    "***both***",
    "_under_",
    "a_b_c",
    "`code`",
    "``c`d``",
    "`open",
    "\\*",
    "\\",
    "[t](u)",
    '[t](<u v> "w")',
    "[t][r]",
    "[r]",
    "![a](b)",
    "![r]",
    "[a [b] c](d)",
    "[",
    "](",
    "![",
    "<b>x</b>",
    "<https://a.b>",
    "<a@b.c>",
    "&amp;",
    "&#60",
    "&",
    "<",
    ">",
    "  \nnext",
    "{: .c }",
    "{x}",
    "++ctrl+x++",
    "[^1]",
    "HTML",
    "|",
    "*",
    "**",
    "_",
    "سلام‌دنیا",
    "中文**字**。",
    ":",
]
BLOCKS = [
    "# H #",
    "## H {#i}",
    "H\n==",
    "H\n--",
    "- a\n- b",
    "* a\n\n    b",
    "1. a\n2. b",
    "- a\n    - b",
    "- a\n  - b",
    "> q\n> r",
    ">\n> [!NOTE]\n> x",
    "> [!TIP] T\n> x",
    "    code",
    "```\nx < y\n```",
    "~~~py\nx = 1\n~~~",
    "```\nopen",
    "|a|b|\n|-|:-:|\n|1|2|",
    "a|b\n-|-\n1|2",
    "t\n:   d",
    ": d",
    "[r]: u 'v'",
    "[^1]: note",
    "*[HTML]: Hyper",
    "!!! note\n    x",
    '!!! tip "T"\n    x\n\n    y',
    "??? note\n    x",
    '=== "A"\n    x\n\n=== "B"\n    y',
    "- [ ] a\n- [x] b",
    "/// caption\nc\n///",
    "<div>\nx\n</div>",
    "<div markdown>\n*x*\n</div>",
    "<p>",
    "</div>",
    "<!-- c -->",
    "<!--",
    "---",
    "***",
    "p\n{: .c }",
    "",
    "   ",
]
_inline = st.lists(st.sampled_from(INLINE), min_size=1, max_size=5).map(" ".join)
_glued = st.lists(st.sampled_from(INLINE), min_size=1, max_size=4).map("".join)


@st.composite
def texts(draw: st.DrawFn) -> str:
    """Make Markdown of all kinds of blocks, glued, spaced and indented at random."""
    pieces = []
    for block in draw(st.lists(st.one_of(st.sampled_from(BLOCKS), _inline, _glued), min_size=1, max_size=7)):
        prefix = draw(st.sampled_from(["", "", "", "", "    ", "> ", "  ", "        "]))
        pieces += ["\n".join(prefix + line for line in block.split("\n")), draw(st.sampled_from(["\n\n", "\n\n", "\n", "\n\n\n"]))]
    return "".join(pieces)


def _library(text: str) -> str:
    return markdown.Markdown(extensions=LIBRARY, extension_configs=CONFIGURATION, output_format="html").convert(text)


@pytest.fixture(scope="module")
def fast():
    """One quick converter with the library's extensions, used again and again as in a build."""
    return Fast(extensions=LIBRARY, extension_configs=CONFIGURATION)


@pytest.fixture(scope="module")
def plain():
    """The library alone, without any extension."""
    return markdown.Markdown(output_format="html"), Fast()


@pytest.mark.parametrize("seed", SEEDS, ids=lambda path: path.stem)
def test_seed_texts_give_the_librarys_html(seed, fast, plain):
    """Real texts in several scripts, with everything that is supported, come out as from the plain library."""
    text = seed.read_text(encoding="utf-8")
    slow, quick = plain

    assert fast.reset().convert(text) == _library(text)
    assert quick.reset().convert(text) == slow.reset().convert(text)


@settings(max_examples=150)
@given(texts())
def test_any_text_gives_the_librarys_html(fast, text):
    """Skipping rules that cannot match changes nothing, with all extensions."""
    expected = _library(text)

    assert fast.reset().convert(text) == expected


@settings(max_examples=150)
@given(texts())
def test_any_text_gives_the_librarys_html_without_extensions(plain, text):
    """The same holds for Markdown alone."""
    slow, quick = plain

    assert quick.reset().convert(text) == slow.reset().convert(text)


def _with(names: tuple[str, ...], text: str) -> str:
    engine = engine_for(names, (), True)  # noqa: FBT003 - a cache's key
    return engine.reset().convert(text)


@pytest.mark.parametrize("seed", SEEDS, ids=lambda path: path.stem)
def test_seed_texts_need_only_their_own_extensions(seed):
    """An extension that a text does not need changes nothing in it, paragraph by paragraph and as a whole."""
    text = seed.read_text(encoding="utf-8")
    parts = [text, *text.split("\n\n")]

    assert [_with(needed(part), part) for part in parts] == [_with(EXTENSIONS, part) for part in parts]


@settings(max_examples=300)
@given(texts())
@example("> [!NOTE]\n> x\n\n    y")
@example("<div class='admonition note' markdown>\nx\n</div>\n\n    y")
def test_any_text_needs_only_its_own_extensions(text):
    """Switching on only what a text's characters ask for gives the HTML of everything switched on."""
    assert _with(needed(text), text) == _with(EXTENSIONS, text)


def test_converters_do_not_remember_texts(fast):
    """References, footnotes and abbreviations of one article never reach the next."""
    fast.reset().convert("[r]: /x\n\n[^1]: n\n\n*[A]: b\n\nA [r] [^1]")
    again = fast.reset().convert("A [r] [^1]")

    assert again == "<p>A [r] [^1]</p>"

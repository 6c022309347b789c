"""What a writer types and what a reader gets: links, images, films, names, headings, text."""

from __future__ import annotations

import subprocess
import sys
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kbgen.markup import RULES, Settings, Text, names_used, pygments_css, render
from kbgen.markup.slugs import slug
from kbgen.model import Body, Captions, Film, Heading, Link, Picture, Question, Video
from kbgen.workers import TooSlowError, cpu_limit


def body(markdown: str, settings: Settings | None = None, **more: object) -> Body:
    """Render a text that starts at line 10 of its file."""
    values = {
        "body": markdown,
        "path": "content/en/a.md",
        "line": 10,
        "locale": "en",
        "kind": "guide",
        "variables": {},
        "snippets": {},
        **more,
    }
    return render(Text(**values), settings or Settings())


def rules(result: Body) -> list[tuple[str, int]]:
    """Return rule and line of each problem."""
    return [(problem.rule, problem.line) for problem in result.problems]


@pytest.mark.parametrize(
    ("address", "link"),
    [
        ("kb:kb-abc", Link("article", "kb-abc", "", 12)),
        ("kb:kb-abc#part-2", Link("article", "kb-abc", "part-2", 12)),
        ("KB:kb-abc", Link("article", "kb-abc", "", 12)),
        ("kb:%D8%B1%D8%A7%D9%87#%DA%AF%D8%A7%D9%85", Link("article", "راه", "گام", 12)),
        ("kb:راه#گام", Link("article", "راه", "گام", 12)),
        ("../other/page.md#a", Link("file", "../other/page.md", "a", 12)),
        ("page%20one.md", Link("file", "page one.md", "", 12)),
        ("files/list.pdf#page=2", Link("asset", "files/list.pdf", "page=2", 12)),
        ("files/list.pdf?v=1", Link("asset", "files/list.pdf", "", 12)),
        ("<a file.pdf>", Link("asset", "a file.pdf", "", 12)),
        ("page.md#kb-x", Link("file", "page.md", "h-kb-x", 12)),
    ],
)
def test_links_into_the_site_become_placeholders(address, link):
    """A link to an article, a file or an asset stands in the HTML as its number; its target is decoded, its line the file's."""
    result = body(f"One\n\n[**text**]({address})")

    assert result.links == (link,)
    assert result.html.endswith('<p><a href="kb-link:0"><strong>text</strong></a></p>')
    assert rules(result) == []


@pytest.mark.parametrize("address", ["https://example.org/a?b=1&c=2", "http://example.org", "mailto:me@example.org", "tel:+34900", "#part"])
def test_other_links_stay(address):
    """Addresses of the web, of people and of this page are left alone; those of the web are marked."""
    result = body(f"## Part\n\n[text]({address})")

    assert f'href="{address.replace("&", "&amp;")}"' in result.html
    assert ('class="kb-external" rel="noopener"' in result.html) == address.startswith("http")
    assert "target" not in result.html
    assert result.links == ()
    assert result.problems == ()


def test_links_of_references_and_raw_html_count_too():
    """It does not matter how a link was written."""
    result = body('[a][r], <a href="x.md">b</a>, <https://example.org>, <me@example.org>\n\n[r]: kb:kb-a')

    assert [(link.kind, link.target) for link in result.links] == [("article", "kb-a"), ("file", "x.md")]
    assert 'href="mailto:me@example.org"' in result.html
    assert result.html.count("kb-external") == 1


def test_equal_links_have_their_own_lines():
    """The second link to a target is reported where it stands, and text in code is not taken for a link."""
    result = body("`[a](x.md)`\n\n[a](x.md)\n\n[b](x.md)")

    assert [link.line for link in result.links] == [12, 14]


def test_missing_anchor_is_told_with_a_near_one():
    """A link to an anchor that this article lacks is a problem that names what was meant; others pass."""
    result = body("## First steps\n\n## Дані {#own}\n\n[a](#frist-steps) [b](#own) [c](#first-steps) [d](#) [e](#%D0%B4)")

    assert rules(result) == [("KB302", 14), ("KB302", 14)]
    assert "#first-steps?" in result.problems[0].remedy


def test_images_become_placeholders_with_description():
    """An image stands as its number with its description; an empty one is a problem unless it is decoration."""
    result = body('![a &amp; "b"](img/a%20b.png)\n\n![](x.png)\n\n![](y.png){: .decorative}\n\n![ ](z.png)')

    assert result.images == (Picture("img/a b.png", 10), Picture("x.png", 12), Picture("y.png", 14), Picture("z.png", 16))
    assert '<img alt="a &amp; &quot;b&quot;" src="kb-image:0">' in result.html
    assert '<img alt="" src="kb-image:2">' in result.html
    assert rules(result) == [("KB304", 12), ("KB304", 16)]


def test_image_alone_with_a_title_becomes_a_figure():
    """The title is the caption, which is visible text; in a line of text it stays a title."""
    alone = body('![a](x.png "The caption")')
    inline = body('See ![a](x.png "The caption")')

    assert alone.html == '<figure><img alt="a" src="kb-image:0"><figcaption>The caption</figcaption></figure>'
    assert alone.text == "The caption"
    assert 'title="The caption"' in inline.html
    assert inline.text == "See"


def test_images_of_other_hosts_need_permission():
    """An image of a host that is not listed is taken out; hosts below a listed one are meant too."""
    settings = Settings(allowed_hosts=("example.org",))
    allowed = body("![a](https://img.example.org/a.png)", settings)
    refused = body("One ![a](https://example.org.evil/a.png)", settings)

    assert 'src="https://img.example.org/a.png"' in allowed.html
    assert rules(allowed) == []
    assert "<img" not in refused.html
    assert rules(refused) == [("KB305", 10)]


def test_variables_stand_in_text_links_and_descriptions_but_not_in_code():
    """A name in braces is replaced wherever readers read, as plain text; code shows what was typed."""
    text = (
        "## Call {{ phone }}\n\n[{{phone}}](tel:{{ number }}) ![{{ phone }}](a.png)\n\n`{{ phone }}`\n\n    {{ phone }}\n\n"
        "```\n{{ phone }}\n```\n\n<div>{{ phone }}</div>\n\n| {{ phone }} |\n|-|"
    )
    result = body(text, variables={"phone": "*900* <1> & 2", "number": "+34900"})
    shown = "*900* &lt;1&gt; &amp; 2"

    assert f'<h2 id="call-900-1-2">Call {shown}</h2>' in result.html
    assert f'<a href="tel:+34900">{shown}</a>' in result.html
    assert f'alt="{shown}"' in result.html
    assert f"<div>{shown}</div>" in result.html
    assert f'<th scope="col">{shown}</th>' in result.html
    assert result.html.count("{{ phone }}") == 3
    assert rules(result) == []


@pytest.mark.parametrize(
    "text",
    ["{{ config }}", "{% include 'x' %}", "{{ a | b }}", "{{ 7*7 }}", "## Title {{ config }}", "text\n{% set x %}", "{{ __class__ }}"],
)
def test_braces_are_never_a_template(text):
    """What is not a known name is shown as it was typed, also where an attribute list could stand."""
    shown = body(text).text

    assert shown.split() == text.removeprefix("## ").split()


def test_unknown_name_is_told_with_a_near_one():
    """A simple name that is not known is a problem at each place; other braces and code are none."""
    result = body("{{ phnoe }}\n\n`{{ other }}` {{ 7*7 }}\n\n{{ phnoe }}", variables={"phone": "1"})

    assert rules(result) == [("KB306", 10), ("KB306", 14)]
    assert "{{ phone }}?" in result.problems[0].remedy


def test_snippets_stand_in_for_their_line():
    """A snippet is read as Markdown where it is called, in lists too; lines of later problems do not move."""
    snippets = {"warn": "!!! warning\n    Careful {{ x }}\n\n{{ snippet inner }}", "inner": "*inner*"}
    result = body("- a\n\n    {{ snippet warn }}\n\n[x](#no)\n\n`{{ snippet warn }}`", snippets=snippets, variables={"x": "now"})

    assert result.html.startswith('<ul>\n<li>\n<p>a</p>\n<div class="admonition warning">')
    assert "Careful now" in result.html
    assert "<em>inner</em>" in result.html
    assert "<code>{{ snippet warn }}</code>" in result.html
    assert rules(result) == [("KB302", 14)]


@pytest.mark.parametrize(
    ("snippets", "message"),
    [
        ({}, "no snippet a"),
        ({"a": "{{ snippet a }}"}, "uses itself"),
        ({"a": "{{ snippet b }}", "b": "{{ snippet a }}"}, "uses itself"),
        ({"a": "{{ snippet b }}", "b": "{{ snippet c }}", "c": "{{ snippet d }}", "d": "x"}, "deeper than 3"),
    ],
)
def test_bad_snippets_are_told_at_the_articles_line(snippets, message):
    """A snippet that is missing, endless or too deep names the article's line."""
    result = body("One\n\n{{ snippet a }}", snippets=snippets)

    assert rules(result) == [("KB307", 12)]
    assert message in result.problems[0].message


def test_problems_inside_snippets_name_the_articles_line():
    """The writer of the article sees where the snippet came in."""
    result = body("One\n\n{{ snippet a }}\n\nTwo", snippets={"a": "x\n\ny\n\n[z](javascript:1)"})

    assert rules(result) == [("KB805", 12)]


VIDEO = """/// video | media/film%20one.webm
    poster: media/film.jpg
    captions: {ca: film.ca.vtt, en: film.en.vtt}
    transcript: media/film.txt
    duration: "1:15"

What it *shows*.
///"""


def test_video_gets_a_player_that_needs_no_script():
    """The directive becomes the browser's player with captions, a link to the transcript, and its caption."""
    result = body(f"One\n\n{VIDEO}")
    captions = (Captions("ca", "film.ca.vtt"), Captions("en", "film.en.vtt"))

    assert result.films == (Film(Video("media/film one.webm", "media/film.jpg", captions, "media/film.txt", 75), 12),)
    assert '<figure class="kb-video"><video controls preload="none" src="kb-film:0" poster="kb-poster:0">' in result.html
    assert '<track kind="captions" src="kb-captions:0:1" srclang="en" default></video>' in result.html
    assert '<a href="kb-link:0">Transcript</a>' in result.html
    assert "<figcaption>\n<p>What it <em>shows</em>.</p>" in result.html
    assert result.links == (Link("asset", "media/film.txt", "", 12),)
    assert rules(result) == []


def test_video_of_an_allowed_host_loads_after_a_click():
    """A film from outside is a link until a reader asks for it."""
    result = body("/// video | https://player.vimeo.com/video/1?a=1&b=2\n///", Settings(allowed_hosts=("vimeo.com",)))

    assert 'data-module="kb-video" data-embed="https://player.vimeo.com/video/1?a=1&amp;b=2"' in result.html
    assert '<a class="kb-external" rel="noopener" href="https://player.vimeo.com/video/1?a=1&amp;b=2">player.vimeo.com</a>' in result.html
    assert "<iframe" not in result.html
    assert "<video" not in result.html


@pytest.mark.parametrize(
    "directive",
    [
        "/// video | https://evil.example/x.mp4\n///",
        "/// video | http://vimeo.com/1\n///",
        "/// video | /abs.webm\n///",
        "/// video | a.webm\n    colour: red\n///",
        "/// video | a.webm\n    duration: long\n///",
        "/// video | a.webm\n    captions: [a, b]\n///",
        "/// video | a.webm\n    poster: 3\n///",
        "/// video | a.webm\n    : : :\n///",
        "/// video\n///",
    ],
)
def test_wrong_videos_are_told(directive):
    """A host that is not allowed, a path that leads away and wrong options are problems at the directive's line."""
    result = body(f"One\n\n{directive}", Settings(allowed_hosts=("vimeo.com",)))

    assert rules(result) == [("KB308", 12)]
    assert 'src="http' not in result.html


def test_headings_have_readable_unique_anchors():
    """Anchors keep the words of their script; equal headings are numbered; explicit anchors win."""
    result = body(
        "## First steps\n\n## First steps\n\n## گام نخست!\n\n### 重設密碼（一）\n\n"
        "## Own {#first-steps_1}\n\n## `code` &amp; [^1] x\n\n[^1]: n"
    )

    assert [heading.id for heading in result.headings] == [
        "first-steps",
        "first-steps_2",
        "گام-نخست",
        "重設密碼一",
        "first-steps_1",
        "code-x",
    ]
    assert result.headings[3] == Heading(3, "重設密碼一", "重設密碼（一）")
    assert result.headings[5].text == "code & x"


@given(st.text(max_size=30))
def test_slugs_are_stable_and_plain(text):
    """A slug has no blanks, and making it again changes nothing."""
    made = slug(text)

    assert slug(made) == made
    assert not any(character.isspace() for character in made)


def test_first_level_headings_go_down_and_skipped_levels_are_told():
    """The page's only first level is the title; each jump downwards is a warning with its line."""
    result = body("# Top\n\n## A\n\n#### B\n\n## C\n\n### D\n\nE\n===")

    assert [heading.level for heading in result.headings] == [2, 2, 4, 2, 3, 2]
    assert "<h1" not in result.html
    assert sorted(rules(result)) == [("KB210", 10), ("KB210", 20), ("KB211", 14)]
    assert {problem.severity for problem in result.problems} == {"warning"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1. a\n  - b", [("KB213", 11)]),
        ("- a\n  - b", []),
        ("1. a\n   - b\n   - c", []),
        ("- a\n    - b\n        - c", []),
        ("Text\n2. a", [("KB214", 11)]),
        ("Text\n- a\n- b", []),
        ("Text\n1. a", []),
        ("Text\n\n- a\nlazy\n- b", []),
        ("## H\n- a", []),
        ("## H\n\n  - a\n  - b", []),
        ("```\nText\n- a\n  - b\n```", []),
        ("    Text\n    - a", []),
        ("- a\n\n    - b", []),
        ("!!! note\n    - a\n    - b", []),
    ],
)
def test_lists_that_look_otherwise_than_they_are_read(text, expected):
    """A list that no forge would show as one is warned about, outside code; what forges show, readers see, and nobody is bothered."""
    assert rules(body(text)) == expected


@pytest.mark.parametrize(
    ("text", "column", "name"),
    [
        ("ab\u202ecd", 3, "U+202E"),
        ("ab\u200bcd", 3, "U+200B"),
        ("a\x00b", 2, "U+0000"),
        ("a\x07b", 2, "U+0007"),
        ("a\x85b", 2, "U+0085"),
        ("a\u2066b", 2, "U+2066"),
        ("a\u2069b", 2, "U+2069"),
        ("a\u200cb", 2, "U+200C"),
        ("\ufeffa", 1, "U+FEFF"),
        ("`a\u202eb`", 3, "U+202E"),
        ("z" + "\u0301" * 9, 2, "U+0301"),
    ],
)
def test_hidden_characters_are_told_and_left_out(text, column, name):
    """Characters that change how text is read are named by code point and column, in code too, and do not reach readers."""
    result = body(f"One\n\n{text}")

    assert rules(result) == [("KB807", 12)]
    assert result.problems[0].column == column
    assert name in result.problems[0].message
    assert not set(result.html) & set("\u202e\u200b\x00\x07\x85\u2066\u2069\u200c\ufeff")
    assert "\u0301" * 9 not in result.html


@pytest.mark.parametrize(
    "text", ["می‌خواهم", "متن \u200fabc\u200f و\u200e", "\u2067فارسی\u2069 text", "क्‍ष", "👩‍👩‍👧 👩🏽‍💻 ❤️‍🔥", "é̂", "soft\u00adhyphen"]
)
def test_characters_that_scripts_need_are_kept(text):
    """Joiners, marks and balanced isolates where a script needs them pass unchanged."""
    result = body(text)

    assert result.problems == ()
    assert result.html == f"<p>{text}</p>"


def test_text_is_what_readers_see():
    """One block a line: code and captions are in, footnote numbers, signs and alternative texts are not."""
    text = "## A *b*\n\nOne  \ntwo [three](x.md)[^1] &lt;4&gt; ![no](a.png)\n\n- [x] five\n- six\n\n"
    text += "| 7 | 8 |\n|---|---|\n| 9 | |\n\n```py\nten = 10\n```\n\n[^1]: eleven"
    result = body(text)

    assert result.text.split("\n") == ["A b", "One two three <4>", "five", "six", "7 8", "9", "ten = 10", "eleven"]
    assert result.words == len(result.text.split())


@pytest.mark.parametrize(
    ("text", "words"), [("", 0), ("one two", 2), ("می‌خواهم بروم", 2), ("重設密碼", 2), ("重設 KB 密碼頁", 4), ("é à", 2)]
)
def test_words_are_counted_by_script(text, words):
    """Two characters count as a word where words are not kept apart."""
    assert body(text).words == words


def test_questions_of_an_faq_have_exactly_their_visible_answers():
    """Each second-level heading is a question; what follows, deeper headings included, is its answer."""
    text = "Intro\n\n## How *much*?\n\nIt is **free**.\n\n### Really\n\n- yes\n\n## When?\n\nNow."
    result = body(text, kind="faq")

    assert result.questions == (Question("how-much", "How much?", "It is free.\nReally\nyes"), Question("when", "When?", "Now."))
    assert body(text).questions == ()


def test_steps_are_the_first_numbered_list():
    """Items with all that stands in them; later lists and footnotes are none."""
    text = "- no\n\nText\n\n1. Open *it*.\n2. Choose\n    - a\n    - b\n\n    Then go.\n\n3. End.[^1]\n\n"
    text += "Text\n\n1. other\n\n[^1]: note"

    assert body(text).steps == ("Open it.", "Choose a b Then go.", "End.")
    assert body("x[^1]\n\n[^1]: note").steps == ()


@pytest.mark.parametrize(
    ("locale", "note", "back"),
    [
        ("en", "Note", "Back to the text"),
        ("ca", "Nota", "Torna al text"),
        ("fa", "یادداشت", "بازگشت به متن"),
        ("zh-Hant", "備註", "返回內文"),
        ("xx", None, None),
    ],
)
def test_boxes_speak_the_language_of_the_article(locale, note, back):
    """A box without a title of its own gets one in the article's language, or none at all."""
    result = body('!!! note\n    a\n\n> [!NOTE]\n> b\n\n!!! note "Mine"\n    c[^1]\n\n[^1]: d', locale=locale)

    assert result.html.count('class="admonition-title"') == (3 if note else 1)
    assert note is None or result.html.count(f'<p class="admonition-title">{note}</p>') == 2
    assert ("aria-label" in result.html) == (back is not None)
    assert back is None or f'aria-label="{back}"' in result.html


def test_tabs_show_everything_without_script():
    """Tabs are sections with titles: nothing is hidden, and no form field is left."""
    html = body('=== "One"\n    a\n\n    - b\n\n=== "Two **x**"\n    c').html

    assert "<input" not in html
    assert "<label" not in html
    assert html.count('<div class="kb-tab">') == 2
    assert '<p class="kb-tab-title">Two <strong>x</strong></p>' in html
    assert 'class="kb-tabs" data-module="kb-tabs"' in html


def test_tables_scroll_and_are_named_by_their_heading():
    """A table can be reached by keyboard, its columns have heads, alignment follows the script's direction."""
    html = body("## Prices\n\n| a |  |\n|:-:|--:|\n| 1 | 2 |").html

    assert '<div class="kb-table" tabindex="0" role="group" aria-labelledby="prices"><table>' in html
    assert '<th scope="col" class="kb-center">a</th>' in html
    assert '<td class="kb-end"></td>' in html
    assert "style" not in html
    assert "<th></th>" not in html


def test_code_is_classes_only():
    """Highlighted code has a language, a title and marked lines, and no style of its own."""
    html = body('```python title="a.py" hl_lines="1"\nx = "é"\n```').html

    assert '<div class="language-python highlight"><span class="filename">a.py</span><pre tabindex="0">' in html
    assert '<span class="hll"><span class="n">x</span>' in html
    assert "style" not in html


def test_code_colours_are_custom_properties():
    """The rules hold no colour, only properties that a theme sets."""
    css = pygments_css()

    assert ".highlight .k,.highlight .kc" in css
    assert "var(--kb-code-keyword,inherit)" in css
    assert "#" not in css


def test_names_used_are_found_cheaply():
    """All names that a body may use are named, so that what is remembered is never old."""
    variables, snippets = names_used("{{ a }} {{b.c}} `{{ d }}`\n{{ snippet e }}\n{{snippet legal/f}}\n{{ x | y }}")

    assert variables == {"a", "b.c", "d"}
    assert snippets == {"e", "legal/f"}
    assert names_used("nothing") == (frozenset(), frozenset())


def test_door_loads_nothing_heavy():
    """Importing the room costs next to nothing: Markdown, nh3 and Pygments come with the first article."""
    code = "import sys, kbgen.markup; print(sorted({'markdown', 'nh3', 'pygments', 'yaml', 'pymdownx'} & set(sys.modules)))"
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout

    assert shown.strip() == "[]"


@pytest.mark.parametrize("text", ["", " \n\n", "\r\n", "# \n", "a\r\nb\rc"])
def test_odd_line_ends_and_nothing_at_all(text):
    """Empty bodies and line ends of other systems are fine."""
    result = body(text)

    assert "\r" not in result.html
    assert [problem for problem in result.problems if problem.severity == "error"] == []


def test_carriage_returns_do_not_move_lines():
    """A problem in a file from Windows has the line that an editor shows."""
    assert rules(body("a\r\n\r\n[x](javascript:y)\r\n")) == [("KB805", 12)]


def test_the_same_text_gives_the_same_body_whatever_came_before():
    """Nothing of one article stays behind for the next."""
    text = "## A\n\n[x](a.md) {{ v }} ![y](b.png)[^1]\n\n[^1]: n\n\n" + VIDEO
    first = body(text, variables={"v": "1"})
    body("[x]: y\n\n*[A]: b\n\n" + VIDEO + "\n\n{{ w }}", variables={"w": "2"})

    assert body(text, variables={"v": "1"}) == first


@pytest.mark.parametrize(
    "bomb",
    [
        "![" * 8000,
        "<![" * 8000,
        "[" * 16000,
        "[a](" * 4000,
        "*a **a " * 3000,
        "`" * 9000 + "a `` b ```" * 900,
        "|a" * 4000 + "\n" + "|-" * 4000,
    ],
)
def test_bombs_end_at_the_callers_limit(bomb):
    """Text made to keep the parser busy is rendered, or stopped by the caller's timer, which nothing here swallows."""
    start = time.process_time()
    try:
        with cpu_limit(1.0):
            body(bomb)
    except (TooSlowError, RecursionError):
        pass

    assert time.process_time() - start < 4


class _Stop(dict[str, str]):
    """Variables that stop the work in the middle, as a timer does."""

    def get(self, *_: object) -> str:
        raise TooSlowError


@pytest.mark.parametrize(
    "frame", ["- a\n\n    <div>{{ x }}</div>", "> - {{ x }}", "!!! note\n    {{ x }}", "/// video | a.webm\n{{ x }}\n///"]
)
def test_an_article_that_was_stopped_leaves_nothing_behind(frame):
    """The timer's exception passes through, and the next article is rendered as if nothing had been."""
    after = "- a\n\n    b {{ y }}\n\n!!! note\n    c\n\n/// video | a.webm\n///"
    expected = body(after)
    with pytest.raises(TooSlowError):
        body(frame, variables=_Stop())

    assert body(after) == expected


def test_every_problem_is_explained():
    """Each rule of this room has its paragraph."""
    assert set(RULES) == {
        "KB210",
        "KB211",
        "KB213",
        "KB214",
        "KB302",
        "KB304",
        "KB305",
        "KB306",
        "KB307",
        "KB308",
        "KB801",
        "KB805",
        "KB807",
    }
    assert all(len(text) > 80 and text.endswith(".") for text in RULES.values())

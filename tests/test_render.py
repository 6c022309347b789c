"""Pages become bytes: pure, escaped, filled in; a mistake of a template is named with its line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from theme_views import DEFAULT, LOCALES, TEMPLATES, default_theme, page

from kbgen import theme
from kbgen.render import RenderError, fill, render

PAYLOADS = ("<script>alert(1)</script>", '"onmouseover="alert(1)', "'><img src=x onerror=alert(1)>", "{{ 7 * 7 }}", "javascript:alert(1)")
ARTICLE: dict[str, Any] = {
    "links": ["en/a/", "", "en/b/?x=1&y=2#z"],
    "images": [
        {"src": "assets/a.1.svg", "width": 10, "height": 20, "srcset": []},
        {"src": "assets/b.png", "width": 800, "height": 40, "srcset": [["assets/b.4.webp", 400], ["assets/b.8.webp", 800]]},
        {"src": "", "width": 0, "height": 0, "srcset": []},
    ],
    "films": [
        {
            "src": "m/x.webm",
            "embed": "",
            "type": "video/webm",
            "poster": "",
            "captions": [{"lang": "ca", "label": "Català", "src": "m/x.ca.vtt"}],
        }
    ],
}


@pytest.mark.parametrize(
    ("html", "filled"),
    [
        ('<a href="kb-link:0">x</a>', '<a href="../en/a/">x</a>'),
        ('<a class="y" href="kb-link:1">x</a>', '<a class="y">x</a>'),
        ('<a href="kb-link:2">x</a>', '<a href="../en/b/?x=1&amp;y=2#z">x</a>'),
        ('<img src="kb-image:0" alt="">', '<img src="../assets/a.1.svg" width="10" height="20" class="kb-inline" alt="">'),
        (
            '<img src="kb-image:1" alt="">',
            '<img src="../assets/b.png" srcset="../assets/b.4.webp 400w, ../assets/b.8.webp 800w" sizes="W" width="800" height="40" alt="">',
        ),
        ('<img src="kb-image:2" alt="lost">', '<img alt="lost">'),
        ('<source src="kb-film:0">', '<source src="../m/x.webm">'),
        ('<video poster="kb-poster:0">', "<video>"),
        ('<track src="kb-captions:0:0">', '<track src="../m/x.ca.vtt">'),
        ("<p>href=kb-link:0</p>", "<p>href=kb-link:0</p>"),
    ],
)
def test_bodies_are_filled_in(html: str, filled: str) -> None:
    """Links, pictures and films get their addresses; a dead link loses its address and keeps its text; a small sign stays in its line."""
    assert fill(html, "../", ARTICLE).replace("(min-width: 48rem) 44rem, 100vw", "W") == filled


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("name", TEMPLATES)
def test_rendering_is_pure(name: str, locale: str) -> None:
    """The same page gives the same bytes, also from a theme that was loaded anew and has rendered others before."""
    fresh, _ = theme.load([DEFAULT], LOCALES)
    first = render(page(name, locale), fresh)
    for other in TEMPLATES:
        render(page(other, "en"), fresh)

    assert render(page(name, locale), fresh) == first
    assert render(page(name, locale), default_theme()) == first


def texts_of(value: Any) -> Any:
    """Put a payload into every text of a view, in front of what stands there."""
    if isinstance(value, dict):
        keep = {
            "html",
            "jsonld",
            "kinds",
            "template",
            "kind",
            "reason",
            "icon",
            "action",
            "service",
            "level",
            "lang",
            "dir",
            "tag",
            "datetime",
        }
        return {key: one if key in keep else texts_of(one) for key, one in value.items()}
    if isinstance(value, list):
        return [texts_of(one) for one in value]
    return f"{''.join(PAYLOADS)}{value}" if isinstance(value, str) and value else value


@pytest.mark.parametrize("name", TEMPLATES)
def test_no_value_of_a_view_becomes_markup(name: str) -> None:
    """Whatever stands in a title, a name or a URL shows as text: no element, no attribute, no template comes of it."""
    from selectolax.lexbor import LexborHTMLParser as HTMLParser

    plain = page(name, "en")
    view = {key: texts_of(value) for key, value in plain.view.items()}
    hostile = HTMLParser(render(page(name, "en", **view), default_theme()).decode())
    tame = HTMLParser(render(plain, default_theme()).decode())

    def shape(tree: Any) -> list[tuple[str, tuple[str, ...]]]:
        return [(node.tag, tuple(sorted(set(node.attributes) - {"aria-current"}))) for node in tree.css("*")]

    assert shape(hostile) == shape(tame)
    assert "49" not in hostile.css_first("title").text()


def test_a_fallback_names_its_language() -> None:
    """Text of another language carries its own lang and dir, and a note says why it is there."""
    changed = page("article", "fa")
    view = changed.view["article"] | {"lang": "en", "dir": "ltr", "notices": [{"kind": "fallback", "values": {"language": "English"}}]}
    html = render(page("article", "fa", article=view), default_theme()).decode()

    assert '<header class="kb-head" lang="en" dir="ltr">' in html
    assert 'lang="en" dir="ltr">\n' in html
    assert 'class="kb-notice kb-notice-fallback"' in html


@pytest.mark.parametrize("kind", ["draft", "in_review", "scheduled", "outdated", "overdue", "archived"])
def test_every_notice_has_words(kind: str) -> None:
    """Each state of an article that the plan may name has its ribbon."""
    view = page("article", "en").view["article"] | {"notices": [{"kind": kind, "values": {"date": "12 March"}}]}

    assert f"kb-notice-{kind}" in render(page("article", "en", article=view), default_theme()).decode()


def test_not_found_is_absolute() -> None:
    """The page for missing addresses works from any depth: it goes by the configured address."""
    site = page("not_found", "en").view["site"] | {"base_url": "https://help.example/kb"}

    assert 'href="/kb/en/"' in render(page("not_found", "en", site=site), default_theme()).decode()
    assert 'href="/en/"' in render(page("not_found", "en", site=site | {"base_url": ""}), default_theme()).decode()


def test_an_embedded_film_loads_nothing() -> None:
    """A film of another host is a link until the reader asks; the policy allows its host only when the site names it."""
    film = {
        "src": "",
        "embed": "https://films.example/1",
        "type": "",
        "poster": "",
        "captions": [],
        "transcript": {"text": "Hello.\nBye.", "html": ""},
        "duration_text": "",
    }
    plain = page("article", "en")
    html = render(
        page("article", "en", article=plain.view["article"] | {"video": film}, site=plain.view["site"] | {"hosts": ["films.example"]}),
        default_theme(),
    )

    assert b"<iframe" not in html
    assert b'data-embed="https://films.example/1"' in html
    assert b"frame-src https://films.example" in html


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("<p>\n{{ nobody }}</p>", 2, "'nobody' is undefined"),
        ("<p>\n\n{% if %}</p>", 3, "Expected an expression"),
        ("<p>{{ t('no.such.word') }}</p>", 1, "no word, asset or value named no.such.word"),
        ("\n<p>{{ asset('none.css') }}</p>", 2, "named none.css"),
        ("{% for n in range(10 ** 9) %}x{% endfor %}", 1, "10,000 at most"),
        ("{% include 'parts/tags/tags.html' %}", 1, "recursion"),
        ("{{ article.nothing }}", 1, "no attribute 'nothing'"),
        ("{{ 1 / 0 }}", 1, "division by zero"),
        ('{% include "../../../etc/passwd" %}', 1, "no template"),
    ],
)
def test_a_mistake_in_a_template_is_named(tmp_path: Path, text: str, line: int, message: str) -> None:
    """Whatever a template does wrong, the error says which file, which line and what."""
    (tmp_path / "theme" / "parts" / "tags").mkdir(parents=True)
    (tmp_path / "theme" / "parts" / "tags" / "tags.html").write_text(text, encoding="utf-8")
    found, _ = theme.load([tmp_path / "theme", DEFAULT], ["en"])
    with pytest.raises(RenderError) as caught:
        render(page("article", "en"), found)

    assert (caught.value.template, caught.value.line) == ("theme/parts/tags/tags.html", line)
    assert message in caught.value.message

"""The theme's gallery: every part with its examples, as the files are now."""

from __future__ import annotations

import re
import shutil
import time
from html import unescape
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Error
from serve.served import SITE

from kbgen.serve.gallery import Gallery

DEFAULT = Path(__file__).parents[2] / "themes" / "default"
RULES = {"rules": {name: {"enabled": False} for name in ("page-has-heading-one", "heading-order", "landmark-one-main", "region")}}


@pytest.fixture
def root(tmp_path):
    """A site with a theme of its own that its author may edit."""
    shutil.copytree(DEFAULT, tmp_path / "themes" / "own")
    (tmp_path / "kbgen.toml").write_text('[site]\ntitle = "Help"\n[locales.en]\n[theme]\nname = "own"\n')
    return tmp_path


def frames(html: str) -> list[list[tuple[str, str]]]:
    """The questions that the frames of a page ask."""
    found = re.findall(r'src="part\?([^"]+)"', html)
    return [[tuple(pair.split("=")) for pair in unescape(one).split("&")] for one in found]


def test_every_example_is_shown_in_both_directions(root):
    """No part that has examples is missing, none fails, and each stands once in a left-to-right and once in a right-to-left page."""
    gallery = Gallery(root)
    asked = frames(gallery("", [])[1].decode())
    answers = [gallery("part", one)[1].decode() for one in asked]

    assert {dict(one)["part"] for one in asked} == {path.parent.name for path in DEFAULT.glob("parts/*/examples.toml")}
    assert len(asked) == 2 * sum(path.read_text().count("[[example]]") for path in DEFAULT.glob("parts/*/examples.toml"))
    assert [one for one in answers if 'role="alert">themes' in one] == []
    assert sum('dir="rtl"' in one.partition("<head>")[0] for one in answers) * 2 == len(answers)


def test_an_edit_is_seen_and_a_mistake_shows_in_its_place(root):
    """The next request shows the file as it is; a part that fails says where, the others go on."""
    gallery = Gallery(root)
    rating = [("part", "rating"), ("number", "0"), ("locale", "en")]
    gallery("part", rating)
    part = root / "themes/own/parts/rating/rating.html"
    part.write_text("{#- . -#}\n<p>Edited</p>\n")
    edited = gallery("part", rating)[1].decode()
    part.write_text("{#- . -#}\n<p>{{ nothing.of.this }}</p>\n")
    broken = gallery("part", rating)[1].decode()
    (root / "themes/own/parts/tags/examples.toml").write_text("[[example\n")
    listed = gallery("", [])[1].decode()

    assert "<p>Edited</p>" in edited
    assert "themes/own/parts/rating/rating.html:2:" in broken
    assert "themes/own/parts/tags/examples.toml" in listed
    assert "part=rating" in listed


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("none", []),
        ("assets/none.css", []),
        ("part", []),
        ("part", [("part", "none"), ("number", "0"), ("locale", "en")]),
        ("part", [("part", "tags"), ("number", "99"), ("locale", "en")]),
        ("part", [("part", "tags"), ("number", "-1"), ("locale", "en")]),
        ("part", [("part", "tags"), ("number", "0"), ("locale", "<script>")]),
    ],
)
def test_what_is_not_there_is_no_answer(root, path, query):
    """A part, example, file or locale that does not exist becomes a 404."""
    with pytest.raises(KeyError):
        Gallery(root)(path, query)


@pytest.mark.browser
def test_the_gallery_works_in_a_browser(serve, page):
    """No policy is broken, one switch changes the colours of all frames, a saved part is shown, axe is content."""
    page.set_default_timeout(30_000)  # dozens of frames on two cores that others use too
    theme = {f"themes/own/{path.relative_to(DEFAULT)}": path.read_bytes() for path in DEFAULT.rglob("*") if path.is_file()}
    served = serve({**theme, "kbgen.toml": SITE["kbgen.toml"] + '[theme]\nname = "own"\n'}, "--gallery")
    said: list[str] = []
    missing: list[str] = []  # pictures and films that examples name need not exist
    page.on("console", lambda one: said.append(one.text) if one.type == "error" and "status of 404" not in one.text else None)
    page.on("response", lambda one: missing.append(one.url) if one.status == 404 and "/assets/kb." in one.url else None)
    page.goto(f"{served.address}__kbgen/gallery/", wait_until="domcontentloaded")
    frame = page.frame_locator("iframe[title^='breadcrumbs'][title$='(fa)']").first
    page.locator("#breadcrumbs").scroll_into_view_if_needed()
    frame.locator("nav").wait_for(state="attached")
    page.get_by_label("Colours").select_option("dark")
    frame.locator("html[data-scheme=dark]").wait_for(state="attached")
    index = _calmly(lambda: Axe().run(page))
    page.goto("about:blank")  # a page that is left for good does not reload itself in the middle of the way
    page.goto(f"{served.address}__kbgen/gallery/part?part=rating&number=0&locale=fa")
    one = _calmly(lambda: Axe().run(page, options=RULES))
    page.goto("about:blank")
    page.goto(f"{served.address}__kbgen/gallery/", wait_until="domcontentloaded")
    (served.root / "themes/own/parts/attachments/attachments.html").write_text("{#- . -#}\n<p>Edited part</p>\n")
    page.frame_locator("iframe[title^='attachments']").first.get_by_text("Edited part").wait_for(state="attached")

    assert [item for item in index.response["violations"] if item["id"] != "frame-tested"] == []
    assert one.response["violations"] == []
    assert said == []
    assert missing == []


def _calmly(run):
    """Do it again when the page reloads under the test: a build has just ended."""
    for _ in range(5):
        try:
            return run()
        except Error:
            time.sleep(0.5)
    return run()

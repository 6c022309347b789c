"""Transcripts of films: rendered, followed and checked like the body of an article."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from kbgen.model import Job, Report
from kbgen.pipeline import build

NOW = datetime(2026, 3, 14, 8, tzinfo=UTC)
FILM = """---
id: kb-film
title: Pair a lamp
description: A film.
status: published
keywords: [lamp]
kind: video
video:
  src: media/pair.webm
  captions: [{locale: en, src: media/pair.vtt}]
  transcript: media/NAME
---
## Steps

Watch.
"""
OTHER = """---
id: kb-hub
title: The hub
description: About the hub.
status: published
keywords: [lamp]
---
## Lights

See [the film](kb:kb-film).
"""
SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="30" viewBox="0 0 40 30"><rect width="10" height="10"/></svg>'


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A site with a film and another article."""
    folder = tmp_path / "content/en/devices"
    (folder / "media").mkdir(parents=True)
    (tmp_path / "kbgen.toml").write_text("", encoding="utf-8")
    (folder / "hub.md").write_text(OTHER, encoding="utf-8")
    (folder / "media/pair.webm").write_bytes(b"\x1a\x45\xdf\xa3film")
    (folder / "media/pair.vtt").write_text("WEBVTT\n\n00:00.000 --> 00:01.000\nA lamp\n", encoding="utf-8")
    (folder / "media/lamp.svg").write_text(SVG, encoding="utf-8")
    return tmp_path


def built(root: Path, transcript: str, name: str = "pair.md") -> Report:
    """Build with this transcript, warm if there was a build before."""
    (root / "content/en/devices/pair.md").write_text(FILM.replace("NAME", name), encoding="utf-8")
    (root / "content/en/devices/media" / name).write_text(transcript, encoding="utf-8")
    return build(Job(root=root, output=root / "dist", as_of=NOW))


def page(root: Path) -> str:
    """Return the page of the film."""
    return (root / "dist/en/devices/pair/index.html").read_text(encoding="utf-8")


def test_markdown_is_rendered_and_sanitised(root: Path) -> None:
    """Emphasis is shown as such, names are filled in, and what could act in a browser is taken out."""
    (root / "content/_vars.toml").write_text('shop = "Lumbra"\n', encoding="utf-8")
    built(root, "Press **Save** in the app of {{ shop }}.\n\nIt <em onclick='x()'>blinks</em>.\n")
    html = page(root)

    assert "Press <strong>Save</strong> in the app of Lumbra." in html
    assert "<em>blinks</em>" in html
    assert "onclick" not in html


def test_plain_text_stays_text(root: Path) -> None:
    """Stars and angle brackets of a .txt file are shown as they are."""
    built(root, "Press **Save** <b>now</b>.\n", "pair.txt")
    html = page(root)

    assert "Press **Save** &lt;b&gt;now&lt;/b&gt;." in html


def test_links_and_pictures_are_relative_to_the_transcript(root: Path) -> None:
    """A transcript names files beside itself and articles by their id; they are published and lead where they should."""
    report = built(root, "![A lamp](lamp.svg)\n\nAs in [the hub](kb:kb-hub#lights) and [its file](../hub.md); [the words](pair.vtt).\n")
    html = page(root)

    assert report.problems == ()
    assert 'src="../../../en/devices/media/lamp.svg" width="40" height="30"' in html
    assert 'href="../../../en/devices/hub/#lights"' in html
    assert 'href="../../../en/devices/hub/"' in html
    assert 'href="../../../en/devices/media/pair.vtt"' in html
    assert (root / "dist/en/devices/media/lamp.svg").is_file()
    assert not (root / "dist/en/devices/media/pair.md").exists()


def test_ids_are_apart_from_those_of_the_article(root: Path) -> None:
    """A heading of the same words, footnotes and tables never double an id; links within the transcript still lead there."""
    built(root, "## Steps\n\nSee [above](#steps).[^1]\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n[^1]: A note.\n")
    html = page(root)
    ids = [part.split('"', 1)[0] for part in html.split(' id="')[1:]]

    assert sorted(ids) == sorted(set(ids))
    assert "steps" in ids
    assert "kb-transcript-steps" in ids
    assert 'href="#kb-transcript-steps"' in html
    assert 'aria-labelledby="kb-transcript-steps"' in html


def test_problems_stand_at_the_line_of_the_transcript(root: Path) -> None:
    """Dead links and missing files are told with the transcript's own path and line, in a warm build too."""
    text = "One.\n\n[Nowhere](kb:kb-none)\n\n![Gone](gone.svg)\n"
    built(root, "One.\n")
    reports = [built(root, text) for _ in range(2)]

    for report in reports:
        assert [(one.path, one.line, one.rule) for one in report.problems] == [
            ("content/en/devices/media/pair.md", 3, "KB320"),
            ("content/en/devices/media/pair.md", 5, "KB330"),
        ]
        assert not report.written


def test_a_warm_build_shows_what_has_changed(root: Path) -> None:
    """The page follows its transcript, the names in it, and the titles of the files that it links to."""
    built(root, "Press {{ key }}. See [the hub](kb:kb-hub).\n")
    (root / "content/_vars.toml").write_text('key = "Save"\n', encoding="utf-8")
    built(root, "Press {{ key }}. See [the hub](kb:kb-hub).\n")
    first = page(root)
    (root / "content/_vars.toml").write_text('key = "Done"\n', encoding="utf-8")
    (root / "content/en/devices/hub.md").rename(root / "content/en/devices/centre.md")
    built(root, "Press {{ key }}. See [the hub](kb:kb-hub).\n")
    second = page(root)

    assert "Press Save." in first
    assert 'href="../../../en/devices/hub/"' in first
    assert "Press Done." in second
    assert 'href="../../../en/devices/centre/"' in second


def test_a_text_that_is_offered_is_published(root: Path) -> None:
    """A link to a Markdown or text file leads to that file, which is then part of the portal."""
    (root / "content/en/devices/media/notes.txt").write_text("Notes", encoding="utf-8")
    (root / "content/en/devices/hub.md").write_text(OTHER + "\n[Notes](media/notes.txt)\n", encoding="utf-8")
    built(root, "One.\n")

    assert (root / "dist/en/devices/media/notes.txt").read_text(encoding="utf-8") == "Notes"

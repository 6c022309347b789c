"""What settings do: every one of them changes the portal, in a warm build too."""

from __future__ import annotations

import json
import os
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest

from kbgen.model import Job, Report
from kbgen.pipeline import build

NOW = datetime(2026, 3, 14, 8, tzinfo=UTC)
ARTICLE = "---\nid: {key}\ntitle: {title}\ndescription: About {title}.\nstatus: published\n---\n{body}\n"
LOCALES = "[locales.en]\n[locales.ca]\n[locales.fa]\n"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A site of two articles, committed half an hour before midnight in UTC."""
    for tag in ("en", "ca", "fa"):
        folder = tmp_path / "content" / tag / "devices"
        folder.mkdir(parents=True)
        (folder / "hub.md").write_text(
            ARTICLE.format(key="kb-hub", title="The hub", body="Press the button of the lamp."), encoding="utf-8"
        )
        (folder / "lamp.md").write_text(ARTICLE.format(key="kb-lamp", title="The lamp", body="It shines."), encoding="utf-8")
    when = "2026-03-12T23:30:00+00:00"
    names = {
        f"GIT_{who}_{what}": text
        for who in ("AUTHOR", "COMMITTER")
        for what, text in (("NAME", "A"), ("EMAIL", "a@example.org"), ("DATE", when))
    }
    for command in (["init", "-q"], ["add", "-A"], ["commit", "-q", "-m", "x"]):
        subprocess.run(["git", *command], cwd=tmp_path, env={**os.environ, **names}, check=True)
    return tmp_path


def built(root: Path, settings: str, **wish: object) -> Report:
    """Build with these settings, warm if there was a build before."""
    (root / "kbgen.toml").write_text(settings, encoding="utf-8")
    report = build(Job(root=root, output=root / "dist", as_of=NOW, **wish))  # type: ignore[arg-type]
    assert report.written, report.problems
    return report


def page(root: Path, url: str) -> str:
    """Return a page of the portal."""
    return (root / "dist" / url / "index.html").read_text(encoding="utf-8")


def test_days_are_those_of_the_time_zone(root: Path) -> None:
    """A change half an hour before midnight in London stands as the next day's in Madrid; pages are rendered again for that."""
    built(root, LOCALES)
    before = page(root, "en/devices/hub")
    built(root, '[site]\ntime_zone = "Europe/Madrid"\n' + LOCALES)
    after = page(root, "en/devices/hub")

    assert "Mar 12, 2026" in before
    assert "Mar 13, 2026" in after
    assert "Mar 12, 2026" not in after


def test_regions_are_grouped_once_and_named_in_the_reader_s_language(root: Path) -> None:
    """Languages whose region has one name in the default locale stand under one heading; a locale without a word shows the default's."""
    built(root, LOCALES)
    europe = 'region = {en = "Europe", fa = "اروپا"}\n'
    built(root, f'[locales.en]\n{europe}[locales.ca]\nregion = "Europe"\n[locales.fa]\nregion = {{en = "Middle East", fa = "خاورمیانه"}}\n')

    def regions(url: str) -> list[str]:
        return [part.split("<", 1)[0] for part in page(root, url).split('class="kb-region" dir="auto">')[1:]]

    assert set(regions("en/devices/hub")) == {"Europe", "Middle East"}
    assert set(regions("fa/devices/hub")) == {"اروپا", "خاورمیانه"}
    assert set(regions("ca/devices/hub")) == {"Europe", "Middle East"}
    assert len(regions("ca/devices/hub")) % 2 == 0


def test_footer_titles_are_never_empty(root: Path) -> None:
    """A locale without its own title of a footer link shows the default locale's."""
    built(root, '[site]\nfooter = [{title = {en = "Terms", fa = "شرایط"}, url = "https://example.org/"}]\n' + LOCALES)

    assert ">شرایط<" in page(root, "fa")
    assert ">Terms<" in page(root, "ca")


def test_the_edit_address_reaches_every_article(root: Path) -> None:
    """A changed address of the forge is shown by a warm build."""
    built(root, LOCALES)
    built(root, '[site]\nedit_url = "https://git.example.org/edit/{path}"\n' + LOCALES)

    assert "https://git.example.org/edit/content/en/devices/hub.md" in page(root, "en/devices/hub")


def test_boosts_weigh_words(root: Path) -> None:
    """With a heavier body, the article that says a word in its body comes before the one that has it in its title."""
    from kbgen.search.query import opened

    def first(settings: str) -> str:
        built(root, settings + LOCALES)
        return opened(root / "dist", "en").query("lamp")[0].record.url

    assert first("") == "en/devices/lamp/"
    assert first("[search.boosts]\ntitle = 0\ndescription = 0\nbody = 50\n") == "en/devices/hub/"
    assert first("") == "en/devices/lamp/"


def test_the_description_stands_on_the_home_page_and_for_programs(root: Path) -> None:
    """[site] description is what search engines show and what llms.txt says of the portal."""
    built(root, '[site]\ndescription = {en = "All about lamps.", fa = "همه چیز دربارهٔ لامپ."}\n' + LOCALES)

    assert 'content="All about lamps."' in page(root, "en")
    assert "همه چیز دربارهٔ لامپ." in page(root, "fa")
    assert "> All about lamps." in (root / "dist" / "llms.txt").read_text(encoding="utf-8")
    assert json.loads((root / "dist" / "en" / "search" / "index.json").read_bytes())["locale"] == "en"


@pytest.mark.parametrize(
    ("name", "fault"),
    [
        ("mdx_nowhere", "the extension mdx_nowhere is not installed"),
        ("pymdownx.nowhere", "the extension pymdownx.nowhere is not installed"),
        ("nowhere.at.all", "the extension nowhere.at.all is not installed"),
        ("colorsys", "the extension colorsys is a module, but no extension of Python-Markdown"),
    ],
)
def test_an_extension_that_cannot_be_loaded_is_told(root: Path, name: str, fault: str) -> None:
    """A misspelt or missing extension is a problem at its place in kbgen.toml, never a crash; the old portal stays."""
    built(root, LOCALES)
    (root / "kbgen.toml").write_text(f'[markdown]\nextensions = ["toc", "{name}"]\n{LOCALES}', encoding="utf-8")
    reports = [build(Job(root=root, output=root / "dist", as_of=NOW)) for _ in range(2)]

    for report in reports:
        assert [(one.rule, one.path, one.line, one.column, one.message) for one in report.problems] == [
            ("KB129", "kbgen.toml", 2, 22, fault)
        ]
        assert not report.written
    assert page(root, "en/devices/hub")


def test_an_extension_that_can_be_loaded_works(root: Path) -> None:
    """Named as Python-Markdown names them, by entry point or by module."""
    (root / "content/en/devices/hub.md").write_text(ARTICLE.format(key="kb-hub", title="The hub", body="H~2~O (c)"), encoding="utf-8")
    built(root, '[markdown]\nextensions = ["pymdownx.tilde", "smarty"]\n' + LOCALES)

    assert "H<sub>2</sub>O" in page(root, "en/devices/hub")

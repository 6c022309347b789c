"""The report of `kbgen diff`, opened from disk: valid, readable for everybody, at every width, in both directions, without script."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from browser.proposal import PAYMENT, PRICES, ROUTINE, changed, page_of
from browser.sample import ROOT
from browser.test_axe import violations
from browser.test_width import WIDER

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(400)]  # a report of the sample, on cores that others use too

LOCALES = ("en", "fa")
FARSI = "content/fa/اپلیکیشن-و-سناریو/ساخت-سناریو.md"


@pytest.fixture
def tab(chromium: Browser) -> Iterator[Page]:
    """An empty page; whatever it asks for has to lie on the disk."""
    context = chromium.new_context()
    context.set_default_timeout(30_000)  # two cores that other tests use too
    wrong: list[str] = []
    context.on("request", lambda request: None if request.url.startswith("file:") else wrong.append(request.url))
    yield context.new_page()
    context.close()

    assert not wrong


def files(locale: str) -> list[Path]:
    """A page of each kind: the overview, a table, a list with a picture, a Farsi text, a source."""
    report = changed(locale)
    return [report / "index.html", *(page_of(report, path) for path in (PRICES, ROUTINE, FARSI)), report / "source" / "001.html"]


@pytest.mark.parametrize("locale", LOCALES)
def test_the_report_shuts_nobody_out(tab, locale):
    """Every kind of page passes axe, by day and night, wide and narrow."""
    wrong = []
    for file in files(locale):
        tab.goto(file.as_uri())
        wrong += violations(tab)

    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("locale", LOCALES)
def test_no_page_of_the_report_scrolls_sideways(tab, locale):
    """Tables and long paths scroll or break inside the page."""
    wrong = []
    for file in files(locale):
        tab.goto(file.as_uri())
        for width in (320, 1280):
            tab.set_viewport_size({"width": width, "height": 800})
            if said := tab.evaluate(WIDER):
                wrong.append(f"{file.name}: {said}")

    assert not wrong, "\n".join(wrong)


def test_the_report_opens_from_disk_with_its_styles_and_pictures(tab):
    """A browser that opens the folder applies the stylesheet and shows each picture, before and after."""
    said: list[str] = []
    tab.on("console", lambda message: said.append(message.text))
    for path in (ROUTINE, PAYMENT):
        tab.goto(page_of(changed("en"), path).as_uri())
        tab.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
        tab.wait_for_function("[...document.images].every(one => one.complete)")

        assert tab.evaluate("document.images.length") >= 1
        assert tab.evaluate("[...document.images].every(one => one.naturalWidth > 0)")
        assert tab.evaluate("getComputedStyle(document.querySelector('.kd-main')).display") == "grid"

    assert not said


def test_words_of_the_other_direction_stay_in_their_place(tab):
    """In a Farsi paragraph, an inserted Latin name stands between its neighbours: the word before it on its right, the one after on its left."""
    tab.goto(page_of(changed("en"), FARSI).as_uri())
    edges = tab.evaluate(
        """() => { const ins = [...document.querySelectorAll('[dir=rtl] ins')].find((one) => one.textContent.includes('Lumbra'));
        const box = (node, from, to) => { const range = document.createRange(); range.setStart(node, from); range.setEnd(node, to);
          return range.getBoundingClientRect(); };
        const before = ins.previousSibling, after = ins.nextSibling;
        return [box(before, before.length - 4, before.length - 1).left, ins.getBoundingClientRect().left, ins.getBoundingClientRect().right,
          box(after, 0, 4).right]; }"""
    )

    assert edges[0] >= edges[2] - 2
    assert edges[3] <= edges[1] + 2


@pytest.mark.parametrize("locale", LOCALES)
def test_every_page_of_the_report_is_valid_html(tmp_path, locale):
    """The validator finds no error."""
    program = ROOT / "node_modules" / ".bin" / "html-validate"
    if not program.exists() or not shutil.which("node"):
        pytest.fail("html-validate is missing. Run ./dev test, which installs it.", pytrace=False)
    pages = sorted(changed(locale).rglob("*.html"))
    command = [str(program), "--config", str(ROOT / "tests" / ".htmlvalidate.json"), "--formatter", "json", *map(str, pages)]
    said = tmp_path / "report.json"
    with said.open("wb") as file:
        subprocess.run(command, stdout=file, check=False)
    wrong = [
        f"{one['filePath']}:{each['line']} {each['ruleId']}: {each['message']}"
        for one in json.loads(said.read_bytes())
        for each in one["messages"]
    ]

    assert not wrong, "\n".join(wrong[:40])

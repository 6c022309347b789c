"""A save on disk reaches the open page; a mistake is shown over it and leaves the last good text."""

from __future__ import annotations

import re
import time

import pytest
from playwright.sync_api import expect
from serve.served import ARTICLE, LIMIT, PAGE, SITE, until


@pytest.mark.browser
def test_a_save_reaches_the_open_page(serve, page):
    """Saved in place, or beside and moved over it as vim does: the open page shows the new text by itself."""
    served = serve()
    page.goto(served.address + PAGE)
    served.save("The second text.")
    page.get_by_text("The second text.").wait_for()
    file = served.root / "content/en/devices/lamp.md"
    (file.parent / "4913").write_text("")
    (file.parent / "4913").unlink()
    file.rename(file.with_name("lamp.md~"))
    file.write_text(ARTICLE.format(title="Pair a lamp", body="The third text."), encoding="utf-8")
    file.with_name("lamp.md~").unlink()
    page.get_by_text("The third text.").wait_for()
    beside = file.with_name(".lamp.md.swp")
    beside.write_text(ARTICLE.format(title="Pair a lamp", body="The fourth text."), encoding="utf-8")
    beside.replace(file)

    page.get_by_text("The fourth text.").wait_for()


@pytest.mark.browser
def test_a_broken_article_shows_file_and_line_and_the_last_good_page_stays(serve, page):
    """While an article is broken its page shows where, over the last good text, in new tabs too; mended, all is fresh."""
    served = serve()
    page.goto(served.address + PAGE)
    (served.root / "content/en/devices/lamp.md").write_text("---\nid: kb-lamp\ntitel: Pair a lamp\n---\nBroken.\n", encoding="utf-8")
    overlay = page.get_by_role("alert")
    overlay.wait_for()

    assert re.search(r"content/en/devices/lamp\.md:3:\d+: error KB\d+", overlay.inner_text())
    assert page.get_by_text("The first text.").is_visible()

    page.reload()
    overlay.wait_for()

    assert page.get_by_text("The first text.").is_visible()

    served.save("The mended text.")
    page.get_by_text("The mended text.").wait_for()

    assert overlay.count() == 0

    served.save("Broken [link](kb:no-such-article).")
    overlay.wait_for()
    served.save("The mended text.")  # as it was: nothing to write, and still the overlay goes
    overlay.wait_for(state="detached")


@pytest.mark.browser
def test_theme_and_settings_reload_the_page(serve, page):
    """A theme folder that did not exist at the start, a file in it, an overrides folder and kbgen.toml are all seen."""
    served = serve()
    page.goto(served.address + PAGE)
    toml = served.root / "kbgen.toml"
    toml.write_text(SITE["kbgen.toml"].replace("Test Help", "Other Help"), encoding="utf-8")
    expect(page).to_have_title(re.compile("Other Help"), timeout=LIMIT * 1000)
    words = served.root / "themes/own/words/en.toml"
    words.parent.mkdir(parents=True)
    words.write_text('skip = "Jump one"\n')
    toml.write_text(SITE["kbgen.toml"] + '[theme]\nname = "own"\n', encoding="utf-8")
    page.locator(".kb-skip", has_text="Jump one").wait_for(state="attached")
    words.write_text('skip = "Jump two"\n')
    page.locator(".kb-skip", has_text="Jump two").wait_for(state="attached")
    laid = served.root / "look/words/en.toml"
    laid.parent.mkdir(parents=True)
    laid.write_text('skip = "Jump three"\n')
    toml.write_text(SITE["kbgen.toml"] + '[theme]\nname = "own"\noverrides = "look"\n', encoding="utf-8")
    page.locator(".kb-skip", has_text="Jump three").wait_for(state="attached")
    laid.write_text('skip = "Jump four"\n')

    page.locator(".kb-skip", has_text="Jump four").wait_for(state="attached")


def test_a_folder_that_is_made_again_is_watched_again(serve):
    """Another branch may take content/ away and bring it back."""
    served = serve()
    (served.root / "content").rename(served.root / "away")
    time.sleep(0.5)
    (served.root / "away").rename(served.root / "content")
    time.sleep(0.5)
    served.save("After the branch came back.")

    until(lambda: "After the branch" in served.get(f"/{PAGE}")[2])


def test_a_storm_of_events_is_a_few_builds(serve):
    """5,000 saves are not 5,000 builds, and the last one is what is shown."""
    served = serve()
    before = served.builds()
    began = time.monotonic()
    for number in range(5000):
        served.save(f"Text {number}.")
    lasted = time.monotonic() - began
    until(lambda: "Text 4999." in served.get(f"/{PAGE}")[2])

    assert served.builds() - before <= 3 + lasted / 0.4


def test_opened_files_build_nothing(serve):
    """A build opens every file; an answer to that would never end."""
    served = serve()
    before = served.text()
    for _ in range(20):
        (served.root / "content/en/devices/lamp.md").read_text(encoding="utf-8")
        (served.root / "kbgen.toml").read_text(encoding="utf-8")
        time.sleep(0.02)
    time.sleep(0.3)

    assert served.text() == before


@pytest.mark.browser
def test_a_first_build_that_fails_says_what_is_wrong(serve, page):
    """Before there is any portal each address tells what has to be mended, and becomes the portal when it is."""
    served = serve({"content/en/devices/lamp.md": "---\nid: kb-lamp\n---\n<b>x\n"})
    status, headers, body = served.get(f"/{PAGE}")

    assert (status, headers["retry-after"]) == (503, "1")
    assert "content/en/devices/lamp.md" in body

    page.goto(served.address + PAGE)
    page.locator("main pre", has_text="content/en/devices/lamp.md").first.wait_for()
    served.save("At last.")

    page.get_by_text("At last.").wait_for()

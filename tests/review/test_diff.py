"""`kbgen diff`: each change is told as a person would tell it, in the pages, in the comment and in the JSON."""

from __future__ import annotations

import re
from urllib.parse import unquote

import pytest
from review.proposals import (
    AFTER,
    FARSI,
    PICTURE,
    PRICES,
    SNIPPET,
    STEPS,
    SVG,
    TESTS,
    TRACK,
    article_of,
    begun,
    diffed,
    notes_of,
    text,
)
from review.repository import Repository, article
from selectolax.lexbor import LexborHTMLParser


@pytest.fixture
def kb(kept: Repository) -> Repository:
    """The help centre, on a branch without commits of its own."""
    begun(kept)
    return kept


def test_each_edit_is_told_as_a_person_would(kb, tmp_path):
    """A cell, a new row, a step and its successors, words of Farsi and Chinese, another picture, a link that leads elsewhere."""
    kb.commit("Edit", AFTER)
    _, report = diffed(kb, tmp_path / "report")

    assert notes_of(report, "kb-prices") == [("cell", "Express", "Price", "9.90 €", "11.90 €"), ("row_new", "Evening")]
    assert notes_of(report, "kb-steps") == [
        ("link_to", "track your order", "kb:kb-track", "kb:kb-refund"),
        ("step_new", "3", "Tick Only at home."),
        ("step_replaced", "4", "23:00", "22:30"),
        ("picture_swapped", "lamp.svg", "on.svg"),
        ("picture_alt", "on.svg", "A lamp that is off", "A lamp that is on"),
    ]
    assert notes_of(report, "kb-prices", "fa") == [("words_added", "Lumbra"), ("words_added", "حتی")]
    assert notes_of(report, "kb-prices", "zh-Hant") == [("words_replaced", "設定", "帳號")]
    assert [one["id"] for one in report["articles"]] == ["kb-steps", "kb-prices", "kb-prices", "kb-prices"]


def test_each_block_names_its_line(kb, tmp_path):
    """The table, the list and the picture are found in the file, and the page leads to that line of the source beside it."""
    kb.commit("Edit", AFTER)
    folder = tmp_path / "report"
    _, report = diffed(kb, folder)
    lines = (kb.root / STEPS).read_text(encoding="utf-8").split("\n")

    assert [lines[one["line"] - 1] for one in article_of(report, "kb-steps")["blocks"]] == [
        "Read on to [track your order](kb:kb-refund).",
        "1. Open the app.",
        '![A lamp that is on](images/on.svg "The lamp")',
    ]

    place = LexborHTMLParser((folder / "articles" / "001.html").read_text(encoding="utf-8")).css_first(".kd-place a").attributes["href"]
    file, _, anchor = place.partition("#")
    row = LexborHTMLParser((folder / "articles" / file).resolve().read_text(encoding="utf-8")).css_first(f"#{anchor}")

    assert "Read on to" in row.text()


@pytest.mark.parametrize(
    ("remote", "line"),
    [
        ("git@github.com:shop/help.git", "https://github.com/shop/help/blob/{}/content/en/devices/steps.md?plain=1#L7"),
        ("https://gitlab.example.org/a/b/help", "https://gitlab.example.org/a/b/help/-/blob/{}/content/en/devices/steps.md#L7"),
        ("ssh://git@codeberg.org/shop/help.git", "https://codeberg.org/shop/help/src/commit/{}/content/en/devices/steps.md#L7"),
        ("https://git.example.org/help.git", ""),
    ],
)
def test_a_block_leads_to_the_forge_when_its_remote_is_known(kb, tmp_path, remote, line):
    """Each forge shows a line in its own way; of a host whose name says nothing, nothing is guessed."""
    kb.git("remote", "add", "origin", remote)
    tip = kb.commit("Edit", AFTER)
    diffed(kb, tmp_path / "report")
    page = (tmp_path / "report" / "articles" / "001.html").read_text(encoding="utf-8")

    assert set(re.findall(r'<a href="(https://[^"]*#L7)"', page)) == ({line.format(tip)} if line else set())


def test_an_option_names_a_forge_of_ones_own(kb, tmp_path):
    """--forge says how a line is shown where the host's name does not."""
    tip = kb.commit("Edit", AFTER)
    diffed(kb, tmp_path / "report", "--forge", "https://git.example/{commit}/{path}?l={line}")

    assert f"https://git.example/{tip}/{STEPS}?l=7" in (tmp_path / "report" / "articles" / "001.html").read_text(encoding="utf-8")


def test_a_borrowed_text_and_a_redrawn_picture_show_where_they_are_seen(kb, tmp_path):
    """A snippet or a picture that changes alone changes the article that shows it, which no file of its own tells."""
    kb.commit("Edit", {SNIPPET: "Call 800 555 0199.\n", PICTURE: SVG.format("blue")})
    folder = tmp_path / "report"
    _, report = diffed(kb, folder)
    (told,) = report["articles"]

    assert (told["id"], told["own_file_changed"], told["approval"]) == ("kb-steps", False, None)
    assert ("picture_redrawn", "lamp.svg") in notes_of(report, "kb-steps")
    assert {file.read_text() for file in (folder / "pictures").iterdir()} == {SVG.format("red"), SVG.format("blue")}


def test_a_lost_address_is_harm_and_an_alias_is_none(kb, tmp_path):
    """A renamed file loses its address, and the report says where the article is now; with the old address as alias it leads on."""
    kb.git("mv", TRACK, "content/en/devices/follow.md")
    kb.commit("Rename")
    done, report = diffed(kb, tmp_path / "lost")
    lost = [one for one in report["addresses"] if one["url"].startswith("en/")]

    assert done.exit_code == 1
    assert report["harmful"]
    assert [(one["url"], one["change"], one["moved_to"]) for one in lost] == [
        ("en/devices/track/", "lost", "en/devices/follow/"),
        ("en/devices/follow/", "added", ""),
    ]

    named = (
        (kb.root / "content/en/devices/follow.md")
        .read_text(encoding="utf-8")
        .replace("---\n## ", "aliases: [/en/devices/track/]\n---\n## ", 1)
    )
    kb.commit("Alias", {"content/en/devices/follow.md": named})
    _, report = diffed(kb, tmp_path / "kept")
    kept = {one["url"]: (one["change"], one["after"]["name"]) for one in report["addresses"]}

    assert kept["en/devices/track/"] == ("redirected", "en/devices/follow/")


def test_links_of_others_that_break_are_listed(kb, tmp_path):
    """Who deletes an article hears which articles link to it; what was wrong before is not told again."""
    kb.commit("Delete", {TRACK: None})
    done, report = diffed(kb, tmp_path / "report")

    assert done.exit_code == 1
    assert [(one["path"], one["rule"]) for one in report["broken_links"]] == [(STEPS, "KB320")]
    assert article_of(report, "kb-track")["change"] == "gone"
    assert not any(one["rule"] == "KB152" for one in report["new_problems"])


def test_a_query_that_loses_its_article_is_told(kb, tmp_path):
    """The ranks of search-tests.toml stand side by side; one that misses is harm."""
    words = text("kb-box", "Parcel parcel", "A parcel, a parcel and a parcel.", keywords="[parcel]")
    kb.commit("Another", {"content/en/devices/parcel.md": words})
    done, report = diffed(kb, tmp_path / "report")

    assert [(one["query"], one["before"], one["after"], one["lost"]) for one in report["queries"]] == [("parcel", 1, 2, True)]
    assert done.exit_code == 1
    assert TESTS not in report["other_files"]


def test_translations_that_fall_behind_are_named_by_section(kb, tmp_path):
    """Of an original, how many sections changed, and which translations the proposal edits too."""
    kb.commit("Edit", {PRICES: AFTER[PRICES], FARSI: AFTER[FARSI]})
    _, report = diffed(kb, tmp_path / "report")
    told = article_of(report, "kb-prices")

    assert told["sections_changed"] == {"changed": 1, "of": 3}
    assert told["translations_behind"] == [{"locale": "fa", "edited_too": True}, {"locale": "zh-Hant", "edited_too": False}]
    assert article_of(report, "kb-prices", "fa")["translations_behind"] == []


def test_fields_dates_approvals_and_votes_are_told(kb, tmp_path):
    """The front matter field by field, the day on which a text appears, who has to approve it, what readers said of the text before."""
    (kb.root / "feedback.json").write_text(
        '{"schema": 1, "made_at": "2026-02-28T09:00:00+00:00", "ratings": [{"article": "kb-prices", "yes": 7, "no": 9}]}'
    )
    kb.git("switch", "--quiet", "main")
    kb.commit("Export", {"kbgen.toml": (kb.root / "kbgen.toml").read_text() + '[feedback]\nexport = "feedback.json"\n'})
    kb.git("switch", "--quiet", "--force-create", "edit")
    kb.commit("Later", {PRICES: (AFTER[PRICES] or "").replace("status: published", "status: published\npublish_at: 2026-04-01T08:00:00Z")})
    _, report = diffed(kb, tmp_path / "report")
    told = article_of(report, "kb-prices")

    assert told["fields"] == {"publish_at": {"before": "", "after": "2026-04-01T08:00:00+00:00"}}
    assert [(one["at"], one["kind"], one["id"]) for one in report["days"]] == [("2026-04-01T08:00:00+00:00", "appears", "kb-prices")]
    assert told["votes"] == {"yes": 7, "no": 9}
    assert not told["approval"]["approved"]
    assert told["approval"]["why"] == ["needs 1 of billing for category billing/**; nobody approved it"]


def test_a_file_that_is_no_article_is_told_with_its_mistake(kb, tmp_path):
    """An article whose front matter broke is named with rule and line, and is harm."""
    kb.commit("Break", {PRICES: "---\nid: kb-prices\ntitle: [\n---\nText\n"})
    done, report = diffed(kb, tmp_path / "report")

    assert done.exit_code == 1
    assert [(one["path"], one["problems"][0]["rule"][:3]) for one in report["unreadable"]] == [(PRICES, "KB1")]


def test_a_text_that_reads_the_same_is_told_apart(kb, tmp_path):
    """Line breaks in the source change nothing for readers, and the report says so instead of showing an edit."""
    kb.commit("Wrap", {TRACK: (kb.root / TRACK).read_text(encoding="utf-8").replace("Look here.", "Look\nhere.")})
    done, report = diffed(kb, tmp_path / "report")

    assert (done.exit_code, [(one["change"], one["edits"]) for one in report["articles"]]) == (0, [("unseen", [])])


@pytest.mark.parametrize(
    ("locale", "words"),
    [("en", "Step 4: “23:00” became “22:30”."), ("ca", "Pas 4"), ("ro", "Pasul 4"), ("fa", "گام ۴"), ("zh-Hant", "步驟 4")],
)
def test_the_report_speaks_the_language_of_the_reviewer(kb, tmp_path, locale, words):
    """Each language of the theme has every word; the page says its language and direction."""
    kb.commit("Edit", AFTER)
    diffed(kb, tmp_path / "report", "--locale", locale)
    page = LexborHTMLParser((tmp_path / "report" / "index.html").read_text(encoding="utf-8"))
    comment = (tmp_path / "report" / "report.md").read_text(encoding="utf-8")

    assert words in page.body.text()
    assert page.css_first("html").attributes == {"lang": locale, "dir": "rtl" if locale == "fa" else "ltr"}
    assert words in re.sub("[\u2068\u2069]", "", comment)


def test_every_link_of_the_report_leads_somewhere(kb, tmp_path):
    """Pages, sources, lines, anchors, pictures and the stylesheet are in the folder, which needs nothing from elsewhere."""
    kb.commit("Edit", {**AFTER, TRACK: None})
    folder = tmp_path / "report"
    diffed(kb, folder)
    wrong = []
    for file in folder.rglob("*.html"):
        page = LexborHTMLParser(file.read_text(encoding="utf-8"))
        assert not page.css("script, iframe, form, object, [onclick], [style]")
        for node in page.css("[href], [src]"):
            address = node.attributes.get("href") or node.attributes.get("src") or ""
            if address.startswith("https://help.example/") and node.tag == "a":
                continue
            path, _, anchor = address.partition("#")
            target = (file.parent / unquote(path)).resolve() if path else file
            found = target.is_relative_to(folder.resolve()) and target.is_file()
            if not found or (anchor and f'id="{anchor}"' not in target.read_text(encoding="utf-8")):
                wrong.append(f"{file.relative_to(folder)}: {address}")

    assert not wrong


def test_a_comment_is_never_longer_than_a_forge_takes(kb, tmp_path):
    """Of a proposal with 700 articles the first are told, and how many are not."""
    kb.commit("Many", {f"content/en/devices/a{at}.md": article(f"a{at}", "Some words that fill a line. " * 9) for at in range(700)})
    _, report = diffed(kb, tmp_path / "report")
    comment = (tmp_path / "report" / "report.md").read_text(encoding="utf-8")

    assert len(report["articles"]) == 700
    assert len(comment) <= 60_000
    assert re.search(r"and \d+ more articles", comment)

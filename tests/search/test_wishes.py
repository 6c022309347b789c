"""Synonyms, golden queries and titles: what people say of search is checked, and proved on the files of the build."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner
from search.engines import index_of

from kbgen.cache import Shelf
from kbgen.cli import main
from kbgen.model import Job, Report
from kbgen.pipeline import build
from kbgen.search import proof, wishes
from kbgen.search.analyze import Analyser, rules
from kbgen.search.query import Index

ENGLISH = Analyser(rules("en"))
HEAD = "---\nid: {id}\ntitle: {title}\ndescription: About it.\nkind: guide\nstatus: published\n---\n\n{body}\n"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A knowledge base of three articles."""
    for key, title, body in (
        ("kb-gift", "Use a gift card", "Type its number when you pay."),
        ("kb-parcel", "Your parcel is late", "Wait two days."),
        ("kb-lamp", "The lamp does not light", "Change the bulb."),
    ):
        place = tmp_path / "content" / "en" / "help" / f"{key}.md"
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(HEAD.format(id=key, title=title, body=body))
    return tmp_path


def made(root: Path) -> Report:
    """Build the knowledge base."""
    return build(Job(root=root, output=root / "dist", as_of=datetime(2026, 3, 1, tzinfo=UTC)))


def said(report: Report) -> list[tuple[str, int, str]]:
    """Return rule, line and severity of the problems of search."""
    return [(one.rule, one.line, one.severity) for one in report.problems if one.rule in wishes.RULES]


def test_a_query_that_misses_fails_the_build_and_is_named(root: Path) -> None:
    """KB901 keeps the old portal and names the query; once the article has the word, the build goes on."""
    file = root / "content" / "en" / wishes.TESTS
    file.write_text(
        '[[test]]\nquery = "voucher"\narticle = "kb-gift"\n\n[[test]]\nquery = "parcel late"\narticle = "kb-parcel"\nwithin = 1\n'
    )
    failed = made(root)
    asked = CliRunner().invoke(main, ["-C", str(root), "search", "late", "--checked", "--article", "en/help/kb-parcel/"])
    place = root / "content" / "en" / "help" / "kb-gift.md"
    place.write_text(place.read_text().replace("kind: guide", "kind: guide\nkeywords: [voucher]"))
    passed = made(root)

    assert said(failed) == [("KB901", 1, "error")]
    assert any("voucher" in one.message for one in failed.problems if one.rule == "KB901")
    assert not failed.written
    assert "Your parcel is late stands in place 1 of 1" in asked.output
    assert passed.written
    assert said(passed) == []


def test_a_warm_build_says_the_same(root: Path) -> None:
    """What was wrong is wrong in the next build too, and an article that is not there is named."""
    (root / "content" / "en" / wishes.TESTS).write_text('[[test]]\nquery = "lamp"\narticle = "kb-nowhere"\n')

    assert said(made(root)) == said(made(root)) == [("KB901", 1, "error")]


def test_a_query_for_a_hidden_article_is_a_warning(root: Path) -> None:
    """A draft, or an article whose time is over, cannot be found: the build says so and goes on."""
    place = root / "content" / "en" / "help" / "kb-lamp.md"
    place.write_text(place.read_text().replace("status: published", "status: draft"))
    (root / "content" / "en" / wishes.TESTS).write_text('[[test]]\nquery = "lamp"\narticle = "kb-lamp"\n')
    report = made(root)

    assert said(report) == [("KB901", 1, "warning")]
    assert "draft" in next(one.message for one in report.problems if one.rule == "KB901")
    assert report.written


def test_synonyms_find_and_those_that_lead_nowhere_are_told(root: Path) -> None:
    """Typed words find what they stand for, in the direction that was written."""
    (root / "content" / "en" / wishes.SYNONYMS).write_text(
        'same = [["parcel", "package"], ["qqq", "www"], ["dim", "number pay"]]\n[means]\n"gift voucher" = ["gift card"]\nbulb = ["zzz"]\n'
    )
    report = made(root)
    index = Index(lambda path: (root / "dist" / path).read_bytes(), "en/search/index.json")

    assert sorted(said(report)) == [("KB902", 1, "warning"), ("KB902", 4, "warning")]
    assert report.written
    assert index.query("package")[0].record.title == "Your parcel is late"
    assert index.query("gift voucher")[0].record.title == "Use a gift card"
    assert index.query("dim")[0].record.title == "Use a gift card"
    assert index.answer("package").corrected == ""


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("same = [[", [1]),
        ('same = "x"', [1]),
        ("same = [[1, 2]]", [1]),
        ("means = 3", [1]),
        ("\n[means]\nx = 3", [3]),
        ('other = "x"', [1]),
    ],
)
def test_broken_synonyms_are_said(text: str, lines: list[int]) -> None:
    """What cannot be read is a problem with its line, never an exception."""
    file = wishes.Wishes("content/en/synonyms.toml", text)
    file.synonyms(ENGLISH)

    assert [one.line for one in file.problems] == lines
    assert {one.rule for one in file.problems} == {"KB904"}


@pytest.mark.parametrize(
    "text",
    [
        '[[test]]\nquery = "x"\narticle = "y"\nrank = 3',
        "test = 3",
        "[[test]]\nquery = 1",
        '[[test]]\nquery = "x"',
        '[[test]]\nquery = "x"\narticle = "y"\nwithin = 0',
        "[[tst]]",
    ],
)
def test_broken_tests_are_said(text: str) -> None:
    """A test without a query or an article, or with a name that is not known, is a problem."""
    file = wishes.Wishes("content/en/search-tests.toml", text)

    assert file.tests() == []
    assert [one.rule for one in file.problems] == ["KB904"]


def test_table_of_synonyms() -> None:
    """Words are cut into forms; those with a hyphen count in both spellings, and several words of what is found have to stand together."""
    file = wishes.Wishes("x", 'same = [["Wi-Fi", "wlan"]]\n[means]\n"Gift voucher" = ["gift card"]\n')

    assert wishes.table(file.synonyms(ENGLISH)) == {
        "gift+voucher": ["gift card"],
        "wi+fi": ["wlan"],
        "wifi": ["wlan"],
        "wlan": ["wi fi", "wifi"],
    }


def test_titles_that_do_not_find_their_article_are_told() -> None:
    """An article behind others whose titles do not hold its words is named, and one that nothing finds; one among namesakes is not."""
    hiding = [
        {"title": f"Thing {n}", "keywords": ["glow lamp"] * 3, "headings": ["Lamp glow"] * 9, "body": "lamp glow " * 50} for n in range(4)
    ]
    namesakes = [{"title": "Reset the hub"} for _ in range(6)]
    weak = {"title": "Glow of a lamp"}
    lost = {"title": "Zeppelin xylophone"}
    index = index_of(*hiding, *namesakes, weak)
    articles = [
        proof.Titled(f"a{n}", f"en/help/article-{n}/", one["title"], f"{n}.md") for n, one in enumerate([*hiding, *namesakes, weak, lost])
    ]

    assert [(one.title, query) for one, query in sorted(proof.missed(index, articles, "seed"), key=lambda pair: pair[0].id)] == [
        ("Glow of a lamp", "Glow of a lamp"),
        ("Zeppelin xylophone", "Zeppelin xylophone"),
    ]


def test_quotes_ask_for_the_phrase() -> None:
    """Words in quotes have to stand so in title, heading, description or text; other words only weigh."""
    index = index_of(
        {"title": "Reset the hub"}, {"title": "The hub was reset"}, {"title": "x", "headings": ["Reset the hub now"]}, {"title": "y"}
    )

    assert {hit.record.title for hit in index.query('"reset the hub"')} == {"Reset the hub", "x"}
    assert {hit.record.title for hit in index.query("reset the hub")} == {"Reset the hub", "The hub was reset", "x"}


def test_literal_means_what_was_typed() -> None:
    """A misspelt word finds what was meant, and says so; with `literal` it finds nothing."""
    index = index_of({"title": "Reset the hub"}, {"title": "x"}, {"title": "y"})

    assert index.answer("resett").corrected == "reset"
    assert index.answer("resett").hits
    assert index.answer("resett", literal=True).hits == []


def test_simplified_finds_traditional() -> None:
    """Simplified letters, and letters that changed places, find a Traditional title."""
    index = index_of({"title": "重設密碼"}, {"title": "退貨"}, {"title": "付款"}, locale="zh-Hant")

    assert index.query("重设密码")[0].record.title == "重設密碼"
    assert index.query("重密設碼")[0].record.title == "重設密碼"


def test_search_command_explains(root: Path) -> None:
    """`kbgen search` asks the written files, in text and JSON, and says what to do when there are none."""
    run = CliRunner()
    before = run.invoke(main, ["-C", str(root), "search", "lamp"])
    made(root)
    text = run.invoke(main, ["-C", str(root), "search", "lampp", "--explain"])
    found = json.loads(run.invoke(main, ["-C", str(root), "search", "lamp", "--format", "json", "-n", "1"]).output)

    assert before.exit_code == 2
    assert "kbgen build" in before.output
    assert "The lamp does not light" in text.output
    assert "meant: lamp" in text.output
    assert "idf" in text.output
    assert found["hits"][0]["url"] == "en/help/kb-lamp/"
    assert found["words"][0]["forms"][0]["form"] == "lamp"


@pytest.mark.parametrize("locale", ["en", "de"])
def test_who_asks_a_preview_leaves_the_memory_closed(root: Path, locale: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether the search finds an index there or not."""
    made(root)
    opened, closed, close = [], [], Shelf.close
    monkeypatch.setattr(Shelf, "_open", lambda shelf, open_=Shelf._open: opened.append(shelf) or open_(shelf))
    monkeypatch.setattr(Shelf, "close", lambda shelf: closed.append(shelf) or close(shelf))
    CliRunner().invoke(main, ["-C", str(root), "search", "lamp", "--checked", "-l", locale])

    assert len(opened) == 1
    assert closed == opened


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--category", "en/hlp/"), "Did you mean  en/help/ ?"),
        (("--kind", "guid"), "Did you mean  guide ?"),
        (("--tag", "zz"), "No article has the tag zz."),
        (("-l", "de"), "It has  en"),
        (("-l", "de", "--checked"), "kbgen check"),
    ],
)
def test_search_command_names_what_there_is(root: Path, options: tuple[str, ...], said: str) -> None:
    """A filter or a language that does not exist is wrong usage, and what is near is named."""
    made(root)
    answer = CliRunner().invoke(main, ["-C", str(root), "search", "lamp", *options])

    assert answer.exit_code == 2
    assert said in answer.output


@pytest.mark.parametrize(
    ("query", "article", "said"),
    [
        ("the lamp card", "en/help/kb-gift/", ["dropped", "the", "stands in place", "it lacks  lamp", "in title"]),
        ("lamp light bulb card", "en/help/kb-gift/", ["Use a gift card is not found", "it lacks  lamp light bulb"]),
        ("lamp", "kb-gift", ["Use a gift card is not found: it holds no word"]),
        ("lamp", "en/help/nowhere/", ["the index does not have it"]),
    ],
)
def test_search_command_says_why_an_article_is_not_found(root: Path, query: str, article: str, said: list[str]) -> None:
    """A lead learns what an article lacks, by its id or its address, and which words were dropped."""
    made(root)
    answer = CliRunner().invoke(main, ["-C", str(root), "search", query, "--explain", "--article", article]).output

    assert [text for text in said if text not in answer] == []

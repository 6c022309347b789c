"""The pure parts of benchmarks/search: what it asks is what a reader might type, and what it counts is counted right."""

from __future__ import annotations

import html
import importlib
import json
import random
from pathlib import Path

import pytest

FOLDER = Path(__file__).parent.parent / "benchmarks" / "search"


@pytest.fixture
def bench(monkeypatch):
    """Import a script of the benchmark by its name."""
    monkeypatch.syspath_prepend(str(FOLDER))
    return importlib.import_module


def test_only_what_a_reader_sees_is_kept_of_markdown(bench):
    """Code, comments, pictures, tags and addresses go; words of links, lists, tables and notes stay, and so do headings."""
    text = """---
title: "One"
---
# One
Hello [there](x.md), <b>you</b> <!-- not me --> ![gone](a.png)
and `this` https://example.org/gone

```js
gone()
```

## Two {#two}
- **a** list
| x | y |
|---|---|
| 1 | 2 |
> [!NOTE]
> Mind it
"""
    page = bench("plaintext").page(text)

    assert page.fields == {"title": "One"}
    assert page.blocks == ((1, "One"), (0, "Hello there, you and this"), (2, "Two"), (0, "a list x y"), (0, "1 2"), (0, "Mind it"))


@pytest.mark.parametrize("head", ["---\n: [\n---\n", "+++\n= 1\n+++\n", "", "---\njust text\n---\n"])
def test_a_head_that_cannot_be_read_is_empty(bench, head):
    """A page of somebody else's dialect never stops the benchmark."""
    assert bench("plaintext").page(f"{head}Text").fields == {}


def test_hidden_characters_go_but_persian_keeps_its_joiners(bench):
    """ZWNJ between Arabic letters is spelling; everywhere else hidden characters are dirt."""
    assert bench("plaintext").clean("a\u200bb می\u200cشود x\u200cy " + "k" * 41) == "ab می\u200cشود xy"


@pytest.mark.parametrize(
    ("locale", "word"), [("en", "mailbox"), ("ca", "església"), ("ro", "înștiințare"), ("fa", "راهنمایی"), ("zh-Hant", "使用者權限")]
)
def test_a_slip_is_one_slip_behind_the_first_letter(bench, locale, word):
    """A mistyped word differs, keeps its first letter and is at most a letter longer or shorter."""
    slips = bench("slips")
    for seed in range(50):
        wrong = slips.typo(word, random.Random(seed), locale)

        assert wrong != word or locale == "zh-Hant"
        assert wrong[0] == word[0]
        assert abs(len(wrong) - len(word)) <= 1


@pytest.mark.parametrize(
    ("locale", "text", "other"),
    [
        ("ca", "instal·lació fàcil", "instal·lacio facil"),
        ("ro", "știri și țări", "stiri si tari"),
        ("ro", "știri", "ştiri"),
        ("fa", "کتاب می\u200cشود", "كتاب مي\u200cشود"),
        ("fa", "می\u200cشود", "می شود"),
        ("en", "sign-in isn't", "signin isn't"),
        ("zh-Hant", "郵件 A", "邮件 A"),
    ],
)
def test_other_spellings_are_those_that_people_type(bench, locale, text, other):
    """Marks off, cedillas, Arabic letters, ZWNJ, hyphens, Simplified characters; never the text itself."""
    found = bench("slips").variants(text, locale, lambda text: text.replace("郵", "邮"))

    assert other in found
    assert text not in found


def test_another_form_is_in_the_corpus_but_not_in_the_article(bench):
    """An inflected query can only be answered by an engine that knows that two forms are one word."""
    families = {"polit": ["politica", "politici", "politicile"]}

    assert bench("slips").inflected("Politica", families, lambda word: word[:5], {"politici"}) == ["politicile"]


def test_ranks_are_reciprocal_and_end_at_ten(bench):
    """First is 1, second a half, eleventh nothing; any right article counts; classes count the same however many queries they have."""
    scores = bench("scores")
    queries = [{"class": "a", "right": ["x"]}, {"class": "a", "right": ["y", "x"]}, {"class": "b", "right": ["z"]}]

    assert scores.reciprocal_rank(["n"] * 10 + ["x"], ["x"]) == 0
    assert scores.by_class(queries, [["x"], ["n", "x", "y"], []]) == {"a": 0.75, "b": 0.0, "all": 0.375}
    with pytest.raises(ValueError, match="3 queries, 1 answers"):
        scores.by_class(queries, [[]])


@pytest.mark.parametrize(("share", "value"), [(0.0, 1), (0.5, 5), (0.95, 10), (1.0, 10)])
def test_a_percentile_is_one_of_the_values(bench, share, value):
    """Nearest rank: no value between two is made up."""
    assert bench("scores").percentile(list(range(10, 0, -1)), share) == value


def test_the_best_of_a_column_is_bold_and_what_was_not_measured_is_a_dash(bench):
    """A reader of the table sees the winner of each class, also where it is not ours."""
    found = {"one": {"en": {"title": 0.5, "all": 0.5}}, "two": {"en": {"title": 1.0, "all": 0.25}, "fa": {"title": 0.1, "all": 0.1}}}
    tables = bench("scores").relevance_tables(found, ["title"])

    assert "| one | **.500** | – |" in tables
    assert "| two | .250 | **.100** |" in tables
    assert "| two | **1.000** |" in tables


@pytest.mark.parametrize(
    "text", ["a *b* _c_ `d`", "1. one", "- x", "<b>&amp;", "[a](b)", "# h", "$x$ {{y}} :smile:", "a | b", "1) x", "A. b"]
)
def test_a_text_survives_markdown_as_it_is(bench, text):
    """Every engine is given the same words, so nothing in a corpus may turn into markup of ours."""
    import markdown

    made = markdown.markdown(bench("pages").escaped(text), extensions=["tables", "admonition", "attr_list", "def_list"])

    assert html.unescape(made) == f"<p>{text}</p>"


def test_goals_say_what_was_missed(bench):
    """A figure that is worse than its bound is marked, and what was not measured is left out."""
    sizes = {"500": {"ours": {"first": 20_000, "first p95": 50_000}}}
    rows = bench("report").goals({"relevance": {"test": {"ours": {"en": {"all": 0.91}}}}, "bytes": sizes})

    assert [(row[0], row[3]) for row in rows] == [
        ("MRR@10, en", "met"),
        ("first ten results at 500 articles, kB", "met"),
        ("its p95 at 500, against the median", "**missed**"),
    ]


def test_figures_are_merged_table_by_table(bench):
    """Measuring one engine again keeps the others' figures."""
    assert bench("relevance").merged({"a": {"x": 1, "y": 2}}, {"a": {"x": 3}}) == {"a": {"x": 3, "y": 2}}


def test_a_class_that_is_short_is_said(bench):
    """A corpus that does not give enough queries of a class is no secret; a class that a language does not have is none."""
    made = {"dev": [{"class": "title"}, {"class": "title"}, {"class": "body"}], "test": [{"class": "title"}, {"class": "title"}]}

    assert bench("known").short(made, 2) == ["body 1 and 0"]


def test_a_longest_task_is_one_of_the_page(bench):
    """Of what Chromium records, only tasks of a page's own thread count, by their CPU time."""
    thread = {"pid": 1, "tid": 2, "name": "thread_name", "args": {"name": "CrRendererMain"}}
    tasks = [
        {"pid": 1, "tid": tid, "name": "ThreadControllerImpl::RunTask", "tdur": time, "dur": 9000} for tid, time in ((2, 5000), (3, 8000))
    ]

    assert bench("tasks").longest(json.dumps({"traceEvents": [thread, *tasks]})) == 5.0

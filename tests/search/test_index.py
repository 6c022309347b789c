"""The files of the index: deterministic, stable under an edit, exact in their weights, and lunr's own index beside them."""

from __future__ import annotations

import gzip
import json
import random
from contextlib import closing
from math import log
from pathlib import Path
from time import process_time
from typing import Any

import pytest
from search.engines import LOCALES, files_of, in_node, index_of, library, sample, vectors

from kbgen.cache import Shelf
from kbgen.search import analyze, blocks
from kbgen.search.blocks import BOOSTS
from kbgen.search.index import index as make_index
from kbgen.search.index import row_of
from kbgen.search.numbers import front_coded, front_decoded, name_of, read, written
from kbgen.search.reader import Shard
from kbgen.search.records import shortened
from kbgen.search.shards import Row, borders, parted, separator, shard
from kbgen.search.whole import whole

LOAD_LUNR = """
const { createRequire } = await import("node:module");
const lunr = createRequire(value.require)("lunr");
const index = lunr.Index.load(JSON.parse(value.file));
result = value.terms.map((term) => index.query((query) => query.term(term, { usePipeline: false })).map((hit) => hit.ref).sort());
"""


def values_of(files: dict[str, bytes], locale: str = "en") -> dict[str, dict[str, int]]:
    """Return form -> URL -> value of a whole index, read from its files."""
    index = index_of_files(files, locale)
    found: dict[str, dict[str, int]] = {}
    for name in index.all_shards():
        one = index.shard(name)
        for row, form in enumerate(one.forms):
            found[form] = {index.record(article).url: value for article, value in one.postings(row)}
    return found


def index_of_files(files: dict[str, bytes], locale: str = "en") -> Any:
    """Open files that were made before."""
    from kbgen.search.query import Index

    return Index(files.__getitem__, f"{locale}/search/index.json")


def test_same_articles_same_bytes() -> None:
    """The files are a pure function of the articles, whatever the order in which they come and however many processes make them."""
    articles = [{**article, "url": f"en/x/{number}/"} for number, article in enumerate(library(3, 90))]
    files = files_of(*articles)

    assert files_of(*articles) == files
    assert files_of(*articles, jobs=2) == files


@pytest.mark.parametrize("locale", ["en", "zh-Hant"])
def test_an_index_that_remembers_equals_a_fresh_one(tmp_path: Path, locale: str) -> None:
    """After edits, additions and deletions, the shelf changes nothing but time."""
    dice = random.Random(5)
    articles = [{**one, "url": f"en/{number % 7}/{number}/"} for number, one in enumerate(library(4, 260))]

    def made(some: dict[int, dict[str, Any]], near: Shelf) -> dict[str, bytes]:
        entries = [sample(number, near, locale, **article) for number, article in some.items()]
        return {path: row_of(near, key) for path, key in make_index(locale, entries, BOOSTS, near)}

    here = dict(enumerate(articles[:240]))
    with closing(Shelf(tmp_path / "shelf.sqlite")) as shelf:
        for turn in range(4):
            for number in dice.sample(sorted(here), 3):
                here[number] = {**here[number], "body": here[number]["body"] + f" turn{turn} lamp"}
            here.pop(dice.choice(sorted(here)))
            here[240 + turn] = articles[240 + turn]
            with closing(Shelf(tmp_path / f"fresh{turn}.sqlite")) as fresh:
                assert made(here, fresh) == made(here, shelf)


def test_a_frequent_word_follows_the_filters(tmp_path: Path) -> None:
    """A change of categories, kinds and tags alone changes which postings are kept, whatever the shelf remembers."""
    plain = [{"title": f"{number}", "body": "lamp lamp" if number < 600 else "lamp", "url": f"en/a/{number}/"} for number in range(700)]
    moved = [{**one, "url": one["url"].replace("/a/", "/b/")} if number > 690 else one for number, one in enumerate(plain)]
    turns = [plain, [{**one, "kind": "faq"} if number > 650 else one for number, one in enumerate(plain)], moved, plain]

    def made(articles: list[dict[str, Any]], near: Shelf) -> dict[str, bytes]:
        entries = [sample(number, near, "en", **article) for number, article in enumerate(articles)]
        return {path: row_of(near, key) for path, key in make_index("en", entries, BOOSTS, near)}

    with closing(Shelf(tmp_path / "shelf.sqlite")) as shelf:
        for turn, articles in enumerate(turns):
            with closing(Shelf(tmp_path / f"fresh{turn}.sqlite")) as fresh:
                assert made(articles, fresh) == made(articles, shelf)


def test_an_edit_changes_few_files() -> None:
    """A sentence more in one of 1,000 articles changes at most 5 percent of the files of search."""
    articles = made_up(1000)
    before = files_of(*articles)
    articles[500] = {**articles[500], "body": articles[500]["body"] + " " + articles[400]["body"][:60] + " unheard"}
    after = files_of(*articles)
    changed = {path for path in before | after if before.get(path) != after.get(path)}

    assert len(changed & set(after)) <= 0.05 * len(after)


def made_up(count: int) -> list[dict[str, Any]]:
    """Return articles of 300 words of a made-up language, few of them frequent."""
    dice = random.Random(8)
    words = sorted(
        {
            "".join(dice.choice(["ba", "co", "de", "fi", "lu", "mar", "ne", "pos", "ri", "ta"]) for _ in range(dice.randint(2, 4)))
            for _ in range(9000)
        }
    )
    dice.shuffle(words)
    weights = [1 / (rank + 8) for rank in range(len(words))]
    return [
        {
            "title": " ".join(dice.choices(words[50:], weights[50:], k=5)),
            "headings": [" ".join(dice.choices(words, weights, k=3)) for _ in range(4)],
            "body": " ".join(dice.choices(words, weights, k=300)),
            "url": f"en/c{number % 12}/{number}/",
        }
        for number in range(count)
    ]


def test_values_agree_with_lunr() -> None:
    """For every form and article, the sum over fields of lunr's vector elements divided by its idf is our value before rounding."""
    articles = library(6, 80)
    packed = {f"en/a/{number}/": analyze.pack(analyze.terms(article, "en")) for number, article in enumerate(articles)}
    lunr = lunr_values(packed)
    exact = [total / len(packed) for total in blocks.totals(packed.values())]
    for url, terms in packed.items():
        ours = {form: value for value, forms in blocks.weighed(terms, exact, BOOSTS, exact=True) for form in forms if "+" not in form}

        assert ours.keys() == lunr[url].keys()
        for form, value in ours.items():
            its, slack = lunr[url][form]

            assert value == pytest.approx(its, abs=slack + 1e-9), (url, form)


def test_written_values_agree_with_lunr() -> None:
    """What stands in the files is lunr's value to the steps of rounding: lengths to an eighth of a doubling, averages to two digits."""
    articles = [{**article, "url": f"en/a/{number}/"} for number, article in enumerate(library(6, 80))]
    lunr = lunr_values({str(article["url"]): analyze.pack(analyze.terms(article, "en")) for article in articles})
    for form, postings in values_of(files_of(*articles)).items():
        if "+" in form:
            continue
        for url, value in postings.items():
            its, slack = lunr[url][form]

            assert value / blocks.STEPS == pytest.approx(its, abs=0.05 * its + slack + 0.5 / blocks.STEPS + 1e-9), (form, url)


def lunr_values(packed: dict[str, bytes]) -> dict[str, dict[str, tuple[float, float]]]:
    """Return URL -> form -> the sum of the elements of lunr's vectors divided by lunr's idf, and what its three decimals leave open."""
    index = json.loads(whole(packed.items(), BOOSTS))
    terms = {posting["_index"]: (term, posting) for term, posting in index["invertedIndex"]}
    found: dict[str, dict[str, tuple[float, float]]] = {url: {} for url in packed}
    for ref, vector in index["fieldVectors"]:
        url = ref.partition("/")[2]
        for at, score in zip(vector[::2], vector[1::2], strict=True):
            term, posting = terms[at]
            standing = sum(len(articles) for field, articles in posting.items() if field != "_index")
            idf = log(1 + abs((len(packed) - standing + 0.5) / (standing + 0.5)))
            value, slack = found[url].get(term, (0.0, 0.0))
            found[url][term] = value + score / idf, slack + 0.0005 / idf
    return found


def test_whole_index_loads_in_lunr_js() -> None:
    """lunr.js 2.3.9 takes the whole index, letters beyond U+FFFF beside full-width ones included, and finds every article of a form."""
    articles = library(2, 40)
    packed = {f"en/a/{number}/": analyze.pack(analyze.terms(article, "en")) for number, article in enumerate(articles)}
    terms = ["reset", "lamp", "𐓘𐓙x", "退貨", "constructor", "nowhere"]
    given = {
        "require": (Path(__file__).parents[2] / "package.json").as_uri(),
        "file": whole(packed.items(), BOOSTS).decode(),
        "terms": terms,
    }
    standing = [
        sorted(url for url, row in packed.items() if any(term in forms for forms in analyze.unpack(row).values())) for term in terms
    ]

    assert in_node(LOAD_LUNR, given) == standing


def test_numbers_and_forms_come_back() -> None:
    """Numbers of every size and front-coded forms are read as they were written, and forms hold none of the marks."""
    numbers = [0, 1, 44, 45, 46, 2024, 2025, 91_124, 10**9]
    forms = sorted({form for locale in LOCALES for _, forms in vectors(locale) for form in forms}, key=analyze.utf16)

    assert read("".join(map(written, numbers))) == numbers
    assert front_decoded(front_coded(forms)) == forms
    assert name_of("ff" * 16, {name_of("ff" * 16)}) != name_of("ff" * 16)


def test_only_the_best_postings_of_a_form_are_kept() -> None:
    """A form of more articles than the cut keeps the greatest values and its true count."""
    count = 700
    files = files_of(
        *({"title": "lamp" if number % 100 == 7 else "x", "body": "lamp", "url": f"en/a/{number}/"} for number in range(count))
    )
    index = index_of_files(files)
    one = index.home("lamp")
    kept = dict(one.postings(one.row("lamp")))

    assert one.df(one.row("lamp")) == count
    assert len(kept) == 512
    assert sum(value > 60 for value in kept.values()) == 7


def test_shards_hold_what_begins_alike() -> None:
    """Borders fall between groups of letters where they can, a group that is too large is parted, and no form is lost."""
    rows = [Row(form, 1, "x" * 40) for form in sorted(f"{a}{b}{c}{d}" for a in "ab" for b in "ab" for c in "abcdef" for d in "abcdefgh")]
    shards = list(parted(rows, 500))

    assert [row for some in shards for row in some] == rows
    assert all(sum(row.size for row in some) <= 1100 for some in shards)
    assert [letters for run in borders([("a", 10), ("b", 9000), ("c", 10)], 100) for letters in run] == ["a", "b", "c"]
    assert separator("abc", "abd") == "abd"
    assert separator("abc", "b") == "b"


def test_kin_stand_together() -> None:
    """Forms of one stem find one another, at half weight; a form without kin has none."""
    index = index_of({"title": "delivery"}, {"title": "deliveries"}, {"title": "lamp"}, {"title": "x"}, {"title": "y"}, {"title": "z"})
    one = index.answer("deliveries ").words[0]

    assert one.factors["deliveries"] == 20
    assert one.factors["delivery"] == 10
    assert index.answer("lamp").words[0].factors == {"lamp": 20}


def test_empty_locale_has_an_index() -> None:
    """A locale without articles still has files, and they answer."""
    assert index_of_files(files_of()).query("anything") == []


@pytest.mark.parametrize(
    "title", ["</script><script>alert(1)", "a\u2028b\u2029c", "constructor __proto__ toString", '"quoted" \\back', "\u202e x"]
)
def test_hostile_titles_load(title: str) -> None:
    """Titles that would break out of a script or an object stay text, and their words are found."""
    index = index_of({"title": title}, {"title": "x"}, {"title": "y"})

    assert title in [hit.record.title for hit in index.query(title)]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("short", "short"),
        ("word " * 40, ("word " * 31).strip() + "…"),
        ("字" * 100, "字" * 80 + "…"),
    ],
)
def test_descriptions_are_cut(text: str, shown: str) -> None:
    """A result shows 160 letters of a description, or 80 Han characters; lengths count characters, never bytes."""
    assert shortened(text) in {shown, shown.replace("…", " word…")}


def test_broken_shards_raise() -> None:
    """A shard that is cut short is refused, so a reader knows that it is missing something."""
    data = shard([Row("lamp", 1, written(3) + written(20))], lambda form: form)
    assert Shard(data, 512).forms == ["lamp"]
    with pytest.raises(ValueError, match=r".+"):
        Shard(data[:-4], 512)


def test_cost_of_an_index() -> None:
    """1,000 articles of 300 words cost under 2 ms of CPU each to weigh and merge, and an edit of one a tenth of the whole."""
    articles = made_up(1000)
    begin = process_time()
    files = files_of(*articles)

    assert process_time() - begin < 4
    assert sum(len(gzip.compress(data, 6)) for data in files.values()) < 1_500_000

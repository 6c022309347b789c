"""What a reader finds: ranking, hostile queries, and the same hits in Python and in the browser's script."""

from __future__ import annotations

import random
from typing import Any

import pytest
from search.engines import files_of, in_node, index_of, library, random_texts

from kbgen.search.query import Index
from kbgen.search.slips import slips

ASK = """
const { load, search } = await import(`${scripts}/query.mjs`);
const get = async (url) => new Response(value.files[new URL(url).pathname.slice(1)] ?? "", { status: value.files[new URL(url).pathname.slice(1)] ? 200 : 404 });
const index = await load(`https://help.example/${value.locale}/search/index.json`, get);
result = [];
for (const [text, wish] of value.queries) {
  const hits = await search(index, text, wish);
  result.push([hits.map((hit) => [hit.number, hit.score, hit.title, hit.sections.map(({ id }) => id)]), hits.total, hits.missing]);
}
"""
HELP: tuple[dict[str, Any], ...] = (
    {
        "title": "Reset your password",
        "keywords": ["forgot"],
        "headings": ["Reset it with the app", "Reset it without e-mail"],
        "url": "en/account/reset/",
    },
    {"title": "Update payment details", "body": "Your password is asked for.", "url": "en/account/billing/update/", "kind": "faq"},
    {"title": "Return an item", "description": "How to send a parcel back", "body": "refund refund", "url": "en/orders/return/"},
    {"title": "Delivery times", "body": "how do I know when it is there", "url": "en/orders/delivery/", "kind": "faq"},
    {"title": "Two-factor authentication", "body": "account password", "url": "en/account/2fa/"},
)
HOSTILE = [
    *("", " ", "\t\n", "-x", "+", "a~", "foo^", "bogus:foo", "title:reset^2~1", '"reset', "*", "(((", "a" * 10_000, "reset " * 5_000),
    *("🙂🙂", "?!…", "\ud800", "\udc00\ud800", "__proto__", "constructor", "hasOwnProperty", "\u202ereset\u202c", "\u200f", "ｒｅｓｅｔ"),
    *("reset 退貨 رمز", "\x00\x01\x7f", "<img src=x onerror=alert(1)>", "'; drop table", "\\u0000", "%00%FF", "{query}", "$&"),
    *("e\u0301" * 500, "退" * 500, "\u0378", "\u0301"),
]


@pytest.fixture(scope="module")
def help_index() -> Index:
    """A small help centre."""
    return index_of(*HELP)


def found(index: Index, text: str, **wish: Any) -> list[str]:
    """Return the titles of the hits."""
    return [hit.record.title for hit in index.query(text, **wish)]


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("reset password", "Reset your password"),
        ("how do I reset my password", "Reset your password"),
        ("pasword", "Reset your password"),
        ("paymnet", "Update payment details"),
        ("pay", "Update payment details"),
        ("forgot", "Reset your password"),
        ("refund", "Return an item"),
        ("RETURN", "Return an item"),
        ("two factor", "Two-factor authentication"),
        ("twofactor", "Two-factor authentication"),
        ("e-mail", "Reset your password"),
        ("email", "Reset your password"),
        ("deliver", "Delivery times"),
        ("return item", "Return an item"),
    ],
)
def test_first_hit(help_index: Index, text: str, first: str) -> None:
    """Words, beginnings, slips of the finger, keywords and spellings find their article first."""
    assert found(help_index, text)[0] == first


@pytest.mark.parametrize("locale", ["en", "ca", "ro", "fa", "zh-Hant"])
@pytest.mark.parametrize("text", ["wifi", "wi-fi", "wi fi", "WI‑FI"])
def test_hyphens_do_not_matter(locale: str, text: str) -> None:
    """A word with a hyphen is found however it is typed, in every language, and nothing that holds one half of it."""
    index = index_of({"title": "Wi-Fi"}, {"title": "x", "body": "use wifi"}, {"title": "fi"}, {"title": "wi fi de"}, locale=locale)
    titles = ["Wi-Fi", "x"] if text == "wifi" else ["Wi-Fi", "wi fi de", "x"]

    assert sorted(found(index, text)) == titles


def test_what_is_typed_comes_first_where_it_is_a_keyword() -> None:
    """An article with the very query as a keyword, or as its title, comes first, little words and all."""
    index = index_of(
        {"title": "Turn on two-step sign-in", "headings": ["Sign in", "Sign in with a code"], "body": "sign in sign in"},
        {"title": "Your account is locked", "keywords": ["can't sign in"], "body": "sign in"},
        {"title": "Change your address", "keywords": ["change login"], "body": "login login"},
        {"title": "Locked out", "keywords": ["cant login"], "body": "login"},
        {"title": "x"},
    )

    assert found(index, "can't sign in")[0] == "Your account is locked"
    assert found(index, "cant login")[0] == "Locked out"


@pytest.mark.parametrize(
    ("locale", "typed", "written", "corrected"),
    [
        ("en", "resets", "reset", ""),
        ("en", "resett", "reset", "reset"),
        ("ca", "instalaren", "instalar", ""),
        ("ro", "resetarile", "resetare", ""),
        ("fa", "فراموشم", "فراموشی", ""),
    ],
)
def test_another_ending_is_no_slip(locale: str, typed: str, written: str, corrected: str) -> None:
    """A word that no article has finds what differs from it by its ending alone, and readers are not told that they mistyped it."""
    answer = index_of({"title": f"{written} xyz"}, {"title": "a"}, {"title": "b"}, locale=locale).answer(typed)

    assert [hit.record.title for hit in answer.hits] == [f"{written} xyz"]
    assert answer.corrected == corrected


def test_a_number_and_its_unit() -> None:
    """A number that is written together with its unit finds both, wherever they stand in an article."""
    index = index_of({"title": "x", "body": "2.4 and 5 GHz"}, {"title": "y", "body": "5 lamps"}, {"title": "GHz"})

    assert found(index, "5ghz") == ["x"]
    assert index.answer("5ghz").corrected == ""


def test_a_mended_slip_finds_other_forms_too() -> None:
    """What was meant by a slip brings its singular and plural along."""
    index = index_of({"title": "Change the battery"}, {"title": "x", "body": "batteries"}, {"title": "y"}, {"title": "z"})

    assert set(found(index, "bateries")) == {"Change the battery", "x"}


def test_a_longer_word_weighs_less_than_the_word() -> None:
    """A word that articles have is not outdone by words that begin so."""
    index = index_of({"title": "x", "body": "t'han rebutjat " * 3}, {"title": "y", "body": "el rebut"}, {"title": "z"}, locale="ca")

    assert found(index, "rebut") == ["y", "x"]


def test_all_words_come_first(help_index: Index) -> None:
    """An article with all the words stands before those with some; what holds too little of the query is no hit."""
    assert found(help_index, "account password")[0] == "Two-factor authentication"
    assert "Delivery times" not in found(help_index, "how do I reset my password")


def test_filters(help_index: Index) -> None:
    """A category takes its sub-categories along, a kind stands alone, and both together narrow."""
    assert found(help_index, "password", category="en/account/billing/") == ["Update payment details"]
    assert set(found(help_index, "password", category="en/account/")) == {
        "Reset your password",
        "Update payment details",
        "Two-factor authentication",
    }
    assert found(help_index, "password", kind="faq", category="en/orders/") == []


def test_sections_name_the_headings(help_index: Index) -> None:
    """A hit names at most two headings that speak of the query, the best first."""
    assert [text for _, text in help_index.query("reset app")[0].sections] == ["Reset it with the app", "Reset it without e-mail"]
    assert help_index.query("refund")[0].sections == ()


def test_limit_and_order() -> None:
    """No more hits than wished for, and equal scores in the order of the index."""
    index = index_of(*({"title": "Same words"} for _ in range(15)))
    numbers = [hit.number for hit in index.query("same", limit=15)]

    assert numbers == sorted(numbers)
    assert [hit.number for hit in index.query("same", limit=4)] == numbers[:4]


def test_a_word_that_every_article_holds_finds_them() -> None:
    """The name of the house stands in every article: it finds them all, the one that is called so first."""
    index = index_of(*({"title": f"Number {number}", "body": "Acme"} for number in range(1100)), {"title": "Acme"})

    assert found(index, "acme")[0] == "Acme"
    assert len(found(index, "acme")) == 10


def test_light_words_alone_are_words() -> None:
    """A query of little words only still finds: nothing is a stop word."""
    index = index_of({"title": "To be or not to be"}, {"title": "Something else"}, {"title": "And this"}, {"title": "Fourth lamp"})

    assert found(index, "to be or not to be")[0] == "To be or not to be"


@pytest.mark.parametrize(("locale", "title", "text"), [
    ("ca", "L'actualització de la col·lecció", "col.leccio actualitzacio"),
    ("ro", "Știri despre plăți", "ştiri plati"),
    ("fa", "بازنشانی کتاب‌ها", "كتابها"),
    ("zh-Hant", "如何重設密碼", "密碼"),
    ("zh-Hant", "如何重設密碼", "密"),
])  # fmt: skip
def test_spellings_of_each_language(locale: str, title: str, text: str) -> None:
    """Each language is found in the spellings that its readers type."""
    index = index_of({"title": "x y"}, {"title": title}, {"title": "z"}, {"title": "w"}, locale=locale)

    assert found(index, text) == [title]


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_query_is_text(help_index: Index, text: str) -> None:
    """Nothing that can be typed raises, and only the first 200 characters count."""
    assert help_index.query(text) == help_index.query(text[:200])


def test_operators_are_text(help_index: Index) -> None:
    """A minus or a colon is no operator."""
    assert found(help_index, "-reset") == found(help_index, "reset") == found(help_index, "+reset*")


@pytest.mark.parametrize("data", [b"", b"{}", b"[]", b"null", b'{"version":3}', b'{"version":2}', b'{"version":2,"rules":[]}', b"\xff"])
def test_no_index_is_said(data: bytes) -> None:
    """Bytes that are no manifest raise ValueError, nothing else."""
    with pytest.raises(ValueError, match=r".+"):
        Index(lambda _: data, "en/search/index.json")


@pytest.mark.parametrize(
    ("one", "other", "steps"),
    [
        ("reset", "rest", 1),
        ("reset", "rseet", 1),
        ("reset", "resat", 1),
        ("reset", "resets", 1),
        ("reset", "eset", 1),
        ("reset", "restes", 2),
        ("reset", "rst", 2),
        ("reset", "tester", 3),
        ("abcd", "badc", 2),
        ("abc", "cba", 2),
        ("aab", "aba", 1),
        ("", "ab", 2),
        ("", "abc", 3),
    ],
)
def test_slips(one: str, other: str, steps: int) -> None:
    """Letters put in, left out, changed, and neighbours swapped are counted, in either direction, and no further than is asked for."""
    assert slips(one, other, 2) == slips(other, one, 2) == steps
    assert slips(one, other, 1) == slips(other, one, 1) == min(steps, 2)


@pytest.mark.parametrize(("locale", "count"), [("en", 60), ("ca", 400), ("zh-Hant", 300)])
def test_both_readers_find_the_same(locale: str, count: int) -> None:
    """Python and the browser's script give the same hits, scores and sections for queries of every kind, in one shard or many."""
    articles = library(9, count)
    files = files_of(*articles, locale=locale)
    index = Index(files.__getitem__, f"{locale}/search/index.json")
    dice = random.Random(2)
    words = " ".join(article["title"] + " " + article["body"] for article in articles).split()
    typed = [" ".join(dice.choices(words, k=dice.randint(1, 6))) for _ in range(150)]
    typed += [text[: dice.randint(1, len(text))] for text in typed]
    typed += [text.replace(" ", dice.choice(["-", "", " "]), 1) for text in typed[:150]]
    typed += ["".join(dice.sample(text, len(text))) if len(text) < 9 else text.replace("e", "", 1) for text in typed]
    texts = [text.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass") for text in typed + HOSTILE + random_texts(3, 200)]
    wishes = [{"category": dice.choice(["", "", "en/account/"]), "kind": dice.choice(["", "", "faq"])} for _ in texts]

    def rows(text: str, wish: dict[str, str]) -> list[Any]:
        answer = index.answer(text, **wish)
        hits = [[hit.number, hit.score, hit.record.title, [anchor for anchor, _ in hit.sections]] for hit in answer.hits]
        return [hits, answer.total, []]

    own = [rows(*query) for query in zip(texts, wishes, strict=True)]
    given = {path: data.decode() for path, data in files.items()}

    assert in_node(ASK, {"files": given, "locale": locale, "queries": list(zip(texts, wishes, strict=True))}) == own
    assert sum(bool(hits) for hits, _, _ in own) > 200


@pytest.mark.parametrize(
    ("wish", "value"),
    [("category", "en/a1/"), ("category", "en/a29/"), ("kind", "video"), ("tag", "t0"), ("tag", "t199")],
)
def test_filters_find_what_a_frequent_word_has(frequent_index: dict[str, bytes], wish: str, value: str) -> None:
    """A word that stands in 1,500 articles finds some in each category, kind and tag, also where it weighs least; the browser too."""
    index = Index(frequent_index.__getitem__, "en/search/index.json")
    hits = index.query("lamp", **{wish: value})
    queries = [["lamp", {wish: value}]]
    given = {path: data.decode() for path, data in frequent_index.items()}
    [[rows, total, missing]] = in_node(ASK, {"files": given, "locale": "en", "queries": queries})

    assert len(hits) >= 7
    assert [row[0] for row in rows] == [hit.number for hit in hits]
    assert (total >= len(hits), missing) == (True, [])


@pytest.fixture(scope="module")
def frequent_index() -> dict[str, bytes]:
    """1,500 articles with one word: in the titles of 600, which are all of one category; in the text of the others."""
    plain = [
        {"title": f"Number {number}", "body": "lamp", "url": f"en/a{number % 30}/b/{number}/", "tags": [f"t{number % 30}"]}
        for number in range(900)
    ]
    for one in plain[-7:]:
        one |= {"kind": "video", "tags": ["t199"]}
    strong = [{"title": f"Lamp {number}", "url": f"en/strong/{number}/", "kind": "faq"} for number in range(600)]
    return files_of(*strong, *plain)

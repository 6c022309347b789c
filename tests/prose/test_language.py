"""What a check says of words: agreed terms, spelling, long sentences, telephone numbers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from checkup.asking import check, found

from kbgen.prose import spelling

HEAD = "---\nid: kb-a\ntitle: {title}\ndescription: {description}\nstatus: published\nkeywords: [log in]\n---\n"
TERMS = '[[term]]\nwrite = "sign in"\nnot = ["log in", "log on"]\nwhy = "the button says so"\n[[term]]\nwrite = "e-mail address"\nnot = ["e-mail"]\n'
PLACE = "content/en/a.md"


def article(body: str, title: str = "About", description: str = "All about it") -> str:
    """Write an article."""
    return HEAD.format(title=title, description=description) + body + "\n"


def said(root: Path, rule: str, *words: str) -> list[tuple[int, int, str]]:
    """Return line, column and message of what a rule says."""
    return [(one["line"], one["column"], one["message"]) for one in found(root, *words) if one["rule"] == rule]


@pytest.fixture
def dictionary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A dictionary of English with a dozen words, where hunspell would look for it."""
    folder = tmp_path / "dictionaries"
    folder.mkdir()
    listed = ["all", "about", "it", "the", "lamp", "is", "good", "re", "open", "colour", "house", "a", "see"]
    (folder / "en_XX.aff").write_text("SET UTF-8\nTRY esianrtolcdugmphbyfvkwz\n")
    (folder / "en_XX.dic").write_text("\n".join([str(len(listed)), *listed]) + "\n")
    (folder / "fa.aff").write_text("SET UTF-8\n")
    (folder / "fa.dic").write_text("2\nخانه\nها\n")
    monkeypatch.setenv("DICPATH", str(folder))
    monkeypatch.setattr(spelling, "PLACES", ())
    spelling.dictionaries_of.cache_clear()
    yield folder
    spelling.dictionaries_of.cache_clear()


def test_a_term_has_one_name(site_factory):
    """What is not to be written is found in any case, in title and description too, but not in code, addresses or keywords."""
    text = article("Log in  here, `log in`, [log\nin](https://log.example/log-in) or log\u00a0on. Catalog in sight.", title="Log in again")
    root = site_factory({"kbgen.toml": "", PLACE: text, "content/en/terms.toml": TERMS})

    assert said(root, "KB504") == [
        (3, 8, "Log in is called sign in here: the button says so"),
        (8, 1, "Log in is called sign in here: the button says so"),
        (9, 36, "log\u00a0on is called sign in here: the button says so"),
    ]


def test_terms_are_written_by_fix_once(site_factory):
    """--fix keeps the capital and the rest of the line; what is right already, or part of what is right, stays."""
    root = site_factory(
        {"kbgen.toml": "", PLACE: article("Log in with your e-mail. Or log on: e-mail address."), "content/en/terms.toml": TERMS}
    )
    check(root, "--fix")
    text = (root / PLACE).read_text()
    check(root, "--fix")

    assert "Sign in with your e-mail address. Or sign in: e-mail address." in text
    assert "keywords: [log in]" in text
    assert (root / PLACE).read_text() == text


def test_terms_of_languages_without_spaces(site_factory):
    """In Chinese a word is found between others; another locale's terms do not count."""
    config = "[locales.en]\n[locales.zh-Hant]\n"
    terms = '[[term]]\nwrite = "帳號"\nnot = ["賬戶"]\n'
    root = site_factory(
        {
            "kbgen.toml": config,
            PLACE: article("賬戶"),
            "content/zh-Hant/a.md": article("打開賬戶設定。"),
            "content/zh-Hant/terms.toml": terms,
        }
    )

    assert [one["path"] for one in found(root) if one["rule"] == "KB504"] == ["content/zh-Hant/a.md"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("x = [", ""),
        ("[term]\nwrite = 1\n", "a term needs text to write, and a list of what not to write"),
        ('[[term]]\nwrite = "a"\n', "a term needs text to write, and a list of what not to write"),
        ('[[term]]\nwrite = "a"\nnot = ["a"]\n', "what is to be written is forbidden too"),
        ('[[term]]\nwrite = "a"\nnot = ["b"]\nwhen = "c"\n', "when is not known in a term"),
        ("[[terms]]\n", "terms is not known here"),
    ],
)
def test_a_bad_terms_file_is_told(site_factory, text, message):
    """What cannot be read is an error with its line, and the rest goes on."""
    root = site_factory({"kbgen.toml": "", PLACE: article("A text."), "content/en/terms.toml": text})
    told = [one for one in found(root) if one["rule"] == "KB505"]

    assert told
    assert all(one["line"] > 0 and one["path"] == "content/en/terms.toml" for one in told)
    assert message in told[0]["message"]


def test_misspelt_words_are_advice(site_factory, dictionary):
    """An unknown word is told with its place and what may be meant; it never fails a check, and a build says nothing of it."""
    root = site_factory({"kbgen.toml": "", PLACE: article("The lampp is good.")})
    done = check(root, "--mode", "edit", "--strict")

    assert "content/en/a.md:8:5: advice KB503: the dictionary does not know lampp" in done.stdout
    assert "Did you mean lamp?" in done.stdout
    assert done.exit_code == 0
    assert said(root, "KB503") == []


def test_what_is_no_word_of_the_language_is_left_alone(site_factory, dictionary):
    """Names, abbreviations, code, addresses, keys, boxes, variables and words of the house are not looked up; parts of words are."""
    body = (
        "The Zorblax is good, USB, iPhone, v2x, `lampp`, xlamp.example.org, https://qqq.example, <kbd>qwrt</kbd>, ++ctrl+qwrt++.\n\n"
        '!!! zzznote "The lamp"\n    The lamp.\n\n{{ qwxyz }} re-open. Wobble. See /wibble/wobble.'
    )
    root = site_factory(
        {"kbgen.toml": "", PLACE: article(body), "content/en/words.txt": "# ours\nwobble\n", "content/_vars.toml": 'qwxyz = "zzz"\n'}
    )

    assert said(root, "KB503", "--mode", "edit") == []


def test_another_dictionary_is_another_answer(site_factory, dictionary):
    """What is remembered of a text is forgotten when words.txt or the dictionary changes."""
    root = site_factory({"kbgen.toml": "", PLACE: article("The lampp is good.")})
    before = said(root, "KB503", "--mode", "edit")
    (dictionary / "en_XX.dic").write_text("14\nlampp\n" + (dictionary / "en_XX.dic").read_text().partition("\n")[2])
    spelling._opened.cache_clear()

    assert len(before) == 1
    assert said(root, "KB503", "--mode", "edit") == []


def test_persian_words_are_looked_up_in_their_parts(site_factory, dictionary):
    """An ending behind a joiner is a part; Latin words in a Persian text are not asked for."""
    root = site_factory(
        {
            "kbgen.toml": "[locales.en]\n[locales.fa]\n",
            PLACE: article("All."),
            "content/fa/a.md": article("خانه‌ها lampp کلمهه.", "خانه", "خانه"),
        }
    )

    assert [message for *_, message in said(root, "KB503", "--mode", "edit")] == ["the dictionary does not know کلمهه"]


def test_a_dictionary_of_the_content_is_not_read(site_factory, dictionary, monkeypatch):
    """Whoever proposes a text does not choose what reads it."""
    monkeypatch.delenv("DICPATH")
    spelling.dictionaries_of.cache_clear()
    root = site_factory(
        {
            "kbgen.toml": "",
            PLACE: article("Lampp."),
            "en.aff": "SET UTF-8\n",
            "en.dic": "0\n",
            "content/en/en.aff": "",
            "content/en/en.dic": "0\n",
        }
    )
    monkeypatch.chdir(root)

    assert said(root, "KB503", "--mode", "edit") == []


def test_long_sentences_are_advice_where_they_stand(site_factory):
    """A long sentence is told with its line; one that a snippet brings is not."""
    long = "Open the " + "very " * 30 + "good box."
    root = site_factory(
        {
            "kbgen.toml": "",
            PLACE: article(f"First.\n\n{long}\n\n{{{{ snippet s }}}}"),
            "content/_snippets/en/s.md": long.replace("Open", "Close"),
        }
    )

    assert said(root, "KB502", "--mode", "edit") == [(10, 1, "this sentence has 34 words")]


def test_hard_texts_are_advice(site_factory):
    """A text of an office is told once, with score and formula."""
    hard = "Notwithstanding organisational considerations, administrative representatives investigate international documentation requirements. "
    root = site_factory({"kbgen.toml": "", PLACE: article(hard * 12)})
    told: list[Any] = [one for one in found(root, "--mode", "edit") if one["rule"] == "KB501"]

    assert len(told) == 1
    assert told[0]["severity"] == "advice"
    assert "Flesch" in told[0]["message"]


def test_phones_and_bank_accounts(site_factory):
    """A number that somebody may answer is advice, one of nobody nothing; an IBAN whose digits check is a warning."""
    body = "+34 612 345 678, [call](tel:+34612345678), `+34 612 345 678`, +34 900 000 000.\n\nES91 2100 0418 4502 0005 1332 or ES91 2100 0418 4502 0005 1333 or ES00 0000 0000 0000 0000 0000"
    root = site_factory({"kbgen.toml": "", PLACE: article(body)})

    assert [place[:2] for place in said(root, "KB824", "--mode", "edit")] == [(8, 1)]
    assert [place[:2] for place in said(root, "KB825")] == [(10, 1)]


def test_a_text_that_is_made_to_be_slow_ends(site_factory):
    """Thousands of openings that nothing closes are checked in bounded time."""
    root = site_factory({"kbgen.toml": "", PLACE: article("`<!-- ` " * 5_000), "content/en/terms.toml": TERMS})

    assert check(root, "--mode", "edit").exit_code in {0, 1}

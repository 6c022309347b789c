"""Front matter's names and letters: ids, slugs, aliases, and characters that nobody sees."""

from __future__ import annotations

import pytest

from kbgen import head
from kbgen.model import Head, Problem

PATH = "content/en/account/reset-password.md"
LEAST = "id: kb-7f3k2q\ntitle: Reset your password\ndescription: How to choose a new one.\n"


def read(line: str, path: str = PATH) -> tuple[Head | None, tuple[Problem, ...]]:
    """Read a whole head with one more line."""
    return head.read(LEAST + line, path)


@pytest.mark.parametrize(
    "name", ["../../etc/x", "/abs", "C:\\x", "a/./b", ".", "..", "con", "COM1", "aux.md", "lpt9.txt", "x" * 300, "字" * 70, "name."]
)
def test_slugs_that_no_system_should_see_are_refused(name: str) -> None:
    """W13: a slug is one plain name."""
    found, problems = read(f"slug: '{name}'")

    assert found is None
    assert [problem.rule for problem in problems] == ["KB115"]
    assert problems[0].remedy.startswith("Write  ")


@pytest.mark.parametrize(
    "name", ["two words", "a\u200bb", "a\u200cb", "a\u202eb", "a?b", "a#b", "a%2eb", ".hidden", "-x", "a\u0301" + "\u0301" * 12, "🙂"]
)
def test_slugs_with_deceiving_signs_are_refused(name: str) -> None:
    """W13, W31: invisible characters and signs that mean something in a URL are named."""
    found, problems = read(f"slug: '{name}'")

    assert found is None
    assert {problem.rule for problem in problems} == {"KB115"}


@pytest.mark.parametrize(
    "name", ["reset-password", "بازیابی-رمز", "نیم\u200cفاصله", "重設密碼", "îndrumător", "v1.2", "हिन्दी", "a_b", "Reset"]
)
def test_slugs_of_every_script_are_fine(name: str) -> None:
    """A slug may be read in the address bar by those whom it is for."""
    found, problems = read(f"slug: {name}")

    assert problems == ()
    assert found is not None
    assert found.slug == name


def test_slugs_are_composed() -> None:
    """W14: two ways to write one letter are one slug."""
    found, _ = read("slug: cafe\u0301")

    assert found is not None
    assert found.slug == "café"


@pytest.mark.parametrize(("name", "words"), [("aux.md", "Windows"), ("my file.md", "a space"), ("x.md.md", ""), ("a\u202eb.md", "U+202E")])
def test_a_files_name_obeys_too_when_there_is_no_slug(name: str, words: str) -> None:
    """A file's name becomes the URL, so it is checked; a slug takes its place."""
    _, problems = head.read(LEAST, f"content/en/{name}")
    found, none = head.read(f"{LEAST}slug: fine\n", f"content/en/{name}")

    assert none == ()
    assert found is not None
    assert [problem.rule for problem in problems] == (["KB115"] if words else [])
    assert all(words in problem.message for problem in problems)


@pytest.mark.parametrize(
    "alias",
    [
        *("//evil.example/", "/\\evil.example", "\\\\evil", "/\t/evil.example", "/%2F/evil", "%2F%2Fevil", "javascript:alert(1)"),
        *("https://evil.example/", "old/", "/a/../b", "/a/%2e%2e/b", "/a//b", "/a?b", "/a#b", "/a\u202eb", "/", "/" + "x" * 600),
        *("/a%00b", "/a%ffb"),
    ],
)
def test_aliases_stay_on_this_site(alias: str) -> None:
    """W15, W16: whatever a browser could take for another site is refused, encoded or not."""
    found, problems = read(f'aliases: ["{alias}"]' if "\\" not in alias else f"aliases: ['{alias}']")

    assert found is None
    assert [problem.rule for problem in problems] == ["KB403"]


@pytest.mark.parametrize(
    ("sign", "name"),
    [
        *((sign, f"U+{ord(sign):04X}") for sign in "\u202e\u2066\u200b\u2060\ufeff\u200c\U000e0041"),
        ("z" + "\u0301" * 12, "combining marks"),
    ],
)
@pytest.mark.parametrize("field", ["title", "description", "owner"])
def test_hidden_characters_are_named_by_code_point(sign: str, name: str, field: str) -> None:
    """W31: text that reads differently from what it is does not reach a page."""
    front = LEAST if field == "owner" else LEAST.replace(f"{field}:", "#")
    found, problems = head.read(f"{front}{field}: ab{sign}c\n", PATH)

    assert found is None
    assert {problem.rule for problem in problems} == {"KB108"}
    assert name in problems[0].message
    assert (problems[0].line, problems[0].column) == (5, len(field) + 5 + (sign[0] == "z"))


def test_hidden_characters_are_found_in_lists_and_escapes() -> None:
    """Tags and keywords are looked at too, and an escape in quotes hides nothing."""
    _, problems = read('tags: [ok, "a\\u202Eb"]\nkeywords: ["c\u200bd"]\n')

    assert [(problem.rule, problem.line) for problem in problems] == [("KB108", 5), ("KB108", 6)]


@pytest.mark.parametrize(
    "text", ["نیم\u200cفاصله", "می\u200cشود", "قیمت \u200fEUR", "\u2068abc\u2069", "👩\u200d💻", "e\u0301", "हिन्दी", "ẹ̀kọ́"]
)
def test_what_languages_need_is_kept(text: str) -> None:
    """W31: joiners in Persian, direction marks, balanced isolates, joined emoji and real combining marks stay."""
    found, problems = head.read(f"id: abc\ntitle: {text}\ndescription: {text}\n", PATH)

    assert problems == ()
    assert found is not None


@pytest.mark.parametrize("name", ["ab", "-ab", "ab-", "a--b", "Äb1", "KB-123", "a b c", "a" * 81])
def test_ids_are_plain(name: str) -> None:
    """An id stands in links and addresses, so it holds nothing that has to be escaped."""
    _, problems = head.read(f"id: {name}\ntitle: t\ndescription: d\n", PATH)

    assert [problem.rule for problem in problems] == ["KB114"]


def test_an_id_of_digits_is_text() -> None:
    """0123 is not octal and not shortened."""
    found, _ = head.read("id: 0123\ntitle: t\ndescription: d\n", PATH)

    assert found is not None
    assert found.id == "0123"

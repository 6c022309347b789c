"""Front matter that is wrong: each slip has its rule, its place and what to type."""

from __future__ import annotations

import time

import pytest

from kbgen import head
from kbgen.model import Head, Problem

PATH = "content/en/account/reset-password.md"
LEAST = "id: kb-7f3k2q\ntitle: Reset your password\ndescription: How to choose a new one.\n"


def read(line: str, path: str = PATH) -> tuple[Head | None, tuple[Problem, ...]]:
    """Read a whole head with one more line."""
    return head.read(LEAST + line, path)


SYNTAX = [
    ("\ttitle: x\n", "a tab is used to indent", 1, 1),
    ("title: a\ntags:\n\t- b\n", "a tab is used to indent", 3, 1),
    ("title: Billing: what is new\n", "a colon stands in text without quotes", 1, 8),
    ("id: a\ntitle:Reset\ntags: [b]\n", "a space is missing after title:", 2, 6),
    ("title:Reset\n", "a space is missing after title:", 1, 6),
    ('title: "abc\nid: c\n', "a quote is opened and not closed", 1, 8),
    ("title: 'abc\nid: c\n", "a quote is opened and not closed", 1, 8),
    ("tags: [a, b\nid: x\n", "a list in brackets is not closed, or a comma is missing in it", 1, 7),
    ("review: {every: 3mo\nid: x\n", "a table in braces is not closed, or a comma is missing in it", 1, 9),
    ("title：Reset\nid: b\n", "this is the full-width colon ：", 1, 6),
    ("id: b\ntitle：Reset\n", "this is the full-width colon ：", 2, 6),
    ("review:\n  every: 3mo\n risk: low\n", "this line does not fit", 3, 2),
    ("title: a\n  id: b\n", "a colon stands where no key is expected", 2, 5),
    ("title: 'It's broken'\nid: c\n", "this line does not fit", 1, 12),
    ("tags: - a\n", "a list cannot begin on the line of its key", 1, 7),
    ('title: "a\\qb"\n', "\\ begins an escape inside double quotes", 1, 10),
    ('title: "a\\ud800b"\n', "\\ begins an escape inside double quotes", 1, 10),
    ("title: @home\n", "text cannot begin with @ without quotes", 1, 8),
    ("title: 50%\nowner: %x\n", "text cannot begin with % without quotes", 2, 8),
    ("title: a\njust text\nid: b\n", "this line is not  key: value", 2, 1),
    ("tags: [a,,b]\n", "a value is missing here", 1, 10),
    ("description: | text\n  more\n", "text after | or > has to begin on the next line", 1, 16),
    ("title: a\n... \nid: b\n", "a line that begins with % or ... does not belong in front matter", 3, 1),
    ("title: *\n", "text cannot begin with & or * without quotes", 1, 9),
]


@pytest.mark.parametrize(("front", "message", "line", "column"), SYNTAX)
def test_yaml_mistakes_are_told_in_plain_words(front: str, message: str, line: int, column: int) -> None:
    """Broken YAML is one problem, at its place, without the parser's jargon (W32: a full-width colon too)."""
    found, problems = head.read(front, PATH)

    assert found is None
    assert [problem.rule for problem in problems] == ["KB110"]
    assert problems[0].message.startswith(message)
    assert (problems[0].line, problems[0].column) == (line + 1, column)
    assert problems[0].remedy


def test_a_title_with_a_colon_is_shown_in_the_quotes_that_it_needs() -> None:
    """The remedy can be copied, whichever quotes the text holds."""
    remedies = [head.read(f"title: {text}\n", PATH)[1][0].remedy for text in ("One: two", 'Say "x": y', """It's "x": y""")]

    assert remedies[0] == 'Write  title: "One: two"'
    assert remedies[1] == "Write  title: 'Say \"x\": y'"
    assert "double quotes" in remedies[2]


@pytest.mark.parametrize(("front", "kind"), [("- a\n- b\n", "a list"), ("Hello there\n", "text"), ("[a, b]\n", "a list"), ("42\n", "text")])
def test_front_matter_that_is_no_table_is_refused(front: str, kind: str) -> None:
    """W3: a list or a scalar is not silently empty metadata."""
    found, (problem,) = head.read(front, PATH)

    assert found is None
    assert (problem.rule, problem.message) == ("KB116", f"front matter must be key: value, this is {kind}")


def test_a_key_that_stands_twice_names_both_lines() -> None:
    """W4: the last one does not win."""
    found, (problem,) = read("status: draft\norder: 1\nstatus: published\n")

    assert found is None
    assert (problem.rule, problem.line) == ("KB105", 7)
    assert "line 5" in problem.message


def test_a_key_that_stands_twice_in_a_table_is_found() -> None:
    """Duplicates are refused at every depth, and what they hold is looked at as well."""
    _, problems = read("review: {every: 3mo, every: 6mo}\norder: 1\norder: &a 2\n")

    assert [problem.rule for problem in problems] == ["KB105", "KB105", "KB106"]


@pytest.mark.parametrize(
    "line",
    [
        "owner: !!python/object/apply:os.system [ls]",
        "owner: !!python/name:os.system",
        "owner: !thing x",
        "tags: !!set {a, b}",
        "owner: ! x",
        "!!str owner: x",
    ],
)
def test_tags_are_refused(line: str) -> None:
    """W5: nothing is made of a tag."""
    found, problems = read(line)

    assert found is None
    assert [problem.rule for problem in problems] == ["KB107"]
    assert problems[0].line == 5


BOMB = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{key}: &{key} [{','.join([f'*{last}'] * 9)}]\n" for last, key in zip("abcdefgh", "bcdefghi", strict=True)
)


@pytest.mark.parametrize(
    "front",
    [BOMB, "a: &a [*a]\n", "a: &a {b: c}\nd:\n  <<: *a\n", "<<: {a: b}\n", "a: *b\n", "&a title: x\n", "a: *a\n" * 8000],
    ids=["bomb", "recursive", "merge", "merge without alias", "alias", "anchored key", "many"],
)
def test_anchors_are_refused_at_once(front: str) -> None:
    """W6: an alias bomb costs less than 50 ms, measured with room."""
    head.read(LEAST, PATH)  # libraries are loaded
    begun = time.process_time()
    found, problems = head.read(front, PATH)
    spent = time.process_time() - begun

    assert found is None
    assert {problem.rule for problem in problems} == {"KB106"}
    assert spent < 0.05


@pytest.mark.parametrize(
    "front",
    [
        "[" * 10_000,
        "a: " + "[" * 60_000,
        "a: " + "{a: " * 10_000,
        "- " * 20_000,
        "a: " + "9" * 60_000,
        "a: -" + "1" * 1001,
        "a: 0." + "1" * 5000,
    ],
    ids=["lists", "many lists", "tables", "block lists", "number", "just too long", "float"],
)
def test_what_is_too_deep_or_too_long_is_refused(front: str) -> None:
    """W9: deep nesting and huge numbers end in one problem, soon."""
    begun = time.process_time()
    found, problems = head.read(front, PATH)

    assert found is None
    assert [problem.rule for problem in problems] == ["KB103"]
    assert time.process_time() - begun < 0.5


def test_long_front_matter_is_refused_by_read_too() -> None:
    """A caller that did not cut the file itself meets the same limit."""
    found, (problem,) = head.read("a: b\n" * 20_000, PATH)

    assert found is None
    assert (problem.rule, problem.line) == ("KB103", 0)


@pytest.mark.parametrize("text", ["no", "1.10", "12:30:45", "2026-02-30", "0x1F", "1e3", "true", "2026", "yes", "0o17", "1_000", ".5"])
def test_text_stays_as_it_was_typed(text: str) -> None:
    """W8: where text is due, nothing becomes false, 1.1 or a number of seconds."""
    found, problems = head.read(f"id: kb-7f3k2q\ntitle: {text}\ndescription: {text}\ntags: [{text}]\n", PATH)

    assert problems == ()
    assert found is not None
    assert (found.title, found.description, found.tags) == (text, text, (text,))


VALUES = [
    ("tags: foo", "KB104", "tags has to be a list, not text", "Write  [foo]"),
    ("tags: {a: b}", "KB104", "tags has to be a list, not a table", "Write  tags: [password, account]"),
    ("tags: [[a]]", "KB104", "tags, item 1 has to be text, not a list", "Write  tags: [password, account]"),
    ("tags: ['']", "KB104", "tags, item 1 is empty", "Remove it"),
    ("authors:\n  -\n", "KB104", "authors, item 1 is empty", "Write  authors: [Ana Puig, Bob Ionescu]"),
    (
        "status: publishd",
        "KB104",
        "status is not one of the known words",
        "Did you mean published? Write one of: draft, in_review, published, archived",
    ),
    ("kind: 3", "KB104", "kind is not one of the known words", "Write one of: guide, faq, manual, video, troubleshooting, exercise, reply"),
    ("order: first", "KB104", "order has to be a number", "Write  order: 10"),
    ("order: 1.5", "KB104", "order has to be a number", "Write  order: 10"),
    ("order: true", "KB104", "order has to be a number", "Write  order: 10"),
    ('order: "3"', "KB104", "order has to be a number", "Write  3  without quotes"),
    ("order: ۳", "KB104", "order has to be a number", "Write  3  without quotes"),
    ('featured: "false"', "KB104", "featured has to be true or false", "Write  true  or  false , without quotes"),
    ("featured: yes", "KB104", "featured has to be true or false", "Write  true  or  false , without quotes"),
    ("review: 3mo", "KB104", "review has to be a table of keys and values, not text", "Write  review: {every: 6mo, risk: normal}"),
    ("review: {every: 3}", "KB104", "review.every is not a period", "Write  3mo"),
    ("review: {every: ۳}", "KB104", "review.every is not a period", "Write  3mo"),
    ("review: {every: 200mo}", "KB104", "review.every is not a period", "Write a number of months, such as  3mo  or  6mo"),
    ("sources: [{title: x}]", "KB112", "sources, item 1, url is missing", "Add  url: https://example.org/rates"),
    (
        "sources: [{title: x, url: 'javascript:alert(1)'}]",
        "KB104",
        "sources, item 1, url is not a web address",
        "Write  https://example.org/page",
    ),
    ("sources: https://example.org", "KB104", "sources has to be a list, not text", "Write  [https://example.org]"),
    ("video: {duration: 5}", "KB112", "video.src is missing", "Add  src: media/reset.webm"),
    ("video: {src: /etc/passwd}", "KB104", "video.src has to be a file, named from the article's folder", "Write  media/film.webm"),
    ("video: {src: 'javascript:x'}", "KB104", "video.src has to be a file, named from the article's folder", "Write  media/film.webm"),
    ("video: {src: a.webm, duration: -1}", "KB104", "video.duration has to be at least 0", "Write  duration: 1:05"),
    ("translation: {source_blob: HEAD}", "KB104", "translation.source_blob is not the name of an object in git", "Write what"),
    (
        "video: {src: a.webm, captions: [{locale: English, src: a.vtt}]}",
        "KB104",
        "video.captions, item 1, locale is not a locale",
        "Write  en  or  zh-Hant",
    ),
    ("replaced_by: KB 12", "KB114", "replaced_by has to be 3 to 80 lower-case letters a-z, digits and hyphens", "Write  kb-12"),
    ("related: ['kb:abc', kb-abc]", "KB114", "related, item 1 has to be 3 to 80 lower-case", "Write  abc"),
    ("publish_at: 2026-03-12", "KB113", "publish_at is a date without a time and a zone", "Write  2026-03-12T08:00:00+01:00"),
    ("publish_at: 2026-03-12T08:00:00", "KB113", "publish_at has no zone", "Write  2026-03-12T08:00:00+01:00"),
    ("publish_at: 2026-02-30T08:00:00Z", "KB113", "publish_at is a day or an hour that does not exist", "Write  2026-03-12T08:00:00+01:00"),
    ("publish_at: 2026-02-30", "KB113", "publish_at is a date without a time and a zone", "Write  2026-03-12T08:00:00+01:00"),
    ("publish_at: ۲۰۲۶-۰۳-۱۲T۰۸:۰۰:۰۰Z", "KB113", "publish_at has to be written in ASCII digits and signs", "Write  2026-03-12T08:00:00Z"),
    (
        "publish_at: 2026-03-12T08：00：00Z",
        "KB113",
        "publish_at has to be written in ASCII digits and signs",
        "Write  2026-03-12T08:00:00Z",
    ),
    ("publish_at: tomorrow", "KB113", "publish_at is not a date and time", "Write  2026-03-12T08:00:00+01:00"),
    (
        "expire_at: 0001-01-01T00:00:00+14:00",
        "KB113",
        "expire_at is a day or an hour that does not exist",
        "Write  2026-03-12T08:00:00+01:00",
    ),
    ("aliases: /old/", "KB104", "aliases has to be a list, not text", "Write  [/old/]"),
]


@pytest.mark.parametrize(("line", "rule", "message", "remedy"), VALUES)
def test_wrong_values_are_named_with_what_to_write(line: str, rule: str, message: str, remedy: str) -> None:
    """W7, W12, W32: a value of the wrong kind says which field, what is wrong and what to type, on its line."""
    found, problems = read(line)

    assert found is None
    assert [problem.rule for problem in problems] == [rule]
    assert problems[0].message.startswith(message)
    assert problems[0].remedy.startswith(remedy)
    assert problems[0].line in {5, 6}
    assert problems[0].column > 0


def test_lengths_count_characters() -> None:
    """A title of 120 characters is fine in every script; one more is not, and the message says by how many."""
    fine, _ = head.read(f"id: abc\ntitle: {'標' * 120}\ndescription: {'x' * 300}\n", PATH)
    _, (problem,) = head.read(f"id: abc\ntitle: {'標' * 143}\ndescription: x\n", PATH)

    assert fine is not None
    assert problem.message == "title has 143 characters; the limit is 120"
    assert problem.remedy == "Shorten it by 23"


@pytest.mark.parametrize(
    ("line", "remedy"),
    [
        ("tittle: x", "Did you mean title?"),
        ("Keywords: [a]", "Did you mean keywords?"),
        ("publish-at: x", "Did you mean publish_at?"),
        ('draft: "false"', "Write  status: draft  or  status: published"),
        ("date: 2026-01-01", "Remove it: git knows when the article changed."),
        ("lang: no", "Remove it: the folder below content/ says the language"),
        ("zzz: 1", "Remove it; known here: aliases, audience"),
    ],
)
def test_unknown_fields_name_a_near_one(line: str, remedy: str) -> None:
    """W11, W12: nothing that is misspelt is ignored, and habits from other programs are answered."""
    found, (problem,) = read(line)

    assert found is None
    assert problem.rule == "KB111"
    assert problem.remedy.startswith(remedy)
    assert (problem.line, problem.column, problem.width) == (5, 1, line.index(":"))


def test_unknown_fields_are_found_in_tables() -> None:
    """A misspelt part of a table is placed and named with its way."""
    _, (problem,) = read("review: {every: 3mo, rsk: low}")

    assert (problem.message, problem.remedy, problem.column) == ("review.rsk is not known", "Did you mean risk?", 22)


def test_needed_fields_cannot_be_empty_and_others_can() -> None:
    """An empty line of a template means the default, but for what an article cannot be without."""
    found, problems = read("owner:\ntags:\nvideo: ~\n")
    _, missing = head.read('id:\ntitle: ""\ndescription: " "\n', PATH)

    assert problems == ()
    assert found is not None
    assert found.owner == ""
    assert [(problem.rule, problem.message) for problem in missing] == [
        ("KB112", "id is empty"),
        ("KB112", "title is empty"),
        ("KB112", "description is empty"),
    ]


def test_a_window_has_to_have_a_length() -> None:
    """publish_at and expire_at are compared as moments, whatever zones they are written in."""
    found, problems = read("publish_at: 2026-03-12T08:00:00+01:00\nexpire_at: 2026-03-12T07:30:00Z\n")
    _, (problem,) = read("publish_at: 2026-03-12T08:00:00+01:00\nexpire_at: 2026-03-12T07:00:00Z\n")

    assert problems == ()
    assert found is not None
    assert (problem.rule, problem.line) == ("KB117", 6)


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


@pytest.mark.parametrize("sign", ["\x07", "\x1b", "\x85", "\u2028", "\x7f", "\ufffe"])
def test_controls_are_refused_before_yaml_sees_them(sign: str) -> None:
    """Some of them end a line for YAML and for nobody else, and could hide a field."""
    found, (problem,) = read(f"owner: a{sign}status: published\n")

    assert found is None
    assert (problem.rule, problem.line, problem.column) == ("KB108", 5, 9)


@pytest.mark.parametrize(
    "text", ["نیم\u200cفاصله", "می\u200cشود", "قیمت \u200fEUR", "\u2068abc\u2069", "👩\u200d💻", "e\u0301", "हिन्दी", "ẹ̀kọ́"]
)
def test_what_languages_need_is_kept(text: str) -> None:
    """W31: joiners in Persian, direction marks, balanced isolates, joined emoji and real combining marks stay."""
    found, problems = head.read(f"id: abc\ntitle: {text}\ndescription: {text}\n", PATH)

    assert problems == ()
    assert found is not None


def test_a_word_that_stands_twice_is_a_warning() -> None:
    """The head is fine without the second one, and later items keep their places."""
    found, (problem,) = read("tags: [Lamp, lamp, hub]")
    _, problems = read("tags: [Lamp, lamp, [x]]")

    assert found is not None
    assert found.tags == ("Lamp", "hub")
    assert (problem.rule, problem.severity, problem.column) == ("KB119", "warning", 14)
    assert [(one.rule, one.column) for one in problems if one.severity == "error"] == [("KB104", 20)]


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

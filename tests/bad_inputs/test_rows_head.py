"""Rows W1 to W13, W19, W31 and W32 of bad input: what may stand in front matter, from the file to the end of the build."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from bad_inputs.tools import BODY, accepted, article, refused, told
from kbgen.head import read, split

Make = Callable[..., Path]
FILE = "content/en/account/pair-a-lamp.md"
PAGE = "en/account/pair-a-lamp"


def test_w01_byte_order_mark(site_factory: Make) -> None:
    """W1: a byte order mark before the front matter is no part of the text, and the head is read."""
    built = accepted(site_factory({FILE: b"\xef\xbb\xbf" + article().encode()}))

    assert built.problems == ()
    assert "<h1" in built.page(PAGE)
    assert "Pair a lamp" in built.page(PAGE)
    assert "\ufeff" not in built.page(PAGE)


@pytest.mark.parametrize(
    "text", ["---\nid: kb-tested\ntitle: Pair\n\nText without an end.\n", "---\n", "---", article().replace("\n---\n", "\n--\n", 1)]
)
def test_w02_front_matter_that_is_not_closed(site_factory: Make, text: str) -> None:
    """W2: an error on line 1 that names the missing line."""
    told(refused(site_factory({FILE: text})), FILE, "KB102", 1, 1, ["---"])


@pytest.mark.parametrize("text", ["---\n- one\n- two\n---\nText\n", "---\njust a sentence\n---\nText\n", "---\n42\n---\nText\n"])
def test_w03_front_matter_that_is_no_table(site_factory: Make, text: str) -> None:
    """W3: a list or a lone value is refused with the form that is wanted."""
    told(refused(site_factory({FILE: text})), FILE, "KB116", 2, 1, ["title: "])


def test_w04_key_that_stands_twice(site_factory: Make) -> None:
    """W4: the second of two equal keys is refused, and the message names the line of the first."""
    text = article(status=None).replace("---\nid", "---\nstatus: draft\nid", 1).replace("keywords", "status: published\nkeywords", 1)
    told(refused(site_factory({FILE: text})), FILE, "KB105", 6, 1, ["status", "2"])


@pytest.mark.parametrize(
    "tag", ["!!python/object/apply:os.system ['touch ran']", "!!python/name:os.system", "!run x", "!!binary aGk=", "!<tag:x,2000:y> z"]
)
def test_w05_tags(site_factory: Make, tag: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """W5: a tag is refused on its line, and nothing runs."""
    monkeypatch.chdir(tmp_path)
    told(refused(site_factory({FILE: article(owner=tag)})), FILE, "KB107", 7, 8)

    assert not list(tmp_path.rglob("ran"))


BOMB = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{new}: &{new} [{','.join([f'*{old}'] * 9)}]\n" for old, new in zip("abcdefgh", "bcdefghi", strict=True)
)


@pytest.mark.parametrize(
    "head",
    [BOMB, "tags: &a [*a]\n", "base: &b {status: draft}\n<<: *b\n", "<<: {status: draft}\n"],
    ids=["bomb", "recursive", "merge", "merge without anchor"],
)
def test_w06_anchors(site_factory: Make, head: str) -> None:
    """W6: anchors, aliases and merge keys are refused in less than 50 ms of CPU time."""
    text = f"---\n{head}---\nText\n"
    parts, _ = split(text.encode(), FILE)
    assert parts is not None
    read("id: kb-warm\n", FILE)  # imports are not the input's fault
    start = time.process_time()
    read(parts.front, FILE)
    spent = time.process_time() - start
    built = refused(site_factory({FILE: text}))

    told(built, FILE, "KB106")
    assert spent < 0.05


@pytest.mark.parametrize("field", ["publish_at", "expire_at"])
@pytest.mark.parametrize(
    "value",
    ["2026-02-30T08:00:00Z", "2026-02-30", "2026-13-01T00:00:00Z", "2026-03-12T25:00:00Z", "0000-00-00T00:00:00Z", "99999-01-01T00:00:00Z"],
)
def test_w07_days_that_do_not_exist(site_factory: Make, field: str, value: str) -> None:
    """W7: a day or an hour that does not exist is refused where it stands."""
    told(refused(site_factory({FILE: article(**{field: value})})), FILE, "KB113", 7, len(field) + 3, [field])


@pytest.mark.parametrize("text", ["no", "1.10", "12:30:45", "0x1F", "1_000", "~x", "on", "2026-03-12", "1e3", "0123"])
def test_w08_text_that_looks_like_something_else(site_factory: Make, text: str) -> None:
    """W8: what a writer typed as a title stays as typed; YAML's idea of its type does not win."""
    assert f"<h1>{text}</h1>" in accepted(site_factory({FILE: article(title=text)})).page(PAGE).replace(' dir="auto"', "")


@pytest.mark.parametrize(
    "head",
    [
        f"order: {'9' * 1_000_000}\n",
        f"order: {'9' * 2000}\n",
        f"tags: {'[' * 10_000}\n",
        f"tags: {'[' * 10_000}{']' * 10_000}\n",
        f"{'? ' * 9000}\n",
        f"{'- ' * 9000}x\n",
        f"title: {'x' * 70_000}\n",
    ],
)
def test_w09_too_large_and_too_deep(site_factory: Make, head: str) -> None:
    """W9: numbers of a million digits, ten thousand brackets and heads of more than 64 kB are too large or too deep."""
    built = refused(site_factory({FILE: f"---\n{head}---\nText\n"}))

    assert built.of(FILE)
    assert {one.rule for one in built.of(FILE)} <= {"KB103", "KB110", "KB112"}
    assert {"KB103", "KB110"} & set(built.rules())


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ("é Contraseña, ¿cómo?".encode("latin-1"), ["byte"]),
        ("重設密碼 忘記密碼 帳號".encode("big5"), ["byte"]),
        (article().encode("utf-16"), ["byte", "UTF-16"]),
        (article().encode("utf-16-le"), ["byte", "UTF-16"]),
        (article().encode("utf-32"), ["byte", "UTF-32"]),
        (article("nul \0 here\n").encode(), ["NUL"]),
        (article().encode() + b"\xed\xa0\x80", ["byte"]),
    ],
    ids=["Latin-1", "Big5", "UTF-16", "UTF-16 without mark", "UTF-32", "NUL", "surrogate"],
)
def test_w10_bytes_that_are_not_utf8(site_factory: Make, data: bytes, words: list[str]) -> None:
    """W10: what is not UTF-8 is refused with the byte's offset and a guess."""
    if not data.startswith((b"---", b"\xff", b"-\0")):
        data = b"---\nid: kb-tested\ntitle: " + data + b"\n---\nText\n"
    told(refused(site_factory({FILE: data})), FILE, "KB109", words=words)


@pytest.mark.parametrize("value", [r'"lone \ud800"', r'"nul \0"', r'"\udfff\ud800"'])
def test_w10_escapes_of_no_character(site_factory: Make, value: str) -> None:
    """W10: an escape that makes half a character, or a NUL, is refused on its line."""
    built = refused(site_factory({FILE: article(title=value)}))

    assert [one.line for one in built.of(FILE) if one.rule in {"KB108", "KB110"}] == [3] * len([1 for one in built.of(FILE)])


def test_w11_unknown_key(site_factory: Make) -> None:
    """W11: a misspelt key is refused where it stands, with the nearest known one."""
    told(refused(site_factory({FILE: article(title=None, tittle="Pair a lamp")})), FILE, "KB111", 6, 1, ["tittle", "title"])


@pytest.mark.parametrize(
    ("fields", "rule", "line"),
    [
        ({"draft": '"false"'}, "KB111", 7),
        ({"tags": "foo"}, "KB104", 7),
        ({"featured": '"false"'}, "KB104", 7),
        ({"status": "Published!"}, "KB104", 5),
        ({"status": "[published]"}, "KB104", 5),
        ({"order": "first"}, "KB104", 7),
        ({"audience": "everybody"}, "KB104", 7),
    ],
)
def test_w12_wrong_types(site_factory: Make, fields: dict[str, str], rule: str, line: int) -> None:
    """W12: a value of the wrong type is refused, and a doubtful status publishes nothing."""
    told(refused(site_factory({FILE: article(**fields)})), FILE, rule, line)


@pytest.mark.parametrize("status", [None, "draft", "in_review"])
def test_w12_a_doubtful_draft_is_not_published(site_factory: Make, status: str | None) -> None:
    """W12: without the word published, nothing is public."""
    built = accepted(site_factory({FILE: article(status=status, title="Unfinished words"), "content/en/a.md": article(id="kb-shown")}))

    assert not any(
        "Unfinished words" in path.read_text(encoding="utf-8", errors="replace")
        for path in (built.root / "dist").rglob("*")
        if path.is_file()
    )


@pytest.mark.parametrize(
    "slug",
    [
        "../../etc/x",
        "/abs",
        r"'C:\x'",
        "a/./b",
        "con",
        "aux.md",
        "x" * 300,
        "dot.",
        "''",
        "..",
        ".",
        "a b",
        "nul",
        "\u202ereset",
        "a%2fb",
        "a?b",
        "-a",
        "é" * 120,
    ],
)
def test_w13_slugs(site_factory: Make, slug: str) -> None:
    """W13: a slug that is a path, a device, too long, or ends in a dot is refused where it stands."""
    built = refused(site_factory({FILE: article(slug=slug)}))

    assert built.of(FILE)
    assert all(one.line == 7 and one.column for one in built.of(FILE))
    assert built.of(FILE)[0].rule in {"KB115", "KB108", "KB104", "KB112"}


@pytest.mark.parametrize("name", ["con", "aux", "COM1", "a b", "trailing.", "a?b", "a%2fb", "a\\b"])
def test_w13_file_names(site_factory: Make, name: str) -> None:
    """W13: a file's name becomes a slug, so it obeys the same rules."""
    path = f"content/en/account/{name}.md"

    assert told(refused(site_factory({path: article()})), path, "KB115").line == 0


@pytest.mark.parametrize("name", ["con", "a b", "..x", "a?b", "a\\b", "\u202eabc", "x" * 190, "a:b"])
def test_w13_folder_names(site_factory: Make, name: str) -> None:
    """W13: a category's folder becomes a part of the URL too."""
    built = refused(site_factory({f"content/en/{name}/a.md": article()}))

    assert [one for one in built.problems if one.path.startswith(f"content/en/{name}"[:200])]


@pytest.mark.parametrize(
    "data",
    [
        article().replace("\n", "\r\n"),
        article().replace("\n", "\r"),
        article().replace("\n", "\r\n", 3),
        article(BODY.rstrip()),
        article().replace("---\nid", "--- \nid", 1),
    ],
    ids=["CRLF", "CR", "mixed", "no final newline", "space after the line"],
)
def test_w19_ends_of_lines(site_factory: Make, data: str) -> None:
    """W19: every way to end a line is read, and gives the same page."""
    built = accepted(site_factory({FILE: data}))

    assert "<li>Press the button.</li>" in built.page(PAGE)
    assert built.problems == ()


def test_w19_ends_of_lines_do_not_move_problems(site_factory: Make) -> None:
    """W19: lines count alike, however they end."""
    for number, end in enumerate(("\n", "\r\n", "\r")):
        root = site_factory({FILE: article("One\n\n[x](kb:missing)\n").replace("\n", end)}, name=f"site{number}")

        told(refused(root), FILE, "KB320", 10)


@pytest.mark.parametrize("data", [b"", b"\n\n", b"   ", b"\xef\xbb\xbf", b"\r\n"])
def test_w19_empty_files(site_factory: Make, data: bytes) -> None:
    """W19: an empty file is an empty article, said so."""
    built = refused(site_factory({FILE: data}))

    assert [one.rule for one in built.of(FILE)] in (["KB118"], ["KB101"])


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("Pair \u202eamp", "U+202E"),
        ("Pair \u2066amp", "U+2066"),
        ("Pa\u200bir", "U+200B"),
        ("Pair\u2069", "U+2069"),
        ("Pa\u00adir\u2060", "U+2060"),
    ],
)
def test_w31_deceiving_characters_in_a_head(site_factory: Make, value: str, code: str) -> None:
    """W31: overrides, open isolates and zero-width characters are refused with their code point."""
    told(refused(site_factory({FILE: article(title=value)})), FILE, "KB108", 3, words=[code])


def test_w31_zalgo(site_factory: Make) -> None:
    """W31: a pile of marks on one letter is refused, in a head and in a body."""
    pile = "a" + "\u0301\u0302\u0303" * 10
    built = refused(site_factory({FILE: article(title=pile), "content/en/b.md": article(f"Text {pile}\n", id="kb-second", title="Second")}))

    told(built, FILE, "KB108", 3, words=["combining marks"])
    told(built, "content/en/b.md", "KB807", 8, 7)


def test_w31_deceiving_characters_in_a_body(site_factory: Make) -> None:
    """W31: they are refused in a body too, with line, column and code point."""
    told(refused(site_factory({FILE: article("One\n\nPress \u202ethis.\n")})), FILE, "KB807", 10, 7, ["U+202E"])


def test_w31_what_persian_needs_stays(site_factory: Make) -> None:
    """W31: ZWNJ between Persian letters and RLM are kept, in titles, slugs and texts."""
    title = "تنظیم می\u200cشود\u200f"
    config = '[site]\ntitle = "T"\ndefault_locale = "fa"\n[locales.fa]\n'
    built = accepted(
        site_factory({"kbgen.toml": config, "content/fa/a/می\u200cشود.md": article("متن می\u200cشود \u200fA.\n", title=title)})
    )

    assert "می\u200cشود" in built.page("fa/a/می\u200cشود")
    assert not [one for one in built.problems if one.rule in {"KB108", "KB807", "KB115"}]


@pytest.mark.parametrize("title", ["راهنمای App\u200cها", "راهنمای \u200cApp"])
def test_w31_joiner_beside_latin_letters_in_persian(site_factory: Make, title: str) -> None:
    """W31: writers of Persian type a ZWNJ after a Latin word as well; that is worth a warning, not a stop."""
    config = '[site]\ntitle = "T"\ndefault_locale = "fa"\n[locales.fa]\n'
    built = accepted(site_factory({"kbgen.toml": config, "content/fa/a/b.md": article("متن\n", title=title)}))

    assert [one.severity for one in built.problems if one.rule == "KB108"] == ["warning"]


@pytest.mark.parametrize(
    ("text", "rule", "words"),
    [
        (article(publish_at="۲۰۲۶-۰۳-۱۲T۰۸:۰۰:۰۰Z"), "KB113", ["2026-03-12T08:00:00Z"]),
        (article(expire_at="٢٠٢٦-٠٣-١٢T٠٨:٠٠:٠٠Z"), "KB113", ["2026-03-12T08:00:00Z"]),
        (article(review="{every: ۳mo}"), "KB104", ["3mo"]),
        (article().replace("title: ", "title："), "KB110", [":"]),
    ],
)
def test_w32_digits_and_signs_of_other_scripts(site_factory: Make, text: str, rule: str, words: list[str]) -> None:
    """W32: Persian and Arabic digits and full-width colons are refused with their ASCII form."""
    told(refused(site_factory({FILE: text})), FILE, rule, words=words)

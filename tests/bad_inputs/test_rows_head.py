"""Rows W1 to W13 of bad input: what may stand in front matter, from the file to the end of the build."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest
from bad_inputs.tools import accepted, article, refused, told

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


@pytest.mark.parametrize("name", ["con", "a b", "-x", "a?b", "a\\b", "\u202eabc", "x" * 190, "a:b"])
def test_w13_folder_names(site_factory: Make, name: str) -> None:
    """W13: a category's folder becomes a part of the URL too."""
    built = refused(site_factory({f"content/en/{name}/a.md": article()}))

    assert [one for one in built.problems if one.path.startswith(f"content/en/{name}"[:200])]

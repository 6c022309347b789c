"""Rows W19, W31 and W32 of bad input: ends of lines, invisible characters, digits of other scripts."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from bad_inputs.tools import BODY, accepted, article, refused, told

Make = Callable[..., Path]
FILE = "content/en/account/pair-a-lamp.md"
PAGE = "en/account/pair-a-lamp"
FIRST = 8  # the file's line on which a body begins


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

"""Text and addresses from strangers: what is taken, mended and refused, and that nothing takes long."""

from __future__ import annotations

import contextlib
import time
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedback_service.addresses import AddressError, key_of, parse_address
from feedback_service.texts import TextError, clean_line, clean_text, had_line_ends

PERSIAN = "می‌خواهم رمزم را عوض کنم"  # with the joiner that Persian needs


def reason(act, *arguments, **more) -> str:
    """Return why something is refused."""
    with pytest.raises((TextError, AddressError)) as caught:
        act(*arguments, **more)
    return caught.value.reason


@pytest.mark.parametrize(
    "text",
    [
        PERSIAN,
        "密碼重設後仍無法登入",
        "M’han cobrat dues vegades",
        "क्‍ष और ज्‍ञ",
        "👩‍💻 no funciona",
        "=1+1",
        "<b>x</b>",
        "a\n\nb",
        "\u2067سلام\u2069 hi",
    ],
)
def test_what_people_write_stays(text):
    """Persian and Indic joiners, joined emoji, markup and formulas are text; isolates that are closed stay."""
    assert clean_text(text, 200) == text


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("  a  \r\nb\rc\u2028d \n\n", "a\nb\nc\nd"),
        ("e\u0301", "é"),
        ("exe.\u202egpj", "exe.gpj"),
        ("a\u2067b", "ab"),
        ("a\u2069b", "ab"),
        ("pay\u200bpal\ufeff\u2060\u00ad", "paypal"),
        ("pay\u200cpal\u200d", "paypal"),
        ("می\u200c\u200c\u200cخواهم", "می\u200cخواهم"),
        ("a" + "\u0316" * 40, "a" + "\u0316" * 8),
    ],
)
def test_what_deceives_is_mended(text, cleaned):
    """Line ends, spelling, overrides, lonely isolates, hidden signs, joiners that join nothing, towers of accents."""
    assert clean_text(text, 200) == cleaned


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "required"), (" \n\t ", "required"), ("👍", "required"), ("…!", "required"), ("\u200b", "required"), ("\u0301" * 5, "required"),
        ("a\0b", "control_characters"), ("a\x1b[31m", "control_characters"), ("a\x85b", "control_characters"), ("\x7f", "control_characters"),
        ("a\ud800b", "broken_characters"), ("\uffff", "broken_characters"), ("\U0001fffe", "broken_characters"),
        ("a" * 201, "too_long"), ("a" * 1_000_000, "too_long"), ("é" * 201, "too_long"),
    ],
)  # fmt: skip
def test_what_is_refused(text, why):
    """Nothing said, control characters, half characters, too much."""
    assert reason(clean_text, text, 200) == why


def test_an_optional_text_may_be_anything():
    """A comment may be a thumb, or nothing."""
    assert clean_text("👍", 200, required=False) == "👍"
    assert clean_text(" ", 200, required=False) == ""


def test_lengths_count_characters_after_mending():
    """Never bytes; what is stripped does not count."""
    assert clean_text("字" * 200, 200) == "字" * 200
    assert clean_text("  " + "a" * 200 + "\u200b", 200) == "a" * 200


def test_a_line_is_one_line():
    """A subject cannot smuggle a header: line ends become spaces, and can be told to the log."""
    smuggled = "Hola\r\nBcc: x@y.z\tand  more"

    assert clean_line(smuggled, 200) == "Hola Bcc: x@y.z and more"
    assert had_line_ends(smuggled)
    assert not had_line_ends("Hola")
    assert reason(clean_line, "a\n" * 150, 200) == "too_long"


@given(st.text(max_size=60))
@settings(max_examples=100)
def test_cleaning_twice_is_cleaning_once(text):
    """Whatever is typed, the result is NFC, within the limit, free of control characters, and stable."""
    try:
        cleaned = clean_text(text, 50, required=False)
    except TextError:
        return

    assert clean_text(cleaned, 50, required=False) == cleaned
    assert len(cleaned) <= 50
    assert unicodedata.is_normalized("NFC", cleaned)
    assert all(char == "\n" or unicodedata.category(char) not in {"Cc", "Cs"} or char == "\t" for char in cleaned)


@pytest.mark.parametrize("piece", ["\u0301\u0316", "\u2067", "a@", "\u200c", "(", "e\u0301", "@", "a."])
def test_no_text_takes_long(piece):
    """64 KiB of the worst is answered at once: lengths are looked at first, and marks are cut before they are sorted."""
    text, start = "a" + piece * (40_000 // len(piece)), time.process_time()
    for act in (lambda: clean_text(text, 20_000), lambda: clean_line(text, 200), lambda: parse_address(text)):
        with contextlib.suppress(TextError, AddressError):
            act()

    assert time.process_time() - start < 1.0


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        (" joan.perez+botiga@Example.COM ", "joan.perez+botiga@example.com"),
        ("O'Hara_1@mail.example.co", "O'Hara_1@mail.example.co"),
        ("info@münchen.de", "info@xn--mnchen-3ya.de"),
        ("a@例え.jp", "a@xn--r8jz45g.jp"),
    ],
)
def test_addresses_as_people_have_them(text, kept):
    """The name stays as it is, the host is written as it travels."""
    assert parse_address(text) == kept


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "required"), ("x", "bad_address"), ("@b.c", "bad_address"), ("a@", "bad_address"), ("a@b", "bad_address"), ("a@b.1", "bad_address"),
        ("alice@example.org]<mallory@evil.example>", "bad_address"), ("a@b.cc, d@e.ff", "bad_address"), ('"a@b"@c.dd', "bad_address"),
        ("a@[127.0.0.1]", "bad_address"), ("a@127.0.0.1", "bad_address"), ("Joan <a@b.cc>", "bad_address"), ("a@b.cc\r\nBcc: d@e.ff", "bad_address"),
        ("a b@c.dd", "bad_address"), (".a@b.cc", "bad_address"), ("a..b@c.dd", "bad_address"), ("a@-b.cc", "bad_address"), ("a@b..cc", "bad_address"),
        ("a@b_c.dd", "bad_address"), ("a(x)@b.cc", "bad_address"), ("a@b.cc\0", "bad_address"), ("a@\ud800.cc", "bad_address"), ("\ud800@b.cc", "bad_address"),
        ("ä@münchen.de", "name_not_ascii"), ("a" * 65 + "@b.cc", "bad_address"), ("a" * 320 + "@b.cc", "too_long"), ("a@" + "b" * 64 + ".cc", "bad_address"),
        ("a@" + "ü" * 63 + ".cc", "bad_address"), ("a@" + ".".join(["ü" * 12] * 18) + ".cc", "too_long"),
    ],
)  # fmt: skip
def test_addresses_that_are_none(text, why):
    """Lists, comments, quotes, literals, two addresses in one, and hosts that are no hosts."""
    assert reason(parse_address, text) == why


@given(st.text(alphabet='aA0.@-_+ü<>"(),[]\\\n ', max_size=30))
@settings(max_examples=150)
def test_what_is_taken_can_stand_in_a_header(text):
    """One @, no space, nothing that means anything to a mail program; and it is taken again as it is."""
    try:
        address = parse_address(text)
    except AddressError:
        return

    assert address.count("@") == 1
    assert address.isascii()
    assert address.isprintable()
    assert not set(address) & set(' <>(),;:\\"[]')
    assert parse_address(address) == address


def test_one_person_is_one_key():
    """Small letters and no tag, for limits and bans; two people stay two."""
    assert key_of("Joan.Perez+a@Example.com") == key_of("joan.perez@example.com") == "joan.perez@example.com"
    assert key_of("+a@example.com") == "+a@example.com"
    assert key_of("j.oan@example.com") != key_of("joan@example.com")

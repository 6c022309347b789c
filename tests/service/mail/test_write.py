"""What we write: exactly the headers that were meant, in five languages, readable by us and by others."""

from __future__ import annotations

import email
import email.policy
import re
import tomllib
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from service.mail.post import MONDAY

from feedback_service.domain.notices import NoticeKind
from feedback_service.mail.files import File
from feedback_service.mail.letters import AUTOMATIC, LOCALES, fill, letter, locale_of, trouble_note, words_of
from feedback_service.mail.quotes import MARKS, cut_quote
from feedback_service.mail.read import line_of, read_mail
from feedback_service.mail.tongue import tongue_of
from feedback_service.mail.write import Draft, WriteError, write_mail

DRAFT = Draft(
    "support@help.example", "Suport", "joan@example.org", "support+1@help.example", "Subject", "Text\n", "<m1@help.example>", MONDAY
)
NAMES = ["From", "To", "Reply-To", "Subject", "Date", "Message-ID", "Auto-Submitted", "X-Auto-Response-Suppress", "MIME-Version", "Content-Type", "Content-Transfer-Encoding"]  # fmt: skip
KINDS = NoticeKind.__args__
VALUES = {"number": "1042", "link": "https://help.example/case/#x", "subject": "My parcel", "text": "Hello you"}
WORDS = Path(__file__).parents[3] / "feedback_service" / "mail" / "words"


def headers_of(raw: bytes) -> dict[str, str]:
    """Read headers as the library's modern parser does."""
    mail = email.message_from_bytes(raw, policy=email.policy.default)

    assert len({name.lower() for name in mail.keys()}) == len(mail.keys())  # noqa: SIM118  (a message is no mapping)
    return dict(mail.items())


def test_a_plain_mail():
    """Plain text in, plain text out; a program that answers by itself is told not to."""
    raw = write_mail(DRAFT)
    found = headers_of(raw)

    assert [*found] == NAMES
    assert found["From"] == "Suport <support@help.example>"
    assert (found["Auto-Submitted"], found["Content-Type"]) == ("auto-generated", 'text/plain; charset="utf-8"')
    assert raw.endswith(b"\r\n\r\nText\r\n")
    assert b"\n" not in raw.replace(b"\r\n", b"")
    assert "Auto-Submitted" not in headers_of(write_mail(replace(DRAFT, is_automatic=False)))


@pytest.mark.parametrize(
    "subject",
    [
        "=?utf-8?q?Hola=0D=0ABcc=3A_x=40y.z?=",
        "Hola\r\nBcc: x@y.example",
        "Hola\nBcc: x@y.example",
        "Hola\r\n\r\n<p>body",
        "Hola\x0bBcc: x@y.example",
        "Hola\u2028Bcc: x@y.example",
        "Hola\x85Bcc: x@y.example",
        "Hola\x00Bcc",
        "=?utf-8?b?SG9sYQ0KQmNjOiB4QHkueg==?= ăâî",
        "\ud800",
        "a" * 5000,
    ],
)
def test_no_subject_adds_a_header(subject):
    """S25: whatever the subject and the names hold, there is one Subject, and the headers are those that were meant."""
    raw = write_mail(replace(DRAFT, subject=subject, sender_name=subject))

    assert [*headers_of(raw)] == NAMES
    assert "\n" not in read_mail(raw).subject
    assert len(read_mail(raw).subject) <= 200


@given(st.text(max_size=400), st.text(max_size=100), st.text(max_size=400))
@settings(max_examples=200)
def test_any_text_is_a_mail_with_the_same_headers(subject, name, text):
    """Any text is cleaned, written and read again as it was cleaned, by the library and by us."""
    raw = write_mail(replace(DRAFT, subject=subject, sender_name=name, text=text))
    again = read_mail(raw)

    assert [header for header in headers_of(raw) if header != "Subject"] == [header for header in NAMES if header != "Subject"]
    assert again.subject == line_of(subject, 200)
    assert again.sender_name == line_of(line_of(name, 100), 100)
    assert again.sender == "support@help.example"
    assert max(map(len, raw.split(b"\r\n"))) <= 998


@pytest.mark.parametrize(
    "address",
    ["", "joan", "joan@example.org, eve@evil.example", "joan@example.org\r\nBcc: eve@evil.example", "<joan@example.org>", "joan@EXAMPLE.org", "alice@example.org]<mallory@evil.example>"],
)  # fmt: skip
def test_only_clean_addresses_are_written(address):
    """S26: an address that is not written as we write addresses is refused, wherever it stands."""
    for place in ("sender", "to", "reply_to"):
        with pytest.raises(WriteError):
            write_mail(replace(DRAFT, **{place: address}))


def test_ids_of_others_are_written_only_if_they_are_ids():
    """What a stranger's mail calls its Message-ID is left out if it is none; ours must be one."""
    raw = write_mail(replace(DRAFT, in_reply_to="<a@b>\r\nBcc: x@y.example", references=("<c@d>", "x", "<e f@g>", "<c@d>")))

    assert headers_of(raw)["References"] == "<c@d>"
    assert "In-Reply-To" not in headers_of(raw)
    with pytest.raises(WriteError):
        write_mail(replace(DRAFT, message_id="m1"))


@pytest.mark.parametrize(
    "text", ["a\n.\n..\nFrom b\n", "x" * 5000, "سلام دنیا " * 200, "您好" * 900, "è" * 10 + "a" * 1000, "\ttab \n trailing  \n\nend"]
)
def test_bodies_arrive_as_they_were_written(text):
    """Long lines, dots, other scripts, spaces at the ends: the same text comes out."""
    raw = write_mail(replace(DRAFT, text=text))
    body = email.message_from_bytes(raw, policy=email.policy.default).get_content()

    assert body.replace("\r\n", "\n").rstrip("\n") == text.rstrip("\n")
    assert all(len(line) <= 998 for line in raw.split(b"\r\n"))


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("kind", [*KINDS, "reply_several"])
def test_every_letter_in_every_language(locale, kind):
    """A letter names the case, has its link, nothing is left to fill in, and an answer above it is cut from it."""
    subject, text = letter(kind, locale, VALUES)

    assert "{" not in subject + text
    assert VALUES["number"] in subject + text
    assert (VALUES["link"] in text) == (kind != "reply_several")
    assert len(subject) <= 100
    assert write_mail(replace(DRAFT, subject=subject, text=text, locale=locale))
    if kind in {*AUTOMATIC, "reply"}:
        assert cut_quote(f"Yes!\n\n{text}").fresh == "Yes!"


@pytest.mark.parametrize("kind", sorted(AUTOMATIC))
def test_automatic_letters_hold_nothing_that_was_typed(kind):
    """What goes to an address that nobody has proved yet asks for nothing but number and link."""
    for locale in LOCALES:
        assert letter(kind, locale, {"number": "1", "link": "x"})


def test_the_languages_agree():
    """Every language has the same words, with the same names to fill in, and its own mark."""

    def shape(value, key=""):
        if isinstance(value, dict):
            return {name: shape(inner, name) for name, inner in value.items()}
        return sorted(re.findall(r"\{\{.*?\}\}", value))

    found = {file.stem: tomllib.loads(file.read_text(encoding="utf-8")) for file in WORDS.glob("*.toml")}

    assert set(found) == set(LOCALES) == set(MARKS)
    assert all(shape(words) == shape(found["en"]) for words in found.values())
    assert all(
        found[locale][kind]["text"] != found["en"][kind]["text"]
        for locale in LOCALES
        if locale != "en"
        for kind in KINDS
        if kind != "reply"
    )


def test_words_are_filled_in_once():
    """T28: what is filled in is never looked at again, there are no expressions, and a missing value is an error."""
    assert (
        fill("{{text}} {{number}} {text} {{ text }} {{text.upper}}", {"text": "{{number}}", "number": "7"})
        == "{{number}} 7 {text} {{ text }} {{text.upper}}"
    )
    with pytest.raises(KeyError):
        fill("{{other}}", {})


def test_near_languages():
    """Somebody whose language we do not write gets a near one, or English."""
    assert [locale_of(each) for each in ("ca", "ca-ES", "zh-TW", "zh-Hant-HK", "fa-AF", "de", "")] == [
        "ca",
        "ca",
        "zh-Hant",
        "zh-Hant",
        "fa",
        "en",
        "en",
    ]


@pytest.mark.parametrize("locale", LOCALES)
def test_troubles_are_told_in_words(locale):
    """Every trouble and every refusal has its words; a mail without any has no note."""
    words = words_of(locale)["why"]
    files = (File("a.exe", 1, "application/x-msdownload", "", b"", "type"), File("b.pdf", 1, "application/pdf", "", b"x"))
    note = trouble_note(locale, ("charset", "too_deep"), files, "sender-differs", 1001)

    assert all(word in note for word in (words["charset"], words["too_deep"], f"a.exe ({words['type']})", "b.pdf", "1001"))
    assert trouble_note(locale, (), ()) == ""


@pytest.mark.parametrize(
    ("text", "said", "locale"),
    [
        ("Bon dia, el meu paquet no ha arribat. Gràcies!", "", "ca"),
        ("Bună ziua, coletul meu nu a ajuns. Mulțumesc!", "", "ro"),
        ("Buna ziua, nu am primit coletul, va rog sa verificati", "", "ro"),
        ("Hello, my parcel has not arrived, can you help?", "", "en"),
        ("سلام، بستهٔ من نرسیده است. (order 123)", "", "fa"),
        ("您好，我的包裹還沒有到，訂單 ABC", "", "zh-Hant"),
        ("ok", "ca", "ca"),
        ("ok", "RO, en", "ro"),
        ("ok", "de", "en"),
        ("", "", "en"),
        ("12345 !!!", "", "en"),
    ],
)
def test_the_language_of_a_mail(text, said, locale):
    """What the mail says of itself counts first, then its script, then its little words."""
    assert tongue_of(text, said, LOCALES, "en") == locale

"""Headers of strangers: addresses that everybody reads in the same way, words in every charset, ids and parameters."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from service.mail.post import letter

from feedback_service.addresses import parse_address
from feedback_service.mail.headers import addresses, decoded_words, mailbox, message_ids, parameters
from feedback_service.mail.read import read_mail


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("joan@example.org", ("joan@example.org", "")),
        ("Joan Mas <joan@example.org>", ("joan@example.org", "Joan Mas")),
        ('"Mas, Joan" <Joan@EXAMPLE.org>', ("Joan@example.org", "Mas, Joan")),
        ("=?utf-8?q?Joan_=3Cevil=40x=2Ey=3E?= <joan@example.org>", ("joan@example.org", "Joan <evil@x.y>")),
        ("joan@example.org <joan@example.org>", ("joan@example.org", "joan@example.org")),
        ("Joan <joan@xn--mnchen-3ya.de>", ("joan@xn--mnchen-3ya.de", "Joan")),
        ("Joan <joan@münchen.de>", ("joan@xn--mnchen-3ya.de", "Joan")),
        ("alice@example.org]<mallory@evil.example>", ("", "")),
        ("alice@example.org <mallory@evil.example>", ("", "")),
        ("a@b.example, d@e.example", ("", "")),
        ('"a@b"@c.example', ("", "")),
        ("a@[127.0.0.1]", ("", "")),
        ("a" * 320 + "@b.example", ("", "")),
        ("ä@münchen.de", ("", "")),
        ("<joan@example.org> <evil@x.example>", ("", "")),
        ("Joan <joan@example.org", ("", "")),
        ("", ("", "")),
        ("Undisclosed recipients:;", ("", "")),
    ],
)
def test_senders(written, read):
    """S26: exactly one address that everybody reads in the same way, or none."""
    assert mailbox(written) == read


def test_two_senders_are_none():
    """A mail with two From lines could show one of them and count as the other."""
    assert read_mail(b"From: evil@x.example\r\n" + letter()).sender == ""


def test_a_thousand_receivers():
    """S31: the first hundred of a header are looked at."""
    everybody = ", ".join(f"p{number}@example.org" for number in range(1000))

    assert len(read_mail(letter(To=everybody)).to) == 100
    assert addresses(['Team: a@b.example, "x, y" <c@d.example>; e@f.example']) == ("a@b.example", "c@d.example", "e@f.example")


def test_header_words():
    """Encoded words in every form that programs write, and what only looks like one."""
    assert decoded_words("=?UTF-8?B?UXXDqA==?= =?utf-8?q?_passa=3F?= ok") == "Què passa? ok"
    assert decoded_words("=?utf-8?b?ww==?= =?utf-8?b?qA==?=") == decoded_words("=?utf-8?b?w6g=?=") == "è"
    assert decoded_words("=?big5?B?sXqmbg==?=") == "您好"
    assert decoded_words("=?utf-8*ca?q?bon_dia?=") == "bon dia"
    assert decoded_words("a =?utf-8?x?b?= c =?=") == "a =?utf-8?x?b?= c =?="


def test_parameters_and_ids():
    """Parameters in pieces are joined; Message-IDs are those between brackets."""
    assert parameters('Text/HTML; Charset="utf-8"; name*0=a; name*1=b') == ("text/html", {"charset": "utf-8", "name": "ab"})
    assert message_ids("(x) <a@b> junk <c d@e> <f@g>") == ("<a@b>", "<f@g>")


@given(st.text(st.sampled_from('ab@.,;:<>()"\\ \t=?é'), max_size=60))
def test_any_sender_is_one_address_or_none(value):
    """Whatever stands in a From line, what comes out is an address that we take ourselves, or nothing."""
    address, name = mailbox(value)

    assert (address, name) == ("", "") or parse_address(address) == address
    decoded_words(value)
    parameters(value)
    addresses([value])

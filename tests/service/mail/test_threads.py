"""Which case a mail belongs to: only what we signed counts, and only for the people of the case."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from service.mail.post import OFFICE, letter

from feedback_service.addresses import parse_address
from feedback_service.mail.letters import LOCALES
from feedback_service.mail.loops import ANSWERING, silences
from feedback_service.mail.read import read_mail
from feedback_service.mail.threads import claim_of, message_id, own_ids, placed, reply_address

DESK = Path(__file__).parents[3] / "feedback_service" / "desk"
SECRET = OFFICE.secrets[0]
TO_1001 = reply_address(SECRET, OFFICE.address, 1001)
ID_1001 = message_id(SECRET, OFFICE.address, 1001, "m7")
JOAN = ("joan@example.org", "ana@example.org")


def claim(**headers):
    """Read which case a mail names."""
    return claim_of(read_mail(letter(**headers)), OFFICE.secrets, OFFICE.address)


def fate(people=JOAN, **headers):
    """Decide on a mail; its people are Joan and Ana."""
    mail = read_mail(letter(**headers))
    found = claim_of(mail, OFFICE.secrets, OFFICE.address)
    place = placed(mail, found, people if found.number else (), silences(mail, (OFFICE.address, *OFFICE.own)))
    return place.fate, place.why


@given(st.integers(1, 10**15 - 1), st.binary(min_size=16, max_size=40), st.integers(1, 10**12))
def test_what_we_sign_leads_back(number, secret, row):
    """Any number, secret and row: the address is one that we take, the id is one, and both lead to the case, in any case of letters."""
    address, named = reply_address(secret, "support@help.example", number), message_id(secret, "support@help.example", number, f"m{row}")

    assert parse_address(address) == address
    for headers in (
        {"To": address},
        {"To": address.upper()},
        {"To": "x@y.example", "In_Reply_To": named},
        {"References": f"<a@b> {named}"},
    ):
        assert claim_of(read_mail(letter(**headers)), (secret,), "support@help.example").number == number
    assert claim_of(read_mail(letter(To=address)), (secret + b"x",), "support@help.example").forged


@given(st.integers(0, len(TO_1001) - 1), st.sampled_from("abcdefghijklmnopqrstuvwxyz234567-1"))
def test_one_sign_changed_is_no_signature(place, sign):
    """An address with one sign changed names no case, or the same one."""
    changed = TO_1001[:place] + sign + TO_1001[place + 1 :]

    assert claim(To=changed).number == (1001 if changed == TO_1001 else 0)


def test_signatures_are_for_one_purpose():
    """The signature of an address is none for a Message-ID, that of one row none for another, and that of a case none for the next."""
    signature = TO_1001.partition("@")[0].rpartition("-")[2]

    assert claim(In_Reply_To=f"<m7.1001-{signature}@help.example>").forged
    assert claim(In_Reply_To=ID_1001.replace("<m7.", "<m8.")).forged
    assert claim(In_Reply_To=ID_1001.replace("1001", "1002")).forged
    assert claim(To=TO_1001.replace("1001", "1002")).forged
    assert claim(In_Reply_To=ID_1001.replace("help.example", "evil.example")).number == 0


def test_an_address_counts_more_than_old_ids():
    """Who writes to the address of a case means that one; of several ids the nearest counts."""
    other = message_id(SECRET, OFFICE.address, 1002, "m9")

    assert claim(To=TO_1001, In_Reply_To=other).number == 1001
    assert claim(In_Reply_To=other, References=f"{ID_1001} {other}").number == 1002
    assert claim(References=f"{ID_1001} {other} <x@y>").number == 1002
    assert claim(Subject="Re: [#1001] Case 1001", To=OFFICE.address).number == 0


def test_reports_name_our_mails():
    """Message-IDs of ours are found in any text; those of others and forged ones are not."""
    assert own_ids(f"x {ID_1001.upper()} {ID_1001.replace('1001', '1002')} <m7.1@help.example>", OFFICE.secrets, OFFICE.address) == (
        ID_1001,
    )


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"To": TO_1001}, ("join", "")),
        ({"To": TO_1001, "From": "Joan <JOAN+mobile@Example.org>"}, ("join", "")),
        ({"To": TO_1001, "From": "ana@example.org"}, ("join", "")),
        ({"To": TO_1001, "From": "eve@evil.example"}, ("new", "sender-differs")),
        ({"To": TO_1001, "From": "maria@help.example"}, ("new", "sender-differs")),
        ({"References": ID_1001, "From": "eve@evil.example"}, ("new", "sender-differs")),
        ({"In_Reply_To": "<m7.1001-aaaaaaaaaaaaaaaaaaaa@help.example>"}, ("new", "forged-thread")),
        ({"To": "support+1001-aaaaaaaaaaaaaaaaaaaa@help.example"}, ("new", "forged-thread")),
        ({}, ("new", "")),
        ({"From": "x@y.example, z@y.example"}, ("suspended", "no_sender")),
        ({"From": None}, ("suspended", "no_sender")),
        ({"From": OFFICE.address}, ("suspended", "own_address")),
        ({"From": TO_1001, "To": TO_1001}, ("suspended", "own_address")),
        ({"From": "info@help.example"}, ("suspended", "own_address")),
        ({"Auto_Submitted": "auto-replied"}, ("suspended", "auto_replied")),
        ({"Auto_Submitted": "auto-replied", "To": TO_1001}, ("join", "")),
        ({"Auto_Submitted": "auto-replied", "To": TO_1001, "From": "eve@evil.example"}, ("suspended", "auto_replied")),
        ({"Auto_Submitted": "auto-generated"}, ("new", "")),
        ({"Return_Path": "<>"}, ("suspended", "null_return_path")),
        ({"From": "MAILER-DAEMON@example.org"}, ("suspended", "robot_address")),
        ({"Content_Type": "multipart/report; report-type=delivery-status; boundary=x"}, ("suspended", "delivery_report")),
        (
            {"Content_Type": "multipart/report; report-type=disposition-notification; boundary=x", "To": TO_1001},
            ("suspended", "delivery_report"),
        ),
        ({"List_Id": "<news.example.org>"}, ("new", "")),
    ],
)
def test_what_becomes_of_a_mail(headers, expected):
    """S27, S28: a mail joins for the people of its case; others open cases of their own, marked; machines are suspended."""
    assert fate(**headers) == expected


@pytest.mark.parametrize("locale", LOCALES)
def test_every_cause_has_its_words_at_the_desk(locale):
    """Whoever looks at suspended mail reads why it is there."""
    words = tomllib.loads((DESK / "words" / f"{locale}.toml").read_text(encoding="utf-8"))["held_why"]

    assert {*ANSWERING, "own_address", "delivery_report", "empty", "no_sender", "banned", "flood", "loop", "closed", "failed"} <= set(words)


def test_nobody_joins_a_case_without_people():
    """An erased case, or one whose requester left no address, is joined by nobody."""
    assert fate(people=(), To=TO_1001) == ("new", "")
    assert fate(people=(), To=TO_1001, From=None) == ("suspended", "no_sender")


@pytest.mark.parametrize(
    ("headers", "rules"),
    [
        ({}, ()),
        ({"Auto_Submitted": "no"}, ()),
        ({"Auto_Submitted": "No (a person)"}, ("auto_submitted",)),
        ({"Auto_Submitted": "auto-generated"}, ("auto_submitted",)),
        ({"Auto_Submitted": "auto-replied (vacation)"}, ("auto_submitted",)),
        ({"Auto_Submitted": "auto-replied; owner-email=a@b"}, ("auto_replied",)),
        ({"X_Autoreply": "yes"}, ("auto_replied",)),
        ({"Precedence": "Bulk"}, ("precedence",)),
        ({"Precedence": "list"}, ("precedence",)),
        ({"Precedence": "junk"}, ("precedence",)),
        ({"Precedence": "first-class"}, ()),
        ({"X_Auto_Response_Suppress": "DR, OOF"}, ("auto_response_suppress",)),
        ({"X_Auto_Response_Suppress": "None"}, ()),
        ({"List_Id": "<x.y>"}, ("list",)),
        ({"List_Unsubscribe": "<mailto:x@y.example>"}, ("list",)),
        ({"Return_Path": "<>"}, ("null_return_path",)),
        ({"Return_Path": ""}, ("null_return_path",)),
        ({"Return_Path": "<joan@example.org>"}, ()),
        ({"Content_Type": "multipart/report; boundary=x"}, ("delivery_report",)),
        ({"From": "no-reply@shop.example"}, ("robot_address",)),
        ({"From": "NoReply+1@shop.example"}, ("robot_address",)),
        ({"From": "Mailer-Daemon@shop.example"}, ("robot_address",)),
        ({"From": "news-bounces@shop.example"}, ("robot_address",)),
        ({"From": "norepla@shop.example"}, ()),
        ({"From": "support+x@help.example"}, ("own_address",)),
    ],
)
def test_why_no_automatic_answer_goes_out(headers, rules):
    """S28: each rule has its name."""
    assert silences(read_mail(letter(**headers)), (OFFICE.address,)) == rules

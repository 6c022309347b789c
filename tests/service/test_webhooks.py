"""Webhooks: what is told, how it is signed, where it may go, and when it is tried again."""

from __future__ import annotations

import base64
import hashlib
import hmac
import ipaddress
import json
import re
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from service.made import MONDAY, Story, at

from feedback_service.domain.acts import set_due, set_tags
from feedback_service.rules.file import RulesFileError, load_rules
from feedback_service.rules.nouns import TRIGGERS
from feedback_service.webhooks import (
    DELAYS,
    NoAddressError,
    check_url,
    choose_address,
    headers_of,
    is_public,
    message_body,
    next_try,
    secret_bytes,
)

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"  # the example of the specification


def test_the_example_of_standard_webhooks():
    """Id, time and body of the specification's example have the signature that stands there."""
    body = '{"test": 2432232314}'
    headers = headers_of(secret_bytes(SECRET), "msg_p5jXN8AQM9LWM0D4loKWxJek", body, datetime.fromtimestamp(1614265330, UTC))

    assert headers["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    assert (headers["webhook-id"], headers["webhook-timestamp"]) == ("msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330")


def test_a_signature_covers_id_time_and_body():
    """Anybody with the secret can check it with the standard library; a change of any of the three breaks it."""
    key = secret_bytes(SECRET)
    headers = headers_of(key, "msg_1", "{}", MONDAY)
    expected = base64.b64encode(hmac.new(key, f"msg_1.{headers['webhook-timestamp']}.{{}}".encode(), hashlib.sha256).digest()).decode()

    assert headers["webhook-signature"] == f"v1,{expected}"
    assert (
        len(
            {
                headers_of(key, name, body, moment)["webhook-signature"]
                for name in ("a", "b")
                for body in ("{}", "[]")
                for moment in (MONDAY, MONDAY + timedelta(seconds=1))
            }
        )
        == 8
    )


@pytest.mark.parametrize(
    "secret", ["", "whsec_", "whsec_short", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_" + "A" * 30, "whsec_" + "A" * 200, "whsec_é"]
)
def test_what_is_no_secret(secret):
    """Short, long, unmarked: refused, and the complaint does not repeat it."""
    with pytest.raises(ValueError, match="24 to 64") as caught:
        secret_bytes(secret)
    assert len(secret) < 7 or secret not in str(caught.value)


def test_what_is_told():
    """Facts of the case and of the event; not who asked, and not what was written."""
    story = Story(requester="r-joan", tags=("a",)).do(set_due, at(1), MONDAY + timedelta(days=1))
    told = json.loads(message_body(story.events[1], story.case))

    assert told["type"] == "case.due"
    assert told["timestamp"] == "2026-03-02T10:00:00Z"
    assert told["data"]["event"]["after"] == {"due_at": "2026-03-03T09:00:00Z"}
    assert told["data"]["event"]["actor"] == {"kind": "agent", "id": "maria"}
    assert (told["data"]["case"]["number"], told["data"]["case"]["tags"], told["data"]["case"]["due_at"]) == (
        1,
        ["a"],
        "2026-03-03T09:00:00Z",
    )
    assert not any("r-joan" in message_body(event, story.case) for event in story.events)


def test_lists_are_lists():
    """Tags leave as JSON has them."""
    story = Story().do(set_tags, at(1), ["b", "a"])

    assert json.loads(message_body(story.events[1], story.case))["data"]["event"]["after"] == {"tags": ["a", "b"]}


@pytest.mark.parametrize(
    "address",
    """
    127.0.0.1 127.8.9.1 10.0.0.1 172.16.0.1 192.168.1.1 169.254.169.254 100.64.0.1 0.0.0.0 255.255.255.255 224.0.0.1 240.0.0.1 192.0.0.1
    192.0.2.1 198.18.0.1 198.51.100.1 203.0.113.1 ::1 :: fe80::1 fc00::1 fd00::1 ff02::1 ::ffff:127.0.0.1 ::ffff:10.0.0.1 2002:7f00:1::
    2002:c0a8:101:: 64:ff9b::127.0.0.1 64:ff9b::a00:1 2001:db8::1 2001:0:7f00:1::
    """.split(),
)
def test_what_is_not_public(address):
    """Loopback, private, link-local, shared, reserved, and what hides one of them in an IPv6 address."""
    assert not is_public(ipaddress.ip_address(address))
    with pytest.raises(NoAddressError):
        choose_address([address], [], plain=False)


@pytest.mark.parametrize("address", ["8.8.8.8", "93.184.215.14", "2606:4700:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"])
def test_what_is_public(address):
    """Ordinary addresses of both kinds."""
    assert choose_address([address], [], plain=False) == address


def test_one_bad_address_refuses_all():
    """A name that stands for a public and an inner address is a trick."""
    with pytest.raises(NoAddressError, match=r"10\.0\.0\.1"):
        choose_address(["8.8.8.8", "10.0.0.1"], [], plain=False)
    with pytest.raises(NoAddressError, match="no address"):
        choose_address([], [], plain=False)


def test_networks_of_the_house():
    """What the operator allows may be reached, without TLS too; the public internet only with it."""
    assert choose_address(["10.1.2.3"], ["10.1.0.0/16"], plain=True) == "10.1.2.3"
    with pytest.raises(NoAddressError, match=r"10\.2\.0\.1"):
        choose_address(["10.2.0.1"], ["10.1.0.0/16"], plain=False)
    with pytest.raises(NoAddressError, match="https"):
        choose_address(["8.8.8.8"], ["10.1.0.0/16"], plain=True)


@pytest.mark.parametrize(
    "url", ["https://crm.example.org/hooks", "https://crm.example.org:8443/a?b=c", "http://10.1.2.3/", "https://[2606:4700::1]/x"]
)
def test_good_urls(url):
    """Plain addresses of a host, with a port, a path and a query if need be."""
    assert check_url(url) is None


@pytest.mark.parametrize(
    "url",
    ["", "crm.example.org", "ftp://x.example/", "file:///etc/passwd", "javascript:alert(1)", "https://", "https:///x", "https://u:p@crm.example.org/", "https://crm.example.org/#x",
     "https://crm.example.org\\@10.0.0.1/", "https://crm.example.org/ x", "https://é.example/", "https://crm.example.org:99999/", "https://crm.example.org/\n", "https://[::1", "https://x/" + "a" * 500],
)  # fmt: skip
def test_bad_urls(url):
    """Other schemes, names and passwords, tricks that two parsers read in two ways."""
    assert check_url(url) is not None


@given(st.text(max_size=60))
def test_any_url_is_judged(url):
    """No text makes the judge fail, and what passes has a host that everybody reads alike."""
    for each in (url, f"https://{url}"):
        if check_url(each) is None:
            assert re.fullmatch(r"https?://[A-Za-z0-9.:\[\]-]+([/?].*)?", each, re.IGNORECASE)


def test_when_a_message_is_tried_again():
    """Ever later, seven times; what was taken, or is not wanted any more, is not."""
    tries = [next_try(number, MONDAY, 500) for number in range(1, 9)]

    assert tries == [*(MONDAY + delay for delay in DELAYS), None]
    assert list(DELAYS) == sorted(DELAYS)
    assert [next_try(1, MONDAY, status) for status in (200, 204, 299, 410)] == [None] * 4
    assert all(next_try(1, MONDAY, status) == MONDAY + DELAYS[0] for status in (None, 302, 400, 404, 429, 503))


@pytest.mark.parametrize(
    ("asked", "seconds"), [("60", 60), ("1", 10), ("99999999", 24 * 3600), ("", 10), ("-5", 10), ("soon", 10), ("9" * 50, 10), ("1.5", 10)]
)
def test_what_a_receiver_asks_for_is_heeded(asked, seconds):
    """Retry-After lengthens a wait, up to a day, and shortens none."""
    assert next_try(1, MONDAY, 503, asked) == MONDAY + timedelta(seconds=seconds)


def test_webhooks_in_the_file():
    """Without `on`, all events that a rule may name."""
    text = '[[webhooks]]\nname = "crm"\nurl = "https://crm.example.org/x"\non = ["created"]\n[[webhooks]]\nname = "all"\nurl = "https://x.example/"\n'
    crm, everything = load_rules(text).webhooks

    assert (crm.name, crm.url, crm.on) == ("crm", "https://crm.example.org/x", {"created"})
    assert everything.on == set(TRIGGERS)


@pytest.mark.parametrize(
    ("text", "flaw"),
    [
        ('[[webhooks]]\nname = "a"\n', (1, 1, "webhooks.0.url", "is no text")),
        ('[[webhooks]]\nname = "a"\nurl = "gopher://x.example"\n', (3, 8, "webhooks.0.url", "is no address of https")),
        ('[[webhooks]]\nname = "A b"\nurl = "https://x.example"\n', (2, 9, "webhooks.0.name", "a webhook has no name, or no plain one")),
        ('[[webhooks]]\nname = "a"\nurl = "https://x.example"\nsecret = "x"\n', (4, 1, "webhooks.0.secret", "there is no key secret")),
        ('[[webhooks]]\nname = "a"\nurl = "https://x.example"\non = ["noted"]\n', (4, 8, "webhooks.0.on", "noted is not known")),
    ],
)
def test_mistakes_of_webhooks(text, flaw):
    """As of rules: with their place."""
    with pytest.raises(RulesFileError) as caught:
        load_rules(text)

    assert flaw in [(each.line, each.column, each.key, each.message) for each in caught.value.flaws]

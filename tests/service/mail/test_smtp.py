"""Mail that is handed to a real SMTP server: what it says decides between sent, later and refused."""

from __future__ import annotations

import socket

import pytest
from service.mail.post import CERTIFICATE, letter, relay, tls

from feedback_service.mail.settings import Server, server_of
from feedback_service.mail.smtp import deliver

FROM, TO = "support+1001-a@help.example", ["joan@example.org"]


@pytest.fixture
def post():
    """Run an SMTP server."""
    with relay() as one:
        yield one


def test_a_mail_arrives_as_it_was_written(post):
    """The server has every byte, dots at the beginning of lines included, and the addresses of the envelope."""
    raw = letter("first\r\n.\r\n..two\r\nlast")

    assert deliver(post.server(), FROM, TO, raw) == ("sent", "", False)
    assert post.taken == [(FROM, TO, raw)]


@pytest.mark.parametrize(
    ("step", "said", "state", "is_server"),
    [
        ("MAIL", "451 4.3.0 busy", "later", True),
        ("MAIL", "550 5.7.1 sender not allowed", "later", True),
        ("RCPT", "450 4.2.1 mailbox busy", "later", False),
        ("RCPT", "550 5.1.1 <joan@example.org>: no such user", "refused", False),
        ("RCPT", "421 4.3.2 shutting down", "later", True),
        ("DATA", "451 4.7.1 greylisted", "later", False),
        ("DATA", "554 5.7.1 spam", "refused", False),
        ("DATA", "421 4.3.2 shutting down", "later", True),
        ("RCPT", "hang up", "later", True),
        ("DATA", "hang up", "later", True),
    ],
)
def test_what_the_server_says_decides(post, step, said, state, is_server):
    """A 4xx or a broken line is tried again, a 5xx about the mail or its receiver is final, and one about us is ours to mend."""
    post.answers[step] = [said]
    outcome = deliver(post.server(), FROM, TO, letter())

    assert (outcome.state, outcome.is_server) == (state, is_server)
    assert said.split()[0] in outcome.reason or said == "hang up"
    assert "joan" not in outcome.reason
    assert post.taken == []
    assert deliver(post.server(), FROM, TO, letter()).state == "sent"


def test_one_receiver_of_several_is_enough(post):
    """A mail that the server takes for one of several receivers is sent; if it takes none, a later try counts more than a refusal."""
    post.answers["RCPT"] = ["550 gone"]

    assert deliver(post.server(), FROM, ["a@example.org", "b@example.org"], letter()).state == "sent"
    assert post.taken[0][1] == ["b@example.org"]

    post.answers["RCPT"] = ["550 gone", "450 busy"]

    assert deliver(post.server(), FROM, ["a@example.org", "b@example.org"], letter()).state == "later"


def test_passwords_are_said_under_tls_only():
    """With STARTTLS and with TLS from the first byte the login works; a wrong one is tried again later, for the operator mends it."""
    for kind, how in (("starttls", {"tls_context": tls()}), ("tls", {"ssl_context": tls()})):
        with relay(**how, needs_login=True) as post:
            known = {"host": "localhost", "tls": kind, "ca_file": str(CERTIFICATE), "user": "kb"}

            assert deliver(post.server(**known, password="secret"), FROM, TO, letter()) == ("sent", "", False)
            assert deliver(post.server(**known, password="wrong"), FROM, TO, letter())[::2] == ("later", True)
            assert post.logins == ["kb", "kb"]


def test_a_wrong_certificate_is_never_ignored():
    """An unknown certificate, one of another name, a server without STARTTLS: no password is said, and the mail waits."""
    with relay(tls_context=tls()) as post:
        unknown = deliver(post.server(host="localhost", tls="starttls"), FROM, TO, letter())
        other = deliver(post.server(tls="starttls", ca_file=str(CERTIFICATE)), FROM, TO, letter())
    with relay() as post:
        without = deliver(post.server(tls="starttls", user="kb", password="secret"), FROM, TO, letter())
        wrong = deliver(post.server(tls="tls"), FROM, TO, letter())

    assert [each.state for each in (unknown, other, without, wrong)] == ["later"] * 4
    assert all(each.is_server for each in (unknown, other, without, wrong))
    assert "CERTIFICATE_VERIFY_FAILED" in unknown.reason
    assert "STARTTLS" in without.reason
    assert post.taken == post.logins == []


def test_a_server_that_is_down_or_silent_costs_little_time():
    """Nobody at the port, and somebody who says nothing: tried again later."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]

        assert deliver(Server("127.0.0.1", port, "none", timeout=0.2), FROM, TO, letter())[::2] == ("later", True)
    assert deliver(Server("127.0.0.1", port, "none", timeout=5), FROM, TO, letter())[::2] == ("later", True)


def test_addresses_of_servers_are_read():
    """Scheme, port, user and host come from one address; without TLS only this machine, and never a password."""
    assert server_of("smtps://kb%40help@mail.example.org", "p") == Server("mail.example.org", 465, "tls", "kb@help", "p")
    assert server_of("imap://box@mail.example.org:1143").port == 1143
    assert server_of("smtp+plain://localhost").tls == "none"
    for bad in ("mail.example.org", "http://mail.example.org", "smtp://", "smtp+plain://mail.example.org", "smtps://kb:p@mail.example.org"):
        with pytest.raises(ValueError, match=r"mail server|this machine only"):
            server_of(bad)

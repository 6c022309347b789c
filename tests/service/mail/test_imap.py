"""Mail that is fetched from a real IMAP server: nothing lost, nothing twice, whatever lies in the mailbox."""

from __future__ import annotations

import contextlib
import imaplib
import socket

import pytest
from service.mail.dovecot import dovecot
from service.mail.post import CERTIFICATE, letter

from feedback_service.mail.imap import look
from feedback_service.mail.mime import MOST_BYTES
from feedback_service.mail.settings import Folders, Server


def ignore(_raw: bytes) -> None:
    """Take a mail and forget it."""


@pytest.fixture(scope="module")
def server():
    """Run one server for the tests of this file, each of which empties its mailbox."""
    with dovecot() as box:
        yield box


@pytest.fixture
def box(server):
    """Give an empty mailbox."""
    look(server.server(), Folders(done="Emptied"), ignore)
    return server


def test_unread_mail_is_taken_and_marked(box):
    """Mails that stay in their folder are marked as read once they were taken; the next look finds nothing."""
    box.put(letter("one"), "a.1")
    box.put(letter("two"), "b.2")
    taken = []

    assert look(box.server(), Folders(), taken.append)[:3] == (2, 0, "")
    assert sorted(raw.splitlines()[-1] for raw in taken) == [b"one", b"two"]
    assert set(box.names().values()) == {"S"}
    assert look(box.server(), Folders(), taken.append).taken == 0


def test_taken_mail_is_moved(box):
    """With a folder for what is done everything in the inbox is new, read by somebody or not, and is moved there."""
    box.put(letter("one"), "c.1")
    look(box.server(), Folders(), ignore)
    before, taken = box.names(".Moved"), []

    assert look(box.server(), Folders(done="Moved"), taken.append).taken == 1
    assert box.names() == {}
    assert (before, len(box.names(".Moved"))) == ({}, 1)


def test_what_is_not_taken_stays(box):
    """If the store does not answer, the mail and those behind it stay, and come with the next look."""
    for name in ("d.1", "e.2", "f.3"):
        box.put(letter(name), name)
    taken = []

    def take(raw: bytes) -> None:
        if len(taken) == 1:
            raise ConnectionResetError
        taken.append(raw)

    with contextlib.suppress(ConnectionResetError):
        look(box.server(), Folders(done="Done"), take)
    assert len(box.names()) == 2

    rest = []

    assert look(box.server(), Folders(done="Done"), rest.append).taken == 2
    assert sorted(raw.splitlines()[-1] for raw in (*taken, *rest)) == [b"d.1", b"e.2", b"f.3"]


def test_bad_mails_stop_nobody(box):
    """Empty ones, binary ones and ones over the limit are handed over as far as they are read, and so are those behind them."""
    box.put(b"", "g.1")
    box.put(bytes(range(256)) * 40, "h.2")
    box.put(letter("x" * 70 + "\r\n" + "y\r\n" * (MOST_BYTES // 2)), "i.3")
    box.put(letter("the last"), "j.4")
    taken = []

    assert look(box.server(), Folders(done="Done"), taken.append)[:3] == (4, 0, "")
    assert max(map(len, taken)) == MOST_BYTES + 1
    assert any(b"the last" in raw for raw in taken)


def test_a_server_without_move_is_served_too():
    """Where MOVE is not known a mail is copied, marked as deleted and expunged alone: what others have marked stays."""
    with dovecot(capability="IMAP4rev1 UIDPLUS") as box:
        box.put(letter("theirs"), "k.1")
        with imaplib.IMAP4("127.0.0.1", box.port) as other:
            other.login("box", "secret")
            other.select()
            other.store("1", "+FLAGS", r"(\Deleted)")
        box.put(letter("one"), "l.2")

        assert look(box.server(), Folders(done="Done"), ignore).taken == 1
        assert list(box.names()) == ["k.1"]
        assert len(box.names(".Done")) == 1


def test_trouble_with_the_server_is_told(box):
    """A wrong password, a port where nobody is, a folder that is not there: said in a line, nothing raised."""
    wrong = look(box.server(password="wrong"), Folders(), ignore)
    nowhere = look(box.server(port=1), Folders(), ignore)
    missing = look(box.server(), Folders("Missing"), ignore)

    assert "AUTHENTICATIONFAILED" in wrong.error
    assert "ConnectionRefusedError" in nowhere.error
    assert missing.error


def test_certificates_are_checked():
    """With STARTTLS a certificate that is not trusted, or of another name, ends the look before the password is said."""
    with dovecot(secure=True) as box:
        box.put(letter("one"), "m.1")
        trusted = box.server(host="localhost", tls="starttls", ca_file=str(CERTIFICATE))

        assert "CERTIFICATE_VERIFY_FAILED" in look(box.server(host="localhost", tls="starttls"), Folders(), ignore).error
        assert "match" in look(box.server(tls="starttls", ca_file=str(CERTIFICATE)), Folders(), ignore).error
        assert look(trusted, Folders(), ignore) == (1, 0, "")


def test_a_silent_server_is_left():
    """A server that accepts and says nothing costs no more than the time that was set."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        server = Server("127.0.0.1", silent.getsockname()[1], "none", "box", "secret", timeout=0.2)

        assert "imed out" in look(server, Folders(), ignore).error

"""
Looks into a mailbox and hands over what is new.  A mail is marked as done only after it was taken, so none is lost: a second copy of one
that was taken before a power cut is known by its key.
"""

from __future__ import annotations

import imaplib
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import NamedTuple

from feedback_service.mail.mime import MOST_BYTES
from feedback_service.mail.settings import Folders, Server
from feedback_service.mail.smtp import context_of

MOST_MAILS = 200  # that one look takes


class Looked(NamedTuple):
    """What a look came to: how many mails were taken, how many could not be fetched, and why it ended early ("": it did not)."""

    taken: int
    left: int = 0
    error: str = ""


def look(server: Server, folders: Folders, take: Callable[[bytes], None]) -> Looked:
    """
    Hand over the mails of a mailbox.  Waits: not for an event loop.

    Where taken mails are moved, everything in the inbox is new, read or not; where they stay, what is unread is.

    Args:
        take: Keeps a mail (at most MOST_BYTES and one byte more of it); when it returns, the mail is marked as done.
    Raises: Whatever *take* raises: that mail and the following ones stay.
    """
    taken = left = 0
    try:
        with _open(server, folders) as (box, skills):
            for uid in _new(box, folders):
                raw = _fetched(box, uid)
                if raw is None:
                    left += 1
                    continue
                take(raw)
                taken += 1
                _put_away(box, uid, folders, skills)
    except (imaplib.IMAP4.error, OSError) as error:
        return Looked(taken, left, f"{type(error).__name__}: {error}"[:200])
    return Looked(taken, left)


@contextmanager
def _open(server: Server, folders: Folders) -> Iterator[tuple[imaplib.IMAP4, frozenset[str]]]:
    """Sign in; gives what the server can do now too: before the login servers say less, and the library asks only then."""
    box: imaplib.IMAP4
    if server.tls == "tls":
        box = imaplib.IMAP4_SSL(server.host, server.port, ssl_context=context_of(server), timeout=server.timeout)
    else:
        box = imaplib.IMAP4(server.host, server.port, timeout=server.timeout)
    try:
        if server.tls == "starttls":
            box.starttls(context_of(server))
        box.login(server.user, server.password)
        if folders.done:
            box.create(_quoted(folders.done))  # says no if it is there
        _must(box.select(_quoted(folders.inbox)))
        skills = b" ".join(each for each in _must(box.capability()) if isinstance(each, bytes))
        yield box, frozenset(skills.decode("ascii", "replace").upper().split())
    finally:
        with suppress(imaplib.IMAP4.error, OSError):
            box.logout()
        with suppress(OSError):  # a goodbye that failed leaves the line open
            box.shutdown()


def _new(box: imaplib.IMAP4, folders: Folders) -> list[str]:
    found = _must(box.uid("SEARCH", "UNDELETED", *([] if folders.done else ["UNSEEN"])))
    uids: list[str] = b" ".join(each for each in found if isinstance(each, bytes)).decode("ascii", "replace").split()
    return uids[:MOST_MAILS]


def _fetched(box: imaplib.IMAP4, uid: str) -> bytes | None:
    """Fetch a mail, but no more of it than is read; None if the server does not give it."""
    kind, found = box.uid("FETCH", uid, f"(BODY.PEEK[]<0.{MOST_BYTES + 1}>)")
    parts = [each[1] for each in found if isinstance(each, tuple)] if kind == "OK" else []
    return bytes(parts[0]) if parts else None


def _put_away(box: imaplib.IMAP4, uid: str, folders: Folders, skills: frozenset[str]) -> None:
    if not folders.done:
        _must(box.uid("STORE", uid, "+FLAGS", r"(\Seen)"))
    elif "MOVE" in skills:
        _must(box.uid("MOVE", uid, _quoted(folders.done)))
    else:
        _must(box.uid("COPY", uid, _quoted(folders.done)))
        _must(box.uid("STORE", uid, "+FLAGS", r"(\Seen \Deleted)"))
        if "UIDPLUS" in skills:  # a plain EXPUNGE would remove what others have marked too
            _must(box.uid("EXPUNGE", uid))


def _must(answer: tuple[str, Sequence[object]]) -> Sequence[object]:
    kind, said = answer
    if kind != "OK":
        raise imaplib.IMAP4.error(str(said[0] if said else kind)[:200])
    return said


def _quoted(folder: str) -> str:
    """Write the name of a folder; ASCII only, as the names in settings are."""
    return '"' + re.sub(r'(["\\])', r"\\\1", folder) + '"'

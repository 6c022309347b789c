"""Hands one mail to the server that sends, and says in three words how it went.  Waits: for threads and commands, not for an event loop."""

from __future__ import annotations

import re
import smtplib
import ssl
from collections.abc import Sequence
from contextlib import suppress
from typing import Literal, NamedTuple

from feedback_service.mail.settings import Server

_ADDRESS = re.compile(r"<?[^\s<>]{1,64}@[^\s<>]{1,255}>?")
_LONGEST_REASON = 200


class Outcome(NamedTuple):
    """
    How a delivery went.

    "sent": the server has it.  "later": try again.  "refused": it will never be taken.  `reason` is what the server said, without
    addresses.  `is_server` tells that no other mail would fare better now.
    """

    state: Literal["sent", "later", "refused"]
    reason: str = ""
    is_server: bool = False


def deliver(server: Server, sender: str, to: Sequence[str], raw: bytes) -> Outcome:
    """
    Hand over a mail.

    Args:
        sender: Where reports go: the address of the envelope.
        to: Who gets it; it counts as sent if the server takes it for one of them.
    """
    try:
        smtp = _connected(server)
        try:
            outcome = _handed_over(smtp, sender, to, raw)
            with suppress(smtplib.SMTPException, OSError):  # a goodbye that is not heard changes nothing
                smtp.quit()
        finally:
            smtp.close()
    except smtplib.SMTPResponseException as error:  # greeting, login, STARTTLS: trouble with the server, not with the mail
        return Outcome("later", _said(error.smtp_code, error.smtp_error), is_server=True)
    except (smtplib.SMTPException, OSError, UnicodeError) as error:  # a wrong certificate is an OSError too
        return Outcome("later", _plain(f"{type(error).__name__}: {error}"), is_server=True)
    return outcome


def context_of(server: Server) -> ssl.SSLContext:
    """Make the TLS settings of a server: certificates and names are checked."""
    return ssl.create_default_context(cafile=server.ca_file or None)


def _connected(server: Server) -> smtplib.SMTP:
    name = "localhost"  # what we call ourselves; the library would ask the name server, which may take its time
    smtp: smtplib.SMTP
    if server.tls == "tls":
        smtp = smtplib.SMTP_SSL(server.host, server.port, local_hostname=name, timeout=server.timeout, context=context_of(server))
    else:
        smtp = smtplib.SMTP(server.host, server.port, local_hostname=name, timeout=server.timeout)
    try:
        if server.tls == "starttls":
            smtp.starttls(context=context_of(server))
        if server.user:
            smtp.login(server.user, server.password)
    except BaseException:
        smtp.close()
        raise
    return smtp


def _handed_over(smtp: smtplib.SMTP, sender: str, to: Sequence[str], raw: bytes) -> Outcome:
    try:
        smtp.sendmail(sender, to, raw)
    except smtplib.SMTPRecipientsRefused as error:
        code, said = max(error.recipients.values(), key=lambda answer: answer[0] < 500)  # a later try may reach one of them
        return _judged(code, said)
    except smtplib.SMTPSenderRefused as error:  # our own address: the operator mends that, the mail is none the worse
        return Outcome("later", _said(error.smtp_code, error.smtp_error), is_server=True)
    except smtplib.SMTPDataError as error:
        return _judged(error.smtp_code, error.smtp_error)
    return Outcome("sent")


def _judged(code: int, said: bytes | str) -> Outcome:
    return Outcome("refused" if code >= 500 else "later", _said(code, said), is_server=code == 421)


def _said(code: int, text: bytes | str) -> str:
    return _plain(f"{code} {text.decode('utf-8', 'replace') if isinstance(text, bytes) else text}")


def _plain(text: str) -> str:
    """Write what a server said without addresses, on one line: it is shown and logged."""
    return "".join(sign if sign.isprintable() else " " for sign in _ADDRESS.sub("…", text))[:_LONGEST_REASON].strip()

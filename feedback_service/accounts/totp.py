"""
The second factor: time-based one-time passwords as authenticator apps make them (six digits, 30 seconds, SHA-1).

Source: RFC 6238, RFC 4226.  SHA-1 is what every app knows; the weakness of its collisions does not touch HMAC.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from datetime import datetime
from urllib.parse import quote

STEP = 30  # seconds
DIGITS = 6
SECRET_BYTES = 20  # as long as the hash, which RFC 4226 recommends

_CODE = re.compile(r"[0-9]{6}")
_OTHER_DIGITS = str.maketrans("۰۱۲۳۴۵۶۷۸۹٠١٢٣٤٥٦٧٨٩０１２３４５６７８９", "0123456789" * 3)


def code_at(secret: bytes, step: int, digits: int = DIGITS) -> str:
    """Make the code of one step of time (seconds since 1970 ÷ 30, rounded down)."""
    digest = hmac.digest(secret, step.to_bytes(8, "big"), hashlib.sha1)
    offset = digest[-1] & 15
    number = int.from_bytes(digest[offset : offset + 4], "big") & 0x7FFFFFFF
    return str(number % 10**digits).zfill(digits)


def check_code(secret: str, code: str, now: datetime, last_step: int) -> int | None:
    """
    Judge what somebody typed: spaces do not count, and Persian, Arabic and wide digits are digits.

    Args:
        secret: Base32; "" matches nothing.
        last_step: The step of the last code that was taken: it and older ones are spent.
    Returns: The step to remember; None if the code is wrong.  One step early or late is taken, for clocks differ.
    """
    typed = "".join(code[:40].split()).translate(_OTHER_DIGITS)
    if not secret or not _CODE.fullmatch(typed):
        return None
    key = base64.b32decode(secret)
    today = int(now.timestamp()) // STEP
    fits = [step for step in (today - 1, today, today + 1) if hmac.compare_digest(code_at(key, step), typed)]
    return next((step for step in fits if step > last_step), None)


def new_secret(chance: bytes) -> str:
    """Write 20 random bytes as apps take them.  Raises: ValueError: If there are not 20."""
    if len(chance) != SECRET_BYTES:
        raise ValueError(f"A second factor needs {SECRET_BYTES} random bytes.")
    return base64.b32encode(chance).decode("ascii")


def key_uri(secret: str, login: str, issuer: str) -> str:
    """Write the address that apps read, from a link or a QR code."""
    return f"otpauth://totp/{quote(issuer, safe='')}:{quote(login, safe='')}?secret={secret}&issuer={quote(issuer, safe='')}"

"""
Passwords: what is refused as one, and the hash that is kept.

argon2id with 19 MiB, 2 passes, 1 lane (OWASP's first choice of memory and time); a hash takes tens of milliseconds on purpose, so whoever
calls does it in a thread and lets few run at once.  Composed and decomposed letters are one password (NFC).
"""

from __future__ import annotations

import unicodedata
from typing import Literal

from argon2 import Type
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.low_level import ARGON2_VERSION, hash_secret, verify_secret

FEWEST = 12  # characters
MOST_BYTES = 1024
MEMORY, PASSES, LANES = 19 * 1024, 2, 1  # KiB, times, threads
SALT_BYTES, HASH_BYTES = 16, 32
_SETTINGS = f"$argon2id$v={ARGON2_VERSION}$m={MEMORY},t={PASSES},p={LANES}$"
# A hash of some word, compared with where there is no account, so that the answer takes as long.
STAND_IN = "$argon2id$v=19$m=19456,t=2,p=1$N48SiwE6SxYRaUpGND0IeA$AODzBkcOrSYQdW4m3ZLM1eOP4tquPW69iWSmYqHjQDI"
_ROWS = (
    "qwertyuiopasdfghjklzxcvbnm",
    "qwertzuiopasdfghjklyxcvbnm",
    "azertyuiopqsdfghjklmwxcvbn",
    "abcdefghijklmnopqrstuvwxyz",
    "01234567890123456789",
)
_WORDS = (
    "password",
    "passwort",
    "contrasenya",
    "contraseña",
    "parola",
    "letmein",
    "welcome",
    "administrator",
    "changeme",
    "secret",
    "iloveyou",
)

Weakness = Literal["too_short", "too_long", "control_characters", "too_simple", "names_you"]


def weakness(password: str, *about: str) -> Weakness | None:
    """
    Say why a new password is refused; None: it is taken.

    Length is what counts; no kinds of signs are asked for (NIST SP 800-63B).  Simple are one or few signs repeated, rows of the keyboard or
    the alphabet, and the words that guessers try first, with whatever else is around them shorter than eight characters.

    Args:
        about: Login, name and address of the agent, and the name of the house.
    """
    text = unicodedata.normalize("NFC", password)
    if len(text) < FEWEST:
        return "too_short"
    if len(text) > MOST_BYTES or len(text.encode("utf-8", "surrogatepass")) > MOST_BYTES:
        return "too_long"
    if any(unicodedata.category(char) in {"Cc", "Cs"} for char in text):
        return "control_characters"
    folded = text.casefold()
    if _rest(folded, _parts_of(about)) < FEWEST - 4:
        return "names_you"
    return "too_simple" if len(set(folded)) < 5 or _rest(_without_rows(folded), _WORDS) < FEWEST - 4 else None


def hash_password(password: str, salt: bytes) -> str:
    """
    Hash a password that `weakness` lets pass.

    Args:
        salt: 16 random bytes.
    """
    if len(salt) != SALT_BYTES:
        raise ValueError(f"A salt has {SALT_BYTES} bytes.")
    return hash_secret(_bytes(password) or b"", salt, PASSES, MEMORY, LANES, HASH_BYTES, Type.ID).decode("ascii")


def verify(encoded: str, password: str) -> bool:
    """
    Compare a password with a hash.  Takes as long whether it fits or not, whether there is a hash or not.

    Args:
        encoded: "" stands for an account that does not exist or has no password: nothing matches it.
    """
    secret = _bytes(password)
    try:
        verify_secret((encoded or STAND_IN).encode("ascii"), secret if secret is not None else b"\0", Type.ID)
    except (VerificationError, InvalidHashError, UnicodeEncodeError):
        return False
    return bool(encoded) and secret is not None


def is_outdated(encoded: str) -> bool:
    """Tell whether a hash was made with other settings, so that the next sign-in makes it anew."""
    return not encoded.startswith(_SETTINGS)


def _bytes(password: str) -> bytes | None:
    """Write a password as it is hashed; None: no account has such a password, and it is compared in vain."""
    if len(password) > MOST_BYTES or "\0" in password:
        return None
    written = unicodedata.normalize("NFC", password).encode("utf-8", "replace")
    return written if len(written) <= MOST_BYTES else None


def _parts_of(about: tuple[str, ...]) -> tuple[str, ...]:
    parts = {part for text in about for part in text.casefold().replace("@", " ").replace(".", " ").split() if len(part) > 3}
    return tuple(sorted(parts | {text.casefold() for text in about if len(text) > 3}, key=lambda part: (-len(part), part)))


def _rest(text: str, parts: tuple[str, ...]) -> int:
    """Count the characters that are left when *parts* are taken out."""
    for part in parts:
        text = text.replace(part, "")
    return len(text)


def _without_rows(text: str) -> str:
    """Take out runs of four or more neighbours of a keyboard or the alphabet, read from either side."""
    for row in (*_ROWS, *(row[::-1] for row in _ROWS)):
        for length in range(len(row), 3, -1):
            for start in range(len(row) - length + 1):
                text = text.replace(row[start : start + length], "")
    return text

"""One way to name bytes: short digests that keys and file names are made of."""

from __future__ import annotations

from hashlib import blake2b, sha1


def digest(*parts: str | bytes) -> str:
    """
    Name a sequence of texts.

    Args:
        parts: Any texts; their borders count, so ("ab", "c") and ("a", "bc") differ.

    Returns: 32 hexadecimal digits (128 bits of BLAKE2b).
    """
    state = blake2b(digest_size=16)
    for part in parts:
        data = part.encode("utf-8", "surrogatepass") if isinstance(part, str) else part
        state.update(b"%d:" % len(data))
        state.update(data)
    return state.hexdigest()


def blob(data: bytes) -> str:
    """
    Name a file's bytes as git does, so that a page's revision is the very text that a reviewer approved.

    Returns: 40 hexadecimal digits.
    Source: git-hash-object(1), "blob SIZE\\0" before the content, SHA-1.
    """
    return sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()

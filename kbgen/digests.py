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
    texts = [part if isinstance(part, str) else part.decode("latin-1") for part in parts]
    return blake2b("".join([f"{len(text)}:{text}" for text in texts]).encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def blob(data: bytes) -> str:
    """
    Name a file's bytes as git does, so that a page's revision is the very text that a reviewer approved.

    Returns: 40 hexadecimal digits.
    Source: git-hash-object(1): "blob SIZE" and a NUL before the content, SHA-1.
    """
    return sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()

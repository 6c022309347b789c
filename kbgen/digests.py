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
    try:
        text = "\0".join(parts)  # type: ignore[arg-type]  # bytes are rare: the next lines are for them
    except TypeError:
        return digest(*(part if isinstance(part, str) else part.decode("latin-1") for part in parts))
    person = b""
    if text.count("\0") != len(parts) - 1:  # a part holds the border itself, so the lengths tell where parts end
        text, person = "\0".join([*map(str, map(len, parts)), text]), b"lengths"
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16, person=person).hexdigest()


def blob(data: bytes) -> str:
    """
    Name a file's bytes as git does, so that a page's revision is the very text that a reviewer approved.

    Returns: 40 hexadecimal digits.
    Source: git-hash-object(1): "blob SIZE" and a NUL before the content, SHA-1.
    """
    return sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()

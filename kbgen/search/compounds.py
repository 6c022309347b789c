"""Words with hyphens or half spaces, which the rule book cuts into their parts and the joined form."""

from __future__ import annotations

from collections.abc import Sequence

MOST_PARTS = 5  # of a word with hyphens or half spaces that is brought together again


def joined(forms: Sequence[str]) -> list[tuple[str, Sequence[str]]]:
    """
    Bring the parts of a word with hyphens or half spaces, which are followed by the joined form, together again.

    Returns: Words in their order, each with its parts: wi, fi, wifi -> (wifi, (wi, fi)); nothing beside a word that has none.
    """
    found: list[tuple[str, Sequence[str]]] = []
    at = 0
    while at < len(forms):
        for count in range(min(MOST_PARTS, len(forms) - at - 1), 1, -1):
            if forms[at + count] == "".join(forms[at : at + count]):
                found.append((forms[at + count], forms[at : at + count]))
                at += count + 1
                break
        else:
            found.append((forms[at], ()))
            at += 1
    return found

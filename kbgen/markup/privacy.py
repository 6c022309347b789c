"""KB82x: what should not stand in a text that everybody can read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from kbgen.model import Problem

RULES = {
    "KB820": "An e-mail address at a provider of private mailboxes. It is probably somebody's own; a help centre names the team's "
    "address. Write the team's address, or one that cannot exist, such as name@example.org.",
    "KB821": "A number that could be a payment card: 13 to 19 digits whose check digit is right, outside web addresses. Write one "
    "that cannot be real, such as 0000 0000 0000 0000, or show only the last four digits.",
    "KB824": "A telephone number that is written out. Advice: numbers of the house change, and a private one does not belong here. "
    "Write the house's into content/_vars.toml and `{{ phone }}` into the article; an example is best one of nobody: +34 900 000 000.",
    "KB825": "An IBAN whose check digits are right: it is probably somebody's account. Write one that cannot be real, such as ES00 0000 "
    "0000 0000 0000 0000, or put the house's own into content/_vars.toml.",
    "KB823": "A writer's comment that is never closed: everything behind `<!--` stands on the page for all to read. Close it with `-->`.",
    "KB822": "A password of a machine: a private key, or a token whose form is known. Whoever reads the repository can use it. Revoke "
    "it where it was made, then take it out; taking it out alone leaves it in git's history.",
}

_MAILBOX = re.compile(
    r"[\w.+-]{1,64}@(?:gmail|googlemail|hotmail|outlook|live|yahoo|icloud|proton|protonmail|gmx|aol|qq|163|yandex)\.[a-z.]{2,8}\b",
    re.IGNORECASE,
)
_CODE = re.compile(r"^ {0,3}(`{3,}|~{3,}).*?^ {0,3}\1|`[^`\n]*`", re.MULTILINE | re.DOTALL)
_DIGITS = re.compile(r"(?<![\w./=#-])\d(?:[ -]?\d){12,18}(?![\w-])")
_IBAN = re.compile(r"(?<![\w/=#-])[A-Z]{2}\d{2}(?:[ ]?[A-Z0-9]{4}){2,7}(?:[ ]?[A-Z0-9]{1,4})?(?![\w-])")
_PHONE = re.compile(r"(?<![\w.+/=#-])\+[1-9]\d{0,2}(?:[ \u00a0.()-]{0,2}\d){6,12}(?![\w-])")
_SECRET = re.compile(
    r"-----BEGIN [A-Z ]*PRIVATE KEY-----|\bAKIA[0-9A-Z]{16}\b|\bgh[pousr]_[A-Za-z0-9]{36,}\b|\bglpat-[\w-]{20,}|\bxox[abprs]-[\w-]{10,}"
    r"|\b[sr]k_live_[A-Za-z0-9]{16,}|\bAIza[\w-]{35}\b|\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{10,}"
)
_MARKS = (
    "PRIVATE KEY-",
    "AKIA",
    "gh",
    "glpat-",
    "xox",
    "k_live_",
    "AIza",
    "eyJ",
)  # one of them stands in each: a look costs less than a search


def private_matters(markdown: str, path: str) -> Iterator[Problem]:
    """
    Yield what a text gives away.

    Args:
        markdown: A body; its first line counts as 1.
    """
    if "@" in markdown:
        for found in _MAILBOX.finditer(markdown):
            yield _problem(
                markdown,
                path,
                found,
                "KB820",
                "this looks like somebody's private e-mail address",
                "Write the team's address, or  name@example.org",
                "warning",
            )
    if "<!--" in markdown:
        yield from _open_comments(markdown, path)
    for found in _DIGITS.finditer(markdown):
        if card(found[0]):
            yield _problem(
                markdown,
                path,
                found,
                "KB821",
                "this could be the number of a payment card",
                "Write  0000 0000 0000 0000 , or only the last four digits",
                "warning",
            )
    for found in _IBAN.finditer(markdown):
        if iban(found[0]):
            remedy = "Write  ES00 0000 0000 0000 0000 0000 , or a name of content/_vars.toml"
            yield _problem(markdown, path, found, "KB825", "this could be the number of a bank account", remedy, "warning")
    for found in _SECRET.finditer(markdown) if any(mark in markdown for mark in _MARKS) else ():
        yield _problem(
            markdown,
            path,
            found,
            "KB822",
            "this is a key or a token that a machine would accept",
            "Revoke it where it was made, then take it out",
            "error",
        )


def _open_comments(markdown: str, path: str) -> Iterator[Problem]:
    text = _CODE.sub(lambda found: "\n" * found[0].count("\n"), markdown)
    start = text.rfind("<!--")
    if start >= 0 and "-->" not in text[start:]:
        line = text.count("\n", 0, start) + 1
        yield Problem(path, line, 0, "KB823", "this comment is never closed, so its text stands on the page", "Close it with  -->")


def card(text: str) -> bool:
    """
    Say whether digits could be the number of a payment card.

    Source: ISO/IEC 7812-1, the check digit of H. P. Luhn; all-equal digits pass it and are nobody's card.
    """
    digits = [int(letter) for letter in text if letter.isdigit()]
    if len(set(digits)) == 1 or digits[0] not in {2, 3, 4, 5, 6}:
        return False
    doubled = [digit if place % 2 == 0 else digit * 2 - 9 * (digit > 4) for place, digit in enumerate(reversed(digits))]  # noqa: PLR2004 - two digits from 5 on
    return sum(doubled) % 10 == 0


def iban(text: str) -> bool:
    """
    Say whether letters and digits could be the number of a bank account.

    Source: ISO 13616 and ISO/IEC 7064, MOD 97-10: the country and the check digits go to the end, letters count from 10.
    """
    bare = text.replace(" ", "")
    return 15 <= len(bare) <= 34 and int("".join(str(int(sign, 36)) for sign in bare[4:] + bare[:4])) % 97 == 1 and len(set(bare[4:])) > 1  # noqa: PLR2004 - the standard's lengths


def phones(text: str, seen: str, path: str) -> Iterator[Problem]:
    """
    Yield telephone numbers in the international form, those of nobody apart: all zeros behind the country and area, or 555 01xx.

    Args:
        text: A file.
        seen: What readers see of it, at the same places.
    """
    for found in _PHONE.finditer(seen):
        digits = re.sub(r"\D", "", found[0])
        if not (digits.endswith("000000") or "55501" in digits):
            remedy = "Write the number into content/_vars.toml, and its name in double braces here"
            yield replace(_problem(text, path, found, "KB824", "this is a telephone number", remedy, "warning"), severity="advice")


def _problem(markdown: str, path: str, found: re.Match[str], rule: str, message: str, remedy: str, severity: str) -> Problem:  # noqa: PLR0913
    line = markdown.count("\n", 0, found.start()) + 1
    start = markdown.rfind("\n", 0, found.start()) + 1
    end = markdown.find("\n", found.end())
    source = markdown[start : end if end >= 0 else None]
    shown = source if rule == "KB820" else ""  # a report may be public: it repeats no secret
    return Problem(
        path,
        line,
        found.start() - start + 1,
        rule,
        message,
        remedy,
        "error" if severity == "error" else "warning",
        shown[:200],
        len(found[0]) if shown else 1,
    )

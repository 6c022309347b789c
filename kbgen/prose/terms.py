"""
The words that a team has agreed on.

They stand in content/<locale>/terms.toml, which is reviewed like an article:

    [[term]]
    write = "sign in"
    not = ["log in", "log on"]
    why = "the button says so"          # not needed
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from kbgen.marked import Findings, Loc, Marked
from kbgen.marked.toml import read_toml
from kbgen.model import Problem
from kbgen.prose.visible import problem_at

FILE = "terms.toml"
RIGHT = '[[term]]  with  write = "sign in"  and  not = ["log in"]'

RULES = {
    "KB504": "A word that content/<locale>/terms.toml asks not to write. One thing has one name, so that customers find it and know it "
    "again. `kbgen check --fix` writes the other word; a quotation of somebody else's words belongs into code.",
    "KB505": 'content/<locale>/terms.toml is not what a check can read. Right:  [[term]]  with  write = "sign in",  not = ["log in"]  '
    'and, if you like,  why = "the button says so".',
}

_LETTER = re.compile(r"[^\W\d_]")
_NO_SPACES = re.compile(r"[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff]")  # scripts whose words stand side by side


@dataclass(frozen=True, slots=True)
class Term:
    """One thing that has one name."""

    write: str
    never: tuple[str, ...]
    why: str = ""


def read_terms(text: str, path: str) -> tuple[tuple[Term, ...], tuple[Problem, ...]]:
    """Return what a terms.toml says, and what is wrong with it."""
    findings = Findings(path, text.replace("\r\n", "\n"))
    marked = read_toml(text.replace("\r\n", "\n"), findings, "KB505")
    found = [] if marked is None else list(_terms(marked, findings))
    return tuple(found), findings.sorted()


def _terms(marked: Marked, findings: Findings) -> Iterator[Term]:
    def say(loc: Loc, message: str) -> None:
        findings.add(marked.at(loc, key=True), "KB505", message, f"Write  {RIGHT}")

    for key in marked.value:
        if key != "term":
            say((key,), f"{key} is not known here")
    rows = marked.value.get("term", [])
    for at, row in enumerate(rows if isinstance(rows, list) else [rows]):
        fields: dict[str, Any] = row if isinstance(row, dict) else {}
        loc = ("term", at) if isinstance(rows, list) else ("term",)
        wrong = fault_of(fields)
        if wrong:
            say(loc, wrong)
        else:
            yield Term(fields["write"].strip(), tuple(one.strip() for one in fields["not"]), str(fields.get("why", "")))


def fault_of(fields: dict[str, Any]) -> str:
    """Say what is wrong with a row, "" for nothing."""
    others = sorted(fields.keys() - {"write", "not", "why"})
    if others:
        return f"{others[0]} is not known in a term"
    words = [fields.get("write"), *(fields["not"] if isinstance(fields.get("not"), list) and fields["not"] else [None])]
    if not all(isinstance(one, str) and one.strip() for one in words):
        return "a term needs text to write, and a list of what not to write"
    if fields["write"].strip() in [one.strip() for one in fields["not"]]:
        return "what is to be written is forbidden too"
    return ""


def misnamed(text: str, seen: str, terms: Sequence[Term], path: str) -> Iterator[Problem]:
    """
    Yield the words of a file that a term asks not to write.

    Args:
        text: The file.
        seen: What readers see of it, at the same places.
    """
    for term in terms:
        right = [found.span() for found in _pattern(term.write).finditer(seen)]
        for word in term.never:
            for found in _pattern(word).finditer(seen):
                if any(start <= found.start() and found.end() <= end for start, end in right):
                    continue  # "e-mail" in "e-mail address", where that is what to write
                better = _like(found[0], term.write)
                why = f": {term.why}" if term.why else ""
                told = ("KB504", f"{found[0]} is called {term.write} here{why}", f"Write  {better}")
                yield replace(problem_at(text, found.span(), told, path, "warning"), edit=better)


def _pattern(words: str) -> re.Pattern[str]:
    """Return what finds words in any case and with any spaces between them, as whole words where the script has spaces."""
    body = r"[ \u00a0]+".join(map(re.escape, words.split()))
    first, last = words.strip()[0], words.strip()[-1]
    before = r"(?<![\w\u200c])" if _LETTER.match(first) and not _NO_SPACES.match(first) else ""
    after = r"(?![\w\u200c])" if _LETTER.match(last) and not _NO_SPACES.match(last) else ""
    return re.compile(before + body + after, re.IGNORECASE)


def _like(found: str, write: str) -> str:
    """Begin with a capital where the other word did."""
    return write[0].upper() + write[1:] if found[0].isupper() and not found.isupper() else write

"""
What people say of search, in files of a locale's folder that are reviewed like articles.

content/<locale>/synonyms.toml says which words stand for which:

    same = [["parcel", "package"]]         # either finds the other
    [means]
    "gift voucher" = ["gift card"]         # who types the first finds the second, not the other way round

content/<locale>/search-tests.toml says what has to be found:

    [[test]]
    query = "forgot my password"
    article = "kb-resetpw"                 # the id
    within = 3                             # among so many first results; 1 when it is not said
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kbgen.marked import Findings, Loc, Marked
from kbgen.marked.toml import read_toml
from kbgen.model import Problem
from kbgen.search.analyze import ALL, PAIR, Analyser
from kbgen.search.compounds import joined

SYNONYMS, TESTS = "synonyms.toml", "search-tests.toml"
TEST = '[[test]]  with  query = "forgot password",  article = "kb-resetpw"  and, if you like,  within = 3'

RULES = {
    "KB901": "A query of search-tests.toml does not find its article among the first results. The build stops: mend the article's title, "
    "keywords or headings, add a synonym, or take the test back.",
    "KB902": "Words of synonyms.toml that no article holds, so the synonym leads nowhere. Of several words, one article has to hold all, "
    "anywhere in it. Correct them, or take the synonym out.",
    "KB903": "An article is not among the first three results for its own title, or for three words of it, though what comes before it "
    "holds those words in no title. Give it a title of its own, or make the others' titles and keywords more exact.",
    "KB904": 'synonyms.toml or search-tests.toml is not what search can read. Right:  same = [["parcel", "package"]],  [means] with  '
    'voucher = ["gift card"],  and  [[test]]  with  query = "forgot password",  article = "kb-resetpw"  and, if you like,  within = 3.',
}


@dataclass(frozen=True, slots=True)
class Synonym:
    """Forms that are typed and forms that they stand for; `loc` says where."""

    typed: Sequence[str]  # in each spelling, with PAIR between words
    found: Sequence[str]  # in each spelling, with ALL between words
    words: str  # what is found, as written
    loc: Loc


@dataclass(frozen=True, slots=True)
class Test:
    """A query that has to find an article."""

    query: str
    article: str
    within: int
    loc: Loc


class Wishes:
    """One such file, read; what is wrong with it stands in `findings`."""

    def __init__(self, path: str, text: str) -> None:
        self.findings = Findings(path, text.replace("\r\n", "\n"))
        self.marked: Marked | None = read_toml(text.replace("\r\n", "\n"), self.findings, "KB904")

    def synonyms(self, analyser: Analyser) -> list[Synonym]:
        """Return what stands for what."""
        found: list[Synonym] = []
        for key, value in self._items({"same", "means"}):
            if key == "same":
                for at, group in enumerate(value if isinstance(value, list) else [None]):
                    words = self._words(group, ("same", at), 'same = [["parcel", "package"]]')
                    for one in words:
                        found += [self._synonym(one, other, ("same", at), analyser) for other in words if other != one]
            elif isinstance(value, dict):
                for typed, means in value.items():
                    right = f'"{typed}" = ["{means if isinstance(means, str) else "gift card"}"]'
                    words = self._words(means, ("means", typed), right)
                    found += [self._synonym(typed, other, ("means", typed), analyser) for other in words]
            else:
                self._say(("means",), "means has to be a table", '[means]  and below it  voucher = ["gift card"]')
        return [one for one in found if one.typed and one.found]

    def tests(self) -> list[Test]:
        """Return the queries that have to find something."""
        found: list[Test] = []
        for _, rows in self._items({"test"}):
            for at, row in enumerate(rows if isinstance(rows, list) else [None]):
                loc: Loc = ("test", at)
                values = row if isinstance(row, dict) else {}
                query, article, within = values.get("query"), values.get("article"), values.get("within", 1)
                others = [name for name in values if name not in {"query", "article", "within"}]
                if others:
                    self._say((*loc, others[0]), f"{others[0]} is not known in a test", TEST)
                elif isinstance(query, str) and isinstance(article, str) and type(within) is int and 1 <= within <= 100:  # noqa: PLR2004
                    found.append(Test(query, article, within, loc))
                else:
                    self._say(loc, "a test has to have a query, an article and, if it likes, within = 1 to 100", TEST)
        return found

    def problem(self, loc: Loc, rule: str, message: str, remedy: str, *, warning: bool = False) -> None:
        """Note a problem at a place of the file."""
        span = self.marked.at(loc) if self.marked else None
        self.findings.add(span, rule, message, remedy, "warning" if warning else "error")

    @property
    def problems(self) -> tuple[Problem, ...]:
        """All that is wrong."""
        return self.findings.sorted()

    def _items(self, known: set[str]) -> Iterator[tuple[str, Any]]:
        for key, value in (self.marked.value if self.marked else {}).items():
            if key in known:
                yield key, value
            else:
                right = TEST if "test" in known else 'same = [["parcel", "package"]]  or  [means]'
                self._say((key,), f"{key} is not known here", right)

    def _words(self, value: object, loc: Loc, right: str) -> list[str]:
        if isinstance(value, list) and value and all(isinstance(one, str) for one in value):
            return value
        self._say(loc, "synonyms have to be a list of words in quotes", right)
        return []

    def _say(self, loc: Loc, message: str, right: str) -> None:
        self.problem(loc, "KB904", message, f"Write  {right}")

    def _synonym(self, typed: str, means: str, loc: Loc, analyser: Analyser) -> Synonym:
        found = [ALL.join(analyser.telling(spelling)) for spelling in _spellings(analyser.forms(means))]
        return Synonym([PAIR.join(spelling) for spelling in _spellings(analyser.forms(typed))], found, means, loc)


def _spellings(forms: Sequence[str]) -> list[list[str]]:
    """Return the words of a text, and once more with those that have hyphens or half spaces in their parts, if there are such."""
    words = joined(forms)
    together = [word for word, _ in words]
    apart = [part for word, parts in words for part in parts or [word]]
    return [one for one in ([together] if together == apart else [together, apart]) if one]


def table(synonyms: Sequence[Synonym]) -> Mapping[str, list[str]]:
    """Return the table of the manifest: typed words with PAIR between them -> forms, or forms with ALL between them, sorted."""
    found: dict[str, set[str]] = {}
    for one in synonyms:
        for typed in one.typed:
            found.setdefault(typed, set()).update(one.found)
    return {typed: sorted(found[typed]) for typed in sorted(found)}


def lead_nowhere(wishes: Wishes, synonyms: Sequence[Synonym], holds: Callable[[str], bool]) -> None:
    """Note each word that stands in no article though others lead to it; of words that mean the same, only a whole group of such."""
    lost: dict[tuple[Loc, str], bool] = {}
    for one in synonyms:
        key = (one.loc, "" if one.loc[0] == "same" else one.words)
        lost[key] = lost.get(key, True) and not any(holds(form) for form in one.found)
    for (loc, words), nowhere in lost.items():
        if nowhere:
            message = f"no article holds  {words or 'any of these'},  so this synonym leads nowhere"
            remedy = "Correct the words: of several, one article has to hold all. Or take the synonym out"
            wishes.problem(loc, "KB902", message, remedy, warning=True)

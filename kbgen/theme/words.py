"""The words that a theme shows, in one locale: `words/<locale>.toml` with plural forms, digits and separators."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Container, Iterable, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from kbgen.model import Problem
from kbgen.theme.plurals import FORMS, rule_of

if TYPE_CHECKING:
    from markupsafe import Markup

_GAP = re.compile(r"\{(\w+)\}")
_FORMS = frozenset(FORMS)


class Words:
    """
    The words of one locale.

    Called with a key, it gives the text ready for HTML: `words("search.results", n=3)`, `words("article.updated", date=...)`.
    Values are escaped unless they are markup already; counts are written in the locale's digits.
    """

    def __init__(self, locale: str, texts: Mapping[str, str | Mapping[str, str]]) -> None:
        from markupsafe import Markup, escape

        self.locale = locale
        self._texts = texts
        self._escape = escape
        self._markup = Markup
        self._rule = rule_of(locale)
        self._digits = str.maketrans("0123456789", str(texts.get("number.digits") or "0123456789"))
        self._group = str(texts.get("number.group", ","))
        self.plain = {key: escape(text) for key, text in texts.items() if isinstance(text, str)}
        self._split: dict[tuple[str, str], list[str]] = {}

    def __call__(self, key: str, /, n: int | None = None, **values: Any) -> Markup:  # noqa: ANN401 - whatever a template holds
        """
        Return a text.

        Args:
            key: Its name in the words file, "search.results".
            n: A count: chooses the plural form and fills {n}.
            values: Fill {name}.

        Raises: KeyError: If the theme has no such word, or the word needs a value that is missing.
        """
        if n is None and not values:
            return self.plain[key]
        if n is not None:
            values["n"] = self.number(n)
        form = "" if n is None else self._rule(n)
        parts = self._split.get((key, form))
        if parts is None:
            parts = self._split[key, form] = _GAP.split(str(self._escape(self._form(key, form))))
        escape = self._escape
        return self._markup("".join([part if place % 2 == 0 else escape(values[part]) for place, part in enumerate(parts)]))

    def number(self, n: int) -> str:
        """Write a whole number in the locale's digits, "1,234"."""
        return f"{n:,}".replace(",", self._group).translate(self._digits)

    def numerals(self, text: str) -> str:
        """Write the digits of a text as the locale writes them: "0:16"."""
        return text.translate(self._digits)

    def forms(self, key: str) -> dict[str, str]:
        """Return every plural form of a word with its gaps unfilled: scripts count on their own."""
        text = self._texts[key]
        return {"other": text} if isinstance(text, str) else dict(text)

    def _form(self, key: str, form: str) -> str:
        text = self._texts[key]
        return text if isinstance(text, str) else text.get(form) or text["other"]


def chain(locale: str) -> list[str]:
    """Return where words of a locale are looked for, the most general first: "zh-Hant-HK" gives en, zh, zh-Hant, zh-Hant-HK."""
    parts = locale.split("-")
    own = ["-".join(parts[: length + 1]) for length in range(len(parts))]
    return own if own[0] == "en" else ["en", *own]


def merge(files: Iterable[tuple[str, str]]) -> tuple[dict[str, str | dict[str, str]], list[Problem]]:
    """
    Read words files, later ones winning word by word.

    Args:
        files: (path for problems, TOML text), the most general first.

    Returns: Flat names ("search.label") with their texts or plural forms, and what is wrong with the files.
    """
    texts: dict[str, str | dict[str, str]] = {}
    problems: list[Problem] = []
    for path, text in files:
        try:
            texts.update(_read(text))
        except (tomllib.TOMLDecodeError, TypeError, RecursionError) as error:
            line = re.search(r"at line (\d+)", str(error))
            found = str(error).split(" (at line")[0]
            problems.append(Problem(path, int(line[1]) if line else 0, 0, "KB905", found, 'Write each word as  name = "text"'))
    return texts, problems


@lru_cache(maxsize=64)
def _read(text: str) -> dict[str, str | dict[str, str]]:
    return _flat(tomllib.loads(text))


def _flat(table: Mapping[str, Any], prefix: str = "") -> dict[str, str | dict[str, str]]:
    found: dict[str, str | dict[str, str]] = {}
    for name, value in table.items():
        if isinstance(value, str):
            found[prefix + name] = value
        elif isinstance(value, dict) and "other" in value and value.keys() <= _FORMS:
            found[prefix + name] = {form: str(text) for form, text in value.items()}
        elif isinstance(value, dict):
            found |= _flat(value, f"{prefix}{name}.")
        else:
            raise TypeError(f"The word {prefix}{name} is neither text nor a table of plural forms")
    return found


def missing(locale: str, known: Container[str]) -> bool:
    """Say whether a locale has no words file of its own, nor its language."""
    return not any(tag in known for tag in chain(locale) if tag != "en" or locale.split("-", maxsplit=1)[0] == "en")

"""
Which plural form a count takes.

The rules are CLDR's, kept to whole numbers, because pages only count things; a test compares every row with Babel, whose import
would cost each build more than this table.
"""

from __future__ import annotations

from collections.abc import Callable

FORMS = ("zero", "one", "two", "few", "many", "other")


def _one(n: int) -> str:
    return "one" if n == 1 else "other"


def _none(n: int) -> str:  # noqa: ARG001 - every rule takes the count
    return "other"


def _zero_or_one(n: int) -> str:
    return "one" if n in {0, 1} else "other"


def _million(n: int) -> str:
    return "one" if n == 1 else "many" if n and n % 1_000_000 == 0 else "other"


def _french(n: int) -> str:
    return "one" if n in {0, 1} else "many" if n % 1_000_000 == 0 else "other"


def _romanian(n: int) -> str:
    return "one" if n == 1 else "few" if n == 0 or 1 <= n % 100 <= 19 else "other"


def _east_slavic(n: int) -> str:
    if n % 10 == 1 and n % 100 != 11:
        return "one"
    return "few" if 2 <= n % 10 <= 4 and not 12 <= n % 100 <= 14 else "many"


def _south_slavic(n: int) -> str:
    form = _east_slavic(n)
    return "other" if form == "many" else form


def _polish(n: int) -> str:
    if n == 1:
        return "one"
    return "few" if 2 <= n % 10 <= 4 and not 12 <= n % 100 <= 14 else "many"


def _czech(n: int) -> str:
    return "one" if n == 1 else "few" if 2 <= n <= 4 else "other"


def _slovenian(n: int) -> str:
    return {1: "one", 2: "two", 3: "few", 4: "few"}.get(n % 100, "other")


def _lithuanian(n: int) -> str:
    if 11 <= n % 100 <= 19 or n % 10 == 0:
        return "other"
    return "one" if n % 10 == 1 else "few"


def _latvian(n: int) -> str:
    if n % 10 == 0 or 11 <= n % 100 <= 19:
        return "zero"
    return "one" if n % 10 == 1 else "other"


def _hebrew(n: int) -> str:
    return {1: "one", 2: "two"}.get(n, "other")


def _arabic(n: int) -> str:
    if n in {0, 1, 2}:
        return ("zero", "one", "two")[n]
    rest = n % 100
    return "few" if 3 <= rest <= 10 else "many" if rest >= 11 else "other"


def _irish(n: int) -> str:
    if n in {1, 2}:
        return ("one", "two")[n - 1]
    return "few" if 3 <= n <= 6 else "many" if 7 <= n <= 10 else "other"


def _welsh(n: int) -> str:
    return {0: "zero", 1: "one", 2: "two", 3: "few", 6: "many"}.get(n, "other")


def _danish_like(n: int) -> str:
    return "one" if n % 10 == 1 and n % 100 != 11 else "other"


_GROUPS: tuple[tuple[Callable[[int], str], str], ...] = (
    (_none, "id ja ko lo ms my th vi yue zh"),
    (_zero_or_one, "am as bn fa gu hi hy kn zu"),
    (_million, "ca es it"),
    (_french, "fr pt"),
    (_romanian, "mo ro"),
    (_east_slavic, "be ru uk"),
    (_south_slavic, "bs hr sr"),
    (_polish, "pl"),
    (_czech, "cs sk"),
    (_slovenian, "sl"),
    (_lithuanian, "lt"),
    (_latvian, "lv"),
    (_hebrew, "he"),
    (_arabic, "ar"),
    (_irish, "ga"),
    (_welsh, "cy"),
    (_danish_like, "is mk"),
)
RULES = {language: rule for rule, languages in _GROUPS for language in languages.split()}


def rule_of(locale: str) -> Callable[[int], str]:
    """
    Return the plural rule of a locale.

    Args:
        locale: A BCP 47 tag; only its language counts. Languages without a row take "one" for 1 and "other" for the rest.

    Returns: A function from a count (0 or more) to a form of FORMS.
    """
    return RULES.get(locale.replace("_", "-").split("-")[0].lower(), _one)

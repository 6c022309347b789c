"""
kbgen.toml, _category.toml and _vars.toml -> checked values.

Reading loads pydantic; restoring what was read before does not.  All are pure functions of their arguments, and none raises for what
a person may have typed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, TypeVar

from kbgen import plain
from kbgen.config.shapes import (
    Boosts,
    Budgets,
    BuildSettings,
    CategoryFile,
    Config,
    FeedbackSettings,
    FooterLink,
    HookSettings,
    LocaleSettings,
    MarkdownSettings,
    ReviewSettings,
    SearchSettings,
    SiteSettings,
    SuggestSettings,
    ThemeSettings,
)
from kbgen.config.words import RULES
from kbgen.model import Problem

__all__ = [
    "RULES",
    "Boosts",
    "Budgets",
    "BuildSettings",
    "CategoryFile",
    "Config",
    "FeedbackSettings",
    "FooterLink",
    "HookSettings",
    "LocaleSettings",
    "MarkdownSettings",
    "ReviewSettings",
    "SearchSettings",
    "SiteSettings",
    "SuggestSettings",
    "ThemeSettings",
    "bad_extension",
    "category_from_plain",
    "category_to_plain",
    "from_plain",
    "read",
    "read_category",
    "read_variables",
    "to_plain",
]

T = TypeVar("T")
Found = tuple[T | None, tuple[Problem, ...]]

EVERY_LOCALE = "*"
_VARIABLE = re.compile(r"[A-Za-z_]\w{0,59}", re.ASCII)
_LOCALE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")


def read(text: str, path: str = "kbgen.toml") -> Found[Config]:
    """
    Check the settings of a site.

    Args:
        text: The whole file; "" is a valid one.
        path: Relative to the root, for problems.

    Returns: The settings; None when they hold an error.  Every problem is there, with line and column.
    """
    from kbgen.config.checks import WORDING, tidy  # noqa: PLC0415 - only a text that must be checked pays for the checks

    return _read(Config, text, path, WORDING, tidy)


def read_category(text: str, path: str) -> Found[CategoryFile]:
    """Check a _category.toml; as `read`."""
    from kbgen.config.checks import CATEGORY_WORDING, tidy_category  # noqa: PLC0415

    return _read(CategoryFile, text, path, CATEGORY_WORDING, tidy_category)


def read_variables(text: str, path: str) -> tuple[dict[str, dict[str, str]], tuple[Problem, ...]]:
    """
    Read a _vars.toml.

    Args:
        text: The whole file.  What stands at the top holds for every locale; [locales.ca], or [ca] for short, replaces it for one.

    Returns: locale, or "*" for every one -> name -> text.  What is wrong is left out and stands in the problems.
    """
    from kbgen.marked import Findings  # noqa: PLC0415
    from kbgen.marked.toml import read_toml  # noqa: PLC0415

    text = _unified(text)
    findings = Findings(path, text)
    marked = read_toml(text, findings, "KB120")
    if marked is None:
        return {}, findings.sorted()
    found: dict[str, dict[str, str]] = {}
    for key, value in marked.value.items():
        if key == "locales" and isinstance(value, dict):
            for tag, table in value.items():
                _table(tag, table, ("locales", tag), found, marked, findings)
        elif isinstance(value, dict):
            _table(key, value, (key,), found, marked, findings)
        else:
            _variable(EVERY_LOCALE, key, value, (key,), found, marked, findings)
    return found, findings.sorted()


def bad_extension(text: str, number: int, fault: str, path: str = "kbgen.toml") -> Problem:
    """
    Make the problem of an extension that cannot be loaded.  What is installed decides that, so `read` itself does not.

    Args:
        text: The settings, which `read` found right.
        number: The place of the extension in [markdown] extensions, from 0.
        fault: What is wrong, a phrase that goes on from its name.
    """
    from kbgen.marked import Findings  # noqa: PLC0415
    from kbgen.marked.toml import read_toml  # noqa: PLC0415

    findings = Findings(path, _unified(text))
    marked = read_toml(_unified(text), findings, "KB120")
    if marked is not None:
        loc = ("markdown", "extensions", number)
        name = marked.value["markdown"]["extensions"][number]
        findings.add(marked.at(loc), "KB129", f"the extension {name} {fault}", "Install it beside kbgen, correct its name, or take it out")
    return findings.sorted()[0]


def to_plain(config: Config) -> dict[str, Any]:
    """Return settings as values that JSON can hold, without their defaults."""
    record: dict[str, Any] = plain.store(config)
    return record


def from_plain(record: Mapping[str, Any]) -> Config:
    """
    Make settings of what `to_plain` returned, without checking them again.

    Raises: TypeError: The record is of another version; treat it as forgotten.
    """
    return plain.restore(Config, record)


def category_to_plain(category: CategoryFile) -> dict[str, Any]:
    """Return a category's file as values that JSON can hold, without its defaults."""
    record: dict[str, Any] = plain.store(category)
    return record


def category_from_plain(record: Mapping[str, Any]) -> CategoryFile:
    """Make a category's file of what `category_to_plain` returned; as `from_plain`."""
    return plain.restore(CategoryFile, record)


def _read(kind: type[T], text: str, path: str, wording: Any, tidy: Any) -> Found[T]:  # noqa: ANN401 - types of modules that load lazily
    from kbgen.marked import Findings  # noqa: PLC0415
    from kbgen.marked.toml import read_toml  # noqa: PLC0415
    from kbgen.marked.typed import check  # noqa: PLC0415

    text = _unified(text)
    findings = Findings(path, text)
    marked = read_toml(text, findings, "KB120")
    if marked is None:
        return None, findings.sorted()
    tidy(marked, findings)
    value = check(kind, marked, findings, wording)
    return (None if findings.failed else value), findings.sorted()


def _unified(text: str) -> str:
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")


def _table(tag: str, table: Any, loc: Any, found: dict[str, dict[str, str]], marked: Any, findings: Any) -> None:  # noqa: ANN401
    if not isinstance(table, dict) or not _LOCALE.fullmatch(tag):
        findings.add(marked.at(loc, key=True), "KB127", f"{tag} is not a locale", "Write  [locales.ca]  above the variables of a locale")
        return
    for name, value in table.items():
        _variable(tag, name, value, (*loc, name), found, marked, findings)


def _variable(tag: str, name: str, value: Any, loc: Any, found: dict[str, dict[str, str]], marked: Any, findings: Any) -> None:  # noqa: ANN401, PLR0913
    from kbgen.marked import hidden  # noqa: PLC0415

    if not _VARIABLE.fullmatch(name):
        findings.add(
            marked.at(loc, key=True),
            "KB127",
            f"{name} cannot be the name of a variable",
            "Write letters a-z, digits and _ :  support_hours",
        )
    elif isinstance(value, bool) or not isinstance(value, str | int):
        findings.add(marked.at(loc), "KB127", f"{name} has to be text", f'Put it in quotes:  {name} = "…"')
    else:
        for one in hidden(str(value))[:1]:
            findings.add(marked.at(loc), "KB128", f"{name} holds {one.what}", "Delete it")
        found.setdefault(tag, {})[name] = str(value)

"""Names in a site's own theme that nothing knows: most are slips of the pen, which would silently change nothing."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from kbgen.model import Problem
from kbgen.theme.closure import uses
from kbgen.theme.words import chain, merge

_TOKEN = re.compile(r"--kb-([a-z][a-z0-9-]*)")
CLOSE = 0.75  # how alike two names have to be to be taken for a slip


def words(texts: Mapping[str, str], places: Mapping[str, str]) -> Iterator[Problem]:
    """Yield own words that the default theme does not have and no template names; the own files stand under "words/en.toml#1"."""
    own = {name for name in texts if name.startswith("words/") and "#" in name}
    known: set[str] = set()
    for name in texts if own else ():
        if name.startswith("words/") and name not in own:
            known |= merge([(name, texts[name])])[0].keys()
    for name in sorted(own) if known else ():
        for key in merge([(name, texts[name])])[0].keys() - known:
            table = f"{key.rpartition('.')[0]}."
            joined = "" if table == "." or any(one.startswith(table) for one in known) else table
            if not _template_names(key, joined, texts):
                line = _line_of(key, texts[name])
                yield _unknown(places[name], line, f"No template asks for the word {key}", key, known)


def _template_names(key: str, joined: str, texts: Mapping[str, str]) -> bool:
    """Say whether a template asks for a word, written out or joined, t("mine.kind." ~ kind).  `joined` may be ""."""
    forms = [f"{quote}{key}{quote}" for quote in "\"'"] + [f"{quote}{joined}{quote}" for quote in "\"'" if joined]
    return any(form in text for name, text in texts.items() if name.endswith(".html") for form in forms)


def _line_of(key: str, text: str) -> int:
    """Return the line of a word, 0 when it is not written plainly."""
    table, _, leaf = key.rpartition(".")
    start = text.find(f"[{table}]") if table else 0
    found = re.compile(rf'^[ \t]*(?:\[{re.escape(key)}\]|"?{re.escape(leaf)}"?[ \t]*=)', re.MULTILINE).search(text, max(start, 0))
    return text.count("\n", 0, found.end()) + 1 if found else 0


def colours(names: Iterable[str], texts: Mapping[str, str]) -> Iterator[Problem]:
    """Yield colours under [theme] that no stylesheet asks for."""
    known = {token for name, text in texts.items() if name.endswith((".css", ".html")) for token in _TOKEN.findall(text)}
    for name in names:
        if name not in known:
            yield _unknown("kbgen.toml", 0, f"No stylesheet has a colour --kb-{name}", name, known)


def files(
    places: Mapping[str, str], default: Collection[str], texts: Mapping[str, str], facts: tuple[Mapping[str, Any], Sequence[str]]
) -> Iterator[Problem]:
    """
    Yield own files under pages/, parts/ and words/ that replace nothing and that nobody names.

    A page of an unlike name may be that of a hook, so a page is told only when it resembles one of the default theme.

    Args:
        places: Path in the theme -> place for messages, of every folder; words files of the site end in "#1".
        default: Paths in the default theme.
        facts: The settings of theme.toml, and the site's locales.
    """
    own = {name.partition("#")[0]: place for name, place in places.items() if name.startswith(("pages/", "parts/", "words/"))}
    strange = sorted(name for name in own if name not in default and not _taken_up(name))
    if not strange:
        return
    settings, locales = facts
    named = {used for name, text in texts.items() if name.endswith(".html") for used, _ in uses(text) if used != name}
    named |= {*settings.get("eager", ()), *settings.get("lazy", ()), settings.get("runner", ""), settings.get("head", "")}
    named |= {f"words/{tag}.toml" for locale in locales for tag in chain(locale)}
    for name in strange:
        if name not in named:
            message = "This file replaces none of the default theme, and nothing names it"
            found = _unknown(own[name], 0, message, name, [one for one in default if _frame(one) == _frame(name)], _frame(name))
            if found.remedy.startswith("Did you mean") or not name.startswith("pages/"):
                yield found


def _taken_up(name: str) -> bool:
    """Say whether the loader or the gallery takes a file as it comes."""
    return name.startswith("parts/") and name.endswith((".css", "/examples.toml"))


def _frame(name: str) -> tuple[str, str]:
    """Return what all files of a sort have in common, ("pages/", ".html"): it would make any two names alike."""
    return f"{name.split('/', maxsplit=1)[0]}/", name[name.rfind(".") :]


def _unknown(path: str, line: int, message: str, name: str, known: Collection[str], frame: tuple[str, str] = ("", "")) -> Problem:
    from difflib import get_close_matches

    head, tail = frame
    inner = sorted(one.removeprefix(head).removesuffix(tail) for one in known)
    near = get_close_matches(name.removeprefix(head).removesuffix(tail), inner, 1, CLOSE)
    remedy = f"Did you mean  {head}{near[0]}{tail}?" if near else "Take it out, or name it in a template"
    return Problem(path, line, 0, "KB909", message, remedy, "warning")

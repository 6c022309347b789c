"""
Three doors for a site's own code: value in, value out.

    # hooks/shout.py, named in kbgen.toml:  [hooks]  files = ["hooks/shout.py"]
    def on_article(article): ...   # kbgen.model.Article
    def on_site(site): ...         # kbgen.model.Site
    def on_pages(pages): ...       # list of kbgen.model.Page

Hooks run in full in every build and are part of every page's key, so they cannot make a build stale.
"""

from __future__ import annotations

import os
import runpy
import stat
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kbgen.digests import digest
from kbgen.model import Article, Page, Problem, Site

RULES = {
    "KB160": "A file of hooks cannot be loaded, or one of its functions raised an error. The message names the error; `--traceback` "
    "shows where it was raised.",
}


class HookError(Exception):
    """A hook raised; the message names the file and the error."""


@dataclass(frozen=True, slots=True)
class Hooks:
    """The functions of all hook files, in the order of kbgen.toml."""

    doors: tuple[tuple[str, dict[str, Callable[[Any], Any]]], ...] = ()
    digest: str = ""

    def article(self, article: Article) -> Article:
        """Hand an article through `on_article`."""
        found: Article = self._through("on_article", article)
        return found

    def site(self, site: Site) -> Site:
        """Hand the site through `on_site`."""
        found: Site = self._through("on_site", site)
        return found

    def pages(self, pages: list[Page]) -> list[Page]:
        """Hand the pages through `on_pages`."""
        found: list[Page] = self._through("on_pages", pages)
        return found

    def _through(self, door: str, value: Any) -> Any:  # noqa: ANN401 - one of the three nouns
        for name, functions in self.doors:
            if door in functions:
                try:
                    made = functions[door](value)
                except (Exception, SystemExit) as error:
                    raise HookError(f"{name}: {door} raised {type(error).__name__}: {error}") from error
                if not isinstance(made, type(value)):
                    raise HookError(f"{name}: {door} has to return a {type(value).__name__}, not {type(made).__name__}")
                value = made
        return value


def hooks_of(root: Path, files: Sequence[str]) -> tuple[Hooks, list[Problem]]:
    """
    Load hook files.

    Args:
        files: Paths relative to root.
    """
    doors: list[tuple[str, dict[str, Callable[[Any], Any]]]] = []
    problems: list[Problem] = []
    parts: list[str | bytes] = []
    for name in files:
        try:
            if not stat.S_ISREG(os.lstat(root / name).st_mode):
                raise OSError("it is not a plain file")  # noqa: TRY301 - told like any other reason below
            parts.append((root / name).read_bytes())
            functions = runpy.run_path(str(root / name))
        except (Exception, SystemExit) as error:  # noqa: BLE001 - whatever a site's code raises is told, not shown as our own fault
            problems.append(
                Problem(
                    name,
                    getattr(error, "lineno", 0) or 0,
                    0,
                    "KB160",
                    f"this hook cannot be loaded: {type(error).__name__}: {error}",
                    "Mend it, or take it out of kbgen.toml",
                )
            )
            continue
        doors.append((name, {key: value for key, value in functions.items() if key.startswith("on_") and callable(value)}))
    return Hooks(tuple(doors), digest(*parts) if parts else ""), problems

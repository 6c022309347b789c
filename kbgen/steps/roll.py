"""Every article's front matter and nothing else of it: for commands that ask about the whole knowledge base and show no text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import astuple, dataclass
from pathlib import PurePosixPath
from typing import Any

from kbgen import head as front_matter
from kbgen.cache import Shelf
from kbgen.config import CategoryFile, Config
from kbgen.digests import blob
from kbgen.model import Head, Job, Problem
from kbgen.read import data_of, scan
from kbgen.steps import world


@dataclass(frozen=True, slots=True)
class Entry:
    """An article without its text."""

    path: str
    locale: str
    head: Head
    blob: str  # what git calls the text on disk
    owner: str  # of front matter, else of the nearest category that names one; "" for nobody


class SettingsError(Exception):
    """kbgen.toml cannot be used.  The message names the first mistake."""


def read_roll(job: Job, shelf: Shelf) -> tuple[Config, list[Entry], list[str]]:
    """
    Read the heads of all articles whose front matter is right, by path.

    Returns: The settings, the articles, and a sentence for each file that is left out.
    Raises: SettingsError.
    """
    config, problems = world.config_of(job, shelf)
    if config is None:
        raise SettingsError(_first(problems))
    reading = scan(job.root)
    categories, _ = world.categories_of(job, reading, shelf)
    found: list[Entry] = []
    left: list[str] = []
    for fact in reading.articles:
        _, locale, *_ = fact.path.split("/")
        if locale not in config.locales:
            continue
        try:
            data = data_of(job.root, fact)
        except OSError:
            data = b""
        head = _head(data, fact.path, shelf)
        if head:
            found.append(Entry(fact.path, locale, head, blob(data), head.owner or _owner(fact.path, categories)))
        else:
            left.append(f"{fact.path} is left out, because it cannot be read: kbgen check says why")
    return config, found, left


def _first(problems: list[Problem]) -> str:
    first = min(problems)
    return f"{first.path}:{first.line}:{first.column}: {first.message}. {first.remedy}"


def _head(data: bytes, path: str, shelf: Shelf) -> Head | None:
    """Read front matter as `parse` does, from the same row of the shelf."""
    parts, _ = front_matter.split(data, path)
    if parts is None:
        return None

    def make() -> dict[str, Any]:
        head, problems = front_matter.read(parts.front, path)
        return {"head": None if head is None else front_matter.to_plain(head), "problems": [astuple(one) for one in problems]}

    record = shelf.memo("head", (parts.front, path), make)["head"]
    return None if record is None else front_matter.from_plain(record)


def _owner(path: str, categories: Mapping[str, CategoryFile]) -> str:
    """Return the owner of the nearest category above an article that names one."""
    for folder in PurePosixPath(path).parents:
        found = categories.get(folder.as_posix().removeprefix("content/"))
        if found and found.owner:
            return found.owner
    return ""

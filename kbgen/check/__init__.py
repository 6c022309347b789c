"""Site -> [Problem]: what only the whole site can tell.  One file per family of rules; every rule runs in full in every build."""

from __future__ import annotations

from collections.abc import Container

from kbgen.check import files, folders, life, links, structure, urls
from kbgen.config import Config
from kbgen.model import Problem, Reading, Site

RULES = {**structure.RULES, **links.RULES, **files.RULES, **urls.RULES, **folders.RULES, **life.RULES}


def check(site: Site, config: Config, reading: Reading, older: Container[str] = ()) -> list[Problem]:
    """
    Look at a site as a whole.

    Args:
        reading: The files under content/, for what no article mentions.
        older: Paths at which a text stands only until its move or deletion is approved.

    Returns: Every problem, unsorted.
    """
    return [
        *structure.check(site),
        *links.check(site),
        *files.check(site, reading),
        *urls.check(site, config, older),
        *folders.check(site, reading),
    ]

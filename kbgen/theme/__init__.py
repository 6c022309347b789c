"""
A theme: templates, parts, words and what browsers load, from the site's own folder over the default one.

Loading reads text and names it; Jinja is imported only when a page is really rendered, because most builds render few or none.
"""

from __future__ import annotations

from kbgen.theme.bundle import Asset
from kbgen.theme.loading import load
from kbgen.theme.rules import RULES
from kbgen.theme.theme import Theme

__all__ = ["RULES", "Asset", "Theme", "load"]

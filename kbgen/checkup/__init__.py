"""A check as people ask for it: now and at later moments, beside what the base has, mended where a program can."""

from __future__ import annotations

from kbgen.checkup.edits import mend
from kbgen.checkup.run import MODES, Wish, look

__all__ = ["MODES", "Wish", "look", "mend"]

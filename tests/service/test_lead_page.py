"""The lead's page says what the rules do: its example is a file that loads, its tables are those of the code."""

from __future__ import annotations

import re
from dataclasses import fields
from datetime import timedelta
from pathlib import Path

from feedback_service.calendars import WEEKDAYS
from feedback_service.domain.moves import MOVES, RESOLVE_REASONS
from feedback_service.domain.nouns import PRIORITIES
from feedback_service.domain.tick import Life
from feedback_service.reports import DEFINITIONS
from feedback_service.sla import CLOCK_KINDS, MATCHED, PAUSING
from feedback_service.sla_file import load_sla

PAGE = (Path(__file__).parents[2] / "docs" / "lead.md").read_text(encoding="utf-8")
EXAMPLE = next(block for block in re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL) if "[[policies]]" in block)


def test_the_example_loads():
    """Who copies it has a file that works, with the defaults that it names."""
    sla = load_sla(EXAMPLE)

    assert sla.life == Life()
    assert [policy.name for policy in sla.policies] == ["billing", "everybody"]
    assert sla.policies[0].target("next_response", "urgent") == timedelta(minutes=90)


def test_every_key_is_explained():
    """Each name that the file may hold stands on the page."""
    known = [
        *(field.name for field in fields(Life)),
        *WEEKDAYS,
        *PRIORITIES,
        *CLOCK_KINDS,
        *MATCHED,
        *PAUSING,
        "zone",
        "holidays",
        "pause_on",
        "24x7",
    ]
    text = EXAMPLE + "".join(re.findall(r"`[^`\n]+`", PAGE))

    assert [name for name in known if name not in text] == []


def test_the_table_of_moves_is_that_of_the_code():
    """Each status stands there with the moves that it has."""
    for status, moves in MOVES.items():
        row = re.search(rf"^\| `{status}` \| [^|]+\| (.+) \|$", PAGE, re.MULTILINE)

        assert row, status
        assert set(re.findall(r"`(\w+)`", row[1])) == set(moves)
    assert all(f"`{reason}`" in PAGE for reason in RESOLVE_REASONS[1:])


def test_reports_are_defined_word_for_word():
    """The page and the report say the same."""
    assert [text for text in DEFINITIONS.values() if f"| {text} |" not in PAGE] == []

"""The agents' page says what the desk does: its views, buttons and keys are those of the desk in English."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from feedback_service.desk.render import HERE
from feedback_service.desk.words import words_of
from feedback_service.store.queue import VIEWS

PAGE = (Path(__file__).parents[3] / "docs" / "agent.md").read_text(encoding="utf-8")
ENGLISH = words_of("en")
KEYS = re.findall(r'\("([^"]+)", "([a-z]+)"\)', (HERE / "pages" / "base.html").read_text(encoding="utf-8").partition("keys-title")[2])


@pytest.mark.parametrize("view", VIEWS)
def test_every_view_is_explained(view):
    """Each view of the queue has its row."""
    assert f"| {ENGLISH.texts[f'saved.{view}']} |" in PAGE


def test_every_key_is_told():
    """Each key of the list stands on the page, with what it does."""
    assert len(KEYS) > 15
    for keys, does in KEYS:
        row = "| " + " ".join(f"`{key}`" for key in keys.split(" ")) + f" | {ENGLISH.texts[f'keys.{does}']}"

        assert row in PAGE, row


@pytest.mark.parametrize("act", ["send", "send_pending", "send_resolve", "note", "link", "link_send", "take", "unmerge"])
def test_buttons_are_called_as_they_are(act):
    """Who looks for a button of the page finds it on the desk."""
    assert ENGLISH.texts[f"act.{act}"] in PAGE

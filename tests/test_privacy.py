"""What a text gives away is told, with its place, and not repeated."""

from __future__ import annotations

import pytest

from kbgen.markup import Text
from kbgen.markup.privacy import card, private_matters
from kbgen.markup.twin import twin

TOKEN = "ghp_" + "a1B2" * 9  # made for this test


@pytest.mark.parametrize(
    ("number", "real"),
    [
        ("4111 1111 1111 1111", True),
        ("5555-5555-5555-4444", True),
        ("4111 1111 1111 1112", False),
        ("0000 0000 0000 0000", False),
        ("1234567890123", False),
    ],
)
def test_card_numbers_are_told_by_their_check_digit(number: str, *, real: bool) -> None:
    """Only digits that a payment page would take count."""
    assert card(number) is real


@pytest.mark.parametrize(
    ("text", "rule", "place"),
    [
        ("Write to us.\nOr to maria.lopez@gmail.com today", "KB820", (2, 7)),
        ("Type 4111 1111 1111 1111", "KB821", (1, 6)),
        (f"Use {TOKEN}", "KB822", (1, 5)),
        ("-----BEGIN RSA PRIVATE KEY-----", "KB822", (1, 1)),
    ],
)
def test_each_matter_has_a_place(text: str, rule: str, place: tuple[int, int]) -> None:
    """Line and column point at it; numbers and keys are not repeated in the report."""
    (problem,) = private_matters(text, "content/en/a.md")

    assert (problem.rule, problem.line, problem.column) == (rule, *place)
    assert rule == "KB820" or problem.source == ""


def test_a_comment_that_is_never_closed_is_told() -> None:
    """What a writer meant to hide is not published unseen; comments in code, and closed ones, are left alone."""
    (problem,) = private_matters("One.\n\n<!-- for us only\n\nTwo.\n", "a.md")

    assert (problem.rule, problem.line) == ("KB823", 3)
    assert list(private_matters("`<!--` and\n\n```\n<!-- x\n```\n\n<!-- y -->\n", "a.md")) == []


def test_comments_never_reach_the_markdown_twin() -> None:
    """A comment goes whole, the fence in it too; code that shows a comment stays."""
    body = "One.\n\n<!-- INTERNAL\n```\npassword hunter2\n```\n-->\nTwo.\n\n```html\n<!-- shown -->\n```\nThree.\n<!-- open INTERNAL"

    assert twin(Text(body, "a.md", 1, "en", "guide", {}, {})) == "One.\n\nTwo.\n\n```html\n<!-- shown -->\n```\nThree.\n"


def test_ordinary_text_is_left_alone() -> None:
    """Order numbers, phone numbers, serials and the team's address are no matter."""
    text = "Call 800 555 0142, order LO-203911, serial LH2-7K4Q-0193, hello@lumbra.example, 2026-03-12 08:00, 12345678901234567890123"

    assert list(private_matters(text, "a.md")) == []

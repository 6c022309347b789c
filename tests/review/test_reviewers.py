"""reviewers.toml: every mistake with its place and its remedy, and patterns that mean what people expect."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from review.repository import REVIEWERS

from kbgen.review.reviewers import like, read

MISTAKES = {
    'name = "Bob B"': ('nmae = "Bob B"', ["KB701", "KB703"]),
    'emails = ["bob@help.example"]': ('emails = "bob@help.example"', ["KB702"]),
    'billing = ["bob", "cat"]': ('billing = ["bob", "cta"]', ["KB704"]),
    'of = "billing"': ('of = "biling"', ["KB704"]),
    'github = "bob-gh"': ('github = "ANA-gh"', ["KB706"]),
    'tag = "terms"': ('tag = "terms"\nneed = 2', ["KB705"]),
    'category = "billing/**"': ('category = "a*b*c*d*e*f"', ["KB702"]),
    "[groups]": ("[groups", ["KB702"]),
    "[people.bob]": ("[people.ana]", ["KB702"]),
}


@pytest.mark.parametrize("right", MISTAKES)
def test_a_mistake_is_told_with_its_place(right: str) -> None:
    """The line is that of the mistake, and there is a remedy."""
    wrong, expected = MISTAKES[right]
    found, problems = read(REVIEWERS.replace(right, wrong, 1))

    assert found is None
    assert sorted(one.rule for one in problems) == expected
    assert all(one.line and one.remedy for one in problems)


def test_an_empty_file_asks_for_nothing() -> None:
    """So is a file with a byte order mark and Windows line ends as good as any."""
    found, problems = read("")
    marked, none = read("\ufeff" + REVIEWERS.replace("\n", "\r\n"))

    assert found is not None
    assert found.rules == ()
    assert marked is not None
    assert problems == none == ()
    assert marked.by_email(" BOB@help.example ") == marked.by_login("github", "Bob-GH") == "bob"


@pytest.mark.parametrize(
    ("glob", "path", "fits"),
    [
        ("billing/**", "billing/", True),
        ("billing/**", "billing/refunds/", True),
        ("billing/**", "billings/", False),
        ("billing", "billing/refunds/", True),
        ("billing/", "billing/", True),
        ("billing/*", "billing/refunds/", True),
        ("billing/*", "billing/refunds/old/", False),
        ("**/old", "a/b/old/", True),
        ("**/old", "old/", True),
        ("content/en/legal/**", "content/en/legal/terms.md", True),
        ("content/??/legal/*.md", "content/en/legal/terms.md", True),
        ("content/??/legal/*.md", "content/en/legal/terms.mdx", False),
        ("پرداخت", "پرداخت/", True),
        ("a.b", "axb/", False),
    ],
)
def test_patterns_mean_what_people_expect(glob: str, path: str, *, fits: bool) -> None:
    """** is any folders, * a part of one name, a plain name is all below it; nothing else has a meaning."""
    assert like(glob, path) is fits


@given(st.text("ab*/?.", max_size=30), st.text("ab/", max_size=300))
def test_no_pattern_runs_for_long(glob: str, path: str) -> None:
    """Those that the file may hold are answered at once, whatever they are asked."""
    if glob.count("*") > 4:
        return
    before = time.process_time()
    like(glob, path)

    assert time.process_time() - before < 1

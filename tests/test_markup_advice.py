"""What real texts taught: problems that are just, and remedies that a writer can type."""

from __future__ import annotations

import pytest

from kbgen.head.names import SLUG_LENGTH, slug_fault
from kbgen.markup import Settings, Text, render
from kbgen.markup.privacy import private_matters
from kbgen.model import Problem


def problems(markdown: str, locale: str = "en") -> tuple[Problem, ...]:
    """Return the problems of a text that starts at line 10 of its file."""
    return render(Text(markdown, "content/en/a.md", 10, locale, "guide", {}, {}), Settings()).problems


@pytest.mark.parametrize(
    ("text", "rule", "place", "remedy"),
    [
        ("Go to <your server> now", "KB801", (10, 7), r"\<your>"),
        ('<a name="x"></a>', "KB801", (10, 3), "Write  id  instead"),
        (r"![alt](media\logo.png)", "KB805", (10, 6), "Write  media/logo.png"),
        ("See [the list]()", "KB805", (10, 14), "Write one, or take the brackets away"),
        ("#550 5.5.3 too many", "KB210", (10, 1), r"\#550"),
        ("## A\n\n####-####", "KB211", (12, 1), r"\####-####"),
        ("One\n\n<h1>Two</h1>", "KB210", (12, 1), "Write  ## Two"),
    ],
)
def test_a_remedy_can_be_typed(text, rule, place, remedy):
    """The place is found, and what to type fits what was written."""
    (problem,) = problems(text)

    assert (problem.rule, problem.line, problem.column) == (rule, *place)
    assert remedy in problem.remedy


@pytest.mark.parametrize("character", ["\u200b", "\u2060", "\ufeff", "\u200d"])
def test_what_word_processors_leave_behind_stops_nobody(character):
    """Zero-width characters are taken out with a warning; what turns or hides text is an error."""
    assert [problem.severity for problem in problems(f"a{character}b")] == ["warning"]
    assert [problem.severity for problem in problems("a\u202eb")] == ["error"]


@pytest.mark.parametrize("text", ["API\u200cها", "`event`\u200cها", "[پیوند](#a)\u200cها {#a}"])
def test_a_persian_suffix_keeps_its_joiner(text):
    """Writers of Persian put a ZWNJ between a foreign word and its ending; it stays, and nobody is bothered."""
    found = render(Text(text, "content/fa/a.md", 1, "fa", "guide", {}, {}), Settings())

    assert "\u200cها" in found.html
    assert not [problem for problem in found.problems if problem.rule == "KB807"]


def test_a_number_in_an_address_is_no_card():
    """Posts of social networks have numbers of 18 digits, some with a right check digit; in a sentence the same digits are told."""
    number = "490747339607265280"

    assert list(private_matters(f"https://example.org/status/{number} and ?id={number}", "a.md")) == []
    assert [problem.rule for problem in private_matters("Pay with 4111111111111111", "a.md")] == ["KB821"]


def test_a_long_name_is_cut_between_words():
    """The name that is suggested is one that would be taken, and reads well."""
    long = "access-denied-or-need-permission-error-sharepoint-online-or-onedrive-for-business"
    _, remedy = slug_fault(long)

    assert len(long) > SLUG_LENGTH
    assert remedy == "Write  access-denied-or-need-permission-error"
    assert slug_fault("字" * 70)[1] == f"Write  {'字' * 40}"


def test_snippets_cannot_blow_an_article_up():
    """Snippets that use each other many times end at 1 MiB with one problem, before memory does."""
    snippets = {"a": "{{ snippet b }}\n" * 60, "b": "{{ snippet c }}\n" * 60, "c": "word " * 2000}
    text = Text("{{ snippet a }}\n" * 3, "content/en/a.md", 1, "en", "guide", {}, snippets)
    many = Text("{{ snippet c }}\n\n" * 200, "content/en/a.md", 1, "en", "guide", {}, snippets)

    assert {problem.rule for problem in render(text, Settings()).problems} == {"KB307"}
    assert "more than 1 MiB" in render(many, Settings()).problems[0].message

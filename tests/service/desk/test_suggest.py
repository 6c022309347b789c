"""Articles that may answer a case: on the sample portal in five languages, and rule by rule."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tomllib
from importlib.resources import files
from pathlib import Path

import pytest

from feedback_service.desk.suggest import MOST, Asked, suggest
from feedback_service.manifest import ArticleEntry, Manifest, read_manifest

ROOT = Path(__file__).parents[3]
STORIES = tomllib.loads(files("feedback_service.sample").joinpath("stories.toml").read_text(encoding="utf-8"))["cases"]
SECOND = {"kb-billfaq"}  # answers in its third question; an article on refused payments says "charged" in its title


@pytest.fixture(scope="module")
def portal(tmp_path_factory) -> Manifest:
    """The manifest of the sample portal, as its build writes it."""
    folder = tmp_path_factory.mktemp("portal")
    shutil.copytree(ROOT / "content", folder / "content")
    shutil.copy(ROOT / "kbgen.toml", folder)
    subprocess.run([sys.executable, "-m", "kbgen", "-C", str(folder), "build"], cwd=ROOT, check=True, capture_output=True)
    return read_manifest((folder / "handoff" / "kb-manifest.json").read_text(encoding="utf-8"))


def manifest(*rows: tuple[str, str, str, str, str], locale: str = "en") -> Manifest:
    """Make a manifest of rows: id, title, description, keywords, category."""
    entries = [
        ArticleEntry(name, locale, title, f"/{name}/", category, "", "r", description, tuple(keywords.split()))
        for name, title, description, keywords, category in rows
    ]
    return Manifest(articles={(entry.id, entry.locale): entry for entry in entries})


def ids(found) -> list[str]:
    """Name what was found."""
    return [entry.id for entry in found]


@pytest.mark.slow
def test_the_sample_cases_find_the_articles_that_answer_them(portal):
    """By what their requesters wrote alone: the article that answered is the first, wherever there is one in their language."""
    places, languages = {}, set()
    for story in STORIES:
        if (story["article"], story["locale"]) in portal.articles:
            found = ids(suggest(portal, story["locale"], Asked(subject=story["subject"], text=story["body"])))
            places[story["article"]] = found.index(story["article"]) + 1 if story["article"] in found else 0
            languages.add(story["locale"])

    assert languages == {"en", "ca", "ro", "fa", "zh-Hant"}
    assert {name for name, place in places.items() if place != 1} <= SECOND
    assert all(1 <= place <= MOST for place in places.values()), places


@pytest.mark.slow
def test_the_article_that_they_came_from_is_the_first(portal):
    """Also where the portal showed it in another language."""
    for story in STORIES:
        found = suggest(portal, story["locale"], Asked(subject=story["subject"], source=story["article"]))

        assert ids(found)[0] == story["article"]


def test_words_of_many_articles_count_little():
    """One rare word outweighs three that stand everywhere."""
    common = [(f"a{n}", "How do I set up my lamp", "", "", "x") for n in range(9)]
    portal = manifest(*common, ("rare", "Cinnabar", "", "", "x"))

    assert ids(suggest(portal, "en", Asked(text="How do I set my lamp to cinnabar?")))[0] == "rare"


def test_keywords_are_what_writers_add_and_descriptions_say_less():
    """A keyword counts as a title does, a word of a description less, and what shares no word is not offered."""
    portal = manifest(
        ("told", "One", "About dimming lights", "", "x"), ("named", "Two", "", "dimmer dimming", "x"), ("none", "Three", "", "", "x")
    )

    assert ids(suggest(portal, "en", Asked(text="dimming"))) == ["named", "told"]


def test_the_topic_of_the_case_breaks_a_tie():
    """Of two alike the one in the case's own category comes first; without a category that of the article they came from."""
    portal = manifest(("a", "Return it", "", "", "shop"), ("b", "Return it", "", "", "hub"), ("hub", "The hub", "", "", "hub"))

    assert ids(suggest(portal, "en", Asked(text="return", category="hub"))) == ["b", "a"]
    assert ids(suggest(portal, "en", Asked(text="return", source="hub"))) == ["hub", "b", "a"]


def test_what_is_linked_is_not_offered_again():
    """Nor is it the source any more."""
    portal = manifest(("a", "Return it", "", "", ""), ("b", "Return more", "", "", ""))

    assert ids(suggest(portal, "en", Asked(text="return", source="a"), {"a"})) == ["b"]


@pytest.mark.parametrize(("locale", "found"), [("en", ["a"]), ("fa", ["a"])])
def test_a_language_without_articles_is_served_from_the_others(locale, found):
    """Better an article in English than none."""
    assert ids(suggest(manifest(("a", "Return it", "", "", "")), locale, Asked(text="return"))) == found


def test_no_words_and_no_articles():
    """An empty case, or an empty portal: nothing, and no error."""
    assert suggest(Manifest(), "en", Asked(text="return")) == ()
    assert suggest(manifest(("a", "Return it", "", "", "")), "en", Asked(text="?")) == ()

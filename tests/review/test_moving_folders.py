"""The command move, for a folder with all that lies in it."""

from __future__ import annotations

from pathlib import Path

import pytest
from review.asking import run
from review.repository import REFUND, CountedGit, Repository, article
from review.test_moving import head

SETTINGS = "[locales.en]\n[locales.ca]\n"
PICTURE = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 4 2" width="4" height="2"/>'


@pytest.fixture
def shop(kept: Repository) -> Repository:
    """Guides in two languages with a category, a picture, a subfolder, and links in and out."""
    body = "[Two](deep/two.md) [Money](../../billing/refund.md) ![A](images/a.svg)"
    kept.write(
        {
            "kbgen.toml": SETTINGS,
            ".gitignore": ".kbgen/\ndist/\nhandoff/\n",
            "content/en/guides/old/_category.toml": 'title = "Old"\n',
            "content/en/guides/old/one.md": article("one", body),
            "content/en/guides/old/deep/two.md": article("two", "[One](../one.md)\n\n## Top {#top}\n\nText."),
            "content/en/guides/old/draft.md": article("draft").replace("status: published", "status: draft"),
            "content/ca/guides/old/one.md": article("one", "Un."),
            REFUND: article("refund", "See [one](../guides/old/one.md) or [two](../guides/old/deep/two.md#top)."),
        }
    )
    (kept.root / "content/en/guides/old/images").mkdir()
    (kept.root / "content/en/guides/old/images/a.svg").write_bytes(PICTURE)
    kept.commit("Guides")
    return kept


def tree(kept: Repository) -> dict[str, bytes]:
    """Every file below content/, and what git has staged."""
    found = {file.relative_to(kept.root).as_posix(): file.read_bytes() for file in (kept.root / "content").rglob("*") if file.is_file()}
    return {**found, "": kept.git("status", "--porcelain").encode()}


def test_a_folder_moves_with_all_that_lies_in_it(shop: Repository, counted_git: CountedGit) -> None:
    """In every language: articles keep their old addresses, links in, out and within lead on, pictures and category come along."""
    done = run(shop, "move", "guides/old", "help/new")
    calls = counted_git.calls
    new = shop.root / "content/en/help/new"

    assert done.exit_code == 0, done.output
    assert not (shop.root / "content/en/guides/old").exists()
    assert (new / "images/a.svg").read_bytes() == PICTURE
    assert (new / "_category.toml").is_file()
    assert head(shop, "content/en/help/new/one.md").aliases == ("/en/guides/old/one/",)
    assert head(shop, "content/en/help/new/deep/two.md").aliases == ("/en/guides/old/deep/two/",)
    assert head(shop, "content/en/help/new/draft.md").aliases == ()
    assert head(shop, "content/ca/help/new/one.md").aliases == ("/ca/guides/old/one/",)
    assert "[Two](deep/two.md) [Money](../../billing/refund.md) ![A](images/a.svg)" in (new / "one.md").read_text()
    assert "[One](../one.md)" in (new / "deep/two.md").read_text()
    assert "[one](../help/new/one.md) or [two](../help/new/deep/two.md#top)" in (shop.root / REFUND).read_text()
    assert f"mended the links in {REFUND}" in done.output
    assert len(calls) <= 12
    assert (checked := run(shop, "check")).exit_code == 0, checked.output


def test_a_folder_of_one_language_moves_alone(shop: Repository) -> None:
    """Named with its language, or from within it, the others stay; a move to another depth mends what leads out."""
    done = run(shop, "move", "content/en/guides/old", "content/en/new")

    assert done.exit_code == 0, done.output
    assert "[Money](../billing/refund.md)" in (shop.root / "content/en/new/one.md").read_text()
    assert (shop.root / "content/ca/guides/old/one.md").is_file()

    back = run(shop, "move", "en/new", "en/guides/old")

    assert back.exit_code == 0, back.output
    assert head(shop, "content/en/guides/old/one.md").aliases == ("/en/new/one/",)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("guides/old", "Two words"), ("Two words holds a space", "content/ca/Two words", "content/en/Two words")),
        (("guides/old", "billing"), ("content/en/billing exists already",)),
        (("guides/old", "guides/old"), ("where it lies already",)),
        (("guides/old", "guides/old/deeper"), ("one lies in the other",)),
        (("guides/old", "guides"), ("one lies in the other",)),
        (("guides/old", "../../etc"), ("is not in content/ca/", "is not in content/en/")),
        (("content/en/guides/old", "content/ca/new"), ("is not in content/en/",)),
        (("guides/old/images", "guides/pictures"), ("holds no article",)),
        (("guides/old", "help/images"), ("kept for other files",)),
        (("/etc", "help"), ("There is no article /etc",)),
    ],
)
def test_a_folder_that_cannot_move_is_told_all_that_is_wrong(shop: Repository, words: tuple[str, ...], said: tuple[str, ...]) -> None:
    """Every reason stands there at once, and nothing has changed."""
    before = tree(shop)
    done = run(shop, "move", *words)

    assert done.exit_code == 2
    assert [one for one in said if one not in " ".join(done.output.split())] == []
    assert tree(shop) == before


def test_articles_with_errors_are_told_all_at_once(shop: Repository) -> None:
    """Two broken articles in two languages are two messages, and nothing moves."""
    for path in ("content/en/guides/old/one.md", "content/ca/guides/old/one.md"):
        shop.write({path: article("one").replace("status: published", "status: publishd")})
    shop.commit("Broken")
    before = tree(shop)
    done = run(shop, "move", "guides/old", "help/new")

    assert done.exit_code == 2
    assert done.output.count("status is not one of the known words") == 2
    assert tree(shop) == before


def test_a_disk_that_refuses_half_way_leaves_everything_as_it_was(shop: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    """The last file that is to be written cannot be: folders are back, texts too, and what is not committed as well."""
    shop.write({"content/en/guides/old/one.md": article("one", "Not committed. [Money](../../billing/refund.md)")})
    before, write = tree(shop), Path.write_bytes

    def full(self: Path, data: bytes) -> int:
        if self.name == "refund.md" and b"help/new" in data:
            raise OSError(28, "No space left on device")
        return write(self, data)

    monkeypatch.setattr(Path, "write_bytes", full)
    done = run(shop, "move", "guides/old", "help/new")

    assert done.exit_code == 2
    assert "No space left on device" in done.output
    assert "as it was" in done.output
    assert tree(shop) == before

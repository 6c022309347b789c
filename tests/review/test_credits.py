"""Who wrote and who reviewed an article, on its page."""

from __future__ import annotations

from review.asking import run
from review.repository import LAMP, REFUND, Repository, article


def page(kept: Repository, url: str) -> str:
    """Build, and return an article's page."""
    done = run(kept, "build")
    assert done.exit_code == 0, done.output
    file = kept.root / "dist" / url / "index.html"
    return file.read_text(encoding="utf-8")


def test_pages_name_people_only_where_that_is_asked_for(kept: Repository) -> None:
    """Nobody by default; then authors and reviewers by name, front matter first, and never an address; a new commit shows at once."""
    kept.commit("Edit\n\nReviewed-by: Cat C <cat@help.example>", {LAMP: article("lamp", "One.")}, who="bob")
    plain = page(kept, "en/devices/lamp")
    kept.write({"kbgen.toml": "[review]\ncredits = true\n", REFUND: article("refund").replace("tags: []", "authors: [The <b>team]")})
    named, other = page(kept, "en/devices/lamp"), page(kept, "en/billing/refund")
    kept.commit("More\n\nCo-authored-by: دارا <dara@help.example>", {LAMP: article("lamp", "Two.")}, who="cat")
    later = page(kept, "en/devices/lamp")
    run(kept, "build", "--clean")

    assert "Written by" not in plain
    assert "Written by <bdi>ana</bdi>, <bdi>bob</bdi>" in named
    assert "Checked by <bdi>Cat C</bdi>" in named
    assert "<bdi>The &lt;b&gt;team</bdi>" in other
    assert "<bdi>ana</bdi>, <bdi>bob</bdi>, <bdi>cat</bdi>, <bdi>دارا</bdi>" in later
    assert "@help.example" not in named + other + later
    assert (kept.root / "dist/en/devices/lamp/index.html").read_text(encoding="utf-8") == later


def test_an_older_text_does_not_bear_the_day_of_the_newer_one(kept: Repository) -> None:
    """Where customers see the approved text, neither the date nor the author of the text that waits stands on its page."""
    kept.git("switch", "--quiet", "main")
    kept.write({"kbgen.toml": '[review]\ncredits = true\napproval = "enforce"\n'})
    kept.commit("Begin")
    kept.clock += 400 * 86_400
    kept.commit("Unapproved", {REFUND: article("refund", "Newer.")}, who="eve")
    found, other = page(kept, "en/billing/refund"), page(kept, "en/devices/lamp")

    assert "A text." in found
    assert "Newer." not in found
    assert "<bdi>" not in found.partition("kb-meta")[2].partition("kb-prose")[0]
    assert "<time" not in found.partition("<article")[2].partition("kb-prose")[0]
    assert "<time" in other.partition("<article")[2].partition("kb-prose")[0]

"""The commands move and retire."""

from __future__ import annotations

from pathlib import Path

import pytest
from review.asking import run
from review.repository import LAMP, REFUND, CountedGit, Repository, article

from kbgen import head as front_matter
from kbgen.model import Head
from kbgen.review.texts import relinked, with_field

LIGHT = "content/en/lights/lamp.md"


def head(kept: Repository, path: str) -> Head:
    """Read the front matter of a file."""
    parts, _ = front_matter.split((kept.root / path).read_bytes(), path)
    assert parts
    found, problems = front_matter.read(parts.front, path)
    assert found, problems
    return found


def built(kept: Repository, url: str) -> str:
    """Build, and return what a URL answers."""
    done = run(kept, "build", "--format", "json")
    assert done.exit_code == 0, done.output
    page = kept.root / "dist" / url / "index.html"
    return page.read_text(encoding="utf-8")


def test_a_moved_article_answers_at_both_addresses(kept: Repository, counted_git: CountedGit) -> None:
    """The file lies in the new category, git knows it as a move, and the old address leads to the new one."""
    done = run(kept, "move", "kb-lamp", "lights")
    calls = counted_git.calls
    old, new = built(kept, "en/devices/lamp"), built(kept, "en/lights/lamp")

    assert done.exit_code == 0, done.output
    assert "/en/devices/lamp/ leads to /en/lights/lamp/" in done.output
    assert head(kept, LIGHT).aliases == ("/en/devices/lamp/",)
    assert kept.git("status", "--short", "--no-renames").splitlines()[:2] == [f"D  {LAMP}", f"AM {LIGHT}"]
    assert "en/lights/lamp/" in old or "../../lights/lamp/" in old
    assert "About lamp" in new
    assert len(calls) <= 12


def test_links_go_on_leading_where_they_led(kept: Repository) -> None:
    """Relative links of the moved article and those of others to it are mended; code, other sites and all other text stay."""
    body = (
        "[Money](../billing/refund.md#how) ![A lamp](images/lamp.png 'Lamp')\n\n[ref]: ../billing/refund.md\n\n"
        "```\n[Money](../billing/refund.md)\n```\n[Web](https://x.example/refund.md) [Gone](../none.md) [Own](lamp.md)"
    )
    kept.write({LAMP: article("lamp", body), REFUND: article("refund", "See [it](../devices/lamp.md) or [this](kb:kb-lamp)."), "a.txt": ""})
    (kept.root / "content/en/devices/images").mkdir()
    (kept.root / "content/en/devices/images/lamp.png").write_bytes(b"png")
    kept.commit("Links")
    done = run(kept, "move", LAMP, "content/en/rooms/lights/bright.md")
    text = (kept.root / "content/en/rooms/lights/bright.md").read_text(encoding="utf-8")

    assert done.exit_code == 0, done.output
    assert "[Money](../../billing/refund.md#how) ![A lamp](../../devices/images/lamp.png 'Lamp')" in text
    assert "[ref]: ../../billing/refund.md" in text
    assert "```\n[Money](../billing/refund.md)\n```" in text
    assert "[Web](https://x.example/refund.md) [Gone](../none.md) [Own](bright.md)" in text
    assert "[it](../rooms/lights/bright.md) or [this](kb:kb-lamp)" in (kept.root / REFUND).read_text(encoding="utf-8")
    assert f"mended the links in {REFUND}" in done.output


def test_moving_back_and_forth_keeps_every_address_once(kept: Repository) -> None:
    """An alias that is the address again goes; all others stay, each once."""
    for goal in ("lights", "rooms", "devices", "lights"):
        done = run(kept, "move", "kb-lamp", goal)

        assert done.exit_code == 0, done.output
    assert sorted(head(kept, LIGHT).aliases) == ["/en/devices/lamp/", "/en/rooms/lamp/"]


def test_what_no_customer_has_seen_leaves_nothing_behind(kept: Repository) -> None:
    """A draft that was never published gets no alias; one that was once does."""
    draft = article("new").replace("status: published", "status: draft")
    kept.commit("Draft", {"content/en/devices/new.md": draft})
    kept.commit("Withdrawn", {LAMP: article("lamp").replace("status: published", "status: draft")})
    run(kept, "move", "kb-new", "lights")
    run(kept, "move", "kb-lamp", "lights")

    assert head(kept, "content/en/lights/new.md").aliases == ()
    assert head(kept, LIGHT).aliases == ("/en/devices/lamp/",)


def test_files_keep_their_form(kept: Repository) -> None:
    """Windows line ends, a byte order mark, letters of any script and comments stay; a file that git does not know moves too."""
    text = article("fa", "متن").replace("tags: []", "tags: [] # none yet\naliases: [/fa/قدیم/]").replace("\n", "\r\n")
    (kept.root / "content/fa/حساب").mkdir(parents=True)
    (kept.root / "content/fa/حساب/رمز.md").write_bytes(b"\xef\xbb\xbf" + text.encode())
    done = run(kept, "move", "kb-fa", "content/fa/ورود/گذرواژه.md")
    moved = (kept.root / "content/fa/ورود/گذرواژه.md").read_bytes()

    assert done.exit_code == 0, done.output
    assert moved.startswith(b"\xef\xbb\xbf---\r\n")
    assert moved.count(b"\n") == moved.count(b"\r\n")
    assert "# none yet" in moved.decode()
    assert '- "/fa/قدیم/"' in moved.decode() or "- /fa/قدیم/" in moved.decode()
    assert "/fa/حساب/رمز/" in moved.decode()
    assert not (kept.root / "content/fa/حساب/رمز.md").exists()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("kb-none", "lights"), "There is no article kb-none"),
        (("kb-lamp", "../../etc"), "is not in content/en/"),
        (("kb-lamp", "content/ca/llums"), "kbgen new --id kb-lamp"),
        (("kb-lamp", "devices"), "where it lies already"),
        (("kb-lamp", "content/en/billing/refund.md"), "exists already"),
        (("kb-lamp", "Two words"), "Two words holds a space"),
        (("kb-lamp", "devices/images"), "kept for other files"),
        (("kb-broken", "lights"), "broken.md:5: status is not one of the known words"),
    ],
)
def test_a_move_that_cannot_be_is_refused_and_changes_nothing(kept: Repository, words: tuple[str, ...], said: str) -> None:
    """The message says what to type instead."""
    kept.commit("Broken", {"content/en/devices/broken.md": article("broken").replace("status: published", "status: publishd")})
    done = run(kept, "move", *words)

    assert done.exit_code == 2
    assert said in " ".join(done.output.split())
    assert kept.git("status", "--short") == ""


def test_a_link_out_of_the_folder_is_not_followed(kept: Repository, tmp_path: Path) -> None:
    """A folder that is a symbolic link is neither moved from nor written through."""
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "note.md").write_text(article("note", "[x](../devices/lamp.md)"))
    (kept.root / "content/en/link").symlink_to(outside)
    done = run(kept, "move", "kb-lamp", "lights")

    assert done.exit_code == 0
    assert "../devices/lamp.md" in (outside / "note.md").read_text()
    assert run(kept, "move", "kb-note", "lights").exit_code == 2


def test_a_retired_article_leads_to_its_heir(kept: Repository) -> None:
    """All its languages are archived; its address leads on; who links to it is told."""
    kept.write({"content/ca/diners/refund.md": article("refund"), LAMP: article("lamp", "See [it](kb:kb-refund).")})
    kept.write({"kbgen.toml": "[locales.en]\n[locales.ca]\n"})
    done = run(kept, "retire", "kb-refund", "--replaced-by", "kb-lamp")
    found = [head(kept, path) for path in (REFUND, "content/ca/diners/refund.md")]

    assert done.exit_code == 0, done.output
    assert {(one.status, one.replaced_by) for one in found} == {("archived", "kb-lamp")}
    assert f"{LAMP} links to it: write  kb:kb-lamp" in done.output
    kept.write({LAMP: article("lamp", "See it.")})

    assert "devices/lamp/" in built(kept, "en/billing/refund")


def test_an_heir_that_nobody_can_read_is_refused(kept: Repository) -> None:
    """Itself, a missing one, and one that is archived, which would lead round in a ring."""
    run(kept, "retire", "kb-refund", "--replaced-by", "kb-lamp")
    own = run(kept, "retire", "kb-lamp", "--replaced-by", "kb-lamp")
    ring = run(kept, "retire", "kb-lamp", "--replaced-by", "kb-refund")
    none = run(kept, "retire", "kb-lamp", "--replaced-by", "kb-none")
    nobody = run(kept, "retire", "kb-none")

    assert [one.exit_code for one in (own, ring, none, nobody)] == [2, 2, 2, 2]
    assert "kb-refund is archived itself" in " ".join(ring.output.split())
    assert head(kept, LAMP).status == "published"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("---\nid: a\n---\n", "---\nid: a\nf:\n  - x\n---\n"),
        ("---\nf: [a, b] # c\nid: a\n---\nf: no\n", "---\nf:\n  - x\nid: a\n---\nf: no\n"),
        ("---\nf:\n- a\n- b\n\nid: a\n---\n", "---\nf:\n  - x\nid: a\n---\n"),
        ("---\nff: 1\nf:\n  - a\n---\n", "---\nff: 1\nf:\n  - x\n---\n"),
    ],
)
def test_a_field_is_set_where_it_stands(before: str, after: str) -> None:
    """A list on one line or on several gives way to the new one; the rest stays; without values it goes."""
    assert with_field(before, "f", ["x"]) == after
    assert "f:" not in with_field(before, "f", []).partition("\n---\n")[0].replace("ff:", "")


def test_names_with_spaces_and_quotes_stay_links() -> None:
    """A path that is percent-encoded stays so; one behind < > too."""
    text = "[a](../x/a%20b.md) [b](<../x/c.md>) <a href='../x/d.md'>d</a> poster: ../x/e.png"

    assert relinked(text, "content/en/x/y.md", "content/en/x/z/y.md", lambda leads: leads) == (
        "[a](../../x/a%20b.md) [b](<../../x/c.md>) <a href='../../x/d.md'>d</a> poster: ../../x/e.png"
    ).replace("../../x/", "../")

"""Ways to bring a text to customers past the people of reviewers.toml, or to lose one, each tried against publications."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

import pytest
import yaml
from release.places import publish, served
from review.asking import run
from review.attacking import VAT, guarded, page, told
from review.repository import LAMP, REFUND, REVIEWERS, Repository, article

from kbgen.release.manifest import Former, ManifestError, read, write
from kbgen.targets.directory import Directory
from kbgen.targets.place import TargetError

ROOT = Path(__file__).parents[2]


@pytest.fixture
def kept(tmp_path: Path) -> Repository:
    """A repository under rules, whose first release is out."""
    return guarded(tmp_path)


def test_a_move_frees_no_article_from_its_rule(kept):
    """Moved to where no rule asks, published, edited: the edit waits, because the move does."""
    away = "content/en/devices/refund.md"
    kept.commit("Move", {REFUND: None, away: article("refund")}, who="mallory")
    publish(kept)
    kept.commit("Edit", {away: article("refund", "Evil.")}, who="mallory")
    publish(kept)

    assert "A text." in page(kept, "en/billing/refund")
    assert page(kept, "en/devices/refund") == ""


def test_a_translation_elsewhere_takes_no_address_over(kept):
    """A new text with the id of an article under a rule is asked about by that rule, wherever it lies."""
    kept.commit("Translate", {"content/ca/devices/refund.md": article("refund", "Evil.")}, who="mallory")
    said = publish(kept).output

    assert "KB720" in said
    assert "A text." in page(kept, "ca/billing/refund")
    assert page(kept, "ca/devices/refund") == ""


def test_nobody_approves_what_they_wrote_under_another_name_or_place(kept):
    """GitHub's hidden address is its login's, and who wrote a text wrote it, whoever moves it."""
    hidden = "1234+bob-gh@users.noreply.github.com"
    kept.git("-c", f"user.email={hidden}", "-c", "user.name=b", "switch", "--quiet", "main")
    kept.write({REFUND: article("refund", "Mine.")})
    kept.git("add", "--all")
    kept.git("commit", "--quiet", "--author", f"b <{hidden}>", "--message", "Mine")
    mine = kept.git("rev-parse", "HEAD")
    kept.commit("Write elsewhere", {"content/en/devices/vat.md": article("vat", "Mine too.")}, who="bob")
    moved = kept.commit("Move", {"content/en/devices/vat.md": None, VAT: article("vat", "Mine too.")})
    publish(kept, "--from", told(kept, ("bob-gh", mine), ("bob-gh", moved)))

    assert "Mine." not in page(kept, "en/billing/refund")
    assert page(kept, "en/billing/vat") == ""

    publish(kept, "--from", told(kept, ("cat-gh", moved)))

    assert "Mine too." in page(kept, "en/billing/vat")


def test_a_rollback_does_not_lower_the_guard(kept, tmp_path):
    """A release from before the rules, brought back, does not make the next publication one without them."""
    publish(kept, "--approval", "off", to="dir:../other")
    first = read((tmp_path / "other/manifests" / f"{(tmp_path / 'other/current').readlink().name}.json").read_bytes()).name
    publish(kept, "--approval", "enforce", to="dir:../other")
    kept.commit("Evil", {"kbgen.toml": "[locales.en]\n[locales.ca]\n", REFUND: article("refund", "Evil.")}, who="mallory")
    back = run(kept, "rollback", first, "--to", "dir:../other")
    publish(kept, to="dir:../other")

    assert back.exit_code == 0, back.output
    assert "Evil." not in (tmp_path / "other/current/en/billing/refund/index.html").read_text()


def test_a_newer_edit_brings_no_older_text_back(kept):
    """What a release showed stays until something newer is approved, though an older text has an approval of its own."""
    first = kept.commit("One", {REFUND: article("refund", "Version 1.")})
    publish(kept, "--from", told(kept, ("bob-gh", first)))
    second = kept.commit("Two", {REFUND: article("refund", "Version 2."), VAT: article("vat")})
    publish(kept, "--from", told(kept, ("bob-gh", second)))
    kept.commit("Three", {REFUND: article("refund", "Version 3.")})
    publish(kept, "--from", told(kept, ("bob-gh", first)))

    assert "Version 2." in page(kept, "en/billing/refund")


def test_what_a_release_with_warn_showed_is_the_beginning(kept):
    """After `warn`, `enforce` takes nothing away; what comes later waits."""
    kept.commit("Unread", {REFUND: article("refund", "Version 2."), VAT: article("vat", "About taxes.")})
    publish(kept, "--approval", "warn")
    kept.commit("Later", {REFUND: article("refund", "Version 3.")})
    publish(kept, "--approval", "enforce")

    assert "Version 2." in page(kept, "en/billing/refund")
    assert "About taxes." in page(kept, "en/billing/vat")


def test_a_manifest_leads_nowhere_else(kept, tmp_path):
    """A path of a manifest that leaves the portal is refused before anything is written."""
    release = served(tmp_path / "out")
    for up in ("../../evil/", quote("../../evil/", safe=""), "a/%2e%2e/../evil/"):
        with pytest.raises(ManifestError, match="leads out of the portal"):
            read(write(replace(release, urls={**release.urls, up: Former("kb-x", "x")})))


def test_a_file_with_a_strange_name_stops_nothing(kept):
    """A line separator in a file's name is a letter like others."""
    name = "content/en/devices/files/a\u2028b.txt"
    (kept.root / name).parent.mkdir(parents=True)
    Path(os.fsdecode(os.fsencode(kept.root / name))).write_text("x")
    head = kept.commit("Strange", {REFUND: article("refund", "In five days.")})
    publish(kept, "--from", told(kept, ("bob-gh", head)))

    assert "In five days." in page(kept, "en/billing/refund")


def test_a_branch_that_merges_the_main_line_into_itself_begins_nothing(tmp_path):
    """Without a release the beginning is the commit that brought the rules, not a merge that a branch from before them made."""
    mine = Repository(tmp_path / "fresh", "")
    mine.write({"reviewers.toml": None, ".gitignore": ".kbgen/\ndist/\nhandoff/\n"})
    mine.git("add", "--all")
    mine.git("commit", "--quiet", "--amend", "--message", "Begin without rules")
    mine.git("switch", "--quiet", "--create", "before")
    mine.commit("Evil", {REFUND: article("refund", "Evil.")}, who="mallory")
    mine.git("switch", "--quiet", "main")
    mine.commit("Rules", {"reviewers.toml": REVIEWERS})
    mine.git("switch", "--quiet", "before")
    mine.git("merge", "--quiet", "--no-ff", "--message", "Main", "main", who="mallory")
    mine.git("switch", "--quiet", "main")
    mine.git("merge", "--quiet", "--ff-only", "before")
    done = run(mine, "build", "--approval", "enforce")

    assert done.exit_code == 0, done.output
    assert "KB720" in done.output
    assert "Evil." not in (mine.root / "dist/en/billing/refund/index.html").read_text()


def test_a_download_with_an_articles_id_takes_no_article_away(kept):
    """Two files with one id are two changes: the article's own edit is judged, and neither is forgotten."""
    kept.commit("Both", {LAMP: article("lamp", "Brighter."), "content/en/zzz/files/notes.md": article("lamp", "x")})
    publish(kept)

    assert "Brighter." in page(kept, "en/devices/lamp")


def test_two_publications_to_one_folder_forget_nothing(kept, tmp_path):
    """Who publishes what was built before somebody else published is told to publish again."""
    place = Directory(tmp_path / "out", 10)
    last = place.last()
    kept.commit("Another", {"content/en/devices/hub.md": article("hub")})
    publish(kept)

    with pytest.raises(TargetError, match="at the same time"):
        place.publish(tmp_path / "out/releases" / last.name, replace(last, name="20990101T000000Z"))
    assert "About hub" in page(kept, "en/devices/hub")


@pytest.mark.parametrize(
    "file", sorted((ROOT / "kbgen/start/ci").rglob("*.yml"), key=str), ids=lambda file: f"{file.parts[-3]}-{file.name}"
)
def test_no_file_of_a_checkout_is_a_module_of_pip(file, tmp_path):
    """`python -m pip` in the checkout of a pull request runs pip, not a pip.py that the pull request brought."""
    (tmp_path / "pip.py").write_text("print('evil')")
    variables = yaml.safe_load(file.read_text(encoding="utf-8"))
    safe = {**variables.get("env", {}), **variables.get("variables", {})}
    with_it = {**os.environ, "PYTHONSAFEPATH": str(safe.get("PYTHONSAFEPATH", ""))}
    done = subprocess.run(
        [sys.executable, "-m", "pip", "--version"], cwd=tmp_path, env=with_it, capture_output=True, text=True, check=False
    )

    assert "evil" not in done.stdout


def test_nobody_brings_an_older_text_back_and_approves_it(kept):
    """A merge that names an older parent shows no author; who made it is one."""
    new = kept.commit("New", {REFUND: article("refund", "In five days.")})
    publish(kept, "--from", told(kept, ("bob-gh", new)))
    words = ("commit-tree", f"{new}~1^{{tree}}", "-p", new, "-p", f"{new}~1", "-m", "Merge")
    merge = kept.git(*words, who="bob")
    kept.git("reset", "--quiet", "--hard", merge)
    publish(kept, "--from", told(kept, ("bob-gh", merge)))

    assert "In five days." in page(kept, "en/billing/refund")

    publish(kept, "--from", told(kept, ("cat-gh", merge)))

    assert "A text." in page(kept, "en/billing/refund")


def test_a_list_of_what_is_left_out_hides_no_article(kept):
    """A line of .kbignore asks the rules of all that it hides or shows; what nobody is asked about, it hides at once."""
    publish(kept)
    hide = kept.commit("Hide", {".kbignore": "content/en/billing/\n"}, who="mallory")
    said = publish(kept).output
    away = "content/en/devices/lamp.md"

    assert ".kbignore: warning KB720: this list is not in force" in said
    assert "needs 1 of billing" in said
    assert "A text." in page(kept, "en/billing/refund")

    kept.commit("Only a lamp", {".kbignore": f"{away}\n"})
    publish(kept)

    assert "A text." not in page(kept, "en/devices/lamp")
    assert "A text." in page(kept, "en/billing/refund")

    kept.commit("Hide again", {".kbignore": f"{away}\ncontent/en/billing/\n"}, who="mallory")
    publish(kept, "--from", told(kept, ("bob-gh", hide)))

    assert "A text." in page(kept, "en/billing/refund")

    publish(kept, "--from", told(kept, ("bob-gh", kept.git("rev-parse", "HEAD"))))

    assert "A text." not in page(kept, "en/billing/refund")


def test_a_move_to_where_files_are_left_out_is_no_free_move(kept):
    """Below the same rule, into a folder that .kbignore names, an article would vanish: that waits."""
    kept.commit("Ignore", {".kbignore": "content/en/billing/later/\n"})
    publish(kept)
    kept.commit("Move", {REFUND: None, "content/en/billing/later/refund.md": article("refund")}, who="mallory")
    publish(kept)

    assert "A text." in page(kept, "en/billing/refund")


def test_a_proposal_is_judged_by_what_its_list_hides(tmp_path):
    """`kbgen approvals` asks about .kbignore too, and a tag approves it."""
    mine = Repository(tmp_path / "fresh")
    mine.git("switch", "--quiet", "--create", "edit")
    mine.commit("Hide", {".kbignore": "billing/\n"})
    waits = run(mine, "approvals", "main..HEAD")
    said = f"Approve\n\nArticle: %2Ekbignore blob={mine.blob('.kbignore')}\nReviewed-by: Bob B <bob@help.example>\n"
    mine.git("tag", "--annotate", "--file=-", "review/%2Ekbignore/bob/1", who="bob", stdin=said)
    done = run(mine, "approvals", "main..HEAD")

    assert (waits.exit_code, done.exit_code) == (1, 0), waits.output + done.output
    assert "missing  %2Ekbignore  .kbignore" in waits.output

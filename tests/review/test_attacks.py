"""Ways to bring a text to customers past the people of reviewers.toml, or to lose one, each tried against publications."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

import pytest
import yaml
from release.places import publish, served
from review.asking import approved, run, tag
from review.repository import LAMP, REFUND, REVIEWERS, Repository, article

from kbgen.release.manifest import Former, ManifestError, read, write
from kbgen.targets.directory import Directory
from kbgen.targets.place import TargetError

ROOT = Path(__file__).parents[2]

VAT = "content/en/billing/vat.md"


@pytest.fixture
def kept(tmp_path: Path) -> Repository:
    """A repository under rules, whose first release is out."""
    found = Repository(tmp_path / "kb", f'{REVIEWERS}\n[policy]\nmin_trust = "recorded"\n')
    found.write({".gitignore": ".kbgen/\ndist/\nhandoff/\n"})
    found.commit("Settings", {"kbgen.toml": '[locales.en]\n[locales.ca]\nfallback = "en"\n[review]\napproval = "enforce"\n'})
    publish(found)
    return found


def page(kept: Repository, url: str) -> str:
    """What customers read; "" for nothing."""
    file = kept.root.parent / "out" / "current" / url / "index.html"
    return file.read_text(encoding="utf-8") if file.is_file() else ""


def told(kept: Repository, *rows: tuple[str, str], base: str = "") -> str:
    """Save what GitHub tells of one pull request: (login, commit), all of them a yes, and where it began."""
    file = kept.root.parent / "reviews.json"
    said = [{"user": {"login": login}, "state": "APPROVED", "commit_id": commit, "submitted_at": "2026-01-01"} for login, commit in rows]
    file.write_text(json.dumps({"pulls": [{"base": base, "reviews": said}]}))
    return f"github={file}"


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


@pytest.mark.parametrize("merge", ["merge", "squash"])
def test_a_yes_is_a_yes_to_that_pull_request_only(kept, merge):
    """A text that waits on the branch is not let through by a yes to another pull request that began after it."""
    kept.commit("Evil", {REFUND: article("refund", "Evil.")}, who="mallory")
    publish(kept)
    kept.git("switch", "--quiet", "--create", "lamp")
    head = kept.commit("Lamp", {LAMP: article("lamp", "Brighter.")})
    kept.git("switch", "--quiet", "main")
    if merge == "merge":
        kept.git("merge", "--quiet", "--no-ff", "lamp")
    else:
        kept.git("merge", "--quiet", "--squash", "lamp")
        kept.commit("Lamp (#1)")
    publish(kept, "--from", told(kept, ("bob-gh", head)))

    assert "Evil." not in page(kept, "en/billing/refund")
    assert "Brighter." in page(kept, "en/devices/lamp")


def test_after_a_fast_forward_a_pull_request_holds_what_it_held(kept):
    """Of two commits that came without a merge both are the pull request's, and what waited below them is not."""
    evil = kept.commit("Evil", {REFUND: article("refund", "Evil.")}, who="mallory")
    publish(kept)
    kept.git("switch", "--quiet", "--create", "two", evil)
    kept.commit("Vat", {VAT: article("vat", "About taxes.")})
    head = kept.commit("Lamp", {LAMP: article("lamp", "Brighter.")})
    kept.git("switch", "--quiet", "main")
    kept.git("merge", "--quiet", "--ff-only", "two")
    publish(kept, "--from", told(kept, ("bob-gh", head)))
    unknown = page(kept, "en/billing/vat")
    publish(kept, "--from", told(kept, ("bob-gh", head), base=head))
    within = page(kept, "en/billing/vat")
    publish(kept, "--from", told(kept, ("bob-gh", head), base=evil))

    assert (unknown, within) == ("", "")
    assert "About taxes." in page(kept, "en/billing/vat")
    assert "Evil." not in page(kept, "en/billing/refund")


def test_a_branch_that_began_before_a_file_deletes_it_not(kept):
    """A commit that never had an article says nothing about its deletion."""
    begun = kept.git("rev-parse", "HEAD")
    vat = kept.commit("Vat", {VAT: article("vat", "About taxes.")})
    publish(kept, "--from", told(kept, ("bob-gh", vat)))
    kept.git("switch", "--quiet", "--create", "old", begun)
    head = kept.commit("Refund", {REFUND: article("refund", "In five days.")})
    kept.git("switch", "--quiet", "main")
    kept.git("merge", "--quiet", "--no-ff", "old")
    kept.commit("Delete", {VAT: None}, who="mallory")
    publish(kept, "--from", told(kept, ("bob-gh", head)))

    assert "About taxes." in page(kept, "en/billing/vat")
    assert "In five days." in page(kept, "en/billing/refund")


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


def test_a_deletion_is_approved_for_one_text(kept):
    """A yes to the end of a translation does not end its source."""
    mine = "content/ca/billing/refund.md"
    both = kept.commit("Translate", {mine: article("refund", "Un text.")})
    publish(kept, "--from", told(kept, ("bob-gh", both)))
    gone = f"deleted-{kept.blob(mine)}"
    kept.commit("Delete", {mine: None, REFUND: None}, who="mallory")
    file = kept.root.parent / "ours.json"
    file.write_text(json.dumps([{"article": "kb-refund", "blob": gone, "person": "bob"}]))
    publish(kept, "--from", f"file={file}")

    assert "A text." in page(kept, "en/billing/refund")


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


def test_nobody_approves_in_a_pull_request_what_they_wrote_elsewhere_in_it(tmp_path):
    """While it is open, who wrote a text that somebody else moved is its author, as after the merge; so is who brings an older one back."""
    kept = Repository(tmp_path / "fresh")
    kept.commit("New", {REFUND: article("refund", "In five days.")})
    before = kept.git("rev-parse", "HEAD")
    kept.git("switch", "--quiet", "--create", "edit")
    kept.commit("Write elsewhere", {"content/en/devices/vat.md": article("vat", "Mine too.")}, who="bob")
    kept.commit("Move", {"content/en/devices/vat.md": None, VAT: article("vat", "Mine too.")})
    tag(kept, "bob", VAT)
    own = approved(kept)
    tag(kept, "cat", VAT)
    other = approved(kept)
    kept.git("switch", "--quiet", "main")
    words = ("commit-tree", f"{before}~1^{{tree}}", "-p", before, "-p", f"{before}~1", "-m", "Merge")
    kept.git("switch", "--quiet", "--create", "back", kept.git(*words, who="bob"))
    tag(kept, "bob", REFUND, number=2)

    assert (own, other) == ({"kb-vat": False}, {"kb-vat": True})
    assert approved(kept) == {"kb-refund": False}


def test_a_yes_to_a_deletion_is_spent_when_the_text_comes_back(kept):
    """Deleted with a yes, brought back with one, deleted again: the first yes says nothing of the second deletion, however it was merged."""
    kept.git("switch", "--quiet", "--create", "drop")
    gone = kept.commit("Drop", {REFUND: None})
    file = told(kept, ("bob-gh", gone))
    kept.git("switch", "--quiet", "main")
    kept.git("merge", "--quiet", "--squash", "drop")
    kept.commit("Drop (#1)")
    publish(kept, "--from", file)
    dropped = page(kept, "en/billing/refund")
    back = kept.commit("Bring it back", {REFUND: article("refund")})
    publish(kept, "--from", told(kept, ("bob-gh", back)))
    kept.commit("Drop again", {REFUND: None}, who="mallory")
    said = publish(kept, "--from", told(kept, ("bob-gh", gone))).output

    assert "A text." not in dropped
    assert "came back since" in said
    assert "A text." in page(kept, "en/billing/refund")

    publish(kept, "--from", told(kept, ("bob-gh", kept.git("rev-parse", "HEAD"))))

    assert "A text." not in page(kept, "en/billing/refund")


def test_a_tag_that_ends_a_text_is_spent_too(tmp_path):
    """What git keeps of a yes names the commit that was looked at, so it is no yes to a later deletion."""
    mine = Repository(tmp_path / "fresh")
    mine.write({".gitignore": ".kbgen/\ndist/\nhandoff/\n"})
    mine.commit("Settings", {"kbgen.toml": '[locales.en]\n[review]\napproval = "enforce"\n'})
    blob = mine.blob(REFUND)
    publish(mine)
    mine.commit("Drop", {REFUND: None})
    said = f"Approve\n\nArticle: kb-refund blob=deleted-{blob}\nReviewed-by: Bob B <bob@help.example>\n"
    mine.git("tag", "--annotate", "--file=-", "review/kb-refund/bob/1", who="bob", stdin=said)
    publish(mine)
    dropped = page(mine, "en/billing/refund")
    mine.commit("Bring it back", {REFUND: article("refund")})
    tag(mine, "bob", REFUND, number=2)
    publish(mine)
    mine.commit("Drop again", {REFUND: None}, who="mallory")
    publish(mine)

    assert "A text." not in dropped
    assert "A text." in page(mine, "en/billing/refund")

"""The commands blame and asof: who wrote a sentence, and what customers saw on a day."""

from __future__ import annotations

import json
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from review.asking import run, tag
from review.repository import LAMP, REFUND, CountedGit, Repository, article

from kbgen.release.manifest import Release, Shown, write

FIVE = 'It takes **five** [working\ndays](../devices/lamp.md), says "the law".'


def blamed(kept: Repository, *words: str) -> dict[str, Any]:
    """Ask who wrote a sentence."""
    done = run(kept, "blame", *words, "--format", "json")
    assert done.exit_code == 0, done.output
    found: dict[str, Any] = json.loads(done.output)
    return found


def when(kept: Repository, commit: str) -> str:
    """Return when a commit was made, as a command writes it."""
    return datetime.fromtimestamp(int(kept.git("show", "--no-patch", "--format=%ct", commit)), UTC).isoformat()


def day(kept: Repository, commit: str) -> str:
    """Return that moment as an argument."""
    return when(kept, commit).replace("+00:00", "Z")


def test_a_sentence_leads_to_its_commit(kept: Repository, counted_git: CountedGit) -> None:
    """As the page shows it: through emphasis, links, line ends, a move with a rewrite and edits of other sentences."""
    kept.commit("Begin it", {REFUND: article("refund", "It takes four days.")}, who="ana")
    wrote = kept.commit("Say five", {REFUND: article("refund", FIVE)}, who="bob")
    tag(kept, "cat", REFUND)
    moved = "content/en/devices/money.md"
    kept.commit(
        "Move and rewrite", {REFUND: None, moved: article("refund", f"{'New. ' * 99}\n\n{FIVE.replace('five', '_five_')}")}, who="cat"
    )
    kept.commit("Other", {moved: article("refund", f"Newer.\n\n{FIVE}\n\nMore.")}, who="cat")
    counted_git.forget()
    found = blamed(kept, "/en/devices/money/", "takes five working days, says “the law”")

    assert len(counted_git.calls) <= 12
    assert (found["path"], found["line"], found["commit"]) == (moved, 10, wrote)
    assert found["authors"] == ["bob <bob@help.example>"]
    assert found["written"] == when(kept, wrote)
    assert found["approved"] == [{"by": "Cat C", "proof": "claimed"}]


@pytest.mark.parametrize("way", ["merge", "squash"])
def test_a_merge_leads_to_who_wrote_it_and_when_it_came(kept: Repository, way: str) -> None:
    """The commit of the branch is named where the branch has it, and the day on which main got it; a squash is all that is left."""
    wrote = kept.commit("Say five", {REFUND: article("refund", FIVE)}, who="bob")
    kept.commit("More", {REFUND: article("refund", f"{FIVE}\n\nMore.")}, who="ana")
    kept.git("switch", "--quiet", "main")
    kept.clock += 5000
    if way == "merge":
        kept.git("merge", "--quiet", "--no-ff", "edit", "-m", "Merge\n\nReviewed-by: Cat C <cat@help.example>", who="cat")
    else:
        kept.git("merge", "--quiet", "--squash", "edit")
        kept.git("commit", "--quiet", "-m", "Squash\n\nReviewed-by: Cat C <cat@help.example>\n\nCo-authored-by: bob <bob@help.example>")
    found = blamed(kept, "kb-refund", "five working days")

    assert found["commit"] == (wrote if way == "merge" else kept.git("rev-parse", "HEAD"))
    assert "bob <bob@help.example>" in found["authors"]
    assert found["merged"] == when(kept, "HEAD")
    assert found["approved"] == [{"by": "Cat C", "proof": "told by the commit"}]


def test_a_sentence_that_went_and_came_back_is_of_who_brought_it_back(kept: Repository) -> None:
    """What was taken out in between is not what customers read today."""
    kept.commit("Say", {REFUND: article("refund", "Seven days.")}, who="bob")
    kept.commit("Take out", {REFUND: article("refund", "Soon.")})
    again = kept.commit("Say again", {REFUND: article("refund", "Seven days!\n\nSeven days.")}, who="cat")

    assert blamed(kept, "kb-refund", "Seven days.")["commit"] == again


def test_titles_variables_snippets_and_other_scripts_are_found(kept: Repository) -> None:
    """What a page shows may stand in its head, in a variable or in a paragraph that many articles share."""
    text = '打開「設定」，\n然後選擇**帳號**。\n\n--8<-- "note"\n\nCall {{ phone }} today.'
    wrote = kept.commit(
        "Write",
        {"content/zh-Hant/a/b.md": article("zh", text), "content/_vars.toml": 'phone = "0800 55"', "content/_snippets/en/note.md": "Mind the cat."},
        who="bob",
    )  # fmt: skip
    kept.commit("Later", {LAMP: article("lamp", "Later.")})
    found = [blamed(kept, "kb-zh", words) for words in ("About zh", "「設定」，然後選擇帳號", "Call 0800 55 today", "Mind the cat")]

    assert [one["commit"] for one in found] == [wrote] * 4
    assert [one["line"] for one in found] == [3, 8, 13, 1]
    assert found[3]["path"] == "content/_snippets/en/note.md"


def test_a_page_is_found_by_every_address_that_it_has(kept: Repository) -> None:
    """With and without the host, below a folder, by an alias, by a slug, and where another language's text stands in."""
    kept.write({"kbgen.toml": "[locales.en]\n[locales.ca]\n", "content/ca/a/b.md": article("b")})
    text = article("refund", "Soon.").replace("tags: []", "tags: []\nslug: money-back\naliases: [/en/old/way/]")
    wrote = kept.commit("Write", {REFUND: text})
    names = [
        "/en/billing/money-back/",
        "https://help.example/kb/en/billing/money-back/index.html?q=1#top",
        "en/old/way",
        "/ca/billing/money-back/",
    ]

    assert {blamed(kept, name, "Soon")["commit"] for name in names} == {wrote}
    assert run(kept, "blame", "/en/billing/refund/", "Soon").exit_code == 2


def test_what_cannot_be_told_is_not_guessed(kept: Repository, tmp_path: Path) -> None:
    """A sentence that is not there is 1; one older than a shallow clone, or texts that a blobless one lacks, is 3."""
    kept.commit("Write", {REFUND: article("refund", "Soon.")})
    kept.commit("Other", {REFUND: article("refund", "Soon. More.")})
    kept.git("config", "uploadpack.allowFilter", "true")
    codes = [run(kept, "blame", "kb-refund", "Never said").exit_code]
    for words in (["--depth=1"], ["--filter=blob:none"]):
        clone = tmp_path / words[0]
        subprocess.run(["git", "clone", "--quiet", *words, f"file://{kept.top}", str(clone)], check=True)
        kept.root = clone
        codes += [run(kept, "blame", "kb-refund", "Soon").exit_code, run(kept, "asof", "2026-02-02", "kb-refund").exit_code]

    assert codes == [1, 3, 3, 3, 3]


def test_the_text_of_a_moment_is_exact(kept: Repository) -> None:
    """From git alone: what the branch had then, byte for byte; nothing before it began, while it was a draft, or after it went."""
    (kept.root / REFUND).write_bytes(article("refund", "Alt.\r\n").encode())
    first = kept.commit("First")
    kept.commit("Move", {REFUND: None, "content/en/devices/money.md": article("refund", "Neu.")})
    kept.commit("Draft", {"content/en/devices/money.md": article("refund").replace("status: published", "status: draft")})
    hidden = kept.git("rev-parse", "HEAD")
    kept.commit("Delete", {"content/en/devices/money.md": None})
    done = run(kept, "asof", day(kept, first), "kb-refund")
    codes = [run(kept, "asof", moment, "kb-refund").exit_code for moment in ("2001-01-01", day(kept, hidden), day(kept, "HEAD"), "someday")]

    assert done.stdout_bytes == article("refund", "Alt.\r\n").encode()
    assert f"commit       {first}, from git alone" in done.stderr
    assert codes == [1, 1, 1, 2]


def test_releases_say_what_customers_saw(kept: Repository, tmp_path: Path) -> None:
    """The last release until that moment counts, whatever the branch had by then; its approvers are told; a rollback is a release."""
    old, new = "Alt.", "Neu."
    first = kept.commit("First", {REFUND: article("refund", old)}, who="bob")
    second = kept.commit("Second", {REFUND: article("refund", new)}, who="bob")
    blobs = [kept.blob(REFUND, first), kept.blob(REFUND, second)]
    for stamp, commit, blob in (("20260301T080000Z", first, 0), ("20260401T080000Z", second, 1), ("20260402T080000Z", first, 0)):
        page = Shown("en/billing/refund/", "kb-refund", "en", REFUND, blobs[blob], "About refund", ("cat",))
        release = Release(
            name=f"{stamp}-{commit[:10]}",
            made=f"{stamp[:4]}-{stamp[4:6]}-{stamp[6:8]}T08:00:00+00:00",
            as_of="",
            commit=commit,
            pages=(page,),
            texts={REFUND: blobs[blob]},
        )
        (tmp_path / f"{release.name}.json").write_bytes(write(release))
    asked = ("2026-03-01", "2026-03-31", "2026-04-01T08:00:00Z", "2026-04-01T09:59:59+02:00", "2026-05-01")
    found = [json.loads(run(kept, "asof", one, "kb-refund", "--releases", str(tmp_path), "--format", "json").output) for one in asked]
    before = run(kept, "asof", "2026-02-28", "kb-refund", "--releases", str(tmp_path))
    sentence = blamed(kept, "kb-refund", new, "--releases", str(tmp_path))

    assert [new in one["text"] for one in found] == [False, False, True, False, False]
    assert found[0]["release"].startswith("20260301T080000Z")
    assert found[0]["approved"] == [{"by": "Cat C", "proof": "release"}]
    assert before.exit_code == 1
    assert sentence["release"].startswith("20260401T080000Z")


def test_what_publish_leaves_is_read(kept: Repository, tmp_path: Path) -> None:
    """The manifests of real publications answer: the text that was out, its approver, and a rollback to the one before."""
    kept.git("switch", "--quiet", "main")
    site = tmp_path / "site"
    words = ("publish", "--to", f"dir:{site}", "--approval", "enforce")
    first = run(kept, *words)
    kept.commit("Unapproved", {REFUND: article("refund", "Unapproved.")}, who="bob")
    second = run(kept, *words)
    tag(kept, "cat", REFUND)
    third = run(kept, *words)
    found = json.loads(run(kept, "asof", "2999-01-01", "kb-refund", "--releases", str(site / "manifests"), "--format", "json").output)
    sentence = blamed(kept, "/en/billing/refund/", "Unapproved", "--releases", str(site / "manifests"))
    back = run(kept, "rollback", "--to", f"dir:{site}")
    after = run(kept, "asof", "2999-01-01", "kb-refund", "--releases", str(site / "manifests"))
    names = sorted(one.stem for one in (site / "manifests").glob("*.json"))

    assert [one.exit_code for one in (first, second, third, back)] == [0, 0, 0, 0], back.output
    assert (found["blob"], found["release"]) == (kept.blob(REFUND), names[2])
    assert found["approved"] == [{"by": "Cat C", "proof": "release"}]
    assert sentence["release"] == names[2]
    assert after.stdout_bytes == article("refund").encode()

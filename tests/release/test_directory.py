"""Publishing into a folder: one step, nothing lost, and back again."""

from __future__ import annotations

import shutil
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from release.places import answer, dead, publish, served
from review.asking import run
from review.repository import LAMP, REFUND, Repository, article


def test_a_publication_is_served_and_remembered(kept: Repository, tmp_path: Path) -> None:
    """The folder serves the portal; the manifest names commit, articles, texts, every file and address, and lies outside what is served."""
    publish(kept)
    release, top = served(tmp_path / "out"), tmp_path / "out" / "current"

    assert "A text." in (top / "en/billing/refund/index.html").read_text()
    assert release.commit == kept.git("rev-parse", "HEAD")
    assert [(page.url, page.id, page.blob) for page in release.pages] == [
        ("en/devices/lamp/", "kb-lamp", kept.blob(LAMP)),
        ("en/billing/refund/", "kb-refund", kept.blob(REFUND)),
    ]
    assert release.texts[REFUND] == kept.blob(REFUND)
    assert {path.relative_to(top).as_posix() for path in top.rglob("*") if path.is_file()} == release.files.keys()
    assert {"", "en/", "en/billing/", "en/billing/refund/", "en/billing/refund/index.md"} <= release.urls.keys()
    assert not list(top.rglob("*manifest*.json"))


def test_what_moves_or_goes_still_answers(kept: Repository, tmp_path: Path) -> None:
    """A move without an alias leads on, a deleted article says so, an empty category leads up; the writer is told."""
    publish(kept)
    kept.commit("Move one, delete the other", {LAMP: None, "content/en/home/lamp.md": article("lamp"), REFUND: None})
    said = publish(kept).output
    out = tmp_path / "out"

    assert answer(out / "current", "en/devices/lamp/") == "en/home/lamp/"
    assert answer(out / "current", "en/devices/") == "en/"
    assert "has been withdrawn" in (out / "current/en/billing/refund/index.html").read_text()
    assert "/en/devices/lamp/ /en/home/lamp/ 301" in (out / "current/_redirects").read_text()
    assert (out / "current/en/devices/lamp/index.md").read_text() == "<../../../en/home/lamp/index.md>\n"
    assert dead(out) == []
    assert "KB412" in said
    assert "aliases: [/en/devices/lamp/]" in said


def test_rolling_back_loses_no_address(kept: Repository, tmp_path: Path) -> None:
    """The old text is back; what only the newer release had leads on; the next publication brings the newer one again."""
    publish(kept)
    first = served(tmp_path / "out").name
    kept.commit("Edit, move and add", {REFUND: article("refund", "Wrong."), LAMP: None, "content/en/home/lamp.md": article("lamp"), "content/en/home/hub.md": article("hub")})  # fmt: skip
    publish(kept)
    done = run(kept, "rollback", "--to", "dir:../out")
    out, back = tmp_path / "out", served(tmp_path / "out")

    assert done.exit_code == 0, done.output
    assert back.back_to == first
    assert "A text." in (out / "current/en/billing/refund/index.html").read_text()
    assert answer(out / "current", "en/home/lamp/") == "en/devices/lamp/"
    assert answer(out / "current", "en/home/hub/") == "en/"
    assert dead(out) == []
    assert "Nothing is due" in publish(kept, "--if-due", "--as-of", "2030-01-01").output
    assert "Wrong." not in (out / "current/en/billing/refund/index.html").read_text()
    publish(kept)
    assert "Wrong." in (out / "current/en/billing/refund/index.html").read_text()
    assert answer(out / "current", "en/devices/lamp/") == "en/home/lamp/"
    assert dead(out) == []


def test_a_release_of_choice_and_the_list(kept: Repository, tmp_path: Path) -> None:
    """`releases` lists what can be brought back, `--keep` bounds it, manifests stay; an unknown name is told."""
    names = []
    for number in range(4):
        kept.commit("Edit", {REFUND: article("refund", f"Number {number}.")})
        publish(kept, "--keep", "3")
        names.append(served(tmp_path / "out").name)
    listed = run(kept, "releases", "--to", "dir:../out").output
    done = run(kept, "rollback", names[1], "--to", "dir:../out")
    gone = run(kept, "rollback", names[0], "--to", "dir:../out")

    assert [line.split()[-1] for line in listed.splitlines()[:2]] == names[1:3]
    assert listed.splitlines()[2].startswith(f"* {names[3]}  2 articles")
    assert done.exit_code == 0, done.output
    assert "Number 1." in (tmp_path / "out/current/en/billing/refund/index.html").read_text()
    assert (gone.exit_code, "There is no release" in gone.output) == (1, True)
    assert len(list((tmp_path / "out/manifests").iterdir())) == 5


def test_a_download_that_goes_and_comes_back(kept: Repository, tmp_path: Path) -> None:
    """Its address leads on while it is gone, through several publications, and is the file again afterwards."""
    form, top = "content/en/billing/files/form.pdf", tmp_path / "out/current/en/billing/files/form.pdf"
    with_link = article("refund", "See [the form](files/form.pdf).")
    kept.commit("Offer", {REFUND: with_link, form: "%PDF-1.7 a form"})
    publish(kept)
    offered = top.read_text()
    kept.commit("Take back", {REFUND: article("refund"), form: None})
    publish(kept)
    led = []
    for text in ("One.", "Two.", "Three."):
        kept.commit("Edit", {LAMP: article("lamp", text)})
        publish(kept)
        led.append((answer(tmp_path / "out/current", "en/billing/files/form.pdf"), dead(tmp_path / "out")))
    kept.commit("Offer again", {REFUND: with_link, form: "%PDF-1.7 a form"})
    publish(kept)

    assert led == [("en/billing/", [])] * 3
    assert top.read_text() == offered
    assert dead(tmp_path / "out") == []


def test_a_clock_publishes_only_what_is_due(kept: Repository, tmp_path: Path) -> None:
    """--if-due publishes once a date has come, and not before, and not twice."""
    dated = article("lamp").replace("tags: []", "publish_at: 2026-05-01T00:00:00Z")
    kept.commit("Schedule", {LAMP: dated})
    publish(kept, "--as-of", "2026-04-01")
    page = tmp_path / "out/current/en/devices/lamp/index.html"
    early = publish(kept, "--if-due", "--as-of", "2026-04-30")
    before = page.is_file()
    publish(kept, "--if-due", "--as-of", "2026-05-02")

    assert "Nothing is due before 2026-05-01" in early.output
    assert not before
    assert page.is_file()
    assert "Nothing is due" in publish(kept, "--if-due", "--as-of", "2026-05-03").output


def test_what_is_out_there_is_compared(kept: Repository, tmp_path: Path) -> None:
    """--verify finds a changed file, a missing one and a dead address, in a folder."""
    publish(kept)
    top = tmp_path / "out" / "current"
    good = publish(kept, "--verify", str(top))
    (top / "en/billing/refund/index.html").write_text("changed")
    (top / "en/devices/lamp/index.html").unlink()
    bad = publish(kept, "--verify", str(top), code=1)

    assert "serves" in good.output
    assert "en/billing/refund/index.html: is not what was published" in bad.output
    assert "en/devices/lamp/index.html: answers 404" in bad.output


def test_a_portal_on_the_web_is_compared(kept: Repository, tmp_path: Path) -> None:
    """--verify asks a web server for every file and every address, and says so when nothing answers there."""
    publish(kept)
    kept.commit("Move", {LAMP: None, "content/en/home/lamp.md": article("lamp")})
    publish(kept)
    top = tmp_path / "out" / "current"
    handler = partial(Quiet, directory=str(top))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        where = f"http://127.0.0.1:{server.server_port}"
        good = publish(kept, "--verify", where)
        shutil.rmtree(top / "en/devices/lamp")
        bad = publish(kept, "--verify", where, code=1)
        server.shutdown()

    assert "serves" in good.output
    assert "en/devices/lamp/index.html: answers 404" in bad.output
    assert "Nothing answers at" in publish(kept, "--verify", where, code=1).output


class Quiet(SimpleHTTPRequestHandler):
    """A plain web server that says nothing."""

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def test_foreign_folders_are_left_alone(kept: Repository, tmp_path: Path) -> None:
    """A folder that kbgen did not make is refused, and so is a place of an unknown kind."""
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "precious.txt").write_text("mine")

    assert "files that kbgen did not write" in publish(kept, code=1).output
    assert "is no place to publish to" in publish(kept, to="ftp://x", code=1).output
    assert (tmp_path / "out" / "precious.txt").read_text() == "mine"


def test_errors_publish_nothing(kept: Repository, tmp_path: Path) -> None:
    """With an error in an article the old release is still served."""
    publish(kept)
    before = served(tmp_path / "out")
    kept.commit("Break", {REFUND: "---\nid: kb-refund\n---\nx\n"})
    publish(kept, code=1)

    assert served(tmp_path / "out") == before


def test_settings_cannot_lower_the_guard(kept: Repository, tmp_path: Path) -> None:
    """A push that takes `enforce` out of kbgen.toml publishes no unapproved text; a person who says so does."""
    rules = '[people.ana]\nname = "Ana"\nemails = ["ana@help.example"]\n[groups]\nall = ["ana"]\n[[rules]]\nof = "all"\ncategory = "billing/**"\n'
    kept.commit("Guard", {"reviewers.toml": rules, "kbgen.toml": '[review]\napproval = "enforce"\n'})
    publish(kept)
    kept.commit("Sneak", {"kbgen.toml": "", REFUND: article("refund", "Wrong.")}, who="bob")
    said = publish(kept).output
    page = tmp_path / "out/current/en/billing/refund/index.html"
    guarded = page.read_text()
    publish(kept, "--approval", "off")

    assert "so this one does" in said
    assert "A text." in guarded
    assert "Wrong." in page.read_text()


def test_a_broken_memory_is_not_forgotten_silently(kept: Repository, tmp_path: Path) -> None:
    """A manifest that cannot be read stops a publication: approvals and addresses hang on it."""
    publish(kept)
    name = served(tmp_path / "out").name
    (tmp_path / "out" / "manifests" / f"{name}.json").write_text("{}")

    assert "this is no manifest of a release" in publish(kept, code=1).output

"""--fix: what a program can mend is written, and nothing else is touched."""

from __future__ import annotations

import stat
from pathlib import Path

from checkup.asking import check, errors
from hypothesis import given
from hypothesis import strategies as st

from kbgen.checkup.edits import edited
from kbgen.model import Problem

HEAD = "---\nid: kb-a\ntitle: A\u200bbout\ndescription: B\nstatus: published\nkeywords: [a]\n---\n"
BODY = "A te\u200bxt.\n\n# First\n\n#### Deep\n\nOne \u202etwo\u202c.\n"


def site(site_factory, data: bytes) -> Path:
    """Make a knowledge base of one article."""
    return site_factory({"kbgen.toml": "", "content/en/a.md": data})


def test_what_can_be_mended_is_mended_once(site_factory):
    """Hidden characters and headings are mended; a second --fix changes nothing; the check is clean then."""
    root = site(site_factory, (HEAD + BODY).encode())
    file = root / "content/en/a.md"
    first = check(root, "--fix")
    text = file.read_text()
    second = check(root, "--fix")

    assert first.exit_code == 0, first.output
    assert "mended content/en/a.md" in first.stderr
    assert text == HEAD.replace("\u200b", "") + "A text.\n\n## First\n\n### Deep\n\nOne two.\n"
    assert file.read_text() == text
    assert "mended" not in second.stderr


def test_line_ends_marks_and_permissions_stay(site_factory):
    """CRLF, a byte order mark, a file without a line feed at its end and its permissions are as they were."""
    root = site(site_factory, b"\xef\xbb\xbf" + (HEAD + BODY).rstrip().replace("\n", "\r\n").encode())
    file = root / "content/en/a.md"
    file.chmod(0o640)
    check(root, "--fix")
    data = file.read_bytes()

    assert data.startswith(b"\xef\xbb\xbf---\r\n")
    assert data.endswith(b"## First\r\n\r\n### Deep\r\n\r\nOne two.")
    assert data.count(b"\n") == data.count(b"\r\n") == 13
    assert stat.S_IMODE(file.stat().st_mode) == 0o640
    assert list(file.parent.iterdir()) == [file]


def test_other_problems_are_left(site_factory):
    """What needs a person stays, and is told."""
    root = site(site_factory, (HEAD + BODY + "\n![](none.png)\n").encode())
    done = check(root, "--fix")

    assert done.exit_code == 1
    assert set(errors(root)) == {"KB304", "KB330"}


def test_only_the_chosen_files_are_mended(site_factory):
    """With PATHS, others stay as they are."""
    root = site(site_factory, (HEAD + BODY).encode())
    (root / "content/en/b.md").write_text(HEAD.replace("kb-a", "kb-b").replace("About", "Other") + BODY)
    check(root, "--fix", str(root / "content/en/b.md"))

    assert "\u200b" in (root / "content/en/a.md").read_text()
    assert "\u200b" not in (root / "content/en/b.md").read_text()


def test_an_edit_of_another_text_is_left_out():
    """A line that is not what the check saw, or lies beyond what it kept of it, is not written."""
    stale = Problem("a", 1, 1, "KB100", "", "", "error", "old text", 3, edit="new")
    beyond = Problem("a", 1, 250, "KB100", "", "", "error", "x" * 200, 3, edit="new")

    assert edited(b"a text\n", [stale]) == b"a text\n"
    assert edited(b"x" * 300, [beyond]) == b"x" * 300
    assert edited(b"old text", [stale]) == b"new text"


@given(
    st.lists(st.text(st.characters(exclude_characters="\n\r", exclude_categories=["Cs"]), max_size=12), min_size=1, max_size=5),
    st.sampled_from(["\n", "\r\n"]),
    st.booleans(),
    st.data(),
)
def test_edits_replace_their_characters_alone(lines, end, mark, data):
    """For any lines, edits that do not overlap replace exactly their characters; all else stays byte for byte."""
    row = data.draw(st.integers(0, len(lines) - 1))
    line = lines[row]
    cuts = sorted(data.draw(st.lists(st.integers(0, len(line)), min_size=4, max_size=4)))
    spans = [(cuts[0], cuts[1]), (cuts[2], cuts[3])]
    edits = [
        Problem("a", row + 1, first + 1, f"KB{at}", "", "", "error", line, last - first, edit="é")
        for at, (first, last) in enumerate(spans)
        if last > first
    ]
    wanted = line
    for first, last in reversed(spans):
        wanted = wanted[:first] + ("é" if last > first else "") + wanted[last:]
    start = b"\xef\xbb\xbf" if mark else b""
    expected = start + end.join([*lines[:row], wanted, *lines[row + 1 :]]).encode()

    assert edited(start + end.join(lines).encode(), edits) == expected

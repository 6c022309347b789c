"""Readers see the old portal whole or the new one whole, and nothing that is not ours is ever deleted."""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest

from kbgen import publish
from kbgen.model import Job, Output
from kbgen.state import State
from kbgen.steps.outputs import write_outputs


def wanted(texts: dict[str, str]) -> dict[str, Output]:
    """Files to be, each with a key of its own text."""
    return {path: Output(path, f"key {text}", text.encode) for path, text in texts.items()}


def write(output: Path, texts: dict[str, str], last: State) -> State:
    """Bring the folder to these texts."""
    job = Job(output.parent, output, datetime(2026, 1, 1, tzinfo=UTC))
    state, problems, _, _ = write_outputs(job, (wanted(texts), frozenset()), last, lambda *_: None, trusted=False)
    assert not problems
    return state


def texts_of(folder: Path) -> dict[str, str]:
    """What lies in a folder, our mark apart."""
    return {
        path.relative_to(folder).as_posix(): path.read_text() for path in folder.rglob("*") if path.is_file() and path.name != publish.MARK
    }


def test_a_folder_with_strange_files_is_refused(tmp_path: Path) -> None:
    """A folder that does not carry our mark is never replaced."""
    (tmp_path / "dist").mkdir()
    (tmp_path / "dist" / "thesis.odt").write_text("years of work")

    with pytest.raises(publish.OutputError, match=r"did not write"):
        publish.refuse_foreign(tmp_path / "dist", tmp_path)


@pytest.mark.parametrize("place", [".", "content", "content/en", "themes/x", ".git", ".."])
def test_the_sources_are_never_the_output(tmp_path: Path, place: str) -> None:
    """The knowledge base itself, its folders and what holds it are refused."""
    (tmp_path / "site").mkdir()

    with pytest.raises(publish.OutputError):
        publish.refuse_foreign(tmp_path / "site" / place if place != ".." else tmp_path, tmp_path / "site")


def test_files_become_folders_and_back(tmp_path: Path) -> None:
    """A path that was a file may become a folder in the next build, and a file again."""
    output = tmp_path / "dist"
    state = write(output, {"a": "one", "b/c": "two"}, State())
    state = write(output, {"a/b": "one", "b": "two"}, state)
    state = write(output, {"a": "three", "b/c/d": "four"}, state)
    write(output, {"a": "three", "b/c/d": "five"}, state)

    assert texts_of(output) == {"a": "three", "b/c/d": "five"}


def test_trees_take_turns_without_losing_or_reviving_a_file(tmp_path: Path) -> None:
    """However many builds follow one another, the served tree is what the last one wanted."""
    output = tmp_path / "dist"
    state = State()
    for number in range(9):
        texts = {f"p{page}": f"{page} {number if page == number % 3 else 0}" for page in range(number % 4, 8)}
        state = write(output, texts, state)

        assert texts_of(output) == texts


def test_a_lost_spare_tree_is_made_again(tmp_path: Path) -> None:
    """Whoever deletes the hidden tree loses nothing."""
    import shutil

    output = tmp_path / "dist"
    state = write(output, {"a": "one", "b": "two"}, State())
    state = write(output, {"a": "three", "b": "two"}, state)
    shutil.rmtree(publish.spare_of(output))
    write(output, {"a": "four", "b": "two"}, state)

    assert texts_of(output) == {"a": "four", "b": "two"}


def test_a_state_of_another_tree_is_not_believed(tmp_path: Path) -> None:
    """After a kill between the exchange and the note of it, everything is written anew rather than guessed."""
    output = tmp_path / "dist"
    first = write(output, {"a": "one", "b": "two"}, State())
    write(output, {"a": "three"}, first)
    write(output, {"a": "five", "b": "six"}, first)

    assert texts_of(output) == {"a": "five", "b": "six"}


def test_readers_never_miss_a_page_during_a_swap(tmp_path: Path) -> None:
    """A page that both builds have can be read at every moment of a hundred publications."""
    output = tmp_path / "dist"
    state = write(output, {"index.html": "0", "other": "0"}, State())
    missed: list[str] = []
    done = threading.Event()

    def read() -> None:
        while not done.is_set():
            try:
                (output / "index.html").read_bytes()
            except OSError as error:
                missed.append(str(error))

    reader = threading.Thread(target=read)
    reader.start()
    for number in range(1, 101):
        state = write(output, {"index.html": str(number), "other": "0"}, state)
    done.set()
    reader.join()

    assert missed == []


def test_unchanged_files_are_shared_between_the_trees(tmp_path: Path) -> None:
    """A second tree costs names, not bytes."""
    output = tmp_path / "dist"
    state = write(output, {"a": "one", "b": "two"}, State())
    state = write(output, {"a": "three", "b": "two"}, state)
    write(output, {"a": "four", "b": "two"}, state)

    assert (output / "b").stat().st_ino == (publish.spare_of(output) / "b").stat().st_ino

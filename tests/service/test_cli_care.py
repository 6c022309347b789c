"""The commands that keep a store safe, as an operator types them."""

from __future__ import annotations

import json
import zipfile

import pytest
from click.testing import CliRunner
from service.made import MONDAY
from service.store.stories import Opener, ask

from feedback_service.cli import main
from feedback_service.store import audit, cases, open_store


@pytest.fixture
def opener(tmp_path):
    """Open SQLite stores in the folder "data"."""
    (tmp_path / "data").mkdir()
    opener = Opener("sqlite", tmp_path / "data")
    yield opener
    for store in opener.opened:
        store.close()


@pytest.fixture
def run(tmp_path, monkeypatch):
    """Type a command where the folder "data" is; gives exit code and what it said."""
    monkeypatch.chdir(tmp_path)

    def type_(*words, code=0):
        done = CliRunner().invoke(main, words)

        assert done.exit_code == code, done.output

        return done.output

    return type_


def test_the_drill_by_hand(opener, run, tmp_path):
    """Backup, check and export beside a service that runs; then restore in an empty folder: the same cases, the same trail."""
    store = opener()
    ask(store)
    store.write(audit.note, "maria", "agent.added", "pau", "", MONDAY)
    head = store.read(audit.verify).head
    told = run("backup", "day.db")
    run("export", "all.jsonl")
    checked = run("restore", "--check", "day.db")
    (tmp_path / "new").mkdir()
    run("restore", "--data", "new", "day.db")
    refused = run("restore", "--data", "new", "day.db", code=1)

    assert head in told
    assert checked.startswith("day.db is whole: 1 cases")
    assert "there already" in refused
    assert "1 cases, 0 differ" in run("replay", "--data", "new")
    assert head in run("audit", "verify", "--data", "new", "--head", head)
    assert "agent.added" in run("audit", "list", "--data", "new")


def test_a_trail_written_anew_is_found(opener, run):
    """A digest that was noted elsewhere and is not in the trail ends the command with 1."""
    store = opener()
    store.write(audit.note, "maria", "agent.added", "pau", "", MONDAY)

    assert "written anew" in run("audit", "verify", "--head", "f" * 64, code=1)


def test_from_sqlite_to_postgresql(opener, run, postgres_url):
    """The move that the page for operators describes: export, import, the same cases; a second import is refused."""
    store = opener()
    for _ in range(3):
        ask(store)
    run("export", "all.jsonl")
    told = run("import", "--database-url", postgres_url, "all.jsonl")
    again = run("import", "--database-url", postgres_url, "all.jsonl", code=1)

    assert "3 cases taken" in told
    assert "not empty" in again
    assert "3 cases, 0 differ" in run("replay", "--database-url", postgres_url)


def test_a_person_goes_out_and_away(opener, run, tmp_path):
    """Export of one person, the question before an erasure, the erasure, and that it is in the trail."""
    store = open_store(tmp_path / "data")  # promises nothing: the command knows no SLA file
    ask(store)
    store.close()
    run("export", "--person", "joan@example.org", "joan.zip")
    run("erase", "--by", "maria", "joan@example.org", code=1)
    kept = run("audit", "list")
    told = run("erase", "--by", "maria", "--yes", "joan@example.org")
    with zipfile.ZipFile(tmp_path / "joan.zip") as file:
        case = json.loads(file.read("case-1001.json"))

    assert case["told"]["requester_email"] == "joan@example.org"
    assert kept == ""
    assert told.startswith("1 cases with 0 messages")
    assert "person.erased" in run("audit", "list")
    assert opener().read(cases.case_by_number, 1001).close_reason == "erased"


def test_mistakes_are_one_line(run, tmp_path):
    """No database, no backup, no address: exit code 1, one line, and no file is made."""
    (tmp_path / "data").mkdir()
    (tmp_path / "none.db").write_bytes(b"none")
    for words in (
        ("backup", "day.db"),
        ("export", "all.jsonl"),
        ("restore", "none.db"),
        ("audit", "verify"),
        ("erase", "--by", "x", "--yes", "joan"),
    ):
        said = run(*words, code=1)

        assert said.startswith("Error: ")
        assert said.count("\n") == 1
    assert {file.name for file in tmp_path.iterdir()} == {"data", "none.db"}

"""S45, S46, R7, R13: what the store says to a file that is not as it should be.  One clear line, and never a new database over a lost one."""

from __future__ import annotations

import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from service.made import MONDAY
from service.store.stories import ask
from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError

from feedback_service.store import StoreError, UnavailableError, cases, open_store, posts, sqlite
from feedback_service.store.replay import differences
from feedback_service.store.schema import HEAD
from feedback_service.store.sqlite import NAME
from feedback_service.store.tables import counters

TESTS = Path(__file__).parents[2]


@pytest.fixture
def folder(tmp_path):
    """Make a folder with a store that holds one case and was closed."""
    store = open_store(tmp_path)
    ask(store)
    store.close()
    return tmp_path


def refused(folder):
    """Open, and tell in which line it was refused; the files are as before."""
    before = {file.name: file.read_bytes() for file in folder.iterdir() if file.name == NAME}
    with pytest.raises(StoreError) as caught:
        open_store(folder)

    assert "\n" not in str(caught.value)
    assert {file.name: file.read_bytes() for file in folder.iterdir() if file.name == NAME} == before

    return str(caught.value)


def test_an_empty_folder_gets_a_database(tmp_path):
    """Only where nothing ever was, one is made."""
    store = open_store(tmp_path)
    number = ask(store).case.number
    store.close()

    assert number == 1001


def test_only_the_service_reads_its_files(tmp_path):
    """Whatever the umask of who starts it first: the database and its log are for the owner alone."""
    store = open_store(tmp_path)
    ask(store)
    open_to = {file.name for file in tmp_path.iterdir() if file.stat().st_mode & 0o077}
    store.close()

    assert open_to == set()


def test_errors_tell_no_values(tmp_path):
    """What was to be written does not stand in the error, which goes into the log."""
    row = insert(counters).values(name="joan@example.org", value=1)
    with closing(open_store(tmp_path)) as store:
        store.write(lambda tx: tx.run(row))
        with pytest.raises(IntegrityError) as caught:
            store.write(lambda tx: tx.run(row))

    assert "joan" not in str(caught.value)


def test_a_file_that_is_gone_is_missed(folder):
    """The database was here and is not: no new one is made in its place."""
    (folder / NAME).unlink()

    assert "is gone" in refused(folder)
    assert not (folder / NAME).exists()


def test_a_log_without_its_file_is_missed(folder):
    """A log alone, even without the mark of an earlier start, tells that a database is missing."""
    (folder / NAME).unlink()
    (folder / f"{NAME}.lock").unlink()
    (folder / f"{NAME}-wal").write_bytes(b"the last posts")

    assert "is gone" in refused(folder)
    assert (folder / f"{NAME}-wal").read_bytes() == b"the last posts"


@pytest.mark.parametrize(
    ("what", "line"),
    [
        (b"", "is empty"),
        (b"SQLite", "is no SQLite database"),
        (b"PK\x03\x04" * 2000, "is no SQLite database"),
        (bytes(8192), "is no SQLite database"),
    ],
)
def test_what_is_no_database_is_refused(folder, what, line):
    """Nothing, half a head, another format, zeros after a crash of the file system."""
    (folder / NAME).write_bytes(what)

    assert line in refused(folder)


def test_a_damaged_file_is_refused(folder):
    """The head is right and the pages behind it are not."""
    whole = (folder / NAME).read_bytes()
    (folder / NAME).write_bytes(whole[:100] + bytes(len(whole) - 100))

    assert "damaged" in refused(folder)


def test_a_file_that_was_cut_is_refused(folder):
    """Half of the pages are gone."""
    whole = (folder / NAME).read_bytes()
    (folder / NAME).write_bytes(whole[: len(whole) // 2])

    assert "damaged" in refused(folder)


def test_a_newer_schema_is_refused(folder):
    """An older program leaves a newer database alone, and says what to install."""
    with closing(sqlite3.connect(folder / NAME)) as conn:
        conn.execute("UPDATE alembic_version SET version_num = '9999'")
        conn.commit()

    assert refused(folder) == f"The database has schema 9999, this program knows {HEAD}. A newer program wrote it: install that one."


def test_another_programs_database_is_refused(tmp_path):
    """A SQLite file that holds somebody else's tables is not ours to change."""
    with closing(sqlite3.connect(tmp_path / NAME)) as conn:
        conn.execute("PRAGMA journal_mode = WAL")
        conn.execute("CREATE TABLE albums (name)")
        conn.commit()

    assert "no database of this service" in refused(tmp_path)


def test_a_file_that_cannot_be_written_is_refused(folder, monkeypatch):
    """Read-only, or owned by somebody else: the line names the user who should own it."""
    monkeypatch.setattr(os, "access", lambda _, mode: mode == os.R_OK)  # root may write everything

    assert f"user {os.geteuid()}" in refused(folder)


def test_a_network_disk_is_refused(folder, monkeypatch):
    """Locks of network file systems lie: use a local disk, or PostgreSQL."""
    monkeypatch.setattr(sqlite, "_file_system", lambda _: "nfs4")

    assert "lies on nfs4" in refused(folder)


def test_a_link_in_place_of_the_lock_is_refused(folder, tmp_path):
    """A symbolic link where the lock should be is not followed."""
    (folder / f"{NAME}.lock").unlink()
    (folder / f"{NAME}.lock").symlink_to("/etc/hostname")

    assert "cannot be written" in refused(folder)


def test_a_folder_that_is_not_there_is_refused(tmp_path):
    """No folder: one line."""
    with pytest.raises(StoreError, match="No such file"):
        open_store(tmp_path / "nowhere")


def test_a_second_process_is_refused(folder):
    """S46: the second service names the first one's process and says what to do; the first one notices nothing."""
    store = open_store(folder)
    command = "import sys; from pathlib import Path; from feedback_service.store import open_store; open_store(Path(sys.argv[1]))"
    second = subprocess.run([sys.executable, "-c", command, folder], capture_output=True, text=True, check=False, cwd=TESTS.parent)
    number = ask(store).case.number
    store.close()

    assert second.returncode == 1
    assert f"Process {os.getpid()} has" in second.stderr
    assert "use PostgreSQL" in second.stderr
    assert number == 1002


def test_a_lock_of_a_dead_process_is_no_lock(folder):
    """Whoever was killed leaves its number in the file and nothing that stands in the way."""
    (folder / f"{NAME}.lock").write_text("4194303")
    store = open_store(folder)
    store.close()


def test_a_log_that_is_gone_costs_what_it_held(folder):
    """Without its log the database is what it was at the last checkpoint, whole, and the service starts."""
    store = open_store(folder)
    ask(store)
    copy = folder.parent / f"{folder.name}-copy"
    shutil.copytree(folder, copy, ignore=shutil.ignore_patterns("*-wal", "*-shm", "*.lock"))
    store.close()
    without = open_store(copy)
    found = without.read(differences)
    without.close()

    assert found == (1, [])


def test_a_database_that_somebody_else_locks_is_try_later(folder, monkeypatch):
    """R7: somebody works in the file with another program: posts wait a while, then hear "try later"; when they have gone, all is well."""
    monkeypatch.setattr(sqlite, "BUSY", 200)
    store = open_store(folder)
    with closing(sqlite3.connect(folder / NAME, isolation_level=None)) as conn:
        conn.execute("BEGIN IMMEDIATE")
        with pytest.raises(UnavailableError):
            ask(store)
        found = store.read(cases.case_by_number, 1001).number
    number = ask(store).case.number
    store.close()

    assert (found, number) == (1001, 1002)


MIGRATE = """
import os, signal, sys, threading
from pathlib import Path
from feedback_service.store import open_store
steps, last = 0, int(sys.argv[2])
def count(frame, event, arg):
    global steps
    steps += event == "call"
    if steps == last:
        os.kill(os.getpid(), signal.SIGKILL)
import sqlalchemy, alembic.command, feedback_service.store.sqlite
sys.setprofile(count)
open_store(Path(sys.argv[1]))
sys.setprofile(None)
print(steps)
"""


def test_a_migration_that_is_killed_is_done_or_not(tmp_path):
    """R13: killed at nine points of making the schema: it is not there, or all of it, and the next start needs no help."""

    def migrate(name, last):
        (tmp_path / name).mkdir(exist_ok=True)
        return subprocess.run(
            [sys.executable, "-c", MIGRATE, tmp_path / name, str(last)], capture_output=True, text=True, check=False, cwd=TESTS.parent
        )

    whole = int(migrate("whole", 0).stdout)
    states = []
    for n, point in enumerate(sorted(random.Random(13).sample(range(whole // 20, whole), 9))):
        done = migrate(f"killed{n}", point)
        with closing(sqlite3.connect(tmp_path / f"killed{n}" / NAME)) as conn:
            tables = conn.execute("SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'").fetchone()[0]
        store = open_store(tmp_path / f"killed{n}")
        states.append((done.returncode, tables, ask(store).case.number))
        store.close()

    assert {code for code, _, _ in states} == {-signal.SIGKILL}
    assert len({tables for _, tables, _ in states} - {0}) <= 1
    assert {number for _, _, number in states} == {1001}


def test_posts_of_a_token_are_kept_over_a_restart(folder):
    """What was used before a restart is used after it."""
    store = open_store(folder)
    store.write(posts.use_token, "1.nonce.sig", MONDAY)
    store.close()
    again = open_store(folder)
    used = again.write(posts.use_token, "1.nonce.sig", MONDAY)
    again.close()

    assert used is False

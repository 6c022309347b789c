"""R14: the restore drill, and what a backup refuses."""

from __future__ import annotations

import random
import shutil
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing

import pytest
from service.made import MONDAY
from service.store.stories import Opener, ask
from service.store.test_erasure import fill
from service.store.test_portable import rows_of

from feedback_service.store import StoreError, audit, cases, door
from feedback_service.store.backup import back_up, check, restore
from feedback_service.store.sqlite import NAME


@pytest.fixture
def opener(tmp_path):
    """Open SQLite stores."""
    (tmp_path / "data").mkdir()
    opener = Opener("sqlite", tmp_path / "data")
    yield opener
    for store in opener.opened:
        store.close()


@pytest.fixture
def lived_in(opener):
    """Open a store with something of everything in it."""
    store = opener()
    fill(store)
    store.write(audit.note, "maria", "agent.added", "pau", "", MONDAY)
    return store


def test_the_drill(opener, lived_in, tmp_path):
    """Load, back up while the service has the store, wipe, restore: every row, the audit chain and the next number are the same."""
    made = back_up(opener.folder, tmp_path / "backup.db", MONDAY)
    before, trail = rows_of(lived_in), lived_in.read(audit.verify)
    lived_in.close()
    shutil.rmtree(opener.folder)
    opener.folder.mkdir()
    told = restore(opener.folder, tmp_path / "backup.db")
    store = opener()

    assert (told, made.head, made.audit) == (made, trail.head, trail.rows)
    assert rows_of(store) == before
    assert store.read(audit.verify) == trail
    assert ask(store).case.number == max(row["number"] for row in before["cases"]) + 1


def test_a_backup_is_one_moment_of_a_busy_store(opener, lived_in, tmp_path):
    """While cases are opened, three backups are taken: each is whole, holds what was there before it began, and no case by halves."""
    stop, opened = threading.Event(), []

    def post():
        while not stop.is_set():
            opened.append(ask(lived_in).case.number)

    thread = threading.Thread(target=post)
    thread.start()
    counted = []
    for n in range(3):
        seen = len(opened)
        counted.append((seen, back_up(opener.folder, tmp_path / f"backup{n}.db", MONDAY)))
    stop.set()
    thread.join(30)

    for n, (seen, made) in enumerate(counted):
        with closing(sqlite3.connect(tmp_path / f"backup{n}.db")) as conn:
            halves = conn.execute(
                'SELECT count(*) FROM cases c WHERE NOT EXISTS (SELECT 1 FROM particulars WHERE "case" = c.id)'
                ' OR version <> (SELECT max(seq) FROM events WHERE "case" = c.id)'
            ).fetchone()[0]

        assert halves == 0
        assert made.cases >= seen
        assert check(tmp_path / f"backup{n}.db") == made


def test_any_byte_that_changed_is_found(opener, lived_in, tmp_path):
    """One bit anywhere, at both ends and at sixty random places: the backup is refused, and nothing is restored."""
    back_up(opener.folder, tmp_path / "backup.db", MONDAY)
    whole = (tmp_path / "backup.db").read_bytes()
    chosen = random.Random(5)
    places = [0, 17, len(whole) - 1, len(whole) - 2, len(whole) - 70, len(whole) - 200, *(chosen.randrange(len(whole)) for _ in range(60))]
    (tmp_path / "new").mkdir()
    for place in places:
        spoilt = bytearray(whole)
        spoilt[place] ^= 1 << chosen.randrange(8)
        (tmp_path / "spoilt.db").write_bytes(spoilt)
        with pytest.raises(StoreError):
            restore(tmp_path / "new", tmp_path / "spoilt.db")

        assert not (tmp_path / "new" / NAME).exists()
    assert check(tmp_path / "backup.db").cases == 3


@pytest.mark.parametrize("length", [0, 1, 100, 5_000, -1, -80])
def test_a_backup_that_was_cut_is_refused(opener, lived_in, tmp_path, length):
    """A file that lost its end, a lot or one byte, is no backup."""
    back_up(opener.folder, tmp_path / "backup.db", MONDAY)
    (tmp_path / "cut.db").write_bytes((tmp_path / "backup.db").read_bytes()[:length])
    with pytest.raises(StoreError, match="no whole backup"):
        check(tmp_path / "cut.db")


def test_a_newer_schema_is_refused(opener, lived_in, tmp_path):
    """A backup of a newer program says which schema it has and what to do."""
    lived_in.write(lambda tx: tx.conn.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'"))
    back_up(opener.folder, tmp_path / "backup.db", MONDAY)
    (tmp_path / "new").mkdir()
    with pytest.raises(StoreError, match="has schema 9999, this program knows"):
        restore(tmp_path / "new", tmp_path / "backup.db")


def test_a_restore_never_replaces_a_database(opener, lived_in, tmp_path):
    """A folder with a database, with a log of one, or with a service on it is left alone."""
    back_up(opener.folder, tmp_path / "backup.db", MONDAY)
    with pytest.raises(StoreError, match=r"Process \d+ has"):
        restore(opener.folder, tmp_path / "backup.db")
    number = ask(lived_in).case.number
    lived_in.close()
    with pytest.raises(StoreError, match="there already"):
        restore(opener.folder, tmp_path / "backup.db")
    (tmp_path / "new").mkdir()
    (tmp_path / "new" / f"{NAME}-wal").write_bytes(b"somebody's last posts")
    with pytest.raises(StoreError, match="there already"):
        restore(tmp_path / "new", tmp_path / "backup.db")

    assert opener().read(cases.case_by_number, number).number == number


def test_a_backup_never_replaces_a_file(opener, lived_in, tmp_path):
    """Yesterday's backup stays under its name, and no half one is left."""
    back_up(opener.folder, tmp_path / "backup.db", MONDAY)
    with pytest.raises(StoreError, match="there already"):
        back_up(opener.folder, tmp_path / "backup.db", MONDAY)
    with pytest.raises(StoreError, match="could not be written"):
        back_up(opener.folder, tmp_path / "nowhere" / "backup.db", MONDAY)

    assert sorted(file.name for file in tmp_path.iterdir()) == ["backup.db", "data"]


def test_a_backup_follows_no_link(opener, lived_in, tmp_path):
    """In a folder that others write to, a link of theirs stands where the copy begins: what it leads to stays as it is."""
    (tmp_path / "precious").write_text("mine")
    (tmp_path / "b.db.part").symlink_to(tmp_path / "precious")
    back_up(opener.folder, tmp_path / "b.db", MONDAY)

    assert (tmp_path / "precious").read_text() == "mine"
    assert check(tmp_path / "b.db").cases > 0


def test_a_backup_is_for_the_service_alone(opener, lived_in, tmp_path):
    """Others on the machine cannot read it, nor what is restored from it."""
    back_up(opener.folder, tmp_path / "backup.db", MONDAY)
    (tmp_path / "new").mkdir()
    restore(tmp_path / "new", tmp_path / "backup.db")

    assert (tmp_path / "backup.db").stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "new" / NAME).stat().st_mode & 0o777 == 0o600


KILLED = """
import os, signal, sys
from pathlib import Path
sys.path.insert(0, sys.argv[2])
from service.store.stories import ask
from feedback_service.store import open_store
store = open_store(Path(sys.argv[1]))
ask(store)
print("asked", flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_what_a_killed_service_left_in_its_log_is_backed_up(opener, tmp_path):
    """The last posts before a kill are only in the log: backups and exports have them too, though nobody started the service again."""
    from service import made

    tests = str(made.__file__).rpartition("/service/")[0]
    done = subprocess.run([sys.executable, "-c", KILLED, opener.folder, tests], capture_output=True, text=True, check=False)
    log = (opener.folder / f"{NAME}-wal").stat().st_size
    made_ = back_up(opener.folder, tmp_path / "backup.db", MONDAY)

    assert (done.stdout, log > 0, made_.cases) == ("asked\n", True, 1)


def test_who_only_looks_needs_no_lock(opener, lived_in):
    """While the service has the store, another door reads it, sees each commit, and cannot write."""
    with door.reading(opener.folder) as look:
        number = ask(lived_in).case.number

        assert look.read(cases.case_by_number, number).number == number
        with pytest.raises(Exception, match=r"readonly|read-only"):
            look.read(audit.note, "x", "y", "", "", MONDAY)


def test_who_looks_at_nothing_is_told(tmp_path):
    """A folder without a database, or one with another schema, is one line, and no file is made."""
    with pytest.raises(StoreError, match="There is no"), door.reading(tmp_path):
        pass
    with pytest.raises(StoreError, match="There is no"):
        back_up(tmp_path, tmp_path / "backup.db", MONDAY)

    assert list(tmp_path.iterdir()) == []

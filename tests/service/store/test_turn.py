"""A command writes to SQLite beside a running service: the service waits between two commits, nobody who posts notices, and never do two write."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from service.made import MONDAY
from service.store.stories import ask

from feedback_service import care
from feedback_service.store import StoreError, audit, cases, open_store
from feedback_service.store.replay import differences
from feedback_service.store.turn import move_in

ROOT = Path(__file__).parents[3]
PATIENCE = 30.0

GUEST = """
import os, signal, sys
from datetime import UTC, datetime
from pathlib import Path
from feedback_service.store import audit, open_store
store = open_store(Path(sys.argv[1]), patience=30)
for n in range(int(sys.argv[2])):
    store.write(audit.note, "command", "test", str(n), "", datetime.now(UTC))
print("wrote", flush=True)
if sys.argv[3] == "dies":
    os.kill(os.getpid(), signal.SIGKILL)
if sys.argv[3] == "stays":
    sys.stdin.readline()
store.close()
"""

HOME = """
import sys, time
from pathlib import Path
from feedback_service.store import open_store
store = open_store(Path(sys.argv[1]))
print("at home", flush=True)
time.sleep(600)
"""


def guest(folder, rows=5, then="leaves"):
    """Start a command that writes rows and then leaves, dies, or stays until it is told."""
    words = [sys.executable, "-c", GUEST, folder, str(rows), then]
    return subprocess.Popen(words, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


@pytest.fixture
def service(tmp_path):
    """Open a store as a service does."""
    store = open_store(tmp_path)
    yield store
    store.close()


def test_commands_write_beside_a_busy_service(service, tmp_path):
    """While cases come in, four commands write one after the other: no post fails, no row is lost, the trail has one order, the file is whole."""
    stop, posted = threading.Event(), []

    def post():
        while not stop.is_set():
            posted.append(ask(service).case.number)

    thread = threading.Thread(target=post)
    thread.start()
    running = [guest(tmp_path) for _ in range(4)]
    said = [each.communicate(timeout=90) for each in running]
    stop.set()
    thread.join(60)
    trail = service.read(audit.verify)

    assert [out for out, _ in said] == ["wrote\n"] * 4, said
    assert (trail.rows, trail.broken) == (20, None)
    assert posted == list(range(1001, 1001 + len(posted)))
    assert service.read(differences) == (len(posted), [])
    assert service.read(lambda tx: tx.conn.exec_driver_sql("PRAGMA integrity_check").scalar()) == "ok"


def test_a_service_with_nothing_to_do_lets_commands_in(service, tmp_path):
    """Nobody posts, and a command does not wait for somebody to."""
    out, err = guest(tmp_path).communicate(timeout=60)

    assert out == "wrote\n", err
    assert service.read(audit.verify).rows == 5


def test_posts_wait_while_a_command_writes(service, tmp_path):
    """A post that comes in the meantime is neither lost nor refused: it is written when the command has left."""
    command = guest(tmp_path, then="stays")
    first = command.stdout.readline()
    posted = []
    thread = threading.Thread(target=lambda: posted.append(ask(service).case.number))
    thread.start()
    thread.join(0.5)
    meanwhile = list(posted)
    command.communicate("leave\n", timeout=60)
    thread.join(60)

    assert (first, meanwhile, posted) == ("wrote\n", [], [1001])


def test_a_command_that_dies_holds_nobody_up(service, tmp_path):
    """Killed in the middle, its locks are gone with it, and the service goes on."""
    out, _ = guest(tmp_path, then="dies").communicate(timeout=60)

    assert out == "wrote\n"
    assert ask(service).case.number == 1001
    assert service.read(audit.verify).rows == 5


def test_no_service_moves_in_while_a_command_writes(tmp_path):
    """The service dies while a command is its guest: a new one is refused until the command has left, and what the guest wrote is there."""
    home = subprocess.Popen([sys.executable, "-c", HOME, tmp_path], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    home.stdout.readline()
    command = open_store(tmp_path, patience=PATIENCE)
    home.kill()
    home.wait(PATIENCE)
    home.stdout.close()
    with pytest.raises(StoreError, match="A command writes"):
        open_store(tmp_path)
    command.write(audit.note, "command", "test", "", "", MONDAY)
    command.close()
    store = open_store(tmp_path)
    rows = store.read(audit.verify).rows
    store.close()

    assert rows == 1


def test_who_lets_nobody_in_is_named(tmp_path):
    """A process that has the file and does not answer: one line with its number, after the patience of the command."""
    store = open_store(tmp_path)
    store.close()
    lock = move_in(tmp_path / "service.db")
    with pytest.raises(StoreError, match="lets nobody in"):
        open_store(tmp_path, patience=0.2)
    os.close(lock)
    again = open_store(tmp_path, patience=0.2)
    again.close()


def test_a_newer_command_changes_no_schema_beside_a_service(service, tmp_path, monkeypatch):
    """The command of another version leaves the schema alone, and says which program to use."""
    service.write(lambda tx: tx.conn.exec_driver_sql("UPDATE alembic_version SET version_num = '0000'"))
    with pytest.raises(StoreError, match="Use the program that the service runs"):
        open_store(tmp_path, patience=PATIENCE)

    assert ask(service).case.number == 1001


def test_a_person_is_erased_beside_a_service(service, tmp_path):
    """The whole erasure, the file written anew included, while the service has it open: no byte is left, and the service goes on."""
    ask(service)
    command = open_store(tmp_path, patience=PATIENCE)
    done = care.erase_person(command, "joan@example.org", "maria", MONDAY)
    command.close()
    left = [file.name for file in tmp_path.iterdir() if b"joan" in file.read_bytes().lower()]

    assert (done.cases, done.is_swept, left) == (1, True, [])
    assert service.read(cases.case_by_number, 1001).close_reason == "erased"
    assert ask(service).case.number == 1002

"""R5, R6: the disk is full.  Posts hear "try later", reads go on, nothing half-written stays, and posts are taken again once there is room."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import httpx2
from service.process import PATIENCE, Process, case_of

from feedback_service.store import open_store
from feedback_service.store.replay import differences

TESTS = Path(__file__).parents[2]

# A limit on the size of files is what an ordinary user can set, and what SQLite sees of it is what it sees of a full disk: a write that fails.
FULL = """
import resource, signal, sys, time
from pathlib import Path
sys.path.insert(0, sys.argv[2])
from service.store.stories import ask
from feedback_service.store import UnavailableError, cases, open_store
from feedback_service.store.replay import differences

signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
store = open_store(Path(sys.argv[1]))
room = max(file.stat().st_size for file in Path(sys.argv[1]).iterdir()) + 400_000
resource.setrlimit(resource.RLIMIT_FSIZE, (room, resource.RLIM_INFINITY))
taken, refused = [], 0
while refused < 5:
    try:
        taken.append(ask(store, body="x" * 5000).case.number)
    except UnavailableError:
        refused += 1
assert len(taken) > 20
assert [store.read(cases.case_by_number, number).number for number in taken] == taken
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
began = time.monotonic()
after = ask(store).case.number
print(round(time.monotonic() - began, 3))
assert after == taken[-1] + 1, (after, taken[-1])
count, wrong = store.read(differences)
assert (count, wrong) == (len(taken) + 1, []), wrong
store.close()
again = open_store(Path(sys.argv[1]))
assert again.read(differences) == (len(taken) + 1, [])
again.close()
print("well")
"""


def test_a_full_disk_is_try_later(tmp_path):
    """Every post that was answered is there, none of those refused; the first one after there is room is taken, with the next number."""
    tests = str(TESTS)
    done = subprocess.run([sys.executable, "-c", FULL, tmp_path, tests], capture_output=True, text=True, check=False, cwd=TESTS.parent)

    assert done.returncode == 0, done.stderr[-3000:]
    assert done.stdout.splitlines()[-1] == "well"


def test_readers_meet_a_full_disk(tmp_path):
    """R6 over HTTP: 503 with Retry-After, pages go on, and the same post with the same key is taken, once, when there is room again."""
    service = Process(tmp_path)
    try:
        with httpx2.Client(base_url=service.url, timeout=PATIENCE) as client:

            def post(n):
                form, headers = case_of(f"full-{n:04}-0123456789abcdef", f"10.9.{n // 250}.{n % 250 + 1}", "x" * 15_000)
                return client.post("/api/v1/cases", json=form, headers=headers)

            first = post(0)
            service.limit_files(max(file.stat().st_size for file in tmp_path.iterdir()) + 100_000)
            answers = []
            while len(answers) < 500 and (not answers or answers[-1].status_code != 503):
                answers.append(post(len(answers) + 1))
            token = client.get("/api/v1/form-token", params={"for": "case"})
            service.limit_files(-1)
            again = post(len(answers))
    finally:
        service.end()
    store = open_store(tmp_path)
    count, wrong = store.read(differences)
    store.close()

    assert first.status_code == 201
    assert {answer.status_code for answer in answers[:-1]} == {201}
    assert (answers[-1].status_code, int(answers[-1].headers["retry-after"]) > 0) == (503, True)
    assert token.status_code == 200
    assert again.status_code == 201
    assert (count, wrong) == (len(answers) + 1, [])

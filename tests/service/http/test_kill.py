"""A service that is killed while it writes: what it acknowledged is there, once, and the next start needs no help."""

from __future__ import annotations

import contextlib
import random
import shutil
import signal
import threading
from pathlib import Path

import httpx2
import pytest
from service.http.live import wait_until
from service.process import PATIENCE, SECRET, Process

from feedback_service.store import cases, open_store
from feedback_service.store.replay import differences

KILLS = 25


@pytest.fixture
def folder(tmp_path, blank) -> Path:
    """Make a folder for a service."""
    shutil.copy(blank, tmp_path)
    return tmp_path


class Writers:
    """Threads that post case after case, each with a key of its own, and remember what was acknowledged."""

    def __init__(self, url: str, turn: int, token):
        self.url, self.turn, self.token = url, turn, token
        self.sent: list[tuple[str, dict]] = []
        self.acknowledged: dict[str, int] = {}
        self._threads = [threading.Thread(target=self._post, args=(name,)) for name in range(3)]
        for thread in self._threads:
            thread.start()

    def join(self) -> None:
        """Wait until all of them have met the end of the service."""
        for thread in self._threads:
            thread.join(PATIENCE)

    def _post(self, name: int) -> None:
        with httpx2.Client(base_url=self.url, timeout=PATIENCE) as client, contextlib.suppress(httpx2.HTTPError):
            for number in range(10_000):
                key = f"{self.turn}-{name}-{number}"
                form = {"subject": f"Case {key}", "body": "It is dark.", "email": f"r{name}@example.org", "token": self.token(key)}
                self.sent.append((key, form))
                headers = {"idempotency-key": key, "x-forwarded-for": f"10.{name}.{number % 250}.{self.turn}"}
                answer = client.post("/api/v1/cases", json=form, headers=headers)
                if answer.status_code == 201:
                    self.acknowledged[key] = answer.json()["number"]


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_a_killed_service_loses_nothing(folder):
    """25 times kill -9 in mid-writing: every acknowledged case is there once, unacknowledged ones can be sent again, events and rows agree."""
    from datetime import UTC, datetime, timedelta

    from feedback_service.moderation import issue_token

    def token(key: str) -> str:
        return issue_token(SECRET.encode(), "case", datetime.now(UTC) - timedelta(minutes=1), f"nonce{key}")

    chance = random.Random(7)
    acknowledged: dict[str, int] = {}
    sent: list[tuple[str, dict]] = []
    for turn in range(KILLS):
        service = Process(folder)
        writers = Writers(service.url, turn, token)
        few = chance.randrange(1, 12)
        wait_until(lambda writers=writers, few=few: len(writers.acknowledged) >= few)
        service.end(signal.SIGKILL)
        writers.join()
        acknowledged |= writers.acknowledged
        sent += writers.sent
    service = Process(folder)
    unsure = [(key, form) for key, form in sent if key not in acknowledged]
    with httpx2.Client(base_url=service.url, timeout=PATIENCE) as client:
        for place, (key, form) in enumerate([*unsure, *chance.sample([each for each in sent if each[0] in acknowledged], 10)]):
            headers = {"idempotency-key": key, "x-forwarded-for": f"11.0.{place % 250}.{place // 250}"}
            number = client.post("/api/v1/cases", json=form, headers=headers).json()["number"]

            assert acknowledged.setdefault(key, number) == number
    stopped = service.end(signal.SIGTERM)
    store = open_store(folder)
    subjects = store.read(lambda tx: [row[0] for row in tx.conn.exec_driver_sql("SELECT subject FROM particulars").all()])
    numbers = {key: store.read(cases.case_by_number, number).number for key, number in acknowledged.items()}
    compared = store.read(differences)
    whole = store.read(lambda tx: tx.conn.exec_driver_sql("PRAGMA integrity_check").scalar())
    store.close()

    assert stopped in {0, -signal.SIGTERM}
    assert len(acknowledged) >= KILLS
    assert sorted(subjects) == sorted(f"Case {key}" for key in acknowledged)
    assert numbers == acknowledged
    assert compared == (len(subjects), [])
    assert whole == "ok"

"""What happens to readers when the service is told to stop, and when others hold its connections without sending."""

from __future__ import annotations

import contextlib
import json
import shutil
import signal
import socket
import threading
import time

import httpx2
import pytest
from service.http.live import PATIENCE, wait_until
from service.process import Process

from feedback_service.http.late import Bodies
from feedback_service.store import open_store

SLOW = 200


def test_a_service_that_is_told_to_stop_finishes_first(tmp_path, blank):
    """SIGTERM in mid-writing: whoever was answered is in the file, and nobody was answered with an error of the service."""
    shutil.copy(blank, tmp_path)
    service = Process(tmp_path)
    statuses: list[int] = []

    def post(name: int) -> None:
        with httpx2.Client(base_url=service.url, timeout=PATIENCE) as client, contextlib.suppress(httpx2.TransportError):
            for number in range(10_000):
                rating = {"article": "kb-1", "locale": "en", "helpful": "yes", "voter": f"{name:06}{number:014}"}
                headers = {"x-forwarded-for": f"10.{name}.{number % 250}.1"}
                statuses.append(client.post("/api/v1/ratings", json=rating, headers=headers).status_code)

    threads = [threading.Thread(target=post, args=(name,)) for name in range(4)]
    for thread in threads:
        thread.start()
    wait_until(lambda: len(statuses) >= 40)
    began = time.monotonic()
    service.end(signal.SIGTERM)
    took = time.monotonic() - began
    for thread in threads:
        thread.join(PATIENCE)
    store = open_store(tmp_path)
    stored = store.read(lambda tx: tx.conn.exec_driver_sql("SELECT count(*) FROM ratings").scalar())
    store.close()

    assert set(statuses) == {201}
    assert stored >= len(statuses)
    assert took < PATIENCE


def test_slow_clients_hold_up_nobody(live):
    """200 connections that send half a request cost the others nothing, and are dropped."""
    lines = [socket.create_connection(("127.0.0.1", live.port), timeout=PATIENCE) for _ in range(SLOW)]
    try:
        for line in lines:
            line.sendall(b"POST /api/v1/ratings HTTP/1.1\r\nHost: 127")
        statuses = [live.client.get("/healthz").status_code for _ in range(20)]
        dropped = [line.recv(1000) for line in lines]
    finally:
        for line in lines:
            line.close()

    assert statuses == [200] * 20
    assert set(dropped) == {b""}


def test_a_slow_body_is_told_to_hurry(live, monkeypatch):
    """A body that does not come is 408, and its connection is not kept."""
    monkeypatch.setattr("feedback_service.http.late.DEADLINE", 0.2)
    head = b"POST /api/v1/ratings HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"
    answer = live.raw(head)

    assert answer.startswith(b"HTTP/1.1 408")
    assert b"connection: close" in answer
    assert json.loads(answer.partition(b"\r\n\r\n")[2])["code"] == "too_slow"


@pytest.mark.parametrize("path", ["/api/v1/cases", "/case/open"])
def test_a_slow_form_is_told_so_in_its_language(live, monkeypatch, path):
    """A browser that is too slow gets a page to read, in the reader's language; the application is not asked for one."""
    monkeypatch.setattr("feedback_service.http.late.DEADLINE", 0.2)
    monkeypatch.setattr("feedback_service.http.app.refused", lambda *_: pytest.fail("The application answered."))
    head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nSec-Fetch-Site: same-origin\r\nAccept: text/html\r\nAccept-Language: fa\r\nContent-Length: 100\r\n".encode()
    answer = live.raw(head + b"Content-Type: application/x-www-form-urlencoded\r\n\r\ntext=")

    assert answer.startswith(b"HTTP/1.1 408")
    assert answer.count(b"HTTP/1.1") == 1
    assert b"content-security-policy" in answer
    assert '<html lang="fa" dir="rtl"' in answer.decode()


def test_slow_bodies_make_room(live, monkeypatch):
    """When all places are taken, whoever has sent for longest goes; the next reader is served at once, and nobody waits for a deadline."""
    monkeypatch.setattr("feedback_service.http.guard.MOST_IN_FLIGHT", 2)
    monkeypatch.setattr("feedback_service.http.late.SPREAD", 0)
    monkeypatch.setattr("feedback_service.http.late.DEADLINE", 3_600)
    head = b"POST /api/v1/ratings HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"
    begun, in_time = [], Bodies.in_time
    monkeypatch.setattr(Bodies, "in_time", lambda self, receive: begun.append(receive) or in_time(self, receive))
    waiting = []
    for count in (1, 2):
        waiting.append(socket.create_connection(("127.0.0.1", live.port), timeout=PATIENCE))
        waiting[-1].sendall(head)
        wait_until(lambda count=count: len(begun) == count)
    served = live.client.get("/healthz").status_code
    told = waiting[0].recv(1000)
    waiting[1].setblocking(False)  # noqa: FBT003 - the socket's own way
    with pytest.raises(BlockingIOError):
        waiting[1].recv(1000)
    for line in waiting:
        line.close()

    assert served == 200
    assert told.startswith(b"HTTP/1.1 408")


def test_a_body_that_nobody_reads_holds_no_connection(live, monkeypatch):
    """Who was answered before the body came, and goes on to send it letter by letter, is cut off."""
    monkeypatch.setattr("feedback_service.http.server.HEAD_DEADLINE", 0.5)
    until, is_open = time.monotonic() + PATIENCE, True
    with socket.create_connection(("127.0.0.1", live.port), timeout=PATIENCE) as line:
        line.sendall(b"POST /nowhere HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 100000\r\n\r\n")
        answer = line.recv(65536)
        while is_open and time.monotonic() < until:
            try:
                line.sendall(b"x")
                time.sleep(0.05)
            except OSError:
                is_open = False

    assert answer.startswith(b"HTTP/1.1 404")
    assert not is_open


def test_one_client_has_so_many_requests_at_once(live, monkeypatch):
    """Beyond twenty at once a client is told to come back; a balancer sees that the service itself is well."""
    monkeypatch.setattr("feedback_service.http.guard.MOST_PER_CLIENT", 2)
    head = b"POST /api/v1/ratings HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"
    waiting = [socket.create_connection(("127.0.0.1", live.port), timeout=PATIENCE) for _ in range(2)]
    try:
        for line in waiting:
            line.sendall(head)
        wait_until(lambda: live.client.get("/healthz").status_code == 503)
    finally:
        for line in waiting:
            line.close()
    wait_until(lambda: live.client.get("/healthz").status_code == 200)

    assert live.client.get("/readyz").json()["ready"]

"""What a monitor and the log are told: counts by route, and nothing that a reader typed."""

from __future__ import annotations

import io
import json
import logging
import shutil
import socket
import subprocess
import sys

import httpx2
import pytest
import structlog
from prometheus_client import CollectorRegistry, generate_latest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Mount, Route
from starlette.testclient import TestClient

from feedback_service.http.metrics import Meter, StoreFigures
from feedback_service.logs import set_up
from feedback_service.store import open_store

SECRET = "negar@example.org"


@pytest.fixture
def said():
    """Collect what is logged; the loggers of other tests come back."""
    root = logging.getLogger()
    before = root.handlers, root.level, structlog.get_config()
    stream = io.StringIO()
    set_up(stream)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    root.handlers, root.level = before[0], before[1]
    structlog.configure(**before[2])


async def broken(_request):
    raise ValueError(SECRET)


async def fine(_request):
    return PlainTextResponse("ok")


def test_requests_are_counted_by_their_route(said):
    """Routes are told by their patterns, those of a mount too; an unknown path and an unknown method have one name each."""
    registry = CollectorRegistry()
    routes = [Route("/a/{name}", fine), Route("/bad", broken), Mount("/desk", routes=[Route("/cases/{number:int}", fine)])]
    client = TestClient(Meter(Starlette(routes=routes), registry), raise_server_exceptions=False)
    for method, path in (
        ("GET", f"/a/{SECRET}?q={SECRET}"),
        ("GET", "/desk/cases/7"),
        ("GET", f"/{SECRET}"),
        ("GET", "/bad"),
        ("BREW", "/bad"),
    ):
        client.request(method, path)
    told = generate_latest(registry).decode()
    lines = [line for line in said() if line["event"] == "request"]

    assert 'kb_requests_total{method="GET",route="/a/{name}",status="200"} 1.0' in told
    assert 'kb_requests_total{method="GET",route="/desk/cases/{number:int}",status="200"} 1.0' in told
    assert 'kb_requests_total{method="GET",route="none",status="404"} 1.0' in told
    assert 'kb_requests_total{method="GET",route="/bad",status="500"} 1.0' in told
    assert 'method="other"' in told
    assert SECRET not in told
    assert [(line["route"], line["status"], line["level"]) for line in lines] == [("/bad", 500, "error")]
    assert SECRET not in json.dumps(said())


def test_a_slow_request_is_logged(said, monkeypatch):
    """What went well and took long has a line with its time; what went well and was quick has none."""
    client = TestClient(Meter(Starlette(routes=[Route("/a/{name}", fine)]), CollectorRegistry()))
    client.get("/a/quick")
    monkeypatch.setattr("feedback_service.http.metrics.SLOW", 0.0)
    client.get("/a/slow")
    lines = [line for line in said() if line["event"] == "request"]

    assert [(line["route"], line["status"], line["level"], line["ms"] > 0) for line in lines] == [("/a/{name}", 200, "warning", True)]


def test_the_log_holds_nothing_personal(said):
    """Fields that are on no list, what was filled into sentences, and the messages of errors do not get in; kinds and places do."""
    structlog.get_logger("mail").info("mail_taken", fate="joined", sender=SECRET, case="0192")
    logging.getLogger("x").warning("The file %s cannot be read: %s", SECRET, SECRET)
    try:
        int(SECRET)
    except ValueError:
        logging.getLogger("x").exception("The writer begins anew")
        structlog.get_logger("y").exception("mail_failed", reason="x" * 500)
    lines = said()

    assert SECRET not in json.dumps(lines)
    assert [line["event"] for line in lines] == ["mail_taken", "The file", "The writer begins anew", "mail_failed"]
    assert lines[0]["case"] == "0192"
    assert lines[2]["error"] == lines[3]["error"] == "ValueError"
    assert "test_metrics.py:" in lines[2]["where"]
    assert len(lines[3]["reason"]) == 200


def test_what_waits_is_counted(tmp_path):
    """Cases by status, mails and quarantine by state, and the writer's queue."""
    store = open_store(tmp_path)
    registry = CollectorRegistry()
    registry.register(StoreFigures(store))
    empty = generate_latest(registry).decode()
    store.close()

    assert "kb_writes_waiting 0.0" in empty
    assert "# HELP kb_cases Cases in the store, by state." in empty


def test_a_running_service_answers_its_monitor(tmp_path, blank):
    """On the port of --metrics-port and nowhere else; standard error holds lines of JSON only."""
    shutil.copy(blank, tmp_path)
    with socket.create_server(("127.0.0.1", 0)) as door:
        port = door.getsockname()[1]
    words = ["serve", "--port", "0", "--data", str(tmp_path), "--metrics-port", str(port)]
    with subprocess.Popen(
        [sys.executable, "-m", "feedback_service", *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as service:
        address = service.stdout.readline().split()[-1]
        public = httpx2.get(f"{address}metrics", timeout=30).status_code
        told = httpx2.get(f"http://127.0.0.1:{port}/metrics", timeout=30).text
        service.terminate()
        _, log = service.communicate(timeout=30)
    lines = [json.loads(line) for line in log.splitlines()]

    assert all(line["event"] for line in lines)
    assert public == 404
    assert 'kb_requests_total{method="GET",route="none",status="404"} 1.0' in told
    assert service.returncode == 0

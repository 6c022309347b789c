"""The programs as an operator starts them: time, rules and webhooks run beside the requests, and alone."""

from __future__ import annotations

import json
import os
import select
import signal
import socket
import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta

import httpx2
import pytest
from service.office import NAME, migrated

from feedback_service.accounts import Agent, tokens
from feedback_service.domain import Act, Actor, Particulars
from feedback_service.store import agents as people
from feedback_service.store import cases, open_store

PATIENCE = 30  # seconds
KEY = "whsec_" + "A" * 43 + "="
RULES = """\
[[rules]]
name = "refunds"
on = ["created"]
if = {{words = ["refund"]}}
then = {{team = "billing", priority = "urgent"}}

[[rules]]
name = "late"
on = ["sla_breached"]
then = {{add_tags = ["late"]}}

[[webhooks]]
name = "crm"
url = "http://127.0.0.1:{port}/"
on = ["priority", "sla_breached"]
"""
SLA = '[[policies]]\nname = "all"\ntargets.urgent = {first_response = "1h"}\n'


class Ears:
    """Takes webhooks on a real socket, in a thread; `wait(n)` gives the first n bodies."""

    def __init__(self):
        self.door = socket.create_server(("127.0.0.1", 0))
        self.port, self.got, self.news = self.door.getsockname()[1], [], threading.Condition()
        threading.Thread(target=self.listen, daemon=True).start()

    def listen(self):
        """Take one message after the other."""
        while True:
            try:
                peer, _ = self.door.accept()
            except OSError:
                return
            with peer, peer.makefile("rb") as stream:
                length = 0
                while (line := stream.readline().strip()) != b"":
                    if line.lower().startswith(b"content-length:"):
                        length = int(line.split(b":")[1])
                body = stream.read(length)
                peer.sendall(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n")
            with self.news:
                self.got.append(json.loads(body))
                self.news.notify_all()

    def wait(self, count):
        """Wait for so many messages."""
        with self.news:
            assert self.news.wait_for(lambda: len(self.got) >= count, PATIENCE), self.got
            return self.got[:count]


@pytest.fixture
def ears():
    """Somebody who takes webhooks."""
    made = Ears()
    yield made
    made.door.close()


@pytest.fixture
def house(tmp_path, ears):
    """A folder with an agent, an old urgent case, rules and promises; returns it with the token of the agent."""
    (tmp_path / "rules.toml").write_text(RULES.format(port=ears.port), encoding="utf-8")
    (tmp_path / "sla.toml").write_text(SLA, encoding="utf-8")
    data = tmp_path / "data"
    data.mkdir()
    (data / NAME).write_bytes(migrated().read_bytes())
    now = datetime.now(UTC)
    store = open_store(data)
    maria = Agent("maria", "Maria", frozenset({"agent"}), frozenset({"billing"}))
    secret, token = tokens.api_token(bytes(range(32)), maria, now, label="test")
    store.write(people.add_agent, maria, now)
    store.write(people.put_token, token, now)
    store.close()
    return tmp_path, secret


def start(folder, *words) -> tuple[subprocess.Popen, str]:
    """Start a command and wait for its first line."""
    common = [
        "--data",
        folder / "data",
        "--rules",
        folder / "rules.toml",
        "--sla",
        folder / "sla.toml",
        "--webhook-networks",
        "127.0.0.0/8",
    ]
    environ = {**os.environ, "KB_WEBHOOK_CRM": KEY}
    process = subprocess.Popen([sys.executable, "-m", "feedback_service", *words, *common], env=environ, stdout=subprocess.PIPE, text=True)
    ready, _, _ = select.select([process.stdout], [], [], PATIENCE)

    assert ready, "nothing was said"

    return process, process.stdout.readline()


def stop(process) -> int:
    """Ask a command to end; returns its exit code."""
    process.send_signal(signal.SIGTERM)
    try:
        return process.wait(PATIENCE)
    finally:
        process.kill()
        process.stdout.close()


def test_serve_rules_and_tells(house, ears):
    """A case comes in over HTTP, a rule sorts it, and the other program hears of it, in one running service."""
    folder, secret = house
    process, said = start(folder, "serve", "--port", "0")
    try:
        url, headers = said.split()[-1].rstrip("/"), {"authorization": f"Bearer {secret}"}
        made = httpx2.post(f"{url}/api/v1/cases/new", headers=headers, json={"subject": "A refund", "body": "please"}, timeout=PATIENCE)
        (told,) = ears.wait(1)
    finally:
        code = stop(process)

    assert (made.status_code, made.json()["team"], made.json()["priority"]) == (201, "billing", "urgent")
    assert (told["type"], told["data"]["case"]["number"]) == ("case.priority", made.json()["number"])
    assert code in {0, -signal.SIGTERM}  # uvicorn hands the signal on when all has ended


def test_the_worker_works_alone(house, ears):
    """A case that came in before is late: the breach is found, dated at its moment, ruled and told by a process that serves nobody."""
    folder, _ = house
    store = open_store(folder / "data")
    created = datetime.now(UTC) - timedelta(hours=3)
    new = cases.NewCase(Particulars("Hello", "A question"), "en", "web", priority="urgent")
    case = store.write(cases.open_case, new, Act(Actor("requester", "r"), created)).case
    store.write(lambda tx: tx.conn.exec_driver_sql("UPDATE cases SET look_at = 0"))
    store.close()
    process, said = start(folder, "worker")
    try:
        (told,) = ears.wait(1)
    finally:
        code = stop(process)
    store = open_store(folder / "data")
    history = store.read(cases.history_of, case.id)
    late = store.read(cases.case, case.id)
    store.close()

    assert said == "Working\n"
    assert told["type"] == "case.sla_breached"
    assert [event.at for event in history if event.type == "sla_breached"] == [created + timedelta(hours=1)]
    assert late.tags == ("late",)
    assert code == 0


def test_a_webhook_without_its_secret(house):
    """The service does not start, and names the variable that is missing."""
    folder, _ = house
    words = ["--data", folder / "data", "--rules", folder / "rules.toml"]
    environ = {name: value for name, value in os.environ.items() if not name.startswith("KB_")}
    done = subprocess.run(
        [sys.executable, "-m", "feedback_service", "worker", *words], env=environ, capture_output=True, text=True, check=False
    )

    assert done.returncode == 1
    assert "KB_WEBHOOK_CRM" in done.stderr
    assert "Traceback" not in done.stderr


def test_rules_with_mistakes(house):
    """The service does not start, and tells every mistake with its place."""
    folder, _ = house
    (folder / "rules.toml").write_text('[[rules]]\nname = "a"\non = ["born"]\nthen = {priority = "asap"}\n', encoding="utf-8")
    words = ["--data", folder / "data", "--rules", folder / "rules.toml", "--port", "0"]
    done = subprocess.run([sys.executable, "-m", "feedback_service", "serve", *words], capture_output=True, text=True, check=False)

    assert done.returncode == 1
    assert "rules.toml:3:8: error" in done.stderr
    assert "rules.toml:4:21: error" in done.stderr

"""Messages reach other programs over real sockets: signed, tried again, and never to an address that is not theirs."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
import ssl
import subprocess
from datetime import timedelta

import pytest
from service.made import JOAN, MONDAY, run_apart, sla

from feedback_service.domain import Act, Particulars
from feedback_service.rules.file import load_rules
from feedback_service.sender import Sender, secrets_from
from feedback_service.sender import resolve as ask
from feedback_service.store import cases, open_store
from feedback_service.store.tables import deliveries
from feedback_service.webhooks import DELAYS
from feedback_service.worker import webhook_job

KEY = bytes(range(32))
RULES = '[[webhooks]]\nname = "crm"\nurl = "{}"\non = ["created"]\n'


@pytest.fixture
def store(tmp_path):
    """A store with promises and a case that came in on Monday at nine."""
    opened = open_store(tmp_path, promises=sla())
    opened.write(cases.open_case, new_case(), Act(JOAN, MONDAY))
    yield opened
    opened.close()


def new_case() -> cases.NewCase:
    """Describe a case of Joan's."""
    return cases.NewCase(Particulars("Hello", "A question", requester_email="joan@example.org"), "ca", "web")


class Receiver:
    """A program that takes webhooks: over a real socket, with TLS if it has a certificate, answering what a test says."""

    def __init__(self, *answers: str, certificate=None):
        self.answers, self.got = [*answers], []
        self.tls = None
        if certificate:
            self.tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
            self.tls.load_cert_chain(*certificate)

    async def __aenter__(self):
        self.server = await asyncio.start_server(self.serve, "127.0.0.1", 0, ssl=self.tls)
        self.port = self.server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_error):
        self.server.close()

    async def serve(self, reader, writer):
        """Take one request."""
        head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
        headers = dict(line.split(": ", 1) for line in head.splitlines()[1:] if ": " in line)
        self.got.append((head.splitlines()[0], headers, await reader.readexactly(int(headers["content-length"]))))
        writer.write(f"HTTP/1.1 {self.answers.pop(0)}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode())
        await writer.drain()
        writer.close()


def sending(store, receiver_url: str, *, networks=("127.0.0.0/8",), addresses=None, authority=None) -> Sender:
    """Set up a webhook to an address, and who sends to it."""
    store.rules = load_rules(RULES.format(receiver_url))

    async def asked(host, port):
        return addresses if addresses is not None else await ask(host, port)

    return Sender(store, store.rules.webhooks, {"crm": KEY}, networks=networks, ask=asked, authority=authority)


def rows(store):
    """Read what was to be delivered."""
    return store.read(lambda tx: tx.all(deliveries.select().order_by(deliveries.c.id)))


async def a_new_case(store):
    """Let something happen that the webhook is told of."""
    await store.write_soon(cases.open_case, new_case(), Act(JOAN, MONDAY))


def test_a_message_arrives_signed(store):
    """The receiver can prove from whom it is, and gets it once."""

    async def run():
        async with Receiver("204 No Content") as receiver:
            sender = sending(store, f"http://127.0.0.1:{receiver.port}/hooks?a=b")
            await a_new_case(store)
            counts = [await webhook_job(sender).round(MONDAY) for _ in range(2)]
            await sender.close()
            return counts, receiver.got

    counts, got = run_apart(run())
    ((line, headers, body),) = got
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.{body.decode()}".encode()

    assert counts == [1, 0]
    assert line == "post /hooks?a=b http/1.1"
    assert headers["webhook-signature"] == f"v1,{base64.b64encode(hmac.new(KEY, signed, hashlib.sha256).digest()).decode()}".lower()
    assert json.loads(body)["type"] == "case.created"
    assert [(row["state"], row["tries"], row["next_try"]) for row in rows(store)] == [("sent", 1, None)]


def test_a_message_is_tried_again(store):
    """An error, a redirect and nobody listening are tried again later, under the same id, and redirects are not followed."""

    async def run():
        async with Receiver("503 Busy", "302 Found\r\nLocation: http://127.0.0.1:1/", "200 OK") as receiver:
            sender = sending(store, f"http://127.0.0.1:{receiver.port}/")
            await a_new_case(store)
            now = MONDAY
            for delay in DELAYS[:3]:
                await sender.send_due(now)
                now += delay
            await sender.close()
            return receiver.got

    got = run_apart(run())

    assert len({headers["webhook-id"] for _, headers, _ in got}) == 1
    assert len({headers["webhook-timestamp"] for _, headers, _ in got}) == len(got) == 3
    assert [(row["state"], row["tries"]) for row in rows(store)] == [("sent", 3)]


def test_nobody_listens(store):
    """A closed door is an error like others; after the last try the message is given up, and says why."""

    async def run():
        async with Receiver() as receiver:
            url = f"http://127.0.0.1:{receiver.port}/"
        sender = sending(store, url)
        await a_new_case(store)
        now = MONDAY
        for delay in (*DELAYS, timedelta(0)):
            await sender.send_due(now)
            now += delay
        await sender.close()

    run_apart(run())

    assert [(row["state"], row["tries"], row["next_try"]) for row in rows(store)] == [("failed", 8, None)]
    assert "ConnectError" in rows(store)[0]["error"]


@pytest.mark.parametrize(
    ("url", "networks", "addresses", "why"),
    [
        ("http://127.0.0.1:{}/", (), None, "127.0.0.1 is not on the public internet"),
        ("https://hooks.test:{}/", (), ["127.0.0.1"], "127.0.0.1 is not on the public internet"),
        ("https://hooks.test:{}/", ("127.0.0.0/8",), ["127.0.0.1", "10.0.0.1"], "10.0.0.1 is not on the public internet"),
        ("http://hooks.test:{}/", ("127.0.0.0/8",), ["93.184.215.14"], "https only"),
        ("https://localhost:{}/", (), None, "is not on the public internet"),
    ],
)
def test_no_message_goes_where_it_must_not(store, url, networks, addresses, why):
    """Addresses inside the house are refused before anything connects, whatever name leads there."""

    async def run():
        async with Receiver("200 OK") as receiver:
            sender = sending(store, url.format(receiver.port), networks=networks, addresses=addresses)
            await a_new_case(store)
            await sender.send_due(MONDAY)
            await sender.close()
            return receiver.got

    assert run_apart(run()) == []
    assert [row["state"] for row in rows(store)] == ["waiting"]
    assert why in rows(store)[0]["error"]


def test_a_webhook_that_is_gone(store):
    """Messages to a webhook that was taken out of the file are given up at once."""

    async def run():
        sender = sending(store, "https://crm.example.org/")
        await a_new_case(store)
        gone = Sender(store, (), {})
        await gone.send_due(MONDAY)
        await gone.close()
        await sender.close()

    run_apart(run())

    assert [(row["state"], row["error"]) for row in rows(store)] == [("failed", "no such webhook any more")]


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """A certificate for hooks.test and its key, made for this run."""
    folder = tmp_path_factory.mktemp("tls")
    key, cert = folder / "key.pem", folder / "cert.pem"
    names = ["-subj", "/CN=hooks.test", "-addext", "subjectAltName=DNS:hooks.test"]
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-keyout", key, "-out", cert, *names],
        check=True, capture_output=True,
    )  # fmt: skip
    return cert, key


@pytest.mark.parametrize(("name", "state"), [("hooks.test", "sent"), ("other.test", "waiting")])
def test_the_certificate_is_that_of_the_name(store, certificate, name, state):
    """The connection goes to the address that was checked, and the certificate must still be the host's own."""

    async def run():
        async with Receiver("200 OK", certificate=certificate) as receiver:
            trust = ssl.create_default_context(cafile=str(certificate[0]))
            sender = sending(store, f"https://{name}:{receiver.port}/", addresses=["127.0.0.1"], authority=trust)
            await a_new_case(store)
            await sender.send_due(MONDAY)
            await sender.close()
            return [headers["host"] for _, headers, _ in receiver.got], receiver.port

    hosts, port = run_apart(run())

    assert hosts == ([f"hooks.test:{port}"] if state == "sent" else [])
    assert [row["state"] for row in rows(store)] == [state]


def test_secrets_of_the_environment():
    """One variable a webhook; a missing or bad one is named, and its value is not repeated."""
    webhooks = load_rules(RULES.format("https://x.example/").replace('"crm"', '"crm-2"')).webhooks
    good = "whsec_" + base64.b64encode(KEY).decode()

    assert secrets_from({"KB_WEBHOOK_CRM_2": good}, webhooks) == {"crm-2": KEY}
    for bad in ({}, {"KB_WEBHOOK_CRM_2": "hunter2"}):
        with pytest.raises(ValueError, match="KB_WEBHOOK_CRM_2") as caught:
            secrets_from(bad, webhooks)
        assert "hunter2" not in str(caught.value)

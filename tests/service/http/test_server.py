"""What the protocol adds to uvicorn's: limits to what a connection may hold without a whole request, in bytes and in time."""

from __future__ import annotations

import contextlib
import socket
import time

import pytest
from service.http.live import PATIENCE

from feedback_service.http.server import Protocol

HEAD = b"POST /api/v1/ratings HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
GET = b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n"


def all_of(live, *parts: bytes, pause: float = 0.0) -> bytes:
    """Send parts one after the other, and read until the server ends the connection."""
    answer = b""
    with socket.create_connection(("127.0.0.1", live.port), timeout=PATIENCE) as line, contextlib.suppress(ConnectionError):
        for part in parts:
            line.sendall(part)
            time.sleep(pause)
        while part := line.recv(65_536):
            answer += part
    return answer


ENDLESS = {
    "one header in pieces": (GET + b"X-Long: ", [b"x" * 4_000] * 20),
    "many headers": (GET, [b"X-Some: thing\r\n" * 300] * 20),
    "an address": (b"GET /", [b"x" * 4_000] * 20),
    "trailers of a body": (HEAD + b"Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n", [b"X-Some: thing\r\n" * 300] * 20),
    "a head in one piece": (GET, [b"X-Some: thing\r\n" * 1_500 + b"\r\n"]),
}


@pytest.mark.parametrize("name", ENDLESS)
def test_heads_without_end_are_refused(live, name):
    """Whatever does not become a request is not kept: the connection ends, with 400 where nobody was being answered."""
    begin, parts = ENDLESS[name]
    answer = all_of(live, begin, *parts, pause=0.01)

    assert not answer or answer.startswith(b"HTTP/1.1 400")
    assert live.client.get("/healthz").status_code == 200


def test_a_head_of_many_cookies_is_taken(live):
    """15 kB of headers are a request like any other."""
    answer = live.raw(GET + b"Cookie: " + b"a=b; " * 3_000 + b"\r\n\r\n")

    assert answer.startswith(b"HTTP/1.1 200")


def test_an_answer_waits_for_nothing(live, monkeypatch):
    """What is written goes out at once: no connection holds a body back until the other side has acknowledged the head (40 ms)."""
    made, begin = [], Protocol.connection_made

    def noted(self, transport):
        made.append(transport.get_extra_info("socket").getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
        begin(self, transport)

    monkeypatch.setattr(Protocol, "connection_made", noted)
    answer = all_of(live, GET + b"Connection: close\r\n\r\n")

    assert answer.startswith(b"HTTP/1.1 200")
    assert made
    assert all(made)


@pytest.mark.parametrize("sent", [b"\r\n", b"\r\n\r\n\r\n", b"GET /heal"])
def test_a_connection_that_says_nothing_whole_is_dropped(live, monkeypatch, sent):
    """At its beginning and after a request: empty lines and half a head put nothing off."""
    monkeypatch.setattr("feedback_service.http.server.HEAD_DEADLINE", 0.5)
    fresh, silent = all_of(live, sent), all_of(live)
    used = all_of(live, GET + b"\r\n", sent, pause=0.1)

    assert fresh == silent == b""
    assert used.startswith(b"HTTP/1.1 200")


def test_a_late_body_leaves_no_connection_behind(live, monkeypatch):
    """Who is answered before the body came, sends it, and then says nothing, is dropped."""
    monkeypatch.setattr("feedback_service.http.server.HEAD_DEADLINE", 0.5)
    answer = all_of(live, b"POST /nowhere HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 10\r\n\r\n", b"x" * 10, pause=0.1)

    assert answer.startswith(b"HTTP/1.1 404")


def test_requests_in_a_row_are_answered_in_their_order(live):
    """Some requests may be sent before the first is answered."""
    answer = all_of(live, (GET + b"\r\n") * 3 + b"GET /nowhere HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")

    assert [part[:3] for part in answer.split(b"HTTP/1.1 ")[1:]] == [b"200", b"200", b"200", b"404"]


def test_a_hundred_requests_in_a_row_are_too_many(live):
    """Who sends more than a few before the first is answered is cut off, and costs the others nothing."""
    answer = all_of(live, (GET + b"\r\n") * 100)

    assert answer.count(b"HTTP/1.1 200") < 100
    assert live.client.get("/healthz").status_code == 200


def test_another_protocol_is_not_spoken(live):
    """Who asks for a web socket on the way is answered in HTTP/1.1; with a body, which could pass for a request, it is 400."""
    head = b"Connection: Upgrade\r\nUpgrade: websocket\r\n"
    smuggled = GET + b"\r\n"
    plain = all_of(live, GET + head + b"\r\n", GET + b"Connection: close\r\n\r\n", pause=0.1)
    loaded = all_of(live, HEAD + head + b"Content-Length: %d\r\n\r\n" % len(smuggled), smuggled, pause=0.1)

    assert plain.count(b"HTTP/1.1 200") == 2
    assert loaded.startswith(b"HTTP/1.1 400")
    assert b"200" not in loaded


@pytest.mark.parametrize(
    "lengths",
    [b"Content-Length: 2\r\nContent-Length: 3\r\n", b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n", b"Content-Length: -2\r\n"],
)
def test_a_request_has_one_length(live, lengths):
    """Two lengths are how requests are smuggled past a proxy."""
    answer = live.raw(HEAD + lengths + b"\r\n{}")

    assert answer.startswith(b"HTTP/1.1 400")

"""The service's half of the bad inputs, as far as HTTP goes: each is told what is wrong, none is a 500, and nothing is half-written."""

from __future__ import annotations

import json

import pytest

JSON = "application/json"
FORM = "application/x-www-form-urlencoded"


def post(live, body: bytes, kind: str = JSON, **headers: str):
    """Post bytes as a vote."""
    return live.client.post("/api/v1/ratings", content=body, headers={"content-type": kind, **headers})


BODIES = {
    "S1 100,000 deep": (b"[" * 100_000, JSON, 413),
    "S1 60,000 deep": (b"[" * 60_000, JSON, 400),
    "S1 objects": (b'{"a":' * 10_000, JSON, 400),
    "S2 10,000 digits": (b'{"helpful":' + b"9" * 10_000 + b"}", JSON, 400),
    "S2 1e999": (b'{"helpful":1e999}', JSON, 400),
    "S2 NaN": (b'{"helpful":NaN}', JSON, 400),
    "S2 Infinity": (b'{"helpful":-Infinity}', JSON, 400),
    "S3 twice": (b'{"helpful":"yes","helpful":"no"}', JSON, 400),
    "S3 twice in a form": (b"helpful=yes&helpful=no", FORM, 400),
    "S4 UTF-16": ('{"helpful":"yes"}'.encode("utf-16"), JSON, 415),
    "S4 UTF-16 without a mark": ('{"helpful":"yes"}'.encode("utf-16-le"), JSON, 415),
    "S4 another charset": (b"{}", "application/json; charset=utf-16", 415),
    "S5 surrogate": (b'{"article":"kb-return","locale":"en","helpful":"no","comment":"\\ud800"}', JSON, 422),
    "S5 NUL": (b'{"article":"kb-return","locale":"en","helpful":"no","comment":"a\\u0000b"}', JSON, 422),
    "S5 a large number": (b'{"helpful":9223372036854775808}', JSON, 400),
    "S5 a name of surrogates": (b'{"\\udc80":"x"}', JSON, 422),
    "S6 compressed": (b"\x1f\x8b", JSON, 415),
    "S7 no type": (b"{}", "", 415),
    "S7 another type": (b"{}", "text/plain", 415),
    "S7 multipart": (b"--x\r\n", "multipart/form-data; boundary=x", 415),
    "S8 10,000 fields": (b"&".join(b"f%d=1" % number for number in range(6_000)), FORM, 400),
    "S8 31 fields": (json.dumps({f"f{number}": "" for number in range(31)}).encode(), JSON, 400),
    "S8 a list": (b'{"article":["kb-return"],"locale":"en","helpful":"yes"}', JSON, 422),
    "S8 a name with brackets": (b"article[]=kb-return&locale=en&helpful=yes", FORM, 422),
    "S8 an object": (b'{"token":{},"article":"kb-return","locale":"en","helpful":"yes"}', JSON, 422),
    "no object": (b'"yes"', JSON, 400),
    "no JSON": (b"{", JSON, 400),
    "nothing": (b"", JSON, 400),
    "an empty form": (b"", FORM, 422),
    "S16 a long comment": (
        json.dumps({"article": "kb-return", "locale": "en", "helpful": "no", "comment": "x" * 5_000}).encode(),
        JSON,
        422,
    ),
    "S18 marks": (
        json.dumps({"article": "kb-return", "locale": "en", "helpful": "no", "comment": "e" + "\u0301" * 20_000}).encode(),
        JSON,
        413,
    ),
}


@pytest.mark.parametrize("name", BODIES)
def test_bodies(live, name):
    """Each wrong body gets its own answer, in JSON with a stable word, and nothing is stored."""
    body, kind, status = BODIES[name]
    answer = post(live, body, kind, **({"content-encoding": "gzip"} if "compressed" in name else {}))

    assert answer.status_code == status, answer.text
    assert live.ask("SELECT count(*) FROM ratings") == [(0,)]
    if kind != FORM:
        assert answer.json()["code"]


def test_too_large_is_told_before_it_is_read(live):
    """20 MiB are refused by their length, and a body without a length once it has grown too long."""
    head = b"POST /api/v1/ratings HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
    promised = live.raw(head + b"Content-Length: 20971520\r\n\r\n{")
    endless = live.raw(
        head + b"Transfer-Encoding: chunked\r\n\r\n" + b"4000\r\n" + b"x" * 16384 + b"\r\n" + b"c001\r\n" + b"x" * 49153 + b"\r\n"
    )

    assert promised.startswith(b"HTTP/1.1 413")
    assert endless.startswith(b"HTTP/1.1 413")


RAW = {
    "S9 two lengths": b"Host: 127.0.0.1\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "S9 lengths that differ": b"Host: 127.0.0.1\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
    "S9 a signed length": b"Host: 127.0.0.1\r\nContent-Length: +2\r\n\r\n{}",
    "S9 NUL in a header": b"Host: 127.0.0.1\r\nX-A: b\0c\r\nContent-Length: 2\r\n\r\n{}",
    "S10 no host": b"Content-Length: 2\r\n\r\n{}",
    "S10 two hosts": b"Host: 127.0.0.1\r\nHost: evil.example\r\nContent-Length: 2\r\n\r\n{}",
    "S10 a forged host": b"Host: evil.example\r\nContent-Length: 2\r\n\r\n{}",
    "S10 a host behind ours": b"Host: 127.0.0.1:80@evil.example\r\nContent-Length: 2\r\n\r\n{}",
}


@pytest.mark.parametrize("name", RAW)
def test_requests_that_are_none(live, name):
    """What two servers could read in two ways is refused, and so is a name that is not ours."""
    answer = live.raw(b"POST /api/v1/ratings HTTP/1.1\r\nContent-Type: application/json\r\n" + RAW[name])

    assert answer[:12] in {b"HTTP/1.1 400", b"HTTP/1.1 415", b"HTTP/1.1 421"}, answer
    assert live.client.get("/healthz").status_code == 200


def test_a_folded_header_hides_nothing(live):
    """The one reading of an old-style folded header that a server may choose does no harm."""
    answer = live.raw(b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nX-A: b\r\n Host: evil.example\r\n\r\n")

    assert answer[:12] in {b"HTTP/1.1 200", b"HTTP/1.1 400"}


def test_a_slow_head_is_dropped(live):
    """Who sends the head of a request letter by letter is cut off, and others are served meanwhile."""
    answer = live.raw(b"GET /healthz HT")

    assert answer == b""
    assert live.client.get("/healthz").status_code == 200


METHODS = [
    ("GET", "/api/v1/ratings"),
    ("GET", "/case/reply"),
    ("PUT", "/api/v1/cases"),
    ("DELETE", "/case/"),
    ("POST", "/healthz"),
    ("TRACE", "/case/"),
]


@pytest.mark.parametrize(("method", "path"), METHODS)
def test_other_methods(live, method, path):
    """A method that an address does not know is 405 with those that it does, and changes nothing."""
    answer = live.client.request(method, path)

    assert answer.status_code == 405
    assert answer.headers["allow"]


def test_headers_that_claim_another_method_or_client(live):
    """Method overrides are ignored, and X-Forwarded-For of a stranger counts for nothing."""
    answers = [
        live.post("cases", live.case(body=f"n {n}"), x_forwarded_for=f"1.1.1.{n}, <script>", x_http_method_override="GET")
        for n in range(11)
    ]

    assert [answer.status_code for answer in answers] == [201] * 10 + [429]


PATHS = (
    "/",
    "/nowhere",
    "/case",
    "/case/",
    "/assets/service.css",
    "/assets/../app.py",
    "/api/v1/openapi.json",
    "/api/v1/nothing",
    "/readyz",
)


@pytest.mark.parametrize("path", PATHS)
def test_every_answer_carries_the_headers(live, path):
    """Whatever is answered, scripts of others do not run in it and nobody keeps it."""
    headers = live.client.get(path).headers

    assert "default-src 'none'" in headers["content-security-policy"]
    assert "unsafe" not in headers["content-security-policy"]
    assert (headers["x-content-type-options"], headers["referrer-policy"], headers["x-robots-tag"]) == ("nosniff", "no-referrer", "noindex")


PAYLOADS = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "javascript:alert(1)",
    "'-alert(1)-'",
    "{{ 1234*5678 }}",
    "</textarea><svg onload=alert(1)>",
]


@pytest.mark.parametrize("payload", PAYLOADS)
def test_text_stays_text(live, payload):
    """What people write is shown as they wrote it, on the page that gives a form back and on the requester's own."""
    back = live.send("cases", live.case(subject=payload, body=payload, name=payload, email=payload)).text
    url = live.post("cases", live.case(subject=f"A {payload}", body=f"B {payload}")).json()["url"]
    page = live.visit(url).get("/case/").text

    for text in (back, page):
        assert "<script>alert" not in text
        assert "<img src=x" not in text
        assert "<svg" not in text
        assert "7006652" not in text

"""Reads what was posted: JSON or a plain form, whole, and nothing that Python's readers would guess at."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Mapping
from typing import Any, NoReturn
from urllib.parse import parse_qsl

from starlette.requests import ClientDisconnect, Request

from feedback_service.http.problems import Problem

LARGEST = 64 * 1024  # bytes of a body of JSON
LARGEST_FORM = 256 * 1024  # of a plain form: 20,000 characters of any script, percent-encoded, and what stands beside them
MOST_FIELDS = 30
DEEPEST = 20  # brackets inside each other
_LARGEST_INT = 2**63

# A text without an end counts as one to the end: looked for again from each mark in it, 64 kB of them would take many seconds.
_BRACKETS = re.compile(rb'"(?:[^"\\]|\\.)*+"?|[\[\]{}]', re.DOTALL)


async def read_fields(request: Request) -> dict[str, Any]:
    """
    Read the fields of a post.  Of JSON an object is taken, of a form each name once.  `request.state.typed` keeps them for the answer.

    Raises: Problem: 400 no such thing, 413 too large, 415 neither JSON nor a plain form in UTF-8.
    """
    kind, charset = _content_type(request)
    if kind not in {"application/json", "application/x-www-form-urlencoded"}:
        raise Problem(415, "unsupported_type", "Send application/json or application/x-www-form-urlencoded.")
    if charset not in {"", "utf-8", "utf8", "us-ascii"}:
        raise Problem(415, "unsupported_charset", "Send UTF-8.")
    if request.headers.get("content-encoding", "identity").lower() != "identity":
        raise Problem(415, "unsupported_encoding", "Send the body uncompressed.")
    body = await whole(request, LARGEST if kind == "application/json" else LARGEST_FORM)
    request.state.typed = fields = _json(body) if kind == "application/json" else _form(body)
    return fields


def is_json(request: Request) -> bool:
    """Tell whether a program posts.  Only browsers that send a form without script ask for a page."""
    return _content_type(request)[0] == "application/json" or "text/html" not in request.headers.get("accept", "")


def canonical(fields: Mapping[str, Any]) -> str:
    """Write fields the one way in which two posts compare; a form's token, new each time it is opened, and its work are none of them."""
    return json.dumps({name: value for name, value in fields.items() if name not in {"token", "work"}}, sort_keys=True, ensure_ascii=True)


async def whole(request: Request, largest: int) -> bytes:
    """
    Read a body of at most *largest* bytes.  How long it may take is the guard's affair.

    Raises: Problem: 400 it ended too soon, 413 too large.
    """
    length = request.headers.get("content-length", "0")
    if not length.isdigit():
        raise Problem(400, "bad_length", "The length of the body is no number.")
    if len(length) > 9 or int(length) > largest:
        raise Problem(413, "too_large", f"A body has at most {largest} bytes.")
    parts: list[bytes] = []
    size = 0
    try:
        async for part in request.stream():
            size += len(part)
            if size > largest:
                raise Problem(413, "too_large", f"A body has at most {largest} bytes.")
            parts.append(part)
    except ClientDisconnect:
        raise Problem(400, "gone", "The body ended too soon.") from None
    return b"".join(parts)


def _content_type(request: Request) -> tuple[str, str]:
    kind, _, rest = request.headers.get("content-type", "").partition(";")
    name, _, value = rest.partition("=")
    return kind.strip().lower(), value.strip(' "\t').lower() if name.strip().lower() == "charset" else ""


def _text(body: bytes) -> str:
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        raise Problem(415, "unsupported_charset", "The body is no UTF-8.") from None
    if "\0" in text[:4]:
        raise Problem(415, "unsupported_charset", "The body is no UTF-8.")
    return text


def _json(body: bytes) -> dict[str, Any]:
    text = _text(body)
    _check_depth(body)
    try:
        value = json.loads(text, object_pairs_hook=_once, parse_constant=_refuse, parse_int=_int, parse_float=_float)
    except (ValueError, RecursionError) as error:
        raise Problem(400, "bad_json", f"The body is no JSON: {error}" if isinstance(error, json.JSONDecodeError) else str(error)) from None
    if not isinstance(value, dict):
        raise Problem(400, "bad_json", "The body is no JSON object.")
    if len(value) > MOST_FIELDS:
        raise Problem(400, "too_many_fields", f"A body has at most {MOST_FIELDS} fields.")
    return value


def _check_depth(body: bytes) -> None:
    if body.count(b"[") + body.count(b"{") <= DEEPEST:
        return
    depth = 0
    for found in _BRACKETS.finditer(body):
        depth += 1 if found[0] in b"[{" else -1 if found[0] in b"]}" else 0
        if depth > DEEPEST:
            raise Problem(400, "bad_json", f"The body has more than {DEEPEST} brackets inside each other.")


def _form(body: bytes) -> dict[str, Any]:
    text = _text(body)
    try:
        pairs = parse_qsl(text, keep_blank_values=True, max_num_fields=MOST_FIELDS, errors="strict")
    except UnicodeDecodeError:
        raise Problem(400, "bad_form", "The form is no UTF-8.") from None
    except ValueError:
        raise Problem(400, "too_many_fields", f"A body has at most {MOST_FIELDS} fields.") from None
    return _once(pairs)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    fields = dict(pairs)
    if len(fields) != len(pairs):
        twice = next(name for name, times in Counter(name for name, _ in pairs).items() if times > 1)
        raise Problem(400, "duplicate_field", f"The field {twice[:50]!a} is there twice.")
    return fields


def _refuse(name: str) -> NoReturn:
    raise Problem(400, "bad_json", f"{name} is no number in JSON.")


def _int(digits: str) -> int:
    if len(digits) > 20 or abs(int(digits)) >= _LARGEST_INT:
        raise Problem(400, "bad_json", "A number is too large.")
    return int(digits)


def _float(digits: str) -> float:
    value = float(digits[:400])
    if value in {float("inf"), float("-inf")}:
        raise Problem(400, "bad_json", "A number is too large.")
    return value

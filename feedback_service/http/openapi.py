"""The public API for programs (OpenAPI 3.1), written by hand from the forms that intake.py checks; schemathesis proves it in the tests."""

from __future__ import annotations

from typing import Any

from feedback_service.domain.nouns import CASE_TYPES
from feedback_service.intake import BODY, COMMENT, NAME, QUERY, REASONS, SUBJECT

Schema = dict[str, Any]

_TEXT: Schema = {"type": "string"}
_ID: Schema = {"type": "string", "maxLength": 100, "description": "The id of an article of the portal."}


def document(url: str) -> Schema:
    """Write the document for a service at an address."""
    return {
        "openapi": "3.1.0",
        "info": {"title": "Feedback service", "version": "1", "description": "Ratings, escalations and the case queue of a kbgen portal."},
        "servers": [{"url": url}],
        "paths": {
            "/api/v1/cases": {"post": _case()},
            "/api/v1/ratings": {"post": _rating()},
            "/api/v1/questions": {"post": _question()},
            "/api/v1/search-events": {"post": _search()},
            "/api/v1/form-events": {"post": _form()},
            "/api/v1/form-token": {"get": _token()},
        },
        "components": {"schemas": {"Problem": PROBLEM}},
    }


PROBLEM: Schema = {
    "type": "object",
    "required": ["code", "message"],
    "properties": {
        "code": {"type": "string", "description": "A stable word."},
        "message": {"type": "string", "description": "One English sentence."},
        "fields": {
            "type": "object",
            "additionalProperties": {
                "type": "object",
                "required": ["reason"],
                "properties": {
                    "reason": _TEXT,
                    "limit": {"type": "integer"},
                    "allowed": {"type": "array", "items": _TEXT},
                },
            },
        },
        "token": {"type": "string", "description": "A new form token, where the old one has expired."},
    },
}


def _case() -> Schema:
    properties = {
        "subject": _text(SUBJECT),
        "body": _text(BODY),
        "email": {"type": "string", "maxLength": 254},
        "name": _text(NAME),
        "locale": _TEXT,
        "type": {"enum": list(CASE_TYPES)},
        "article": _ID,
        "revision": _TEXT,
        "query": _text(QUERY * 5),
    }
    taken = {
        "type": "object",
        "required": ["number", "url"],
        "properties": {
            "number": {"type": "integer", "description": "The public number of the case."},
            "url": {"type": "string", "description": "Opens the requester's own page."},
        },
    }
    key = {"name": "Idempotency-Key", "in": "header", "schema": {"type": "string", "maxLength": 200}}
    answers = {"200": _json("The same post came before with this key.", taken), "201": _json("The case was taken.", taken)}
    return _post("Ask for a person.", properties, ["subject", "body", "email"], answers, parameters=[key])


def _rating() -> Schema:
    properties = {
        "article": _ID,
        "locale": _TEXT,
        "revision": _TEXT,
        "helpful": {"enum": ["yes", "no"]},
        "reason": {"enum": list(REASONS)},
        "comment": _text(COMMENT),
        "email": {"type": "string", "maxLength": 254},
        "voter": {"type": "string", "pattern": "^[A-Za-z0-9_-]{16,64}$"},
        "query": _text(QUERY * 5),
    }
    answers = {"201": _json("The vote was counted.", _said("rated")), "404": _problem("There is no such article, language or revision.")}
    return _post("Say whether an article helped.", properties, ["article", "locale", "helpful"], answers)


def _question() -> Schema:
    properties = {"article": _ID, "locale": _TEXT, "text": _text(COMMENT), "name": _text(NAME)}
    answers = {"202": _json("A person reads it first.", _said("asked")), "404": _problem("There is no such article or language.")}
    return _post("Ask in public, below an article.", properties, ["article", "locale", "text"], answers)


def _search() -> Schema:
    properties = {
        "key": _key(),
        "hour": _hour(),
        "locale": _TEXT,
        "query": _TEXT,
        "hits": {"type": "integer", "minimum": 0},
        "rank": {"type": "integer", "minimum": 0},
        "next": {"enum": ["none", "refine", "form", "case"]},
    }
    return _post("Count a search.", properties, ["hour", "locale", "query", "hits"], {"204": {"description": "Counted."}})


def _form() -> Schema:
    ids = {"type": "array", "maxItems": 20, "items": _TEXT}
    properties = {
        "key": _key(),
        "hour": _hour(),
        "locale": _TEXT,
        "offered": ids,
        "opened": ids,
        "outcome": {"enum": ["sent", "left", "answered"]},
    }
    return _post("Count a view of the contact form.", properties, ["hour", "locale", "outcome"], {"204": {"description": "Counted."}})


def _token() -> Schema:
    purpose = {"type": "string", "pattern": "^(case|(rating|question):[A-Za-z0-9._-]{1,100})$"}
    bits = {
        "type": "integer",
        "description": 'There if this client owes a proof of work: zero bits that SHA-256 of "token:work" begins with.',
    }
    token = {"type": "object", "required": ["token"], "properties": {"token": _TEXT, "work": bits}}
    return {
        "summary": "Get the token of a form that is opened now.",
        "parameters": [{"name": "for", "in": "query", "required": True, "schema": purpose}],
        "responses": {"200": _json("A token, good for 24 hours.", token), **_refusals("403", "422", "429")},
    }


def _post(summary: str, properties: Schema, required: list[str], answers: Schema, **more: Any) -> Schema:
    if "hour" not in properties:
        token = {"type": "string", "description": "Of /api/v1/form-token; without one a person looks at the post first."}
        properties = properties | {"token": token, "website": {"type": "string", "description": "Leave it empty."}}
        properties["work"] = {"type": "string", "description": "What makes the proof, where the token came with one to do."}
    schema = {"type": "object", "properties": properties, "required": required, "additionalProperties": False}
    body = {"required": True, "content": {"application/json": {"schema": schema}, "application/x-www-form-urlencoded": {"schema": schema}}}
    refusals = _refusals("400", "403", "408", "413", "415", "422", "429", "503")
    return {"summary": summary, "requestBody": body, "responses": {**refusals, **answers}, **more}


_REFUSALS = {
    "400": "What was sent is neither JSON nor a form.",
    "403": "It was sent from a page that is not the portal's.",
    "408": "It took too long.",
    "413": "It is too large.",
    "415": "It is of another type.",
    "422": "Fields are wrong.",
    "429": "Too many posts; see Retry-After.",
    "503": "Nothing can be stored right now; see Retry-After.",
}


def _refusals(*statuses: str) -> Schema:
    return {status: _problem(_REFUSALS[status]) for status in statuses}


def _problem(description: str) -> Schema:
    return _json(description, {"$ref": "#/components/schemas/Problem"})


def _json(description: str, schema: Schema) -> Schema:
    return {"description": description, "content": {"application/json": {"schema": schema}}}


def _text(limit: int) -> Schema:
    return {"type": "string", "maxLength": limit}


def _said(word: str) -> Schema:
    return {"type": "object", "required": ["status"], "properties": {"status": {"const": word}}}


def _key() -> Schema:
    return {"type": "string", "pattern": "^[A-Za-z0-9._-]{8,80}$", "description": "The same key twice counts once."}


def _hour() -> Schema:
    return {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}T\d{2}$", "description": "UTC."}

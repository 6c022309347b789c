"""The agents' API for programs (OpenAPI 3.1): made of its table of entries, and of what each takes; schemathesis proves it in the tests."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from feedback_service.accounts import ROLES
from feedback_service.changes import FIELDS
from feedback_service.domain.nouns import CASE_TYPES, CLOSE_REASONS, LINK_KINDS, PRIORITIES, STATUSES
from feedback_service.http.agents import ENTRIES
from feedback_service.http.agents_api import Entry
from feedback_service.intake import BODY, NAME, SUBJECT
from feedback_service.store.queue import DEEPEST, SORTS, VIEWS

Schema = dict[str, Any]

_TEXT: Schema = {"type": "string"}
_MOMENT: Schema = {"type": "string", "format": "date-time"}
_WORDS: Schema = {"type": "array", "items": _TEXT}
_PROBLEM: Schema = {"$ref": "#/components/schemas/Problem"}
_OBJECT: Schema = {"type": "object"}
_VERSION: Schema = {"type": "integer", "description": "The version of the case on which it was decided; another one now is answered 409."}
_SCHEME: Schema = {"type": "http", "scheme": "bearer", "description": "A token of an agent, kb_…"}


def with_agents(document: Schema) -> Schema:
    """Add every address of the agents' API to the document of the public one."""
    paths: Schema = {path: dict(methods) for path, methods in document["paths"].items()}
    for entry in ENTRIES:
        paths.setdefault(entry.path, {})[entry.method.lower()] = _operation(entry)
    return {**document, "paths": paths, "components": {**document["components"], "securitySchemes": {"agent": _SCHEME}}}


def _operation(entry: Entry) -> Schema:
    about = (entry.run.__doc__ or "").strip().splitlines()[0]
    names = re.findall(r"{(\w+)}", entry.path)
    parameters = [{"name": name, "in": "path", "required": True, "schema": _PATH[name]} for name in names]
    parameters += [
        {"name": name, "in": "query", "schema": schema} for name, schema in _QUERY.get(entry.path, {}).items() if entry.method == "GET"
    ]
    body = _BODIES.get((entry.method, entry.path))
    if body is not None and "text" in body["properties"]:
        parameters.append({"name": "Idempotency-Key", "in": "header", "schema": {"type": "string", "maxLength": 200}})
    described = {"summary": about, "security": [{"agent": []}], "parameters": parameters, "responses": _responses(entry)}
    if body is not None:
        described["requestBody"] = {"required": True, "content": {"application/json": {"schema": body | {"additionalProperties": False}}}}
    return described


def _responses(entry: Entry) -> Schema:
    statuses = {"401": "No token, or none that is good.", "404": "There is no such thing, or not for this token."}
    if entry.method != "GET":
        writes = {
            "400": "The body is no JSON object.",
            "403": "The agent may not do that.",
            "408": "It took too long.",
            "409": "Not as the case is now.",
        }
        statuses |= writes | {
            "413": "The body is too large.",
            "415": "The body is of another type.",
            "503": "Nothing was written; try again.",
        }
    statuses["422"] = "Fields or filters are wrong."
    refused = {status: {"description": said, "content": {"application/json": {"schema": _PROBLEM}}} for status, said in statuses.items()}
    done: Schema = {"description": "Done.", "content": {"application/json": {"schema": _OBJECT}}}
    if entry.path.startswith("/api/v1/exports/") and not entry.path.endswith(".json"):
        done["content"]["text/csv"] = {"schema": _TEXT}
    if entry.method == "DELETE":
        return {"204": {"description": "Gone."}, **refused}
    codes = ("200", "201") if entry.method == "POST" else ("200",)
    return {**dict.fromkeys(codes, done), **refused}


def _body(properties: Schema, *required: str) -> Schema:
    return {"type": "object", "properties": properties, "required": list(required)}


def _text(limit: int) -> Schema:
    return {"type": "string", "maxLength": limit}


_PATH: Mapping[str, Schema] = {
    "number": {"type": "integer", "minimum": 1, "description": "The public number of a case."},
    "login": {"type": "string", "pattern": "^[a-z0-9._-]{1,40}$"},
    "id": {"type": "string", "pattern": "^[0-9a-f]{16}$"},
}
_PERIOD: Schema = {
    "from": {"type": "string", "format": "date"},
    "to": {"type": "string", "format": "date"},
    "format": {"enum": ["json", "csv"]},
}
_QUERY: Mapping[str, Schema] = {
    "/api/v1/cases": {
        "view": {"enum": list(VIEWS)},
        "sort": {"enum": list(SORTS)},
        "page": {"type": "integer", "minimum": 1, "maximum": DEEPEST},
        **{name: _text(200) for name in ("words", "status", "priority", "team", "assignee", "tag")},
    },
    "/api/v1/reports": _PERIOD,
    "/api/v1/exports/cases": _PERIOD,
    "/api/v1/exports/ratings": _PERIOD,
    "/api/v1/audit": {"before": {"type": "integer", "minimum": 1}},
}
_CHANGE: Schema = {
    "version": _VERSION,
    "team": _TEXT,
    "assignee": {"type": ["string", "null"]},
    "priority": {"enum": list(PRIORITIES)},
    "tags": _WORDS,
    "due_at": {"anyOf": [_MOMENT, {"type": "null"}]},
    "note": _text(BODY),
    "status": {"enum": list(STATUSES[1:])},
    "close_reason": {"enum": [*CLOSE_REASONS, None]},
    "snoozed_until": _MOMENT,
}
_ACCOUNT: Schema = {
    "name": _text(NAME),
    "roles": {"type": "array", "items": {"enum": list(ROLES)}},
    "teams": _WORDS,
    "locale": _text(35),
    "email": _text(254),
    "disabled": {"type": "boolean"},
}
_NEW: Schema = {
    "subject": _text(SUBJECT), "body": _text(BODY), "email": _text(254), "name": _text(NAME), "locale": _TEXT,
    "type": {"enum": list(CASE_TYPES)}, "article": _TEXT, "revision": _TEXT, "query": _TEXT, "team": _TEXT,
    "priority": {"enum": list(PRIORITIES)},
}  # fmt: skip
_CASE = "/api/v1/cases/{number}"
_BODIES: Mapping[tuple[str, str], Schema] = {
    ("POST", "/api/v1/cases/new"): _body(_NEW, "subject", "body"),
    ("PATCH", _CASE): _body({name: _CHANGE[name] for name in ("version", *FIELDS)}, "version"),
    ("POST", f"{_CASE}/messages"): _body({"text": _text(BODY), "kind": {"enum": ["public", "note"]}, "version": _VERSION}, "text"),
    ("POST", f"{_CASE}/links"): _body({"article": _TEXT, "revision": _TEXT, "kind": {"enum": list(LINK_KINDS)}}, "article"),
    ("POST", f"{_CASE}/merge"): _body({"case": {"type": "integer"}, "confirmed": {"type": "boolean"}}, "case"),
    ("POST", f"{_CASE}/unmerge"): _body({"case": {"type": "integer"}}, "case"),
    ("POST", f"{_CASE}/spam"): _body({}),
    ("POST", "/api/v1/me/tokens"): _body({"label": _text(100), "reads_only": {"type": "boolean"}}, "label"),
    ("POST", "/api/v1/agents"): _body({"id": _TEXT, **_ACCOUNT}, "id", "name", "roles"),
    ("PATCH", "/api/v1/agents/{login}"): _body(_ACCOUNT),
}

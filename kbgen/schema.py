"""
JSON Schemas of what people write, made from the very types that check it: editors explain and complete fields with them.

A schema describes the text as typed (a period is "6mo", a text for each locale may be one text), not the value that comes of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

DIALECT = "https://json-schema.org/draft/2020-12/schema"

_PERIOD = {"type": "string", "pattern": "^[1-9][0-9]{0,2} ?(mo|months?|y|years?)$"}
_MOMENT = {"type": "string", "format": "date-time"}
_ID = {"type": "string", "pattern": "^[a-z0-9]+(-[a-z0-9]+)*$", "minLength": 3, "maxLength": 80}
_LENGTH = {
    "anyOf": [{"type": "integer", "minimum": 0, "maximum": 86_400}, {"type": "string", "pattern": "^([0-9]{1,2}:)?[0-9]{1,3}:[0-9]{2}$"}]
}

# Where the text that is typed has another form than the value: name of the type, field -> schema.
_TYPED: dict[tuple[str, str], dict[str, Any]] = {
    ("Head", "id"): _ID,
    ("Head", "replaced_by"): _ID,
    ("Head", "related"): {"type": "array", "items": _ID},
    ("Head", "aliases"): {"type": "array", "items": {"type": "string", "pattern": "^/[^/\\\\]"}},
    ("Head", "publish_at"): _MOMENT,
    ("Head", "expire_at"): _MOMENT,
    ("Review", "every"): _PERIOD,
    ("ReviewSettings", "every"): _PERIOD,
    ("Video", "duration"): _LENGTH,
    ("CategoryFile", "featured"): {"type": "array", "items": _ID, "maxItems": 50},
}


def schemas() -> dict[str, dict[str, Any]]:
    """
    Return file name -> JSON Schema (2020-12) for front matter, kbgen.toml, _category.toml and reviewers.toml.

    Unknown keys are refused, as they are by the checks themselves.
    """
    from kbgen.config.shapes import CategoryFile, Config  # noqa: PLC0415 - pydantic and all types, for one command
    from kbgen.config.words import CATEGORY_HELP  # noqa: PLC0415
    from kbgen.config.words import HELP as CONFIG_HELP  # noqa: PLC0415
    from kbgen.head.words import HELP  # noqa: PLC0415
    from kbgen.model import Head  # noqa: PLC0415
    from kbgen.review.reviewers import HELP as REVIEWERS_HELP  # noqa: PLC0415
    from kbgen.review.reviewers import Reviewers  # noqa: PLC0415

    return {
        "front-matter.schema.json": _schema(Head, HELP, "Front matter of an article"),
        "kbgen.schema.json": _schema(Config, CONFIG_HELP, "kbgen.toml, the settings of a knowledge base"),
        "reviewers.schema.json": _schema(Reviewers, REVIEWERS_HELP, "reviewers.toml, who approves what"),
        "category.schema.json": _schema(CategoryFile, CATEGORY_HELP, "_category.toml, what a folder is called and who looks after it"),
    }


def _schema(kind: Any, words: Mapping[str, tuple[str, str]], title: str) -> dict[str, Any]:  # noqa: ANN401 - a dataclass
    from pydantic import TypeAdapter  # noqa: PLC0415

    made: dict[str, Any] = TypeAdapter(kind).json_schema()
    parts: dict[str, Any] = made.get("$defs", {})
    for name, part in {kind.__name__: made, **parts}.items():
        part["additionalProperties"] = False
        part.pop("description", None)
        for field, value in part.get("properties", {}).items():
            value.pop("title", None)
            if "$ref" in value or "anyOf" in value:
                value.pop("default", None)  # a table that is left out has the defaults of its fields
            _as_typed(name, field, value)
    _say(made, "", parts, words)
    return {"$schema": DIALECT, **made, "title": title}


def _as_typed(name: str, field: str, value: dict[str, Any]) -> None:
    """Give a field the form that people type, where it differs from its value's."""
    own = _TYPED.get((name, field))
    if own is not None:
        value.clear()
        value.update(own)
    elif value.get("type") == "object" and value.get("additionalProperties") == {"type": "string"} and field != "colours":
        table = {"type": "object", "additionalProperties": {"type": "string"}}
        value.clear()
        value["anyOf"] = [{"type": "string"}, table]


def _say(part: dict[str, Any], path: str, parts: Mapping[str, Any], words: Mapping[str, tuple[str, str]]) -> None:
    """Write descriptions beside the fields, down through all tables."""
    for field, value in part.get("properties", {}).items():
        name = f"{path}{field}"
        text = words.get(name) or words.get(f"{path}*")
        if text:
            value["description"] = f"{text[0]} Example:  {text[1]}"
        for below, suffix in _tables(value):
            _say(parts[below], f"{name}.{suffix}", parts, words)


def _tables(value: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Name the types of the tables that a field holds, each with how its fields are called in the words."""
    places = [
        (value, ""),
        *((one, "") for one in value.get("anyOf", ())),
        (value.get("items"), "*."),
        (value.get("additionalProperties"), "*."),
    ]
    return [(place["$ref"].rpartition("/")[2], suffix) for place, suffix in places if isinstance(place, dict) and "$ref" in place]

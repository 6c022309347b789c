"""JSON Schemas: editors accept what we accept and mark what we refuse."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from kbgen import config, head
from kbgen.schema import schemas

ROOT = Path(__file__).parent.parent
SCHEMAS = schemas()
TYPES: dict[str, Any] = {
    "object": dict,
    "array": list,
    "string": str,
    "integer": int,
    "number": (int, float),
    "boolean": bool,
    "null": type(None),
}


def faults(value: Any, schema: dict[str, Any], top: dict[str, Any], where: str = "") -> list[str]:
    """Judge a value by the keywords of JSON Schema that ours use; an unknown keyword fails the test."""
    known = {
        "$schema",
        "$defs",
        "$ref",
        "title",
        "description",
        "default",
        "type",
        "enum",
        "const",
        "anyOf",
        "properties",
        "required",
        "additionalProperties",
        "items",
    }
    known |= {"pattern", "format", "minLength", "maxLength", "minItems", "maxItems", "minimum", "maximum", "exclusiveMinimum"}
    assert set(schema) <= known, set(schema) - known
    if "$ref" in schema:
        return faults(value, top["$defs"][schema["$ref"].rpartition("/")[2]], top, where)
    if "anyOf" in schema:
        tries = [faults(value, one, top, where) for one in schema["anyOf"]]
        return [] if any(not one for one in tries) else tries[0]
    kind = TYPES[schema["type"]] if "type" in schema else object
    if not isinstance(value, kind) or (isinstance(value, bool) and schema.get("type") not in {"boolean", None}):
        return [f"{where} type"]
    found = [f"{where} enum"] if "enum" in schema and value not in schema["enum"] else []
    if isinstance(value, str):
        found += [f"{where} pattern"] if not re.search(schema.get("pattern", ""), value) else []
        found += [f"{where} length"] if not schema.get("minLength", 0) <= len(value) <= schema.get("maxLength", 10**9) else []
    if isinstance(value, int | float):
        found += [f"{where} limit"] if not schema.get("minimum", -(10**12)) <= value <= schema.get("maximum", 10**12) else []
    if isinstance(value, list):
        found += [f"{where} items"] if len(value) > schema.get("maxItems", 10**9) else []
        for item in value:
            found += faults(item, schema.get("items", {}), top, f"{where}[]")
    if isinstance(value, dict):
        found += [f"{where}.{name} missing" for name in schema.get("required", ()) if name not in value]
        for name, item in value.items():
            below = schema.get("properties", {}).get(name, schema.get("additionalProperties", {}))
            found += [f"{where}.{name} unknown"] if below is False else faults(item, below, top, f"{where}.{name}")
    return found


class TextLoader(yaml.SafeLoader):
    """YAML as an editor reads it: dates stay text."""


TextLoader.yaml_implicit_resolvers = {
    key: [one for one in found if "timestamp" not in one[0]] for key, found in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def test_there_is_a_schema_for_each_file_that_people_write() -> None:
    """The files are plain JSON and name their dialect."""
    assert set(SCHEMAS) == {"front-matter.schema.json", "kbgen.schema.json", "category.schema.json", "reviewers.schema.json"}
    for schema in SCHEMAS.values():
        assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
        assert json.loads(json.dumps(schema)) == schema
        assert schema["additionalProperties"] is False


@pytest.mark.parametrize("name", sorted(SCHEMAS))
def test_every_field_is_described(name: str) -> None:
    """An editor shows for every field, at every depth, what it means and an example."""
    schema = SCHEMAS[name]
    for table in (schema, *schema.get("$defs", {}).values()):
        assert table["additionalProperties"] is False
        for field, value in table["properties"].items():
            assert "Example:" in value.get("description", ""), f"{table['title']}.{field}"


def test_no_help_is_left_over() -> None:
    """Each described setting exists, so the words do not outlive a field."""
    from kbgen.config.words import CATEGORY_HELP, HELP
    from kbgen.head.words import HELP as HEAD_HELP

    for name, words in (("kbgen.schema.json", HELP), ("front-matter.schema.json", HEAD_HELP), ("category.schema.json", CATEGORY_HELP)):
        text = json.dumps(SCHEMAS[name])
        for path, (meaning, example) in words.items():
            field = path.split(".")[-1]

            assert field == "*" or f'"{field}"' in text, path
            assert meaning.endswith(".")
            assert example


def test_the_sample_site_obeys_the_schemas() -> None:
    """kbgen.toml, the categories and the articles of the sample portal are valid by their schemas, as they are by the checks."""
    settings = ROOT / "kbgen.toml"
    if settings.exists():
        assert faults(tomllib.loads(settings.read_text(encoding="utf-8")), SCHEMAS["kbgen.schema.json"], SCHEMAS["kbgen.schema.json"]) == []
    for file in (ROOT / "content").rglob("_category.toml"):
        assert (
            faults(tomllib.loads(file.read_text(encoding="utf-8")), SCHEMAS["category.schema.json"], SCHEMAS["category.schema.json"]) == []
        ), file
    for file in (ROOT / "content" / "en").rglob("*.md"):
        parts, _ = head.split(file.read_bytes(), file.name)
        if parts is not None and head.read(parts.front, file.name)[0] is not None:
            record = yaml.load(parts.front, TextLoader)

            assert faults(record, SCHEMAS["front-matter.schema.json"], SCHEMAS["front-matter.schema.json"]) == [], file


@pytest.mark.parametrize(
    "front",
    [
        "tittle: x",
        "status: publishedd",
        "tags: foo",
        "order: first",
        "featured: 'no'",
        "review: {every: quarterly}",
        "review: {every: 3}",
        "id: KB 1",
        "sources: [{title: x}]",
        "aliases: [//evil]",
    ],
)
def test_what_the_checks_refuse_an_editor_marks(front: str) -> None:
    """The schema and the checks agree on what is wrong."""
    whole = yaml.load("id: kb-7f3k2q\ntitle: t\ndescription: d\n", TextLoader) | yaml.load(front, TextLoader)
    text = yaml.safe_dump(whole, allow_unicode=True)

    assert faults(whole, SCHEMAS["front-matter.schema.json"], SCHEMAS["front-matter.schema.json"])
    assert head.read(text, "content/en/a.md")[0] is None


@pytest.mark.parametrize(
    "text",
    [
        '[site]\ntitel = "x"',
        "[site]\ntitle = 1",
        "[budgets]\ncss_kb = -1",
        '[review]\napproval = "often"',
        '[build]\ncache = "x"',
        '[markdown]\nraw_html = "x"',
        "[feedback]\ncontact = 1",
    ],
)
def test_what_settings_refuse_an_editor_marks(text: str) -> None:
    """The same for kbgen.toml."""
    assert faults(tomllib.loads(text), SCHEMAS["kbgen.schema.json"], SCHEMAS["kbgen.schema.json"])
    assert config.read(text)[0] is None

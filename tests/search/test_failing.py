"""Files of the index that fail: what has come still answers, what has not is said, and the next try asks for it again."""

from __future__ import annotations

import json
from typing import Any

import pytest
from search.engines import files_of, in_node

ARTICLES = (
    {"title": "Reset your password", "body": "Ask for a link.", "url": "en/account/reset/"},
    {"title": "Download an invoice", "body": "Your invoice is a file.", "url": "en/orders/invoice/", "tags": ["billing"]},
)
NODE = """
const { load, search } = await import(`${scripts}/query.mjs`);
const asked = [];
let broken = value.broken;
const get = async (url) => {
  const path = url.replace("http://portal/", "");
  asked.push(path);
  for (const [part, how] of Object.entries(broken)) {
    if (!path.includes(part)) continue;
    if (how === "late") await new Promise((done) => setTimeout(done, 300));
    else if (typeof how === "number") return new Response("", { status: how });
    else return new Response(how);
  }
  return path in value.files ? new Response(value.files[path]) : new Response("", { status: 404 });
};
const index = await load("http://portal/en/search/index.json", get);
const told = (hits) => ({ titles: hits.map(({ title }) => title), missing: hits.missing.length, facets: !!hits.facets });
"""


@pytest.fixture(scope="module")
def files() -> dict[str, str]:
    """The files of an index."""
    return {path: data.decode() for path, data in files_of(*ARTICLES).items()}


def run(files: dict[str, str], broken: dict[str, Any], program: str) -> Any:
    """Search in Node.js while some files fail: part of a path -> a status, a body, or "late"."""
    return in_node(NODE + program, {"files": files, "broken": broken})


@pytest.mark.parametrize("how", [503, "{}", "[]", "5", '{"error":"x"}', "<html>"])
def test_broken_facets_never_throw(files: dict[str, str], how: Any) -> None:
    """A file of facets that fails or is of a wrong form costs the filters only; it is asked for again, and then they are there."""
    facets = _named(files, "facets")
    first, second = run(
        files,
        {facets: how},
        """
        result = [told(await search(index, "password", { facets: true }))];
        broken = {};
        result.push(told(await search(await load("http://portal/en/search/index.json", get), "password", { facets: true })));
        """,
    )

    assert first == {"titles": ["Reset your password"], "missing": 1, "facets": False}
    assert second == {"titles": ["Reset your password"], "missing": 0, "facets": True}


@pytest.mark.parametrize("how", [503, "{}", "[]", "5", "<html>"])
def test_a_broken_head_never_throws(files: dict[str, str], how: Any) -> None:
    """Without the most frequent words a slip is still found among the neighbours."""
    told = run(files, {_named(files, "head"): how}, 'result = told(await search(index, "pasword"));')

    assert told["titles"] == ["Reset your password"]
    assert told["missing"] == 1


def test_a_file_that_failed_for_one_query_is_missing_for_another(files: dict[str, str]) -> None:
    """Two queries that run side by side both know what did not come: the second never says that nothing was found."""
    shards = [path for path in files if path.endswith(".json") and path != "en/search/index.json"]
    broken: dict[str, Any] = dict.fromkeys(shards, 503)
    told = run(
        files,
        {**broken, _named(files, "facets"): "late"},
        """
        const one = search(index, "password", { facets: true });
        await new Promise((done) => setTimeout(done, 100));
        result = [told(await search(index, "password")), told(await one)];
        broken = {};
        result.push(told(await search(index, "password")));
        """,
    )

    assert [one["missing"] > 0 for one in told] == [True, True, False]
    assert told[2]["titles"] == ["Reset your password"]


def test_phrases_wait_for_their_text(files: dict[str, str]) -> None:
    """A page of plain text that a server cannot give is missing; one that does not exist holds nothing."""
    program = """
        result = [told(await search(index, '"ask for"'))];
        broken = {}; value.files["en/account/reset/index.md"] = "Ask for a link.";
        result.push(told(await search(index, '"ask for"')));
        """
    down, gone = run(files, {"index.md": 503}, program), run(files, {"index.md": 410}, program)

    assert [one["titles"] for one in down] == [[], ["Reset your password"]]
    assert down[0]["missing"] == 1
    assert gone[0] == {"titles": [], "missing": 0, "facets": False}


def test_a_query_that_nobody_waits_for_asks_for_nothing(files: dict[str, str]) -> None:
    """Who types on is not made to load what the letters in between would have shown."""
    asked = run(files, {}, 'await search(index, "password", { still: async () => false }); result = asked;')

    assert asked == ["en/search/index.json"]


def _named(files: dict[str, str], key: str) -> str:
    """Return part of the path of a file that the manifest names."""
    return f"/{json.loads(files['en/search/index.json'])[key]}.json"

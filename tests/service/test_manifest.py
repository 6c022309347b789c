"""What the portal told: read whole or not at all, looked at again when it changes, and kept when the new one cannot be read."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from service.http.live import MANIFEST, entry

from feedback_service.http.service import ManifestFile
from feedback_service.manifest import ManifestError, read_manifest

REPLY = {"id": "reply-1", "locale": "fa", "title": "سلام", "revision": "r1", "text": "سلام {{case.number}}"}


def written(**more) -> str:
    """Write a manifest."""
    return json.dumps({**MANIFEST, **more})


def test_articles_replies_and_what_is_known():
    """Each language of an article is an entry; former ids and revisions of all languages are known."""
    articles = [entry("en", revision="r1", revisions=["r0"], ids=["kb-old"]), entry("ca", revision="c1"), entry("en", id="kb-two", ids=[])]
    manifest = read_manifest(written(articles=articles, replies=[REPLY]))

    assert manifest.known.articles["kb-old"] == manifest.known.articles["kb-return"] == "kb-return"
    assert {"r0", "r1", "c1", "aaa0000"} <= set(manifest.known.revisions["kb-return"])
    assert manifest.known.locales == {"en", "ca"}
    assert manifest.replies[0].title == "سلام"
    assert manifest.find("kb-two", "ca").locale == "en"
    assert manifest.find("kb-three", "ca") is None


def test_fields_that_may_be_missing():
    """An article without former ids and revisions has none."""
    plain = {name: value for name, value in entry("en").items() if name not in {"ids", "revisions"}}

    assert read_manifest(written(articles=[plain])).known.articles == {"kb-return": "kb-return"}


WRONG = ["", "[]", "{}", written(schema=2), written(articles=[{}]), written(articles={}), written(replies=[1]), "[" * 100_000]


@pytest.mark.parametrize("text", WRONG, ids=range(len(WRONG)))
def test_what_is_no_manifest_is_refused(text):
    """Another schema, a missing field, something else: one line, and nothing half-read."""
    with pytest.raises(ManifestError):
        read_manifest(text)


def test_a_new_manifest_is_seen_and_a_broken_one_is_not_believed(tmp_path, caplog):
    """The service follows the portal's builds without a restart, and goes on with the last good one."""
    path, seconds = tmp_path / "kb-manifest.json", [0.0]
    file = ManifestFile(path, lambda: seconds[0])
    seen = [set(file.current.known.articles)]
    for text in (written(articles=[entry("en", id="kb-a", ids=[])]), "{", written(articles=[entry("en", id="kb-bb", ids=[])])):
        path.write_text(text, encoding="utf-8")
        seconds[0] += 2
        seen.append(set(file.current.known.articles))

    assert seen == [set(), {"kb-a"}, {"kb-a"}, {"kb-bb"}]
    assert "The manifest cannot be read" in caplog.text


def test_the_golden_copy_of_the_contract_is_read():
    """What the generator's tests prove that it writes, this house reads: ids of old, older revisions, topics in every language."""
    manifest = read_manifest((Path(__file__).parents[1] / "contract" / "kb-manifest.json").read_text(encoding="utf-8"))
    persian = manifest.find("kb-reset", "fa")

    assert manifest.base_url == "https://help.example"
    assert manifest.known.articles["kb-old"] == "kb-refund"
    assert "7659a25130c6" in manifest.known.revisions["kb-reset"]
    assert (persian.title, persian.category, persian.revision) == ("بازنشانی رمز عبور", "account", "0423db2fa6a5")
    assert [reply.id for reply in manifest.replies] == ["kb-thanks"]

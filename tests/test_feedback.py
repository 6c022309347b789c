"""The two files between portal and service, from the generator's side: the manifest it hands over, the export it reads."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from bad_inputs.tools import AS_OF, build, command
from conftest import commit_all
from hypothesis import given
from hypothesis import strategies as st

from kbgen.feedback import ExportError, Votes, read

CONTRACT = Path(__file__).parent / "contract"
Make = Callable[..., Path]


def article(key: str, title: str, body: str = "Write to us.", **more: str) -> str:
    head = {"id": key, "title": title, "description": "What to do", "status": "published", "keywords": "[lamp]", **more}
    return "---\n" + "\n".join(f"{name}: {text}" for name, text in head.items()) + f"\n---\n{body}\n"


RESET = "content/en/account/reset.md"
SITE = {
    "kbgen.toml": '[site]\nbase_url = "https://help.example"\n[locales.en]\n[locales.fa]\n[feedback]\nexport = "feedback.json"\n',
    "content/en/account/_category.toml": 'title = "Account"\nqueue = "accounts"\nowner = "team-a"\n',
    RESET: article("kb-reset", "Reset your password"),
    "content/fa/account/reset.md": article("kb-reset", "بازنشانی رمز عبور"),
    "content/en/orders/refund.md": article("kb-refund", "Get a refund"),
    "content/en/orders/older.md": article("kb-older", "Refunds of 2024", status="archived", replaced_by="kb-old"),
    "content/en/orders/old.md": article("kb-old", "Refunds of 2025", status="archived", replaced_by="kb-refund"),
    "content/en/replies/thanks.md": article("kb-thanks", "Thanks", "Thank you for writing to us.", kind="reply", audience="agents"),
}


@pytest.fixture
def root(site_factory: Make) -> Path:
    """A site with two texts of one article in its history, and the golden export beside it."""
    folder = site_factory(SITE, git=True)
    (folder / RESET).write_text(article("kb-reset", "Reset your password", "Open the app, then write to us."), encoding="utf-8")
    commit_all(folder)
    (folder / "feedback.json").write_bytes((CONTRACT / "feedback.json").read_bytes())
    return folder


def page(root: Path, url: str) -> str:
    return (root / "dist" / url / "index.html").read_text(encoding="utf-8")


def test_what_is_for_the_agent_is_not_sent(site_factory: Make) -> None:
    """The box at the end of a canned reply stays with the agent; all before it is handed over."""
    body = 'Thank you.\n\nKind regards\n\n!!! note "For the agent & you"\n    Never promise a day.\n'
    reply = article("kb-thanks", "Thanks", body, kind="reply", audience="agents")
    root = site_factory({**SITE, "content/en/replies/thanks.md": reply}, git=True)
    (root / "feedback.json").write_bytes((CONTRACT / "feedback.json").read_bytes())

    assert build(root).written
    manifest = json.loads((root / "handoff" / "kb-manifest.json").read_text(encoding="utf-8"))
    assert [reply["text"] for reply in manifest["replies"]] == ["Thank you.\nKind regards"]


def test_the_manifest_is_the_golden_one(root: Path) -> None:
    """What the service reads: articles with queue, owner, revision as pages name it, older texts, replaced ids, and canned replies."""
    assert build(root).written
    assert (root / "handoff" / "kb-manifest.json").read_text(encoding="utf-8") == (CONTRACT / "kb-manifest.json").read_text(
        encoding="utf-8"
    )


def test_a_page_sends_the_revision_of_the_manifest(root: Path) -> None:
    """A vote names the text by the very word under which the manifest has it: in each language its own."""
    (root / "kbgen.toml").write_text(SITE["kbgen.toml"].replace("[feedback]\n", '[feedback]\nurl = "https://service.example"\n'))
    assert build(root).written
    rows = json.loads((root / "handoff" / "kb-manifest.json").read_text(encoding="utf-8"))["articles"]

    assert len(rows) == 3
    assert all(f'name="revision" value="{row["revision"]}"' in page(root, row["url"]) for row in rows)
    assert not {one for row in rows for one in row.get("revisions", ())} & {row["revision"] for row in rows}


def test_the_golden_export_is_read() -> None:
    """Votes of articles and of their texts, misses and answers come as the service wrote them."""
    export = read((CONTRACT / "feedback.json").read_bytes())

    assert export.votes == {"kb-refund": Votes(11, 1), "kb-reset": Votes(7, 9)}
    assert Votes(3, 9) in export.revisions.values()
    assert [(one.locale, one.query, one.times) for one in export.misses] == [("fa", "مرجوعی", 4), ("en", "refund lamp", 3)]
    assert export.answers["kb-reset", "en"][0].question == "Does it work <b>without</b> the app?"


def test_answers_stand_on_their_article(root: Path) -> None:
    """An approved question stands below its article, in its language only, as text; a new one renders that page again, and no other."""
    assert build(root).written
    first = page(root, "en/account/reset")
    export = json.loads((root / "feedback.json").read_text(encoding="utf-8"))
    export["answers"][0]["answer"] = "Only with the app."
    (root / "feedback.json").write_text(json.dumps(export), encoding="utf-8")
    again = build(root)

    assert "Does it work &lt;b&gt;without&lt;/b&gt; the app?" in first
    assert "kb-answers" not in page(root, "fa/account/reset") + page(root, "en/orders/refund")
    assert "Only with the app." in page(root, "en/account/reset")
    assert json.loads(command(root, "build", "--jobs", "1", "--as-of", AS_OF, "--format", "json").stdout)["written"]
    assert '"made": 1' in again.text or '"made":1' in again.text


def test_the_home_page_shows_what_helps(root: Path) -> None:
    """Most helpful are articles that ten readers or more voted on, and most of them with yes; others are not called so."""
    assert build(root).written
    home = page(root, "en").partition('id="kb-helpful"')[2].partition("</section>")[0]

    assert "Get a refund" in home
    assert "Reset your password" not in home


def test_nine_votes_say_nothing(root: Path) -> None:
    """Below ten votes an article is neither praised nor listed as unhelpful, however they went."""
    rows = [{"article": "kb-refund", "yes": 9, "no": 0}, {"article": "kb-reset", "yes": 0, "no": 9}]
    (root / "feedback.json").write_text(json.dumps({"schema": 1, "made_at": AS_OF, "ratings": rows}), encoding="utf-8")
    assert build(root).written

    assert 'id="kb-helpful"' not in page(root, "en")
    assert json.loads(command(root, "feedback", "--format", "json").stdout) == {"unhelpful": [], "misses": []}


def test_few_votes_promise_less_than_many() -> None:
    """Ten of ten is less sure than ninety-nine of a hundred; nothing is sure without votes."""
    assert Votes(10, 0).sure < Votes(99, 1).sure < 1
    assert Votes(0, 0).sure == 0
    assert Votes(81, 19).sure == pytest.approx(0.7222, abs=0.0001)  # interval of Wilson for 81 of 100: 0.722 to 0.875


def test_writers_are_told_what_does_not_help(root: Path) -> None:
    """The text of today with most votes against it, and what is searched in vain with what it finds by now; text and JSON agree."""
    assert build(root).written
    told = command(root, "feedback")
    plain = json.loads(command(root, "feedback", "--format", "json").stdout)

    assert told.exit_code == 0
    assert "3 of 12  en/account/reset/  Reset your password  (team-a)" in told.output
    assert "4 times  fa  مرجوعی" in told.output
    assert [(one["id"], one["locale"], one["yes"], one["no"]) for one in plain["unhelpful"]] == [("kb-reset", "en", 3, 9)]
    assert [(one["query"], one["found_today"] > 0) for one in plain["misses"]] == [("مرجوعی", False), ("refund lamp", True)]


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"kbgen.toml": ""}, "names no export"),
        ({"kbgen.toml": '[feedback]\nexport = "feedback.json"\n'}, "cannot be read"),
        ({"kbgen.toml": '[feedback]\nexport = "feedback.json"\n', "feedback.json": "{"}, "cannot be read"),
        ({"kbgen.toml": SITE["kbgen.toml"], "feedback.json": '{"schema": 1, "made_at": "2026-03-01", "ratings": []}'}, "kbgen build"),
    ],
)
def test_what_is_missing_is_said(site_factory: Make, files: dict[str, str], said: str) -> None:
    """Without an export, a readable one, or a build before, the command says what to do: wrong usage, no traceback."""
    result = command(site_factory(files), "feedback")

    assert result.exit_code == 2
    assert said in result.output


JSON: Any = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(["article", "yes", "no", "locale", "revisions", "times"]), inner)
    ),
    max_leaves=12,
)


@given(ratings=JSON, misses=JSON, answers=JSON, made_at=JSON | st.just("2026-03-01T00:00:00+00:00"))
def test_no_export_is_too_strange(ratings: Any, misses: Any, answers: Any, made_at: Any) -> None:
    """Whatever stands in the file, it is read or refused as an export, and nothing else happens."""
    text = json.dumps({"schema": 1, "made_at": made_at, "ratings": ratings, "misses": misses, "answers": answers})
    try:
        export = read(text.encode())
    except ExportError:
        return

    assert all(votes.count >= 0 for votes in export.votes.values())

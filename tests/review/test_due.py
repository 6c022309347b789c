"""Reviews: who attested what, which article is due when, and how it is told."""

from __future__ import annotations

import csv
import json
import shutil
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from review.asking import run
from review.repository import LAMP, REFUND, Repository, article

ALL = [word for one in ("facts", "steps", "links", "words") for word in ("--checked", one)]
EVERY = '[review]\nevery = "6mo"\n'
BEGUN = "2026-02-02"  # the clock of the repository


@pytest.fixture
def asked(kept: Repository, monkeypatch: pytest.MonkeyPatch) -> Repository:
    """A knowledge base that asks for reviews; bob sits at the keyboard."""
    for name, text in (("NAME", "bob"), ("EMAIL", "bob@help.example"), ("DATE", "2026-05-10T12:00:00+00:00")):
        monkeypatch.setenv(f"GIT_COMMITTER_{name}", text)
    kept.commit("Ask for reviews", {"kbgen.toml": EVERY})
    return kept


def due(kept: Repository, day: str, *words: str, within: str = "2y") -> dict[str, dict[str, Any]]:
    """Ask what is due: id -> row."""
    told = run(kept, "due", "--as-of", day, "--within", within, "--format", "json", *words)
    return {row["id"]: row for row in json.loads(told.stdout)}


def test_a_review_is_due_after_its_period(asked: Repository) -> None:
    """Counted from the day on which the article came; high risk halves the site's period, low risk doubles it, its own stands."""
    risk = article("risk").replace("tags: []", "review: {risk: high}")
    rare = article("rare").replace("tags: []", "review: {risk: low}")
    own = article("own").replace("tags: []", "review: {every: 1mo, risk: high}")
    asked.commit("More", {f"content/en/devices/{name}.md": text for name, text in (("risk", risk), ("rare", rare), ("own", own))})
    rows = due(asked, "2026-02-10")

    assert {name: row["due"] for name, row in rows.items()} == {
        "kb-own": "2026-03-02",
        "kb-risk": "2026-05-02",
        "kb-lamp": "2026-08-02",
        "kb-refund": "2026-08-02",
        "kb-rare": "2027-02-02",
    }
    assert {row["state"] for row in rows.values()} == {"due"}
    assert due(asked, "2026-05-03")["kb-own"]["state"] == "overdue"


@pytest.mark.parametrize(
    ("settings", "head"),
    [
        ("", "tags: []"),
        (EVERY, "publish_at: 2030-01-01T00:00:00Z"),
        (EVERY, "translation: {source_blob: abcdef1}"),
        (EVERY, "expire_at: 2026-02-03T00:00:00Z"),
    ],
)
def test_what_nobody_asks_for_is_not_due(asked: Repository, settings: str, head: str) -> None:
    """No period, not shown yet or no longer, a translation that follows its original: none of them is on the list."""
    asked.commit("Other", {"kbgen.toml": settings, LAMP: article("lamp").replace("tags: []", head)})

    assert "kb-lamp" not in due(asked, "2026-06-01")


def test_dates_in_front_matter_count_for_nothing(asked: Repository) -> None:
    """Only an attestation moves the day; an edit of the text does not."""
    before = due(asked, "2026-05-01")["kb-lamp"]
    asked.commit("Bump", {LAMP: article("lamp", "New text.").replace("tags: []", "publish_at: 2026-01-01T00:00:00Z")})
    after = due(asked, "2026-05-01")["kb-lamp"]
    run(asked, "reviewed", "kb-lamp", "--result", "ok", *ALL)
    attested = due(asked, "2026-05-20")["kb-lamp"]
    earlier = due(asked, "2026-05-01")["kb-lamp"]

    assert (before["due"], after["due"], earlier["due"]) == ("2026-08-02", "2026-08-02", "2026-08-02")
    assert (attested["due"], attested["reviewed"], attested["by"]) == ("2026-11-10", "2026-05-10", "Bob B")


def test_an_attestation_counts_once_its_text_is_on_the_branch(asked: Repository) -> None:
    """What was read on a branch that is not merged counts for nothing; a squash of it does, and an edit later is told."""
    asked.git("switch", "--quiet", "--create", "mend")
    asked.commit("Mend", {LAMP: article("lamp", "Mended.")})
    run(asked, "reviewed", "kb-lamp", "--result", "changed", *ALL)
    asked.git("switch", "--quiet", "edit")
    before = due(asked, "2026-06-01")["kb-lamp"]
    asked.git("merge", "--quiet", "--squash", "mend")
    asked.git("commit", "--quiet", "--message", "Mended (squashed)")
    squashed = due(asked, "2026-06-01")["kb-lamp"]
    asked.commit("Edit", {LAMP: article("lamp", "Mended again.")})
    edited = due(asked, "2026-06-01")["kb-lamp"]

    assert (before["reviewed"], squashed["reviewed"], edited["reviewed"]) == ("", "2026-05-10", "2026-05-10")
    assert (squashed["edited"], edited["edited"]) == (False, True)


def test_a_commit_attests_too_and_strangers_do_not(asked: Repository) -> None:
    """The same lines in the message of a commit count; those of somebody whom reviewers.toml does not know are told and not believed."""
    said = f"Review\n\nAttested: kb-lamp en blob={asked.blob(LAMP)} result=ok\nReviewed-by: {{0}} <{{0}}@help.example>"
    asked.commit(said.format("eve"), who="eve")
    stranger = run(asked, "due", "--as-of", "2026-05-01", "--within", "2y")
    asked.commit(said.format("cat"), who="eve")
    lent = due(asked, "2026-05-01")["kb-lamp"]
    asked.commit(said.format("cat"), who="cat")

    assert "nobody in reviewers.toml has the address eve@help.example" in stranger.stderr
    assert lent["reviewed"] == ""
    assert due(asked, "2026-05-01")["kb-lamp"]["by"] == "Cat C"


def test_only_signed_reviews_count_where_the_policy_says_so(asked: Repository, tmp_path: Path) -> None:
    """With min_trust = signed a claim is told and not believed; a signature with the person's key is."""
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(tmp_path / "bob")], check=True)
    key = (tmp_path / "bob.pub").read_text().strip()
    file = asked.root / "reviewers.toml"
    text = file.read_text().replace('name = "Bob B"', f'name = "Bob B"\nssh = ["{key}"]') + '[policy]\nmin_trust = "signed"\n'
    asked.commit("Ask for signatures", {"reviewers.toml": text})
    run(asked, "reviewed", "kb-lamp", "--result", "ok", "--no-sign", *ALL)
    claimed = run(asked, "due", "--as-of", "2026-06-01", "--within", "2y")
    asked.git("config", "gpg.format", "ssh")
    asked.git("config", "user.signingkey", str(tmp_path / "bob.pub"))
    run(asked, "reviewed", "kb-lamp", "--result", "ok", *ALL)

    assert "is claimed, and the policy asks for signed" in claimed.stderr
    assert "never reviewed" in claimed.stdout
    assert due(asked, "2026-06-01")["kb-lamp"]["reviewed"] == "2026-05-10"


def test_a_review_has_to_be_whole_and_of_a_committed_text(asked: Repository) -> None:
    """A list that is not finished, a text that others cannot see, and an unknown id are refused with what to do."""
    short = run(asked, "reviewed", "kb-lamp", "--result", "ok", "--checked", "facts")
    (asked.root / REFUND).write_text(article("refund", "Not committed."))
    loose = run(asked, "reviewed", "kb-refund", "--result", "ok", *ALL)
    strange = run(asked, "reviewed", "kb-nowhere", "--result", "ok", *ALL)
    gone = run(asked, "reviewed", "kb-lamp", "--result", "retire")

    assert [one.exit_code for one in (short, loose, strange, gone)] == [2, 2, 2, 0]
    assert "--checked steps" in short.output
    assert "--checked facts" not in short.output
    assert "not committed" in loose.output
    assert "No article" in strange.output or "has no article" in strange.output
    assert due(asked, "2026-06-01")["kb-lamp"]["state"] == "retire"


def test_a_shallow_clone_says_that_it_does_not_know(asked: Repository, tmp_path: Path) -> None:
    """Without the history nobody can say since when an article is there: exit code 3, and no day."""
    subprocess.run(["git", "clone", "--quiet", "--depth=1", f"file://{asked.top}", str(tmp_path / "shallow")], check=True)
    clone = Repository.__new__(Repository)
    clone.root = clone.top = tmp_path / "shallow"
    told = run(clone, "due", "--as-of", "2026-06-01", "--format", "json")

    assert told.exit_code == 3
    assert {(row["state"], row["due"]) for row in json.loads(told.stdout)} == {("unknown", "")}


def test_outside_git_nothing_is_known(asked: Repository) -> None:
    """Without any history each article is unknown, and the sentence says why."""
    shutil.rmtree(asked.top / ".git")
    told = run(asked, "due", "--as-of", "2026-06-01")

    assert told.exit_code == 3
    assert "2 not known, because the history is not complete here" in told.output


def test_every_form_tells_the_same(asked: Repository, tmp_path: Path) -> None:
    """Text, Markdown, CSV, JSON, a calendar and one file for each owner; exit code 1 for what is overdue, 0 without."""
    lamp = article("lamp").replace("About lamp", "=Lämp; [a](b), 燈 " + "long " * 14)
    asked.commit("Owners", {"content/en/billing/_category.toml": 'owner = "billing"\n', LAMP: lamp.replace("tags: []", "owner: Ana & Co")})
    words = ("due", "--as-of", "2026-09-01", "--within", "1y")
    told = {form: run(asked, *words, "--format", form) for form in ("text", "markdown", "csv", "json", "ics")}
    issues = run(asked, *words, "--by-owner", str(tmp_path / "issues"))
    rows = list(csv.DictReader(told["csv"].stdout.splitlines()))
    calendar = told["ics"].stdout_bytes.decode()

    assert {one.exit_code for one in (*told.values(), issues)} == {1}
    assert run(asked, "due", "--as-of", "2026-03-01").exit_code == 0
    assert {row["id"]: (row["owner"], row["state"]) for row in rows} == {
        "kb-lamp": ("Ana & Co", "overdue"),
        "kb-refund": ("billing", "overdue"),
    }
    assert next(row for row in rows if row["id"] == "kb-lamp")["title"].startswith("'=")
    assert "2 reviews, 2 overdue" in told["text"].stdout
    assert "\\[a\\]" in told["markdown"].stdout
    assert sorted(file.name for file in (tmp_path / "issues").iterdir()) == ["ana-co.md", "billing.md"]
    assert "- [ ] About refund" in (tmp_path / "issues" / "billing.md").read_text()
    assert all(len(line.encode()) <= 75 for line in calendar.split("\r\n"))
    assert calendar.replace("\r\n ", "").count("SUMMARY:Review: =Lämp\\; [a](b)\\, 燈 long") == 1
    assert calendar.count("BEGIN:VEVENT") == calendar.count("END:VEVENT") == 2
    assert calendar.endswith("END:VCALENDAR\r\n")


def test_weeks_are_levelled_for_each_owner(asked: Repository) -> None:
    """Forty articles that came on one day do not come due in one week, and none is planned after its day."""
    asked.commit("Many", {f"content/en/devices/a{at}.md": article(f"a{at}") for at in range(40)})
    rows = [row for row in due(asked, "2026-05-04", within="1y").values() if row["id"].startswith("kb-a")]
    weeks = [row["week"] for row in rows]

    assert len(rows) == 40
    assert max(weeks.count(week) for week in weeks) <= 6
    assert all(row["week"] <= row["due"] for row in rows)
    assert all(datetime.fromisoformat(row["week"]).weekday() == 0 for row in rows)


def test_without_reviewers_everybody_counts(asked: Repository) -> None:
    """A small team has no reviewers.toml: whoever git knows attests, under their own name."""
    asked.commit("Alone", {"reviewers.toml": None})
    done = run(asked, "reviewed", "kb-lamp", "--result", "ok", *ALL)

    assert done.exit_code == 0, done.output
    assert due(asked, "2026-06-01")["kb-lamp"]["by"] == "bob"


def test_what_is_attested_for_later_does_not_count_yet(asked: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    """A clock that is wrong, or a date that is made up, postpones nothing before that day has come."""
    later = datetime(2026, 5, 10, tzinfo=UTC) + timedelta(days=3000)
    monkeypatch.setenv("GIT_COMMITTER_DATE", later.isoformat())
    run(asked, "reviewed", "kb-lamp", "--result", "ok", *ALL)

    assert due(asked, "2026-09-01")["kb-lamp"]["state"] == "overdue"

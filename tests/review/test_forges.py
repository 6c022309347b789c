"""What forges tell: which texts it approves, and that all ways of telling come to the same."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from review.asking import approved, reviews, tag
from review.repository import LAMP, REFUND, REVIEWERS, Repository, article

from kbgen.review import changes
from kbgen.review.evidence import EvidenceError, gather, reviewers_at

PEOPLE = ("ana", "bob", "cat")


def test_a_forge_approves_the_texts_of_the_commit_that_was_looked_at(kept: Repository, tmp_path: Path) -> None:
    """A later edit lapses it for that article alone; a comment takes nothing back; asking for changes and dismissing do."""
    first = kept.commit("Edit", {REFUND: article("refund", "New."), "content/en/billing/plan.md": article("plan")})
    yes = [("bob-gh", "APPROVED", first), ("bob-gh", "COMMENTED", first)]
    both = approved(kept, payloads=reviews(kept, tmp_path, *yes))
    kept.commit("Edit again", {REFUND: article("refund", "Newer.")})
    one = approved(kept, payloads=reviews(kept, tmp_path, *yes))
    no = [approved(kept, payloads=reviews(kept, tmp_path, *yes, ("bob-gh", state, first))) for state in ("CHANGES_REQUESTED", "DISMISSED")]

    assert both == {"kb-refund": True, "kb-plan": True}
    assert one == {"kb-refund": False, "kb-plan": True}
    assert no == [{"kb-refund": False, "kb-plan": False}] * 2


def test_strangers_and_lost_commits_are_told(kept: Repository, tmp_path: Path) -> None:
    """A login that nobody has, and a commit that was pushed away, approve nothing and are named."""
    kept.commit("Edit", {REFUND: article("refund", "New.")})
    payloads = reviews(kept, tmp_path, ("eve", "APPROVED", kept.git("rev-parse", "HEAD")), ("bob-gh", "APPROVED", "f" * 40))
    proposal = changes.read(kept.root, "main", "HEAD")
    found = gather(kept.root, proposal, payloads, reviewers_at(kept.root, proposal.target))

    assert found.approvals == ()
    assert [note.split(":")[1] for note in found.notes] == [
        " nobody in reviewers.toml has the login eve",
        " bob-gh approved ffffffffff, which is not here",
    ]


@pytest.mark.parametrize("text", ["{", "[1]", "{}", '[{"state": "APPROVED"}]', "null", '"x"', "[" * 100_000])
@pytest.mark.parametrize("provider", ["github", "gitlab", "forgejo", "file"])
def test_a_payload_that_cannot_be_read_is_no_answer(kept: Repository, tmp_path: Path, provider: Any, text: str) -> None:
    """It is neither a yes nor a no."""
    file = tmp_path / "payload.json"
    file.write_text(text)
    proposal = changes.read(kept.root, "main", "HEAD")
    with pytest.raises(EvidenceError) as caught:
        gather(kept.root, proposal, {provider: file}, reviewers_at(kept.root, "main"))

    assert str(caught.value).startswith(f"{file}: ")


# One history, told by three forges and by git: (who, "yes" | "no") at each step, steps being edits of one article or another.
STEPS = st.lists(
    st.tuples(st.sampled_from(["lamp", "refund", ""]), st.lists(st.tuples(st.sampled_from(PEOPLE), st.booleans()), max_size=2)),
    min_size=1,
    max_size=4,
)


@settings(max_examples=8)
@given(steps=STEPS)
def test_all_providers_come_to_the_same_verdicts(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[str, list[tuple[str, bool]]]]
) -> None:
    """Whether reviews are told by GitHub, GitLab, Forgejo or plain git, the same articles are approved."""
    folder = tmp_path_factory.mktemp("history")
    kept = Repository(folder / "kb", REVIEWERS + '[[rules]]\ncategory = "devices"\nneed = 2\nof = "all"\n'.replace("all", "billing"))
    kept.git("switch", "--quiet", "--create", "edit")
    kept.commit("Edit", {LAMP: article("lamp", "0."), REFUND: article("refund", "0.")})
    told: list[tuple[str, bool, str, int]] = []  # who, yes or no, to which commit, when
    versions = []
    for at, (name, said) in enumerate(steps, 1):
        path = {"lamp": LAMP, "refund": REFUND}.get(name)
        head = kept.commit(f"Step {at}", {path: article(name, f"{at}.")} if path else {})
        versions.append({"head_commit_sha": head, "created_at": f"2026-02-01T{at:02}:00:00Z"})
        told += [(who, yes, head, at * 60 + minute) for minute, (who, yes) in enumerate(said, 1)]
    last = {who: (yes, head, at) for who, yes, head, at in told}
    moment = "2026-02-01T{:02}:{:02}:00Z".format
    github = [
        {
            "user": {"login": f"{who}-gh"},
            "state": "APPROVED" if yes else "CHANGES_REQUESTED",
            "commit_id": head,
            "submitted_at": moment(*divmod(at, 60)),
        }
        for who, yes, head, at in told
    ]
    forgejo = [
        {
            "user": {"login": f"{who}_fj"},
            "state": "APPROVED" if yes else "REQUEST_CHANGES",
            "commit_id": head,
            "dismissed": False,
            "submitted_at": moment(*divmod(at, 60)),
        }
        for who, yes, head, at in told
    ]
    gitlab = {
        "approvals": {
            "approved_by": [
                {"user": {"username": f"{who}.gl"}, "approved_at": moment(*divmod(at, 60))} for who, (yes, _, at) in last.items() if yes
            ]
        },
        "versions": versions[::-1],
    }
    found = {}
    for provider, payload in {"github": github, "gitlab": gitlab, "forgejo": [forgejo]}.items():
        file = folder / f"{provider}.json"
        file.write_text(json.dumps(payload))
        found[provider] = approved(kept, payloads={provider: file})
    for number, (who, (yes, head, _)) in enumerate(last.items()):
        if yes:
            tag(kept, who, REFUND, LAMP, number=number, at=head)
    found["git"] = approved(kept)

    assert len(set(map(str, found.values()))) == 1, found
